// How far something is. Without a value: that it goes on.
export function Progress({ value, label, kind = 'going' }: { value?: number; label: string; kind?: 'going' | 'good' | 'bad' | 'waiting' }) {
	const percent = value === undefined ? undefined : Math.max(0, Math.min(100, Math.round(value)));
	return (
		<div
			class={`progress ${kind} ${percent === undefined ? 'endless' : ''}`}
			role="progressbar"
			aria-label={label}
			aria-valuemin={0}
			aria-valuemax={100}
			aria-valuenow={percent}
		>
			<span style={percent === undefined ? {} : { width: `${percent}%` }} />
		</div>
	);
}

export function Spinner({ label }: { label: string }) {
	return (
		<span class="spinner" role="status">
			<span class="unseen">{label}</span>
		</span>
	);
}
