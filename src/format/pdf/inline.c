/*
 * Inline images (ISO 32000-1, 8.9.7): decoded and written again, plain or Flate, with their length; large
 * or specially coded ones become image XObjects. Cleaner's jail.
 */
#include "format/pdf/pdf.h"

#include <libdeflate.h>

enum { MAX_INLINE = 65536 }; /* bytes after decoding; the standard advises 4 KiB */

static const struct {
	const char *brief, *full;
} key_names[] = {
    {"BPC", "BitsPerComponent"},
    {"CS", "ColorSpace"},
    {"D", "Decode"},
    {"DP", "DecodeParms"},
    {"F", "Filter"},
    {"H", "Height"},
    {"IM", "ImageMask"},
    {"I", "Interpolate"},
    {"W", "Width"},
    {"L", "Length"},
};

static const char *full_key(const struct sk_pdf_val *k)
{
	for (size_t i = 0; i < sizeof(key_names) / sizeof(*key_names); i++)
		if (sk_pdf_is(k, key_names[i].brief) || sk_pdf_is(k, key_names[i].full))
			return key_names[i].full;
	return NULL;
}

/* The dictionary between BI and ID, with full keys. */
static bool read_dict(struct sk_pdf *x, struct sk_pdf_lex *l, struct sk_pdf_val *dict)
{
	struct sk_pdf_val k, v;

	*dict = sk_pdf_vdict();
	for (;;) {
		sk_pdf_next(l);
		if (l->kind == SK_PDF_T_WORD && sk_slice_is(l->text, "ID"))
			return true;
		if (l->kind != SK_PDF_T_NAME || !sk_pdf_parse(x, l, &k))
			return false;
		sk_pdf_next(l);
		if (l->kind == SK_PDF_T_END || !sk_pdf_parse(x, l, &v))
			return false;
		const char *key = full_key(&k);
		if (key && sk_pdf_raw(dict, key) == NULL)
			sk_pdf_put(x, dict, key, v);
		else
			sk_pdf_removed(x, SK_PDF_UNKNOWN_KEY);
	}
}

static bool white_or_end(const struct sk_pdf_lex *l, const uint8_t *p)
{
	return p >= l->end || sk_pdf_space(*p);
}

/* `EI` behind white space, with text of a content stream and no binary data behind it. */
static const uint8_t *find_end(const struct sk_pdf_lex *l, const uint8_t *from)
{
	for (const uint8_t *p = from; l->end - p >= 2; p++) {
		if (p[0] != 'E' || p[1] != 'I' || !white_or_end(l, p + 2) ||
		    (p > from && !sk_pdf_space(p[-1])))
			continue;
		const uint8_t *q = p + 2;
		while (q < l->end && q < p + 12 &&
		       (*q == '\n' || *q == '\r' || *q == '\t' || (*q >= ' ' && *q < 127)))
			q++;
		if (q == l->end || q == p + 12)
			return p;
	}
	return NULL;
}

/* `EI` where the length says; what follows may be anything, binary strings too. */
static const uint8_t *end_at(const struct sk_pdf_lex *l, const uint8_t *p)
{
	for (int i = 0; i < 3 && l->end - p >= 2; i++, p++) {
		if (p[0] == 'E' && p[1] == 'I' && white_or_end(l, p + 2))
			return p;
		if (!sk_pdf_space(*p))
			break;
	}
	return NULL;
}

struct shape {
	uint32_t w, h, bpc, n;
	bool mask;
	struct sk_buf cs; /* the colour space as it will be written */
	bool resource;
};

static const struct {
	const char *brief, *full;
	unsigned n;
} devices[] = {{"G", "DeviceGray", 1}, {"RGB", "DeviceRGB", 3}, {"CMYK", "DeviceCMYK", 4}};

static int device(const struct sk_pdf_val *v)
{
	for (int i = 0; i < 3; i++)
		if (sk_pdf_is(v, devices[i].brief) || sk_pdf_is(v, devices[i].full))
			return i;
	return -1;
}

static bool indexed(const struct sk_pdf_val *cs, struct shape *s)
{
	if (cs->kind != SK_PDF_ARRAY || cs->n != 4 || cs->v[2].kind != SK_PDF_INT ||
	    cs->v[3].kind != SK_PDF_STRING ||
	    !(sk_pdf_is(&cs->v[0], "I") || sk_pdf_is(&cs->v[0], "Indexed")))
		return false;
	int base = device(&cs->v[1]);
	int64_t hival = cs->v[2].i;
	if (base < 0 || hival < 0 || hival > 255 ||
	    cs->v[3].n < (uint64_t)(hival + 1) * devices[base].n)
		return false;
	s->n = 1;
	sk_buf_printf(&s->cs, "[/I/%s %d", devices[base].brief, (int)hival);
	sk_pdf_print_string(&s->cs, sk_slice(cs->v[3].s, (size_t)(hival + 1) * devices[base].n));
	return sk_buf_putc(&s->cs, ']') == 0;
}

static bool colour_space(
    struct sk_pdf *x, struct sk_pdf_resources *r, const struct sk_pdf_val *cs, struct shape *s)
{
	int d = device(cs);

	if (d >= 0) {
		s->n = devices[d].n;
		return sk_buf_printf(&s->cs, "/%s", devices[d].brief) == 0;
	}
	if (cs == NULL || cs->kind != SK_PDF_NAME)
		return cs && indexed(cs, s);
	uint32_t i = sk_pdf_resource(x, r, SK_PDF_RES_COLOURSPACE, sk_slice(cs->s, cs->n));
	const struct sk_pdf_val *v = sk_pdf_resource_kept(r, SK_PDF_RES_COLOURSPACE, i);
	s->n = v ? sk_pdf_components(v) : 0;
	s->resource = true;
	return s->n && sk_buf_printf(&s->cs, "/R%u", i) == 0;
}

static bool read_shape(
    struct sk_pdf *x, struct sk_pdf_resources *r, const struct sk_pdf_val *d, struct shape *s)
{
	const struct sk_pdf_val *mask = sk_pdf_raw(d, "ImageMask");
	int64_t w = sk_pdf_int(x, d, "Width", 0), h = sk_pdf_int(x, d, "Height", 0);
	int64_t bpc = sk_pdf_int(x, d, "BitsPerComponent", 8);

	s->mask = mask && mask->kind == SK_PDF_BOOL && mask->i;
	if (w < 1 || h < 1 || w > SK_LIMIT_SIDE || h > SK_LIMIT_SIDE)
		return false;
	s->w = (uint32_t)w;
	s->h = (uint32_t)h;
	s->n = s->mask ? 1 : 0;
	s->bpc = s->mask ? 1 : (uint32_t)bpc;
	if (s->bpc != 1 && s->bpc != 2 && s->bpc != 4 && s->bpc != 8 && s->bpc != 16)
		return false;
	return s->mask || colour_space(x, r, sk_pdf_raw(d, "ColorSpace"), s);
}

static void put_decode(
    struct sk_pdf *x, const struct sk_pdf_val *d, const struct shape *s, struct sk_buf *out)
{
	const struct sk_pdf_val *decode = sk_pdf_raw(d, "Decode");
	struct sk_pdf_val v;

	if (decode == NULL || !sk_pdf_build_numbers(x, decode, &v) || v.n < 2 * s->n)
		return;
	v.n = 2 * s->n;
	if (s->mask &&
	    (v.v[0].kind != SK_PDF_INT || v.v[1].kind != SK_PDF_INT || v.v[0].i + v.v[1].i != 1))
		return;
	sk_buf_puts(out, "/D");
	sk_pdf_print(out, &v);
}

static void put_image(struct sk_pdf *x, const struct sk_pdf_val *d, const struct shape *s,
    struct sk_slice data, struct sk_buf *out)
{
	const struct sk_pdf_val *smooth = sk_pdf_raw(d, "Interpolate");
	size_t max = libdeflate_zlib_compress_bound(x->packer, data.n);
	uint8_t *p = sk_arena_alloc(x->tmp, max);
	size_t n = p ? libdeflate_zlib_compress(x->packer, data.p, data.n, p, max) : 0;
	bool packed = n && n + 6 < data.n;

	sk_buf_printf(out, "BI/W %u/H %u", s->w, s->h);
	if (s->mask) {
		sk_buf_puts(out, "/IM true");
	} else {
		sk_buf_printf(out, "/BPC %u/CS", s->bpc);
		sk_buf_put(out, s->cs.p, s->cs.len);
	}
	put_decode(x, d, s, out);
	if (smooth && smooth->kind == SK_PDF_BOOL && smooth->i)
		sk_buf_puts(out, "/I true");
	if (packed)
		data = sk_slice(p, n);
	sk_buf_printf(out, "%s/L %zu ID ", packed ? "/F/Fl" : "", data.n);
	sk_buf_put(out, data.p, data.n);
	sk_buf_puts(out, "\nEI\n");
}

/* A value of the input in which names of resources stand for what they name. */
static struct sk_pdf_val full_space(
    struct sk_pdf *x, struct sk_pdf_resources *r, const struct sk_pdf_val *cs)
{
	int d = device(cs);
	const struct sk_pdf_val *raw = NULL;

	if (d >= 0)
		return sk_pdf_vname(devices[d].full);
	if (cs->kind == SK_PDF_NAME)
		raw = sk_pdf_resource_raw(x, r, SK_PDF_RES_COLOURSPACE, sk_slice(cs->s, cs->n));
	return raw ? *raw : *cs;
}

/* The image as an XObject of its own: what the input's stream would be, through the image builder. */
static bool as_xobject(struct sk_pdf *x, struct sk_pdf_resources *r, const struct sk_pdf_val *d,
    struct sk_slice stored, struct sk_buf *out)
{
	struct sk_pdf_val dict = sk_pdf_vdict();
	struct sk_pdf_out *o = sk_pdf_new(x, (struct sk_pdf_val){0});

	for (uint32_t i = 0; i < d->n; i++) {
		struct sk_pdf_val v = d->v[2 * i + 1];
		if (sk_pdf_is(&d->v[2 * i], "ColorSpace"))
			v = full_space(x, r, &v);
		sk_pdf_put_name(x, &dict, d->v[2 * i], v);
	}
	if (o == NULL || !sk_pdf_image_bytes(x, &dict, stored, o))
		return false;
	uint32_t index = sk_pdf_resource_add(x, r, SK_PDF_RES_XOBJECT, sk_pdf_vout(o));
	sk_buf_printf(out, "/R%u Do\n", index);
	return true;
}

static bool draw(struct sk_pdf *x, struct sk_pdf_resources *r, const struct sk_pdf_val *dict,
    struct sk_slice stored, struct sk_buf *out)
{
	struct shape s = {.cs = SK_BUF(1 << 20)};
	struct sk_pdf_data data;

	if (!sk_pdf_decode_bytes(x, dict, stored, false, &data))
		return false;
	if (data.coding != SK_PDF_PLAIN)
		return as_xobject(x, r, dict, stored, out);
	bool good = read_shape(x, r, dict, &s);
	uint64_t need = good ? ((uint64_t)s.w * s.n * s.bpc + 7) / 8 * s.h : 0;
	if (good && need > MAX_INLINE) {
		good = as_xobject(x, r, dict, stored, out);
	} else if (good) {
		struct sk_slice fit = sk_pdf_fit(x, data.bytes, need);
		good = fit.p != NULL;
		if (good)
			put_image(x, dict, &s, fit, out);
	}
	sk_buf_free(&s.cs);
	return good;
}

void sk_pdf_inline(struct sk_pdf *x, struct sk_pdf_lex *l, struct sk_pdf_resources *r, bool visible,
    struct sk_buf *out)
{
	struct sk_arena *keep = x->arena;
	struct sk_pdf_val dict;

	x->arena = x->tmp;
	bool good = read_dict(x, l, &dict);
	x->arena = keep;
	if (!good) {
		sk_pdf_removed(x, SK_PDF_IMAGE);
		return;
	}
	if (l->p < l->end && sk_pdf_space(*l->p))
		l->p++;
	int64_t n = sk_pdf_int(x, &dict, "Length", -1);
	const uint8_t *end = NULL;
	if (n >= 0 && n <= l->end - l->p)
		end = end_at(l, l->p + n);
	if (end == NULL) {
		end = find_end(l, l->p);
		n = end ? end - l->p : -1;
	}
	if (end == NULL) {
		l->p = l->end;
		sk_pdf_removed(x, SK_PDF_IMAGE);
		return;
	}
	struct sk_slice stored = sk_slice(l->p, (size_t)n);
	l->p = end + 2;
	if (visible && !draw(x, r, &dict, stored, out))
		sk_pdf_removed(x, SK_PDF_IMAGE);
}
