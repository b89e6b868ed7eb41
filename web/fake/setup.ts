// Before every test file: Japanese, nothing kept from another one.
import { afterEach, beforeEach } from 'vitest';
import { setLanguage } from '../src/i18n';

beforeEach(() => {
	localStorage.clear();
	setLanguage('ja');
});
afterEach(() => {
	document.body.textContent = '';
});
