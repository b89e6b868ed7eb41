// Short news that nobody has to answer. A screen reader says it; it goes by itself, but not while it is read or pointed at.
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';
import { store, useStore } from '../store';
import { Button } from './button';
import { Icon } from './icon';

export interface Toast {
	id: number;
	kind: 'good' | 'bad' | 'info';
	text: string;
}

export const toasts = store<Toast[]>([]);
let last = 0;

export function toast(text: string, kind: Toast['kind'] = 'good'): void {
	toasts.update((all) => [...all.filter((x) => x.text !== text), { id: ++last, kind, text }].slice(-4));
}

const away = (id: number) => toasts.update((all) => all.filter((x) => x.id !== id));

function One({ one }: { one: Toast }) {
	const [held, hold] = useState(false);
	useEffect(() => {
		if (held || one.kind === 'bad') return undefined;
		const timer = setTimeout(() => away(one.id), 6000);
		return () => clearTimeout(timer);
	}, [held, one.id, one.kind]);
	return (
		<li class={`toast ${one.kind}`} onMouseEnter={() => hold(true)} onMouseLeave={() => hold(false)}>
			<Icon name={one.kind === 'good' ? 'check' : one.kind === 'bad' ? 'warn' : 'info'} />
			<span>{one.text}</span>
			<Button kind="quiet" icon="cross" aria-label={t("Close")} onClick={() => away(one.id)} onFocus={() => hold(true)} onBlur={() => hold(false)} />
		</li>
	);
}

export function Toasts() {
	const all = useStore(toasts);
	return (
		<div role="status" aria-live="polite">
			<ul class="toasts">
				{all.map((one) => (
					<One key={one.id} one={one} />
				))}
			</ul>
		</div>
	);
}
