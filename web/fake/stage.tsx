// For component tests: the whole portal, or one page of it, with a post that is the test's, and what it was asked.
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, expect } from 'vitest';
import { deafen, tasks } from '../src/api/events';
import type { Who } from '../src/api/types';
import { App } from '../src/app';
import { chosen, draft } from '../src/chosen';
import { setLanguage } from '../src/i18n';
import { outbox } from '../src/outbox';
import { toasts } from '../src/parts/toast';
import { go } from '../src/router';
import { look, session } from '../src/session';
import { draw, erase, settle, textOf, until } from './draw';
import { type Answerer, install, ok } from './install';
import { deskWords } from './desk';
import { fakePost, type Words } from './post';

let asked: [string, Record<string, unknown>][] = [];
let root: HTMLElement | undefined;

/** Whatever answers; what it is asked from now on is remembered. */
export function meet(answer: Answerer): void {
	asked = [];
	install((method, path, body, headers) => {
		asked.push([path, (body ?? {}) as Record<string, unknown>]);
		return answer(method, path, body, headers);
	});
}

export const post = (more: Words = {}): void => meet(fakePost(more));

/** A post in which somebody with every right is logged in, or whom `as` says. */
export function desk(more: Words = {}, as?: Partial<Who>): void {
	const base = deskWords['whoami']!;
	post({ ...deskWords, ...(as ? { whoami: async (b) => ok({ ...((await base(b)).body as object), ...as }) } : {}), ...more });
}

/** What was asked by a word, in its order. */
export const wordsAsked = (word: string) => asked.filter(([w]) => w === word).map(([, b]) => b);
export const allAsked = () => asked;

/** Goes there as whoever is logged in. */
export async function open(path: string): Promise<void> {
	go(path);
	await look();
	await appear();
}

/** As it is for whoever the session says. */
export async function appear(): Promise<void> {
	root ??= await draw(<App />);
	await settle();
}

export async function shows(text: string): Promise<void> {
	await until(() => textOf().includes(text));
}

/** The same page in both languages: what it says in each. */
export async function inBoth(path: string, ja: string, en: string): Promise<void> {
	await open(path);
	await shows(ja);
	await act(() => setLanguage('en'));
	await shows(en);
	expect(textOf()).not.toContain(ja);
}

export async function click(selector: string, at = 0): Promise<void> {
	const found = await until(() => document.querySelectorAll<HTMLElement>(selector)[at]);
	await act(() => found.click());
	await settle(2);
}

export async function key(name: string, on: EventTarget = document.body): Promise<void> {
	await act(() => void on.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true })));
	await settle(2);
}

/** A select or a text area set to a value, as its user would. */
export async function choose(field: HTMLSelectElement | HTMLTextAreaElement | HTMLInputElement, value: string): Promise<void> {
	field.value = value;
	await act(() => {
		field.dispatchEvent(new Event('input', { bubbles: true }));
		field.dispatchEvent(new Event('change', { bubbles: true }));
	});
	await settle(2);
}

export const cells = (row: number): string[] => [...(document.querySelectorAll('tbody tr')[row]?.children ?? [])].map((td) => td.textContent ?? '');

/** Before each test of a file: nobody known yet, nothing on its way, the ordinary post. */
export function staged(prepare: () => void = () => post()): void {
	beforeEach(() => {
		session.set({ kind: 'unknown' });
		outbox.set([]);
		chosen.set([]);
		draft.set(undefined);
		toasts.set([]);
		deafen();
		tasks.set(undefined);
		prepare();
	});
	afterEach(() => {
		if (root) erase(root);
		root = undefined;
	});
}
