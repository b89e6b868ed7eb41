// Where to, which class, for whom and why: what a route wants is asked, the rest is filled in.
import { useEffect, useState } from 'preact/hooks';
import { ask } from '../api/client';
import type { MemberInfo, RouteInfo } from '../api/types';
import { bytes, remaining, t, tn } from '../i18n';
import type { Wish } from '../outbox';
import { Choice, Field, LinesField, SelectField } from '../parts/field';
import { Icon } from '../parts/icon';
import { className, classText, directionText } from '../words';

const LAST = 'sekisho.class.'; // of each route: the class that was chosen last

export interface Draft {
	route: string;
	class: string;
	reason: string;
	recipient: MemberInfo | undefined;
}

export function draftFor(route: RouteInfo | undefined, before?: Draft): Draft {
	const kept = route ? (localStorage.getItem(LAST + route.name) ?? '') : '';
	const allowed = route?.classes.filter((c) => c.allowed) ?? [];
	const only = allowed.length === 1 ? allowed[0]!.name : '';
	return {
		route: route?.name ?? '',
		class: allowed.some((c) => c.name === kept) ? kept : only,
		reason: before?.reason ?? '',
		recipient: before?.recipient,
	};
}

export interface Wrong {
	class?: string;
	reason?: string;
}

export function wrongWith(draft: Draft, route: RouteInfo): Wrong {
	return {
		...(route.class_wanted && !draft.class ? { class: t("Choose what kind of information it holds.") } : {}),
		...(route.reason_wanted && !draft.reason.trim() ? { reason: t("Say in a few words what it is for.") } : {}),
	};
}

export function wishOf(draft: Draft, route: RouteInfo): Wish {
	if (draft.class) localStorage.setItem(LAST + route.name, draft.class);
	return {
		to: route.to,
		route: route.name,
		...(draft.class ? { class: draft.class } : {}),
		...(draft.reason.trim() ? { reason: draft.reason.trim() } : {}),
		...(draft.recipient ? { recipient: draft.recipient.member } : {}),
	};
}

function RouteChoice({ routes, draft, set }: { routes: RouteInfo[]; draft: Draft; set: (d: Draft) => void }) {
	const label = (r: RouteInfo) => t("{1}: to {2}", directionText(r.direction), r.to_name ?? r.to);
	const twice = new Set(routes.map(label)).size < routes.length;
	const options = routes.map((r) => ({ value: r.name, text: twice ? `${label(r)} (${r.name})` : label(r) }));
	const pick = (name: string) => set(draftFor(routes.find((r) => r.name === name), draft));
	if (routes.length === 1) return <p class="going-to">{options[0]!.text}</p>;
	return <SelectField label={t("Where to")} value={draft.route} onValue={pick} options={options} />;
}

function ClassChoice({ route, draft, set, error }: { route: RouteInfo; draft: Draft; set: (d: Draft) => void; error: string | undefined }) {
	const open = route.classes.filter((c) => c.allowed).reverse();
	if (!open.length) return null;
	const shut = route.classes.filter((c) => !c.allowed);
	const hint = shut.length ? t("Not on this route: {1}", shut.map((c) => className(c.name)).join(t(", "))) : undefined;
	return (
		<Choice
			label={t("What kind of information does it hold?")}
			hint={hint}
			error={error}
			value={draft.class}
			onValue={(v) => set({ ...draft, class: v })}
			options={open.map((c) => ({ value: c.name, text: className(c.name), hint: classText(c.name) }))}
		/>
	);
}

/** For oneself, or for somebody who is found by name. */
function Recipient({ draft, set }: { draft: Draft; set: (d: Draft) => void }) {
	const [text, setText] = useState('');
	const [open, setOpen] = useState(draft.recipient !== undefined);
	const [found, setFound] = useState<MemberInfo[]>([]);
	useEffect(() => {
		const stop = new AbortController();
		if (!text.trim() || text === draft.recipient?.name) {
			setFound([]);
			return undefined;
		}
		const timer = setTimeout(() => {
			ask('members', { text: text.trim(), most: 8 }, stop.signal).then(
				(a) => setFound(a.members),
				() => undefined,
			);
		}, 200);
		return () => {
			clearTimeout(timer);
			stop.abort();
		};
	}, [text, draft.recipient]);
	const choose = (m: MemberInfo) => {
		set({ ...draft, recipient: m });
		setText('');
	};
	const options = [
		{ value: 'me', text: t("I take it myself on the other side") },
		{ value: 'other', text: t("Somebody else") },
	];
	const pick = (v: string) => {
		setOpen(v === 'other');
		if (v === 'me') set({ ...draft, recipient: undefined });
	};
	return (
		<>
			<SelectField label={t("For whom")} value={open ? 'other' : 'me'} onValue={pick} options={options} />
			{open && draft.recipient && (
				<p class="chosen">
					<Icon name="person" size={16} />
					<b>{draft.recipient.name}</b>
					<span class="quiet-text">{draft.recipient.department_name ?? draft.recipient.department}</span>
				</p>
			)}
			{open && (
				<Field label={t("Name")} hint={t("Type a part of the name, and choose.")}>
					{(ids) => <input type="search" {...ids} value={text} autocomplete="off" onInput={(e) => setText(e.currentTarget.value)} />}
				</Field>
			)}
			{found.length > 0 && (
				<ul class="found" aria-label={t("People found")}>
					{found.map((m) => (
						<li key={m.member}>
							<button type="button" onClick={() => choose(m)}>
								<b>{m.name}</b> <span class="quiet-text">{m.department_name ?? m.department}</span>
							</button>
						</li>
					))}
				</ul>
			)}
		</>
	);
}

/** Who approves is known before anything is sent: nobody has to look for a name. */
function Approver({ route }: { route: RouteInfo }) {
	if (!route.persons) return null;
	const now = route.approvers.filter((a) => !a.after);
	const names = (now.length ? now : route.approvers).slice(0, 3).map((a) => a.name);
	const more = route.approvers.length - names.length;
	return (
		<div class="field filled-in">
			<span class="label">{t("Approver")}</span>
			<p class="chosen">
				<Icon name="stamp" size={16} />
				<b>{names.join(t(", ")) || t("Nobody may approve now. Ask the people in charge.")}</b>
				{more > 0 && <span class="quiet-text">{tn("or {1} more", "or {1} more", more)}</span>}
			</p>
			{route.persons > 1 && <p class="hint">{tn("{1} person has to approve.", "{1} persons have to approve.", route.persons)}</p>}
		</div>
	);
}

/** What happens after "send", so that nobody is surprised. */
export function Then({ route }: { route: RouteInfo }) {
	const lines = [
		t("It is rebuilt harmless, and checked once more on the other side."),
		route.persons > 0 ? t("It leaves when it is approved.") : '',
		route.encrypted === 'hold' ? t("If a file has a password, you are asked for it.") : '',
		route.encrypted === 'refuse' ? t("Files with a password are not taken.") : '',
		route.expire ? t("It can be collected for {1}.", remaining(route.expire)) : '',
		route.downloads ? tn("It can be downloaded once.", "It can be downloaded {1} times.", route.downloads) : '',
		route.size_most ? t("Up to {1} each.", bytes(route.size_most)) : '',
	].filter(Boolean);
	return (
		<ul class="then">
			{lines.map((l) => (
				<li key={l}>{l}</li>
			))}
		</ul>
	);
}

interface FormProps {
	routes: RouteInfo[];
	route: RouteInfo;
	draft: Draft;
	set: (d: Draft) => void;
	wrong: Wrong;
}

export function SendForm({ routes, route, draft, set, wrong }: FormProps) {
	return (
		<div class="stack">
			<RouteChoice routes={routes} draft={draft} set={set} />
			<ClassChoice route={route} draft={draft} set={set} error={wrong.class} />
			<Recipient draft={draft} set={set} />
			<Approver route={route} />
			<LinesField
				label={t("What it is for")}
				{...(route.reason_wanted ? {} : { optional: true })}
				error={wrong.reason}
				rows={2}
				maxLength={300}
				value={draft.reason}
				onValue={(reason) => set({ ...draft, reason })}
			/>
		</div>
	);
}
