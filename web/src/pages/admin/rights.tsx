// Rights of the policy in plain words.
import { N_, tr } from '../../i18n';
import { Tag } from '../../parts/tag';

const RIGHTS: Record<string, string> = {
	approve: N_("approves"),
	'release-original': N_("releases originals"),
	administer: N_("runs the post"),
	audit: N_("audits"),
	oversee: N_("oversees"),
};

export function RightTags({ rights }: { rights: string[] }) {
	return (
		<span class="row tight">
			{rights.map((r) => (
				<Tag key={r} tone="over">
					{tr(RIGHTS[r] ?? r)}
				</Tag>
			))}
		</span>
	);
}
