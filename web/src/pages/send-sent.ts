// What became of files at the post: told by events, and looked up now and then, all of them by one question.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ask } from '../api/client';
import { useTransferEvents, type TransferEvent } from '../api/events';
import type { Transfer } from '../api/types';
import { isOver, lookOf } from '../parts/tag';

const OFTEN = 4000; // ms between looks, should the post's news not get through
const SOON = 300; // ms in which news of several is one look
const PAGES = 4; // of the list of one's own, the newest first: what was just sent stands at its head

export interface Sent {
	transfers: Map<string, Transfer>;
	/** How far each is and what is done to it, as far as it was told. */
	news: Map<string, TransferEvent>;
}

/** Nothing more comes of it before somebody does something. */
export const isSettled = (x: Transfer | undefined): boolean =>
	x !== undefined && (isOver(x.state) || x.state === 'released' || (x.state === 'held' && lookOf(x.state, x.holds).tone !== 'going'));

async function lookFor(wanted: Set<string>): Promise<Transfer[]> {
	const found: Transfer[] = [];
	let after: string | undefined;
	for (let page = 0; page < PAGES && found.length < wanted.size; page++) {
		const answer = await ask('list', { most: 200, ...(after ? { after } : {}) });
		found.push(...answer.transfers.filter((x) => wanted.has(x.id)));
		after = answer.next;
		if (!after) break;
	}
	return found;
}

export function useSent(ids: string[]): Sent {
	const [sent, set] = useState<Sent>({ transfers: new Map(), news: new Map() });
	const timer = useRef<ReturnType<typeof setTimeout>>();
	const key = ids.join();
	const wanted = useRef<Set<string>>(new Set());
	wanted.current = new Set(ids);
	const look = useCallback(() => {
		timer.current = undefined;
		if (!wanted.current.size) return;
		lookFor(wanted.current).then(
			(found) => set((old) => ({ ...old, transfers: new Map([...old.transfers, ...found.map((x) => [x.id, x] as const)]) })),
			() => undefined, // the next look says it
		);
	}, []);
	const told = useCallback((e: TransferEvent) => {
		if (!e.many && !wanted.current.has(e.id)) return;
		if (e.percent !== undefined) set((old) => ({ ...old, news: new Map(old.news).set(e.id, e) }));
		else timer.current ??= setTimeout(look, SOON);
	}, [look]);
	useTransferEvents(told);
	useEffect(() => () => clearTimeout(timer.current), []);
	const going = ids.some((id) => !isSettled(sent.transfers.get(id)));
	useEffect(() => {
		if (!going) return undefined;
		look();
		const often = setInterval(look, OFTEN);
		return () => clearInterval(often);
	}, [key, going, look]);
	return sent;
}
