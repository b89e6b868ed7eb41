/*
 * sekisho policy diff: what a change of the policy means, in its lines and in the decisions that become others, over
 * requests that were recorded or, without them, over some that are made up. The command.
 */
#include "cmd/policy.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/utf8.h"
#include "policy/grid.h"

/* Decisions that changed in the same way. */
struct group {
	struct sk_decision before, after; /* of the first of them */
	struct sk_slice example;          /* that one as JSON */
	size_t n;
};

#define MOST_GROUPS 200

struct comparing {
	struct opened old, new, o; /* o: memory of its own */
	const char *paths[2], *file;
	size_t npaths;
	bool json;
	int64_t now;
	struct line_changes lines;
	struct group *groups;
	size_t ngroups, asked, changed;
};

/* --- options --- */

static int take_time(struct comparing *c, const char *value)
{
	struct sk_fault fault = {.why = "", .field = ""};
	struct sk_recorded r;

	sk_recorded_init(&r);
	if (value == NULL || sk_recorded_set(c->o.arena, &r, "time", value, &fault)) {
		fprintf(stderr, _("sekisho: --%s '%s': %s\n"), "time", value ? value : "",
		    _(fault.why));
		return -1;
	}
	c->now = r.time;
	return 0;
}

static int take_options(struct comparing *c, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		bool more = i + 1 < argc;
		if (strcmp(argv[i], "--json") == 0)
			c->json = true;
		else if (strcmp(argv[i], "--requests") == 0 && more)
			c->file = argv[++i];
		else if (strcmp(argv[i], "--time") == 0 && more) {
			if (take_time(c, argv[++i]))
				return -1;
		} else if (strncmp(argv[i], "--", 2) && c->npaths < 2)
			c->paths[c->npaths++] = argv[i];
		else
			c->npaths = 3;
	}
	if (c->npaths == 2)
		return 0;
	fprintf(stderr, "%s\n",
	    _("sekisho: policy diff takes [--json] [--requests FILE] [--time TIME] and the paths of two policies"));
	return -1;
}

/* --- decisions --- */

/* The reason that speaks first for what was decided. */
static const struct sk_reason *first(const struct sk_decision *d)
{
	for (size_t i = 0; i < d->nreasons; i++)
		if (d->reasons[i].effect == d->effect)
			return &d->reasons[i];
	return &d->reasons[0];
}

static const char *way(const struct sk_decision *d)
{
	return d->duties.route  ? d->duties.route->named.name
	       : d->duties.flow ? d->duties.flow->named.name
				: "";
}

/* The same answer for whoever carries it out: what else waits beside a denial makes no difference. */
static bool same(const struct sk_decision *a, const struct sk_decision *b)
{
	if (a->effect != b->effect || a->effect == SK_DENY)
		return a->effect == b->effect;
	return a->holds == b->holds && a->awaits == b->awaits &&
	       a->duties.method == b->duties.method &&
	       a->duties.attached_method == b->duties.attached_method &&
	       a->duties.bulk == b->duties.bulk && strcmp(way(a), way(b)) == 0;
}

static bool alike(const struct group *g, const struct sk_decision *a, const struct sk_decision *b)
{
	return g->before.effect == a->effect && g->after.effect == b->effect &&
	       first(&g->before)->why == first(a)->why && first(&g->after)->why == first(b)->why &&
	       strcmp(way(&g->before), way(a)) == 0 && strcmp(way(&g->after), way(b)) == 0;
}

static struct sk_slice written(struct comparing *c, const struct sk_recorded *r)
{
	struct sk_buf text = SK_BUF(1 << 20);
	void *kept =
	    sk_recorded_write(r, &text) ? NULL : sk_arena_dup(c->o.arena, text.p, text.len);
	struct sk_slice s = sk_slice(kept, kept ? text.len : 0);

	sk_buf_free(&text);
	return s;
}

static void note(struct comparing *c, const struct sk_recorded *r, const struct sk_decision *a,
    const struct sk_decision *b)
{
	size_t i = 0;

	c->changed++;
	while (i < c->ngroups && !alike(&c->groups[i], a, b))
		i++;
	if (i == c->ngroups && i == MOST_GROUPS)
		return;
	if (i == c->ngroups) {
		c->groups[i] = (struct group){.before = *a, .after = *b, .example = written(c, r)};
		c->ngroups++;
	}
	c->groups[i].n++;
}

static void ask_both(void *user, const struct sk_recorded *r)
{
	struct comparing *c = user;
	struct sk_recorded asked = *r;
	struct sk_decision a, b;

	if (asked.time < 0)
		asked.time = c->now;
	sk_decide(c->old.policy, &asked.request, asked.time, &a);
	sk_decide(c->new.policy, &asked.request, asked.time, &b);
	c->asked++;
	if (!same(&a, &b))
		note(c, &asked, &a, &b);
}

static void ask_recorded(void *user, const struct sk_recorded *r, size_t number)
{
	(void)number;
	ask_both(user, r);
}

static int ask_all(struct comparing *c)
{
	c->groups = sk_arena_array(c->o.arena, MOST_GROUPS, sizeof(*c->groups));
	if (c->groups == NULL)
		return -1;
	if (c->file == NULL)
		return sk_policy_grid(
		    c->o.arena, c->old.policy, c->new.policy, c->now, ask_both, c);
	return cli_requests(c->file, ask_recorded, c) ? -1 : 0;
}

/* --- for people --- */

static void show_lines(const struct comparing *c)
{
	if (c->lines.n == 0)
		printf("%s\n", _("No statement is changed."));
	for (size_t i = 0; i < c->lines.n; i++) {
		const struct line_change *l = &c->lines.v[i];
		printf("@@ %s: %s\n", l->what,
		    l->added     ? _("new")
		    : l->removed ? _("taken out")
				 : _("changed"));
		fwrite(l->text.p, 1, l->text.len, stdout);
	}
}

static void show_side(const char *what, const struct sk_decision *d)
{
	const struct sk_reason *r = first(d);
	char text[400];

	cli_reason_text(r, text, sizeof(text));
	printf("      %s: %s %s [%s] %s:%u\n", what, cli_effect_text(d->effect), text,
	    sk_why_name(r->why), r->where->source->name, r->where->tokens[0].line);
}

static void show_group(const struct group *g)
{
	printf(_("  %zu requests: %s, until now %s\n"), g->n, cli_effect_text(g->after.effect),
	    cli_effect_text(g->before.effect));
	show_side(_("until now"), &g->before);
	show_side(_("then"), &g->after);
	printf("      %s: %.*s\n", _("for example"), (int)g->example.n,
	    g->example.n ? (const char *)g->example.p : "");
}

static void show(const struct comparing *c)
{
	show_lines(c);
	printf(_("%zu decisions, %zu of them change.\n"), c->asked, c->changed);
	for (size_t i = 0; i < c->ngroups; i++)
		show_group(&c->groups[i]);
	if (c->ngroups == MOST_GROUPS)
		printf("%s\n", _("There may be more; the first kinds of change are shown."));
}

/* --- for programs --- */

static json_t *side(const struct sk_decision *d)
{
	const struct sk_reason *r = first(d);

	return json_pack("{s:s, s:s, s:s, s:s, s:i}", "effect", sk_effect_words[d->effect], "route",
	    way(d), "code", sk_why_name(r->why), "file", r->where->source->name, "line",
	    (int)r->where->tokens[0].line);
}

static json_t *lines_of(const struct comparing *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->lines.n; i++) {
		const struct line_change *l = &c->lines.v[i];
		json_t *one = json_pack("{s:s, s:s}", "statement", l->what, "change",
		    l->added     ? "added"
		    : l->removed ? "removed"
				 : "changed");
		json_object_set_new(
		    one, "text", json_stringn((const char *)l->text.p, l->text.len));
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *groups_of(const struct comparing *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->ngroups; i++) {
		const struct group *g = &c->groups[i];
		json_t *one = json_pack("{s:I, s:o, s:o}", "count", (json_int_t)g->n, "before",
		    side(&g->before), "after", side(&g->after));
		json_object_set_new(
		    one, "example", json_loadb((const char *)g->example.p, g->example.n, 0, NULL));
		json_array_append_new(list, one);
	}
	return list;
}

static void show_json(const struct comparing *c)
{
	json_t *o = json_pack("{s:o, s:I, s:I, s:o}", "lines", lines_of(c), "decisions",
	    (json_int_t)c->asked, "changed", (json_int_t)c->changed, "changes", groups_of(c));

	json_dumpf(o, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(o);
}

/* --- the verb --- */

static int run(struct comparing *c)
{
	int32_t day = sk_day_of(c->now);

	if (cli_policy_open(&c->old, c->paths[0], day, false) ||
	    cli_policy_open(&c->new, c->paths[1], day, false))
		return EXIT_SOME_ERROR;
	if (cli_policy_lines(c->o.arena, c->old.policy, c->new.policy, &c->lines) || ask_all(c))
		return EXIT_SOME_ERROR;
	if (c->json)
		show_json(c);
	else
		show(c);
	return c->changed ? EXIT_SOME_REFUSED : EXIT_ALL_CLEAN;
}

int policy_diff(int argc, char **argv)
{
	struct comparing c = {.old = {.dir = -1}, .new = {.dir = -1}, .now = time(NULL)};
	int code = EXIT_SOME_ERROR;

	if (cli_policy_new(&c.o))
		return code;
	if (take_options(&c, argc, argv) == 0)
		code = run(&c);
	cli_policy_lines_free(&c.lines);
	cli_policy_close(&c.old);
	cli_policy_close(&c.new);
	cli_policy_close(&c.o);
	return code;
}
