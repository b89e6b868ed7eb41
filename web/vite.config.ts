/// <reference types="vitest/config" />
// How the pages are built: into build/web, from nothing but this folder, the catalogue and the tables of the sources.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';
// @ts-expect-error tools are plain JavaScript, for ./do po runs them without a compiler
import { askWords, pageMessages, policySentences, root, tables, web } from './tools/sources.mjs';
// @ts-expect-error the same
import { japanese } from './tools/po.mjs';

type Table = Record<string, string>;

/** virtual:ja: Japanese of what the pages and the gate say; virtual:why: sentences of refusals by their word;
 *  virtual:codes and virtual:types: the tables with their Japanese, for the pages that want them; virtual:policy: Japanese of
 *  what the policy says. */
function catalogue(): Plugin {
	const pick = (ids: string[]): Table => {
		const all = japanese() as Table;
		return Object.fromEntries(ids.filter((id) => all[id]).map((id) => [id, all[id]!]));
	};
	const both = (t: Table) => ({ en: t, ja: pick(Object.values(t)) });
	const modules: Record<string, () => unknown> = {
		'virtual:ja': () => pick([...pageMessages().map((m: { id: string }) => m.id), ...Object.values(tables.why() as Table)]),
		'virtual:why': () => tables.why(),
		'virtual:codes': () => both(tables.codes()),
		'virtual:types': () => both(tables.types()),
		'virtual:asks': () => askWords(),
		'virtual:policy': () => pick(policySentences()),
	};
	return {
		name: 'sekisho-catalogue',
		resolveId: (id) => (id in modules ? `\0${id}` : undefined),
		load(id) {
			const make = modules[id.slice(1)];
			if (id[0] !== '\0' || !make) return undefined;
			this.addWatchFile(join(root, 'po', 'ja.po'));
			return `export default JSON.parse(${JSON.stringify(JSON.stringify(make()))});`;
		},
	};
}

/** A page of a file, for the post that exists only in the browser. */
const lines = Array.from({ length: 24 }, (_, i) => `<path d="M80 ${180 + i * 38}h${i % 6 === 5 ? 300 : 640}"/>`);
const sheet = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 1130" stroke="#999" stroke-width="10"><path d="M200 100h400" stroke="#333" stroke-width="24"/>${lines.join('')}</svg>`;

/** `npm run fake`: the pages with a post that exists only in the browser. Never part of a build. */
function fake(on: boolean): Plugin {
	return {
		name: 'sekisho-fake',
		apply: 'serve',
		configureServer(server) {
			server.middlewares.use('/api/v1/transfers', (_, res) => {
				res.setHeader('Content-Type', 'image/svg+xml');
				res.end(sheet);
			});
		},
		transformIndexHtml: () => (on ? [{ tag: 'script', attrs: { type: 'module', src: '/fake/start.ts' }, injectTo: 'head-prepend' }] : []),
	};
}

/** Every file once more as a browser likes it best: the portal has no time to make them small. */
function small(): Plugin {
	const level = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
	return {
		name: 'sekisho-small',
		apply: 'build',
		enforce: 'post',
		writeBundle({ dir }, bundle) {
			for (const name of Object.keys(bundle).filter((n) => /\.(html|js|css|svg|json)$/.test(n))) {
				const path = join(dir!, name);
				const bytes = readFileSync(path);
				if (bytes.length < 600) continue;
				writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
				writeFileSync(`${path}.br`, brotliCompressSync(bytes, level));
			}
		},
	};
}

export default defineConfig(({ mode }) => ({
	root: web,
	plugins: [catalogue(), fake(mode === 'fake'), small()],
	esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
	build: {
		outDir: join(root, 'build', 'web'),
		emptyOutDir: true,
		assetsInlineLimit: 0, // data: is not in the content security policy
		modulePreload: { polyfill: false },
		target: 'es2021',
		reportCompressedSize: false,
	},
	server: { host: '127.0.0.1' },
	test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'], setupFiles: ['fake/setup.ts'], testTimeout: 60_000 },
}));
