// What those do who run a post: node admin.mjs STORY
import { enter, fine, lab, login, me, must, person, setPassword, settled, shot, tell } from './lab.mjs';

const table = (page, name, buffer) => page.locator('[data-choose=table]').setInputFiles({ name, mimeType: 'text/csv', buffer });

await tell({
	/** 300 people of one April in CP932, proposed by one and agreed to by another; nobody agrees to his own. */
	async organisation(browser) {
		const admin = await enter(browser, 'lgwan', 'kan');
		await admin.open('/admin/organisation/new');
		await table(admin.page, '異動.csv', Buffer.from(await lab('people', { most: 300 }), 'base64'));
		await admin.page.locator('.notice.good').waitFor();
		await admin.page.locator('.lead', { hasText: 'CP932' }).waitFor();
		must((await admin.page.locator('tbody tr').count()) === 300, 'not every line is shown');
		await admin.page.locator('tbody tr', { hasText: '髙橋　花子7' }).first().waitFor();
		await shot(admin.page, 'organisation-preview');
		await admin.page.locator('textarea').fill('4月1日付け');
		await admin.page.locator('form button[type=submit]').dblclick();
		await admin.page.waitForURL(/organisation\/\d+$/);
		await admin.page.locator('.actions .button.danger').waitFor();
		must((await admin.page.locator('.actions .button.primary').count()) === 0, 'he may agree to his own');
		const other = await enter(browser, 'lgwan', 'kan2', { lang: 'en' });
		await other.open('/admin/organisation');
		await other.page.locator('tbody tr').first().waitFor();
		must((await other.page.locator('tbody tr').count()) === 1, 'it was proposed twice');
		await other.page.locator('tbody a').click();
		await other.page.locator('tbody tr').first().waitFor();
		await shot(other.page, 'organisation-decide');
		await other.page.locator('.actions .button.primary').click();
		await other.page.locator('dialog .button.primary').dblclick();
		await other.page.locator('.tag.good').waitFor();
		await admin.page.reload();
		await admin.page.locator('.tag.good').waitFor();
		must((await lab('policy', { post: 'lgwan' })).includes('"髙橋　花子299"'), 'it does not stand in the policy');
		await admin.open('/admin/organisation/new');
		await table(admin.page, 'x.csv', Buffer.from('アカウント名,適用日\nX!,2027/4/1\n'));
		await admin.page.locator('.notice.bad', { hasText: '2 行目' }).waitFor();
		fine(admin, other);
	},

	/** Who runs the post: people, an account closed and opened; policy, state. No names of files anywhere. */
	async administer(browser) {
		const id = await lab('send', { post: 'lgwan', as: 'ichi', name: '見せない名前.docm', sample: 'application.docm', recipient: 'ni', members: { to: 'internet', route: 'file-out', class: '2', reason: '見せない理由' } });
		await lab('await', { post: 'lgwan', id, states: ['held'] });
		const admin = await enter(browser, 'lgwan', 'kan');
		await admin.open('/admin/people');
		await admin.page.locator('.filters input').fill(me('ichi'));
		await admin.page.locator('tbody tr').first().waitFor();
		must((await admin.page.locator('tbody tr').count()) === 1, 'the search finds others');
		await admin.open(`/admin/people/${me('ni')}`);
		await admin.page.locator('.card .button.danger').first().click();
		await admin.page.locator('dialog .button.danger').click();
		await admin.page.locator('.tag.bad').first().waitFor();
		await shot(admin.page, 'person-closed');
		await admin.open('/admin/policy');
		await admin.page.locator('.policy-text li', { hasText: 'route file-out' }).waitFor();
		await admin.page.locator('.question select').nth(0).selectOption('mynumber');
		await admin.page.locator('.question select').nth(1).selectOption('internet');
		await admin.page.locator('.question .button.primary').click();
		await admin.page.locator('.notice.bad .reasons li').first().waitFor();
		await shot(admin.page, 'policy');
		await admin.open('/admin/status');
		await admin.page.locator('.lights li').nth(4).waitFor();
		await shot(admin.page, 'status');
		for (const path of ['/audit', '/approvals', '/history', '/originals', `/transfers/${id}`]) {
			await admin.open(path);
			await settled(admin.page);
			must(!/見せない/.test(await admin.page.content()), `${path} shows who runs the post a name`);
		}
		fine(admin);
	},

	/** Whoever lost everything gets in again when two people stand for it, none of them he himself; his old password is void. */
	async recovery(browser) {
		const old = await enter(browser, 'lgwan', 'ichi');
		const lost = await person(browser, 'lgwan');
		await lost.open('/recover');
		await lost.page.locator('input[autocomplete=username]').fill(me('ichi'));
		await lost.page.locator('textarea').fill('スマートフォンをなくしました');
		await lost.page.locator('button[type=submit]').dblclick();
		await lost.page.locator('h1', { hasText: '申請を受け付けました' }).waitFor();
		const [first, second] = [await enter(browser, 'lgwan', 'kan'), await enter(browser, 'lgwan', 'kan2')];
		for (const one of [first, second]) {
			await one.open('/admin/people');
			await one.page.locator('.recoveries li', { hasText: 'なくしました' }).waitFor();
		}
		must((await first.page.locator('.recoveries li').count()) === 1, 'it was asked for twice');
		await shot(first.page, 'recovery');
		await first.page.locator('.recoveries .button').first().dblclick();
		await first.page.locator('.recoveries li', { hasText: 'が本人と確認' }).waitFor();
		must((await first.page.locator('.link-once').count()) === 0, 'one person is enough');
		await second.page.reload();
		await second.page.locator('.recoveries .button').first().click();
		const link = await second.page.locator('.link-once code').textContent();
		await shot(second.page, 'recovery-link');
		await lost.page.goto(link);
		await lost.page.locator('.gate-card .button.primary').click();
		await setPassword(lost.page);
		await old.page.reload();
		await old.page.locator('.gate-card').waitFor(); // his sessions are over
		await old.page.locator('input[autocomplete=username]').fill(me('ichi'));
		await login(old.page);
		await old.page.locator('.shell').waitFor(); // by the new password, which is the same here
		fine(old, lost, first, second);
	},
});
