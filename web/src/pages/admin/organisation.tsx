// Changes of the organisation: what was proposed, and one proposal, decided about by somebody else.
import { useEffect, useState } from 'preact/hooks';
import { ask, sentenceOf } from '../../api/client';
import { useMore } from '../../api/more';
import type { OrgChange, Proposal } from '../../api/types';
import { useAsk, useDoing } from '../../api/use';
import { saveText, writeCsv } from '../../csv';
import { exactly, N_, t, tn, tr, useLanguage, when } from '../../i18n';
import { COLUMNS, HEADS, rowsOfMoves } from '../../moves';
import { Button } from '../../parts/button';
import { Actions, Dialog } from '../../parts/dialog';
import { LinesField } from '../../parts/field';
import { Empty, Loading, Notice, Trouble } from '../../parts/notice';
import { Card, Facts, Page } from '../../parts/page';
import { type Column, Table } from '../../parts/table';
import { Tag, type Tone } from '../../parts/tag';
import { toast } from '../../parts/toast';
import { Link } from '../../router';
import { useWho } from '../../session';
import { Changes, Verdict } from './changes';
import { useNames } from './names';
import '../../styles/desk.css';

const STATES: Record<Proposal['state'], [Tone, string]> = {
	open: ['warn', N_("To be decided")],
	approved: ['going', N_("Agreed")],
	done: ['good', N_("In force")],
	denied: ['bad', N_("Denied")],
};

function ProposalTag({ state }: { state: Proposal['state'] }) {
	const [tone, text] = STATES[state];
	return <Tag tone={tone}>{tr(text)}</Tag>;
}

export function Organisation() {
	useLanguage();
	const list = useMore<Proposal>(async (after, signal) => {
		const answer = await ask('org.list', { most: 50, ...(after ? { after } : {}) }, signal);
		return { rows: answer.proposals, next: answer.next };
	}, 'proposals');
	const href = (p: Proposal) => `/admin/organisation/${p.number}`;
	const columns: Column<Proposal>[] = [
		{ head: t("Comment"), kind: 'main', cell: (p) => <Link href={href(p)}>{p.comment?.split('\n')[0] || t("Change {1}", p.number)}</Link> },
		{ head: t("Proposed by"), cell: (p) => p.name ?? p.by ?? t("root") },
		{ head: t("Proposed at"), cell: (p) => when(p.at) },
		{ head: t("Decided by"), cell: (p) => p.decided_by ?? '' },
		{ head: t("State"), kind: 'narrow', cell: (p) => <ProposalTag state={p.state} /> },
	];
	return (
		<Page
			title={t("Changes of the organisation")}
			lead={t("One person proposes who comes, goes or moves; another one agrees. Then it stands in the policy, from the day it names.")}
			actions={
				<Link class="button primary" href="/admin/organisation/new">
					{t("New change")}
				</Link>
			}
		>
			<Trouble error={list.error} again={list.again} />
			<Card flush>
				{list.loading && !list.rows.length ? <Loading /> : (
					<Table caption={t("Changes of the organisation")} columns={columns} rows={list.rows} id={(p) => String(p.number)} href={href} empty={<Empty icon="people" title={t("No change has been proposed")} />} />
				)}
			</Card>
			{list.more && <Button onClick={list.fetchMore}>{t("Show more")}</Button>}
		</Page>
	);
}

function Decide({ proposal, policy, allow, onDone, onClose }: {
	proposal: Proposal;
	policy: string | undefined;
	allow: boolean;
	onDone: () => void;
	onClose: () => void;
}) {
	const [comment, setComment] = useState('');
	const doing = useDoing();
	const submit = (e: Event) => {
		e.preventDefault();
		void doing.run(async () => {
			await ask('org.decide', {
				number: proposal.number,
				allow,
				...(allow && policy ? { policy } : {}),
				...(comment.trim() ? { comment: comment.trim() } : {}),
			});
			toast(allow ? t("Agreed: it stands in the policy.") : t("Denied: nothing changes."));
			onDone();
		});
	};
	return (
		<Dialog title={allow ? t("Agree to this change?") : t("Deny this change?")} onClose={onClose}>
			<form onSubmit={submit}>
				{allow && <p>{t("It is written into the policy and holds from the days that it names.")}</p>}
				<LinesField label={t("Comment")} optional value={comment} onValue={setComment} maxLength={1000} />
				<Trouble error={doing.error} />
				<Actions>
					<Button kind={allow ? 'primary' : 'danger'} type="submit" busy={doing.busy}>
						{allow ? t("Agree") : t("Deny")}
					</Button>
					<Button onClick={onClose}>{t("Go back")}</Button>
				</Actions>
			</form>
		</Dialog>
	);
}

function useProposal(number: number) {
	const first = useAsk('org.show', { number, most: 200 });
	const [rest, setRest] = useState<{ of: unknown; rows: OrgChange[]; next: string | undefined }>();
	const doing = useDoing();
	const mine = rest?.of === first.data ? rest : undefined;
	const next = mine ? mine.next : first.data?.next;
	const rows = [...(first.data?.changes ?? []), ...(mine?.rows ?? [])];
	const more = () => void doing.run(async () => {
		const answer = await ask('org.show', { number, most: 200, ...(next ? { after: next } : {}) });
		setRest({ of: first.data, rows: [...(mine?.rows ?? []), ...(answer.changes ?? [])], next: answer.next });
	});
	const fetchNext = next !== undefined && !rows.length && !doing.busy && !doing.error; // what was asked for filled the first answer
	useEffect(() => {
		if (fetchNext) more();
	}, [fetchNext]);
	return { ...first, rows, next, more, busy: doing.busy };
}

export function OneChange({ params }: { params: { number?: string } }) {
	useLanguage();
	const number = Number(params.number ?? 0);
	const shown = useProposal(number);
	const names = useNames();
	const [asking, setAsking] = useState<boolean>();
	const p = shown.data?.proposal;
	const who = useWho();
	const own = Boolean(who && p && p.by === who.member);
	const moves = shown.data?.moves ?? '';
	const keep = () => saveText(`sekisho-change-${number}.csv`, writeCsv([COLUMNS.map((c) => tr(HEADS[c])), ...rowsOfMoves(moves)]));
	return (
		<Page
			title={t("Change {1} of the organisation", number)}
			actions={moves ? <Button icon="receive" onClick={keep}>{t("As a table")}</Button> : undefined}
		>
			{Boolean(shown.error) && (
				<Notice kind="bad">
					<p>{sentenceOf(shown.error)}</p>
					<Button onClick={shown.again}>{t("Try again")}</Button>
				</Notice>
			)}
			{shown.loading && !shown.data && <Loading />}
			{shown.data && p && (
				<>
					<Card>
						<Facts
							rows={[
								[t("State"), <ProposalTag state={p.state} />],
								[t("Proposed by"), `${p.name ?? p.by ?? t("root")}, ${exactly(p.at)}`],
								[t("Comment"), p.comment],
								[t("Decided by"), p.decided && `${p.decided_by ?? t("root")}, ${exactly(p.decided)}`],
								[t("Lines"), String(shown.data.lines ?? rowsOfMoves(moves).length)],
							]}
						/>
					</Card>
					<Verdict preview={shown.data} />
					{p.state === 'open' && own && (
						<Notice kind="waiting">
							<p>{t("You proposed this: somebody else has to agree. You may take it back by denying it.")}</p>
						</Notice>
					)}
					{p.state === 'open' && (
						<Actions>
							{!own && (
								<Button kind="primary" icon="check" disabled={!shown.data.good} onClick={() => setAsking(true)}>
									{t("Agree")}
								</Button>
							)}
							<Button kind="danger" icon="cross" onClick={() => setAsking(false)}>
								{t("Deny")}
							</Button>
						</Actions>
					)}
					{shown.rows.length > 0 ? (
						<Card flush title={tn("{1} line: what it would do", "{1} lines: what they would do", shown.data.lines ?? shown.rows.length)}>
							<Changes changes={shown.rows} named={names} />
							{shown.next && (
								<p class="below">
									<Button onClick={shown.more} busy={shown.busy}>
										{t("Show more")}
									</Button>
								</p>
							)}
						</Card>
					) : (
						<MovesTable moves={moves} />
					)}
					{asking !== undefined && (
						<Decide
							proposal={p}
							policy={shown.data.policy}
							allow={asking}
							onDone={() => {
								setAsking(undefined);
								shown.again();
							}}
							onClose={() => setAsking(undefined)}
						/>
					)}
				</>
			)}
		</Page>
	);
}

/** Once it is decided there is what was asked for alone. */
function MovesTable({ moves }: { moves: string }) {
	const rows = rowsOfMoves(moves);
	const columns: Column<string[]>[] = COLUMNS.map((name, i) => ({
		head: tr(HEADS[name]),
		...(i ? {} : { kind: 'main' as const }),
		cell: (row) => row[i] ?? '',
	}));
	if (!rows.length) return null;
	return (
		<Card flush title={t("What was proposed")}>
			<Table caption={t("What was proposed")} columns={columns} rows={rows} id={(row) => row.join('\t')} />
		</Card>
	);
}
