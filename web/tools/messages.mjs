// Writes the sentences of the pages as a gettext template, for ./do po: node tools/messages.mjs FILE
import { writeFileSync } from 'node:fs';
import { pageMessages } from './sources.mjs';

const quote = (s) => JSON.stringify(s);
const entry = ({ id, plural }) =>
	plural === undefined
		? `msgid ${quote(id)}\nmsgstr ""\n`
		: `msgid ${quote(id)}\nmsgid_plural ${quote(plural)}\nmsgstr[0] ""\nmsgstr[1] ""\n`;
const head =
	'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n' +
	'"Plural-Forms: nplurals=2; plural=n != 1;\\n"\n';

writeFileSync(process.argv[2], [head, ...pageMessages().map(entry)].join('\n'));
