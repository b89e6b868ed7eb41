// What staff do all day: node staff.mjs STORY
import { accessible, enter, fine, lab, must, person, PHONE, sample, send, setPassword, shot, state, tell } from './lab.mjs';

await tell({
	/** A document with a macro is dropped on one side and downloaded clean on the other. */
	async across(browser) {
		const there = await enter(browser, 'internet', 'ichi');
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
		const there = await enter(browser, 'internet', 'ichi', { lang: 'en', viewport: PHONE });
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
		const there = await enter(browser, 'internet', 'ichi');
		await there.open('/send');
		const names = [...Array(18).keys()].map((i) => `資料 ${i}.txt`).concat('<img src=x onerror=alert(1)>.txt', "'; DROP TABLE x;--.txt");
		await send(there.page, names.map((name) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(`${name}\n`) })));
		await there.page.locator('.sendings a').nth(names.length - 1).waitFor({ timeout: 60_000 });
		must((await there.page.locator('img').count()) === 0, 'a name became markup');
		await there.open('/history');
		await there.page.locator('tbody tr').nth(names.length - 1).waitFor();
		fine(there);
	},

	/** A locked file waits; a wrong password does not open it, the right one does; nothing of either is asked of the post in the open. */
	async password(browser) {
		const there = await enter(browser, 'internet', 'ichi');
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

	/** What nobody collects in time is over: at both posts it is said, and nothing can be downloaded any more. */
	async expiry(browser) {
		const there = await enter(browser, 'internet', 'ichi');
		await there.open('/send');
		await there.page.locator('[data-choose=files]').setInputFiles([await sample('invoice.pdf')]);
		await there.page.locator('select').first().selectOption('brief-in');
		await there.page.locator('.send-do button').click();
		await there.page.locator('.sendings a').click();
		await there.page.waitForURL(/transfers\//);
		const here = await enter(browser, 'lgwan', 'ichi');
		await here.open(new URL(there.page.url()).pathname);
		for (const { page } of [there, here]) {
			await state(page, '期限切れ');
			await page.locator('.notice', { hasText: '受取期限が過ぎました' }).waitFor();
			must((await page.locator('.doings a.primary').count()) === 0, 'it is offered although it is gone');
		}
		await accessible(here.page);
		await shot(here.page, 'expired');
		fine(there, here);
	},

	/** What the virus scanner has not seen waits for it; whoever sent it can take it back meanwhile. */
	async scan(browser) {
		const there = await enter(browser, 'internet', 'ichi', { lang: 'en' });
		await there.open('/send');
		await there.page.locator('[data-choose=files]').setInputFiles([await sample('invoice.pdf')]);
		await there.page.locator('select').first().selectOption('scanned-in');
		await there.page.locator('.send-do button').click();
		await there.page.locator('.sendings a').click();
		await state(there.page, 'Waiting for the virus scanner');
		await shot(there.page, 'scan-held');
		await there.page.locator('.doings .button.danger').click();
		await there.page.locator('dialog .button.danger').dblclick();
		await state(there.page, 'Taken back');
		await there.page.locator('.notice', { hasText: 'It was taken back' }).waitFor();
		fine(there);
	},

	/** A receipt for the file: a PDF that opens elsewhere, with the number of the transfer. */
	async receipt(browser) {
		const id = await lab('send', { post: 'internet', as: 'ichi', name: '申請書.docm', sample: 'application.docm', recipient: 'ichi', members: { to: 'lgwan', route: 'file-in' } });
		await lab('await', { post: 'lgwan', id, states: ['released'] });
		const here = await enter(browser, 'lgwan', 'ichi');
		await here.open(`/transfers/${id}`);
		const down = here.page.waitForEvent('download');
		await here.page.locator('.doings .button', { hasText: '受領証' }).click();
		const text = await lab('pdf-text', { path: await (await down).path() });
		must(text.replace(/\s/g, '').includes(id), text);
		fine(here);
	},

	/** What cannot be made safe does not pass, and it is said what to do next. */
	async refused(browser) {
		const there = await enter(browser, 'internet', 'ichi');
		await there.open('/send');
		await send(there.page, [await sample('harmless.pdf')]);
		await state(there.page, '無害化できません');
		await there.page.locator('.sendings a').click();
		await there.page.locator('.notice.bad', { hasText: '安全にできなかった' }).waitFor();
		await accessible(there.page);
		await shot(there.page, 'refused');
		fine(there);
	},
});
