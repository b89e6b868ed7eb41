import { expect, test } from 'vitest';
import { bytes, fill, remaining, setLanguage, t, tn, tr, when } from './i18n';

test('sentences are those of the catalogue, and English where it has none', () => {
	expect(t("Log in")).toBe('ログイン');
	expect(tr('No such sentence {1}', 3)).toBe('No such sentence 3');
	setLanguage('en');
	expect(t("Log in")).toBe('Log in');
});

test('what is put in is text, whatever it looks like', () => {
	expect(fill('{1} and {2}', ['{2}', '$&'])).toBe('{2} and $&');
	expect(fill('{1}{3}', ['a'])).toBe('a{3}');
});

test('one and many', () => {
	setLanguage('en');
	expect(tn("{1} file", "{1} files", 1)).toBe('1 file');
	expect(tn("{1} file", "{1} files", 0)).toBe('0 files');
	setLanguage('ja');
	expect(tn("{1} file", "{1} files", 2)).toBe('2 件');
});

test('times are those of the office, whatever zone the terminal believes in', () => {
	const now = Date.UTC(2026, 10, 23, 16, 0); // 01:00 of the 24th in Tokyo
	expect(when(Date.UTC(2026, 10, 23, 15, 30), now)).toBe('00:30');
	expect(when(Date.UTC(2026, 10, 23, 14, 30), now)).toBe('11/23 23:30');
	expect(when(Date.UTC(2025, 10, 23, 14, 30), now)).toBe('令和7年11月23日 23:30');
});

test('what is left, and how large', () => {
	expect(remaining(1)).toBe('1 分');
	expect(remaining(59 * 60_000)).toBe('59 分');
	expect(remaining(47 * 3_600_000)).toBe('47 時間');
	expect(remaining(50 * 3_600_000)).toBe('2 日');
	expect(remaining(-5)).toBe('0 分');
	expect(bytes(0)).toBe('0 B');
	expect(bytes(1536)).toBe('1.5 KB');
	expect(bytes(2 ** 30)).toBe('1 GB');
});
