// How the post is: queue, workers, links to the other posts, ledger, store. Looked at anew every ten seconds.
import { useEffect } from 'preact/hooks';
import type { State, Status } from '../../api/types';
import { useAsk } from '../../api/use';
import { bytes, count, exactly, N_, t, tr, useLanguage } from '../../i18n';
import { Loading, Trouble } from '../../parts/notice';
import { Card, Facts, Page } from '../../parts/page';
import { type Column, Table } from '../../parts/table';
import { lookOf, Tag, type Tone } from '../../parts/tag';
import '../../styles/desk.css';

const EVERY = 10_000;

const LEDGER: Record<string, [Tone, string]> = {
	signs: ['good', N_("signs, and the other post witnesses it")],
	unasked: ['going', N_("signs; no witness has answered yet")],
	behind: ['warn', N_("a witness is behind")],
	forked: ['bad', N_("a witness has seen another ledger: call for help")],
	alone: ['warn', N_("signs without a witness")],
	reads: ['over', N_("only reads")],
	none: ['bad', N_("the ledger is not there")],
};
const LINKS: Record<string, string> = {
	down: N_("down"),
	up: N_("up"),
	unreachable: N_("cannot be reached"),
	'not-pinned': N_("its key is not the one that is pinned"),
	'not-wanted': N_("does not want us"),
	'not-ready': N_("not ready yet"),
	nonsense: N_("speaks nonsense"),
};

export interface Light {
	name: string;
	tone: Tone;
	text: string;
	more?: string;
}

const STORES: Record<Status['store']['kind'], string> = { sqlite: N_("SQLite, in this post"), postgresql: N_("PostgreSQL") };

/** Less than a tenth is little, less than a fiftieth is too little. */
function storeTone({ free, all }: Status['store']): Tone {
	if (free < all / 50) return 'bad';
	return free < all / 10 ? 'warn' : 'good';
}

const workersTone = (s: Status): Tone => (s.workers.here === 0 ? 'bad' : s.workers.idle === 0 && s.queue.waiting > 20 ? 'warn' : 'good');

export function lightsOf(s: Status): Light[] {
	const [tone, text] = LEDGER[s.ledger.state] ?? ['bad', s.ledger.state];
	const down = s.links.filter((l) => !l.up);
	return [
		{ name: t("Workers"), tone: workersTone(s), text: t("{1} here, {2} idle", count(s.workers.here), count(s.workers.idle)) },
		{
			name: t("Queue"),
			tone: s.queue.dead ? 'bad' : s.queue.waiting > 1000 ? 'warn' : 'good',
			text: t("{1} waiting, {2} running", count(s.queue.waiting), count(s.queue.running ?? 0)),
			more: s.queue.dead ? t("{1} given up", count(s.queue.dead)) : '',
		},
		{ name: t("Links"), tone: down.length ? 'bad' : 'good', text: down.length ? t("down: {1}", down.map((l) => l.zone).join(t(", "))) : t("all up") },
		{ name: t("Ledger"), tone, text: tr(text), more: t("{1} entries", count(s.ledger.size)) },
		{ name: t("Storage"), tone: storeTone(s.store), text: t("{1} of {2} free", bytes(s.store.free), bytes(s.store.all)) },
		{ name: t("Virus scanner"), tone: s.scanner ? 'good' : 'warn', text: s.scanner ? t("there") : t("not there") },
	];
}

export function Lights({ status }: { status: Status }) {
	return (
		<ul class="lights">
			{lightsOf(status).map((l) => (
				<li key={l.name} class={l.tone}>
					<span class="light-name">{l.name}</span>
					<Tag tone={l.tone} icon={l.tone === 'good' ? 'check' : l.tone === 'bad' ? 'cross' : 'warn'}>
						{l.tone === 'good' ? t("well") : l.tone === 'bad' ? t("needs help") : t("look at it")}
					</Tag>
					<span>{l.text}</span>
					{l.more && <small>{l.more}</small>}
				</li>
			))}
		</ul>
	);
}

function LinksCard({ status }: { status: Status }) {
	type LinkRow = Status['links'][number];
	const same = (l: LinkRow) => (l.policy ? l.policy === status.policy.hash : undefined);
	const columns: Column<LinkRow>[] = [
		{ head: t("Zone"), kind: 'main', cell: (l) => l.zone },
		{ head: t("State"), kind: 'narrow', cell: (l) => <Tag tone={l.up ? 'good' : 'bad'}>{tr(LINKS[l.state ?? ''] ?? l.state ?? '')}</Tag> },
		{ head: t("What it says"), cell: (l) => l.text ?? '' },
		{
			head: t("Policy"),
			cell: (l) => (same(l) === undefined ? t("not known") : same(l) ? t("the same as here") : <Tag tone="warn">{t("another one than here")}</Tag>),
		},
	];
	return (
		<Card title={t("Links to other posts")} flush>
			<Table caption={t("Links to other posts")} columns={columns} rows={status.links} id={(l) => l.zone} empty={<p class="below">{t("This post has no link.")}</p>} />
		</Card>
	);
}

export function Counts({ status }: { status: Status }) {
	const rows = Object.entries(status.transfers).filter(([, n]) => n) as [State, number][];
	const sums = new Map<string, { tone: Tone; n: number }>();
	for (const [state, n] of rows) {
		const look = lookOf(state);
		const before = sums.get(look.text);
		sums.set(look.text, { tone: look.tone, n: (before?.n ?? 0) + n });
	}
	return (
		<Card title={t("Transfers")}>
			<dl class="counts">
				{[...sums].map(([text, { n }]) => (
					<div key={text}>
						<dt>{tr(text)}</dt>
						<dd>{count(n)}</dd>
					</div>
				))}
			</dl>
			{!rows.length && <p class="quiet-text">{t("There are none yet.")}</p>}
		</Card>
	);
}

export function PostStatus() {
	useLanguage();
	const asked = useAsk('status', {});
	const { again } = asked;
	useEffect(() => {
		const timer = setInterval(() => document.visibilityState === 'visible' && again(), EVERY);
		return () => clearInterval(timer);
	}, [again]);
	const s = asked.data;
	return (
		<Page title={t("State of the post")} lead={s && t("Zone {1}, version {2}", s.zone, s.version)}>
			<Trouble error={asked.error} again={again} />
			{asked.loading && !s && <Loading />}
			{s && (
				<>
					<Lights status={s} />
					<LinksCard status={s} />
					<Counts status={s} />
					<Card title={t("Versions, and what to compare with other posts")}>
						<Facts
							rows={[
								[t("Version of sekisho"), s.version],
								[t("Database"), tr(STORES[s.store.kind])],
								[t("Room that stays free"), bytes(s.store.kept)],
								[t("Policy in force since"), exactly(s.policy.taken)],
								[t("Policy"), <code>{s.policy.hash}</code>],
								[t("Root of the ledger"), s.ledger.root && <code>{s.ledger.root}</code>],
								[t("Entries of the ledger"), count(s.ledger.size)],
							]}
						/>
					</Card>
				</>
			)}
		</Page>
	);
}
