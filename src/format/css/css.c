/* Declarations, and the interface (doc/profiles/html.md, section 5.2). Cleaner's jail. */
#include "format/css/css.h"

#include <strings.h>

#include "format/css/sheet.h"
#include "format/css/value.h"
#include "format/css/words.h"

void sk_css_init(struct sk_css *css)
{
	*css = (struct sk_css){.tmp = SK_BUF(SK_LIMIT_OUTPUT)};
}

void sk_css_free(struct sk_css *css)
{
	sk_buf_free(&css->tmp);
}

/* Words that take their element out of the page, over what stands around it. */
static bool is_over_the_page(const char *name, struct sk_slice value)
{
	return strcmp(name, "position") == 0 &&
	       (sk_slice_find(value, 0, SK_SLICE_LIT("fixed")) != SIZE_MAX);
}

/* At the name. */
static int put_declaration(struct sk_css *css, struct sk_css_lexer *l, struct sk_buf *out)
{
	const char *name = NULL;
	unsigned kinds = l->type == SK_CT_IDENT ? sk_css_property(l->text, &name) : 0;

	sk_css_next_word(l);
	if (kinds == 0 || !sk_css_is_delim(l, ':'))
		return SK_EREFUSED;
	sk_buf_puts(out, name);
	sk_buf_putc(out, ':');
	size_t start = out->len;
	int rc = sk_css_put_value(css, l, kinds, out);
	if (rc == 0 && is_over_the_page(name, sk_slice_sub(sk_buf_slice(out), start, SIZE_MAX)))
		rc = SK_EREFUSED;
	return rc;
}

int sk_css_put_block(struct sk_css *css, struct sk_css_lexer *l, struct sk_buf *out)
{
	size_t first = out->len;

	while (l->type != SK_CT_END && !sk_css_is_delim(l, '}')) {
		if (l->type == SK_CT_SPACE || sk_css_is_delim(l, ';')) {
			sk_css_next(l);
			continue;
		}
		size_t mark = out->len;
		if (mark > first)
			sk_buf_putc(out, ';');
		int rc = put_declaration(css, l, out);
		if (rc && rc != SK_EREFUSED)
			return rc;
		if (rc) {
			out->len = mark;
			css->dropped++;
			sk_css_skip(l);
		}
	}
	return out->err;
}

int sk_css_declarations(struct sk_css *css, struct sk_slice in, struct sk_buf *out)
{
	struct sk_css_lexer l;
	int rc = 0;

	sk_css_lex_init(&l, in);
	sk_css_next(&l);
	while (rc == 0 && l.type != SK_CT_END) {
		rc = sk_css_put_block(css, &l, out);
		if (sk_css_is_delim(&l, '}')) { /* of nothing: what is behind it goes, too */
			css->dropped++;
			break;
		}
	}
	css->dropped += l.comments;
	if (rc == 0)
		rc = l.scratch.err;
	sk_css_lex_free(&l);
	return rc;
}

int sk_css_sheet(struct sk_css *css, struct sk_slice in, struct sk_buf *out)
{
	struct sk_css_lexer l;

	sk_css_lex_init(&l, in);
	sk_css_next_word(&l);
	int rc = sk_css_put_rules(css, &l, 0, out);
	css->dropped += l.comments;
	if (rc == 0)
		rc = l.scratch.err;
	sk_css_lex_free(&l);
	return rc;
}
