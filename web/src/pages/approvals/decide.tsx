// The last question before a vote: what it is about, what is signed, and for a denial the reason that the requester reads.
import { useState } from 'preact/hooks';
import { useDoing } from '../../api/use';
import { NotSigned } from '../../api/passkey';
import type { Transfer } from '../../api/types';
import { t, tn } from '../../i18n';
import { Button } from '../../parts/button';
import { Actions, Dialog } from '../../parts/dialog';
import { LinesField } from '../../parts/field';
import { Notice, Trouble } from '../../parts/notice';
import { type Said, vote } from './vote';

const MOST = 1000;

export interface AskVote {
	allow: boolean;
	title: string;
	/** Does it; several signatures tell how far they are. */
	run: (said: Said, told: (done: number, all: number) => void) => Promise<void>;
	onDone: () => void;
	onClose: () => void;
	/** What it is about, in a line or two. */
	about: preact.ComponentChildren;
}

export function VoteDialog({ allow, title, about, run, onDone, onClose }: AskVote) {
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
				<Trouble error={doing.error} />
				<Actions>
					<Button kind={allow ? 'primary' : 'danger'} type="submit" icon={allow ? 'check' : 'cross'} busy={doing.busy}>
						{allow ? t("Approve") : t("Deny")}
					</Button>
					<Button onClick={onClose}>{t("Go back")}</Button>
					{doing.error instanceof NotSigned && (
						<Button kind="quiet" onClick={() => go(true)}>
							{t("Decide without the passkey")}
						</Button>
					)}
				</Actions>
			</form>
		</Dialog>
	);
}

/** About one transfer or a few that were all looked at. */
export function TransferVote({ transfers, allow, onDone, onClose }: {
	transfers: Transfer[];
	allow: boolean;
	onDone: (done: string[]) => void;
	onClose: () => void;
}) {
	const [did] = useState<string[]>([]);
	const one = transfers.length === 1 ? transfers[0] : undefined;
	const title = one
		? allow ? t("Approve this file?") : t("Deny this file?")
		: allow ? tn("Approve {1} file?", "Approve {1} files?", transfers.length) : tn("Deny {1} file?", "Deny {1} files?", transfers.length);
	const run: AskVote['run'] = async (said, told) => {
		for (const transfer of transfers) {
			if (did.includes(transfer.id)) continue;
			await vote(transfer, said, told);
			did.push(transfer.id);
		}
	};
	return (
		<VoteDialog
			allow={allow}
			title={title}
			run={run}
			onDone={() => onDone(did)}
			onClose={() => (did.length ? onDone(did) : onClose())}
			about={
				<>
					<ul class="vote-about">
						{transfers.map((x) => (
							<li key={x.id}>
								<b>{x.name ?? x.id}</b>
								<small>{x.requester_name}</small>
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
			}
		/>
	);
}
