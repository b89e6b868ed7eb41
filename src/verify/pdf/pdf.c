/*
 * The check of a whole PDF: read it, then follow it from the catalog, then look whether everything was met
 * and fits together. Verifier's jail. doc/profiles/pdf.md.
 */
#include <zlib.h>

#include "verify/pdf/pdf.h"

/* How objects of a type are checked when their turn comes; those without are checked where they are met. */
static const struct {
	int (*check)(struct sk_pv *p, const struct sk_pv_val *v);
	bool stream, either;
} types[SK_PV_TYPES] = {
    [SK_PV_CATALOG] = {sk_pv_catalog, false, false},
    [SK_PV_INFO] = {sk_pv_info, false, false},
    [SK_PV_PAGE] = {sk_pv_page, false, false},
    [SK_PV_OCG] = {sk_pv_ocg, false, false},
    [SK_PV_STRUCTROOT] = {sk_pv_structroot, false, false},
    [SK_PV_STRUCTELEM] = {sk_pv_structelem, false, false},
    [SK_PV_ANNOT] = {sk_pv_annot, false, false},
    [SK_PV_XOBJECT] = {sk_pv_xobject, true, false},
    [SK_PV_SHADING] = {sk_pv_shading, false, true},
    [SK_PV_PATTERN] = {sk_pv_pattern, false, true},
    [SK_PV_GSTATE] = {sk_pv_gstate, false, false},
    [SK_PV_FONT] = {sk_pv_font, false, false},
    [SK_PV_CIDFONT] = {sk_pv_cidfont, false, false},
    [SK_PV_DESCRIPTOR] = {sk_pv_descriptor, false, false},
    [SK_PV_GLYPHMAP] = {sk_pv_glyphmap, true, false},
    [SK_PV_CMAP] = {sk_pv_cmap, true, false},
    [SK_PV_TOUNICODE] = {sk_pv_tounicode, true, false},
};

static int check_object(struct sk_pv *p, uint32_t num)
{
	const struct sk_pv_obj *o = &p->objs[num];

	p->cur = num;
	if (types[o->type].check == NULL)
		return SK_EINTERNAL;
	if (!types[o->type].either && types[o->type].stream != (o->data != NULL))
		return sk_pv_fail(p, "%s", o->data ? "is a stream" : "is not a stream");
	return types[o->type].check(p, o->val);
}

/* The catalog, and what it leads to, until nothing is left to do. */
static int follow(struct sk_pv *p)
{
	const struct sk_pv_val catalog = {.kind = SK_PV_VREF, .i = 1},
			       *info = sk_pv_get(&p->trailer, "Info");
	int rc = sk_pv_want(p, &catalog, SK_PV_CATALOG);

	for (size_t i = 0; rc == 0 && i < p->ntodo; i++)
		rc = check_object(p, p->todo[i]);
	size_t done = p->ntodo;
	if (rc == 0 && info)
		rc = sk_pv_want(p, info, SK_PV_INFO);
	return rc == 0 && done < p->ntodo ? check_object(p, p->todo[done]) : rc;
}

/* What can only be known at the end. */
static int check_all(struct sk_pv *p)
{
	int rc = sk_pv_structure_ends(p);

	for (p->cur = 1; rc == 0 && p->cur < p->nobjs; p->cur++) {
		const struct sk_pv_obj *o = &p->objs[p->cur];
		if (o->type == SK_PV_UNSEEN)
			return sk_pv_fail(p, "nothing leads to it");
		if (o->type == SK_PV_OCG && !(o->flags & SK_PV_IN_OCGS))
			return sk_pv_fail(p, "layer is not in OCGs");
		if ((o->flags & SK_PV_HAS_MATTE) && !(o->flags & SK_PV_IS_SMASK))
			return sk_pv_fail(p, "image with Matte masks no other");
	}
	if (rc == 0)
		rc = sk_pv_nesting(p);
	return rc ? rc : sk_pv_loads(p);
}

static int check(struct sk_pv *p)
{
	int rc = sk_pv_layout(p);

	if (rc == 0)
		rc = follow(p);
	return rc ? rc : check_all(p);
}

int sk_verify_pdf(struct sk_check *c, struct sk_slice in)
{
	z_stream z = {0};
	struct sk_pv p = {.c = c, .in = in, .z = &z};

	if (in.n > SK_LIMIT_INPUT)
		return sk_fail(c, 0, "file is too large");
	if (inflateInit(&z) != Z_OK)
		return SK_ENOMEM;
	p.content = p.scratch = SK_BUF(SK_LIMIT_MEMBER);
	p.keys = SK_BUF(SK_LIMIT_MEMBER);
	int rc = check(&p);
	inflateEnd(&z);
	sk_buf_free(&p.content);
	sk_buf_free(&p.scratch);
	sk_buf_free(&p.keys);
	return rc;
}
