// How long the first page takes on a slow line, with nothing of it kept from before: node first.mjs first. For ./do bench web.
import { enter, lab, must, tell } from './lab.mjs';

const LINE = { offline: false, latency: 10, downloadThroughput: 10e6 / 8, uploadThroughput: 10e6 / 8 }; // bytes/s: 10 Mbit/s
const TIMES = 7;
const middle = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

/** Seconds until `there` can be used, and the bytes that came over the line. */
async function once(page, cdp, address, there) {
	let bytes = 0;
	const count = (e) => {
		bytes += e.encodedDataLength;
	};
	cdp.on('Network.loadingFinished', count);
	await cdp.send('Network.clearBrowserCache');
	const begun = performance.now();
	await page.goto(address, { waitUntil: 'commit' });
	await page.locator(there).first().waitFor();
	const seconds = (performance.now() - begun) / 1000;
	await page.waitForLoadState('load');
	cdp.off('Network.loadingFinished', count);
	return { seconds, bytes };
}

await tell({
	async first(browser) {
		const one = await enter(browser, 'lgwan', 'ichi');
		const cdp = await one.context.newCDPSession(one.page);
		await cdp.send('Network.enable');
		await cdp.send('Network.emulateNetworkConditions', LINE);
		const measured = {};
		for (const [name, there] of [['home', '.drop button'], ['login', '.gate-card input[type=password]']]) {
			if (name === 'login') await one.context.clearCookies();
			const all = [];
			for (let i = 0; i < TIMES; i++) all.push(await once(one.page, cdp, `${one.origin}/`, there));
			measured[name] = { seconds: middle(all.map((x) => x.seconds)), bytes: middle(all.map((x) => x.bytes)) };
		}
		must(measured.home.bytes > 10_000, 'nothing was counted');
		await lab('measured', measured);
	},
});
