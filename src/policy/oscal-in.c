/*
 * Policy text out of OSCAL: oscal.h. What is read is not believed: a statement is taken only when it is one, of the kind
 * it says, and includes nothing. Any process that exchanges policies.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "policy/oscal.h"

/* Groups and controls in each other; OSCAL's own catalogs have three levels. */
#define DEPTH 16

struct importing {
	struct sk_arena *arena;
	struct sk_fault *fault;
	const char **v[16]; /* texts of the statements, by their rank */
	size_t n[16], cap[16];
	const char *catalog,
	    *wanted; /* UUIDs: of the catalog, and of the one the profile was made with */
	bool profile;
};

static int wrong(struct importing *m, const char *why, const char *place)
{
	m->fault->why = why;
	sk_utf8_display(m->fault->field, sizeof(m->fault->field), sk_slice_str(place ? place : ""));
	return SK_EFORMAT;
}

static const char *string_of(const json_t *object, const char *name)
{
	const json_t *j = json_object_get(object, name);
	const char *s = json_string_value(j);

	return s && strlen(s) == json_string_length(j) ? s : NULL;
}

/* The value of a property; ns NULL: one of OSCAL's own. */
static const char *prop_of(const json_t *object, const char *name, const char *ns)
{
	const json_t *props = json_object_get(object, "props"), *one;
	size_t i;

	json_array_foreach(props, i, one)
	{
		const char *n = string_of(one, "name"), *space = string_of(one, "ns");
		bool same = ns ? space && strcmp(space, ns) == 0
			       : space == NULL || strcmp(space, SK_OSCAL_NS) != 0;
		if (n && same && strcmp(n, name) == 0)
			return string_of(one, "value");
	}
	return NULL;
}

static int add(struct importing *m, int rank, const char *text)
{
	const char **v =
	    sk_arena_grow(m->arena, m->v[rank], &m->cap[rank], m->n[rank] + 1, sizeof(*v));

	if (v == NULL || text == NULL)
		return SK_ENOMEM;
	m->v[rank] = v;
	v[m->n[rank]++] = text;
	return 0;
}

/* --- statements --- */

/* What stands in a fenced block that fills the whole text; an empty slice when it is none. */
static struct sk_slice unfenced(struct sk_slice s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] == '`')
		n++;
	if (n < 3 || n == s.n || s.p[n] != '\n' || s.n < 2 * n + 1)
		return sk_slice(s.p, 0);
	for (size_t i = s.n - n; i < s.n; i++)
		if (s.p[i] != '`')
			return sk_slice(s.p, 0);
	return sk_slice_sub(s, n + 1, s.n - n - (n + 1));
}

/* The text as the policy would write it, when it is one statement that begins with this word; else NULL. */
static const char *statement_of(struct importing *m, struct sk_slice text, const char *word)
{
	struct sk_buf whole = SK_BUF(SK_POLICY_BYTES), out = SK_BUF(SK_POLICY_BYTES * 4);
	struct sk_diags diags = {.arena = m->arena};
	struct sk_source *source = NULL;
	const char *kept = NULL;

	sk_buf_puts(&whole, "sekisho policy 1\n");
	sk_buf_put_slice(&whole, text);
	struct sk_slice copy = sk_slice(sk_arena_dup(m->arena, whole.p, whole.len), whole.len);
	bool one = copy.p && whole.err == 0 &&
		   sk_policy_read(m->arena, &diags, "oscal", copy, &source) == 0 &&
		   source->root.nentries == 1 && source->root.nlast == 0;
	if (one && strcmp(source->root.entries[0]->tokens[0].value, word) == 0 &&
	    sk_entry_format(source->root.entries[0], &out) == 0)
		kept = sk_arena_str(m->arena, sk_buf_slice(&out));
	sk_buf_free(&whole);
	sk_buf_free(&out);
	return kept;
}

/* A part or a resource that says it is a statement; `wanted` ranks only. */
static int take_statement(
    struct importing *m, const json_t *object, const char *text, int least, int most)
{
	const char *word = prop_of(object, "statement", SK_OSCAL_NS);
	const char *prose = string_of(object, text), *place = string_of(object, "id");

	if (word == NULL)
		return 0;
	int rank = sk_oscal_rank(word);
	if (rank < least || rank > most)
		return wrong(m, N_("A statement of this kind does not stand here."), word);
	place = place ? place : word;
	if (prose == NULL)
		return wrong(m, N_("The text of a statement is missing."), place);
	struct sk_slice s = unfenced(sk_slice_str(prose));
	const char *kept = s.n ? statement_of(m, s, word) : NULL;
	if (kept == NULL)
		return sk_arena_failed(m->arena)
			   ? SK_ENOMEM
			   : wrong(m, N_("It is not one statement of a policy."), place);
	return add(m, rank, kept);
}

/* --- the catalog --- */

static void put_string(struct sk_buf *out, const char *s)
{
	sk_buf_puts(out, " \"");
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			sk_buf_putc(out, '\\');
		sk_buf_putc(out, (uint8_t)*s);
	}
	sk_buf_putc(out, '"');
}

/* Its label is the number that people know; those of other origin may have only an id. */
static int take_clause(struct importing *m, const json_t *control)
{
	const char *id = string_of(control, "id"), *title = string_of(control, "title");
	const char *label = prop_of(control, "label", NULL);
	struct sk_buf text = SK_BUF(SK_POLICY_TOKEN_BYTES * 4);
	int rc;

	if (id == NULL || title == NULL)
		return wrong(m, N_("A control has no id or no title."), id);
	sk_buf_puts(&text, "clause");
	put_string(&text, label ? label : id);
	put_string(&text, title);
	const char *kept = text.err ? NULL : statement_of(m, sk_buf_slice(&text), "clause");
	if (kept)
		rc = add(m, sk_oscal_rank("clause"), kept);
	else
		rc = wrong(m, N_("Its title or label is no text of a policy."), id);
	sk_buf_free(&text);
	return rc;
}

static int take_parts(struct importing *m, const json_t *control, int least, int most)
{
	const json_t *one;
	size_t i;
	int rc = 0;

	json_array_foreach(json_object_get(control, "parts"), i, one)
	{
		if (rc)
			return rc;
		rc = take_statement(m, one, "prose", least, most);
	}
	return rc;
}

static int take_controls(struct importing *m, const json_t *holder, unsigned depth)
{
	const int control = sk_oscal_rank("control");
	const json_t *one;
	size_t i;
	int rc = 0;

	if (depth > DEPTH)
		return wrong(m, N_("Groups and controls are nested too deeply."), NULL);
	json_array_foreach(json_object_get(holder, "controls"), i, one)
	{
		rc = rc ? rc : take_clause(m, one);
		rc = rc ? rc : take_parts(m, one, control, control);
		rc = rc ? rc : take_controls(m, one, depth + 1);
	}
	json_array_foreach(json_object_get(holder, "groups"), i, one)
	{
		rc = rc ? rc : take_controls(m, one, depth + 1);
	}
	return rc;
}

/* --- the profile --- */

static int take_alters(struct importing *m, const json_t *profile)
{
	const json_t *alters = json_object_get(json_object_get(profile, "modify"), "alters");
	const json_t *alter, *one;
	size_t i, k;
	int rc = 0;

	json_array_foreach(alters, i, alter)
	{
		json_array_foreach(json_object_get(alter, "adds"), k, one)
		{
			rc = rc ? rc
				: take_parts(m, one, sk_oscal_rank("route"), sk_oscal_rank("flow"));
		}
	}
	return rc;
}

static int take_resources(struct importing *m, const json_t *profile)
{
	const json_t *list = json_object_get(json_object_get(profile, "back-matter"), "resources");
	const json_t *one;
	size_t i;
	int rc = 0;

	json_array_foreach(list, i, one)
	{
		const char *catalog = prop_of(one, "catalog-uuid", SK_OSCAL_NS);
		m->wanted = catalog ? sk_arena_str(m->arena, sk_slice_str(catalog)) : m->wanted;
		rc =
		    rc ? rc : take_statement(m, one, "description", 0, sk_oscal_rank("clause") - 1);
	}
	return rc;
}

/* --- documents --- */

static int take_document(struct importing *m, const json_t *root)
{
	const json_t *catalog = json_object_get(root, "catalog");
	const json_t *profile = json_object_get(root, "profile");

	if (json_is_object(catalog)) {
		const char *uuid = string_of(catalog, "uuid");
		if (m->catalog)
			return wrong(m, N_("There are two catalogs or two profiles."), NULL);
		m->catalog = sk_arena_str(m->arena, sk_slice_str(uuid ? uuid : ""));
		return take_controls(m, catalog, 0);
	}
	if (!json_is_object(profile))
		return wrong(m, N_("It is neither a catalog nor a profile of OSCAL."), NULL);
	if (m->profile)
		return wrong(m, N_("There are two catalogs or two profiles."), NULL);
	m->profile = true;
	int rc = take_alters(m, profile);
	return rc ? rc : take_resources(m, profile);
}

static int read_document(struct importing *m, struct sk_slice text)
{
	json_t *root = text.n <= SK_OSCAL_BYTES
			   ? json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, NULL)
			   : NULL;
	int rc = root ? take_document(m, root) : wrong(m, N_("It is not a JSON object."), NULL);

	json_decref(root);
	return rc;
}

/* A profile without its catalog has no clauses, and one with another catalog others than it was written for. */
static int check_pair(struct importing *m)
{
	if (m->profile && m->catalog == NULL)
		return wrong(m, N_("The catalog of this profile is missing."), m->wanted);
	if (m->profile && m->wanted && strcmp(m->wanted, m->catalog))
		return wrong(m, N_("The profile was made with another catalog."), m->wanted);
	return 0;
}

/* All of them as one text, in its canonical form. */
static int put_text(struct importing *m, struct sk_buf *out)
{
	struct sk_buf all = SK_BUF(SK_POLICY_BYTES);
	struct sk_diags diags = {.arena = m->arena};
	struct sk_source *source = NULL;

	sk_buf_puts(&all, "sekisho policy 1\n");
	for (int rank = 0; rank < 16; rank++)
		for (size_t i = 0; i < m->n[rank]; i++)
			sk_buf_puts(&all, m->v[rank][i]);
	struct sk_slice copy = sk_slice(sk_arena_dup(m->arena, all.p, all.len), all.len);
	int rc = all.err || copy.p == NULL
		     ? SK_ENOMEM
		     : sk_policy_read(m->arena, &diags, "oscal", copy, &source);
	sk_buf_free(&all);
	if (rc == SK_EFORMAT)
		return wrong(m, N_("It is not one statement of a policy."), NULL);
	return rc ? rc : sk_policy_format(source, out);
}

int sk_oscal_import(struct sk_arena *arena, const struct sk_slice *documents, size_t n,
    struct sk_buf *text, bool *whole, struct sk_fault *fault)
{
	struct importing m = {.arena = arena, .fault = fault};
	int rc = 0;

	fault->field[0] = 0;
	fault->why = "";
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = read_document(&m, documents[i]);
	rc = rc ? rc : check_pair(&m);
	rc = rc ? rc : put_text(&m, text);
	if (sk_arena_failed(arena))
		return SK_ENOMEM;
	*whole = m.profile;
	return rc;
}
