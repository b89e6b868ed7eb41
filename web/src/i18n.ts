// Sentences in two languages. Sources say them in English; Japanese comes from the catalogue that the whole of sekisho
// has (po/ja.po). {1}, {2} … stand for what is put in.
import ja from 'virtual:ja';
import { store, useStore } from './store';

export type Lang = 'ja' | 'en';
const KEY = 'sekisho.language';

function first(): Lang {
	const kept = localStorage.getItem(KEY);
	if (kept === 'ja' || kept === 'en') return kept;
	return navigator.language.toLowerCase().startsWith('ja') || !navigator.language ? 'ja' : 'en';
}

export const language = store<Lang>(first());
const learned: Record<string, string> = {};

export function setLanguage(lang: Lang): void {
	localStorage.setItem(KEY, lang);
	document.documentElement.lang = lang;
	language.set(lang);
}

/** Draws the component anew when the language changes. */
export function useLanguage(): Lang {
	return useStore(language);
}

/** More sentences, of a table that only some pages want. */
export function learn(table: Record<string, string>): void {
	Object.assign(learned, table);
}

type Part = string | number;

export function fill(sentence: string, parts: Part[]): string {
	return sentence.replace(/\{(\d)\}/g, (whole, n: string) => String(parts[Number(n) - 1] ?? whole));
}

/** A sentence that the post said in English, or that stands in a table marked with N_. */
export function tr(id: string, ...parts: Part[]): string {
	return fill(language.get() === 'ja' ? (ja[id] ?? learned[id] ?? id) : id, parts);
}

export function t(id: string, ...parts: Part[]): string {
	return tr(id, ...parts);
}

/** One or many: the number is {1}. */
export function tn(one: string, many: string, n: number, ...parts: Part[]): string {
	if (language.get() === 'ja') return fill(ja[one] ?? many, [n, ...parts]);
	return fill(n === 1 ? one : many, [n, ...parts]);
}

/** Marks a sentence of a table; tr() translates it. */
export function N_(id: string): string {
	return id;
}

const ZONE = 'Asia/Tokyo'; // offices and ledgers are there, whatever a terminal's clock believes
const formats = new Map<string, Intl.DateTimeFormat>();

function format(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
	const key = `${language.get()}/${name}`;
	let f = formats.get(key);
	if (!f) formats.set(key, (f = new Intl.DateTimeFormat(language.get() === 'ja' ? 'ja-JP-u-ca-japanese' : 'en-GB', { timeZone: ZONE, ...options })));
	return f;
}

/** In Japanese with its era, as offices write it: 令和8年4月1日. */
const day = (): Intl.DateTimeFormatOptions =>
	language.get() === 'ja' ? { era: 'long', year: 'numeric', month: 'long', day: 'numeric' } : { year: 'numeric', month: '2-digit', day: '2-digit' };
const CLOCK: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };

/** Time in milliseconds since 1970: day and clock; today the clock alone. */
export function when(at: number, now = Date.now()): string {
	const today = format('day', day());
	if (today.format(at) === today.format(now)) return format('clock', CLOCK).format(at);
	if (format('year', { year: 'numeric' }).format(at) === format('year', { year: 'numeric' }).format(now))
		return format('short', { month: language.get() === 'ja' ? 'numeric' : 'short', day: 'numeric', ...CLOCK }).format(at);
	return format('full', { ...day(), ...CLOCK }).format(at);
}

/** The whole of it, with seconds. */
export function exactly(at: number): string {
	return format('exact', { ...day(), ...CLOCK, second: '2-digit' }).format(at);
}

export function onDay(at: number): string {
	return format('weekday', { month: language.get() === 'ja' ? 'numeric' : 'short', day: 'numeric', weekday: 'short' }).format(at);
}

/** How long until then, roughly: "3 days", "5 hours". */
export function remaining(millis: number): string {
	const minutes = Math.max(0, Math.ceil(millis / 60_000));
	if (minutes < 60) return tn("{1} minute", "{1} minutes", minutes);
	const hours = Math.floor(minutes / 60);
	if (hours < 48) return tn("{1} hour", "{1} hours", hours);
	return tn("{1} day", "{1} days", Math.floor(hours / 24));
}

export function bytes(n: number): string {
	const lang = language.get() === 'ja' ? 'ja-JP' : 'en-GB';
	const units = ['B', 'KB', 'MB', 'GB', 'TB'];
	let i = 0;
	let v = n;
	while (v >= 1024 && i < units.length - 1) {
		v /= 1024;
		i++;
	}
	return `${new Intl.NumberFormat(lang, { maximumFractionDigits: v < 10 && i > 0 ? 1 : 0 }).format(v)} ${units[i]}`;
}

export function count(n: number): string {
	return new Intl.NumberFormat(language.get() === 'ja' ? 'ja-JP' : 'en-GB').format(n);
}
