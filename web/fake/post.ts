// What the invented post answers. Add to it with `more`: word of an ask, and what answers it.
import type { Transfer } from '../src/api/types';
import { approvers, historyOf, NOW, removals, routes, transfers, who } from './data';
import { ok, refuse, tell, type Answer, type Answerer } from './install';

type Body = Record<string, unknown>;
export type Words = Record<string, (body: Body) => Answer | Promise<Answer>>;

const words: Words = {
	whoami: () => ok(state.in ? who : {}),
	routes: () => ok({ routes }),
	tasks: () => ok({ received: 3, approvals: 2, passwords: 1, classes: 0, originals: 0 }),
	list: (b) => {
		let rows = transfers;
		if (b['state']) rows = rows.filter((x) => x.state === b['state']);
		if (b['text']) rows = rows.filter((x) => x.name?.includes(String(b['text'])));
		return ok({ transfers: rows });
	},
	show: (b) => {
		const x = transfers.find((y) => y.id === b['id']);
		if (!x) return refuse(404, 'no-transfer');
		const decision = { effect: 'hold', reasons: [], persons: 1, approvals: 0, approvers };
		const votes = x.state === 'denied' ? [{ at: x.changed, person: approvers[0]!.name, allow: false, hold: 'approval', method: 'passkey', comment: '個人が分かる欄を消してから送ってください。' }] : [];
		return ok({ transfer: x, history: historyOf(x), votes, decision });
	},
	report: () => ok({ method: 'rebuild', removals, findings: [] }),
	'original.list': () => ok({ originals: [] }),
	members: () => ok({ members: [{ member: 'ni', name: '情報政策課 職員2', department: 'joho', department_name: '情報政策課' }] }),
	'login.password': () => {
		state.in = true;
		return ok({ member: who.member, login: 'password', wants: 'password', enough: true, factors: ['password'], more: [] });
	},
	logout: () => {
		state.in = false;
		return ok({});
	},
	'factor.list': () => ok({ password: true, code: true, passkeys: [{ credential: 'ab', title: '青いキー', created: NOW - 9e8, used: NOW - 1e7 }] }),
	'factor.code.begin': () => ok({ secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', uri: 'otpauth://totp/sekisho:ichi?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=sekisho' }),
	'session.list': () =>
		ok({
			sessions: [
				{ number: 1, own: true, login: 'two-factors', factors: ['password', 'code'], created: NOW - 4e6, seen: NOW, address: '10.2.1.15' },
				{ number: 2, own: false, login: 'password', factors: ['password'], created: NOW - 9e7, seen: NOW - 8e7, address: '10.2.1.40' },
			],
		}),
	send: (b) => {
		const x: Transfer = { ...transfers[5]!, id: String(b['id']), name: String(b['name']), state: 'cleaning', received: Date.now() };
		transfers.unshift(x);
		setTimeout(() => {
			const done: Partial<Transfer> = { state: 'held', holds: ['approval'], removed: 'office.macro=1', output_hash: 'e3b0', output_type: 'pdf', output_size: 1000 };
			Object.assign(x, done);
			tell('transfer', { id: x.id, state: x.state, changed: Date.now() });
		}, 1500);
		return ok({ transfer: x });
	},
};

const state = { in: true };

function uploads(method: string, headers: Headers, body: unknown): Answer {
	if (method === 'POST') return { status: 201, body: { status: 'ok', upload: 'b'.repeat(32), offset: 0 } };
	const offset = Number(headers.get('Upload-Offset') ?? 0) + (body instanceof Blob ? body.size : 0);
	return { status: 204, headers: { 'Upload-Offset': String(offset) } };
}

/** Somebody is logged in there, unless the address says `out`. */
export function fakePost(more: Words = {}): Answerer {
	state.in = !new URLSearchParams(location.search).has('out');
	return async (method, path, body, headers) => {
		if (path.startsWith('uploads')) {
			await new Promise((r) => setTimeout(r, 60));
			return uploads(method, headers, body);
		}
		if (!state.in && !path.startsWith('login.') && !path.startsWith('recovery.ask')) return refuse(401, 'no-session');
		const answer = more[path] ?? words[path];
		return answer ? answer((body ?? {}) as Body) : refuse(404, 'no-such-ask', path);
	};
}
