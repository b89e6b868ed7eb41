// Who is logged in. The session itself is a cookie that no script can read; here is only what the post says of it.
import { ask, onLoginWanted, Refusal } from './api/client';
import { deafen, listen, onSession } from './api/events';
import type { Right, Who } from './api/types';
import { store, useStore } from './store';
import { tabs } from './tabs';

/** Who has shown a link of one use and must set a password before anything else. */
export const welcome = store(false);

export type Session =
	| { kind: 'unknown' }
	| { kind: 'out' }
	/** Was logged in on this page, and is no longer: what he was doing is kept. */
	| { kind: 'ended'; who: Who }
	/** Logged in, and the zone wants another factor. */
	| { kind: 'more'; who: Who }
	| { kind: 'in'; who: Who }
	/** He goes; with an error: the post could not be told. */
	| { kind: 'leaving'; next: boolean; error?: unknown }
	| { kind: 'failed'; error: unknown };

export const session = store<Session>({ kind: 'unknown' });

const lastWho = (): Who | undefined => {
	const s = session.get();
	return s.kind === 'in' || s.kind === 'ended' || s.kind === 'more' ? s.who : undefined;
};

const ZONE = 'sekisho.zone';

/** The zone's colour and name, for the login page of the next time: an address is one post's. */
function remember(who: Who): void {
	localStorage.setItem(ZONE, JSON.stringify([who.zone, who.zone_name ?? who.zone]));
	document.documentElement.dataset['zone'] = who.zone;
}

export function knownZone(): string | undefined {
	try {
		const [zone, name] = JSON.parse(localStorage.getItem(ZONE) ?? '[]') as (string | undefined)[];
		if (zone) document.documentElement.dataset['zone'] = zone;
		return name;
	} catch {
		return undefined;
	}
}

/** What the post answered to a login, or to whoami. */
export function entered(who: Who): void {
	const before = lastWho();
	if (before && before.member !== who.member) {
		location.assign('/'); // another person: nothing of the one before stays on the screen
		return;
	}
	remember(who);
	const enough = who.enough !== false;
	session.set({ kind: enough ? 'in' : 'more', who });
	if (enough) listen();
}

/** The session is over; whoever had it may go on where he was. */
function ended(): void {
	deafen();
	const who = session.get().kind === 'more' ? undefined : lastWho();
	session.set(who ? { kind: 'ended', who } : { kind: 'out' });
}

/** Asks the post who we are. */
export async function look(): Promise<void> {
	try {
		entered(await ask('whoami', {}));
	} catch (error) {
		if (error instanceof Refusal && error.why === 'no-session') return;
		if (session.get().kind === 'unknown') session.set({ kind: 'failed', error });
		else throw error;
	}
}

/** After a login, or after more was shown: this tab and the others look anew. */
export async function loggedIn(): Promise<void> {
	await look();
	tabs?.postMessage('login');
}

onLoginWanted((refusal) => {
	const s = session.get();
	if (refusal.why === 'no-session') ended();
	else if (s.kind === 'in') session.set({ kind: 'more', who: s.who });
});
onSession(() => void look().catch(() => undefined));
tabs?.addEventListener('message', (e) => {
	if (e.data === 'login') void look().catch(() => undefined);
});

/** Whoever is, or was until now, logged in on this page. */
export function useWho(): Who | undefined {
	const now = useStore(session);
	return 'who' in now ? now.who : undefined;
}

export const may = (who: Who, right: Right): boolean => who.root || who.rights.includes(right);
/** Lists are of everybody, should he want that. */
export const seesAll = (who: Who): boolean => may(who, 'audit') || may(who, 'oversee') || may(who, 'administer');
