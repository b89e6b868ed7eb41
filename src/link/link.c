/* Gate and link role on the wire: link.h. */
#include "link/link.h"

#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/utf8.h"

int sk_link_put_number(uint64_t number, struct sk_buf *out)
{
	return sk_buf_put_u64le(out, number);
}

int sk_link_get_number(struct sk_slice in, uint64_t *number)
{
	struct sk_reader r = sk_reader(in);
	uint64_t n = sk_read_u64le(&r);

	if (!sk_read_at_end(&r))
		return SK_EFORMAT;
	*number = n;
	return 0;
}

static bool is_id(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (memchr("0123456789abcdef", s.p[i], 16) == NULL)
			return false;
	return s.n == SK_LETTER_ID;
}

int sk_link_put_id(const char *id, struct sk_buf *out)
{
	return is_id(sk_slice_str(id)) ? sk_buf_puts(out, id) : SK_EARG;
}

int sk_link_get_id(struct sk_slice in, char id[SK_LETTER_ID + 1])
{
	if (!is_id(in))
		return SK_EFORMAT;
	memcpy(id, in.p, SK_LETTER_ID);
	id[SK_LETTER_ID] = '\0';
	return 0;
}

int sk_link_put_object(const struct sk_link_object *o, struct sk_buf *out)
{
	if (o->size > SK_LIMIT_OUTPUT || sk_link_put_id(o->id, out) == SK_EARG)
		return SK_EARG;
	sk_buf_put(out, o->sha256, sizeof(o->sha256));
	return sk_buf_put_u64le(out, o->size);
}

int sk_link_get_object(struct sk_slice in, struct sk_link_object *o)
{
	struct sk_reader r = sk_reader(in);
	struct sk_slice id = sk_read_slice(&r, SK_LETTER_ID);
	struct sk_slice hash = sk_read_slice(&r, sizeof(o->sha256));
	uint64_t size = sk_read_u64le(&r);

	if (!sk_read_at_end(&r) || size > SK_LIMIT_OUTPUT || sk_link_get_id(id, o->id))
		return SK_EFORMAT;
	memcpy(o->sha256, hash.p, hash.n);
	o->size = size;
	return 0;
}

int sk_link_put_got(const struct sk_link_got *g, struct sk_buf *out)
{
	if (sk_link_put_id(g->id, out) == SK_EARG)
		return SK_EARG;
	return sk_buf_put_u32le(out, (uint32_t)g->status);
}

int sk_link_get_got(struct sk_slice in, struct sk_link_got *g)
{
	struct sk_reader r = sk_reader(in);
	struct sk_slice id = sk_read_slice(&r, SK_LETTER_ID);
	int32_t status = (int32_t)sk_read_u32le(&r);

	if (!sk_read_at_end(&r) || status > 0 || sk_link_get_id(id, g->id))
		return SK_EFORMAT;
	g->status = status;
	return 0;
}

static bool is_text(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] == 0x7f)
			return false;
	return s.n <= SK_LINK_TEXT && sk_utf8_valid(s);
}

int sk_link_put_status(const struct sk_link_status *s, struct sk_buf *out)
{
	if (s->state >= SK_LINK_STATES || !is_text(sk_slice_str(s->text)))
		return SK_EARG;
	sk_buf_putc(out, s->state);
	return sk_buf_puts(out, s->text);
}

int sk_link_get_status(struct sk_slice in, struct sk_link_status *s)
{
	struct sk_slice text = sk_slice_sub(in, 1, SIZE_MAX);

	if (in.n == 0 || in.p[0] >= SK_LINK_STATES || !is_text(text))
		return SK_EFORMAT;
	s->state = in.p[0];
	if (text.n)
		memcpy(s->text, text.p, text.n);
	s->text[text.n] = '\0';
	return 0;
}

const char *sk_link_state_word(unsigned state)
{
	static const char *const words[SK_LINK_STATES] = {
	    "down", "up", "unreachable", "not-pinned", "not-wanted", "not-ready", "nonsense"};

	return state < SK_LINK_STATES ? words[state] : NULL;
}
