// Tables as spreadsheets write them: UTF-8, UTF-16 with a mark, or CP932 (what Japanese ones write unless told otherwise).

export type Encoding = 'UTF-8' | 'UTF-16' | 'CP932';

/** undefined: it is none of them. The marks at the beginning decide; after them, what can be read without a fault. */
export function decodeText(bytes: Uint8Array): { text: string; encoding: Encoding } | undefined {
	const [a, b] = bytes;
	if (a === 0xff && b === 0xfe) return { text: new TextDecoder('utf-16le').decode(bytes), encoding: 'UTF-16' };
	for (const [label, encoding] of [['utf-8', 'UTF-8'], ['shift_jis', 'CP932']] as const) {
		try {
			const text = new TextDecoder(label, { fatal: true }).decode(bytes);
			if (!text.includes('\0')) return { text, encoding };
		} catch {
			// the next one
		}
	}
	return undefined;
}

/** What stands between cells: whichever of them the first line has most of. */
function separatorOf(text: string): string {
	const line = text.slice(0, text.search(/[\r\n]|$/));
	const many = (c: string) => line.split(c).length;
	return [',', '\t', ';'].reduce((best, c) => (many(c) > many(best) ? c : best));
}

export interface Row {
	/** Of the file, from 1. */
	line: number;
	cells: string[];
}

/** Rows of cells, RFC 4180; rows without anything in them are left out. */
export function parseCsv(text: string, separator = separatorOf(text)): Row[] {
	const rows: Row[] = [];
	let cells: string[] = [];
	let cell = '';
	let quoted = false;
	let line = 1;
	let first = 1;
	const endRow = () => {
		cells.push(cell);
		if (cells.some((c) => c.trim())) rows.push({ line: first, cells });
		cells = [];
		cell = '';
	};
	for (let i = 0; i < text.length; i++) {
		const c = text[i]!;
		if (c === '\n') line++;
		if (quoted) {
			if (c !== '"') cell += c;
			else if (text[i + 1] === '"') cell += text[++i]!;
			else quoted = false;
		} else if (c === '"' && cell === '') quoted = true;
		else if (c === separator) {
			cells.push(cell);
			cell = '';
		} else if (c === '\n') {
			endRow();
			first = line;
		} else if (c !== '\r') cell += c;
	}
	if (cell || cells.length) endRow();
	return rows;
}

const guarded = (s: string) => (/^[=+\-@\t\r]/.test(s) ? `'${s}` : s); // nothing that a spreadsheet would calculate

/** A CSV that Japanese spreadsheets open as it is: with a mark, so that it is read as UTF-8. */
export function writeCsv(rows: string[][]): string {
	const quote = (s: string) => (/[",\r\n]/.test(s) ? `"${s.replace(/"/g, '""')}"` : s);
	return `\ufeff${rows.map((r) => r.map((s) => quote(guarded(s))).join(',')).join('\r\n')}\r\n`;
}

/** Has the browser keep a text as a file. */
export function saveText(name: string, text: string, type = 'text/csv'): void {
	const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
	const link = document.createElement('a');
	link.href = url;
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
