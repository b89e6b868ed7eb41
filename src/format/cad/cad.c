/* Handler of exchange files of drawings: p21, sfc, dxf (doc/profiles/cad.md). Cleaner's jail. */
#include "format/cad/cad.h"

#include "format/metafile/metafile.h"
#include "format/text/text.h"

#define PASSES 4

static const enum sk_filetype types[] = {SK_FT_STEP, SK_FT_SFC, SK_FT_DXF, SK_FT_UNKNOWN};

/* What SXF writes into the description of its files of feature comments. */
static void probe(struct sk_slice in, const char *name, struct sk_report *claims)
{
	struct sk_slice head = sk_slice_sub(in, 0, 4096);

	if (sk_slice_starts(head, SK_SLICE_LIT("ISO-10303-21;")) &&
	    (sk_slice_find(head, 0, SK_SLICE_LIT("feature_mode")) != SIZE_MAX ||
		sk_slice_find(head, 0, SK_SLICE_LIT("/*SXF")) != SIZE_MAX))
		sk_report_claim(claims, SK_FT_SFC, SK_CLAIM_STRUCTURE, 0, "SXF feature comments");
}

static enum sk_filetype out_type(enum sk_filetype type, enum sk_method method)
{
	return method == SK_METHOD_TEXT      ? SK_FT_TXT
	       : method == SK_METHOD_FLATTEN ? SK_FT_PDF
					     : type;
}

static void tell(struct sk_cad *c)
{
	const struct {
		enum sk_code code;
		uint32_t n;
	} rows[] = {{SK_CAD_EXTERNAL, c->external}, {SK_CAD_EMBEDDED, c->embedded},
	    {SK_CAD_LINK, c->link}, {SK_CAD_METADATA, c->metadata + c->comments},
	    {SK_CAD_UNKNOWN, c->unknown}, {SK_CAD_DAMAGED, c->damaged}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].n)
			sk_job_removed(c->job, rows[i].code, rows[i].n, "%s", "");
	sk_text_report(c->job, &c->counts, "");
}

/* Controls that separate nothing go before anything is read, so that they cannot hide where something ends. */
static struct sk_slice without_controls(struct sk_cad *c, struct sk_slice in)
{
	size_t n = 0, found = 0;

	for (size_t i = 0; i < in.n; i++)
		found += in.p[i] < 0x20 && !(in.p[i] >= 9 && in.p[i] <= 13) && in.p[i] != 0x1A;
	if (found == 0)
		return in;
	uint8_t *p = sk_arena_alloc(c->job->arena, in.n);
	if (p == NULL)
		return sk_slice("", 0);
	for (size_t i = 0; i < in.n; i++)
		if (in.p[i] >= 0x20 || (in.p[i] >= 9 && in.p[i] <= 13) || in.p[i] == 0x1A)
			p[n++] = in.p[i];
	c->counts.control += (uint32_t)found;
	return sk_slice(p, n);
}

static bool is_whole(struct sk_slice in, enum sk_charset cs)
{
	const struct sk_cad c = {.charset = cs};

	for (size_t at = 0, n; at < in.n; at += n)
		if ((n = sk_cad_character(&c, in, at)) == 0)
			return false;
	return true;
}

/*
 * Strings stay in their character set when that is one a byte at a time can be checked in: the most probable one, or, where
 * the file is not whole in that, the first in which it is.
 */
static bool charset_of(struct sk_slice in, enum sk_charset *cs)
{
	static const enum sk_charset known[] = {SK_CS_UTF8, SK_CS_CP932, SK_CS_EUCJP, SK_CS_LATIN1};
	enum sk_charset probable = sk_charset_detect(in);
	bool ours = false;

	*cs = probable;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		ours = ours || probable == known[i];
	for (size_t i = 0; ours && i < sizeof(known) / sizeof(known[0]) && !is_whole(in, *cs); i++)
		*cs = is_whole(in, known[i]) ? known[i] : probable;
	return ours;
}

static int pass(struct sk_cad *c, enum sk_filetype type, struct sk_slice in)
{
	if (!charset_of(in, &c->charset))
		return sk_job_refuse(
		    c->job, SK_REASON_DAMAGED, "a drawing in %s", sk_charset_name(c->charset));
	return type == SK_FT_DXF ? sk_cad_dxf(c, in) : sk_cad_step(c, in, type == SK_FT_SFC);
}

/* What is left may look like another character set than all of it: then it is read again in that one. */
static bool looks_otherwise(const struct sk_cad *c)
{
	enum sk_charset now;

	return charset_of(sk_buf_slice(c->out), &now) && now != c->charset;
}

static int passes(struct sk_cad *c, enum sk_filetype type, struct sk_slice in)
{
	uint32_t lost = c->counts.invalid;
	int rc = pass(c, type, in);

	for (unsigned i = 0;
	     rc == 0 && !c->plain && (c->counts.invalid != lost || looks_otherwise(c)); i++) {
		struct sk_buf before = *c->out;
		if (i == PASSES)
			return sk_job_refuse(
			    c->job, SK_REASON_DAMAGED, "strings in no character set");
		lost = c->counts.invalid;
		*c->out = SK_BUF(before.max);
		rc = pass(c, type, sk_buf_slice(&before));
		sk_buf_free(&before);
	}
	return rc;
}

static int clean(struct sk_job *job, enum sk_filetype type, struct sk_slice in, bool plain,
    struct sk_output *out)
{
	struct sk_cad c = {.job = job, .out = &out->bytes, .plain = plain};

	out->type = out_type(type, plain ? SK_METHOD_TEXT : SK_METHOD_REBUILD);
	if (sk_slice_starts(in, SK_SLICE_LIT("AutoCAD Binary DXF")))
		return sk_job_refuse(job, SK_REASON_UNSUPPORTED_TYPE, "binary DXF");
	if (sk_slice_starts(in, SK_SLICE_LIT("\xEF\xBB\xBF")))
		in = sk_slice_sub(in, 3, in.n);
	int rc = passes(&c, type, without_controls(&c, in));
	tell(&c);
	if (rc == 0 && plain && out->bytes.len == 0)
		sk_buf_putc(&out->bytes, '\n');
	return rc == 0 && plain ? sk_text_mark(job, &out->bytes) : rc;
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

/* What is drawn is the rebuilt drawing: small readers suffice for it, and the report names what was taken out. */
static int flatten(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct sk_output rebuilt = {.bytes = SK_BUF(job->limits->output)};
	struct sk_cad c = {.job = job};
	int rc = clean(job, type, in, false, &rebuilt);
	struct sk_slice cleaned = sk_buf_slice(&rebuilt.bytes);

	out->type = SK_FT_PDF;
	if (rc == 0 && !charset_of(cleaned, &c.charset))
		rc = SK_EFORMAT;
	if (rc == 0)
		rc = sk_cad_flatten(&c, type, cleaned, &out->bytes);
	sk_buf_free(&rebuilt.bytes);
	return rc;
}

const struct sk_handler sk_cad_handler = {
    .name = "cad",
    .types = types,
    .methods = SK_METHOD_REBUILD | SK_METHOD_FLATTEN | SK_METHOD_TEXT,
    .init = sk_metafile_init, /* the fonts, loaded once */
    .probe = probe,
    .rebuild = rebuild,
    .flatten = flatten,
    .text = to_text,
    .out_type = out_type,
};
