// Two real posts in a real browser: tests/regress/test_web.py starts both, and runs the stories that stand in this folder. One line
// of JSON each way over standard input and output: what a story wants done beside the browser ({do: …}), and how it ended.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

/** Has the test do something (tests/regress/test_web.py, DOINGS) and gives what it answers. */
export async function lab(what, more = {}) {
	say({ do: what, ...more });
	const answer = JSON.parse((await lines.next()).value);
	if (answer.error) throw new Error(`${what}: ${answer.error}`);
	return answer.value;
}

export const DESK = { width: 1366, height: 768 };
export const PHONE = { width: 390, height: 844 };

/** A person's browser at a post, logged in by a link of one use unless `member` is missing. Complaints of pages fail the story. */
export async function person(browser, post, member, { lang = 'ja', viewport = DESK } = {}) {
	const context = await browser.newContext({ viewport, locale: lang === 'ja' ? 'ja-JP' : 'en-GB', timezoneId: 'Asia/Tokyo', acceptDownloads: true });
	const page = await context.newPage();
	page.setDefaultTimeout(30_000);
	const complaints = [];
	page.on('pageerror', (e) => complaints.push(String(e)));
	page.on('console', (m) => {
		if (/Content Security Policy|Trusted Type/.test(m.text())) complaints.push(m.text());
	});
	const origin = await lab('origin', { post });
	if (member) {
		await page.goto(await lab('invite', { post, member }));
		await page.locator('.gate-card .button.primary').click();
		await page.locator('input[autocomplete="new-password"]').waitFor();
	}
	return { context, page, origin, complaints, open: (path) => page.goto(origin + path) };
}

/** Chooses files on the page for sending, with the first class there is, and sends them. */
export async function send(page, files) {
	await page.locator('[data-choose=files]').setInputFiles(files);
	await page.locator('.send-grid.ready').waitFor();
	if (await page.locator('.choices input').count()) await page.locator('.choices .option').first().click();
	await page.locator('.send-do button').click();
	await page.locator('.sendings li').first().waitFor();
}

export async function sample(name) {
	return { name, mimeType: 'application/octet-stream', buffer: Buffer.from(await lab('sample', { name }), 'base64') };
}

export const PASSWORD = 'correct horse battery staple';

/** What somebody of this story is called at the posts. */
export const me = (who) => `${process.argv[2]}-${who}`;

export async function setPassword(page) {
	await page.locator('input[autocomplete="new-password"]').fill(PASSWORD);
	await page.locator('form button[type=submit]').click();
	await page.waitForURL('**/account');
}

/** Somebody who has set his password. */
export async function enter(browser, post, member, options) {
	const who = await person(browser, post, member, options);
	await setPassword(who.page);
	return who;
}

/** A passkey on this device, which says yes by itself. */
export async function addPasskey({ context, page }, title = '青いキー') {
	const cdp = await context.newCDPSession(page);
	await cdp.send('WebAuthn.enable');
	const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
	await cdp.send('WebAuthn.addVirtualAuthenticator', { options });
	const card = page.locator('.factors .card').nth(1);
	await card.locator('button').last().click();
	await page.locator('dialog input').fill(title);
	await page.locator('dialog button[type=submit]').click();
	await card.locator('.keys li', { hasText: title }).waitFor();
}

export const logout = (page) => page.locator('.side-foot button').last().click();

/** As whoever was here before is asked again; without a name where the page knows it. */
export async function login(page, member) {
	if (member) await page.locator('input[autocomplete=username]').fill(me(member));
	await page.locator('input[type=password]').fill(PASSWORD);
	await page.locator('.gate-card button[type=submit], dialog button[type=submit]').last().click();
}

/** A transfer on this page is in the state that is called so. */
export const state = (page, text) => page.locator('.tag', { hasText: text }).first().waitFor();

/** Nothing of what the page shows is still on its way. */
export async function settled(page) {
	await page.locator('h1').waitFor();
	await page.locator('.loading').first().waitFor({ state: 'detached' });
}

/** The second click of a double click, when the first one is done already; the pointer is where it was. */
export async function clickAgain(page) {
	await page.mouse.down({ clickCount: 2 });
	await page.mouse.up({ clickCount: 2 });
}

/** A text file of so many MiB that nobody ever needs to read. */
export const large = (mib, name = 'long.txt') => ({ name, mimeType: 'text/plain', buffer: Buffer.alloc(mib << 20, 'sekisho\n') });

/** The n-th part of an upload waits until `meanwhile` is done; what that gives is what becomes of the part. */
export async function atPart(page, n, meanwhile) {
	let parts = 0;
	await page.route('**/api/v1/uploads/*', async (route) => {
		if (route.request().method() === 'PATCH' && ++parts === n) return meanwhile(route);
		return route.continue();
	});
}

/** Ends all sessions of somebody of the story. */
export const endSessions = (post, member) => lab('end-sessions', { post, member });

/** In the dialog that says that the session has ended. */
export async function loginAgain(page) {
	const dialog = page.locator('dialog:has(button.large[type=submit])');
	await dialog.locator('input[type=password]').fill(PASSWORD);
	await dialog.locator('button[type=submit]').click();
	await dialog.waitFor({ state: 'detached' });
}

/** No page complained of anything. */
export function fine(...people) {
	for (const p of people) must(p.complaints.length === 0, p.complaints.join('\n'));
}

let folder;
/** A picture for whoever looks at them later (tests/web.py); `whole`: with what is below the window. */
export async function shot(page, name, whole = false) {
	folder ??= await lab('folder');
	await page.screenshot({ path: `${folder}/${name}.png`, fullPage: whole });
}

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** WCAG 2.2 AA as far as a program sees it. */
export async function accessible(page, where = page.url()) {
	await page.evaluate(await readFile(axe, 'utf8'));
	const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
	const { violations } = await page.evaluate((runOnly) => globalThis.axe.run({ runOnly }), tags);
	must(!violations.length, violations.map((v) => `${where}: ${v.id}: ${v.nodes[0].html}`).join('\n'));
}

export function must(true_, why) {
	if (!true_) throw new Error(why);
}

/** A picture of a page on which a story failed, and what stands there in words, for whoever reads only the log. */
async function remains(page) {
	await shot(page, `failed-${process.argv[2]}`);
	return `\n--- ${page.url()}\n${(await page.locator('body').innerText()).slice(0, 2000)}`;
}

/** Runs the story that was asked for by name. */
export async function tell(stories) {
	const story = stories[process.argv[2]];
	// --no-sandbox: the tests run as root, and the pages are our own
	const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
	let error;
	try {
		await story(browser);
	} catch (e) {
		error = e.stack;
		for (const page of browser.contexts().flatMap((c) => c.pages())) error += await remains(page).catch(() => '');
	}
	await browser.close();
	say({ end: true, ...(error ? { error } : {}) });
	process.exit(0);
}
