/* Pictures in Office files: cleaned by the image family, drawings of Windows to PNG. Cleaner's
 * jail. */
#include "format/ooxml/ox.h"

#include "format/image/image.h"
#include "format/metafile/metafile.h"

static int clean(struct ox_pkg *pkg, struct ox_member *m, struct sk_slice in, struct sk_buf *out)
{
	enum sk_filetype t = sk_image_type(in);

	if (t != SK_FT_UNKNOWN) {
		m->image_type = t;
		return sk_image_clean(pkg->job, t, in, m->name, out);
	}
	if (sk_metafile_type(in) == SK_FT_UNKNOWN)
		return SK_EUNSUPPORTED;
	m->image_type = SK_FT_PNG;
	return sk_metafile_to_png(pkg->job, in, m->name, out);
}

bool ox_image(struct ox_pkg *pkg, struct ox_member *m)
{
	if (m->image.n || m->bad)
		return m->image.n > 0;
	m->bad = true;
	struct sk_arena *arena = sk_arena_new(pkg->job->limits->memory);
	struct sk_buf out = SK_BUF(pkg->job->limits->output);
	struct sk_slice in;
	int rc = arena ? ox_pkg_read(pkg, m, arena, &in) : SK_ENOMEM;
	if (rc == 0) {
		rc = clean(pkg, m, in, &out);
		m->seen = rc == 0;
	}
	if (rc == 0 && out.len) {
		m->image =
		    (struct sk_slice){sk_arena_dup(pkg->job->arena, out.p, out.len), out.len};
		m->bad = m->image.p == NULL;
		rc = m->bad ? SK_ENOMEM : 0;
	}
	sk_buf_free(&out);
	sk_arena_free(arena);
	/* A picture that cannot be decoded goes; one that breaks a limit refuses the whole file. */
	if (rc == SK_EREFUSED || rc == SK_ENOMEM)
		pkg->rc = rc;
	return !m->bad;
}
