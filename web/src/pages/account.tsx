// One's own account: what shows that it is me, where I am logged in.
import { useState } from 'preact/hooks';
import { ask } from '../api/client';
import { addPasskey } from '../api/passkey-new';
import type { Passkey, Session, Who } from '../api/types';
import { useAsk, useDoing } from '../api/use';
import { exactly, t, when } from '../i18n';
import { Button } from '../parts/button';
import { Dialog, Sure, YesNo } from '../parts/dialog';
import { TextField } from '../parts/field';
import { Loading, Notice, Trouble } from '../parts/notice';
import { Card, Facts, Page } from '../parts/page';
import { Qr } from '../parts/qr';
import { Table } from '../parts/table';
import { Tag } from '../parts/tag';
import { toast } from '../parts/toast';
import { loggedIn, look, useWho } from '../session';
import { factorsText, nameOf } from '../words';
import { NewPassword } from './account-password';

function NewCode({ done, close }: { done: () => void; close: () => void }) {
	const begun = useAsk('factor.code.begin', {});
	const [code, setCode] = useState('');
	const doing = useDoing();
	const submit = (e: Event) => {
		e.preventDefault();
		void doing.run(async () => {
			await ask('factor.code.confirm', { code: code.replace(/\D/g, '') });
			await loggedIn();
			done();
		});
	};
	return (
		<Dialog title={t("Set up an authenticator app")} onClose={close}>
			{begun.loading && <Loading />}
			<Trouble error={begun.error} again={begun.again} />
			{begun.data && (
				<form onSubmit={submit}>
					<ol class="steps">
						<li>{t("Open the app on your phone and let it read this picture.")}</li>
					</ol>
					<Qr text={begun.data.uri} label={t("QR code for the authenticator app")} />
					<details>
						<summary>{t("The app cannot read it")}</summary>
						<p>{t("Type this key into the app:")}</p>
						<p class="mono secret">{begun.data.secret.replace(/(.{4})/g, '$1 ').trim()}</p>
					</details>
					<Trouble error={doing.error} />
					<TextField
						label={t("Then type the six digits that it shows")}
						value={code}
						onValue={setCode}
						inputMode="numeric"
						autocomplete="one-time-code"
						class="digits"
						required
						maxLength={8}
					/>
					<YesNo yes={t("Done")} no={t("Not now")} busy={doing.busy} onNo={close} />
				</form>
			)}
		</Dialog>
	);
}

function NewPasskey({ who, done, close }: { who: Who; done: () => void; close: () => void }) {
	const [title, setTitle] = useState('');
	const doing = useDoing();
	const submit = (e: Event) => {
		e.preventDefault();
		void doing.run(async () => {
			await addPasskey(who.member, nameOf(who), title.trim());
			done();
		});
	};
	return (
		<Dialog title={t("Add a passkey")} onClose={close}>
			<p>{t("A passkey is kept on this device or on a security key. It opens with a fingerprint, a face or a PIN, and cannot be stolen by a false page.")}</p>
			<form onSubmit={submit}>
				<Trouble error={doing.error} />
				<TextField
					label={t("What to call it")}
					hint={t("So that you know it again: \"blue key\", \"counter 3\".")}
					value={title}
					onValue={setTitle}
					required
					maxLength={30}
				/>
				<YesNo yes={t("Go on")} no={t("Not now")} busy={doing.busy} onNo={close} />
			</form>
		</Dialog>
	);
}

const NoMore = () => <p>{t("You can no longer log in with it. Make sure that another way is left.")}</p>;

function Passkeys({ keys, again }: { keys: Passkey[]; again: () => void }) {
	const [sure, setSure] = useState<Passkey>();
	const remove = async (credential: string) => {
		await ask('passkey.remove', { credential });
		toast(t("The passkey was removed."));
		again();
	};
	return (
		<>
			<ul class="keys">
				{keys.map((k) => (
					<li key={k.credential}>
						<span>
							<b>{k.title}</b>
							<small>
								{t("since {1}", when(k.created))}
								{k.used ? ` · ${t("last used {1}", when(k.used))}` : ''}
							</small>
						</span>
						<Button kind="danger" onClick={() => setSure(k)} aria-label={`${t("Remove")} ${k.title}`}>
							{t("Remove")}
						</Button>
					</li>
				))}
			</ul>
			{sure && (
				<Sure title={t("Remove {1}?", sure.title)} yes={t("Remove")} no={t("Not now")} run={() => remove(sure.credential)} onClose={() => setSure(undefined)}>
					<NoMore />
				</Sure>
			)}
		</>
	);
}

type Open = 'password' | 'code' | 'passkey' | 'remove-code' | undefined;

function FactorCards({ who }: { who: Who }) {
	const have = useAsk('factor.list', {});
	const [open, setOpen] = useState<Open>();
	const done = (text: string) => {
		setOpen(undefined);
		toast(text);
		have.again();
		void look().catch(() => undefined);
	};
	const removeCode = async () => {
		await ask('factor.remove', {});
		done(t("The authenticator app was removed."));
	};
	if (have.loading && !have.data) return <Loading />;
	if (!have.data) return <Trouble error={have.error} again={have.again} />;
	const f = have.data;
	const none = !f.code && !f.passkeys.length;
	return (
		<>
			{none && (
				<Notice kind="warn" title={t("A password alone can be guessed or stolen.")}>
					<p>{t("Add a passkey or an authenticator app; some networks want one.")}</p>
				</Notice>
			)}
			<div class="factors">
				<Card title={t("Password")} actions={<Tag tone={f.password || f.directory ? 'good' : 'warn'}>{f.password || f.directory ? t("set") : t("none")}</Tag>}>
					<p class="quiet-text">{f.directory ? t("It is that of the office's directory, and changed there.") : t("Only you know it.")}</p>
					{!f.directory && <Button onClick={() => setOpen('password')}>{f.password ? t("Change it") : t("Set one")}</Button>}
				</Card>
				<Card title={t("Passkeys")} actions={<Tag tone={f.passkeys.length ? 'good' : 'warn'}>{f.passkeys.length ? t("set") : t("none")}</Tag>}>
					{f.passkeys.length ? (
						<Passkeys keys={f.passkeys} again={have.again} />
					) : (
						<p class="quiet-text">{t("The safest way, and the quickest: a fingerprint or a key instead of typing.")}</p>
					)}
					<Button onClick={() => setOpen('passkey')}>{t("Add a passkey")}</Button>
				</Card>
				<Card title={t("Authenticator app")} actions={<Tag tone={f.code ? 'good' : 'warn'}>{f.code ? t("set") : t("none")}</Tag>}>
					<p class="quiet-text">{t("Six digits that your phone shows, new every half minute.")}</p>
					{f.code ? (
						<Button kind="danger" onClick={() => setOpen('remove-code')}>
							{t("Remove")}
						</Button>
					) : (
						<Button onClick={() => setOpen('code')}>{t("Set up an authenticator app")}</Button>
					)}
				</Card>
			</div>
			{open === 'password' && (
				<Dialog title={f.password ? t("Change the password") : t("Set the password")} onClose={() => setOpen(undefined)}>
					<NewPassword wantsOld={f.password} done={() => done(t("Your password is set."))} />
				</Dialog>
			)}
			{open === 'code' && <NewCode done={() => done(t("The authenticator app is set up."))} close={() => setOpen(undefined)} />}
			{open === 'remove-code' && (
				<Sure title={t("Remove the authenticator app?")} yes={t("Remove")} no={t("Not now")} run={removeCode} onClose={() => setOpen(undefined)}>
					<NoMore />
				</Sure>
			)}
			{open === 'passkey' && <NewPasskey who={who} done={() => done(t("The passkey was added."))} close={() => setOpen(undefined)} />}
		</>
	);
}

function Sessions() {
	const have = useAsk('session.list', {});
	const doing = useDoing();
	const end = (what: { number: number } | { all: true }) =>
		doing.run(async () => {
			await ask('session.end', what);
			toast(t("Logged out there."));
			have.again();
		});
	if (!have.data) return have.error ? <Trouble error={have.error} again={have.again} /> : <Loading />;
	const rows = have.data.sessions;
	const others = rows.filter((s) => !s.own);
	const columns = [
		{
			head: t("Address of the terminal"),
			kind: 'main' as const,
			cell: (s: Session) => (
				<>
					{s.address ?? ''} {s.own && <Tag tone="good">{t("here")}</Tag>}
				</>
			),
		},
		{ head: t("Logged in"), cell: (s: Session) => <time title={exactly(s.created)}>{when(s.created)}</time> },
		{ head: t("Last active"), cell: (s: Session) => <time title={exactly(s.seen)}>{when(s.seen)}</time> },
		{ head: t("By"), cell: (s: Session) => factorsText(s.factors) },
		{
			head: t("What to do"),
			kind: 'narrow' as const,
			cell: (s: Session) => !s.own && <Button onClick={() => void end({ number: s.number })}>{t("Log out at that terminal")}</Button>,
		},
	];
	return (
		<Card
			flush
			title={t("Where you are logged in")}
			actions={
				others.length > 1 && (
					<Button kind="danger" busy={doing.busy} onClick={() => void end({ all: true })}>
						{t("Log out everywhere else")}
					</Button>
				)
			}
		>
			<Trouble error={doing.error} />
			<Table caption={t("Where you are logged in")} columns={columns} rows={rows} id={(s) => String(s.number)} />
		</Card>
	);
}

export function AccountPage() {
	const who = useWho();
	if (!who) return null;
	return (
		<Page title={t("Your account")} heading={nameOf(who)} lead={who.department_name ?? who.department}>
			<FactorCards who={who} />
			<Sessions />
			<Card title={t("What the policy says of you")}>
				<Facts
					rows={[
						[t("User name"), who.member],
						[t("Department"), who.department_name ?? who.department],
						[t("Your session ends"), who.ends ? when(who.ends) : undefined],
					]}
				/>
			</Card>
		</Page>
	);
}
