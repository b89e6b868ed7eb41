// Going away, so that the next person at this terminal finds nothing of the one before: no session, no page, no upload, no name.
import { ask, Unreachable } from './api/client';
import { deafen } from './api/events';
import { chosen, draft } from './chosen';
import { forgetAll } from './outbox';
import { session } from './session';
import { tabs } from './tabs';

const SHARED = 'sekisho.shared'; // many use this terminal: whose name it was last is not kept
const LAST = 'sekisho.member';
const LEFT = 'sekisho.left'; // when somebody last went away in this browser
const opened = Date.now();
const OWN = /^sekisho\.(member|uploads|class\.)/; // language, keys and zone are the terminal's

export const isShared = (): boolean => localStorage.getItem(SHARED) !== null;

/** Whom the login page asks for first. */
export const lastMember = (): string => localStorage.getItem(LAST) ?? '';

export function rememberMember(member: string): void {
	if (!isShared()) localStorage.setItem(LAST, member);
}

/** Names of files and whatever else tells about who was here. */
function wipe(): void {
	for (const name of Object.keys(localStorage)) if (OWN.test(name)) localStorage.removeItem(name);
	sessionStorage.clear();
}

/** The page is loaded anew: nothing of him stays in its memory. */
function away(): void {
	location.replace('/');
}

/**
 * Ends the session. A post that cannot be reached has not ended it: then nobody else may sit down here, and the page says so in place of
 * what it showed. `next`: another person is to log in at this terminal.
 */
export async function leave(next = false): Promise<void> {
	deafen();
	const stopped = forgetAll();
	chosen.set([]);
	draft.set(undefined);
	session.set({ kind: 'leaving', next });
	if (next) {
		wipe();
		localStorage.setItem(SHARED, '1');
	}
	localStorage.setItem(LEFT, String(Date.now()));
	try {
		await stopped;
		await ask('logout', {});
	} catch (error) {
		if (error instanceof Unreachable) {
			localStorage.removeItem(LEFT);
			session.set({ kind: 'leaving', next, error });
			return;
		}
	}
	tabs?.postMessage('logout');
	away();
}

// Another tab of this browser has logged out. What the back button brings back from before is not shown either.
tabs?.addEventListener('message', (e) => {
	if (e.data !== 'logout') return;
	void forgetAll();
	away();
});
// The post may tell that the session is over before the other tab does, which may be gone by then.
session.watch((s) => {
	if (s.kind === 'ended' && Number(localStorage.getItem(LEFT)) > opened) away();
});
addEventListener('pageshow', (e) => {
	if (e.persisted) location.reload();
});
