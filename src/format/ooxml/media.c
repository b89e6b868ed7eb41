/*
 * Files in Office files: pictures, cleaned by the image family, drawings of Windows to PNG; and the workbooks that
 * hold the data of charts, cleaned as files of their own, one level deeper. Cleaner's jail.
 */
#include "format/ooxml/ox.h"

#include "format/image/image.h"
#include "format/metafile/metafile.h"

static int clean_image(
    struct ox_pkg *pkg, struct ox_member *m, struct sk_slice in, struct sk_output *out)
{
	enum sk_filetype t = sk_image_type(in);

	if (t != SK_FT_UNKNOWN) {
		out->type = t;
		return sk_image_clean(pkg->job, t, in, m->name, &out->bytes);
	}
	if (sk_metafile_type(in) == SK_FT_UNKNOWN)
		return SK_EUNSUPPORTED;
	out->type = SK_FT_PNG;
	return sk_metafile_to_png(pkg->job, in, m->name, &out->bytes);
}

/* A workbook that is refused goes; the chart keeps the values it shows. */
static int clean_book(
    struct ox_pkg *pkg, struct ox_member *m, struct sk_slice in, struct sk_output *out)
{
	struct sk_job *job = pkg->job;
	enum sk_code why;

	if (job->services->clean_member == NULL)
		return SK_EUNSUPPORTED;
	int rc = job->services->clean_member(job, m->name, in, out, &why);
	if (rc == SK_EREFUSED || (rc == 0 && out->type != SK_FT_XLSX))
		return SK_EUNSUPPORTED;
	return rc == SK_ELIMIT ? SK_EREFUSED : rc;
}

static int keep(struct ox_pkg *pkg, struct ox_member *m, const struct sk_output *out)
{
	void *copy = sk_arena_dup(pkg->job->arena, out->bytes.p, out->bytes.len);

	if (copy == NULL)
		return SK_ENOMEM;
	m->file = sk_slice(copy, out->bytes.len);
	m->file_type = out->type;
	m->bad = false;
	return 0;
}

static bool clean_file(struct ox_pkg *pkg, struct ox_member *m,
    int (*clean)(struct ox_pkg *, struct ox_member *, struct sk_slice, struct sk_output *))
{
	if (m->file.n || m->bad)
		return m->file.n > 0;
	m->bad = true;
	struct sk_arena *arena = sk_arena_new(pkg->job->limits->memory);
	struct sk_output out = {.bytes = SK_BUF(pkg->job->limits->output)};
	struct sk_slice in;
	int rc = arena ? ox_pkg_read(pkg, m, arena, &in) : SK_ENOMEM;
	if (rc == 0) {
		rc = clean(pkg, m, in, &out);
		m->seen = rc == 0;
	}
	if (rc == 0 && out.bytes.len)
		rc = keep(pkg, m, &out);
	sk_buf_free(&out.bytes);
	sk_arena_free(arena);
	/* What cannot be cleaned goes; what breaks a limit refuses the whole file. */
	if (rc == SK_EREFUSED || rc == SK_ENOMEM)
		pkg->rc = rc;
	return !m->bad;
}

bool ox_image(struct ox_pkg *pkg, struct ox_member *m)
{
	return clean_file(pkg, m, clean_image);
}

bool ox_book(struct ox_pkg *pkg, struct ox_member *m)
{
	m->as = OX_BOOK;
	return clean_file(pkg, m, clean_book);
}
