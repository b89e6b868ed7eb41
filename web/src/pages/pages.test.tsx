// Pages of staff and auditors: history, search, originals, passwords, absence, account, overview, ledger.
import { expect, test } from 'vitest';
import { button, labelled, press, textOf, type, until } from '../../fake/draw';
import { transfers, who } from '../../fake/data';
import { deskWords } from '../../fake/desk';
import { ok, refuse } from '../../fake/install';
import { allAsked, cells, choose, click, desk, inBoth, open, post, shows, staged, wordsAsked } from '../../fake/stage';
import type { Transfer, Who } from '../api/types';
import { begins, dayOf, ends } from '../days';
import { tr } from '../i18n';
import { askOf } from './transfer-search';

const HASH = '5f0c2ab1'.repeat(8);
staged();
const lastList = () => wordsAsked('list').at(-1)!;
const href = (text: string) => [...document.querySelectorAll('a')].find((a) => a.textContent?.trim() === text || a.getAttribute('aria-label') === text)?.getAttribute('href');
const selects = () => [...document.querySelectorAll('select')];
const clerk: Who = { ...who, rights: [] };
const auditor: Who = { ...who, rights: ['audit'] };

// --- looking for transfers ---

test('what may be asked for is asked, and nothing more', () => {
	const ask = (query: string, of: Who, everybody = false) => askOf(new URLSearchParams(query), of, everybody);
	expect(ask('all=1&department=zeimu', clerk)).toEqual({});
	expect(ask('department=shimin', who)).toEqual({ department: 'shimin' });
	expect(ask('department=zeimu', who)).toEqual({}); // he heads another one
	expect(ask('department=zeimu', auditor)).toEqual({ department: 'zeimu' });
	expect(ask('all=1', auditor)).toEqual({ all: true });
	expect(ask('', auditor, true)).toEqual({ all: true });
	expect(ask('direction=up&from=soon&text=%20', clerk)).toEqual({});
	expect(ask('direction=in&from=2027-04-01&until=2027-04-01&text=a&state=held&route=r&class=2&zone=z', clerk)).toEqual({
		direction: 'in', from: Date.parse('2027-04-01T00:00:00+09:00'), until: Date.parse('2027-04-02T00:00:00+09:00') - 1, text: 'a', state: 'held', route: 'r', class: '2', zone: 'z',
	});
});

test('the history is there in both languages', () => inBoth('/history', '履歴', 'History'));

test('who approves sees his department when he wants it; what he chose stands in the address and in the export', async () => {
	await open('/history');
	await until(() => selects().length);
	const whose = selects()[0]!;
	expect([...whose.options].map((o) => o.value)).toEqual(['', 'shimin']);
	await choose(whose, 'shimin');
	await until(() => lastList()['department'] === 'shimin');
	expect(location.search).toBe('?department=shimin');
	expect(href(tr("Export to Excel"))).toContain('/transfers.xlsx?language=ja&department=shimin');
	await choose(selects()[0]!, '');
	await until(() => !('department' in lastList()));
});

test('who only sends has nothing to choose there', async () => {
	post({ whoami: () => ok(clerk) });
	await open('/history');
	await until(() => document.querySelector('tbody tr'));
	expect([...document.querySelectorAll('label')].map((l) => l.textContent)).not.toContain(tr("Whose"));
});

test('what has ended has its receipt beside it', async () => {
	await open('/history');
	await until(() => document.querySelector('tbody tr'));
	const [released, , , held] = transfers;
	expect(href(tr("Receipt of {1}", released!.name!))).toBe(`/api/v1/transfers/${released!.id}/receipt.pdf`);
	expect(href(tr("Receipt of {1}", held!.name!))).toBeUndefined();
});

test('a search that finds nothing says so; more come when they are asked for', async () => {
	post({ list: (b) => ok(b['after'] ? { transfers: transfers.slice(2, 4) } : { transfers: transfers.slice(0, 2), next: 'n' }) });
	await open('/history');
	await press(tr("Show more"));
	await until(() => document.querySelectorAll('tbody tr').length === 4);
	expect(lastList()).toMatchObject({ after: 'n' });
	await shows(tr("{1} shown, that is all", 4));
	post({ list: () => ok({ transfers: [] }) });
	await type(tr("File name or person"), 'xyz');
	await press(tr("Search"));
	await shows(tr("Nothing fits these filters"));
	expect(lastList()).toMatchObject({ text: 'xyz' });
});

test('what was forgotten stands there without names', async () => {
	const bare: Transfer = { id: 'f'.repeat(32), state: 'expired', holds: [], from: 'internet', to: 'lgwan', received: 1, changed: 1, role: [] };
	post({ list: () => ok({ transfers: [bare] }) });
	await open('/history');
	await until(() => document.querySelector('tbody tr'));
	expect(cells(0).slice(0, 3)).toEqual([tr("(no name)"), 'インターネット → LGWAN', tr("(not kept any more)")]);
});

test('an auditor searches all, and cannot change anything', async () => {
	desk();
	await open('/audit?route=file-out');
	await until(() => document.querySelector('tbody tr'));
	expect(lastList()).toEqual({ all: true, route: 'file-out', most: 50 });
	expect(labelled(tr("Route")).value).toBe('file-out');
	expect(document.querySelectorAll('tbody button').length).toBe(0);
	expect(href(tr("Export to Excel"))).toContain('all=true');
	await type(tr("Class"), '3A');
	await press(tr("Search"));
	await until(() => lastList()['class'] === '3A');
});

test('the search is there in both languages', async () => {
	desk();
	await inBoth('/audit', '転送の検索', 'Search transfers');
});

// --- the ledger ---

test('the ledger is there in both languages, with what checks it', async () => {
	desk();
	await inBoth('/audit/ledger', '記録台帳', 'Ledger');
	await shows('sekisho-ledgerverify');
	await shows('48,211');
});

test('two ledgers that claim to be one are an alarm', async () => {
	desk({ status: async () => ok({ ...((await deskWords['status']!({})).body as object), ledger: { state: 'forked', size: 1, root: HASH } }) });
	await open('/audit/ledger');
	await until(() => document.querySelector('[role=alert]'));
	expect(textOf()).toContain(tr("Two ledgers claim to be this one"));
});

// --- one page for who answers for it all ---

test('the overview is there in both languages: how it is, what waits, what was stopped, what proves it', async () => {
	desk();
	await inBoth('/overview', '概況', 'Overview');
	await shows('1 person cannot log in');
	await shows('1 request for an original');
	await shows('1 change of the organisation');
	await until(() => document.querySelectorAll('tbody tr').length === 2); // one denied, one refused
	expect(document.querySelector('.notice.bad')!.textContent).toContain('Links');
	expect(textOf()).toContain(HASH);
	expect(wordsAsked('list').every((b) => b['all'] === true)).toBe(true);
});

test('a post that is well is said to be well', async () => {
	desk({ status: async () => ok({ ...((await deskWords['status']!({})).body as object), links: [] }) });
	await open('/overview');
	await shows(tr("All is well"));
});

test('the ways to administration and audit are for those alone who have them', async () => {
	post({ whoami: () => ok(clerk) });
	await open('/');
	const ways = () => [...document.querySelectorAll('.side .ways a')].map((a) => a.getAttribute('href'));
	expect(ways()).not.toContain('/overview');
	expect(ways()).not.toContain('/approvals');
	desk();
	await open('/');
	await until(() => ways().includes('/overview'));
	expect(ways()).toContain('/admin/people');
});

// --- originals ---

test('originals are there in both languages; who may release sees what waits for him', async () => {
	desk();
	await inBoth('/originals', '原本取り寄せ', 'Originals');
	await until(() => wordsAsked('original.list').length >= 3);
	expect(wordsAsked('original.list').map((b) => [b['waiting'], b['all']])).toEqual([[true, undefined], [undefined, undefined], [undefined, true]]);
});

test('who may not release sees his own requests alone', async () => {
	await open('/originals');
	await shows(tr("Your requests"));
	expect(wordsAsked('original.list')).toEqual([{ most: 100 }]);
});

test('an original is asked for with a reason', async () => {
	desk();
	const id = transfers[0]!.id;
	await open(`/originals/new?transfer=${id}`);
	await until(() => document.querySelector('textarea'));
	await click('main button[type=submit]');
	expect(wordsAsked('original.ask')).toEqual([]);
	expect(document.querySelector('textarea')!.getAttribute('aria-invalid')).toBe('true');
	await choose(document.querySelector('textarea')!, ' 印影の確認 ');
	await click('main button[type=submit]');
	await until(() => location.pathname.startsWith('/originals/d2'));
	expect(wordsAsked('original.ask')).toEqual([{ id, reason: '印影の確認' }]);
});

test('an original is released by somebody else than who asked, after a question', async () => {
	desk({ 'original.approve': () => ok({ original: {} }), sign: () => ok({ challenge: 'YQ', party: 'x', origin: 'x', credentials: [], hash: HASH, policy: HASH }) });
	const id = 'd1'.padEnd(32, '0');
	await open(`/originals/${id}`);
	await press(tr("Release the original"));
	await click('dialog button[type=submit]');
	await until(() => wordsAsked('original.approve').length);
	expect(wordsAsked('original.approve')).toEqual([{ id }]);
	expect(wordsAsked('sign')).toEqual([{ id, hold: 'original', allow: true }]);
});

test('who asked cannot release it; what is released he fetches here, with a warning', async () => {
	desk();
	const id = 'd2'.padEnd(32, '0');
	await open(`/originals/${id}`);
	await shows(tr("Handle it with care"));
	expect(document.querySelector('a[download]')!.getAttribute('href')).toBe(`/api/v1/originals/${id}/content`);
	expect([...document.querySelectorAll('main button')].map((b) => b.textContent)).not.toContain(tr("Release the original"));
});

// --- a transfer ---

test('a post that says less than usual breaks no page', async () => {
	const x = { ...transfers[3]! };
	post({ show: () => ok({ transfer: x, cut: true }) });
	await open(`/transfers/${x.id}`);
	await shows(tr("It waits for approval."));
	post({ show: () => ok({ transfer: { ...x, state: 'unanswered', holds: [] }, decision: { effect: 'hold', reasons: [] } }) });
	await open('/');
	await open(`/transfers/${x.id}`);
	await shows(tr("No answer from the other side"));
});

test('what a worker is at is said in words while it is told', async () => {
	const { tell } = await import('../../fake/install');
	const x = transfers.find((y) => y.state === 'cleaning')!;
	await open(`/transfers/${x.id}`);
	await shows(tr("You can close this page; it goes on by itself."));
	tell('transfer', { id: x.id, state: 'cleaning', changed: 1, part: 'check', percent: 62 });
	await shows(tr("Being checked by a second program"));
	expect(document.querySelector('[role=progressbar]')!.getAttribute('aria-valuenow')).toBe('62');
});

// --- passwords ---

test('passwords are there in both languages', () => inBoth('/passwords', 'パスワード待ち', 'Passwords wanted'));

test('a password that did not open it is told when the file waits again', async () => {
	const x: Transfer = { ...transfers[4]!, changed: 1 };
	post({
		list: () => ok({ transfers: [x] }),
		box: () => ok({ zone: 'internet', box: '09'.repeat(32) }),
		password: () => ok({ transfer: { ...x, state: 'cleaning', changed: 2 } }),
	});
	await open('/passwords');
	await until(() => document.querySelector('.password-form'));
	await type(tr("Password of the file"), 'wrong');
	await press(tr("Open and clean it"));
	await until(() => wordsAsked('password').length);
	const told = tr("The last password did not open it. Look for capital letters and full-width characters.");
	expect(textOf()).not.toContain(told); // it is being tried
	x.changed = 3;
	await open('/');
	await open('/passwords');
	await shows(told);
	expect(JSON.stringify(allAsked())).not.toContain('wrong');
});

// --- absence ---

test('absence is there in both languages, with one’s deputies', async () => {
	desk();
	await inBoth('/absence', '不在と代理', 'Absence and deputies');
	await shows('市民課 課長補佐');
});

test('who goes away from today on says no first day; who goes later does', async () => {
	desk();
	await open('/absence');
	await press(tr("Note that I am away"));
	await until(() => wordsAsked('absence.add').length === 1);
	expect(wordsAsked('absence.add')[0]).not.toHaveProperty('from');
	const [first, last] = [dayOf(Date.now() + 5 * 86_400_000), dayOf(Date.now() + 9 * 86_400_000)] as const;
	await type(tr("First day away"), first);
	await press(tr("Note that I am away"));
	expect(wordsAsked('absence.add').length).toBe(1); // it would end before it begins
	await type(tr("Last day away"), last);
	await press(tr("Note that I am away"));
	await until(() => wordsAsked('absence.add').length === 2);
	expect(wordsAsked('absence.add')[1]).toEqual({ from: begins(first), until: ends(last) });
	await press(tr("I am back"));
	await until(() => wordsAsked('absence.end').length);
	expect(wordsAsked('absence.end')[0]).toEqual({ number: 4 });
});

test('who has no deputy is told what that means', async () => {
	desk({ 'absence.list': () => ok({ absences: [], deputies: [] }) });
	await open('/absence');
	await shows(tr("The policy names no deputy for you: what waits for you waits until you are back. Ask whoever runs the post for one."));
});

// --- one's own account ---

test('the account is there in both languages', () => inBoth('/account', '認証アプリ', 'Authenticator app'));

test('a new password is long; the old one is asked for; what the post refuses is said', async () => {
	let right = false;
	post({ 'password.change': () => (right ? ok({}) : refuse(403, 'login-wrong')) });
	await open('/account');
	await press(tr("Change it"));
	await type(tr("Password until now"), 'old');
	await type(tr("New password"), 'short');
	await press(tr("Set the password"));
	expect(wordsAsked('password.change')).toEqual([]);
	expect(labelled(tr("New password")).getAttribute('aria-invalid')).toBe('true');
	await type(tr("New password"), '長い言葉をいくつか並べる');
	await press(tr("Set the password"));
	await until(() => document.querySelector('dialog [role=alert]'));
	right = true;
	await press(tr("Set the password"));
	await until(() => !document.querySelector('dialog'));
	expect(wordsAsked('password.change').at(-1)).toEqual({ new: '長い言葉をいくつか並べる', secret: 'old' });
});

test('an app is set up by a picture, or by its key; the digits are taken with blanks', async () => {
	post({ 'factor.list': () => ok({ password: true, directory: false, code: false, passkeys: [] }), 'factor.code.confirm': (b) => (b['code'] === '123456' ? ok({}) : refuse(403, 'login-wrong')) });
	await open('/account');
	await press(tr("Set up an authenticator app"));
	await until(() => document.querySelector('dialog svg.qr'));
	expect(document.querySelector('dialog .secret')!.textContent).toBe('JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP');
	await type(tr("Then type the six digits that it shows"), '123 456');
	await press(tr("Done"));
	await until(() => !document.querySelector('dialog'));
});

test('a passkey is taken away only after a question', async () => {
	post({ 'passkey.remove': () => ok({}) });
	await open('/account');
	await press(`${tr("Remove")} 青いキー`);
	await shows(tr("You can no longer log in with it. Make sure that another way is left."));
	expect(wordsAsked('passkey.remove')).toEqual([]);
	await click('dialog button[type=submit]');
	await until(() => wordsAsked('passkey.remove').length);
	expect(wordsAsked('passkey.remove')).toEqual([{ credential: 'ab' }]);
});

test('sessions elsewhere are ended; the own one has no such button', async () => {
	post({ 'session.end': () => ok({ ended: 1 }) });
	await open('/account');
	await shows('10.2.1.40');
	expect(document.querySelectorAll('tbody button').length).toBe(1);
	await press(tr("Log out at that terminal"));
	await until(() => wordsAsked('session.end').length);
	expect(wordsAsked('session.end')).toEqual([{ number: 2 }]);
	expect(button(tr("Change it"))).toBeTruthy();
});
