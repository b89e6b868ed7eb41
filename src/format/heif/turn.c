/* How a picture is turned, mirrored and cut before it is shown (ISO/IEC 23008-12, 6.5.9, 6.5.10, 6.5.12). Cleaner's jail. */
#include "format/heif/heif.h"

#include <math.h>

/* Where a pixel of the new picture comes from: sx = ax + bx·x + cx·y, the same for sy. */
struct map {
	int64_t ax, bx, cx, ay, by, cy;
	uint32_t width, height;
};

static int apply(struct sk_job *job, struct sk_pixmap *p, const struct map *m)
{
	struct sk_pixmap o = {m->width, m->height, p->channels, NULL};
	uint8_t *at = sk_arena_array(job->arena, (size_t)o.width * o.height, o.channels);

	o.data = at;
	if (at == NULL)
		return SK_ENOMEM;
	for (int64_t y = 0; y < o.height; y++)
		for (int64_t x = 0; x < o.width; x++, at += o.channels) {
			int64_t sx = m->ax + m->bx * x + m->cx * y;
			int64_t sy = m->ay + m->by * x + m->cy * y;
			memcpy(at, p->data + ((size_t)sy * p->width + (size_t)sx) * p->channels,
			    o.channels);
		}
	*p = o;
	return 0;
}

/* Quarter turns against the clock. */
static int rotate(struct sk_job *job, struct sk_slice body, struct sk_pixmap *p)
{
	int64_t w = (int64_t)p->width - 1, h = (int64_t)p->height - 1;
	const struct map maps[] = {
	    {0},
	    {w, 0, -1, 0, 1, 0, p->height, p->width},
	    {w, -1, 0, h, 0, -1, p->width, p->height},
	    {0, 0, 1, h, -1, 0, p->height, p->width},
	};

	if (body.n < 1)
		return SK_EFORMAT;
	return (body.p[0] & 3) ? apply(job, p, &maps[body.p[0] & 3]) : 0;
}

/* 0: top and bottom change places; 1: left and right. */
static int mirror(struct sk_job *job, struct sk_slice body, struct sk_pixmap *p)
{
	int64_t w = (int64_t)p->width - 1, h = (int64_t)p->height - 1;
	const struct map maps[] = {
	    {0, 1, 0, h, 0, -1, p->width, p->height},
	    {w, -1, 0, 0, 0, 1, p->width, p->height},
	};

	return body.n < 1 ? SK_EFORMAT : apply(job, p, &maps[body.p[0] & 1]);
}

static double fraction(struct sk_reader *r, bool is_signed)
{
	uint32_t n = sk_read_u32be(r), d = sk_read_u32be(r);

	if (d == 0)
		r->bad = true;
	return r->bad ? 0 : (is_signed ? (double)(int32_t)n : (double)n) / d;
}

/* Clean aperture (ISO/IEC 14496-12, 12.1.4): a size, and how far its middle lies from that of the picture. */
static int cut(struct sk_job *job, struct sk_slice body, struct sk_pixmap *p)
{
	struct sk_reader r = sk_reader(body);
	double w = fraction(&r, false), h = fraction(&r, false);
	double dx = fraction(&r, true), dy = fraction(&r, true);
	double left = floor((p->width - w) / 2 + dx + 0.5),
	       top = floor((p->height - h) / 2 + dy + 0.5);

	w = floor(w + 0.5);
	h = floor(h + 0.5);
	if (r.bad || w < 1 || h < 1 || left < 0 || top < 0 || left + w > p->width ||
	    top + h > p->height)
		return SK_EFORMAT;
	return apply(job, p,
	    &(struct map){(int64_t)left, 1, 0, (int64_t)top, 0, 1, (uint32_t)w, (uint32_t)h});
}

int sk_heif_transform(struct sk_job *job, const struct sk_heif *h, const struct sk_heif_item *item,
    struct sk_pixmap *p)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < item->nproperties; i++) {
		size_t at = item->properties[i];
		if (at == 0 || at > h->nproperties)
			continue;
		const struct sk_heif_property *q = &h->properties[at - 1];
		if (q->type == SK_BOX('i', 'r', 'o', 't'))
			rc = rotate(job, q->body, p);
		else if (q->type == SK_BOX('i', 'm', 'i', 'r'))
			rc = mirror(job, q->body, p);
		else if (q->type == SK_BOX('c', 'l', 'a', 'p'))
			rc = cut(job, q->body, p);
	}
	return rc;
}
