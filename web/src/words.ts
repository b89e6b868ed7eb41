// Words of the policy and of reports in plain ones.
import { bytes, N_, t, tn, tr } from './i18n';
import type { TransferEvent } from './api/events';
import type { Factor, RouteInfo, Transfer, Who } from './api/types';

// The classes of the ministry's guideline (令和6年10月). lang: their names are the same in every city; others stand as they are.
const CLASSES: Record<string, string> = {
	'1': N_("Anyone may see it: notices, forms, what is published already"),
	'2': N_("Ordinary work, not meant for publication yet"),
	'3C': N_("To be handled with care: not meant for publication"),
	'3B': N_("To be handled with special care: personal data of citizens"),
	'3A': N_("Secret documents"),
	'3': N_("Secret documents"),
};

export function classText(name: string): string | undefined {
	const known = CLASSES[name];
	return known ? tr(known) : undefined;
}

export const className = (name: string): string => (CLASSES[name] ? t("Confidentiality {1}", name) : name);

// Zones by what everybody calls them; a policy may have others. lang: PRODUCT's table
const ZONES: Record<string, string> = { internet: N_("Internet"), lgwan: N_("LGWAN"), mynumber: N_("My Number") };
export const zoneText = (zone: string): string => (ZONES[zone] ? tr(ZONES[zone]!) : zone);

/** Of what was forgotten nobody knows any more who sent it. */
export const senderOf = (x: Transfer): string => x.requester_name ?? x.requester ?? t("(not kept any more)");
export const nameOf = (who: Who): string => who.name ?? who.member;

/** Of the cleaned file, or as long as there is none of what came. '': not known here. */
export function sizeText(x: Pick<Transfer, 'size' | 'output_size'>): string {
	const n = x.output_size ?? x.size;
	return n === undefined ? '' : bytes(n);
}

export const directionText = (d: RouteInfo['direction']): string => (d === 'in' ? t("Bring in") : t("Take out"));

// Codes of removals by what they mean to whoever gets the file; what is not here is "settings and hidden parts".
const GROUPS: [RegExp, string][] = [
	[/macro|javascript|activex|script|launch|program|\.action|xfa/, N_("programs that run by themselves")],
	[/\blink|hyperlink|external|connection|template|submit|field|formula|custom-ui|web-extension|remote/, N_("connections to places outside")],
	[/embedded|attach|ole|media|object/, N_("embedded objects")],
	[/encryption|protection/, N_("the protection by a password")],
	[/signature/, N_("an electronic signature")],
	[/metadata|author|thumbnail|printer|history|revision|exif/, N_("details such as author and editing history")],
	[/trailing|leading|hidden|layer|unlinked|unused/, N_("hidden data")],
	[/damaged/, N_("damaged parts")],
];
const REST = N_("settings that are not known to be harmless");
const CHANGES = /^(pdf\.(font|form|page-flattened|damaged)|name\.changed)$/;

/** "word=count,word=count" of a transfer. */
export function removalsOf(removed: string | undefined): { code: string; count: number }[] {
	if (!removed) return [];
	return removed.split(',').flatMap((part) => {
		const [code, n] = part.split('=');
		return code ? [{ code, count: Number(n) || 1 }] : [];
	});
}

/** What kinds of things were taken out, the most important first, each once. */
export function kindsOf(codes: string[]): string[] {
	const found = new Set(codes.map((c) => GROUPS.find(([rule]) => rule.test(c))?.[1] ?? REST));
	return [...GROUPS.map(([, text]) => text), REST].filter((text) => found.has(text));
}

function listed(parts: string[]): string {
	return parts.map((p) => tr(p)).join(t(", "));
}

/** Whether a clean file was made of it. The type of that stays when its bytes have left this post; their hash does not. */
export const wasCleaned = (x: Pick<Transfer, 'output_type'>): boolean => x.output_type !== undefined;

/** One sentence about what cleaning did. Undefined while it is not known. */
export function removedSentence(of: Pick<Transfer, 'removed' | 'output_type' | 'method'>): string | undefined {
	if (!wasCleaned(of) || of.removed === undefined) return undefined;
	const codes = removalsOf(of.removed).map((r) => r.code);
	if (of.method === 'flatten') return t("It was turned into pictures of its pages, so that nothing in it can run.");
	if (of.method === 'text') return t("Its text alone was kept.");
	if (!codes.length) return t("Nothing had to be removed. It was rebuilt and is safe to open.");
	if (codes.every((c) => CHANGES.test(c))) return t("Nothing dangerous was found. Parts of it were rebuilt so that it is safe to open.");
	const kinds = kindsOf(codes.filter((c) => !CHANGES.test(c)));
	const shown = listed(kinds.slice(0, 2));
	return kinds.length > 2 ? tn("Removed: {2}, and {1} more kind.", "Removed: {2}, and {1} more kinds.", kinds.length - 2, shown) : t("Removed: {1}.", shown);
}

const FACTORS: Record<Factor, string> = {
	password: N_("Password"),
	code: N_("Authenticator app"),
	passkey: N_("Passkey"),
	link: N_("Link that opens once"),
};
export const factorsText = (factors: Factor[]): string => factors.map((f) => tr(FACTORS[f])).join(t(", "));

const PARTS: Record<NonNullable<TransferEvent['part']>, string> = {
	read: N_("Being read"),
	clean: N_("Being rebuilt"),
	check: N_("Being checked by a second program"),
	look: N_("Being looked through for what must not leave"),
};
/** What is done to it just now; undefined: it was not told. */
export const partText = (e: TransferEvent | undefined): string | undefined => (e?.part ? tr(PARTS[e.part] ?? PARTS.clean) : undefined);

const METHODS: Record<string, string> = {
	rebuild: N_("Rebuilt in the same format"),
	flatten: N_("Turned into pictures"),
	text: N_("Text only"),
};
export const methodText = (m: string): string => (METHODS[m] ? tr(METHODS[m]!) : m);
