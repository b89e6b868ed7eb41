// The other language, said in it.
import { setLanguage, useLanguage } from '../i18n';
import { Button } from './button';

export function LanguageButton() {
	const lang = useLanguage();
	const [other, name] = lang === 'ja' ? (['en', 'English'] as const) : (['ja', '日本語'] as const); // lang: in its own words
	return (
		<Button kind="quiet" icon="globe" lang={other} onClick={() => setLanguage(other)}>
			{name}
		</Button>
	);
}
