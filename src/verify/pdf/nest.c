/*
 * How deep forms, tiling patterns and Type 3 fonts lie inside each other, and that none lies inside itself.
 * Runs after every object is known to be what it should be. Verifier's jail.
 */
#include "verify/pdf/pdf.h"

enum {
	MAX_NEST = 28,
	RUNNING = 255, /* this container is being measured now */
};

static int measure(struct sk_pv *p, uint32_t num, unsigned depth, unsigned *below);

/* The deepest of what one value of a resource dictionary holds. */
static int inside(struct sk_pv *p, const struct sk_pv_val *v, unsigned depth, unsigned *below)
{
	unsigned n = 0;
	int rc;

	if (v == NULL || v->kind != SK_PV_VREF)
		return 0;
	rc = measure(p, (uint32_t)v->i, depth + 1, &n);
	*below = n > *below ? n : *below;
	return rc;
}

/* A graphics state: the form of its soft mask, its font. */
static int in_gstate(struct sk_pv *p, const struct sk_pv_val *v, unsigned depth, unsigned *below)
{
	const struct sk_pv_val *state = v ? sk_pv_resolve(p, v) : NULL;
	const struct sk_pv_val *font = sk_pv_get(state, "Font");
	int rc = inside(p, sk_pv_get(sk_pv_get(state, "SMask"), "G"), depth, below);

	return rc == 0 && font ? inside(p, &font->kids[0], depth, below) : rc;
}

static int in_pattern(struct sk_pv *p, const struct sk_pv_val *v, unsigned depth, unsigned *below)
{
	const struct sk_pv_val *pattern = sk_pv_resolve(p, v);

	if (v->kind == SK_PV_VREF && p->objs[v->i].data)
		return inside(p, v, depth, below);
	return in_gstate(p, sk_pv_get(pattern, "ExtGState"), depth, below);
}

static int in_resources(
    struct sk_pv *p, const struct sk_pv_val *res, unsigned depth, unsigned *below)
{
	static const char kinds[][10] = {"XObject", "Font", "ExtGState", "Pattern"};
	int rc = 0;

	for (unsigned k = 0; rc == 0 && k < 4; k++) {
		const struct sk_pv_val *dict = sk_pv_get(res, kinds[k]);
		for (uint32_t i = 0; rc == 0 && dict && i < dict->n; i++) {
			const struct sk_pv_val *v = &dict->kids[2 * i + 1];
			if (k < 2)
				rc = inside(p, v, depth, below);
			else
				rc = k == 2 ? in_gstate(p, v, depth, below)
					    : in_pattern(p, v, depth, below);
		}
	}
	return rc;
}

/* *below: containers from this one down, itself included; 0 when it is none. */
static int measure(struct sk_pv *p, uint32_t num, unsigned depth, unsigned *below)
{
	struct sk_pv_obj *o = &p->objs[num];
	const struct sk_pv_val *res = sk_pv_get(o->val, "Resources");
	unsigned deepest = 0;

	if (res == NULL)
		return 0;
	p->cur = num;
	if (o->nest == RUNNING || depth > MAX_NEST)
		return sk_pv_fail(p, "form, pattern or font lies inside itself or too deep");
	if (o->nest == 0) {
		o->nest = RUNNING;
		int rc = in_resources(p, res, depth, &deepest);
		if (rc)
			return rc;
		o->nest = (uint8_t)(deepest + 1);
	}
	p->cur = num;
	*below = o->nest;
	return depth + o->nest - 1 > MAX_NEST
		   ? sk_pv_fail(p, "forms, patterns or fonts nest too deeply")
		   : 0;
}

int sk_pv_nesting(struct sk_pv *p)
{
	unsigned below;
	int rc = 0;

	for (uint32_t i = 1; rc == 0 && i < p->nobjs; i++) {
		enum sk_pv_type t = (enum sk_pv_type)p->objs[i].type;
		if (t == SK_PV_XOBJECT || t == SK_PV_PATTERN || t == SK_PV_FONT)
			rc = measure(p, i, 1, &below);
	}
	return rc;
}
