// All the rest about a transfer: what was removed, what was found, who approved, what happened when.
import { useState } from 'preact/hooks';
import type { Answer, HistoryRow, Transfer } from '../api/types';
import { useAsk } from '../api/use';
import { bytes, exactly, N_, t, tn, tr } from '../i18n';
import { Loading, Trouble } from '../parts/notice';
import { Card, Facts } from '../parts/page';
import { Table } from '../parts/table';
import { textsOf, typeName } from '../says';
import { useWho } from '../session';
import { className, methodText, removalsOf, senderOf } from '../words';
import { FindingList, RemovalList, VoteList } from './evidence';

function AllRemovals({ transfer }: { transfer: Transfer }) {
	const asked = useAsk('report', { id: transfer.id });
	const rows = asked.data?.removals ?? textsOf(transfer.removed);
	return asked.loading && !rows.length ? <Loading /> : <RemovalList removals={rows} codes />;
}

export function Removals({ transfer }: { transfer: Transfer }) {
	const [open, setOpen] = useState(false);
	const n = transfer.removed === undefined ? undefined : removalsOf(transfer.removed).length;
	return (
		<details class="card fold" onToggle={(e) => setOpen(e.currentTarget.open)}>
			<summary>
				<h2>{t("What was removed, in detail")}</h2>
				{n !== undefined && <span class="quiet-text">{n ? tn("{1} kind", "{1} kinds", n) : t("nothing")}</span>}
			</summary>
			{open && <AllRemovals transfer={transfer} />}
		</details>
	);
}

/** Where something was found; never what stands there. */
export function Findings({ transfer }: { transfer: Transfer }) {
	const wanted = transfer.holds.includes('leak') || transfer.state === 'denied';
	const asked = useAsk('report', wanted ? { id: transfer.id } : undefined);
	if (!wanted || !asked.data?.findings?.length) return wanted && asked.error ? <Trouble error={asked.error} again={asked.again} /> : null;
	return (
		<Card title={t("What was found in it")}>
			<ul class="found-kinds">
				<FindingList findings={asked.data.findings} places={asked.data.places ?? []} />
			</ul>
		</Card>
	);
}

export function Approvals({ shown }: { shown: Answer<'show'> }) {
	if (!shown.votes?.length) return null;
	return (
		<Card title={t("Who decided")}>
			<VoteList votes={shown.votes} />
		</Card>
	);
}

export function Details({ transfer: x }: { transfer: Transfer }) {
	const me = useWho()?.member;
	return (
		<Card title={t("Details")}>
			<Facts
				rows={[
					[t("Handed over by"), senderOf(x)],
					[t("For"), x.recipient && (x.recipient === me ? t("you") : (x.recipient_name ?? x.recipient))],
					[t("Handed over"), exactly(x.received)],
					[t("What it is for"), x.reason],
					[t("Class"), x.class ? className(x.class) : undefined],
					[t("Kind of file"), typeName(x.found)],
					[t("Cleaned by"), x.method ? methodText(x.method) : undefined],
					[t("Cleaned file"), x.output_size ? `${typeName(x.output_type)} ${bytes(x.output_size)}`.trim() : undefined],
					[t("Can be collected until"), x.expires ? exactly(x.expires) : undefined],
					[t("Downloads"), x.downloads_most ? t("{1} of {2}", x.downloads ?? 0, x.downloads_most) : undefined],
					[t("Number"), <code>{x.id}</code>],
					[t("SHA-256 of the cleaned file"), x.output_hash ? <code>{x.output_hash}</code> : undefined],
				]}
			/>
		</Card>
	);
}

const EVENTS: Record<HistoryRow['event'], string> = {
	receive: N_("Handed over"),
	clean: N_("Cleaning begins"),
	cleaned: N_("Cleaned"),
	refused: N_("Could not be cleaned"),
	hold: N_("Held"),
	lift: N_("Approved"),
	password: N_("Password given"),
	deny: N_("Denied"),
	offer: N_("Ready to cross"),
	fetch: N_("Crossing begins"),
	taken: N_("Arrived on the other side"),
	verify: N_("Checked on the other side"),
	reject: N_("Not taken by the other side"),
	release: N_("Released"),
	collect: N_("Collected"),
	expire: N_("Expired"),
	cancel: N_("Taken back"),
	lapse: N_("No answer from the other side"),
};

export function HistoryOf({ history }: { history: HistoryRow[] }) {
	return (
		<details class="card fold">
			<summary>
				<h2>{t("What happened when")}</h2>
				<span class="quiet-text">{tn("{1} entry", "{1} entries", history.length)}</span>
			</summary>
			<Table
				caption={t("What happened when")}
				rows={history}
				id={(h) => `${h.at}${h.event}${h.to}${h.note ?? ''}`}
				columns={[
					{ head: t("What"), kind: 'main', cell: (h) => tr(EVENTS[h.event] ?? h.event) },
					{ head: t("When"), kind: 'narrow', cell: (h) => exactly(h.at) },
					{ head: t("Who"), cell: (h) => h.person ?? '' },
					{ head: t("Note"), cell: (h) => tr(h.text ?? h.note ?? '') },
				]}
			/>
		</details>
	);
}
