// ホーム: what waits for me, and where files are dropped. lang: the page's name
import { tasks, useListEvents } from '../api/events';
import type { Tasks, Transfer } from '../api/types';
import { useAsk } from '../api/use';
import { t, tn, when } from '../i18n';
import { DropArea } from '../parts/drop';
import { Icon, type IconName } from '../parts/icon';
import { Empty, Loading, Trouble } from '../parts/notice';
import { Card, Page } from '../parts/page';
import { Table } from '../parts/table';
import { canCollect, StateTag } from '../parts/tag';
import { go, Link } from '../router';
import { useWho } from '../session';
import { useStore } from '../store';
import { useSentence } from '../sentence';
import { nameOf, senderOf, sizeText } from '../words';
import { contentPath } from '../api/client';
import { choose } from '../chosen';

interface Duty {
	icon: IconName;
	n: number;
	text: string;
	href: string;
}

function dutiesOf(n: Tasks): Duty[] {
	const all: Duty[] = [
		{ icon: 'stamp', n: n.approvals, text: tn("{1} file waits for your approval", "{1} files wait for your approval", n.approvals), href: '/approvals' },
		{ icon: 'key', n: n.passwords, text: tn("{1} file wants a password", "{1} files want a password", n.passwords), href: '/passwords' },
		{
			icon: 'warn',
			n: n.classes,
			text: tn("{1} file has no class yet", "{1} files have no class yet", n.classes),
			href: '/history?state=held',
		},
		{
			icon: 'book',
			n: n.originals,
			text: tn("{1} request for an original waits for you", "{1} requests for originals wait for you", n.originals),
			href: '/originals',
		},
		{
			icon: 'people',
			n: n.proposals ?? 0,
			text: tn("{1} change of the organisation waits for you", "{1} changes of the organisation wait for you", n.proposals ?? 0),
			href: '/admin/organisation',
		},
	];
	return all.filter((d) => d.n > 0);
}

function Duties() {
	const asked = useAsk('tasks', {});
	const told = useStore(tasks);
	const now = told ?? asked.data;
	if (!now) return asked.error ? <Trouble error={asked.error} again={asked.again} /> : null;
	const duties = dutiesOf(now);
	if (!duties.length) return null;
	return (
		<ul class="duties" aria-label={t("What waits for you")}>
			{duties.map((d) => (
				<li key={d.href}>
					<Link href={d.href} class="duty">
						<Icon name={d.icon} />
						<b>{d.text}</b>
						<Icon name="next" size={16} />
					</Link>
				</li>
			))}
		</ul>
	);
}

function Said({ transfer }: { transfer: Transfer }) {
	const sentence = useSentence(transfer);
	return sentence ? <p class="said">{sentence}</p> : null;
}

function Arrived({ rows }: { rows: Transfer[] }) {
	return (
		<ul class="arrived">
			{rows.map((x) => (
				<li key={x.id}>
					<Icon name="file" size={24} />
					<div>
						<Link href={`/transfers/${x.id}`}>
							<b>{x.name ?? t("(no name)")}</b>
						</Link>
						<p class="quiet-text">
							{t("from {1}, {2}", senderOf(x), when(x.released ?? x.changed))} · {sizeText(x)}
						</p>
						<Said transfer={x} />
					</div>
					<a class="button primary" href={contentPath(x.id)} download>
						<Icon name="receive" />
						<span>{t("Download")}</span>
					</a>
				</li>
			))}
		</ul>
	);
}

function Recent({ rows }: { rows: Transfer[] }) {
	return (
		<Table
			caption={t("Recent transfers")}
			rows={rows}
			id={(x) => x.id}
			href={(x) => `/transfers/${x.id}`}
			columns={[
				{ head: t("File"), kind: 'main', cell: (x) => <Link href={`/transfers/${x.id}`}>{x.name ?? t("(no name)")}</Link> },
				{ head: t("From"), kind: 'wide-only', cell: senderOf },
				{ head: t("When"), kind: 'narrow', cell: (x) => when(x.received) },
				{ head: t("State"), kind: 'narrow', cell: (x) => <StateTag transfer={x} /> },
			]}
		/>
	);
}

function drop(files: File[]): void {
	choose(files);
	go('/send');
}

export function Home() {
	const who = useWho();
	const asked = useAsk('list', { most: 30 });
	const again = asked.again;
	useListEvents(again);
	const rows = asked.data?.transfers ?? [];
	const arrived = rows.filter((x) => who && canCollect(x, who.zone) && x.state === 'released');
	const others = rows.filter((x) => !arrived.includes(x)).slice(0, 8);
	if (!who) return null;
	return (
		<Page title={t("Home")} heading={t("Hello, {1}", nameOf(who))}>
			<Duties />
			<div class="home-grid">
				<div class="stack">
					<Card title={t("Ready to collect")} flush>
						{asked.loading && !asked.data && <Loading />}
						<Trouble error={asked.error} again={again} />
						{asked.data && (arrived.length ? <Arrived rows={arrived} /> : <Empty icon="receive" title={t("Nothing has arrived")} />)}
					</Card>
					{others.length > 0 && (
						<Card title={t("Recent transfers")} flush actions={<Link href="/history">{t("All of them")}</Link>}>
							<Recent rows={others} />
						</Card>
					)}
				</div>
				<div class="stack">
					<DropArea onFiles={drop} />
				</div>
			</div>
		</Page>
	);
}
