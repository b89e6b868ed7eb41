/*
 * Colour spaces (ISO 32000-1, 8.6). Verifier's jail.
 */
#include "verify/pdf/pdf.h"

enum { MAX_LEVELS = 8, MAX_COLORANTS = 32, MAX_INDEX = 255 };

/* Where the pieces of a packed struct sk_pv_space lie in an object's note. */
enum { NOTE_PATTERN = 1 << 8, NOTE_INDEXED = 1 << 9, NOTE_SPECIAL = 1 << 10, NOTE_LEVELS = 16 };

struct at {
	struct sk_pv *p;
	const struct sk_pv_val *v; /* the array */
	unsigned depth;
	struct sk_pv_space *out;
};

static int device(struct sk_pv *p, const struct sk_pv_val *v, struct sk_pv_space *out)
{
	static const struct {
		const char *name;
		unsigned n;
	} names[] = {{"DeviceGray", 1}, {"DeviceRGB", 3}, {"DeviceCMYK", 4}};

	for (size_t i = 0; i < 3; i++) {
		if (!sk_pv_is(v, names[i].name))
			continue;
		*out = (struct sk_pv_space){.n = names[i].n, .levels = 1};
		return 0;
	}
	*out = (struct sk_pv_space){.pattern = true, .levels = 1};
	return sk_pv_is(v, "Pattern") ? 0 : sk_pv_fail(p, "colour space of an unknown name");
}

static int cie(struct at *a)
{
	static const struct sk_pv_rule gray[] = {{K("WhitePoint"), NUMS(3, 3), MUST},
	    {K("BlackPoint"), NUMS(3, 3)}, {K("Gamma"), NUM}, {0}};
	static const struct sk_pv_rule rgb[] = {{K("WhitePoint"), NUMS(3, 3), MUST},
	    {K("BlackPoint"), NUMS(3, 3)}, {K("Gamma"), NUMS(3, 3)}, {K("Matrix"), NUMS(9, 9)},
	    {0}};
	static const struct sk_pv_rule lab[] = {{K("WhitePoint"), NUMS(3, 3), MUST},
	    {K("BlackPoint"), NUMS(3, 3)}, {K("Range"), NUMS(4, 4)}, {0}};
	bool is_gray = sk_pv_is(&a->v->kids[0], "CalGray"),
	     is_rgb = sk_pv_is(&a->v->kids[0], "CalRGB");

	a->out->n = is_gray ? 1 : 3;
	if (a->v->n != 2)
		return sk_pv_fail(a->p, "colour space has a wrong number of parts");
	return sk_pv_dict(a->p, &a->v->kids[1],
	    is_gray  ? gray
	    : is_rgb ? rgb
		     : lab,
	    "CIE colour space");
}

static int icc_n(struct sk_pv *p, const struct sk_pv_val *v)
{
	return v->kind == SK_PV_VINT && (v->i == 1 || v->i == 3 || v->i == 4)
		   ? 0
		   : sk_pv_fail(p, "N is not 1, 3 or 4");
}

static int icc_stream(struct sk_pv *p, uint32_t num)
{
	static const struct sk_pv_rule rules[] = {STREAMKEYS, {K("N"), CALL(icc_n), MUST},
	    {K("Alternate"), NAMED("DeviceGray DeviceRGB DeviceCMYK")}, {K("Range"), NUMS(2, 8)},
	    {0}};
	const struct sk_pv_val *v = p->objs[num].val;
	struct sk_pv_space base = {0};
	int rc = p->objs[num].data ? sk_pv_dict(p, v, rules, "ICC profile")
				   : sk_pv_fail(p, "is no stream");

	if (rc)
		return rc;
	unsigned n = (unsigned)sk_pv_get(v, "N")->i;
	const struct sk_pv_val *alternate = sk_pv_get(v, "Alternate"),
			       *range = sk_pv_get(v, "Range");
	if (alternate && (device(p, alternate, &base) || base.n != n))
		return sk_pv_fail(p, "Alternate does not fit N");
	if (range && range->n != 2 * n)
		return sk_pv_fail(p, "Range does not fit N");
	rc = sk_pv_inflate(p, num, &p->scratch);
	return rc ? rc : sk_pv_check_icc(p, sk_buf_slice(&p->scratch), n);
}

static int icc_based(struct at *a)
{
	struct sk_pv *p = a->p;
	bool fresh;

	if (a->v->n != 2 || a->v->kids[1].kind != SK_PV_VREF)
		return sk_pv_fail(p, "ICC colour space without a profile");
	uint32_t num = (uint32_t)a->v->kids[1].i, from = p->cur;
	int rc = sk_pv_claim(p, num, SK_PV_ICC, &fresh);
	p->cur = num;
	if (rc == 0 && fresh)
		rc = icc_stream(p, num);
	p->cur = from;
	if (rc == 0)
		a->out->n = (unsigned)sk_pv_get(p->objs[num].val, "N")->i;
	return rc;
}

/* The bytes of an Indexed table: a string, or a stream of nothing else. */
static int lookup(struct sk_pv *p, const struct sk_pv_val *v, uint64_t want)
{
	static const struct sk_pv_rule rules[] = {STREAMKEYS, {0}};
	uint32_t from = p->cur;
	size_t n;

	if (v->kind == SK_PV_VSTRING) {
		n = sk_pv_unescape(SK_PV_STRING, sk_slice(v->text, v->n), NULL, 0);
		return n == want ? 0 : sk_pv_fail(p, "colour table has a wrong length");
	}
	if (v->kind != SK_PV_VREF || p->objs[v->i].data == NULL)
		return sk_pv_fail(p, "colour table is not a string and not a stream");
	int rc = sk_pv_claim(p, (uint32_t)v->i, SK_PV_LOOKUP, NULL);
	p->cur = (uint32_t)v->i;
	if (rc == 0)
		rc = sk_pv_dict(p, p->objs[v->i].val, rules, "colour table");
	if (rc == 0)
		rc = sk_pv_inflate_rows(p, sk_pv_data(p, p->cur), 1, want, false);
	p->cur = from;
	return rc;
}

/* A colour space inside another. */
static int inner(struct at *a, const struct sk_pv_val *v, struct sk_pv_space *base)
{
	int rc = sk_pv_space(a->p, v, a->depth + 1, base);

	if (rc == 0 && (base->pattern || base->indexed))
		rc = sk_pv_fail(a->p, "colour space is built on one that it may not have");
	if (rc == 0)
		a->out->levels = base->levels + 1;
	return rc;
}

static int indexed(struct at *a)
{
	struct sk_pv_space base = {0};
	const struct sk_pv_val *kids = a->v->kids;

	if (a->v->n != 4 || kids[2].kind != SK_PV_VINT || kids[2].i < 0 || kids[2].i > MAX_INDEX)
		return sk_pv_fail(a->p, "Indexed colour space has wrong parts");
	int rc = inner(a, &kids[1], &base);
	a->out->n = 1;
	a->out->indexed = true;
	return rc ? rc : lookup(a->p, &kids[3], ((uint64_t)kids[2].i + 1) * base.n);
}

static int colorants(struct at *a)
{
	const struct sk_pv_val *names = &a->v->kids[1];

	a->out->n = 1;
	if (sk_pv_is(&a->v->kids[0], "Separation"))
		return names->kind == SK_PV_VNAME ? 0
						  : sk_pv_fail(a->p, "Separation without a name");
	if (names->kind != SK_PV_VARRAY || names->n == 0 || names->n > MAX_COLORANTS)
		return sk_pv_fail(a->p, "DeviceN without names, or with too many");
	for (uint32_t i = 0; i < names->n; i++)
		if (names->kids[i].kind != SK_PV_VNAME)
			return sk_pv_fail(a->p, "DeviceN of something else than names");
	a->out->n = names->n;
	return 0;
}

/* Separation and DeviceN: names, alternate space, tint function. */
static int special(struct at *a)
{
	struct sk_pv_space base = {0};
	struct sk_pv_function tint = {0};
	int rc = a->v->n == 4 ? colorants(a)
			      : sk_pv_fail(a->p, "colour space has a wrong number of parts");

	if (rc == 0)
		rc = inner(a, &a->v->kids[2], &base);
	if (rc == 0 && base.special)
		rc = sk_pv_fail(a->p, "colour space is built on one that it may not have");
	if (rc == 0)
		rc = sk_pv_function(a->p, &a->v->kids[3], 1, &tint);
	if (rc == 0 && (tint.m != a->out->n || tint.n != base.n))
		rc = sk_pv_fail(a->p, "tint function does not fit its colour spaces");
	a->out->special = true;
	return rc;
}

static int pattern(struct at *a)
{
	struct sk_pv_space base = {0};
	int rc = a->v->n == 2 ? inner(a, &a->v->kids[1], &base)
			      : sk_pv_fail(a->p, "colour space has a wrong number of parts");

	a->out->pattern = true;
	if (rc == 0)
		a->out->n = base.n;
	return rc;
}

static int family(struct at *a)
{
	static const struct {
		const char *name;
		int (*check)(struct at *a);
	} families[] = {{"ICCBased", icc_based}, {"Indexed", indexed}, {"Separation", special},
	    {"DeviceN", special}, {"CalRGB", cie}, {"CalGray", cie}, {"Lab", cie},
	    {"Pattern", pattern}};

	*a->out = (struct sk_pv_space){.levels = 1};
	if (a->v->kind != SK_PV_VARRAY || a->v->n == 0)
		return sk_pv_fail(a->p, "colour space is neither a name nor an array");
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (sk_pv_is(&a->v->kids[0], families[i].name))
			return families[i].check(a);
	return sk_pv_fail(a->p, "colour space of an unknown family");
}

static uint32_t pack(const struct sk_pv_space *s)
{
	return s->n | (s->pattern ? NOTE_PATTERN : 0) | (s->indexed ? NOTE_INDEXED : 0) |
	       (s->special ? NOTE_SPECIAL : 0) | s->levels << NOTE_LEVELS;
}

static struct sk_pv_space unpack(uint32_t note)
{
	return (struct sk_pv_space){note & 0xff, note & NOTE_PATTERN, note & NOTE_INDEXED,
	    note & NOTE_SPECIAL, note >> NOTE_LEVELS};
}

/* An array that is an object of its own: looked at once. */
static int shared(struct sk_pv *p, uint32_t num, unsigned depth, struct sk_pv_space *out)
{
	struct sk_pv_obj *o = &p->objs[num];
	struct at a = {.p = p, .v = o->val, .depth = depth, .out = out};
	uint32_t from = p->cur;
	int rc = sk_pv_claim(p, num, SK_PV_SPACE, NULL);

	if (rc)
		return rc;
	if (o->flags & SK_PV_DONE) {
		*out = unpack(o->note);
		return 0;
	}
	p->cur = num;
	rc = o->data ? sk_pv_fail(p, "colour space is a stream") : family(&a);
	p->cur = from;
	if (rc == 0) {
		o->note = pack(out);
		o->flags |= SK_PV_DONE;
	}
	return rc;
}

int sk_pv_space(struct sk_pv *p, const struct sk_pv_val *v, unsigned depth, struct sk_pv_space *out)
{
	struct at a = {.p = p, .v = v, .depth = depth, .out = out};
	int rc;

	*out = (struct sk_pv_space){0};
	if (depth > MAX_LEVELS)
		return sk_pv_fail(p, "colour spaces nest too deeply");
	if (v->kind == SK_PV_VNAME)
		rc = device(p, v, out);
	else if (v->kind == SK_PV_VREF)
		rc = shared(p, (uint32_t)v->i, depth, out);
	else
		rc = family(&a);
	if (rc == 0 && depth + out->levels - 1 > MAX_LEVELS)
		rc = sk_pv_fail(p, "colour spaces nest too deeply");
	return rc;
}

int sk_pv_plain_space(struct sk_pv *p, const struct sk_pv_val *v)
{
	struct sk_pv_space s;
	int rc = sk_pv_space(p, v, 1, &s);

	return rc == 0 && s.pattern ? sk_pv_fail(p, "Pattern is not allowed here") : rc;
}
