/*
 * The device context: state, objects, coordinate spaces ([MS-EMF] 3.1.1.2), pixels out. Cleaner's jail.
 */
#include "format/metafile/gdi.h"

#include <math.h>
#include <stdlib.h>

#define PEN_NULL 5

int sk_gdi_begin(
    struct sk_gdi *g, struct sk_job *job, uint32_t width, uint32_t height, size_t objects)
{
	*g = (struct sk_gdi){.job = job, .ntable = objects};
	int rc = sk_job_pixels(job, width, height);
	if (rc)
		return rc;
	g->table = sk_arena_array(job->arena, objects, sizeof(*g->table));
	if (g->table == NULL)
		return SK_ENOMEM;
	g->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
	g->cr = cairo_create(g->surface);
	if (cairo_status(g->cr))
		return SK_ENOMEM;
	cairo_set_source_rgb(g->cr, 1, 1, 1);
	cairo_paint(g->cr);
	cairo_matrix_init_identity(&g->base);
	g->device = (struct sk_point){96 / 25.4, 96 / 25.4};
	g->s = (struct sk_gdi_state){
	    .map = SK_MM_TEXT,
	    .window_ext = {1, 1},
	    .view_ext = {1, 1},
	    .back_color = 0xFFFFFF,
	    .opaque = true,
	    .miter = 10,
	    .rop2 = 13,
	    .font.height = 12,
	    .pen.kind = SK_GDI_PEN,
	    .brush = {.kind = SK_GDI_BRUSH, .color = 0xFFFFFF, .hatch = -1},
	};
	cairo_matrix_init_identity(&g->s.world);
	return 0;
}

void sk_gdi_end(struct sk_gdi *g)
{
	for (size_t i = 0; i < g->nowned; i++)
		cairo_surface_destroy(g->owned[i]);
	if (g->cr)
		cairo_destroy(g->cr);
	if (g->surface)
		cairo_surface_destroy(g->surface);
	*g = (struct sk_gdi){0};
}

cairo_surface_t *sk_gdi_own(struct sk_gdi *g, cairo_surface_t *s)
{
	if (s == NULL)
		return NULL;
	cairo_surface_t **v =
	    sk_arena_grow(g->job->arena, g->owned, &g->owned_cap, g->nowned + 1, sizeof(*v));
	if (v == NULL) {
		cairo_surface_destroy(s);
		return NULL;
	}
	g->owned = v;
	g->owned[g->nowned++] = s;
	return s;
}

int sk_gdi_pixels(struct sk_gdi *g, struct sk_pixmap *out)
{
	uint32_t w = (uint32_t)cairo_image_surface_get_width(g->surface);
	uint32_t h = (uint32_t)cairo_image_surface_get_height(g->surface);
	size_t stride = (size_t)cairo_image_surface_get_stride(g->surface);

	cairo_surface_flush(g->surface);
	if (cairo_status(g->cr))
		return SK_EFORMAT;
	*out = (struct sk_pixmap){w, h, 3, sk_arena_array(g->job->arena, (size_t)w * h, 3)};
	if (out->data == NULL)
		return SK_ENOMEM;
	const uint8_t *rows = cairo_image_surface_get_data(g->surface);
	uint8_t *to = out->data;
	for (uint32_t y = 0; y < h; y++) {
		for (uint32_t x = 0; x < w; x++, to += 3) {
			uint32_t v;
			memcpy(&v, rows + stride * y + 4 * (size_t)x, sizeof(v));
			to[0] = (uint8_t)(v >> 16);
			to[1] = (uint8_t)(v >> 8);
			to[2] = (uint8_t)v;
		}
	}
	return 0;
}

/* --- coordinate spaces --- */

/* Device units per logical unit in the fixed modes, y upwards. */
static double fixed_unit(enum sk_map_mode m)
{
	switch (m) {
	case SK_MM_LOMETRIC:
		return 0.1;
	case SK_MM_HIMETRIC:
		return 0.01;
	case SK_MM_LOENGLISH:
		return 0.254;
	case SK_MM_HIENGLISH:
		return 0.0254;
	case SK_MM_TWIPS:
		return 25.4 / 1440;
	default:
		return 0;
	}
}

static struct sk_point page_scale(const struct sk_gdi *g)
{
	const struct sk_gdi_state *s = &g->s;
	double unit = fixed_unit(s->map);

	if (unit > 0)
		return (struct sk_point){unit * g->device.x, -unit * g->device.y};
	if (s->map != SK_MM_ISOTROPIC && s->map != SK_MM_ANISOTROPIC)
		return (struct sk_point){1, 1};
	double x = s->window_ext.x ? s->view_ext.x / s->window_ext.x : 1;
	double y = s->window_ext.y ? s->view_ext.y / s->window_ext.y : 1;
	return (struct sk_point){x, y};
}

void sk_gdi_to_pixels(const struct sk_gdi *g, double *x, double *y)
{
	struct sk_point k = page_scale(g);

	cairo_matrix_transform_point(&g->s.world, x, y);
	*x = (*x - g->s.window_org.x) * k.x + g->s.view_org.x;
	*y = (*y - g->s.window_org.y) * k.y + g->s.view_org.y;
	cairo_matrix_transform_point(&g->base, x, y);
	if (!isfinite(*x) || fabs(*x) > 1e6)
		*x = 0;
	if (!isfinite(*y) || fabs(*y) > 1e6)
		*y = 0;
}

/* --- state --- */

void sk_gdi_save(struct sk_gdi *g)
{
	if (g->depth == SK_GDI_SAVES) {
		g->unknown = true;
		return;
	}
	cairo_save(g->cr);
	g->saved[g->depth++] = g->s;
}

void sk_gdi_restore(struct sk_gdi *g, int32_t to)
{
	int64_t level = to < 0 ? (int64_t)g->depth + to : (int64_t)to - 1;

	if (level < 0 || level >= g->depth)
		return;
	while (g->depth > level) {
		cairo_restore(g->cr);
		g->depth--;
	}
	g->s = g->saved[level];
}

/* [MS-EMF] 2.1.24: 1 identity, 2 left multiply, 3 right multiply, 4 set. */
void sk_gdi_modify_world(struct sk_gdi *g, const cairo_matrix_t *m, unsigned mode)
{
	if (mode == 1)
		cairo_matrix_init_identity(&g->s.world);
	else if (mode == 2)
		cairo_matrix_multiply(&g->s.world, m, &g->s.world);
	else if (mode == 3)
		cairo_matrix_multiply(&g->s.world, &g->s.world, m);
	else if (mode == 4)
		g->s.world = *m;
}

void sk_gdi_set_object(struct sk_gdi *g, size_t i, const struct sk_gdi_object *o)
{
	if (i < g->ntable)
		g->table[i] = *o;
}

static void select_object(struct sk_gdi *g, const struct sk_gdi_object *o)
{
	if (o->kind == SK_GDI_PEN)
		g->s.pen = *o;
	else if (o->kind == SK_GDI_BRUSH)
		g->s.brush = *o;
	else if (o->kind == SK_GDI_FONT)
		g->s.font = *o;
}

void sk_gdi_select(struct sk_gdi *g, size_t i)
{
	if (i < g->ntable)
		select_object(g, &g->table[i]);
}

/* [MS-EMF] 2.1.31 StockObject: brushes 0 to 5, pens 6 to 8, fonts 10 to 17. */
void sk_gdi_select_stock(struct sk_gdi *g, unsigned stock)
{
	static const uint32_t greys[] = {0xFFFFFF, 0xC0C0C0, 0x808080, 0x404040, 0x000000};
	struct sk_gdi_object o = {.hatch = -1};

	if (stock <= 5) {
		o.kind = SK_GDI_BRUSH;
		o.null = stock == 5;
		o.color = stock < 5 ? greys[stock] : 0;
	} else if (stock <= 8) {
		o.kind = SK_GDI_PEN;
		o.null = stock == 8;
		o.style = stock == 8 ? PEN_NULL : 0;
		o.color = stock == 6 ? 0xFFFFFF : 0;
	} else if (stock >= 10 && stock <= 17) {
		o.kind = SK_GDI_FONT;
		o.height = 12;
		o.mono = stock <= 11 || stock == 16;
	}
	select_object(g, &o);
}

size_t sk_gdi_free_slot(const struct sk_gdi *g)
{
	size_t i = 0;

	while (i < g->ntable && g->table[i].kind != SK_GDI_NONE)
		i++;
	return i;
}
