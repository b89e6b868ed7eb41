// What those do who decide about transfers, or audit them: node desk.mjs STORY
import { addPasskey, enter, fine, lab, must, shot, tell } from './lab.mjs';

const NAME = '広報原稿 <b>最終.docm';
const out = (as, name = NAME) => lab('send', { post: 'lgwan', as, name, sample: 'application.docm', recipient: 'ni', members: { to: 'internet', route: 'file-out', class: '2', reason: '掲載のため <i>急ぎ</i>' } });
const show = (id) => lab('ask', { post: 'lgwan', as: 'root', word: 'show', members: { id } });

/** A transfer that waits for an approval. */
async function waiting(name) {
	const id = await out('ichi', name);
	await lab('await', { post: 'lgwan', id, states: ['held'] });
	return id;
}

/** Yes in the question that is open, and it is said that it is done. */
async function yes(page) {
	await page.locator('dialog .button.primary').click();
	await page.locator('.toast.good').waitFor();
}

await tell({
	/** An approver looks at what would go out, and signs it with his passkey; the ledger's vote says so. */
	async approve(browser) {
		const id = await waiting();
		const chief = await enter(browser, 'lgwan', 'cho');
		await addPasskey(chief);
		await chief.open(`/approvals?id=${id}`);
		await chief.page.locator('.look-head h2', { hasText: NAME }).waitFor();
		must((await chief.page.locator('.look-head b, .queue b b, .facts i').count()) === 0, 'a name or a reason became markup');
		await chief.page.locator('.removals', { hasText: 'マクロ' }).waitFor();
		await chief.page.locator('.sheet.there').first().waitFor();
		await shot(chief.page, 'approve');
		await chief.page.keyboard.press('a');
		await yes(chief.page);
		const { votes } = await show(id);
		must(votes.length === 1 && votes[0].allow && votes[0].method === 'passkey', JSON.stringify(votes));
		await lab('await', { post: 'lgwan', id, states: ['approved', 'offered', 'crossing', 'released'] });
		fine(chief);
	},

	/** A denial reaches who sent it with its reason; a second click of the same button decides nothing twice. */
	async deny(browser) {
		const id = await waiting();
		const chief = await enter(browser, 'lgwan', 'cho', { lang: 'en' });
		await chief.open(`/approvals?id=${id}`);
		await chief.page.locator('.look-head .button.danger').click();
		await chief.page.locator('dialog textarea').fill('住所を消してください');
		await chief.page.locator('dialog .button.danger').dblclick();
		await chief.page.locator('.toast.good').waitFor();
		const { votes, transfer } = await show(id);
		must(votes.length === 1 && !votes[0].allow, JSON.stringify(votes));
		must(transfer.state === 'denied', 'it is not denied');
		const sender = await enter(browser, 'lgwan', 'ichi');
		await sender.open(`/transfers/${id}`);
		await sender.page.getByText('住所を消してください').first().waitFor();
		fine(chief, sender);
	},

	/** A deputy decides nothing yet, until the approver says that he is away; then he does at once. */
	async absence(browser) {
		const id = await waiting();
		const deputy = await enter(browser, 'lgwan', 'dairi');
		await deputy.open(`/approvals?id=${id}`);
		await deputy.page.locator('.notice.bad, .look-head').first().waitFor();
		must((await deputy.page.locator('.look-head .button.primary').count()) === 0, 'a deputy may decide too early');
		const chief = await enter(browser, 'lgwan', 'cho');
		await chief.open('/absence');
		await chief.page.locator('.days .button.primary').dblclick();
		await chief.page.locator('.tag.warn').first().waitFor();
		await shot(chief.page, 'absence');
		must((await chief.page.locator('tbody tr').count()) === 1, 'a second click made a second absence');
		await deputy.page.reload();
		await deputy.page.locator('.look-head .button.primary').click();
		await yes(deputy.page);
		const { votes } = await show(id);
		must(votes.length === 1 && votes[0].allow && votes[0].person.endsWith('dairi'), JSON.stringify(votes));
		await chief.page.locator('.table .button').first().click();
		await chief.page.locator('.tag.warn').waitFor({ state: 'detached' });
		fine(deputy, chief);
	},

	/** An individual number holds it: where it stands is said, the number itself to nobody. */
	async leak(browser) {
		const id = await lab('send', { post: 'lgwan', as: 'ichi', name: '名簿.docx', sample: 'mynumber.docx', recipient: 'ni', members: { to: 'internet', route: 'leak-out', class: '2' } });
		await lab('await', { post: 'lgwan', id, states: ['held'] });
		const sender = await enter(browser, 'lgwan', 'ichi');
		await sender.open(`/transfers/${id}`);
		await sender.page.locator('.tag', { hasText: '内容の確認待ち' }).waitFor();
		const chief = await enter(browser, 'lgwan', 'cho');
		await chief.open('/approvals');
		await chief.page.locator('.findings', { hasText: 'マイナンバー' }).waitFor();
		await chief.page.locator('.places li').first().waitFor();
		await shot(chief.page, 'leak');
		for (const { page } of [sender, chief]) must(!/1234.?5678.?9018/.test(await page.content()), 'the number is shown');
		await chief.page.locator('.look-head .button.primary').click();
		await chief.page.locator('dialog .notice.warn').waitFor();
		await yes(chief.page);
		await lab('await', { post: 'lgwan', id, states: ['approved', 'offered', 'crossing', 'released'] });
		fine(chief, sender);
	},

	/** An original is asked for where it arrived, after its clean copy has crossed and its recipient was told where it is, released by somebody else, and fetched as it came. */
	async original(browser) {
		const id = await lab('send', { post: 'internet', as: 'ichi', name: '申請書.docm', sample: 'application.docm', recipient: 'ichi', members: { to: 'lgwan', route: 'file-in' } });
		await lab('await', { post: 'internet', id, states: ['released'] });
		const there = await enter(browser, 'lgwan', 'ichi');
		await there.open(`/transfers/${id}`);
		await there.page.locator('.doings', { hasText: '原本は届いた' }).waitFor();
		const one = await enter(browser, 'internet', 'ichi');
		await one.open(`/transfers/${id}`);
		await one.page.locator('.doings .button', { hasText: '原本を取り寄せる' }).click();
		await one.page.locator('textarea').fill('署名の確認のため');
		await one.page.locator('form button[type=submit]').dblclick();
		await one.page.waitForURL(/originals\/[0-9a-f]{32}/);
		const chief = await enter(browser, 'internet', 'cho');
		await chief.open('/originals');
		const row = chief.page.locator('.table a', { hasText: '署名の確認' });
		await row.first().click();
		await chief.page.locator('.actions .button.primary').click();
		await yes(chief.page);
		await one.open('/originals');
		must((await one.page.locator('.table a', { hasText: '署名の確認' }).count()) <= 1, 'it was asked for twice');
		await one.page.locator('.table a', { hasText: '署名の確認' }).click();
		const down = one.page.waitForEvent('download');
		await one.page.locator('.notice.warn a.button').click();
		const bytes = await lab('read', { path: await (await down).path() });
		must(bytes === (await lab('sent', { id })), 'it is not what came');
		fine(one, chief, there);
	},

	/** Two windows on the same question: one answer counts, and the other window says so in words. */
	async twice(browser) {
		const id = await waiting();
		const chief = await enter(browser, 'lgwan', 'cho');
		const two = await chief.context.newPage();
		const ask = async (page, which) => {
			await page.goto(`${chief.origin}/approvals?id=${id}`);
			await page.locator(`.look-head .button.${which}`).click();
			await page.locator('dialog textarea').fill('確認しました');
		};
		await ask(chief.page, 'primary');
		await ask(two, 'danger');
		await yes(chief.page);
		await two.locator('dialog .button.danger').click();
		await two.locator('dialog .notice.bad', { hasText: '今の状態ではできません' }).waitFor();
		await shot(two, 'twice');
		const { votes } = await show(id);
		must(votes.length === 1 && votes[0].allow, JSON.stringify(votes));
		fine(chief);
	},

	/** An auditor finds a transfer, and can change nothing. */
	async audit(browser) {
		const id = await waiting('監査の対象.docm');
		const auditor = await enter(browser, 'lgwan', 'sa');
		await auditor.open('/audit?state=held');
		await auditor.page.locator('tbody tr', { hasText: '監査の対象' }).first().waitFor();
		await shot(auditor.page, 'audit');
		await auditor.open(`/approvals?id=${id}`);
		await auditor.page.locator('.look-head').waitFor();
		must((await auditor.page.locator('.look-head .button').count()) === 0, 'an auditor may decide');
		await auditor.open('/audit/ledger');
		await auditor.page.locator('.facts code').first().waitFor();
		await auditor.open(`/audit/ledger?id=${id}&kind=transfer`);
		await auditor.page.locator('tbody tr', { hasText: 'transfer.hold' }).first().waitFor();
		await auditor.page.locator('tbody summary').first().press('Enter');
		await auditor.page.locator('tbody details[open] dd').first().waitFor();
		await shot(auditor.page, 'audit-ledger');
		for (const selector of ['tbody a[download]', 'a[href*="ledger.tar"]', 'a[href*="ledger.xlsx"]']) {
			const [file] = await Promise.all([auditor.page.waitForEvent('download'), auditor.page.locator(selector).first().click()]);
			must((await file.failure()) === null, `nothing comes of ${selector}`);
		}
		fine(auditor);
	},
});
