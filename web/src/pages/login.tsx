// Who are you: password, second factor, passkey, one-time link, a way back in.
import { useState } from 'preact/hooks';
import { ask } from '../api/client';
import { useDoing } from '../api/use';
import type { Who } from '../api/types';
import { t } from '../i18n';
import { Button } from '../parts/button';
import { Dialog } from '../parts/dialog';
import { TextField } from '../parts/field';
import { Trouble } from '../parts/notice';
import { loggedIn, logout } from '../session';

function Password({ member: known }: { member?: string }) {
	const [member, setMember] = useState(known ?? '');
	const [secret, setSecret] = useState('');
	const doing = useDoing();
	const submit = (e: Event) => {
		e.preventDefault();
		void doing.run(async () => loggedIn(await ask('login.password', { member: member.trim(), secret })));
	};
	return (
		<form class="stack" onSubmit={submit}>
			<Trouble error={doing.error} />
			{!known && <TextField label={t("User name")} value={member} onValue={setMember} autocomplete="username webauthn" required />}
			<TextField label={t("Password")} type="password" value={secret} onValue={setSecret} autocomplete="current-password" required />
			<Button kind="primary" type="submit" busy={doing.busy}>
				{t("Log in")}
			</Button>
		</form>
	);
}

export function Login() {
	return (
		<main class="gate-page">
			<h1>{t("Log in")}</h1>
			<Password />
		</main>
	);
}

/** The session has ended while somebody was at work: he goes on where he was. */
export function LoginAgain({ who }: { who: Who }) {
	return (
		<Dialog title={t("Your session has ended")} closable={false}>
			<p>{t("Log in again to go on where you were. Nothing that you entered is lost.")}</p>
			<Password member={who.member} />
			<Button kind="quiet" onClick={() => void logout()}>
				{t("Somebody else wants to log in")}
			</Button>
		</Dialog>
	);
}
