// A page that is fetched when it is first wanted, so that the first page stays small.
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Unreachable } from './api/client';
import { Loading, Trouble } from './parts/notice';

export function lazy<P extends object>(fetch: () => Promise<ComponentType<P>>): ComponentType<P> {
	let have: ComponentType<P> | undefined;
	return function Lazy(props: P) {
		const [page, setPage] = useState<ComponentType<P> | undefined>(() => have);
		const [error, setError] = useState<unknown>();
		const [turn, setTurn] = useState(0);
		useEffect(() => {
			if (have) return;
			setError(undefined);
			fetch().then(
				(p) => {
					have = p;
					setPage(() => p);
				},
				() => setError(new Unreachable()),
			);
		}, [turn]);
		if (error) return <Trouble error={error} again={() => setTurn(turn + 1)} />;
		const Page = page;
		return Page ? <Page {...props} /> : <Loading />;
	};
}
