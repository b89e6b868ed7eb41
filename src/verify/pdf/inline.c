/* Inline images of content streams (ISO 32000-1, 8.9.7), in the one form of the profile. Verifier's jail. */
#include "verify/pdf/content.h"

enum {
	MAX_INLINE = 65536, /* bytes of an inline image */
	MAX_SIDE = 65535,
};

struct inline_image {
	uint64_t w, h, bpc, length;
	unsigned n;
	bool mask, flate;
};

/* `/key` follows: take it. */
static bool key(struct sk_pv_run *r, const char *name)
{
	struct sk_pv_lex ahead = r->l;

	if (sk_pv_next(&ahead) != SK_PV_NAME || !sk_slice_is(sk_slice(ahead.text, ahead.n), name))
		return false;
	r->l = ahead;
	return true;
}

static bool integer(struct sk_pv_run *r, const char *name, uint64_t max, uint64_t *v)
{
	if (!key(r, name) || sk_pv_next(&r->l) != SK_PV_INT || r->l.i < 0 || (uint64_t)r->l.i > max)
		return false;
	*v = (uint64_t)r->l.i;
	return true;
}

static bool yes(struct sk_pv_run *r)
{
	return sk_pv_next(&r->l) == SK_PV_WORD && sk_pv_word(&r->l, "true");
}

static unsigned short_space(struct sk_slice name)
{
	return sk_slice_is(name, "G")      ? 1
	       : sk_slice_is(name, "RGB")  ? 3
	       : sk_slice_is(name, "CMYK") ? 4
					   : 0;
}

/* `[/I base i s]`, the bracket at hand. */
static bool inline_table(struct sk_pv_run *r, struct inline_image *m)
{
	if (!key(r, "I") || sk_pv_next(&r->l) != SK_PV_NAME)
		return false;
	unsigned base = short_space(sk_slice(r->l.text, r->l.n));
	if (base == 0 || sk_pv_next(&r->l) != SK_PV_INT || r->l.i < 0 || r->l.i > 255)
		return false;
	uint64_t want = ((uint64_t)r->l.i + 1) * base;
	if (sk_pv_next(&r->l) != SK_PV_STRING ||
	    sk_pv_unescape(SK_PV_STRING, sk_slice(r->l.text, r->l.n), NULL, 0) != want)
		return false;
	m->n = 1;
	return sk_pv_next(&r->l) == SK_PV_CLOSE;
}

static int inline_space(struct sk_pv_run *r, struct inline_image *m)
{
	struct sk_pv_space s;

	sk_pv_next(&r->l);
	if (r->l.kind == SK_PV_OPEN)
		return inline_table(r, m)
			   ? 0
			   : sk_pv_run_fault(r, "inline image with a wrong colour table");
	if (r->l.kind != SK_PV_NAME)
		return sk_pv_run_fault(r, "inline image with a wrong colour space");
	struct sk_slice name = sk_slice(r->l.text, r->l.n);
	m->n = short_space(name);
	if (m->n)
		return 0;
	const struct sk_pv_val *v = sk_pv_run_resource(r, SK_PV_RES_COLORSPACE, name);
	if (v == NULL)
		return sk_pv_run_fault(r, "resource does not exist or is out of order");
	int rc = sk_pv_space(r->p, v, 1, &s);
	m->n = s.n;
	return rc == 0 && s.pattern ? sk_pv_run_fault(r, "inline image with colour space Pattern")
				    : rc;
}

static int inline_decode(struct sk_pv_run *r, struct inline_image *m)
{
	struct sk_pv_operand v = {0};
	struct sk_pv_lex from;
	unsigned n = 0;

	if (!key(r, "D"))
		return 0;
	if (sk_pv_next(&r->l) != SK_PV_OPEN)
		return sk_pv_run_fault(r, "Decode is not an array");
	from = r->l;
	while (sk_pv_is_number(sk_pv_next(&from)))
		n++;
	if (sk_pv_run_array(r, &v) || v.strings || n != 2 * m->n)
		return sk_pv_run_fault(r, "Decode does not fit the components");
	return 0;
}

static int inline_keys(struct sk_pv_run *r, struct inline_image *m)
{
	if (!integer(r, "W", MAX_SIDE, &m->w) || !integer(r, "H", MAX_SIDE, &m->h) || !m->w ||
	    !m->h)
		return sk_pv_run_fault(r, "inline image without a size");
	bool depth = integer(r, "BPC", 16, &m->bpc), space_given = key(r, "CS");
	int rc = space_given ? inline_space(r, m) : 0;
	if (rc)
		return rc;
	if (key(r, "IM")) {
		m->mask = true;
		m->n = 1;
		if (!yes(r) || depth || space_given)
			return sk_pv_run_fault(r, "inline mask with colours");
		m->bpc = 1;
	} else if (!depth || !space_given || (m->bpc & (m->bpc - 1)) || m->bpc == 0) {
		return sk_pv_run_fault(r, "inline image without colours");
	}
	rc = inline_decode(r, m);
	if (rc == 0 && key(r, "I") && !yes(r))
		rc = sk_pv_run_fault(r, "Interpolate is not true");
	if (rc == 0 && key(r, "F")) {
		m->flate = true;
		rc = key(r, "Fl") ? 0 : sk_pv_run_fault(r, "inline image with an unknown filter");
	}
	if (rc == 0 && !integer(r, "L", UINT32_MAX, &m->length))
		rc = sk_pv_run_fault(r, "inline image without a length");
	return rc;
}

int sk_pv_inline_image(struct sk_pv_run *r)
{
	struct inline_image m = {0};
	int rc = r->n ? sk_pv_run_fault(r, "operands before BI") : inline_keys(r, &m);

	if (rc)
		return rc;
	if (sk_pv_next(&r->l) != SK_PV_WORD || !sk_pv_word(&r->l, "ID") || !sk_pv_skip(&r->l, ' '))
		return sk_pv_run_fault(r, "ID is missing");
	uint64_t row = (m.w * m.n * m.bpc + 7) / 8, size = row * m.h;
	if (m.length > (uint64_t)(r->l.end - r->l.p) || size > MAX_INLINE)
		return sk_pv_run_fault(r, "inline image is too long");
	struct sk_slice data = sk_slice(r->l.p, (size_t)m.length);
	if (m.flate)
		rc = sk_pv_inflate_rows(r->p, data, m.h, row, false);
	else if (m.length != size)
		rc = sk_pv_run_fault(r, "inline image has a wrong length");
	r->l.p += m.length;
	r->l.regular = false;
	if (rc == 0 && (!sk_pv_skip(&r->l, '\n') || sk_pv_next(&r->l) != SK_PV_WORD ||
			   !sk_pv_word(&r->l, "EI")))
		rc = sk_pv_run_fault(r, "EI is missing");
	return rc;
}
