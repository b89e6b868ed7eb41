/* Changes of the organisation, and the text they make: moves.h. The gate. */
#include "policy/moves.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "policy/diag.h"
#include "policy/people.h"

/* A person's time with one department, in the words of the language; until: SK_DAY_NONE for ever. */
struct part {
	const char *title, *department, *roles, *deputies;
	int32_t from, until;
};

struct person {
	const char *name;
	struct part *v; /* by their days, which do not overlap */
	size_t n, cap;
	struct sk_entry **made; /* his statements as they are to be */
	size_t nmade;
	bool old, put; /* stands in the file; is written already */
};

struct moving {
	struct sk_arena *arena;
	const struct sk_policy *policy;
	const struct sk_source *file;
	struct person *v;
	size_t n, cap;
	struct sk_move_fault *fault;
};

static int wrong(struct moving *m, const struct sk_move *move, const char *why)
{
	*m->fault = (struct sk_move_fault){.line = move->line, .why = why};
	snprintf(m->fault->what, sizeof(m->fault->what), "%s", move->member);
	return SK_EFORMAT;
}

static int32_t last_day(const struct part *p)
{
	return p->until == SK_DAY_NONE ? INT32_MAX : p->until;
}

/* --- who is there --- */

static const char *names_of(struct sk_arena *arena, const struct sk_refs *refs)
{
	const char *text = "";

	for (size_t i = 0; i < refs->n && text; i++)
		text = i ? sk_arena_printf(arena, "%s, %s", text, refs->v[i].token->value)
			 : refs->v[i].token->value;
	return text;
}

static struct part *room(struct moving *m, struct person *p, size_t at)
{
	struct part *v = sk_arena_grow(m->arena, p->v, &p->cap, p->n + 1, sizeof(*v));

	if (v == NULL)
		return NULL;
	p->v = v;
	memmove(&v[at + 1], &v[at], (p->n - at) * sizeof(*v));
	p->n++;
	return &v[at];
}

/* All parts of whom the policy has by that name. */
static int know(struct moving *m, struct person *p, const struct sk_move *move)
{
	const struct sk_member *first = sk_policy_find(m->policy, SK_KIND_MEMBER, move->member);

	for (const struct sk_member *s = first; s; s = s->next) {
		struct part *part = room(m, p, p->n);
		if (part == NULL)
			return SK_ENOMEM;
		if (s->named.where->source != m->file)
			return wrong(m, move, N_("{1} stands in another file of the policy."));
		*part = (struct part){s->title, s->department.token->value,
		    names_of(m->arena, &s->roles), names_of(m->arena, &s->deputies), s->span.from,
		    s->span.until};
		p->old = true;
	}
	return sk_arena_failed(m->arena) ? SK_ENOMEM : 0;
}

static int person_of(struct moving *m, const struct sk_move *move, struct person **out)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->v[i].name, move->member) == 0) {
			*out = &m->v[i];
			return 0;
		}
	struct person *v = sk_arena_grow(m->arena, m->v, &m->cap, m->n + 1, sizeof(*v));
	if (v == NULL)
		return SK_ENOMEM;
	m->v = v;
	*out = &v[m->n++];
	**out = (struct person){.name = move->member};
	return know(m, *out, move);
}

/* --- changing --- */

/* The part of a day, or the number of parts before it. */
static bool part_on(const struct person *p, int32_t day, size_t *at)
{
	for (*at = 0; *at < p->n && p->v[*at].from <= day; ++*at)
		if (last_day(&p->v[*at]) >= day)
			return true;
	return false;
}

static int leave(struct moving *m, struct person *p, const struct sk_move *move)
{
	size_t at;

	if (!part_on(p, move->until, &at))
		return wrong(m, move, N_("{1} is not there on that day."));
	p->v[at].until = move->until;
	p->n = at + 1;
	return 0;
}

static const char *either(const char *said, const char *before)
{
	return said ? said : before;
}

/* Until his last day, the day before what follows, or for ever. */
static int32_t until_of(const struct person *p, size_t next, int32_t said)
{
	int32_t before = next < p->n ? p->v[next].from - 1 : INT32_MAX;
	int32_t until = said == SK_DAY_NONE ? INT32_MAX : said;

	until = until < before ? until : before;
	return until == INT32_MAX ? SK_DAY_NONE : until;
}

/* What holds from the day on, when `old` held until then (or nothing). */
static struct part changed(const struct sk_move *move, const struct part *old)
{
	return (struct part){either(move->title, old->title),
	    either(move->department, old->department), either(move->roles, old->roles),
	    either(move->deputies, old->deputies), move->from,
	    move->until == SK_DAY_NONE ? old->until : move->until};
}

static int change(struct moving *m, struct person *p, const struct sk_move *move)
{
	struct part old = {.until = SK_DAY_NONE};
	size_t at;
	bool on = part_on(p, move->from, &at);

	if (on || at) /* who comes back is as he was */
		old = p->v[on ? at : at - 1];
	if (!on)
		old.until = SK_DAY_NONE;
	struct part new = changed(move, &old);
	if (new.title == NULL || new.department == NULL || new.roles == NULL)
		return wrong(m, move, N_("{1} is new: title, department and role must be said."));
	if (on && old.from < move->from)
		p->v[at++].until = move->from - 1;
	struct part *place = on && old.from == move->from ? &p->v[at] : room(m, p, at);
	if (place == NULL)
		return SK_ENOMEM;
	*place = new;
	place->until = until_of(p, at + 1, new.until);
	return 0;
}

static int move_one(struct moving *m, const struct sk_move *move)
{
	struct person *p = NULL;
	int status = person_of(m, move, &p);
	bool only_until = !move->title && !move->department && !move->roles && !move->deputies;

	if (status)
		return status;
	if (move->from != SK_DAY_NONE && move->until != SK_DAY_NONE && move->until < move->from)
		return wrong(m, move, N_("{1} would leave before he comes."));
	if (move->from != SK_DAY_NONE)
		return change(m, p, move);
	if (move->until != SK_DAY_NONE && only_until)
		return leave(m, p, move);
	return wrong(m, move, N_("From which day on does it hold for {1}?"));
}

/* --- writing --- */

static void put_day(struct sk_buf *out, const char *word, int32_t day)
{
	char text[SK_DAY_TEXT];

	if (day == SK_DAY_NONE)
		return;
	sk_day_era(day, text);
	sk_buf_printf(out, "\t%s %s\n", word, text);
}

static void put_part(struct sk_buf *out, const char *name, const struct part *p)
{
	sk_buf_printf(out, "member %s {\n\tname \"%s\"\n\tdepartment %s\n\trole %s\n", name,
	    p->title, p->department, p->roles);
	if (p->deputies && *p->deputies)
		sk_buf_printf(out, "\tdeputy %s\n", p->deputies);
	put_day(out, "from", p->from);
	put_day(out, "until", p->until);
	sk_buf_puts(out, "}\n");
}

/* Made as text and read, so that what is written later is what the language has. */
static int make(struct moving *m, struct person *p)
{
	struct sk_buf text = SK_BUF(SK_POLICY_BYTES);
	struct sk_diags diags = {.arena = m->arena};
	struct sk_source *source = NULL;

	sk_buf_puts(&text, "sekisho policy 1\n");
	for (size_t i = 0; i < p->n; i++)
		put_part(&text, p->name, &p->v[i]);
	char *copy = text.err ? NULL : sk_arena_str(m->arena, sk_buf_slice(&text));
	size_t n = text.len;
	sk_buf_free(&text);
	if (copy == NULL)
		return SK_ENOMEM;
	int status = sk_policy_read(m->arena, &diags, "", sk_slice(copy, n), &source);
	if (status)
		return status == SK_ENOMEM ? status : SK_EINTERNAL;
	p->made = source->root.entries;
	p->nmade = source->root.nentries;
	return 0;
}

struct entries {
	struct sk_entry **v;
	size_t n, cap;
};

static int add_made(struct moving *m, struct entries *to, struct person *p)
{
	struct sk_entry **v = sk_arena_grow(
	    m->arena, to->v, &to->cap, to->n + p->nmade + 1, sizeof(struct sk_entry *));

	if (v == NULL)
		return SK_ENOMEM;
	to->v = v;
	for (size_t i = 0; i < p->nmade && !p->put; i++)
		v[to->n++] = p->made[i];
	p->put = true;
	return 0;
}

static struct person *moved(struct moving *m, const struct sk_entry *e)
{
	bool member = e->ntokens == 2 && strcmp(e->tokens[0].value, "member") == 0;

	for (size_t i = 0; i < m->n && member; i++)
		if (strcmp(m->v[i].name, e->tokens[1].value) == 0)
			return &m->v[i];
	return NULL;
}

/* Where his first statement stood all of his stand now, with what was noted above it; who is new comes last. */
static int compose(struct moving *m, struct entries *to)
{
	const struct sk_entry *root = &m->file->root;
	struct person self = {.nmade = 1};
	int status = 0;

	for (size_t i = 0; i < root->nentries && status == 0; i++) {
		struct person *p = moved(m, root->entries[i]);
		if (p && !p->put) {
			p->made[0]->above = root->entries[i]->above;
			p->made[0]->nabove = root->entries[i]->nabove;
		}
		self.made = &root->entries[i];
		self.put = false;
		status = add_made(m, to, p ? p : &self);
	}
	for (size_t i = 0; i < m->n && status == 0; i++)
		status = add_made(m, to, &m->v[i]);
	return status;
}

int sk_moves_apply(struct sk_arena *arena, const struct sk_policy *policy,
    const struct sk_source *file, const struct sk_move *v, size_t n, struct sk_buf *out,
    struct sk_move_fault *fault)
{
	struct moving m = {.arena = arena, .policy = policy, .file = file, .fault = fault};
	struct sk_source changed_file = *file;
	struct entries entries = {0};
	int status = 0;

	for (size_t i = 0; i < n && status == 0; i++)
		status = move_one(&m, &v[i]);
	for (size_t i = 0; i < m.n && status == 0; i++)
		status = make(&m, &m.v[i]);
	if (status == 0)
		status = compose(&m, &entries);
	if (status)
		return status;
	changed_file.root.entries = entries.v;
	changed_file.root.nentries = entries.n;
	return sk_policy_format(&changed_file, out);
}
