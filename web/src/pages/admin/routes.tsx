// Routes as the policy has them: its text, and what it says to a question ("may he send this there?").
import { useState } from 'preact/hooks';
import { ask } from '../../api/client';
import { useMore } from '../../api/more';
import type { Decision } from '../../api/types';
import { useAsk, useDoing } from '../../api/use';
import { t, tn, useLanguage, when } from '../../i18n';
import { Button } from '../../parts/button';
import { Actions } from '../../parts/dialog';
import { SelectField, TextField } from '../../parts/field';
import { Loading, Notice, Trouble } from '../../parts/notice';
import { Card, Page } from '../../parts/page';
import { setQuery, usePlace } from '../../router';
import { type Line, type RouteRead, routesOf, RouteTable } from './route-table';
import { reasonText } from '../../says';
import '../../styles/desk.css';

const PAGES = 100;

function useText(name: string | undefined) {
	const [files, setFiles] = useState<string[]>([]);
	const [shown, setShown] = useState('');
	const [taken, setTaken] = useState<number>();
	const more = useMore<Line>(async (after, signal) => {
		const answer = await ask('policy.text', { most: 200, ...(name ? { name } : {}), ...(after ? { after } : {}) }, signal);
		setFiles(answer.files);
		setShown(answer.name);
		setTaken(answer.taken);
		const first = Number(after ?? 0);
		return { rows: answer.lines.map((text, i) => ({ number: first + i + 1, text })), next: answer.next };
	}, name ?? '', PAGES);
	return { ...more, files, name: shown, taken };
}

type Names = { zones: string[]; routes: string[]; classes: string[] };

/** Names that the text declares, for the fields of the question. */
function namesOf(lines: Line[]): Names {
	const all = lines.map((l) => l.text.replace(/#.*/, ''));
	const of = (rule: RegExp) => [...new Set(all.flatMap((l) => [...l.matchAll(rule)].map((m) => m[1]!)))];
	return { zones: of(/^\s*zone\s+([a-z][a-z0-9-]*)/g), routes: of(/^\s*route\s+([a-z][a-z0-9-]*)/g), classes: [] };
}

const EFFECTS = { pass: 'good', hold: 'waiting', deny: 'bad' } as const;

function Answered({ decision: d, onLine }: { decision: Decision; onLine: (line: number) => void }) {
	const title = d.effect === 'pass' ? t("It passes") : d.effect === 'hold' ? t("It waits") : t("It does not pass");
	return (
		<Notice kind={EFFECTS[d.effect]} title={title}>
			<ul class="reasons">
				{d.reasons.map((r, i) => (
					<li key={i}>
						{reasonText(r)}{' '}
						{r.line && (
							<button type="button" class="link" onClick={() => onLine(r.line!)}>
								{t("line {1}", r.line)}
							</button>
						)}
					</li>
				))}
			</ul>
			{Boolean(d.approvers?.length) && <p>{tn("{1} person has to approve: {2}", "{1} persons have to approve: {2}", d.persons ?? 1, (d.approvers ?? []).map((a) => a.name).join(t(", ")))}</p>}
		</Notice>
	);
}

interface Question {
	from: string;
	to: string;
	route: string;
	requester: string;
	claimed: string;
	confidentiality: string;
	size: string;
}
const NOTHING: Question = { from: '', to: '', route: '', requester: '', claimed: '', confidentiality: '', size: '' };

function said(q: Question): string {
	const fields = Object.entries(q).map(([k, v]) => [k, v.trim()]);
	return JSON.stringify({ carry: 'file', ...Object.fromEntries(fields.filter(([, v]) => v)) });
}

function Explain({ names, about, onLine }: { names: Names; about: RouteRead | undefined; onLine: (line: number) => void }) {
	const [q, setQ] = useState<Question>(about ? { ...NOTHING, from: about.from, to: about.to, route: about.name } : NOTHING);
	const [decision, setDecision] = useState<Decision>();
	const doing = useDoing();
	const set = (name: keyof Question) => (value: string) => setQ({ ...q, [name]: value });
	const options = (v: string[]) => [{ value: '', text: t("not said") }, ...v.map((x) => ({ value: x, text: x }))];
	const submit = (e: Event) => {
		e.preventDefault();
		void doing.run(async () => {
			setDecision(undefined);
			setDecision((await ask('policy.explain', { request: said(q), all: true })).decision);
		});
	};
	return (
		<Card title={t("What would the policy say?")}>
			<form class="question" id="question" onSubmit={submit}>
				<SelectField label={t("From zone")} value={q.from} onValue={set('from')} options={options(names.zones)} />
				<SelectField label={t("To zone")} value={q.to} onValue={set('to')} options={options(names.zones)} />
				<SelectField label={t("Route")} value={q.route} onValue={set('route')} options={options(names.routes)} optional />
				<TextField label={t("Who sends")} placeholder="shimin-1" value={q.requester} onValue={set('requester')} />
				<TextField label={t("Kind of file")} placeholder="docx" value={q.claimed} onValue={set('claimed')} optional />
				<TextField label={t("Class")} placeholder="2" value={q.confidentiality} onValue={set('confidentiality')} optional />
				<TextField label={t("Size")} placeholder="3M" value={q.size} onValue={set('size')} optional />
				<Actions>
					<Button kind="primary" type="submit" busy={doing.busy}>
						{t("Ask the policy")}
					</Button>
				</Actions>
			</form>
			<p class="hint">{t("What is not said is taken to be as it should be: cleaned, with nothing found in it.")}</p>
			<div class="below" aria-live="polite">
				<Trouble error={doing.error} />
				{decision && <Answered decision={decision} onLine={onLine} />}
			</div>
		</Card>
	);
}

const BLOCK = /^\s*(route|zone|flow|department|role|member|post|host)\s+([a-z][a-z0-9-]*)/;

function Text({ lines, marked }: { lines: Line[]; marked: number | undefined }) {
	return (
		<ol class="policy-text" aria-label={t("Text of the policy")}>
			{lines.map((l) => (
				<li key={l.number} id={`line-${l.number}`} class={l.number === marked ? 'marked' : ''} data-line={l.number}>
					<code class={BLOCK.test(l.text) ? 'head' : /^\s*#/.test(l.text) ? 'note' : ''}>{l.text || ' '}</code>
				</li>
			))}
		</ol>
	);
}

export function Routes() {
	useLanguage();
	const { query } = usePlace();
	const text = useText(query.get('file') ?? undefined);
	const status = useAsk('status', {});
	const [marked, setMarked] = useState<number>();
	const [about, setAbout] = useState<RouteRead>();
	const routes = routesOf(text.rows);
	const explain = (r: RouteRead) => {
		setAbout(r);
		requestAnimationFrame(() => document.querySelector<HTMLElement>('#question select')?.focus());
	};
	const toLine = (line: number) => {
		setMarked(line);
		requestAnimationFrame(() => document.getElementById(`line-${line}`)?.scrollIntoView({ block: 'center' }));
	};
	return (
		<Page
			title={t("Routes and policy")}
			lead={t("The policy in force, word by word. It is changed in its files at the post; changes of the organisation have a page of their own.")}
		>
			<Trouble error={text.error} again={text.again} />
			{routes.length > 0 && (
				<Card title={tn("{1} route", "{1} routes", routes.length)}>
					<RouteTable routes={routes} onLine={toLine} onExplain={explain} />
				</Card>
			)}
			<Explain key={about?.name ?? ''} names={namesOf(text.rows)} about={about} onLine={toLine} />
			<Card
				flush
				title={text.taken ? t("{1}, in force since {2}", text.name, when(text.taken)) : text.name || t("Text of the policy")}
				actions={
					text.files.length > 1 ? (
						<SelectField
							label={t("File")}
							compact
							value={text.name}
							onValue={(v) => setQuery({ file: v })}
							options={text.files.map((f) => ({ value: f, text: f }))}
						/>
					) : undefined
				}
			>
				{text.loading && !text.rows.length && <Loading />}
				<div class="policy-scroll" tabIndex={0} role="region" aria-label={t("Text of the policy")}>
					<Text lines={text.rows} marked={marked} />
				</div>
			</Card>
			{status.data && (
				<p class="quiet-text">
					{t("Checksum of the policy")} <code>{status.data.policy.hash}</code>
				</p>
			)}
		</Page>
	);
}
