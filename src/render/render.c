/*
 * The thin layer over MuPDF. Its fz_try is built on setjmp: what is changed inside and read outside is marked
 * with fz_var, and no function leaves a block early. Renderer's jail.
 */
#include "render/render.h"

#include <math.h>
#include <mupdf/fitz.h>
#include <mupdf/pdf.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/utf8.h"

#define STORE_BYTES (64U << 20) /* MuPDF's cache within one page */

/* Exported by the library, declared in none of its headers. */
extern fz_document_handler pdf_document_handler;

static fz_context *ctx;
static unsigned refused; /* allocations that failed: MuPDF may swallow one and draw less */

static void *count_malloc(void *user, size_t n)
{
	void *p = malloc(n);
	refused += p == NULL && n > 0;
	return p;
}

static void *count_realloc(void *user, void *old, size_t n)
{
	void *p = realloc(old, n);
	refused += p == NULL && n > 0;
	return p;
}

static void count_free(void *user, void *p)
{
	free(p);
}

static void ignore(void *user, const char *message)
{
}

int sk_render_init(void)
{
	static const fz_alloc_context alloc = {NULL, count_malloc, count_realloc, count_free};

	ctx = fz_new_context(&alloc, NULL, STORE_BYTES);
	if (ctx == NULL)
		return SK_ENOMEM;
	fz_set_warning_callback(ctx, ignore, NULL);
	fz_set_error_callback(ctx, ignore, NULL);
	fz_try(ctx)
	{
		fz_register_document_handler(ctx, &pdf_document_handler);
	}
	fz_catch(ctx)
	{
		return SK_ENOMEM;
	}
	return 0;
}

/* A document over borrowed bytes; throws. */
static fz_document *open_document(struct sk_slice pdf)
{
	fz_stream *s = fz_open_memory(ctx, pdf.p, pdf.n);
	fz_document *doc = NULL;

	fz_var(doc);
	fz_try(ctx)
	{
		doc = fz_open_document_with_stream(ctx, "application/pdf", s);
		/* What the cleaner made: it is never protected. */
		if (fz_needs_password(ctx, doc))
			fz_throw(ctx, FZ_ERROR_GENERIC, "password");
	}
	fz_always(ctx)
	{
		fz_drop_stream(ctx, s);
	}
	fz_catch(ctx)
	{
		fz_drop_document(ctx, doc);
		fz_rethrow(ctx);
	}
	return doc;
}

/* What the caller asked for, done on an open page (NULL page: on the document); throws or sets w->status. */
struct work {
	void (*run)(struct work *w, fz_document *doc, fz_page *page);
	unsigned dpi;
	uint64_t pixels;
	uint32_t count;
	struct sk_pixmap image;
	struct sk_arena *arena;
	struct sk_page_text text;
	int status;
};

static int with_page(struct sk_slice pdf, int64_t number, struct work *w)
{
	fz_document *doc = NULL;
	fz_page *page = NULL;

	refused = 0;
	fz_var(doc);
	fz_var(page);
	fz_try(ctx)
	{
		doc = open_document(pdf);
		if (number >= 0)
			page = fz_load_page(ctx, doc, (int)number);
		w->run(w, doc, page);
	}
	fz_always(ctx)
	{
		fz_drop_page(ctx, page);
		fz_drop_document(ctx, doc);
	}
	fz_catch(ctx)
	{
		w->status = SK_EFORMAT;
	}
	return refused ? SK_ENOMEM : w->status;
}

static void run_count(struct work *w, fz_document *doc, fz_page *page)
{
	int n = fz_count_pages(ctx, doc);
	w->count = n > 0 ? (uint32_t)n : 0;
}

int sk_render_count(struct sk_slice pdf, uint32_t *count)
{
	struct work w = {.run = run_count};
	int rc = with_page(pdf, -1, &w);

	if (rc == 0)
		*count = w.count;
	return rc;
}

/* Copy MuPDF's rows, which may be padded, into a plain pixmap. */
static void take_pixels(struct work *w, fz_pixmap *p)
{
	size_t row = (size_t)p->w * 3;

	w->image =
	    (struct sk_pixmap){(uint32_t)p->w, (uint32_t)p->h, 3, malloc(row * (size_t)p->h)};
	if (w->image.data == NULL) {
		w->status = SK_ENOMEM;
		return;
	}
	for (int y = 0; y < p->h; y++)
		memcpy(w->image.data + row * (size_t)y, p->samples + (size_t)y * (size_t)p->stride,
		    row);
}

static void run_pixels(struct work *w, fz_document *doc, fz_page *page)
{
	fz_matrix scale = fz_scale((float)w->dpi / 72.0f, (float)w->dpi / 72.0f);
	fz_irect box = fz_round_rect(fz_transform_rect(fz_bound_page(ctx, page), scale));
	int64_t width = (int64_t)box.x1 - box.x0, height = (int64_t)box.y1 - box.y0;
	fz_pixmap *p = NULL;

	if (width <= 0 || height <= 0 || (uint64_t)width * (uint64_t)height > w->pixels) {
		w->status = width <= 0 || height <= 0 ? SK_EFORMAT : SK_ELIMIT;
		return;
	}
	fz_var(p);
	fz_try(ctx)
	{
		p = fz_new_pixmap_from_page(ctx, page, scale, fz_device_rgb(ctx), 0);
		take_pixels(w, p);
	}
	fz_always(ctx)
	{
		fz_drop_pixmap(ctx, p);
	}
	fz_catch(ctx)
	{
		fz_rethrow(ctx);
	}
}

int sk_render_page(
    struct sk_slice pdf, uint32_t page, unsigned dpi, uint64_t pixels, struct sk_pixmap *out)
{
	struct work w = {.run = run_pixels, .dpi = dpi, .pixels = pixels};
	int rc = page > INT32_MAX ? SK_EFORMAT : with_page(pdf, page, &w);

	if (rc == 0)
		*out = w.image;
	else
		free(w.image.data);
	return rc;
}

/* One line's characters as UTF-8 in the arena; controls and unreadable ones are left out. */
static struct sk_slice line_text(struct sk_arena *a, const fz_stext_line *line)
{
	struct sk_buf b = SK_BUF(1 << 20);

	for (const fz_stext_char *c = line->first_char; c; c = c->next)
		if (c->c >= 0x20 && c->c != 0xFFFD && (c->c < 0x7F || c->c >= 0xA0))
			sk_utf8_put(&b, (uint32_t)c->c);
	uint8_t *copy = sk_arena_dup(a, b.p, b.len);
	struct sk_slice s = sk_slice(copy, copy ? b.len : 0);
	sk_buf_free(&b);
	return s;
}

static void add_line(struct work *w, size_t *cap, const fz_stext_line *line, fz_rect page)
{
	struct sk_page_text *t = &w->text;

	if (line->first_char == NULL)
		return;
	t->lines = sk_arena_grow(w->arena, t->lines, cap, t->nlines + 1, sizeof(*t->lines));
	if (t->lines == NULL) {
		w->status = SK_ENOMEM;
		return;
	}
	t->lines[t->nlines++] = (struct sk_text_line){
	    .x = line->bbox.x0 - page.x0,
	    .y = line->bbox.y0 - page.y0,
	    .width = line->bbox.x1 - line->bbox.x0,
	    .height = line->bbox.y1 - line->bbox.y0,
	    .size = line->first_char->size,
	    .text = line_text(w->arena, line),
	};
}

static void take_lines(struct work *w, const fz_stext_page *text, fz_rect page)
{
	size_t cap = 0;

	w->text.width = page.x1 - page.x0;
	w->text.height = page.y1 - page.y0;
	for (const fz_stext_block *b = text->first_block; b && w->status == 0; b = b->next)
		for (const fz_stext_line *l = b->type == FZ_STEXT_BLOCK_TEXT ? b->u.t.first_line
									     : NULL;
		     l && w->status == 0; l = l->next)
			add_line(w, &cap, l, page);
}

static void run_text(struct work *w, fz_document *doc, fz_page *page)
{
	fz_stext_options options = {0};
	fz_stext_page *text = NULL;

	fz_var(text);
	fz_try(ctx)
	{
		text = fz_new_stext_page_from_page(ctx, page, &options);
		take_lines(w, text, fz_bound_page(ctx, page));
	}
	fz_always(ctx)
	{
		fz_drop_stext_page(ctx, text);
	}
	fz_catch(ctx)
	{
		fz_rethrow(ctx);
	}
}

int sk_render_text(struct sk_slice pdf, uint32_t page, struct sk_arena *a, struct sk_page_text *out)
{
	struct work w = {.run = run_text, .arena = a};
	int rc = page > INT32_MAX ? SK_EFORMAT : with_page(pdf, page, &w);

	if (rc == 0 && sk_arena_failed(a))
		rc = SK_ENOMEM;
	if (rc == 0)
		*out = w.text;
	return rc;
}

/* --- pictures --- */

static double area_of(fz_rect r)
{
	return fz_is_empty_rect(r) ? 0 : ((double)r.x1 - r.x0) * ((double)r.y1 - r.y0);
}

static void run_share(struct work *w, fz_document *doc, fz_page *page)
{
	fz_stext_options options = {.flags = FZ_STEXT_PRESERVE_IMAGES};
	fz_rect sheet = fz_bound_page(ctx, page);
	fz_stext_page *text = NULL;
	double covered = 0;

	fz_var(text);
	fz_try(ctx)
	{
		text = fz_new_stext_page_from_page(ctx, page, &options);
		for (const fz_stext_block *b = text->first_block; b; b = b->next)
			if (b->type == FZ_STEXT_BLOCK_IMAGE)
				covered += area_of(fz_intersect_rect(b->bbox, sheet));
		covered = area_of(sheet) > 0 ? covered / area_of(sheet) * 1000 : 0;
		w->count = (uint32_t)(covered < 1000 ? covered : 1000);
	}
	fz_always(ctx)
	{
		fz_drop_stext_page(ctx, text);
	}
	fz_catch(ctx)
	{
		fz_rethrow(ctx);
	}
}

int sk_render_share(struct sk_slice pdf, uint32_t page, uint32_t *share)
{
	struct work w = {.run = run_share};
	int rc = page > INT32_MAX ? SK_EFORMAT : with_page(pdf, page, &w);

	if (rc == 0)
		*share = w.count;
	return rc;
}
