// The last question before a vote: what it is about, what is signed, and for a denial the reason that the requester reads.
import { useState } from 'preact/hooks';
import { useDoing } from '../../api/use';
import { NotSigned } from '../../api/passkey';
import { Refusal } from '../../api/client';
import type { Decided, Transfer } from '../../api/types';
import { t, tn } from '../../i18n';
import { Button } from '../../parts/button';
import { Actions, Dialog } from '../../parts/dialog';
import { LinesField } from '../../parts/field';
import { Notice, Trouble } from '../../parts/notice';
import { senderOf } from '../../words';
import { type Said, vote, voteMany } from './vote';

const MOST = 1000;

export interface AskVote {
	allow: boolean;
	title: string;
	/** Does it; several signatures tell how far they are. */
	run: (said: Said, told: (done: number, all: number) => void) => Promise<void>;
	onDone: () => void;
	onClose: () => void;
	/** A yes counts only when it is signed. */
	passkey?: boolean | undefined;
	/** What it is about, in a line or two. */
	about: preact.ComponentChildren;
}

export function VoteDialog({ allow, title, about, passkey, run, onDone, onClose }: AskVote) {
	const mustSign = allow && passkey === true;
	const [comment, setComment] = useState('');
	const [missing, setMissing] = useState(false);
	const [step, setStep] = useState<[number, number]>();
	const doing = useDoing();
	const go = (plain: boolean) => {
		if (!allow && !comment.trim()) {
			setMissing(true);
			return;
		}
		void doing.run(async () => {
			await run({ allow, comment, plain }, (done, all) => setStep([done, all]));
			onDone();
		});
	};
	const submit = (e: Event) => {
		e.preventDefault();
		go(false);
	};
	return (
		<Dialog title={title} onClose={onClose}>
			<form onSubmit={submit}>
				{about}
				<LinesField
					label={allow ? t("Comment") : t("Reason")}
					optional={allow}
					hint={allow ? undefined : t("Who sent it reads this.")}
					error={missing && !comment.trim() ? t("Say why, so that it can be done better next time.") : undefined}
					value={comment}
					onValue={setComment}
					maxLength={MOST}
				/>
				{step && step[1] > 1 && <p class="quiet-text">{t("Signature {1} of {2}", step[0] + 1, step[1])}</p>}
				{mustSign && <p class="quiet-text">{t("The policy wants this approval to be signed with your passkey.")}</p>}
				<Trouble error={doing.error} />
				<Actions>
					<Button kind={allow ? 'primary' : 'danger'} type="submit" icon={allow ? 'check' : 'cross'} busy={doing.busy}>
						{allow ? t("Approve") : t("Deny")}
					</Button>
					<Button onClick={onClose}>{t("Go back")}</Button>
					{doing.error instanceof NotSigned && !mustSign && (
						<Button kind="quiet" onClick={() => go(true)}>
							{t("Decide without the passkey")}
						</Button>
					)}
				</Actions>
			</form>
		</Dialog>
	);
}

interface TransferVoteProps {
	transfers: Transfer[];
	allow: boolean;
	passkey?: boolean | undefined;
	onDone: (done: string[]) => void;
	onClose: () => void;
}

function About({ transfers, allow }: { transfers: Transfer[]; allow: boolean }) {
	return (
		<>
			<ul class="vote-about">
				{transfers.map((x) => (
					<li key={x.id}>
						<b>{x.name ?? x.id}</b>
						<small>{senderOf(x)}</small>
					</li>
				))}
			</ul>
			{allow && <p>{t("You approve exactly the bytes of the cleaned file that is shown. If they change, your approval is void.")}</p>}
			{transfers.some((x) => x.holds.includes('leak')) && allow && (
				<Notice kind="warn">
					<p>{t("Something was found in it that may have to stay here. Look at what was found before you decide.")}</p>
				</Notice>
			)}
		</>
	);
}

function OneVote({ x, allow, passkey, onDone, onClose }: Omit<TransferVoteProps, 'transfers'> & { x: Transfer }) {
	return (
		<VoteDialog
			allow={allow}
			passkey={passkey}
			title={allow ? t("Approve this file?") : t("Deny this file?")}
			run={async (said, told) => void (await vote(x, said, told))}
			onDone={() => onDone([x.id])}
			onClose={onClose}
			about={<About transfers={[x]} allow={allow} />}
		/>
	);
}

/** One word about several; each is a decision of its own, and one that was not taken says why. */
function BulkVote({ transfers, allow, onDone, onClose }: TransferVoteProps) {
	const [left, setLeft] = useState<Decided[]>();
	const [done] = useState<string[]>([]);
	const n = transfers.length;
	const run: AskVote['run'] = async (said) => {
		const decided = await voteMany(transfers, said);
		done.push(...decided.filter((d) => d.status === 'ok').map((d) => d.id));
		setLeft(decided.filter((d) => d.status === 'refused'));
	};
	if (left?.length)
		return (
			<Dialog title={tn("{1} was not decided", "{1} were not decided", left.length)} onClose={() => onDone(done)}>
				<ul class="vote-about">
					{left.map((d) => (
						<li key={d.id}>
							<b>{transfers.find((x) => x.id === d.id)?.name ?? d.id}</b>
							<small>{new Refusal(409, d.why ?? '', d.field ?? '', d.text).sentence()}</small>
						</li>
					))}
				</ul>
				<Actions>
					<Button kind="primary" onClick={() => onDone(done)}>
						{t("Close")}
					</Button>
				</Actions>
			</Dialog>
		);
	return (
		<VoteDialog
			allow={allow}
			title={allow ? tn("Approve {1} file?", "Approve {1} files?", n) : tn("Deny {1} file?", "Deny {1} files?", n)}
			run={run}
			onDone={() => done.length === n && onDone(done)}
			onClose={onClose}
			about={<About transfers={transfers} allow={allow} />}
		/>
	);
}

export function TransferVote(props: TransferVoteProps) {
	const one = props.transfers.length === 1 ? props.transfers[0] : undefined;
	return one ? <OneVote x={one} {...props} /> : <BulkVote {...props} />;
}
