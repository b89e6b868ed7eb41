// Names of departments and roles, for the words that the policy has.
import { useAsk } from '../../api/use';
import { t } from '../../i18n';

export const named = (names: Record<string, string>, words: string[]): string => words.map((w) => names[w] ?? w).join(t(", "));

export function useNames(): Record<string, string> {
	const list = useAsk('departments', {});
	const all = [...(list.data?.departments ?? []), ...(list.data?.roles ?? [])];
	return Object.fromEntries(all.filter((x) => x.title).map((x) => [x.name, x.title]));
}
