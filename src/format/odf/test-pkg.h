/* OpenDocument packages made in memory for tests and fuzzers, and cleaning in process. */
#ifndef SK_FORMAT_ODF_TEST_PKG_H
#define SK_FORMAT_ODF_TEST_PKG_H

#include "container/zip.h"
#include "format/test-run.h"

#define T_NS(prefix, name) \
	" xmlns:" prefix "=\"urn:oasis:names:tc:opendocument:xmlns:" name ":1.0\""
#define T_SPACES \
	T_NS("office", "office") \
	T_NS("text", "text") \
	T_NS("table", "table") \
	T_NS("draw", "drawing") \
	T_NS("style", "style") \
	T_NS("svg", "svg-compatible") \
	T_NS("script", "script") \
	T_NS("meta", "meta") \
	T_NS("config", "config") \
	T_NS("number", "datastyle") \
	T_NS("form", "form") \
	T_NS("presentation", "presentation") \
	T_NS("fo", "xsl-fo-compatible") \
	T_NS("chart", "chart") \
	" xmlns:xlink=\"http://www.w3.org/1999/xlink\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"" \
	" xmlns:math=\"http://www.w3.org/1998/Math/MathML\"" \
	" xmlns:calcext=\"urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0\"" \
	" xmlns:loext=\"urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0\""
#define T_CONTENT(body) \
	"<office:document-content" T_SPACES " office:version=\"1.3\">" body \
	"</office:document-content>"
#define T_MEDIA "application/vnd.oasis.opendocument."

struct t_part {
	const char *name;
	struct sk_slice data;
};

#define T_PART(name, text) \
	{ \
		name, \
		{ \
			(const uint8_t *)(text), strlen(text) \
		} \
	}

static int t_package(const char *media, const struct t_part *parts, size_t n, struct sk_buf *out)
{
	struct sk_zip_writer *w = sk_zip_writer_new(out);
	int rc = w ? sk_zip_writer_add(w, "mimetype", sk_slice_str(media), 0) : SK_ENOMEM;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = sk_zip_writer_add(w, parts[i].name, parts[i].data, 1);
	if (rc == 0)
		rc = sk_zip_writer_end(w);
	sk_zip_writer_free(w);
	return rc;
}

/* Clean in process, as the engine does. out is to be freed by the caller. */
static inline int t_clean(struct sk_slice in, enum sk_filetype type, enum sk_method method,
    struct sk_report *r, struct sk_output *out)
{
	struct tr_run t = {&sk_odf_handler, type, .text = method == SK_METHOD_TEXT, .name = "t"};

	return tr_clean(&t, in, r, out);
}

#endif
