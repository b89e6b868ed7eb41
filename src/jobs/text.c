/* Texts on the wire: text.h. Gate and worker. */
#include "jobs/text.h"

#include <string.h>

#include "base/utf8.h"

void sk_work_put_text(struct sk_buf *out, const char *s)
{
	sk_buf_put_u16le(out, (uint16_t)strlen(s));
	sk_buf_puts(out, s);
}

bool sk_work_get_text(struct sk_reader *r, char *dst, size_t size)
{
	struct sk_slice s = sk_read_slice(r, sk_read_u16le(r));

	if (r->bad || s.n >= size || !sk_utf8_valid(s) || (s.n && memchr(s.p, 0, s.n)))
		return false;
	if (s.n)
		memcpy(dst, s.p, s.n);
	dst[s.n] = '\0';
	return true;
}
