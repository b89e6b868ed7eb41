// 概況: one page for whoever answers for it all: how the post is, what waits, what was stopped, what proves it. It prints on one sheet. lang: name
import { ask } from '../api/client';
import { useMore } from '../api/more';
import type { Transfer } from '../api/types';
import { useAsk } from '../api/use';
import { count, exactly, t, tn, useLanguage, when } from '../i18n';
import { Button } from '../parts/button';
import { Loading, Notice, Trouble } from '../parts/notice';
import { Card, Facts, Page } from '../parts/page';
import { type Column, Table } from '../parts/table';
import { StateTag } from '../parts/tag';
import { Link } from '../router';
import { may, useWho } from '../session';
import { senderOf, zoneText } from '../words';
import { Counts, Lights, lightsOf } from './admin/status';
import '../styles/desk.css';

const DAYS = 30;
const MOST = 6;
const STOPPED = ['denied', 'refused', 'rejected'] as const;

/** The last ones of each kind that was stopped, the newest first. */
function useStopped() {
	const from = Math.floor(Date.now() / 86_400_000 - DAYS) * 86_400_000; // one question a day, not one a millisecond
	return useMore<Transfer>(async (_, signal) => {
		const all = await Promise.all(STOPPED.map((state) => ask('list', { all: true, state, from, most: MOST }, signal)));
		const rows = all.flatMap((a) => a.transfers).sort((a, b) => b.received - a.received);
		return { rows: rows.slice(0, MOST) };
	}, 'stopped');
}

function Stopped() {
	const list = useStopped();
	const href = (x: Transfer) => `/transfers/${x.id}`;
	const columns: Column<Transfer>[] = [
		{ head: t("File"), kind: 'main', cell: (x) => <Link href={href(x)}>{x.name ?? x.id.slice(0, 8)}</Link> },
		{ head: t("Way"), kind: 'narrow', cell: (x) => `${zoneText(x.from)} → ${zoneText(x.to)}` },
		{ head: t("Handed over by"), cell: senderOf },
		{ head: t("When"), kind: 'narrow', cell: (x) => when(x.received) },
		{ head: t("State"), kind: 'narrow', cell: (x) => <StateTag transfer={x} /> },
	];
	return (
		<Card flush title={t("Stopped in the last {1} days", DAYS)} actions={<Link href="/audit?state=denied">{t("All of them")}</Link>}>
			<Trouble error={list.error} again={list.again} />
			{!list.loading && !list.error && (
				<Table caption={t("Stopped in the last {1} days", DAYS)} columns={columns} rows={list.rows} id={(x) => x.id} href={href} empty={<p class="below">{t("Nothing was stopped.")}</p>} />
			)}
		</Card>
	);
}

interface Wait {
	text: string;
	href: string;
}

function Waits({ held }: { held: number }) {
	const who = useWho();
	const originals = useAsk('original.list', { all: true, most: 200 });
	const changes = useAsk('org.list', { most: 50 });
	const recoveries = useAsk('recovery.list', who && may(who, 'administer') ? {} : undefined);
	const asked = originals.data?.originals.filter((o) => o.state === 'held').length ?? 0;
	const open = changes.data?.proposals.filter((p) => p.state === 'open').length ?? 0;
	const locked = recoveries.data?.recoveries.length ?? 0;
	const rows: Wait[] = [
		...(held ? [{ text: tn("{1} transfer waits for somebody", "{1} transfers wait for somebody", held), href: '/audit?state=held' }] : []),
		...(asked ? [{ text: tn("{1} request for an original", "{1} requests for originals", asked), href: '/originals' }] : []),
		...(open ? [{ text: tn("{1} change of the organisation to be decided", "{1} changes of the organisation to be decided", open), href: '/admin/organisation' }] : []),
		...(locked ? [{ text: tn("{1} person cannot log in", "{1} persons cannot log in", locked), href: '/admin/people' }] : []),
	];
	return (
		<Card title={t("What waits")}>
			{!rows.length && <p class="quiet-text">{t("Nothing waits.")}</p>}
			<ul class="reasons">
				{rows.map((w) => (
					<li key={w.href}>
						<Link href={w.href}>{w.text}</Link>
					</li>
				))}
			</ul>
		</Card>
	);
}

export function Overview() {
	useLanguage();
	const asked = useAsk('status', {});
	const s = asked.data;
	const bad = s ? lightsOf(s).filter((l) => l.tone !== 'good') : [];
	return (
		<Page
			title={t("Overview")}
			lead={s && t("Zone {1}, as of {2}", zoneText(s.zone), exactly(Date.now()))}
			actions={
				<Button icon="print" onClick={() => print()}>
					{t("Print this page")}
				</Button>
			}
		>
			<Trouble error={asked.error} again={asked.again} />
			{asked.loading && !s && <Loading />}
			{s && (
				<div class="overview">
					<Notice kind={bad.some((l) => l.tone === 'bad') ? 'bad' : bad.length ? 'warn' : 'good'} title={bad.length ? tn("{1} thing needs a look", "{1} things need a look", bad.length) : t("All is well")}>
						{bad.length > 0 && <p>{bad.map((l) => l.name).join(t(", "))}</p>}
					</Notice>
					<Lights status={s} />
					<div class="overview-two">
						<Waits held={s.transfers.held ?? 0} />
						<Counts status={s} />
					</div>
					<Stopped />
					<Card title={t("What proves it")}>
						<Facts
							rows={[
								[t("Policy"), <code>{s.policy.hash}</code>],
								[t("Policy in force since"), exactly(s.policy.taken)],
								[t("Same policy at the other posts"), s.links.map((l) => `${zoneText(l.zone)}: ${l.policy ? (l.policy === s.policy.hash ? t("yes") : t("no")) : t("not known")}`).join(t(", "))],
								[t("Entries of the ledger"), count(s.ledger.size)],
								[t("Root of the ledger"), <code>{s.ledger.root}</code>],
							]}
						/>
					</Card>
				</div>
			)}
		</Page>
	);
}
