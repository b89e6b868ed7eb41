/* The pages of mails: cleaned by their family, which asks here for the pictures that are parts of the same mail (RFC 2392). Cleaner's jail. */
#include "format/mail/page.h"

#include <stdlib.h>
#include <strings.h>

#include "container/digits.h"
#include "format/html/html.h"

#define ID_ROOM (SK_LIMIT_MAIL_ID + 1)

/* Behind "cid:", without percent signs; false when it is none, or longer than an identifier may be. */
static bool read_id(struct sk_slice url, char id[ID_ROOM])
{
	size_t n = 0;

	if (url.n < 5 || strncasecmp((const char *)url.p, "cid:", 4) != 0)
		return false;
	for (size_t at = 4; at < url.n;) {
		if (n + 1 == ID_ROOM)
			return false;
		id[n++] = (char)sk_hex_byte(url, &at, '%');
	}
	id[n] = '\0';
	return true;
}

/* Whether a picture of this mail, not of one in it, has that identifier. */
static bool has_part(const struct sk_mail *m, const char *id)
{
	for (size_t i = 0; i < m->nids; i++)
		if (sk_slice_is(m->ids[i], id))
			return true;
	return false;
}

static int picture(void *ctx, struct sk_slice url, struct sk_buf *out)
{
	struct sk_mail *m = ctx;
	char id[ID_ROOM];

	if (!read_id(url, id) || !has_part(m, id))
		return SK_EREFUSED;
	sk_buf_puts(out, "cid:");
	for (const char *c = id; *c; c++) {
		uint8_t b = (uint8_t)*c;
		bool bare = (b >= '0' && b <= '9') || ((b | 0x20) >= 'a' && (b | 0x20) <= 'z') ||
			    strchr("+/=._@$!*~-", b);
		if (bare)
			sk_buf_putc(out, b);
		else
			sk_buf_printf(out, "%%%02X", b);
	}
	return out->err;
}

/* With a report and memory of its own, so that a page that is refused leaves no trace in those of the mail. */
static int read_page(struct sk_mail *m, struct sk_slice page, bool rebuild,
    struct sk_report *report, struct sk_buf *out)
{
	struct sk_html_place place = {
	    .charset = SK_CS_UTF8, .picture = picture, .ctx = m, .body = true};
	struct sk_job inner = *m->job;

	inner.arena = sk_arena_new(inner.limits->memory);
	if (report == NULL || inner.arena == NULL)
		return SK_ENOMEM;
	sk_report_clear(report);
	inner.report = report;
	int rc = rebuild ? sk_html_clean(&inner, &place, page, out)
			 : sk_html_text(&inner, &place, page, out);
	sk_arena_free(inner.arena);
	return rc;
}

int sk_page_clean(struct sk_mail *m, struct sk_slice page, struct sk_output *out, enum sk_code *why)
{
	bool rebuild = m->job->method == SK_METHOD_REBUILD;
	struct sk_report *report = malloc(sizeof(*report));
	int rc = read_page(m, page, rebuild, report, &out->bytes);

	out->type = rebuild ? SK_FT_HTML : SK_FT_TXT;
	if (report)
		*why = rc == SK_EREFUSED ? report->reason : SK_REASON_DAMAGED;
	if (rc == 0)
		sk_report_merge(m->job->report, report, "body.html");
	free(report);
	return rc == SK_EFORMAT ? SK_EREFUSED : rc;
}

void sk_page_words(struct sk_mail *m, struct sk_slice page, struct sk_buf *out)
{
	struct sk_report *report = malloc(sizeof(*report));

	if (read_page(m, page, false, report, out))
		sk_buf_reset(out);
	free(report);
}
