// Rows that are alike. On a narrow screen each row is a card, whose cells say what they are.
import type { ComponentChildren } from 'preact';
import { go } from '../router';

export interface Column<T> {
	head: string;
	cell: (row: T) => ComponentChildren;
	/** main: the row's name, large on a narrow screen; number: to the right; narrow: as small as it can be; wide only: left out on a phone. */
	kind?: 'main' | 'number' | 'narrow' | 'wide-only' | 'number wide-only';
}

export function Table<T>({
	caption, columns, rows, id, href, shownCaption, empty,
}: {
	caption: string;
	columns: Column<T>[];
	rows: T[];
	id: (row: T) => string;
	/** A click anywhere in the row goes there; the main cell should hold the link itself, for the keyboard. */
	href?: (row: T) => string;
	shownCaption?: boolean;
	empty?: ComponentChildren;
}) {
	const open = (e: MouseEvent, row: T) => {
		if (!href || (e.target as Element).closest('a, button, input, label, summary')) return;
		if (getSelection()?.toString()) return;
		go(href(row));
	};
	if (!rows.length && empty) return <>{empty}</>;
	return (
		<table class={`table ${href ? 'clickable' : ''}`}>
			<caption class={shownCaption ? '' : 'unseen'}>{caption}</caption>
			<thead>
				<tr>
					{columns.map((c) => (
						<th key={c.head} scope="col" class={c.kind ?? ''}>
							{c.head}
						</th>
					))}
				</tr>
			</thead>
			<tbody>
				{rows.map((row) => (
					<tr key={id(row)} onClick={(e) => open(e, row)}>
						{columns.map((c) => (
							<td key={c.head} class={c.kind ?? ''} data-head={c.head}>
								{c.cell(row)}
							</td>
						))}
					</tr>
				))}
			</tbody>
		</table>
	);
}
