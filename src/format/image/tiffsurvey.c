/* What the directories of a TIFF name, for the report only. Cleaner's jail. TIFF 6.0, BigTIFF. */
#include "format/image/tiff.h"

#include <stdlib.h>

#define ENTRIES 4096 /* of one directory: honest ones have below 100 */

struct reader {
	struct sk_reader r;
	bool little, big;
};

static uint64_t number(struct reader *t, unsigned bytes)
{
	switch (bytes) {
	case 2:
		return t->little ? sk_read_u16le(&t->r) : sk_read_u16be(&t->r);
	case 4:
		return t->little ? sk_read_u32le(&t->r) : sk_read_u32be(&t->r);
	case 8:
		return t->little ? sk_read_u64le(&t->r) : sk_read_u64be(&t->r);
	default:
		return sk_read_u8(&t->r);
	}
}

static unsigned type_size(unsigned type)
{
	static const uint8_t sizes[19] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};

	return type < sizeof(sizes) ? sizes[type] : 0;
}

/* Tags that say how the pixels are stored, and are followed: they change with every writer and tell nothing. */
static bool structural(unsigned tag)
{
	static const uint16_t tags[] = {254, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279,
	    282, 283, 284, 290, 291, 292, 293, 296, 297, 317, 320, 322, 323, 324, 325, 332, 334,
	    336, 338, 339, 340, 341, 347, 512, 513, 514, 515, 517, 518, 519, 520, 521, 529, 530,
	    531, 532, 34675};

	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (tags[i] == tag)
			return true;
	return false;
}

static void keep(struct sk_tiff_survey *s, size_t from, size_t to)
{
	struct sk_tiff_range *r = sk_arena_grow(s->arena, s->ranges, &s->cap, s->n + 1, sizeof(*r));

	if (r == NULL) /* the report says less then */
		return;
	s->ranges = r;
	s->ranges[s->n++] = (struct sk_tiff_range){from, to};
}

static void reach(struct sk_tiff_survey *s, size_t limit, uint64_t at, uint64_t n)
{
	if (at > limit || n > limit - at)
		return;
	if (s->arena && n)
		keep(s, (size_t)at, (size_t)(at + n));
	if (at + n <= s->end)
		return;
	s->end = (size_t)(at + n);
	/* Writers fill up to a word boundary. */
	if (s->end & 1 && s->end < limit)
		s->end++;
}

struct array {
	uint64_t at, count;
	unsigned size;
};

static uint64_t element(const struct reader *t, const struct array *a, uint64_t i)
{
	struct reader at = *t;

	at.r.bad = false;
	if (a->at > at.r.s.n || i > at.r.s.n)
		return 0;
	sk_read_seek(&at.r, (size_t)(a->at + i * a->size));
	return number(&at, a->size);
}

static void reach_data(const struct reader *t, struct sk_tiff_survey *s,
    const struct array *offsets, const struct array *lengths)
{
	for (uint64_t i = 0; i < offsets->count && i < lengths->count && i < t->r.s.n; i++)
		reach(s, t->r.s.n, element(t, offsets, i), element(t, lengths, i));
}

static void one_entry(struct reader *t, struct sk_tiff_survey *s, struct array data[4])
{
	unsigned tag = (unsigned)number(t, 2), size = type_size((unsigned)number(t, 2)),
		 wide = t->big ? 8 : 4;
	uint64_t count = number(t, wide), at = t->r.pos;
	uint64_t first = number(t, wide);

	if (count > t->r.s.n || count * size > wide) {
		at = first;
		reach(s, t->r.s.n, at, count > t->r.s.n ? 0 : count * size);
	}
	struct array a = {at, count, size};
	if (tag == 273 || tag == 324)
		data[0] = a;
	else if (tag == 279 || tag == 325)
		data[1] = a;
	else if (tag == 513)
		data[2] = a;
	else if (tag == 514)
		data[3] = a;
	if (tag == 330)
		s->thumbnails++;
	else if (!structural(tag))
		s->metadata++;
}

void sk_tiff_survey(struct sk_slice in, uint64_t offset, struct sk_tiff_survey *s)
{
	struct reader t = {sk_reader(in), in.n && in.p[0] == 'I', false};
	struct array data[4] = {{0}};

	sk_read_seek(&t.r, 2);
	t.big = number(&t, 2) == 43;
	if (offset > in.n)
		return;
	sk_read_seek(&t.r, (size_t)offset);
	uint64_t n = number(&t, t.big ? 8 : 2);
	for (uint64_t i = 0; i < n && i < ENTRIES && !t.r.bad; i++)
		one_entry(&t, s, data);
	sk_read_skip(&t.r, t.big ? 8 : 4);
	if (!t.r.bad)
		reach(s, in.n, offset, t.r.pos - offset);
	reach_data(&t, s, &data[0], &data[1]);
	reach_data(&t, s, &data[2], &data[3]);
}

static int by_place(const void *a, const void *b)
{
	const struct sk_tiff_range *x = a, *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

bool sk_tiff_gaps(struct sk_slice in, struct sk_tiff_survey *s)
{
	size_t at = in.n > 2 && (in.p[2] == 43 || in.p[3] == 43) ? 16 : 8; /* the header */

	if (s->n)
		qsort(s->ranges, s->n, sizeof(*s->ranges), by_place);
	for (size_t i = 0; i < s->n; i++) {
		for (; at < s->ranges[i].from; at++)
			if (in.p[at])
				return true;
		at = s->ranges[i].to > at ? s->ranges[i].to : at;
	}
	return false;
}
