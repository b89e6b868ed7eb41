/* The text of a policy as a tree: tree.h. Any process that reads a policy. */
#include "policy/tree.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "policy/diag.h"

struct reading {
	struct sk_arena *arena;
	struct sk_diags *diags;
	struct sk_source *source;
	struct sk_slice s;
	size_t pos;
	uint32_t line;
	size_t nentries;
	struct sk_slice *above; /* comments that wait for their entry */
	size_t nabove, above_cap;
	bool gap, failed;
};

/* Growing lists of one entry, kept apart from it while it is read. */
struct growing {
	size_t tokens, entries;
};

static void complain(struct reading *r, enum sk_diag_code code, size_t at, size_t n, const char *a)
{
	struct sk_token t = {.line = r->line, .text = sk_slice_sub(r->s, at, n)};

	sk_diag(r->diags, code, r->source, &t, a, NULL);
	r->failed = true;
}

static int peek(const struct reading *r)
{
	return r->pos < r->s.n ? r->s.p[r->pos] : -1;
}

static bool ends_line(int c)
{
	return c < 0 || c == '\n';
}

/* White space within a line, the ideographic space among it. */
static void skip_blanks(struct reading *r)
{
	for (;;) {
		int c = peek(r);
		if (c == ' ' || c == '\t' || c == '\r')
			r->pos++;
		else if (c == 0xE3 &&
			 sk_slice_starts(sk_slice_sub(r->s, r->pos, 3), SK_SLICE_LIT("\u3000")))
			r->pos += 3;
		else
			return;
	}
}

static struct sk_slice comment(struct reading *r)
{
	size_t from = r->pos, to;

	while (!ends_line(peek(r)))
		r->pos++;
	for (to = r->pos; to > from && (r->s.p[to - 1] == ' ' || r->s.p[to - 1] == '\t' ||
					   r->s.p[to - 1] == '\r');)
		to--;
	return sk_slice_sub(r->s, from, to - from);
}

static void keep_above(struct reading *r, struct sk_slice text)
{
	struct sk_slice *v =
	    sk_arena_grow(r->arena, r->above, &r->above_cap, r->nabove + 1, sizeof(*v));

	if (v == NULL)
		return;
	r->above = v;
	r->above[r->nabove++] = text;
}

/* One empty line is kept: above all comments as the gap before the entry, else among them. */
static void keep_gap(struct reading *r)
{
	if (r->nabove == 0)
		r->gap = true;
	else if (r->above[r->nabove - 1].n)
		keep_above(r, sk_slice_sub(r->s, r->pos, 0));
}

/* To the next entry: over empty lines, and comments of their own lines. */
static void skip_lines(struct reading *r)
{
	bool empty = false; /* what stands before ends its line here */

	for (;;) {
		skip_blanks(r);
		int c = peek(r);
		if (c == '#') {
			keep_above(r, comment(r));
			empty = false;
		} else if (c == '\n') {
			if (empty)
				keep_gap(r);
			empty = true;
			r->line++;
			r->pos++;
		} else if (c == ';') {
			r->pos++;
		} else {
			return;
		}
	}
}

/* --- tokens --- */

static bool is_sign(int c)
{
	return c == '{' || c == '}' || c == ',' || c == ';' || c == '[' || c == ']' || c == '>' ||
	       c == '<' || c == '=';
}

/* A full-width form of ASCII that people write without noticing: what they meant, or NULL. */
static const char *narrow(int32_t c, char text[2])
{
	if (c < 0xFF01 || c > 0xFF5E || (c >= 0xFF10 && c <= 0xFF19) ||
	    (c >= 0xFF21 && c <= 0xFF3A) || (c >= 0xFF41 && c <= 0xFF5A) || c == 0xFF0E)
		return NULL;
	text[0] = (char)(c - 0xFF01 + '!');
	text[1] = 0;
	return text;
}

/* Characters that are not seen, or that change how others are seen (Unicode UTR #36). */
static bool is_unseen(int32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || (c >= 0x200B && c <= 0x200F) ||
	       (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF;
}

static struct sk_token *new_token(struct reading *r, struct sk_entry *e, struct growing *g)
{
	char most[16];

	if (e->ntokens >= SK_POLICY_TOKENS) {
		snprintf(most, sizeof(most), "%d", SK_POLICY_TOKENS);
		if (!r->failed)
			complain(r, SK_DIAG_TOO_MUCH, r->pos, 1, most);
		return NULL;
	}
	struct sk_token *v =
	    sk_arena_grow(r->arena, e->tokens, &g->tokens, e->ntokens + 1, sizeof(*v));
	if (v == NULL)
		return NULL;
	e->tokens = v;
	return &v[e->ntokens++];
}

static void put_token(
    struct reading *r, struct sk_entry *e, struct growing *g, struct sk_token token)
{
	char most[16];

	if (token.text.n > SK_POLICY_TOKEN_BYTES) {
		snprintf(most, sizeof(most), "%d", SK_POLICY_TOKEN_BYTES);
		complain(r, SK_DIAG_LONG, r->pos - token.text.n, 20, most);
		return;
	}
	struct sk_token *t = new_token(r, e, g);
	if (t == NULL)
		return;
	*t = token;
	t->line = r->line;
	if (t->value == NULL)
		t->value = sk_arena_str(r->arena, t->text);
}

static void sign(struct reading *r, struct sk_entry *e, struct growing *g)
{
	size_t from = r->pos++;

	if ((r->s.p[from] == '<' || r->s.p[from] == '>') && peek(r) == '=')
		r->pos++;
	put_token(r, e, g,
	    (struct sk_token){
		.kind = SK_TOK_SIGN, .text = sk_slice_sub(r->s, from, r->pos - from)});
}

/* The character at the position, told of when it must not stand in a policy. */
static int32_t character(struct reading *r)
{
	size_t at = r->pos;
	int32_t c = sk_utf8_next(r->s, &r->pos);

	if (c < 0)
		complain(r, SK_DIAG_UTF8, at, 1, NULL);
	else if (is_unseen(c) && c != '\t')
		complain(r, SK_DIAG_CONTROL, at, r->pos - at, NULL);
	return c;
}

static void string(struct reading *r, struct sk_entry *e, struct growing *g)
{
	struct sk_buf value = SK_BUF(SK_POLICY_TOKEN_BYTES + 1);
	size_t from = r->pos++;

	while (!ends_line(peek(r)) && peek(r) != '"' && peek(r) != '\r') {
		size_t at = r->pos;
		int32_t c = character(r);
		if (c == '\\' && (peek(r) == '"' || peek(r) == '\\'))
			c = character(r);
		else if (c == '\\')
			complain(r, SK_DIAG_STRING_ESCAPE, at, 1, NULL);
		if (c >= 0)
			sk_utf8_put(&value, (uint32_t)c);
	}
	if (peek(r) != '"')
		complain(r, SK_DIAG_STRING_END, from, r->pos - from, NULL);
	else
		r->pos++;
	put_token(r, e, g,
	    (struct sk_token){.kind = SK_TOK_STRING,
		.text = sk_slice_sub(r->s, from, r->pos - from),
		.value = sk_arena_str(r->arena, sk_buf_slice(&value))});
	sk_buf_free(&value);
}

static bool ends_word(int c)
{
	return ends_line(c) || c == ' ' || c == '\t' || c == '\r' || c == '"' || c == '#' ||
	       is_sign(c);
}

static void word(struct reading *r, struct sk_entry *e, struct growing *g)
{
	size_t from = r->pos;
	char ascii[2];

	while (!ends_word(peek(r))) {
		size_t at = r->pos;
		int32_t c = character(r);
		if (c == 0x3000) {
			r->pos = at;
			break;
		}
		if (c >= 0 && narrow(c, ascii))
			complain(r, SK_DIAG_WIDE, at, r->pos - at, ascii);
	}
	put_token(r, e, g,
	    (struct sk_token){
		.kind = SK_TOK_WORD, .text = sk_slice_sub(r->s, from, r->pos - from)});
}

/* --- entries --- */

static bool goes_on(const struct sk_entry *e)
{
	const struct sk_token *t = &e->tokens[e->ntokens - 1];

	return t->kind == SK_TOK_SIGN && (sk_slice_is(t->text, ",") || sk_slice_is(t->text, ">"));
}

/* After ',' or '>' the next line belongs to the entry, too. */
static void next_line_if(struct reading *r, const struct sk_entry *e)
{
	while (e->ntokens && goes_on(e)) {
		skip_blanks(r);
		if (peek(r) == '#')
			keep_above(r, comment(r));
		if (peek(r) != '\n')
			return;
		r->line++;
		r->pos++;
	}
}

static void read_tokens(struct reading *r, struct sk_entry *e, struct growing *g)
{
	for (;;) {
		next_line_if(r, e);
		skip_blanks(r);
		int c = peek(r);
		if (ends_line(c) || c == ';' || c == '#' || c == '{' || c == '}')
			return;
		if (c == '"')
			string(r, e, g);
		else if (is_sign(c))
			sign(r, e, g);
		else
			word(r, e, g);
	}
}

static void read_entries(struct reading *r, struct sk_entry *parent, unsigned depth);

static void take_comment(struct reading *r, struct sk_entry *e)
{
	skip_blanks(r);
	if (peek(r) == ';')
		r->pos++, skip_blanks(r);
	if (peek(r) == '#' && e->behind.n == 0)
		e->behind = comment(r);
}

/* Comments behind the last entry; an empty line at their end belongs to nothing. */
static void take_last(struct reading *r, struct sk_entry *e)
{
	e->last = r->above;
	e->nlast = r->nabove - (r->nabove && r->above[r->nabove - 1].n == 0);
	r->above = NULL;
	r->nabove = r->above_cap = 0;
	r->gap = false;
}

static void read_block(struct reading *r, struct sk_entry *e, unsigned depth)
{
	size_t open = r->pos++;
	uint32_t line = r->line;

	e->block = true;
	take_comment(r, e);
	if (depth >= SK_POLICY_DEPTH) {
		complain(r, SK_DIAG_BLOCK_DEEP, open, 1, NULL);
		r->pos = r->s.n;
		return;
	}
	read_entries(r, e, depth + 1);
	take_last(r, e);
	if (peek(r) == '}') {
		r->pos++;
		return;
	}
	r->line = line;
	complain(r, SK_DIAG_BLOCK_END, open, 1, NULL);
}

static struct sk_entry *new_entry(struct reading *r, struct sk_entry *parent, size_t *cap)
{
	char most[16];

	if (++r->nentries > SK_POLICY_ENTRIES) {
		snprintf(most, sizeof(most), "%d", SK_POLICY_ENTRIES);
		complain(r, SK_DIAG_TOO_MUCH, r->pos, 1, most);
		r->pos = r->s.n;
		return NULL;
	}
	struct sk_entry *e = sk_arena_alloc(r->arena, sizeof(*e));
	struct sk_entry **v = sk_arena_grow(
	    r->arena, parent->entries, cap, parent->nentries + 1, sizeof(struct sk_entry *));
	if (e == NULL || v == NULL)
		return NULL;
	parent->entries = v;
	v[parent->nentries++] = e;
	*e = (struct sk_entry){
	    .source = r->source, .above = r->above, .nabove = r->nabove, .gap = r->gap};
	r->above = NULL;
	r->nabove = r->above_cap = 0;
	r->gap = false;
	return e;
}

/* `{` alone, or an entry of which nothing could be kept, has no first word: it goes, with its block. */
static void drop_nameless(struct reading *r, struct sk_entry *parent, struct sk_entry *e, size_t at)
{
	if (e->ntokens)
		return;
	parent->nentries--;
	if (!r->failed)
		complain(r, SK_DIAG_EXPECTED, at, 1, N_("a word"));
}

static void read_entries(struct reading *r, struct sk_entry *parent, unsigned depth)
{
	size_t cap = parent->nentries;

	for (;;) {
		skip_lines(r);
		if (peek(r) < 0 || (peek(r) == '}' && depth > 0) || sk_arena_failed(r->arena))
			return;
		if (peek(r) == '}') {
			complain(r, SK_DIAG_BLOCK_STRAY, r->pos++, 1, NULL);
			continue;
		}
		size_t at = r->pos;
		struct growing g = {0, 0};
		struct sk_entry *e = new_entry(r, parent, &cap);
		if (e == NULL)
			return;
		read_tokens(r, e, &g);
		if (peek(r) == '{')
			read_block(r, e, depth);
		take_comment(r, e);
		drop_nameless(r, parent, e, at);
	}
}

/* The first line says what this is, before anything else is believed. */
static bool is_policy(struct reading *r)
{
	const struct sk_entry *root = &r->source->root;
	bool ours = root->ntokens >= 2 && sk_slice_is(root->tokens[0].text, "sekisho") &&
		    sk_slice_is(root->tokens[1].text, "policy") && !root->block;

	if (ours && root->ntokens == 3 && sk_slice_is(root->tokens[2].text, "1"))
		return true;
	r->line = 1;
	if (ours && root->ntokens == 3)
		complain(r, SK_DIAG_VERSION_NEWER, 0, r->pos, root->tokens[2].value);
	else
		complain(r, SK_DIAG_VERSION, 0, r->pos, NULL);
	return false;
}

/* Bytes of it, of a long one those that are worth marking. */
static size_t first_line(const struct reading *r)
{
	size_t n = 0;

	while (r->pos + n < r->s.n && n < 40 && r->s.p[r->pos + n] != '\n' &&
	       r->s.p[r->pos + n] != '\r')
		n++;
	return n;
}

static void read_all(struct reading *r)
{
	struct growing g = {0, 0};

	if (sk_slice_starts(r->s, SK_SLICE_LIT("\xEF\xBB\xBF")))
		r->pos = 3;
	r->source->root.source = r->source;
	/* A file of another kind gets this one message, not one for each of its bytes. */
	if (!sk_slice_starts(sk_slice_sub(r->s, r->pos, r->s.n), SK_SLICE_LIT("sekisho"))) {
		complain(r, SK_DIAG_VERSION, r->pos, first_line(r), NULL);
		return;
	}
	read_tokens(r, &r->source->root, &g);
	take_comment(r, &r->source->root);
	if (!is_policy(r))
		return;
	read_entries(r, &r->source->root, 0);
	take_last(r, &r->source->root);
}

int sk_policy_read(struct sk_arena *arena, struct sk_diags *d, const char *name,
    struct sk_slice text, struct sk_source **source)
{
	struct reading r = {.arena = arena, .diags = d, .s = text, .line = 1};
	char most[24];

	r.source = sk_arena_alloc(arena, sizeof(*r.source));
	if (r.source == NULL)
		return SK_ENOMEM;
	*r.source =
	    (struct sk_source){.name = sk_arena_str(arena, sk_slice_str(name)), .text = text};
	if (text.n > SK_POLICY_BYTES) {
		snprintf(most, sizeof(most), "%zu", SK_POLICY_BYTES);
		complain(&r, SK_DIAG_LONG, 0, 1, most);
	} else {
		read_all(&r);
	}
	if (sk_arena_failed(arena))
		return SK_ENOMEM;
	*source = r.source;
	return r.failed ? SK_EFORMAT : 0;
}
