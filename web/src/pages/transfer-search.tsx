// Looking for transfers: one's own (history), those of a department or of everybody by right, and the auditor's search. What is looked
// for stands in the address, so that back, bookmarks and passing it on work.
import { useEffect, useState } from 'preact/hooks';
import { ask, exportPath, receiptPath } from '../api/client';
import { useListEvents } from '../api/events';
import { useMore } from '../api/more';
import type { Members, State, Titled, Transfer, Who } from '../api/types';
import { useAsk } from '../api/use';
import { begins, ends } from '../days';
import { exactly, N_, t, tr, when } from '../i18n';
import { Button } from '../parts/button';
import { type Option, SelectField, TextField } from '../parts/field';
import { Icon } from '../parts/icon';
import { ListFoot } from '../parts/list-foot';
import { Empty, Loading, Trouble } from '../parts/notice';
import { Card } from '../parts/page';
import { type Column, Table } from '../parts/table';
import { hasReceipt, StateTag } from '../parts/tag';
import { Link, setQuery, usePlace } from '../router';
import { may, seesAll } from '../session';
import { className, senderOf, sizeText, zoneText } from '../words';

export type ListAsk = Members<'list'>;

const PAGE = 50;
const SHOWN: [State, string][] = [
	['released', N_("Ready to collect")],
	['held', N_("Waiting")],
	['cleaning', N_("Being cleaned")],
	['crossing', N_("On its way")],
	['collected', N_("Collected")],
	['refused', N_("Could not be cleaned")],
	['denied', N_("Not permitted")],
	['rejected', N_("Not taken by the other side")],
	['expired', N_("Expired")],
	['cancelled', N_("Taken back")],
	['unanswered', N_("No answer from the other side")],
];
const WORDS = ['text', 'state', 'route', 'class', 'zone'] as const;

const heads = (who: Who) => may(who, 'approve') && who.department !== undefined;

/** The question, of what stands in the address; what is empty is not said, and what he may not ask neither. */
export function askOf(query: URLSearchParams, who: Who, everybody = false): ListAsk {
	const out: ListAsk = {};
	for (const name of WORDS) {
		const value = query.get(name)?.trim();
		if (value) out[name] = value;
	}
	const direction = query.get('direction');
	if (direction === 'in' || direction === 'out') out.direction = direction;
	const from = begins(query.get('from') ?? '');
	const until = ends(query.get('until') ?? '');
	if (from !== undefined) out.from = from;
	if (until !== undefined) out.until = until;
	const department = query.get('department');
	if (department && (seesAll(who) || (heads(who) && department === who.department))) out.department = department;
	else if (everybody || (query.get('all') && seesAll(who))) out.all = true;
	return out;
}

/** Whose transfers: what stands in the address for it. */
function Whose({ who, departments, everybody }: { who: Who; departments: Titled[]; everybody: boolean }) {
	const { query } = usePlace();
	const all = seesAll(who);
	const own = who.department;
	const options: Option[] = [
		...(everybody ? [] : [{ value: '', text: t("Mine") }]),
		...(all ? [{ value: everybody ? '' : '*', text: t("Of everybody") }] : []),
		...(heads(who) && own ? [{ value: own, text: t("My department ({1})", who.department_name ?? own) }] : []),
		...(all ? departments.filter((d) => d.name !== own || !heads(who)).map((d) => ({ value: d.name, text: d.title || d.name })) : []),
	];
	if (options.length < 2) return null;
	const value = query.get('department') ?? (query.get('all') && !everybody ? '*' : '');
	const pick = (v: string) => setQuery(v === '*' ? { all: '1', department: undefined } : { all: undefined, department: v || undefined });
	return <SelectField label={t("Whose")} value={value} onValue={pick} options={options} />;
}

function Narrow({ name, label, options }: { name: string; label: string; options: Option[] }) {
	const { query } = usePlace();
	return <SelectField label={label} value={query.get(name) ?? ''} onValue={(v) => setQuery({ [name]: v })} options={options} />;
}

/** Typed words are looked for when they are whole; all else at once. */
function Words({ name, label, placeholder }: { name: string; label: string; placeholder?: string }) {
	const { query } = usePlace();
	const [text, setText] = useState(query.get(name) ?? '');
	useEffect(() => setText(query.get(name) ?? ''), [query]);
	const say = () => text.trim() !== (query.get(name) ?? '') && setQuery({ [name]: text.trim() || undefined });
	const type = name === 'text' ? 'search' : 'text';
	return <TextField label={label} type={type} value={text} onValue={setText} onBlur={say} name={name} {...(placeholder ? { placeholder } : {})} />;
}

function Day({ name, label }: { name: 'from' | 'until'; label: string }) {
	const { query } = usePlace();
	return <TextField label={label} type="date" value={query.get(name) ?? ''} onValue={(v) => setQuery({ [name]: v })} />;
}

/** Those who look at all transfers narrow them down further. */
function Filters({ who, everybody }: { who: Who; everybody: boolean }) {
	const list = useAsk('departments', seesAll(who) ? {} : undefined);
	const submit = (e: Event) => {
		e.preventDefault();
		const form = new FormData(e.currentTarget as HTMLFormElement);
		setQuery(Object.fromEntries([...form].map(([name, value]) => [name, String(value).trim() || undefined])));
	};
	return (
		<form class="filters" role="search" onSubmit={submit}>
			<Words name="text" label={t("File name or person")} {...(everybody ? { placeholder: t("File name, person or number") } : {})} />
			<Whose who={who} departments={list.data?.departments ?? []} everybody={everybody} />
			<Narrow name="state" label={t("State")} options={[{ value: '', text: t("All") }, ...SHOWN.map(([value, text]) => ({ value, text: tr(text) }))]} />
			<Narrow
				name="direction"
				label={t("Direction")}
				options={[
					{ value: '', text: t("Both") },
					{ value: 'in', text: t("Bring in") },
					{ value: 'out', text: t("Take out") },
				]}
			/>
			<Day name="from" label={t("From day")} />
			<Day name="until" label={t("Until day")} />
			{everybody && <Words name="route" label={t("Route")} />}
			{everybody && <Words name="class" label={t("Class")} />}
			<Button type="submit" icon="search">
				{t("Search")}
			</Button>
		</form>
	);
}

const columnsOf = (): Column<Transfer>[] => [
	{
		head: t("File"),
		kind: 'main',
		cell: (x) => (
			<>
				<Link href={`/transfers/${x.id}`}>{x.name ?? t("(no name)")}</Link>
				<small>{[x.class && className(x.class), sizeText(x)].filter(Boolean).join(' · ')}</small>
			</>
		),
	},
	{ head: t("Way"), kind: 'narrow', cell: (x) => `${zoneText(x.from)} → ${zoneText(x.to)}` },
	{ head: t("Handed over by"), cell: senderOf },
	{ head: t("For"), kind: 'wide-only', cell: (x) => x.recipient_name ?? x.recipient ?? '' },
	{ head: t("When"), kind: 'narrow', cell: (x) => <time title={exactly(x.received)}>{when(x.received)}</time> },
	{ head: t("State"), kind: 'narrow', cell: (x) => <StateTag transfer={x} /> },
	{
		head: t("Receipt"),
		kind: 'narrow',
		cell: (x) =>
			hasReceipt(x.state) && (
				<a class="button quiet" href={receiptPath(x.id)} download aria-label={t("Receipt of {1}", x.name ?? x.id)} title={t("Receipt with its proof (PDF)")}>
					<Icon name="print" />
				</a>
			),
	},
];

export function ExportLink({ asked }: { asked: ListAsk }) {
	return (
		<a class="button" href={exportPath(asked)} download>
			<Icon name="receive" />
			<span>{t("Export to Excel")}</span>
		</a>
	);
}

/** `everybody`: of all, as an auditor looks; else one's own, and what he chooses besides. */
export function TransferSearch({ who, asked, everybody = false }: { who: Who; asked: ListAsk; everybody?: boolean }) {
	const list = useMore<Transfer>(async (after, signal) => {
		const answer = await ask('list', { ...asked, most: PAGE, ...(after ? { after } : {}) }, signal);
		return { rows: answer.transfers, next: answer.next };
	}, JSON.stringify(asked));
	useListEvents(list.again);
	const narrowed = Object.keys(asked).some((k) => k !== 'all');
	const none = everybody ? t("No transfer is found") : narrowed ? t("Nothing fits these filters") : t("There is no transfer yet");
	return (
		<>
			<Card>
				<Filters who={who} everybody={everybody} />
			</Card>
			<Trouble error={list.error} again={list.again} />
			{list.loading && !list.rows.length && <Loading />}
			{!(list.loading && !list.rows.length) && !list.error && (
				<Card flush>
					<Table
						caption={t("Transfers, the newest first")}
						columns={columnsOf()}
						rows={list.rows}
						id={(x) => x.id}
						href={(x) => `/transfers/${x.id}`}
						empty={<Empty icon={everybody ? 'search' : 'history'} title={none} />}
					/>
				</Card>
			)}
			<ListFoot list={list} />
		</>
	);
}
