// All pages: what stands in the address, who may go there, how the way there is called and where it stands.
import type { Tasks, Who } from './api/types';
import { N_ } from './i18n';
import { lazy } from './lazy';
import type { IconName } from './parts/icon';
import type { Route } from './router';
import { may } from './session';
import { Home } from './pages/home';

export const routes: Route[] = [
	{ pattern: '/', page: Home },
	{ pattern: '/send', page: lazy(() => import('./pages/send').then((m) => m.Send)) },
	{ pattern: '/transfers/:id', page: lazy(() => import('./pages/transfer').then((m) => m.TransferPage)) },
	{ pattern: '/passwords', page: lazy(() => import('./pages/passwords').then((m) => m.Passwords)) },
	{ pattern: '/history', page: lazy(() => import('./pages/history').then((m) => m.History)) },
	{ pattern: '/welcome', page: lazy(() => import('./pages/welcome').then((m) => m.Welcome)) },
	{ pattern: '/account', page: lazy(() => import('./pages/account').then((m) => m.AccountPage)) },
];

export interface Way {
	href: string;
	name: string;
	icon: IconName;
	/** Others do not see it; the post refuses them all the same. */
	for?: (who: Who) => boolean;
	/** How many things wait there for me. */
	waits?: (tasks: Tasks) => number;
	/** Ways of a group stand together below its name. */
	group?: string;
	/** Stands at the foot of a phone's screen; the others behind "more". */
	phone?: boolean;
}

export const ways: Way[] = [
	{ href: '/', name: N_("Home"), icon: 'home', phone: true },
	{ href: '/send', name: N_("Transfer files"), icon: 'send', phone: true },
	{ href: '/passwords', name: N_("Passwords wanted"), icon: 'key', waits: (n) => n.passwords },
	{ href: '/history', name: N_("History"), icon: 'history', phone: true },
];

export const waysOf = (who: Who): Way[] => ways.filter((w) => !w.for || w.for(who));
export const mayAny = (who: Who, ...rights: string[]): boolean => rights.some((r) => may(who, r));
