// What was handed over on this page: how far each file is, until it can be collected or what has to be done is said.
import { useCallback, useEffect, useState } from 'preact/hooks';
import { ask, sentenceOf } from '../api/client';
import { isAbout, useTransferEvents, type TransferEvent } from '../api/events';
import type { Transfer } from '../api/types';
import { bytes, t, tr } from '../i18n';
import { again, clearSent, outbox, stop, type Item } from '../outbox';
import { Button } from '../parts/button';
import { Icon } from '../parts/icon';
import { Card } from '../parts/page';
import { Progress } from '../parts/progress';
import { isOver, lookOf, StateTag } from '../parts/tag';
import { Link } from '../router';
import { useStore } from '../store';
import { useSentence } from '../sentence';

const OFTEN = 4000; // ms between looks, should the post's news not get through

/** What became of it at the post; told by events, and looked up now and then. */
function useTransfer(id: string, sent: boolean): [Transfer | undefined, TransferEvent | undefined] {
	const [transfer, set] = useState<Transfer>();
	const [event, setEvent] = useState<TransferEvent>();
	const look = useCallback(() => {
		ask('show', { id }).then(
			(a) => set(a.transfer),
			() => undefined,
		);
	}, [id]);
	const told = useCallback(
		(e: TransferEvent) => {
			if (!isAbout(e, id)) return;
			if (e.id === id) setEvent(e);
			look();
		},
		[id, look],
	);
	useTransferEvents(told);
	const done = transfer && (isOver(transfer.state) || transfer.state === 'released' || transfer.state === 'held');
	useEffect(() => {
		if (!sent || done) return undefined;
		look();
		const timer = setInterval(look, OFTEN);
		return () => clearInterval(timer);
	}, [sent, done, look]);
	return [transfer, event];
}

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

function Line({ item }: { item: Item }) {
	const sent = item.phase === 'sent';
	const [transfer, event] = useTransfer(item.id, sent);
	const percent = item.file.size ? (item.sent / item.file.size) * 100 : 100;
	const going = !sent || (transfer !== undefined && lookOf(transfer.state, transfer.holds).tone === 'going') || !transfer;
	const clean = useSentence(transfer);
	return (
		<li class="sending">
			<Icon name="file" />
			<div class="sending-what">
				<span class="sending-name">
					{sent ? <Link href={`/transfers/${item.id}`}>{item.name}</Link> : item.name} <small>{bytes(item.file.size)}</small>
				</span>
				{going && (
					<Progress
						label={t("Progress of {1}", item.name)}
						kind={KINDS[item.phase]}
						{...(sent ? (event?.percent === undefined ? {} : { value: event.percent }) : { value: percent })}
					/>
				)}
				{!transfer && <span class={`sending-say ${item.phase === 'failed' ? 'error' : ''}`}>{sayOf(item)}</span>}
				{transfer && <span class="sending-say">{clean ?? tr(lookOf(transfer.state, transfer.holds).text)}</span>}
			</div>
			<div class="sending-do">
				{transfer && <StateTag transfer={transfer} />}
				{transfer?.state === 'held' && transfer.holds.includes('password') && (
					<Link class="button" href={`/transfers/${item.id}`}>
						{t("Enter the password")}
					</Link>
				)}
				{item.phase === 'failed' && <Button onClick={() => again(item.id)}>{t("Try again")}</Button>}
				{!sent && <Button kind="quiet" icon="cross" aria-label={t("Stop {1}", item.name)} onClick={() => stop(item.id)} />}
			</div>
		</li>
	);
}

export function Sending() {
	const items = useStore(outbox);
	if (!items.length) return null;
	const sent = items.some((i) => i.phase === 'sent');
	return (
		<Card
			title={t("Handed over just now")}
			actions={
				sent && (
					<Button kind="quiet" onClick={clearSent}>
						{t("Clear the list")}
					</Button>
				)
			}
		>
			<ul class="sendings">
				{items.map((i) => (
					<Line key={i.id} item={i} />
				))}
			</ul>
		</Card>
	);
}
