/* Questions to a scanner and its answers on the wire: scan.h. Numbers are little-endian; a text is its length (u16) and UTF-8. */
#include "scan/scan.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "scan/clamd.h"

/* Clocks of two machines, and time zones, may differ by a day; signatures from further in the future are of no known age. */
#define AHEAD 86400

static void put_text(struct sk_buf *out, const char *s)
{
	sk_buf_put_u16le(out, (uint16_t)strlen(s));
	sk_buf_puts(out, s);
}

static bool get_text(struct sk_reader *r, char dst[SK_SCAN_NAME + 1])
{
	struct sk_slice s = sk_read_slice(r, sk_read_u16le(r));

	if (r->bad || s.n > SK_SCAN_NAME || !sk_utf8_valid(s) || (s.n && memchr(s.p, 0, s.n)))
		return false;
	if (s.n)
		memcpy(dst, s.p, s.n);
	dst[s.n] = '\0';
	return true;
}

int sk_scan_put_file(uint32_t millis, const struct sk_bytes *what, struct sk_buf *out)
{
	sk_buf_put_u32le(out, millis);
	return sk_bytes_put(what, out);
}

int sk_scan_get_file(struct sk_slice in, uint32_t *millis, struct sk_bytes *what)
{
	struct sk_reader r = sk_reader(in);
	uint32_t v = sk_read_u32le(&r);

	if (r.bad || sk_bytes_get(sk_slice_sub(in, 4, in.n), what))
		return SK_EFORMAT;
	*millis = v;
	return 0;
}

int sk_scan_put_done(const struct sk_scan_done *d, struct sk_buf *out)
{
	sk_buf_putc(out, d->verdict);
	sk_buf_put_u64le(out, (uint64_t)d->age);
	put_text(out, d->text);
	put_text(out, d->engine);
	return out->err;
}

/* Clean with something to tell, or not clean without, is no verdict. */
int sk_scan_get_done(struct sk_slice in, struct sk_scan_done *d)
{
	struct sk_reader r = sk_reader(in);
	bool good;

	memset(d, 0, sizeof(*d));
	d->verdict = sk_read_u8(&r);
	d->age = (int64_t)sk_read_u64le(&r);
	good = get_text(&r, d->text) && get_text(&r, d->engine) && sk_read_at_end(&r) &&
	       d->verdict >= SK_SCANNED_CLEAN && d->verdict <= SK_SCANNED_FAILED && d->age >= -1 &&
	       (d->verdict == SK_SCANNED_CLEAN) == (d->text[0] == '\0');
	if (good)
		return 0;
	memset(d, 0, sizeof(*d));
	return SK_EFORMAT;
}

static int64_t age_of(int64_t signatures, int64_t now)
{
	if (signatures <= 0 || signatures > now + AHEAD)
		return -1;
	return signatures < now ? now - signatures : 0;
}

void sk_scan_from_clamd(const struct sk_clamd_result *r, int64_t now, struct sk_scan_done *d)
{
	memset(d, 0, sizeof(*d));
	d->verdict = r->verdict == SK_CLAMD_CLEAN   ? SK_SCANNED_CLEAN
		     : r->verdict == SK_CLAMD_FOUND ? SK_SCANNED_FOUND
						    : SK_SCANNED_FAILED;
	d->age = age_of(r->signatures, now);
	sk_utf8_display(d->engine, sizeof(d->engine), sk_slice_str(r->engine));
	if (d->verdict != SK_SCANNED_CLEAN)
		sk_utf8_display(d->text, sizeof(d->text),
		    sk_slice_str(r->text[0] ? r->text : "clamd does not say why"));
}
