// The queue of approvals worked off without a mouse, and decisions signed by a passkey: node web/e2e/keyboard.mjs
// Exit: 0 all as it should be, 1 not, 77 no browser here.
import assert from 'node:assert/strict';
import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { drawSheet, launch, serveFake, windowOf } from './browser.mjs';

const SIZE = { width: 1366, height: 768 };
const ids = ['c9', 'c7', 'c5', 'c4', 'c3', 'c2'].map((x) => x.padEnd(32, '0'));
const together = ids.slice(2, 5);
const browser = await launch();
if (!browser) process.exit(77);
const fake = await serveFake();
const origin = fake.origin.replace('127.0.0.1', 'localhost'); // passkeys want a name
const sheet = await drawSheet(browser);
const wrong = [];

const open = async (path) => {
	const page = await windowOf(browser, { lang: 'ja', size: SIZE, sheet, wrong: (e) => wrong.push(e) });
	await page.goto(origin + path);
	await page.waitForSelector('.look-head h2');
	return page;
};
const chosen = (page) => page.getAttribute('.queue li.on button', 'data-id');
const asked = (page, word) => page.evaluate((w) => globalThis.asked.filter(([p]) => p === w).map(([, b]) => b), word);
const shown = (page, id) => page.waitForFunction((x) => document.querySelector('.queue li.on button')?.dataset.id === x, id);
const heading = (page, text) => page.waitForFunction((x) => document.querySelector('.look-head h2')?.textContent.includes(x), text);

async function keysMove() {
	const page = await open('/approvals');
	assert.equal(await chosen(page), ids[0]);
	await page.keyboard.press('k'); // nothing is before the first
	assert.equal(await chosen(page), ids[0]);
	for (const id of ids.slice(1)) {
		await page.keyboard.press('j');
		await shown(page, id);
	}
	await page.keyboard.press('j');
	await shown(page, ids.at(-1));
	for (const id of ids.slice(2, -1).reverse()) {
		await page.keyboard.press('k');
		await shown(page, id);
	}
	await heading(page, '工事図面');
	await page.keyboard.press('Enter');
	assert.equal(await page.evaluate(() => document.activeElement?.id), 'looked-at');
	assert.ok(page.url().includes(ids[2]), 'what is looked at stands in the address');
	await page.context().close();
}

async function keysDecide() {
	const page = await open(`/approvals?id=${ids[2]}`);
	await page.keyboard.press('a');
	await page.waitForSelector('dialog[open]');
	assert.deepEqual(await asked(page, 'approve'), [], 'a question comes first');
	await page.keyboard.press('Escape');
	await page.waitForSelector('dialog[open]', { state: 'detached' });
	await page.keyboard.press('d');
	await page.waitForSelector('dialog[open] textarea');
	await page.click('dialog .button.danger');
	await page.waitForSelector('dialog .error');
	assert.deepEqual(await asked(page, 'deny'), [], 'a denial has a reason');
	await page.fill('dialog textarea', 'jj aa');
	assert.equal(await chosen(page), ids[2], 'what is written moves nothing');
	await page.click('dialog .button.danger');
	await page.waitForFunction((id) => !document.querySelector(`.queue [data-id="${id}"]`), ids[2]);
	const [deny] = await asked(page, 'deny');
	assert.equal(deny.id, ids[2]);
	assert.equal(deny.comment, 'jj aa');
	assert.ok(!('assertion' in deny));
	await page.context().close();
}

async function keysOff() {
	const page = await open('/approvals');
	await page.keyboard.press('?');
	await page.click('dialog input[type="checkbox"]');
	await page.keyboard.press('Escape');
	await page.keyboard.press('j');
	await page.keyboard.press('a');
	assert.equal(await chosen(page), ids[0]);
	assert.equal(await page.locator('dialog[open]').count(), 0);
	await page.context().close();
}

/** What the policy lets be decided with others can be marked, nothing else; one word is about all of them, each with the bytes that were shown. */
async function several() {
	const page = await open('/approvals');
	const box = (id) => page.locator(`.queue li:has([data-id="${id}"]) input`);
	await heading(page, '市民まつり');
	await page.keyboard.press('x');
	assert.equal(await box(ids[0]).count(), 0, 'is decided by itself');
	await page.click('.queue-all input');
	assert.equal(await page.locator('.queue input:checked').count(), together.length);
	await box(together[1]).click();
	await page.keyboard.press('a');
	await page.click('dialog .button.primary');
	await page.waitForSelector('dialog[open]', { state: 'detached' });
	const [said] = await asked(page, 'decide');
	const votes = said.votes.split('\n').map((line) => line.split(' '));
	assert.deepEqual(votes.map(([id]) => id), [together[0], together[2]]);
	assert.ok(votes.every(([, hash]) => /^[0-9a-f]{64}$/.test(hash)));
	assert.equal(said.allow, true);
	assert.deepEqual(await asked(page, 'approve'), []);
	await page.context().close();
}

async function authenticator(page) {
	const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const cdp = await page.context().newCDPSession(page);
	await cdp.send('WebAuthn.enable');
	const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
	const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options });
	const id = Buffer.from('sekisho-credential');
	const key = privateKey.export({ type: 'pkcs8', format: 'der' });
	const credential = { credentialId: id.toString('base64'), isResidentCredential: false, rpId: 'localhost', privateKey: key.toString('base64'), signCount: 1 };
	await cdp.send('WebAuthn.addCredential', { authenticatorId, credential });
	await page.evaluate((x) => sessionStorage.setItem('fake.credential', x), id.toString('base64url'));
	return { publicKey: createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })), id, cdp, authenticatorId };
}

function check(vow, { publicKey, id }) {
	const [credential, data, client, signature] = vow.assertion.split('\n').map((x) => Buffer.from(x, 'base64url'));
	assert.deepEqual(credential, id);
	const said = JSON.parse(client.toString());
	assert.equal(said.type, 'webauthn.get');
	assert.equal(Buffer.from(said.challenge, 'base64url').toString(), 'sekisho');
	assert.equal(data[32] & 5, 5, 'user present and verified');
	const signed = Buffer.concat([data, createHash('sha256').update(client).digest()]);
	assert.ok(verify('sha256', signed, publicKey, signature), 'the signature is right');
}

/** Two holds, two signatures, each naming its hold and the bytes that were shown. */
async function signed() {
	const page = await open(`/approvals?id=${ids[1]}`);
	const device = await authenticator(page);
	await page.keyboard.press('a');
	await page.click('dialog .button.primary');
	await page.waitForFunction(() => globalThis.asked.filter(([p]) => p === 'approve').length === 2 || document.querySelector('dialog .notice.bad'));
	const vows = await asked(page, 'approve');
	assert.equal(vows[0].hold, 'approval');
	assert.ok(vows.every((v) => /^[0-9a-f]{64}$/.test(v.hash) && /^[0-9a-f]{64}$/.test(v.policy)));
	vows.forEach((v) => check(v, device));
	await page.context().close();
}

/** Who declines at his passkey has decided nothing; he may try again, or decide without it. */
async function declined() {
	const page = await open(`/approvals?id=${ids[0]}`);
	const { cdp, authenticatorId } = await authenticator(page);
	await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
	await page.keyboard.press('a');
	await page.click('dialog .button.primary');
	await page.waitForSelector('dialog .notice.bad');
	assert.deepEqual(await asked(page, 'approve'), []);
	await page.click('dialog .button.quiet:has(span)');
	await page.waitForSelector('dialog[open]', { state: 'detached' });
	const [vow] = await asked(page, 'approve');
	assert.ok(!('assertion' in vow) && vow.id === ids[0]);
	await page.context().close();
}

let failed = 0;
for (const test of [keysMove, keysDecide, keysOff, several, signed, declined]) {
	await test().catch((e) => {
		failed++;
		process.stdout.write(`${test.name}: ${e.message}\n`);
	});
}
for (const e of wrong) process.stdout.write(`${e}\n`);
await browser.close();
await fake.close();
process.stdout.write(failed || wrong.length ? 'not as it should be\n' : 'as it should be\n');
process.exit(failed || wrong.length ? 1 : 0);
