// Giving a vote: signed by a passkey where whoever votes has one, told by the login alone where he has not.
import { ask, Refusal } from '../../api/client';
import { assertionFor } from '../../api/passkey';
import type { Decided, Hold, Original, ToSign, Transfer, VoteHold } from '../../api/types';

export interface Said {
	allow: boolean;
	comment: string;
	/** Sign nothing, though there is a passkey: the policy refuses it where it wants one. */
	plain?: boolean;
}

/** Holds that people lift, of those a transfer has. */
export const liftable = (t: Transfer): Hold[] => t.holds.filter((h) => h === 'approval' || h === 'leak');

const said = (comment: string) => (comment.trim() ? { comment: comment.trim() } : {});

/** undefined: who votes has no passkey, or this post has no portal that could ask for one. */
export async function toSign(id: string, hold: VoteHold, allow: boolean): Promise<ToSign | undefined> {
	try {
		const asked = await ask('sign', { id, hold, allow });
		return asked.credentials.length ? asked : undefined;
	} catch (error) {
		if (error instanceof Refusal && error.why === 'unready') return undefined;
		throw error;
	}
}

/** What is signed is what was shown, or nothing is. */
function same(asked: ToSign, hash: string | undefined): void {
	if (hash && asked.hash !== hash) throw new Refusal(409, 'changed', '');
}

async function voteFor(t: Transfer, hold: Hold | undefined, what: Said): Promise<Transfer> {
	const word = what.allow ? 'approve' : 'deny';
	const asked = hold && !what.plain ? await toSign(t.id, hold, what.allow) : undefined;
	const hash = t.output_hash ?? '';
	if (!asked || !hold) return (await ask(word, { id: t.id, hash, ...said(what.comment) })).transfer;
	same(asked, t.output_hash);
	const assertion = await assertionFor(asked);
	return (await ask(word, { id: t.id, hash, hold, policy: asked.policy, assertion, ...said(what.comment) })).transfer;
}

/** Each hold has a signature of its own; a denial ends it all at once, and so does a vote that is not signed. */
export async function vote(t: Transfer, what: Said, told: (done: number, all: number) => void = () => undefined): Promise<Transfer> {
	const holds = liftable(t);
	const first = holds[0];
	const signs = first && !what.plain && what.allow ? await toSign(t.id, first, true) : undefined;
	if (!signs) return voteFor(t, what.allow ? undefined : first, what);
	let after = t;
	for (const [i, hold] of holds.entries()) {
		told(i, holds.length);
		after = await voteFor(t, hold, what);
	}
	return after;
}

/** One word about several that the policy lets be decided together. Each line names the bytes that were shown. */
export async function voteMany(transfers: Transfer[], what: Said): Promise<Decided[]> {
	const votes = transfers.map((x) => `${x.id} ${x.output_hash ?? ''}`).join('\n');
	return (await ask('decide', { votes, ...(what.allow ? { allow: true } : {}), ...said(what.comment) })).decided;
}

export async function voteOriginal(o: Original, what: Said): Promise<Original> {
	const word = what.allow ? 'original.approve' : 'original.deny';
	const asked = what.plain ? undefined : await toSign(o.id, 'original', what.allow);
	if (!asked) return (await ask(word, { id: o.id, ...said(what.comment) })).original;
	const assertion = await assertionFor(asked);
	return (await ask(word, { id: o.id, policy: asked.policy, assertion, ...said(what.comment) })).original;
}
