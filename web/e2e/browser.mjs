// A real browser for tests of the pages: Debian's Chromium, with the pages and the invented post of fake/ behind it.
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { createServer } from 'vite';

export const web = dirname(dirname(fileURLToPath(import.meta.url)));
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

/** undefined: there is none on this machine. */
export const launch = async () => (CHROMIUM ? chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] }) : undefined);

/** The pages with the invented post: {origin, close()}. */
export async function serveFake() {
	const server = await createServer({ root: web, configFile: `${web}/vite.config.ts`, mode: 'fake', logLevel: 'error', server: { host: '127.0.0.1', port: 0 } });
	await server.listen();
	const { port } = server.httpServer.address();
	return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}

const SHEET = `<body style="margin:0;font:20px serif;padding:90px;line-height:2"><h2 style="text-align:center">Sheet</h2>${'<p>Lorem ipsum dolor sit amet, consectetur.</p>'.repeat(14)}`;

/** A page drawn by a worker, as a picture. */
export async function drawSheet(browser) {
	const page = await browser.newPage({ viewport: { width: 827, height: 1169 } });
	await page.setContent(SHEET);
	const picture = await page.screenshot();
	await page.close();
	return picture;
}

/** A window in one language and size, in which pictures of pages are there. What goes wrong in it is told to `wrong`. */
export async function windowOf(browser, { lang, size, sheet, wrong }) {
	const context = await browser.newContext({ viewport: size, locale: lang, timezoneId: 'Asia/Tokyo', reducedMotion: 'reduce' });
	await context.addInitScript((l) => localStorage.setItem('sekisho.language', l), lang);
	const page = await context.newPage();
	page.on('pageerror', (e) => wrong(String(e)));
	await page.route('**/pages/*.png', (route) => route.fulfill({ contentType: 'image/png', body: sheet }));
	return page;
}
