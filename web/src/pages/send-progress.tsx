// What was handed over on this page: how far each file is, until it can be collected or what has to be done is said. Files of a folder
// stand together.
import { sentenceOf } from '../api/client';
import type { Transfer } from '../api/types';
import { bytes, t, tn, tr } from '../i18n';
import { again, clearSent, folderOf, forgetLeft, leftBehind, outbox, stop, type Item } from '../outbox';
import { Button } from '../parts/button';
import { Icon } from '../parts/icon';
import { Notice } from '../parts/notice';
import { Card } from '../parts/page';
import { Progress } from '../parts/progress';
import { lookOf, StateTag } from '../parts/tag';
import { Link } from '../router';
import { useSentence } from '../sentence';
import { useStore } from '../store';
import { partText } from '../words';
import { useState } from 'preact/hooks';
import { isSettled, type Sent, useSent } from './send-sent';

const FEW = 6; // more files of a folder than these are folded away

function sayOf(item: Item): string {
	const of = t("{1} of {2}", bytes(item.sent), bytes(item.file.size));
	switch (item.phase) {
		case 'waiting':
			return t("Waits for its turn");
		case 'uploading':
			return t("Being sent: {1}", of);
		case 'network':
			return t("Waits for the network: {1}", of);
		case 'login':
			return t("Waits until you have logged in again");
		case 'failed':
			return sentenceOf(item.error);
		case 'sent':
			return t("Being cleaned");
	}
}

const KINDS = { waiting: 'going', uploading: 'going', network: 'waiting', login: 'waiting', failed: 'bad', sent: 'going' } as const;

const percentOf = (item: Item) => (item.file.size ? (item.sent / item.file.size) * 100 : 100);

/** What to do about it stands beside it. */
function Next({ item, transfer }: { item: Item; transfer: Transfer | undefined }) {
	const wants = transfer?.state === 'held' ? transfer.holds : [];
	const href = `/transfers/${item.id}`;
	return (
		<div class="sending-do">
			{transfer && <StateTag transfer={transfer} />}
			{wants.includes('password') && (
				<Link class="button" href={href}>
					{t("Enter the password")}
				</Link>
			)}
			{wants.includes('class') && (
				<Link class="button" href={href}>
					{t("Choose the class")}
				</Link>
			)}
			{item.phase === 'failed' && (
				<Button onClick={() => again(item.id)} aria-label={`${t("Try again")} ${item.name}`}>
					{t("Try again")}
				</Button>
			)}
			{item.phase !== 'sent' && <Button kind="quiet" icon="cross" aria-label={t("Stop {1}", item.name)} onClick={() => stop(item.id)} />}
		</div>
	);
}

function Line({ item, sent }: { item: Item; sent: Sent }) {
	const transfer = item.phase === 'sent' ? sent.transfers.get(item.id) : undefined;
	const clean = useSentence(transfer);
	const news = sent.news.get(item.id);
	const going = item.phase !== 'sent' || !isSettled(transfer);
	const value = item.phase === 'sent' ? news?.percent : percentOf(item);
	return (
		<li class="sending">
			<Icon name="file" />
			<div class="sending-what">
				<span class="sending-name">
					{item.phase === 'sent' ? <Link href={`/transfers/${item.id}`}>{item.name}</Link> : item.name} <small>{bytes(item.file.size)}</small>
				</span>
				{going && <Progress label={t("Progress of {1}", item.name)} kind={KINDS[item.phase]} {...(value === undefined ? {} : { value })} />}
				{!transfer && <span class={`sending-say ${item.phase === 'failed' ? 'error' : ''}`}>{sayOf(item)}</span>}
				{transfer && <span class="sending-say">{clean ?? (going ? partText(news) : undefined) ?? tr(lookOf(transfer.state, transfer.holds).text)}</span>}
			</div>
			<Next item={item} transfer={transfer} />
		</li>
	);
}

/** How many are where: for a folder, and for all. */
function sumOf(items: Item[], sent: Sent): string {
	const at = (test: (i: Item) => boolean) => items.filter(test).length;
	const gone = at((i) => i.phase === 'sent');
	const failed = at((i) => i.phase === 'failed');
	const ready = at((i) => i.phase === 'sent' && isSettled(sent.transfers.get(i.id)));
	return [
		t("{1} of {2} sent", gone, items.length),
		tn("{1} cleaned or waiting", "{1} cleaned or waiting", ready),
		failed ? tn("{1} could not be sent", "{1} could not be sent", failed) : '',
	]
		.filter(Boolean)
		.join(t(", "));
}

function shareOf(items: Item[]): number {
	const all = items.reduce((n, i) => n + i.file.size, 0);
	return all ? (items.reduce((n, i) => n + (i.phase === 'sent' ? i.file.size : i.sent), 0) / all) * 100 : 100;
}

function Folder({ name, items, sent }: { name: string; items: Item[]; sent: Sent }) {
	const [open, setOpen] = useState(items.length <= FEW);
	return (
		<li class="sending-folder">
			<details open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
				<summary>
					<Icon name="folder" />
					<b>{name}</b>
					<span class="quiet-text">{sumOf(items, sent)}</span>
				</summary>
				{open && (
					<ul class="sendings">
						{items.map((i) => (
							<Line key={i.id} item={i} sent={sent} />
						))}
					</ul>
				)}
			</details>
			<Progress label={t("Progress of {1}", name)} value={shareOf(items)} />
		</li>
	);
}

/** Those of a folder together, in the order in which they came. */
function groupsOf(items: Item[]): [string, Item[]][] {
	const groups = new Map<string, Item[]>();
	for (const i of items) {
		const folder = folderOf(i.file);
		const key = folder ? `/${folder}` : i.id;
		groups.set(key, [...(groups.get(key) ?? []), i]);
	}
	return [...groups];
}

export function Sending() {
	const items = useStore(outbox);
	const gone = items.filter((i) => i.phase === 'sent');
	const sent = useSent(gone.map((i) => i.id));
	if (!items.length) return null;
	return (
		<Card
			title={t("Handed over just now")}
			actions={
				gone.length > 0 && (
					<Button kind="quiet" onClick={clearSent}>
						{t("Clear the list")}
					</Button>
				)
			}
		>
			<p class={items.length > 1 ? 'quiet-text' : 'unseen'} role="status">
				{sumOf(items, sent)}
			</p>
			<ul class="sendings">
				{groupsOf(items).map(([key, of]) =>
					key.startsWith('/') ? <Folder key={key} name={key.slice(1)} items={of} sent={sent} /> : <Line key={key} item={of[0]!} sent={sent} />,
				)}
			</ul>
		</Card>
	);
}

/** A tab that was closed in the middle: the bytes that have come are there still. */
export function LeftBehind() {
	useStore(outbox);
	const [turn, setTurn] = useState(0);
	const names = leftBehind();
	if (!names.length) return null;
	const forget = () => {
		forgetLeft();
		setTurn(turn + 1);
	};
	return (
		<Notice kind="waiting" title={tn("{1} file was not sent to its end", "{1} files were not sent to their end", names.length)}>
			<p>{names.slice(0, 5).join(t(", "))}</p>
			<p>{t("Choose the same files once more: they go on where they were.")}</p>
			<Button kind="quiet" onClick={forget}>
				{t("They are not needed any more")}
			</Button>
		</Notice>
	);
}
