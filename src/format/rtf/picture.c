/*
 * Pictures: their bytes from hexadecimal digits or \bin, cleaned by the families of pictures and drawings, written as PNG
 * or JPEG in hexadecimal digits (specification 1.9.1, "Pictures"). Cleaner's jail.
 */
#include "base/hex.h"
#include "base/utf8.h"
#include "container/digits.h"
#include "format/image/image.h"
#include "format/metafile/metafile.h"
#include "format/rtf/rtf.h"

#define TWIPS_MAX 31680 /* 22 inches, Word's own limit */
#define TWIPS_PER_PIXEL 15
#define LINE 64 /* bytes in a line of digits */

/* Digits wherever they stand in the group itself; what is none does not count. */
static void gather(const struct rtf_node *group, struct sk_buf *out, int *half)
{
	for (const struct rtf_node *n = group->first; n; n = n->next) {
		if (n->kind == RTF_NODE_BIN)
			(void)sk_buf_put_slice(out, n->s);
		if (n->kind == RTF_NODE_GROUP && n->name == NULL && !n->star)
			gather(n, out, half);
		for (size_t i = 0; n->kind == RTF_NODE_TEXT && i < n->s.n; i++) {
			int d = sk_hex(n->s.p[i]);
			if (d >= 0 && *half >= 0)
				(void)sk_buf_putc(out, (uint8_t)(*half << 4 | d));
			if (d >= 0)
				*half = *half >= 0 ? -1 : d;
		}
	}
}

/* The number of a word of the picture, or `otherwise`. */
static int64_t number_of(const struct rtf_node *group, const char *name, int64_t otherwise)
{
	for (const struct rtf_node *n = group->first; n; n = n->next)
		if (n->kind == RTF_NODE_WORD && strcmp(n->name, name) == 0)
			return n->numbered ? n->number : 1;
	return otherwise;
}

/* Bytes of the palette and masks behind the header of a bitmap (BITMAPINFOHEADER). */
static uint32_t bitmap_colours(struct sk_slice dib)
{
	struct sk_reader r = sk_reader(dib);
	uint32_t size = sk_read_u32le(&r);

	sk_read_skip(&r, 10);
	unsigned bits = sk_read_u16le(&r);
	uint32_t coding = sk_read_u32le(&r);
	sk_read_skip(&r, 12);
	uint32_t used = sk_read_u32le(&r);
	if (r.bad || size < 40 || size > 124 || used > 256)
		used = 0;
	if (used == 0 && bits <= 8)
		used = 1U << bits;
	return size + used * 4 + (size == 40 && coding == 3 ? 12 : 0);
}

/* A bitmap without the header of its file gets one. */
static int clean_bitmap(struct rtf_out *o, struct sk_slice dib, struct sk_buf *out)
{
	struct sk_buf file = SK_BUF(dib.n + 64);
	struct sk_pixmap p = {0};

	sk_buf_puts(&file, "BM");
	sk_buf_put_u32le(&file, (uint32_t)(dib.n + 14));
	sk_buf_put_u32le(&file, 0);
	sk_buf_put_u32le(&file, 14 + bitmap_colours(dib));
	sk_buf_put_slice(&file, dib);
	int rc = file.err ? file.err : sk_image_decode(o->job, SK_FT_BMP, sk_buf_slice(&file), &p);
	sk_buf_free(&file);
	return rc ? rc : sk_png_encode(&p, 0, out);
}

/* A drawing that does not say how large it is: as large as the document says. */
static int clean_bare(
    struct rtf_out *o, const struct rtf_node *group, struct sk_slice in, struct sk_buf *out)
{
	uint16_t w = (uint16_t)(number_of(group, "picwgoal", 1440) & 0x7FFF);
	uint16_t h = (uint16_t)(number_of(group, "pichgoal", 1440) & 0x7FFF);
	struct sk_buf file = SK_BUF(in.n + 64);

	/* [MS-WMF] 2.3.2.3: key, handle, box, units to the inch, reserved, exclusive or of all words. */
	sk_buf_put_u32le(&file, 0x9AC6CDD7);
	sk_buf_put_u16le(&file, 0);
	sk_buf_put_u32le(&file, 0);
	sk_buf_put_u16le(&file, w);
	sk_buf_put_u16le(&file, h);
	sk_buf_put_u16le(&file, 1440);
	sk_buf_put_u32le(&file, 0);
	sk_buf_put_u16le(&file, (uint16_t)(0xCDD7 ^ 0x9AC6 ^ w ^ h ^ 1440));
	sk_buf_put_slice(&file, in);
	int rc = file.err ? file.err : sk_metafile_to_png(o->job, sk_buf_slice(&file), "RTF", out);
	sk_buf_free(&file);
	return rc;
}

static int to_png(struct rtf_out *o, enum sk_filetype type, struct sk_slice in, struct sk_buf *out)
{
	struct sk_pixmap p = {0};
	int rc = sk_image_decode(o->job, type, in, &p);

	return rc ? rc : sk_png_encode(&p, 0, out);
}

static int clean(
    struct rtf_out *o, const struct rtf_node *group, struct sk_slice in, struct sk_buf *out)
{
	enum sk_filetype type = sk_image_type(in);

	if (type == SK_FT_PNG || type == SK_FT_JPEG)
		return sk_image_clean(o->job, type, in, "RTF", out);
	if (type != SK_FT_UNKNOWN)
		return to_png(o, type, in, out);
	if (sk_metafile_type(in) != SK_FT_UNKNOWN)
		return sk_metafile_to_png(o->job, in, "RTF", out);
	if (number_of(group, "dibitmap", -1) >= 0)
		return clean_bitmap(o, in, out);
	if (number_of(group, "wmetafile", -1) >= 0)
		return clean_bare(o, group, in, out);
	return SK_EUNSUPPORTED;
}

/* Width and height of a JPEG: the first frame header (ITU-T T.81, B.2.2). */
static void jpeg_size(struct sk_slice s, uint32_t *w, uint32_t *h)
{
	struct sk_reader r = sk_reader(s);

	sk_read_skip(&r, 2);
	while (!r.bad) {
		unsigned mark = sk_read_u16be(&r), n = sk_read_u16be(&r);
		if (mark >= 0xFFC0 && mark <= 0xFFCF && mark != 0xFFC4 && mark != 0xFFC8 &&
		    mark != 0xFFCC) {
			sk_read_skip(&r, 1);
			*h = sk_read_u16be(&r);
			*w = sk_read_u16be(&r);
			return;
		}
		sk_read_skip(&r, n < 2 ? SIZE_MAX : n - 2);
	}
}

static void size_of(struct sk_slice s, bool png, uint32_t *w, uint32_t *h)
{
	struct sk_reader r = sk_reader(s);

	*w = *h = 1;
	if (!png) {
		jpeg_size(s, w, h);
		return;
	}
	sk_read_seek(&r, 16);
	*w = sk_read_u32be(&r);
	*h = sk_read_u32be(&r);
}

/* How large it is to be shown: what the document says, else what its size in 0.01 mm or pixels comes to. */
static int64_t goal(
    const struct rtf_node *group, const char *name, const char *size, uint32_t pixels)
{
	int64_t goal = number_of(group, name, 0);
	int64_t own = number_of(group, size, 0);
	bool drawing =
	    number_of(group, "wmetafile", -1) >= 0 || number_of(group, "emfblip", -1) >= 0;

	if (goal <= 0 && drawing && own > 0 && own < 100000)
		goal = own * 1440 / 2540;
	if (goal <= 0)
		goal = (int64_t)pixels * TWIPS_PER_PIXEL;
	return goal < 1 ? 1 : goal > TWIPS_MAX ? TWIPS_MAX : goal;
}

static void put_measures(
    struct rtf_out *o, const struct rtf_node *group, struct sk_slice s, bool png)
{
	static const char *const kept[] = {
	    "picscalex", "picscaley", "piccropl", "piccropt", "piccropr", "piccropb"};
	uint32_t w, h;

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		int64_t n = number_of(group, kept[i], INT64_MAX);
		bool ok = i < 2 ? n >= 1 && n <= 10000 : n >= -TWIPS_MAX && n <= TWIPS_MAX;
		if (ok)
			rtf_put_number(o, kept[i], n);
	}
	size_of(s, png, &w, &h);
	rtf_put_number(o, "picw", w);
	rtf_put_number(o, "pich", h);
	rtf_put_number(o, "picwgoal", goal(group, "picwgoal", "picw", w));
	rtf_put_number(o, "pichgoal", goal(group, "pichgoal", "pich", h));
	rtf_put_word(o, png ? "pngblip" : "jpegblip");
}

static void put_digits(struct rtf_out *o, struct sk_slice s)
{
	for (size_t at = 0; at < s.n; at += LINE) {
		rtf_put_line(o);
		sk_hex_write(sk_slice_sub(s, at, LINE), o->b);
	}
}

static int put_cleaned(struct rtf_out *o, const struct rtf_node *group, struct sk_slice s)
{
	const struct rtf_node *properties = rtf_child(group, NULL, "picprop");
	bool png = s.p[0] == 0x89;
	int rc = 0;

	rtf_put_open(o);
	rtf_put_word(o, "pict");
	if (properties)
		rc = rtf_put_kept(o, properties, rtf_dest(SK_SLICE_LIT("picprop")));
	put_measures(o, group, s, png);
	put_digits(o, s);
	rtf_put_close(o);
	return rc;
}

/* What else stands in the group goes, and is told. */
static int drop_others(struct rtf_out *o, const struct rtf_node *group)
{
	int rc = 0;

	for (const struct rtf_node *n = group->first; n && rc == 0; n = n->next)
		if (n->kind == RTF_NODE_GROUP && (n->star || n->name) &&
		    !(n->name && strcmp(n->name, "picprop") == 0))
			rc = rtf_put_group(o, n, RTF_C_WORDS);
	return rc;
}

int rtf_put_picture(struct rtf_out *o, const struct rtf_node *group)
{
	struct sk_buf data = SK_BUF(o->b->max), out = SK_BUF(o->b->max);
	int half = -1;

	gather(group, &data, &half);
	int rc = data.err   ? data.err
		 : data.len ? clean(o, group, sk_buf_slice(&data), &out)
			    : SK_EUNSUPPORTED;
	sk_buf_free(&data);
	if (rc == 0)
		rc = drop_others(o, group);
	if (rc == 0 && out.len)
		rc = put_cleaned(o, group, sk_buf_slice(&out));
	sk_buf_free(&out);
	if (rc == SK_EUNSUPPORTED || rc == SK_EFORMAT) {
		sk_job_removed(o->job, SK_OOXML_IMAGE, 1, "RTF");
		rc = 0;
	}
	return rc;
}
