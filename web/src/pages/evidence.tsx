// What is known about a file, as everybody is shown it who may see it: what was found in it, what was taken out of it, who decided.
import { useState } from 'preact/hooks';
import type { Finding, FoundPlace, Removal, Vote } from '../api/types';
import { N_, t, tn, tr, when } from '../i18n';
import { Button } from '../parts/button';
import { Tag } from '../parts/tag';
import { removalText } from '../says';

const KINDS: Record<Finding['kind'], string> = {
	mynumber: N_("Individual numbers (My Number)"),
	'corporate-number': N_("Corporate numbers"),
	word: N_("Words of the office's list"),
	unreadable: N_("Parts that could not be read"),
};
const TRUST: Record<FoundPlace['trust'], string> = { weak: N_("perhaps"), likely: N_("likely"), sure: N_("certain") };
const METHODS: Partial<Record<Vote['method'], string>> = {
	'os-login': N_("logged in to the system"),
	password: N_("by password"),
	'two-factors': N_("with two factors"),
	passkey: N_("signed with a passkey"),
};
const PLACES = 12;

function placeText(p: FoundPlace): string {
	const parts = [
		p.where,
		p.line > 0 && t("line {1}", p.line),
		p.cell > 0 && t("cell {1}", p.cell + 1),
		p.column > 0 && t("character {1}", p.column),
		p.kind === 'word' && t("word {1} of the list", p.word + 1),
	];
	return parts.filter(Boolean).join(' · ');
}

/** Where it stands; what stands there is never shown, to nobody. */
function PlaceList({ places }: { places: FoundPlace[] }) {
	const [all, setAll] = useState(false);
	const rows = all ? places : places.slice(0, PLACES);
	return (
		<>
			<ol class="places">
				{rows.map((p, i) => (
					<li key={i}>
						{placeText(p)}
						<span class="quiet-text"> ({tr(TRUST[p.trust])})</span>
					</li>
				))}
			</ol>
			{!all && places.length > PLACES && (
				<Button kind="quiet" onClick={() => setAll(true)}>
					{t("All places")}
				</Button>
			)}
		</>
	);
}

export function FindingList({ findings, places }: { findings: Finding[]; places: FoundPlace[] }) {
	return (
		<>
			{findings.map((f) => (
				<li key={f.kind}>
					<b>{tr(KINDS[f.kind])}</b>
					<span>{tn("{1} place", "{1} places", f.count)}</span>
					<PlaceList places={places.filter((p) => p.kind === f.kind)} />
				</li>
			))}
		</>
	);
}

/** `codes`: with the stable word of each, for whoever compares it with another report. */
export function RemovalList({ removals, codes }: { removals: Removal[]; codes?: boolean }) {
	if (!removals.length) return <p class="quiet-text">{t("Nothing had to be removed.")}</p>;
	return (
		<ul class="removals">
			{removals.map((r) => (
				<li key={r.code}>
					<span>{removalText(r)}</span>
					<span class="quiet-text">{tn("{1} place", "{1} places", r.count)}</span>
					{codes && <code class="quiet-text">{r.code}</code>}
				</li>
			))}
		</ul>
	);
}

export function VoteList({ votes }: { votes: Vote[] }) {
	return (
		<ul class="votes">
			{votes.map((v) => (
				<li key={`${v.at}${v.person}`} class={v.counts === false ? 'void' : ''}>
					<Tag tone={v.allow ? 'good' : 'bad'} icon={v.allow ? 'check' : 'cross'}>
						{v.allow ? t("Approved") : t("Denied")}
					</Tag>
					<span>
						<b>{v.person}</b> · {when(v.at)} · {tr(METHODS[v.method] ?? v.method)}
						{v.counts === false && <small>{t("Does not count any more: the file or the account has changed.")}</small>}
						{v.comment && <small class="said">{v.comment}</small>}
					</span>
				</li>
			))}
		</ul>
	);
}
