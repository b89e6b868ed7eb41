// Asks the post: POST /api/v1/WORD with a JSON object. What is refused is thrown as a Refusal with the post's own word
// and sentence; a post that cannot be reached as an Unreachable.
import why from 'virtual:why';
import { language, N_, tr } from '../i18n';
import { gapText } from './fields';
import { NotSigned } from './passkey';
import type { Answer, Members, Word } from './types';

export const API = '/api/v1/';
const HEADERS = { 'X-Sekisho': '1' };

/** A state by what people call it; what is none as it is. */

export class Refusal extends Error {
	constructor(
		readonly status: number,
		readonly why: string,
		readonly field: string,
		readonly text = '',
		/** Whatever else the answer says, by its member. */
		readonly rest: Record<string, unknown> = {},
	) {
		super(why);
	}

	/** Another member of the answer, as text; '': it is not there. */
	more(name: string): string {
		const value = this.rest[name];
		return typeof value === 'string' ? value : '';
	}

	/** What happened, in the language of who reads it. */
	sentence(): string {
		const known = why[this.why];
		return known ? tr(known, gapText(this.why, this.field)) : this.text || tr(UNKNOWN, this.status);
	}
}

export class Unreachable extends Error {}

const UNKNOWN = N_("The post answered in a way that this page does not understand ({1}). Load the page anew.");
const AWAY = N_("The post cannot be reached. Check the network; what you entered is kept on this page.");

/** A sentence for whatever was thrown. */
export function sentenceOf(error: unknown): string {
	if (error instanceof Refusal) return error.sentence();
	if (error instanceof Unreachable) return tr(AWAY);
	if (error instanceof NotSigned) return tr(error.sentence);
	return tr(UNKNOWN, error instanceof Error ? error.message : '?');
}

/** Told when a session is gone (401) or not enough for what was asked (403 login-more). */
type Watcher = (refusal: Refusal) => void;
let watcher: Watcher = () => undefined;
export function onLoginWanted(told: Watcher): void {
	watcher = told;
}

export async function refusalOf(response: Response): Promise<Refusal> {
	const body = ((await response.json().catch(() => ({}))) ?? {}) as Record<string, unknown>;
	const get = (name: string) => (typeof body[name] === 'string' ? (body[name] as string) : '');
	const refusal = new Refusal(response.status, get('why') || (response.status === 401 ? 'no-session' : ''), get('field'), get('text'), body);
	if (refusal.why === 'no-session' || refusal.why === 'login-more') watcher(refusal);
	return refusal;
}

/** fetch that tells a network that is away from an answer. */
export async function reach(path: string, init: RequestInit): Promise<Response> {
	try {
		return await fetch(API + path, { credentials: 'same-origin', cache: 'no-store', ...init, headers: { ...HEADERS, ...init.headers } });
	} catch (error) {
		if (error instanceof DOMException && error.name === 'AbortError') throw error;
		throw new Unreachable();
	}
}

export async function ask<W extends Word>(word: W, members: Members<W>, signal?: AbortSignal): Promise<Answer<W>> {
	const response = await reach(word, {
		method: 'POST',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify(members),
		...(signal ? { signal } : {}),
	});
	if (!response.ok) throw await refusalOf(response);
	return (await response.json()) as Answer<W>;
}

export const contentPath = (id: string) => `${API}transfers/${id}/content`;
/** A document of what is found for this question, in the language of who reads this. */
export function foundPath(document: string, asked: object): string {
	const query = new URLSearchParams({ language: language.get() });
	for (const [name, value] of Object.entries(asked)) if (name !== 'most' && name !== 'after' && value !== false) query.set(name, String(value));
	return `${API}${document}?${query.toString()}`;
}
export const exportPath = (asked: Members<'list'>) => foundPath('transfers.xlsx', asked);
export const entryPath = (index: number) => foundPath('ledger.receipt', { number: index });
export const receiptPath = (id: string) => `${API}transfers/${id}/receipt.pdf`;
export const originalPath = (id: string) => `${API}originals/${id}/content`;
export const pagePath = (id: string, page: number) => `${API}transfers/${id}/pages/${page}.png`;
