// 原本取り寄せ: requests for originals. One's own, those that wait for one's decision, and all for who audits.
import type { Original } from '../../api/types';
import { useAsk } from '../../api/use';
import { t, useLanguage, when } from '../../i18n';
import { Empty, Loading, Trouble } from '../../parts/notice';
import { Card, Page } from '../../parts/page';
import { type Column, Table } from '../../parts/table';
import { Link } from '../../router';
import { may, useWho } from '../../session';
import { OriginalTag } from './tag';

function Requests({ title, waiting, all, empty }: { title: string; waiting?: boolean; all?: boolean; empty: string }) {
	const list = useAsk('original.list', { ...(waiting ? { waiting } : {}), ...(all ? { all } : {}), most: 100 });
	const href = (o: Original) => `/originals/${o.id}`;
	const columns: Column<Original>[] = [
		{ head: t("Reason"), kind: 'main', cell: (o) => <Link href={href(o)}>{o.reason ?? o.id}</Link> },
		{ head: t("Asked by"), cell: (o) => o.requester },
		{ head: t("Asked at"), cell: (o) => when(o.asked) },
		{ head: t("State"), kind: 'narrow', cell: (o) => <OriginalTag original={o} /> },
	];
	return (
		<Card title={title} flush>
			<Trouble error={list.error} again={list.again} />
			{list.loading && !list.data && <Loading />}
			{list.data && (
				<Table caption={title} columns={columns} rows={list.data.originals} id={(o) => o.id} href={href} empty={<Empty icon="file" title={empty} />} />
			)}
		</Card>
	);
}

export function Originals() {
	useLanguage();
	const who = useWho();
	if (!who) return null;
	return (
		<Page
			title={t("Originals")}
			lead={t("An original is what arrived, before it was made harmless. It may hold malware, so it is handed out only here, after somebody agreed, and never crosses.")}
		>
			{who.rights.includes('release-original') && <Requests title={t("Waiting for your decision")} waiting empty={t("Nothing waits for your decision")} />}
			<Requests title={t("Your requests")} empty={t("You have asked for no original. You ask for one at the page of a transfer.")} />
			{(may(who, 'audit') || may(who, 'administer')) && <Requests title={t("All requests")} all empty={t("There are no requests")} />}
		</Page>
	);
}
