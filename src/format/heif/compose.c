/* Pictures of items: coded ones by the decoding jail, derived ones from those (ISO/IEC 23008-12, 6.6.2). Cleaner's jail. */
#include "format/heif/heif.h"

/* Properties that say how to show an item; another one that is essential means that we would show it wrongly. */
static bool is_known(uint32_t type)
{
	static const uint32_t known[] = {SK_BOX('h', 'v', 'c', 'C'), SK_BOX('a', 'v', '1', 'C'),
	    SK_BOX('i', 's', 'p', 'e'), SK_BOX('i', 'r', 'o', 't'), SK_BOX('i', 'm', 'i', 'r'),
	    SK_BOX('c', 'l', 'a', 'p'), SK_BOX('c', 'o', 'l', 'r'), SK_BOX('a', 'u', 'x', 'C'),
	    SK_BOX('p', 'i', 'x', 'i'), SK_BOX('p', 'a', 's', 'p'), SK_BOX('a', '1', 'o', 'p'),
	    SK_BOX('l', 's', 'e', 'l')};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i] == type)
			return true;
	return false;
}

static bool is_understood(const struct sk_heif *h, const struct sk_heif_item *item)
{
	for (size_t i = 0; i < item->nproperties; i++) {
		size_t at = item->properties[i];
		if (item->essential[i] &&
		    (at > h->nproperties || (at && !is_known(h->properties[at - 1].type))))
			return false;
	}
	return true;
}

/* What an item says about its colours in numbers; `inherited` where it says nothing. */
static struct sk_coding colour_of(
    const struct sk_heif *h, const struct sk_heif_item *item, struct sk_coding inherited)
{
	for (size_t i = 0; i < item->nproperties; i++) {
		size_t at = item->properties[i];
		if (at == 0 || at > h->nproperties ||
		    h->properties[at - 1].type != SK_BOX('c', 'o', 'l', 'r'))
			continue;
		struct sk_slice body = h->properties[at - 1].body;
		if (body.n < 11 || !sk_slice_starts(body, SK_SLICE_LIT("nclx")))
			continue;
		inherited.has_colour = true;
		inherited.matrix = (uint16_t)(body.p[8] << 8 | body.p[9]);
		inherited.full_range = body.p[10] & 0x80;
		break;
	}
	return inherited;
}

struct sk_heif_item *sk_heif_source(const struct sk_heif *h, const struct sk_heif_item *item)
{
	for (size_t i = 0; i < h->nrefs; i++)
		if (h->refs[i].type == SK_BOX('d', 'i', 'm', 'g') && h->refs[i].from == item->id)
			return sk_heif_item(h, h->refs[i].to);
	return NULL;
}

static int decode(struct sk_job *job, struct sk_heif *h, struct sk_heif_item *item,
    struct sk_coding colour, struct sk_pixmap *out)
{
	struct sk_slice stream;
	int rc = sk_heif_stream(h, item, &colour.codec, &stream);

	if (rc)
		return rc;
	if (job->services == NULL || job->services->decode_picture == NULL)
		return sk_job_refuse(job, SK_REASON_METHOD, "no decoder");
	return job->services->decode_picture(job, stream, colour, out);
}

struct grid {
	unsigned rows, columns;
	struct sk_pixmap whole;
	uint32_t tile_width, tile_height;
};

/* ImageGrid (6.6.2.3.2). */
static int read_grid(const struct sk_heif *h, const struct sk_heif_item *item, struct grid *g)
{
	struct sk_slice body;
	int rc = sk_heif_data(h, item, &body);

	if (rc)
		return rc;
	struct sk_reader r = sk_reader(body);
	sk_read_skip(&r, 1);
	bool wide = sk_read_u8(&r) & 1;
	g->rows = sk_read_u8(&r) + 1U;
	g->columns = sk_read_u8(&r) + 1U;
	g->whole.width = wide ? sk_read_u32be(&r) : sk_read_u16be(&r);
	g->whole.height = wide ? sk_read_u32be(&r) : sk_read_u16be(&r);
	return r.bad || g->whole.width == 0 || g->whole.height == 0 ? SK_EFORMAT : 0;
}

/* The first tile says how large all are, and they fill the whole. */
static int begin_grid(struct sk_job *job, struct grid *g, const struct sk_pixmap *tile)
{
	g->tile_width = tile->width;
	g->tile_height = tile->height;
	if ((uint64_t)tile->width * g->columns < g->whole.width ||
	    (uint64_t)tile->height * g->rows < g->whole.height)
		return SK_EFORMAT;
	int rc = sk_job_pixels(job, g->whole.width, g->whole.height);
	if (rc)
		return rc;
	g->whole.channels = tile->channels;
	g->whole.data =
	    sk_arena_array(job->arena, (size_t)g->whole.width * g->whole.height, g->whole.channels);
	return g->whole.data ? 0 : SK_ENOMEM;
}

static int put_tile(struct grid *g, unsigned number, const struct sk_pixmap *tile)
{
	uint64_t x = (uint64_t)(number % g->columns) * g->tile_width;
	uint64_t y = (uint64_t)(number / g->columns) * g->tile_height;
	size_t c = g->whole.channels;

	if (tile->width != g->tile_width || tile->height != g->tile_height || tile->channels != c)
		return SK_EFORMAT;
	if (x >= g->whole.width || y >= g->whole.height)
		return 0;
	uint64_t w = g->whole.width - x < tile->width ? g->whole.width - x : tile->width;
	uint64_t h = g->whole.height - y < tile->height ? g->whole.height - y : tile->height;
	for (size_t row = 0; row < h; row++)
		memcpy(g->whole.data + ((y + row) * g->whole.width + x) * c,
		    tile->data + row * tile->width * c, w * c);
	return 0;
}

static int compose(struct sk_job *job, struct sk_heif *h, struct sk_heif_item *item,
    struct sk_coding colour, unsigned depth, struct sk_pixmap *out)
{
	struct grid g = {0};
	unsigned number = 0;
	int rc = read_grid(h, item, &g);

	for (size_t i = 0; rc == 0 && i < h->nrefs && number < g.rows * g.columns; i++) {
		struct sk_pixmap tile = {0};
		if (h->refs[i].type != SK_BOX('d', 'i', 'm', 'g') || h->refs[i].from != item->id)
			continue;
		struct sk_heif_item *part = sk_heif_item(h, h->refs[i].to);
		rc = part ? sk_heif_pixels(job, h, part, colour, depth + 1, &tile) : SK_EFORMAT;
		if (rc == 0 && number == 0)
			rc = begin_grid(job, &g, &tile);
		if (rc == 0)
			rc = put_tile(&g, number++, &tile);
	}
	if (rc == 0 && (number == 0 || number != g.rows * g.columns))
		rc = SK_EFORMAT;
	*out = g.whole;
	return rc;
}

int sk_heif_pixels(struct sk_job *job, struct sk_heif *h, struct sk_heif_item *item,
    struct sk_coding colour, unsigned depth, struct sk_pixmap *out)
{
	struct sk_heif_item *source = NULL;
	int rc;

	if (depth > SK_HEIF_DEPTH)
		return SK_EFORMAT;
	if (!is_understood(h, item))
		return sk_job_refuse(
		    job, SK_REASON_UNSUPPORTED_TYPE, "HEIF with an unknown property");
	item->used = true;
	colour = colour_of(h, item, colour);
	switch (item->type) {
	case SK_BOX('h', 'v', 'c', '1'):
	case SK_BOX('a', 'v', '0', '1'):
		rc = decode(job, h, item, colour, out);
		break;
	case SK_BOX('g', 'r', 'i', 'd'):
		rc = compose(job, h, item, colour, depth, out);
		break;
	case SK_BOX('i', 'd', 'e', 'n'):
		source = sk_heif_source(h, item);
		rc = source ? sk_heif_pixels(job, h, source, colour, depth + 1, out) : SK_EFORMAT;
		break;
	default:
		return sk_job_refuse(job, SK_REASON_UNSUPPORTED_TYPE, "HEIF of another coding");
	}
	return rc ? rc : sk_heif_transform(job, h, item, out);
}
