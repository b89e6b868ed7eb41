// What the post says in English sentences of its tables (policy, removals, types), in the language of who reads it. Only the pages
// that need it fetch these tables.
import codes from 'virtual:codes';
import policy from 'virtual:policy';
import types from 'virtual:types';
import type { Decision, Removal } from './api/types';
import { learn, tr } from './i18n';
import { removalsOf } from './words';

learn(policy);
learn(codes.ja);
learn(types.ja);

/** A reason of the policy. What is put in may be a sentence's part itself ("its class"). */
export function reasonText(r: Decision['reasons'][number]): string {
	return tr(r.text, tr(r.a ?? ''), tr(r.b ?? ''));
}

/** The name of a type of file; a word that the table lacks stays as it is. */
export function typeName(word: string | undefined): string {
	return word ? tr(types.en[word] ?? word) : '';
}

/** What was taken out, as `removed` of a transfer tells it. */
export const textsOf = (removed: string | undefined): Removal[] =>
	removalsOf(removed).map((r) => ({ ...r, text: codes.en[r.code] ?? r.code }));

export const removalText = (r: Removal): string => tr(codes.en[r.code] ?? r.text);

/** A sentence whose gaps the post has filled, in the language of who reads it: by the template that it fits. */
function refilled(sentence: string): string {
	for (const template of Object.keys(policy)) {
		const gaps: string[] = [];
		const parts = template.split(/(\{[12]\})/).map((part) => {
			if (!/^\{[12]\}$/.test(part)) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
			gaps.push(part);
			return '(.*)';
		});
		const found = new RegExp(`^${parts.join('')}$`).exec(sentence);
		const gap = (name: string) => found?.[gaps.indexOf(name) + 1] ?? '';
		if (found) return tr(template, gaps.includes('{1}') ? gap('{1}') : '', gaps.includes('{2}') ? gap('{2}') : '');
	}
	return tr(sentence);
}

/** What is wrong with a policy, as `wrong` of an answer tells it: "file:line: sentence [code]". */
export function wrongText(wrong: string | undefined): string {
	const place = /^([^:]*:\d+): (.*) \[[\w-]+\]$/.exec(wrong ?? '');
	return place ? `${place[1]}: ${refilled(place[2] ?? '')}` : refilled(wrong ?? '');
}
