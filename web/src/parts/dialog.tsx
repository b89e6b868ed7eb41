// A question that is answered before anything else; Escape is "no". The focus goes back where it was.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../i18n';
import { Button } from './button';

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
		<dialog ref={box} class={`dialog ${wide ? 'wide' : ''}`} aria-labelledby={id} onCancel={cancel}>
			<header>
				<h2 id={id}>{title}</h2>
				{closable && onClose && <Button kind="quiet" icon="cross" aria-label={t("Close")} onClick={onClose} />}
			</header>
			{children}
		</dialog>
	);
}

/** The buttons at a dialog's or a form's end: what is done first, then the way out. */
export function Actions({ children }: { children: ComponentChildren }) {
	return <div class="actions">{children}</div>;
}
