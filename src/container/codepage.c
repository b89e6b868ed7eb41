/* The tables of code pages; codepages.inc is written by make-codepages while sekisho is built. Cleaner's jail. */
#include "container/codepage.h"

#include "base/err.h"
#include "base/utf8.h"
#include "codepages.inc"

#define KANA 0xFF61 /* half-width katakana, at A1 to DF of CP932 */

static const struct {
	unsigned number;
	const uint16_t (*table)[SK_CODEPAGE_TRAILS];
} doubles[] = {
    {932, sk_codepage_932}, {936, codepage_936}, {949, codepage_949}, {950, codepage_950}};

static const uint16_t *single(unsigned number)
{
	for (size_t i = 0; i < sizeof(singles) / sizeof(singles[0]); i++)
		if (singles[i].number == number)
			return singles[i].high;
	return NULL;
}

static int pairs_of(unsigned number)
{
	for (int i = 0; i < (int)(sizeof(doubles) / sizeof(doubles[0])); i++)
		if (doubles[i].number == number)
			return i;
	return -1;
}

bool sk_codepage_known(unsigned number)
{
	return single(number) || pairs_of(number) >= 0;
}

static void put(struct sk_buf *out, uint32_t cp, uint32_t *bad)
{
	*bad += cp == 0;
	sk_utf8_put(out, cp ? cp : 0xFFFD);
}

static size_t ascii_run(struct sk_slice in, size_t at)
{
	size_t end = at;

	while (end < in.n && in.p[end] < 0x80)
		end++;
	return end - at;
}

static size_t put_pair(const uint16_t table[][SK_CODEPAGE_TRAILS], struct sk_slice in, size_t at,
    struct sk_buf *out, uint32_t *bad)
{
	uint16_t cp = at + 1 < in.n ? sk_codepage_pair(table, in.p[at], in.p[at + 1]) : 0;

	put(out, cp, bad);
	return cp || (at + 1 < in.n && in.p[at + 1] >= 0x80) ? 2 : 1;
}

int sk_codepage_to_utf8(unsigned number, struct sk_slice in, struct sk_buf *out, uint32_t *bad)
{
	const uint16_t *high = single(number);
	int of = pairs_of(number);

	if (high == NULL && of < 0)
		return SK_EUNSUPPORTED;
	for (size_t at = 0; at < in.n && !out->err;) {
		size_t n = ascii_run(in, at);
		uint8_t b = in.p[at];
		if (n) {
			sk_buf_put(out, in.p + at, n);
			at += n;
		} else if (high || (number == 932 && b >= 0xA1 && b <= 0xDF)) {
			put(out, high ? high[b - 0x80] : KANA + b - 0xA1U, bad);
			at++;
		} else {
			at += put_pair(doubles[of].table, in, at, out, bad);
		}
	}
	return out->err;
}

/* NEC's selection of IBM's characters, at ED and EE, is read but never written: so does Windows. */
static bool written(unsigned lead)
{
	return lead != 0xED && lead != 0xEE;
}

static int put_932(uint32_t cp, struct sk_buf *out)
{
	if (cp < 0x80)
		return sk_buf_putc(out, (uint8_t)cp);
	if (cp >= KANA && cp < KANA + 0x3F)
		return sk_buf_putc(out, (uint8_t)(cp - KANA + 0xA1));
	for (unsigned lead = 0x81; lead < 0xFD; lead++)
		for (unsigned trail = 0x40; trail < 0xFD && written(lead); trail++)
			if (sk_codepage_pair(sk_codepage_932, (uint8_t)lead, (uint8_t)trail) == cp)
				return sk_buf_put_u16be(out, (uint16_t)(lead << 8 | trail));
	return SK_EFORMAT;
}

int sk_codepage_to_932(struct sk_slice utf8, struct sk_buf *out)
{
	int rc = 0;

	for (size_t at = 0; at < utf8.n && rc == 0;) {
		int32_t cp = sk_utf8_next(utf8, &at);
		rc = cp < 0 ? SK_EFORMAT : put_932((uint32_t)cp, out);
	}
	return rc;
}
