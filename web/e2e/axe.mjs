// Every page in both languages, on an office screen and a phone, looked at by axe: node web/e2e/axe.mjs [FOLDER for pictures] [name …]
// Exit: 0 nothing found, 1 something, 77 no browser here.
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { drawSheet, launch, serveFake, windowOf } from './browser.mjs';
import { pages } from './pages.mjs';

const [, , folder, ...names] = process.argv;
const SIZES = { desk: { width: 1366, height: 768 }, phone: { width: 390, height: 844 } };
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

let found = 0;
const say = (text) => {
	process.stdout.write(`${text}\n`);
	found++;
};

async function look(page, origin, where, one) {
	await page.goto(origin + one.path);
	await page.waitForSelector(one.ready ?? 'h1');
	if (one.steps) await one.steps(page);
	await page.waitForFunction(() => !document.querySelector('.loading'));
	await page.addScriptTag({ path: axe });
	const result = await page.evaluate((tags) => globalThis.axe.run({ runOnly: tags }), TAGS);
	for (const v of result.violations) for (const n of v.nodes) say(`${where}: ${v.id}: ${n.target.join(' ')}: ${n.failureSummary?.split('\n')[1]?.trim() ?? ''}`);
	const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
	if (over > 0) say(`${where}: ${over} pixels wider than the window`);
	if (folder) await page.screenshot({ path: `${folder}/${where.replaceAll('/', '-')}.png`, fullPage: !one.steps });
}

const browser = await launch();
if (!browser) process.exit(77);
if (folder) mkdirSync(folder, { recursive: true });
const fake = await serveFake();
const sheet = await drawSheet(browser);
for (const lang of ['ja', 'en'])
	for (const [kind, size] of Object.entries(SIZES)) {
		let where = '';
		const page = await windowOf(browser, { lang, size, sheet, wrong: (e) => say(`${where}: ${e}`) });
		for (const one of pages.filter((p) => !names.length || names.includes(p.name))) {
			if (one.wide && kind === 'phone') continue;
			where = `${lang}/${kind}/${one.name}`;
			await look(page, fake.origin, where, one).catch((e) => say(`${where}: ${e.message.split('\n')[0]}`));
		}
		await page.context().close();
	}
await browser.close();
await fake.close();
process.stdout.write(found ? `${found} found\n` : 'nothing found\n');
process.exit(found ? 1 : 0);
