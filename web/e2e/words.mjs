// Sentences of the other language on a page: what every page says in English has a sentence in Japanese (po/ja.po), and none of them may stand on a page
// in the other language.
import { japanese } from '../tools/po.mjs';

const escape = (s) => s.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const rule = (sentence) => `^${escape(sentence.trim()).replace(/\\\{\d\\\}/g, '[^]+')}$`;
const letters = (s) => s.replace(/\{\d\}/g, '').replace(/[^\p{L}]/gu, '').length;

/** Rules of whole texts that must not stand on a page in `lang`. What is the same in both, or little more than what is put in, tells nothing, nor does
 *  what stands for a value in the usage of a command (MEMBER). */
function forbidden(lang) {
	const pairs = Object.entries(japanese()).filter(([en, ja]) => en.trim() !== ja.trim() && /[a-z]/.test(en) && !en.includes('%') && !en.includes('\n'));
	const others = lang === 'ja' ? pairs.filter(([en]) => letters(en) > 3).map(([en]) => en) : pairs.filter(([, ja]) => letters(ja) > 1).map(([, ja]) => ja);
	return others.map(rule);
}

const rules = { ja: undefined, en: undefined };

/** Texts of a page that are in the wrong language; names and what the policy says are of the city. */
export async function foreign(page, lang) {
	const texts = await page.evaluate(() => {
		const out = [];
		const skip = 'code, .policy-text, select[data-own], [lang]:not(html)';
		const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		for (let n = walk.nextNode(); n; n = walk.nextNode()) if (n.parentElement && !n.parentElement.closest(skip)) out.push(n.data);
		for (const e of document.body.querySelectorAll('[aria-label], [title], [placeholder]')) {
			if (e.closest(skip)) continue;
			for (const name of ['aria-label', 'title', 'placeholder']) if (e.hasAttribute(name)) out.push(e.getAttribute(name));
		}
		return [...new Set(out.map((s) => s.trim()).filter(Boolean)), document.title.replace(/ - sekisho$/, '')];
	});
	rules[lang] ??= new RegExp(forbidden(lang).join('|'));
	return texts.filter((s) => rules[lang].test(s));
}
