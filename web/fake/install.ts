// Puts an answerer in the place of fetch and EventSource: for tests, and for looking at pages without a post.
export type Answer = { status: number; body?: unknown; headers?: Record<string, string> };
export type Answerer = (method: string, path: string, body: unknown, headers: Headers) => Answer | Promise<Answer>;

class Source extends EventTarget {
	static readonly CONNECTING = 0;
	static readonly OPEN = 1;
	static readonly CLOSED = 2;
	readyState = 1;
	constructor() {
		super();
		sources.add(this);
		queueMicrotask(() => this.dispatchEvent(new Event('open')));
	}
	close(): void {
		this.readyState = 2;
		sources.delete(this);
	}
}
const sources = new Set<Source>();

/** As if the post had told it. */
export function tell(event: string, data: unknown): void {
	for (const s of sources) s.dispatchEvent(new MessageEvent(event, { data: JSON.stringify(data) }));
}

async function bodyOf(init: RequestInit | undefined): Promise<unknown> {
	const body = init?.body;
	return typeof body === 'string' ? JSON.parse(body) : body;
}

export function install(answer: Answerer): void {
	globalThis.EventSource = Source as unknown as typeof EventSource;
	globalThis.fetch = async (input, init) => {
		if (init?.signal?.aborted) throw new DOMException('', 'AbortError');
		const path = String(input).replace('/api/v1/', '');
		const a = await answer(init?.method ?? 'GET', path, await bodyOf(init), new Headers(init?.headers));
		if (init?.signal?.aborted) throw new DOMException('', 'AbortError');
		return new Response(a.body === undefined ? null : JSON.stringify(a.body), { status: a.status, headers: a.headers ?? {} });
	};
}

export const ok = (body: object): Answer => ({ status: 200, body: { status: 'ok', ...body } });
export const refuse = (status: number, why: string, field = ''): Answer => ({ status, body: { status: 'refused', why, field, text: why } });
