// What the invented post answers to whoever approves, runs it or audits it.
import type { Account, OrgChange, Original, Proposal, Transfer, Who } from '../src/api/types';
import { approvers, NOW, transfers, who } from './data';
import { ok, refuse } from './install';
import type { Words } from './post';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const HASH = '5f0c2ab1'.repeat(8);

/** Somebody with every right, so that every page is there. */
export const chief: Who = { ...who, rights: ['approve', 'release-original', 'administer', 'audit', 'oversee'] };

const base = transfers[0]!;
function waiting(n: number, name: string, more: Partial<Transfer>): Transfer {
	return {
		...base, id: `c${n}`.padEnd(32, '0'), name, state: 'held', holds: ['approval'], owner: 'lgwan', route: 'file-out', from: 'lgwan', to: 'internet',
		class: '2', requester: 'ni', requester_name: '市民課 職員2', recipient: 'ni', reason: '市ホームページに載せるため。', size: 84_231,
		output_hash: HASH, output_size: 61_020, output_type: 'pdf', method: 'rebuild', removed: 'pdf.metadata=3,pdf.javascript=1',
		received: NOW - n * HOUR, changed: NOW - n * HOUR, expires: NOW + 5 * DAY, role: ['approver'], ...more,
	};
}

export const queue: Transfer[] = [
	waiting(9, '令和8年度 市民まつり開催要項（最終版）.pdf', {}),
	waiting(7, '補助金交付対象者一覧.xlsx', { holds: ['approval', 'leak'], output_type: 'xlsx', class: '3C', requester_name: '情報政策課 職員3' }),
	waiting(5, '工事図面_第2工区.pdf', { class: '1', bulk: true }),
	waiting(4, '広報あおぞら 12月号.pdf', { class: '1', bulk: true }),
	waiting(3, '施設利用案内（改訂）.docx', { class: '1', bulk: true, output_type: 'docx' }),
	waiting(2, '議会だより原稿.docx', { output_type: 'docx', holds: ['approval', 'class'] }),
];

const reasons = (x: Transfer) => [
	{ why: 'approval', hold: 'approval' as const, line: 131, text: 'It waits for approval: {1} of {2} given.', a: '1', b: '2' },
	...(x.holds.includes('leak') ? [{ why: 'leak.mynumber', hold: 'leak' as const, line: 134, text: 'Individual numbers stand in it: {1}', a: '3' }] : []),
];

const originals: Original[] = [
	{ id: 'd1'.padEnd(32, '0'), transfer: queue[2]!.id, state: 'held', requester: 'ni', reason: '電子署名を確認するため', asked: NOW - 3 * HOUR, changed: NOW, expires: NOW + DAY },
	{ id: 'd2'.padEnd(32, '0'), transfer: base.id, state: 'released', requester: who.member, reason: '印刷会社に渡す版の余白を確認', asked: NOW - 9 * HOUR, changed: NOW, expires: NOW + DAY, downloads: 0 },
];

const account = (member: string, name: string, more: Partial<Account> = {}): Account => ({
	member, name, known: true, password: true, passkeys: 1, disabled: false, used: true, created: NOW - 200 * DAY, rights: [], roles: ['clerk'], ...more,
});
const accounts = [
	account('ichi', '市民課 職員1', { rights: ['approve'], roles: ['chief'] }),
	account('ni', '市民課 職員2'),
	account('san', '情報政策課 職員3', { rights: ['administer'], roles: ['clerk', 'systems'] }),
	account('gone', '旧職員', { known: false, roles: [], disabled: true }),
];

const NAMES = ['税務課 職員1', '税務課 職員2', '市民課 職員3', '市民課 職員4'];
const change = (i: number): OrgChange => ({
	line: i + 1,
	member: `member-${i + 1}`,
	title: NAMES[i % NAMES.length]!,
	...(i % 9 === 8 ? { until: '2027-03-31' } : { from: '2027-04-01', department: i % 5 === 4 ? [null, 'zeimu'] : ['shimin', 'zeimu'] }),
	...(i % 3 === 1 ? { roles: [['clerk'], ['clerk', 'chief']] as [string[], string[]] } : {}),
	...(i % 4 === 2 ? { deputies: [['cho'], []] as [string[], string[]] } : {}),
});
const proposals: Proposal[] = [
	{ number: 12, at: NOW - 5 * HOUR, by: 'san', name: '情報政策課 職員3', comment: '令和9年4月1日付け人事異動（300名）', state: 'open', policy: HASH },
	{ number: 11, at: NOW - 90 * DAY, by: 'ichi', name: '市民課 職員1', comment: '10月異動', state: 'done', policy: HASH, decided: NOW - 89 * DAY, decided_by: 'san' },
	{ number: 10, at: NOW - 120 * DAY, by: 'san', name: '情報政策課 職員3', state: 'denied', policy: HASH, decided: NOW - 119 * DAY, decided_by: 'ichi' },
];
function preview(after: unknown, all: number) {
	const from = Number(after ?? 0);
	const rows = Array.from({ length: Math.max(0, Math.min(100, all - from)) }, (_, i) => change(from + i));
	return { good: true, policy: HASH, changes: rows, lines: all, ...(from + rows.length < all ? { next: String(from + rows.length) } : {}) };
}
const linesOf = (moves: string) => moves.split('\n').filter(Boolean).length;

const POLICY = `sekisho policy 1

zone internet {
	name "インターネット接続系"
	networks 10.3.0.0/16
}

zone lgwan {
	name "LGWAN接続系"
	networks 10.2.0.0/16
}

# 持込み
route file-in from internet to lgwan {
	carry file
	clean rebuild else flatten else refuse
	encrypted hold for 7 days  # the recipient gives the password
	limit size 100M, depth 4, members 2000
	scan virus required, signatures 3 days
	keep original 30 days
	expire 14 days
}

# 持出し: 課長の承認が要る
route file-out from lgwan to internet {
	carry file
	require class confidentiality <= "2"
	refuse mynumber
	hold corporate-number, dictionary
	approve by superior, deputy after 4 hours, bulk confidentiality <= "1"
	expire 7 days, downloads 3
}`.split('\n');

const absences = [
	{ number: 4, member: who.member, name: who.name, from: NOW - HOUR, until: NOW + 2 * DAY, said_by: who.member },
	{ number: 6, member: who.member, name: who.name, from: NOW + 9 * DAY, until: NOW + 14 * DAY, said_by: 'san' },
];

/** Of the passkey that a test has put into this browser. */
const credentials = () => [sessionStorage.getItem('fake.credential')].filter(Boolean);

export const deskWords: Words = {
	whoami: () => ok(chief),
	list: (b) => ok({ transfers: b['waiting'] ? queue : [...queue, ...transfers].filter((x) => !b['state'] || x.state === b['state']) }),
	show: (b) => {
		const x = [...queue, ...transfers].find((y) => y.id === b['id']);
		if (!x) return refuse(404, 'no-transfer');
		const votes = x === queue[1] ? [{ at: NOW - HOUR, person: '総務課長', allow: true, hold: 'approval', method: 'passkey', hash: HASH, counts: true, comment: '内容を確認済み' }] : [];
		return ok({ transfer: x, history: [], votes, decision: { effect: 'hold', reasons: reasons(x), persons: 2, approvals: 1, approvers } });
	},
	report: (b) => {
		const leak = queue.some((x) => x.id === b['id'] && x.holds.includes('leak'));
		return ok({
			method: 'rebuild',
			cleaner: '1',
			removals: [{ code: 'pdf.javascript', count: 1, text: 'Removed a script.' }, { code: 'pdf.metadata', count: 3, text: 'Removed hidden details about the file.' }],
			findings: leak ? [{ kind: 'mynumber', count: 3 }] : [],
			places: leak ? [1, 2, 3].map((n) => ({ kind: 'mynumber', trust: n > 1 ? 'sure' : 'weak', where: '交付者', line: n + 1, column: 4, cell: 2, word: 0 })) : [],
		});
	},
	pages: () => ok({ pages: 3 }),
	sign: () => ok({ challenge: 'c2VraXNobw', party: location.hostname, origin: location.origin, credentials: credentials(), hash: HASH, policy: HASH }),
	decide: (b) => {
		const ids = String(b['votes']).split('\n').map((l) => l.split(' ')[0]!);
		return ok({ decided: ids.map((id) => (decided({ id }, 'approved').status === 200 ? { id, status: 'ok', state: 'approved' } : { id, status: 'refused', why: 'state', field: 'approved', text: '' })) });
	},
	approve: (b) => decided(b, 'approved'),
	deny: (b) => decided(b, 'denied'),
	'absence.list': (b) => ok(b['all'] ? { absences } : { absences, deputies: [{ member: 'dairi', name: '市民課 課長補佐' }] }),
	'absence.add': () => ok({}),
	'absence.end': () => ok({}),
	'original.list': (b) => ok({ originals: b['waiting'] ? originals.slice(0, 1) : b['all'] ? originals : originals.slice(1) }),
	'original.show': (b) => {
		const o = originals.find((x) => x.id === b['id']);
		return o ? ok({ original: o, votes: [], transfer: queue[2]! }) : refuse(404, 'no-transfer');
	},
	'original.ask': () => ok({ original: originals[1]! }),
	'user.list': () => ok({ accounts }),
	'user.show': (b) => {
		const a = accounts.find((x) => x.member === b['member']);
		return a ? ok({ account: a }) : refuse(404, 'no-user', String(b['member']));
	},
	'user.invite': () => ok({ link: HASH, ends: NOW + 900_000, url: `https://lgwan.localhost/welcome#${HASH}` }),
	'recovery.ask': () => ok({}),
	'recovery.list': () => ok({ recoveries: [{ member: 'ni', name: '市民課 職員2', asked: NOW - HOUR, ends: NOW + 20 * HOUR, by: 'san', comment: '携帯電話を交換した' }] }),
	departments: () => ok({ departments: [{ name: 'shimin', title: '市民課' }, { name: 'zeimu', title: '税務課' }], roles: [{ name: 'clerk', title: '職員' }, { name: 'chief', title: '課長' }] }),
	'org.list': () => ok({ proposals }),
	'org.show': (b) => {
		const p = proposals.find((x) => x.number === b['number']);
		return p ? ok({ proposal: p, moves: 'member-1\t\tzeimu\t\t\t2027-04-01\t\n', ...(p.state === 'open' ? preview(b['after'], 300) : {}) }) : refuse(404, 'no-line');
	},
	'org.preview': (b) => {
		const moves = String(b['moves']);
		const wrong = moves.split('\n').findIndex((l) => l.startsWith('?'));
		if (wrong < 0) return ok(preview(b['after'], linesOf(moves)));
		const told = refuse(422, 'line', String(wrong + 1));
		return { ...told, body: { ...(told.body as object), wrong: "'{1}' is not a name: letters a to z, digits and '-', a letter first, at most 63.", what: '?' } };
	},
	'org.propose': () => ok({ number: 12 }),
	'org.decide': (b) => ok({ proposal: { ...proposals[0]!, state: b['allow'] ? 'approved' : 'denied' } }),
	'policy.text': () => ok({ policy: HASH, taken: NOW - 30 * DAY, files: ['post.policy', 'organisation.policy'], name: 'post.policy', lines: POLICY }),
	'policy.explain': () => ok({ decision: { effect: 'hold', reasons: reasons(queue[0]!), persons: 1, approvals: 0, approvers } }),
	'ledger.search': (b) => {
		const before = b['after'] ? Number(b['after']) : 48_211;
		const of = (index: number) => ({
			index, leaf: HASH, time: NOW - (48_211 - index) * 60_000, kind: index % 5 ? 'transfer.release' : 'login', ...(index % 5 ? { transfer: transfers[0]!.id } : {}),
			fields: [
				{ name: 'event', value: 'released' }, { name: 'outbox', value: String(index + 1) },
				{ name: 'personal.actor', behind: 'open', value: 'ichi' }, { name: 'personal.file', behind: 'erased' },
			],
		});
		return ok({ entries: Array.from({ length: 50 }, (_, i) => of(before - 1 - i)), size: 48_211, next: String(before - 50) });
	},
	status: () =>
		ok({
			zone: 'lgwan', version: '0.5.0', policy: { hash: HASH, taken: NOW - DAY }, transfers: { released: 41, collected: 5210, held: 4, refused: 12, denied: 3 },
			queue: { waiting: 2, running: 2, dead: 0 }, workers: { here: 4, idle: 2 }, scanner: true, store: { kind: 'sqlite', all: 500_000_000_000, free: 312_000_000_000, kept: 1_000_000_000 }, ledger: { state: 'signs', size: 48_211, root: HASH },
			links: [{ zone: 'internet', up: true, state: 'up', policy: HASH }, { zone: 'mynumber', up: false, state: 'unreachable', text: 'connect: timed out' }],
		}),
};

function decided(b: Record<string, unknown>, state: Transfer['state']) {
	const at = queue.findIndex((x) => x.id === b['id']);
	const [x] = at < 0 ? [] : queue.splice(at, 1);
	return x ? ok({ transfer: { ...x, state } }) : refuse(409, 'state', state);
}
