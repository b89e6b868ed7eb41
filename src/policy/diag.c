/* What is wrong with a policy: diag.h. Any process that reads a policy. */
#include "policy/diag.h"

#include <string.h>

#include "base/utf8.h"

static const struct {
	enum sk_diag_severity severity;
	const char *name, *text;
} rows[] = {
#define SK_DIAG(id, severity, code, text) {SK_DIAG_##severity, code, text},
#include "policy/diag.def"
#undef SK_DIAG
};

enum sk_diag_severity sk_diag_severity(enum sk_diag_code code)
{
	return rows[code].severity;
}

const char *sk_diag_name(enum sk_diag_code code)
{
	return rows[code].name;
}

const char *sk_diag_text(enum sk_diag_code code)
{
	return rows[code].text;
}

void sk_diag(struct sk_diags *d, enum sk_diag_code code, const struct sk_source *source,
    const struct sk_token *at, const char *a, const char *b)
{
	if (sk_diag_severity(code) == SK_DIAG_ERROR)
		d->errors = true;
	if (d->n >= SK_DIAG_MAX)
		return;
	struct sk_diag *v = sk_arena_grow(d->arena, d->v, &d->cap, d->n + 1, sizeof(*v));
	if (v == NULL)
		return;
	d->v = v;
	d->v[d->n] = (struct sk_diag){.code = code, .source = source, .line = at ? at->line : 0};
	v = &d->v[d->n++];
	v->a = sk_arena_str(d->arena, sk_slice_str(a ? a : ""));
	v->b = sk_arena_str(d->arena, sk_slice_str(b ? b : ""));
	if (at) {
		v->at = (size_t)(at->text.p - source->text.p);
		v->len = at->text.n;
	}
}

void sk_diag_fill(char *out, size_t size, const char *text, const char *a, const char *b)
{
	struct sk_buf buf = SK_BUF(1 << 16);

	for (const char *p = text; *p; p++) {
		if (p[0] == '{' && (p[1] == '1' || p[1] == '2') && p[2] == '}') {
			sk_buf_puts(&buf, p[1] == '1' ? a : b);
			p += 2;
		} else {
			sk_buf_putc(&buf, (uint8_t)*p);
		}
	}
	sk_utf8_display(out, size, sk_buf_slice(&buf));
	sk_buf_free(&buf);
}

/* Cells of a terminal: East Asian wide and full-width characters take two (Unicode UAX #11). */
static size_t cells_of(int32_t c)
{
	bool wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF && c != 0x303F) ||
		    (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
		    (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
		    (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x20000 && c <= 0x3FFFD);

	return wide ? 2 : 1;
}

/* Append a character as it is shown, a tab as spaces; the cells that it takes at this column. */
static size_t show(struct sk_buf *out, struct sk_slice c, int32_t code, size_t column)
{
	char text[8];

	if (code == '\t') {
		sk_buf_fill(out, ' ', 8 - column % 8);
		return 8 - column % 8;
	}
	sk_utf8_display(text, sizeof(text), c);
	sk_buf_puts(out, text);
	return cells_of(code);
}

/* Of a long line what stands around the place; its cut ends show as they are. */
#define SHOWN_BEFORE 200
#define SHOWN 400

static size_t beginning(struct sk_slice text, size_t at)
{
	size_t pos = at < text.n ? at : text.n, least = pos > SHOWN_BEFORE ? pos - SHOWN_BEFORE : 0;

	while (pos > least && text.p[pos - 1] != '\n')
		pos--;
	while (pos < at && pos < text.n && (text.p[pos] & 0xC0) == 0x80)
		pos++;
	return pos;
}

void sk_diag_show(const struct sk_diag *d, struct sk_buf *line, size_t *column, size_t *cells)
{
	struct sk_slice text = d->source->text;
	size_t pos = beginning(text, d->at), n = 0;

	*column = *cells = 0;
	while (pos < text.n && text.p[pos] != '\n' && text.p[pos] != '\r' && n < SHOWN) {
		size_t at = pos;
		int32_t c = sk_utf8_next(text, &pos);
		size_t width = show(line, sk_slice_sub(text, at, pos - at), c, n);
		n += width;
		*column += at < d->at ? width : 0;
		*cells += at >= d->at && at < d->at + d->len ? width : 0;
	}
	if (*cells == 0)
		*cells = 1;
}
