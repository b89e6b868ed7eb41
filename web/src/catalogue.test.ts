// Every sentence of the pages has its Japanese, with the same places to fill in.
import { expect, test } from 'vitest';
// @ts-expect-error tools are plain JavaScript
import { pageMessages, tables, messagesOf } from '../tools/sources.mjs';
// @ts-expect-error the same
import { japanese, parsePo } from '../tools/po.mjs';

const places = (s: string) => [...new Set(s.match(/\{\d\}/g) ?? [])].sort();
const ja = japanese() as Record<string, string>;

test('sentences of the pages are translated', () => {
	const all = pageMessages() as { id: string; file: string }[];
	expect(all.length).toBeGreaterThan(20);
	expect(all.filter((m) => !ja[m.id]).map((m) => `${m.file}: ${m.id}`)).toEqual([]);
});

test('a translation fills in what the sentence does', () => {
	const wrong = (pageMessages() as { id: string; plural?: string }[]).filter(
		(m) => ja[m.id] && places(ja[m.id]!).join() !== places(m.plural ?? m.id).join(),
	);
	expect(wrong.map((m) => m.id)).toEqual([]);
});

test('the tables of the sources are read whole', () => {
	expect(tables.why()['no-session']).toBe('You are not logged in, or your session has ended.');
	expect(Object.keys(tables.codes()).length).toBeGreaterThan(150);
	expect(tables.types()['pdf']).toBe('PDF document');
	const missing = [tables.why(), tables.codes(), tables.types()].flatMap((t) => Object.values(t as Record<string, string>)).filter((s) => !ja[s]);
	expect(missing).toEqual([]);
});

test('sentences are found, whatever stands around them', () => {
	expect(messagesOf('a(t("One \\"two\\""), tn("{1} x", "{1} xs", n), N_(\n"Three")) + get("no") + o.t("no")')).toEqual([
		{ id: 'One "two"' },
		{ id: 'Three' },
		{ id: '{1} x', plural: '{1} xs' },
	]);
});

test('a catalogue is read with its long lines, plurals and what is obsolete left out', () => {
	const text = 'msgid ""\nmsgstr "head"\n\nmsgid "a"\n"b"\nmsgstr "x\\n"\n"y"\n\nmsgid "{1} c"\nmsgid_plural "{1} cs"\nmsgstr[0] "z"\n\n#~ msgid "d"\n#~ msgstr "w"\n';
	expect(parsePo(text)).toEqual({ ab: 'x\ny', '{1} c': 'z' });
});
