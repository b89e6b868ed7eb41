// What people's tables look like, and what becomes of them.
import { expect, test } from 'vitest';
import { decodeText, parseCsv, writeCsv } from './csv';
import { dayText, movesOf, MOVES_MOST, NotMoves } from './moves';

const bytes = (hex: string) => Uint8Array.from(hex.match(/../g)!, (x) => parseInt(x, 16));

test('tables in UTF-8, in UTF-16 and in CP932 are read', () => {
	expect(decodeText(new TextEncoder().encode('氏名'))).toEqual({ text: '氏名', encoding: 'UTF-8' });
	expect(decodeText(bytes('8e8196bc'))).toEqual({ text: '氏名', encoding: 'CP932' });
	expect(decodeText(bytes('8740fbfc'))).toEqual({ text: '①髙', encoding: 'CP932' }); // not of JIS X 0208
	expect(decodeText(bytes('fffe0f6c0d54'))).toEqual({ text: '氏名', encoding: 'UTF-16' });
	expect(decodeText(bytes('ff81ff'))).toBeUndefined();
	expect(decodeText(bytes('504b030400'))).toBeUndefined(); // a workbook, not a table
});

test('cells may hold commas, quotes and ends of lines; a row knows its line', () => {
	expect(parseCsv('a,"b,""c""\nd"\r\n\r\n,\ne,f')).toEqual([
		{ line: 1, cells: ['a', 'b,"c"\nd'] },
		{ line: 5, cells: ['e', 'f'] },
	]);
	expect(parseCsv('a\tb\n')).toEqual([{ line: 1, cells: ['a', 'b'] }]);
});

test('what is written is read again, and nothing of it is calculated', () => {
	const text = writeCsv([['a,b', '"q"'], ['=1+1', '@x']]);
	expect(parseCsv(text.slice(1)).map((r) => r.cells)).toEqual([['a,b', '"q"'], ["'=1+1", "'@x"]]);
	expect(text.charCodeAt(0)).toBe(0xfeff);
});

test('dates as people write them', () => {
	for (const d of ['2027-04-01', '2027/4/1', '2027.4.1', '2027年4月1日', '20270401', '令和9年4月1日', 'R9.4.1', '２０２７／４／１'])
		expect(dayText(d)).toBe('2027-04-01');
	expect(dayText('令和元年5月1日')).toBe('2019-05-01');
	for (const d of ['4/1', 'x', '27/4/1', '']) expect(dayText(d)).toBe(d);
});

test('heads in any order; what is not there is not said', () => {
	const rows = parseCsv('氏名,職員ID,異動日,所属\n市民課　職員1,shimin-1,2027/4/1,welfare\n');
	expect(movesOf(rows)).toEqual({ text: 'shimin-1\t市民課　職員1\twelfare\t\t\t2027-04-01\t\n', lines: [2] });
});

test('without heads the columns are in their order', () => {
	const rows = parseCsv('shimin-1,,tax,chief、clerk,-,R9.4.1,\nshimin-2,,,,,,2027/3/31');
	expect(movesOf(rows).text).toBe('shimin-1\t\ttax\tchief,clerk\t-\t2027-04-01\t\nshimin-2\t\t\t\t\t\t2027-03-31\n');
});

test('a cell cannot make a column or a line of its own', () => {
	expect(movesOf(parseCsv('a1,"x\ty\nz",b,c,,2027-04-01,')).text).toBe('a1\tx y z\tb\tc\t\t2027-04-01\t\n');
});

test('an empty table and one that is too large are told', () => {
	expect(() => movesOf(parseCsv('member,name\n'))).toThrow(NotMoves);
	const long = Array.from({ length: 3000 }, (_, i) => `member-${i},,department-${i},,,2027-04-01,`).join('\n');
	expect(long.length).toBeGreaterThan(MOVES_MOST);
	expect(() => movesOf(parseCsv(long))).toThrow(NotMoves);
});

test('300 people of one April fit', () => {
	const rows = Array.from({ length: 300 }, (_, i) => `member-${i},職員${i},department-${i % 40},"clerk,sender",deputy-${i},2027/4/1,`).join('\r\n');
	expect(movesOf(parseCsv(rows)).lines).toHaveLength(300);
});
