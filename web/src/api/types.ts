// What a post is asked and answers: src/front/asks.def and doc/front.md, in types. Times are milliseconds since 1970.
import type { DeskAsks, LinkOnce, Recovery } from './types-desk';

export type Zone = string;
export type State =
	| 'received' | 'cleaning' | 'cleaned' | 'refused' | 'held' | 'approved' | 'denied' | 'offered' | 'crossing' | 'crossed'
	| 'verified' | 'rejected' | 'released' | 'collected' | 'expired' | 'cancelled';
export type Hold = 'password' | 'approval' | 'class' | 'leak' | 'scan' | 'space';
export type Party = 'requester' | 'recipient' | 'approver';

export interface Transfer {
	id: string;
	state: State;
	holds: Hold[];
	owner: Zone | null;
	route: string;
	from: Zone;
	to: Zone;
	class?: string;
	integrity?: string;
	availability?: string;
	requester: string;
	requester_name?: string;
	recipient?: string;
	recipient_name?: string;
	name?: string;
	reason?: string;
	claimed?: string;
	found?: string;
	size: number;
	output_hash?: string;
	output_size?: number;
	output_type?: string;
	method?: string;
	/** word=count, with commas between */
	removed?: string;
	received: number;
	changed: number;
	expires?: number;
	released?: number;
	downloads?: number;
	downloads_most?: number;
	policy?: string;
	role: Party[];
}

export interface HistoryRow {
	at: number;
	event: string;
	from?: string;
	to: string;
	by: string;
	person?: string;
	note?: string;
	/** What the note means, in English. */
	text?: string;
}

export interface Vote {
	at: number;
	person: string;
	allow: boolean;
	hold: Hold;
	method: string;
	hash?: string;
	counts?: boolean;
	comment?: string;
}

export interface Approver {
	member: string;
	name: string;
	after?: number;
}

export interface Decision {
	effect: 'pass' | 'hold' | 'deny';
	reasons: { why: string; hold?: Hold; line?: number; text: string; a?: string; b?: string }[];
	persons: number;
	approvals: number;
	approvers: Approver[];
}

export interface Original {
	id: string;
	transfer: string;
	state: State;
	requester: string;
	reason?: string;
	asked: number;
	changed: number;
	expires?: number;
	downloads?: number;
}

export interface Account {
	member: string;
	name: string;
	known: boolean;
	system_user?: string;
	uid?: number;
	password: boolean;
	passkeys: number;
	disabled: boolean;
	created: number;
	rights: string[];
	roles: string[];
}

export interface Who {
	member: string;
	name: string;
	department?: string;
	department_name?: string;
	rights: string[];
	root: boolean;
	disabled: boolean;
	zone: Zone;
	zone_name?: string;
	login?: string;
	wants?: string;
	enough?: boolean;
	factors?: string[];
	more?: string[];
	ends?: number;
	/** How long the session lives while nothing is asked, in milliseconds. */
	idle?: number;
}

/** What a login answers: how far its member has shown who he is, what the zone wants, by what more can be shown. */
export interface LoginAnswer {
	member: string;
	login: string;
	wants: string;
	enough: boolean;
	factors: string[];
	more: string[];
	ends?: number;
}

/** Where something may be sent from here, by one route. */
export interface RouteInfo {
	name: string;
	from: Zone;
	to: Zone;
	to_name?: string;
	/** in: to a more protected zone (持込み), out: from it (持出し). lang: */
	direction: 'in' | 'out';
	/** The strictest first. */
	classes: { name: string; allowed: boolean }[];
	class_wanted: boolean;
	reason_wanted: boolean;
	size_most?: number;
	encrypted?: 'hold' | 'refuse';
	expire?: number;
	keep?: number;
	downloads?: number;
	approvers: Approver[];
	persons: number;
}

export interface Tasks {
	received: number;
	approvals: number;
	passwords: number;
	classes: number;
	originals: number;
	proposals?: number;
}

export interface Removal {
	code: string;
	count: number;
	/** In English. */
	text: string;
}

export interface Finding {
	kind: 'mynumber' | 'corporate-number' | 'word' | 'unreadable';
	count: number;
}

export interface FoundPlace {
	kind: Finding['kind'];
	trust?: 'weak' | 'likely' | 'sure';
	where?: string;
	line?: number;
	column?: number;
	cell?: string;
	word?: string;
}

export interface Report {
	method?: string;
	cleaner?: string;
	removals: Removal[];
	findings?: Finding[];
	places?: FoundPlace[];
}

export interface MemberInfo {
	member: string;
	name: string;
	department?: string;
	department_name?: string;
}

export interface Session {
	number: number;
	own: boolean;
	login?: string;
	created: number;
	seen: number;
	ends?: number;
	address?: string;
	factors?: string[];
}

export interface Factors {
	password: boolean;
	directory?: boolean;
	code: boolean;
	passkeys: { credential: string; title: string; created: number; used?: number }[];
}

export interface Status {
	zone: Zone;
	version: string;
	policy: { hash: string; taken?: number };
	transfers: Partial<Record<State, number>>;
	queue: { waiting: number; running?: number; dead: number };
	workers: { here: number; idle: number };
	scanner: boolean;
	ledger: { state: string; size: number; root: string };
	links: { zone: Zone; up: boolean; state?: string; text?: string; policy?: string }[];
}

export interface Assertion {
	assertion: string;
}

export interface ListAsk {
	state?: string;
	waiting?: boolean;
	all?: boolean;
	after?: string;
	most?: number;
	text?: string;
	from?: number;
	until?: number;
	route?: string;
	zone?: string;
	department?: string;
	class?: string;
	direction?: 'in' | 'out';
}

type Id = { id: string };
type None = Record<string, never>;
type Vow = { id: string; hash?: string; hold?: Hold; comment?: string; policy?: string; assertion?: string };
export type Challenge = { challenge: string; party: string; origin: string; credentials: string[] };

/** Word of an ask: [its members, its answer]; more of them in types-desk.ts. */
export interface Asks extends DeskAsks {
	status: [None, Status];
	whoami: [None, Who];
	send: [
		{
			upload: string; to: string; name: string; id?: string; route?: string; class?: string; integrity?: string; availability?: string;
			recipient?: string; reason?: string; claimed?: string; sealed?: string;
		},
		{ transfer: Transfer; decision?: Decision },
	];
	list: [ListAsk, { transfers: Transfer[]; next?: string }];
	show: [Id, { transfer: Transfer; history: HistoryRow[]; votes: Vote[]; decision?: Decision; cut?: boolean }];
	approve: [Vow & { hash: string }, { transfer: Transfer }];
	deny: [Vow, { transfer: Transfer }];
	cancel: [{ id: string; comment?: string }, { transfer: Transfer }];
	class: [{ id: string; class?: string; integrity?: string; availability?: string }, { transfer: Transfer }];
	box: [{ id?: string }, { zone: Zone; box: string }];
	password: [{ id: string; sealed: string }, { transfer: Transfer }];
	'user.list': [{ after?: string; most?: number }, { accounts: Account[]; next?: string }];
	'user.show': [{ member: string }, { account: Account }];
	'user.add': [{ member: string }, { account: Account }];
	'user.disable': [{ member: string }, { account: Account }];
	'user.enable': [{ member: string }, { account: Account }];
	'passkey.challenge': [None, Challenge & { attestation?: 'none' | 'direct' }];
	'passkey.add': [{ assertion: string; title: string }, { passkey: Factors['passkeys'][number] }];
	'passkey.list': [{ member?: string }, { passkeys: Factors['passkeys'] }];
	'passkey.remove': [{ credential: string; member?: string }, None];
	'login.password': [{ member: string; secret: string }, LoginAnswer];
	'login.code': [{ code: string }, LoginAnswer];
	'login.challenge': [{ member?: string }, Challenge];
	'login.passkey': [{ assertion: string }, LoginAnswer];
	'login.link': [{ token: string }, LoginAnswer];
	logout: [None, None];
	'session.list': [{ member?: string }, { sessions: Session[] }];
	'session.end': [{ number?: number; all?: boolean; member?: string }, { ended?: number }];
	'factor.list': [{ member?: string }, Factors];
	'factor.code.begin': [None, { secret: string; uri: string }];
	'factor.code.confirm': [{ code: string }, LoginAnswer];
	'factor.remove': [{ member?: string }, None];
	'password.change': [{ secret?: string; new: string }, None];
	'recovery.ask': [{ member: string; comment?: string }, None];
	'recovery.list': [None, { recoveries: Recovery[] }];
	'recovery.approve': [{ member: string }, { recovery?: Recovery } & Partial<LinkOnce>];
	'recovery.deny': [{ member: string }, None];
	'user.invite': [{ member: string }, LinkOnce];
	routes: [None, { routes: RouteInfo[] }];
	tasks: [None, Tasks];
	report: [Id, Report];
	pages: [Id, { count: number }];
	members: [{ text?: string; after?: string; most?: number }, { members: MemberInfo[]; next?: string }];
}
export type Word = keyof Asks;
export type Members<W extends Word> = Asks[W][0];
export type Answer<W extends Word> = Asks[W][1];
