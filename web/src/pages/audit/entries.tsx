// 監査: entries of the ledger, looked for by kind, person, transfer, day or number; each with its proof, and what is
// found to be taken away.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { ask, entryPath, foundPath } from '../../api/client';
import { useMore } from '../../api/more';
import type { LedgerEntry, LedgerField, Members } from '../../api/types';
import { begins, ends } from '../../days';
import { count, exactly, N_, t, tr, useLanguage } from '../../i18n';
import { Button } from '../../parts/button';
import { SelectField, TextField } from '../../parts/field';
import { Icon } from '../../parts/icon';
import { ListFoot } from '../../parts/list-foot';
import { Empty, Loading, Trouble } from '../../parts/notice';
import { Card, Facts } from '../../parts/page';
import { type Column, Table } from '../../parts/table';
import { Link, setQuery, usePlace } from '../../router';
import { kindText } from './kinds';

type SearchAsk = Members<'ledger.search'>;
const FIELDS = ['kind', 'member', 'id', 'from', 'until', 'first', 'last'] as const;
/** All kinds of entries begin with one of these. */
const KINDS: [string, string][] = [
	['transfer', N_("Transfers")],
	['original', N_("Originals")],
	['login', N_("Logins")],
	['user', N_("Accounts")],
	['org', N_("Organisation")],
	['absence', N_("Absences")],
	['recovery', N_("Recoveries of accounts")],
	['session', N_("Sessions")],
	['link', N_("The link to other posts")],
	['export', N_("Lists that were taken away")],
	['ask', N_("Refusals")],
	['backup', N_("Backups")],
	['ledger', N_("The ledger itself")],
];

/** The question, of what stands in the address; what is empty, or no number and no day, is not said. */
export function searchOf(query: URLSearchParams): SearchAsk {
	const out: SearchAsk = {};
	for (const name of ['kind', 'member', 'id'] as const) {
		const value = query.get(name)?.trim();
		if (value) out[name] = value;
	}
	for (const name of ['first', 'last'] as const) {
		const value = query.get(name)?.trim() ?? '';
		if (/^\d{1,12}$/.test(value)) out[name] = Number(value);
	}
	const from = begins(query.get('from') ?? '');
	const until = ends(query.get('until') ?? '');
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
		<form class="filters no-print" role="search" aria-label={t("Search the ledger")} onSubmit={submit}>
			<SelectField
				label={t("Kind")}
				value={draft.kind}
				onValue={set('kind')}
				options={[{ value: '', text: t("all") }, ...KINDS.map(([value, text]) => ({ value, text: tr(text) }))]}
			/>
			<TextField label={t("Person (account name)")} value={draft.member} onValue={set('member')} maxLength={200} />
			<TextField label={t("Transfer number")} value={draft.id} onValue={set('id')} maxLength={32} />
			<TextField label={t("From day")} type="date" value={draft.from} onValue={set('from')} />
			<TextField label={t("Until day")} type="date" value={draft.until} onValue={set('until')} />
			<TextField label={t("From entry")} inputMode="numeric" value={draft.first} onValue={set('first')} />
			<TextField label={t("Until entry")} inputMode="numeric" value={draft.last} onValue={set('last')} />
			<Button kind="primary" type="submit" icon="search">
				{t("Search")}
			</Button>
		</form>
	);
}

const isTime = (f: LedgerField) => f.name === 'expires' && /^\d{13}$/.test(f.value ?? '');
const behindText = (f: LedgerField): string =>
	isTime(f) ? exactly(Number(f.value)) : f.behind === 'erased' ? t("(erased)") : f.behind === 'closed' ? t("(not shown to you)") : (f.value ?? t("(see the receipt)"));

function Fields({ entry }: { entry: LedgerEntry }) {
	return (
		<details>
			<summary>
				{t("Details")}
				<span class="unseen">{t("of entry {1}", count(entry.index))}</span>
			</summary>
			<Facts words rows={entry.fields.map((f): [string, ComponentChildren] => [f.name, <code>{behindText(f)}</code>])} />
			<Facts rows={[[t("Leaf hash"), <code>{entry.leaf}</code>]]} />
		</details>
	);
}

const valueOf = (entry: LedgerEntry, ...names: string[]): string =>
	names.map((n) => entry.fields.find((f) => f.name === n)?.value).filter(Boolean).join(' · ');

function columns(): Column<LedgerEntry>[] {
	return [
		{ head: t("Entry"), kind: 'number', cell: (x) => count(x.index) },
		{ head: t("When"), kind: 'narrow', cell: (x) => exactly(x.time) },
		{
			head: t("What"),
			kind: 'main',
			cell: (x) => (
				<>
					{kindText(x.kind)}
					<small lang="en">
						<code>{x.kind}</code> {valueOf(x, 'decision', 'reason')}
					</small>
				</>
			),
		},
		{ head: t("Who"), cell: (x) => valueOf(x, 'personal.actor', 'personal.approver') || valueOf(x, 'personal.requester') },
		{ head: t("Transfer"), cell: (x) => x.transfer && <Link href={`/transfers/${x.transfer}`}>{x.transfer.slice(0, 8)}</Link> },
		{ head: t("Details"), cell: (x) => <Fields entry={x} /> },
		{
			head: t("Proof"),
			cell: (x) => (
				<a class="button quiet" href={entryPath(x.index)} download aria-label={t("Proof of entry {1}", count(x.index))}>
					<Icon name="shield" />
				</a>
			),
		},
	];
}

export function LedgerEntries() {
	useLanguage();
	const { query } = usePlace();
	const asked = searchOf(query);
	const list = useMore<LedgerEntry>(async (after, signal) => {
		const answer = await ask('ledger.search', { ...asked, most: 50, ...(after ? { after } : {}) }, signal);
		return { rows: answer.entries, next: answer.next };
	}, JSON.stringify(asked));
	return (
		<>
			<Card
				title={t("Search the ledger")}
				actions={
					<div class="actions">
						<a class="button" href={foundPath('ledger.tar', asked)} download>
							<Icon name="shield" />
							<span>{t("All proofs")}</span>
						</a>
						<a class="button" href={foundPath('ledger.xlsx', asked)} download>
							<Icon name="receive" />
							<span>{t("Export to Excel")}</span>
						</a>
					</div>
				}
			>
				<Filters key={query.toString()} />
			</Card>
			<Trouble error={list.error} again={list.again} />
			<Card flush>
				{list.loading && !list.rows.length ? (
					<Loading />
				) : (
					<Table
						caption={t("Entries, the newest first")}
						columns={columns()}
						rows={list.rows}
						id={(x) => String(x.index)}
						empty={<Empty icon="search" title={list.more ? t("Nothing so far: go on with older entries") : t("No entry is found")} />}
					/>
				)}
			</Card>
			<ListFoot list={list} />
		</>
	);
}
