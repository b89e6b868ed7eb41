/* A metafile to a PNG: its size, the drawing, or a grey box of the same size. Cleaner's jail. */
#include "format/metafile/metafile.h"

#include <math.h>

#include "format/image/image.h"
#include "format/metafile/read.h"

#define DPI 150      /* of the picture: a drawing on a page stays sharp on screen and in print */
#define LONGEST 2000 /* pixels of its longer side */
#define SHORTEST 400 /* likewise at least: a bare WMF knows no real size, and lines stay sharp */
#define GREY 0xC0

enum sk_filetype sk_metafile_type(struct sk_slice in)
{
	struct sk_metafile_size s;

	if (sk_emf_size(in, &s) == 0)
		return SK_FT_EMF;
	return sk_wmf_size(in, &s) == 0 ? SK_FT_WMF : SK_FT_UNKNOWN;
}

int sk_metafile_init(void)
{
	return sk_gdi_fonts_init();
}

/* Pixels of the picture: at DPI, its longer side between SHORTEST and LONGEST. */
static void pixels(const struct sk_metafile_size *s, uint32_t *w, uint32_t *h)
{
	double x = s->width_mm / 25.4 * DPI, y = s->height_mm / 25.4 * DPI, most = fmax(x, y);

	double side = most > LONGEST ? LONGEST : most < SHORTEST ? SHORTEST : most;

	x *= side / most;
	y *= side / most;
	*w = x < 1 ? 1 : (uint32_t)lround(x);
	*h = y < 1 ? 1 : (uint32_t)lround(y);
}

static int grey_box(struct sk_job *job, uint32_t w, uint32_t h, struct sk_buf *out)
{
	struct sk_pixmap p = {w, h, 1, sk_arena_array(job->arena, w, h)};

	if (p.data == NULL)
		return SK_ENOMEM;
	memset(p.data, GREY, (size_t)w * h);
	return sk_png_encode(&p, DPI, out);
}

/* The picture's own space onto the pixels. A bare WMF is drawn through its window alone. */
static void map(
    struct sk_gdi *g, const struct sk_metafile_size *s, bool emf, uint32_t w, uint32_t h)
{
	double kx = w / (s->right - s->left), ky = h / (s->bottom - s->top);

	cairo_matrix_init(&g->base, kx, 0, 0, ky, -s->left * kx, -s->top * ky);
	if (emf) {
		g->device = (struct sk_point){s->device_x, s->device_y};
		return;
	}
	/* WMF maps its window to the whole picture, whatever viewport it may set. */
	g->s.map = SK_MM_ANISOTROPIC;
	g->s.window_org = (struct sk_point){s->left, s->top};
	g->s.window_ext = g->s.view_ext = (struct sk_point){s->right - s->left, s->bottom - s->top};
	g->s.view_org = (struct sk_point){s->left, s->top};
}

static int draw(struct sk_job *job, struct sk_slice in, const struct sk_metafile_size *s, bool emf,
    uint32_t w, uint32_t h, struct sk_pixmap *p)
{
	struct sk_gdi g;
	int rc = sk_gdi_begin(&g, job, w, h, emf ? sk_emf_objects(in) : sk_wmf_objects(in));

	if (rc == 0) {
		map(&g, s, emf, w, h);
		rc = emf ? sk_emf_play(&g, in) : sk_wmf_play(&g, in);
	}
	if (rc == 0 && g.unknown)
		rc = SK_EFORMAT;
	if (rc == 0)
		rc = sk_gdi_pixels(&g, p);
	sk_gdi_end(&g);
	return rc;
}

/* SK_EFORMAT with *w and *h set: it has a size, but cannot be drawn. */
static int try_png(
    struct sk_job *job, struct sk_slice in, uint32_t *w, uint32_t *h, struct sk_buf *out)
{
	struct sk_metafile_size s;
	struct sk_pixmap p = {0};
	bool emf = sk_emf_size(in, &s) == 0;

	*w = *h = 0;
	if (!emf && sk_wmf_size(in, &s))
		return SK_EFORMAT;
	pixels(&s, w, h);
	int rc = draw(job, in, &s, emf, *w, *h, &p);
	return rc ? rc : sk_png_encode(&p, DPI, out);
}

int sk_metafile_draw(struct sk_job *job, struct sk_slice in, struct sk_buf *out)
{
	uint32_t w, h;
	int rc = try_png(job, in, &w, &h, out);

	if (rc != SK_EFORMAT || w == 0)
		return rc;
	return sk_job_refuse(
	    job, SK_REASON_UNSUPPORTED_TYPE, "a drawing with records that are not listed");
}

int sk_metafile_to_png(
    struct sk_job *job, struct sk_slice in, const char *where, struct sk_buf *out)
{
	uint32_t w, h;
	int rc = try_png(job, in, &w, &h, out);

	if (rc != SK_EFORMAT || w == 0)
		return rc;
	sk_job_removed(job, SK_IMAGE_METAFILE, 1, "%s", where ? where : "");
	return grey_box(job, w, h, out);
}
