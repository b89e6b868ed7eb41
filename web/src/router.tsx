// Which page is shown: the address, and a table of patterns such as /transfers/:id.
import type { ComponentChildren, ComponentType, JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { store, useStore } from './store';

export interface Place {
	path: string;
	query: URLSearchParams;
}
export type Params = Record<string, string>;
export interface Route {
	pattern: string;
	page: ComponentType<{ params: Params }>;
}

const read = (): Place => ({ path: location.pathname, query: new URLSearchParams(location.search) });
const place = store<Place>(read());
/** Asked before a page is left; false keeps it. */
let guard: (() => boolean) | undefined;

addEventListener('popstate', () => place.set(read()));

export function go(to: string, options: { replace?: boolean } = {}): void {
	if (guard && !guard()) return;
	if (options.replace) history.replaceState(null, '', to);
	else history.pushState(null, '', to);
	place.set(read());
}

export function usePlace(): Place {
	return useStore(place);
}

/** While this component is there, pages are left only when it agrees. */
export function useGuard(agrees: (() => boolean) | undefined): void {
	useEffect(() => {
		guard = agrees;
		return () => {
			guard = undefined;
		};
	}, [agrees]);
}

/** Members of the query set anew, empty ones left out; the place in the history stays. */
export function setQuery(change: Record<string, string | undefined>): void {
	const query = new URLSearchParams(location.search);
	for (const [name, value] of Object.entries(change)) {
		if (value) query.set(name, value);
		else query.delete(name);
	}
	const text = query.toString();
	go(location.pathname + (text ? `?${text}` : ''), { replace: true });
}

export function match(pattern: string, path: string): Params | undefined {
	const want = pattern.split('/');
	const have = path.replace(/(.)\/$/, '$1').split('/');
	if (want.length !== have.length) return undefined;
	const params: Params = {};
	for (let i = 0; i < want.length; i++) {
		const w = want[i]!;
		const h = have[i]!;
		if (w.startsWith(':')) {
			try {
				params[w.slice(1)] = decodeURIComponent(h);
			} catch {
				return undefined;
			}
		} else if (w !== h) return undefined;
	}
	return params;
}

export function find(routes: Route[], path: string): { route: Route; params: Params } | undefined {
	for (const route of routes) {
		const params = match(route.pattern, path);
		if (params) return { route, params };
	}
	return undefined;
}

/** A link inside of the portal; with a modifier key it is the link that the browser knows. */
export function Link({ href, children, ...rest }: { href: string; children: ComponentChildren } & JSX.HTMLAttributes<HTMLAnchorElement>) {
	const { path } = usePlace();
	const follow = (e: MouseEvent) => {
		if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
		e.preventDefault();
		go(href);
	};
	return (
		<a href={href} onClick={follow} aria-current={path === href.split('?')[0] ? 'page' : undefined} {...rest}>
			{children}
		</a>
	);
}
