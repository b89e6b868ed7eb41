// Handing what waits over to one's deputies (代決): from now on they decide at once, in their own names, until a day that is said.
import { useState } from 'preact/hooks';
import { ask } from '../../api/client';
import { useAsk, useDoing } from '../../api/use';
import { dayOf, ends } from '../../days';
import { t } from '../../i18n';
import { Dialog, YesNo } from '../../parts/dialog';
import { TextField } from '../../parts/field';
import { Loading, Trouble } from '../../parts/notice';
import { toast } from '../../parts/toast';
import { Deputies } from '../absence';

export function HandOver({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
	const mine = useAsk('absence.list', {});
	const today = dayOf(Date.now());
	const [until, setUntil] = useState(today);
	const [tried, setTried] = useState(false);
	const doing = useDoing();
	const last = ends(until);
	const late = last === undefined || last < Date.now() ? t("Say a day that is not over.") : undefined;
	const deputies = mine.data?.deputies ?? [];
	const submit = (e: Event) => {
		e.preventDefault();
		setTried(true);
		if (late || last === undefined) return;
		void doing.run(async () => {
			await ask('absence.add', { until: last });
			toast(t("Your deputies have it now. You may still decide yourself."));
			onDone();
		});
	};
	return (
		<Dialog title={t("Hand over to your deputies")} onClose={onClose}>
			<Trouble error={mine.error} again={mine.again} />
			{mine.loading && !mine.data && <Loading />}
			{mine.data && <Deputies deputies={deputies} />}
			{deputies.length > 0 && (
				<form onSubmit={submit} noValidate>
					<p>{t("They see what waits for you at once, and what they decide is recorded in their name.")}</p>
					<TextField type="date" label={t("Until this day")} value={until} min={today} onValue={setUntil} error={tried ? late : undefined} required />
					<Trouble error={doing.error} />
					<YesNo yes={t("Hand over")} busy={doing.busy} onNo={onClose} />
				</form>
			)}
		</Dialog>
	);
}
