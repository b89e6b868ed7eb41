// What those do who decide, run a post or audit it: node desk.mjs STORY
import { lab, must, person, shot, tell } from './lab.mjs';

const PASSWORD = 'correct horse battery staple';
const NAME = '広報原稿 <b>最終.docm';

async function setPassword(page) {
	await page.locator('input[autocomplete="new-password"]').fill(PASSWORD);
	await page.locator('form button[type=submit]').click();
	await page.waitForURL('**/account');
}

function fine(...people) {
	for (const p of people) must(p.complaints.length === 0, p.complaints.join('\n'));
}

async function enter(browser, post, member, options) {
	const who = await person(browser, post, member, options);
	await setPassword(who.page);
	return who;
}

async function addPasskey({ context, page }) {
	const cdp = await context.newCDPSession(page);
	await cdp.send('WebAuthn.enable');
	const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
	await cdp.send('WebAuthn.addVirtualAuthenticator', { options });
	const card = page.locator('.factors .card').nth(1);
	await card.locator('button').last().click();
	await page.locator('dialog input').fill('青いキー');
	await page.locator('dialog button[type=submit]').click();
	await card.locator('.keys li').waitFor();
}

const out = (as, name = NAME) => lab('send', { post: 'lgwan', as, name, sample: 'application.docm', members: { to: 'internet', route: 'file-out', class: '2', recipient: 'ni', reason: '掲載のため <i>急ぎ</i>' } });
const row = (id) => lab('row', { post: 'lgwan', id });
const votesOf = async (id) => (await lab('ask', { post: 'lgwan', as: 'root', word: 'show', members: { id } })).votes;

const stories = {
	/** An approver looks at what would go out, and signs it with his passkey; the ledger's vote says so. */
	async approve(browser) {
		const id = await out('ichi');
		await lab('await', { post: 'lgwan', id, states: ['held'] });
		const chief = await enter(browser, 'lgwan', 'cho');
		await addPasskey(chief);
		await chief.open(`/approvals?id=${id}`);
		await chief.page.locator('.look-head h2', { hasText: NAME }).waitFor();
		must((await chief.page.locator('.look-head b, .queue b b, .facts i').count()) === 0, 'a name or a reason became markup');
		must(/マクロ/.test((await chief.page.locator('.removals').textContent()) ?? ''), 'it does not say what was taken out');
		await shot(chief.page, 'approve');
		await chief.page.keyboard.press('a');
		await chief.page.locator('dialog .button.primary').click();
		await chief.page.locator('.toast.good').waitFor();
		const votes = await votesOf(id);
		must(votes.length === 1 && votes[0].allow && votes[0].method === 'passkey', JSON.stringify(votes));
		await lab('await', { post: 'lgwan', id, states: ['approved', 'offered', 'crossing', 'released'] });
		fine(chief);
	},

	/** A denial reaches who sent it with its reason; a second click of the same button decides nothing twice. */
	async deny(browser) {
		const id = await out('ichi');
		await lab('await', { post: 'lgwan', id, states: ['held'] });
		const chief = await enter(browser, 'lgwan', 'cho', { lang: 'en' });
		await chief.open(`/approvals?id=${id}`);
		await chief.page.locator('.look-head .button.danger').click();
		await chief.page.locator('dialog textarea').fill('住所を消してください');
		await chief.page.locator('dialog .button.danger').dblclick();
		await chief.page.locator('.toast.good').waitFor();
		const votes = await votesOf(id);
		must(votes.length === 1 && !votes[0].allow, JSON.stringify(votes));
		must((await row(id)).state === 'denied', 'it is not denied');
		const sender = await enter(browser, 'lgwan', 'ichi');
		await sender.open(`/transfers/${id}`);
		await sender.page.getByText('住所を消してください').first().waitFor();
		fine(chief, sender);
	},

	/** An original is asked for where it arrived, released by somebody else, and fetched as it came. */
	async original(browser) {
		const id = await lab('send', { post: 'internet', as: 'ichi', name: 'form.docm', sample: 'application.docm', members: { to: 'lgwan', route: 'file-in', recipient: 'ichi' } });
		await lab('await', { post: 'internet', id, states: ['offered', 'crossing', 'released', 'collected'] });
		const one = await enter(browser, 'internet', 'ichi');
		await one.open(`/originals/new?transfer=${id}`);
		await one.page.locator('textarea').fill('署名の確認のため');
		await one.page.locator('form button[type=submit]').click();
		await one.page.waitForURL(/originals\/[0-9a-f]{32}/);
		const chief = await enter(browser, 'internet', 'cho');
		await chief.open('/originals');
		await chief.page.locator('.table a', { hasText: '署名の確認' }).first().click();
		await chief.page.locator('.actions .button.primary').click();
		await chief.page.locator('dialog .button.primary').click();
		await chief.page.locator('.toast.good').waitFor();
		await one.page.reload();
		const down = one.page.waitForEvent('download');
		await one.page.locator('.notice.warn a.button').click();
		const bytes = await lab('read', { path: await (await down).path() });
		must(bytes === (await lab('sent', { id })), 'it is not what came');
		fine(one, chief);
	},

	/** An auditor finds a transfer, and can change nothing. */
	async audit(browser) {
		const id = await out('ichi', '監査の対象.docm');
		await lab('await', { post: 'lgwan', id, states: ['held'] });
		const auditor = await enter(browser, 'lgwan', 'sa');
		await auditor.open('/audit?state=held');
		await auditor.page.locator('tbody tr', { hasText: '監査の対象' }).first().waitFor();
		await shot(auditor.page, 'audit');
		await auditor.open(`/approvals?id=${id}`);
		await auditor.page.locator('.look-head').waitFor();
		must((await auditor.page.locator('.look-head .button').count()) === 0, 'an auditor may decide');
		await auditor.open('/audit/ledger');
		await auditor.page.locator('.facts code').first().waitFor();
		fine(auditor);
	},
};

await tell(stories);
