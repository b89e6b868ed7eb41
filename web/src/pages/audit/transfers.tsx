// 監査: search over all transfers of this post. What is looked for stands in the address, so that it can be kept and passed on.
import { useState } from 'preact/hooks';
import { ask, exportPath, receiptPath } from '../../api/client';
import { useMore } from '../../api/more';
import type { Members, State, Transfer } from '../../api/types';
import { begins, ends } from '../../days';
import { count, exactly, N_, t, tr, useLanguage } from '../../i18n';
import { Button } from '../../parts/button';
import { SelectField, TextField } from '../../parts/field';
import { Icon } from '../../parts/icon';
import { Empty, Loading, Trouble } from '../../parts/notice';
import { Card, Page } from '../../parts/page';
import { type Column, Table } from '../../parts/table';
import { StateTag } from '../../parts/tag';
import { Link, setQuery, usePlace } from '../../router';
import { className, senderOf, sizeText } from '../../words';
import '../../styles/desk.css';

type ListAsk = Members<'list'>;
const STATES: [State, string][] = [
	['held', N_("Waiting")],
	['released', N_("Ready to collect")],
	['collected', N_("Collected")],
	['refused', N_("Could not be cleaned")],
	['denied', N_("Not permitted")],
	['rejected', N_("Not taken by the other side")],
	['expired', N_("Expired")],
	['cancelled', N_("Taken back")],
];
const FIELDS = ['text', 'state', 'from', 'until', 'route', 'class'] as const;

/** The question, of what stands in the address; what is empty is not said. */
export function askOf(query: URLSearchParams): ListAsk {
	const get = (name: string) => query.get(name) || undefined;
	const out: ListAsk = { all: true };
	for (const name of ['text', 'state', 'route', 'class'] as const) {
		const value = get(name);
		if (value) out[name] = value;
	}
	const from = begins(get('from') ?? '');
	const until = ends(get('until') ?? '');
	if (from !== undefined) out.from = from;
	if (until !== undefined) out.until = until;
	return out;
}

function Filters() {
	const { query } = usePlace();
	const now = Object.fromEntries(FIELDS.map((f) => [f, query.get(f) ?? ''])) as Record<(typeof FIELDS)[number], string>;
	const [draft, setDraft] = useState(now);
	const set = (name: keyof typeof now) => (value: string) => setDraft({ ...draft, [name]: value });
	const submit = (e: Event) => {
		e.preventDefault();
		setQuery(draft);
	};
	return (
		<form class="filters" role="search" onSubmit={submit}>
			<TextField label={t("Search")} type="search" placeholder={t("File name, person or number")} value={draft.text} onValue={set('text')} />
			<TextField label={t("From day")} type="date" value={draft.from} onValue={set('from')} />
			<TextField label={t("Until day")} type="date" value={draft.until} onValue={set('until')} />
			<SelectField
				label={t("State")}
				value={draft.state}
				onValue={set('state')}
				options={[{ value: '', text: t("all") }, ...STATES.map(([value, text]) => ({ value, text: tr(text) }))]}
			/>
			<TextField label={t("Route")} value={draft.route} onValue={set('route')} />
			<TextField label={t("Class")} value={draft.class} onValue={set('class')} />
			<Button kind="primary" type="submit" icon="search">
				{t("Search")}
			</Button>
		</form>
	);
}

export function AuditTransfers() {
	useLanguage();
	const { query } = usePlace();
	const asked = askOf(query);
	const list = useMore<Transfer>(async (after, signal) => {
		const answer = await ask('list', { ...asked, most: 50, ...(after ? { after } : {}) }, signal);
		return { rows: answer.transfers, next: answer.next };
	}, JSON.stringify(asked));
	const href = (x: Transfer) => `/transfers/${x.id}`;
	const columns: Column<Transfer>[] = [
		{
			head: t("File"),
			kind: 'main',
			cell: (x) => (
				<>
					<Link href={href(x)}>{x.name ?? x.id}</Link>
					<small>{[x.class && className(x.class), sizeText(x)].filter(Boolean).join(' · ')}</small>
				</>
			),
		},
		{ head: t("Sent by"), cell: senderOf },
		{ head: t("For"), kind: 'wide-only', cell: (x) => x.recipient ?? '' },
		{ head: t("From and to"), cell: (x) => `${x.from} → ${x.to}` },
		{ head: t("Sent at"), cell: (x) => exactly(x.received) },
		{ head: t("State"), kind: 'narrow', cell: (x) => <StateTag transfer={x} /> },
		{
			head: t("Receipt"),
			cell: (x) => (
				<a class="button quiet" href={receiptPath(x.id)} target="_blank" rel="noopener" aria-label={t("Receipt of {1}", x.name ?? x.id)}>
					<Icon name="print" />
				</a>
			),
		},
	];
	return (
		<Page
			title={t("Search transfers")}
			lead={t("All transfers of this post. Nothing can be changed here.")}
			actions={
				<a class="button" href={exportPath(asked)} download>
					<Icon name="receive" />
					<span>{t("Export to Excel")}</span>
				</a>
			}
		>
			<Filters key={query.toString()} />
			<Trouble error={list.error} again={list.again} />
			<Card flush>
				{list.loading && !list.rows.length ? <Loading /> : (
					<Table caption={t("Transfers")} columns={columns} rows={list.rows} id={(x) => x.id} href={href} empty={<Empty icon="search" title={t("No transfer is found")} />} />
				)}
			</Card>
			<div class="row">
				<p class="quiet-text" role="status">
					{!list.loading && (list.more ? t("{1} shown, there are more", count(list.rows.length)) : t("{1} shown, that is all", count(list.rows.length)))}
				</p>
				{list.more && (
					<Button onClick={list.fetchMore} busy={list.loading}>
						{t("Show more")}
					</Button>
				)}
			</div>
		</Page>
	);
}
