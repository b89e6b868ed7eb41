// A value that components watch.
import { useEffect, useState } from 'preact/hooks';

export interface Store<T> {
	get(): T;
	set(value: T): void;
	update(change: (value: T) => T): void;
	watch(told: (value: T) => void): () => void;
}

export function store<T>(value: T): Store<T> {
	const watchers = new Set<(value: T) => void>();
	const set = (next: T) => {
		if (Object.is(next, value)) return;
		value = next;
		for (const told of [...watchers]) told(value);
	};
	return {
		get: () => value,
		set,
		update: (change) => set(change(value)),
		watch(told) {
			watchers.add(told);
			return () => watchers.delete(told);
		},
	};
}

export function useStore<T>(of: Store<T>): T {
	const [value, setValue] = useState(of.get());
	useEffect(() => {
		setValue(() => of.get());
		return of.watch((v) => setValue(() => v));
	}, [of]);
	return value;
}
