// What has become of a request for an original, in words.
import type { Original, State } from '../../api/types';
import { N_, tr } from '../../i18n';
import type { IconName } from '../../parts/icon';
import { Tag, type Tone } from '../../parts/tag';

const LOOKS: Partial<Record<State, [Tone, IconName, string]>> = {
	held: ['warn', 'clock', N_("Waiting for approval")],
	approved: ['going', 'clock', N_("Being made ready")],
	released: ['good', 'check', N_("Ready to fetch")],
	collected: ['over', 'check', N_("Fetched")],
	denied: ['bad', 'cross', N_("Not permitted")],
	expired: ['over', 'clock', N_("Expired")],
	cancelled: ['over', 'cross', N_("Taken back")],
};

export function OriginalTag({ original }: { original: Pick<Original, 'state'> }) {
	const look = LOOKS[original.state];
	if (!look) return null;
	return (
		<Tag tone={look[0]} icon={look[1]}>
			{tr(look[2])}
		</Tag>
	);
}

/** Fetched as often as the policy allows. */
export const isUsedUp = (o: Original): boolean => o.downloads_most !== undefined && (o.downloads ?? 0) >= o.downloads_most;
export const canFetch = (o: Original): boolean => (o.state === 'released' || o.state === 'collected') && !isUsedUp(o);
