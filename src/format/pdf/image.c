/*
 * Image XObjects (ISO 32000-1, 8.9.5). The samples are decoded, brought to the size that the dictionary
 * says, and encoded again: JPEG by its coefficients, bilevel fax as T.6, everything else as Flate. Cleaner's
 * jail.
 */
#include "format/pdf/pdf.h"

#include "format/image/g4.h"
#include "format/image/image.h"

struct image {
	struct sk_pdf *x;
	const struct sk_pdf_val *dict;
	enum sk_pdf_role role;
	uint32_t w, h, bpc;
	unsigned n;
	bool mask, indexed;
	struct sk_pdf_val cs;
	struct sk_pdf_out *o;
	struct sk_pdf_out *alpha; /* of a JPEG 2000 picture */
	struct sk_pdf_val parms;  /* DecodeParms of the output */
	struct sk_buf coded;      /* bytes that are not Flate */
	const char *filter;       /* their filter */
	struct sk_slice plain;    /* bytes that will be */
};

struct sk_slice sk_pdf_fit(struct sk_pdf *x, struct sk_slice in, uint64_t n)
{
	if (in.n >= n)
		return sk_slice(in.p, (size_t)n);
	if (in.n == 0)
		return sk_slice(NULL, 0);
	uint8_t *p = sk_arena_alloc(x->tmp, (size_t)n);
	if (p == NULL) {
		sk_pdf_fatal(x, SK_ENOMEM);
		return sk_slice(NULL, 0);
	}
	memcpy(p, in.p, in.n);
	sk_pdf_removed(x, SK_PDF_DAMAGED);
	return sk_slice(p, (size_t)n);
}

/* Size and components of a JPEG, from its frame header. */
static bool jpeg_shape(struct sk_slice in, uint32_t *w, uint32_t *h, unsigned *n)
{
	struct sk_reader r = sk_reader(in);

	sk_read_skip(&r, 2);
	for (;;) {
		if (sk_read_u8(&r) != 0xff || r.bad)
			return false;
		uint8_t m = sk_read_u8(&r);
		uint16_t len = sk_read_u16be(&r);
		if (m >= 0xc0 && m <= 0xcf && m != 0xc4 && m != 0xc8 && m != 0xcc) {
			sk_read_u8(&r);
			*h = sk_read_u16be(&r);
			*w = sk_read_u16be(&r);
			*n = sk_read_u8(&r);
			return !r.bad && *w && *h && *n;
		}
		sk_read_skip(&r, len < 2 ? SIZE_MAX : len - 2U);
	}
}

/* Samples again when the coefficients are not sane. */
static int jpeg_by_pixels(struct sk_pdf *x, struct sk_slice in, struct sk_buf *out)
{
	struct sk_pixmap p;
	struct sk_job *job = x->job;
	struct sk_arena *keep = job->arena;

	job->arena = x->tmp;
	int rc = sk_image_decode(job, SK_FT_JPEG, in, &p);
	if (rc == 0)
		rc = sk_jpeg_encode(&p, 90, 0, out);
	job->arena = keep;
	return rc;
}

static bool use_jpeg(struct image *m, const struct sk_pdf_data *d)
{
	struct sk_pdf *x = m->x;
	struct sk_arena *keep = x->job->arena;
	bool coefficients = true;

	m->coded = SK_BUF(x->job->limits->output);
	x->job->arena = x->tmp;
	int rc =
	    sk_jpeg_transcode(x->job, d->bytes, x->where[0] ? x->where : NULL, true, &m->coded);
	x->job->arena = keep;
	if (rc == SK_EFORMAT) {
		coefficients = false;
		sk_buf_reset(&m->coded);
		rc = jpeg_by_pixels(x, d->bytes, &m->coded);
		if (rc == 0)
			sk_pdf_removed(x, SK_PDF_DAMAGED);
	}
	if (rc && rc != SK_EFORMAT && rc != SK_EUNSUPPORTED)
		sk_pdf_fatal(x, rc);
	if (rc || m->mask || !jpeg_shape(sk_buf_slice(&m->coded), &m->w, &m->h, &m->n))
		return false;
	const struct sk_pdf_val *t = sk_pdf_get_kind(x, d->parms, "ColorTransform", SK_PDF_INT);
	if (t && coefficients && (t->i == 0 || t->i == 1)) {
		m->parms = sk_pdf_vdict();
		sk_pdf_put(x, &m->parms, "ColorTransform", *t);
	}
	m->bpc = 8;
	m->filter = "DCTDecode";
	return true;
}

static bool use_bits(struct image *m, struct sk_slice bits)
{
	m->coded = SK_BUF(m->x->job->limits->output);
	int rc = sk_g4_encode(bits.p, m->w, m->h, &m->coded);

	if (rc)
		return sk_pdf_fatal(m->x, rc);
	m->parms = sk_pdf_vdict();
	sk_pdf_put(m->x, &m->parms, "K", sk_pdf_vint(-1));
	sk_pdf_put(m->x, &m->parms, "Columns", sk_pdf_vint(m->w));
	sk_pdf_put(m->x, &m->parms, "Rows", sk_pdf_vint(m->h));
	m->bpc = m->n = 1;
	m->filter = "CCITTFaxDecode";
	return true;
}

static bool use_fax(struct image *m, const struct sk_pdf_data *d)
{
	struct sk_slice bits;

	return sk_pdf_ccitt(m->x, d->bytes, d->parms, m->w, m->h, &bits) && use_bits(m, bits);
}

static bool use_jbig2(struct image *m, const struct sk_pdf_data *d)
{
	struct sk_pdf_in *globals = NULL;
	struct sk_slice shared = {0}, bits;

	if (d->parms)
		sk_pdf_resolve(m->x, sk_pdf_raw(d->parms, "JBIG2Globals"), &globals);
	if (globals && !sk_pdf_plain(m->x, globals, &shared))
		return false;
	return sk_pdf_jbig2(m->x, d->bytes, shared, m->w, m->h, &bits) && use_bits(m, bits);
}

/* The alpha plane as a soft mask of its own. */
static void add_alpha(struct image *m, const struct sk_pdf_jpx *j)
{
	struct sk_pdf_val v = sk_pdf_vdict();
	struct sk_pdf *x = m->x;

	sk_pdf_put(x, &v, "Type", sk_pdf_vname("XObject"));
	sk_pdf_put(x, &v, "Subtype", sk_pdf_vname("Image"));
	sk_pdf_put(x, &v, "Width", sk_pdf_vint(j->w));
	sk_pdf_put(x, &v, "Height", sk_pdf_vint(j->h));
	sk_pdf_put(x, &v, "ColorSpace", sk_pdf_vname("DeviceGray"));
	sk_pdf_put(x, &v, "BitsPerComponent", sk_pdf_vint(8));
	m->alpha = sk_pdf_new(x, v);
	if (m->alpha)
		sk_pdf_pack(x, m->alpha, sk_slice(j->alpha, (size_t)j->w * j->h));
}

/* Rows with the PNG predictor "Sub" or "Up", whichever has the smaller differences: photographs shrink. */
static bool predict(struct image *m, const uint8_t *s)
{
	size_t row = (size_t)m->w * m->n;
	uint8_t *out = sk_arena_array(m->x->tmp, m->h, row + 1), *to = out;

	if (out == NULL)
		return sk_pdf_fatal(m->x, SK_ENOMEM);
	for (uint32_t y = 0; y < m->h; y++, s += row, to += row + 1) {
		uint64_t sub = 0, up = 0;
		for (size_t i = 0; i < row; i++) {
			sub += (uint64_t)abs((int8_t)(s[i] - (i < m->n ? 0 : s[i - m->n])));
			up += y ? (uint64_t)abs((int8_t)(s[i] - *(s + i - row))) : 255;
		}
		to[0] = sub <= up ? 1 : 2;
		for (size_t i = 0; i < row; i++) {
			uint8_t left = i < m->n ? 0 : s[i - m->n];
			to[1 + i] = (uint8_t)(s[i] - (to[0] == 1 ? left : *(s + i - row)));
		}
	}
	m->plain = sk_slice(out, m->h * (row + 1));
	return true;
}

static void png_parms(struct image *m)
{
	m->parms = sk_pdf_vdict();
	sk_pdf_put(m->x, &m->parms, "Predictor", sk_pdf_vint(15));
	sk_pdf_put(m->x, &m->parms, "Colors", sk_pdf_vint(m->n));
	sk_pdf_put(m->x, &m->parms, "BitsPerComponent", sk_pdf_vint(m->bpc));
	sk_pdf_put(m->x, &m->parms, "Columns", sk_pdf_vint(m->w));
}

/* What a coder that left few bits to a pixel has blurred needs no fine steps again. */
static unsigned quality(const struct sk_pdf_jpx *j, size_t bytes)
{
	uint64_t pixels = (uint64_t)j->w * j->h, bits = (uint64_t)bytes * 8;

	return bits >= pixels ? 90 : bits >= pixels / 2 ? 85 : bits >= pixels / 4 ? 80 : 75;
}

static bool use_photograph(struct image *m, const struct sk_pdf_jpx *j, size_t bytes)
{
	struct sk_pixmap p = {.width = j->w, .height = j->h, .channels = j->n, .data = j->samples};

	m->coded = SK_BUF(m->x->job->limits->output);
	int rc = sk_jpeg_encode(&p, quality(j, bytes), 0, &m->coded);
	if (rc)
		return sk_pdf_fatal(m->x, rc);
	m->filter = "DCTDecode";
	return true;
}

static bool use_jpx(struct image *m, const struct sk_pdf_data *d)
{
	struct sk_pdf_jpx j;

	if (m->mask || !sk_pdf_jpx(m->x, d->bytes, m->indexed, &j))
		return false;
	m->w = j.w;
	m->h = j.h;
	m->n = j.n;
	m->bpc = 8;
	if (j.alpha && sk_pdf_int(m->x, m->dict, "SMaskInData", 0) == 1)
		add_alpha(m, &j);
	if (m->indexed) {
		m->plain = sk_slice(j.samples, (size_t)j.w * j.h);
		return true;
	}
	/* what has lost detail is a photograph: as Flate it would grow tenfold; no coder comes to an eighth
	 * without losing some */
	if ((j.lossy || d->bytes.n * 8 < (size_t)j.w * j.h * j.n) && j.n != 4)
		return use_photograph(m, &j, d->bytes.n);
	if (!predict(m, j.samples))
		return false;
	png_parms(m);
	return true;
}

static bool good_tags(struct sk_slice s, size_t step)
{
	for (size_t i = 0; i < s.n; i += step)
		if (s.p[i] > 4)
			return false;
	return true;
}

static bool same_shape(struct image *m, const struct sk_pdf_val *parms)
{
	return sk_pdf_int(m->x, parms, "Colors", 1) == m->n &&
	       sk_pdf_int(m->x, parms, "BitsPerComponent", 8) == m->bpc &&
	       sk_pdf_int(m->x, parms, "Columns", 1) == m->w;
}

/* Something behind the last row that is no filling. */
static bool holds_more(struct sk_slice s, uint64_t n)
{
	while (n < s.n && (s.p[n] == 0 || strchr("\r\n ", s.p[n])))
		n++;
	return n < s.n;
}

/* Rows keep the PNG predictor that they have: the size stays what it was. */
static bool use_plain(struct image *m, struct sk_pdf_data *d, struct sk_slice stored)
{
	uint64_t row = ((uint64_t)m->w * m->n * m->bpc + 7) / 8;

	if (m->n == 0 || (m->bpc != 1 && m->bpc != 2 && m->bpc != 4 && m->bpc != 8 && m->bpc != 16))
		return false;
	if (d->png && (!same_shape(m, d->parms) || !good_tags(d->bytes, row + 1))) {
		if (!sk_pdf_decode_bytes(m->x, m->dict, stored, false, d))
			return false;
	}
	if (d->png) {
		row++;
		png_parms(m);
	}
	if (holds_more(d->bytes, row * m->h))
		sk_pdf_removed(m->x, SK_GENERIC_TRAILING);
	m->plain = sk_pdf_fit(m->x, d->bytes, row * m->h);
	return m->plain.p != NULL;
}

static bool use_data(struct image *m, struct sk_pdf_data *d, struct sk_slice stored)
{
	switch (d->coding) {
	case SK_PDF_PLAIN:
		return use_plain(m, d, stored);
	case SK_PDF_DCT:
		return use_jpeg(m, d);
	case SK_PDF_JPX:
		return use_jpx(m, d);
	case SK_PDF_JBIG2:
		return use_jbig2(m, d);
	case SK_PDF_CCITT:
		return use_fax(m, d);
	default:
		return false;
	}
}

/* --- the dictionary --- */

static bool read_size(struct image *m)
{
	struct sk_pdf *x = m->x;
	const struct sk_pdf_val *mask = sk_pdf_get(x, m->dict, "ImageMask");
	int64_t w = sk_pdf_int(x, m->dict, "Width", 0), h = sk_pdf_int(x, m->dict, "Height", 0);

	m->mask = mask && mask->kind == SK_PDF_BOOL && mask->i;
	if (w < 1 || h < 1 || w > SK_LIMIT_SIDE || h > SK_LIMIT_SIDE)
		return false;
	m->w = (uint32_t)w;
	m->h = (uint32_t)h;
	m->bpc = m->mask ? 1 : (uint32_t)sk_pdf_int(x, m->dict, "BitsPerComponent", 8);
	int rc = sk_job_pixels(x->job, m->w, m->h);
	return rc ? sk_pdf_fatal(x, rc) : true;
}

static bool is_indexed(const struct sk_pdf_val *cs)
{
	while (cs->kind == SK_PDF_OUT)
		cs = &cs->out->val;
	return cs->kind == SK_PDF_ARRAY && cs->n && sk_pdf_is(&cs->v[0], "Indexed");
}

static void read_space(struct image *m)
{
	const struct sk_pdf_val *raw = sk_pdf_raw(m->dict, "ColorSpace");

	if (m->mask) {
		m->n = 1;
		return;
	}
	if (raw && sk_pdf_role(m->x, raw, SK_PDF_ROLE_COLOURSPACE, &m->cs))
		m->n = sk_pdf_components(&m->cs);
	m->indexed = m->n && is_indexed(&m->cs);
	if (m->role == SK_PDF_ROLE_SMASK && m->n == 1 && !m->indexed)
		m->cs = sk_pdf_vname("DeviceGray");
}

/* Components as the data has them win over a dictionary that says otherwise. */
static bool settle_space(struct image *m, unsigned said)
{
	if (m->mask)
		return true;
	if (said != m->n) {
		if (m->n != 1 && m->n != 3 && m->n != 4)
			return false;
		if (said)
			sk_pdf_removed(m->x, SK_PDF_DAMAGED);
		m->cs = sk_pdf_device(m->n);
		m->indexed = false;
	}
	return m->role != SK_PDF_ROLE_SMASK || sk_pdf_is(&m->cs, "DeviceGray");
}

static void put_decode(struct image *m)
{
	const struct sk_pdf_val *in = sk_pdf_get(m->x, m->dict, "Decode");
	struct sk_pdf_val v;

	if (in == NULL || !sk_pdf_build_numbers(m->x, in, &v) || v.n < 2 * m->n)
		return;
	v.n = 2 * m->n;
	if (m->mask && (v.v[0].kind != SK_PDF_INT || v.v[1].kind != SK_PDF_INT || v.v[0].i < 0 ||
			   v.v[0].i > 1 || v.v[0].i + v.v[1].i != 1))
		return;
	sk_pdf_put(m->x, &m->o->val, "Decode", v);
}

/* A colour key: ranges of sample values that are not painted. */
static void put_colour_key(struct image *m, const struct sk_pdf_val *in)
{
	struct sk_pdf_val v = sk_pdf_varray();

	if (in->n < 2 * m->n)
		return;
	for (uint32_t i = 0; i < 2 * m->n; i++) {
		double d;
		if (!sk_pdf_number(sk_pdf_at(m->x, in, i), &d) || d < 0 || d > 65535)
			return;
		sk_pdf_push(m->x, &v, sk_pdf_vint((int64_t)d));
	}
	sk_pdf_put(m->x, &m->o->val, "Mask", v);
}

static void put_masks(struct image *m)
{
	struct sk_pdf *x = m->x;
	struct sk_pdf_in *in = NULL;
	struct sk_pdf_val v;
	const struct sk_pdf_val *soft = sk_pdf_raw(m->dict, "SMask"),
				*raw = sk_pdf_raw(m->dict, "Mask");
	const struct sk_pdf_val *hard = sk_pdf_resolve(x, raw, &in);

	if (m->alpha)
		sk_pdf_put(x, &m->o->val, "SMask", sk_pdf_vout(m->alpha));
	else if (soft && sk_pdf_role(x, soft, SK_PDF_ROLE_SMASK, &v))
		sk_pdf_put(x, &m->o->val, "SMask", v);
	if (hard && hard->kind == SK_PDF_ARRAY)
		put_colour_key(m, hard);
	else if (hard && in && in->stream && sk_pdf_role(x, raw, SK_PDF_ROLE_MASK, &v))
		sk_pdf_put(x, &m->o->val, "Mask", v);
}

static const struct sk_pdf_rule tail_rules[] = {
    {"Intent", SK_PDF_R_NAMES,
	.arg = "AbsoluteColorimetric RelativeColorimetric Saturation Perceptual"},
    {"OC", SK_PDF_R_LAYER},
    {"StructParent", SK_PDF_R_INT, .max = INT32_MAX},
    {NULL},
};

static bool handled(const struct sk_pdf_val *key)
{
	return sk_pdf_listed(key,
	    "Width Height ImageMask ColorSpace BitsPerComponent Decode Interpolate "
	    "Intent SMask Mask Matte OC StructParent");
}

static void put_tail(struct image *m)
{
	struct sk_pdf_val v;

	for (const struct sk_pdf_rule *r = tail_rules; r->key; r++) {
		const struct sk_pdf_val *raw = sk_pdf_raw(m->dict, r->key);
		if (raw && !(m->mask && r == tail_rules) && sk_pdf_value(m->x, raw, r, &v))
			sk_pdf_put(m->x, &m->o->val, r->key, v);
	}
	for (uint32_t i = 0; i < m->dict->n; i++)
		if (!handled(&m->dict->v[2 * i]))
			sk_pdf_unknown(m->x, &m->dict->v[2 * i], &m->dict->v[2 * i + 1]);
}

static bool put_dict(struct image *m)
{
	struct sk_pdf *x = m->x;
	struct sk_pdf_val *v = &m->o->val, matte;
	const struct sk_pdf_val *smooth = sk_pdf_get_kind(x, m->dict, "Interpolate", SK_PDF_BOOL);
	const struct sk_pdf_val *raw = sk_pdf_get(x, m->dict, "Matte");

	*v = sk_pdf_vdict();
	sk_pdf_put(x, v, "Type", sk_pdf_vname("XObject"));
	sk_pdf_put(x, v, "Subtype", sk_pdf_vname("Image"));
	sk_pdf_put(x, v, "Width", sk_pdf_vint(m->w));
	sk_pdf_put(x, v, "Height", sk_pdf_vint(m->h));
	if (m->mask)
		sk_pdf_put(x, v, "ImageMask", sk_pdf_vbool(true));
	else
		sk_pdf_put(x, v, "ColorSpace", m->cs);
	sk_pdf_put(x, v, "BitsPerComponent", sk_pdf_vint(m->bpc));
	put_decode(m);
	if (smooth && smooth->i)
		sk_pdf_put(x, v, "Interpolate", sk_pdf_vbool(true));
	if (m->role == SK_PDF_ROLE_IMAGE && !m->mask)
		put_masks(m);
	if (m->role == SK_PDF_ROLE_SMASK && raw && sk_pdf_build_numbers(x, raw, &matte))
		sk_pdf_put(x, v, "Matte", matte);
	put_tail(m);
	return x->rc == 0;
}

static bool put_data(struct image *m)
{
	struct sk_pdf *x = m->x;

	if (m->parms.n)
		sk_pdf_put(x, &m->o->val, "DecodeParms", m->parms);
	if (m->filter == NULL)
		return sk_pdf_pack(x, m->o, m->plain);
	sk_pdf_put(x, &m->o->val, "Filter", sk_pdf_vname(m->filter));
	m->o->data = sk_arena_dup(x->arena, m->coded.p, m->coded.len);
	m->o->n = m->coded.len;
	return m->o->data ? true : sk_pdf_fatal(x, SK_ENOMEM);
}

static bool build(struct sk_pdf *x, const struct sk_pdf_val *dict, struct sk_slice stored,
    enum sk_pdf_role role, struct sk_pdf_out *o)
{
	struct image m = {.x = x, .dict = dict, .role = role, .o = o};
	struct sk_pdf_data d;

	if (!read_size(&m) || !sk_pdf_decode_bytes(x, dict, stored, true, &d))
		return false;
	if (d.damaged)
		sk_pdf_removed(x, SK_PDF_DAMAGED);
	read_space(&m);
	if (role == SK_PDF_ROLE_MASK && !m.mask)
		return false;
	unsigned said = m.n;
	bool good =
	    use_data(&m, &d, stored) && settle_space(&m, said) && put_dict(&m) && put_data(&m);
	sk_buf_free(&m.coded);
	return good;
}

static bool from_stream(
    struct sk_pdf *x, struct sk_pdf_in *in, enum sk_pdf_role role, struct sk_pdf_out *o)
{
	struct sk_slice stored;

	if (in == NULL || !in->stream)
		return false;
	if (sk_pdf_raw(&in->val, "F")) {
		sk_pdf_removed(x, SK_PDF_EXTERNAL);
		return false;
	}
	return sk_pdf_stored(x, in, &stored) && build(x, &in->val, stored, role, o);
}

bool sk_pdf_image(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_in *in, struct sk_pdf_out *o)
{
	return from_stream(x, in, SK_PDF_ROLE_IMAGE, o);
}

bool sk_pdf_smask(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_in *in, struct sk_pdf_out *o)
{
	return from_stream(x, in, SK_PDF_ROLE_SMASK, o);
}

bool sk_pdf_mask(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_in *in, struct sk_pdf_out *o)
{
	return from_stream(x, in, SK_PDF_ROLE_MASK, o);
}

bool sk_pdf_image_bytes(
    struct sk_pdf *x, const struct sk_pdf_val *dict, struct sk_slice stored, struct sk_pdf_out *o)
{
	return build(x, dict, stored, SK_PDF_ROLE_IMAGE, o);
}
