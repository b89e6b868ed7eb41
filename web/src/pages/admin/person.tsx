// 管理, one person: account, ways to log in, sessions, absences. What he sends and receives is not here: who runs the post sees no content.
import { useState } from 'preact/hooks';
import { ask, Refusal } from '../../api/client';
import type { Account, Factors, LinkOnce, Session } from '../../api/types';
import { useAsk, useDoing } from '../../api/use';
import { exactly, onDay, t, useLanguage, when } from '../../i18n';
import { Button } from '../../parts/button';
import { Sure } from '../../parts/dialog';
import { Empty, Loading, Trouble } from '../../parts/notice';
import { Card, Facts, Page } from '../../parts/page';
import { type Column, Table } from '../../parts/table';
import { toast } from '../../parts/toast';
import { AbsenceForm, AbsenceTable } from '../absence';
import { AccountTag, LinkShown } from './people';
import { factorsText } from '../../words';
import { named, useNames } from './names';
import { RightTags } from './rights';
import '../../styles/desk.css';

/** What one administrator alone may not do: a second one, or who oversees, agrees at the list of people. */
function ByTwo({ member }: { member: string }) {
	const doing = useDoing();
	const [asked, setAsked] = useState(false);
	const go = () => void doing.run(async () => {
		await ask('recovery.ask', { member });
		setAsked(true);
	});
	return (
		<div class="below">
			<p class="quiet-text">{t("How somebody logs in who decides for others, or who has logged in before, two say together. The second one gets a link that replaces password, code and passkeys.")}</p>
			<Trouble error={doing.error} />
			{asked ? <p role="status">{t("Asked for. A second administrator, or who oversees, agrees under People.")}</p> : (
				<Button icon="people" onClick={go} busy={doing.busy}>
					{t("Ask for a new login by two")}
				</Button>
			)}
		</div>
	);
}

function AccountCard({ account: a, onDone }: { account: Account; onDone: () => void }) {
	const [link, setLink] = useState<LinkOnce>();
	const [closing, setClosing] = useState(false);
	const doing = useDoing();
	const names = useNames();
	const name = a.name || a.member;
	const two = doing.error instanceof Refusal && doing.error.why === 'recovery';
	const invite = () => void doing.run(async () => setLink(await ask('user.invite', { member: a.member })));
	const enable = () => void doing.run(async () => {
		await ask('user.enable', { member: a.member });
		onDone();
	});
	return (
		<Card title={t("Account")}>
			<Facts
				rows={[
					[t("State"), <AccountTag account={a} />],
					[t("Account name"), a.member],
					[t("Roles"), named(names, a.roles)],
					[t("May"), a.rights.length > 0 && <RightTags rights={a.rights} />],
					[t("System user"), a.system_user && `${a.system_user} (${a.uid ?? ''})`],
					[t("Since"), exactly(a.created)],
					[t("Let in by one person alone"), a.alone && t("{1}: this account decides nothing until two have stood for it", a.alone)],
				]}
			/>
			<Trouble error={doing.error} />
			<div class="actions below">
				<Button icon="key" onClick={invite} busy={doing.busy} disabled={a.disabled}>
					{t("Link for the first login")}
				</Button>
				{a.disabled ? <Button onClick={enable}>{t("Open the account again")}</Button> : (
					<Button kind="danger" onClick={() => setClosing(true)}>
						{t("Close the account")}
					</Button>
				)}
			</div>
			{two && <ByTwo member={a.member} />}
			{link && <LinkShown link={link} name={name} onClose={() => setLink(undefined)} />}
			{closing && (
				<Sure
					title={t("Close the account of {1}?", name)}
					yes={t("Close the account")}
					run={async () => {
						await ask('user.disable', { member: a.member });
						toast(t("The account is closed; its sessions are over."), 'info');
						onDone();
					}}
					onClose={() => setClosing(false)}
				>
					<p>{t("All sessions end at once, and approvals that have not been used count no more. The account can be opened again.")}</p>
				</Sure>
			)}
		</Card>
	);
}

type Way = Factors['passkeys'][number];

function FactorsCard({ member }: { member: string }) {
	const list = useAsk('factor.list', { member });
	const f = list.data;
	const columns: Column<Way>[] = [
		{ head: t("Passkey"), kind: 'main', cell: (k) => k.title },
		{ head: t("Since"), cell: (k) => onDay(k.created) },
		{ head: t("Last used"), cell: (k) => (k.used ? when(k.used) : t("never")) },
	];
	return (
		<Card title={t("Ways to log in")}>
			<Trouble error={list.error} again={list.again} />
			{f && (
				<>
					<Facts
						rows={[
							[t("Password"), f.password ? t("set") : t("none")],
							[t("Code from an app"), f.code ? t("set up") : t("none")],
							[t("Passkeys"), f.passkeys.length ? undefined : t("none")],
						]}
					/>
					{f.passkeys.length > 0 && <Table caption={t("Passkeys")} columns={columns} rows={f.passkeys} id={(k) => k.credential} />}
				</>
			)}
			<p class="below">{t("A device was lost: close the account or end the sessions at once; its owner gets a new login by two.")}</p>
			<ByTwo member={member} />
		</Card>
	);
}

function SessionsCard({ member }: { member: string }) {
	const list = useAsk('session.list', { member });
	const doing = useDoing();
	const end = (which: { number: number } | { all: true }) => void doing.run(async () => {
		await ask('session.end', { member, ...which });
		toast(t("Ended"), 'info');
		list.again();
	});
	const columns: Column<Session>[] = [
		{ head: t("Address"), kind: 'main', cell: (s) => s.address ?? '' },
		{ head: t("Shown by"), cell: (s) => factorsText(s.factors) },
		{ head: t("Since"), cell: (s) => when(s.created) },
		{ head: t("Last seen"), cell: (s) => when(s.seen) },
		{ head: t("End"), cell: (s) => <Button onClick={() => end({ number: s.number })}>{t("End")}</Button> },
	];
	const rows = list.data?.sessions ?? [];
	return (
		<Card title={t("Sessions")} flush actions={rows.length > 1 ? <Button onClick={() => end({ all: true })}>{t("End all")}</Button> : undefined}>
			<Trouble error={list.error ?? doing.error} again={list.again} />
			{list.data && <Table caption={t("Sessions")} columns={columns} rows={rows} id={(s) => String(s.number)} empty={<Empty icon="person" title={t("Not logged in")} />} />}
		</Card>
	);
}

function AbsenceCard({ member }: { member: string }) {
	const list = useAsk('absence.list', { member });
	return (
		<Card title={t("Absence and deputies")}>
			<Trouble error={list.error} again={list.again} />
			{list.data && list.data.absences.length > 0 && <AbsenceTable rows={list.data.absences} who={false} onDone={list.again} />}
			{list.data?.deputies && (
				<p class="below">{list.data.deputies.length ? t("Deputies: {1}", list.data.deputies.map((d) => d.name ?? d.member).join(t(", "))) : t("The policy names no deputy.")}</p>
			)}
			<AbsenceForm member={member} onDone={list.again} />
		</Card>
	);
}

export function Person({ params }: { params: { member?: string } }) {
	useLanguage();
	const member = params.member ?? '';
	const shown = useAsk('user.show', { member });
	const a = shown.data?.account;
	return (
		<Page title={a?.name || member}>
			<Trouble error={shown.error} again={shown.again} />
			{shown.loading && !a && <Loading />}
			{a && (
				<>
					<AccountCard account={a} onDone={shown.again} />
					<FactorsCard member={member} />
					<SessionsCard member={member} />
					{a.known && <AbsenceCard member={member} />}
				</>
			)}
		</Page>
	);
}
