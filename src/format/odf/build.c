/* The output package, in the fixed order of doc/profiles/odf.md. Runs in the cleaner's jail. */
#include "format/odf/odf.h"

#define LEVEL 5 /* as for Office: size and time in balance */
#define DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define MANIFEST_NS "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"

const char *const od_media[OD_KINDS] = {
    "text", "spreadsheet", "presentation", "graphics", "chart", "formula"};

struct od_out *od_out(struct od_pkg *pkg, const char *name, const char *media)
{
	if (name == NULL || sk_job_member(pkg->job)) {
		pkg->rc = name ? SK_EREFUSED : SK_ENOMEM;
		return NULL;
	}
	struct od_out *v =
	    sk_arena_grow(pkg->job->arena, pkg->outs, &pkg->outs_cap, pkg->nouts + 1, sizeof(*v));
	if (v == NULL) {
		pkg->rc = SK_ENOMEM;
		return NULL;
	}
	pkg->outs = v;
	v[pkg->nouts] = (struct od_out){.name = name, .media = media};
	return &v[pkg->nouts++];
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct od_out *)a)->name, ((const struct od_out *)b)->name);
}

static int write_manifest(struct od_pkg *pkg, struct sk_zip_writer *w)
{
	struct sk_buf b = SK_BUF(pkg->job->limits->output);

	sk_buf_printf(&b,
	    DECLARATION "<manifest:manifest xmlns:manifest=\"" MANIFEST_NS
			"\" manifest:version=\"1.3\"><manifest:file-entry manifest:full-path=\"/\" "
			"manifest:media-type=\"" OD_MEDIA "%s\"/>",
	    od_media[pkg->kind]);
	for (size_t i = 0; i < pkg->nouts; i++)
		sk_buf_printf(&b,
		    "<manifest:file-entry manifest:full-path=\"%s\" manifest:media-type=\"%s\"/>",
		    pkg->outs[i].name, pkg->outs[i].media);
	sk_buf_puts(&b, "</manifest:manifest>");
	int rc =
	    b.err ? b.err : sk_zip_writer_add(w, "META-INF/manifest.xml", sk_buf_slice(&b), LEVEL);
	sk_buf_free(&b);
	return rc;
}

int od_write(struct od_pkg *pkg, struct sk_buf *out)
{
	struct sk_zip_writer *w = sk_zip_writer_new(out);
	char mimetype[64];

	if (w == NULL)
		return SK_ENOMEM;
	snprintf(mimetype, sizeof(mimetype), OD_MEDIA "%s", od_media[pkg->kind]);
	if (pkg->nouts)
		qsort(pkg->outs, pkg->nouts, sizeof(*pkg->outs), by_name);
	int rc = sk_zip_writer_add(w, "mimetype", sk_slice_str(mimetype), 0);
	if (rc == 0)
		rc = write_manifest(pkg, w);
	for (size_t i = 0; i < pkg->nouts && rc == 0; i++)
		if (!pkg->outs[i].folder)
			rc = sk_zip_writer_add_packed(w, pkg->outs[i].name, &pkg->outs[i].packed);
	if (rc == 0)
		rc = sk_zip_writer_end(w);
	sk_zip_writer_free(w);
	return rc;
}
