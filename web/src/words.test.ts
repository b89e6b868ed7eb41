import { expect, test } from 'vitest';
// @ts-expect-error tools are plain JavaScript
import { tables } from '../tools/sources.mjs';
import { kindsOf, removalsOf, removedSentence } from './words';

const cleaned = (removed: string, method = 'rebuild') => removedSentence({ removed, method, output_type: 'pdf' });

test('removals as the gate writes them', () => {
	expect(removalsOf('pdf.javascript=2,office.macro=1')).toEqual([
		{ code: 'pdf.javascript', count: 2 },
		{ code: 'office.macro', count: 1 },
	]);
	expect(removalsOf('')).toEqual([]);
	expect(removalsOf(undefined)).toEqual([]);
	expect(removalsOf('odd,=3')).toEqual([{ code: 'odd', count: 1 }]);
});

test('one sentence for whoever gets the file', () => {
	expect(cleaned('')).toBe('取り除いたものはありません。作り直してあり、安全に開けます。');
	expect(cleaned('office.macro=1')).toBe('取り除いたもの：自動で動くプログラム（マクロなど）');
	expect(cleaned('office.macro=1,pdf.javascript=1')).toBe('取り除いたもの：自動で動くプログラム（マクロなど）');
	expect(cleaned('office.metadata=1,office.external=2,office.macro=1')).toContain('ほか 1 種類');
	expect(cleaned('pdf.font=1')).toContain('危険なものはありませんでした');
	expect(cleaned('office.macro=1', 'flatten')).toContain('画像');
	expect(removedSentence({})).toBeUndefined();
});

test('the most dangerous is named first', () => {
	expect(kindsOf(['office.metadata', 'office.macro'])[0]).toBe('programs that run by themselves');
});

test('programs of every format are called programs', () => {
	for (const code of ['office.macro', 'pdf.javascript', 'pdf.launch', 'office.activex']) {
		expect(tables.codes()[code]).toBeTruthy();
		expect(kindsOf([code])).toEqual(['programs that run by themselves']);
	}
});
