// Reads the catalogue po/ja.po: {msgid: msgstr}, a plural by its English singular.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './sources.mjs';

function entries(text) {
	return text.split(/\n\s*\n/).filter((b) => !/^#~/m.test(b) && !/^#,.*\bfuzzy\b/m.test(b));
}

function field(block, name) {
	const m = block.match(new RegExp(`^${name} ((?:"(?:[^"\\\\]|\\\\.)*"\\s*)+)`, 'm'));
	return m ? [...m[1].matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((q) => JSON.parse(`"${q[1]}"`)).join('') : '';
}

export function parsePo(text) {
	const out = {};
	for (const block of entries(text)) {
		const id = field(block, 'msgid');
		const value = field(block, 'msgstr') || field(block, 'msgstr\\[0\\]');
		if (id && value) out[id] = value;
	}
	return out;
}

export function japanese() {
	return parsePo(readFileSync(join(root, 'po', 'ja.po'), 'utf8'));
}
