// All that somebody sees who decides about a transfer: from whom, why it waits, what was found, what was taken out, each page.
import { useState } from 'preact/hooks';
import { pagePath } from '../../api/client';
import type { Answer, Decision, Report, Transfer, Vote } from '../../api/types';
import { useAsk } from '../../api/use';
import { count, exactly, remaining, t, when } from '../../i18n';
import { Button } from '../../parts/button';
import { Dialog } from '../../parts/dialog';
import { Icon } from '../../parts/icon';
import { Loading, Notice } from '../../parts/notice';
import { Card, Facts } from '../../parts/page';
import { reasonText, textsOf, typeName } from '../../says';
import { className, methodText, senderOf, sizeText, zoneText } from '../../words';
import { FindingList, RemovalList, VoteList } from '../evidence';

export type Shown = Answer<'show'>;

export function TransferFacts({ transfer: x }: { transfer: Transfer }) {
	const kind = [typeName(x.output_type ?? x.found), sizeText(x)].filter(Boolean).join(' · ');
	return (
		<Facts
			rows={[
				[t("Sent by"), x.requester_name && x.requester ? `${x.requester_name} (${x.requester})` : senderOf(x)],
				[t("From and to"), `${zoneText(x.from)} → ${zoneText(x.to)}`],
				[t("For"), x.recipient_name ?? x.recipient],
				[t("Class"), [x.class && className(x.class), x.integrity, x.availability].filter(Boolean).join(' / ')],
				[t("Reason"), x.reason],
				[t("File"), kind],
				[t("Method"), x.method && methodText(x.method)],
				[t("Sent at"), exactly(x.received)],
				[t("Ends in"), x.expires ? remaining(x.expires - Date.now()) : undefined],
				[t("Checksum"), x.output_hash && <code>{x.output_hash}</code>],
			]}
		/>
	);
}

/** What the policy says, who may decide, who already has. */
export function WhyItWaits({ decision, votes }: { decision?: Decision | undefined; votes: Vote[] }) {
	if (!decision && !votes.length) return null;
	const others = decision?.approvers ?? [];
	return (
		<Card title={t("Why it waits")}>
			<ul class="reasons">
				{decision?.reasons.map((r, i) => (
					<li key={i}>{reasonText(r)}</li>
				))}
			</ul>
			{others.length > 0 && (
				<p class="quiet-text">
					{t("May decide: {1}", others.map((a) => (a.after && a.after > Date.now() ? t("{1} (from {2} on)", a.name, when(a.after)) : a.name)).join(t(", ")))}
				</p>
			)}
			<VoteList votes={votes} />
		</Card>
	);
}

/** What may have to stay: that it is there and where, never what it is. */
export function Findings({ report, decision }: { report: Report | undefined; decision?: Decision | undefined }) {
	const findings = report?.findings ?? [];
	const told = findings.length ? [] : (decision?.reasons.filter((r) => r.why.startsWith('leak.') || r.why === 'unreadable') ?? []);
	if (!findings.length && !told.length) return null;
	return (
		<section class="findings" aria-label={t("Found in it")}>
			<h2>
				<Icon name="warn" />
				{t("Found in it")}
			</h2>
			<ul>
				{told.map((r, i) => (
					<li key={i}>{reasonText(r)}</li>
				))}
				<FindingList findings={findings} places={report?.places ?? []} />
			</ul>
		</section>
	);
}

function OnePage({ id, page, all, onOpen }: { id: string; page: number; all: number; onOpen: () => void }) {
	const [state, setState] = useState<'coming' | 'there' | 'failed'>('coming');
	const name = t("Page {1} of {2}", page, all);
	return (
		<li class={`sheet ${state}`}>
			<button type="button" onClick={onOpen} aria-label={t("{1}, larger", name)} disabled={state !== 'there'}>
				{state === 'failed' && <span>{t("This page cannot be shown.")}</span>}
				{state !== 'failed' && (
					<img src={pagePath(id, page)} alt="" loading="lazy" decoding="async" onLoad={() => setState('there')} onError={() => setState('failed')} />
				)}
			</button>
			<small>{name}</small>
		</li>
	);
}

function LargePage({ id, page, all, onClose, onPage }: { id: string; page: number; all: number; onClose: () => void; onPage: (n: number) => void }) {
	return (
		<Dialog title={t("Page {1} of {2}", page, all)} onClose={onClose} wide>
			<img class="sheet-large" src={pagePath(id, page)} alt={t("Page {1} of {2}", page, all)} />
			<div class="actions">
				<Button icon="back" often disabled={page <= 1} onClick={() => onPage(page - 1)}>
					{t("Page before")}
				</Button>
				<Button icon="next" often disabled={page >= all} onClick={() => onPage(page + 1)}>
					{t("Next page")}
				</Button>
			</div>
		</Dialog>
	);
}

/** Pictures of the cleaned file that a worker drew in its jail: nothing of the file itself reaches this browser. */
export function Sheets({ id }: { id: string }) {
	const pages = useAsk('pages', { id });
	const [large, setLarge] = useState<number>();
	const all = pages.data?.pages ?? 0;
	return (
		<Card title={all ? t("Pages ({1})", count(all)) : t("Pages of the file")}>
			{pages.loading && !pages.data && <Loading />}
			{Boolean(pages.error) && (
				<Notice kind="warn">
					<p>{t("This file cannot be shown as pictures here. Decide by what stands above, or ask who sent it.")}</p>
				</Notice>
			)}
			{pages.data && all === 0 && <p class="quiet-text">{t("A file of this kind has no pages to show.")}</p>}
			<ol class="sheets">
				{Array.from({ length: all }, (_, i) => (
					<OnePage key={i} id={id} page={i + 1} all={all} onOpen={() => setLarge(i + 1)} />
				))}
			</ol>
			{large && <LargePage id={id} page={large} all={all} onClose={() => setLarge(undefined)} onPage={setLarge} />}
		</Card>
	);
}

/** One screen: at the left what the file shows, at the right all that is known about it. What was found stands above both. */
export function Look({ shown }: { shown: Shown }) {
	const x = shown.transfer;
	const report = useAsk('report', { id: x.id });
	return (
		<>
			<Findings report={report.data} decision={shown.decision} />
			<div class="look">
				<Sheets id={x.id} />
				<div class="stack">
					<Card>
						<TransferFacts transfer={x} />
					</Card>
					<WhyItWaits decision={shown.decision} votes={shown.votes ?? []} />
					<Card title={t("Taken out")}>
						<RemovalList removals={report.data?.removals ?? textsOf(x.removed)} />
					</Card>
				</div>
			</div>
		</>
	);
}
