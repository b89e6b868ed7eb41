// Sentences of the project, from where they stand: those of the pages (t, tn, N_ and texts of the post that the pages
// translate) and the tables of the gate and the cleaners. Used by the build, by `./do po` and by the tests.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const web = dirname(dirname(fileURLToPath(import.meta.url)));
export const root = dirname(web);
const LITERAL = '"((?:[^"\\\\\\n]|\\\\.)*)"';

/** Every file below a folder of web/ whose name ends so. */
export function files(folder, endings) {
	return readdirSync(join(web, folder), { withFileTypes: true }).flatMap((e) => {
		const path = join(folder, e.name);
		if (e.isDirectory()) return files(path, endings);
		return endings.some((x) => e.name.endsWith(x)) ? [path] : [];
	});
}

function unescape(literal) {
	return JSON.parse(`"${literal}"`);
}

/** What a text of TypeScript says in t("…"), tr("…"), N_("…") and tn("one", "many", …): list of {id, plural?}. */
export function messagesOf(text) {
	const single = new RegExp(`(?<![\\w.])(?:t|N_)\\(\\s*${LITERAL}`, 'g');
	const plural = new RegExp(`(?<![\\w.])tn\\(\\s*${LITERAL}\\s*,\\s*${LITERAL}`, 'g');
	const found = [];
	for (const m of text.matchAll(single)) found.push({ id: unescape(m[1]) });
	for (const m of text.matchAll(plural)) found.push({ id: unescape(m[1]), plural: unescape(m[2]) });
	return found;
}

/** Calls whose sentence is no literal, which nothing could extract: list of "file:line". */
export function looseCalls(path) {
	const text = readFileSync(join(web, path), 'utf8');
	const loose = /(?<![\w.])(?:t|tn|N_)\((?!\s*")(?!\s*(?:id|one): )/g;
	return [...text.matchAll(loose)].map((m) => `${path}:${text.slice(0, m.index).split('\n').length}`);
}

/** All sentences of the pages, each once, with the files where they stand. */
export function pageMessages() {
	const all = new Map();
	for (const path of files('src', ['.ts', '.tsx'])) {
		if (/\.test\.tsx?$/.test(path)) continue;
		for (const m of messagesOf(readFileSync(join(web, path), 'utf8'))) {
			const seen = all.get(m.id);
			if (seen && m.plural) seen.plural = m.plural;
			else if (!seen) all.set(m.id, { ...m, file: relative(root, join(web, path)) });
		}
	}
	return [...all.values()];
}

/** Rows of a table of the C sources: MACRO(NAME, …, "word", …, "sentence" or N_("sentence")). {word: sentence}, in its order. */
export function table(path, macro) {
	const text = readFileSync(join(root, path), 'utf8').replace(/"\s*\n\s*"/g, '');
	const row = new RegExp(`^${macro}\\((?:\\w+,\\s*)+${LITERAL}[^\\n]*?${LITERAL}\\)+\\s*(?:/\\*.*)?$`, 'gm');
	return Object.fromEntries([...text.matchAll(row)].map((m) => [unescape(m[1]), unescape(m[2])]));
}

/** Words of all that a post is asked. */
export function askWords() {
	const text = readFileSync(join(root, 'src/front/asks.def'), 'utf8');
	return [...text.matchAll(/^SK_ASK\(\w+, "([\w.]+)"/gm)].map((m) => m[1]);
}

export const tables = {
	why: () => table('src/front/why.def', 'SK_WHY'),
	codes: () => table('src/base/codes.def', 'SK_CODE'),
	types: () => table('src/base/filetype.def', 'SK_FT'),
	diags: () => ({}),
};

/** Sentences marked with N_ in a C source. */
export function marked(path) {
	const text = readFileSync(join(root, path), 'utf8');
	return [...text.matchAll(new RegExp(`\\bN_\\(\\s*${LITERAL}\\s*\\)`, 'g'))].map((m) => unescape(m[1]));
}

/** What the policy says of transfers, of the steps of their history, of itself and of changes of the organisation: every sentence. */
export function policySentences() {
	const tablesOf = [
		table('src/policy/decide.def', 'SK_WHY'),
		table('src/policy/decide.def', 'SK_FACT'),
		table('src/policy/diag.def', 'SK_DIAG'),
	];
	const rest = ['src/policy/moves-read.c', 'src/policy/moves.c', 'src/gate/note.def'].flatMap(marked);
	return [...new Set([...tablesOf.flatMap(Object.values), ...rest])];
}
