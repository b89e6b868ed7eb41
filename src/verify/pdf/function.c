/*
 * Functions (ISO 32000-1, 7.10): sampled, exponential, stitching, calculator. Verifier's jail.
 */
#include "verify/pdf/pdf.h"

enum {
	MAX_LEVELS = 8,
	MAX_VALUES = 32, /* inputs or outputs */
	MAX_PARTS = 1024,
	MAX_BRACES = 32,
};

struct fn {
	struct sk_pv *p;
	const struct sk_pv_val *v;
	unsigned depth;
	struct sk_pv_function *out;
};

static int any(struct sk_pv *p, const struct sk_pv_val *v)
{
	return 0; /* looked at by the caller, with what it knows of the whole */
}

static int bits(struct sk_pv *p, const struct sk_pv_val *v)
{
	if (v->kind == SK_PV_VINT && v->i >= 1 && v->i <= 32 &&
	    (UINT64_C(1) << v->i & (UINT64_C(1) << 1 | 1 << 2 | 1 << 4 | 1 << 8 | 1 << 12 |
				       1 << 16 | 1 << 24 | UINT64_C(1) << 32)))
		return 0;
	return sk_pv_fail(p, "BitsPerSample is not allowed");
}

static int order(struct sk_pv *p, const struct sk_pv_val *v)
{
	return v->kind == SK_PV_VINT && (v->i == 1 || v->i == 3)
		   ? 0
		   : sk_pv_fail(p, "Order is not 1 or 3");
}

#define COMMON(range) \
	{K("FunctionType"), INT(0, 4), MUST}, {K("Domain"), NUMS(2, 2 * MAX_VALUES), MUST}, \
	{ \
		K("Range"), NUMS(2, 2 * MAX_VALUES), .must = range \
	}

/* Length of an array under a key; 0 when it is not there. */
static uint32_t length_of(const struct sk_pv_val *v, const char *key)
{
	const struct sk_pv_val *a = sk_pv_get(v, key);

	return a ? a->n : 0;
}

static bool absent_or(const struct sk_pv_val *v, const char *key, uint64_t n)
{
	return sk_pv_get(v, key) == NULL || length_of(v, key) == n;
}

static int sampled(struct fn *f)
{
	static const struct sk_pv_rule rules[] = {STREAMKEYS, COMMON(true),
	    {K("Size"), NUMS(1, MAX_VALUES), MUST}, {K("BitsPerSample"), CALL(bits), MUST},
	    {K("Order"), CALL(order)}, {K("Encode"), ANYNUMS}, {K("Decode"), ANYNUMS}, {0}};
	int rc = sk_pv_dict(f->p, f->v, rules, "sampled function");
	uint64_t values;

	if (rc)
		return rc;
	const struct sk_pv_val *size = sk_pv_get(f->v, "Size");
	if (size->n != f->out->m || !absent_or(f->v, "Encode", 2 * f->out->m) ||
	    !absent_or(f->v, "Decode", 2 * f->out->n))
		return sk_pv_fail(f->p, "sampled function has arrays of a wrong length");
	values = f->out->n;
	for (uint32_t i = 0; i < size->n; i++)
		if (size->kids[i].kind != SK_PV_VINT || size->kids[i].i < 1 ||
		    __builtin_mul_overflow(values, (uint64_t)size->kids[i].i, &values) ||
		    values > SK_LIMIT_MEMBER)
			return sk_pv_fail(f->p, "sampled function has an impossible size");
	values = (values * (uint64_t)sk_pv_get(f->v, "BitsPerSample")->i + 7) / 8;
	return sk_pv_inflate_rows(f->p, sk_pv_data(f->p, f->p->cur), 1, values, false);
}

static int exponential(struct fn *f)
{
	static const struct sk_pv_rule rules[] = {COMMON(false), {K("N"), NUM, MUST},
	    {K("C0"), NUMS(1, MAX_VALUES)}, {K("C1"), NUMS(1, MAX_VALUES)}, {0}};
	int rc = sk_pv_dict(f->p, f->v, rules, "exponential function");
	unsigned c0 = length_of(f->v, "C0"), c1 = length_of(f->v, "C1"), n = c0 ? c0 : c1 ? c1 : 1;

	if (rc)
		return rc;
	if (f->out->m != 1 || (c0 && c1 && c0 != c1) || (f->out->n && f->out->n != n))
		return sk_pv_fail(f->p, "exponential function has arrays of different lengths");
	if ((c0 && c0 != n) || (c1 && c1 != n) || (n > 1 && (!c0 || !c1)))
		return sk_pv_fail(f->p, "exponential function has arrays of different lengths");
	f->out->n = n;
	return 0;
}

static int stitched_parts(struct fn *f, const struct sk_pv_val *list)
{
	struct sk_pv_function part;
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < list->n; i++) {
		rc = sk_pv_function(f->p, &list->kids[i], f->depth + 1, &part);
		if (rc)
			break;
		if (part.m != 1 || (f->out->n && part.n != f->out->n))
			return sk_pv_fail(f->p, "stitched functions do not fit each other");
		f->out->n = part.n;
		f->out->levels = part.levels >= f->out->levels ? part.levels + 1 : f->out->levels;
	}
	return rc;
}

static int stitching(struct fn *f)
{
	static const struct sk_pv_rule rules[] = {COMMON(false), {K("Functions"), CALL(any), MUST},
	    {K("Bounds"), NUMS(0, MAX_PARTS), MUST}, {K("Encode"), NUMS(2, 2 * MAX_PARTS), MUST},
	    {0}};
	int rc = sk_pv_dict(f->p, f->v, rules, "stitching function");

	if (rc)
		return rc;
	const struct sk_pv_val *list = sk_pv_get(f->v, "Functions");
	if (list->kind != SK_PV_VARRAY || list->n == 0 || list->n > MAX_PARTS || f->out->m != 1 ||
	    length_of(f->v, "Bounds") != list->n - 1 || length_of(f->v, "Encode") != 2 * list->n)
		return sk_pv_fail(f->p, "stitching function has arrays of a wrong length");
	return stitched_parts(f, list);
}

static const char operators[] =
    "abs add atan ceiling cos cvi cvr div exp floor idiv ln log mod mul neg round sin sqrt sub truncate "
    "and bitshift eq false ge gt le lt ne not or true xor copy dup exch index pop roll";

/* One token of a calculator function and the space behind it. */
static struct sk_slice calculator_token(struct sk_reader *r)
{
	size_t from = r->pos;

	while (sk_read_peek(r, 0) > ' ')
		sk_read_skip(r, 1);
	return sk_slice_sub(r->s, from, r->pos - from);
}

static bool calculator_number(struct sk_slice s)
{
	struct sk_pv_lex l;

	sk_pv_lex_init(&l, s);
	enum sk_pv_token kind = sk_pv_next(&l);
	return (kind == SK_PV_INT || kind == SK_PV_REAL) && l.p == l.end;
}

/*
 * `{ … }` with one space between all tokens. `closed` counts the groups that just ended: `if` needs one in
 * front, `ifelse` two, and nothing else may follow a group.
 */
static int calculator(struct sk_pv *p, struct sk_slice s)
{
	struct sk_reader r = sk_reader(s);
	unsigned level = 0, closed[MAX_BRACES + 1] = {0};

	do {
		struct sk_slice t = calculator_token(&r);
		unsigned *groups = &closed[level];
		bool ends = sk_slice_is(t, "}");
		if (sk_slice_is(t, "{")) {
			if (level == MAX_BRACES || (level && *groups == 2))
				return sk_pv_fail(
				    p, "calculator function nests too deeply or wrongly");
			closed[++level] = 0;
		} else if (sk_slice_is(t, *groups == 2 ? "ifelse" : "if") && *groups) {
			*groups = 0;
		} else if (*groups || level == 0) {
			return sk_pv_fail(p, "calculator function has a group without if");
		} else if (ends) {
			level--;
			closed[level] += level > 0;
		} else if (!sk_pv_in_list(t, operators) && !calculator_number(t)) {
			return sk_pv_fail(
			    p, "calculator function has an operator that is not allowed");
		}
		if (level && (sk_read_u8(&r) != ' ' || r.bad))
			return sk_pv_fail(p, "calculator function is cut off or badly spaced");
	} while (level);
	return sk_read_at_end(&r) ? 0 : sk_pv_fail(p, "bytes behind a calculator function");
}

static int calculated(struct fn *f)
{
	static const struct sk_pv_rule rules[] = {STREAMKEYS, COMMON(true), {0}};
	int rc = sk_pv_dict(f->p, f->v, rules, "calculator function");

	if (rc == 0)
		rc = sk_pv_inflate(f->p, f->p->cur, &f->p->scratch);
	return rc ? rc : calculator(f->p, sk_buf_slice(&f->p->scratch));
}

/* The function v of the object at hand. */
static int check(struct fn *f, bool stream)
{
	const struct sk_pv_val *type = sk_pv_get(f->v, "FunctionType");
	int64_t kind = type && type->kind == SK_PV_VINT ? type->i : -1;

	if (f->v->kind != SK_PV_VDICT || stream != (kind == 0 || kind == 4))
		return sk_pv_fail(f->p, "function is not what its type asks for");
	uint32_t domain = length_of(f->v, "Domain"), range = length_of(f->v, "Range");
	if (domain % 2 || range % 2)
		return sk_pv_fail(f->p, "function has half an interval");
	*f->out = (struct sk_pv_function){.m = domain / 2, .n = range / 2, .levels = 1};
	switch (kind) {
	case 0:
		return sampled(f);
	case 2:
		return exponential(f);
	case 3:
		return stitching(f);
	case 4:
		return calculated(f);
	default:
		return sk_pv_fail(f->p, "function of an unknown type");
	}
}

int sk_pv_function(
    struct sk_pv *p, const struct sk_pv_val *v, unsigned depth, struct sk_pv_function *out)
{
	struct fn f = {.p = p, .v = sk_pv_resolve(p, v), .depth = depth, .out = out};
	struct sk_pv_obj *o = v->kind == SK_PV_VREF ? &p->objs[v->i] : NULL;
	uint32_t from = p->cur;

	*out = (struct sk_pv_function){0};
	int rc = depth > MAX_LEVELS ? sk_pv_fail(p, "functions nest too deeply") : 0;

	if (rc == 0 && o)
		rc = sk_pv_claim(p, (uint32_t)v->i, SK_PV_FUNCTION, NULL);
	if (rc)
		return rc;
	if (o && (o->flags & SK_PV_DONE)) {
		*out = (struct sk_pv_function){o->note & 0xff, o->note >> 8 & 0xff, o->note >> 16};
	} else {
		p->cur = o ? (uint32_t)v->i : from;
		rc = check(&f, o && o->data);
		p->cur = from;
		if (rc == 0 && o) {
			o->note = out->m | out->n << 8 | out->levels << 16;
			o->flags |= SK_PV_DONE;
		}
	}
	if (rc == 0 && depth + out->levels - 1 > MAX_LEVELS)
		rc = sk_pv_fail(p, "functions nest too deeply");
	return rc;
}

int sk_pv_any_function(struct sk_pv *p, const struct sk_pv_val *v)
{
	struct sk_pv_function f;

	return sk_pv_function(p, v, 1, &f);
}
