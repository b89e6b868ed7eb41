/*
 * Forms and images (ISO 32000-1, 8.9, 8.10). The data of an image has exactly the length that its numbers ask
 * for, or is a JPEG or fax picture of that very size. Verifier's jail.
 */
#include "verify/pdf/pdf.h"

#include "verify/image/g4.h"

#define INTENTS "AbsoluteColorimetric RelativeColorimetric Saturation Perceptual"

static int later(struct sk_pv *p, const struct sk_pv_val *v)
{
	return 0; /* looked at with the whole image */
}

static int resources(struct sk_pv *p, const struct sk_pv_val *v)
{
	return v->kind == SK_PV_VDICT ? 0 : sk_pv_fail(p, "Resources is not a dictionary");
}

static int form(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {
	    STREAMKEYS,
	    {K("Type"), NAMED("XObject"), MUST},
	    {K("Subtype"), NAMED("Form"), MUST},
	    {K("BBox"), NUMS(4, 4), MUST},
	    {K("Resources"), CALL(resources), MUST},
	    {K("Matrix"), NUMS(6, 6)},
	    {K("Group"), CALL(sk_pv_group)},
	    {K("OC"), REF(SK_PV_OCG)},
	    {K("StructParent"), INT(0, 2147483647)},
	    {K("StructParents"), INT(0, 2147483647)},
	    {0},
	};
	int rc = sk_pv_dict(p, v, rules, "form");

	return rc ? rc : sk_pv_content_of(p, p->cur, v);
}

/* What an image states about itself. */
struct image {
	struct sk_pv *p;
	const struct sk_pv_val *v, *parms;
	uint32_t w, h, bpc;
	unsigned n;
	bool mask, soft;
};

static int64_t int_of(const struct sk_pv_val *v, const char *key)
{
	const struct sk_pv_val *i = sk_pv_get(v, key);

	return i && i->kind == SK_PV_VINT ? i->i : -1;
}

static int colours(struct image *m)
{
	const struct sk_pv_val *space = sk_pv_get(m->v, "ColorSpace");
	struct sk_pv_space s;
	int64_t bpc = int_of(m->v, "BitsPerComponent");

	m->n = 1;
	m->bpc = 1;
	if (m->mask && (space || bpc != 1 || sk_pv_get(m->v, "SMask") || sk_pv_get(m->v, "Mask") ||
			   sk_pv_get(m->v, "Intent")))
		return sk_pv_fail(m->p, "image mask has colours, or a mask of its own");
	if (m->mask)
		return 0;
	if (space == NULL || (bpc != 1 && bpc != 2 && bpc != 4 && bpc != 8 && bpc != 16))
		return sk_pv_fail(m->p, "image without colour space or bits");
	int rc = sk_pv_space(m->p, space, 1, &s);
	if (rc == 0 && s.pattern)
		rc = sk_pv_fail(m->p, "image with colour space Pattern");
	m->n = s.n;
	m->bpc = (uint32_t)bpc;
	return rc;
}

static int decode(struct image *m)
{
	const struct sk_pv_val *d = sk_pv_get(m->v, "Decode");

	if (d == NULL)
		return 0;
	if (d->n != 2 * m->n)
		return sk_pv_fail(m->p, "Decode does not fit the components");
	if (!m->mask)
		return 0;
	double a = sk_pv_num(&d->kids[0]), b = sk_pv_num(&d->kids[1]);
	return (a == 0 && b == 1) || (a == 1 && b == 0)
		   ? 0
		   : sk_pv_fail(m->p, "Decode of a mask is wrong");
}

/* Colour key: two integers for each component. */
static int key_mask(struct image *m, const struct sk_pv_val *mask)
{
	for (uint32_t i = 0; i < mask->n; i++)
		if (mask->kids[i].kind != SK_PV_VINT)
			return sk_pv_fail(m->p, "Mask is not made of integers");
	return mask->n == 2 * m->n ? 0 : sk_pv_fail(m->p, "Mask does not fit the components");
}

static int masks(struct image *m)
{
	const struct sk_pv_val *mask = sk_pv_get(m->v, "Mask"), *soft = sk_pv_get(m->v, "SMask");
	int rc = 0;

	if (mask && mask->kind == SK_PV_VARRAY)
		rc = key_mask(m, mask);
	else if (mask)
		rc = sk_pv_want(m->p, mask, SK_PV_XOBJECT);
	if (rc == 0 && mask && mask->kind == SK_PV_VREF &&
	    sk_pv_get(m->p->objs[mask->i].val, "ImageMask") == NULL)
		rc = sk_pv_fail(m->p, "Mask is not an image mask");
	if (rc || soft == NULL)
		return rc;
	rc = sk_pv_want(m->p, soft, SK_PV_XOBJECT);
	if (rc)
		return rc;
	const struct sk_pv_val *s = m->p->objs[soft->i].val;
	if (!sk_pv_is(sk_pv_get(s, "Subtype"), "Image") ||
	    !sk_pv_is(sk_pv_get(s, "ColorSpace"), "DeviceGray") || sk_pv_get(s, "SMask") ||
	    sk_pv_get(s, "Mask") || sk_pv_get(s, "ImageMask"))
		return sk_pv_fail(m->p, "SMask is not a plain grey image");
	m->p->objs[soft->i].flags |= SK_PV_IS_SMASK;
	return 0;
}

static int flate(struct image *m)
{
	static const struct sk_pv_rule predictor[] = {
	    {K("Predictor"), INT(15, 15), MUST},
	    {K("Colors"), INT(1, 32), MUST},
	    {K("BitsPerComponent"), INT(1, 16), MUST},
	    {K("Columns"), INT(1, 65535), MUST},
	    {0},
	};
	uint64_t row = ((uint64_t)m->w * m->n * m->bpc + 7) / 8;

	if (m->parms) {
		int rc = sk_pv_dict(m->p, m->parms, predictor, "DecodeParms");
		if (rc)
			return rc;
		if (int_of(m->parms, "Colors") != m->n ||
		    int_of(m->parms, "BitsPerComponent") != m->bpc ||
		    int_of(m->parms, "Columns") != m->w)
			return sk_pv_fail(m->p, "DecodeParms does not fit the image");
	}
	return sk_pv_inflate_rows(m->p, sk_pv_data(m->p, m->p->cur), m->h, row, m->parms);
}

static int dct(struct image *m)
{
	static const struct sk_pv_rule rules[] = {{K("ColorTransform"), INT(0, 1), MUST}, {0}};
	uint32_t w, h;
	unsigned n;
	int rc = m->parms ? sk_pv_dict(m->p, m->parms, rules, "DecodeParms") : 0;

	if (rc == 0)
		rc = sk_verify_jpeg_in_pdf(m->p->c, sk_pv_data(m->p, m->p->cur), &w, &h, &n);
	if (rc == 0 && (w != m->w || h != m->h || n != m->n || m->bpc != 8))
		rc = sk_pv_fail(m->p, "JPEG is not of the size that the image states");
	return rc;
}

static int fax(struct image *m)
{
	static const struct sk_pv_rule rules[] = {
	    {K("K"), INT(-1, -1), MUST},
	    {K("Columns"), INT(1, 65535), MUST},
	    {K("Rows"), INT(1, 65535), MUST},
	    {0},
	};
	int rc = m->parms ? sk_pv_dict(m->p, m->parms, rules, "DecodeParms")
			  : sk_pv_fail(m->p, "fax picture without DecodeParms");

	if (rc)
		return rc;
	if (int_of(m->parms, "Columns") != m->w || int_of(m->parms, "Rows") != m->h || m->n != 1 ||
	    m->bpc != 1)
		return sk_pv_fail(m->p, "fax picture is not of the size that the image states");
	struct sk_g4 *g = sk_g4_new(m->p->c, m->w);
	if (g == NULL)
		return SK_ENOMEM;
	return sk_g4_check(g, sk_pv_offset(m->p), sk_pv_data(m->p, m->p->cur), m->h);
}

static int data(struct image *m)
{
	const struct sk_pv_val *filter = sk_pv_get(m->v, "Filter");
	uint64_t pixels = (uint64_t)m->w * m->h;

	if (pixels > SK_LIMIT_PIXELS || pixels > m->p->c->pixels_left)
		return sk_pv_fail(m->p, "image is too large");
	m->p->c->pixels_left -= pixels;
	if (sk_pv_is(filter, "FlateDecode"))
		return flate(m);
	return sk_pv_is(filter, "DCTDecode") ? dct(m) : fax(m);
}

static int image(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {
	    {K("Length"), INT(0, 2147483647), MUST},
	    {K("Filter"), NAMED("FlateDecode DCTDecode CCITTFaxDecode"), MUST},
	    {K("DecodeParms"), CALL(later)},
	    {K("Type"), NAMED("XObject"), MUST},
	    {K("Subtype"), NAMED("Image"), MUST},
	    {K("Width"), INT(1, 65535), MUST},
	    {K("Height"), INT(1, 65535), MUST},
	    {K("ImageMask"), YES},
	    {K("ColorSpace"), CALL(later)},
	    {K("BitsPerComponent"), INT(1, 16), MUST},
	    {K("Decode"), NUMS(2, 64)},
	    {K("Interpolate"), YES},
	    {K("Intent"), NAMED(INTENTS)},
	    {K("SMask"), CALL(later)},
	    {K("Mask"), CALL(later)},
	    {K("OC"), REF(SK_PV_OCG)},
	    {K("StructParent"), INT(0, 2147483647)},
	    {K("Matte"), NUMS(1, 32)},
	    {0},
	};
	struct image m = {.p = p, .v = v, .parms = sk_pv_get(v, "DecodeParms")};
	int rc = sk_pv_dict(p, v, rules, "image");

	if (rc)
		return rc;
	m.mask = sk_pv_get(v, "ImageMask");
	m.w = (uint32_t)int_of(v, "Width");
	m.h = (uint32_t)int_of(v, "Height");
	if (sk_pv_get(v, "Matte"))
		p->objs[p->cur].flags |= SK_PV_HAS_MATTE;
	rc = colours(&m);
	if (rc == 0)
		rc = decode(&m);
	if (rc == 0)
		rc = masks(&m);
	return rc ? rc : data(&m);
}

int sk_pv_xobject(struct sk_pv *p, const struct sk_pv_val *v)
{
	const struct sk_pv_val *kind = sk_pv_get(v, "Subtype");

	if (p->objs[p->cur].data == NULL)
		return sk_pv_fail(p, "XObject is not a stream");
	if (sk_pv_is(kind, "Form"))
		return form(p, v);
	return sk_pv_is(kind, "Image") ? image(p, v)
				       : sk_pv_fail(p, "XObject of a kind that is not allowed");
}
