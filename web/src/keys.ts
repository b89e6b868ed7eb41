// Single keys that do something on a page. They can be switched off (WCAG 2.1.4), and never act while somebody writes, in a
// dialog, or together with Ctrl, Alt or the like.
import { useEffect, useRef } from 'preact/hooks';
import { store } from './store';

const KEPT = 'sekisho.keys';
export const keysOn = store(localStorage.getItem(KEPT) !== 'off');

export function setKeys(on: boolean): void {
	localStorage.setItem(KEPT, on ? 'on' : 'off');
	keysOn.set(on);
}

const writes = (e: KeyboardEvent) => e.target instanceof Element && e.target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable]');
const acts = (e: KeyboardEvent) => e.target instanceof Element && e.target.closest('a, button, summary, input');

/** What each does, by KeyboardEvent.key. */
export function useKeys(keys: Record<string, () => void>): void {
	// a key that comes between the drawing and its effects does what is drawn, not what was before
	const drawn = useRef(keys);
	drawn.current = keys;
	useEffect(() => {
		const press = (e: KeyboardEvent) => {
			const act = drawn.current[e.key];
			if (!act || !keysOn.get() || e.ctrlKey || e.metaKey || e.altKey || e.isComposing || e.defaultPrevented) return;
			if (writes(e) || document.querySelector('dialog[open]') || ((e.key === 'Enter' || e.key === ' ') && acts(e))) return;
			e.preventDefault();
			act();
		};
		addEventListener('keydown', press);
		return () => removeEventListener('keydown', press);
	}, []);
}
