// One request for an original: decided about, taken back, fetched.
import { useState } from 'preact/hooks';
import { ask, originalPath } from '../../api/client';
import type { Answer, Original } from '../../api/types';
import { useAsk, useDoing } from '../../api/use';
import { bytes, exactly, remaining, t, useLanguage } from '../../i18n';
import { Button } from '../../parts/button';
import { Icon } from '../../parts/icon';
import { Loading, Notice, Trouble } from '../../parts/notice';
import { Card, Facts, Page } from '../../parts/page';
import { toast } from '../../parts/toast';
import { Link } from '../../router';
import { useWho } from '../../session';
import { typeName } from '../../says';
import { VoteDialog } from '../approvals/decide';
import { VoteList } from '../evidence';
import { voteOriginal } from '../approvals/vote';
import { canFetch, OriginalTag } from './tag';
import '../../styles/desk.css';

function Fetch({ original }: { original: Original }) {
	return (
		<Notice kind="warn" title={t("Handle it with care")}>
			<p>{t("Nothing was taken out of this file. Open it only on a computer that is meant for that, and pass it on to nobody.")}</p>
			<p>
				<a class="button primary" href={originalPath(original.id)} download>
					<Icon name="receive" />
					<span>{t("Fetch the original")}</span>
				</a>
			</p>
		</Notice>
	);
}

function About({ shown }: { shown: Answer<'original.show'> }) {
	const { original: o, transfer: x } = shown;
	return (
		<Facts
			rows={[
				[t("State"), <OriginalTag original={o} />],
				[t("File"), <Link href={`/transfers/${x.id}`}>{x.name ?? x.id}</Link>],
				[t("Kind and size"), [typeName(x.found ?? x.claimed), x.size && bytes(x.size)].filter(Boolean).join(' · ')],
				[t("Asked by"), o.requester],
				[t("Reason"), o.reason],
				[t("Asked at"), exactly(o.asked)],
				[t("Ends in"), o.expires && !['denied', 'expired', 'cancelled'].includes(o.state) ? remaining(o.expires - Date.now()) : undefined],
				[t("Fetched"), o.downloads ? (o.downloads_most ? t("{1} of {2}", o.downloads, o.downloads_most) : String(o.downloads)) : undefined],
			]}
		/>
	);
}

export function OriginalPage({ params }: { params: { id?: string } }) {
	useLanguage();
	const id = params.id ?? '';
	const shown = useAsk('original.show', { id });
	const doing = useDoing();
	const [asking, setAsking] = useState<boolean>();
	const o = shown.data?.original;
	const who = useWho();
	const own = Boolean(o && who && o.requester === who.member);
	const cancel = () =>
		void doing.run(async () => {
			await ask('original.cancel', { id });
			toast(t("Your request is taken back."), 'info');
			shown.again();
		});
	const decided = () => {
		toast(asking ? t("The original is released to who asked for it.") : t("The request is denied."));
		setAsking(undefined);
		shown.again();
	};
	return (
		<Page title={t("Request for an original")} narrow>
			<Trouble error={shown.error} again={shown.again} />
			<Trouble error={doing.error} />
			{shown.loading && !shown.data && <Loading />}
			{shown.data && o && (
				<>
					{own && canFetch(o) && <Fetch original={o} />}
					<Card>
						<About shown={shown.data} />
					</Card>
					{shown.data.votes.length > 0 && (
						<Card title={t("Decisions")}>
							<VoteList votes={shown.data.votes} />
						</Card>
					)}
					<div class="actions">
						{!own && o.state === 'held' && who?.rights.includes('release-original') && (
							<>
								<Button kind="primary" icon="check" onClick={() => setAsking(true)}>
									{t("Release the original")}
								</Button>
								<Button kind="danger" icon="cross" onClick={() => setAsking(false)}>
									{t("Deny")}
								</Button>
							</>
						)}
						{own && ['held', 'approved'].includes(o.state) && (
							<Button onClick={cancel} busy={doing.busy}>
								{t("Take the request back")}
							</Button>
						)}
					</div>
					{asking !== undefined && (
						<VoteDialog
							allow={asking}
							title={asking ? t("Release this original?") : t("Deny this request?")}
							run={async (said) => void (await voteOriginal(o, said))}
							onDone={decided}
							onClose={() => setAsking(undefined)}
							about={asking ? <p>{t("It is released to {1} alone, at this post, as it came: nothing was taken out of it.", o.requester)}</p> : null}
						/>
					)}
				</>
			)}
		</Page>
	);
}
