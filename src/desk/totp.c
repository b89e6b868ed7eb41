/* Codes of devices: totp.h. The gate. */
#include "desk/totp.h"

#include <liboath/oath.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define DIGITS 6
#define STEP OATH_TOTP_DEFAULT_TIME_STEP_SIZE
#define DRIFT 1 /* steps that a clock may be wrong by, RFC 6238, section 6 */

static bool is_unreserved(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == '-' || c == '.' || c == '_' || c == '~';
}

/* RFC 3986, section 2.1. False: no room. */
static bool put_escaped(char *out, size_t size, const char *text)
{
	size_t at = strlen(out);

	for (; *text && at + 4 <= size; text++) {
		if (is_unreserved(*text))
			at += (size_t)snprintf(out + at, size - at, "%c", *text);
		else
			at += (size_t)snprintf(
			    out + at, size - at, "%%%02X", (unsigned)(unsigned char)*text);
	}
	return *text == '\0';
}

static int base32(const uint8_t secret[SK_TOTP_SECRET], char text[SK_TOTP_TEXT])
{
	char *out = NULL;
	size_t n = 0;
	int rc = oath_base32_encode((const char *)secret, SK_TOTP_SECRET, &out, &n);

	if (rc == OATH_OK && n == SK_TOTP_TEXT - 1)
		memcpy(text, out, SK_TOTP_TEXT);
	else
		rc = OATH_MALLOC_ERROR;
	if (out)
		explicit_bzero(out, n);
	free(out);
	return rc == OATH_OK ? 0 : SK_ENOMEM;
}

int sk_totp_uri(const uint8_t secret[SK_TOTP_SECRET], const char *zone, const char *member,
    char text[SK_TOTP_TEXT], char uri[SK_TOTP_URI])
{
	int rc = base32(secret, text);
	size_t at;

	if (rc)
		return rc;
	snprintf(uri, SK_TOTP_URI, "otpauth://totp/sekisho%%20");
	if (!put_escaped(uri, SK_TOTP_URI, zone) || !put_escaped(uri, SK_TOTP_URI, ":") ||
	    !put_escaped(uri, SK_TOTP_URI, member))
		return SK_ELIMIT;
	at = strlen(uri);
	at += (size_t)snprintf(uri + at, SK_TOTP_URI - at, "?secret=%s&issuer=sekisho%%20", text);
	return at < SK_TOTP_URI && put_escaped(uri, SK_TOTP_URI, zone) ? 0 : SK_ELIMIT;
}

int sk_totp_check(
    const uint8_t secret[SK_TOTP_SECRET], const char *code, int64_t now, int64_t *step)
{
	char right[DIGITS + 1];
	int64_t found = -1;

	if (strlen(code) != DIGITS)
		return SK_EREFUSED;
	/* all of them are compared, whichever is the right one */
	for (int64_t s = now / STEP - DRIFT; s <= now / STEP + DRIFT; s++) {
		if (oath_totp_generate((const char *)secret, SK_TOTP_SECRET, (time_t)(s * STEP),
			STEP, OATH_TOTP_DEFAULT_START_TIME, DIGITS, right) != OATH_OK)
			return SK_EINTERNAL;
		if (sodium_memcmp(right, code, DIGITS) == 0)
			found = s;
	}
	explicit_bzero(right, sizeof(right));
	if (found < 0)
		return SK_EREFUSED;
	*step = found;
	return 0;
}
