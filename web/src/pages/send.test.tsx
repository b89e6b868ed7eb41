// 持込み・持出し: what is filled in, what is on its way, what a closed tab left behind; and who leaves takes all of it with him. lang: name
import { act } from 'preact/test-utils';
import { afterEach, expect, test, vi } from 'vitest';
import { press, settle, textOf, until } from '../../fake/draw';
import { routes, transfers } from '../../fake/data';
import { ok, refuse, tell, type Answer } from '../../fake/install';
import { fakePost } from '../../fake/post';
import { allAsked, click, inBoth, meet, open, post, shows, staged, wordsAsked } from '../../fake/stage';
import type { Transfer } from '../api/types';
import { chosen } from '../chosen';
import { tr } from '../i18n';
import { lastMember, leave, rememberMember } from '../leave';
import { enqueue, forgetAll, leftBehind, outbox, setPath } from '../outbox';
import { session } from '../session';

const replaced = vi.spyOn(location, 'replace').mockImplementation(() => undefined);
const open1 = { ...routes[0]!, class_wanted: false };
staged(() => {
	replaced.mockClear();
	post({ routes: () => ok({ routes: [open1] }) });
});
afterEach(async () => {
	await act(() => forgetAll());
	chosen.set([]);
});

const file = (name: string, folder = '') => {
	const f = new File(['abc'], name, { lastModified: 1 });
	if (folder) setPath(f, `${folder}/${name}`);
	return f;
};
const choose = async (...files: File[]) => {
	await act(() => chosen.set(files));
	await settle();
};
const sentIds = () => wordsAsked('send').map((b) => String(b['id']));
const plain: Transfer = { ...transfers.find((x) => x.state === 'cleaning')! }; // before the invented post adds to them
const row = (id: string, more: Partial<Transfer>): Transfer => ({ ...plain, id, ...more });

test('it is there in both languages', () => inBoth('/send', '持出し', 'Take out'));

test('who approves is filled in, deputies are told', async () => {
	await open('/send');
	await until(() => document.querySelector('.filled-in'));
	const field = document.querySelector('.filled-in')!.textContent!;
	expect(field).toContain('市民課長');
	expect(field).not.toContain('課長補佐'); // only later
	expect(field).toContain(tr("or {1} more", 1));
});

test('where nobody approves nothing is said of it; where nobody can, that is said', async () => {
	post({ routes: () => ok({ routes: [{ ...open1, persons: 0, approvers: [] }] }) });
	await open('/send');
	await until(() => document.querySelector('.then'));
	expect(document.querySelector('.filled-in')).toBeNull();
	post({ routes: () => ok({ routes: [{ ...open1, persons: 2, approvers: [] }] }) });
	await open('/');
	await open('/send');
	await shows(tr("Nobody may approve now. Ask the people in charge."));
	expect(document.querySelector('.filled-in')!.textContent).toContain('2');
});

test('two clicks hand a file over where the class is known', async () => {
	await open('/send');
	await until(() => document.querySelector('.drop'));
	await choose(file('a.txt'));
	await click('.send-do button');
	await until(() => sentIds().length === 1);
	expect(wordsAsked('send')[0]).toMatchObject({ name: 'a.txt', to: 'internet', route: 'file-out' });
});

test('files of a folder stand together under its name, with how many have come how far', async () => {
	await open('/send');
	await until(() => document.querySelector('.drop'));
	await choose(file('a.txt', 'plans'), file('b.txt', 'plans'), file('c.txt'));
	await click('.send-do button');
	await until(() => sentIds().length === 3);
	const folder = await until(() => document.querySelector('.sending-folder'));
	expect(folder.querySelector('b')!.textContent).toBe('plans');
	expect(document.querySelectorAll('.sendings > .sending').length).toBe(3);
	expect(wordsAsked('send').map((b) => b['name'])).toEqual(['plans_a.txt', 'plans_b.txt', 'c.txt']);
	await shows(tr("{1} of {2} sent", 3, 3));
	expect(folder.querySelector('[role=progressbar]:last-child')!.getAttribute('aria-valuenow')).toBe('100');
});

test('a large folder is folded, and says how far it is all the same', async () => {
	await open('/send');
	await until(() => document.querySelector('.drop'));
	await choose(...Array.from({ length: 9 }, (_, i) => file(`${i}.txt`, 'many')));
	await click('.send-do button');
	const folder = await until(() => document.querySelector<HTMLDetailsElement>('.sending-folder details'));
	expect(folder.open).toBe(false);
	expect(folder.querySelectorAll('.sending').length).toBe(0);
	await until(() => folder.querySelector('summary')!.textContent!.includes(tr("{1} of {2} sent", 9, 9)));
});

test('all that was sent is followed by one question, and each says what became of it', async () => {
	const rows: Transfer[] = [];
	post({
		routes: () => ok({ routes: [open1] }),
		send: (b) => {
			const x = row(String(b['id']), { name: String(b['name']), state: 'cleaning' });
			rows.push(x);
			return ok({ transfer: x });
		},
		list: () => ok({ transfers: rows }),
	});
	await open('/send');
	await until(() => document.querySelector('.drop'));
	await choose(file('a.txt'), file('b.zip'), file('c.txt'));
	await click('.send-do button');
	await until(() => rows.length === 3);
	Object.assign(rows[0]!, { state: 'held', holds: ['approval'], output_type: 'txt', output_hash: 'ab', removed: '', method: 'rebuild' });
	Object.assign(rows[1]!, { state: 'held', holds: ['password'] });
	Object.assign(rows[2]!, { state: 'held', holds: ['class'] });
	tell('transfer', { id: rows[0]!.id, state: 'held', changed: 2 });
	await shows(tr("Nothing had to be removed. It was rebuilt and is safe to open."));
	const next = [...document.querySelectorAll('.sending-do a')].map((a) => [a.textContent, a.getAttribute('href')]);
	expect(next).toEqual([[tr("Enter the password"), `/transfers/${rows[1]!.id}`], [tr("Choose the class"), `/transfers/${rows[2]!.id}`]]);
	expect(allAsked().filter(([w]) => w === 'show')).toEqual([]);
});

test('what a worker is at is told of each', async () => {
	let id = '';
	post({
		routes: () => ok({ routes: [open1] }),
		send: (b) => {
			id = String(b['id']);
			return ok({ transfer: row(id, { state: 'cleaning' }) });
		},
		list: () => ok({ transfers: id ? [row(id, { state: 'cleaning' })] : [] }),
	});
	await open('/send');
	await until(() => document.querySelector('.drop'));
	await choose(file('a.txt'));
	await click('.send-do button');
	await until(() => document.querySelector('.sending .tag'));
	const told = tr("Being looked through for what must not leave");
	await until(() => {
		tell('transfer', { id, state: 'cleaning', changed: 2, part: 'look', percent: 40 }); // a post says it again and again
		return textOf().includes(told);
	});
	expect(document.querySelector('.sending [role=progressbar]')!.getAttribute('aria-valuenow')).toBe('40');
});

test('one that failed says why, is tried again by its button, and stopped by its cross', async () => {
	let full = true;
	post({ routes: () => ok({ routes: [open1] }), send: (b) => (full ? refuse(507, 'space') : ok({ transfer: row(String(b['id']), {}) })) });
	await open('/send');
	await until(() => document.querySelector('.drop'));
	await choose(file('a.txt'), file('b.txt'));
	await click('.send-do button');
	await until(() => document.querySelectorAll('.sending .error').length === 2);
	await press(tr("Stop {1}", 'b.txt'));
	full = false;
	await press(`${tr("Try again")} a.txt`);
	await until(() => outbox.get().length === 1 && outbox.get()[0]!.phase === 'sent');
});

// --- what a closed tab leaves behind ---

/** A post that takes no byte: the upload has begun, and no more. */
function stuck(): void {
	const base = fakePost();
	meet((method, path, body, headers) => (method === 'PATCH' ? new Promise<Answer>(() => undefined) : base(method, path, body, headers)));
}
const begun = async (...files: File[]) => {
	enqueue(files, { to: 'internet', route: 'file-out' });
	await until(() => outbox.get().every((i) => i.upload));
};

test('a tab that was closed in the middle: the file is named, to whom it was his, and goes on', async () => {
	stuck();
	await open('/send');
	await begun(file('half.bin'));
	const { id } = outbox.get()[0]!;
	outbox.set([]); // the tab is gone; what it noted is there
	expect(leftBehind()).toEqual(['half.bin']);
	await open('/');
	await open('/send');
	await shows(tr("Choose the same files once more: they go on where they were."));
	enqueue([file('half.bin')], { to: 'internet', route: 'file-out' });
	expect(outbox.get()[0]).toMatchObject({ id, upload: 'b'.repeat(32) });
	expect(leftBehind()).toEqual([]);
});

test('another person is not told of it', async () => {
	stuck();
	await open('/send');
	await begun(file('secret-plan.bin'));
	outbox.set([]);
	const now = session.get();
	await act(() => session.set({ kind: 'in', who: { ...('who' in now ? now.who : (undefined as never)), member: 'ni' } }));
	expect(leftBehind()).toEqual([]);
	expect(textOf()).not.toContain('secret-plan');
});

// --- leaving ---

test('the next person finds nothing of the one before: no session, no upload, no file name, no user name', async () => {
	stuck();
	await open('/send');
	rememberMember('ichi');
	localStorage.setItem('sekisho.class.file-out', '2');
	await begun(file('secret-plan.bin'));
	await press(tr("Next person"));
	await shows(tr("They stop when you log out, and have to be sent again."));
	expect(wordsAsked('logout')).toEqual([]);
	await press(tr("Stop them and log out"));
	await until(() => replaced.mock.calls.length);
	expect(wordsAsked('logout').length).toBe(1);
	expect(allAsked().map(([path]) => path)).toContain(`uploads/${'b'.repeat(32)}`); // taken back
	expect(outbox.get()).toEqual([]);
	expect(JSON.stringify({ ...localStorage })).not.toMatch(/secret-plan|ichi|class/);
	expect(textOf()).not.toContain('secret-plan');
	rememberMember('ni'); // many use this terminal now
	expect(lastMember()).toBe('');
});

test('whoever logs out at his own terminal is asked for by name the next time', async () => {
	await open('/');
	rememberMember('ichi');
	await press(tr("Log out"));
	await until(() => replaced.mock.calls.length);
	expect(lastMember()).toBe('ichi');
});

test('a post that cannot be told keeps the next person out, and shows nothing meanwhile', async () => {
	await open('/history');
	await shows('転入届の記載例.pdf');
	let away = true;
	const base = fakePost();
	meet((method, path, body, headers) => {
		if (away && path === 'logout') throw new TypeError('network');
		return base(method, path, body, headers);
	});
	await act(() => leave(true));
	await shows(tr("You are not logged out yet"));
	expect(textOf()).not.toContain('転入届の記載例.pdf');
	expect(replaced).not.toHaveBeenCalled();
	away = false;
	await press(tr("Try again"));
	await until(() => replaced.mock.calls.length);
	expect(replaced).toHaveBeenCalledWith('/');
});

test('a page that the back button brings back is loaded anew', () => {
	const reload = vi.spyOn(location, 'reload').mockImplementation(() => undefined);
	dispatchEvent(Object.assign(new Event('pageshow'), { persisted: false }));
	expect(reload).not.toHaveBeenCalled();
	dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
	expect(reload).toHaveBeenCalledTimes(1);
	reload.mockRestore();
});
