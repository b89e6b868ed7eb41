// 監査: search over all transfers of this post. lang: the page's name
import { t, useLanguage } from '../../i18n';
import { Page } from '../../parts/page';
import { usePlace } from '../../router';
import { useWho } from '../../session';
import { askOf, ExportLink, TransferSearch } from '../transfer-search';

export function AuditTransfers() {
	useLanguage();
	const who = useWho();
	const { query } = usePlace();
	if (!who) return null;
	const asked = askOf(query, who, true);
	return (
		<Page title={t("Search transfers")} lead={t("All transfers of this post. Nothing can be changed here.")} actions={<ExportLink asked={asked} />}>
			<TransferSearch who={who} asked={asked} everybody />
		</Page>
	);
}
