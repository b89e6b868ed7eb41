/* Tables and signs of SXF (specification 3.1, predefined elements). Cleaner's jail. */
#include "format/cad/sxf.h"

#include <math.h>
#include <strings.h>

#define ARROW_MM 10.0 /* of a scale of 1 */
#define MARKER_MM 2.0
#define DESCENT 0.12 /* of the em of a Japanese font */

static const struct {
	const char *name;
	uint32_t rgb;
} colours[] = {{"black", 0x000000}, {"red", 0xFF0000}, {"green", 0x00FF00}, {"blue", 0x0000FF},
    {"yellow", 0xFFFF00}, {"magenta", 0xFF00FF}, {"cyan", 0x00FFFF}, {"white", 0xFFFFFF},
    {"deeppink", 0xC00080}, {"brown", 0xC08040}, {"orange", 0xFF8000}, {"lightgreen", 0x80C080},
    {"lightblue", 0x0080FF}, {"lavender", 0x8040FF}, {"lightgray", 0xC0C0C0},
    {"darkgray", 0x808080}};

#define DASH 6, 1.5
#define LONG 12, 1.5
#define DOT 0.25, 1.5
#define SHORT 3.5, 1.5

static const struct {
	const char *name;
	struct sk_cad_dashes d;
} types[] = {{"continuous", {0, {0}}}, {"dashed", {2, {DASH}}}, {"dashed spaced", {2, {6, 6}}},
    {"long dashed dotted", {4, {LONG, DOT}}}, {"long dashed double-dotted", {6, {LONG, DOT, DOT}}},
    {"long dashed triplicate-dotted", {8, {LONG, DOT, DOT, DOT}}}, {"dotted", {2, {DOT}}},
    {"chain", {4, {LONG, SHORT}}}, {"chain double dash", {6, {LONG, SHORT, SHORT}}},
    {"dashed dotted", {4, {DASH, DOT}}}, {"double-dashed dotted", {6, {DASH, DASH, DOT}}},
    {"dashed double-dotted", {6, {DASH, DOT, DOT}}},
    {"double-dashed double-dotted", {8, {DASH, DASH, DOT, DOT}}},
    {"dashed triplicate-dotted", {8, {DASH, DOT, DOT, DOT}}},
    {"double-dashed triplicate-dotted", {10, {DASH, DASH, DOT, DOT, DOT}}}};

static const double widths[] = {0.13, 0.18, 0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0};
static const char *const arrows[] = {"blanked arrow", "blanked box", "blanked dot",
    "dimension origin", "filled arrow", "filled box", "filled dot", "integral symbol", "open arrow",
    "slash", "unfilled arrow"};
static const char *const markers[] = {
    "asterisk", "circle", "dot", "plus", "square", "triangle", "x"};

enum {
	BLANKED_ARROW = 1,
	BLANKED_BOX,
	BLANKED_DOT,
	ORIGIN,
	FILLED_ARROW,
	FILLED_BOX,
	FILLED_DOT,
	INTEGRAL,
	OPEN_ARROW,
	SLASH,
	UNFILLED_ARROW
};

#define COUNT(a) ((int64_t)(sizeof(a) / sizeof((a)[0])))

static bool same(struct sk_slice s, const char *name)
{
	s = sk_cad_trim(s);
	return s.n == strlen(name) && strncasecmp((const char *)s.p, name, s.n) == 0;
}

bool sxf_colour(int64_t code, uint32_t *rgb)
{
	if (code < 1 || code > COUNT(colours))
		return false;
	*rgb = colours[code - 1].rgb;
	return true;
}

bool sxf_line_type(int64_t code, struct sk_cad_dashes *d)
{
	if (code < 1 || code > COUNT(types))
		return false;
	*d = types[code - 1].d;
	return true;
}

bool sxf_width(int64_t code, double *mm)
{
	if (code < 1 || code > COUNT(widths))
		return false;
	*mm = widths[code - 1];
	return true;
}

int64_t sxf_colour_named(struct sk_slice name)
{
	for (int64_t i = 0; i < COUNT(colours); i++)
		if (same(name, colours[i].name))
			return i + 1;
	return 0;
}

int64_t sxf_line_type_named(struct sk_slice name)
{
	for (int64_t i = 0; i < COUNT(types); i++)
		if (same(name, types[i].name))
			return i + 1;
	return 0;
}

static int64_t in_list(struct sk_slice name, const char *const *list, int64_t n)
{
	for (int64_t i = 0; i < n; i++)
		if (same(name, list[i]))
			return i + 1;
	return 0;
}

int64_t sxf_arrow_named(struct sk_slice name)
{
	return in_list(name, arrows, COUNT(arrows));
}

int64_t sxf_marker_named(struct sk_slice name)
{
	return in_list(name, markers, COUNT(markers));
}

uint32_t sxf_visible(uint32_t rgb)
{
	return rgb == 0xFFFFFF ? SK_CAD_COLOUR_FRONT : sk_cad_visible(rgb);
}

void sxf_paper(struct sk_cad_paper *p, int64_t type, bool upright, double w, double h)
{
	static const double sizes[][2] = {
	    {1189, 841}, {841, 594}, {594, 420}, {420, 297}, {297, 210}};

	p->given = true;
	p->width = w;
	p->height = h;
	if (type >= 0 && type < COUNT(sizes)) {
		p->width = sizes[type][upright];
		p->height = sizes[type][!upright];
	}
	p->given = p->width > 0 && p->height > 0 && p->width < 1e5 && p->height < 1e5;
	p->unit_mm = 1;
}

/* --- words --- */

/*
 * Standing writing has its length along the longer side of the box. Where the coordinates are those of a survey (x to the
 * north), the map mirrors and the words do not.
 */
static void box_of(
    const struct sxf_words *w, double natural, double *kx, double *ky, double size[2])
{
	double along = w->vertical ? fmax(w->width, w->height) : w->width;
	double across = w->vertical ? fmin(w->width, w->height) : w->height;

	if (w->vertical && !(across > 0))
		across = along / fmax(natural, 1);
	if (!(along > 0))
		along = natural * across;
	*ky = w->vertical ? along / fmax(natural, 1e-9) : across;
	*kx = w->vertical ? across : along / fmax(natural, 1e-9);
	size[0] = w->vertical ? across : along;
	size[1] = w->vertical ? along : across;
}

void sxf_words(struct sk_cad_canvas *c, const struct sxf_words *w)
{
	struct sk_cad_look look = {.latin = 1, .wide = 1, .vertical = w->vertical, .rgb = w->rgb};

	look.serif = sk_slice_find(w->font, 0, SK_SLICE_LIT("明朝")) != SIZE_MAX;
	look.mono = sk_slice_find(w->font, 0, SK_SLICE_LIT("Ｐ")) == SIZE_MAX &&
		    sk_slice_find(w->font, 0, SK_SLICE_LIT("MS P")) == SIZE_MAX;
	double natural = sk_cad_words_width(c, w->utf8, &look), kx, ky, size[2];
	double angle = fmod(w->angle, 360) * M_PI / 180, slant = fmod(w->slant, 360) * M_PI / 180;
	unsigned base = w->base < 1 || w->base > 9 ? 0 : w->base - 1;

	if (!(w->height > 0) || !(natural > 0))
		return;
	box_of(w, natural, &kx, &ky, size);
	struct sk_affine m = sk_affine_place(w->x, w->y, angle, 1, 1);
	if (c->m.a * c->m.d - c->m.b * c->m.c < 0)
		m = sk_affine_mul(m, (struct sk_affine){1, 0, 0, -1, 0, 0});
	if (fabs(slant) < 1.4)
		m = sk_affine_mul(m, (struct sk_affine){1, 0, tan(slant), 1, 0, 0});
	unsigned column = base % 3, row = base / 3;
	double x = -size[0] * column / 2, y = -size[1] * row / 2;
	if (w->vertical)
		m = sk_affine_mul(
		    m, (struct sk_affine){kx, 0, 0, ky, x + size[0] / 2, y + size[1]});
	else
		m = sk_affine_mul(m, (struct sk_affine){kx, 0, 0, ky, x, y + DESCENT * size[1]});
	sk_cad_words_draw(c, w->utf8, &look, &m);
}

/* --- arrows and markers --- */

struct sign {
	struct sk_cad_canvas *c;
	struct sk_affine kept;
	struct sk_cad_pen pen;
};

/* A space of its own: the unit is `mm` on paper, x runs along. */
static struct sign open_sign(
    struct sk_cad_canvas *c, struct sk_xy at, double angle, double mm, const struct sk_cad_pen *pen)
{
	struct sign s = {c, c->m, *pen};
	double unit = sk_affine_scale(&c->m) * c->scale;
	double k = unit > 0 ? mm * c->px_mm / unit : 0;

	c->m = sk_affine_mul(c->m, sk_affine_place(at.x, at.y, angle, k, k));
	s.pen.dashes.n = 0;
	sk_cad_begin(c);
	return s;
}

static void path(struct sk_cad_canvas *c, const double *xy, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (i)
			sk_cad_to(c, xy[2 * i], xy[2 * i + 1]);
		else
			sk_cad_move(c, xy[0], xy[1]);
	}
}

static void box(struct sk_cad_canvas *c, double x, double r)
{
	const double p[] = {x - r, -r, x + r, -r, x + r, r, x - r, r, x - r, -r};

	path(c, p, 5);
}

static void outline(struct sk_cad_canvas *c, int64_t code)
{
	static const double tip[] = {-1, 0.18, 0, 0, -1, -0.18},
			    closed[] = {-1, 0.18, 0, 0, -1, -0.18, -1, 0.18};
	static const double slash[] = {-0.35, -0.35, 0.35, 0.35};
	static const double wave[] = {-0.3, -0.4, -0.1, -0.25, 0, 0, 0.1, 0.25, 0.3, 0.4};

	switch (code) {
	case OPEN_ARROW:
		path(c, tip, 3);
		break;
	case BLANKED_BOX:
	case FILLED_BOX:
		box(c, 0, 0.25);
		break;
	case BLANKED_DOT:
	case FILLED_DOT:
	case ORIGIN:
		sk_cad_arc(c, 0, 0, code == ORIGIN ? 0.3 : 0.2, 0, 360);
		break;
	case SLASH:
		path(c, slash, 2);
		break;
	case INTEGRAL:
		path(c, wave, 5);
		break;
	default:
		path(c, closed, 4);
		break;
	}
}

void sxf_arrow(struct sk_cad_canvas *c, int64_t code, struct sk_xy at, struct sk_xy along,
    double scale, const struct sk_cad_pen *pen)
{
	bool filled = code == FILLED_ARROW || code == FILLED_BOX || code == FILLED_DOT;

	if (code < BLANKED_ARROW || code > UNFILLED_ARROW || (along.x == 0 && along.y == 0) ||
	    !(scale > 0 && scale < 1e6))
		return;
	struct sign s = open_sign(c, at, atan2(along.y, along.x), scale * ARROW_MM, pen);
	outline(c, code);
	if (filled)
		sk_cad_fill(c, s.pen.rgb);
	else if (code < FILLED_ARROW && code != ORIGIN)
		sk_cad_fill(c, 0xFFFFFF); /* blanked: the line ends before it */
	sk_cad_stroke(c, &s.pen);
	c->m = s.kept;
}

void sxf_marker(struct sk_cad_canvas *c, int64_t code, struct sk_xy at, double angle, double scale,
    const struct sk_cad_pen *pen)
{
	static const double cross[] = {-0.5, -0.5, 0.5, 0.5}, other[] = {-0.5, 0.5, 0.5, -0.5};
	static const double flat[] = {-0.5, 0, 0.5, 0}, upright[] = {0, -0.5, 0, 0.5};
	static const double triangle[] = {-0.5, -0.3, 0.5, -0.3, 0, 0.55, -0.5, -0.3};
	double k = scale > 0 && scale < 1e6 ? scale : 1;
	struct sign s = open_sign(c, at, fmod(angle, 360) * M_PI / 180, k * MARKER_MM, pen);

	if (code == 1 || code == 7) {
		path(c, cross, 2);
		path(c, other, 2);
	}
	if (code == 1 || code == 4) {
		path(c, flat, 2);
		path(c, upright, 2);
	}
	if (code == 2 || code == 3)
		sk_cad_arc(c, 0, 0, code == 2 ? 0.5 : 0.15, 0, 360);
	if (code == 5)
		box(c, 0, 0.5);
	if (code == 6)
		path(c, triangle, 4);
	if (code == 3)
		sk_cad_fill(c, s.pen.rgb);
	sk_cad_stroke(c, &s.pen);
	c->m = s.kept;
}

/* --- clothoids --- */

#define STEPS 400

/* The direction turns with the square of the length: x and y are its integrals, here by Simpson's rule. */
void sxf_clothoid(struct sk_cad_canvas *c, double a, bool clockwise, double from, double to)
{
	double x = 0, y = 0, s = 0, k = a != 0 ? 1 / (2 * a * a) : 0, turn = clockwise ? -1 : 1;
	double far = fmax(fabs(from), fabs(to)), step = far / STEPS;
	bool began = false;

	/* More than some turns are none that a road takes. */
	if (!(k > 0) || !(far > 0) || far * far * k > 200) {
		c->odd++;
		return;
	}
	for (unsigned i = 0; i <= STEPS && !c->err; i++, s += step) {
		if (s >= fmin(from, to) - step / 2 && s <= fmax(from, to) + step / 2) {
			if (began)
				sk_cad_to(c, x, y);
			else
				sk_cad_move(c, x, y);
			began = true;
		}
		double m = s + step / 2, e = s + step;
		x += step / 6 * (cos(s * s * k) + 4 * cos(m * m * k) + cos(e * e * k));
		y += turn * step / 6 * (sin(s * s * k) + 4 * sin(m * m * k) + sin(e * e * k));
	}
}
