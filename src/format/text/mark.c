/*
 * Texts that begin like files of another kind (doc/profiles/text.md, section 1): programs that look at the first
 * bytes and not at the name would open them as that. An apostrophe in front makes words of it. Cleaner's jail.
 */
#include "format/text/text.h"

#include <strings.h>

#define HEAD 1024 /* where readers of PDF look for its beginning */

static bool at_word(struct sk_slice s, size_t at, const char *word)
{
	size_t n = strlen(word);

	return at <= s.n && s.n - at >= n && strncasecmp((const char *)s.p + at, word, n) == 0;
}

/* Behind the byte-order mark, blanks and the quotes of a field. */
static size_t beginning(struct sk_slice s)
{
	size_t at = sk_slice_starts(s, SK_SLICE_LIT("\xEF\xBB\xBF")) ? 3 : 0;

	while (at < s.n && s.p[at] && strchr("\t\n\r \"", s.p[at]))
		at++;
	return at;
}

static bool is_foreign(struct sk_slice s, size_t at)
{
	static const char *const words[] = {"{\\rt", "%!PS", "GIF87a", "GIF89a", "<html",
	    "<!doctype", "<head", "<body", "<script", "<svg", "MIME-Version:", NULL};

	for (const char *const *w = words; *w; w++)
		if (at_word(s, at, *w))
			return true;
	return false;
}

static int insert(struct sk_buf *b, size_t at)
{
	if (sk_buf_putc(b, 0))
		return b->err;
	memmove(b->p + at + 1, b->p + at, b->len - at - 1);
	b->p[at] = '\'';
	return 0;
}

int sk_text_mark(struct sk_job *job, struct sk_buf *b)
{
	uint32_t marks = 0;
	size_t at = beginning(sk_buf_slice(b));
	int rc = b->err;

	if (rc == 0 && is_foreign(sk_buf_slice(b), at) && ++marks)
		rc = insert(b, at);
	for (at = 0; rc == 0 && at < b->len && at < HEAD; at++) {
		struct sk_slice s = sk_buf_slice(b);
		if ((at_word(s, at, "%PDF-") || at_word(s, at, "<?mso-application")) && ++marks)
			rc = insert(b, at + 1);
	}
	if (marks)
		sk_job_removed(job, SK_TEXT_SIGNATURE, marks, "%s", "");
	return rc;
}
