/*
 * HEIC and AVIF become JPEG, or PNG where something shines through: what the file shows, upright and cut as it says,
 * and nothing else. The coded pictures are decoded in the rendering jail. Cleaner's jail.
 */
#include "format/heif/heif.h"

#include "format/image/flatten.h"
#include "format/image/pic.h"

static const enum sk_filetype types[] = {SK_FT_HEIC, SK_FT_AVIF, SK_FT_UNKNOWN};

/* The family "other" claims all files with an ftyp box by their brands. */
static void probe(struct sk_slice in, const char *name, struct sk_report *claims)
{
}

/* Whether an item is the alpha plane of something, by the name in its auxC property (6.5.8). */
static bool is_alpha(const struct sk_heif *h, const struct sk_heif_item *item)
{
	struct sk_slice aux =
	    sk_slice_sub(sk_heif_property(h, item, SK_BOX('a', 'u', 'x', 'C')), 4, SIZE_MAX);

	return sk_slice_starts(
		   aux, SK_SLICE_LIT("urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0")) ||
	       sk_slice_starts(aux, SK_SLICE_LIT("urn:mpeg:hevc:2015:auxid:1\0")) ||
	       sk_slice_starts(aux, SK_SLICE_LIT("urn:mpeg:avc:2015:auxid:1\0"));
}

static struct sk_heif_item *alpha_of(const struct sk_heif *h, uint32_t id)
{
	for (size_t i = 0; i < h->nrefs; i++) {
		const struct sk_heif_ref *r = &h->refs[i];
		if (r->type != SK_BOX('a', 'u', 'x', 'l') || r->to != id)
			continue;
		struct sk_heif_item *item = sk_heif_item(h, r->from);
		if (item && is_alpha(h, item))
			return item;
	}
	return NULL;
}

static bool is_premultiplied(const struct sk_heif *h, uint32_t id)
{
	for (size_t i = 0; i < h->nrefs; i++)
		if (h->refs[i].type == SK_BOX('p', 'r', 'e', 'm') && h->refs[i].from == id)
			return true;
	return false;
}

static uint8_t unmultiply(uint8_t v, uint8_t a)
{
	unsigned r = a ? (v * 255U + a / 2) / a : 0;

	return r > 255 ? 255 : (uint8_t)r;
}

static bool is_opaque(const struct sk_pixmap *a)
{
	for (size_t i = 0; i < (size_t)a->width * a->height; i++)
		if (a->data[i] != 255)
			return false;
	return true;
}

/* Colours and their alpha plane, which may be smaller, as one. What is wholly transparent has no colour. */
static int join(struct sk_job *job, struct sk_pixmap *p, const struct sk_pixmap *a, bool multiplied)
{
	struct sk_pixmap o = {p->width, p->height, 4, NULL};
	uint8_t *to = sk_arena_array(job->arena, (size_t)o.width * o.height, 4);

	o.data = to;
	if (to == NULL)
		return SK_ENOMEM;
	for (uint32_t y = 0; y < o.height; y++)
		for (uint32_t x = 0; x < o.width; x++, to += 4) {
			const uint8_t *from = p->data + ((size_t)y * p->width + x) * p->channels;
			size_t ay = (size_t)y * a->height / o.height;
			uint8_t v = a->data[ay * a->width + (size_t)x * a->width / o.width];
			for (unsigned c = 0; v && c < 3; c++) {
				uint8_t s = from[p->channels == 1 ? 0 : c];
				to[c] = multiplied ? unmultiply(s, v) : s;
			}
			to[3] = v;
		}
	*p = o;
	return 0;
}

static int add_alpha(struct sk_job *job, struct sk_heif *h, uint32_t id, struct sk_pixmap *p)
{
	struct sk_heif_item *item = alpha_of(h, id);
	struct sk_coding grey = {.grey = true, .has_colour = true, .full_range = true};
	struct sk_pixmap a;

	if (item == NULL)
		return 0;
	int rc = sk_heif_pixels(job, h, item, grey, 0, &a);
	if (rc)
		return rc;
	if (a.channels != 1)
		return SK_EFORMAT;
	return is_opaque(&a) ? 0 : join(job, p, &a, is_premultiplied(h, id));
}

/* The profile of an item, or of what it is made of. */
static struct sk_slice profile_of(
    const struct sk_heif *h, const struct sk_heif_item *item, uint8_t *made)
{
	for (unsigned depth = 0; item && depth <= SK_HEIF_DEPTH; depth++) {
		unsigned primaries = 0;
		for (size_t i = 0; i < item->nproperties; i++) {
			size_t at = item->properties[i];
			if (at == 0 || at > h->nproperties ||
			    h->properties[at - 1].type != SK_BOX('c', 'o', 'l', 'r'))
				continue;
			struct sk_slice b = h->properties[at - 1].body;
			if (sk_slice_starts(b, SK_SLICE_LIT("prof")) ||
			    sk_slice_starts(b, SK_SLICE_LIT("rICC")))
				return sk_slice_sub(b, 4, b.n);
			if (sk_slice_starts(b, SK_SLICE_LIT("nclx")) && b.n >= 6)
				primaries = (unsigned)(b.p[4] << 8 | b.p[5]);
		}
		if (primaries)
			return sk_slice(made, sk_heif_profile(primaries, made));
		item = sk_heif_source(h, item);
	}
	return sk_slice("", 0);
}

static bool is_thumbnail(const struct sk_heif *h, uint32_t id)
{
	for (size_t i = 0; i < h->nrefs; i++)
		if (h->refs[i].type == SK_BOX('t', 'h', 'm', 'b') && h->refs[i].from == id)
			return true;
	return false;
}

static bool is_auxiliary(const struct sk_heif *h, uint32_t id)
{
	for (size_t i = 0; i < h->nrefs; i++)
		if (h->refs[i].type == SK_BOX('a', 'u', 'x', 'l') && h->refs[i].from == id)
			return true;
	return false;
}

static enum sk_code code_of(const struct sk_heif *h, const struct sk_heif_item *item)
{
	switch (item->type) {
	case SK_BOX('E', 'x', 'i', 'f'):
	case SK_BOX('m', 'i', 'm', 'e'):
	case SK_BOX('u', 'r', 'i', ' '):
		return SK_IMAGE_METADATA;
	case SK_BOX('h', 'v', 'c', '1'):
	case SK_BOX('a', 'v', '0', '1'):
	case SK_BOX('g', 'r', 'i', 'd'):
	case SK_BOX('i', 'd', 'e', 'n'):
	case SK_BOX('i', 'o', 'v', 'l'):
		return is_thumbnail(h, item->id)   ? SK_IMAGE_THUMBNAIL
		       : is_auxiliary(h, item->id) ? SK_IMAGE_UNKNOWN_PART
						   : SK_IMAGE_OTHERS;
	default:
		return SK_IMAGE_UNKNOWN_PART;
	}
}

/* Alignment leaves gaps of some bytes between items. */
#define GAP 64

static uint64_t bytes_of_items(const struct sk_heif *h)
{
	uint64_t n = 0;

	for (size_t i = 0; i < h->nitems; i++)
		for (size_t k = 0; h->items[i].method == 0 && k < h->items[i].nextents; k++) {
			uint64_t one = h->items[i].extents[k].n;
			n += one ? one : h->mdat;
			n = n > h->in.n ? h->in.n : n;
		}
	return n;
}

/* All that was not needed for what is shown. */
static void tell(struct sk_job *job, const struct sk_heif *h)
{
	for (size_t i = 0; i < h->nitems; i++) {
		const struct sk_heif_item *it = &h->items[i];
		if (!it->used)
			sk_job_removed(job, code_of(h, it), 1, "item %u", it->id);
	}
	if (h->has_movie)
		sk_job_removed(job, SK_IMAGE_ANIMATION, 1, "moov");
	else if (h->mdat > bytes_of_items(h) + GAP)
		sk_job_removed(job, SK_GENERIC_HIDDEN, 1, "mdat");
	if (h->unknown)
		sk_job_removed(job, SK_IMAGE_UNKNOWN_PART, h->unknown, "boxes");
	if (h->end < h->in.n)
		sk_job_removed(job, SK_GENERIC_TRAILING, 1, "after the picture");
}

static int rebuild(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	uint8_t made[SK_ICC_BYTES];
	struct sk_heif h;
	struct sk_pixmap p;
	int rc = sk_heif_read(job->arena, in, &h);

	(void)type;
	if (rc)
		return rc;
	struct sk_heif_item *item = sk_heif_item(&h, h.primary);
	if (!h.has_meta)
		return sk_job_refuse(
		    job, SK_REASON_UNSUPPORTED_TYPE, "HEIF without a still picture");
	rc = item ? sk_heif_pixels(job, &h, item, (struct sk_coding){0}, 0, &p) : SK_EFORMAT;
	if (rc == 0)
		rc = add_alpha(job, &h, item->id, &p);
	if (rc == 0)
		rc = sk_heif_encode(job, &p, profile_of(&h, item, made), out);
	if (rc == 0)
		tell(job, &h);
	return rc;
}

static int flatten(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct sk_output other = {.bytes = SK_BUF(job->limits->output)};
	int rc = rebuild(job, type, in, &other);

	if (rc == 0)
		rc = sk_image_flatten(job, other.type, sk_buf_slice(&other.bytes), out);
	sk_buf_free(&other.bytes);
	return rc;
}

static enum sk_filetype out_type(enum sk_filetype type, enum sk_method method)
{
	(void)type;
	return method == SK_METHOD_FLATTEN ? SK_FT_PDF : SK_FT_JPEG;
}

const struct sk_handler sk_heif_handler = {
    .name = "heif",
    .types = types,
    .methods = SK_METHOD_REBUILD | SK_METHOD_FLATTEN,
    .probe = probe,
    .rebuild = rebuild,
    .flatten = flatten,
    .out_type = out_type,
};
