/*
 * Marks of fields in the text of a Word document, and the tables that know them: [MS-DOC] 2.5 Fib, 2.8.25 Plcfld,
 * 2.8.35 PlcPcd, 2.9.73 FcCompressed, 2.9.177 Pcd. Cleaner's jail.
 */
#include "format/legacy/fields.h"

#define MARK_BEGIN 0x13
#define MARK_SEPARATOR 0x14
#define MARK_END 0x15
#define PARAGRAPH 0x0D
#define COMPRESSED 0x40000000U
#define CLX 33    /* its number in FibRgFcLcb97 */
#define SHARED 4U /* pieces that show the same bytes, on an average: Word gives each its own */

/* Parts of the text in their order: the number of its length in FibRgLw97, that of its fields in FibRgFcLcb97. */
static const struct {
	uint8_t length, fields;
} parts[] = {{3, 16}, {4, 18}, {5, 17}, {6, 20}, {7, 19}, {8, 48}, {9, 57}, {10, 59}};

struct doc {
	struct sk_job *job;
	uint8_t *text; /* the whole stream WordDocument */
	size_t n;
	struct sk_slice table, pieces;
	size_t lengths, blobs; /* where FibRgLw97 and FibRgFcLcb97 begin */
	uint32_t count;        /* pieces */
	uint32_t blanked;      /* fields */
	uint64_t left;         /* characters that may still be walked over */
};

static uint32_t u32(struct sk_slice in, size_t at)
{
	struct sk_reader r = sk_reader(in);
	sk_read_seek(&r, at);
	return sk_read_u32le(&r);
}

static uint16_t u16(struct sk_slice in, size_t at)
{
	struct sk_reader r = sk_reader(in);
	sk_read_seek(&r, at);
	return sk_read_u16le(&r);
}

static struct sk_slice stream(const struct doc *d)
{
	return sk_slice(d->text, d->n);
}

/* The bytes in the table stream that the FIB names by this number. */
static struct sk_slice blob(const struct doc *d, unsigned number)
{
	size_t at = d->blobs + 8 * (size_t)number;

	if (number >= u16(stream(d), d->blobs - 2))
		return sk_slice("", 0);
	return sk_slice_sub(d->table, u32(stream(d), at), u32(stream(d), at + 4));
}

/* Clx: records of type 1 with a length of two bytes, then one of type 2 with four, which holds the pieces. */
static struct sk_slice find_pieces(const struct doc *d)
{
	struct sk_reader r = sk_reader(blob(d, CLX));

	for (uint8_t type = sk_read_u8(&r); !r.bad; type = sk_read_u8(&r)) {
		if (type == 2) {
			uint32_t n = sk_read_u32le(&r);
			return sk_read_slice(&r, n < sk_read_left(&r) ? n : sk_read_left(&r));
		}
		if (type != 1)
			break;
		sk_read_skip(&r, sk_read_u16le(&r));
	}
	return sk_slice("", 0);
}

/* [MS-DOC] 2.5.1: four parts, each but the first with its number of elements in front. */
static bool open_fib(struct doc *d)
{
	size_t words = 32 + 2;
	size_t longs = words + 2 * (size_t)u16(stream(d), 32) + 2;

	d->lengths = longs;
	d->blobs = longs + 4 * (size_t)u16(stream(d), longs - 2) + 2;
	if (d->n < 34 || d->blobs > d->n || u16(stream(d), 2) < 0x00C1)
		return false;
	d->pieces = find_pieces(d);
	d->count = d->pieces.n >= 16 ? (uint32_t)((d->pieces.n - 4) / 12) : 0;
	return true;
}

/* Whether the table of a part has a mark at this place of it. Places ascend. */
static bool is_known(struct sk_slice plc, uint32_t cp, size_t *from)
{
	size_t n = plc.n >= 4 ? (plc.n - 4) / 6 : 0;

	while (*from < n && u32(plc, *from * 4) < cp)
		++*from;
	return *from < n && u32(plc, *from * 4) == cp;
}

/* Walking the text piece by piece. */
struct walk {
	struct doc *d;
	struct sk_slice plc;
	size_t from;
	uint32_t begin, end; /* the part, in places of the whole text */
	bool inside;         /* behind a mark that no table knows */
};

/* One character; true when it is to be blanked. */
static bool is_astray(struct walk *w, uint32_t cp, unsigned c)
{
	if (c == PARAGRAPH || c == '\a' || c == '\f')
		w->inside = false;
	if (c < MARK_BEGIN || c > MARK_END)
		return w->inside;
	if (is_known(w->plc, cp - w->begin, &w->from))
		return w->inside;
	w->d->blanked += c == MARK_BEGIN;
	w->inside = c == MARK_BEGIN;
	return true;
}

static void walk_piece(struct walk *w, uint32_t index)
{
	struct doc *d = w->d;
	uint32_t first = u32(d->pieces, 4 * (size_t)index);
	uint32_t last = u32(d->pieces, 4 * ((size_t)index + 1));
	uint32_t fc = u32(d->pieces, 4 * ((size_t)d->count + 1) + 8 * (size_t)index + 2);
	unsigned width = fc & COMPRESSED ? 1 : 2;
	size_t place = fc & COMPRESSED ? (fc & ~COMPRESSED) / 2 : fc;

	for (uint32_t cp = first > w->begin ? first : w->begin; cp < last && cp < w->end; cp++) {
		size_t at = place + (size_t)(cp - first) * width;
		if (at + width > d->n || d->left == 0)
			return;
		d->left--;
		uint8_t *p = d->text + at;
		if (is_astray(w, cp, width == 2 ? p[0] | (unsigned)p[1] << 8 : p[0])) {
			p[0] = ' ';
			if (width == 2)
				p[1] = 0;
		}
	}
}

static void walk_parts(struct doc *d)
{
	uint32_t begin = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		uint32_t length = u32(stream(d), d->lengths + 4 * (size_t)parts[i].length);
		if (length > UINT32_MAX - begin)
			return;
		struct walk w = {
		    .d = d, .plc = blob(d, parts[i].fields), .begin = begin, .end = begin + length};
		for (uint32_t piece = 0; length && d->left && piece < d->count; piece++)
			walk_piece(&w, piece);
		begin += length;
	}
}

static int read_streams(struct sk_cfb *c, uint32_t main, struct doc *d)
{
	struct sk_slice text = {0};
	int rc = sk_cfb_read(c, main, SIZE_MAX, &text);

	if (rc)
		return rc;
	d->text = (uint8_t *)(uintptr_t)text.p; /* the reader's copy, which is ours */
	d->n = text.n;
	uint32_t table = sk_cfb_find(c, SK_CFB_ROOT, u16(text, 10) & 0x0200 ? "1Table" : "0Table");
	d->table = sk_slice("", 0);
	return table == SK_CFB_NONE ? 0 : sk_cfb_read(c, table, SIZE_MAX, &d->table);
}

int sk_legacy_fields(struct sk_job *job, struct sk_cfb *c, struct sk_slice *io)
{
	struct doc d = {.job = job};
	uint32_t main = sk_cfb_find(c, SK_CFB_ROOT, "WordDocument");
	int rc = main == SK_CFB_NONE ? SK_EFORMAT : read_streams(c, main, &d);

	if (rc)
		return rc;
	if (!open_fib(&d))
		return 0;
	d.left = SHARED * (uint64_t)d.n;
	walk_parts(&d);
	if (d.left == 0)
		return sk_job_refuse(
		    job, SK_REASON_DAMAGED, "pieces of the text lie over each other");
	if (d.blanked == 0)
		return 0;
	uint8_t *copy = sk_arena_dup(job->arena, io->p, io->n);
	if (copy == NULL)
		return SK_ENOMEM;
	if ((rc = sk_cfb_patch(c, main, stream(&d), copy)))
		return rc;
	sk_job_removed(job, SK_OOXML_FIELD, d.blanked, "%s", "WordDocument");
	*io = sk_slice(copy, io->n);
	return 0;
}
