// Writes src/api/types.ts of doc/openapi.json: what a post is asked and answers, in types. `npm run types`; with --check it fails when the
// file is another one (lint). A build writes it anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, web } from './sources.mjs';

const FILE = join(web, 'src/api/types.ts');
const api = JSON.parse(readFileSync(join(root, 'doc/openapi.json'), 'utf8'));
const HEAD = `// Made by web/tools/types.mjs of doc/openapi.json, not by hand: what a post is asked and answers. Times are milliseconds since 1970.
`;

const named = (ref) => ref.split('/').pop();
const key = (name) => (/^\w+$/.test(name) ? name : JSON.stringify(name).replace(/"/g, "'"));
const note = (schema) => (schema.description && !schema.description.startsWith('milliseconds') ? `/** ${schema.description}. */ ` : '');
const word = (value) => (typeof value === 'string' ? `'${value}'` : String(value));

function listOf(schema) {
	if (schema.prefixItems) return `[${schema.prefixItems.map(typeOf).join(', ')}]`;
	const each = typeOf(schema.items);
	return /[|{]/.test(each) ? `(${each})[]` : `${each}[]`;
}

function membersOf(schema, leave = []) {
	const must = schema.required ?? [];
	return Object.entries(schema.properties ?? {})
		.filter(([name]) => !leave.includes(name))
		.map(([name, s]) => `${note(s)}${key(name)}${must.includes(name) ? '' : '?'}: ${typeOf(s)}`);
}

function objectOf(schema, leave) {
	const members = membersOf(schema, leave);
	if (members.length) return `{ ${members.join('; ')} }`;
	const rest = schema.additionalProperties;
	if (rest && schema.propertyNames) return `Partial<Record<${typeOf(schema.propertyNames)}, ${typeOf(rest)}>>`;
	return 'Nothing';
}

export function typeOf(schema) {
	if (schema.$ref) return named(schema.$ref);
	if (schema.anyOf) return schema.anyOf.map(typeOf).join(' | ');
	if (schema.enum) return schema.enum.map(word).join(' | ');
	if ('const' in schema) return word(schema.const);
	const simple = { string: 'string', integer: 'number', number: 'number', boolean: 'boolean', null: 'null' }[schema.type];
	if (simple) return simple;
	return schema.type === 'array' ? listOf(schema) : objectOf(schema);
}

function declared([name, schema]) {
	if (schema.type !== 'object') return `export type ${name} = ${typeOf(schema)};`;
	return `export interface ${name} {\n${membersOf(schema).map((m) => `\t${m};\n`).join('')}}`;
}

const jsonOf = (of) => of?.content?.['application/json']?.schema;

/** Of all that is asked by POST with an object: word, what it has, what it answers besides its status. */
function asks() {
	return Object.entries(api.paths).flatMap(([path, { post }]) => {
		const answer = jsonOf(post?.responses?.['200']);
		if (!answer || path.includes('{')) return [];
		return [`\t${key(post.operationId)}: [${objectOf(jsonOf(post.requestBody))}, ${answer.title ?? objectOf(answer, ['status'])}];`];
	});
}

function text() {
	const schemas = Object.entries(api.components.schemas).filter(([name]) => name !== 'Ok');
	return [
		HEAD,
		'type Nothing = Record<string, never>;\n',
		...schemas.map((s) => `${declared(s)}\n`),
		'/** Word of an ask: [its members, its answer]. */\nexport interface Asks {',
		...asks(),
		'}',
		'export type Word = keyof Asks;',
		'export type Members<W extends Word> = Asks[W][0];',
		'export type Answer<W extends Word> = Asks[W][1];\n',
	].join('\n');
}

const have = (() => {
	try {
		return readFileSync(FILE, 'utf8');
	} catch {
		return '';
	}
})();
const want = text();
if (process.argv[2] === '--check' && have !== want) {
	process.stderr.write('web/src/api/types.ts is not what doc/openapi.json says: npm --prefix web run types\n');
	process.exit(1);
}
if (have !== want) writeFileSync(FILE, want);
