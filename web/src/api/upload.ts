// Bytes on their way to the post: in parts, each acknowledged; after a cut they go on where the post says it has them.
import { reach, refusalOf, Refusal, Unreachable } from './client';

const PART = 4 * 1024 * 1024;
const WAITS = [500, 1000, 2000, 5000, 10_000]; // milliseconds before trying again

export interface Uploading {
	file: File;
	/** Number of an upload that the post knows already. */
	upload?: string;
	signal: AbortSignal;
	progress: (sent: number) => void;
	/** It waits for the network, or goes on. */
	waiting: (waits: boolean) => void;
	began: (upload: string) => void;
}

export function isAbort(error: unknown): boolean {
	return error instanceof DOMException && error.name === 'AbortError';
}

export function pause(millis: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		const stop = () => {
			clearTimeout(timer);
			reject(new DOMException('', 'AbortError'));
		};
		const timer = setTimeout(() => {
			signal.removeEventListener('abort', stop);
			resolve();
		}, millis);
		signal.addEventListener('abort', stop, { once: true });
		if (signal.aborted) stop();
	});
}

async function begin(u: Uploading): Promise<string> {
	const response = await reach('uploads', {
		method: 'POST',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ name: u.file.name, size: u.file.size }),
		signal: u.signal,
	});
	if (!response.ok) throw await refusalOf(response);
	const id = ((await response.json()) as { upload: string }).upload;
	u.began(id);
	return id;
}

function offsetOf(response: Response): number {
	const offset = Number(response.headers.get('Upload-Offset'));
	if (!Number.isSafeInteger(offset) || offset < 0) throw new Refusal(response.status, '', '');
	return offset;
}

async function where(id: string, signal: AbortSignal): Promise<number> {
	const response = await reach(`uploads/${id}`, { method: 'HEAD', signal });
	if (!response.ok) throw await refusalOf(response);
	return offsetOf(response);
}

async function part(id: string, u: Uploading, offset: number): Promise<number> {
	const response = await reach(`uploads/${id}`, {
		method: 'PATCH',
		headers: { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset) },
		body: u.file.slice(offset, offset + PART),
		signal: u.signal,
	});
	if (response.status === 409) return where(id, u.signal); // it has another number of bytes than we thought
	if (!response.ok) throw await refusalOf(response);
	return response.headers.has('Upload-Offset') ? offsetOf(response) : Math.min(u.file.size, offset + PART);
}

const passing = (error: unknown) => error instanceof Unreachable || (error instanceof Refusal && (error.status === 429 || error.status === 503));

/** Sends all of it; the number of the upload. Waits for a network that is away; other refusals are thrown. */
export async function upload(u: Uploading): Promise<string> {
	let id = u.upload;
	let offset = 0;
	let tries = 0;
	let ask = id !== undefined;
	for (;;) {
		try {
			if (id === undefined) id = await begin(u);
			else if (ask) offset = await where(id, u.signal);
			ask = false;
			u.waiting(false);
			u.progress(offset);
			while (offset < u.file.size) {
				const next = await part(id, u, offset);
				if (next > offset) tries = 0;
				else if (++tries > WAITS.length) throw new Refusal(0, 'lost', '');
				offset = next;
				u.progress(offset);
			}
			return id;
		} catch (error) {
			if (error instanceof Refusal && error.status === 404 && id !== undefined) {
				if (++tries > WAITS.length) throw error;
				id = undefined; // the post has forgotten it: from the beginning
				offset = 0;
				continue;
			}
			if (!passing(error)) throw error;
			u.waiting(true);
			ask = id !== undefined;
			await pause(WAITS[Math.min(tries++, WAITS.length - 1)]!, u.signal);
		}
	}
}

export async function drop(id: string): Promise<void> {
	await reach(`uploads/${id}`, { method: 'DELETE' }).catch(() => undefined);
}
