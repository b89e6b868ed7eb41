import { t } from '../i18n';
import { Page } from '../parts/page';

export function Passwords() {
	return <Page title={t("Passwords wanted")}>{null}</Page>;
}
