// An address that is no page.
import { t } from '../i18n';
import { Page } from '../parts/page';
import { Link } from '../router';

export function NotFound() {
	return (
		<Page title={t("There is no such page")} lead={t("The address may be mistyped, or what was there may be gone.")}>
			<p>
				<Link class="button" href="/">
					{t("To the home page")}
				</Link>
			</p>
		</Page>
	);
}
