// What the compiler of TypeScript does not see: sentences that nobody could translate, markup from strings, places
// outside of the portal, styles that the content security policy would not let through.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { files, looseCalls, web } from './sources.mjs';

const RULES = [
	[/dangerouslySetInnerHTML|\.innerHTML|\.outerHTML|insertAdjacentHTML|document\.write/, 'markup from a string'],
	[/\beval\(|new Function\(/, 'code from a string'],
	[/https?:\/\/(?!www\.w3\.org\/)/, 'a place outside of the portal'],
	[/\bconsole\.(log|debug)/, 'output for a developer'],
	[/: any\b|<any>|as any\b|@ts-ignore|@ts-nocheck/, 'a type that says nothing'],
	[/style="/, 'a style in markup'],
];
const MADE = 'src/api/types.ts'; // by tools/types.mjs
const CJK = /[\u3040-\u30ff\u4e00-\u9fff]/;

let found = 0;
const say = (where, what) => {
	process.stderr.write(`${where}: ${what}\n`);
	found++;
};
for (const path of files('src', ['.ts', '.tsx', '.css'])) {
	if (/\.test\.tsx?$/.test(path) || path === MADE) continue;
	readFileSync(join(web, path), 'utf8')
		.split('\n')
		.forEach((line, i) => {
			for (const [rule, what] of RULES) if (rule.test(line)) say(`web/${path}:${i + 1}`, what);
			if (!path.endsWith('.css') && !/^\s*(\/\/|\*|\/\*)/.test(line) && CJK.test(line) && !line.includes('lang:'))
				say(`web/${path}:${i + 1}`, 'Japanese outside of the catalogue');
			if (line.replace(/"[^"]*"/g, '""').length > 150 && !/^\t\w+: '/.test(line))
				say(`web/${path}:${i + 1}`, 'a line of more than 150 characters without its sentences');
		});
	if (!path.endsWith('.css') && !path.endsWith('i18n.ts')) for (const where of looseCalls(path)) say(`web/${where}`, 'a sentence that is no literal');
}
process.exit(found ? 1 : 0);
