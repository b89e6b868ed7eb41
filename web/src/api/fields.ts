// What stands in the gap of a refusal's sentence, in words: the post says it by its own name for it. What people wrote stays as it is.
import { N_, tr } from '../i18n';
import { lookOf } from '../parts/tag';
import type { State } from './types';

const ZONES: Record<string, string> = { internet: N_("Internet"), lgwan: N_("LGWAN"), mynumber: N_("My Number") };
const LOGINS: Record<string, string> = {
	password: N_("Password"),
	'two-factors': N_("two factors"),
	passkey: N_("Passkey"),
	'os-login': N_("system login"),
};
/** Parts of a post that may be away for a moment. */
const PARTS: Record<string, string> = {
	worker: N_("cleaner"),
	printer: N_("the printer of receipts"),
	login: N_("the check of passwords"),
	ledger: N_("the ledger"),
	policy: N_("the policy"),
	portal: N_("the portal"),
	box: N_("the key for passwords of files"),
};
/** What one says when asking. */
const MEMBERS: Record<string, string> = {
	name: N_("the name"),
	member: N_("the member"),
	class: N_("the class"),
	reason: N_("the reason"),
	recipient: N_("the recipient"),
	comment: N_("the comment"),
	text: N_("the words to look for"),
	from: N_("the first day"),
	until: N_("the last day"),
	state: N_("the state"),
	route: N_("the route"),
	to: N_("the destination"),
	secret: N_("the password"),
	new: N_("the new password"),
	code: N_("the code"),
	id: N_("the number of the transfer"),
	number: N_("the number"),
	hash: N_("the check sum of the file"),
	hold: N_("what it is held for"),
	language: N_("the language"),
	upload: N_("the file"),
};
const GAPS: Record<string, Record<string, string>> = {
	elsewhere: ZONES,
	'login-more': LOGINS,
	unready: PARTS,
	missing: MEMBERS,
	value: MEMBERS,
};

export function gapText(why: string, field: string): string {
	const known = why === 'state' ? lookOf(field as State)?.text : GAPS[why]?.[field];
	return known ? tr(known) : field;
}
