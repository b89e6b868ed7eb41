// One transfer: one sentence what was done to the file, then what can be done with it, then all the rest on demand.
import asks from 'virtual:asks';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { ask, contentPath, originalPath, receiptPath } from '../api/client';
import { isAbout, useTransferEvents, type TransferEvent } from '../api/events';
import type { Answer, HistoryRow, Original, Transfer } from '../api/types';
import { useAsk } from '../api/use';
import { remaining, t, tn, tr, when } from '../i18n';
import { Button } from '../parts/button';
import { Sure } from '../parts/dialog';
import { Icon } from '../parts/icon';
import { Loading, Notice, Trouble } from '../parts/notice';
import { Card, Page } from '../parts/page';
import { PasswordOf } from '../parts/password-form';
import { Progress } from '../parts/progress';
import { canCollect, hasReceipt, isFor, lookOf, StateTag } from '../parts/tag';
import { toast } from '../parts/toast';
import { Link } from '../router';
import { useSentence } from '../sentence';
import { useWho } from '../session';
import { partText, senderOf, sizeText, wasCleaned, zoneText } from '../words';
import { canFetch, isUsedUp, OriginalTag } from './originals/tag';
import { ClassOf } from './transfer-class';
import { Approvals, Details, Findings, HistoryOf, Removals } from './transfer-details';

type Shown = Answer<'show'>;

function whyRefused(history: HistoryRow[]): string | undefined {
	const last = [...history].reverse().find((h) => ['refused', 'denied', 'rejected'].includes(h.to ?? ''));
	return last?.text ?? last?.note;
}

/** What it is waiting for, or why it ended, and what to do. */
function Situation({ shown, event }: { shown: Shown; event: TransferEvent | undefined }) {
	const x = shown.transfer;
	const here = useWho()?.zone ?? '';
	const look = lookOf(x.state, x.holds);
	const mine = x.role.includes('requester');
	const note = whyRefused(shown.history ?? []);
	if (look.tone === 'going')
		return (
			<Notice kind="info" title={partText(event) ?? tr(look.text)}>
				<Progress label={tr(look.text)} {...(event?.percent === undefined ? {} : { value: event.percent })} />
				<p>{t("You can close this page; it goes on by itself.")}</p>
			</Notice>
		);
	switch (x.state) {
		case 'held':
			if (x.holds.includes('approval') || x.holds.includes('leak')) return <WaitsForPeople shown={shown} />;
			return null;
		case 'refused':
			return (
				<Notice kind="bad" title={t("It could not be made safe, so it did not pass.")}>
					{note && <p>{tr(note)}</p>}
					<p>{t("Ask the sender for another format, such as PDF, or ask for the original below.")}</p>
				</Notice>
			);
		case 'denied':
			return (
				<Notice kind="bad" title={t("It was not permitted.")}>
					{note && <p>{tr(note)}</p>}
					{mine && <p>{t("Nothing has left. If the reason can be met, send it again.")}</p>}
				</Notice>
			);
		case 'rejected':
			return (
				<Notice kind="bad" title={t("The check on the other side did not accept it.")}>
					<p>{t("Nothing was handed out. Send it again; if that happens once more, tell the people in charge.")}</p>
				</Notice>
			);
		case 'expired':
			return (
				<Notice kind="warn" title={t("The time in which it could be collected is over.")}>
					<p>{t("The file is erased. If it is still needed, it has to be sent again.")}</p>
				</Notice>
			);
		case 'released':
		case 'collected':
			return x.owner !== here && isFor(x) ? (
				<Notice kind="info" title={t("It is collected in the portal of the other network ({1}).", zoneText(x.to))} />
			) : null;
		case 'cancelled':
			return <Notice kind="info" title={t("It was taken back. Nothing was handed out.")} />;
		default:
			return null;
	}
}

function WaitsForPeople({ shown }: { shown: Shown }) {
	const d = shown.decision;
	const names = d?.approvers?.map((a) => (a.after ? t("{1} (as a deputy from {2})", a.name, when(a.after)) : a.name)) ?? [];
	return (
		<Notice kind="waiting" title={shown.transfer.holds.includes('leak') ? t("Somebody has to look at its content first.") : t("It waits for approval.")}>
			{names.length > 0 && <p>{t("Who can approve: {1}", names.join(t(", ")))}</p>}
			{d?.persons !== undefined && d.persons > 1 && <p>{t("{1} of {2} have approved.", d.approvals ?? 0, d.persons)}</p>}
		</Notice>
	);
}

/** One that was fetched as often as it may be can be asked for anew. */
const isOpen = (o: Original) => !['denied', 'expired', 'cancelled'].includes(o.state) && !isUsedUp(o);

function OriginalState({ original: o }: { original: Original }) {
	const here = canFetch(o);
	return (
		<Notice kind={here ? 'warn' : 'info'} title={here || isUsedUp(o) ? t("The original was released to you.") : t("You have asked for the original.")}>
			<p>
				<OriginalTag original={o} /> <Link href={`/originals/${o.id}`}>{t("The request")}</Link>
			</p>
			{here && (
				<>
					<p>{t("It is as it came, and may be dangerous. Open it only on a terminal meant for that.")}</p>
					<a class="button" href={originalPath(o.id)} download>
						<Icon name="receive" />
						<span>{t("Download the original")}</span>
					</a>
				</>
			)}
		</Notice>
	);
}

/** States in which what cleaning made of it is what there is to say first. */
const GOOD = ['held', 'approved', 'offered', 'crossing', 'crossed', 'verified', 'released', 'collected'];
/** A post of this version gives receipts. */
const RECEIPTS = asks.includes('receipt');
const ENDS = ['received', 'cleaning', 'cleaned', 'held', 'approved', 'offered'];

interface DoingsProps {
	x: Transfer;
	again: () => void;
	original: Original | undefined;
}

function Doings({ x, again, original }: DoingsProps) {
	const [ending, setEnding] = useState(false);
	const here = useWho()?.zone ?? '';
	const collectable = canCollect(x, here);
	const left = x.downloads_most === undefined ? undefined : x.downloads_most - (x.downloads ?? 0);
	const concerned = x.role.includes('requester') || x.role.includes('recipient');
	const wanted = concerned && !(original && isOpen(original)) && (x.state === 'refused' || (wasCleaned(x) && x.state !== 'cancelled'));
	const cancel = async () => {
		await ask('cancel', { id: x.id });
		toast(t("It was taken back."));
		again();
	};
	return (
		<div class="doings">
			<div class="actions">
				{collectable && (left === undefined || left > 0) && (
					<a class="button primary large" href={contentPath(x.id)} download onClick={() => setTimeout(again, 1500)}>
						<Icon name="receive" />
						<span>{t("Download")}</span>
					</a>
				)}
				{RECEIPTS && hasReceipt(x.state) && (
					<a class="button" href={receiptPath(x.id)} download>
						<Icon name="print" />
						<span>{t("Receipt (PDF)")}</span>
					</a>
				)}
				{wanted && (x.from === here || x.role.includes('recipient')) && (
					<Link class="button" href={`/originals/new?transfer=${x.id}`}>
						{t("Ask for the original")}
					</Link>
				)}
				{x.role.includes('requester') && ENDS.includes(x.state) && (
					<Button kind="danger" onClick={() => setEnding(true)}>
						{t("Take it back")}
					</Button>
				)}
			</div>
			{collectable && (
				<p class="quiet-text">
					{[
						left === undefined ? '' : left > 0 ? tn("It can be downloaded once more.", "It can be downloaded {1} times more.", left) : t("It was downloaded as often as is allowed."),
						x.expires ? t("{1} left", remaining(x.expires - Date.now())) : '',
					]
						.filter(Boolean)
						.join(' ')}
				</p>
			)}
			{wanted && x.from !== here && <p class="quiet-text">{t("The original stayed in the network where it arrived. If it is released to you, you fetch it in the portal there ({1}).", zoneText(x.from))}</p>}
			{ending && (
				<Sure title={t("Take it back?")} yes={t("Take it back")} no={t("Leave it")} run={cancel} onClose={() => setEnding(false)}>
					<p>{t("It goes no further, and the file is erased. This cannot be undone.")}</p>
				</Sure>
			)}
		</div>
	);
}

/** The request for its original that was made last. */
function useOriginal(id: string): Original | undefined {
	const asked = useAsk('original.list', { most: 200 });
	return asked.data?.originals.filter((o) => o.transfer === id).sort((a, b) => b.asked - a.asked)[0];
}

function triedBefore(history: HistoryRow[]): boolean {
	return history.some((h) => h.event === 'password');
}

function Body({ shown, again, event }: { shown: Shown; again: () => void; event: TransferEvent | undefined }) {
	const x = shown.transfer;
	const original = useOriginal(x.id);
	const sentence = useSentence(x);
	const wantsPassword = x.state === 'held' && x.holds.includes('password');
	const mayGive = x.role.includes('requester') || x.role.includes('recipient');
	return (
		<>
			<Card>
				<div class="result">
					{sentence && GOOD.includes(x.state) && (
						<p class="result-say">
							<Icon name="shield" size={24} />
							<span>{sentence}</span>
						</p>
					)}
					<Situation shown={shown} event={event} />
					{wantsPassword && mayGive && <PasswordOf transfer={x} tried={triedBefore(shown.history ?? [])} done={again} />}
					{x.state === 'held' && x.holds.includes('class') && <ClassOf transfer={x} done={again} />}
					{original && <OriginalState original={original} />}
					<Doings x={x} again={again} original={original} />
				</div>
			</Card>
			{wasCleaned(x) && <Removals transfer={x} />}
			<Findings transfer={x} />
			<Approvals shown={shown} />
			<Details transfer={x} />
			<HistoryOf history={shown.history ?? []} />
		</>
	);
}

export function TransferPage({ params }: { params: { id?: string } }) {
	const id = params.id ?? '';
	const asked = useAsk('show', { id });
	const [event, setEvent] = useState<TransferEvent>();
	const again = asked.again;
	useTransferEvents(
		useCallback(
			(e: TransferEvent) => {
				if (!isAbout(e, id)) return;
				if (e.id === id) setEvent(e);
				again();
			},
			[id, again],
		),
	);
	const x = asked.data?.transfer;
	const going = x && lookOf(x.state, x.holds).tone === 'going';
	const pause = going ? 4000 : x?.state === 'held' ? 10_000 : 0;
	useEffect(() => {
		if (!pause) return undefined;
		const timer = setInterval(again, pause); // should the post's news not get through
		return () => clearInterval(timer);
	}, [pause, again]);
	const name = x?.name ?? t("Transfer");
	return (
		<Page
			title={name}
			heading={
				<span class="file-title">
					<span>{name}</span> {x && <StateTag transfer={x} />}
				</span>
			}
			lead={x && t("{1}, from {2} to {3}, {4}", senderOf(x), zoneText(x.from), zoneText(x.to), sizeText(x))}
		>
			{asked.loading && !x && <Loading />}
			<Trouble error={asked.error} again={again} />
			{asked.data && <Body shown={asked.data} again={again} event={event} />}
		</Page>
	);
}
