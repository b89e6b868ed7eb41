/*
 * What a page asks viewers to draw (doc/profiles/pdf.md, section 11): forms that call forms, tiles without number and
 * long texts of drawn glyphs make hours of work of a few bytes. Reckoned while content is written, from the leaves up.
 * Cleaner's jail.
 */
#include "format/pdf/pdf.h"

#include <math.h>

#define CEILING 1e40 /* so that products and sums stay numbers */
/* Below the verifier's limit, which reckons in another order. */
#define LIMIT (SK_LIMIT_PDF_PAINTINGS * 0.999)

static double cut(double d)
{
	return d < CEILING ? d : CEILING;
}

static const struct sk_pdf_val *inside(const struct sk_pdf_val *v)
{
	return v && v->kind == SK_PDF_OUT ? &v->out->val : v;
}

static const struct sk_pdf_load *load_of(const struct sk_pdf_val *v)
{
	return v && v->kind == SK_PDF_OUT ? v->out->load : NULL;
}

static double number(const struct sk_pdf_val *array, uint32_t i)
{
	double d = 0;

	if (array && array->kind == SK_PDF_ARRAY && i < array->n)
		sk_pdf_number(&array->v[i], &d);
	return d;
}

static double extent(const struct sk_pdf_val *box, uint32_t i)
{
	return fabs(number(box, i + 2) - number(box, i));
}

static double determinant(const struct sk_pdf_val *m)
{
	return m ? fabs(number(m, 0) * number(m, 3) - number(m, 1) * number(m, 2)) : 1;
}

void sk_pdf_called(struct sk_pdf_resources *r, enum sk_pdf_category c, uint32_t index, double scale)
{
	struct sk_pdf_used *u =
	    index && index <= r->cat[c].last ? &r->cat[c].used[r->cat[c].kept[index - 1]] : NULL;

	if (u) {
		u->calls++;
		u->wide = cut(u->wide + 1 / scale);
	}
}

struct sums {
	struct sk_pdf_load *l;
	double w, h, glyph, rate; /* rate: of the heaviest pattern, for the box is filled once */
};

static void font(struct sums *s, const struct sk_pdf_val *v)
{
	const struct sk_pdf_load *l = load_of(v);

	s->glyph = l && l->fixed > s->glyph ? l->fixed : s->glyph;
}

static void state(struct sums *s, const struct sk_pdf_val *v, double n)
{
	const struct sk_pdf_val *g = inside(v), *f = sk_pdf_raw(g, "Font");
	const struct sk_pdf_load *mask = load_of(sk_pdf_raw(inside(sk_pdf_raw(g, "SMask")), "G"));

	if (f && f->kind == SK_PDF_ARRAY && f->n)
		font(s, &f->v[0]);
	if (mask) {
		s->l->fixed += n * (mask->fixed + mask->tiled);
		s->l->text += n * mask->text;
	}
}

static void form(struct sums *s, const struct sk_pdf_used *u)
{
	const struct sk_pdf_load *f = load_of(&u->val);

	if (f == NULL || u->calls == 0)
		return;
	double m = determinant(sk_pdf_raw(&u->val.out->val, "Matrix"));
	double all = u->calls * f->tiled, rate = f->rate ? cut(f->rate * cut(u->wide / m)) : 0;
	double seen = rate * s->w * s->h;
	s->l->fixed += u->calls * f->fixed;
	s->l->text += u->calls * f->text;
	s->l->rate += rate;
	s->l->tiled += s->w > 0 && seen < all ? seen : all;
}

static void pattern(struct sums *s, const struct sk_pdf_val *v)
{
	const struct sk_pdf_val *d = inside(v), *m = sk_pdf_raw(d, "Matrix"),
				*box = sk_pdf_raw(d, "BBox");
	const struct sk_pdf_load *cell = load_of(v);
	double w = extent(box, 0), h = extent(box, 1), step[2] = {1, 1};

	if (cell == NULL) {
		state(s, sk_pdf_raw(d, "ExtGState"), 1);
		return;
	}
	double across = m ? fabs(number(m, 0)) * w + fabs(number(m, 2)) * h : w;
	double up = m ? fabs(number(m, 1)) * w + fabs(number(m, 3)) * h : h;
	sk_pdf_number(sk_pdf_raw(d, "XStep"), &step[0]);
	sk_pdf_number(sk_pdf_raw(d, "YStep"), &step[1]);
	double tile = determinant(m) * fabs(step[0] * step[1]);
	double one = cell->fixed + cell->tiled + 1, rate = cut(one / tile);
	s->l->fixed += one + cut(rate * cut(across * up + s->w * up + s->h * across));
	s->rate = rate > s->rate ? rate : s->rate;
	s->l->text += cut(cell->text * cut((s->w + across) * (s->h + up) / tile));
}

static void resource(struct sums *s, enum sk_pdf_category c, const struct sk_pdf_used *u)
{
	if (u->index == 0)
		return;
	if (c == SK_PDF_RES_FONT)
		font(s, &u->val);
	else if (c == SK_PDF_RES_EXTGSTATE)
		state(s, &u->val, u->calls);
	else if (c == SK_PDF_RES_XOBJECT)
		form(s, u);
	else if (c == SK_PDF_RES_PATTERN)
		pattern(s, &u->val);
}

static struct sk_pdf_load *reckon(
    struct sk_pdf *x, const struct sk_pdf_resources *r, double w, double h)
{
	struct sk_pdf_load *l = sk_arena_alloc(x->home, sizeof(*l));
	struct sums s = {.l = l, .w = w, .h = h};

	if (l == NULL) {
		sk_pdf_fatal(x, SK_ENOMEM);
		return NULL;
	}
	l->text = r->text;
	for (int c = 0; c < SK_PDF_RES_COUNT; c++)
		for (size_t i = 0; i < r->cat[c].n; i++)
			resource(&s, (enum sk_pdf_category)c, &r->cat[c].used[i]);
	l->text = cut(l->text);
	l->fixed = cut(l->fixed + r->operators + l->text * s.glyph);
	l->tiled = cut(l->tiled + s.rate * s.w * s.h);
	l->rate = cut(l->rate + s.rate);
	return l;
}

struct sk_pdf_load *sk_pdf_load(
    struct sk_pdf *x, const struct sk_pdf_resources *r, const struct sk_pdf_val *box)
{
	return reckon(x, r, extent(box, 0), extent(box, 1));
}

static double of_annotations(const struct sk_pdf_val *annots)
{
	double sum = 0;

	for (uint32_t i = 0; i < annots->n; i++) {
		const struct sk_pdf_val *ap = sk_pdf_raw(inside(&annots->v[i]), "AP");
		const struct sk_pdf_load *l = load_of(sk_pdf_raw(ap, "N"));
		sum += l ? l->fixed + l->tiled : 0;
	}
	return sum;
}

void sk_pdf_check_load(struct sk_pdf *x, const struct sk_pdf_resources *r,
    const struct sk_pdf_val *box, const struct sk_pdf_val *annots)
{
	double w = extent(box, 0), h = extent(box, 1);
	/* Viewers show a page without a size as one of theirs. */
	const struct sk_pdf_load *l = reckon(x, r, w < 1 ? 1000 : w, h < 1 ? 1000 : h);

	if (l && !(l->fixed + l->tiled + of_annotations(annots) <= LIMIT))
		sk_pdf_fatal(x, sk_job_refuse(x->job, SK_REASON_LIMIT_PAINTINGS, "%s", x->where));
}
