// What whoever approves, runs the post or audits it asks, and the answers: doc/front.md. Added to the table of types.ts.
import type { Decision, Hold, Original, Transfer, Vote, Zone } from './types';

/** [before, after]; what does not change is not there. */
export type Pair<T> = [T | null, T | null];

/** One line of a change of the organisation, and what it would do. */
export interface OrgChange {
	line: number;
	member: string;
	title?: string;
	from?: string;
	until?: string;
	name?: Pair<string>;
	department?: Pair<string>;
	roles?: Pair<string[]>;
	deputies?: Pair<string[]>;
}

export interface OrgPreview {
	good?: boolean;
	policy?: string;
	wrong?: string;
	changes?: OrgChange[];
	lines?: number;
	next?: string;
}

export interface Proposal {
	number: number;
	at: number;
	by?: string;
	name?: string;
	comment?: string;
	state: 'open' | 'approved' | 'done' | 'denied';
	policy?: string;
	decided?: number;
	decided_by?: string;
}

export interface Absence {
	number: number;
	member: string;
	name?: string;
	from: number;
	until: number;
	said_by?: string;
}

export interface Deputy {
	member: string;
	name?: string;
}

/** What a browser is asked for a signature, and what it is about. */
export interface ToSign {
	challenge: string;
	party: string;
	origin: string;
	credentials: string[];
	hash: string;
	policy: string;
}

/** Of an original people decide about a hold of its own. */
export type VoteHold = Hold | 'original';

type OriginalVow = { id: string; comment?: string; policy?: string; assertion?: string };
type Page = { after?: string; most?: number };

/** As in types.ts: word of an ask: [its members, its answer]. */
export interface DeskAsks {
	sign: [{ id: string; hold: VoteHold; allow?: boolean }, ToSign];
	'original.ask': [{ id: string; reason: string }, { original: Original }];
	'original.list': [{ waiting?: boolean; all?: boolean; most?: number }, { originals: Original[] }];
	'original.show': [{ id: string }, { original: Original; votes: Vote[]; transfer: Transfer }];
	'original.approve': [OriginalVow, { original: Original }];
	'original.deny': [OriginalVow, { original: Original }];
	'original.cancel': [{ id: string }, { original: Original }];
	'org.preview': [{ moves: string } & Page, OrgPreview];
	'org.propose': [{ moves: string; comment?: string }, { number: number }];
	'org.list': [Page, { proposals: Proposal[]; next?: string }];
	'org.show': [{ number: number } & Page, { proposal: Proposal; moves: string } & OrgPreview];
	'org.decide': [{ number: number; allow?: boolean; policy?: string; comment?: string }, { proposal: Proposal }];
	'absence.add': [{ until: number; from?: number; member?: string }, object];
	'absence.list': [{ member?: string; all?: boolean }, { absences: Absence[]; deputies?: Deputy[] }];
	'absence.end': [{ number: number }, object];
	departments: [object, { departments: Titled[]; roles: Titled[] }];
	'policy.text': [{ name?: string } & Page, PolicyText];
	'policy.explain': [{ request: string; all?: boolean }, { decision: Decision }];
}

export interface LinkOnce {
	link: string;
	ends: number;
	url?: string;
}

export interface Recovery {
	member: string;
	name?: string;
	asked: number;
	ends: number;
	by?: string;
	comment?: string;
}

export interface LinkState {
	zone: Zone;
	up: boolean;
	state?: string;
	text?: string;
	policy?: string;
}

export interface Titled {
	name: string;
	title: string;
}

export interface PolicyText {
	policy: string;
	taken?: number;
	files: string[];
	name: string;
	lines: string[];
	next?: string;
}
