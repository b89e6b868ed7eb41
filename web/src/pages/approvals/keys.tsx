// Which keys do what, and the way to switch them off: some people's tools type single letters for them.
import { t } from '../../i18n';
import { keysOn, setKeys } from '../../keys';
import { Dialog } from '../../parts/dialog';
import { Checkbox } from '../../parts/field';
import { useStore } from '../../store';

export function KeysDialog({ onClose }: { onClose: () => void }) {
	const on = useStore(keysOn);
	const keys: [string, string][] = [
		['j', t("Next file")],
		['k', t("File before")],
		['Enter', t("Read the file that is chosen")],
		['x', t("Mark it, where the policy lets it be decided with others")],
		['a', t("Approve it, or those marked")],
		['d', t("Deny it, or what is marked")],
		['?', t("This list")],
		['Esc', t("Close a question without an answer")],
	];
	return (
		<Dialog title={t("Keys on this page")} onClose={onClose}>
			<dl class="keys">
				{keys.map(([key, what]) => (
					<div key={key}>
						<dt>
							<kbd>{key}</kbd>
						</dt>
						<dd>{what}</dd>
					</div>
				))}
			</dl>
			<Checkbox label={t("Single keys do this")} checked={on} onValue={setKeys} />
		</Dialog>
	);
}
