// Something to fill in: its name above it, a hint below, and what is wrong with it where it is wrong.
import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';
import { t } from '../i18n';
import { Icon } from './icon';

interface Common {
	label: string;
	hint?: ComponentChildren;
	error?: string | undefined;
	/** Says beside the label that it may be left empty; otherwise it is wanted. */
	optional?: boolean;
}
interface Ids {
	id: string;
	'aria-describedby': string | undefined;
	'aria-invalid': boolean;
}

export function Field({ label, hint, error, optional, children }: Common & { children: (ids: Ids) => ComponentChildren }) {
	const id = useId();
	const described = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ') || undefined;
	return (
		<div class={`field ${error ? 'wrong' : ''}`}>
			<label for={id}>
				{label}
				{optional && <span class="optional">{t("optional")}</span>}
			</label>
			{children({ id, 'aria-describedby': described, 'aria-invalid': Boolean(error) })}
			{hint && (
				<p class="hint" id={`${id}-hint`}>
					{hint}
				</p>
			)}
			{error && (
				<p class="error" id={`${id}-error`}>
					<Icon name="warn" size={16} />
					{error}
				</p>
			)}
		</div>
	);
}

type Input = Common & { value: string; onValue: (value: string) => void } & Omit<JSX.HTMLAttributes<HTMLInputElement>, 'label' | 'value'> & {
		type?: string;
		required?: boolean;
		maxLength?: number;
		inputMode?: string;
		placeholder?: string;
		autocomplete?: string;
		name?: string;
		min?: string;
		max?: string;
	};

export function TextField({ label, hint, error, optional, value, onValue, ...rest }: Input) {
	return (
		<Field label={label} hint={hint} error={error} {...(optional ? { optional } : {})}>
			{(ids) => <input type="text" spellcheck={false} {...rest} {...ids} value={value} onInput={(e) => onValue(e.currentTarget.value)} />}
		</Field>
	);
}

export function LinesField({
	label, hint, error, optional, value, onValue, rows = 3, maxLength,
}: Common & { value: string; onValue: (value: string) => void; rows?: number; maxLength?: number }) {
	return (
		<Field label={label} hint={hint} error={error} {...(optional ? { optional } : {})}>
			{(ids) => (
				<textarea {...ids} rows={rows} {...(maxLength ? { maxLength } : {})} value={value} onInput={(e) => onValue(e.currentTarget.value)} />
			)}
		</Field>
	);
}

export interface Option {
	value: string;
	text: string;
	hint?: string | undefined;
	disabled?: boolean;
}

export function SelectField({
	label, hint, error, optional, value, onValue, options, compact,
}: Common & { value: string; onValue: (value: string) => void; options: Option[]; compact?: boolean }) {
	return (
		<Field label={label} hint={hint} error={error} {...(optional ? { optional } : {})}>
			{(ids) => (
				<select {...ids} class={compact ? 'compact' : ''} value={value} onChange={(e) => onValue(e.currentTarget.value)}>
					{options.map((o) => (
						<option key={o.value} value={o.value} disabled={o.disabled ?? false}>
							{o.text}
						</option>
					))}
				</select>
			)}
		</Field>
	);
}

/** One of a few, each in words: what a select would hide. */
export function Choice({
	label, hint, error, value, onValue, options,
}: Common & { value: string; onValue: (value: string) => void; options: Option[] }) {
	const id = useId();
	return (
		<fieldset class={`field choice ${error ? 'wrong' : ''}`} aria-describedby={error ? `${id}-error` : undefined}>
			<legend>{label}</legend>
			{hint && <p class="hint">{hint}</p>}
			<div class="choices">
				{options.map((o) => (
					<label key={o.value} class={`option ${o.disabled ? 'off' : ''} ${value === o.value ? 'on' : ''}`}>
						<input type="radio" name={id} value={o.value} checked={value === o.value} disabled={o.disabled ?? false} onChange={() => onValue(o.value)} />
						<span>
							<b>{o.text}</b>
							{o.hint && <small>{o.hint}</small>}
						</span>
					</label>
				))}
			</div>
			{error && (
				<p class="error" id={`${id}-error`}>
					<Icon name="warn" size={16} />
					{error}
				</p>
			)}
		</fieldset>
	);
}

export function Checkbox({ label, checked, onValue }: { label: string; checked: boolean; onValue: (on: boolean) => void }) {
	return (
		<label class="checkbox">
			<input type="checkbox" checked={checked} onChange={(e) => onValue(e.currentTarget.checked)} />
			<span>{label}</span>
		</label>
	);
}
