/* Reading what stands at the head of a request: request.h. */
#include "portal/request.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/hex.h"

/* --- lists, as heads have them --- */

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static struct sk_slice trim(struct sk_slice s)
{
	while (s.n && is_blank(s.p[0]))
		s = sk_slice_sub(s, 1, s.n);
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* The next part up to `mark`; false: nothing is left. */
static bool next_part(struct sk_slice *rest, uint8_t mark, struct sk_slice *part)
{
	const uint8_t *at;

	if (rest->n == 0)
		return false;
	at = memchr(rest->p, mark, rest->n);
	size_t n = at ? (size_t)(at - rest->p) : rest->n;
	*part = trim(sk_slice_sub(*rest, 0, n));
	*rest = sk_slice_sub(*rest, n + (at != NULL), rest->n);
	return true;
}

static bool is_word(struct sk_slice s, const char *word)
{
	return s.n == strlen(word) && strncasecmp((const char *)s.p, word, s.n) == 0;
}

/* --- cookies --- */

static bool take_cookie(struct sk_slice pair, const char *name, uint8_t token[SK_PORTAL_TOKEN])
{
	size_t n = strlen(name);

	return pair.n > n && memcmp(pair.p, name, n) == 0 && pair.p[n] == '=' &&
	       sk_hex_parse(sk_slice_sub(pair, n + 1, pair.n), token, SK_PORTAL_TOKEN) == 0;
}

static bool is_named(struct sk_slice pair, const char *name)
{
	size_t n = strlen(name);

	return pair.n >= n && memcmp(pair.p, name, n) == 0 && (pair.n == n || pair.p[n] == '=');
}

bool sk_request_cookie(const char *cookies, const char *name, uint8_t token[SK_PORTAL_TOKEN])
{
	struct sk_slice rest = sk_slice_str(cookies ? cookies : ""), pair;
	size_t named = 0;
	bool good = false;

	memset(token, 0, SK_PORTAL_TOKEN);
	while (next_part(&rest, ';', &pair))
		if (is_named(pair, name)) {
			named++;
			good = take_cookie(pair, name, token);
		}
	if (named == 1 && good)
		return true;
	memset(token, 0, SK_PORTAL_TOKEN);
	return false;
}

/* --- where it comes from --- */

bool sk_request_is_ours(const struct sk_request_from *f, const char *origin)
{
	static const char https[] = "https://";

	return f->host && strncmp(origin, https, sizeof(https) - 1) == 0 &&
	       strcmp(f->host, origin + sizeof(https) - 1) == 0;
}

bool sk_request_may_read(const struct sk_request_from *f)
{
	return f->site == NULL || strcmp(f->site, "same-origin") == 0 ||
	       strcmp(f->site, "none") == 0;
}

bool sk_request_is_own(const struct sk_request_from *f, const char *origin)
{
	return f->mark && strcmp(f->mark, "1") == 0 && f->origin &&
	       strcmp(f->origin, origin) == 0 &&
	       (f->site == NULL || strcmp(f->site, "same-origin") == 0);
}

/* --- codings --- */

/* A weight of 0, in any of the forms it has: "not this one". */
static bool is_unwanted(struct sk_slice parameters)
{
	struct sk_slice p;

	while (next_part(&parameters, ';', &p)) {
		if (p.n < 3 || tolower(p.p[0]) != 'q' || p.p[1] != '=' || p.p[2] != '0')
			continue;
		for (size_t i = 3; i < p.n; i++)
			if (p.p[i] != '.' && p.p[i] != '0')
				return false;
		return true;
	}
	return false;
}

unsigned sk_request_codings(const char *accept_encoding)
{
	struct sk_slice rest = sk_slice_str(accept_encoding ? accept_encoding : ""), part, name;
	unsigned codings = 1U << SK_CODING_NONE;

	while (next_part(&rest, ',', &part)) {
		if (!next_part(&part, ';', &name) || is_unwanted(part))
			continue;
		if (is_word(name, "br"))
			codings |= 1U << SK_CODING_BROTLI;
		else if (is_word(name, "gzip"))
			codings |= 1U << SK_CODING_GZIP;
	}
	return codings;
}

/* --- numbers, names --- */

bool sk_request_number(const char *text, uint64_t *n)
{
	size_t len = text ? strspn(text, "0123456789") : 0;
	uint64_t v = 0;

	if (len == 0 || len > 18 || text[len] || (len > 1 && text[0] == '0'))
		return false;
	for (size_t i = 0; i < len; i++)
		v = v * 10 + (uint64_t)(text[i] - '0');
	*n = v;
	return true;
}

bool sk_request_id(const char *path, const char *head, const char *tail, char id[SK_PORTAL_ID + 1])
{
	size_t n = strlen(head);

	if (strncmp(path, head, n) != 0 || strspn(path + n, "0123456789abcdef") != SK_PORTAL_ID ||
	    strcmp(path + n + SK_PORTAL_ID, tail) != 0)
		return false;
	memcpy(id, path + n, SK_PORTAL_ID);
	id[SK_PORTAL_ID] = '\0';
	return true;
}

bool sk_request_sheet(
    const char *path, const char *head, char id[SK_PORTAL_ID + 1], uint64_t *number)
{
	const char *behind = strrchr(path, '/'), *dot = behind ? strchr(behind, '.') : NULL;
	char whole[256], digits[20];

	if (dot == NULL || strcmp(dot, ".png") != 0 || dot - behind > (ptrdiff_t)sizeof(digits) ||
	    behind - path >= (ptrdiff_t)sizeof(whole))
		return false;
	memcpy(whole, path, (size_t)(behind - path));
	whole[behind - path] = '\0';
	memcpy(digits, behind + 1, (size_t)(dot - behind) - 1);
	digits[dot - behind - 1] = '\0';
	return sk_request_id(whole, head, "/pages", id) && sk_request_number(digits, number);
}

bool sk_request_has(const char *if_none_match, const char *tag)
{
	struct sk_slice rest = sk_slice_str(if_none_match ? if_none_match : ""), part;

	while (next_part(&rest, ',', &part)) {
		if (sk_slice_is(part, "*"))
			return true;
		if (sk_slice_starts(part, SK_SLICE_LIT("W/")))
			part = sk_slice_sub(part, 2, part.n);
		if (sk_slice_is(part, tag))
			return true;
	}
	return false;
}
