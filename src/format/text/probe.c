/*
 * Is it text, and of which kind? Bytes that no writer of text makes end the question; then the
 * beginning and, for tables and JSON, the name decide. Cleaner's jail.
 */
#include "format/text/text.h"

#include <strings.h>

#define SAMPLE ((size_t)64 << 10)

static bool name_ends(const char *name, const char *const *list)
{
	const char *dot = strrchr(name, '.');

	for (; dot && *list; list++)
		if (strcasecmp(dot + 1, *list) == 0)
			return true;
	return false;
}

/* A few stray control characters are removed by cleaning; many mean that this is no text. */
static bool few_controls(struct sk_slice s)
{
	size_t controls = 0;

	for (size_t i = 0; i < s.n; i++) {
		uint8_t b = s.p[i];
		controls +=
		    b == 0x7F || (b < 0x20 && !(b >= 8 && b <= 13) && b != 0x1A && b != 0x1B);
	}
	return controls <= 2 + s.n / 100 && controls * 5 <= s.n;
}

/* Western texts have some letters with accents, not one beside the other. */
static bool mostly_ascii(struct sk_slice s)
{
	size_t high = 0;

	for (size_t i = 0; i < s.n; i++)
		high += s.p[i] >= 0x80;
	return high * 3 <= s.n;
}

/* UTF-16 with a mark but nothing readable behind it is no text either. */
static bool wide_is_text(enum sk_charset cs, struct sk_slice in)
{
	struct sk_buf tmp = SK_BUF(SAMPLE * 4);
	uint32_t bad = 0;
	size_t controls = 0;

	(void)sk_charset_to_utf8(cs, sk_slice_sub(in, 0, SAMPLE), &tmp, &bad);
	for (size_t i = 0; i < tmp.len; i++)
		controls +=
		    tmp.p[i] < 0x20 && !(tmp.p[i] >= 8 && tmp.p[i] <= 13) && tmp.p[i] != 0x1B;
	bool ok = (bad + controls) * 20 <= tmp.len + 20;
	sk_buf_free(&tmp);
	return ok;
}

/* Whether the sample is text, and its character set. What is none, most files are, is told before the statistics. */
static bool is_text(struct sk_slice sample, bool cut, enum sk_charset *cs)
{
	*cs = sk_charset_detect_wide(sample);
	if (*cs != SK_CS_COUNT)
		return wide_is_text(*cs, sample);
	if (!few_controls(sample))
		return false;
	*cs = cut ? sk_charset_detect_head(sample) : sk_charset_detect(sample);
	return *cs != SK_CS_LATIN1 || mostly_ascii(sample);
}

#define HEAD ((size_t)4096)

/* The beginning as cleaning leaves it, behind white space: what the result will be taken for. */
static struct sk_slice head(
    struct sk_slice in, enum sk_charset cs, struct sk_buf *tmp, struct sk_buf *out)
{
	struct sk_text_counts dropped = {0};
	uint32_t bad = 0;
	size_t at = 0;

	(void)sk_charset_to_utf8(cs, sk_slice_sub(in, 0, HEAD), tmp, &bad);
	(void)sk_text_filter(sk_buf_slice(tmp), out, &dropped);
	while (at < out->len && (out->p[at] == ' ' || (out->p[at] >= 9 && out->p[at] <= 13)))
		at++;
	return sk_slice_sub(sk_buf_slice(out), at, out->len);
}

/* One too deep is JSON, too, and to be refused as such. */
static bool has_grammar(struct sk_slice utf8)
{
	const char *why = NULL;
	int rc = sk_text_json(utf8, NULL, NULL, &why);

	return rc == 0 || (rc == SK_ELIMIT && why);
}

static bool is_json(struct sk_slice in)
{
	enum sk_charset cs = sk_charset_detect(in);
	struct sk_buf utf8 = SK_BUF(SK_LIMIT_OUTPUT);
	uint32_t bad = 0;
	bool ok;

	if (cs == SK_CS_UTF8) {
		if (sk_slice_starts(in, SK_SLICE_LIT("\xEF\xBB\xBF")))
			in = sk_slice_sub(in, 3, in.n);
		return has_grammar(in);
	}
	ok = sk_charset_to_utf8(cs, in, &utf8, &bad) == 0 && has_grammar(sk_buf_slice(&utf8));
	sk_buf_free(&utf8);
	return ok;
}

static void claim(struct sk_slice in, struct sk_slice h, const char *name, const char *evidence,
    struct sk_report *claims)
{
	static const char *const csv[] = {"csv", NULL}, *const tsv[] = {"tsv", "tab", NULL};
	static const char *const json[] = {"json", "geojson", "topojson", NULL};
	static const char *const xml[] = {"xml", "xsd", NULL}, *const txt[] = {"txt", "text", "log",
								   "md", NULL};

	if (name_ends(name, csv))
		sk_report_claim(claims, SK_FT_CSV, SK_CLAIM_HINT, 0, evidence);
	else if (name_ends(name, tsv))
		sk_report_claim(claims, SK_FT_TSV, SK_CLAIM_HINT, 0, evidence);
	else if (name_ends(name, json) && is_json(in))
		sk_report_claim(claims, SK_FT_JSON, SK_CLAIM_HINT, 0, "name and JSON grammar");
	else if (name_ends(name, xml) && h.n && h.p[0] == '<')
		sk_report_claim(claims, SK_FT_XML, SK_CLAIM_HINT, 0, "name and an opening tag");
	else if (!name_ends(name, txt) && sk_slice_starts(h, SK_SLICE_LIT("<?xml ")))
		sk_report_claim(claims, SK_FT_XML, SK_CLAIM_SIGNATURE, 0, "XML declaration");
	else
		sk_report_claim(claims, SK_FT_TXT, SK_CLAIM_HINT, 0, evidence);
}

/* Another format's structure from the first byte on: that it could also be read as text says nothing. */
static bool has_structure(const struct sk_report *claims)
{
	for (uint32_t i = 0; i < claims->nclaims; i++)
		if (claims->claims[i].strength == SK_CLAIM_STRUCTURE &&
		    claims->claims[i].offset == 0)
			return true;
	return false;
}

void sk_text_probe(struct sk_slice in, const char *name, struct sk_report *claims)
{
	if (has_structure(claims))
		return;
	struct sk_slice sample = sk_slice_sub(in, 0, SAMPLE);
	enum sk_charset cs;
	struct sk_buf tmp = SK_BUF(HEAD * 4), filtered = SK_BUF(HEAD * 4);
	char evidence[40];

	if (in.n == 0 || !is_text(sample, sample.n < in.n, &cs))
		return;
	snprintf(evidence, sizeof(evidence), "text in %s", sk_charset_name(cs));
	claim(in, head(in, cs, &tmp, &filtered), name, evidence, claims);
	sk_buf_free(&tmp);
	sk_buf_free(&filtered);
}
