/* The handler of OpenDocument files, in packages and in flat XML. Runs in the cleaner's jail. */
#include "format/handler.h"

#include "format/odf/odf.h"
#include "format/office/office.h"
#include "format/text/filter.h"
#include "format/text/text.h"

#define HEAD ((size_t)64 << 10) /* of a flat file: where its first element must end */
#define OFFICE_NS "urn:oasis:names:tc:opendocument:xmlns:office:1.0"

static const enum sk_filetype types[] = {SK_FT_ODT, SK_FT_OTT, SK_FT_ODS, SK_FT_OTS, SK_FT_ODP,
    SK_FT_OTP, SK_FT_ODG, SK_FT_OTG, SK_FT_FODT, SK_FT_FODS, SK_FT_FODP, SK_FT_FODG, SK_FT_UNKNOWN};

static const enum sk_filetype flat_types[] = {[OD_WORDS] = SK_FT_FODT,
    [OD_SHEETS] = SK_FT_FODS,
    [OD_SLIDES] = SK_FT_FODP,
    [OD_DRAWING] = SK_FT_FODG};
static const enum sk_filetype package_types[] = {[OD_WORDS] = SK_FT_ODT,
    [OD_SHEETS] = SK_FT_ODS,
    [OD_SLIDES] = SK_FT_ODP,
    [OD_DRAWING] = SK_FT_ODG};

static bool is_flat(enum sk_filetype type)
{
	for (size_t i = 0; i <= OD_DRAWING; i++)
		if (flat_types[i] == type)
			return true;
	return false;
}

static enum od_kind kind_of(enum sk_filetype type)
{
	switch (type) {
	case SK_FT_ODS:
	case SK_FT_OTS:
	case SK_FT_FODS:
		return OD_SHEETS;
	case SK_FT_ODP:
	case SK_FT_OTP:
	case SK_FT_FODP:
		return OD_SLIDES;
	case SK_FT_ODG:
	case SK_FT_OTG:
	case SK_FT_FODG:
		return OD_DRAWING;
	default:
		return OD_WORDS;
	}
}

/* --- probe: flat files; packages are told by their mimetype among the other kinds of zip --- */

/* The tag of the first element, from '<' to its end; empty when it does not begin near the start. */
static struct sk_slice first_tag(struct sk_slice in)
{
	size_t at = sk_slice_starts(in, SK_SLICE_LIT("\xEF\xBB\xBF")) ? 3 : 0;

	in = sk_slice_sub(in, 0, HEAD);
	for (;;) {
		while (at < in.n && memchr(" \t\r\n", in.p[at], 4))
			at++;
		struct sk_slice rest = sk_slice_sub(in, at, in.n);
		const char *close = sk_slice_starts(rest, SK_SLICE_LIT("<?"))     ? "?>"
				    : sk_slice_starts(rest, SK_SLICE_LIT("<!--")) ? "-->"
				    : sk_slice_starts(rest, SK_SLICE_LIT("<!"))   ? ">"
										  : NULL;
		size_t end = sk_slice_find(rest, 0, sk_slice_str(close ? close : ">"));
		if (end == SIZE_MAX || rest.p[0] != '<')
			return sk_slice_sub(in, 0, 0);
		if (close == NULL)
			return sk_slice_sub(rest, 0, end);
		at += end + strlen(close);
	}
}

static void probe(struct sk_slice in, const char *name, struct sk_report *claims)
{
	(void)name;
	if (in.n == 0 || memchr("<\xEF \t\r\n", in.p[0], 6) == NULL)
		return;
	struct sk_slice tag = first_tag(in);
	if (sk_slice_find(tag, 0, SK_SLICE_LIT(OFFICE_NS)) == SIZE_MAX)
		return;
	for (int k = OD_WORDS; k <= OD_DRAWING; k++) {
		char media[80];
		snprintf(media, sizeof(media), OD_MEDIA "%s", od_media[k]);
		if (sk_slice_find(tag, 0, sk_slice_str(media)) != SIZE_MAX)
			sk_report_claim(
			    claims, flat_types[k], SK_CLAIM_STRUCTURE, 0, "office:mimetype");
	}
}

static enum sk_filetype out_type(enum sk_filetype type, enum sk_method method)
{
	switch (method) {
	case SK_METHOD_TEXT:
		return SK_FT_TXT;
	case SK_METHOD_FLATTEN:
		return SK_FT_PDF;
	default:
		return is_flat(type) ? type : package_types[kind_of(type)];
	}
}

/* --- methods --- */

static int rebuild_package(struct od_pkg *pkg, struct sk_slice in, struct sk_buf *out)
{
	struct od_doc doc = {.in = "", .out = "", .kind = pkg->kind};
	int rc = od_pkg_open(pkg, pkg->job, in);

	if (rc == 0)
		rc = od_document(pkg, &doc);
	if (rc)
		return rc;
	od_report_rest(pkg);
	return od_write(pkg, out);
}

static int rebuild(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct od_pkg pkg = {.job = job, .kind = kind_of(type), .flat = is_flat(type)};
	struct od_doc doc = {.in = "", .out = "", .kind = pkg.kind};

	out->type = out_type(type, SK_METHOD_REBUILD);
	return pkg.flat ? od_filter_flat(&pkg, &doc, in, &out->bytes)
			: rebuild_package(&pkg, in, &out->bytes);
}

static int text_member(struct od_pkg *pkg, struct od_member *m, struct sk_buf *out)
{
	struct sk_slice xml;
	int rc = od_pkg_read(pkg, m, pkg->job->arena, &xml);

	return rc ? rc : od_text_part(pkg->job, xml, m->name, out);
}

/* Headers and footers stand in the styles; the content comes first. */
static int text_package(struct od_pkg *pkg, struct sk_slice in, struct sk_buf *out)
{
	int rc = od_pkg_open(pkg, pkg->job, in);
	struct od_member *content = rc ? NULL : od_pkg_find(pkg, "content.xml");
	struct od_member *styles = rc ? NULL : od_pkg_find(pkg, "styles.xml");

	if (rc == 0 && content == NULL)
		rc = sk_job_refuse(pkg->job, SK_REASON_DAMAGED, "no content.xml");
	if (rc == 0)
		rc = text_member(pkg, content, out);
	return rc || styles == NULL ? rc : text_member(pkg, styles, out);
}

static int text(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct od_pkg pkg = {.job = job, .kind = kind_of(type), .flat = is_flat(type)};
	struct sk_buf raw = SK_BUF(job->limits->output);
	struct sk_text_counts counts = {0};
	int rc = pkg.flat ? od_text_part(job, in, "flat XML", &raw) : text_package(&pkg, in, &raw);

	if (rc == 0)
		rc = sk_text_filter(sk_buf_slice(&raw), &out->bytes, &counts);
	if (rc == 0)
		sk_text_report(job, &counts, "text");
	if (rc == 0 && out->bytes.len == 0)
		rc = sk_buf_putc(&out->bytes, '\n');
	sk_buf_free(&raw);
	if (rc == 0)
		rc = sk_text_mark(job, &out->bytes);
	out->type = SK_FT_TXT;
	return rc;
}

static int flatten(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	return sk_office_flatten(job, &sk_odf_handler, type, in, out);
}

const struct sk_handler sk_odf_handler = {
    .name = "odf",
    .types = types,
    .methods = SK_METHOD_REBUILD | SK_METHOD_FLATTEN | SK_METHOD_TEXT,
    .probe = probe,
    .rebuild = rebuild,
    .flatten = flatten,
    .text = text,
    .out_type = out_type,
};
