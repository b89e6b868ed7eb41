// The frame around the pages, and which of login, pages and trouble is shown.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { connected, tasks } from './api/events';
import type { Who } from './api/types';
import { t, tr, useLanguage } from './i18n';
import { routes, waysOf, type Way } from './pages';
import { GatePage, Login, LoginAgain, LoginMore } from './pages/login';
import { NotFound } from './pages/not-found';
import { Button } from './parts/button';
import { Actions, Dialog } from './parts/dialog';
import { Icon } from './parts/icon';
import { LanguageButton } from './parts/language';
import { Loading, Trouble } from './parts/notice';
import { Toasts } from './parts/toast';
import { find, Link, usePlace } from './router';
import { leave } from './leave';
import { underWay } from './outbox';
import { look, session } from './session';
import { useStore } from './store';
import { nameOf } from './words';

function Number({ way }: { way: Way }) {
	const have = useStore(tasks);
	const n = have && way.waits ? way.waits(have) : 0;
	if (!n) return null;
	return (
		<span class="number">
			{n > 99 ? '99+' : n}
			<span class="unseen">{t("waiting for you")}</span>
		</span>
	);
}

function WayLink({ way }: { way: Way }) {
	return (
		<Link href={way.href}>
			<Icon name={way.icon} />
			<span>{tr(way.name)}</span>
			<Number way={way} />
		</Link>
	);
}

function Ways({ ways }: { ways: Way[] }) {
	const groups = [...new Set(ways.map((w) => w.group))];
	return (
		<nav class="ways" aria-label={t("Pages")}>
			{groups.map((group) => (
				<>
					{group && <p class="ways-head">{tr(group)}</p>}
					{ways.filter((w) => w.group === group).map((w) => <WayLink key={w.href} way={w} />)}
				</>
			))}
		</nav>
	);
}

function Me({ who }: { who: Who }) {
	return (
		<Link href="/account" class="me">
			<Icon name="person" />
			<span>
				{nameOf(who)}
				{(who.department_name ?? who.department) && <small>{who.department_name ?? who.department}</small>}
			</span>
		</Link>
	);
}

/** Out, and on a terminal that many use straight to the next person's login. What is still being sent would stop: that is asked. */
function Leaving({ children }: { children: ComponentChildren }) {
	const [asking, setAsking] = useState<boolean>();
	const go = (next: boolean) => (underWay() ? setAsking(next) : void leave(next));
	return (
		<>
			<Button kind="quiet" class="next-person" icon="people" onClick={() => go(true)} title={t("Logs you out; nothing of you stays on this terminal.")}>
				{t("Next person")}
			</Button>
			{children}
			<Button kind="quiet" icon="logout" onClick={() => go(false)}>
				{t("Log out")}
			</Button>
			{asking !== undefined && (
				<Dialog title={t("Files are still being sent")} onClose={() => setAsking(undefined)}>
					<p>{t("They stop when you log out, and have to be sent again.")}</p>
					<Actions>
						<Button kind="danger" onClick={() => void leave(asking)}>
							{t("Stop them and log out")}
						</Button>
						<Button onClick={() => setAsking(undefined)}>{t("Go back")}</Button>
					</Actions>
				</Dialog>
			)}
		</>
	);
}

/** The session could not be ended: nobody else may sit down here yet. */
function NotOut({ error, next }: { error: unknown; next: boolean }) {
	return (
		<GatePage title={t("You are not logged out yet")}>
			<Trouble error={error} again={() => void leave(next)} />
			<p>{t("Whoever comes next could go on in your name. Stay here until it has worked, or have the network looked at.")}</p>
		</GatePage>
	);
}

function Side({ who }: { who: Who }) {
	return (
		<header class="side">
			<Link href="/" class="zone-band">
				<small>sekisho</small>
				<b>{who.zone_name ?? who.zone ?? ''}</b>
			</Link>
			<Ways ways={waysOf(who)} />
			<div class="side-foot">
				<Me who={who} />
				<Leaving>
					<LanguageButton />
				</Leaving>
			</div>
		</header>
	);
}

function PhoneBar({ who }: { who: Who }) {
	return (
		<header class="phone-bar">
			<Link href="/">{who.zone_name ?? who.zone ?? 'sekisho'}</Link>
			<Link href="/account" class="button quiet" aria-label={nameOf(who)}>
				<Icon name="person" />
			</Link>
		</header>
	);
}

function PhoneWays({ who }: { who: Who }) {
	const [open, setOpen] = useState(false);
	const { path } = usePlace();
	useEffect(() => setOpen(false), [path]);
	const all = waysOf(who);
	return (
		<nav class="phone-ways" aria-label={t("Pages")}>
			{all.filter((w) => w.phone).map((w) => <WayLink key={w.href} way={w} />)}
			<button type="button" aria-expanded={open} onClick={() => setOpen(true)}>
				<Icon name="more" />
				<span>{t("More")}</span>
			</button>
			{open && (
				<Dialog title={t("Pages")} onClose={() => setOpen(false)}>
					<Ways ways={all} />
					<div class="row">
						<Leaving>
							<LanguageButton />
						</Leaving>
					</div>
				</Dialog>
			)}
		</nav>
	);
}

function Offline() {
	if (useStore(connected)) return null;
	return (
		<p class="offline" role="status">
			<Icon name="warn" />
			{t("The post cannot be reached just now. What is under way goes on when it is back.")}
		</p>
	);
}

function Pages() {
	const { path } = usePlace();
	const found = find(routes, path);
	const Found = found?.route.page;
	useEffect(() => scrollTo(0, 0), [path]);
	return Found ? <Found key={path} params={found.params} /> : <NotFound />;
}

export function Shell({ who, again }: { who: Who; again: boolean }) {
	const main = useRef<HTMLElement>(null);
	return (
		<div class="shell">
			<a
				class="skip"
				href="#main"
				onClick={(e) => {
					e.preventDefault();
					main.current?.focus();
				}}
			>
				{t("To the content")}
			</a>
			<Side who={who} />
			<PhoneBar who={who} />
			<main class="main" id="main" ref={main} tabIndex={-1}>
				<Offline />
				<Pages />
			</main>
			<PhoneWays who={who} />
			{again && <LoginAgain who={who} />}
		</div>
	);
}

/** What can be done before the session is enough for this zone: show more, or set up what can be shown. */
function More({ who }: { who: Who }) {
	const { path } = usePlace();
	if (path !== '/account' && path !== '/welcome') return <LoginMore who={who} />;
	return (
		<main class="main">
			<Pages />
		</main>
	);
}

export function App() {
	const now = useStore(session);
	useLanguage();
	return (
		<>
			{now.kind === 'unknown' && <Loading />}
			{now.kind === 'failed' && (
				<div class="gate-page">
					<Trouble error={now.error} again={() => void look()} />
				</div>
			)}
			{now.kind === 'out' && <Login />}
			{now.kind === 'leaving' && (now.error ? <NotOut error={now.error} next={now.next} /> : <Loading />)}
			{now.kind === 'more' && <More who={now.who} />}
			{(now.kind === 'in' || now.kind === 'ended') && <Shell key={now.who.member} who={now.who} again={now.kind === 'ended'} />}
			<Toasts />
		</>
	);
}
