/*
 * Handler of calendars (ics, also vCalendar 1.0) and contacts (vcf, 2.1 to 4.0): content lines read by a grammar of our
 * own, typed values written again (decision 9, doc/profiles/calendar.md). Cleaner's jail.
 */
#include "format/calendar/calendar.h"

#include <strings.h>

#include "format/text/text.h"

static const enum sk_filetype types[] = {SK_FT_ICS, SK_FT_VCF, SK_FT_UNKNOWN};

static bool name_ends(const char *name, const char *ext)
{
	const char *dot = strrchr(name, '.');
	return dot && strcasecmp(dot + 1, ext) == 0;
}

/* Calendars without the calendar around their entries: the name and a first component. Others are known by their beginning. */
static void probe(struct sk_slice in, const char *name, struct sk_report *claims)
{
	static const char *const ics[] = {"ics", "ifb", "ical", "vcs"};
	struct sk_slice head = sk_slice_sub(in, 0, 64);

	for (size_t i = 0; i < sizeof(ics) / sizeof(ics[0]); i++)
		if (name_ends(name, ics[i])) {
			while (
			    head.n && (head.p[0] == ' ' || head.p[0] == '\r' || head.p[0] == '\n'))
				head = sk_slice_sub(head, 1, head.n);
			if (head.n > 6 && strncasecmp((const char *)head.p, "BEGIN:", 6) == 0)
				sk_report_claim(
				    claims, SK_FT_ICS, SK_CLAIM_HINT, 0, "name and BEGIN");
		}
}

static enum sk_filetype out_type(enum sk_filetype type, enum sk_method method)
{
	return method == SK_METHOD_TEXT      ? SK_FT_TXT
	       : method == SK_METHOD_FLATTEN ? SK_FT_PDF
					     : type;
}

static int rebuild(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	out->type = type;
	return sk_cal_clean(job, type, in, false, &out->bytes);
}

static int to_text(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	int rc = sk_cal_clean(job, type, in, true, &out->bytes);

	out->type = SK_FT_TXT;
	if (rc == 0 && out->bytes.len == 0)
		rc = sk_buf_putc(&out->bytes, '\n');
	return rc ? rc : sk_text_mark(job, &out->bytes);
}

/* What method text says, printed. */
static int flatten(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct sk_output plain = {.bytes = SK_BUF(job->limits->output)};
	int rc = to_text(job, type, in, &plain);

	if (rc == 0)
		rc = sk_text_print(job, sk_buf_slice(&plain.bytes), false, out);
	sk_buf_free(&plain.bytes);
	return rc;
}

const struct sk_handler sk_calendar_handler = {
    .name = "calendar",
    .types = types,
    .methods = SK_METHOD_REBUILD | SK_METHOD_FLATTEN | SK_METHOD_TEXT,
    .probe = probe,
    .rebuild = rebuild,
    .flatten = flatten,
    .text = to_text,
    .out_type = out_type,
};
