// All that somebody sees who decides about a transfer: from whom, why it waits, what was found, what was taken out, each page.
import { useState } from 'preact/hooks';
import { pagePath } from '../../api/client';
import type { Answer, Decision, Finding, FoundPlace, Removal, Report, Transfer, Vote } from '../../api/types';
import { useAsk } from '../../api/use';
import { count, exactly, remaining, t, tn, tr, when, N_ } from '../../i18n';
import { Button } from '../../parts/button';
import { Dialog } from '../../parts/dialog';
import { Icon } from '../../parts/icon';
import { Loading, Notice } from '../../parts/notice';
import { Card, Facts } from '../../parts/page';
import { Tag } from '../../parts/tag';
import { reasonText, removalText, textsOf, typeName } from '../../says';
import { className, methodText, senderOf, sizeText } from '../../words';

export type Shown = Answer<'show'>;

const FINDS: Record<Finding['kind'], string> = {
	mynumber: N_("Individual numbers (My Number)"),
	'corporate-number': N_("Corporate numbers"),
	word: N_("Words of the office's list"),
	unreadable: N_("Parts that could not be read"),
};
const TRUST: Record<string, string> = { weak: N_("perhaps"), likely: N_("likely"), sure: N_("certain") };
const METHODS: Record<string, string> = {
	'os-login': N_("logged in to the system"),
	password: N_("by password"),
	'two-factors': N_("with two factors"),
	passkey: N_("signed with a passkey"),
};

export function TransferFacts({ transfer: x }: { transfer: Transfer }) {
	const kind = [typeName(x.output_type ?? x.found), sizeText(x)].filter(Boolean).join(' · ');
	return (
		<Facts
			rows={[
				[t("Sent by"), x.requester_name && x.requester ? `${x.requester_name} (${x.requester})` : senderOf(x)],
				[t("From and to"), `${x.from} → ${x.to}${x.route ? ` (${x.route})` : ''}`],
				[t("For"), x.recipient],
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

export function VoteList({ votes }: { votes: Vote[] }) {
	return (
		<ul class="votes">
			{votes.map((v) => (
				<li key={`${v.at}${v.person}`} class={v.counts === false ? 'void' : ''}>
					<Tag tone={v.allow ? 'good' : 'bad'} icon={v.allow ? 'check' : 'cross'}>
						{v.allow ? t("Approved") : t("Denied")}
					</Tag>
					<span>
						{v.person} · {when(v.at)} · {tr(METHODS[v.method] ?? v.method)}
						{v.counts === false && <small>{t("Does not count any more: the file or the account has changed.")}</small>}
						{v.comment && <small class="said">{v.comment}</small>}
					</span>
				</li>
			))}
		</ul>
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

const PLACES = 12;

/** Where it stands; what stands there is never shown, to nobody. */
function PlaceList({ places }: { places: FoundPlace[] }) {
	const [all, setAll] = useState(false);
	const rows = all ? places : places.slice(0, PLACES);
	return (
		<>
			<ol class="places">
				{rows.map((p, i) => (
					<li key={i}>
						{[p.where, p.cell && t("cell {1}", p.cell), p.line && t("line {1}", p.line), p.column && t("character {1}", p.column), p.word].filter(Boolean).join(' · ')}
						{p.trust && <span class="quiet-text"> ({tr(TRUST[p.trust] ?? p.trust)})</span>}
					</li>
				))}
			</ol>
			{!all && places.length > PLACES && <Button kind="quiet" onClick={() => setAll(true)}>{t("All places")}</Button>}
		</>
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
				{findings.map((f) => (
					<li key={f.kind}>
						<b>{tr(FINDS[f.kind] ?? f.kind)}</b>
						<span>{tn("{1} place", "{1} places", f.count)}</span>
						<PlaceList places={report?.places?.filter((p) => p.kind === f.kind) ?? []} />
					</li>
				))}
			</ul>
		</section>
	);
}

export function Removals({ removals }: { removals: Removal[] }) {
	return (
		<Card title={t("Taken out")}>
			{removals.length === 0 && <p class="quiet-text">{t("Nothing had to be taken out.")}</p>}
			<ul class="removals">
				{removals.map((r) => (
					<li key={r.code}>
						<span>{removalText(r)}</span>
						<span class="quiet-text">{tn("{1} place", "{1} places", r.count)}</span>
					</li>
				))}
			</ul>
		</Card>
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
				<Button icon="back" disabled={page <= 1} onClick={() => onPage(page - 1)}>
					{t("Page before")}
				</Button>
				<Button icon="next" disabled={page >= all} onClick={() => onPage(page + 1)}>
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
		<Card title={all ? t("Pages ({1})", count(all)) : t("Pages")}>
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

export function Look({ shown }: { shown: Shown }) {
	const x = shown.transfer;
	const report = useAsk('report', { id: x.id });
	return (
		<>
			<Findings report={report.data} decision={shown.decision} />
			<Card>
				<TransferFacts transfer={x} />
			</Card>
			<div class="beside">
				<WhyItWaits decision={shown.decision} votes={shown.votes ?? []} />
				<Removals removals={report.data?.removals ?? textsOf(x.removed)} />
			</div>
			<Sheets id={x.id} />
		</>
	);
}
