/* Writing RTF: every character beyond ASCII is \uN with a question mark for readers of the last century. Cleaner's jail. */
#include "format/rtf/rtf.h"

#include <inttypes.h>

void rtf_put_open(struct rtf_out *o)
{
	sk_buf_putc(o->b, '{');
	o->word = false;
}

void rtf_put_close(struct rtf_out *o)
{
	sk_buf_putc(o->b, '}');
	o->word = false;
}

void rtf_put_word(struct rtf_out *o, const char *name)
{
	sk_buf_putc(o->b, '\\');
	sk_buf_puts(o->b, name);
	o->word = true;
}

void rtf_put_number(struct rtf_out *o, const char *name, int64_t number)
{
	rtf_put_word(o, name);
	sk_buf_printf(o->b, "%" PRId64, number);
}

void rtf_put_line(struct rtf_out *o)
{
	sk_buf_putc(o->b, '\n');
	o->word = false;
}

static void put_unit(struct rtf_out *o, uint32_t u)
{
	sk_buf_printf(o->b, "\\u%d?", u < 0x8000 ? (int)u : (int)u - 0x10000);
	o->word = false;
}

static bool is_word_byte(uint32_t c)
{
	return c == ' ' || c == '-' || (c >= '0' && c <= '9') ||
	       ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

void rtf_put_char(struct rtf_out *o, uint32_t c)
{
	if (c >= 0x10000) {
		put_unit(o, 0xD800 + ((c - 0x10000) >> 10));
		put_unit(o, 0xDC00 + ((c - 0x10000) & 0x3FF));
		return;
	}
	if (c >= 0x7F) {
		put_unit(o, c);
		return;
	}
	if (c == '\\' || c == '{' || c == '}')
		sk_buf_putc(o->b, '\\');
	else if (o->word && is_word_byte(c))
		sk_buf_putc(o->b, ' ');
	sk_buf_putc(o->b, (uint8_t)c);
	o->word = false;
}

void rtf_put_text(struct rtf_out *o, const char *s)
{
	for (; *s; s++)
		rtf_put_char(o, (uint8_t)*s);
}

void rtf_put_dest(struct rtf_out *o, const struct rtf_dest *d)
{
	if (d->star)
		sk_buf_puts(o->b, "\\*");
	rtf_put_word(o, d->name);
}
