// The beginning: asks who is logged in, then draws.
import { render } from 'preact';
import { App } from './app';
import { language } from './i18n';
import { look } from './session';
import './styles/base.css';
import './styles/parts.css';
import './styles/shell.css';
import './styles/pages.css';

document.documentElement.lang = language.get();
void look();
render(<App />, document.getElementById('app')!);
