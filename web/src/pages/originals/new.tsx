// Asking for the original of a transfer: /originals/new?transfer=NUMBER
import { useState } from 'preact/hooks';
import { ask } from '../../api/client';
import { useAsk, useDoing } from '../../api/use';
import { t, useLanguage } from '../../i18n';
import { Button } from '../../parts/button';
import { Actions } from '../../parts/dialog';
import { LinesField } from '../../parts/field';
import { Loading, Notice, Trouble } from '../../parts/notice';
import { Card, Page } from '../../parts/page';
import { toast } from '../../parts/toast';
import { go, Link, usePlace } from '../../router';
import { zoneText } from '../../words';

export function AskOriginal() {
	useLanguage();
	const id = usePlace().query.get('transfer') ?? '';
	const shown = useAsk('show', { id });
	const [reason, setReason] = useState('');
	const [tried, setTried] = useState(false);
	const doing = useDoing();
	const submit = (e: Event) => {
		e.preventDefault();
		setTried(true);
		if (!reason.trim()) return;
		void doing.run(async () => {
			const { original, asked_at: elsewhere } = await ask('original.ask', { id, reason: reason.trim() });
			toast(elsewhere ? t("Asked. When it is released, you fetch it in the other network ({1}).", zoneText(elsewhere)) : t("Asked. You are told here when it was decided."));
			go(original ? `/originals/${original.id}` : `/transfers/${id}`, { replace: true });
		});
	};
	const x = shown.data?.transfer;
	return (
		<Page title={t("Ask for the original")} lead={x?.name} narrow>
			<Trouble error={shown.error} again={shown.again} />
			{shown.loading && !x && <Loading />}
			{x && (
				<Card>
					<form class="stack" onSubmit={submit}>
						<Notice>
							<p>{t("The original is as it came: whatever was taken out of the clean file is still in it. Somebody else decides whether you get it, and it stays in the network where it arrived.")}</p>
						</Notice>
						<LinesField
							label={t("What do you need it for?")}
							hint={t("For example: the layout is needed for printing, or a signature must be checked.")}
							error={tried && !reason.trim() ? t("Say what you need it for.") : undefined}
							value={reason}
							onValue={setReason}
							maxLength={1000}
						/>
						<Trouble error={doing.error} />
						<Actions>
							<Button kind="primary" type="submit" busy={doing.busy}>
								{t("Ask for the original")}
							</Button>
							<Link class="button" href={`/transfers/${id}`}>
								{t("Go back")}
							</Link>
						</Actions>
					</form>
				</Card>
			)}
		</Page>
	);
}
