// What the post tells by itself (server-sent events): a transfer has changed, what waits for me, the session.
import { useEffect } from 'preact/hooks';
import { store } from '../store';
import { API, ask } from './client';
import type { State, Tasks } from './types';

export interface TransferEvent {
	id: string;
	state: State;
	changed: number;
	/** What a worker is at with it. */
	part?: 'read' | 'clean' | 'check' | 'look';
	percent?: number;
	/** More has changed at once than is told one by one. */
	many?: boolean;
}

/** Whether it may be about this transfer. */
export const isAbout = (e: TransferEvent, id: string): boolean => e.id === id || e.many === true;

export const tasks = store<Tasks | undefined>(undefined);
export const connected = store(true);
const watchers = new Set<(e: TransferEvent) => void>();
const sessionWatchers = new Set<() => void>();
let source: EventSource | undefined;
let retry: ReturnType<typeof setTimeout> | undefined;

function parse<T>(event: Event): T | undefined {
	try {
		return JSON.parse((event as MessageEvent<string>).data) as T;
	} catch {
		return undefined;
	}
}

/** How many there are is told when the stream begins; while there is none it is asked. */
function count(): void {
	ask('tasks', {}).then(
		(n) => tasks.set(n),
		() => undefined,
	);
}

/** Listens while somebody is logged in. The browser calls again by itself unless the post said no: then we do, later. */
export function listen(): void {
	if (source) return;
	source = new EventSource(`${API}events`);
	source.addEventListener('open', () => {
		connected.set(true);
		count(); // what was told while nobody listened
	});
	source.addEventListener('transfer', (e) => {
		const told = parse<TransferEvent>(e);
		if (told) for (const w of [...watchers]) w(told);
	});
	source.addEventListener('tasks', (e) => {
		const told = parse<Tasks>(e);
		if (told) tasks.set(told);
	});
	source.addEventListener('session', () => {
		for (const w of [...sessionWatchers]) w();
	});
	source.addEventListener('error', () => {
		if (source?.readyState !== EventSource.CLOSED) {
			connected.set(false); // the network: the browser tries again by itself
			return;
		}
		connected.set(true); // it answered: not with events
		deafen();
		retry = setTimeout(listen, 20_000);
	});
}

export function deafen(): void {
	clearTimeout(retry);
	source?.close();
	source = undefined;
}

export function onSession(told: () => void): () => void {
	sessionWatchers.add(told);
	return () => sessionWatchers.delete(told);
}

export function onTransfer(told: (e: TransferEvent) => void): () => void {
	watchers.add(told);
	return () => watchers.delete(told);
}

/** Calls back for transfers that have changed, while the component is there. */
export function useTransferEvents(told: (e: TransferEvent) => void): void {
	useEffect(() => onTransfer(told), [told]);
}

const SOON = 400; // ms in which what changes together is asked for once

/** For lists: asks anew when any transfer has changed, once for many. */
export function useListEvents(again: () => void): void {
	useEffect(() => {
		let timer: ReturnType<typeof setTimeout> | undefined;
		const stop = onTransfer((e) => {
			if (e.percent !== undefined) return; // how far it has come stands in no list
			timer ??= setTimeout(() => {
				timer = undefined;
				again();
			}, SOON);
		});
		return () => {
			clearTimeout(timer);
			stop();
		};
	}, [again]);
}
