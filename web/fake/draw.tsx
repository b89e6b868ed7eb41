// For component tests: draws into the page, and waits for what is to be seen.
import { render, type ComponentChild } from 'preact';
import { act } from 'preact/test-utils';

export async function draw(what: ComponentChild): Promise<HTMLElement> {
	const root = document.createElement('div');
	document.body.append(root);
	await act(() => render(what, root));
	await settle();
	return root;
}

export function erase(root: HTMLElement): void {
	render(null, root);
	root.remove();
}

/** Lets promises, timers of no time and effects have their turn. */
export async function settle(turns = 8): Promise<void> {
	for (let i = 0; i < turns; i++) await act(() => new Promise<void>((done) => setTimeout(done, 0)));
}

/** Until it is so; what never is fails by the test's own time. */
export async function until<T>(found: () => T | null | undefined | false): Promise<T> {
	for (;;) {
		const value = found();
		if (value) return value;
		await settle(1);
	}
}

export const textOf = (): string => document.body.textContent ?? '';

const buttons = () => [...document.querySelectorAll<HTMLButtonElement>('button')];
const buttonOf = (name: string) => buttons().find((b) => b.textContent?.trim() === name || b.getAttribute('aria-label') === name);

export function button(name: string): HTMLButtonElement {
	const all = buttons();
	const found = buttonOf(name);
	if (!found) throw new Error(`no button ${name}: ${all.map((b) => b.textContent).join(' | ')}`);
	return found;
}

export function labelled<T extends HTMLElement = HTMLInputElement>(name: string): T {
	const label = [...document.querySelectorAll('label')].find((l) => l.textContent?.startsWith(name));
	const found = label && (label.htmlFor ? document.getElementById(label.htmlFor) : label.querySelector('input'));
	if (!found) throw new Error(`no field ${name}`);
	return found as T;
}

export async function type(name: string, value: string): Promise<void> {
	const field = labelled<HTMLInputElement>(name);
	field.value = value;
	await act(() => {
		field.dispatchEvent(new Event('input', { bubbles: true }));
	});
	await settle(1);
}

/** As soon as it is there. */
export async function press(name: string): Promise<void> {
	const b = await until(() => buttonOf(name));
	await act(() => {
		if (b.type === 'submit' && b.form) b.form.requestSubmit(b);
		else b.click();
	});
	await settle(2);
}
