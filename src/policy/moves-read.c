/* Changes of the organisation as lines of text: moves.h. The gate. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "policy/diag.h"
#include "policy/moves.h"

#define COLUMNS 7
#define NAME_BYTES 63
#define TITLE_BYTES 200

struct reading {
	struct sk_arena *arena;
	struct sk_move_fault *fault;
	unsigned line;
};

static int wrong(struct reading *r, const char *why, struct sk_slice what)
{
	*r->fault = (struct sk_move_fault){.line = r->line, .why = why};
	char text[sizeof(r->fault->what)];
	snprintf(
	    text, sizeof(text), "%.*s", (int)(what.n < 60 ? what.n : 60), (const char *)what.p);
	sk_utf8_display(r->fault->what, sizeof(r->fault->what), sk_slice_str(text));
	return SK_EFORMAT;
}

/* sekisho-policy(5): letters a to z, digits and '-', a letter first. */
static bool is_name(struct sk_slice s)
{
	if (s.n == 0 || s.n > NAME_BYTES || s.p[0] < 'a' || s.p[0] > 'z')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
			s.p[i] == '-'))
			return false;
	return true;
}

/* What a text in a policy may hold: no marks, no control characters. */
static bool is_title(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] == 0x7f || s.p[i] == '"' || s.p[i] == '\\')
			return false;
	return s.n > 0 && s.n <= TITLE_BYTES && sk_utf8_valid(s);
}

static bool parts_names(uint8_t c)
{
	return c == ',' || c == ' ';
}

static int read_name(struct reading *r, struct sk_slice s, const char **out)
{
	if (s.n && !is_name(s))
		return wrong(r,
		    N_("'{1}' is not a name: letters a to z, digits and '-', a letter first, at most 63."),
		    s);
	*out = s.n ? sk_arena_str(r->arena, s) : NULL;
	return s.n && *out == NULL ? SK_ENOMEM : 0;
}

static int read_title(struct reading *r, struct sk_slice s, const char **out)
{
	if (s.n && !is_title(s))
		return wrong(r, N_("'{1}' cannot be written in a policy."), s);
	*out = s.n ? sk_arena_str(r->arena, s) : NULL;
	return s.n && *out == NULL ? SK_ENOMEM : 0;
}

/* "-": none, where there may be none. */
static int read_names(struct reading *r, struct sk_slice s, bool may_be_none, const char **out)
{
	const char *one;
	size_t at = 0;

	*out = NULL;
	if (may_be_none && sk_slice_is(s, "-")) {
		*out = "";
		return 0;
	}
	while (at < s.n) {
		size_t end = at;
		while (end < s.n && !parts_names(s.p[end]))
			end++;
		int status = read_name(r, sk_slice_sub(s, at, end - at), &one);
		if (status)
			return status;
		if (one)
			*out = *out ? sk_arena_printf(r->arena, "%s, %s", *out, one) : one;
		at = end + 1;
	}
	return sk_arena_failed(r->arena) ? SK_ENOMEM : 0;
}

static int read_day(struct reading *r, struct sk_slice s, int32_t *day)
{
	bool late;

	*day = SK_DAY_NONE;
	if (s.n && sk_day_parse(s, day, &late))
		return wrong(r, N_("'{1}' is no date."), s);
	return 0;
}

/* The next column; what follows the last one is a fault. */
static struct sk_slice column(struct sk_slice line, size_t *at)
{
	size_t from = *at, end = from;

	while (end < line.n && line.p[end] != '\t')
		end++;
	*at = end + 1;
	return from < line.n ? sk_slice_sub(line, from, end - from) : sk_slice("", 0);
}

static int read_line(struct reading *r, struct sk_slice line, struct sk_move *m)
{
	struct sk_slice c[COLUMNS];
	size_t at = 0;

	for (size_t i = 0; i < COLUMNS; i++)
		c[i] = column(line, &at);
	if (at <= line.n)
		return wrong(r, N_("The line has more columns than {1}."), sk_slice_str("7"));
	*m = (struct sk_move){.line = r->line};
	int status = c[0].n ? read_name(r, c[0], &m->member)
			    : wrong(r, N_("The line does not say whom it is about."), c[0]);
	if (status == 0)
		status = read_title(r, c[1], &m->title);
	if (status == 0)
		status = read_name(r, c[2], &m->department);
	if (status == 0)
		status = read_names(r, c[3], false, &m->roles);
	if (status == 0)
		status = read_names(r, c[4], true, &m->deputies);
	if (status == 0)
		status = read_day(r, c[5], &m->from);
	return status ? status : read_day(r, c[6], &m->until);
}

int sk_moves_read(struct sk_arena *arena, struct sk_slice text, struct sk_move **v, size_t *n,
    struct sk_move_fault *fault)
{
	struct reading r = {.arena = arena, .fault = fault};
	size_t cap = 0, at = 0;
	int status = 0;

	for (*v = NULL, *n = 0; at < text.n && status == 0;) {
		size_t end = at;
		while (end < text.n && text.p[end] != '\n')
			end++;
		struct sk_slice line = sk_slice_sub(text, at, end - at);
		at = end + 1;
		r.line++;
		if (line.n == 0)
			continue;
		if (*n == SK_MOVES_MOST)
			return wrong(&r, N_("There are too many of them."), sk_slice("", 0));
		struct sk_move *w = sk_arena_grow(arena, *v, &cap, *n + 1, sizeof(*w));
		if (w == NULL)
			return SK_ENOMEM;
		*v = w;
		status = read_line(&r, line, &w[(*n)++]);
	}
	return status;
}
