import { beforeEach, expect, test } from 'vitest';
import { language } from './i18n';
import { wrongText } from './says';

beforeEach(() => language.set('ja'));

test('what is wrong with a policy is said with its place, its gaps filled', () => {
	const said = wrongText("organisation.policy:12: There is no statement 'memberr'. [statement]");
	expect(said).toMatch(/^organisation\.policy:12: /);
	expect(said).toContain('memberr');
	expect(said).not.toContain('There is no');
	expect(wrongText('p:1: Blocks are nested too deeply. [block-deep]')).not.toContain('Blocks');
});

test('what no table has stays as it is', () => {
	expect(wrongText('it cannot be read')).toBe('it cannot be read');
	expect(wrongText(undefined)).toBe('');
	language.set('en');
	expect(wrongText("p:2: There is no statement '(x)'. [statement]")).toBe("p:2: There is no statement '(x)'.");
});
