/*
 * Outlook's messages as lists of properties ([MS-OXPROPS]), whether they lie in a compound file or in a TNEF stream.
 * Cleaner's jail.
 */
#ifndef SK_FORMAT_MAIL_OUTLOOK_H
#define SK_FORMAT_MAIL_OUTLOOK_H

#include "format/mail/mail.h"

enum {
	SK_PT_LONG = 0x0003,
	SK_PT_OBJECT = 0x000D,
	SK_PT_STRING8 = 0x001E,
	SK_PT_UNICODE = 0x001F,
	SK_PT_TIME = 0x0040,
	SK_PT_BINARY = 0x0102,
};

struct sk_prop {
	uint32_t tag; /* identifier << 16 | type */
	struct sk_slice value;
};

struct sk_props {
	struct sk_prop *all;
	size_t n, cap;
	const char *charset; /* of strings that are not Unicode; "" when nothing says it */
};

/* A message while it is read. */
struct sk_outlook {
	struct sk_props props;
	struct sk_buf to, cc;  /* lists of addresses, UTF-8 */
	struct sk_part *files; /* its children are the attachments */
};

int sk_prop_add(struct sk_mail *m, struct sk_props *p, uint32_t tag, struct sk_slice value);
/* The value of a property of one type; an empty slice when it is not there. */
struct sk_slice sk_prop_get(const struct sk_props *p, uint16_t id, uint16_t type);
uint32_t sk_prop_long(const struct sk_props *p, uint16_t id, uint32_t otherwise);
/* A string of either kind as UTF-8 in the arena; NULL when it is not there or memory is out. */
char *sk_prop_text(struct sk_mail *m, const struct sk_props *p, uint16_t id);
/* Learn the code page from the properties, or from those around them. */
void sk_props_charset(struct sk_props *p, const char *around);

int sk_outlook_begin(struct sk_mail *m, struct sk_outlook *o);
void sk_outlook_free(struct sk_outlook *o);
/* One recipient. */
int sk_outlook_recipient(struct sk_mail *m, struct sk_outlook *o, const struct sk_props *p);
/* One attachment; `inner`: the message that it is, or NULL. */
int sk_outlook_file(
    struct sk_mail *m, struct sk_outlook *o, const struct sk_props *p, struct sk_part *inner);
/* The message as parts of a mail. */
int sk_outlook_end(struct sk_mail *m, struct sk_outlook *o, struct sk_part **out);

/* Compressed RTF ([MS-OXRTFCP]). SK_EFORMAT when it is none. */
int sk_rtf_unpack(struct sk_slice in, struct sk_buf *out);

#endif
