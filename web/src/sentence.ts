// The sentence about what cleaning did: from the transfer itself, and where it does not say, from its report.
import type { Transfer } from './api/types';
import { useAsk } from './api/use';
import { useLanguage } from './i18n';
import { removedSentence, wasCleaned } from './words';

const asText = (rows: { code: string; count: number }[]) => rows.map((r) => `${r.code}=${r.count}`).join(',');

/** Undefined while it is not known. What is not known is never called clean. */
export function useSentence(x: Transfer | undefined): string | undefined {
	useLanguage();
	const clean = x !== undefined && wasCleaned(x);
	const told = x?.removed !== undefined && x.method !== undefined;
	const asked = useAsk('report', clean && !told ? { id: x.id } : undefined);
	if (!clean) return undefined;
	if (told) return removedSentence(x);
	const report = asked.data;
	if (!report) return undefined;
	const method = report.method ? { method: report.method } : {};
	return removedSentence({ ...x, removed: asText(report.removals), ...method });
}
