// Changes of the organisation as a table (one person a line) and as the lines that the post reads: src/policy/moves.h.
import { N_ } from './i18n';
import type { Row } from './csv';

export const COLUMNS = ['member', 'title', 'department', 'roles', 'deputies', 'from', 'until'] as const;
export type Column = (typeof COLUMNS)[number];

/** Bytes of all lines, as the post takes them at once (asks.def). */
export const MOVES_MOST = 55_000;

export const HEADS: Record<Column, string> = {
	member: N_("Account name"),
	title: N_("Name"),
	department: N_("Department"),
	roles: N_("Roles"),
	deputies: N_("Deputies"),
	from: N_("Holds from"),
	until: N_("Holds until"),
};

/** Other words for a column that people's tables have, as they are after plain(). */
const KNOWN: Record<Column, string[]> = {
	member: ['member', 'account', 'accountname', 'id', 'userid', 'user', 'アカウント', 'アカウント名', 'ユーザーid', 'ユーザー名'], // lang: heads
	title: ['title', 'name', '氏名', '名前', '表示名'], // lang: heads
	department: ['department', 'dept', '所属', '所属課', '部署', '課', '組織'], // lang: heads
	roles: ['roles', 'role', '役割', '役職', '権限'], // lang: heads
	deputies: ['deputies', 'deputy', '代決者', '代理', '代理者', '代行', '代行者'], // lang: heads
	from: ['from', 'holdsfrom', 'effective', 'date', '適用日', '適用開始日', '開始日', '発令日', '異動日'], // lang: heads
	until: ['until', 'to', 'holdsuntil', 'end', '適用終了日', '終了日', '退職日', '最終日'], // lang: heads
};
const STAFF = ['職員', '職員id', '職員番号', '職員コード']; // lang: heads for the account's name, too

const plain = (s: string) => s.normalize('NFKC').replace(/^\ufeff/, '').replace(/[\s_\-()]/g, '').toLowerCase();

const columnOf = (head: string) => (STAFF.includes(head) ? 'member' : COLUMNS.find((name) => KNOWN[name].includes(head)));

function columnsOf(head: Row | undefined): (Column | undefined)[] | undefined {
	const found = head?.cells.map((c) => columnOf(plain(c))) ?? [];
	return found.includes('member') ? found : undefined;
}

const ERAS: Record<string, number> = { r: 2018, h: 1988, 令和: 2018, 平成: 1988 }; // lang: years before the first of an era

/** "2027-04-01" of what stands in a table: 2027/4/1, 2027.4.1, R9.4.1, and the same in Japanese. As it is when it is none of them. */
export function dayText(text: string): string {
	const s = text.normalize('NFKC').trim().toLowerCase();
	const m = /^([a-z]|令和|平成)?\s*(\d{1,4}|元)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$/.exec(s); // lang: of a date
	const joined = /^(\d{4})(\d{2})(\d{2})$/.exec(s);
	if (joined) return joined.slice(1).join('-');
	const era = m?.[1] ? ERAS[m[1]] : 0;
	if (!m || era === undefined || (!m[1] && m[2]!.length !== 4)) return text.trim();
	const year = era + (m[2] === '元' ? /* lang: first */ 1 : Number(m[2]));
	return `${year}-${m[3]!.padStart(2, '0')}-${m[4]!.padStart(2, '0')}`;
}

const clean = (s: string) => s.replace(/[\t\r\n]+/g, ' ').trim();
const SEPARATORS = /[;/、・]/g; // lang: as people part names
const CELL: Record<Column, (s: string) => string> = {
	member: (s) => s.normalize('NFKC'),
	title: (s) => s,
	department: (s) => s.normalize('NFKC'),
	roles: (s) => s.normalize('NFKC').replace(SEPARATORS, ','),
	deputies: (s) => s.normalize('NFKC').replace(SEPARATORS, ','),
	from: dayText,
	until: dayText,
};

export interface Moves {
	/** As the post wants it. */
	text: string;
	/** Of each of its lines: the line of the table. */
	lines: number[];
}

export class NotMoves extends Error {
	constructor(readonly sentence: string) {
		super('not moves');
	}
}

/** A table with a line of heads (in any order), or without one and with all columns in theirs. */
export function movesOf(rows: Row[]): Moves {
	const heads = columnsOf(rows[0]);
	const order: (Column | undefined)[] = heads ?? [...COLUMNS];
	const body = heads ? rows.slice(1) : rows;
	if (!body.length) throw new NotMoves(N_("There is nobody in this table."));
	const lines = body.map((row) => {
		const of = (name: Column) => CELL[name](clean(row.cells[order.indexOf(name)] ?? ''));
		return COLUMNS.map((name) => (order.includes(name) ? clean(of(name)) : '')).join('\t');
	});
	const text = `${lines.join('\n')}\n`;
	if (new TextEncoder().encode(text).length > MOVES_MOST)
		throw new NotMoves(N_("This table is too large to be taken at once; make two of it."));
	return { text, lines: body.map((r) => r.line) };
}

/** Lines of the post back as a table. */
export const rowsOfMoves = (text: string): string[][] => text.split('\n').filter(Boolean).map((l) => l.split('\t'));
