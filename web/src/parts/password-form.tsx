// The password of a file that waits for one. It goes to the cleaners in a sealed box and is kept nowhere.
import { useState } from 'preact/hooks';
import { ask } from '../api/client';
import type { Transfer } from '../api/types';
import { useDoing } from '../api/use';
import { t } from '../i18n';
import { Button } from './button';
import { TextField } from './field';
import { Trouble } from './notice';

export function PasswordOf({ transfer, tried, done }: { transfer: Transfer; tried: boolean; done: (t: Transfer) => void }) {
	const [secret, setSecret] = useState('');
	const doing = useDoing();
	const submit = (e: Event) => {
		e.preventDefault();
		if (!secret) return;
		void doing.run(async () => {
			const [{ box }, { seal }] = await Promise.all([ask('box', { id: transfer.id }), import('../api/seal')]);
			const answer = await ask('password', { id: transfer.id, sealed: seal(box, transfer.id, secret) });
			setSecret('');
			done(answer.transfer);
		});
	};
	return (
		<form class="password-form" onSubmit={submit}>
			<Trouble error={doing.error} />
			<TextField
				label={t("Password of the file")}
				hint={t("It is often in a second mail. It opens this file once, and is not kept.")}
				error={tried ? t("The last password did not open it. Look for capital letters and full-width characters.") : undefined}
				value={secret}
				onValue={setSecret}
				autocomplete="off"
				maxLength={200}
				required
			/>
			<Button kind="primary" type="submit" busy={doing.busy}>
				{t("Open and clean it")}
			</Button>
		</form>
	);
}
