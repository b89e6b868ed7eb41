// Something that does something. A link goes somewhere: see router.
import type { ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from './icon';

export interface ButtonProps extends Omit<JSX.HTMLAttributes<HTMLButtonElement>, 'icon'> {
	kind?: 'primary' | 'plain' | 'quiet' | 'danger';
	/** Under way: it says so, and takes no second click. */
	busy?: boolean;
	/** Turns pages or the like: each of several quick clicks counts. Else a double click is one, however fast the post answers. */
	often?: boolean;
	icon?: IconName;
	type?: 'button' | 'submit';
	disabled?: boolean;
	children?: ComponentChildren;
}

export function Button({ kind = 'plain', busy = false, often = false, icon, type = 'button', children, class: more, onClick, ...rest }: ButtonProps) {
	const click = (e: JSX.TargetedMouseEvent<HTMLButtonElement>) => {
		if (busy || (e.detail > 1 && !often)) e.preventDefault();
		else (onClick as ((e: JSX.TargetedMouseEvent<HTMLButtonElement>) => void) | undefined)?.(e);
	};
	return (
		<button
			type={type}
			class={`button ${kind} ${busy ? 'busy' : ''} ${typeof more === 'string' ? more : ''}`}
			aria-busy={busy}
			onClick={click}
			{...rest}
		>
			{icon && <Icon name={icon} />}
			{children && <span>{children}</span>}
		</button>
	);
}
