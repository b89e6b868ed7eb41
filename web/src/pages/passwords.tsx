// パスワード待ち: files that nobody can look into before somebody gives their password. lang: the page's name
import { useListEvents } from '../api/events';
import type { Transfer } from '../api/types';
import { useAsk } from '../api/use';
import { remaining, t, when } from '../i18n';
import { Empty, Loading, Trouble } from '../parts/notice';
import { Card, Page } from '../parts/page';
import { PasswordOf } from '../parts/password-form';
import { toast } from '../parts/toast';
import { Link } from '../router';
import { senderOf, sizeText } from '../words';

/** When a password was given on this page: what waits anew after that was not opened by it. */
const given = new Map<string, number>();

function One({ transfer, done }: { transfer: Transfer; done: () => void }) {
	return (
		<Card>
			<div class="password-card">
				<div>
					<h2>
						<Link href={`/transfers/${transfer.id}`}>{transfer.name ?? t("(no name)")}</Link>
					</h2>
					<p class="quiet-text">
						{t("from {1}, {2}", senderOf(transfer), when(transfer.received))} · {sizeText(transfer)}
					</p>
					{transfer.expires && <p class="quiet-text">{t("{1} left", remaining(transfer.expires - Date.now()))}</p>}
				</div>
				<PasswordOf
					transfer={transfer}
					tried={transfer.changed > (given.get(transfer.id) ?? Infinity)}
					done={(now) => {
						given.set(now.id, now.changed);
						toast(t("Thank you. It is being opened and cleaned."));
						done();
					}}
				/>
			</div>
		</Card>
	);
}

export function Passwords() {
	const asked = useAsk('list', { state: 'held', most: 200 });
	const again = asked.again;
	useListEvents(again);
	const rows = asked.data?.transfers.filter((x) => x.holds.includes('password')) ?? [];
	return (
		<Page title={t("Passwords wanted")} lead={t("These files are locked. Enter the password, and they are cleaned within seconds.")}>
			{asked.loading && !asked.data && <Loading />}
			<Trouble error={asked.error} again={again} />
			{asked.data && !rows.length && <Empty icon="key" title={t("No file waits for a password")} />}
			{rows.map((x) => (
				<One key={x.id} transfer={x} done={again} />
			))}
		</Page>
	);
}
