// What changes of the organisation would do, line by line: what is, and what will be.
import type { OrgChange, OrgPreview } from '../../api/types';
import { t } from '../../i18n';
import { Icon } from '../../parts/icon';
import { Notice } from '../../parts/notice';
import { type Column, Table } from '../../parts/table';
import { wrongText } from '../../says';

/** [before, after] */
type Pair<T> = [T | null, T | null];
type Named = Record<string, string>;

const words = (v: string | string[] | null | undefined, named: Named): string =>
	(Array.isArray(v) ? v : v ? [v] : []).map((x) => named[x] ?? x).join(t(", "));

function Change({ pair, named = {} }: { pair: Pair<string> | Pair<string[]> | undefined; named?: Named }) {
	if (!pair) return null;
	const before = words(pair[0], named);
	const after = words(pair[1], named);
	return (
		<span class="change">
			{before && (
				<del>
					<span class="unseen">{t("before:")} </span>
					{before}
				</del>
			)}
			{before && <Icon name="next" size={14} />}
			<ins>
				<span class="unseen">{t("then:")} </span>
				{after || t("none")}
			</ins>
		</span>
	);
}

const isNew = (c: OrgChange) => c.department?.[0] === null;
const leaves = (c: OrgChange) => !c.from;

/** `lineOf`: the line of the table that somebody brought, for a line of the post. */
export function Changes({ changes, named, lineOf = (n) => n }: { changes: OrgChange[]; named: Named; lineOf?: (line: number) => number }) {
	const columns: Column<OrgChange>[] = [
		{ head: t("Line"), kind: 'wide-only', cell: (c) => String(lineOf(c.line)) },
		{
			head: t("Name"),
			kind: 'main',
			cell: (c) => (
				<>
					{c.title ?? c.member}
					<small>{c.member}</small>
				</>
			),
		},
		{
			head: t("Kind of change"),
			cell: (c) => (leaves(c) ? t("leaves") : isNew(c) ? t("comes") : t("changes")),
		},
		{ head: t("Days"), cell: (c) => (leaves(c) ? t("after {1}", c.until ?? '') : c.until ? `${c.from} – ${c.until}` : t("from {1}", c.from ?? '')) },
		{ head: t("Department"), cell: (c) => !leaves(c) && <Change pair={c.department} named={named} /> },
		{ head: t("Roles"), cell: (c) => !leaves(c) && <Change pair={c.roles} named={named} /> },
		{ head: t("Deputies"), cell: (c) => !leaves(c) && <Change pair={c.deputies} /> },
	];
	return <Table caption={t("Changes line by line")} columns={columns} rows={changes} id={(c) => `${c.line} ${c.member}`} />;
}

/** Whether the policy that comes of it is good, as the post says. */
export function Verdict({ preview }: { preview: Partial<OrgPreview> }) {
	if (preview.good === false)
		return (
			<Notice kind="bad" title={t("The policy would not be good with this")}>
				<p>{wrongText(preview.wrong)}</p>
			</Notice>
		);
	return null;
}
