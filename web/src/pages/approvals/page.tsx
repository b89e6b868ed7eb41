// 承認: what waits for my decision, worked off by mouse, finger or single keys.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { ask } from '../../api/client';
import { useTransferEvents } from '../../api/events';
import { useMore } from '../../api/more';
import type { Transfer } from '../../api/types';
import { useAsk } from '../../api/use';
import { t, tn, useLanguage } from '../../i18n';
import { useKeys } from '../../keys';
import { Button } from '../../parts/button';
import { Empty, Loading, Trouble } from '../../parts/notice';
import { Page } from '../../parts/page';
import { StateTag } from '../../parts/tag';
import { toast } from '../../parts/toast';
import { go, Link, setQuery, usePlace } from '../../router';
import { TransferVote } from './decide';
import { HandOver } from './hand-over';
import { KeysDialog } from './keys';
import { Look } from './look';
import { markable, Queue } from './queue';
import { liftable } from './vote';
import '../../styles/desk.css';

const PAGES = 5; // a queue of 500 is more than anybody works off in a day

function useQueue() {
	const queue = useMore<Transfer>(async (after, signal) => {
		const answer = await ask('list', { waiting: true, most: 100, ...(after ? { after } : {}) }, signal);
		return { rows: answer.transfers, next: answer.next };
	}, 'waiting', PAGES);
	useTransferEvents(queue.again);
	const rows = useMemo(() => [...queue.rows].sort((a, b) => a.received - b.received), [queue.rows]);
	return { ...queue, rows };
}

/** What one is looking at: its number stands in the address. */
function Detail({ id, onVote, onSigned }: {
	id: string;
	onVote: (transfer: Transfer, allow: boolean) => void;
	/** The policy wants a yes to be signed. */
	onSigned: (id: string) => void;
}) {
	const shown = useAsk('show', { id });
	const head = useRef<HTMLHeadingElement>(null);
	const x = shown.data?.transfer;
	const signed = shown.data?.decision?.passkey === true;
	useEffect(() => {
		if (signed) onSigned(id);
	}, [id, signed]);
	if (shown.error) return <Trouble error={shown.error} again={shown.again} />;
	if (!shown.data || !x) return <Loading />;
	const mine = x.state === 'held' && liftable(x).length > 0 && x.role.includes('approver');
	return (
		<article class="stack" aria-labelledby="looked-at">
			<header class="look-head">
				<div>
					<h2 id="looked-at" ref={head} tabIndex={-1}>
						{x.name ?? x.id}
					</h2>
					<p class="row">
						<StateTag transfer={x} />
						<Link href={`/transfers/${x.id}`}>{t("Everything about it")}</Link>
					</p>
				</div>
				{mine && (
					<div class="actions">
						<Button kind="primary" icon="check" onClick={() => onVote(x, true)} disabled={x.holds.includes('class')}>
							{t("Approve")}
						</Button>
						<Button kind="danger" icon="cross" onClick={() => onVote(x, false)}>
							{t("Deny")}
						</Button>
					</div>
				)}
			</header>
			{x.holds.includes('class') && (
				<p>
					{t("Its class must be chosen before it can be approved.")} <Link href={`/transfers/${x.id}`}>{t("Choose the class")}</Link>
				</p>
			)}
			<Look shown={shown.data} />
		</article>
	);
}

interface Asking {
	transfers: Transfer[];
	allow: boolean;
	/** A yes must be signed. */
	passkey?: boolean;
}
const MOST = 100; // of one word: doc/front.md

/** Marks stand only on what the policy lets be decided with others. */
function useMarks(rows: Transfer[]) {
	const [marked, setMarked] = useState(new Set<string>());
	const mark = (ids: string[], on: boolean) => {
		const may = ids.filter((id) => rows.some((x) => x.id === id && markable(x)));
		setMarked((before) => new Set(on ? [...before, ...may] : [...before].filter((id) => !may.includes(id))));
	};
	const shown = rows.filter((x) => marked.has(x.id) && markable(x)).slice(0, MOST);
	return { marked: shown, has: new Set(shown.map((x) => x.id)), mark, none: () => setMarked(new Set()) };
}

function Marked({ n, onVote }: { n: number; onVote: (allow: boolean) => void }) {
	if (!n) return null;
	return (
		<div class="work-marked">
			<span role="status">{tn("{1} marked", "{1} marked", n)}</span>
			<div class="actions">
				<Button kind="primary" icon="check" onClick={() => onVote(true)}>
					{t("Approve those marked")}
				</Button>
				<Button kind="danger" onClick={() => onVote(false)}>
					{t("Deny what is marked")}
				</Button>
			</div>
		</div>
	);
}

export function Approvals() {
	useLanguage();
	const { query } = usePlace();
	const queue = useQueue();
	const { rows } = queue;
	const wide = useWide();
	const named = query.get('id') ?? undefined;
	const chosen = named ?? (wide ? rows[0]?.id : undefined);
	const at = rows.findIndex((x) => x.id === chosen);
	const marks = useMarks(rows);
	const [asking, setAsking] = useState<Asking>();
	const [help, setHelp] = useState(false);
	const [handing, setHanding] = useState(false);
	const signed = useRef(new Set<string>());
	const one = (x: Transfer, allow: boolean) => setAsking({ transfers: [x], allow, passkey: signed.current.has(x.id) });
	const choose = (id: string | undefined) => {
		if (wide) setQuery({ id });
		else go(id ? `/approvals?id=${id}` : '/approvals');
		if (wide && id) document.querySelector(`.queue [data-id="${CSS.escape(id)}"]`)?.scrollIntoView({ block: 'nearest' });
	};
	const step = (by: number) => choose(rows[Math.max(0, Math.min(rows.length - 1, at + by))]?.id);
	const decide = (allow: boolean) => {
		const row = rows[at];
		if (row && !(allow && row.holds.includes('class'))) one(row, allow);
	};
	useKeys({
		j: () => step(1),
		k: () => step(-1),
		Enter: () => document.getElementById('looked-at')?.focus(),
		x: () => chosen && marks.mark([chosen], !marks.has.has(chosen)),
		a: () => (marks.marked.length ? setAsking({ transfers: marks.marked, allow: true }) : decide(true)),
		d: () => (marks.marked.length ? setAsking({ transfers: marks.marked, allow: false }) : decide(false)),
		'?': () => setHelp(true),
	});
	const done = (ids: string[]) => {
		if (ids.length) toast(asking?.allow ? tn("{1} file approved", "{1} files approved", ids.length) : tn("{1} file denied", "{1} files denied", ids.length));
		setAsking(undefined);
		marks.none();
		const after = rows.slice(at + 1).concat(rows.slice(0, Math.max(0, at))).find((x) => !ids.includes(x.id));
		if (ids.length) choose(wide ? after?.id : undefined);
		queue.again();
	};
	const list = wide || !named;
	return (
		<Page
			title={t("Approvals")}
			heading={named && !wide ? t("Decide") : undefined}
			lead={list ? t("You decide whether these files may leave. Each page is a picture of the cleaned file; nothing in it can do harm.") : undefined}
			actions={
				<>
					<Button icon="people" onClick={() => setHanding(true)}>
						{t("Hand over to your deputies")}
					</Button>
					<Button class="wide-only" icon="info" onClick={() => setHelp(true)}>
						{t("Keys")}
					</Button>
				</>
			}
		>
			<Trouble error={queue.error} again={queue.again} />
			{queue.loading && !rows.length && <Loading />}
			{!queue.loading && !queue.error && !rows.length && !named && (
				<Empty icon="check" title={t("Nothing waits for your decision")}>
					<p>{t("What comes shows here by itself.")}</p>
				</Empty>
			)}
			{(rows.length > 0 || named) && (
				<div class={`work ${list && wide ? 'two' : ''}`}>
					{list && (
						<div class="work-list">
							<Queue
								rows={rows}
								chosen={chosen}
								marked={marks.has}
								onChoose={choose}
								onMark={marks.mark}
							/>
							{queue.more && <Button onClick={queue.fetchMore}>{t("Show more")}</Button>}
							<Marked n={marks.marked.length} onVote={(allow) => setAsking({ transfers: marks.marked, allow })} />
						</div>
					)}
					{chosen && (
						<div class="work-look">
							{!wide && (
								<Link class="button quiet" href="/approvals">
									{t("Back to the list")}
								</Link>
							)}
							<Detail key={chosen} id={chosen} onVote={(x, allow) => one(x, allow)} onSigned={(id) => signed.current.add(id)} />
						</div>
					)}
				</div>
			)}
			{asking && <TransferVote {...asking} onDone={done} onClose={() => setAsking(undefined)} />}
			{handing && <HandOver onDone={() => setHanding(false)} onClose={() => setHanding(false)} />}
			{help && <KeysDialog onClose={() => setHelp(false)} />}
		</Page>
	);
}

const WIDE = '(min-width: 1000px)';

/** List and file beside each other, or one after the other. */
function useWide(): boolean {
	const [wide, setWide] = useState(() => matchMedia(WIDE).matches);
	useEffect(() => {
		const media = matchMedia(WIDE);
		const told = () => setWide(media.matches);
		media.addEventListener('change', told);
		return () => media.removeEventListener('change', told);
	}, []);
	return wide;
}
