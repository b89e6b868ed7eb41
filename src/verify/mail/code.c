/* base64 and encoded words, strictly as they are written (doc/profiles/mail.md, section 1). Verifier's jail. */
#include "base/utf8.h"
#include "verify/mail/mail.h"
#include "verify/text/chars.h"

#define WORD_MAX 76 /* RFC 2047: of a line with encoded words */
#define FULL 76

static int value_of(uint8_t b)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = b ? strchr(digits, b) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Four characters; how many bytes they give, 0 when they are not right. */
static size_t quantum(const uint8_t *p, bool last, uint8_t out[3])
{
	int v[4];
	size_t n = last && p[3] == '=' ? (p[2] == '=' ? 1 : 2) : 3;

	for (size_t i = 0; i < 4; i++) {
		v[i] = i <= n ? value_of(p[i]) : 0;
		if (v[i] < 0)
			return 0;
	}
	out[0] = (uint8_t)(v[0] << 2 | v[1] >> 4);
	out[1] = (uint8_t)(v[1] << 4 | v[2] >> 2);
	out[2] = (uint8_t)(v[2] << 6 | v[3]);
	/* Bits that no byte uses are zero, or two texts would give one file. */
	return (n == 1 && out[1]) || (n == 2 && out[2]) ? 0 : n;
}

static int decode_line(
    struct sk_check *c, struct sk_slice l, uint64_t at, bool last, uint8_t *to, size_t *n)
{
	uint8_t three[3];

	if (l.n == 0 || l.n % 4)
		return sk_fail(c, at, "base64: line of %zu characters", l.n);
	for (size_t i = 0; i < l.n; i += 4) {
		size_t got = quantum(l.p + i, last && i + 4 == l.n, three);
		if (got == 0)
			return sk_fail(c, at + i, "base64: not canonical");
		memcpy(to + *n, three, got);
		*n += got;
	}
	return 0;
}

int sk_vm_base64_word(struct sk_check *c, struct sk_vm_text word, struct sk_slice *out)
{
	uint8_t *to = sk_arena_alloc(c->arena, word.s.n);
	size_t n = 0;
	int rc = to ? decode_line(c, word.s, word.at, true, to, &n) : SK_ENOMEM;

	if (rc == 0)
		*out = sk_slice(to, n);
	return rc;
}

int sk_vm_base64(struct sk_check *c, struct sk_vm_text body, struct sk_slice *out)
{
	uint8_t *to = sk_arena_alloc(c->arena, body.s.n);
	size_t n = 0, at = 0;
	int rc = to ? 0 : SK_ENOMEM;

	while (rc == 0 && at < body.s.n) {
		size_t start = at;
		struct sk_slice l;
		rc = sk_vm_line(c, body, &at, &l);
		bool last = at == body.s.n;
		if (rc == 0 && (last ? l.n > FULL : l.n != FULL))
			return sk_fail(c, body.at + start, "base64: line of %zu characters", l.n);
		if (rc == 0)
			rc = decode_line(c, l, body.at + start, last, to, &n);
	}
	if (rc == 0)
		*out = sk_slice(to, n);
	return rc;
}

bool sk_vm_is_plain(struct sk_slice s)
{
	if (s.n == 0 || s.n > 60 || s.p[0] == ' ' || s.p[s.n - 1] == ' ')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] > 0x7E ||
		    (s.p[i] == '=' && i + 1 < s.n && s.p[i + 1] == '?'))
			return false;
	return true;
}

/* =?UTF-8?B?…?= with whole characters in it. */
static int one_word(struct sk_check *c, struct sk_vm_text w, struct sk_slice *out)
{
	static const char head[] = "=?UTF-8?B?";
	size_t n = sizeof(head) - 1;

	if (w.s.n <= n + 2 || w.s.n > WORD_MAX || memcmp(w.s.p, head, n) != 0 ||
	    memcmp(w.s.p + w.s.n - 2, "?=", 2) != 0)
		return sk_fail(c, w.at, "mail: encoded word expected");
	struct sk_vm_text inner = {sk_slice_sub(w.s, n, w.s.n - n - 2), w.at + n};
	int rc = sk_vm_base64_word(c, inner, out);
	if (rc == 0 && !sk_utf8_valid(*out))
		rc = sk_fail(c, w.at, "mail: encoded word is not UTF-8");
	return rc;
}

int sk_vm_words(struct sk_check *c, struct sk_vm_text words, struct sk_slice *out)
{
	struct sk_buf all = SK_BUF(words.s.n + 1);
	int rc = 0;

	for (size_t at = 0; rc == 0 && at <= words.s.n;) {
		size_t end = sk_slice_find(words.s, at, SK_SLICE_LIT("\r\n "));
		end = end == SIZE_MAX ? words.s.n : end;
		struct sk_vm_text w = {sk_slice_sub(words.s, at, end - at), words.at + at};
		struct sk_slice text = {0};
		rc = one_word(c, w, &text);
		if (rc == 0)
			rc = sk_buf_put_slice(&all, text);
		at = end == words.s.n ? end + 1 : end + 3;
	}
	uint8_t *copy = rc == 0 ? sk_arena_dup(c->arena, all.p, all.len) : NULL;
	*out = sk_slice(copy, copy ? all.len : 0);
	sk_buf_free(&all);
	if (rc || copy == NULL)
		return rc ? rc : SK_ENOMEM;
	if (sk_vm_is_plain(*out) && !memchr(out->p, '"', out->n) && !memchr(out->p, '\\', out->n))
		return sk_fail(c, words.at, "mail: encoded words that need not be");
	return sk_vt_check(c, *out, words.at, 0);
}
