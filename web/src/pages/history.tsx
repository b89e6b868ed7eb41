// 履歴: one's own transfers, and by right those of a department or of everybody. lang: the page's name
import { t, useLanguage } from '../i18n';
import { Page } from '../parts/page';
import { usePlace } from '../router';
import { useWho } from '../session';
import { askOf, ExportLink, TransferSearch } from './transfer-search';

export function History() {
	useLanguage();
	const who = useWho();
	const { query } = usePlace();
	if (!who) return null;
	const asked = askOf(query, who);
	return (
		<Page title={t("History")} lead={t("Every transfer, its state and what happened to it.")} actions={<ExportLink asked={asked} />}>
			<TransferSearch who={who} asked={asked} />
		</Page>
	);
}
