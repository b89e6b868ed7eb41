// 承認: who decides sees all that there is to see, by key or by click; a vote names the bytes that were shown. lang: the page's name
import { act } from 'preact/test-utils';
import { afterEach, expect, test } from 'vitest';
import { press, settle, textOf, type, until } from '../../../fake/draw';
import { queue } from '../../../fake/desk';
import { ok, refuse } from '../../../fake/install';
import { click, desk, inBoth, key, open, shows, staged, wordsAsked } from '../../../fake/stage';
import { dayOf, ends } from '../../days';
import { tr } from '../../i18n';
import { setKeys } from '../../keys';

const HASH = queue[0]!.output_hash!;
const chosen = () => document.querySelector('.queue li.on b')?.textContent ?? '';
const box = (name: string) => [...document.querySelectorAll('.queue li')].find((l) => l.textContent?.includes(name))?.querySelector('input');
const area = () => document.querySelector<HTMLTextAreaElement>('dialog textarea')!;
const say = async (text: string) => {
	area().value = text;
	await act(() => void area().dispatchEvent(new Event('input', { bubbles: true })));
};

const kept = [...queue];
staged(() => {
	queue.splice(0, queue.length, ...kept); // the invented post takes away what is decided
	desk();
	setKeys(true);
	globalThis.matchMedia = (() => ({ matches: true, addEventListener: () => undefined, removeEventListener: () => undefined })) as unknown as typeof matchMedia;
});
afterEach(() => Reflect.deleteProperty(navigator, 'credentials'));

test('it is there in both languages', () => inBoth('/approvals', '承認する', 'Approve'));

test('what waits stands in a list, the oldest first, and the first is shown', async () => {
	await open('/approvals');
	await until(() => document.querySelectorAll('.queue li').length === queue.length);
	expect(chosen()).toContain('市民まつり');
	expect(wordsAsked('list').at(-1)).toMatchObject({ waiting: true });
});

test('all pages are shown, as pictures that the post drew', async () => {
	await open('/approvals');
	await until(() => document.querySelectorAll('.sheet').length === 3);
	expect(document.querySelector('.sheet img')?.getAttribute('src')).toBe(`/api/v1/transfers/${queue[0]!.id}/pages/1.png`);
	const picture = document.querySelector('.sheet img')!;
	await act(() => void picture.dispatchEvent(new Event('onload' in picture ? 'load' : 'Load'))); // as this DOM calls it
	await settle();
	expect(document.querySelector<HTMLButtonElement>('.sheet button')!.disabled).toBe(false);
	await click('.sheet button');
	expect(document.querySelector('dialog')?.textContent).toContain('1 / 3');
	await press('次のページ');
	expect(document.querySelector('dialog img')?.getAttribute('src')).toContain('/pages/2.png');
});

test('a picture that does not come, and a file that has none, is said', async () => {
	desk({ pages: () => refuse(422, 'no-pages') });
	await open('/approvals');
	await shows(tr("This file cannot be shown as pictures here. Decide by what stands above, or ask who sent it."));
});

test('what was found is said with its place, never what stands there; who may decide and who has, too', async () => {
	await open(`/approvals?id=${queue[1]!.id}`);
	await shows('個人番号（マイナンバー）');
	const found = document.querySelector('.findings')!.textContent!;
	expect(found).toContain('3 か所');
	expect(found).toContain('セル 3');
	expect(found).not.toMatch(/\d{12}/);
	expect(textOf()).toContain('総務課長');
	expect(textOf()).toContain('内容を確認済み');
	expect(textOf()).toContain('市民課 課長補佐');
	expect(textOf()).toContain('自動で動くプログラム');
});

test('keys go through the list, and none acts while they are off', async () => {
	await open('/approvals');
	await until(() => chosen());
	await key('j');
	expect(chosen()).toContain('補助金');
	await key('k');
	expect(chosen()).toContain('市民まつり');
	await key('?');
	await shows('キー操作');
	await click('dialog input[type=checkbox]');
	await press('閉じる');
	await key('j');
	expect(chosen()).toContain('市民まつり');
});

test('an approval names the bytes that were shown, and the next one comes', async () => {
	const first = queue[0]!.id;
	await open('/approvals');
	await until(() => chosen());
	await key('a');
	await shows('このファイルを承認しますか');
	await click('dialog button[type=submit]');
	await until(() => wordsAsked('approve').length);
	expect(wordsAsked('approve')).toEqual([{ id: first, hash: HASH }]);
	await until(() => !document.querySelector('dialog') && chosen().includes('補助金'));
});

test('a denial wants its reason', async () => {
	await open('/approvals');
	await until(() => chosen());
	await key('d');
	await click('dialog button[type=submit]');
	expect(wordsAsked('deny')).toEqual([]);
	expect(area().getAttribute('aria-invalid')).toBe('true');
	await say('宛先が違います。');
	await click('dialog button[type=submit]');
	await until(() => wordsAsked('deny').length);
	expect(wordsAsked('deny')[0]).toMatchObject({ hash: HASH, comment: '宛先が違います。' });
});

test('whoever has a passkey signs what was shown, and nothing else', async () => {
	let signs = HASH;
	desk({ sign: () => ok({ challenge: 'YQ', party: 'localhost', origin: 'https://localhost', credentials: ['YWI'], hash: signs, policy: 'b'.repeat(64) }) });
	const bytes = (text: string) => new TextEncoder().encode(text).buffer;
	const got = { rawId: bytes('id'), response: { authenticatorData: bytes('data'), clientDataJSON: bytes('json'), signature: bytes('sig') } };
	Object.defineProperty(navigator, 'credentials', { configurable: true, value: { get: async () => got } });
	await open('/approvals');
	await until(() => chosen());
	signs = 'f'.repeat(64); // of other bytes
	await key('a');
	await click('dialog button[type=submit]');
	await until(() => document.querySelector('dialog [role=alert]'));
	expect(wordsAsked('approve')).toEqual([]);
	signs = HASH;
	await click('dialog button[type=submit]');
	await until(() => wordsAsked('approve').length);
	expect(wordsAsked('approve')[0]).toMatchObject({ hash: HASH, hold: 'approval', policy: 'b'.repeat(64), assertion: 'aWQ\nZGF0YQ\nanNvbg\nc2ln' });
});

test('where the policy wants a signature there is no way without one', async () => {
	const sign = () => ok({ challenge: 'YQ', party: 'localhost', origin: 'https://localhost', credentials: ['YWI'], hash: HASH, policy: HASH });
	const decision = (passkey: boolean) => ({ effect: 'hold', reasons: [], persons: 1, approvals: 0, approvers: [], passkey });
	for (const wanted of [false, true]) {
		desk({ sign, show: (b) => ok({ transfer: queue.find((x) => x.id === b['id'])!, votes: [], history: [], decision: decision(wanted) }) });
		await open(`/approvals?id=${queue[wanted ? 2 : 3]!.id}`);
		await until(() => document.querySelector('.look-head .primary'));
		await settle();
		await key('a');
		await click('dialog button[type=submit]'); // this browser has no passkey
		await until(() => document.querySelector('dialog [role=alert]'));
		const without = [...document.querySelectorAll('dialog button')].some((b) => b.textContent === tr("Decide without the passkey"));
		expect(without).toBe(!wanted);
		await press('戻る');
	}
});

test('only what the policy lets be decided together can be marked; one word is about all of them', async () => {
	const may = queue.filter((x) => x.bulk);
	await open('/approvals');
	await until(() => document.querySelector('.queue-all'));
	expect(box('市民まつり')).toBeNull();
	expect(box('補助金')).toBeNull();
	await key('x'); // of what cannot be marked
	expect(document.querySelector('.work-marked')).toBeNull();
	await click('.queue-all input');
	await key('a');
	await shows(`${may.length} 件を承認しますか`);
	await click('dialog button[type=submit]');
	await until(() => wordsAsked('decide').length);
	expect(wordsAsked('decide')[0]).toEqual({ votes: may.map((x) => `${x.id} ${x.output_hash}`).join('\n'), allow: true });
	expect(wordsAsked('approve')).toEqual([]);
});

test('of several that were marked, the one that was not decided says why', async () => {
	const [one, two, three] = queue.filter((x) => x.bulk).map((x) => x.id);
	desk({ decide: () => ok({ decided: [{ id: one, status: 'ok', state: 'approved' }, { id: two, status: 'refused', why: 'bulk', text: 'no' }, { id: three, status: 'ok', state: 'approved' }] }) });
	await open('/approvals');
	await click('.queue-all input');
	await press(tr("Approve those marked"));
	await click('dialog button[type=submit]');
	await shows('1 件は決裁されませんでした');
	expect(document.querySelector('dialog')!.textContent).toContain('広報あおぞら');
	expect(document.querySelector('dialog')!.textContent).not.toContain('工事図面');
	await press('閉じる');
	await shows('2 件を承認しました');
});

test('what waits for its class cannot be approved, but denied', async () => {
	await open(`/approvals?id=${queue.at(-1)!.id}`);
	await shows('議会だより');
	const [approve, deny] = [...document.querySelectorAll<HTMLButtonElement>('.look-head .actions button')];
	expect([approve!.disabled, deny!.disabled]).toEqual([true, false]);
	await key('a');
	expect(document.querySelector('dialog')).toBeNull();
});

test('what somebody else has decided meanwhile is said, and the question stays', async () => {
	desk({ approve: () => refuse(409, 'changed') });
	await open('/approvals');
	await until(() => chosen());
	await key('a');
	await type('コメント', 'ok').catch(() => say('ok'));
	await click('dialog button[type=submit]');
	await until(() => document.querySelector('dialog [role=alert]'));
	expect(area().value).toBe('ok');
});

test('what waits is handed over to the deputies until a day, and they are named', async () => {
	await open('/approvals');
	await press(tr("Hand over to your deputies"));
	await shows('市民課 課長補佐');
	await click('dialog button[type=submit]');
	await until(() => wordsAsked('absence.add').length);
	expect(wordsAsked('absence.add')).toEqual([{ until: ends(dayOf(Date.now())) }]);
	await until(() => !document.querySelector('dialog'));
});

test('who has no deputy can hand over to nobody, and is told so', async () => {
	desk({ 'absence.list': () => ok({ absences: [], deputies: [] }) });
	await open('/approvals');
	await press(tr("Hand over to your deputies"));
	await until(() => document.querySelector('dialog .notice.warn'));
	expect(document.querySelector('dialog form')).toBeNull();
});

test('nothing waits: it says so', async () => {
	desk({ list: () => ok({ transfers: [] }) });
	await open('/approvals');
	await shows(tr("Nothing waits for your decision"));
});
