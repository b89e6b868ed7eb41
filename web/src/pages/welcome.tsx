// The first thing after a link that opens once: a password of one's own.
import { t } from '../i18n';
import { Card, Page } from '../parts/page';
import { toast } from '../parts/toast';
import { go } from '../router';
import { look, session, welcome } from '../session';
import { useStore } from '../store';
import { NewPassword } from './account-password';
import { useEffect } from 'preact/hooks';

export function Welcome() {
	const now = useStore(session);
	const by = useStore(welcome) || ('who' in now && now.who.factors?.includes('link'));
	useEffect(() => {
		if (!by) go('/', { replace: true });
	}, [by]);
	const done = () => {
		toast(t("Your password is set."));
		welcome.set(false);
		void look().catch(() => undefined);
		go('/account', { replace: true });
	};
	return (
		<Page narrow title={t("Choose your password")} lead={t("From now on you log in with it. Then set up a second proof.")}>
			<Card>
				<NewPassword wantsOld={false} done={done} />
			</Card>
		</Page>
	);
}
