// A new password: long rather than strange, shown if wanted, typed once.
import { useState } from 'preact/hooks';
import { ask } from '../api/client';
import { useDoing } from '../api/use';
import { t } from '../i18n';
import { Button } from '../parts/button';
import { Checkbox, TextField } from '../parts/field';
import { Trouble } from '../parts/notice';

const LEAST = 12;

export function NewPassword({ wantsOld, done }: { wantsOld: boolean; done: () => void }) {
	const [old, setOld] = useState('');
	const [fresh, setFresh] = useState('');
	const [shown, show] = useState(false);
	const [tried, setTried] = useState(false);
	const doing = useDoing();
	const short = [...fresh].length < LEAST;
	const submit = (e: Event) => {
		e.preventDefault();
		setTried(true);
		if (short) return;
		void doing.run(async () => {
			await ask('password.change', { new: fresh, ...(wantsOld ? { secret: old } : {}) });
			setOld('');
			setFresh('');
			done();
		});
	};
	const kind = shown ? 'text' : 'password';
	return (
		<form class="stack" onSubmit={submit}>
			<Trouble error={doing.error} />
			{wantsOld && (
				<TextField label={t("Password until now")} type={kind} value={old} onValue={setOld} autocomplete="current-password" required maxLength={256} />
			)}
			<TextField
				label={t("New password")}
				hint={t("{1} characters at least. A few words in a row are easy to remember and hard to guess.", LEAST)}
				error={tried && short ? t("That is {1} characters; {2} are wanted.", [...fresh].length, LEAST) : undefined}
				type={kind}
				value={fresh}
				onValue={setFresh}
				autocomplete="new-password"
				required
				maxLength={256}
			/>
			<Checkbox label={t("Show what I type")} checked={shown} onValue={show} />
			<div class="actions">
				<Button kind="primary" type="submit" busy={doing.busy}>
					{t("Set the password")}
				</Button>
			</div>
		</form>
	);
}
