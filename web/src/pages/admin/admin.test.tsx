// 管理: people, one person, changes of the organisation, the policy, the post itself. lang: the pages' name
import { act } from 'preact/test-utils';
import { expect, test } from 'vitest';
import { button, labelled, press, settle, textOf, type, until } from '../../../fake/draw';
import { ok, refuse } from '../../../fake/install';
import { deskWords } from '../../../fake/desk';
import { cells, choose, click, desk, inBoth, open, shows, staged, wordsAsked } from '../../../fake/stage';
import { begins, dayOf, ends } from '../../days';
import { tr } from '../../i18n';
import { routesOf } from './route-table';

const HASH = '5f0c2ab1'.repeat(8);
staged(() => desk());

// --- people ---

test('people are there in both languages', () => inBoth('/admin/people', '利用者', 'People'));

test('everybody who has an account is listed, with what he may; typing finds by name and role', async () => {
	await open('/admin/people');
	await until(() => document.querySelectorAll('tbody tr').length === 4);
	expect(cells(0)).toContain('ichi');
	expect(cells(3).join()).toContain(tr("Closed"));
	await type(tr("Search"), 'systems');
	await until(() => document.querySelectorAll('tbody tr').length === 1);
	expect(cells(0)).toContain('san');
	expect(location.search).toBe('?text=systems'); // a bookmark finds the same
	await type(tr("Search"), 'nobody at all');
	await shows(tr("Nobody is found"));
});

test('an account is made for a member of the policy; what the post refuses is said where it was asked', async () => {
	desk({ 'user.add': (b) => (b['member'] === 'go' ? ok({ account: { member: 'go', name: '職員5', roles: [], rights: [] } }) : refuse(409, 'user-exists', String(b['member']))) });
	await open('/admin/people');
	await press(tr("New account"));
	await type(tr("Account name"), ' ichi ');
	await click('dialog button[type=submit]');
	await until(() => document.querySelector('dialog [role=alert]'));
	expect(wordsAsked('user.add')).toEqual([{ member: 'ichi' }]);
	await type(tr("Account name"), 'go');
	await click('dialog button[type=submit]');
	await until(() => location.pathname === '/admin/people/go');
});

test('who cannot log in needs two: the first stands for him, the second gets the link, once', async () => {
	let by: string | undefined;
	const one = () => ({ member: 'ni', name: '市民課 職員2', asked: Date.now(), ends: Date.now() + 1e7, ...(by ? { by } : {}) });
	desk({
		'recovery.list': () => ok({ recoveries: [one()] }),
		'recovery.approve': () => {
			if (by) return ok({ link: HASH, ends: Date.now() + 1e6, url: `https://x.localhost/link#${HASH}` });
			by = 'san';
			return ok({ recovery: one() });
		},
	});
	await open('/admin/people');
	await until(() => document.querySelector('.recoveries'));
	await press(tr("Stand for it"));
	await shows(tr("Noted. Somebody else has to agree, too."));
	expect(document.querySelector('dialog')).toBeNull();
	await until(() => [...document.querySelectorAll('button')].some((b) => b.textContent === tr("Agree and make the link")));
	await press(tr("Agree and make the link"));
	await until(() => document.querySelector('.link-once code'));
	expect(document.querySelector('.link-once')!.textContent).toBe(`https://x.localhost/link#${HASH}`);
	await press(tr("Close"));
	await until(() => !document.querySelector('dialog'));
	expect(textOf()).not.toContain(HASH);
});

test('a request to be let in again is denied by one', async () => {
	desk({ 'recovery.deny': () => ok({}) });
	await open('/admin/people');
	await until(() => document.querySelector('.recoveries'));
	await press(tr("Deny"));
	expect(wordsAsked('recovery.deny')).toEqual([{ member: 'ni' }]);
});

// --- one person ---

test('a person is there in both languages', () => inBoth('/admin/people/ichi', 'ログイン方法', 'Ways to log in'));

test('an account is closed only after a question, and opened again', async () => {
	let disabled = false;
	const account = () => ({ ...((deskWords['user.show']!({ member: 'ni' }) as { body: { account: object } }).body.account), disabled });
	desk({
		'user.show': () => ok({ account: account() }),
		'user.disable': () => ((disabled = true), ok({ account: account() })),
		'user.enable': () => ((disabled = false), ok({ account: account() })),
	});
	await open('/admin/people/ni');
	await shows(tr("Close the account"));
	await press(tr("Close the account"));
	expect(wordsAsked('user.disable')).toEqual([]);
	await click('dialog button[type=submit]');
	await shows(tr("Open the account again"));
	expect(wordsAsked('user.disable')).toEqual([{ member: 'ni' }]);
	expect(button(tr("Link for the first login")).disabled).toBe(true);
	await press(tr("Open the account again"));
	await shows(tr("Close the account"));
});

test('a link for the first login is shown once', async () => {
	await open('/admin/people/ni');
	await shows(tr("Link for the first login"));
	await press(tr("Link for the first login"));
	await until(() => document.querySelector('.link-once'));
	expect(wordsAsked('user.invite')).toEqual([{ member: 'ni' }]);
});

test('sessions of a person are ended one by one or all', async () => {
	desk({ 'session.end': () => ok({ ended: 1 }) });
	await open('/admin/people/ni');
	await shows('10.2.1.40');
	await click('tbody button', [...document.querySelectorAll('tbody button')].findIndex((b) => b.textContent === tr("End")));
	await press(tr("End all"));
	expect(wordsAsked('session.end')).toEqual([{ member: 'ni', number: 1 }, { member: 'ni', all: true }]);
});

test('an absence is noted for somebody who is ill, from a day to a day', async () => {
	await open('/admin/people/ni');
	await shows(tr("Note the absence"));
	await type(tr("Last day away"), '2020-01-01');
	await press(tr("Note the absence"));
	expect(wordsAsked('absence.add')).toEqual([]);
	expect(labelled(tr("Last day away")).getAttribute('aria-invalid')).toBe('true');
	const soon = dayOf(Date.now() + 3 * 86_400_000);
	await type(tr("Last day away"), soon);
	await press(tr("Note the absence"));
	await until(() => wordsAsked('absence.add').length);
	expect(wordsAsked('absence.add')[0]).toEqual({ member: 'ni', from: begins(dayOf(Date.now() + 86_400_000)), until: ends(soon) });
});

test('somebody who is not there is said to be not there', async () => {
	await open('/admin/people/nobody');
	await until(() => document.querySelector('[role=alert]'));
	expect(textOf()).toContain('nobody');
});

// --- changes of the organisation ---

const CSV = 'アカウント名,所属,役割,適用開始日\nshimin-1,zeimu,"clerk、chief",R9.4.1\nshimin-2,zeimu,,2027/4/1\n';
const bring = async (text: string, name = '異動.csv') => {
	const input = await until(() => document.querySelector<HTMLInputElement>('[data-choose=table]'));
	Object.defineProperty(input, 'files', { configurable: true, value: [new File([text], name)] });
	await act(() => void input.dispatchEvent(new Event('change', { bubbles: true })));
	await settle(4);
};

test('changes are listed with who proposed and who decided, in both languages', async () => {
	await inBoth('/admin/organisation', '組織変更', 'Changes of the organisation');
	await until(() => document.querySelectorAll('tbody tr').length === 3);
	expect(cells(0).join(' ')).toContain('情報政策課 職員3');
});

test('a table is looked at line by line before it is proposed', async () => {
	await open('/admin/organisation/new');
	await bring(CSV);
	await until(() => document.querySelector('.notice.good'));
	const [asked] = wordsAsked('org.preview');
	expect(asked!['moves']).toBe('shimin-1\t\tzeimu\tclerk,chief\t\t2027-04-01\t\nshimin-2\t\tzeimu\t\t\t2027-04-01\t\n');
	expect(document.querySelectorAll('tbody tr').length).toBe(2);
	await choose(document.querySelector('textarea')!, '4月1日付け');
	await press(tr("Propose this"));
	await until(() => location.pathname === '/admin/organisation/12');
	expect(wordsAsked('org.propose')).toEqual([{ moves: asked!['moves'], comment: '4月1日付け' }]);
});

test('a line that cannot be taken is named by its line in the table', async () => {
	await open('/admin/organisation/new');
	await bring('アカウント名,適用開始日\n\nichi,2027-04-01\n?x,2027-04-01\n');
	await until(() => document.querySelector('.notice.bad'));
	expect(textOf()).toContain(tr("Line {1} of {2}: {3}", 4, '異動.csv', '').trim());
	expect([...document.querySelectorAll('button')].some((b) => b.textContent === tr("Propose this"))).toBe(false);
	await press(tr("Choose another table"));
	await until(() => document.querySelector('[data-choose=table]'));
});

test('what is no table is said with what to do', async () => {
	await open('/admin/organisation/new');
	await bring('PK\u0003\u0004\u0000\u0000', '異動.xlsx');
	await shows(tr("This is no table of text. Save it in the spreadsheet as CSV (with commas), and choose that file."));
	await bring('アカウント名\n');
	await shows(tr("There is nobody in this table."));
});

test('somebody else agrees, to the policy that he was shown', async () => {
	await open('/admin/organisation/12');
	await until(() => document.querySelectorAll('tbody tr').length === 100);
	await press(tr("Show more"));
	await until(() => document.querySelectorAll('tbody tr').length === 200);
	await press(tr("Agree"));
	await click('dialog button[type=submit]');
	await until(() => wordsAsked('org.decide').length);
	expect(wordsAsked('org.decide')).toEqual([{ number: 12, allow: true, policy: HASH }]);
});

test('who proposed it cannot agree, only take it back', async () => {
	desk({}, { member: 'san' });
	await open('/admin/organisation/12');
	await shows(tr("You proposed this: somebody else has to agree. You may take it back by denying it."));
	const names = [...document.querySelectorAll('main button')].map((b) => b.textContent);
	expect(names).not.toContain(tr("Agree"));
	await press(tr("Deny"));
	await click('dialog button[type=submit]');
	await until(() => wordsAsked('org.decide').length);
	expect(wordsAsked('org.decide')).toEqual([{ number: 12, allow: false }]);
});

test('a change that would make the policy bad cannot be agreed to', async () => {
	desk({ 'org.show': () => ok({ proposal: { number: 12, at: 1, by: 'san', state: 'open' }, moves: 'a\t\t\t\t\t\t\n', good: false, wrong: 'It is bad.', changes: [{ line: 1, member: 'a' }], lines: 1 }) });
	await open('/admin/organisation/12');
	await shows('It is bad.');
	expect(button(tr("Agree")).disabled).toBe(true);
});

test('what was decided shows what was proposed', async () => {
	await open('/admin/organisation/10');
	await shows(tr("What was proposed"));
	expect(cells(0)).toEqual(['member-1', '', 'zeimu', '', '', '2027-04-01', '']);
	expect([...document.querySelectorAll('main button')].map((b) => b.textContent)).not.toContain(tr("Deny"));
});

// --- the policy ---

test('routes are read from the policy’s own words; notes and quotes are not mistaken', () => {
	const text = ['route a from internet to lgwan {', '	carry file # not this', '	clause "6.3#2"', '}', 'zone x {', '	name "y"', '}', 'route b from lgwan to internet {', '	approve by superior', '}'];
	const routes = routesOf(text.map((t, i) => ({ number: i + 1, text: t })));
	expect(routes.map((r) => [r.name, r.from, r.to, r.line])).toEqual([['a', 'internet', 'lgwan', 1], ['b', 'lgwan', 'internet', 8]]);
	expect(routes[0]!.rules).toEqual([['carry', 'file'], ['clause', '"6.3#2"']]);
	expect(routes[1]!.rules).toEqual([['approve', 'by superior']]);
});

test('the policy is there in both languages, with every route', async () => {
	await inBoth('/admin/policy', '経路とポリシー', 'Routes and policy');
	await until(() => document.querySelector('.route-table'));
	expect([...document.querySelectorAll('.route-table h3 code')].map((c) => c.textContent)).toEqual(['file-in', 'file-out']);
	expect(document.querySelector('.route-table')!.textContent).toContain('by superior, deputy after 4 hours');
});

test('the policy is asked about a route, and says by which line it decides', async () => {
	await open('/admin/policy');
	await until(() => document.querySelectorAll('.route-table li').length === 2);
	await click('.route-table button', 2); // of the second route
	await until(() => document.querySelectorAll<HTMLSelectElement>('.question select')[2]?.value === 'file-out');
	await type(tr("Who sends"), 'shimin-1');
	await press(tr("Ask the policy"));
	await until(() => document.querySelector('.notice.waiting'));
	const [asked] = wordsAsked('policy.explain');
	expect(JSON.parse(String(asked!['request']))).toEqual({ carry: 'file', from: 'lgwan', to: 'internet', route: 'file-out', requester: 'shimin-1' });
	expect(asked!['all']).toBe(true);
	expect(textOf()).toContain('市民課長');
});

test('a question that the post cannot read is said', async () => {
	desk({ 'policy.explain': () => refuse(400, 'value', 'size') });
	await open('/admin/policy');
	await until(() => document.querySelector('.question'));
	await press(tr("Ask the policy"));
	await until(() => document.querySelector('.question ~ .below [role=alert]'));
});

// --- the post ---

const status = (more: object) => async () => ok({ ...((await deskWords['status']!({})).body as object), ...more });
const light = (name: string) => [...document.querySelectorAll('.lights li')].find((l) => l.textContent?.startsWith(name));

test('the post is there in both languages, with its queue, workers, links, ledger, storage and versions', async () => {
	await inBoth('/admin/status', '番所の状態', 'State of the post');
	await until(() => light('Workers'));
	for (const name of ['Workers', 'Queue', 'Links', 'Ledger', 'Storage', 'Virus scanner']) expect(light(name), name).toBeTruthy();
	expect(light('Links')!.className).toBe('bad');
	expect(light('Storage')!.textContent).toContain('291 GB of 466 GB');
	expect(textOf()).toContain('0.5.0');
	expect(textOf()).toContain('SQLite');
});

test.each([
	[{ store: { kind: 'sqlite', all: 1000, free: 90, kept: 0 } }, 'Storage', 'warn'],
	[{ store: { kind: 'sqlite', all: 1000, free: 10, kept: 0 } }, 'Storage', 'bad'],
	[{ workers: { here: 0, idle: 0 } }, 'Workers', 'bad'],
	[{ workers: { here: 4, idle: 0 }, queue: { waiting: 21, running: 4, dead: 0 } }, 'Workers', 'warn'],
	[{ queue: { waiting: 0, running: 0, dead: 1 } }, 'Queue', 'bad'],
	[{ scanner: false }, 'Virus scanner', 'warn'],
	[{ ledger: { state: 'forked', size: 1, root: HASH } }, 'Ledger', 'bad'],
	[{ ledger: { state: 'behind', size: 1, root: HASH } }, 'Ledger', 'warn'],
	[{ links: [] }, 'Links', 'good'],
])('%j is told: %s %s', async (more, name, tone) => {
	desk({ status: status(more) });
	await open('/admin/status');
	await until(() => light(tr(name)));
	expect(light(tr(name))!.className).toBe(tone);
});

test('another policy at another post is told', async () => {
	desk({ status: status({ links: [{ zone: 'internet', up: true, state: 'up', policy: 'a'.repeat(64) }] }) });
	await open('/admin/status');
	await shows(tr("another one than here"));
});

test('a post that does not answer is said, and asked again by a click', async () => {
	let up = false;
	desk({ status: (b) => (up ? deskWords['status']!(b) : refuse(503, 'no-gate')) });
	await open('/admin/status');
	await until(() => document.querySelector('[role=alert]'));
	up = true;
	await press(tr("Try again"));
	await until(() => light(tr("Workers")));
});
