import { t } from '../i18n';
import { Page } from '../parts/page';

export function AccountPage() {
	return <Page title={t("Your account")}>{null}</Page>;
}
