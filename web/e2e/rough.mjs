// What can go wrong while somebody works: node rough.mjs STORY
import { accessible, enter, fine, lab, must, PASSWORD, sample, send, shot, tell } from './lab.mjs';

await tell({
	/** The portal dies under an upload, and it goes on by itself; nothing is sent twice. */
	async cut(browser) {
		const there = await enter(browser, 'internet', 'ichi');
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
		const there = await enter(browser, 'internet', 'ichi');
		await there.open('/send');
		await there.page.locator('.choices, .going-to').first().waitFor();
		let parts = 0;
		await there.page.route('**/api/v1/uploads/*', async (route) => {
			if (route.request().method() === 'PATCH' && ++parts === 2) await lab('end-sessions', { post: 'internet', member: 'ichi' });
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

	/** Two tabs: who logs out in one is out in the other, and what was typed there is not lost before the same person is back. */
	async tabs(browser) {
		const one = await enter(browser, 'lgwan', 'ichi');
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
});
