// Below a list that comes in pages: how many rows stand there, and a button for more.
import type { More } from '../api/more';
import { count, t } from '../i18n';
import { Button } from './button';

export function ListFoot<T>({ list }: { list: More<T> }) {
	const shown = count(list.rows.length);
	return (
		<div class="row more">
			<p class="quiet-text" role="status">
				{!list.loading && list.rows.length > 0 && (list.more ? t("{1} shown, there are more", shown) : t("{1} shown, that is all", shown))}
			</p>
			{list.more && (
				<Button onClick={list.fetchMore} busy={list.loading}>
					{t("Show more")}
				</Button>
			)}
		</div>
	);
}
