// Files that were chosen and are not sent yet: dropped on the home page or on that for sending.
import { nameOf } from './outbox';
import type { Draft } from './pages/send-form';
import { store } from './store';

const MOST = 200; // at once

export const chosen = store<File[]>([]);
/** What was said of them so far, whatever page is shown meanwhile. */
export const draft = store<Draft | undefined>(undefined);

const same = (a: File, b: File) => nameOf(a) === nameOf(b) && a.size === b.size && a.lastModified === b.lastModified;

export function choose(files: File[]): void {
	chosen.update((all) => [...all, ...files.filter((f) => !all.some((g) => same(f, g)))].slice(0, MOST));
}
