// Days as people type them, in the time of the office (Japan has one, without summer time).
const OFFSET = 9 * 3600_000;
const DAY = 86_400_000;

/** "2027-04-01" of a moment. */
export function dayOf(at: number): string {
	return new Date(at + OFFSET).toISOString().slice(0, 10);
}

/** The moment a day begins; undefined: it is no day. */
export function begins(day: string): number | undefined {
	if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined;
	const at = Date.parse(`${day}T00:00:00Z`) - OFFSET;
	return Number.isNaN(at) || dayOf(at) !== day ? undefined : at;
}

/** The last moment of a day. */
export function ends(day: string): number | undefined {
	const at = begins(day);
	return at === undefined ? undefined : at + DAY - 1;
}
