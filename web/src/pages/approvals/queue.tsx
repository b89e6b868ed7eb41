// The list at the left: what waits for my decision, the oldest first. What the policy lets be decided together can be marked.
import type { Transfer } from '../../api/types';
import { t, tn, when } from '../../i18n';
import { Icon } from '../../parts/icon';
import { className, senderOf, sizeText, zoneText } from '../../words';

interface QueueProps {
	rows: Transfer[];
	chosen: string | undefined;
	marked: Set<string>;
	onChoose: (id: string) => void;
	onMark: (ids: string[], on: boolean) => void;
}

/** What the policy lets be decided with others; all else is looked at and decided by itself. */
export const markable = (x: Transfer): boolean => x.bulk === true && x.output_hash !== undefined;

function MarkAll({ rows, marked, onMark }: Pick<QueueProps, 'rows' | 'marked' | 'onMark'>) {
	const may = rows.filter(markable).map((x) => x.id);
	if (may.length < 2) return null;
	const all = may.every((id) => marked.has(id));
	return (
		<label class="queue-all">
			<span>{tn("{1} that can be decided together", "{1} that can be decided together", may.length)}</span>
			<input type="checkbox" checked={all} onChange={(e) => onMark(may, e.currentTarget.checked)} />
		</label>
	);
}

function Row({ x, chosen, marked, onChoose, onMark }: { x: Transfer } & Omit<QueueProps, 'rows'>) {
	return (
		<li class={x.id === chosen ? 'on' : ''}>
			<button type="button" data-id={x.id} aria-current={x.id === chosen ? 'true' : undefined} onClick={() => onChoose(x.id)}>
				<b>
					{x.name ?? x.id}
					{x.holds.includes('leak') && (
						<span class="queue-warn">
							<Icon name="warn" size={16} />
							<span class="unseen">{t("Something was found in it")}</span>
						</span>
					)}
				</b>
				<small>
					{senderOf(x)} · {t("to {1}", zoneText(x.to))}
				</small>
				<small>{[x.class && className(x.class), sizeText(x), when(x.received)].filter(Boolean).join(' · ')}</small>
			</button>
			{markable(x) && (
				<input
					type="checkbox"
					checked={marked.has(x.id)}
					onChange={(e) => onMark([x.id], e.currentTarget.checked)}
					aria-label={t("Mark {1}", x.name ?? x.id)}
				/>
			)}
		</li>
	);
}

export function Queue({ rows, ...rest }: QueueProps) {
	return (
		<>
			<MarkAll rows={rows} marked={rest.marked} onMark={rest.onMark} />
			<ol class="queue" aria-label={t("Waiting for your decision")}>
				{rows.map((x) => (
					<Row key={x.id} x={x} {...rest} />
				))}
			</ol>
		</>
	);
}
