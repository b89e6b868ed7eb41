// Who is logged in. The session itself is a cookie that no script can read; here is only what the post says of it.
import { ask, onLoginWanted, Refusal } from './api/client';
import { deafen, listen, onSession } from './api/events';
import type { Who } from './api/types';
import { store } from './store';

export type Session =
	| { kind: 'unknown' }
	| { kind: 'out' }
	/** Was logged in on this page, and is no longer: what he was doing is kept. */
	| { kind: 'ended'; who: Who }
	/** Logged in, and the zone wants another factor. */
	| { kind: 'more'; who: Who }
	| { kind: 'in'; who: Who }
	| { kind: 'failed'; error: unknown };

export const session = store<Session>({ kind: 'unknown' });
const tabs = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('sekisho.session');

const lastWho = (): Who | undefined => {
	const s = session.get();
	return s.kind === 'in' || s.kind === 'ended' ? s.who : undefined;
};

/** What the post answered to a login, or to whoami. */
export function entered(who: Who): void {
	const before = lastWho();
	if (before && before.member !== who.member) {
		location.assign('/'); // another person: nothing of the one before stays on the screen
		return;
	}
	const wants = (who.login?.more?.length ?? 0) > 0;
	session.set({ kind: wants ? 'more' : 'in', who });
	if (!wants) listen();
}

function ended(): void {
	deafen();
	const who = lastWho();
	session.set(who ? { kind: 'ended', who } : { kind: 'out' });
}

/** Asks the post who we are. */
export async function look(): Promise<void> {
	try {
		entered(await ask('whoami', {}));
	} catch (error) {
		if (error instanceof Refusal && (error.status === 401 || error.status === 403)) return;
		if (session.get().kind === 'unknown') session.set({ kind: 'failed', error });
	}
}

/** After a login: the other tabs look anew. */
export async function loggedIn(who: Who): Promise<void> {
	entered(who);
	tabs?.postMessage('login');
}

export async function logout(): Promise<void> {
	deafen();
	await ask('logout', {}).catch(() => undefined);
	tabs?.postMessage('logout');
	session.set({ kind: 'out' });
	location.assign('/');
}

onLoginWanted((refusal) => {
	const s = session.get();
	if (refusal.why === 'no-session') ended();
	else if (s.kind === 'in') session.set({ kind: 'more', who: s.who });
});
onSession(() => void look());
tabs?.addEventListener('message', (e) => {
	if (e.data === 'logout') ended();
	else void look();
});

export const may = (who: Who, right: string): boolean => who.root || who.rights.includes(right);
