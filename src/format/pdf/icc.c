/*
 * ICC profiles (ICC.1): the tags that a source profile needs, in a fixed order, from their values; no text,
 * dates or private tags. doc/profiles/pdf.md, section 10. Cleaner's jail.
 */
#include "format/pdf/pdf.h"

enum { NTAGS = 13, MAX_PROFILE = 16 << 20 };

enum tag { WTPT, BKPT, CHAD, RXYZ, GXYZ, BXYZ, RTRC, GTRC, BTRC, KTRC, A2B0, A2B1, A2B2 };

static const char tags[NTAGS][5] = {"wtpt", "bkpt", "chad", "rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC",
    "bTRC", "kTRC", "A2B0", "A2B1", "A2B2"};

struct profile {
	struct sk_slice in;
	struct sk_slice tag[NTAGS]; /* checked data; empty: absent */
	unsigned n;
};

static bool starts(struct sk_slice s, const char *type)
{
	return s.n >= 8 && memcmp(s.p, type, 4) == 0 && memcmp(s.p + 4, "\0\0\0\0", 4) == 0;
}

/* The part of the tag that its own numbers ask for; empty when it is not of a known type. */
static struct sk_slice curve(struct sk_slice s)
{
	static const size_t numbers[] = {1, 3, 4, 5, 7};
	struct sk_reader r = sk_reader(s);
	size_t need = 0;

	sk_read_skip(&r, 8);
	if (starts(s, "curv")) {
		uint32_t n = sk_read_u32be(&r);
		need = n <= 65535 ? 12 + 2 * (size_t)n : SIZE_MAX;
	} else if (starts(s, "para")) {
		uint16_t f = sk_read_u16be(&r);
		need = f <= 4 && sk_read_u16be(&r) == 0 ? 12 + 4 * numbers[f] : SIZE_MAX;
	}
	return sk_slice(s.p, !r.bad && need <= s.n ? need : 0);
}

static struct sk_slice table(struct sk_slice s, unsigned inputs)
{
	struct sk_reader r = sk_reader(s);
	bool small = starts(s, "mft1");

	if (!small && !starts(s, "mft2"))
		return sk_slice(s.p, 0);
	sk_read_skip(&r, 8);
	unsigned in = sk_read_u8(&r), out = sk_read_u8(&r), grid = sk_read_u8(&r),
		 zero = sk_read_u8(&r);
	sk_read_skip(&r, 36);
	uint64_t curves = small ? 256 : sk_read_u16be(&r), ends = small ? 256 : sk_read_u16be(&r),
		 points = out;
	if (r.bad || in != inputs || out != 3 || zero || grid < 2 || curves < 2 || curves > 4096 ||
	    ends < 2 || ends > 4096)
		return sk_slice(s.p, 0);
	for (unsigned i = 0; i < in; i++)
		points *= grid;
	uint64_t need = r.pos + (small ? 1 : 2) * (in * curves + points + out * ends);
	return sk_slice(s.p, need <= s.n ? (size_t)need : 0);
}

static struct sk_slice check(const struct profile *p, int k, struct sk_slice s)
{
	if (k == CHAD)
		return sk_slice(s.p, starts(s, "sf32") && s.n >= 44 ? 44 : 0);
	if (k <= BXYZ)
		return sk_slice(s.p, starts(s, "XYZ ") && s.n >= 20 ? 20 : 0);
	if (k <= KTRC)
		return curve(s);
	return table(s, p->n);
}

static bool read_header(struct profile *p)
{
	const uint8_t *h = p->in.p;

	if (p->in.n < 132 || p->in.n > MAX_PROFILE || memcmp(h + 36, "acsp", 4) != 0 ||
	    (h[8] != 2 && h[8] != 4))
		return false;
	if (memcmp(h + 12, "mntr", 4) && memcmp(h + 12, "prtr", 4) && memcmp(h + 12, "scnr", 4) &&
	    memcmp(h + 12, "spac", 4))
		return false;
	if (memcmp(h + 20, "XYZ ", 4) && memcmp(h + 20, "Lab ", 4))
		return false;
	p->n = memcmp(h + 16, "GRAY", 4) == 0   ? 1
	       : memcmp(h + 16, "RGB ", 4) == 0 ? 3
	       : memcmp(h + 16, "CMYK", 4) == 0 ? 4
						: 0;
	return p->n != 0;
}

static bool read_tags(struct profile *p)
{
	struct sk_reader r = sk_reader(p->in);

	sk_read_skip(&r, 128);
	uint32_t n = sk_read_u32be(&r);
	for (uint32_t i = 0; i < n && i < 100; i++) {
		struct sk_slice sig = sk_read_slice(&r, 4);
		uint32_t at = sk_read_u32be(&r), size = sk_read_u32be(&r);
		for (int k = 0; k < NTAGS && !r.bad; k++)
			if (memcmp(sig.p, tags[k], 4) == 0 && p->tag[k].n == 0)
				p->tag[k] = check(p, k, sk_slice_sub(p->in, at, size));
	}
	if (p->n == 1)
		return p->tag[KTRC].n > 0;
	if (p->n == 4)
		return p->tag[A2B0].n > 0;
	return p->tag[A2B0].n || (p->tag[RXYZ].n && p->tag[GXYZ].n && p->tag[BXYZ].n &&
				     p->tag[RTRC].n && p->tag[GTRC].n && p->tag[BTRC].n);
}

/* A curve that is the one before stands only once. */
static bool shared(const struct profile *p, int k)
{
	return k > RTRC && k <= BTRC && sk_slice_eq(p->tag[k], p->tag[k - 1]);
}

static void put_header(const struct profile *p, struct sk_buf *b)
{
	const uint8_t *h = p->in.p;

	sk_buf_put_u32be(b, 0); /* the size, when it is known */
	sk_buf_put_u32be(b, 0);
	sk_buf_put(b, h + 8, 2);
	sk_buf_put_u16be(b, 0);
	sk_buf_put(b, h + 12, 12);
	sk_buf_fill(b, 0, 12);
	sk_buf_puts(b, "acsp");
	sk_buf_fill(b, 0, 24);
	sk_buf_put_u32be(b, h[64] == 0 && h[65] == 0 && h[66] == 0 && h[67] <= 3 ? h[67] : 0);
	sk_buf_put_u32be(b, 0xf6d6);
	sk_buf_put_u32be(b, 0x10000);
	sk_buf_put_u32be(b, 0xd32d);
	sk_buf_fill(b, 0, 48);
}

static void put_u32(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

static int put_profile(const struct profile *p, struct sk_buf *b)
{
	uint32_t n = 0, at = 0;

	put_header(p, b);
	for (int k = 0; k < NTAGS; k++)
		n += p->tag[k].n > 0;
	sk_buf_put_u32be(b, n);
	size_t entry = b->len;
	sk_buf_fill(b, 0, 12 * (size_t)n);
	for (int k = 0; k < NTAGS && b->err == 0; k++) {
		if (p->tag[k].n == 0)
			continue;
		if (!shared(p, k)) {
			at = (uint32_t)b->len;
			sk_buf_put_slice(b, p->tag[k]);
			sk_buf_fill(b, 0, (4 - b->len % 4) % 4);
		}
		if (b->err == 0) {
			memcpy(b->p + entry, tags[k], 4);
			put_u32(b->p + entry + 4, at);
			put_u32(b->p + entry + 8, p->tag[k].n);
			entry += 12;
		}
	}
	if (b->err == 0)
		put_u32(b->p, b->len);
	return b->err;
}

static const struct sk_pdf_rule icc_rules[] = {
    {"N", SK_PDF_R_INT, true, 1, 4},
    {"Alternate", SK_PDF_R_NAMES, .arg = "DeviceGray DeviceRGB DeviceCMYK"},
    {"Range", SK_PDF_R_NUMS, .min = 2, .max = 8},
    {NULL},
};

/* Alternate and Range must fit N; they are dropped where they do not. */
static void settle(struct sk_pdf *x, struct sk_pdf_val *v, unsigned n)
{
	const struct sk_pdf_val *a = sk_pdf_raw(v, "Alternate"), *r = sk_pdf_raw(v, "Range");
	struct sk_pdf_val out = sk_pdf_vdict(), device = sk_pdf_device(n);

	sk_pdf_put(x, &out, "N", sk_pdf_vint(n));
	if (a && sk_slice_eq(sk_slice(a->s, a->n), sk_slice(device.s, device.n)))
		sk_pdf_put(x, &out, "Alternate", *a);
	if (r && r->n == 2 * n)
		sk_pdf_put(x, &out, "Range", *r);
	*v = out;
}

bool sk_pdf_icc(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_in *in, struct sk_pdf_out *o)
{
	struct profile p = {.n = 0};
	struct sk_buf b = SK_BUF(MAX_PROFILE);

	o->val = sk_pdf_vdict();
	if (in == NULL || !in->stream || !sk_pdf_plain(x, in, &p.in) || !read_header(&p) ||
	    !read_tags(&p) || sk_pdf_int(x, v, "N", 0) != p.n ||
	    !sk_pdf_dict(x, v, icc_rules, &o->val))
		return false;
	settle(x, &o->val, p.n);
	o->note = p.n;
	bool good = put_profile(&p, &b) == 0 && sk_pdf_pack(x, o, sk_buf_slice(&b));
	sk_buf_free(&b);
	return good;
}
