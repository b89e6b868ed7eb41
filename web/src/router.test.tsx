import { expect, test } from 'vitest';
import { draw, until } from '../fake/draw';
import { find, go, Link, match, setQuery, usePlace } from './router';

test('patterns', () => {
	expect(match('/', '/')).toEqual({});
	expect(match('/transfers/:id', '/transfers/ab')).toEqual({ id: 'ab' });
	expect(match('/transfers/:id', '/transfers/ab/')).toEqual({ id: 'ab' });
	expect(match('/transfers/:id', '/transfers')).toBeUndefined();
	expect(match('/transfers/:id', '/transfers/%E3%81%82')).toEqual({ id: 'あ' });
	expect(match('/transfers/:id', '/transfers/%zz')).toBeUndefined();
	expect(find([{ pattern: '/a', page: () => null }], '/b')).toBeUndefined();
});

function Where() {
	const { path, query } = usePlace();
	return (
		<p>
			{path} {query.get('text')}
			<Link href="/two">two</Link>
		</p>
	);
}

test('a link changes the page without loading it, and the way back is there', async () => {
	go('/one');
	const root = await draw(<Where />);
	root.querySelector('a')!.click();
	await until(() => root.textContent!.includes('/two'));
	expect(root.querySelector('a')!.getAttribute('aria-current')).toBe('page');
	setQuery({ text: '転入 届', empty: '' });
	await until(() => root.textContent!.includes('転入 届'));
	expect(location.search).not.toContain('empty');
});

test('with a modifier key a link is the browser\'s', async () => {
	go('/one');
	const root = await draw(<Where />);
	const click = new MouseEvent('click', { bubbles: true, cancelable: true, ctrlKey: true });
	root.querySelector('a')!.dispatchEvent(click);
	expect(click.defaultPrevented).toBe(false);
	expect(root.textContent).toContain('/one');
});
