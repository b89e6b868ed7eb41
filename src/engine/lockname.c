/*
 * The name of the one member of a zip that protects a document again. The verifier does not see that zip, and whoever sent the
 * document chose its name: it must mean one file in one folder on every system (doc/profiles/archive.md, Names). Caller's process.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/letters.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "engine/lock.h"

#define VARIATION_FIRST 0xE0100
#define VARIATION_LAST 0xE01EF
#define MARKS_MAX 8 /* in a row */

/* Besides what ASCII forbids: direction, what is not seen, other line ends, no characters (doc/profiles/text.md, section 1). */
static const struct sk_letters never[] = {
    {0x7F, 0x9F},
    {0xAD, 0xAD},
    {0x34F, 0x34F},
    {0x61C, 0x61C},
    {0x115F, 0x1160},
    {0x17B4, 0x17B5},
    {0x180B, 0x180E},
    {0x200B, 0x200F},
    {0x2028, 0x202E},
    {0x2060, 0x206F},
    {0x3164, 0x3164},
    {0xFDD0, 0xFDEF},
    {0xFE00, 0xFE0F},
    {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0},
    {0xFFF9, 0xFFFB},
    {0x1BCA0, 0x1BCA3},
    {0x1D173, 0x1D17A},
    {0xE0000, 0xE00FF},
    {0xE01F0, 0xE0FFF},
};

/* `before`: what stands in front of it as it is written; *row: how many marks that are in a row. */
static bool is_allowed(int32_t c, int32_t before, unsigned *row)
{
	*row = sk_is_mark((uint32_t)c) ? *row + 1 : 0;
	if (c < 0x20 || (c < 0x7F && strchr("\\:*?\"<>|", c)) || (c & 0xFFFE) == 0xFFFE)
		return false;
	if (c >= VARIATION_FIRST && c <= VARIATION_LAST)
		return sk_is_ideograph((uint32_t)before);
	return !SK_LETTERS_HOLD(never, (uint32_t)c) && *row <= MARKS_MAX;
}

/* Windows takes these for devices, whatever stands behind their first dot. */
static bool is_device(struct sk_slice name)
{
	static const char *const devices[] = {
	    "CON", "PRN", "AUX", "NUL", "CLOCK$", "CONIN$", "CONOUT$"};
	const char *p = (const char *)name.p;
	size_t n = sk_slice_find(name, 0, SK_SLICE_LIT("."));

	n = n == SIZE_MAX ? name.n : n;
	while (n && p[n - 1] == ' ')
		n--;
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		if (strlen(devices[i]) == n && strncasecmp(p, devices[i], n) == 0)
			return true;
	if (n < 4 || (strncasecmp(p, "COM", 3) != 0 && strncasecmp(p, "LPT", 3) != 0))
		return false;
	struct sk_slice number = sk_slice_sub(name, 3, n - 3);
	return (n == 4 && *number.p >= '0' && *number.p <= '9') ||
	       sk_slice_is(number, "\xC2\xB9") || sk_slice_is(number, "\xC2\xB2") ||
	       sk_slice_is(number, "\xC2\xB3");
}

/* At most `most` bytes of it, whole characters, each that may not stand there as '_'. */
static void put_safely(struct sk_slice name, size_t most, struct sk_buf *out)
{
	int32_t before = 0;
	unsigned row = 0;

	for (size_t at = 0; at < name.n && !out->err;) {
		int32_t c = sk_utf8_next(name, &at);
		bool blank = c == ' ' && out->len == 0;
		size_t end = out->len;
		bool kept = is_allowed(c, before, &row) && !blank;
		before = kept ? c : '_';
		sk_utf8_put(out, (uint32_t)before);
		if (out->len > most) {
			out->len = end;
			return;
		}
	}
}

char *sk_lock_member_name(const char *given, const char *ext)
{
	const char *slash = given ? strrchr(given, '/') : NULL;
	const char *name = slash ? slash + 1 : given && *given ? given : "document";
	const char *dot = strrchr(name, '.');
	struct sk_slice stem =
	    sk_slice(name, dot && dot != name ? (size_t)(dot - name) : strlen(name));
	size_t most =
	    SK_LIMIT_NAME - strlen(ext) - 2; /* a dot, and what keeps it from being a device */
	struct sk_buf out = SK_BUF(SK_LIMIT_NAME + 8);

	put_safely(stem.n ? stem : SK_SLICE_LIT("document"), most, &out);
	struct sk_buf whole = SK_BUF(SK_LIMIT_NAME + 8);
	if (is_device(sk_buf_slice(&out)))
		sk_buf_putc(&whole, '_');
	sk_buf_put_slice(&whole, sk_buf_slice(&out));
	sk_buf_printf(&whole, ".%s", ext);
	char *copy = out.err || whole.err ? NULL : strndup((const char *)whole.p, whole.len);
	sk_buf_free(&out);
	sk_buf_free(&whole);
	return copy;
}
