/* Reader of HEIF's boxes. Cleaner's jail. */
#include "format/heif/bmff.h"

#define PLACES_BITS 17
#define PLACES (1U << PLACES_BITS)
_Static_assert(PLACES > SK_LIMIT_HEIF_ITEMS, "a table that is never full");

/* The next box; false at the end, or where none fits. */
static bool next_box(struct sk_reader *r, uint32_t *type, struct sk_slice *body)
{
	struct sk_reader at = *r;
	uint64_t size = sk_read_u32be(&at), head = 8;

	*type = sk_read_u32be(&at);
	if (size == 1) {
		size = sk_read_u64be(&at);
		head = 16;
	} else if (size == 0) {
		size = sk_read_left(r);
	}
	if (at.bad || size < head || size > sk_read_left(r))
		return false;
	*body = sk_read_slice(&at, (size_t)(size - head));
	*r = at;
	return true;
}

static unsigned version_of(struct sk_reader *r, uint32_t *flags)
{
	unsigned version = sk_read_u8(r);

	*flags = sk_read_u24be(r);
	return version;
}

/* An array in the arena with room for one more; NULL when memory is out or there are too many. */
static void *room(struct sk_heif *h, void *list, size_t *cap, size_t n, size_t size)
{
	return n < SK_LIMIT_HEIF_ITEMS ? sk_arena_grow(h->arena, list, cap, n + 1, size) : NULL;
}

/* Where an item stands, or may: every box asks for items, and a table of all there may be is never full. */
static uint32_t *place_of(const struct sk_heif *h, uint32_t id)
{
	uint32_t at = id * 2654435761U >> (32 - PLACES_BITS);

	while (h->places[at] && h->items[h->places[at] - 1].id != id)
		at = (at + 1) & (PLACES - 1);
	return &h->places[at];
}

struct sk_heif_item *sk_heif_item(const struct sk_heif *h, uint32_t id)
{
	uint32_t place = h->places ? *place_of(h, id) : 0;

	return place ? &h->items[place - 1] : NULL;
}

/* infe: what an item is. Versions below 2 are of other files (ISO/IEC 14496-12, 8.11.6). */
static int read_entry(struct sk_heif *h, struct sk_slice body)
{
	struct sk_reader r = sk_reader(body);
	uint32_t flags;
	unsigned version = version_of(&r, &flags);
	uint32_t id = version == 3 ? sk_read_u32be(&r) : sk_read_u16be(&r);

	sk_read_skip(&r, 2);
	uint32_t type = sk_read_u32be(&r);
	if (r.bad || version < 2 || version > 3 || sk_heif_item(h, id))
		return SK_EFORMAT;
	struct sk_heif_item *list = room(h, h->items, &h->cap_items, h->nitems, sizeof(*list));
	if (h->places == NULL)
		h->places = sk_arena_array(h->arena, PLACES, sizeof(*h->places));
	if (list == NULL || h->places == NULL)
		return SK_EFORMAT;
	h->items = list;
	*place_of(h, id) = (uint32_t)h->nitems + 1;
	list[h->nitems++] = (struct sk_heif_item){.id = id, .type = type};
	return 0;
}

static int read_iinf(struct sk_heif *h, struct sk_slice body)
{
	struct sk_reader r = sk_reader(body);
	uint32_t flags, type;
	struct sk_slice entry;
	int rc = 0;

	if (version_of(&r, &flags))
		sk_read_skip(&r, 4);
	else
		sk_read_skip(&r, 2);
	while (rc == 0 && next_box(&r, &type, &entry))
		if (type == SK_BOX('i', 'n', 'f', 'e'))
			rc = read_entry(h, entry);
	return rc;
}

static uint64_t number(struct sk_reader *r, unsigned bytes)
{
	if (bytes == 8)
		return sk_read_u64be(r);
	if (bytes == 4)
		return sk_read_u32be(r);
	if (bytes)
		r->bad = true;
	return 0;
}

struct iloc {
	unsigned version, offset, length, base, index; /* bytes of the numbers */
};

/* One item of iloc (8.11.3). */
static int read_location(struct sk_heif *h, struct sk_reader *r, const struct iloc *l)
{
	struct sk_heif_item *it =
	    sk_heif_item(h, l->version < 2 ? sk_read_u16be(r) : sk_read_u32be(r));
	unsigned method = l->version ? sk_read_u16be(r) & 15 : 0, outside = sk_read_u16be(r);
	uint64_t base = number(r, l->base);
	unsigned n = sk_read_u16be(r);

	if (r->bad || n > sk_read_left(r))
		return SK_EFORMAT;
	struct sk_heif_extent *list = sk_arena_array(h->arena, n, sizeof(*list));
	if (list == NULL)
		return SK_ENOMEM;
	for (unsigned i = 0; i < n; i++) {
		if (l->version)
			(void)number(r, l->index);
		list[i].at = base + number(r, l->offset);
		list[i].n = number(r, l->length);
	}
	if (it && outside == 0 && it->extents == NULL) {
		it->method = method;
		it->extents = list;
		it->nextents = n;
	}
	return r->bad ? SK_EFORMAT : 0;
}

static int read_iloc(struct sk_heif *h, struct sk_slice body)
{
	struct sk_reader r = sk_reader(body);
	uint32_t flags;
	struct iloc l = {.version = version_of(&r, &flags)};
	unsigned sizes = sk_read_u16be(&r);
	int rc = 0;

	l.offset = sizes >> 12;
	l.length = sizes >> 8 & 15;
	l.base = sizes >> 4 & 15;
	l.index = l.version ? sizes & 15 : 0;
	uint32_t n = l.version < 2 ? sk_read_u16be(&r) : sk_read_u32be(&r);
	if (l.version > 2)
		return SK_EFORMAT;
	for (; rc == 0 && n && !r.bad; n--)
		rc = read_location(h, &r, &l);
	return r.bad ? SK_EFORMAT : rc;
}

static int read_iref(struct sk_heif *h, struct sk_slice body)
{
	struct sk_reader r = sk_reader(body);
	uint32_t flags, type;
	bool wide = version_of(&r, &flags) > 0;
	struct sk_slice one;

	while (next_box(&r, &type, &one)) {
		struct sk_reader b = sk_reader(one);
		uint32_t from = wide ? sk_read_u32be(&b) : sk_read_u16be(&b);
		unsigned n = sk_read_u16be(&b);
		for (; n && !b.bad; n--) {
			uint32_t to = wide ? sk_read_u32be(&b) : sk_read_u16be(&b);
			struct sk_heif_ref *list =
			    room(h, h->refs, &h->cap_refs, h->nrefs, sizeof(*list));
			if (list == NULL)
				return SK_EFORMAT;
			h->refs = list;
			list[h->nrefs++] = (struct sk_heif_ref){type, from, to};
		}
		if (b.bad)
			return SK_EFORMAT;
	}
	return 0;
}

static int read_ipco(struct sk_heif *h, struct sk_slice body)
{
	struct sk_reader r = sk_reader(body);
	struct sk_heif_property p;

	while (next_box(&r, &p.type, &p.body)) {
		struct sk_heif_property *list =
		    room(h, h->properties, &h->cap_properties, h->nproperties, sizeof(*list));
		if (list == NULL)
			return SK_EFORMAT;
		h->properties = list;
		list[h->nproperties++] = p;
	}
	return 0;
}

static int read_association(struct sk_heif *h, struct sk_reader *r, bool wide_id, bool wide)
{
	struct sk_heif_item *it = sk_heif_item(h, wide_id ? sk_read_u32be(r) : sk_read_u16be(r));
	unsigned n = sk_read_u8(r);
	uint16_t *list = sk_arena_array(h->arena, n, sizeof(*list));
	bool *essential = sk_arena_array(h->arena, n, sizeof(*essential));

	if (list == NULL || essential == NULL)
		return SK_ENOMEM;
	for (unsigned i = 0; i < n; i++) {
		unsigned v = wide ? sk_read_u16be(r) : sk_read_u8(r), top = wide ? 0x8000 : 0x80;
		list[i] = (uint16_t)(v & (top - 1));
		essential[i] = v & top;
	}
	if (it && it->properties == NULL) {
		it->properties = list;
		it->essential = essential;
		it->nproperties = n;
	}
	return r->bad ? SK_EFORMAT : 0;
}

static int read_ipma(struct sk_heif *h, struct sk_slice body)
{
	struct sk_reader r = sk_reader(body);
	uint32_t flags;
	bool wide_id = version_of(&r, &flags) > 0;
	uint32_t n = sk_read_u32be(&r);
	int rc = 0;

	for (; rc == 0 && n && !r.bad; n--)
		rc = read_association(h, &r, wide_id, flags & 1);
	return r.bad ? SK_EFORMAT : rc;
}

static int read_iprp(struct sk_heif *h, struct sk_slice body)
{
	struct sk_reader r = sk_reader(body);
	uint32_t type;
	struct sk_slice one;
	int rc = 0;

	while (rc == 0 && next_box(&r, &type, &one)) {
		if (type == SK_BOX('i', 'p', 'c', 'o'))
			rc = read_ipco(h, one);
		else if (type == SK_BOX('i', 'p', 'm', 'a'))
			rc = read_ipma(h, one);
	}
	return rc;
}

static int read_pitm(struct sk_heif *h, struct sk_slice body)
{
	struct sk_reader r = sk_reader(body);
	uint32_t flags;

	h->primary = version_of(&r, &flags) ? sk_read_u32be(&r) : sk_read_u16be(&r);
	return r.bad ? SK_EFORMAT : 0;
}

static int read_part(struct sk_heif *h, uint32_t type, struct sk_slice body)
{
	switch (type) {
	case SK_BOX('p', 'i', 't', 'm'):
		return read_pitm(h, body);
	case SK_BOX('i', 'l', 'o', 'c'):
		return read_iloc(h, body);
	case SK_BOX('i', 'r', 'e', 'f'):
		return read_iref(h, body);
	case SK_BOX('i', 'p', 'r', 'p'):
		return read_iprp(h, body);
	case SK_BOX('i', 'd', 'a', 't'):
		h->idat = body;
		return 0;
	case SK_BOX('i', 'i', 'n', 'f'):
	case SK_BOX('h', 'd', 'l', 'r'):
	case SK_BOX('d', 'i', 'n', 'f'):
	case SK_BOX('g', 'r', 'p', 'l'):
		return 0;
	default:
		h->unknown++;
		return 0;
	}
}

/* The boxes of a meta box stand in any order, and all speak of the items. */
static int read_meta(struct sk_heif *h, struct sk_slice body)
{
	struct sk_slice parts = sk_slice_sub(body, 4, body.n), one;
	uint32_t type;
	int rc = 0;

	h->has_meta = true;
	for (struct sk_reader r = sk_reader(parts); rc == 0 && next_box(&r, &type, &one);)
		if (type == SK_BOX('i', 'i', 'n', 'f'))
			rc = read_iinf(h, one);
	for (struct sk_reader r = sk_reader(parts); rc == 0 && next_box(&r, &type, &one);)
		rc = read_part(h, type, one);
	return rc;
}

int sk_heif_read(struct sk_arena *arena, struct sk_slice in, struct sk_heif *out)
{
	struct sk_heif h = {.arena = arena, .in = in};
	struct sk_reader r = sk_reader(in);
	uint32_t type;
	struct sk_slice body;
	int rc = 0;

	while (rc == 0 && next_box(&r, &type, &body)) {
		if (type == SK_BOX('m', 'e', 't', 'a') && !h.has_meta)
			rc = read_meta(&h, body);
		else if (type == SK_BOX('m', 'd', 'a', 't'))
			h.mdat += body.n;
		else if (type == SK_BOX('m', 'o', 'o', 'v'))
			h.has_movie = true;
		else if (type != SK_BOX('f', 't', 'y', 'p') && body.n)
			h.unknown++;
		h.end = r.pos;
	}
	if (rc == 0 && !h.has_meta && !h.has_movie)
		rc = SK_EFORMAT;
	*out = h;
	return rc;
}

struct sk_slice sk_heif_property(
    const struct sk_heif *h, const struct sk_heif_item *item, uint32_t type)
{
	for (size_t i = 0; i < item->nproperties; i++) {
		size_t at = item->properties[i];
		if (at && at <= h->nproperties && h->properties[at - 1].type == type)
			return h->properties[at - 1].body;
	}
	return sk_slice("", 0);
}

/* A piece of an item. A length of 0 means all that follows. */
static bool piece(struct sk_slice from, const struct sk_heif_extent *e, struct sk_slice *out)
{
	if (e->at > from.n || (e->n && e->n > from.n - e->at))
		return false;
	*out = sk_slice_sub(from, (size_t)e->at, e->n ? (size_t)e->n : from.n);
	return true;
}

int sk_heif_data(const struct sk_heif *h, const struct sk_heif_item *item, struct sk_slice *out)
{
	struct sk_slice from = item->method == 1 ? h->idat : h->in, one;
	uint64_t total = 0;

	if (item->method > 1 || item->nextents == 0)
		return SK_EFORMAT;
	for (size_t i = 0; i < item->nextents; i++) {
		if (!piece(from, &item->extents[i], &one))
			return SK_EFORMAT;
		total += one.n;
	}
	if (item->nextents == 1) {
		*out = one;
		return 0;
	}
	/* No byte of a file is needed twice. */
	uint8_t *p = total > h->in.n ? NULL : sk_arena_alloc(h->arena, (size_t)total);
	if (p == NULL)
		return total > h->in.n ? SK_EFORMAT : SK_ENOMEM;
	*out = sk_slice(p, (size_t)total);
	for (size_t i = 0; i < item->nextents; i++) {
		(void)piece(from, &item->extents[i], &one);
		memcpy(p, one.p, one.n);
		p += one.n;
	}
	return 0;
}
