/*
 * Handler of txt, csv, tsv, json and xml: decode, filter, parse, write anew. Cleaner's
 * jail.
 */
#include "format/text/text.h"

#include <strings.h>

static const enum sk_filetype types[] = {
    SK_FT_TXT, SK_FT_CSV, SK_FT_TSV, SK_FT_JSON, SK_FT_XML, SK_FT_UNKNOWN};

static size_t next_of(struct sk_slice s, size_t from, uint8_t b)
{
	const uint8_t *p = from < s.n ? memchr(s.p + from, b, s.n - from) : NULL;
	return p ? (size_t)(p - s.p) : s.n;
}

/* Copies [from, to) with each CR that no LF follows replaced. */
static void put_line(
    struct sk_slice in, size_t from, size_t to, const char *end, struct sk_buf *out)
{
	while (from < to) {
		size_t cr = next_of(sk_slice_sub(in, 0, to), from, '\r');
		sk_buf_put(out, in.p + from, cr - from);
		if (cr < to)
			sk_buf_puts(out, end);
		from = cr + 1;
	}
}

/* The line ends of `in` made alike in out: the form that most lines have; CR alone becomes it, too. */
static int one_line_end(struct sk_slice in, struct sk_buf *out)
{
	size_t lf = 0, crlf = 0, cr = 0;

	if (in.n == 0 || memchr(in.p, '\r', in.n) == NULL)
		return sk_buf_put_slice(out, in);
	for (size_t at = next_of(in, 0, '\n'); at < in.n; at = next_of(in, at + 1, '\n')) {
		lf += at == 0 || in.p[at - 1] != '\r';
		crlf += at > 0 && in.p[at - 1] == '\r';
	}
	for (size_t at = next_of(in, 0, '\r'); at < in.n; at = next_of(in, at + 1, '\r'))
		cr++;
	if (lf == 0 && cr == crlf)
		return sk_buf_put_slice(out, in);
	const char *end = crlf > lf ? "\r\n" : "\n";
	for (size_t at = 0; at < in.n;) {
		size_t n = next_of(in, at, '\n');
		put_line(in, at, n < in.n && n > at && in.p[n - 1] == '\r' ? n - 1 : n, end, out);
		if (n < in.n)
			sk_buf_puts(out, end);
		at = n + 1;
	}
	return out->err;
}

enum sk_charset sk_text_declared(struct sk_slice in, bool *unknown)
{
	struct sk_slice head = sk_slice_sub(in, 0, 256);
	size_t end = sk_slice_find(head, 0, SK_SLICE_LIT("?>"));
	size_t at = sk_slice_find(head, 0, SK_SLICE_LIT("encoding"));

	if (!sk_slice_starts(head, SK_SLICE_LIT("<?xml")) || end == SIZE_MAX || at == SIZE_MAX ||
	    at > end)
		return SK_CS_COUNT;
	for (at += 8; at < end && (head.p[at] == ' ' || head.p[at] == '='); at++)
		continue;
	uint8_t quote = head.p[at++];
	size_t from = at;
	while (at < end && head.p[at] != quote)
		at++;
	enum sk_charset cs = sk_charset_by_name(sk_slice_sub(head, from, at - from));
	*unknown = cs == SK_CS_COUNT;
	return cs;
}

static enum sk_charset charset_of(enum sk_filetype type, struct sk_slice in, bool *unknown)
{
	enum sk_charset cs = SK_CS_COUNT;

	if (type == SK_FT_XML)
		cs = sk_text_declared(in, unknown);
	return cs == SK_CS_COUNT ? sk_charset_detect(in) : cs;
}

/*
 * The text of the file as UTF-8 without its byte-order mark: in `buf`, or, when it is UTF-8
 * already, in place (it may then hold invalid bytes).
 */
static int decode(struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_buf *buf,
    struct sk_slice *text)
{
	bool unknown = false;
	enum sk_charset cs = charset_of(type, in, &unknown);
	uint32_t bad = 0;

	if (unknown)
		return sk_job_refuse(
		    job, SK_REASON_UNSUPPORTED_TYPE, "XML in a character set that is not known");
	if (cs == SK_CS_UTF8 && type != SK_FT_XML) {
		*text = sk_slice_starts(in, SK_SLICE_LIT("\xEF\xBB\xBF"))
			    ? sk_slice_sub(in, 3, in.n)
			    : in;
		return 0;
	}
	int rc = sk_charset_to_utf8(cs, in, buf, &bad);
	if (bad)
		sk_job_removed(job, SK_TEXT_INVALID, bad, "%s", sk_charset_name(cs));
	*text = sk_buf_slice(buf);
	return rc;
}

static int filtered(struct sk_job *job, struct sk_slice text, struct sk_buf *buf)
{
	struct sk_text_counts counts = {0};
	int rc = sk_text_filter(text, buf, &counts);

	sk_text_report(job, &counts, "");
	return rc;
}

/* A text that lost all it had is one empty line: an empty file would look like a failed transfer.
 */
static int never_empty(struct sk_buf *out)
{
	return out->len ? out->err : sk_buf_putc(out, '\n');
}

static int clean_txt(struct sk_job *job, struct sk_slice text, struct sk_buf *out)
{
	struct sk_buf tmp = SK_BUF(out->max);
	int rc = filtered(job, text, &tmp);

	if (rc == 0)
		rc = one_line_end(sk_buf_slice(&tmp), out);
	sk_buf_free(&tmp);
	return rc ? rc : never_empty(out);
}

static int clean_table(
    struct sk_job *job, enum sk_filetype type, struct sk_slice text, bool plain, struct sk_buf *out)
{
	struct sk_buf tmp = SK_BUF(out->max), lines = SK_BUF(out->max);
	uint32_t guarded = 0;
	int rc = filtered(job, text, &tmp);

	if (rc == 0 && plain) {
		rc = sk_text_table_plain(sk_buf_slice(&tmp), type, &lines);
		if (rc == 0)
			rc = clean_txt(job, sk_buf_slice(&lines), out);
	} else if (rc == 0) {
		rc = sk_text_table(sk_buf_slice(&tmp), type, out, &guarded);
	}
	if (guarded)
		sk_job_removed(job, SK_TEXT_FORMULA, guarded, "%s", "");
	sk_buf_free(&tmp);
	sk_buf_free(&lines);
	return rc;
}

static int clean_json(struct sk_job *job, struct sk_slice text, struct sk_buf *out)
{
	struct sk_text_counts counts = {0};
	const char *why = NULL;
	int rc = sk_text_json(text, out, &counts, &why);

	if (rc == SK_EFORMAT && why)
		return sk_job_refuse(job, SK_REASON_DAMAGED, "JSON: %s", why);
	if (rc == SK_ELIMIT && why)
		return sk_job_refuse(job, SK_REASON_LIMIT_NESTING, "JSON: %s", why);
	sk_text_report(job, &counts, "JSON");
	return rc;
}

static int clean_xml(struct sk_job *job, struct sk_slice text, bool plain, struct sk_buf *out)
{
	struct sk_buf tmp = SK_BUF(out->max);

	if (!plain)
		return sk_text_xml(job, text, false, out);
	int rc = sk_text_xml(job, text, true, &tmp);
	if (rc == 0)
		rc = clean_txt(job, sk_buf_slice(&tmp), out);
	sk_buf_free(&tmp);
	return rc;
}

static enum sk_filetype out_type(enum sk_filetype type, enum sk_method method)
{
	if (method == SK_METHOD_FLATTEN)
		return SK_FT_PDF;
	return method == SK_METHOD_TEXT ? SK_FT_TXT : type;
}

static int clean(struct sk_job *job, enum sk_filetype type, struct sk_slice in, bool plain,
    struct sk_output *out)
{
	struct sk_buf buf = SK_BUF(out->bytes.max);
	struct sk_slice text;
	int rc = decode(job, type, in, &buf, &text);

	out->type = out_type(type, plain ? SK_METHOD_TEXT : SK_METHOD_REBUILD);
	if (rc == 0 && type == SK_FT_TXT)
		rc = clean_txt(job, text, &out->bytes);
	else if (rc == 0 && (type == SK_FT_CSV || type == SK_FT_TSV))
		rc = clean_table(job, type, text, plain, &out->bytes);
	else if (rc == 0 && type == SK_FT_JSON)
		rc = clean_json(job, text, &out->bytes);
	else if (rc == 0)
		rc = clean_xml(job, text, plain, &out->bytes);
	if (rc == 0 && out->type != SK_FT_JSON && out->type != SK_FT_XML)
		rc = sk_text_mark(job, &out->bytes);
	sk_buf_free(&buf);
	return rc;
}

static int rebuild(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	return clean(job, type, in, false, out);
}

static int to_text(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	return clean(job, type, in, true, out);
}

/* Tables as their cells, all else as its lines, printed. */
static int flatten(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	bool table = type == SK_FT_CSV || type == SK_FT_TSV;
	struct sk_output plain = {.bytes = SK_BUF(job->limits->output)};
	int rc = clean(job, type, in, table, &plain);

	if (rc == 0)
		rc = sk_text_print(job, sk_buf_slice(&plain.bytes), table, out);
	sk_buf_free(&plain.bytes);
	return rc;
}

const struct sk_handler sk_text_handler = {
    .name = "text",
    .types = types,
    .methods = SK_METHOD_REBUILD | SK_METHOD_FLATTEN | SK_METHOD_TEXT,
    .probe = sk_text_probe,
    .rebuild = rebuild,
    .flatten = flatten,
    .text = to_text,
    .out_type = out_type,
};
