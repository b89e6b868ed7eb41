// All the rest about a transfer: what was removed, what was found, who approved, what happened when.
import { useState } from 'preact/hooks';
import type { Answer, Finding, FoundPlace, HistoryRow, Transfer } from '../api/types';
import { useAsk } from '../api/use';
import { bytes, exactly, N_, t, tn, tr, when } from '../i18n';
import { Loading, Trouble } from '../parts/notice';
import { Card, Facts } from '../parts/page';
import { Table } from '../parts/table';
import { Tag } from '../parts/tag';
import { removalText, textsOf, typeName } from '../says';
import { session } from '../session';
import { useStore } from '../store';
import { className, methodText, removalsOf, senderOf } from '../words';

function RemovalList({ transfer }: { transfer: Transfer }) {
	const asked = useAsk('report', { id: transfer.id });
	const rows = asked.data?.removals ?? textsOf(transfer.removed);
	if (asked.loading && !rows.length) return <Loading />;
	return (
		<>
			{!rows.length && <p>{t("Nothing had to be removed.")}</p>}
			<ul class="removals">
				{rows.map((r) => (
					<li key={r.code}>
						<span>{removalText(r)}</span>
						<span class="quiet-text">{tn("{1} place", "{1} places", r.count)}</span>
						<code class="quiet-text">{r.code}</code>
					</li>
				))}
			</ul>
		</>
	);
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
			{open && <RemovalList transfer={transfer} />}
		</details>
	);
}

const KINDS: Record<Finding['kind'], string> = {
	mynumber: N_("Individual numbers (My Number)"),
	'corporate-number': N_("Corporate numbers"),
	word: N_("Words of the office's list"),
	unreadable: N_("Parts that could not be read"),
};

function placeText(p: FoundPlace): string {
	const parts = [p.where, p.cell, p.line ? t("line {1}", p.line) : '', p.column ? t("character {1}", p.column) : '', p.word];
	return parts.filter(Boolean).join(', ');
}

/** Where something was found; never what stands there. */
export function Findings({ transfer }: { transfer: Transfer }) {
	const wanted = transfer.holds.includes('leak') || transfer.state === 'denied';
	const asked = useAsk('report', wanted ? { id: transfer.id } : undefined);
	if (!wanted || !asked.data?.findings?.length) return wanted && asked.error ? <Trouble error={asked.error} again={asked.again} /> : null;
	return (
		<Card title={t("What was found in it")}>
			<ul class="removals">
				{asked.data.findings.map((f) => (
					<li key={f.kind}>
						<b>{tr(KINDS[f.kind])}</b>
						<span>{tn("{1} place", "{1} places", f.count)}</span>
						<span class="quiet-text">
							{asked.data?.places
								?.filter((p) => p.kind === f.kind)
								.slice(0, 5)
								.map(placeText)
								.filter(Boolean)
								.join(' / ')}
						</span>
					</li>
				))}
			</ul>
		</Card>
	);
}

const WAYS: Record<string, string> = { 'os-login': N_("by login"), password: N_("by login"), passkey: N_("signed with a passkey") };

export function Approvals({ shown }: { shown: Answer<'show'> }) {
	if (!shown.votes?.length) return null;
	return (
		<Card title={t("Who decided")}>
			<ul class="votes">
				{shown.votes.map((v) => (
					<li key={`${v.at}${v.person}`}>
						<Tag tone={v.allow ? 'good' : 'bad'} icon={v.allow ? 'check' : 'cross'}>
							{v.allow ? t("Approved") : t("Denied")}
						</Tag>
						<b>{v.person}</b>
						<span class="quiet-text">
							{when(v.at)} · {tr(WAYS[v.method] ?? v.method)}
						</span>
						{v.counts === false && <Tag tone="warn">{t("about an earlier version")}</Tag>}
						{v.comment && <p>{v.comment}</p>}
					</li>
				))}
			</ul>
		</Card>
	);
}

export function Details({ transfer: x }: { transfer: Transfer }) {
	const now = useStore(session);
	const me = 'who' in now ? now.who.member : undefined;
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

const EVENTS: Record<string, string> = {
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
