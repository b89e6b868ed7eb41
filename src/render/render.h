/*
 * Pages of a PDF as pixels and as text, by MuPDF. Renderer's jail only: it reads hostile bytes. MuPDF's
 * exceptions stay in here.
 */
#ifndef SK_RENDER_RENDER_H
#define SK_RENDER_RENDER_H

#include "base/arena.h"
#include "base/err.h"
#include "base/page.h"

/* Once per process, before the jail closes. 0 or SK_E*. */
int sk_render_init(void);

/*
 * Each opens the document anew. SK_EFORMAT: not readable, or no such page; SK_ENOMEM: memory was refused at any
 * moment, even where MuPDF went on without; SK_ELIMIT: more pixels than `pixels`.
 */
int sk_render_count(struct sk_slice pdf, uint32_t *count);
/* RGB, data by malloc(): the caller frees it. */
int sk_render_page(
    struct sk_slice pdf, uint32_t page, unsigned dpi, uint64_t pixels, struct sk_pixmap *out);
/* Lines in reading order, from the arena. */
int sk_render_text(
    struct sk_slice pdf, uint32_t page, struct sk_arena *a, struct sk_page_text *out);
/* How much of the page pictures cover, in thousandths; where they lie over each other more than once. At most 1000. */
int sk_render_share(struct sk_slice pdf, uint32_t page, uint32_t *share);

#endif
