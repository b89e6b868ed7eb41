// A page's heading (which takes the focus when the page opens, so that a screen reader says where one is), and its boxes.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useLanguage } from '../i18n';

export function Page({
	title, heading, lead, actions, children, narrow,
}: {
	/** In the window's title and, unless heading says otherwise, above the page. */
	title: string;
	heading?: ComponentChildren;
	lead?: ComponentChildren;
	actions?: ComponentChildren;
	children: ComponentChildren;
	narrow?: boolean;
}) {
	const head = useRef<HTMLHeadingElement>(null);
	const lang = useLanguage();
	useEffect(() => {
		document.title = `${title} - sekisho`;
	}, [title, lang]);
	useEffect(() => head.current?.focus({ preventScroll: true }), []);
	return (
		<div class={`page ${narrow ? 'narrow' : ''}`}>
			<header class="page-head">
				<div>
					<h1 ref={head} tabIndex={-1}>
						{heading ?? title}
					</h1>
					{lead && <p class="lead">{lead}</p>}
				</div>
				{actions && <div class="page-actions">{actions}</div>}
			</header>
			{children}
		</div>
	);
}

interface CardProps {
	title?: string;
	actions?: ComponentChildren;
	children: ComponentChildren;
	/** Its content goes to the edges: tables. */
	flush?: boolean;
}

export function Card({ title, actions, children, flush }: CardProps) {
	return (
		<section class={`card ${flush ? 'flush' : ''}`}>
			{(title || actions) && (
				<header>
					{title && <h2>{title}</h2>}
					{actions}
				</header>
			)}
			{children}
		</section>
	);
}

/** Names and values. Rows without a value are left out. `words`: the names are words of a format, the same in each language. */
export function Facts({ rows, words }: { rows: [string, ComponentChildren][]; words?: boolean }) {
	return (
		<dl class="facts">
			{rows
				.filter(([, value]) => value !== undefined && value !== null && value !== '' && value !== false)
				.map(([name, value]) => (
					<div key={name}>
						<dt {...(words ? { lang: 'en' } : {})}>{name}</dt>
						<dd>{value}</dd>
					</div>
				))}
		</dl>
	);
}
