/* Attributes: what each may say, in one form (doc/profiles/html.md, section 4). Cleaner's jail. */
#include <strings.h>

#include "format/css/data.h"
#include "format/html/page.h"

#define NAME_MAX 256
#define CLASS_MAX 4096
#define NUMBER_MAX 9
#define WORD_MAX 20
#define LANG_MAX 35
#define COORDS_MAX 2000

static bool is_digit(uint8_t b)
{
	return b >= '0' && b <= '9';
}

static bool is_letter(uint8_t b)
{
	return (b | 0x20) >= 'a' && (b | 0x20) <= 'z';
}

static bool is_space(uint8_t b)
{
	return b == ' ' || b == '\t' || b == '\n' || b == '\f' || b == '\r';
}

static struct sk_slice trim(struct sk_slice s)
{
	while (s.n && is_space(s.p[0]))
		s = sk_slice_sub(s, 1, s.n);
	while (s.n && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* Which sign of text, from `at`, must be a reference; s.n where none is. */
static size_t next_sign(struct sk_slice s, size_t at)
{
	static const bool is_sign[256] = {
	    ['&'] = true, ['<'] = true, ['>'] = true, ['"'] = true, ['\r'] = true};

	while (at < s.n && !is_sign[s.p[at]])
		at++;
	return at;
}

static void put_escaped(struct sk_buf *out, struct sk_slice s, bool attribute)
{
	for (size_t at = 0; at < s.n;) {
		size_t end = next_sign(s, at);
		sk_buf_put(out, s.p + at, end - at);
		if (end < s.n) {
			uint8_t b = s.p[end];
			sk_buf_puts(out, b == '&'    ? "&amp;"
					 : b == '<'  ? "&lt;"
					 : b == '>'  ? "&gt;"
					 : b == '\r' ? "\n"
					 : attribute ? "&quot;"
						     : "\"");
		}
		at = end + 1;
	}
}

/* Borrowed, of s or of the page, until the next call. */
static struct sk_slice filtered(struct sk_html_page *p, struct sk_slice s)
{
	if (sk_text_is_plain(s))
		return s;
	sk_buf_reset(&p->tmp);
	if (sk_text_filter(s, &p->tmp, &p->counts) && p->rc == 0)
		p->rc = p->tmp.err;
	return sk_buf_slice(&p->tmp);
}

void sk_html_put_text(struct sk_html_page *p, struct sk_slice s)
{
	if (sk_buf_put_slice(&p->run, s) && p->rc == 0)
		p->rc = p->run.err;
}

void sk_html_put_markup(struct sk_html_page *p, const char *s)
{
	size_t start = p->out->len;

	if (p->run.len) {
		struct sk_slice text = filtered(p, sk_buf_slice(&p->run));
		if (start == p->pre && text.n && (text.p[0] == '\n' || text.p[0] == '\r'))
			sk_buf_putc(p->out, '\n');
		put_escaped(p->out, text, false);
		sk_buf_reset(&p->run);
	}
	sk_buf_puts(p->out, s);
}

/* Each appends the plain form of a value to out, or returns SK_EREFUSED. */
static int put_number(struct sk_slice s, struct sk_buf *out)
{
	size_t sign = s.n && (s.p[0] == '-' || s.p[0] == '+') ? 1 : 0, n = sign;

	while (n < s.n && n < NUMBER_MAX && is_digit(s.p[n]))
		n++;
	if (n == sign)
		return SK_EREFUSED;
	return sk_buf_put_slice(out, sk_slice_sub(s, 0, n));
}

static int put_length(struct sk_slice s, struct sk_buf *out)
{
	size_t n = 0;

	while (n < s.n && n < NUMBER_MAX && (is_digit(s.p[n]) || (n && s.p[n] == '.')))
		n++;
	if (n == 0)
		return SK_EREFUSED;
	sk_buf_put_slice(out, sk_slice_sub(s, 0, n));
	return n < s.n && s.p[n] == '%' ? sk_buf_putc(out, '%') : out->err;
}

static bool all_hex(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]) && !((s.p[i] | 0x20) >= 'a' && (s.p[i] | 0x20) <= 'f'))
			return false;
	return s.n > 0;
}

/* Old pages write colours also without the sign. */
static int put_colour(struct sk_slice s, struct sk_buf *out)
{
	if (s.n == 6 && all_hex(s))
		sk_buf_putc(out, '#');
	else if (s.n > 1 && s.p[0] == '#') {
		if ((s.n != 4 && s.n != 7) || !all_hex(sk_slice_sub(s, 1, s.n)))
			return SK_EREFUSED;
	} else {
		for (size_t i = 0; i < s.n; i++)
			if (!is_letter(s.p[i]) || s.n > WORD_MAX)
				return SK_EREFUSED;
	}
	return s.n ? sk_buf_put_slice(out, s) : SK_EREFUSED;
}

static int put_word(struct sk_slice s, size_t max, struct sk_buf *out)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_letter(s.p[i]) && !is_digit(s.p[i]) && s.p[i] != '-')
			return SK_EREFUSED;
	return s.n <= max ? sk_buf_put_slice(out, s) : SK_EREFUSED;
}

static int put_coords(struct sk_slice s, struct sk_buf *out)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]) && strchr(",. -%", s.p[i]) == NULL)
			return SK_EREFUSED;
	return s.n && s.n <= COORDS_MAX ? sk_buf_put_slice(out, s) : SK_EREFUSED;
}

static int put_name(struct sk_slice s, struct sk_buf *out)
{
	for (size_t i = 0; i < s.n; i++)
		if (is_space(s.p[i]))
			return SK_EREFUSED;
	return s.n && s.n <= NAME_MAX ? sk_buf_put_slice(out, s) : SK_EREFUSED;
}

static int put_classes(struct sk_slice s, struct sk_buf *out)
{
	size_t start = out->len;

	for (size_t at = 0; at < s.n;) {
		size_t from = at;
		while (at < s.n && !is_space(s.p[at]))
			at++;
		if (at > from && out->len > start)
			sk_buf_putc(out, ' ');
		sk_buf_put(out, s.p + from, at - from);
		at++;
	}
	return out->len > start && out->len - start <= CLASS_MAX ? out->err : SK_EREFUSED;
}

static int put_picture(struct sk_html_page *p, struct sk_slice url, struct sk_buf *out)
{
	int rc = SK_EREFUSED;

	url = trim(url);
	if (url.n == 0)
		return SK_EREFUSED;
	if (sk_data_is(url))
		rc = sk_data_picture(p->job, url, out);
	else if (p->place->picture)
		rc = p->place->picture(p->place->ctx, url, out);
	return rc;
}

/* Pictures of style sheets; what did not pass is counted by the sheet. */
static int sheet_picture(void *ctx, struct sk_slice url, struct sk_buf *out)
{
	return put_picture(ctx, url, out);
}

static int put_style(
    struct sk_html_page *p, struct sk_slice s, const char *fixed, struct sk_buf *out)
{
	if (fixed) {
		sk_buf_puts(out, fixed);
		size_t start = out->len;
		sk_buf_putc(out, ';');
		int rc = sk_css_declarations(&p->css, s, out);
		if (out->len == start + 1)
			out->len = start;
		return rc;
	}
	size_t start = out->len;
	int rc = sk_css_declarations(&p->css, s, out);
	return rc ? rc : out->len > start ? out->err : SK_EREFUSED;
}

/* A file of several pages knows what its links mean. */
static int put_link(struct sk_html_page *p, struct sk_slice s, struct sk_buf *out)
{
	struct sk_buf meant = SK_BUF(out->max);

	if (p->place->link == NULL)
		return sk_html_put_link(s, out);
	int rc = p->place->link(p->place->ctx, trim(s), &meant);
	if (rc == 0)
		rc = sk_html_put_link(sk_buf_slice(&meant), out);
	sk_buf_free(&meant);
	return rc;
}

static int put_value(struct sk_html_page *p, enum sk_html_value kind, struct sk_slice s,
    const char *fixed, struct sk_buf *out)
{
	switch (kind) {
	case SK_HV_TEXT:
		return s.n <= SK_LIMIT_XML_VALUE / 8 ? sk_buf_put_slice(out, s) : SK_EREFUSED;
	case SK_HV_NAME:
		return put_name(s, out);
	case SK_HV_CLASS:
		return put_classes(s, out);
	case SK_HV_LANG:
		return put_word(trim(s), LANG_MAX, out);
	case SK_HV_NUMBER:
		return put_number(trim(s), out);
	case SK_HV_LENGTH:
		return put_length(trim(s), out);
	case SK_HV_COLOUR:
		return put_colour(trim(s), out);
	case SK_HV_WORD:
		return put_word(trim(s), WORD_MAX, out);
	case SK_HV_COORDS:
		return put_coords(trim(s), out);
	case SK_HV_STYLE:
		return put_style(p, s, fixed, out);
	case SK_HV_LINK:
		return put_link(p, s, out);
	default:
		return SK_EREFUSED;
	}
}

static void tell_value(
    struct sk_html_page *p, enum sk_html_value kind, struct sk_slice s, const char *where)
{
	switch (kind) {
	case SK_HV_EVENT:
		return sk_html_tell(p, SK_HTML_EVENT, where);
	case SK_HV_LINK:
		return sk_html_tell(p, SK_HTML_LINK, where);
	case SK_HV_PICTURE:
		return sk_html_tell(p, sk_data_is(trim(s)) ? SK_HTML_IMAGE : SK_HTML_REMOTE, where);
	case SK_HV_REMOTE:
		return sk_html_tell(p, SK_HTML_REMOTE, where);
	case SK_HV_STYLE:
		return; /* counted by declaration */
	default:
		return sk_html_tell(p, SK_HTML_UNKNOWN, where);
	}
}

/* One attribute; what had to go of its value is told. */
static void put_attribute(
    struct sk_html_page *p, const GumboAttribute *a, const char *element, const char *fixed)
{
	struct sk_slice raw = sk_slice_str(a->value);
	const char *name = NULL;
	enum sk_html_value kind = sk_html_attribute(element, a->name, &name);
	bool picture = kind == SK_HV_PICTURE;
	int rc = SK_EREFUSED;

	sk_buf_reset(&p->value);
	if (picture)
		rc = put_picture(p, raw, &p->value);
	else if (name && raw.n > 1 && raw.p[0] == '#' && strcmp(name, "usemap") == 0)
		rc = sk_buf_putc(&p->value, '#') ||
		     put_name(filtered(p, sk_slice_sub(raw, 1, raw.n)), &p->value);
	else if (name && strcmp(name, "usemap") != 0)
		rc = put_value(p, kind, filtered(p, raw), fixed, &p->value);
	if (rc && rc != SK_EREFUSED)
		p->rc = p->rc ? p->rc : rc;
	if (rc)
		return tell_value(p, kind, raw, element);
	sk_buf_putc(p->out, ' ');
	sk_buf_puts(p->out, name);
	sk_buf_puts(p->out, "=\"");
	if (picture)
		sk_buf_put_slice(p->out, sk_buf_slice(&p->value));
	else
		put_escaped(p->out, sk_buf_slice(&p->value), true);
	sk_buf_putc(p->out, '"');
}

void sk_html_put_attributes(
    struct sk_html_page *p, const GumboElement *e, const char *name, const char *style)
{
	for (unsigned i = 0; i < e->attributes.length && p->rc == 0; i++) {
		const GumboAttribute *a = e->attributes.data[i];
		bool is_style = strcmp(a->name, "style") == 0;
		if (strcmp(a->name, "href") == 0 && a->value[0] == 0)
			continue;
		put_attribute(p, a, name, is_style ? style : NULL);
		style = is_style ? NULL : style;
	}
	if (style)
		sk_buf_printf(p->out, " style=\"%s\"", style);
}

void sk_html_page_init(
    struct sk_html_page *p, struct sk_job *job, const struct sk_html_place *place)
{
	*p = (struct sk_html_page){.job = job,
	    .place = place,
	    .tmp = SK_BUF(job->limits->output),
	    .value = SK_BUF(job->limits->output),
	    .run = SK_BUF(job->limits->output)};
	sk_css_init(&p->css);
	p->css.picture = sheet_picture;
	p->css.ctx = p;
	p->css.scope = place->scope;
}

void sk_html_page_free(struct sk_html_page *p)
{
	sk_buf_free(&p->tmp);
	sk_buf_free(&p->value);
	sk_buf_free(&p->run);
	sk_css_free(&p->css);
}

void sk_html_tell(struct sk_html_page *p, enum sk_code code, const char *where)
{
	if (p->told[code]++ == 0)
		p->where[code] = where;
}

void sk_html_report(struct sk_html_page *p)
{
	if (p->css.dropped)
		sk_job_removed(p->job, SK_HTML_STYLE, p->css.dropped, "%s", "style");
	if (p->css.remote)
		sk_job_removed(p->job, SK_HTML_REMOTE, p->css.remote, "%s", "style");
	for (unsigned i = 0; i < SK_CODE_COUNT; i++)
		if (p->told[i])
			sk_job_removed(p->job, (enum sk_code)i, p->told[i], "%s", p->where[i]);
	sk_text_report(p->job, &p->counts, "HTML");
}
