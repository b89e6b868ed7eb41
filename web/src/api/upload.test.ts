import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { upload, type Uploading } from './upload';

const MB = 1024 * 1024;
const file = new File([new Uint8Array(9 * MB)], 'a.bin');
let have = 0;
let calls: string[] = [];
let before: (call: string) => Response | undefined;

beforeEach(() => {
	vi.useFakeTimers();
	have = 0;
	calls = [];
	before = () => undefined;
	globalThis.fetch = async (input, init) => {
		const method = init?.method ?? '';
		const call = `${method} ${String(input).split('/').slice(3).join('/')}`;
		calls.push(call);
		const odd = before(call);
		if (odd) return odd;
		if (method === 'POST') return new Response('{"status":"ok","upload":"u1","offset":0}', { status: 201 });
		if (method === 'HEAD') return new Response(null, { status: 200, headers: { 'Upload-Offset': String(have) } });
		const headers = new Headers(init?.headers);
		if (Number(headers.get('Upload-Offset')) !== have) return new Response(null, { status: 409, headers: { 'Upload-Offset': String(have) } });
		have += (init?.body as Blob).size;
		return new Response(null, { status: 204, headers: { 'Upload-Offset': String(have) } });
	};
});
afterEach(() => vi.useRealTimers());

function uploading(more: Partial<Uploading> = {}) {
	const said: string[] = [];
	const one: Uploading = {
		file,
		signal: new AbortController().signal,
		progress: (n) => said.push(String(n / MB)),
		waiting: (w) => said.push(w ? 'waits' : 'goes'),
		began: (id) => said.push(id),
		...more,
	};
	return { one, said };
}

async function finish<T>(p: Promise<T>): Promise<T> {
	const done = p.then(
		(v) => ({ v }),
		(e: unknown) => ({ e }),
	);
	await vi.runAllTimersAsync();
	const end = await done;
	if ('e' in end) throw end.e;
	return end.v;
}

test('a file goes in parts', async () => {
	const { one, said } = uploading();
	expect(await finish(upload(one))).toBe('u1');
	expect(calls).toEqual(['POST uploads', 'PATCH uploads/u1', 'PATCH uploads/u1', 'PATCH uploads/u1']);
	expect(said).toEqual(['u1', 'goes', '0', '4', '8', '9']);
});

test('after a cut it goes on where the post has it', async () => {
	let cut = 0;
	before = (call) => {
		if (call.startsWith('PATCH') && have === 4 * MB && cut++ < 2) {
			have = 6 * MB; // a part of it had come
			throw new TypeError('network');
		}
		return undefined;
	};
	const { one, said } = uploading();
	await finish(upload(one));
	expect(have).toBe(9 * MB);
	expect(said).toContain('waits');
	expect(said.at(-1)).toBe('9');
	expect(calls).toContain('HEAD uploads/u1');
});

test('one that is known goes on, and an end without bytes is whole', async () => {
	have = 9 * MB;
	await finish(upload(uploading({ upload: 'u1' }).one));
	expect(calls).toEqual(['HEAD uploads/u1']);
});

test('one that the post forgot begins anew', async () => {
	before = (call) => (call === 'HEAD uploads/old' ? new Response('{"status":"refused","why":"no-upload"}', { status: 404 }) : undefined);
	expect(await finish(upload(uploading({ upload: 'old' }).one))).toBe('u1');
	expect(have).toBe(9 * MB);
});

test('other bytes than thought are asked for', async () => {
	have = 4 * MB;
	before = (call) => (call.startsWith('POST') ? undefined : undefined);
	await finish(upload(uploading().one));
	expect(have).toBe(9 * MB);
});

test('a refusal is told at once', async () => {
	before = () => new Response('{"status":"refused","why":"no-right"}', { status: 403 });
	await expect(finish(upload(uploading().one))).rejects.toMatchObject({ why: 'no-right' });
	expect(calls).toEqual(['POST uploads']);
});

test('a post that takes nothing is not asked for ever', async () => {
	before = (call) => (call.startsWith('PATCH') ? new Response(null, { status: 204, headers: { 'Upload-Offset': '0' } }) : undefined);
	await expect(finish(upload(uploading().one))).rejects.toMatchObject({ why: 'lost' });
});

test('it stops when it is told to', async () => {
	const stop = new AbortController();
	before = (call) => {
		if (call.startsWith('PATCH')) {
			stop.abort();
			throw new TypeError('network');
		}
		return undefined;
	};
	await expect(finish(upload(uploading({ signal: stop.signal }).one))).rejects.toMatchObject({ name: 'AbortError' });
});
