// How people log in, and how not: node logins.mjs STORY
import { accessible, addPasskey, enter, fine, lab, login, logout, me, must, person, setPassword, shot, tell } from './lab.mjs';

await tell({
	/** A passkey is registered and logs in alone; the password does too; the link opens nothing a second time. */
	async logins(browser) {
		const one = await enter(browser, 'lgwan', 'ichi');
		await addPasskey(one);
		await accessible(one.page);
		await shot(one.page, 'account');
		const inside = () => one.page.locator('.shell').waitFor();
		await logout(one.page);
		await one.page.locator('.gate-card input[type=password]').waitFor();
		await one.page.locator('input[autocomplete=username]').fill(me('ichi'));
		await one.page.locator('input[type=password]').fill('wrong');
		await one.page.locator('button[type=submit]').click();
		await one.page.locator('.notice.bad').waitFor();
		await one.page.locator('button', { hasText: 'パスキーでログイン' }).click();
		await inside();
		await logout(one.page);
		await login(one.page, 'ichi');
		await inside();
		const two = await one.context.newPage();
		await two.goto(one.origin);
		await two.locator('.shell').waitFor();
		await logout(one.page);
		await two.locator('.gate-card, dialog').first().waitFor();
		fine(one);
	},

	/** The first administrator's link opens once: a second click of it, from a copy, says what to do, and lets nobody in. */
	async once(browser) {
		const { url } = await lab('ask', { post: 'lgwan', as: 'root', word: 'user.invite', members: { member: me('kan') } });
		const [first, second] = [await person(browser, 'lgwan'), await person(browser, 'lgwan')];
		for (const one of [first, second]) {
			await one.page.goto(url);
			await one.page.locator('.gate-card .button.primary').waitFor();
			must(!one.page.url().includes('#'), 'the link stays in the address');
		}
		await first.page.locator('.gate-card .button.primary').dblclick();
		await setPassword(first.page);
		await second.page.locator('.gate-card .button.primary').click();
		await second.page.locator('.gate-card .notice.bad').waitFor();
		await shot(second.page, 'link-twice');
		await accessible(second.page);
		await second.open('/');
		await second.page.locator('.gate-card').waitFor();
		must((await second.page.locator('.shell').count()) === 0, 'the link let two in');
		fine(first, second);
	},

	/** A code of an authenticator app. */
	async code(browser) {
		const one = await enter(browser, 'lgwan', 'ichi');
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

	/** Whoever asks for a way back in learns nothing; a transfer that is somebody else's does not exist; the way back works. */
	async strangers(browser) {
		const nobody = await person(browser, 'lgwan');
		await nobody.open('/transfers/00000000000000000000000000000000');
		await nobody.page.locator('.gate-card').waitFor();
		await nobody.open('/recover');
		await nobody.page.locator('input[autocomplete=username]').fill('daredemo');
		await nobody.page.locator('button[type=submit]').click();
		await nobody.page.locator('h1', { hasText: '申請を受け付けました' }).waitFor();
		const one = await enter(browser, 'lgwan', 'ichi');
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
});
