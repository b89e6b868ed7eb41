// 管理, people: who has an account here, who asks to be let in again, and a new account.
import { useState } from 'preact/hooks';
import { ask } from '../../api/client';
import { useMore } from '../../api/more';
import type { Account, LinkOnce, Recovery } from '../../api/types';
import { useAsk, useDoing } from '../../api/use';
import { count, exactly, onDay, remaining, t, useLanguage, when } from '../../i18n';
import { Button } from '../../parts/button';
import { Actions, Dialog } from '../../parts/dialog';
import { TextField } from '../../parts/field';
import { Empty, Loading, Notice, Trouble } from '../../parts/notice';
import { Card, Page } from '../../parts/page';
import { type Column, Table } from '../../parts/table';
import { Tag } from '../../parts/tag';
import { toast } from '../../parts/toast';
import { go, Link, setQuery, usePlace } from '../../router';
import { named, useNames } from './names';
import { RightTags } from './rights';
import '../../styles/desk.css';

const PAGES = 20; // 4,000 accounts: more than a city has people at desks

/** A link that opens once: shown once, here, to be handed over by whoever made it. */
export function LinkShown({ link, name, onClose }: { link: LinkOnce; name: string; onClose: () => void }) {
	const address = link.url ?? link.link;
	const copy = () => void navigator.clipboard?.writeText(address).then(() => toast(t("Copied")), () => toast(t("It could not be copied; mark it and copy it by hand."), 'bad'));
	return (
		<Dialog title={t("Link for {1}", name)} onClose={onClose}>
			<p>{t("It opens once, until {1}. Hand it over in a way that nobody else sees; it is not shown again.", exactly(link.ends))}</p>
			<p class="link-once">
				<code>{address}</code>
			</p>
			<Actions>
				<Button kind="primary" onClick={copy}>
					{t("Copy the link")}
				</Button>
				<Button onClick={onClose}>{t("Close")}</Button>
			</Actions>
		</Dialog>
	);
}

function OneRecovery({ one, onDone }: { one: Recovery; onDone: (link?: LinkOnce) => void }) {
	const doing = useDoing();
	const approve = () =>
		void doing.run(async () => {
			const { link, ends, url, recovery } = await ask('recovery.approve', { member: one.member, ...(one.uid === undefined ? {} : { uid: one.uid }) });
			if (recovery) toast(t("Noted. Somebody else has to agree, too."), 'info');
			else if (one.system_user) toast(t("The system user {1} stands for this person now.", one.system_user), 'info');
			onDone(link && ends ? { link, ends, ...(url ? { url } : {}) } : undefined);
		});
	const deny = () =>
		void doing.run(async () => {
			await ask('recovery.deny', { member: one.member });
			onDone();
		});
	return (
		<li>
			<div>
				<b>{one.name ?? one.member}</b> <span class="quiet-text">{one.member}</span>
				<p class="quiet-text">
					{t("Asked {1}, ends in {2}", when(one.asked), remaining(one.ends - Date.now()))}
					{one.by && ` · ${t("{1} stands for it", one.by)}`}
				</p>
				{one.system_user && <p>{t("The system user {1} is to stand for this person.", `${one.system_user} (${one.uid ?? ''})`)}</p>}
				{one.comment && <p>{one.comment}</p>}
				<Trouble error={doing.error} />
			</div>
			<div class="actions">
				<Button onClick={approve} busy={doing.busy}>
					{!one.by ? t("Stand for it") : one.system_user ? t("Agree") : t("Agree and make the link")}
				</Button>
				<Button kind="quiet" onClick={deny}>
					{t("Deny")}
				</Button>
			</div>
		</li>
	);
}

function Recoveries() {
	const list = useAsk('recovery.list', {});
	const [link, setLink] = useState<[LinkOnce, string]>();
	const rows = list.data?.recoveries ?? [];
	if (!rows.length && !link) return null;
	return (
		<Card title={t("To be let in by two")}>
			<p class="quiet-text">{t("Make sure by telephone or in person that it is really this person. Two persons have to agree; the link then replaces password and second factors.")}</p>
			<ul class="recoveries">
				{rows.map((one) => (
					<OneRecovery
						key={one.member}
						one={one}
						onDone={(made) => {
							if (made) setLink([made, one.name ?? one.member]);
							list.again();
						}}
					/>
				))}
			</ul>
			{link && <LinkShown link={link[0]} name={link[1]} onClose={() => setLink(undefined)} />}
		</Card>
	);
}

function AddAccount({ onClose }: { onClose: () => void }) {
	const [member, setMember] = useState('');
	const doing = useDoing();
	const submit = (e: Event) => {
		e.preventDefault();
		void doing.run(async () => {
			const { account } = await ask('user.add', { member: member.trim() });
			toast(t("{1} has an account now.", account.name || account.member));
			go(`/admin/people/${encodeURIComponent(account.member)}`);
		});
	};
	return (
		<Dialog title={t("New account")} onClose={onClose}>
			<form onSubmit={submit}>
				<TextField label={t("Account name")} hint={t("The name of a member of the policy. Who is new there comes by a change of the organisation.")} value={member} onValue={setMember} required />
				<Trouble error={doing.error} />
				<Actions>
					<Button kind="primary" type="submit" busy={doing.busy}>
						{t("Make the account")}
					</Button>
					<Button onClick={onClose}>{t("Go back")}</Button>
				</Actions>
			</form>
		</Dialog>
	);
}

export function AccountTag({ account: a }: { account: Account }) {
	if (a.disabled) return <Tag tone="bad">{t("Closed")}</Tag>;
	if (!a.known) return <Tag tone="over">{t("Not in the policy")}</Tag>;
	return <Tag tone="good">{t("In use")}</Tag>;
}

const finds = (a: Account, roles: string, text: string) => [a.member, a.name, a.system_user, roles].some((s) => s?.toLowerCase().includes(text));

export function People() {
	useLanguage();
	const { query } = usePlace();
	const text = query.get('text') ?? '';
	const [adding, setAdding] = useState(false);
	const names = useNames();
	const list = useMore<Account>(async (after, signal) => {
		const answer = await ask('user.list', { most: 200, ...(after ? { after } : {}) }, signal);
		return { rows: answer.accounts, next: answer.next };
	}, 'people', PAGES);
	const rows = text ? list.rows.filter((a) => finds(a, named(names, a.roles), text.toLowerCase())) : list.rows;
	const href = (a: Account) => `/admin/people/${encodeURIComponent(a.member)}`;
	const columns: Column<Account>[] = [
		{ head: t("Name"), kind: 'main', cell: (a) => <Link href={href(a)}>{a.name ?? a.member}</Link> },
		{ head: t("Account name"), cell: (a) => a.member },
		{ head: t("Roles"), cell: (a) => named(names, a.roles) },
		{ head: t("May"), kind: 'wide-only', cell: (a) => <RightTags rights={a.rights} /> },
		{ head: t("Since"), kind: 'wide-only', cell: (a) => onDay(a.created) },
		{ head: t("State"), kind: 'narrow', cell: (a) => <AccountTag account={a} /> },
	];
	return (
		<Page
			title={t("People")}
			lead={t("Accounts of this post. Names, departments and roles come from the policy; they change by a change of the organisation.")}
			actions={
				<Button icon="person" onClick={() => setAdding(true)}>
					{t("New account")}
				</Button>
			}
		>
			<Recoveries />
			<Trouble error={list.error} again={list.again} />
			<div class="filters">
				<TextField label={t("Search")} type="search" placeholder={t("Name, account name or role")} value={text} onValue={(v) => setQuery({ text: v })} />
				<p class="quiet-text" role="status">
					{!list.loading && t("{1} of {2}", count(rows.length), count(list.rows.length))}
				</p>
			</div>
			<Card flush>
				{list.loading && !list.rows.length && <Loading />}
				{!(list.loading && !list.rows.length) && (
					<Table caption={t("Accounts")} columns={columns} rows={rows} id={(a) => a.member} href={href} empty={<Empty icon="people" title={t("Nobody is found")} />} />
				)}
			</Card>
			{list.more && (
				<Notice>
					<p>{t("There are more accounts than are shown.")}</p>
					<Button onClick={list.fetchMore}>{t("Show more")}</Button>
				</Notice>
			)}
			{adding && <AddAccount onClose={() => setAdding(false)} />}
		</Page>
	);
}
