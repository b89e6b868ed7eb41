// Routes as they stand in the policy's text: each rule under a plain name, with the very words of the policy, so that nothing is read into it.
import { N_, t, tr } from '../../i18n';
import { Icon } from '../../parts/icon';
import { zoneText } from '../../words';

export interface Line {
	number: number;
	text: string;
}

export interface RouteRead {
	name: string;
	from: string;
	to: string;
	line: number;
	/** [first word, the rest] of each rule, in its order. */
	rules: [string, string][];
}

const HEAD = /^\s*route\s+([a-z][a-z0-9-]*)\s+from\s+([a-z][a-z0-9-]*)\s+to\s+([a-z][a-z0-9-]*)\s*\{/;
const NAMES: Record<string, string> = {
	carry: N_("What it carries"),
	clean: N_("Cleaning"),
	attachments: N_("Attachments"),
	encrypted: N_("With a password"),
	limit: N_("Limits"),
	scan: N_("Virus scan"),
	keep: N_("Originals"),
	expire: N_("To be collected"),
	require: N_("Required"),
	refuse: N_("Refused"),
	hold: N_("Held"),
	unreadable: N_("What cannot be read"),
	approve: N_("Approval"),
	clipboard: N_("Clipboard"),
	files: N_("Files"),
	clause: N_("Clause"),
	for: N_("Who may send"),
	types: N_("Kinds of files"),
	origin: N_("Taken on from"),
	source: N_("Source"),
	approved: N_("Approved"),
	reason: N_("Reason"),
	from: N_("Holds from"),
	until: N_("Holds until"),
};

/** A '#' outside of quotes begins a note. */
const bare = (text: string) => text.replace(/^((?:[^"#]|"[^"]*")*)#.*$/, '$1').trim();

export function routesOf(lines: Line[]): RouteRead[] {
	const out: RouteRead[] = [];
	let open: RouteRead | undefined;
	for (const { number, text } of lines) {
		const head = HEAD.exec(text);
		const rule = bare(text);
		if (head) out.push((open = { name: head[1]!, from: head[2]!, to: head[3]!, line: number, rules: [] }));
		else if (rule === '}') open = undefined;
		else if (open && rule) open.rules.push([rule.split(/\s/)[0]!, rule.replace(/^\S+\s*/, '')]);
	}
	return out;
}

interface TableProps {
	routes: RouteRead[];
	onLine: (line: number) => void;
	onExplain: (route: RouteRead) => void;
}

export function RouteTable({ routes, onLine, onExplain }: TableProps) {
	return (
		<ul class="route-table">
			{routes.map((r) => (
				<li key={r.name}>
					<header>
						<h3>
							{zoneText(r.from)} <Icon name="next" size={14} /> <span class="unseen">{t("to")}</span>
							{zoneText(r.to)} <code>{r.name}</code>
						</h3>
						<span class="row">
							<button type="button" class="link" onClick={() => onExplain(r)} aria-label={`${t("Ask about it")} ${r.name}`}>
								{t("Ask about it")}
							</button>
							<button type="button" class="link" onClick={() => onLine(r.line)} aria-label={`${t("line {1}", r.line)} ${r.name}`}>
								{t("line {1}", r.line)}
							</button>
						</span>
					</header>
					<dl>
						{r.rules.map(([word, rest], i) => (
							<div key={i}>
								<dt>{NAMES[word] ? tr(NAMES[word]!) : word}</dt>
								<dd>
									<code>{rest || word}</code>
								</dd>
							</div>
						))}
					</dl>
				</li>
			))}
		</ul>
	);
}
