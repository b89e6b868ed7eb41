// What staff do all day: node staff.mjs STORY
import { accessible, lab, must, person, PHONE, sample, send, shot, tell } from './lab.mjs';

const PASSWORD = 'correct horse battery staple';
const state = (page, text) => page.locator('.tag', { hasText: text }).first().waitFor();

async function setPassword(page) {
	await page.locator('input[autocomplete="new-password"]').fill(PASSWORD);
	await page.locator('form button[type=submit]').click();
	await page.waitForURL('**/account');
}

function fine(...people) {
	for (const p of people) must(p.complaints.length === 0, p.complaints.join('\n'));
}

const stories = {
	/** A document with a macro is dropped on one side and downloaded clean on the other. */
	async across(browser) {
		const there = await person(browser, 'internet', 'ichi');
		await setPassword(there.page);
		await there.open('/send');
		await send(there.page, [await sample('application.docm')]);
		await there.page.locator('.sendings a').first().waitFor();
		const here = await person(browser, 'lgwan', 'ichi');
		await here.open('/');
		const row = here.page.locator('.arrived li');
		await row.filter({ hasText: 'マクロ' }).waitFor({ timeout: 60_000 }); // it says what was removed
		await accessible(here.page);
		await shot(here.page, 'across-home');
		const down = here.page.waitForEvent('download');
		await row.locator('a.button').click();
		const file = await down;
		must(/\.docx$/.test(file.suggestedFilename()), file.suggestedFilename());
		const bytes = await lab('read', { path: await file.path() });
		must(Buffer.from(bytes, 'base64').subarray(0, 2).toString() === 'PK', 'it is no document');
		await here.open('/history');
		await here.page.locator('tbody tr').first().click();
		await state(here.page, '受取済み');
		await here.page.locator('summary').first().click();
		await here.page.locator('.removals code').first().waitFor();
		await accessible(here.page);
		await shot(here.page, 'across-transfer');
		fine(there, here);
	},

	/** The same in English on a phone. */
	async english(browser) {
		const there = await person(browser, 'internet', 'ni', { lang: 'en', viewport: PHONE });
		await setPassword(there.page);
		await there.open('/send');
		await send(there.page, [await sample('invoice.pdf')]);
		await there.page.locator('.sendings a').first().click();
		await there.page.locator('h1', { hasText: 'invoice.pdf' }).waitFor();
		await state(there.page, /On its way|Ready to collect|Being cleaned/);
		must((await there.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)), 'it is wider than the phone');
		fine(there);
	},

	/** Twenty files at once, some of whose names want to be more than names. */
	async many(browser) {
		const there = await person(browser, 'internet', 'cho');
		await setPassword(there.page);
		await there.open('/send');
		const names = [...Array(18).keys()].map((i) => `資料 ${i}.txt`).concat('<img src=x onerror=alert(1)>.txt', "'; DROP TABLE x;--.txt");
		await send(there.page, names.map((name) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(`${name}\n`) })));
		await there.page.locator('.sendings a').nth(names.length - 1).waitFor({ timeout: 60_000 });
		must((await there.page.locator('img').count()) === 0, 'a name became markup');
		await there.open('/history');
		await there.page.locator('tbody tr').nth(names.length - 1).waitFor();
		fine(there);
	},

	/** The portal dies under an upload, and it goes on by itself; nothing is sent twice. */
	async cut(browser) {
		const there = await person(browser, 'internet', 'dairi');
		await setPassword(there.page);
		await there.open('/send');
		await there.page.locator('.choices, .going-to').first().waitFor();
		let parts = 0;
		await there.page.route('**/api/v1/uploads/*', async (route) => {
			if (route.request().method() === 'PATCH' && ++parts === 2) {
				await lab('kill', { post: 'internet', role: 'portal' });
				return route.abort('connectionreset');
			}
			return route.continue();
		});
		await send(there.page, [{ name: 'long.txt', mimeType: 'text/plain', buffer: Buffer.alloc(12 << 20, 'sekisho\n') }]);
		await there.page.locator('.sendings a').first().waitFor({ timeout: 60_000 });
		await there.page.unrouteAll();
		await there.open('/history');
		await there.page.locator('tbody tr').first().waitFor();
		must((await there.page.locator('tbody tr').count()) === 1, 'it is there more than once');
		fine(there);
	},

	/** The session ends in the middle of an upload: after a login on the same page it goes on. */
	async session(browser) {
		const there = await person(browser, 'internet', 'sa');
		await setPassword(there.page);
		await there.open('/send');
		await there.page.locator('.choices, .going-to').first().waitFor();
		let parts = 0;
		await there.page.route('**/api/v1/uploads/*', async (route) => {
			if (route.request().method() === 'PATCH' && ++parts === 2) await lab('end-sessions', { post: 'internet', member: 'sa' });
			return route.continue();
		});
		await send(there.page, [{ name: 'long.txt', mimeType: 'text/plain', buffer: Buffer.alloc(9 << 20, 'sekisho\n') }]);
		const dialog = there.page.locator('dialog');
		await dialog.waitFor();
		await shot(there.page, 'session-ended');
		await dialog.locator('input[type=password]').fill('not this one');
		await dialog.locator('button[type=submit]').click();
		await dialog.locator('.notice.bad').waitFor();
		await dialog.locator('input[type=password]').fill(PASSWORD);
		await dialog.locator('button[type=submit]').click();
		await there.page.locator('.sendings a').first().waitFor({ timeout: 60_000 });
		must((await dialog.count()) === 0, 'the dialog stays');
		fine(there);
	},

	/** A passkey is registered and logs in alone; the password does too; the link opens nothing a second time. */
	async logins(browser) {
		const one = await person(browser, 'lgwan', 'kan');
		const cdp = await one.context.newCDPSession(one.page);
		await cdp.send('WebAuthn.enable');
		await cdp.send('WebAuthn.addVirtualAuthenticator', {
			options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
		});
		await setPassword(one.page);
		const card = one.page.locator('.factors .card').nth(1);
		await card.locator('button').last().click();
		await one.page.locator('dialog input').fill('青いキー');
		await one.page.locator('dialog button[type=submit]').click();
		await card.locator('.keys li', { hasText: '青いキー' }).waitFor();
		await accessible(one.page);
		await shot(one.page, 'account');
		const logout = () => one.page.locator('.side-foot button').last().click();
		const inside = () => one.page.locator('.shell').waitFor();
		await logout();
		await one.page.locator('.gate-card input[type=password]').waitFor();
		await one.page.locator('input[autocomplete=username]').fill('kan');
		await one.page.locator('input[type=password]').fill('wrong');
		await one.page.locator('button[type=submit]').click();
		await one.page.locator('.notice.bad').waitFor();
		await one.page.locator('button', { hasText: 'パスキーでログイン' }).click();
		await inside();
		await logout();
		await one.page.locator('.gate-card input[type=password]').fill(PASSWORD);
		await one.page.locator('input[autocomplete=username]').fill('kan');
		await one.page.locator('button[type=submit]').click();
		await inside();
		const two = await one.context.newPage();
		await two.goto(one.origin);
		await two.locator('.shell').waitFor();
		await logout();
		await two.locator('.gate-card, dialog').first().waitFor();
		fine(one);
	},

	/** A code of an authenticator app. */
	async code(browser) {
		const one = await person(browser, 'lgwan', 'cho');
		await setPassword(one.page);
		await one.page.locator('.factors .card').nth(2).locator('button').click();
		await one.page.locator('dialog .qr').waitFor();
		await one.page.locator('dialog summary').click();
		const secret = (await one.page.locator('.secret').textContent()).replace(/\s/g, '');
		await shot(one.page, 'code');
		await one.page.locator('dialog input').fill('000000');
		await one.page.locator('dialog button[type=submit]').click();
		await one.page.locator('dialog .notice.bad').waitFor();
		await one.page.locator('dialog input').fill(await lab('totp', { secret }));
		await one.page.locator('dialog button[type=submit]').click();
		await one.page.locator('dialog').waitFor({ state: 'detached' });
		await one.page.locator('.factors .card').nth(2).locator('.tag.good').waitFor();
		fine(one);
	},

	/** A locked file waits; a wrong password does not open it, the right one does; nothing of either is asked of the post in the open. */
	async password(browser) {
		const there = await person(browser, 'internet', 'kan');
		await setPassword(there.page);
		const secret = 'ひみつ-2026';
		const bodies = [];
		there.page.on('request', (r) => bodies.push(r.postData() ?? ''));
		await there.open('/send');
		const buffer = Buffer.from(await lab('locked', { password: secret }), 'base64');
		await send(there.page, [{ name: '見積書.xlsx', mimeType: 'application/octet-stream', buffer }]);
		await there.page.locator('.sendings .button', { hasText: 'パスワードを入力' }).click();
		const form = there.page.locator('.password-form');
		const give = async (password) => {
			await form.locator('input').fill(password);
			await form.locator('button').click();
		};
		await give('chigau');
		await form.locator('.error').waitFor({ timeout: 60_000 });
		await accessible(there.page);
		await shot(there.page, 'password-wrong');
		await give(secret);
		await form.waitFor({ state: 'detached' });
		await state(there.page, '受け取れます'); // at the other post by then, and here it is still said what was taken out
		await there.page.locator('.result-say', { hasText: 'パスワードによる保護' }).waitFor();
		must(!bodies.some((b) => b.includes(secret) || b.includes('chigau')), 'a password was sent in the open');
		fine(there);
	},

	/** What cannot be made safe does not pass, and it is said what to do next. */
	async refused(browser) {
		const there = await person(browser, 'internet', 'ni');
		await setPassword(there.page);
		await there.open('/send');
		await send(there.page, [await sample('harmless.pdf')]);
		await state(there.page, '無害化できません');
		await there.page.locator('.sendings a').click();
		await there.page.locator('.notice.bad', { hasText: '安全にできなかった' }).waitFor();
		await accessible(there.page);
		await shot(there.page, 'refused');
		fine(there);
	},

	/** Two tabs: who logs out in one is out in the other, and what was typed there is not lost before the same person is back. */
	async tabs(browser) {
		const one = await person(browser, 'lgwan', 'sa');
		await setPassword(one.page);
		await one.open('/history');
		const two = await one.context.newPage();
		await two.goto(`${one.origin}/send`);
		await two.locator('textarea').fill('公開資料の掲載');
		await accessible(two);
		await one.page.locator('.side-foot button').last().click();
		await one.page.locator('.gate-card').waitFor();
		await accessible(one.page);
		await two.locator('dialog input[type=password]').fill(PASSWORD);
		await two.locator('dialog button[type=submit]').click();
		await two.locator('dialog').waitFor({ state: 'detached' });
		must((await two.locator('textarea').inputValue()) === '公開資料の掲載', 'what was typed is gone');
		await one.page.locator('.shell').waitFor(); // the other tab heard of the login
		fine(one);
	},

	/** Whoever asks for a way back in learns nothing; a transfer that is somebody else's does not exist; the way back works. */
	async strangers(browser) {
		const nobody = await person(browser, 'lgwan');
		await nobody.open('/transfers/00000000000000000000000000000000');
		await nobody.page.locator('.gate-card').waitFor();
		await nobody.open('/recover');
		await nobody.page.locator('input[autocomplete=username]').fill('daredemo');
		await nobody.page.locator('button[type=submit]').click();
		await nobody.page.locator('h1', { hasText: '申請を受け付けました' }).waitFor();
		const one = await person(browser, 'lgwan', 'dairi');
		await setPassword(one.page);
		await one.open('/');
		await one.page.locator('.ways a[href="/history"]').click();
		await one.page.waitForURL('**/history');
		await one.open('/transfers/00000000000000000000000000000000');
		await one.page.locator('.notice.bad').waitFor();
		await one.page.goBack();
		await one.page.waitForURL('**/history');
		await one.page.locator('h1', { hasText: '履歴' }).waitFor();
		fine(nobody, one);
	},
};
await tell(stories);
