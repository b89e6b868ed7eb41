/*
 * ICC profiles (ICC.1:2010) as the profile has them (doc/profiles/pdf.md, section 10): a header without a
 * history, listed tags in a fixed order, their data without a gap. Verifier's jail.
 */
#include "verify/pdf/pdf.h"

enum tag { WTPT, BKPT, CHAD, RXYZ, GXYZ, BXYZ, RTRC, GTRC, BTRC, KTRC, A2B0, A2B1, A2B2, TAGS };

static const char names[TAGS][5] = {"wtpt", "bkpt", "chad", "rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC",
    "bTRC", "kTRC", "A2B0", "A2B1", "A2B2"};

enum { HEADER = 128, MAX_CURVE = 65535 };

struct icc {
	struct sk_pv *p;
	struct sk_slice in;
	unsigned n;        /* channels */
	uint32_t have;     /* bit per tag */
	size_t next;       /* where the next data must stand */
	size_t trc, trc_n; /* the last TRC, which the next may share */
};

static int fault(struct icc *c, const char *what)
{
	(void)sk_pv_fail(c->p, "ICC profile: %s", what);
	return SK_EFORMAT;
}

static bool zeros(struct sk_slice s)
{
	struct sk_reader r = sk_reader(s);

	while (sk_read_left(&r))
		if (sk_read_u8(&r))
			return false;
	return true;
}

static bool one_of(struct sk_slice s, const char *list)
{
	for (; *list; list += 4)
		if (sk_slice_eq(s, sk_slice(list, 4)))
			return true;
	return false;
}

static int header(struct icc *c)
{
	static const uint8_t white[] = {0, 0, 0xf6, 0xd6, 0, 1, 0, 0, 0, 0, 0xd3, 0x2d};
	struct sk_reader r = sk_reader(c->in);
	const char *space = c->n == 1 ? "GRAY" : c->n == 3 ? "RGB " : "CMYK";

	if (c->in.n < HEADER + 4 || sk_read_u32be(&r) != c->in.n || !zeros(sk_read_slice(&r, 4)))
		return fault(c, "wrong size, or made for one program");
	uint8_t major = sk_read_u8(&r);
	sk_read_skip(&r, 1);
	if ((major != 2 && major != 4) || sk_read_u16be(&r) != 0)
		return fault(c, "version is not allowed");
	if (!one_of(sk_read_slice(&r, 4), "mntrprtrscnrspac") ||
	    !one_of(sk_read_slice(&r, 4), space) || !one_of(sk_read_slice(&r, 4), "XYZ Lab "))
		return fault(c, "class or colour space is not allowed");
	if (!zeros(sk_read_slice(&r, 12)) || !one_of(sk_read_slice(&r, 4), "acsp") ||
	    !zeros(sk_read_slice(&r, 24)))
		return fault(c, "header holds more than it should");
	if (sk_read_u32be(&r) > 3 || memcmp(sk_read_slice(&r, 12).p, white, 12) != 0 ||
	    !zeros(sk_read_slice(&r, 48)))
		return fault(c, "intent, illuminant or the rest of the header is wrong");
	return 0;
}

static uint32_t channel_power(uint32_t base, unsigned n)
{
	uint32_t v = 1;

	while (n--)
		v *= base;
	return v;
}

/* A table of mft1 or mft2: is its length what its numbers say? */
static bool good_lut(struct icc *c, struct sk_slice s, bool wide)
{
	struct sk_reader r = sk_reader(s);

	sk_read_skip(&r, 8);
	uint8_t in = sk_read_u8(&r), out = sk_read_u8(&r), grid = sk_read_u8(&r),
		pad = sk_read_u8(&r);
	sk_read_skip(&r, 36);
	uint64_t ni = wide ? sk_read_u16be(&r) : 256, no = wide ? sk_read_u16be(&r) : 256;
	if (r.bad || in != c->n || out != 3 || pad || grid < 1 || ni < 2 || no < 2)
		return false;
	uint64_t want = ni * in + channel_power(grid, in) * (uint64_t)out + no * out;
	return sk_read_left(&r) == want * (wide ? 2 : 1);
}

static bool good_curve(struct sk_slice s)
{
	static const uint8_t parameters[] = {1, 3, 4, 5, 7};
	struct sk_reader r = sk_reader(s);
	bool para = one_of(sk_read_slice(&r, 4), "para");

	sk_read_skip(&r, 4);
	if (para) {
		uint16_t type = sk_read_u16be(&r), reserved = sk_read_u16be(&r);
		return type < 5 && reserved == 0 && sk_read_left(&r) == 4U * parameters[type];
	}
	uint32_t n = sk_read_u32be(&r);
	return !r.bad && n <= MAX_CURVE && sk_read_left(&r) == 2 * (size_t)n;
}

static bool good_data(struct icc *c, enum tag t, struct sk_slice s)
{
	struct sk_slice type = sk_slice_sub(s, 0, 4);

	if (s.n < 8 || !zeros(sk_slice_sub(s, 4, 4)))
		return false;
	switch (t) {
	case CHAD:
		return one_of(type, "sf32") && s.n == 44;
	case RTRC:
	case GTRC:
	case BTRC:
	case KTRC:
		return one_of(type, "curvpara") && good_curve(s);
	case A2B0:
	case A2B1:
	case A2B2:
		return one_of(type, "mft1mft2") && good_lut(c, s, type.p[3] == '2');
	default:
		return one_of(type, "XYZ ") && s.n == 20;
	}
}

/* Equal curves share their data; so data that equals the one before may not stand there again. */
static bool shares(struct icc *c, enum tag t, size_t at, size_t n)
{
	return (t == GTRC || t == BTRC) && c->trc && at == c->trc && n == c->trc_n;
}

static int tag(struct icc *c, struct sk_reader *r, unsigned *least)
{
	struct sk_slice name = sk_read_slice(r, 4);
	size_t at = sk_read_u32be(r), n = sk_read_u32be(r);
	unsigned t = *least;

	while (t < TAGS && !one_of(name, names[t]))
		t++;
	if (r->bad || t == TAGS)
		return fault(c, "tag is not allowed or not in order");
	*least = t + 1;
	c->have |= 1U << t;
	if (shares(c, (enum tag)t, at, n))
		return 0;
	if (at != c->next || n > c->in.n - at)
		return fault(c, "data does not stand behind the one before");
	struct sk_slice s = sk_slice_sub(c->in, at, n);
	if (!good_data(c, (enum tag)t, s))
		return fault(c, "data of a tag is not what it must be");
	if ((t == GTRC || t == BTRC) && c->trc &&
	    sk_slice_eq(s, sk_slice_sub(c->in, c->trc, c->trc_n)))
		return fault(c, "equal curves are not shared");
	if (t == RTRC || t == GTRC) {
		c->trc = at;
		c->trc_n = n;
	}
	size_t pad = (4 - n % 4) % 4;
	struct sk_slice fill = sk_slice_sub(c->in, at + n, pad);
	if (fill.n != pad || !zeros(fill))
		return fault(c, "padding is missing or not zero");
	c->next = at + n + pad;
	return 0;
}

static bool complete(const struct icc *c)
{
	const uint32_t matrix =
	    1U << RXYZ | 1U << GXYZ | 1U << BXYZ | 1U << RTRC | 1U << GTRC | 1U << BTRC;

	if (c->n == 1)
		return c->have & 1U << KTRC;
	return (c->have & 1U << A2B0) || (c->n == 3 && (c->have & matrix) == matrix);
}

int sk_pv_check_icc(struct sk_pv *p, struct sk_slice in, unsigned n)
{
	struct icc c = {.p = p, .in = in, .n = n};
	struct sk_reader r = sk_reader(in);
	unsigned least = 0;
	int rc = header(&c);

	if (rc)
		return rc;
	sk_read_seek(&r, HEADER);
	uint32_t tags = sk_read_u32be(&r);
	if (tags == 0 || tags > TAGS)
		return fault(&c, "wrong number of tags");
	c.next = HEADER + 4 + 12 * (size_t)tags;
	for (uint32_t i = 0; rc == 0 && i < tags; i++)
		rc = tag(&c, &r, &least);
	if (rc == 0 && c.next != in.n)
		rc = fault(&c, "bytes behind the last tag");
	if (rc == 0 && !complete(&c))
		rc = fault(&c, "a tag that is needed is missing");
	return rc;
}
