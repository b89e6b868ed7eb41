/* Reading a policy: policy.h. Any process that reads a policy. */
#include "policy/load.h"

#include <nettle/sha2.h>
#include <string.h>

#include "base/err.h"
#include "policy/index.h"

const char *const sk_carry_words[] = {"file", "mail", "screen", NULL};
const char *const sk_step_words[] = {"rebuild", "flatten", "text", "notice", "refuse", NULL};
const char *const sk_dimension_words[] = {"confidentiality", "integrity", "availability", NULL};
const char *const sk_leak_words[] = {"mynumber", "corporate-number", "dictionary", NULL};
const char *const sk_unreadable_words[] = {"hold", "ocr", "refuse", NULL};
const char *const sk_right_words[] = {
    "approve", "release-original", "administer", "audit", "oversee", NULL};
const char *const sk_login_words[] = {
    "none", "os-login", "password", "two-factors", "passkey", NULL};

static const char *const kinds[] = {"zone", "host", "classes", "department", "role", "member",
    "route", "deny", "flow", "clause", "control", "crossing"};

_Static_assert(sizeof(kinds) / sizeof(kinds[0]) == SK_KINDS, "a word for each kind");

const char *sk_kind_word(enum sk_kind kind)
{
	return kinds[kind];
}

void *sk_policy_find(const struct sk_policy *p, enum sk_kind kind, const char *name)
{
	return sk_index_find(p->index[kind], name);
}

bool sk_span_holds(const struct sk_span *span, int32_t day)
{
	return (span->from == SK_DAY_NONE || day >= span->from) &&
	       (span->until == SK_DAY_NONE || day <= span->until);
}

int sk_policy_level(const struct sk_policy *p, enum sk_dimension d, const char *level)
{
	const struct sk_scheme *s = sk_policy_find(p, SK_KIND_SCHEME, sk_dimension_words[d]);

	for (size_t i = 0; s && i < s->nlevels; i++)
		if (strcmp(s->levels[i]->value, level) == 0)
			return (int)i;
	return -1;
}

/* --- blocks --- */

/* How many letters two words differ by, enough to find a slip of the pen. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[32];
	size_t n = strlen(b);

	if (n >= 31 || strlen(a) >= 31)
		return 99;
	for (size_t i = 0; i <= n; i++)
		row[i] = (unsigned)i;
	for (size_t i = 1; *a; a++, i++) {
		unsigned corner = row[0];
		row[0] = (unsigned)i;
		for (size_t k = 1; k <= n; k++) {
			unsigned change = corner + (*a != b[k - 1]);
			corner = row[k];
			unsigned least = corner < row[k - 1] ? corner : row[k - 1];
			row[k] = change < least + 1 ? change : least + 1;
		}
	}
	return row[n];
}

static void unknown_property(struct sk_loading *l, const struct sk_entry *e,
    const struct sk_entry *in, const struct sk_property *rows)
{
	const char *word = e->tokens[0].value;

	for (; rows->word; rows++) {
		if (distance(word, rows->word) <= 2) {
			sk_diag(l->diags, SK_DIAG_PROPERTY_LIKE, e->source, &e->tokens[0], word,
			    rows->word);
			return;
		}
	}
	sk_diag(l->diags, SK_DIAG_PROPERTY, e->source, &e->tokens[0], word, in->tokens[0].value);
}

static void read_property(struct sk_loading *l, const struct sk_entry *e,
    const struct sk_property *row, bool seen, void *target)
{
	struct sk_cursor c = sk_cursor(l, e);

	if (seen && !(row->flags & SK_MANY)) {
		sk_diag(l->diags, SK_DIAG_TWICE, e->source, &e->tokens[0], row->word, NULL);
		return;
	}
	row->read(&c, target);
	if (!c.bad)
		sk_end(&c);
}

void sk_read_block(
    struct sk_loading *l, const struct sk_entry *e, const struct sk_property *rows, void *target)
{
	uint32_t seen = 0;

	if (!e->block)
		sk_diag(l->diags, SK_DIAG_BLOCK_WANTED, e->source, &e->tokens[0],
		    e->tokens[0].value, NULL);
	for (size_t i = 0; i < e->nentries; i++) {
		const struct sk_entry *p = e->entries[i];
		unsigned k = 0;
		while (rows[k].word && !sk_slice_is(p->tokens[0].text, rows[k].word))
			k++;
		if (rows[k].word == NULL) {
			unknown_property(l, p, e, rows);
			continue;
		}
		read_property(l, p, &rows[k], seen & 1U << k, target);
		seen |= 1U << k;
	}
	for (unsigned k = 0; rows[k].word && e->block; k++)
		if ((rows[k].flags & SK_MUST) && !(seen & 1U << k))
			sk_diag(l->diags, SK_DIAG_MISSING, e->source, &e->tokens[0],
			    e->tokens[0].value, rows[k].word);
}

/* --- declarations --- */

static bool is_name(const char *s)
{
	size_t n = strlen(s);

	if (n == 0 || n > 63 || s[0] < 'a' || s[0] > 'z')
		return false;
	return strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

void *sk_declare_as(struct sk_loading *l, const struct sk_entry *e, enum sk_kind kind, size_t size,
    const char *name)
{
	struct sk_list *list = &l->policy->list[kind];
	struct sk_named *s = sk_arena_alloc(l->arena, size);
	void **v = sk_arena_grow(l->arena, list->v, &list->cap, list->n + 1, sizeof(void *));

	if (s == NULL || v == NULL)
		return NULL;
	list->v = v;
	v[list->n++] = s;
	s->name = name;
	s->where = e;
	return s;
}

void *sk_declare(struct sk_cursor *c, enum sk_kind kind, size_t size)
{
	const struct sk_token *t = sk_take(c, N_("a name"));

	if (t && !is_name(t->value))
		sk_wrong(c, SK_DIAG_NAME_FORM, t->value, NULL);
	return c->bad ? NULL : sk_declare_as(c->l, c->e, kind, size, t->value);
}

static void check_span(struct sk_cursor *c, const struct sk_span *span)
{
	if (!c->bad && span->from != SK_DAY_NONE && span->until != SK_DAY_NONE &&
	    span->until < span->from)
		sk_wrong(c, SK_DIAG_DATES, NULL, NULL);
}

void sk_read_span_from(struct sk_cursor *c, struct sk_span *span)
{
	span->from = sk_take_date(c);
	span->from_where = c->e;
	check_span(c, span);
}

void sk_read_span_until(struct sk_cursor *c, struct sk_span *span)
{
	span->until = sk_take_date(c);
	span->where = c->e;
	check_span(c, span);
}

void sk_take_types(struct sk_cursor *c, struct sk_types *types)
{
	do {
		const struct sk_token *t = sk_take(c, "pdf, docx, …");
		enum sk_filetype type = t ? sk_filetype_by_name(t->value) : SK_FT_UNKNOWN;
		if (t && type == SK_FT_UNKNOWN)
			sk_wrong(c, SK_DIAG_UNKNOWN, t->value, "type");
		enum sk_filetype *v =
		    sk_arena_grow(c->l->arena, types->v, &types->cap, types->n + 1, sizeof(*v));
		if (c->bad || v == NULL)
			return;
		types->v = v;
		v[types->n++] = type;
	} while (sk_try(c, ","));
}

/* --- files --- */

static const struct sk_statement *statement(const char *word)
{
	static const struct sk_statement *const tables[] = {
	    sk_place_statements, sk_people_statements, sk_route_statements};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (const struct sk_statement *s = tables[i]; s->word; s++)
			if (strcmp(s->word, word) == 0)
				return s;
	return NULL;
}

static bool included(const struct sk_policy *p, const char *name)
{
	for (size_t i = 0; i < p->nsources; i++)
		if (strcmp(p->sources[i]->name, name) == 0)
			return true;
	return false;
}

/* Below the policy's folder, by plain names: no way up, no absolute path. */
static bool is_below(const char *name)
{
	return name[0] != '/' && name[0] != 0 && strstr(name, "..") == NULL &&
	       strchr(name, '\\') == NULL;
}

static struct sk_source *add_source(struct sk_loading *l, const char *name, struct sk_slice text)
{
	struct sk_policy *p = l->policy;
	struct sk_source **v = sk_arena_grow(
	    l->arena, p->sources, &p->sources_cap, p->nsources + 1, sizeof(struct sk_source *));

	if (v == NULL)
		return NULL;
	p->sources = v;
	v[p->nsources] = NULL;
	if (sk_policy_read(l->arena, l->diags, name, text, &v[p->nsources]) == SK_ENOMEM)
		return NULL;
	return v[p->nsources++];
}

static void read_source(struct sk_loading *l, const struct sk_source *source);

static void read_include(struct sk_loading *l, const struct sk_entry *e)
{
	struct sk_cursor c = sk_cursor(l, e);
	const char *name = sk_take_string(&c), *why = "";
	struct sk_slice text;

	if (!sk_end(&c))
		return;
	c.at = 2;
	if (!is_below(name)) {
		sk_wrong(&c, SK_DIAG_INCLUDE_NAME, name, NULL);
	} else if (included(l->policy, name)) {
		sk_wrong(&c, SK_DIAG_INCLUDE_TWICE, name, NULL);
	} else if (l->include == NULL || l->include(l->user, name, &text, &why)) {
		sk_wrong(&c, SK_DIAG_INCLUDE, name, why);
	} else {
		const struct sk_source *s = add_source(l, name, text);
		if (s)
			read_source(l, s);
	}
}

/* Files that include each other end here, since none is included twice. */
static void read_source(struct sk_loading *l, const struct sk_source *source)
{
	for (size_t i = 0; i < source->root.nentries; i++) {
		const struct sk_entry *e = source->root.entries[i];
		const struct sk_statement *s = statement(e->tokens[0].value);
		if (sk_slice_is(e->tokens[0].text, "include"))
			read_include(l, e);
		else if (s)
			s->read(l, e);
		else
			sk_diag(l->diags, SK_DIAG_STATEMENT, source, &e->tokens[0],
			    e->tokens[0].value, NULL);
	}
}

static int seal(struct sk_policy *p)
{
	struct sk_buf text = SK_BUF(SK_POLICY_BYTES * 4);
	struct sha256_ctx sha;

	sha256_init(&sha);
	for (size_t i = 0; i < p->nsources; i++)
		sk_policy_format(p->sources[i], &text);
	sha256_update(&sha, text.len, text.p);
	sha256_digest(&sha, sizeof(p->hash), p->hash);
	sk_buf_free(&text);
	return text.err;
}

int sk_policy_load(struct sk_arena *arena, struct sk_diags *d, const char *name,
    struct sk_slice text, sk_policy_include *include, void *user, int32_t today,
    const struct sk_policy **policy)
{
	struct sk_loading l = {
	    .arena = arena, .diags = d, .include = include, .user = user, .today = today};

	l.policy = sk_arena_alloc(arena, sizeof(*l.policy));
	if (l.policy == NULL)
		return SK_ENOMEM;
	l.policy->arena = arena;
	const struct sk_source *source = add_source(&l, name, text);
	if (source)
		read_source(&l, source);
	if (!sk_arena_failed(arena))
		sk_resolve(&l);
	if (!d->errors && !sk_arena_failed(arena))
		sk_check(&l);
	if (sk_arena_failed(arena))
		return SK_ENOMEM;
	if (d->errors)
		return SK_EFORMAT;
	*policy = l.policy;
	return seal(l.policy);
}
