// What a page shows of the post's answers: the last one that came, whether another is on its way, what went wrong.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ask } from './client';
import type { Answer, Members, Word } from './types';

export interface Asked<T> {
	data: T | undefined;
	error: unknown;
	loading: boolean;
	again: () => void;
	set: (data: T) => void;
}

/** Asks when the page opens and whenever the members change; undefined: not now. An old answer never replaces a newer one. */
export function useAsk<W extends Word>(word: W, members: Members<W> | undefined): Asked<Answer<W>> {
	const [data, set] = useState<Answer<W>>();
	const [error, setError] = useState<unknown>();
	const [loading, setLoading] = useState(members !== undefined);
	const [turn, setTurn] = useState(0);
	const key = JSON.stringify(members);
	const shown = useRef(key);
	useEffect(() => {
		if (key === undefined) return undefined;
		const stop = new AbortController();
		if (shown.current !== key) set(undefined);
		shown.current = key;
		setLoading(true);
		ask(word, JSON.parse(key) as Members<W>, stop.signal).then(
			(answer) => {
				if (stop.signal.aborted) return;
				set(answer);
				setError(undefined);
				setLoading(false);
			},
			(e: unknown) => {
				if (stop.signal.aborted) return;
				setError(e);
				setLoading(false);
			},
		);
		return () => stop.abort();
	}, [word, key, turn]);
	const again = useCallback(() => setTurn((n) => n + 1), []);
	return { data, error, loading, again, set };
}

/** Something that is done once at a time: a second click while it is under way does nothing. */
export function useDoing(): { busy: boolean; error: unknown; run: (what: () => Promise<void>) => Promise<void>; clear: () => void } {
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<unknown>();
	const under = useRef(false);
	const run = useCallback(async (what: () => Promise<void>) => {
		if (under.current) return;
		under.current = true;
		setBusy(true);
		setError(undefined);
		try {
			await what();
		} catch (e) {
			setError(e);
		} finally {
			under.current = false;
			setBusy(false);
		}
	}, []);
	const clear = useCallback(() => setError(undefined), []);
	return { busy, error, run, clear };
}
