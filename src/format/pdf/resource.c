/*
 * Resources (ISO 32000-1, 7.8.3): what content names is looked up, built, and given a plain new name in the
 * order of first use; what is not used is left out. Cleaner's jail.
 */
#include "format/pdf/pdf.h"

static const struct {
	const char *key;
	enum sk_pdf_role role;
} category[SK_PDF_RES_COUNT] = {
    {"Font", SK_PDF_ROLE_FONT},
    {"XObject", SK_PDF_ROLE_XOBJECT},
    {"ExtGState", SK_PDF_ROLE_EXTGSTATE},
    {"ColorSpace", SK_PDF_ROLE_COLOURSPACE},
    {"Pattern", SK_PDF_ROLE_PATTERN},
    {"Shading", SK_PDF_ROLE_SHADING},
    {"Properties", SK_PDF_ROLE_OCG},
};

static void read_defaults(struct sk_pdf *x, struct sk_pdf_resources *r)
{
	static const char *const names[] = {"DefaultGray", "DefaultRGB", "DefaultCMYK"};
	static const unsigned components[] = {1, 3, 4};
	const struct sk_pdf_val *cs = r->cat[SK_PDF_RES_COLOURSPACE].in;
	struct sk_pdf_val v;

	r->defaults = sk_pdf_vdict();
	for (int i = 0; i < 3; i++) {
		const struct sk_pdf_val *raw = sk_pdf_raw(cs, names[i]);
		/* a Device space as the default for itself says nothing */
		if (raw && sk_pdf_role(x, raw, SK_PDF_ROLE_COLOURSPACE, &v) &&
		    v.kind != SK_PDF_NAME && sk_pdf_components(&v) == components[i])
			sk_pdf_put(x, &r->defaults, names[i], v);
	}
}

void sk_pdf_resources_init(
    struct sk_pdf *x, struct sk_pdf_resources *r, const struct sk_pdf_val *dict)
{
	*r = (struct sk_pdf_resources){.dict = dict};
	for (int c = 0; c < SK_PDF_RES_COUNT; c++)
		r->cat[c].in = sk_pdf_get_kind(x, dict, category[c].key, SK_PDF_DICT);
	read_defaults(x, r);
}

const struct sk_pdf_val *sk_pdf_resource_raw(
    struct sk_pdf *x, struct sk_pdf_resources *r, enum sk_pdf_category c, struct sk_slice name)
{
	return sk_pdf_find(x, r->cat[c].in, name);
}

const struct sk_pdf_val *sk_pdf_resource_kept(
    const struct sk_pdf_resources *r, enum sk_pdf_category c, uint32_t index)
{
	return index && index <= r->cat[c].last ? &r->cat[c].used[r->cat[c].kept[index - 1]].val
						: NULL;
}

static struct sk_pdf_used *add(struct sk_pdf *x, struct sk_pdf_resources *r, enum sk_pdf_category c)
{
	struct sk_pdf_used *u =
	    sk_arena_grow(x->arena, r->cat[c].used, &r->cat[c].cap, r->cat[c].n + 1, sizeof(*u));

	if (u == NULL) {
		sk_pdf_fatal(x, SK_ENOMEM);
		return NULL;
	}
	r->cat[c].used = u;
	u += r->cat[c].n++;
	*u = (struct sk_pdf_used){0};
	return u;
}

static bool build(
    struct sk_pdf *x, enum sk_pdf_category c, const struct sk_pdf_val *raw, struct sk_pdf_val *v)
{
	if (c == SK_PDF_RES_PROPERTIES)
		return sk_pdf_layer(x, raw, v);
	return sk_pdf_role(x, raw, category[c].role, v);
}

/* The next new name for the last one used. */
static uint32_t keep(struct sk_pdf *x, struct sk_pdf_resources *r, enum sk_pdf_category c,
    const struct sk_pdf_val *v)
{
	uint32_t *p = sk_arena_grow(
	    x->arena, r->cat[c].kept, &r->cat[c].capkept, r->cat[c].last + 1U, sizeof(*p));
	struct sk_pdf_used *u = &r->cat[c].used[r->cat[c].n - 1];

	if (p == NULL) {
		sk_pdf_fatal(x, SK_ENOMEM);
		return 0;
	}
	r->cat[c].kept = p;
	p[r->cat[c].last] = (uint32_t)(r->cat[c].n - 1);
	u->index = ++r->cat[c].last;
	u->val = *v;
	return u->index;
}

/* Readers look into the resources of a field and of the form too. */
static const struct sk_pdf_val *find_anywhere(
    struct sk_pdf *x, struct sk_pdf_resources *r, enum sk_pdf_category c, struct sk_slice name)
{
	const struct sk_pdf_val *const more[] = {x->widget_resources, x->field_resources};
	const struct sk_pdf_val *raw = sk_pdf_find(x, r->cat[c].in, name);

	for (int i = 0; raw == NULL && x->in_field && i < 2; i++)
		raw =
		    sk_pdf_find(x, sk_pdf_get_kind(x, more[i], category[c].key, SK_PDF_DICT), name);
	return raw;
}

uint32_t sk_pdf_resource(
    struct sk_pdf *x, struct sk_pdf_resources *r, enum sk_pdf_category c, struct sk_slice name)
{
	struct sk_pdf_val v = {0};
	const uint32_t *known = sk_pdf_name_find(r->cat[c].names, name);

	if (known)
		return r->cat[c].used[*known].index;
	const struct sk_pdf_val *raw = find_anywhere(x, r, c, name);
	bool kept = raw && build(x, c, raw, &v);
	if (raw && !kept && c != SK_PDF_RES_PROPERTIES)
		sk_pdf_removed(x, c == SK_PDF_RES_XOBJECT ? SK_PDF_IMAGE : SK_PDF_DAMAGED);
	const uint8_t *copy = sk_arena_dup(x->home, name.p, name.n);
	if (copy == NULL || add(x, r, c) == NULL) {
		sk_pdf_fatal(x, SK_ENOMEM);
		return 0;
	}
	sk_pdf_name_add(x, &r->cat[c].names, sk_slice(copy, name.n), (uint32_t)r->cat[c].n - 1);
	return kept ? keep(x, r, c, &v) : 0;
}

uint32_t sk_pdf_resource_add(
    struct sk_pdf *x, struct sk_pdf_resources *r, enum sk_pdf_category c, struct sk_pdf_val v)
{
	return add(x, r, c) ? keep(x, r, c, &v) : 0;
}

struct sk_pdf_val sk_pdf_resources_out(struct sk_pdf *x, struct sk_pdf_resources *r)
{
	struct sk_pdf_val out = sk_pdf_vdict();

	for (int c = 0; c < SK_PDF_RES_COUNT; c++) {
		struct sk_pdf_val d = c == SK_PDF_RES_COLOURSPACE ? r->defaults : sk_pdf_vdict();
		for (size_t i = 0; i < r->cat[c].n; i++) {
			struct sk_pdf_used *u = &r->cat[c].used[i];
			char *key = u->index ? sk_arena_printf(x->arena, "R%u", u->index) : NULL;
			if (key)
				sk_pdf_put(x, &d, key, u->val);
		}
		if (d.n)
			sk_pdf_put(x, &out, category[c].key, d);
	}
	return out;
}
