/*
 * How much a page asks viewers to draw (doc/profiles/pdf.md, section 11): operators, those of forms for each time
 * that they are called, those of tiles for each tile, those of glyphs for each character. Runs after the nesting is
 * known to have an end. Verifier's jail.
 */
#include <math.h>

#include "verify/pdf/pdf.h"

#define HUGE_LOAD 1e40 /* larger numbers are this: their products stay numbers */

static double at_most(double d)
{
	return d < HUGE_LOAD ? d : HUGE_LOAD;
}

static double entry(const struct sk_pv_val *array, unsigned i)
{
	return array && i < array->n ? sk_pv_num(&array->kids[i]) : 0;
}

static double side(const struct sk_pv_val *box, unsigned axis)
{
	return fabs(entry(box, axis + 2) - entry(box, axis));
}

/* What its matrix makes of an area. */
static double factor(const struct sk_pv_val *m)
{
	return m ? fabs(entry(m, 0) * entry(m, 3) - entry(m, 1) * entry(m, 2)) : 1;
}

static struct sk_pv_load *measure(struct sk_pv *p, const struct sk_pv_val *v);

/* The container at hand. */
struct sum {
	struct sk_pv *p;
	struct sk_pv_load *load;
	double w, h, glyph; /* its box; the heaviest glyph of its Type 3 fonts */
	double rate;        /* of the heaviest of its patterns: the box is filled once */
};

static void add_font(struct sum *s, const struct sk_pv_val *font)
{
	const struct sk_pv_load *f = font ? measure(s->p, font) : NULL;

	if (f && f->fixed > s->glyph)
		s->glyph = f->fixed;
}

/* A graphics state that is set n times: its soft mask is drawn, its font may show text. */
static void add_state(struct sum *s, const struct sk_pv_val *v, double n)
{
	const struct sk_pv_val *state = v ? sk_pv_resolve(s->p, v) : NULL;
	const struct sk_pv_val *font = sk_pv_get(state, "Font"),
			       *group = sk_pv_get(sk_pv_get(state, "SMask"), "G");
	const struct sk_pv_load *g = group ? measure(s->p, group) : NULL;

	if (font)
		add_font(s, &font->kids[0]);
	if (g) {
		s->load->fixed += n * (g->fixed + g->tiled);
		s->load->text += n * g->text;
	}
}

/* A form: drawn n times; what is visible of its tiles is in its box and in the box at hand. */
static void add_form(struct sum *s, const struct sk_pv_val *v, const struct sk_pv_calls *calls)
{
	const struct sk_pv_load *f = measure(s->p, v);

	if (f == NULL || calls->n == 0)
		return;
	double m = factor(sk_pv_get(s->p->objs[v->i].val, "Matrix")), tiled = calls->n * f->tiled;
	double rate = f->rate ? at_most(f->rate * at_most(calls->wide / m)) : 0;
	s->load->fixed += calls->n * f->fixed;
	s->load->text += calls->n * f->text;
	s->load->rate += rate;
	s->load->tiled += s->w > 0 && rate * s->w * s->h < tiled ? rate * s->w * s->h : tiled;
}

/* A tiling pattern: as many tiles as touch the box. */
static void add_tiles(struct sum *s, const struct sk_pv_val *v)
{
	const struct sk_pv_val *dict = s->p->objs[v->i].val, *m = sk_pv_get(dict, "Matrix"),
			       *box = sk_pv_get(dict, "BBox");
	const struct sk_pv_load *cell = measure(s->p, v);
	double x = side(box, 0), y = side(box, 1);
	double w = m ? fabs(entry(m, 0)) * x + fabs(entry(m, 2)) * y : x;
	double h = m ? fabs(entry(m, 1)) * x + fabs(entry(m, 3)) * y : y;

	if (cell == NULL)
		return;
	double tile = factor(m) * fabs(sk_pv_num(sk_pv_get(dict, "XStep")) *
				       sk_pv_num(sk_pv_get(dict, "YStep")));
	double one = cell->fixed + cell->tiled + 1, rate = at_most(one / tile);
	s->load->fixed += one + at_most(rate * at_most(w * h + s->w * h + s->h * w));
	s->rate = rate > s->rate ? rate : s->rate;
	s->load->text += at_most(cell->text * at_most((s->w + w) * (s->h + h) / tile));
}

static void add_pattern(struct sum *s, const struct sk_pv_val *v)
{
	if (v->kind == SK_PV_VREF && s->p->objs[v->i].data)
		add_tiles(s, v);
	else
		add_state(s, sk_pv_get(sk_pv_resolve(s->p, v), "ExtGState"), 1);
}

static void add_resources(struct sum *s, const struct sk_pv_val *res)
{
	const struct sk_pv_val *fonts = sk_pv_get(res, "Font"), *forms = sk_pv_get(res, "XObject"),
			       *states = sk_pv_get(res, "ExtGState"),
			       *patterns = sk_pv_get(res, "Pattern");

	for (uint32_t i = 0; fonts && i < fonts->n; i++)
		add_font(s, &fonts->kids[2 * i + 1]);
	for (uint32_t i = 0; states && i < states->n; i++)
		add_state(s, &states->kids[2 * i + 1], s->load->states[i].n);
	for (uint32_t i = 0; forms && i < forms->n; i++)
		add_form(s, &forms->kids[2 * i + 1], &s->load->forms[i]);
	for (uint32_t i = 0; patterns && i < patterns->n; i++)
		add_pattern(s, &patterns->kids[2 * i + 1]);
}

/* The load of a container, reckoned once; NULL when the object is none. */
static struct sk_pv_load *measure(struct sk_pv *p, const struct sk_pv_val *v)
{
	struct sk_pv_obj *o = v->kind == SK_PV_VREF ? &p->objs[v->i] : NULL;
	struct sk_pv_load *load = o ? o->load : NULL;

	if (load == NULL || load->known)
		return load;
	const struct sk_pv_val *box =
	    sk_pv_get(o->val, o->type == SK_PV_PAGE ? "MediaBox" : "BBox");
	struct sum s = {.p = p, .load = load, .w = side(box, 0), .h = side(box, 1)};
	load->known = true;
	if (o->type == SK_PV_PAGE) { /* viewers show a page without a size as one of theirs */
		s.w = s.w < 1 ? 1000 : s.w;
		s.h = s.h < 1 ? 1000 : s.h;
		load->operators = 0; /* as long as the file, not longer */
	}
	add_resources(&s, sk_pv_get(o->val, "Resources"));
	load->text = at_most(load->text);
	load->fixed = at_most(load->fixed + load->operators + load->text * s.glyph);
	load->tiled = at_most(load->tiled + s.rate * s.w * s.h);
	load->rate = at_most(load->rate + s.rate);
	return load;
}

static double of_annotations(struct sk_pv *p, const struct sk_pv_val *page)
{
	const struct sk_pv_val *annots = sk_pv_get(page, "Annots");
	double sum = 0;

	for (uint32_t i = 0; annots && i < annots->n; i++) {
		const struct sk_pv_val *a = sk_pv_resolve(p, &annots->kids[i]);
		const struct sk_pv_val *form = sk_pv_get(sk_pv_get(a, "AP"), "N");
		const struct sk_pv_load *load = form ? measure(p, form) : NULL;
		sum += load ? load->fixed + load->tiled : 0;
	}
	return sum;
}

int sk_pv_loads(struct sk_pv *p)
{
	for (uint32_t i = 1; i < p->nobjs; i++) {
		const struct sk_pv_val page = {.kind = SK_PV_VREF, .i = i};
		if (p->objs[i].type != SK_PV_PAGE)
			continue;
		const struct sk_pv_load *load = measure(p, &page);
		double sum = of_annotations(p, p->objs[i].val);
		p->cur = i;
		if (load)
			sum += load->fixed + load->tiled;
		if (!(sum <= SK_LIMIT_PDF_PAINTINGS))
			return sk_pv_fail(p, "page asks for more drawing than allowed");
	}
	return 0;
}
