/* Values: parsed from text, looked at, and made. Cleaner's jail. ISO 32000-1, 7.3. */
#include "format/pdf/pdf.h"

#include <math.h>

bool sk_pdf_fatal(struct sk_pdf *x, int rc)
{
	if (x->rc == 0)
		x->rc = rc;
	return false;
}

/* --- room --- */

enum {
	LEAST_ROOM = 2,
	MUCH_ROOM = UINT16_MAX, /* from here capacities are not kept but are powers of two */
};

static size_t power_of_two(size_t n)
{
	size_t cap = LEAST_ROOM;

	while (cap < n)
		cap *= 2;
	return cap;
}

/* Elements of a container of the input or output: two for each pair of a dictionary. */
static size_t elements(const struct sk_pdf_val *v)
{
	return v->kind == SK_PDF_DICT ? 2 * (size_t)v->n : v->n;
}

static bool move(struct sk_pdf *x, struct sk_pdf_val *v, size_t cap)
{
	struct sk_pdf_val *p = sk_arena_array(x->arena, cap, sizeof(*p));

	if (p == NULL)
		return sk_pdf_fatal(x, SK_ENOMEM);
	if (elements(v))
		memcpy(p, v->v, elements(v) * sizeof(*p));
	v->v = p;
	v->room = cap < MUCH_ROOM ? (uint16_t)cap : MUCH_ROOM;
	return true;
}

/* Room for so many more elements. */
static bool grow(struct sk_pdf *x, struct sk_pdf_val *v, size_t more)
{
	size_t n = elements(v), cap = v->room == MUCH_ROOM ? power_of_two(n) : v->room;

	return n + more <= cap || move(x, v, power_of_two(n + more));
}

void sk_pdf_reserve(struct sk_pdf *x, struct sk_pdf_val *v, uint32_t more)
{
	size_t n = elements(v) + (v->kind == SK_PDF_DICT ? 2 * (size_t)more : more);

	if (n > v->room && n < MUCH_ROOM)
		move(x, v, n);
}

void sk_pdf_push(struct sk_pdf *x, struct sk_pdf_val *array, struct sk_pdf_val v)
{
	if (grow(x, array, 1))
		array->v[array->n++] = v;
}

void sk_pdf_put_name(
    struct sk_pdf *x, struct sk_pdf_val *dict, struct sk_pdf_val key, struct sk_pdf_val v)
{
	if (!grow(x, dict, 2))
		return;
	dict->v[2 * dict->n] = key;
	dict->v[2 * dict->n + 1] = v;
	dict->n++;
}

void sk_pdf_put(struct sk_pdf *x, struct sk_pdf_val *dict, const char *key, struct sk_pdf_val v)
{
	sk_pdf_put_name(x, dict, sk_pdf_vname(key), v);
}

struct sk_pdf_val sk_pdf_vname(const char *s)
{
	return (struct sk_pdf_val){
	    .kind = SK_PDF_NAME, .n = (uint32_t)strlen(s), .s = (const uint8_t *)s};
}

struct sk_pdf_val sk_pdf_vint(int64_t i)
{
	return (struct sk_pdf_val){.kind = SK_PDF_INT, .i = i};
}

struct sk_pdf_val sk_pdf_vbool(bool b)
{
	return (struct sk_pdf_val){.kind = SK_PDF_BOOL, .i = b};
}

struct sk_pdf_val sk_pdf_vout(struct sk_pdf_out *o)
{
	return (struct sk_pdf_val){.kind = SK_PDF_OUT, .out = o};
}

struct sk_pdf_val sk_pdf_vdict(void)
{
	return (struct sk_pdf_val){.kind = SK_PDF_DICT};
}

struct sk_pdf_val sk_pdf_varray(void)
{
	return (struct sk_pdf_val){.kind = SK_PDF_ARRAY};
}

/* --- parsing --- */

static bool parse(struct sk_pdf *x, struct sk_pdf_lex *l, struct sk_pdf_val *out, unsigned depth);

/* Names of the input that are kept once: those of a document are few. */
enum { NAMES = 1024, NAME_MAX_KEPT = 32 };

static const uint8_t *known_name(struct sk_pdf *x, const uint8_t *p, size_t n)
{
	uint32_t h = 2166136261U;

	if (x->names == NULL)
		x->names = sk_arena_array(x->home, NAMES, sizeof(*x->names));
	if (x->names == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * 16777619U;
	struct sk_slice *s = &x->names[(h ^ h >> 15) % NAMES];
	if (s->p == NULL || !sk_slice_eq(*s, sk_slice(p, n)))
		*s = sk_slice(sk_arena_dup(x->home, p, n), n);
	return s->p;
}

static bool parse_name(struct sk_pdf *x, struct sk_pdf_lex *l, struct sk_pdf_val *out)
{
	uint8_t text[NAME_MAX_KEPT];

	out->kind = SK_PDF_NAME;
	out->n = (uint32_t)sk_pdf_unescape(l->kind, l->text, text);
	out->s = known_name(x, text, out->n);
	return out->s ? true : sk_pdf_fatal(x, SK_ENOMEM);
}

static bool parse_text(struct sk_pdf *x, struct sk_pdf_lex *l, struct sk_pdf_val *out)
{
	if (l->kind == SK_PDF_T_NAME && l->text.n <= NAME_MAX_KEPT)
		return parse_name(x, l, out);
	uint8_t *p = sk_arena_alloc(x->arena, l->text.n);
	if (p == NULL)
		return sk_pdf_fatal(x, SK_ENOMEM);
	out->kind = l->kind == SK_PDF_T_NAME ? SK_PDF_NAME : SK_PDF_STRING;
	out->n = (uint32_t)sk_pdf_unescape(l->kind, l->text, p);
	out->s = p;
	return true;
}

static int64_t small_int(struct sk_slice s)
{
	int64_t v = 0;
	bool minus = s.n && s.p[0] == '-';

	for (size_t i = minus; i < s.n; i++)
		v = v * 10 + (s.p[i] - '0');
	return minus ? -v : v;
}

static bool parse_number(struct sk_pdf *x, struct sk_pdf_lex *l, struct sk_pdf_val *out)
{
	char text[SK_PDF_NUMBER];
	bool integer;
	size_t n = sk_pdf_canonical(l->text, text, &integer);

	if (integer) {
		*out = sk_pdf_vint(small_int(sk_slice(text, n)));
		return true;
	}
	out->kind = SK_PDF_REAL;
	out->n = (uint32_t)n;
	out->s = sk_arena_dup(x->arena, text, n);
	return out->s ? true : sk_pdf_fatal(x, SK_ENOMEM);
}

/* An integer, or the reference that it starts. */
static bool parse_int(struct sk_pdf *x, struct sk_pdf_lex *l, struct sk_pdf_val *out)
{
	struct sk_pdf_lex ahead = *l;

	if (!parse_number(x, l, out) || out->kind != SK_PDF_INT || out->i <= 0)
		return x->rc == 0;
	if (sk_pdf_next(&ahead) != SK_PDF_T_INT || ahead.text.n > 5)
		return true;
	int64_t gen = small_int(ahead.text);
	if (gen < 0 || sk_pdf_next(&ahead) != SK_PDF_T_WORD || !sk_slice_is(ahead.text, "R"))
		return true;
	out->kind = SK_PDF_REF;
	out->n = (uint32_t)gen;
	*l = ahead;
	return true;
}

/* Parts are gathered on a stack, so that each container gets just the room it needs. */
static bool stack(struct sk_pdf *x, struct sk_pdf_val v)
{
	struct sk_pdf_val *s =
	    sk_arena_grow(x->home, x->stack, &x->capstack, x->nstack + 1, sizeof(*s));

	if (s == NULL)
		return sk_pdf_fatal(x, SK_ENOMEM);
	x->stack = s;
	s[x->nstack++] = v;
	return true;
}

/* What the stack has above `base`, as the parts of `out`. */
static bool collect(struct sk_pdf *x, size_t base, struct sk_pdf_val *out)
{
	size_t n = x->nstack - base;

	x->nstack = base;
	out->v = n ? sk_arena_dup(x->arena, x->stack + base, n * sizeof(*x->stack)) : NULL;
	out->n = (uint32_t)(out->kind == SK_PDF_DICT ? n / 2 : n);
	return out->v || n == 0 ? x->rc == 0 : sk_pdf_fatal(x, SK_ENOMEM);
}

static bool parse_array(
    struct sk_pdf *x, struct sk_pdf_lex *l, struct sk_pdf_val *out, unsigned depth)
{
	size_t base = x->nstack;
	struct sk_pdf_val v;

	*out = sk_pdf_varray();
	while (sk_pdf_next(l) != SK_PDF_T_CLOSE) {
		if (l->kind == SK_PDF_T_END || !parse(x, l, &v, depth + 1) || !stack(x, v)) {
			x->nstack = base;
			return false;
		}
	}
	return collect(x, base, out);
}

/* A key and its value on the stack; false at the end, or when it is broken (*good). */
static bool parse_pair(struct sk_pdf *x, struct sk_pdf_lex *l, unsigned depth, bool *good)
{
	struct sk_pdf_val key = {0}, v;

	*good = true;
	if (sk_pdf_next(l) == SK_PDF_T_DICTEND)
		return false;
	*good = l->kind == SK_PDF_T_NAME && parse_text(x, l, &key);
	if (!*good || sk_pdf_next(l) == SK_PDF_T_DICTEND)
		return false;
	*good = l->kind != SK_PDF_T_END && parse(x, l, &v, depth + 1) &&
		(v.kind == SK_PDF_NULL || (stack(x, key) && stack(x, v)));
	return *good;
}

static bool parse_dict(
    struct sk_pdf *x, struct sk_pdf_lex *l, struct sk_pdf_val *out, unsigned depth)
{
	size_t base = x->nstack;
	bool good;

	*out = sk_pdf_vdict();
	while (parse_pair(x, l, depth, &good))
		;
	if (!good) {
		x->nstack = base;
		return false;
	}
	return collect(x, base, out);
}

static bool parse(struct sk_pdf *x, struct sk_pdf_lex *l, struct sk_pdf_val *out, unsigned depth)
{
	*out = (struct sk_pdf_val){0};
	if (depth > SK_LIMIT_PDF_DEPTH)
		return false;
	switch (l->kind) {
	case SK_PDF_T_INT:
		return parse_int(x, l, out);
	case SK_PDF_T_REAL:
		return parse_number(x, l, out);
	case SK_PDF_T_NAME:
	case SK_PDF_T_STRING:
	case SK_PDF_T_HEX:
		return parse_text(x, l, out);
	case SK_PDF_T_OPEN:
		return parse_array(x, l, out, depth);
	case SK_PDF_T_DICT:
		return parse_dict(x, l, out, depth);
	case SK_PDF_T_WORD:
		if (sk_slice_is(l->text, "true") || sk_slice_is(l->text, "false"))
			*out = sk_pdf_vbool(l->text.n == 4);
		return true; /* null, and words that mean nothing */
	default:
		return false;
	}
}

bool sk_pdf_parse(struct sk_pdf *x, struct sk_pdf_lex *l, struct sk_pdf_val *out)
{
	return parse(x, l, out, 0) && x->rc == 0;
}

/* --- looking --- */

const struct sk_pdf_val *sk_pdf_resolve(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_in **in)
{
	struct sk_pdf_in *o = NULL;

	for (int hops = 0; v && v->kind == SK_PDF_REF; hops++) {
		o = hops < 8 ? sk_pdf_object(x, v->i, v->n) : NULL;
		v = o ? &o->val : NULL;
	}
	if (in)
		*in = o;
	return v && v->kind != SK_PDF_NULL ? v : NULL;
}

const struct sk_pdf_val *sk_pdf_raw(const struct sk_pdf_val *dict, const char *key)
{
	size_t n = strlen(key);

	if (dict == NULL || dict->kind != SK_PDF_DICT)
		return NULL;
	for (uint32_t i = 0; i < dict->n; i++) {
		const struct sk_pdf_val *k = &dict->v[2 * i];
		if (k->n == n && memcmp(k->s, key, n) == 0)
			return k + 1;
	}
	return NULL;
}

const struct sk_pdf_val *sk_pdf_get(
    struct sk_pdf *x, const struct sk_pdf_val *dict, const char *key)
{
	return sk_pdf_resolve(x, sk_pdf_raw(dict, key), NULL);
}

const struct sk_pdf_val *sk_pdf_get_kind(
    struct sk_pdf *x, const struct sk_pdf_val *dict, const char *key, enum sk_pdf_kind kind)
{
	const struct sk_pdf_val *v = sk_pdf_get(x, dict, key);

	return v && v->kind == kind ? v : NULL;
}

const struct sk_pdf_val *sk_pdf_at(struct sk_pdf *x, const struct sk_pdf_val *array, uint32_t i)
{
	if (array == NULL || array->kind != SK_PDF_ARRAY || i >= array->n)
		return NULL;
	return sk_pdf_resolve(x, &array->v[i], NULL);
}

bool sk_pdf_is(const struct sk_pdf_val *v, const char *name)
{
	return v && v->kind == SK_PDF_NAME && sk_slice_is(sk_slice(v->s, v->n), name);
}

/* A canonical real has at most 24 characters. */
static double real_value(const uint8_t *s, uint32_t n)
{
	double whole = 0, part = 0, scale = 1;
	bool minus = n && s[0] == '-', point = false;

	for (uint32_t i = minus; i < n; i++) {
		if (s[i] == '.') {
			point = true;
		} else if (point) {
			part = part * 10 + (s[i] - '0');
			scale *= 10;
		} else {
			whole = whole * 10 + (s[i] - '0');
		}
	}
	return minus ? -(whole + part / scale) : whole + part / scale;
}

bool sk_pdf_number(const struct sk_pdf_val *v, double *d)
{
	if (v && v->kind == SK_PDF_INT)
		*d = (double)v->i;
	else if (v && v->kind == SK_PDF_REAL)
		*d = real_value(v->s, v->n);
	else
		return false;
	return true;
}

int64_t sk_pdf_int(
    struct sk_pdf *x, const struct sk_pdf_val *dict, const char *key, int64_t otherwise)
{
	const struct sk_pdf_val *v = sk_pdf_get(x, dict, key);
	double d;

	if (v && v->kind == SK_PDF_INT)
		return v->i;
	return sk_pdf_number(v, &d) ? (int64_t)d : otherwise;
}

bool sk_pdf_numbers(struct sk_pdf *x, const struct sk_pdf_val *v, double *d, uint32_t n)
{
	if (v == NULL || v->kind != SK_PDF_ARRAY || v->n < n)
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (!sk_pdf_number(sk_pdf_at(x, v, i), &d[i]))
			return false;
	return true;
}
