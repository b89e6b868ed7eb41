/* The text of a page on the wire; its reader trusts nothing. Renderer and cleaner. */
#ifndef SK_IPC_PAGETEXT_H
#define SK_IPC_PAGETEXT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/page.h"

int sk_page_text_encode(const struct sk_page_text *t, struct sk_buf *out);

/* Lines and text come from the arena and `in`, which must outlive them. SK_EFORMAT, SK_ENOMEM. */
int sk_page_text_decode(struct sk_arena *a, struct sk_slice in, struct sk_page_text *t);

#endif
