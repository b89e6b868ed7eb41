/*
 * Mail: what the files of this folder share. A mail of whatever form (RFC 5322 and MIME, Outlook's MSG and TNEF) is read
 * into one tree of parts; one writer makes of it the eml of doc/profiles/mail.md. Cleaner's jail.
 */
#ifndef SK_FORMAT_MAIL_MAIL_H
#define SK_FORMAT_MAIL_MAIL_H

#include "format/handler.h"

enum sk_encoding { SK_ENC_NONE, SK_ENC_BASE64, SK_ENC_QP, SK_ENC_UU, SK_ENC_UNKNOWN };

/* A field of a head, as it stands there; `plain`: already UTF-8 without any encoding (MSG, TNEF). */
struct sk_field {
	struct sk_slice name, value;
	bool plain;
};

struct sk_part {
	struct sk_field *fields;
	size_t nfields, cap;
	char kind[80]; /* "text/plain", small letters; what stands for a missing or broken one */
	struct sk_slice type; /* value of Content-Type, empty when there is none */
	enum sk_encoding encoding;
	struct sk_slice body; /* as it stands there */
	const char *charset;  /* NULL: what `type` says */
	const char *name;     /* of a file, decoded, possibly hostile; NULL: what the fields say */
	const char *id;       /* Content-ID without brackets; NULL: what the fields say */
	bool attached;        /* Content-Disposition: attachment */
	bool torn;            /* two readings are possible, none is right: must not pass */
	bool digest;          /* its parts are mails where nothing else is said */
	struct sk_part *first, *last, *next; /* children; of message/rfc822 the mail in it */
};

struct sk_mail {
	struct sk_job *job;
	struct sk_arena *arena;
	unsigned depth;       /* of parts in parts */
	unsigned level;       /* of mails in mails */
	size_t number;        /* of the part, for those without a name */
	uint32_t mixed[2];    /* lines of the structure that end with LF, with CR LF */
	struct sk_slice *ids; /* of the pictures of this mail that are written, for its pages */
	size_t nids, cap_ids;
	bool has_words; /* the mail that is being written has a text */
	struct sk_buf *plain,
	    *page;      /* words of the forms of one text, to compare them; NULL: nobody asks */
	uint8_t *seen;  /* memory for comparing */
	unsigned forms; /* of one text that were compared so far */
	bool differs;   /* one of them says something else */
};

/* --- parse.c: the one reading of RFC 5322 and MIME --- */

/* A whole mail. 0, SK_EREFUSED (a limit; told to the job), SK_ENOMEM. */
int sk_mail_parse(struct sk_mail *m, struct sk_slice in, struct sk_part **out);
struct sk_part *sk_part_new(struct sk_mail *m, const char *kind);
void sk_part_add(struct sk_part *parent, struct sk_part *child);
/* Append a field that is UTF-8 already. 0 or SK_ENOMEM. */
int sk_part_field(struct sk_mail *m, struct sk_part *p, const char *name, struct sk_slice value);
int sk_part_add_field(struct sk_mail *m, struct sk_part *p, struct sk_field f);
/* The fields at the beginning of `in`, appended to p. */
int sk_mail_fields(struct sk_mail *m, struct sk_slice in, struct sk_part *p);
/* The first field of this name, letter case ignored; NULL when there is none. */
const struct sk_field *sk_part_get(const struct sk_part *p, const char *name);
bool sk_name_eq(struct sk_slice s, const char *word);

/* --- field.c: words and parameters of fields --- */

/* A field's text in UTF-8, filtered, on one line, in the arena; empty string when nothing is left, NULL without memory. */
char *sk_field_text(struct sk_mail *m, const struct sk_field *f, const char *where);
/* The same for a part of a field: `raw` may hold encoded words (RFC 2047) and bytes of any character set. */
char *sk_words_text(struct sk_mail *m, struct sk_slice raw, bool plain, const char *where);
/*
 * A parameter (RFC 2045, 2231) of a field such as Content-Type, decoded, unfiltered: NULL when it is not there.
 * *again: it is there more than once with different values.
 */
char *sk_param(struct sk_mail *m, struct sk_slice value, const char *name, bool *again);
/*
 * The name of the attached file, possibly hostile; NULL when there is none. filename before name, the encoded form
 * before the plain one, as today's programs do. *torn: there are others, of files of another kind.
 */
char *sk_part_name(struct sk_mail *m, const struct sk_part *p, bool *torn);
/* The Content-ID when it is one that may be kept, without brackets; else empty. */
struct sk_slice sk_part_id(const struct sk_part *p);

/* --- charset.c --- */

/* Bytes in the character set of this label (may be wrong or empty) as UTF-8. *bad: unreadable characters. */
int sk_mail_to_utf8(struct sk_slice label, struct sk_slice in, struct sk_buf *out, uint32_t *bad);
/* The label of a code page of Windows, "" when it is not known. */
const char *sk_mail_codepage(uint32_t number);

/* --- transfer.c: encodings of bodies --- */

/* Bytes that do not belong there were skipped, or something stood behind the end; what stood behind padding was read. */
enum { SK_ODD_BROKEN = 1, SK_ODD_JOINED = 2 };

/* Decode; to *odd is added what was odd. 0 or out's error. */
int sk_unbase64(struct sk_slice in, struct sk_buf *out, unsigned *odd);
int sk_unquote(struct sk_slice in, bool word, struct sk_buf *out, unsigned *odd);
int sk_uudecode(struct sk_slice in, struct sk_buf *out, unsigned *odd);
/* The body of a part; what was odd is reported. SK_EREFUSED for an encoding that is none of these, or out's error. */
int sk_mail_decode(
    struct sk_job *job, enum sk_encoding encoding, struct sk_slice in, struct sk_buf *out);
/* The first file of uuencode in a text: where it begins and ends, its name and lines. */
bool sk_uu_find(
    struct sk_slice text, size_t *from, size_t *to, struct sk_slice *name, struct sk_slice *lines);
/* Lines of 76 characters, ended by CR LF. */
int sk_base64(struct sk_slice in, struct sk_buf *out);

/* --- address.c, date.c, head.c: the fields that are written --- */

/* A list of addresses, folded; *dropped counts names and addresses that were left out. 0 or out's error. */
int sk_put_addresses(
    struct sk_mail *m, const struct sk_field *f, struct sk_buf *out, uint32_t *dropped);
/* A date of any usual form as RFC 5322 writes it; false when it is none. */
bool sk_put_date(struct sk_slice text, struct sk_buf *out);
/* Milliseconds since 1970 likewise. */
void sk_put_time(int64_t seconds, struct sk_buf *out);
/* Text as a word or as encoded words; `column`: what stands before it on the line. */
int sk_put_words(const char *text, size_t column, struct sk_buf *out);
/* All fields of a mail's head that may stay, in their order; the others are told. */
int sk_put_head(struct sk_mail *m, const struct sk_part *p, struct sk_buf *out);

/* --- build.c --- */

/* Write the mail. */
int sk_mail_write(struct sk_mail *m, struct sk_part *p, struct sk_buf *out);

/* --- show.c --- */

/* What people see of a mail, as lines (CR LF). */
int sk_mail_lines(struct sk_mail *m, struct sk_part *root, struct sk_buf *out);
/* These, printed: method show of an eml. */
int sk_mail_show(struct sk_job *job, struct sk_slice in, struct sk_output *out);

/* --- msg.c, tnef.c --- */

int sk_msg_parse(struct sk_mail *m, struct sk_slice in, struct sk_part **out);
int sk_tnef_parse(struct sk_mail *m, struct sk_slice in, struct sk_part **out);
bool sk_tnef_is(struct sk_slice in);

/* --- mbox.c --- */

/* Whether more than one mail is in it. */
bool sk_mbox_is(struct sk_slice in);
int sk_mbox_rebuild(struct sk_job *job, struct sk_slice in, struct sk_output *out);

#endif
