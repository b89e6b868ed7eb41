// 持込み・持出し: files are dropped, what the route wants is said, they go. lang: the page's name in PRODUCT's table
import { useMemo, useState } from 'preact/hooks';
import type { RouteInfo } from '../api/types';
import { useAsk } from '../api/use';
import { choose, chosen, draft as kept } from '../chosen';
import { bytes, t, tn } from '../i18n';
import { enqueue, nameOf } from '../outbox';
import { Button } from '../parts/button';
import { DropArea } from '../parts/drop';
import { Icon } from '../parts/icon';
import { Empty, Loading, Notice, Trouble } from '../parts/notice';
import { Card, Page } from '../parts/page';
import { useStore } from '../store';
import { directionText } from '../words';
import { draftFor, SendForm, Then, wishOf, wrongWith, type Draft, type Wrong } from './send-form';
import { LeftBehind, Sending } from './send-progress';

export function titleFor(routes: RouteInfo[] | undefined): string {
	const ways = new Set(routes?.map((r) => r.direction));
	if (ways.size === 1) return directionText([...ways][0]!);
	return t("Transfer files");
}

function Chosen({ files, most }: { files: File[]; most: number | undefined }) {
	const all = files.reduce((n, f) => n + f.size, 0);
	return (
		<div class="chosen-files">
			<p class="row">
				<b>{tn("{1} file", "{1} files", files.length)}</b>
				<span class="quiet-text">{bytes(all)}</span>
				<Button kind="quiet" onClick={() => chosen.set([])}>
					{t("Remove all")}
				</Button>
			</p>
			<ul>
				{files.map((f) => (
					<li key={nameOf(f) + f.size + f.lastModified}>
						<Icon name="file" />
						<span>
							{nameOf(f)} <small class="quiet-text">{bytes(f.size)}</small>
							{most !== undefined && f.size > most && <small class="error">{t("Too large: {1} at most.", bytes(most))}</small>}
							{f.size === 0 && <small class="error">{t("It is empty.")}</small>}
						</span>
						<Button
							kind="quiet"
							icon="cross"
							aria-label={t("Remove {1}", nameOf(f))}
							onClick={() => chosen.update((l) => l.filter((g) => g !== f))}
						/>
					</li>
				))}
			</ul>
		</div>
	);
}

function Ready({ routes }: { routes: RouteInfo[] }) {
	const files = useStore(chosen);
	const [first] = useState(() => draftFor(routes[0]));
	const draft = useStore(kept) ?? first;
	const set = (d: Draft) => kept.set(d);
	const [tried, setTried] = useState(false);
	const route = routes.find((r) => r.name === draft.route) ?? routes[0]!;
	const wrong: Wrong = tried ? wrongWith(draft, route) : {};
	const fits = files.filter((f) => f.size > 0 && (route.size_most === undefined || f.size <= route.size_most));
	const submit = (e: Event) => {
		e.preventDefault();
		setTried(true);
		if (!fits.length || Object.keys(wrongWith(draft, route)).length) return;
		enqueue(fits, wishOf(draft, route));
		chosen.update((all) => all.filter((f) => !fits.includes(f)));
		set({ ...draft, reason: '' });
		setTried(false);
	};
	return (
		<form class={`send-grid ${files.length ? 'ready' : ''}`} onSubmit={submit} noValidate>
			<div class="stack">
				<DropArea onFiles={choose} small={files.length > 0} />
				<LeftBehind />
				{files.length > 0 && <Chosen files={files} most={route.size_most} />}
				<Sending />
			</div>
			<Card>
				<SendForm routes={routes} route={route} draft={draft} set={set} wrong={wrong} />
				<div class="send-do">
					<Button kind="primary" type="submit" class="large" icon="send" disabled={!fits.length}>
						{fits.length ? tn("Send {1} file", "Send {1} files", fits.length) : t("Send")}
					</Button>
				</div>
				<Then route={route} />
			</Card>
		</form>
	);
}

export function Send() {
	const asked = useAsk('routes', {});
	const routes = useMemo(() => asked.data?.routes ?? [], [asked.data]);
	return (
		<Page title={titleFor(asked.data?.routes)} lead={t("Files are made harmless on the way. The other network gets what is safe.")}>
			{asked.loading && !asked.data && <Loading />}
			<Trouble error={asked.error} again={asked.again} />
			{asked.data && !routes.length && (
				<Empty icon="send" title={t("From here nothing can be sent")}>
					<p>{t("The policy has no route from this network. Ask the people in charge.")}</p>
				</Empty>
			)}
			{routes.length > 0 && <Ready routes={routes} />}
			{!routes.length && <Sending />}
			{routes.some((r) => r.direction === 'out') && (
				<Notice>
					<p>{t("Individual numbers (My Number) never leave on any route; what is sent is looked through for them.")}</p>
				</Notice>
			)}
		</Page>
	);
}
