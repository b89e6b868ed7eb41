// Every page that somebody sees, in both languages, on an office screen and a phone: node roles.mjs ROLE. In the language that was chosen, without a finding
// of axe, not wider than the screen, and with a picture of each.
import { accessible, DESK, enter, fine, lab, me, must, PHONE, settled, shot, tell } from './lab.mjs';
import { foreign } from './words.mjs';

const HOUR = 3600_000;
const send = (post, as, name, members, sample = 'application.docm', recipient = 'ichi') => lab('send', { post, as, name, sample, recipient, members });
const file = (name) => `${name}.docm`;

/** Work as it lies about in an office: what waits, what has arrived, what was asked for. */
async function city() {
	const out = { to: 'internet', route: 'file-out', class: '2', reason: '公式サイトへの掲載' };
	const made = {
		held: await send('lgwan', 'ichi', file('広報あおぞら 12月号 最終稿'), out),
		denied: await send('lgwan', 'ni', file('委託先に送る住民アンケート集計（令和8年度 第3四半期 確定版）'), out),
		arrived: await send('internet', 'ichi', file('施設予約システム 見積書'), { to: 'lgwan', route: 'file-in' }),
		locked: await send('internet', 'ichi', '議会答弁資料.xlsx', { to: 'lgwan', route: 'file-in' }, 'locked.xlsx'),
	};
	await lab('await', { post: 'lgwan', id: made.held, states: ['held'] });
	const denied = await lab('await', { post: 'lgwan', id: made.denied, states: ['held'] });
	await lab('ask', { post: 'lgwan', as: 'cho', word: 'deny', members: { id: made.denied, hold: 'approval', hash: denied.output_hash, comment: '個人が分かる記述を消してから、もう一度送ってください。' } });
	await lab('await', { post: 'lgwan', id: made.arrived, states: ['released'] });
	await lab('await', { post: 'lgwan', id: made.locked, states: ['held'] });
	await lab('ask', { post: 'lgwan', as: 'root', word: 'recovery.ask', members: { member: me('ni'), comment: 'スマートフォンをなくしました' } });
	await lab('ask', { post: 'lgwan', as: 'cho', word: 'absence.add', members: { until: Date.now() + 30 * HOUR } });
	return made;
}

async function look(one, path, lang, name) {
	const { page } = one;
	const where = `${name} ${lang} ${path}`;
	for (const [size, kind] of [[DESK, 'desk'], [PHONE, 'phone']]) {
		await page.setViewportSize(size);
		await settled(page);
		const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		must(over <= 0, `${where}: ${over} pixels wider than the ${kind}`);
		await shot(page, `${name}-${lang}-${kind}${path.replace(/[0-9a-f]{32}/, 'one').replaceAll(/[/?=]/g, '-')}`, true);
		if ((kind === 'desk') === (lang === 'ja')) await accessible(page, where);
	}
	const other = await foreign(page, lang);
	must(!other.length, `${where}: not in this language: ${other.join(' | ')}`);
}

/** All that stands in his menu, and what else he may open. */
async function walk(browser, name, who, ...more) {
	const made = await city();
	const one = await enter(browser, 'lgwan', who);
	const ways = await one.page.locator('.side .ways a').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
	const wrong = [];
	for (const lang of ['ja', 'en']) {
		await one.page.evaluate((l) => localStorage.setItem('sekisho.language', l), lang);
		for (const path of [...ways, '/account', ...more.map((m) => m(made))]) {
			await one.open(path);
			await look(one, path, lang, name).catch((e) => wrong.push(e.message));
		}
	}
	must(!wrong.length, wrong.join('\n'));
	fine(one);
	return ways;
}

const transfer = (which) => (made) => `/transfers/${made[which]}`;

await tell({
	async staff(browser) {
		const ways = await walk(browser, 'staff', 'ichi', transfer('held'), transfer('arrived'), transfer('locked'));
		must(!ways.some((w) => /admin|audit|approvals/.test(w)), `staff are shown ${ways}`);
	},

	async approver(browser) {
		const ways = await walk(browser, 'approver', 'cho', (made) => `/approvals?id=${made.held}`, transfer('denied'));
		must(ways.includes('/approvals') && !ways.some((w) => /admin|audit/.test(w)), `an approver is shown ${ways}`);
	},

	async deputy(browser) {
		const ways = await walk(browser, 'deputy', 'dairi', (made) => `/approvals?id=${made.held}`);
		must(!ways.some((w) => /admin|audit/.test(w)), `a deputy is shown ${ways}`);
	},

	async administrator(browser) {
		const ways = await walk(browser, 'administrator', 'kan', () => `/admin/people/${me('ni')}`, () => '/admin/organisation/new', transfer('held'));
		must(ways.includes('/admin/people') && !ways.includes('/audit'), `who runs the post is shown ${ways}`);
	},

	async ciso(browser) {
		const ways = await walk(browser, 'ciso', 'ciso', transfer('denied'));
		must(ways.includes('/audit') && !ways.includes('/admin/people'), `the CISO is shown ${ways}`);
	},

	async auditor(browser) {
		const ways = await walk(browser, 'auditor', 'sa', transfer('denied'));
		must(ways.includes('/audit/ledger') && !ways.includes('/admin/people'), `an auditor is shown ${ways}`);
	},
});
