// Who are you: a password, then what the zone wants besides; or a passkey alone; or a link that opens once.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ask } from '../api/client';
import { assertionFor } from '../api/passkey';
import { useDoing } from '../api/use';
import type { Who } from '../api/types';
import { t, useLanguage } from '../i18n';
import { LanguageButton } from '../parts/language';
import { Button } from '../parts/button';
import { Dialog } from '../parts/dialog';
import { LinesField, TextField } from '../parts/field';
import { Notice, Trouble } from '../parts/notice';
import { go, usePlace } from '../router';
import { lastMember, leave, rememberMember } from '../leave';
import { knownZone, loggedIn, welcome } from '../session';
import { nameOf } from '../words';

const canPasskey = () => typeof PublicKeyCredential !== 'undefined';

/** The frame of everything that stands before the portal: the zone is told by the address alone here. */
export function GatePage({ title, children }: { title: string; children: ComponentChildren }) {
	const lang = useLanguage();
	useEffect(() => {
		document.title = `${title} - sekisho`;
	}, [title, lang]);
	return (
		<main class="gate-page">
			<div class="gate-card">
				<p class="gate-name">
					<b>sekisho</b>
					<span>{knownZone() ?? location.hostname}</span>
				</p>
				<h1>{title}</h1>
				{children}
			</div>
			<div class="gate-foot">
				<LanguageButton />
			</div>
		</main>
	);
}

async function withPasskey(member: string): Promise<void> {
	const asked = await ask('login.challenge', member ? { member } : {});
	await ask('login.passkey', { assertion: await assertionFor(asked) });
	await loggedIn();
}

export function PasswordForm({ known }: { known?: string }) {
	const [member, setMember] = useState(known ?? lastMember());
	const [secret, setSecret] = useState('');
	const doing = useDoing();
	const passkey = useDoing();
	const submit = (e: Event) => {
		e.preventDefault();
		void doing.run(async () => {
			await ask('login.password', { member: member.trim(), secret });
			rememberMember(member.trim());
			await loggedIn();
		});
	};
	return (
		<form class="stack" onSubmit={submit}>
			<Trouble error={doing.error ?? passkey.error} />
			{!known && <TextField label={t("User name")} value={member} onValue={setMember} autocomplete="username" required maxLength={200} />}
			<TextField
				label={t("Password")}
				type="password"
				value={secret}
				onValue={setSecret}
				autocomplete="current-password"
				required
				maxLength={256}
			/>
			<Button kind="primary" type="submit" class="large" busy={doing.busy}>
				{t("Log in")}
			</Button>
			{canPasskey() && (
				<Button icon="key" busy={passkey.busy} onClick={() => void passkey.run(() => withPasskey(known ?? member.trim()))}>
					{t("Log in with a passkey")}
				</Button>
			)}
		</form>
	);
}

function CodeForm() {
	const [code, setCode] = useState('');
	const doing = useDoing();
	const submit = (e: Event) => {
		e.preventDefault();
		void doing.run(async () => {
			try {
				await ask('login.code', { code: code.replace(/\D/g, '') });
			} catch (error) {
				setCode('');
				throw error;
			}
			await loggedIn();
		});
	};
	return (
		<form class="stack" onSubmit={submit}>
			<Trouble error={doing.error} />
			<TextField
				label={t("Six digits from your authenticator app")}
				value={code}
				onValue={setCode}
				inputMode="numeric"
				autocomplete="one-time-code"
				required
				maxLength={8}
				class="digits"
			/>
			<Button kind="primary" type="submit" class="large" busy={doing.busy}>
				{t("Go on")}
			</Button>
		</form>
	);
}

/** Logged in, and not far enough for this zone: he shows one factor more, or gets one first. */
export function LoginMore({ who }: { who: Who }) {
	const more = who.more ?? [];
	const doing = useDoing();
	return (
		<GatePage title={t("One more step")}>
			<p class="lead">{t("This network wants a second proof that it is you.")}</p>
			{more.includes('code') && <CodeForm />}
			<Trouble error={doing.error} />
			{more.includes('passkey') && (
				<Button
					kind={more.includes('code') ? 'plain' : 'primary'}
					class="large"
					icon="key"
					busy={doing.busy}
					onClick={() => void doing.run(() => withPasskey(who.member))}
				>
					{t("Use a passkey")}
				</Button>
			)}
			{!more.length && (
				<>
					<Notice kind="warn">
						<p>{t("You have no second proof yet. Set one up now; it takes a minute.")}</p>
					</Notice>
					<Button kind="primary" class="large" onClick={() => go('/account')}>
						{t("Set it up")}
					</Button>
				</>
			)}
			<Button kind="quiet" onClick={() => void leave(true)}>
				{t("Log in as somebody else")}
			</Button>
		</GatePage>
	);
}

function Recover() {
	const [member, setMember] = useState('');
	const [comment, setComment] = useState('');
	const [asked, setAsked] = useState(false);
	const doing = useDoing();
	const submit = (e: Event) => {
		e.preventDefault();
		void doing.run(async () => {
			await ask('recovery.ask', { member: member.trim(), ...(comment.trim() ? { comment: comment.trim() } : {}) });
			setAsked(true);
		});
	};
	if (asked)
		return (
			<GatePage title={t("Your request was noted")}>
				<p>{t("Two people in charge have to agree. Then one of them hands you a link with which you choose a new password.")}</p>
				<p class="quiet-text">{t("A request that nobody answers ends after a day. Tell the people in charge that you have asked.")}</p>
				<Button onClick={() => go('/')}>{t("Back to the login")}</Button>
			</GatePage>
		);
	return (
		<GatePage title={t("You cannot log in?")}>
			<p class="lead">{t("Forgotten password, lost phone or key: ask here for a way back in.")}</p>
			<form class="stack" onSubmit={submit}>
				<Trouble error={doing.error} />
				<TextField label={t("User name")} value={member} onValue={setMember} autocomplete="username" required maxLength={200} />
				<LinesField label={t("What happened")} optional value={comment} onValue={setComment} maxLength={1000} rows={2} />
				<Button kind="primary" type="submit" class="large" busy={doing.busy}>
					{t("Ask for a way back in")}
				</Button>
				<Button kind="quiet" onClick={() => go('/')}>
					{t("Back to the login")}
				</Button>
			</form>
		</GatePage>
	);
}

/** The link stands behind #, which browsers send to nobody. It opens by a click, so that a preview of it uses it not up. */
function OneTimeLink() {
	const [token] = useState(() => location.hash.slice(1));
	const doing = useDoing();
	useEffect(() => history.replaceState(null, '', '/link'), []);
	const open = () =>
		doing.run(async () => {
			await ask('login.link', { token });
			welcome.set(true);
			history.replaceState(null, '', '/');
			await loggedIn();
			go('/welcome', { replace: true });
		});
	const good = /^[0-9a-f]{64}$/.test(token);
	return (
		<GatePage title={t("A link that opens once")}>
			{good ? (
				<>
					<p class="lead">{t("With it you log in this one time and then choose your password.")}</p>
					<Trouble error={doing.error} />
					<Button kind="primary" class="large" busy={doing.busy} onClick={() => void open()}>
						{t("Log in with this link")}
					</Button>
				</>
			) : (
				<Notice kind="bad">
					<p>{t("This link is not whole, or was opened before. Copy all of it, or ask for a new one.")}</p>
				</Notice>
			)}
			<Button kind="quiet" onClick={() => go('/')}>
				{t("Back to the login")}
			</Button>
		</GatePage>
	);
}

export function Login() {
	const { path } = usePlace();
	if (path === '/link') return <OneTimeLink />;
	if (path === '/recover') return <Recover />;
	return (
		<GatePage title={t("Log in")}>
			<PasswordForm />
			<Button kind="quiet" onClick={() => go('/recover')}>
				{t("You cannot log in?")}
			</Button>
		</GatePage>
	);
}

/** The session has ended while somebody was at work: he goes on where he was. */
export function LoginAgain({ who }: { who: Who }) {
	return (
		<Dialog title={t("Your session has ended")} closable={false}>
			<p>{t("Log in again to go on where you were. Nothing that you entered is lost.")}</p>
			<p>
				<b>{nameOf(who)}</b>
			</p>
			<PasswordForm known={who.member} />
			<Button kind="quiet" onClick={() => void leave(true)}>
				{t("Somebody else wants to log in")}
			</Button>
		</Dialog>
	);
}
