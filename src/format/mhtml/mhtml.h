/*
 * Web pages in one file (MHTML, RFC 2557): the pages, style sheets and pictures that browsers, Word and Excel save together. Read by
 * the family of mail, written as one page by that of pages (doc/profiles/mhtml.md). Cleaner's jail.
 */
#ifndef SK_FORMAT_MHTML_MHTML_H
#define SK_FORMAT_MHTML_MHTML_H

#include "format/html/html.h"
#include "format/mail/mail.h"

struct sk_mhtml_file {
	struct sk_part *part;
	const char *location; /* its place, "" where it has none */
	struct sk_slice data; /* decoded, once it was asked for */
	bool read, page, used, empty;
	size_t number;         /* of the page in what is written, from 1 */
	int rc;                /* of what was made of it */
	struct sk_buf picture; /* the place of the picture that was made of it */
	struct sk_slice css;   /* as UTF-8 */
};

/* What a reference may find a file by. */
struct sk_mhtml_key {
	const char *key;
	size_t file;
};

struct sk_mhtml {
	struct sk_job *job;
	struct sk_mail mail;
	struct sk_mhtml_file *files;
	size_t nfiles, cap;
	struct sk_mhtml_key *keys;
	size_t nkeys, keycap;
	size_t main;      /* the page that is shown first */
	size_t repeated;  /* bytes of pictures that stand in the page already */
	uint32_t skipped; /* places that would have shown one once more */
	const char
	    *base[2]; /* where references are read: the page, and the sheet that was read last */
};

/* --- files.c: what the file holds --- */

/* 0, SK_EREFUSED, SK_ENOMEM. Free with sk_mhtml_free() in any case. */
int sk_mhtml_read(struct sk_mhtml *h, struct sk_job *job, struct sk_slice in);
void sk_mhtml_free(struct sk_mhtml *h);
/* The bytes of a file. */
int sk_mhtml_data(struct sk_mhtml *h, struct sk_mhtml_file *f);
/* The file that a reference means, or NULL. */
struct sk_mhtml_file *sk_mhtml_find(struct sk_mhtml *h, struct sk_slice url);

/* --- place.c: references (RFC 3986, section 5) --- */

/* What `url` means where `base` is, without its fragment, in the arena; NULL without memory. */
char *sk_place_join(struct sk_arena *a, const char *base, struct sk_slice url);
/* Whether it says of itself where it is. */
bool sk_place_is_absolute(struct sk_slice url);
/* A form in which two places that mean the same are the same: `kind` in front, small letters, no percent signs. */
char *sk_place_key(struct sk_arena *a, char kind, struct sk_slice place);
/* The last name of a place. */
struct sk_slice sk_place_name(struct sk_slice place);

/* --- write.c --- */

int sk_mhtml_write(struct sk_mhtml *h, struct sk_buf *out);
int sk_mhtml_text(struct sk_mhtml *h, struct sk_buf *out);

#endif
