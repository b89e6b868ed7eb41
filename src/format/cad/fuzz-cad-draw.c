/*
 * Fuzz target: method flatten. The first byte chooses the type and how: what the cleaner makes of the input is read and drawn on
 * a small canvas, as the readers do it, or goes all the way to a page.
 */
#include <stdlib.h>

#include "format/cad/draw.h"
#include "format/metafile/metafile.h"

#define LEAST ((uint64_t)2000000) /* pixels of a page: A1 at the least resolution */
#define SIDE 256                  /* pixels of the canvas */

static void on_canvas(struct sk_job *job, const struct sk_cad_drawing *d, unsigned i)
{
	cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_RGB24, SIDE, SIDE);
	struct sk_cad_canvas c = {
	    .job = job, .m = SK_AFFINE_ONE, .page = SK_AFFINE_ONE, .scale = 1, .px_mm = 1};

	d->draw(d->data, i, &c);
	c.m = SK_AFFINE_ONE;
	c.page = (struct sk_affine){1, 0, 0, -1, 0, SIDE};
	c.clip[2] = c.clip[3] = SIDE;
	c.seen = UINT32_MAX;
	c.cr = cairo_create(s);
	if (!c.err)
		d->draw(d->data, i, &c);
	if (!c.err && cairo_status(c.cr))
		abort(); /* cairo got what it cannot draw */
	cairo_destroy(c.cr);
	cairo_surface_destroy(s);
}

static void read_and_draw(struct sk_job *job, enum sk_filetype type, struct sk_slice in)
{
	struct sk_output rebuilt = {.bytes = SK_BUF((size_t)64 << 20)};
	struct sk_cad c = {.job = job, .charset = SK_CS_CP932};
	struct sk_cad_drawing d = {0};

	if (sk_cad_handler.rebuild(job, type, in, &rebuilt) == 0) {
		struct sk_slice cleaned = sk_buf_slice(&rebuilt.bytes);
		int rc = type == SK_FT_DXF   ? sk_cad_read_dxf(&c, cleaned, &d)
			 : type == SK_FT_SFC ? sk_cad_read_sfc(&c, cleaned, &d)
					     : sk_cad_read_p21(&c, cleaned, &d);
		for (unsigned i = 0; rc == 0 && i < d.pages && i < 4; i++)
			on_canvas(job, &d, i);
	}
	sk_buf_free(&rebuilt.bytes);
}

static void flatten(struct sk_job *job, enum sk_filetype type, struct sk_slice in)
{
	struct sk_output out = {.bytes = SK_BUF((size_t)64 << 20)};

	if (sk_cad_handler.flatten(job, type, in, &out) == 0 &&
	    (out.type != SK_FT_PDF || out.bytes.len == 0))
		abort();
	sk_buf_free(&out.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sk_report report;
	struct sk_limits limits = sk_limits_for(size);
	struct sk_budget budget = {limits.expand, limits.pixels_total, limits.members, 10};
	struct sk_job job = {.report = &report,
	    .limits = &limits,
	    .budget = &budget,
	    .name = "x",
	    .method = SK_METHOD_FLATTEN};

	if (size < 1 || sk_metafile_init())
		return 0;
	sk_report_clear(&report);
	limits.pixels = LEAST;
	job.arena = sk_arena_new((size_t)1 << 30);
	if (job.arena == NULL)
		return 0;
	enum sk_filetype type = sk_cad_handler.types[(data[0] & 63) % 3];
	struct sk_slice in = sk_slice(data + 1, size - 1);
	if (data[0] >> 6 == 3)
		flatten(&job, type, in);
	else
		read_and_draw(&job, type, in);
	sk_arena_free(job.arena);
	return 0;
}
