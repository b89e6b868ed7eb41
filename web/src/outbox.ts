// Files on their way to the post, whatever page is shown meanwhile: two at once, the others wait. Each keeps the number of its
// transfer, so that asking again sends nothing twice, and that of its upload, so that a cut costs only what was cut.
import { ask, Refusal } from './api/client';
import { drop, isAbort, upload } from './api/upload';
import { session } from './session';
import { store } from './store';

const AT_ONCE = 2;
const KEPT = 'sekisho.uploads'; // of files that were not finished: what the post calls them

export interface Wish {
	to: string;
	route: string;
	class?: string;
	reason?: string;
	recipient?: string;
}

export type Phase = 'waiting' | 'uploading' | 'network' | 'login' | 'sent' | 'failed';

export interface Item {
	/** Number of the transfer that it becomes. */
	id: string;
	file: File;
	name: string;
	wish: Wish;
	phase: Phase;
	sent: number;
	upload?: string;
	error?: unknown;
}

export const outbox = store<Item[]>([]);
const stops = new Map<string, AbortController>();

const change = (id: string, to: Partial<Item>) => outbox.update((all) => all.map((i) => (i.id === id ? { ...i, ...to } : i)));
const one = (id: string) => outbox.get().find((i) => i.id === id);

export function newId(): string {
	return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');
}

const paths = new WeakMap<File, string>(); // of those that were dropped in folders: browsers do not tell it with the file

export function setPath(file: File, path: string): void {
	paths.set(file, path);
}

const pathOf = (file: File) => paths.get(file) ?? (file.webkitRelativePath || file.name);

/** The folder that it was chosen or dropped in; '': alone. */
export const folderOf = (file: File): string => (pathOf(file).includes('/') ? pathOf(file).split('/')[0]! : '');

/** A file of a folder is named with it: "folder/a.txt" becomes "folder_a.txt", for a transfer has no folders. */
export function nameOf(file: File): string {
	return pathOf(file).normalize('NFC').replace(/[/\\]/g, '_').slice(-120);
}

// --- what a closed tab leaves behind ---

type Kept = Record<string, { upload: string; id: string; at: number; name: string }>;
/** Each member has his own: on a terminal that many use nobody is told of another one's files. */
const mark = (i: Pick<Item, 'file' | 'wish'>) => [member(), i.file.name, i.file.size, i.file.lastModified, i.wish.route].join('/');
function member(): string {
	const now = session.get();
	return 'who' in now ? now.who.member : '';
}

function kept(): Kept {
	try {
		const all = JSON.parse(localStorage.getItem(KEPT) ?? '{}') as Kept;
		return Object.fromEntries(Object.entries(all).filter(([, k]) => Date.now() - k.at < 86_400_000));
	} catch {
		return {};
	}
}

function keep(item: Item, number: string | undefined): void {
	const all = kept();
	if (number) all[mark(item)] = { upload: number, id: item.id, at: Date.now(), name: item.name };
	else delete all[mark(item)];
	localStorage.setItem(KEPT, JSON.stringify(all));
}

/** Names of what a closed tab has left half sent: choosing the same files again goes on with them. */
export function leftBehind(): string[] {
	const own = Object.entries(kept()).filter(([of, k]) => of.startsWith(`${member()}/`) && !one(k.id));
	return own.map(([, k]) => k.name);
}

/** They are not wanted any more. */
export function forgetLeft(): void {
	const all = kept();
	for (const [of, k] of Object.entries(all)) {
		if (!of.startsWith(`${member()}/`) || one(k.id)) continue;
		void drop(k.upload);
		delete all[of];
	}
	localStorage.setItem(KEPT, JSON.stringify(all));
}

// --- on the way ---

async function bring(item: Item, signal: AbortSignal): Promise<void> {
	const number = await upload({
		file: item.file,
		...(item.upload ? { upload: item.upload } : {}),
		signal,
		progress: (sent) => change(item.id, { sent }),
		waiting: (waits) => change(item.id, { phase: waits ? 'network' : 'uploading' }),
		began: (number) => {
			change(item.id, { upload: number });
			keep(item, number);
		},
	});
	await ask('send', { ...item.wish, upload: number, name: item.name, id: item.id }, signal);
	keep(item, undefined);
	change(item.id, { phase: 'sent', sent: item.file.size });
}

async function work(item: Item): Promise<void> {
	const stop = new AbortController();
	stops.set(item.id, stop);
	change(item.id, { phase: 'uploading', error: undefined });
	try {
		await bring(item, stop.signal);
	} catch (error) {
		if (isAbort(error)) return;
		const login = error instanceof Refusal && (error.why === 'no-session' || error.why === 'login-more');
		change(item.id, login ? { phase: 'login' } : { phase: 'failed', error });
	} finally {
		stops.delete(item.id);
		next();
	}
}

function next(): void {
	const waiting = outbox.get().filter((i) => i.phase === 'waiting');
	for (const item of waiting) {
		if (stops.size >= AT_ONCE) return;
		void work(item);
	}
}

// Whoever has logged in again goes on by himself.
session.watch((s) => {
	if (s.kind !== 'in') return;
	for (const i of outbox.get()) if (i.phase === 'login') change(i.id, { phase: 'waiting' });
	next();
});

export function enqueue(files: File[], wish: Wish): Item[] {
	const before = kept();
	const items = files.map((file): Item => {
		const old = before[mark({ file, wish })];
		const known = old && !one(old.id) ? old : undefined;
		return {
			id: known?.id ?? newId(),
			file,
			name: nameOf(file),
			wish,
			phase: 'waiting',
			sent: 0,
			...(known ? { upload: known.upload } : {}),
		};
	});
	outbox.update((all) => [...all, ...items]);
	next();
	return items;
}

export function again(id: string): void {
	if (one(id)?.phase === 'failed') change(id, { phase: 'waiting', error: undefined });
	next();
}

/** Stops one that is not sent yet, and forgets it. */
export function stop(id: string): void {
	const item = one(id);
	if (!item || item.phase === 'sent') return;
	stops.get(id)?.abort();
	stops.delete(id);
	if (item.upload) void drop(item.upload);
	keep(item, undefined);
	outbox.update((all) => all.filter((i) => i.id !== id));
	next();
}

export function clearSent(): void {
	outbox.update((all) => all.filter((i) => i.phase !== 'sent'));
}

/** Whoever leaves stops what is not sent, and leaves no list behind. */
export async function forgetAll(): Promise<void> {
	const all = outbox.get();
	outbox.set([]);
	for (const item of all) {
		stops.get(item.id)?.abort();
		keep(item, undefined);
	}
	await Promise.all(all.map((i) => (i.upload && i.phase !== 'sent' ? drop(i.upload) : undefined)));
}

export const underWay = (): boolean => outbox.get().some((i) => i.phase !== 'sent' && i.phase !== 'failed');

addEventListener('beforeunload', (e) => {
	if (underWay()) e.preventDefault();
});
