// The pages with a post that is this test's.
import { expect, test } from 'vitest';
import { act } from 'preact/test-utils';
import { button, press, settle, textOf, type, until } from '../fake/draw';
import { routes as ROUTES, transfers, who } from '../fake/data';
import { ok, refuse, tell, type Answer } from '../fake/install';
import { fakePost } from '../fake/post';
import { allAsked, appear, meet, open, post, staged, wordsAsked } from '../fake/stage';
import { chosen } from './chosen';
import { setLanguage } from './i18n';
import { outbox } from './outbox';
import { go } from './router';
import { session } from './session';

const named = (name: string) => transfers.find((x) => x.name === name)!;

staged();

test('home shows what has arrived, what was removed from it, and what waits', async () => {
	await open('/');
	await until(() => textOf().includes('見積書.xlsx'));
	expect(textOf()).toContain('自動で動くプログラム');
	expect(textOf()).toContain('承認待ちが 2 件あります');
	const link = document.querySelector<HTMLAnchorElement>('a[download]')!;
	expect(link.getAttribute('href')).toBe(`/api/v1/transfers/${transfers[0]!.id}/content`);
});

test('what waits is shown as the post tells it', async () => {
	const counted = (n: number) => ({ received: 0, approvals: n, passwords: 0, classes: 0, originals: 0 });
	post({ tasks: () => ok(counted(2)) });
	await open('/');
	await until(() => textOf().includes('承認待ちが 2 件あります'));
	tell('tasks', counted(5));
	await until(() => textOf().includes('承認待ちが 5 件あります'));
});

test('it is all there in English', async () => {
	setLanguage('en');
	await open('/');
	await until(() => textOf().includes('Ready to collect'));
	expect(textOf()).toContain('2 files wait for your approval');
});

test('names of files are text, whatever they look like', async () => {
	const evil = '<img src=x onerror=alert(1)>.pdf';
	post({ list: () => ok({ transfers: [{ ...transfers[0]!, name: evil, requester_name: '<b>x</b>' }] }) });
	await open('/');
	await until(() => textOf().includes(evil));
	expect(document.querySelector('img, main b > b')).toBeNull();
});

test('who is not logged in sees the login, and gets in', async () => {
	let inside = false;
	post({
		whoami: () => (inside ? ok(who) : refuse(401, 'no-session')),
		'login.password': (b): Answer => {
			if (b['secret'] !== 'right') return refuse(403, 'login-wrong');
			inside = true;
			return ok({ enough: true });
		},
	});
	session.set({ kind: 'out' });
	await appear();
	await type('ユーザー名', ' ichi ');
	await type('パスワード', 'wrong');
	await press('ログイン');
	await until(() => document.querySelector('.notice.bad'));
	await type('パスワード', 'right');
	await press('ログイン');
	await until(() => document.querySelector('.shell'));
	expect(wordsAsked('login.password').map((b) => b['member'])).toEqual(['ichi', 'ichi']);
});

test('what the zone wants besides is asked for', async () => {
	let enough = false;
	post({
		whoami: () => ok({ ...who, enough, more: ['code'] }),
		'login.code': (b) => {
			enough = b['code'] === '123456';
			return ok({ enough });
		},
	});
	await open('/');
	expect(document.querySelector('.shell')).toBeNull();
	await type('認証アプリの6桁の数字', '123 456');
	await press('次へ');
	await until(() => document.querySelector('.shell'));
});

test('a session that ends does not take away what was typed', async () => {
	await open('/send');
	await until(() => document.querySelector('textarea'));
	await type('用途・理由', '公式サイトに載せる');
	post({ list: () => refuse(401, 'no-session') });
	await act(() => session.set({ kind: 'ended', who }));
	await settle();
	expect(document.querySelector('dialog')?.textContent).toContain('ログインの有効期限が切れました');
	expect(document.querySelector('textarea')!.value).toBe('公式サイトに載せる');
	await type('パスワード', 'x');
	await press('ログイン');
	await until(() => !document.querySelector('dialog'));
	expect(document.querySelector('textarea')!.value).toBe('公式サイトに載せる');
});

async function chooseFiles(...names: string[]): Promise<void> {
	await act(() => chosen.set(names.map((n) => new File(['abc'], n, { lastModified: 1 }))));
	await settle();
}

test('files are sent with what the route wants, each once', async () => {
	await open('/send');
	await until(() => document.querySelector('.choices'));
	await chooseFiles('a.txt', 'b.txt');
	await press('2 件を送る');
	expect(textOf()).toContain('情報の種類を選んでください');
	expect(wordsAsked('send')).toEqual([]);
	await act(() => document.querySelector<HTMLInputElement>('input[type=radio][value="1"]')!.click());
	await settle();
	await press('2 件を送る');
	const all = await until(() => wordsAsked('send').length === 2 && wordsAsked('send'));
	expect(all.map((b) => [b['name'], b['class'], b['to'], b['route']])).toEqual([
		['a.txt', '1', 'internet', 'file-out'],
		['b.txt', '1', 'internet', 'file-out'],
	]);
	expect(new Set(all.map((b) => b['id'])).size).toBe(2);
	expect(String(all[0]!['id'])).toMatch(/^[0-9a-f]{32}$/);
	expect(button('送る').disabled).toBe(true);
});

test('what is too large or empty is said before it is sent', async () => {
	post({ routes: () => ok({ routes: [{ ...ROUTES[0]!, size_most: 2, class_wanted: false }] }) });
	await open('/send');
	await until(() => document.querySelector('.drop'));
	await act(() => chosen.set([new File(['abc'], 'large.txt'), new File([], 'empty.txt')]));
	await settle();
	expect(textOf()).toContain('大きすぎます');
	expect(textOf()).toContain('中身が空です');
	expect(button('送る').disabled).toBe(true);
});

test('an upload that lost its session goes on after the login', async () => {
	let inside = true;
	const base = fakePost();
	meet((method, path, body, headers) => {
		const shut = !inside && (path.startsWith('uploads') || path === 'whoami');
		return shut ? refuse(401, 'no-session') : base(method, path, body, headers);
	});
	await open('/send');
	await until(() => document.querySelector('.choices'));
	await act(() => document.querySelector<HTMLInputElement>('input[type=radio][value="1"]')!.click());
	await chooseFiles('a.txt');
	inside = false;
	await press('1 件を送る');
	await until(() => outbox.get()[0]?.phase === 'login');
	expect(document.querySelector('dialog')).not.toBeNull();
	inside = true;
	await type('パスワード', 'x');
	await press('ログイン');
	await until(() => outbox.get()[0]?.phase === 'sent');
	expect(wordsAsked('send').length).toBe(1);
});

test('a transfer is told in one sentence, and follows the news', async () => {
	const x = { ...named('統計データ.csv') };
	post({ show: () => ok({ transfer: x, history: [], votes: [] }) });
	await open(`/transfers/${x.id}`);
	await until(() => textOf().includes('このページを閉じても、処理は続きます'));
	Object.assign(x, { state: 'released', removed: 'pdf.javascript=1', output_hash: 'ab', output_type: 'csv', role: ['recipient'] });
	tell('transfer', { id: x.id, state: 'released', changed: 1 });
	await until(() => textOf().includes('取り除いたもの：自動で動くプログラム'));
	expect(document.querySelector('a[download]')).not.toBeNull();
});

test('what was taken out is said at the post that it has left, too', async () => {
	const x = { ...named('統計データ.csv'), state: 'released', owner: 'internet', removed: 'pdf.javascript=1', output_type: 'csv', role: ['requester'] };
	post({ show: () => ok({ transfer: x, history: [], votes: [] }) });
	await open(`/transfers/${x.id}`);
	await until(() => textOf().includes('取り除いたもの：自動で動くプログラム'));
	expect([...document.querySelectorAll('a')].find((a) => a.textContent === '原本を取り寄せる')?.getAttribute('href')).toBe(`/originals/new?transfer=${x.id}`);
});

test('what does not exist, and what fails, is said with what to do next', async () => {
	await open('/transfers/00');
	await until(() => textOf().includes('この番号'));
	expect(button('もう一度試す')).toBeTruthy();
	await act(() => go('/no/such/page'));
	await until(() => textOf().includes('ページがありません'));
});

test('a password goes out sealed', async () => {
	const x = named('添付資料.zip');
	post({ box: () => ok({ zone: 'internet', box: '09'.repeat(32) }), password: () => ok({ transfer: x }) });
	await open(`/transfers/${x.id}`);
	await until(() => document.querySelector('.password-form'));
	await type('ファイルのパスワード', 'himitsu');
	await press('開いて無害化する');
	const [body] = await until(() => wordsAsked('password').length > 0 && wordsAsked('password'));
	expect(String(body!['sealed'])).toMatch(/^[0-9a-f]{352}$/);
	expect(JSON.stringify(allAsked())).not.toContain('himitsu');
});

test('the history filters by its address', async () => {
	await open('/history?text=%E8%A6%8B%E7%A9%8D&state=released&from=2026-04-01&until=2026-04-01&all=1');
	const b = await until(() => wordsAsked('list').find((q) => q['text'] === '見積'));
	expect(b).toMatchObject({ state: 'released', from: Date.UTC(2026, 2, 31, 15), until: Date.UTC(2026, 3, 1, 15) - 1 });
	expect(b['all']).toBeUndefined(); // he has no right to it
});

test('a second click while it is under way asks nothing', async () => {
	let answer: (a: Answer) => void = () => undefined;
	post({ cancel: () => new Promise<Answer>((done) => (answer = done)) });
	await open(`/transfers/${named('保育所入所案内.docx').id}`);
	await until(() => textOf().includes('取りやめる'));
	await press('取りやめる');
	const danger = document.querySelector<HTMLButtonElement>('dialog .button.danger')!;
	await act(() => danger.click());
	await act(() => danger.click());
	await settle();
	expect(wordsAsked('cancel').length).toBe(1);
	answer(ok({ transfer: transfers[3]! }));
	await until(() => !document.querySelector('dialog'));
});
