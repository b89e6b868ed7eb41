// A new change of the organisation: a table is read here in the browser, looked at line by line with what it would do, and
// proposed. Nothing changes before somebody else has agreed.
import { useRef, useState } from 'preact/hooks';
import { ask, Refusal, sentenceOf } from '../../api/client';
import { useMore } from '../../api/more';
import type { OrgChange, OrgPreview } from '../../api/types';
import { useDoing } from '../../api/use';
import { decodeText, type Encoding, parseCsv, saveText, writeCsv } from '../../csv';
import { count, t, tn, tr, useLanguage } from '../../i18n';
import { COLUMNS, HEADS, type Moves, movesOf, NotMoves } from '../../moves';
import { Button } from '../../parts/button';
import { Actions } from '../../parts/dialog';
import { useDrop } from '../../parts/drop';
import { Icon } from '../../parts/icon';
import { LinesField } from '../../parts/field';
import { Loading, Notice, Trouble } from '../../parts/notice';
import { Card, Page } from '../../parts/page';
import { go } from '../../router';
import { wrongText } from '../../says';
import { toast } from '../../parts/toast';
import { Changes } from './changes';
import { useNames } from './names';
import '../../styles/desk.css';

const FILE_MOST = 4 << 20;
const PAGES = 40;

interface Table {
	name: string;
	encoding: Encoding;
	moves: Moves;
}

async function read(file: File): Promise<Table> {
	if (file.size > FILE_MOST) throw new NotMoves(t("This table is too large to be taken at once; make two of it."));
	const got = decodeText(new Uint8Array(await file.arrayBuffer()));
	if (!got) throw new NotMoves(t("This is no table of text. Save it in the spreadsheet as CSV (with commas), and choose that file."));
	return { name: file.name, encoding: got.encoding, moves: movesOf(parseCsv(got.text)) };
}

const template = () =>
	saveText('sekisho-organisation.csv', writeCsv([COLUMNS.map((c) => tr(HEADS[c])), ['shimin-1', '', 'tax', 'clerk', '', '2027-04-01', '']]));

function HowTo() {
	return (
		<details class="card fold">
			<summary>
				<h2>{t("What the table holds")}</h2>
			</summary>
			<ul class="reasons">
				<li>{t("One person a line. The first line names the columns; their order does not matter.")}</li>
				<li>{t("Account name, and the day from which it holds: always. Name, department and roles: where they change, and for who is new.")}</li>
				<li>{t("Who leaves: account name and the last day in “Holds until”, nothing else.")}</li>
				<li>{t("Several roles or deputies: with commas between. “-” takes all deputies away. What is empty stays as it is.")}</li>
				<li>{t("Days as 2027-04-01, 2027/4/1 or with a Japanese year. CSV as Excel saves it is right, in UTF-8 or Shift JIS.")}</li>
			</ul>
			<p>
				<Button icon="receive" onClick={template}>
					{t("Table to fill in")}
				</Button>
			</p>
		</details>
	);
}

/** What the post says of a line that it cannot take, with the line of the table. */
function faultOf(error: unknown, table: Table): string {
	if (error instanceof Refusal && error.why === 'line') {
		const line = Number(error.field);
		return t("Line {1} of {2}: {3}", table.moves.lines[line - 1] ?? line, table.name, tr(error.more('wrong'), error.more('what')));
	}
	return sentenceOf(error);
}

function Preview({ table, onAnother }: { table: Table; onAnother: () => void }) {
	const [comment, setComment] = useState('');
	const [last, setLast] = useState<OrgPreview>();
	const names = useNames();
	const doing = useDoing();
	const moves = table.moves.text;
	const shown = useMore<OrgChange>(async (after, signal) => {
		const answer = await ask('org.preview', { moves, most: 200, ...(after ? { after } : {}) }, signal);
		setLast(answer);
		return { rows: answer.changes ?? [], next: answer.next };
	}, moves, PAGES);
	const propose = (e: Event) => {
		e.preventDefault();
		void doing.run(async () => {
			const { number } = await ask('org.propose', { moves, ...(comment.trim() ? { comment: comment.trim() } : {}) });
			toast(t("Proposed. Somebody else has to agree before it holds."));
			go(`/admin/organisation/${number}`);
		});
	};
	if (shown.loading && !shown.rows.length) return <Loading />;
	return (
		<>
			{Boolean(shown.error) && (
				<Notice kind="bad" title={t("This cannot be taken as it is")}>
					<p>{faultOf(shown.error, table)}</p>
				</Notice>
			)}
			{last?.good === false && (
				<Notice kind="bad" title={t("The policy would not be good with this")}>
					<p>{wrongText(last.wrong)}</p>
				</Notice>
			)}
			{!shown.error && last?.good && (
				<Notice kind="good">
					<p>{tn("{1} line can be taken as it is.", "All {1} lines can be taken as they are.", last.lines ?? shown.rows.length)}</p>
				</Notice>
			)}
			{shown.rows.length > 0 && (
				<Card flush title={t("What it would do")}>
					<Changes changes={shown.rows} named={names} lineOf={(n) => table.moves.lines[n - 1] ?? n} />
				</Card>
			)}
			<form class="card stack" onSubmit={propose}>
				{last?.good && !shown.error && <LinesField label={t("Comment for who decides")} optional value={comment} onValue={setComment} maxLength={1000} />}
				<Trouble error={doing.error} />
				<Actions>
					{last?.good && !shown.error && (
						<Button kind="primary" type="submit" busy={doing.busy}>
							{t("Propose this")}
						</Button>
					)}
					<Button onClick={onAnother}>{t("Choose another table")}</Button>
				</Actions>
			</form>
		</>
	);
}

/** One table, dropped, pasted or chosen. */
function TableDrop({ onFiles }: { onFiles: (files: File[]) => void }) {
	const over = useDrop(onFiles);
	const input = useRef<HTMLInputElement>(null);
	const chosen = (e: Event) => {
		const from = e.currentTarget as HTMLInputElement;
		const files = [...(from.files ?? [])];
		from.value = ''; // the same table can be chosen again, mended
		if (files.length) onFiles(files);
	};
	return (
		<div class={`drop ${over ? 'over' : ''}`}>
			<Icon name="file" size={36} />
			<p class="drop-say">{t("Drop the table here")}</p>
			<Button icon="file" kind="primary" onClick={() => input.current?.click()}>
				{t("Choose the table")}
			</Button>
			<input ref={input} type="file" accept=".csv,.txt,.tsv,text/csv" hidden aria-label={t("Choose the table")} data-choose="table" onChange={chosen} />
		</div>
	);
}

export function ProposeChange() {
	useLanguage();
	const [table, setTable] = useState<Table>();
	const [wrong, setWrong] = useState('');
	const take = (files: File[]) => {
		const file = files[0];
		if (!file) return;
		setWrong('');
		read(file).then(setTable, (e: unknown) => setWrong(e instanceof NotMoves ? tr(e.sentence) : sentenceOf(e)));
	};
	return (
		<Page
			title={t("Change of the organisation")}
			lead={table ? t("{1} ({2}): {3} lines", table.name, table.encoding, count(table.moves.lines.length)) : t("Who comes, goes or moves from which day on: in one table, looked at before anything happens.")}
		>
			{wrong && (
				<Notice kind="bad">
					<p>{wrong}</p>
				</Notice>
			)}
			{!table && <TableDrop onFiles={take} />}
			{!table && <HowTo />}
			{table && <Preview key={table.moves.text} table={table} onAnother={() => setTable(undefined)} />}
		</Page>
	);
}
