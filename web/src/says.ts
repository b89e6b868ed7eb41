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
