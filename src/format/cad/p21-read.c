/* A cleaned p21 by its instances: one a line, values without spaces between them (profile, section 3). Cleaner's jail. */
#include "format/cad/p21-read.h"

#include <ctype.h>
#include <stdlib.h>

static int by_id(const void *a, const void *b)
{
	const struct p21_instance *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* #n=…; */
static int add(struct p21_file *f, struct sk_slice line)
{
	uint64_t id = 0;
	size_t at = 1;

	while (at < line.n && isdigit(line.p[at]))
		id = id * 10 + (uint64_t)(line.p[at++] - '0');
	if (at >= line.n || line.p[at] != '=' || line.p[line.n - 1] != ';')
		return 0;
	struct p21_instance *more =
	    sk_arena_grow(f->job->arena, f->v, &f->cap, f->n + 1, sizeof(*more));
	if (more == NULL)
		return SK_ENOMEM;
	f->v = more;
	f->v[f->n++] = (struct p21_instance){id, sk_slice_sub(line, at + 1, line.n - at - 2)};
	return 0;
}

int p21_load(struct p21_file *f, struct sk_slice in)
{
	int rc = 0;

	for (size_t at = 0; at < in.n && rc == 0;) {
		struct sk_slice line = sk_cad_line(in, &at);
		if (line.n > 2 && line.p[0] == '#')
			rc = add(f, line);
		else if (sk_slice_starts(line, SK_SLICE_LIT("FILE_NAME(")))
			f->scadec = sk_slice_find(line, 0, SK_SLICE_LIT("SCADEC")) != SIZE_MAX;
	}
	if (f->n)
		qsort(f->v, f->n, sizeof(*f->v), by_id);
	return rc;
}

size_t p21_find(const struct p21_file *f, uint64_t id)
{
	const struct p21_instance want = {.id = id};
	const struct p21_instance *got =
	    f->n ? bsearch(&want, f->v, f->n, sizeof(want), by_id) : NULL;

	return got ? (size_t)(got - f->v) : SIZE_MAX;
}

/* Behind the string that begins at `at`: its quotes are doubled inside. */
static size_t skip_string(struct sk_slice s, size_t at)
{
	for (at++; at < s.n; at++) {
		if (s.p[at] != '\'')
			continue;
		if (at + 1 >= s.n || s.p[at + 1] != '\'')
			return at + 1;
		at++;
	}
	return at;
}

/* The parenthesis that closes the one at `at`. */
static size_t closing(struct sk_slice s, size_t at)
{
	unsigned depth = 0;

	while (at < s.n) {
		if (s.p[at] == '\'') {
			at = skip_string(s, at);
			continue;
		}
		depth += s.p[at] == '(';
		if (s.p[at] == ')' && --depth == 0)
			return at;
		at++;
	}
	return s.n;
}

bool p21_record(const struct p21_file *f, size_t i, const char *type, struct sk_slice *args)
{
	if (i >= f->n)
		return false;
	struct sk_slice s = f->v[i].body;
	size_t name = strlen(type);
	if (s.n && s.p[0] != '(') {
		bool is = s.n > name + 1 && s.p[name] == '(' &&
			  sk_slice_is(sk_slice_sub(s, 0, name), type);
		*args = sk_slice_sub(s, name + 1, is ? s.n - name - 2 : 0);
		return is;
	}
	for (size_t at = 1; at < s.n && s.p[at] != ')';) {
		size_t open = at;
		while (open < s.n && s.p[open] != '(')
			open++;
		size_t close = closing(s, open);
		if (sk_slice_is(sk_slice_sub(s, at, open - at), type)) {
			*args = sk_slice_sub(s, open + 1, close > open ? close - open - 1 : 0);
			return true;
		}
		at = close + 1;
	}
	return false;
}

struct sk_slice p21_arg(struct sk_slice args, size_t i)
{
	size_t from = 0, at = 0;

	for (;;) {
		while (at < args.n && args.p[at] != ',') {
			if (args.p[at] == '\'')
				at = skip_string(args, at);
			else if (args.p[at] == '(')
				at = closing(args, at) + 1;
			else
				at++;
		}
		at = at < args.n ? at : args.n;
		if (i-- == 0)
			return sk_slice_sub(args, from, at - from);
		if (at == args.n)
			return sk_slice("", 0);
		from = ++at;
	}
}

bool p21_next(struct sk_slice s, size_t *at, uint64_t *id)
{
	while (*at < s.n) {
		if (s.p[*at] == '\'') {
			*at = skip_string(s, *at);
			continue;
		}
		if (s.p[(*at)++] != '#')
			continue;
		for (*id = 0; *at < s.n && isdigit(s.p[*at]); ++*at)
			*id = *id * 10 + (uint64_t)(s.p[*at] - '0');
		return true;
	}
	return false;
}

size_t p21_ref(const struct p21_file *f, struct sk_slice value)
{
	uint64_t id;
	size_t at = 0;

	return p21_next(value, &at, &id) ? p21_find(f, id) : SIZE_MAX;
}

bool p21_number(struct sk_cad_canvas *c, struct sk_slice s, double *v)
{
	for (size_t at = 0; at < s.n;) {
		size_t from = at;
		if (s.p[at] == '\'' || isalpha(s.p[at]) || s.p[at] == '#') {
			at = s.p[at] == '\'' ? skip_string(s, at) : at + 1;
			while (at < s.n && (isalnum(s.p[at]) || s.p[at] == '_'))
				at++;
			continue;
		}
		while (at < s.n && (isdigit(s.p[at]) || strchr("+-.Ee", s.p[at])) && s.p[at])
			at++;
		if (sk_cad_is_real(sk_slice_sub(s, from, at - from))) {
			*v = sk_cad_real(c, sk_slice_sub(s, from, at - from));
			return true;
		}
		at = at > from ? at : at + 1;
	}
	return false;
}

struct sk_slice p21_string(const struct p21_file *f, struct sk_job *job, struct sk_slice s)
{
	const uint8_t *q = s.n ? memchr(s.p, '\'', s.n) : NULL;
	struct sk_buf plain = SK_BUF(SK_LIMIT_OUTPUT);

	if (q == NULL)
		return sk_slice("", 0);
	size_t from = (size_t)(q - s.p), end = skip_string(s, from);
	for (size_t at = from + 1; at + 1 < end; at++) {
		sk_buf_putc(&plain, s.p[at]);
		at += s.p[at] == '\'';
	}
	struct sk_slice got = sk_cad_utf8(job, f->charset, sk_buf_slice(&plain));
	sk_buf_free(&plain);
	return got;
}

bool p21_is(struct sk_slice value, const char *name)
{
	return sk_slice_is(value, name);
}
