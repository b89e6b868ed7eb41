import { t } from '../i18n';
import { Page } from '../parts/page';

export function Send() {
	return <Page title={t("Send files")}>{null}</Page>;
}
