// All pages: what stands in the address, who may go there, how the way there is called and where it stands.
import { tasks } from './api/events';
import type { Right, Tasks, Who } from './api/types';
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
	{ pattern: '/overview', page: lazy(() => import('./pages/overview').then((m) => m.Overview)) },
	{ pattern: '/welcome', page: lazy(() => import('./pages/welcome').then((m) => m.Welcome)) },
	{ pattern: '/approvals', page: lazy(() => import('./pages/approvals/page').then((m) => m.Approvals)) },
	{ pattern: '/absence', page: lazy(() => import('./pages/absence').then((m) => m.AbsencePage)) },
	{ pattern: '/originals', page: lazy(() => import('./pages/originals/list').then((m) => m.Originals)) },
	{ pattern: '/originals/new', page: lazy(() => import('./pages/originals/new').then((m) => m.AskOriginal)) },
	{ pattern: '/originals/:id', page: lazy(() => import('./pages/originals/one').then((m) => m.OriginalPage)) },
	{ pattern: '/admin/people', page: lazy(() => import('./pages/admin/people').then((m) => m.People)) },
	{ pattern: '/admin/people/:member', page: lazy(() => import('./pages/admin/person').then((m) => m.Person)) },
	{ pattern: '/admin/organisation', page: lazy(() => import('./pages/admin/organisation').then((m) => m.Organisation)) },
	{ pattern: '/admin/organisation/new', page: lazy(() => import('./pages/admin/propose').then((m) => m.ProposeChange)) },
	{ pattern: '/admin/organisation/:number', page: lazy(() => import('./pages/admin/organisation').then((m) => m.OneChange)) },
	{ pattern: '/admin/policy', page: lazy(() => import('./pages/admin/routes').then((m) => m.Routes)) },
	{ pattern: '/admin/status', page: lazy(() => import('./pages/admin/status').then((m) => m.PostStatus)) },
	{ pattern: '/audit', page: lazy(() => import('./pages/audit/transfers').then((m) => m.AuditTransfers)) },
	{ pattern: '/audit/ledger', page: lazy(() => import('./pages/audit/ledger').then((m) => m.AuditLedger)) },
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

const mayAny = (who: Who, ...rights: Right[]): boolean => rights.some((r) => may(who, r));
/** Deputies have no such right, but things that wait for them. */
const approves = (who: Who): boolean => may(who, 'approve') || (tasks.get()?.approvals ?? 0) > 0;
const runs = (who: Who): boolean => may(who, 'administer');
const looksAfter = (who: Who): boolean => mayAny(who, 'administer', 'audit', 'oversee');
const audits = (who: Who): boolean => mayAny(who, 'audit', 'oversee');
const ADMIN = N_("Administration");
const AUDIT = N_("Audit");

export const ways: Way[] = [
	{ href: '/', name: N_("Home"), icon: 'home', phone: true },
	{ href: '/send', name: N_("Transfer files"), icon: 'send', phone: true },
	{ href: '/approvals', name: N_("Approvals"), icon: 'stamp', for: approves, waits: (n) => n.approvals, phone: true },
	{ href: '/passwords', name: N_("Passwords wanted"), icon: 'key', waits: (n) => n.passwords },
	{ href: '/originals', name: N_("Originals"), icon: 'file', waits: (n) => n.originals },
	{ href: '/history', name: N_("History"), icon: 'history', phone: true },
	{ href: '/absence', name: N_("Absence and deputies"), icon: 'people' },
	{ href: '/admin/people', name: N_("People"), icon: 'person', for: runs, group: ADMIN },
	{ href: '/admin/organisation', name: N_("Changes of the organisation"), icon: 'people', for: looksAfter, waits: (n) => n.proposals ?? 0, group: ADMIN },
	{ href: '/admin/policy', name: N_("Routes and policy"), icon: 'book', for: looksAfter, group: ADMIN },
	{ href: '/admin/status', name: N_("State of the post"), icon: 'settings', for: looksAfter, group: ADMIN },
	{ href: '/overview', name: N_("Overview"), icon: 'shield', for: looksAfter, group: AUDIT },
	{ href: '/audit', name: N_("Search transfers"), icon: 'search', for: audits, group: AUDIT },
	{ href: '/audit/ledger', name: N_("Ledger"), icon: 'book', for: looksAfter, group: AUDIT },
];

export const waysOf = (who: Who): Way[] => ways.filter((w) => !w.for || w.for(who));
