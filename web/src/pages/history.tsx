import { t } from '../i18n';
import { Page } from '../parts/page';

export function History() {
	return <Page title={t("History")}>{null}</Page>;
}
