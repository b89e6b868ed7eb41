// Lists that come in pages: all of them up to a bound, or one page after another.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

export interface Piece<T> {
	rows: T[];
	next?: string | undefined;
}
export type Fetch<T> = (after: string | undefined, signal: AbortSignal) => Promise<Piece<T>>;

export interface More<T> {
	rows: T[];
	error: unknown;
	loading: boolean;
	/** There is more than what is here. */
	more: boolean;
	fetchMore: () => void;
	again: () => void;
}

/** Fetches a page when it opens and whenever `key` changes, then `pages` of them at a time. What is shown stays until the new is there. */
export function useMore<T>(fetch: Fetch<T>, key: string, pages = 1): More<T> {
	const [rows, setRows] = useState<T[]>([]);
	const [next, setNext] = useState<string | undefined>();
	const [error, setError] = useState<unknown>();
	const [loading, setLoading] = useState(true);
	const [turn, setTurn] = useState(0);
	const how = useRef(fetch);
	const stop = useRef<AbortController>();
	how.current = fetch;
	const run = useCallback(async (before: T[], after: string | undefined) => {
		stop.current?.abort();
		const mine = new AbortController();
		stop.current = mine;
		setLoading(true);
		try {
			let all = before;
			let from = after;
			for (let i = 0; i < pages; i++) {
				const piece = await how.current(from, mine.signal);
				all = [...all, ...piece.rows];
				from = piece.next;
				if (!from) break;
			}
			if (mine.signal.aborted) return;
			setRows(all);
			setNext(from);
			setError(undefined);
			setLoading(false);
		} catch (e) {
			if (mine.signal.aborted) return;
			setError(e);
			setLoading(false);
		}
	}, [pages]);
	const shown = useRef(key);
	useEffect(() => {
		if (shown.current !== key) setRows([]);
		shown.current = key;
		void run([], undefined);
		return () => stop.current?.abort();
	}, [key, turn, run]);
	return {
		rows, error, loading, more: next !== undefined,
		fetchMore: () => void run(rows, next),
		again: useCallback(() => setTurn((n) => n + 1), []),
	};
}
