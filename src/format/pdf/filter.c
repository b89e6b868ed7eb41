/*
 * Stream filters (ISO 32000-1, 7.4): ASCIIHex, ASCII85, LZW, Flate, RunLength and predictors. Decoded here
 * and not in qpdf, because every byte counts against the job's budget. Cleaner's jail.
 */
#include "format/pdf/pdf.h"

#include <libdeflate.h>
#include <zlib.h>

/* Filters on one stream: honest files have two. What a stream costs besides its bytes, as if these were some: a
 * few may be shared by very many fonts. */
enum { MAX_FILTERS = 8, STREAM_COST = 512 };

bool sk_pdf_asciihex(struct sk_slice in, struct sk_buf *out)
{
	size_t end = sk_slice_find(in, 0, SK_SLICE_LIT(">"));
	struct sk_slice text = {in.p, end == SIZE_MAX ? in.n : end};

	if (sk_buf_reserve(out, text.n / 2 + 1))
		return false;
	out->len += sk_pdf_unescape(SK_PDF_T_HEX, text, out->p + out->len);
	return true;
}

bool sk_pdf_ascii85(struct sk_slice in, struct sk_buf *out)
{
	uint32_t v = 0;
	unsigned n = 0;
	size_t i = 0;

	if (in.n > 1 && in.p[0] == '<' && in.p[1] == '~')
		i = 2;
	for (; i < in.n && in.p[i] != '~'; i++) {
		uint8_t c = in.p[i];
		if (c == 'z' && n == 0) {
			sk_buf_put_u32be(out, 0);
		} else if (c >= '!' && c <= 'u') {
			v = v * 85 + (c - '!');
			if (++n == 5) {
				sk_buf_put_u32be(out, v);
				n = v = 0;
			}
		} else if (!sk_pdf_space(c)) {
			return out->err == 0;
		}
	}
	for (unsigned k = n; n > 1 && k < 5; k++)
		v = v * 85 + 84;
	for (unsigned k = 0; n > 1 && k < n - 1; k++)
		sk_buf_putc(out, (uint8_t)(v >> (24 - 8 * k)));
	return out->err == 0;
}

bool sk_pdf_runlength(struct sk_slice in, struct sk_buf *out)
{
	struct sk_reader r = sk_reader(in);

	while (sk_read_left(&r) && out->err == 0) {
		uint8_t c = sk_read_u8(&r);
		if (c == 128)
			break;
		if (c > 128)
			sk_buf_fill(out, sk_read_u8(&r), 257U - c);
		else if (sk_read_left(&r) < (size_t)c + 1)
			sk_buf_put_slice(out, sk_read_slice(&r, sk_read_left(&r)));
		else
			sk_buf_put_slice(out, sk_read_slice(&r, (size_t)c + 1));
	}
	return out->err == 0;
}

struct lzw {
	uint16_t prefix[4096];
	uint8_t last[4096], first[4096];
	uint16_t length[4096];
};

/* Append the string of a code. */
static void lzw_put(const struct lzw *t, unsigned code, struct sk_buf *out)
{
	size_t n = t->length[code];

	if (sk_buf_reserve(out, n))
		return;
	out->len += n;
	for (size_t i = 1; i <= n; i++) {
		out->p[out->len - i] = t->last[code];
		code = t->prefix[code];
	}
}

bool sk_pdf_lzw(struct sk_slice in, bool early, struct sk_buf *out)
{
	struct lzw *t = calloc(1, sizeof(*t));
	unsigned next = 258, width = 9, bits = 0;
	int previous = -1;
	uint32_t hold = 0;

	if (t == NULL)
		return false;
	for (unsigned i = 0; i < 256; i++) {
		t->last[i] = t->first[i] = (uint8_t)i;
		t->length[i] = 1;
	}
	for (size_t i = 0; i < in.n && out->err == 0;) {
		while (bits < width && i < in.n) {
			hold = hold << 8 | in.p[i++];
			bits += 8;
		}
		if (bits < width)
			break;
		unsigned code = hold >> (bits - width) & ((1U << width) - 1);
		bits -= width;
		if (code == 257)
			break;
		if (code == 256) {
			next = 258;
			width = 9;
			previous = -1;
			continue;
		}
		if (code > next || (code == next && previous < 0))
			break;
		if (previous >= 0 && next < 4096) {
			t->prefix[next] = (uint16_t)previous;
			t->first[next] = t->first[previous];
			t->length[next] = (uint16_t)(t->length[previous] + 1);
			t->last[next] = code == next ? t->first[previous] : t->first[code];
			next++;
		} else if (code == next) {
			break;
		}
		lzw_put(t, code, out);
		previous = (int)code;
		while (width < 12 && next + (early ? 1 : 0) >= 1U << width)
			width++;
	}
	free(t);
	return out->err == 0;
}

/* The slow way, for streams that are broken or whose size is hard to guess. */
static bool inflate_slow(
    struct sk_pdf *x, struct sk_slice in, bool raw, struct sk_slice *out, bool *damaged)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)in.p, .avail_in = (uInt)in.n};
	size_t max = sk_job_expand_left(x->job);
	struct sk_buf b = SK_BUF(max > SK_LIMIT_MEMBER ? SK_LIMIT_MEMBER : max + 1);
	int rc = Z_OK;

	if (inflateInit2(&z, raw ? -MAX_WBITS : MAX_WBITS) != Z_OK)
		return sk_pdf_fatal(x, SK_ENOMEM);
	while (rc == Z_OK && sk_buf_reserve(&b, b.len / 2 + 4096) == 0) {
		z.next_out = b.p + b.len;
		z.avail_out = (uInt)(b.cap - b.len > 1U << 30 ? 1U << 30 : b.cap - b.len);
		uInt before = z.avail_out;
		rc = inflate(&z, Z_NO_FLUSH);
		b.len += before - z.avail_out;
		if (rc == Z_BUF_ERROR && z.avail_out == 0)
			rc = Z_OK;
	}
	inflateEnd(&z);
	*damaged |= rc != Z_STREAM_END;
	bool good = rc == Z_STREAM_END || b.len > 0 || in.n < 3;
	if (b.err)
		good = sk_pdf_fatal(x, sk_job_expand(x->job, UINT64_MAX));
	if (good) {
		out->p = sk_arena_dup(x->tmp, b.p, b.len);
		out->n = b.len;
		if (out->p == NULL)
			good = sk_pdf_fatal(x, SK_ENOMEM);
	}
	sk_buf_free(&b);
	return good;
}

static bool inflate_fast(struct sk_pdf *x, struct sk_slice in, struct sk_slice *out)
{
	size_t size = in.n * 5 + 1024, left = sk_job_expand_left(x->job);

	for (int tries = 0; tries < 2; tries++, size *= 4) {
		size_t got = 0, used = 0;
		uint8_t *p = size < left ? sk_arena_alloc(x->tmp, size) : NULL;
		if (p == NULL)
			return false;
		enum libdeflate_result r =
		    libdeflate_zlib_decompress_ex(x->unpacker, in.p, in.n, p, size, &used, &got);
		if (r == LIBDEFLATE_SUCCESS) {
			*out = sk_slice(p, got);
			return true;
		}
		if (r != LIBDEFLATE_INSUFFICIENT_SPACE)
			return false;
	}
	return false;
}

bool sk_pdf_inflate(struct sk_pdf *x, struct sk_slice in, struct sk_slice *out, bool *damaged)
{
	bool good = in.n < (64 << 20) && inflate_fast(x, in, out);

	if (!good)
		good = inflate_slow(x, in, false, out, damaged);
	if (!good && x->rc == 0 && in.n > 2) /* a wrong header, but deflate behind it */
		good = inflate_slow(x, sk_slice_sub(in, 2, in.n), true, out, damaged);
	return good && x->rc == 0;
}

/* --- predictors --- */

struct predictor {
	int kind;
	uint32_t bpp; /* bytes from one pixel to the next */
	size_t row;
	uint32_t colours, bits;
};

static bool read_predictor(struct sk_pdf *x, const struct sk_pdf_val *parms, struct predictor *p)
{
	int64_t kind = sk_pdf_int(x, parms, "Predictor", 1), c = sk_pdf_int(x, parms, "Colors", 1);
	int64_t b = sk_pdf_int(x, parms, "BitsPerComponent", 8),
		w = sk_pdf_int(x, parms, "Columns", 1);

	*p = (struct predictor){0};
	if (kind < 2)
		return true;
	if (c < 1 || c > 64 || b < 1 || b > 16 || w < 1 || w > (1 << 26))
		return false;
	p->kind = (int)kind;
	p->row = (size_t)((c * b * w + 7) / 8);
	p->bpp = (uint32_t)((c * b + 7) / 8);
	p->colours = (uint32_t)c;
	p->bits = (uint32_t)b;
	return true;
}

static uint8_t paeth(int a, int b, int c)
{
	int p = a + b - c, pa = abs(p - a), pb = abs(p - b), pc = abs(p - c);

	if (pa <= pb && pa <= pc)
		return (uint8_t)a;
	return (uint8_t)(pb <= pc ? b : c);
}

static void undo_png_row(uint8_t tag, uint8_t *cur, const uint8_t *up, size_t n, size_t bpp)
{
	for (size_t i = 0; i < n; i++) {
		int a = i < bpp ? 0 : cur[i - bpp], b = up ? up[i] : 0,
		    c = i < bpp || !up ? 0 : up[i - bpp];
		if (tag == 1)
			cur[i] = (uint8_t)(cur[i] + a);
		else if (tag == 2)
			cur[i] = (uint8_t)(cur[i] + b);
		else if (tag == 3)
			cur[i] = (uint8_t)(cur[i] + (a + b) / 2);
		else if (tag == 4)
			cur[i] = (uint8_t)(cur[i] + paeth(a, b, c));
	}
}

static bool undo_png(struct sk_pdf *x, const struct predictor *p, struct sk_slice *s)
{
	size_t rows = (s->n + p->row) / (p->row + 1);
	uint8_t *out = sk_arena_array(x->tmp, rows, p->row), *up = NULL;
	size_t total = 0;

	if (out == NULL)
		return sk_pdf_fatal(x, SK_ENOMEM);
	for (size_t i = 0; i < rows; i++) {
		struct sk_slice in = sk_slice_sub(*s, i * (p->row + 1), p->row + 1);
		uint8_t *cur = out + i * p->row;
		if (in.n > 1)
			memcpy(cur, in.p + 1, in.n - 1);
		undo_png_row(in.n ? in.p[0] : 0, cur, up, p->row, p->bpp);
		total += in.n ? in.n - 1 : 0;
		up = cur;
	}
	*s = sk_slice(out, total);
	return true;
}

static void undo_tiff_bits(const struct predictor *p, uint8_t *row)
{
	unsigned mask = (1U << p->bits) - 1, left[64] = {0};
	size_t samples = p->row * 8 / p->bits;

	for (size_t i = 0; i < samples; i++) {
		size_t bit = i * p->bits;
		unsigned shift = 8 - p->bits - (unsigned)(bit & 7), c = (unsigned)(i % p->colours);
		left[c] = (left[c] + (row[bit >> 3] >> shift)) & mask;
		row[bit >> 3] = (uint8_t)((row[bit >> 3] & ~(mask << shift)) | left[c] << shift);
	}
}

static bool undo_tiff(struct sk_pdf *x, const struct predictor *p, struct sk_slice *s)
{
	uint8_t *out = sk_arena_dup(x->tmp, s->p, s->n);

	if (out == NULL)
		return sk_pdf_fatal(x, SK_ENOMEM);
	for (size_t at = 0; at + p->row <= s->n; at += p->row) {
		uint8_t *row = out + at;
		if (p->bits == 8) {
			for (size_t i = p->colours; i < p->row; i++)
				row[i] = (uint8_t)(row[i] + row[i - p->colours]);
		} else if (p->bits == 16) {
			for (size_t i = 2 * (size_t)p->colours; i + 1 < p->row; i += 2) {
				const uint8_t *l = row + i - 2 * (size_t)p->colours;
				unsigned v = (unsigned)(row[i] << 8 | row[i + 1]) +
					     (unsigned)(l[0] << 8 | l[1]);
				row[i] = (uint8_t)(v >> 8);
				row[i + 1] = (uint8_t)v;
			}
		} else if (p->bits == 1 || p->bits == 2 || p->bits == 4) {
			undo_tiff_bits(p, row);
		}
	}
	*s = sk_slice(out, s->n);
	return true;
}

static bool unpredict(
    struct sk_pdf *x, const struct sk_pdf_val *parms, struct sk_pdf_data *d, bool keep_png)
{
	struct predictor p;

	if (parms == NULL)
		return true;
	if (!read_predictor(x, parms, &p))
		return false;
	if (p.kind == 0)
		return true;
	if (p.kind == 2)
		return undo_tiff(x, &p, &d->bytes);
	if (keep_png) {
		d->png = true;
		return true;
	}
	return undo_png(x, &p, &d->bytes);
}

/* --- chains --- */

typedef bool decode_fn(struct sk_slice in, struct sk_buf *out);

static bool by_buffer(struct sk_pdf *x, struct sk_pdf_data *d, decode_fn *f, int early)
{
	size_t max = sk_job_expand_left(x->job);
	struct sk_buf b = SK_BUF(max > SK_LIMIT_MEMBER ? SK_LIMIT_MEMBER : max + 1);
	bool good = f ? f(d->bytes, &b) : sk_pdf_lzw(d->bytes, early, &b);

	if (b.err)
		good = sk_pdf_fatal(x, sk_job_expand(x->job, UINT64_MAX));
	if (good) {
		d->bytes = sk_slice(sk_arena_dup(x->tmp, b.p, b.len), b.len);
		if (d->bytes.p == NULL)
			good = sk_pdf_fatal(x, SK_ENOMEM);
	}
	sk_buf_free(&b);
	return good;
}

static bool named(const struct sk_pdf_val *v, const char *a, const char *b)
{
	return sk_pdf_is(v, a) || sk_pdf_is(v, b);
}

/* A coding that ends the chain, or SK_PDF_PLAIN. */
static enum sk_pdf_coding coding_of(const struct sk_pdf_val *f)
{
	if (named(f, "DCTDecode", "DCT"))
		return SK_PDF_DCT;
	if (sk_pdf_is(f, "JPXDecode"))
		return SK_PDF_JPX;
	if (sk_pdf_is(f, "JBIG2Decode"))
		return SK_PDF_JBIG2;
	if (named(f, "CCITTFaxDecode", "CCF"))
		return SK_PDF_CCITT;
	return SK_PDF_PLAIN;
}

static bool apply(struct sk_pdf *x, const struct sk_pdf_val *f, const struct sk_pdf_val *parms,
    bool keep_png, struct sk_pdf_data *d)
{
	if (sk_pdf_is(f, "Crypt"))
		return true;
	if (named(f, "FlateDecode", "Fl")) {
		if (!sk_pdf_inflate(x, d->bytes, &d->bytes, &d->damaged))
			return false;
	} else if (named(f, "LZWDecode", "LZW")) {
		if (!by_buffer(x, d, NULL, sk_pdf_int(x, parms, "EarlyChange", 1) != 0))
			return false;
	} else if (named(f, "ASCII85Decode", "A85")) {
		return by_buffer(x, d, sk_pdf_ascii85, 0);
	} else if (named(f, "ASCIIHexDecode", "AHx")) {
		return by_buffer(x, d, sk_pdf_asciihex, 0);
	} else if (named(f, "RunLengthDecode", "RL")) {
		return by_buffer(x, d, sk_pdf_runlength, 0);
	} else {
		d->coding = SK_PDF_UNKNOWN_CODING;
		return true;
	}
	return unpredict(x, parms, d, keep_png);
}

static const struct sk_pdf_val *either(
    struct sk_pdf *x, const struct sk_pdf_val *dict, const char *a, const char *b)
{
	const struct sk_pdf_val *v = sk_pdf_get(x, dict, a);

	return v ? v : sk_pdf_get(x, dict, b);
}

static const struct sk_pdf_val *only_dict(const struct sk_pdf_val *v)
{
	return v && v->kind == SK_PDF_DICT ? v : NULL;
}

bool sk_pdf_decode_bytes(struct sk_pdf *x, const struct sk_pdf_val *dict, struct sk_slice bytes,
    bool keep_png, struct sk_pdf_data *out)
{
	const struct sk_pdf_val *f = either(x, dict, "Filter", "F"),
				*p = either(x, dict, "DecodeParms", "DP");
	uint32_t n = f == NULL ? 0 : f->kind == SK_PDF_ARRAY ? f->n : 1;

	*out = (struct sk_pdf_data){.bytes = bytes};
	if (n > MAX_FILTERS)
		return false;
	for (uint32_t i = 0; i < n && out->coding == SK_PDF_PLAIN; i++) {
		const struct sk_pdf_val *one = f->kind == SK_PDF_ARRAY ? sk_pdf_at(x, f, i) : f;
		const struct sk_pdf_val *parms =
		    only_dict(p && p->kind == SK_PDF_ARRAY ? sk_pdf_at(x, p, i)
			      : i == 0                     ? p
							   : NULL);
		out->coding = coding_of(one);
		out->parms = parms;
		if (out->coding == SK_PDF_PLAIN &&
		    !apply(x, one, parms, keep_png && i + 1 == n, out))
			return false;
		if (out->coding != SK_PDF_PLAIN && i + 1 < n)
			return false;
	}
	if (out->coding == SK_PDF_PLAIN) {
		int rc = sk_job_expand(x->job, out->bytes.n + STREAM_COST);
		if (rc)
			return sk_pdf_fatal(x, rc);
	}
	return x->rc == 0;
}

bool sk_pdf_decode(struct sk_pdf *x, struct sk_pdf_in *in, bool keep_png, struct sk_pdf_data *out)
{
	struct sk_slice bytes;

	if (in == NULL || !in->stream || sk_pdf_raw(&in->val, "F") || !sk_pdf_stored(x, in, &bytes))
		return false;
	return sk_pdf_decode_bytes(x, &in->val, bytes, keep_png, out);
}

bool sk_pdf_plain(struct sk_pdf *x, struct sk_pdf_in *in, struct sk_slice *out)
{
	struct sk_pdf_data d;

	if (!sk_pdf_decode(x, in, false, &d) || d.coding != SK_PDF_PLAIN)
		return false;
	if (d.damaged)
		sk_pdf_removed(x, SK_PDF_DAMAGED);
	*out = d.bytes;
	return true;
}
