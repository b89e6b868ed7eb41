// Made by web/tools/types.mjs of doc/openapi.json, not by hand: what a post is asked and answers. Times are milliseconds since 1970.

type Nothing = Record<string, never>;

export interface Refusal {
	status: 'refused';
	why: 'not-json' | 'no-such-ask' | 'no-such-member' | 'missing' | 'value' | 'file' | 'bad-request' | 'too-large' | 'no-length' | 'no-method' | 'no-page' | 'other-portal' | 'no-session' | 'login-wrong' | 'login-more' | 'login-wait' | 'portal' | 'recovery' | 'second' | 'account' | 'foreign' | 'no-account' | 'disabled' | 'not-member' | 'no-right' | 'class' | 'passkey' | 'passkey-wrong' | 'bulk' | 'own' | 'no-transfer' | 'no-user' | 'user-exists' | 'state' | 'changed' | 'elsewhere' | 'downloads' | 'no-upload' | 'no-pages' | 'under-way' | 'other-bytes' | 'policy' | 'folder' | 'line' | 'bad-policy' | 'no-line' | 'enough' | 'busy' | 'limit' | 'no-gate' | 'lost' | 'space' | 'unready' | 'fault';
	field?: string;
	text: string;
	line?: number;
	wrong?: string;
	what?: string;
}

export type State = 'received' | 'cleaning' | 'cleaned' | 'refused' | 'held' | 'approved' | 'denied' | 'offered' | 'crossing' | 'crossed' | 'verified' | 'rejected' | 'released' | 'collected' | 'expired' | 'cancelled' | 'unanswered';

export type Event = 'receive' | 'clean' | 'cleaned' | 'refused' | 'hold' | 'lift' | 'password' | 'deny' | 'offer' | 'fetch' | 'taken' | 'verify' | 'reject' | 'release' | 'collect' | 'expire' | 'cancel' | 'lapse';

export type Hold = 'password' | 'approval' | 'class' | 'leak' | 'scan' | 'space';

export type VoteHold = 'fact' | 'password' | 'approval' | 'class' | 'leak' | 'scan' | 'space' | 'original';

export type Effect = 'pass' | 'hold' | 'deny';

export type Right = 'approve' | 'release-original' | 'administer' | 'audit' | 'oversee';

export type Login = 'none' | 'os-login' | 'password' | 'two-factors' | 'passkey';

export type Factor = 'password' | 'code' | 'passkey' | 'link';

export type Party = 'requester' | 'recipient' | 'approver';

export type Actor = 'gate' | 'worker' | 'link' | 'clock' | 'requester' | 'approver' | 'recipient';

export type FindingKind = 'mynumber' | 'corporate-number' | 'word' | 'unreadable';

export type ProposalState = 'open' | 'approved' | 'done' | 'denied';

export interface Transfer {
	id: string;
	state: State;
	holds: Hold[];
	owner?: string;
	route?: string;
	from: string;
	to: string;
	class?: string;
	integrity?: string;
	availability?: string;
	requester?: string;
	requester_name?: string;
	recipient?: string;
	recipient_name?: string;
	name?: string;
	reason?: string;
	claimed?: string;
	found?: string;
	size?: number;
	output_hash?: string;
	output_size?: number;
	output_type?: string;
	method?: string;
	/** word=count, with commas between. */ removed?: string;
	received: number;
	changed: number;
	expires?: number;
	released?: number;
	downloads?: number;
	downloads_most?: number;
	policy?: string;
	role: Party[];
	/** whether it may be decided with others. */ bulk?: boolean;
}

export interface HistoryRow {
	at: number;
	event: Event;
	from?: State;
	to?: State;
	by?: Actor;
	person?: string;
	note?: string;
	/** what the note means, in English. */ text?: string;
}

export interface Vote {
	at: number;
	person: string;
	allow: boolean;
	hold?: VoteHold;
	method: Login;
	hash?: string;
	counts?: boolean;
	comment?: string;
}

export interface Approver {
	member: string;
	name: string;
	/** as a deputy, not before. */ after?: number;
}

export interface Reason {
	why: string;
	effect: Effect;
	hold?: VoteHold;
	line?: number;
	text: string;
	a: string;
	b: string;
}

export interface Decision {
	effect: Effect;
	reasons: Reason[];
	passkey?: boolean;
	persons?: number;
	approvals?: number;
	approvers?: Approver[];
}

export interface Decided {
	id: string;
	status: 'ok' | 'refused';
	state?: State;
	why?: 'not-json' | 'no-such-ask' | 'no-such-member' | 'missing' | 'value' | 'file' | 'bad-request' | 'too-large' | 'no-length' | 'no-method' | 'no-page' | 'other-portal' | 'no-session' | 'login-wrong' | 'login-more' | 'login-wait' | 'portal' | 'recovery' | 'second' | 'account' | 'foreign' | 'no-account' | 'disabled' | 'not-member' | 'no-right' | 'class' | 'passkey' | 'passkey-wrong' | 'bulk' | 'own' | 'no-transfer' | 'no-user' | 'user-exists' | 'state' | 'changed' | 'elsewhere' | 'downloads' | 'no-upload' | 'no-pages' | 'under-way' | 'other-bytes' | 'policy' | 'folder' | 'line' | 'bad-policy' | 'no-line' | 'enough' | 'busy' | 'limit' | 'no-gate' | 'lost' | 'space' | 'unready' | 'fault';
	field?: string;
	text?: string;
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
	released?: number;
	downloads?: number;
	downloads_most?: number;
}

export interface Account {
	member: string;
	name?: string;
	known: boolean;
	system_user?: string;
	uid?: number;
	password: boolean;
	passkeys: number;
	disabled: boolean;
	used: boolean;
	alone?: string;
	created: number;
	rights: Right[];
	roles: string[];
}

export interface Who {
	member: string;
	name?: string;
	department?: string;
	department_name?: string;
	rights: Right[];
	root: boolean;
	disabled: boolean;
	zone: string;
	zone_name?: string;
	session: number;
	login: Login;
	wants: Login;
	enough: boolean;
	factors: Factor[];
	more: Factor[];
	ends: number;
	idle: number;
}

export interface LoginAnswer {
	member: string;
	login: Login;
	wants: Login;
	enough: boolean;
	factors: Factor[];
	more: Factor[];
	ends?: number;
}

export interface ClassInfo {
	name: string;
	allowed: boolean;
}

export interface RouteInfo {
	name: string;
	from: string;
	to: string;
	to_name?: string;
	direction: 'in' | 'out';
	/** the strictest first. */ classes: ClassInfo[];
	class_wanted: boolean;
	reason_wanted: boolean;
	size_most: number;
	encrypted: 'hold' | 'refuse';
	expire: number;
	keep?: number;
	downloads: number;
	scan: boolean;
	login: Login;
	approvers: Approver[];
	persons: number;
}

export interface Tasks {
	received: number;
	approvals: number;
	passwords: number;
	classes: number;
	originals: number;
	proposals: number;
}

export interface Removal {
	code: string;
	count: number;
	text: string;
}

export interface Finding {
	kind: FindingKind;
	count: number;
}

export interface FoundPlace {
	kind: FindingKind;
	trust: 'weak' | 'likely' | 'sure';
	where: string;
	line: number;
	column: number;
	/** cells before it on its line. */ cell: number;
	/** its line in the list of words. */ word: number;
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
	name?: string;
	department?: string;
	department_name?: string;
}

export interface Titled {
	name: string;
	title: string;
}

export interface Session {
	number: number;
	own: boolean;
	login?: Login;
	factors: Factor[];
	created: number;
	seen: number;
	ends: number;
	address: string;
}

export interface Passkey {
	credential: string;
	title: string;
	created: number;
	used?: number;
}

export interface Factors {
	password: boolean;
	directory: boolean;
	code: boolean;
	passkeys: Passkey[];
}

export interface Challenge {
	challenge: string;
	party: string;
	origin: string;
	credentials: string[];
}

export interface ToSign {
	challenge: string;
	party: string;
	origin: string;
	credentials: string[];
	hash: string;
	policy: string;
}

export interface NewPasskey {
	challenge: string;
	party: string;
	origin: string;
	credentials: string[];
	attestation: 'none' | 'direct';
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
	system_user?: string;
	uid?: number;
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

export interface OrgChange {
	line: number;
	member: string;
	title?: string;
	from?: string;
	until?: string;
	name?: [string | null, string | null];
	department?: [string | null, string | null];
	roles?: [string[] | null, string[] | null];
	deputies?: [string[] | null, string[] | null];
}

export interface OrgPreview {
	good: boolean;
	policy?: string;
	wrong?: string;
	changes: OrgChange[];
	lines: number;
	next?: string;
}

export interface Proposal {
	number: number;
	at: number;
	by?: string;
	name?: string;
	comment?: string;
	state: ProposalState;
	policy?: string;
	decided?: number;
	decided_by?: string;
}

export interface PolicyText {
	policy: string;
	taken: number;
	files: string[];
	name: string;
	lines: string[];
	next?: string;
}

export interface LedgerField {
	name: string;
	value?: string;
	/** of a commitment: what stands behind it is shown, is gone, or is not for who asked. */ behind?: 'open' | 'erased' | 'closed';
}

export interface LedgerEntry {
	index: number;
	leaf: string;
	time: number;
	kind: string;
	transfer?: string;
	fields: LedgerField[];
}

export interface Link {
	zone: string;
	up: boolean;
	state?: string;
	text?: string;
	policy?: string;
}

export interface Status {
	zone: string;
	version: string;
	policy: { hash: string; taken: number };
	transfers: Partial<Record<State, number>>;
	queue: { waiting: number; running: number; dead: number };
	workers: { here: number; idle: number };
	scanner: boolean;
	ledger: { state: 'signs' | 'unasked' | 'behind' | 'forked' | 'alone' | 'reads' | 'none'; size: number; root: string };
	links: Link[];
	store: { kind: 'sqlite' | 'postgresql'; all: number; free: number; kept: number };
}

/** Word of an ask: [its members, its answer]. */
export interface Asks {
	'absence.add': [{ until: number; from?: number; member?: string }, Nothing];
	'absence.end': [{ number: number }, Nothing];
	'absence.list': [{ member?: string; all?: boolean }, { absences: Absence[]; deputies?: Deputy[] }];
	approve: [{ id: string; hash: string; hold?: string; comment?: string; policy?: string; assertion?: string }, { transfer: Transfer }];
	backup: [{ folder: string; keys?: string }, { transfers: number; blobs: number; bytes: number; entries: number; missing: number; millis: number; openings?: number }];
	box: [{ id?: string }, { zone: string; box: string }];
	cancel: [{ id: string; comment?: string }, { transfer: Transfer }];
	class: [{ id: string; class?: string; integrity?: string; availability?: string }, { transfer: Transfer }];
	decide: [{ votes: string; allow?: boolean; comment?: string; policy?: string }, { decided: Decided[] }];
	deny: [{ id: string; hash?: string; hold?: string; comment?: string; policy?: string; assertion?: string }, { transfer: Transfer }];
	departments: [Nothing, { departments: Titled[]; roles: Titled[] }];
	'factor.code.begin': [Nothing, { secret: string; uri: string }];
	'factor.code.confirm': [{ code: string }, LoginAnswer];
	'factor.list': [{ member?: string }, Factors];
	'factor.remove': [{ member?: string }, Nothing];
	'ledger.search': [{ kind?: string; member?: string; from?: number; until?: number; id?: string; first?: number; last?: number; after?: string; most?: number }, { entries: LedgerEntry[]; size: number; next?: string }];
	list: [{ state?: string; waiting?: boolean; all?: boolean; after?: string; most?: number; text?: string; from?: number; until?: number; route?: string; zone?: string; department?: string; class?: string; direction?: string }, { transfers: Transfer[]; next?: string }];
	'login.challenge': [{ member?: string }, Challenge];
	'login.code': [{ code: string }, LoginAnswer];
	'login.link': [{ token: string }, LoginAnswer];
	'login.passkey': [{ assertion: string }, LoginAnswer];
	'login.password': [{ member: string; secret: string }, LoginAnswer];
	logout: [Nothing, Nothing];
	members: [{ text?: string; after?: string; most?: number }, { members: MemberInfo[]; next?: string }];
	'org.decide': [{ number: number; allow?: boolean; policy?: string; comment?: string }, { proposal: Proposal }];
	'org.list': [{ after?: string; most?: number }, { proposals: Proposal[]; next?: string }];
	'org.preview': [{ moves: string; after?: string; most?: number }, OrgPreview];
	'org.propose': [{ moves: string; comment?: string }, { number: number }];
	'org.show': [{ number: number; after?: string; most?: number }, { proposal: Proposal; moves?: string; good?: boolean; policy?: string; wrong?: string; changes?: OrgChange[]; lines?: number; next?: string }];
	'original.approve': [{ id: string; comment?: string; policy?: string; assertion?: string }, { original: Original }];
	'original.ask': [{ id: string; reason: string }, { original?: Original; asked_at?: string }];
	'original.cancel': [{ id: string }, { original: Original }];
	'original.deny': [{ id: string; comment?: string; policy?: string; assertion?: string }, { original: Original }];
	'original.list': [{ waiting?: boolean; all?: boolean; most?: number }, { originals: Original[] }];
	'original.show': [{ id: string }, { original: Original; passkey: boolean; votes: Vote[]; transfer: Transfer }];
	pages: [{ id: string }, { pages: number }];
	'passkey.add': [{ assertion: string; title: string }, { passkey: Passkey }];
	'passkey.challenge': [Nothing, NewPasskey];
	'passkey.list': [{ member?: string }, { passkeys: Passkey[] }];
	'passkey.remove': [{ credential: string; member?: string }, Nothing];
	password: [{ id: string; sealed: string }, { transfer: Transfer }];
	'password.change': [{ new: string; secret?: string }, Nothing];
	'policy.explain': [{ request: string; all?: boolean }, { decision: Decision }];
	'policy.text': [{ name?: string; after?: string; most?: number }, PolicyText];
	'recovery.approve': [{ member: string; uid?: number }, { recovery?: Recovery; link?: string; ends?: number; url?: string }];
	'recovery.ask': [{ member: string; comment?: string; system_user?: string; uid?: number }, Nothing];
	'recovery.deny': [{ member: string }, Nothing];
	'recovery.list': [Nothing, { recoveries: Recovery[] }];
	report: [{ id: string }, Report];
	routes: [Nothing, { routes: RouteInfo[] }];
	send: [{ to: string; name: string; upload: string; id?: string; route?: string; class?: string; integrity?: string; availability?: string; recipient?: string; reason?: string; claimed?: string; sealed?: string }, { transfer: Transfer; decision?: Decision }];
	'session.end': [{ number?: number; all?: boolean; member?: string }, { ended: number }];
	'session.list': [{ member?: string }, { sessions: Session[] }];
	show: [{ id: string }, { transfer: Transfer; history?: HistoryRow[]; votes?: Vote[]; decision?: Decision; cut?: true }];
	sign: [{ id: string; hold: string; allow?: boolean }, ToSign];
	status: [Nothing, Status];
	tasks: [Nothing, Tasks];
	'user.add': [{ member: string; system_user?: string; uid?: number; password?: string }, { account: Account }];
	'user.disable': [{ member: string }, { account: Account }];
	'user.enable': [{ member: string }, { account: Account }];
	'user.invite': [{ member: string }, LinkOnce];
	'user.link': [{ member: string; system_user: string; uid: number }, { account: Account }];
	'user.list': [{ after?: string; most?: number }, { accounts: Account[]; next?: string }];
	'user.password': [{ password: string; member?: string }, { account: Account }];
	'user.show': [{ member: string }, { account: Account }];
	'user.unlink': [{ member: string }, { account: Account }];
	whoami: [Nothing, Who];
}
export type Word = keyof Asks;
export type Members<W extends Word> = Asks[W][0];
export type Answer<W extends Word> = Asks[W][1];
