// A question that is answered before anything else; Escape is "no". The focus goes back where it was.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { useDoing } from '../api/use';
import { t } from '../i18n';
import { Button } from './button';
import { Trouble } from './notice';

export function Dialog({
	title, children, onClose, wide, closable = true,
}: {
	title: string;
	children: ComponentChildren;
	onClose?: () => void;
	wide?: boolean;
	closable?: boolean;
}) {
	const box = useRef<HTMLDialogElement>(null);
	const id = useId();
	useEffect(() => {
		const dialog = box.current;
		const before = document.activeElement;
		if (dialog && !dialog.open) dialog.showModal();
		return () => {
			dialog?.close();
			if (before instanceof HTMLElement) before.focus();
		};
	}, []);
	const cancel = (e: Event) => {
		e.preventDefault();
		if (closable) onClose?.();
	};
	return (
		<dialog ref={box} class={`dialog ${wide ? 'wide' : ''} ${closable ? '' : 'locked'}`} aria-labelledby={id} onCancel={cancel}>
			<header>
				<h2 id={id}>{title}</h2>
				{closable && onClose && <Button kind="quiet" icon="cross" aria-label={t("Close")} onClick={onClose} />}
			</header>
			{children}
		</dialog>
	);
}

/** What is done, and the way out of it, at the end of a form in a dialog. */
export function YesNo({ yes, no, busy, danger, onNo }: { yes: string; no?: string; busy: boolean; danger?: boolean; onNo: () => void }) {
	return (
		<Actions>
			<Button kind={danger ? 'danger' : 'primary'} type="submit" busy={busy}>
				{yes}
			</Button>
			<Button kind="quiet" onClick={onNo}>
				{no ?? t("Go back")}
			</Button>
		</Actions>
	);
}

/** Something that takes something away is asked about first. It closes when it is done; what fails is said in it. */
export function Sure({ title, children, yes, no, run, onClose }: {
	title: string;
	children: ComponentChildren;
	yes: string;
	no?: string;
	run: () => Promise<void>;
	onClose: () => void;
}) {
	const doing = useDoing();
	const submit = (e: Event) => {
		e.preventDefault();
		void doing.run(async () => {
			await run();
			onClose();
		});
	};
	return (
		<Dialog title={title} onClose={onClose}>
			<form onSubmit={submit}>
				{children}
				<Trouble error={doing.error} />
				<YesNo danger yes={yes} busy={doing.busy} onNo={onClose} {...(no ? { no } : {})} />
			</form>
		</Dialog>
	);
}

/** The buttons at a dialog's or a form's end: what is done first, then the way out. */
export function Actions({ children }: { children: ComponentChildren }) {
	return <div class="actions">{children}</div>;
}
