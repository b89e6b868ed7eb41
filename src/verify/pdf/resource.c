/*
 * Resource dictionaries (ISO 32000-1, 7.8.3): kinds on the list, entries named R1, R2 … in the order of their
 * first use. Verifier's jail.
 */
#include <stdio.h>

#include "verify/pdf/pdf.h"

static const char kinds[SK_PV_RES][12] = {
    "Font", "XObject", "ExtGState", "ColorSpace", "Pattern", "Shading", "Properties"};

enum { XOBJECT = 1, EXTGSTATE = 2, COLORSPACE = 3 };

static int color_space(struct sk_pv *p, const struct sk_pv_val *v)
{
	struct sk_pv_space s;

	return sk_pv_space(p, v, 1, &s);
}

static int entry(struct sk_pv *p, unsigned kind, const struct sk_pv_val *v)
{
	switch (kind) {
	case 0:
		return sk_pv_want(p, v, SK_PV_FONT);
	case 1:
		return sk_pv_want(p, v, SK_PV_XOBJECT);
	case 2:
		return v->kind == SK_PV_VREF ? sk_pv_want(p, v, SK_PV_GSTATE) : sk_pv_gstate(p, v);
	case COLORSPACE:
		return color_space(p, v);
	case 4:
		return v->kind == SK_PV_VREF ? sk_pv_want(p, v, SK_PV_PATTERN)
					     : sk_pv_pattern(p, v);
	case 5:
		return v->kind == SK_PV_VREF ? sk_pv_want(p, v, SK_PV_SHADING)
					     : sk_pv_shading(p, v);
	default:
		return sk_pv_want(p, v, SK_PV_OCG);
	}
}

/* The default spaces that may stand in front, each at most once, with the components it stands for. */
static int default_spaces(struct sk_pv *p, const struct sk_pv_val *dict, uint32_t *first)
{
	static const struct {
		const char *name;
		unsigned n;
	} defaults[] = {{"DefaultGray", 1}, {"DefaultRGB", 3}, {"DefaultCMYK", 4}};
	int rc = 0;

	for (*first = 0; rc == 0 && *first < dict->n; ++*first) {
		const struct sk_pv_val *key = &dict->kids[2 * *first];
		struct sk_pv_space s;
		unsigned i = 0;
		while (i < 3 && !sk_pv_is(key, defaults[i].name))
			i++;
		if (i == 3)
			return 0;
		rc = sk_pv_space(p, key + 1, 1, &s);
		if (rc == 0 && (s.pattern || s.indexed || s.n != defaults[i].n))
			rc = sk_pv_fail(p, "default colour space does not fit its name");
	}
	return rc;
}

static int numbered(struct sk_pv *p, const struct sk_pv_val *dict, uint32_t first, unsigned kind)
{
	int rc = 0;

	for (uint32_t i = first; rc == 0 && i < dict->n; i++) {
		char name[16];
		snprintf(name, sizeof(name), "R%u", i - first + 1);
		if (!sk_pv_is(&dict->kids[2 * i], name))
			return sk_pv_fail(p, "resources are not named R1, R2 and so on");
		rc = entry(p, kind, &dict->kids[2 * i + 1]);
	}
	return rc;
}

static struct sk_pv_calls *calls(struct sk_pv *p, const struct sk_pv_val *dict)
{
	return sk_arena_alloc(p->c->arena, ((dict ? dict->n : 0) + 1) * sizeof(struct sk_pv_calls));
}

/* Nothing is counted yet. */
static int open_load(struct sk_pv *p, struct sk_pv_resources *out)
{
	struct sk_pv_load *load = sk_arena_alloc(p->c->arena, sizeof(*load));

	if (load == NULL)
		return SK_ENOMEM;
	load->forms = calls(p, out->kind[XOBJECT]);
	load->states = calls(p, out->kind[EXTGSTATE]);
	p->objs[p->cur].load = out->load = load;
	return load->forms && load->states ? 0 : SK_ENOMEM;
}

int sk_pv_resources_open(struct sk_pv *p, const struct sk_pv_val *v, struct sk_pv_resources *out)
{
	int rc = 0;

	*out = (struct sk_pv_resources){0};
	if (v == NULL || v->kind != SK_PV_VDICT)
		return sk_pv_fail(p, "Resources is missing");
	for (uint32_t i = 0; rc == 0 && i < v->n; i++) {
		const struct sk_pv_val *dict = &v->kids[2 * i + 1];
		unsigned k = 0;
		while (k < SK_PV_RES && !sk_pv_is(&v->kids[2 * i], kinds[k]))
			k++;
		if (k == SK_PV_RES || dict->kind != SK_PV_VDICT || dict->n == 0)
			return sk_pv_fail(p, "resources of a kind that is not allowed, or none");
		out->kind[k] = dict;
		if (k == COLORSPACE)
			rc = default_spaces(p, dict, &out->first[k]);
		if (rc == 0)
			rc = numbered(p, dict, out->first[k], k);
	}
	return rc ? rc : open_load(p, out);
}

int sk_pv_resources_close(struct sk_pv *p, const struct sk_pv_resources *r)
{
	for (unsigned k = 0; k < SK_PV_RES; k++)
		if (r->kind[k] && r->first[k] + r->used[k] != r->kind[k]->n)
			return sk_pv_fail(p, "a resource is not used");
	return 0;
}
