import { beforeEach, expect, test } from 'vitest';
import { language } from '../i18n';
import { Refusal } from './client';

beforeEach(() => language.set('ja'));

test('a refusal names states, zones and parts as people call them', () => {
	expect(new Refusal(409, 'state', 'held').sentence()).not.toContain('held');
	expect(new Refusal(409, 'elsewhere', 'internet').sentence()).not.toContain('internet');
	expect(new Refusal(503, 'unready', 'worker').sentence()).not.toContain('worker');
	expect(new Refusal(403, 'login-more', 'two-factors').sentence()).not.toContain('two-factors');
	expect(new Refusal(400, 'missing', 'reason').sentence()).not.toContain('reason');
});

test('what people wrote stays as it is', () => {
	expect(new Refusal(422, 'not-member', 'held').sentence()).toContain('held');
	expect(new Refusal(400, 'missing', 'x-y').sentence()).toContain('x-y');
});
