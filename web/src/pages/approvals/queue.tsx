// The list at the left: what waits for my decision, the oldest first.
import type { Transfer } from '../../api/types';
import { t, when } from '../../i18n';
import { Icon } from '../../parts/icon';
import { senderOf, sizeText } from '../../words';

export function Queue({ rows, chosen, marked, markable, onChoose, onMark }: {
	rows: Transfer[];
	chosen: string | undefined;
	marked: Set<string>;
	markable: (x: Transfer) => boolean;
	onChoose: (id: string) => void;
	onMark: (id: string) => void;
}) {
	return (
		<ol class="queue" aria-label={t("Waiting for your decision")}>
			{rows.map((x) => (
				<li key={x.id} class={x.id === chosen ? 'on' : ''}>
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
							{senderOf(x)} · {x.from} → {x.to}
						</small>
						<small>{[x.class, sizeText(x), when(x.received)].filter(Boolean).join(' · ')}</small>
					</button>
					<input
						type="checkbox"
						checked={marked.has(x.id)}
						disabled={!markable(x)}
						onChange={() => onMark(x.id)}
						aria-label={t("Mark {1}", x.name ?? x.id)}
						title={markable(x) ? undefined : t("Look at it first; what has findings is decided alone.")}
					/>
				</li>
			))}
		</ol>
	);
}
