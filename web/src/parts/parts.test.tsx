// The pieces that all pages are made of: what they do, by mouse and by key, and what a screen reader is told.
import { act } from 'preact/test-utils';
import { afterEach, expect, test, vi } from 'vitest';
import { button, draw, labelled, press, settle, textOf, type } from '../../fake/draw';
import { Refusal, Unreachable } from '../api/client';
import { language, setLanguage } from '../i18n';
import { outbox, folderOf, nameOf } from '../outbox';
import { find, go, Link, usePlace } from '../router';
import { Button } from './button';
import { Dialog, Sure } from './dialog';
import { DropArea, filesOf } from './drop';
import { Checkbox, Choice, LinesField, SelectField, TextField } from './field';
import { LanguageButton } from './language';
import { Empty, Notice, Trouble } from './notice';
import { Facts } from './page';
import { Progress } from './progress';
import { Qr } from './qr';
import { Table } from './table';
import { canCollect, hasReceipt, isOver, lookOf, StateTag } from './tag';
import { toast, Toasts, toasts } from './toast';

afterEach(() => {
	vi.useRealTimers();
	toasts.set([]);
	outbox.set([]);
	setLanguage('ja');
});

test('a button that is busy takes no click, and says so', async () => {
	let n = 0;
	await draw(
		<>
			<Button onClick={() => n++}>free</Button>
			<Button busy onClick={() => n++}>
				busy
			</Button>
		</>,
	);
	await press('free');
	await press('busy');
	expect(n).toBe(1);
	expect(button('busy').getAttribute('aria-busy')).toBe('true');
});

test('a dialog is closed by Escape and by its cross, and gives the focus back', async () => {
	const before = document.createElement('button');
	document.body.append(before);
	before.focus();
	const closed = vi.fn();
	const root = await draw(
		<Dialog title="Sure?" onClose={closed}>
			<p>text</p>
		</Dialog>,
	);
	const dialog = root.querySelector('dialog')!;
	expect(dialog.open).toBe(true);
	expect(document.getElementById(dialog.getAttribute('aria-labelledby')!)?.textContent).toBe('Sure?');
	const escape = new Event('cancel', { cancelable: true });
	await act(() => void dialog.dispatchEvent(escape));
	expect(escape.defaultPrevented).toBe(true); // whoever opened it closes it
	await press('閉じる');
	expect(closed).toHaveBeenCalledTimes(2);
	const { erase } = await import('../../fake/draw');
	erase(root);
	expect(document.activeElement).toBe(before);
});

test('a dialog that cannot be closed has no way out', async () => {
	const closed = vi.fn();
	const root = await draw(<Dialog title="x" closable={false} onClose={closed} children="" />);
	await act(() => void root.querySelector('dialog')!.dispatchEvent(new Event('cancel', { cancelable: true })));
	expect(closed).not.toHaveBeenCalled();
	expect(root.querySelector('button')).toBeNull();
});

test('a question that fails says why and stays; one that is done closes', async () => {
	const closed = vi.fn();
	let fails = true;
	const run = async () => {
		if (fails) throw new Refusal(403, 'no-right', '');
	};
	await draw(
		<Sure title="Take it?" yes="Take" run={run} onClose={closed}>
			<p>It goes.</p>
		</Sure>,
	);
	await press('Take');
	expect(document.querySelector('[role=alert]')).not.toBeNull();
	expect(closed).not.toHaveBeenCalled();
	fails = false;
	await press('Take');
	expect(closed).toHaveBeenCalledTimes(1);
});

test('a field belongs to its name, its hint and what is wrong with it', async () => {
	let value = '';
	const root = await draw(<TextField label="Name" hint="As it stands." error="It is empty." optional value="" onValue={(v) => (value = v)} />);
	const input = labelled('Name');
	expect(input.getAttribute('aria-invalid')).toBe('true');
	const described = input.getAttribute('aria-describedby')!.split(' ').map((id) => document.getElementById(id)?.textContent);
	expect(described).toEqual(['As it stands.', 'It is empty.']);
	expect(root.querySelector('.optional')?.textContent).toBe('任意');
	await type('Name', 'ichi');
	expect(value).toBe('ichi');
});

test('a field with nothing wrong is not called invalid', async () => {
	await draw(<LinesField label="Reason" value="x" onValue={() => undefined} maxLength={5} />);
	const area = labelled<HTMLTextAreaElement>('Reason');
	expect(area.getAttribute('aria-invalid')).toBe('false');
	expect(area.getAttribute('aria-describedby')).toBeNull();
	expect(area.maxLength).toBe(5);
});

test('a choice is a group of radios with its name; one that is off cannot be taken', async () => {
	let value = '';
	const options = [{ value: '1', text: 'Open', hint: 'for all' }, { value: '2', text: 'Shut', disabled: true }];
	const root = await draw(<Choice label="Class" error="Choose." value={value} onValue={(v) => (value = v)} options={options} />);
	const group = root.querySelector('fieldset')!;
	expect(group.querySelector('legend')?.textContent).toBe('Class');
	expect(document.getElementById(group.getAttribute('aria-describedby')!)?.textContent).toBe('Choose.');
	const [open, shut] = root.querySelectorAll('input');
	expect(open!.name).toBe(shut!.name);
	expect(shut!.disabled).toBe(true);
	await act(() => open!.click());
	expect(value).toBe('1');
});

test('a select and a checkbox tell what was chosen', async () => {
	const told: unknown[] = [];
	const root = await draw(
		<>
			<SelectField label="Where" value="a" onValue={(v) => told.push(v)} options={[{ value: 'a', text: 'A' }, { value: 'b', text: 'B' }]} />
			<Checkbox label="Show" checked={false} onValue={(v) => told.push(v)} />
		</>,
	);
	const select = root.querySelector('select')!;
	select.value = 'b';
	await act(() => void select.dispatchEvent(new Event('change', { bubbles: true })));
	await act(() => root.querySelector<HTMLInputElement>('input')!.click());
	expect(told).toEqual(['b', true]);
});

interface Row {
	id: string;
	name: string;
}
const rows: Row[] = [{ id: '1', name: 'one' }, { id: '2', name: 'two' }];
const columns = [
	{ head: 'Name', kind: 'main' as const, cell: (r: Row) => <Link href={`/x/${r.id}`}>{r.name}</Link> },
	{ head: 'Do', cell: (r: Row) => <button type="button">{`do ${r.name}`}</button> },
];

test('a table has a caption and heads, its cells say which; a row leads where its link does, a button in it does not', async () => {
	go('/');
	const root = await draw(<Table caption="Things" columns={columns} rows={rows} id={(r) => r.id} href={(r) => `/x/${r.id}`} />);
	expect(root.querySelector('caption')?.textContent).toBe('Things');
	expect([...root.querySelectorAll('th')].map((h) => [h.textContent, h.scope])).toEqual([['Name', 'col'], ['Do', 'col']]);
	expect([...root.querySelectorAll<HTMLElement>('tbody td')].map((c) => c.dataset['head'])).toEqual(['Name', 'Do', 'Name', 'Do']);
	await press('do two');
	expect(location.pathname).toBe('/');
	await act(() => root.querySelectorAll<HTMLElement>('tbody tr')[1]!.click());
	expect(location.pathname).toBe('/x/2');
});

test('a table without rows says so', async () => {
	const root = await draw(<Table caption="Things" columns={columns} rows={[]} id={(r) => r.id} empty={<Empty icon="file" title="Nothing here" />} />);
	expect(root.querySelector('table')).toBeNull();
	expect(textOf()).toBe('Nothing here');
});

test('every state and every hold has words, in both languages; what somebody has to do stands first', async () => {
	const { japanese } = (await import('../../tools/po.mjs' as string)) as { japanese: () => Record<string, string> };
	const ja = japanese();
	const api = (await import('../../../doc/openapi.json')).default as { components: { schemas: Record<string, { enum?: string[] }> } };
	const states = api.components.schemas['State']!.enum!;
	const holds = api.components.schemas['Hold']!.enum!;
	for (const state of states) expect(ja[lookOf(state as 'held').text], state).toBeTruthy();
	for (const hold of holds) expect(ja[lookOf('held', [hold as 'scan']).text], hold).toBeTruthy();
	expect(lookOf('held', ['scan', 'approval', 'password'])).toBe(lookOf('held', ['password']));
	expect(lookOf('released', ['password'])).toBe(lookOf('released'));
	const over = states.filter((s) => isOver(s as 'held'));
	expect(over).toEqual(['refused', 'denied', 'rejected', 'collected', 'expired', 'cancelled', 'unanswered']);
	expect(states.filter((s) => hasReceipt(s as 'held'))).toEqual(['refused', 'denied', 'rejected', 'released', 'collected', 'expired']);
});

test('a state is told in the language that is chosen', async () => {
	await draw(<StateTag transfer={{ state: 'held', holds: ['approval'] }} />);
	expect(textOf()).toBe('承認待ち');
	await act(() => setLanguage('en'));
	expect(textOf()).toBe('Waiting for approval');
});

test('who can collect: whom it is for, at the post where it lies', () => {
	const of = { id: '', holds: [], from: 'a', to: 'b', received: 0, changed: 0, owner: 'b', state: 'released' as const };
	expect(canCollect({ ...of, role: ['recipient'] }, 'b')).toBe(true);
	expect(canCollect({ ...of, role: ['recipient'] }, 'a')).toBe(false);
	expect(canCollect({ ...of, role: ['requester'] }, 'b')).toBe(true);
	expect(canCollect({ ...of, role: ['requester'], recipient: 'ni' }, 'b')).toBe(false);
	expect(canCollect({ ...of, role: ['recipient'], state: 'verified' }, 'b')).toBe(false);
});

test('news go by themselves, but not while they are read; what went wrong stays', async () => {
	vi.useFakeTimers();
	const root = document.createElement('div');
	document.body.append(root);
	const { render } = await import('preact');
	await act(() => render(<Toasts />, root));
	await act(() => toast('Saved'));
	await act(() => toast('Broken', 'bad'));
	expect(textOf()).toContain('Saved');
	const first = root.querySelector('li')!;
	await act(() => void first.dispatchEvent(new MouseEvent('mouseenter')));
	await act(() => void vi.advanceTimersByTime(10_000));
	expect(textOf()).toContain('Saved');
	await act(() => void first.dispatchEvent(new MouseEvent('mouseleave')));
	await act(() => void vi.advanceTimersByTime(10_000));
	expect(textOf()).not.toContain('Saved');
	expect(textOf()).toContain('Broken');
	expect(root.querySelector('[role=status]')?.getAttribute('aria-live')).toBe('polite');
	await act(() => root.querySelector('button')!.click());
	expect(textOf()).not.toContain('Broken');
	render(null, root);
});

test('the same news twice stand there once', () => {
	toast('Saved');
	toast('Saved');
	expect(toasts.get().map((x) => x.text)).toEqual(['Saved']);
});

test('how far something is, is a number between 0 and 100, or none', async () => {
	const root = await draw(
		<>
			<Progress label="a" value={41.7} />
			<Progress label="b" value={180} />
			<Progress label="c" />
		</>,
	);
	const bars = [...root.querySelectorAll('[role=progressbar]')];
	expect(bars.map((b) => b.getAttribute('aria-valuenow'))).toEqual(['42', '100', null]);
	expect(bars.map((b) => b.getAttribute('aria-label'))).toEqual(['a', 'b', 'c']);
});

test('what went wrong is an alert with a way to try again; without an error there is nothing', async () => {
	let n = 0;
	const root = await draw(
		<>
			<Trouble error={undefined} />
			<Trouble error={new Unreachable()} again={() => n++} />
			<Notice kind="info">by the way</Notice>
		</>,
	);
	expect(root.querySelectorAll('[role=alert]').length).toBe(1);
	await press('もう一度試す');
	expect(n).toBe(1);
});

test('facts without a value are left out', async () => {
	const root = await draw(<Facts rows={[['A', 'x'], ['B', undefined], ['C', ''], ['D', 0]]} />);
	expect([...root.querySelectorAll('dt')].map((d) => d.textContent)).toEqual(['A', 'D']);
});

test('a QR code is a picture with a name', async () => {
	const root = await draw(<Qr text="otpauth://totp/x?secret=ABC" label="for the app" />);
	const svg = root.querySelector('svg')!;
	expect([svg.getAttribute('role'), svg.getAttribute('aria-label')]).toEqual(['img', 'for the app']);
	expect(svg.querySelector('path')!.getAttribute('d')!.length).toBeGreaterThan(500);
});

test('the other language is said in its own words, and is kept', async () => {
	await draw(<LanguageButton />);
	expect(button('English').lang).toBe('en');
	await press('English');
	expect([language.get(), localStorage.getItem('sekisho.language'), document.documentElement.lang]).toEqual(['en', 'en', 'en']);
	expect(button('日本語').lang).toBe('ja');
});

// --- files ---

const file = (name: string) => new File(['x'], name);
const entry = (name: string, path: string): FileSystemEntry =>
	({ isFile: true, isDirectory: false, fullPath: path, file: (ok: (f: File) => void) => ok(file(name)) }) as unknown as FileSystemEntry;
const folder = (path: string, inside: FileSystemEntry[]): FileSystemEntry => {
	const pieces = [inside.slice(0, 1), inside.slice(1), []]; // a browser gives them in pieces
	return { isFile: false, isDirectory: true, fullPath: path, createReader: () => ({ readEntries: (ok: (e: FileSystemEntry[]) => void) => ok(pieces.shift() ?? []) }) } as unknown as FileSystemEntry;
};
const dropped = (entries: FileSystemEntry[], files: File[] = []) =>
	({ items: entries.map((e) => ({ kind: 'file', webkitGetAsEntry: () => e })), files, types: ['Files'] }) as unknown as DataTransfer;

test('a folder that is dropped is gone through, and its files know where they stood', async () => {
	const inner = folder('/plans/old', [entry('c.txt', '/plans/old/c.txt')]);
	const files = await filesOf(dropped([folder('/plans', [entry('a.txt', '/plans/a.txt'), inner]), entry('b.txt', '/b.txt')]));
	expect(files.map(nameOf)).toEqual(['plans_a.txt', 'plans_old_c.txt', 'b.txt']);
	expect(files.map(folderOf)).toEqual(['plans', 'plans', '']);
});

test('files are taken wherever they are dropped on the page, chosen, or pasted', async () => {
	const told: string[][] = [];
	const root = await draw(<DropArea onFiles={(f) => told.push(f.map((x) => x.name))} />);
	const over = new Event('dragenter', { bubbles: true });
	Object.assign(over, { dataTransfer: dropped([]) });
	await act(() => void document.body.dispatchEvent(over));
	expect(root.querySelector('.drop.over')).not.toBeNull();
	const drop = new Event('drop', { bubbles: true, cancelable: true });
	Object.assign(drop, { dataTransfer: dropped([], [file('a.txt')]) });
	await act(() => void document.body.dispatchEvent(drop));
	await settle();
	expect(drop.defaultPrevented).toBe(true); // the browser does not open it
	expect(root.querySelector('.drop.over')).toBeNull();
	const paste = new Event('paste', { bubbles: true });
	Object.assign(paste, { clipboardData: dropped([], [file('b.png')]) });
	await act(() => void document.body.dispatchEvent(paste));
	const input = root.querySelector<HTMLInputElement>('[data-choose=files]')!;
	Object.defineProperty(input, 'files', { value: [file('c.txt')] });
	await act(() => void input.dispatchEvent(new Event('change', { bubbles: true })));
	await settle();
	expect(told).toEqual([['a.txt'], ['b.png'], ['c.txt']]);
});

test('text that is dragged is no file', async () => {
	const told = vi.fn();
	await draw(<DropArea onFiles={told} />);
	const drop = new Event('drop', { bubbles: true, cancelable: true });
	Object.assign(drop, { dataTransfer: { items: [], files: [], types: ['text/plain'] } });
	await act(() => void document.body.dispatchEvent(drop));
	expect(drop.defaultPrevented).toBe(false);
	expect(told).not.toHaveBeenCalled();
});

test('a link goes there without loading the page; with a key held it is the browser’s', async () => {
	go('/');
	const Where = () => <output>{usePlace().path}</output>;
	const root = await draw(
		<>
			<Link href="/history?state=held">list</Link>
			<Where />
		</>,
	);
	const a = root.querySelector('a')!;
	const held = new MouseEvent('click', { bubbles: true, cancelable: true, ctrlKey: true });
	a.addEventListener('click', (e) => e.ctrlKey && e.preventDefault(), { once: true }); // happy-dom would go there
	await act(() => void a.dispatchEvent(held));
	expect(root.querySelector('output')?.textContent).toBe('/');
	await act(() => a.click());
	expect(root.querySelector('output')?.textContent).toBe('/history');
	expect(a.getAttribute('aria-current')).toBe('page');
	expect(find([], '/history')).toBeUndefined();
});
