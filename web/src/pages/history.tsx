// 履歴: one's own transfers, and by right those of others; filters stand in the address, so that back and bookmarks work. lang: name
import { useCallback, useEffect, useState } from 'preact/hooks';
import { ask, exportPath } from '../api/client';
import { useListEvents } from '../api/events';
import type { Members, State, Transfer, Who } from '../api/types';
import { useAsk, useDoing } from '../api/use';
import { exactly, N_, t, tr, when } from '../i18n';
import { Button } from '../parts/button';
import { Checkbox, SelectField, TextField } from '../parts/field';
import { Icon } from '../parts/icon';
import { Empty, Loading, Trouble } from '../parts/notice';
import { Card, Page } from '../parts/page';
import { Table } from '../parts/table';
import { StateTag } from '../parts/tag';
import { Link, setQuery, usePlace } from '../router';
import { may, session } from '../session';
import { useStore } from '../store';
import { senderOf, sizeText, zoneText } from '../words';

type ListAsk = Members<'list'>;
const DAY = 86_400_000;
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
];

/** A day of the office's calendar (Japan has no summer time) to milliseconds. */
export function dayStart(day: string | null): number | undefined {
	const at = day && /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00+09:00`) : NaN;
	return Number.isNaN(at) ? undefined : at;
}

export function listAskOf(query: URLSearchParams, who: Who): ListAsk {
	const text = query.get('text')?.trim();
	const state = query.get('state');
	const from = dayStart(query.get('from'));
	const until = dayStart(query.get('until'));
	const direction = query.get('direction');
	return {
		most: PAGE,
		...(text ? { text } : {}),
		...(state ? { state } : {}),
		...(from === undefined ? {} : { from }),
		...(until === undefined ? {} : { until: until + DAY - 1 }),
		...(direction === 'in' || direction === 'out' ? { direction } : {}),
		...(query.get('all') && seesAll(who) ? { all: true } : {}),
	};
}

const seesAll = (who: Who) => may(who, 'audit') || may(who, 'oversee') || may(who, 'administer');

function Filters({ who }: { who: Who }) {
	const { query } = usePlace();
	const [text, setText] = useState(query.get('text') ?? '');
	useEffect(() => setText(query.get('text') ?? ''), [query]);
	const search = (e: Event) => {
		e.preventDefault();
		setQuery({ text: text.trim() || undefined });
	};
	const day = (name: 'from' | 'until', label: string) => (
		<TextField label={label} type="date" value={query.get(name) ?? ''} onValue={(v) => setQuery({ [name]: v })} />
	);
	return (
		<form class="filters" role="search" onSubmit={search}>
			<TextField label={t("File name or person")} type="search" value={text} onValue={setText} onBlur={search} />
			<SelectField
				label={t("State")}
				value={query.get('state') ?? ''}
				onValue={(state) => setQuery({ state })}
				options={[{ value: '', text: t("All") }, ...SHOWN.map(([value, name]) => ({ value, text: tr(name) }))]}
			/>
			<SelectField
				label={t("Direction")}
				value={query.get('direction') ?? ''}
				onValue={(direction) => setQuery({ direction })}
				options={[
					{ value: '', text: t("Both") },
					{ value: 'in', text: t("Bring in") },
					{ value: 'out', text: t("Take out") },
				]}
			/>
			{day('from', t("From day"))}
			{day('until', t("Until day"))}
			<Button type="submit" icon="search">
				{t("Search")}
			</Button>
			{seesAll(who) && (
				<Checkbox label={t("Of everybody, not only mine")} checked={Boolean(query.get('all'))} onValue={(on) => setQuery({ all: on ? '1' : undefined })} />
			)}
		</form>
	);
}

/** More pages below the first one. */
function useMore(members: ListAsk, first: { transfers: Transfer[]; next?: string } | undefined) {
	const [more, setMore] = useState<{ rows: Transfer[]; next: string | undefined } | undefined>();
	const doing = useDoing();
	const key = JSON.stringify(members);
	useEffect(() => setMore(undefined), [key]);
	const next = more ? more.next : first?.next;
	const load = useCallback(
		() =>
			doing.run(async () => {
				if (!next) return;
				const answer = await ask('list', { ...(JSON.parse(key) as ListAsk), after: next });
				setMore((old) => ({ rows: [...(old?.rows ?? []), ...answer.transfers], next: answer.next }));
			}),
		[key, next, doing.run],
	);
	const rows = [...(first?.transfers ?? []), ...(more?.rows ?? [])];
	const seen = new Set<string>();
	return { rows: rows.filter((x) => !seen.has(x.id) && seen.add(x.id)), next, load, doing };
}

function Rows({ rows }: { rows: Transfer[] }) {
	return (
		<Table
			caption={t("Transfers, the newest first")}
			rows={rows}
			id={(x) => x.id}
			href={(x) => `/transfers/${x.id}`}
			columns={[
				{
					head: t("File"),
					kind: 'main',
					cell: (x) => (
						<>
							<Link href={`/transfers/${x.id}`}>{x.name ?? t("(no name)")}</Link>
							{x.reason && <small>{x.reason}</small>}
						</>
					),
				},
				{ head: t("Way"), kind: 'narrow', cell: (x) => `${zoneText(x.from)} → ${zoneText(x.to)}` },
				{ head: t("Handed over by"), cell: senderOf },
				{ head: t("Size"), kind: 'number wide-only', cell: sizeText },
				{ head: t("When"), kind: 'narrow', cell: (x) => <time title={exactly(x.received)}>{when(x.received)}</time> },
				{ head: t("State"), kind: 'narrow', cell: (x) => <StateTag transfer={x} /> },
			]}
		/>
	);
}

export function History() {
	const now = useStore(session);
	const { query } = usePlace();
	const who = 'who' in now ? now.who : undefined;
	const members = who ? listAskOf(query, who) : {};
	const asked = useAsk('list', members);
	const { rows, next, load, doing } = useMore(members, asked.data);
	const again = asked.again;
	useListEvents(again);
	if (!who) return null;
	const filtered = [...query.keys()].some((k) => k !== 'all');
	return (
		<Page
			title={t("History")}
			lead={t("Every transfer, its state and what happened to it.")}
			actions={
				<a class="button" href={exportPath(members)} download>
					<Icon name="receive" />
					<span>{t("Export to Excel")}</span>
				</a>
			}
		>
			<Card>
				<Filters who={who} />
			</Card>
			<Trouble error={asked.error ?? doing.error} again={again} />
			{asked.loading && !asked.data && <Loading />}
			{asked.data && (
				<Card flush>
					{rows.length ? (
						<Rows rows={rows} />
					) : (
						<Empty icon="history" title={filtered ? t("Nothing fits these filters") : t("There is no transfer yet")} />
					)}
				</Card>
			)}
			{next && (
				<div class="more">
					<Button busy={doing.busy} onClick={() => void load()}>
						{t("Show more")}
					</Button>
				</div>
			)}
		</Page>
	);
}
