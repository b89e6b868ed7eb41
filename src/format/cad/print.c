/*
 * Pages of a drawing as pictures: measured, put on a sheet of paper in a scale of the usual ones, drawn with cairo and handed on
 * with the words to the writer of method flatten. Cleaner's jail.
 */
#include "format/cad/draw.h"

#include <math.h>

#define MARGIN 10.0     /* millimetres around what has no paper of its own */
#define LONGEST 32000.0 /* pixels: cairo's own limit is 32,767 */

/* ISO 216, as drawings use it: lying. */
static const double sheets[][2] = {{297, 210}, {420, 297}, {594, 420}, {841, 594}, {1189, 841}};

#define NSHEETS (sizeof(sheets) / sizeof(sheets[0]))

/* Whether it lies on the sheet, upright or turned. */
static bool fits(double w, double h, unsigned sheet)
{
	double a = sheets[sheet][0] - 2 * MARGIN, b = sheets[sheet][1] - 2 * MARGIN;

	return (w <= a && h <= b) || (w <= b && h <= a);
}

/*
 * Millimetres on paper of one millimetre: as large as it is where that fits a sheet, else in one of the usual scales so that it
 * fits A1 (or, where it is small, fills A3).
 */
static double scale_of(double w, double h)
{
	static const double steps[] = {6, 5, 3, 2.5, 2, 1.5, 1};

	if (fits(w, h, NSHEETS - 1) && fmax(w, h) > 60)
		return 1;
	bool small = fits(w, h, NSHEETS - 1);
	for (int decade = small ? 9 : 0; decade >= -15; decade--)
		for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
			/* 1:n is written by its n. */
			double k = small ? steps[i] * pow(10, decade)
					 : pow(10, decade) /
					       steps[sizeof(steps) / sizeof(steps[0]) - 1 - i];
			if (fits(w * k, h * k, small ? 1 : 3))
				return k;
		}
	return fmin((sheets[3][0] - 2 * MARGIN) / fmax(w, 1e-9), 1);
}

static void choose_sheet(double w, double h, double *paper_w, double *paper_h)
{
	unsigned i = 0;

	while (i + 1 < NSHEETS && !fits(w, h, i))
		i++;
	bool turned = h > w;
	*paper_w = sheets[i][turned];
	*paper_h = sheets[i][!turned];
}

/* Where the canvas lies on the paper: its millimetres, y upwards. */
static struct sk_affine place(
    const struct sk_cad_canvas *c, const struct sk_cad_paper *given, double *w, double *h)
{
	if (given->given) {
		*w = given->width;
		*h = given->height;
		return (struct sk_affine){1, 0, 0, 1, -given->x, -given->y};
	}
	double unit = given->unit_mm > 0 ? given->unit_mm : 1;
	double dx = c->inked ? c->bounds[2] - c->bounds[0] : 0;
	double dy = c->inked ? c->bounds[3] - c->bounds[1] : 0;
	double k = dx > 0 || dy > 0 ? unit * scale_of(dx * unit, dy * unit) : 1;
	choose_sheet(dx * k, dy * k, w, h);
	double left = c->inked ? c->bounds[0] : 0, low = c->inked ? c->bounds[1] : 0;
	return (struct sk_affine){
	    k, 0, 0, k, (*w - dx * k) / 2 - left * k, (*h - dy * k) / 2 - low * k};
}

/* Pixels of a millimetre: a large sheet is drawn more coarsely until it fits. 0: it never does. */
static double resolution(struct sk_job *job, double w, double h)
{
	static const unsigned dpi[] = {200, 150, 100, 75, 50};
	double most = fmin((double)job->limits->pixels, SK_LIMIT_CAD_PIXELS);

	for (size_t i = 0; i < sizeof(dpi) / sizeof(dpi[0]); i++) {
		double k = dpi[i] / 25.4;
		if (w * k * h * k <= most && fmax(w, h) * k <= LONGEST && fmin(w, h) * k >= 1)
			return k;
	}
	return 0;
}

/* RGB out of cairo's pixels, in their place: three bytes are less than four. */
static void pack(cairo_surface_t *s, struct sk_pixmap *out)
{
	const uint8_t *data = cairo_image_surface_get_data(s);
	size_t stride = (size_t)cairo_image_surface_get_stride(s);
	uint8_t *to = cairo_image_surface_get_data(s);

	out->data = to;
	for (uint32_t y = 0; y < out->height; y++)
		for (uint32_t x = 0; x < out->width; x++, to += 3) {
			uint32_t v;
			memcpy(&v, data + y * stride + (size_t)x * 4, 4);
			to[0] = (uint8_t)(v >> 16);
			to[1] = (uint8_t)(v >> 8);
			to[2] = (uint8_t)v;
		}
}

static void draw(const struct sk_cad_drawing *d, unsigned i, struct sk_cad_canvas *c)
{
	c->drawn = 0;
	c->m = SK_AFFINE_ONE;
	c->seen = UINT32_MAX;
	c->odd = c->left_out = c->hidden = c->simplified = c->missing = 0;
	d->draw(d->data, i, c);
}

static int on_surface(const struct sk_cad_drawing *d, unsigned i, struct sk_cad_canvas *c,
    const double mm[2], struct sk_pixmap *px, struct sk_flat *f)
{
	cairo_surface_t *s =
	    cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)px->width, (int)px->height);

	c->cr = cairo_create(s);
	cairo_set_source_rgb(c->cr, 1, 1, 1);
	cairo_paint(c->cr);
	cairo_set_line_join(c->cr, CAIRO_LINE_JOIN_ROUND);
	draw(d, i, c);
	cairo_surface_flush(s);
	int rc = c->err ? c->err : cairo_status(c->cr) ? SK_ENOMEM : 0;
	cairo_destroy(c->cr);
	struct sk_page_text text = {
	    (float)(mm[0] * 72 / 25.4), (float)(mm[1] * 72 / 25.4), c->nlines, c->lines};
	if (rc == 0)
		pack(s, px);
	if (rc == 0)
		rc = sk_flat_page(f, px, text.width, text.height, &text);
	cairo_surface_destroy(s);
	return rc;
}

static void tell(struct sk_job *job, const struct sk_cad_canvas *c)
{
	const struct {
		enum sk_code code;
		uint32_t n;
	} rows[] = {{SK_CAD_HIDDEN, c->hidden}, {SK_CAD_NOT_DRAWN, c->left_out + c->odd},
	    {SK_CAD_SIMPLIFIED, c->simplified}, {SK_CAD_GLYPH, c->missing}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].n)
			sk_job_removed(job, rows[i].code, rows[i].n, "%s", "");
}

/* Pages with nothing on them are left out, unless they are all there is. */
static int page(struct sk_job *job, const struct sk_cad_drawing *d, unsigned i, bool must,
    struct sk_flat *f, bool *made)
{
	struct sk_cad_canvas c = {.job = job, .scale = 1, .px_mm = 1, .page = SK_AFFINE_ONE};
	struct sk_cad_paper paper = {0};
	double mm[2];

	d->paper(d->data, i, &paper);
	draw(d, i, &c);
	if (c.err || (!c.inked && !must))
		return c.err;
	*made = true;
	struct sk_affine onto = place(&c, &paper, &mm[0], &mm[1]);
	c.px_mm = resolution(job, mm[0], mm[1]);
	if (!(c.px_mm > 0))
		return sk_job_refuse(job, SK_REASON_LIMIT_PIXELS, "page %u", i + 1);
	struct sk_pixmap px = {
	    (uint32_t)ceil(mm[0] * c.px_mm), (uint32_t)ceil(mm[1] * c.px_mm), 3, NULL};
	int rc = sk_job_pixels(job, px.width, px.height);
	c.page = sk_affine_mul((struct sk_affine){c.px_mm, 0, 0, -c.px_mm, 0, px.height}, onto);
	c.scale = sk_affine_scale(&c.page);
	c.clip[2] = px.width;
	c.clip[3] = px.height;
	rc = rc ? rc : on_surface(d, i, &c, mm, &px, f);
	if (rc == 0)
		tell(job, &c);
	return rc;
}

int sk_cad_print(struct sk_job *job, const struct sk_cad_drawing *d, struct sk_buf *out)
{
	struct sk_flat *f = sk_flat_new(job);
	int rc = f ? 0 : SK_ENOMEM;
	bool made = false;

	if (rc == 0 && d->pages > SK_LIMIT_PAGES_FLATTEN)
		rc = sk_job_refuse(job, SK_REASON_LIMIT_PAGES, "%u pages, at most %u", d->pages,
		    SK_LIMIT_PAGES_FLATTEN);
	for (unsigned i = 0; i < d->pages && rc == 0; i++) {
		struct sk_job own = *job;
		bool must = i + 1 == d->pages && !made;
		own.arena = sk_arena_new(job->limits->memory);
		rc = own.arena ? page(&own, d, i, must, f, &made) : SK_ENOMEM;
		sk_arena_free(own.arena);
	}
	if (rc == 0)
		sk_report_pages(job->report, d->pages);
	rc = rc ? rc : sk_flat_write(f, out);
	sk_flat_free(f);
	return rc;
}
