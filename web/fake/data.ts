// An invented office in the LGWAN zone, in the morning.
import type { Approver, HistoryRow, Removal, RouteInfo, Transfer, Who } from '../src/api/types';

const HOUR = 3_600_000;
export const NOW = Date.now();

export const who: Who = {
	member: 'ichi',
	name: '市民課 職員1',
	department: 'shimin',
	department_name: '市民課',
	rights: ['approve'],
	root: false,
	disabled: false,
	zone: 'lgwan',
	zone_name: 'LGWAN接続系',
	login: 'two-factors',
	wants: 'two-factors',
	enough: true,
	factors: ['password', 'code'],
	more: ['passkey'],
	session: 7,
	ends: NOW + 8 * HOUR,
	idle: 1_800_000,
};

const approvers: Approver[] = [
	{ member: 'cho', name: '市民課長' },
	{ member: 'dairi', name: '市民課 課長補佐', after: NOW + 4 * HOUR },
];

export const routes: RouteInfo[] = [
	{
		name: 'file-out',
		from: 'lgwan',
		to: 'internet',
		to_name: 'インターネット接続系',
		direction: 'out',
		classes: ['3A', '3B', '3C', '2', '1'].map((name) => ({ name, allowed: name <= '2' })),
		class_wanted: true,
		reason_wanted: false,
		size_most: 100 * 1024 * 1024,
		encrypted: 'hold',
		expire: 7 * 24 * HOUR,
		scan: true,
		login: 'two-factors',
		downloads: 3,
		approvers,
		persons: 1,
	},
];

let last = 0;
function transfer(name: string, more: Partial<Transfer>): Transfer {
	const id = (++last).toString(16).padStart(32, 'a');
	return {
		id,
		state: 'released',
		holds: [],
		owner: 'lgwan',
		route: 'file-in',
		from: 'internet',
		to: 'lgwan',
		class: '2',
		requester: 'ni',
		requester_name: '情報政策課 職員2',
		recipient: 'ichi',
		name,
		size: 348_160,
		found: name.split('.').pop() ?? '',
		method: 'rebuild',
		received: NOW - last * HOUR * 5,
		changed: NOW - last * HOUR * 5 + 2000,
		released: NOW - last * HOUR * 5 + 2000,
		expires: NOW + 6 * 24 * HOUR,
		downloads: 0,
		downloads_most: 3,
		role: ['recipient'],
		output_hash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
		output_size: 301_000,
		output_type: name.split('.').pop() ?? '',
		...more,
	};
}

const mine: Partial<Transfer> = { from: 'lgwan', to: 'internet', route: 'file-out', requester: 'ichi', requester_name: '市民課 職員1', role: ['requester', 'recipient'] };
const none: Partial<Transfer> = { output_hash: undefined as unknown as string, output_size: undefined as unknown as number, output_type: undefined as unknown as string };

export const transfers: Transfer[] = [
	transfer('令和8年度 施設予約システム 見積書.xlsx', { removed: 'office.macro=2,office.external=1,office.metadata=4' }),
	transfer('転入届の記載例.pdf', { removed: 'pdf.javascript=1' }),
	transfer('現地写真_公園.jpg', { removed: '', size: 4_800_000, output_size: 4_100_000 }),
	transfer('保育所入所案内.docx', { ...mine, ...none, state: 'held', holds: ['approval'], reason: '公式サイトへの掲載' }),
	transfer('添付資料.zip', { ...none, state: 'held', holds: ['password'], requester_name: '株式会社みほん' }),
	transfer('統計データ.csv', { ...mine, ...none, state: 'cleaning' }),
	transfer('旧様式.jtd', { ...none, state: 'refused' }),
	transfer('住民アンケート集計.xlsx', { ...mine, state: 'denied', reason: '委託先への送付' }),
	transfer('広報あおぞら 12月号.pdf', { ...mine, state: 'collected', downloads: 1, removed: 'pdf.metadata=1' }),
	transfer('議会答弁資料.docx', { ...mine, state: 'expired' }),
	transfer('打合せメモ.txt', { ...mine, state: 'cancelled' }),
];

export const removals: Removal[] = [
	{ code: 'office.macro', count: 2, text: 'Removed a program that runs by itself (macro).' },
	{ code: 'office.external', count: 1, text: 'Removed a connection to content outside the document.' },
	{ code: 'office.metadata', count: 4, text: 'Removed details such as author and editing history.' },
];

export function historyOf(x: Transfer): HistoryRow[] {
	const rows: HistoryRow[] = [
		{ at: x.received, event: 'receive', to: 'received', by: 'requester', person: x.requester_name ?? '' },
		{ at: x.received + 400, event: 'clean', from: 'received', to: 'cleaning', by: 'gate' },
	];
	if (x.output_hash) rows.push({ at: x.received + 1600, event: 'cleaned', from: 'cleaning', to: 'cleaned', by: 'worker' });
	if (x.state === 'released' || x.state === 'collected') rows.push({ at: x.received + 2000, event: 'release', from: 'verified', to: 'released', by: 'gate' });
	return rows;
}

export { approvers };
