/* Inside the leak check: one walk through a file with all that lies in it. leaks.h. Cleaner's jail. */
#ifndef SK_CLEAN_LEAKS_INSIDE_H
#define SK_CLEAN_LEAKS_INSIDE_H

#include "clean/leaks.h"
#include "leak/words.h"

struct sk_walk {
	const struct sk_leaks_request *req;
	struct sk_job job; /* of the whole file: limits, budget, arena */
	const struct sk_words *words;
	struct sk_content *c;
};

/*
 * Look through a text; in a second look only what is not known already is kept. *numbers: how many were in it, known or not.
 * SK_ENOMEM, SK_ELIMIT.
 */
int sk_walk_scan(
    struct sk_walk *w, const char *where, struct sk_slice text, bool second, uint32_t *numbers);
/* The place of what lies in a place; NULL: no memory. */
const char *sk_walk_inside(struct sk_walk *w, const char *where, const char *name);

/* --- leaks-shown.c --- */
int sk_walk_pages(struct sk_walk *w, const char *where, struct sk_slice pdf);
/* A picture, or what is taken for one; empty where nothing is to be read. */
int sk_walk_picture(struct sk_walk *w, const char *where, struct sk_slice in);

#endif
