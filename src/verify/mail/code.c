/* base64 and encoded words, strictly as they are written (doc/profiles/mail.md, section 1). Verifier's jail. */
#include "base/utf8.h"
#include "verify/base64.h"
#include "verify/mail/mail.h"
#include "verify/text/chars.h"

#define WORD_MAX 76 /* RFC 2047: of a line with encoded words */
#define FULL 76

int sk_vm_base64(struct sk_check *c, struct sk_vm_text body, struct sk_slice *out)
{
	uint8_t *to = sk_arena_alloc(c->arena, body.s.n);
	size_t n = 0, at = 0, bad = 0;
	int rc = to ? 0 : SK_ENOMEM;

	while (rc == 0 && at < body.s.n) {
		size_t start = at;
		struct sk_slice l;
		rc = sk_vm_line(c, body, &at, &l);
		bool last = at == body.s.n;
		if (rc == 0 && (last ? l.n > FULL : l.n != FULL))
			return sk_fail(c, body.at + start, "base64: line of %zu characters", l.n);
		if (rc == 0 && (l.n == 0 || !sk_vb_groups(l, last, to, &n, &bad)))
			return sk_fail(c, body.at + start + bad, "base64: not canonical");
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
	int rc = sk_vb_text(c, sk_slice_sub(w.s, n, w.s.n - n - 2), w.at + n, out);
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
