// What state a transfer is in, in the words of who waits for it: fewer than the gate knows.
import type { Hold, State, Transfer } from '../api/types';
import { N_, tr, useLanguage } from '../i18n';
import { Icon, type IconName } from './icon';

export type Tone = 'good' | 'bad' | 'warn' | 'going' | 'over';
interface Look {
	text: string;
	tone: Tone;
	icon: IconName;
}

const GOING = { tone: 'going', icon: 'clock' } as const;
const STATES: Record<State, Look> = {
	received: { text: N_("Being cleaned"), ...GOING },
	cleaning: { text: N_("Being cleaned"), ...GOING },
	cleaned: { text: N_("Being cleaned"), ...GOING },
	refused: { text: N_("Could not be cleaned"), tone: 'bad', icon: 'cross' },
	held: { text: N_("Waiting"), tone: 'warn', icon: 'clock' },
	approved: { text: N_("On its way"), ...GOING },
	denied: { text: N_("Not permitted"), tone: 'bad', icon: 'cross' },
	offered: { text: N_("On its way"), ...GOING },
	crossing: { text: N_("On its way"), ...GOING },
	crossed: { text: N_("On its way"), ...GOING },
	verified: { text: N_("On its way"), ...GOING },
	rejected: { text: N_("Not taken by the other side"), tone: 'bad', icon: 'cross' },
	released: { text: N_("Ready to collect"), tone: 'good', icon: 'check' },
	collected: { text: N_("Collected"), tone: 'over', icon: 'check' },
	expired: { text: N_("Expired"), tone: 'over', icon: 'clock' },
	cancelled: { text: N_("Taken back"), tone: 'over', icon: 'cross' },
	unanswered: { text: N_("No answer from the other side"), tone: 'bad', icon: 'warn' },
};
const HOLDS: Record<Hold, Look> = {
	password: { text: N_("Waiting for a password"), tone: 'warn', icon: 'key' },
	approval: { text: N_("Waiting for approval"), tone: 'warn', icon: 'stamp' },
	class: { text: N_("Its class is to be chosen"), tone: 'warn', icon: 'warn' },
	leak: { text: N_("Waiting for a check of its content"), tone: 'warn', icon: 'stamp' },
	scan: { text: N_("Waiting for the virus scanner"), ...GOING },
	space: { text: N_("Waiting for room"), ...GOING },
};
// What somebody has to do stands before what goes away by itself.
const ORDER: Hold[] = ['password', 'class', 'approval', 'leak', 'scan', 'space'];

export function lookOf(state: State, holds: Hold[] = []): Look {
	const hold = state === 'held' ? ORDER.find((h) => holds.includes(h)) : undefined;
	return hold ? HOLDS[hold] : STATES[state];
}

export function Tag({ tone, icon, children }: { tone: Tone; icon?: IconName; children: string }) {
	return (
		<span class={`tag ${tone}`}>
			{icon && <Icon name={icon} size={14} />}
			{children}
		</span>
	);
}

export function StateTag({ transfer }: { transfer: Pick<Transfer, 'state' | 'holds'> }) {
	useLanguage();
	const look = lookOf(transfer.state, transfer.holds);
	return (
		<Tag tone={look.tone} icon={look.icon}>
			{tr(look.text)}
		</Tag>
	);
}

/** Nothing will happen to it any more, but that it expires. */
export const isOver = (state: State): boolean => ['refused', 'denied', 'rejected', 'collected', 'expired', 'cancelled', 'unanswered'].includes(state);

/** What has come to an end, good or bad, can be proved on paper. */
export const hasReceipt = (state: State): boolean => ['released', 'collected', 'refused', 'denied', 'rejected', 'expired'].includes(state);

/** Whoever it is for; without one it is for whoever sent it. */
export const isFor = (t: Transfer): boolean => t.role.includes('recipient') || (!t.recipient && t.role.includes('requester'));

/** At the post of `zone`: what was released is collected at the post that owns it. */
export const canCollect = (t: Transfer, zone: string): boolean =>
	isFor(t) && t.owner === zone && (t.state === 'released' || t.state === 'collected');
