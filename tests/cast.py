"""The people of the stories of web/e2e, and the policy that knows them: each story has people of its own, so that all of a script are told at one pair
of posts without one getting into another's way."""
import posts

FIRST_UID = 48200
# Of each story: what follows its name and "-".
ROLES = {"cho": ("市民課長", "kacho", "dairi"), "dairi": ("市民課長補佐", "shokuin", ""), "ichi": ("市民課職員1", "shokuin", ""),
         "ni": ("市民課職員2", "shokuin", ""), "kan": ("システム管理者", "kanri", ""), "kan2": ("副システム管理者", "kanri", ""),
         "sa": ("監査担当者", "kansa", ""), "ciso": ("最高情報セキュリティ責任者", "ciso", "")}
HOMES = {"kan": "joho", "kan2": "joho", "sa": "city", "ciso": "city"}
MORE = """
role ciso {
	name "最高情報セキュリティ責任者"
	may oversee
}

route leak-out from lgwan to internet {
	carry file
	for department leak
	require class confidentiality <= "2"
	hold mynumber
	clean rebuild
	expire 2 days
	clause "6.3"
}

route scanned-in from internet to lgwan {
	carry file
	for department scan
	clean rebuild
	scan virus required
	expire 2 days
	clause "6.3"
}
"""
# Routes of posts.policy that are not everybody's here: nobody is asked which one he means where there is one.
ONLY = {"route brief-in from internet to lgwan {": "expiry", "route free-out from lgwan to internet {": "nobody"}


def members(story):
    return [f"{story}-{who}" for who in ROLES]


def member(story, who):
    name, role, deputy = ROLES[who]
    behind = f"\n\tdeputy {story}-{deputy}" if deputy else ""
    return f'member {story}-{who} {{\n\tname "{name}"\n\tdepartment {HOMES.get(who, story)}\n\trole {role}{behind}\n}}\n'


def policy(stories):
    """Text of a policy in which these stories have their people."""
    with open(posts.POLICY, encoding="utf-8") as f:
        text = f.read()
    for head, department in ONLY.items():
        assert head in text, head
        text = text.replace(head, f"{head}\n\tfor department {department}")
    departments = {*stories, *ONLY.values(), "leak", "scan"}
    text += MORE + "".join(f'department {d} "市民課" in city\n' for d in sorted(departments))
    return text + "".join(member(s, who) for s in stories for who in ROLES)


def users(stories):
    """System users of them, beside those of posts.USERS."""
    names = [m for s in stories for m in members(s)]
    return {**posts.USERS, **{m: FIRST_UID + i for i, m in enumerate(names)}}
