// 監査: the ledger as it stands, its entries, and how anybody can check it without trusting this page.
import { useAsk } from '../../api/use';
import { count, t, useLanguage } from '../../i18n';
import { Loading, Notice, Trouble } from '../../parts/notice';
import { Card, Facts, Page } from '../../parts/page';
import { Link } from '../../router';
import { LedgerEntries } from './entries';
import '../../styles/desk.css';

export function AuditLedger() {
	useLanguage();
	const asked = useAsk('status', {});
	const s = asked.data;
	return (
		<Page title={t("Ledger")} lead={t("Every crossing and every decision stands in the ledger. Nobody can change it without being seen, whoever runs this post included.")}>
			<Trouble error={asked.error} again={asked.again} />
			{asked.loading && !s && <Loading />}
			{s && (
				<>
					{s.ledger.state === 'forked' && (
						<Notice kind="bad" title={t("Two ledgers claim to be this one")}>
							<p>{t("A witness has seen another ledger than the one that is here. Keep both, change nothing, and call for help.")}</p>
						</Notice>
					)}
					<Card title={t("As it stands")}>
						<Facts
							rows={[
								[t("Entries"), count(s.ledger.size)],
								[t("Root"), <code>{s.ledger.root}</code>],
								[t("Policy"), <code>{s.policy.hash}</code>],
							]}
						/>
					</Card>
					<LedgerEntries />
					<Card title={t("How to check it")}>
						<ol class="steps">
							<li>
								{t("Note entries and root above. A later ledger must still contain these entries: its witnesses and the checking program say so.")}
							</li>
							<li>
								{t("Fetch the proof of an entry above.")} <Link href="/audit">{t("Search a transfer and fetch its receipt.")}</Link>{' '}
								{t("It proves what was recorded about this transfer, without this post.")}
							</li>
							<li>
								{t("On any computer, this checks a receipt:")} <code>sekisho-ledgerverify --key log.pub PROOF</code>
							</li>
						</ol>
					</Card>
				</>
			)}
		</Page>
	);
}
