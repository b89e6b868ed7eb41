import { t } from '../i18n';
import { Page } from '../parts/page';

export function TransferPage() {
	return <Page title={t("Transfer")}>{null}</Page>;
}
