// The class of a file that was sent without one.
import { useState } from 'preact/hooks';
import { ask } from '../api/client';
import type { Transfer } from '../api/types';
import { useAsk, useDoing } from '../api/use';
import { t } from '../i18n';
import { Button } from '../parts/button';
import { Choice } from '../parts/field';
import { Trouble } from '../parts/notice';
import { className, classText } from '../words';

export function ClassOf({ transfer, done }: { transfer: Transfer; done: () => void }) {
	const routes = useAsk('routes', {});
	const [value, setValue] = useState('');
	const doing = useDoing();
	const open = routes.data?.routes.find((r) => r.name === transfer.route)?.classes.filter((c) => c.allowed) ?? [];
	if (!open.length) return <Trouble error={routes.error} again={routes.again} />;
	const submit = (e: Event) => {
		e.preventDefault();
		if (!value) return;
		void doing.run(async () => {
			await ask('class', { id: transfer.id, class: value });
			done();
		});
	};
	return (
		<form class="stack" onSubmit={submit}>
			<Trouble error={doing.error} />
			<Choice
				label={t("What kind of information does it hold?")}
				value={value}
				onValue={setValue}
				options={[...open].reverse().map((c) => ({ value: c.name, text: className(c.name), hint: classText(c.name) }))}
			/>
			<div class="actions">
				<Button kind="primary" type="submit" busy={doing.busy} disabled={!value}>
					{t("Set the class")}
				</Button>
			</div>
		</form>
	);
}
