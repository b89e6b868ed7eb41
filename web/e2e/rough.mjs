// What can go wrong while somebody works: node rough.mjs STORY
import {
	accessible, atPart, clickAgain, endSessions, enter, fine, lab, large, login, loginAgain, logout, me, must, PASSWORD, sample, send, settled, shot, state,
	tell,
} from './lab.mjs';

const sent = (page) => page.locator('.sendings a').first().waitFor({ timeout: 60_000 });
const rowsBy = (post, by) => lab('rows', { post, by });

/** On the page for sending, with its routes there. */
async function sending(who) {
	await who.open('/send');
	await who.page.locator('.choices, .going-to').first().waitFor();
}

await tell({
	/** The portal dies under an upload, and it goes on by itself; nothing is sent twice. */
	async cut(browser) {
		const there = await enter(browser, 'internet', 'ichi');
		await sending(there);
		await atPart(there.page, 2, async (route) => {
			await lab('kill', { post: 'internet', role: 'portal' });
			await route.abort('connectionreset');
		});
		await send(there.page, [large(12)]);
		await sent(there.page);
		must((await rowsBy('internet', 'ichi')).length === 1, 'it is there more than once');
		fine(there);
	},

	/** The network goes away under an upload: it is said, what is typed meanwhile stays, and all of it goes on when it is back. */
	async network(browser) {
		const there = await enter(browser, 'internet', 'ichi');
		await sending(there);
		await atPart(there.page, 2, async (route) => {
			await there.context.setOffline(true);
			await route.abort('internetdisconnected');
		});
		await send(there.page, [large(9)]);
		await there.page.locator('.sending-say', { hasText: '接続を待っています' }).waitFor();
		await there.page.locator('textarea').fill('つながらない間に書いた理由');
		await there.page.locator('a[href="/history"]').first().click();
		await there.page.locator('.notice.bad', { hasText: '番所に接続できません' }).waitFor();
		await shot(there.page, 'network-away');
		await there.context.setOffline(false);
		await there.page.locator('.notice.bad button').click();
		await there.page.locator('.filters, form').first().waitFor();
		await there.page.locator('a[href="/send"]').first().click();
		await sent(there.page);
		must((await there.page.locator('textarea').inputValue()) === 'つながらない間に書いた理由', 'what was typed is gone');
		must((await rowsBy('internet', 'ichi')).length === 1, 'it is there more than once');
		fine(there);
	},

	/** The session ends in the middle of an upload: after a login on the same page it goes on. */
	async session(browser) {
		const there = await enter(browser, 'internet', 'ichi');
		await sending(there);
		await atPart(there.page, 2, async (route) => {
			await endSessions('internet', 'ichi');
			await route.continue();
		});
		await send(there.page, [large(9)]);
		const dialog = there.page.locator('dialog');
		await dialog.waitFor();
		await accessible(there.page);
		await shot(there.page, 'session-ended');
		await dialog.locator('input[type=password]').fill('not this one');
		await dialog.locator('button[type=submit]').click();
		await dialog.locator('.notice.bad').waitFor();
		await loginAgain(there.page);
		await sent(there.page);
		must((await rowsBy('internet', 'ichi')).length === 1, 'it is there more than once');
		fine(there);
	},

	/** The session ends on each kind of page: after a login there what was typed still stands there, and can be said. */
	async typed(browser) {
		const id = await lab('send', { post: 'internet', as: 'cho', name: '申請書.docm', sample: 'application.docm', recipient: 'cho', members: { to: 'lgwan', route: 'file-in' } });
		const out = await lab('send', { post: 'lgwan', as: 'ichi', name: '広報.docm', sample: 'application.docm', recipient: 'ni', members: { to: 'internet', route: 'file-out', class: '2', reason: '掲載' } });
		await lab('await', { post: 'internet', id, states: ['released'] });
		await lab('await', { post: 'lgwan', id: out, states: ['held'] });
		const text = '入力したことば';
		const at = { internet: await enter(browser, 'internet', 'cho'), lgwan: await enter(browser, 'lgwan', 'cho') };
		const kinds = [
			{ post: 'internet', path: `/originals/new?transfer=${id}`, field: 'form textarea', say: 'form button[type=submit]', done: (p) => p.waitForURL(/originals\/[0-9a-f]{32}/) },
			{ post: 'lgwan', path: `/approvals?id=${out}`, first: '.look-head .button.danger', field: 'dialog textarea', say: 'dialog .button.danger', done: (p) => p.locator('.toast.good').waitFor() },
			{ post: 'lgwan', path: '/absence', field: 'input[type=date] >> nth=1', value: new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10), say: '.days button[type=submit]', done: (p) => p.locator('.tag.warn').first().waitFor() },
			{ post: 'lgwan', path: '/account', first: '.factors .card >> nth=0 >> button', field: 'dialog input[autocomplete="new-password"] >> nth=0', value: `${PASSWORD}!`, fill: [['dialog input[autocomplete="current-password"]', PASSWORD]], say: 'dialog button[type=submit]', own: true },
		];
		for (const k of kinds) {
			const { page, open } = at[k.post];
			await open(k.path);
			await settled(page);
			if (k.first) await page.locator(k.first).first().click();
			for (const [field, value] of k.fill ?? []) await page.locator(field).fill(value);
			await page.locator(k.field).fill(k.value ?? text);
			await endSessions(k.post, 'cho');
			await page.locator('dialog', { hasText: 'ログインの有効期限' }).waitFor();
			await loginAgain(page);
			must((await page.locator(k.field).inputValue()) === (k.value ?? text), `${k.path}: what was typed is gone`);
			if (k.own) continue;
			await page.locator(k.say).click();
			await k.done(page);
		}
		fine(...Object.values(at));
	},

	/** Two tabs: who logs out in one is out in the other, where nothing of him stays; who logs in in one is in in the other. */
	async tabs(browser) {
		const one = await enter(browser, 'lgwan', 'ichi');
		await one.open('/history');
		const two = await one.context.newPage();
		await two.goto(`${one.origin}/send`);
		await two.locator('textarea').fill('公開資料の掲載');
		await accessible(two);
		await logout(one.page);
		await one.page.locator('.gate-card').waitFor();
		await accessible(one.page);
		await two.locator('.gate-card').waitFor();
		must(!(await two.content()).includes('公開資料'), 'what was typed stays for whoever comes next');
		await login(two, 'ichi');
		for (const page of [one.page, two]) await page.locator('.shell').waitFor();
		fine(one);
	},

	/** Back and forth between pages: what was chosen and written is kept, a question closes, and after a logout nothing comes back. */
	async back(browser) {
		const there = await enter(browser, 'internet', 'ichi');
		const { page } = there;
		await there.open('/');
		await page.locator('.ways a[href="/send"]').click();
		await page.locator('[data-choose=files]').setInputFiles([await sample('invoice.pdf')]);
		await page.locator('textarea').fill('戻っても残る理由');
		await page.locator('.ways a[href="/history"]').click();
		await page.locator('h1', { hasText: '履歴' }).waitFor();
		await page.goBack();
		await page.locator('.chosen-files li', { hasText: 'invoice.pdf' }).waitFor();
		must((await page.locator('textarea').inputValue()) === '戻っても残る理由', 'what was typed is gone');
		await page.locator('.send-do button').click();
		await page.locator('.sendings a').click();
		await page.waitForURL(/transfers\//);
		await page.goBack();
		await page.locator('.sendings a', { hasText: 'invoice.pdf' }).waitFor(); // and is not sent once more
		await page.goForward();
		await state(page, '受け取れます');
		must((await rowsBy('internet', 'ichi')).length === 1, 'going back has sent it again');
		await logout(page);
		await page.locator('.gate-card').waitFor();
		for (const step of ['goBack', 'goBack']) {
			await page[step]();
			await page.locator('.gate-card').waitFor();
			must(!(await page.content()).includes('invoice.pdf'), 'after a logout the page before it comes back');
		}
		fine(there);
	},

	/** Each doing button twice, at once and when the first click is done already: it is done once. */
	async doubled(browser) {
		const one = await enter(browser, 'internet', 'ichi');
		const { page } = one;
		await sending(one);
		await page.locator('[data-choose=files]').setInputFiles([await sample('invoice.pdf')]);
		await page.locator('.send-do button').dblclick();
		await sent(page);
		must((await rowsBy('internet', 'ichi')).length === 1, 'it was sent twice');
		const [{ id }] = await rowsBy('internet', 'ichi');
		await lab('await', { post: 'internet', id, states: ['released', 'collected'] });
		await one.open(`/originals/new?transfer=${id}`);
		await page.locator('textarea').fill('印刷のため');
		await page.locator('form button[type=submit]').click();
		await page.waitForURL(/originals\/[0-9a-f]{32}/);
		await clickAgain(page);
		const { originals } = await lab('ask', { post: 'internet', as: 'ichi', word: 'original.list' });
		must(originals.length === 1, 'an original was asked for twice');
		await one.open('/absence');
		await page.locator('.days .button.primary').click();
		await page.locator('tbody tr').first().waitFor();
		await page.locator('.days .button.primary').click({ clickCount: 2 });
		await clickAgain(page);
		await page.locator('tbody tr').nth(1).waitFor();
		await settled(page);
		must((await page.locator('tbody tr').count()) === 2, 'one more click is one more absence, two are not two');
		await page.locator('tbody .button').first().click();
		await page.locator('tbody tr').nth(1).waitFor({ state: 'detached' });
		await clickAgain(page);
		await page.reload();
		await page.locator('tbody tr').first().waitFor();
		must((await page.locator('tbody tr').count()) === 1, 'the second click met the next line');
		fine(one);
	},

	/** A counter where one person follows the other: one click and a login; nothing of the one before is there. */
	async counter(browser) {
		const one = await enter(browser, 'lgwan', 'ichi');
		const { page } = one;
		await lab('send', { post: 'lgwan', as: 'ichi', name: '前の人の資料.docm', sample: 'application.docm', recipient: 'cho', members: { to: 'internet', route: 'file-out', class: '2', reason: '掲載' } });
		const next = await enter(browser, 'lgwan', 'ni');
		await next.context.close(); // he has a password now
		await one.open('/history');
		await page.locator('tbody tr', { hasText: '前の人の資料' }).waitFor();
		await page.locator('.next-person').first().click();
		await page.locator('.gate-card').waitFor();
		await accessible(page);
		await shot(page, 'counter');
		must((await page.locator('input[autocomplete=username]').inputValue()) === '', 'it says who was here before');
		await login(page, 'ni');
		await page.locator('.shell', { hasText: '市民課職員2' }).waitFor();
		for (const path of ['/', '/history', '/send']) {
			await one.open(path);
			await settled(page);
			must(!/前の人の資料|市民課職員1/.test(await page.content()), `${path} shows something of who was here before`);
		}
		const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
		must(!kept.includes(me('ichi')) && !kept.includes('前の人'), kept);
		fine(one);
	},
});
