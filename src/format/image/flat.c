/*
 * Writes a PDF of pictures in the canonical form of doc/profiles/pdf.md: objects breadth first from the catalog,
 * one cross-reference table. The text layer is drawn in no colour (rendering mode 3) with a font of two empty
 * glyphs, so that searching, copying and reading aloud work. Cleaner's jail.
 */
#include "format/image/flat.h"

#include <libdeflate.h>
#include <math.h>

#include "base/utf8.h"

#define LEVEL 6 /* as the PDF cleaner packs, so that cleaning the result changes nothing */
/* Characters outside the Basic Multilingual Plane get the codes of surrogates. */
#define HIGH_FIRST 0xd800
#define HIGH_COUNT 2048

struct page {
	struct sk_flat_picture picture;
	struct sk_buf content; /* packed */
	double width, height;
	bool text;
	uint32_t image_at, content_at; /* object numbers */
};

struct sk_flat {
	struct sk_job *job;
	struct page *pages;
	size_t n, cap;
	bool rows[256];            /* which high bytes of codes occur */
	uint32_t high[HIGH_COUNT]; /* characters with codes from HIGH_FIRST on */
	unsigned nhigh;
	bool text;
};

struct sk_flat *sk_flat_new(struct sk_job *job)
{
	struct sk_flat *f = sk_arena_alloc(job->arena, sizeof(*f));

	if (f)
		f->job = job;
	return f;
}

void sk_flat_free(struct sk_flat *f)
{
	for (size_t i = 0; f && i < f->n; i++) {
		sk_buf_free(&f->pages[i].picture.data);
		sk_buf_free(&f->pages[i].content);
	}
}

/* ---- page content ---- */

/* A number in canonical form with at most two decimals. */
static void put_number(struct sk_buf *b, double v)
{
	long long n = llround(v * 100);
	unsigned long long u = n < 0 ? (unsigned long long)-n : (unsigned long long)n;

	if (n < 0)
		(void)sk_buf_putc(b, '-');
	if (u >= 100 || u == 0)
		(void)sk_buf_printf(b, "%llu", u / 100);
	if (u % 100 && u % 10)
		(void)sk_buf_printf(b, ".%02llu", u % 100);
	else if (u % 100)
		(void)sk_buf_printf(b, ".%llu", u % 100 / 10);
}

static void put_numbers(struct sk_buf *b, const double *v, unsigned n, const char *op)
{
	for (unsigned i = 0; i < n; i++) {
		put_number(b, v[i]);
		(void)sk_buf_putc(b, ' ');
	}
	(void)sk_buf_puts(b, op);
}

/* The code that stands for a character, 0 when it cannot be in the text. */
static unsigned code_of(struct sk_flat *f, uint32_t c)
{
	unsigned i = 0;

	if (c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= HIGH_FIRST && c < 0xe000) || c > 0x10ffff)
		return 0;
	if (c < 0x10000)
		return c;
	while (i < f->nhigh && f->high[i] != c)
		i++;
	if (i == HIGH_COUNT)
		return 0xfffd;
	if (i == f->nhigh)
		f->high[f->nhigh++] = c;
	return HIGH_FIRST + i;
}

/* Letters, digits and half-width kana are half as wide as the others: the font's W says so, too. */
static bool is_narrow(unsigned code)
{
	return code < 0x100 || (code >= 0xff61 && code <= 0xff9f);
}

static void put_code(struct sk_buf *b, unsigned code)
{
	for (int shift = 8; shift >= 0; shift -= 8) {
		uint8_t c = (uint8_t)(code >> shift);
		if (c == '(' || c == ')' || c == '\\' || c == '\r')
			(void)sk_buf_putc(b, '\\');
		(void)sk_buf_putc(b, c == '\r' ? 'r' : c);
	}
}

#define LINE_CODES 8000 /* a string of 16-bit codes has at most 65,535 bytes, escapes included */

struct line {
	unsigned codes[LINE_CODES];
	unsigned n;
	double ems; /* width at size 1 */
};

static void read_line(struct sk_flat *f, struct sk_slice text, struct line *l)
{
	size_t at = 0;

	l->n = 0;
	l->ems = 0;
	while (at < text.n && l->n < LINE_CODES) {
		uint32_t c = (uint32_t)sk_utf8_next(text, &at); /* invalid: too large */
		unsigned code = code_of(f, c);
		if (code == 0)
			continue;
		f->rows[code >> 8] = true;
		l->codes[l->n++] = code;
		l->ems += is_narrow(code) ? 0.5 : 1;
	}
}

static bool sane(const struct sk_text_line *t)
{
	const float v[] = {t->x, t->y, t->width, t->height, t->size};

	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		if (!isfinite(v[i]) || fabsf(v[i]) > 100000)
			return false;
	}
	return t->width > 0 && t->height > 0;
}

static void show(struct sk_buf *b, double x, double y, const unsigned *codes, unsigned n)
{
	put_numbers(b, (double[6]){1, 0, 0, 1, x, y}, 6, "Tm\n(");
	for (unsigned i = 0; i < n; i++)
		put_code(b, codes[i]);
	(void)sk_buf_puts(b, ")Tj\n");
}

/* A tall box that is too narrow for the characters side by side. Fonts may claim more height than they draw. */
static bool is_vertical(const struct sk_text_line *t, const struct line *l)
{
	double side_by_side = l->ems * (t->size > 0 ? t->size : t->width);

	return l->n > 1 && t->height > t->width * 1.5 && t->width < side_by_side * 0.75;
}

/* One line stretched over its box; vertical writing gets one place a character. */
static void put_line(struct sk_flat *f, double height, const struct sk_text_line *t, struct line *l,
    struct sk_buf *b)
{
	if (!sane(t))
		return;
	read_line(f, t->text, l);
	if (l->n == 0)
		return;
	bool vertical = is_vertical(t, l);
	double size = vertical ? t->height / l->n : t->height * 0.8;
	if (!vertical && t->size > 0 && t->size < size)
		size = t->size;
	double scale = 100 * t->width / (size * (vertical ? 1 : l->ems));
	if (size < 0.5 || scale < 1 || scale > 10000)
		return;
	(void)sk_buf_puts(b, "/R1 ");
	put_numbers(b, &size, 1, "Tf\n");
	put_numbers(b, &scale, 1, "Tz\n");
	for (unsigned i = 0; vertical && i < l->n; i++)
		show(b, t->x, height - t->y - size * (i + 0.85), l->codes + i, 1);
	if (!vertical)
		show(b, t->x, height - t->y - t->height * 0.8, l->codes, l->n);
}

static int put_text(
    struct sk_flat *f, double height, const struct sk_page_text *text, struct sk_buf *b)
{
	struct line *l = malloc(sizeof(*l));
	size_t before = b->len, empty;

	if (l == NULL)
		return SK_ENOMEM;
	(void)sk_buf_puts(b, "BT\n3 Tr\n");
	empty = b->len;
	for (size_t i = 0; i < text->nlines; i++)
		put_line(f, height, &text->lines[i], l, b);
	free(l);
	if (b->len == empty)
		b->len = before;
	else
		(void)sk_buf_puts(b, "ET\n");
	return b->err;
}

static int deflate(struct sk_slice in, struct sk_buf *out)
{
	struct libdeflate_compressor *d = libdeflate_alloc_compressor(LEVEL);

	if (d == NULL)
		return SK_ENOMEM;
	if (sk_buf_reserve(out, libdeflate_zlib_compress_bound(d, in.n)) == 0)
		out->len = libdeflate_zlib_compress(d, in.p, in.n, out->p, out->cap);
	libdeflate_free_compressor(d);
	return out->err ? out->err : out->len ? 0 : SK_EINTERNAL;
}

static int make_content(struct sk_flat *f, struct page *p, const struct sk_page_text *text)
{
	struct sk_buf b = SK_BUF(SK_LIMIT_OUTPUT_FLOOR);
	int r = 0;

	(void)sk_buf_puts(&b, "q\n");
	put_numbers(&b, (double[6]){p->width, 0, 0, p->height, 0, 0}, 6, "cm\n/R1 Do\nQ\n");
	size_t drawn = b.len;
	if (text)
		r = put_text(f, p->height, text, &b);
	p->text = b.len > drawn;
	f->text = f->text || p->text;
	if (r == 0 && b.err == 0)
		r = deflate(sk_buf_slice(&b), &p->content);
	r = r ? r : b.err;
	sk_buf_free(&b);
	return r;
}

int sk_flat_page(struct sk_flat *f, const struct sk_pixmap *px, double width, double height,
    const struct sk_page_text *text)
{
	f->pages = sk_arena_grow(f->job->arena, f->pages, &f->cap, f->n + 1, sizeof(f->pages[0]));
	if (f->pages == NULL)
		return SK_ENOMEM;
	struct page *p = &f->pages[f->n++];
	*p = (struct page){.width = width, .height = height};
	p->picture.data = SK_BUF(SK_LIMIT_OUTPUT);
	p->content = SK_BUF(SK_LIMIT_OUTPUT_FLOOR);
	int r = sk_flat_picture(px, &p->picture);
	return r ? r : make_content(f, p, text);
}

/* ---- the file ---- */

struct writer {
	struct sk_flat *f;
	struct sk_buf *out;
	uint64_t *at;         /* offset of each object; number 1 first */
	uint32_t n;           /* objects written */
	uint32_t font, below; /* number of the font; first number after those of the pages */
	int err;
};

static void begin(struct writer *w)
{
	w->at[w->n++] = w->out->len;
	(void)sk_buf_printf(w->out, "%u 0 obj\n", w->n);
}

static void end(struct writer *w)
{
	(void)sk_buf_puts(w->out, "\nendobj\n");
}

/* The rest of an object whose dictionary has been written up to its Length. */
static void put_stream(struct writer *w, struct sk_slice data)
{
	(void)sk_buf_printf(w->out, "/Length %zu>>\nstream\n", data.n);
	(void)sk_buf_put_slice(w->out, data);
	(void)sk_buf_puts(w->out, "\nendstream");
	end(w);
}

static void put_packed(struct writer *w, struct sk_slice data)
{
	struct sk_buf packed = SK_BUF(SK_LIMIT_OUTPUT_FLOOR);

	w->err = w->err ? w->err : deflate(data, &packed);
	(void)sk_buf_puts(w->out, "/Filter/FlateDecode");
	put_stream(w, sk_buf_slice(&packed));
	sk_buf_free(&packed);
}

/* Numbers in the order in which the pages first speak of things. */
static void number(struct writer *w)
{
	struct sk_flat *f = w->f;
	uint32_t next = 3 + (uint32_t)f->n;

	for (size_t i = 0; i < f->n; i++) {
		struct page *p = &f->pages[i];
		if (p->text && w->font == 0)
			w->font = next++;
		p->image_at = next++;
		p->content_at = next++;
	}
	w->below = next;
}

static void write_pages(struct writer *w)
{
	struct sk_flat *f = w->f;

	begin(w);
	(void)sk_buf_puts(w->out, "<</Type/Catalog/Pages 2 0 R>>");
	end(w);
	begin(w);
	(void)sk_buf_puts(w->out, "<</Type/Pages/Kids[");
	for (size_t i = 0; i < f->n; i++)
		(void)sk_buf_printf(w->out, i ? " %zu 0 R" : "%zu 0 R", i + 3);
	(void)sk_buf_printf(w->out, "]/Count %zu>>", f->n);
	end(w);
	for (size_t i = 0; i < f->n; i++) {
		const struct page *p = &f->pages[i];
		begin(w);
		(void)sk_buf_puts(w->out, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 ");
		put_number(w->out, p->width);
		(void)sk_buf_putc(w->out, ' ');
		put_number(w->out, p->height);
		(void)sk_buf_puts(w->out, "]/Resources<<");
		if (p->text)
			(void)sk_buf_printf(w->out, "/Font<</R1 %u 0 R>>", w->font);
		(void)sk_buf_printf(w->out, "/XObject<</R1 %u 0 R>>>>/Contents %u 0 R>>",
		    p->image_at, p->content_at);
		end(w);
	}
}

static void put_palette(struct writer *w, const struct sk_flat_picture *p)
{
	(void)sk_buf_printf(w->out, "[/Indexed/DeviceRGB %u(", p->ncolours - 1);
	for (unsigned i = 0; i < p->ncolours * 3; i++) {
		uint8_t c = p->palette[i];
		if (c == '(' || c == ')' || c == '\\' || c == '\r')
			(void)sk_buf_putc(w->out, '\\');
		(void)sk_buf_putc(w->out, c == '\r' ? 'r' : c);
	}
	(void)sk_buf_puts(w->out, ")]");
}

static void write_image(struct writer *w, const struct sk_flat_picture *p)
{
	begin(w);
	(void)sk_buf_printf(
	    w->out, "<</Type/XObject/Subtype/Image/Width %u/Height %u", p->width, p->height);
	(void)sk_buf_puts(w->out, "/ColorSpace");
	if (p->ncolours)
		put_palette(w, p);
	else
		(void)sk_buf_puts(w->out, p->channels == 1 ? "/DeviceGray" : "/DeviceRGB");
	(void)sk_buf_printf(w->out, "/BitsPerComponent %u", p->bits);
	if (p->coding == SK_FLAT_G4)
		(void)sk_buf_printf(w->out,
		    "/DecodeParms<</K -1/Columns %u/Rows %u>>/Filter/CCITTFaxDecode", p->width,
		    p->height);
	else
		(void)sk_buf_puts(w->out,
		    p->coding == SK_FLAT_JPEG ? "/Filter/DCTDecode" : "/Filter/FlateDecode");
	put_stream(w, sk_buf_slice(&p->data));
}

static void write_font(struct writer *w)
{
	begin(w);
	(void)sk_buf_printf(w->out,
	    "<</Type/Font/Subtype/Type0/BaseFont/Invisible/Encoding/Identity-H/DescendantFonts[%u 0 R]"
	    "/ToUnicode %u 0 R>>",
	    w->below, w->below + 1);
	end(w);
}

/* ---- what the font refers to ---- */

static void put_blocks(struct sk_buf *b, unsigned done, unsigned all, const char *kind)
{
	if (done % 100 == 0 && done)
		(void)sk_buf_printf(b, "end%s\n", kind);
	if (done % 100 == 0 && done < all)
		(void)sk_buf_printf(b, "%u begin%s\n", all - done < 100 ? all - done : 100, kind);
	if (done == all && done % 100)
		(void)sk_buf_printf(b, "end%s\n", kind);
}

static void put_cmap(const struct sk_flat *f, struct sk_buf *b)
{
	unsigned rows = 0, done = 0;

	(void)sk_buf_puts(b,
	    "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
	    "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
	    "/CMapName/R def\n/CMapType 2 def\n1 begincodespacerange\n<0000><ffff>\n"
	    "endcodespacerange\n");
	for (unsigned i = 0; i < f->nhigh; i++) {
		uint32_t c = f->high[i] - 0x10000;
		put_blocks(b, i, f->nhigh, "bfchar");
		(void)sk_buf_printf(b, "<%04x><%04x%04x>\n", HIGH_FIRST + i,
		    (unsigned)(0xd800 + (c >> 10)), (unsigned)(0xdc00 + (c & 0x3ff)));
	}
	if (f->nhigh)
		put_blocks(b, f->nhigh, f->nhigh, "bfchar");
	for (unsigned i = 0; i < 256; i++)
		rows += (i < 0xd8 || i >= 0xe0) && f->rows[i];
	for (unsigned i = 0; i < 256; i++) {
		if (!f->rows[i] || (i >= 0xd8 && i < 0xe0))
			continue;
		put_blocks(b, done++, rows, "bfrange");
		(void)sk_buf_printf(b, "<%02x00><%02xff><%02x00>\n", i, i, i);
	}
	if (rows)
		put_blocks(b, rows, rows, "bfrange");
	(void)sk_buf_puts(b, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
}

/* Two empty glyphs (.notdef and the one that all codes show), rebuilt form: doc/profiles/font.md. */
static const uint8_t font_program[296] = {0x00, 0x01, 0x00, 0x00, 0x00, 0x07, 0x00, 0x40, 0x00,
    0x02, 0x00, 0x30, 0x67, 0x6c, 0x79, 0x66, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x7c, 0x00,
    0x00, 0x00, 0x00, 0x68, 0x65, 0x61, 0x64, 0x5f, 0x13, 0x40, 0xe5, 0x00, 0x00, 0x00, 0x7c, 0x00,
    0x00, 0x00, 0x36, 0x68, 0x68, 0x65, 0x61, 0x03, 0x72, 0x03, 0x72, 0x00, 0x00, 0x00, 0xb4, 0x00,
    0x00, 0x00, 0x24, 0x68, 0x6d, 0x74, 0x78, 0x03, 0xe8, 0x00, 0x00, 0x00, 0x00, 0x00, 0xd8, 0x00,
    0x00, 0x00, 0x06, 0x6c, 0x6f, 0x63, 0x61, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xe0, 0x00,
    0x00, 0x00, 0x06, 0x6d, 0x61, 0x78, 0x70, 0x00, 0x03, 0x00, 0x01, 0x00, 0x00, 0x00, 0xe8, 0x00,
    0x00, 0x00, 0x20, 0x70, 0x6f, 0x73, 0x74, 0x00, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00,
    0x00, 0x00, 0x20, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0xf9, 0xd8, 0x1c, 0xb8, 0x5f,
    0x0f, 0x3c, 0xf5, 0x00, 0x00, 0x03, 0xe8, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x08, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x03,
    0x70, 0xff, 0x88, 0x00, 0x00, 0x03, 0xe8, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x03,
    0xe8, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};

static void write_below(struct writer *w)
{
	struct sk_buf b = SK_BUF(1 << 20);

	begin(w);
	(void)sk_buf_printf(w->out,
	    "<</Type/Font/Subtype/CIDFontType2/BaseFont/Invisible"
	    "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
	    "/DW 1000/W[0 255 500 65377 65439 500]/FontDescriptor %u 0 R/CIDToGIDMap %u 0 R>>",
	    w->below + 2, w->below + 3);
	end(w);
	put_cmap(w->f, &b);
	begin(w);
	(void)sk_buf_puts(w->out, "<<");
	put_packed(w, sk_buf_slice(&b));
	begin(w);
	(void)sk_buf_printf(w->out,
	    "<</Type/FontDescriptor/FontName/Invisible/Flags 4/FontBBox[0 -120 1000 880]/ItalicAngle 0"
	    "/Ascent 880/Descent -120/CapHeight 880/StemV 80/FontFile2 %u 0 R>>",
	    w->below + 4);
	end(w);
	sk_buf_reset(&b);
	for (unsigned i = 0; i < 65536; i++)
		(void)sk_buf_put_u16be(&b, 1);
	begin(w);
	(void)sk_buf_puts(w->out, "<<");
	put_packed(w, sk_buf_slice(&b));
	begin(w);
	(void)sk_buf_printf(w->out, "<</Length1 %zu", sizeof(font_program));
	put_packed(w, sk_slice(font_program, sizeof(font_program)));
	w->err = w->err ? w->err : b.err;
	sk_buf_free(&b);
}

static void write_end(struct writer *w)
{
	struct sk_buf *out = w->out;
	size_t start = out->len;
	char id[33];

	snprintf(id, sizeof(id), "%08x%024zx", libdeflate_crc32(0, out->p, start), start);
	(void)sk_buf_printf(out, "xref\n0 %u\n0000000000 65535 f \n", w->n + 1);
	for (uint32_t i = 0; i < w->n; i++)
		(void)sk_buf_printf(out, "%010llu 00000 n \n", (unsigned long long)w->at[i]);
	(void)sk_buf_printf(out,
	    "trailer\n<</Size %u/Root 1 0 R/ID[<%s><%s>]>>\nstartxref\n%zu\n%%%%EOF\n", w->n + 1,
	    id, id, start);
}

int sk_flat_write(struct sk_flat *f, struct sk_buf *out)
{
	struct writer w = {.f = f, .out = out};

	if (f->n == 0)
		return SK_EARG;
	w.at = sk_arena_array(f->job->arena, f->n * 3 + 8, sizeof(w.at[0]));
	if (w.at == NULL)
		return SK_ENOMEM;
	number(&w);
	(void)sk_buf_puts(out, "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n");
	write_pages(&w);
	for (size_t i = 0; i < f->n && out->err == 0; i++) {
		if (w.n + 1 == w.font)
			write_font(&w);
		write_image(&w, &f->pages[i].picture);
		begin(&w);
		(void)sk_buf_puts(out, "<</Filter/FlateDecode");
		put_stream(&w, sk_buf_slice(&f->pages[i].content));
	}
	if (f->text)
		write_below(&w);
	if (w.err == 0 && out->err == 0)
		write_end(&w);
	return w.err ? w.err : out->err;
}
