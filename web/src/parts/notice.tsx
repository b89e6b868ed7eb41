// Boxes that tell something: what went wrong and what to do next, that there is nothing, that something is on its way.
import type { ComponentChildren } from 'preact';
import { sentenceOf } from '../api/client';
import { t } from '../i18n';
import { Button } from './button';
import { Icon, type IconName } from './icon';
import { Spinner } from './progress';

const ICONS = { good: 'check', bad: 'warn', warn: 'warn', info: 'info', waiting: 'clock' } as const;

export function Notice({ kind = 'info', title, children }: { kind?: keyof typeof ICONS; title?: string; children?: ComponentChildren }) {
	return (
		<div class={`notice ${kind}`} role={kind === 'bad' ? 'alert' : undefined}>
			<Icon name={ICONS[kind]} />
			<div>
				{title && <strong>{title}</strong>}
				{children}
			</div>
		</div>
	);
}

/** What was thrown, if anything was. */
export function Trouble({ error, again }: { error: unknown; again?: () => void }) {
	if (!error) return null;
	return (
		<Notice kind="bad">
			<p>{sentenceOf(error)}</p>
			{again && <Button onClick={again}>{t("Try again")}</Button>}
		</Notice>
	);
}

export function Empty({ icon, title, children }: { icon: IconName; title: string; children?: ComponentChildren }) {
	return (
		<div class="empty">
			<Icon name={icon} size={32} />
			<p>
				<strong>{title}</strong>
			</p>
			{children}
		</div>
	);
}

export function Loading() {
	return (
		<div class="loading">
			<Spinner label={t("Loading …")} />
		</div>
	);
}
