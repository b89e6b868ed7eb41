/*
 * The leak check of a whole file: all words in it are brought to light and looked through (leak/leak.h), with what lies
 * inside: members of archives, parts of mails, the pages of a PDF, the parts of an Office document that no page shows.
 * What has no words but could show some (a picture, a page of pixels) is read where that is asked for, and counted as
 * unreadable where it is not, or gives nothing that is sure. Cleaner's jail.
 */
#ifndef SK_CLEAN_LEAKS_H
#define SK_CLEAN_LEAKS_H

#include "format/handler.h"
#include "leak/wire.h"

struct sk_leaks_request {
	struct sk_slice in;
	const char *name;                   /* display name; never NULL */
	struct sk_slice words;              /* the list, checked by the caller; may be empty */
	const uint8_t *key;                 /* SK_FIND_KEY bytes */
	const struct sk_services *services; /* or NULL */
	bool ocr;                           /* read what shows no words (clean/read.h) */
};

/*
 * Into c, in the arena. SK_EREFUSED: it cannot be looked through whole; report->reason says why (limits, a list that
 * cannot be read, damage). No other status leaves this function.
 */
int sk_clean_leaks(const struct sk_leaks_request *req, struct sk_arena *arena,
    struct sk_report *report, struct sk_content *c);

#endif
