/* What the files of this folder share. Verifier's jail. */
#ifndef SK_VERIFY_MAIL_MAIL_H
#define SK_VERIFY_MAIL_MAIL_H

#include "verify/verify.h"

/* A piece of the mail and where it stands in the file. */
struct sk_vm_text {
	struct sk_slice s;
	uint64_t at;
};

/* The head up to and with "MIME-Version: 1.0" (doc/profiles/mail.md, section 2). *at: behind it. */
int sk_vm_head(struct sk_check *c, struct sk_vm_text mail, size_t *at);

/* The line at *at, which must end with CR LF, without it. */
int sk_vm_line(struct sk_check *c, struct sk_vm_text t, size_t *at, struct sk_slice *line);

/* base64 as the profile writes it: decoded bytes in the arena. Lines end with CR LF. */
int sk_vm_base64(struct sk_check *c, struct sk_vm_text body, struct sk_slice *out);

/* Encoded words, each on a line of its own: their text in the arena, checked. */
int sk_vm_words(struct sk_check *c, struct sk_vm_text words, struct sk_slice *out);
/* Text that stands as it is: printable ASCII of at most 60 characters, no blank at its ends. */
bool sk_vm_is_plain(struct sk_slice s);

/* No file of uuencode in a text, which stands at `at`. */
int sk_vm_no_file(struct sk_check *c, struct sk_slice text, uint64_t at);

/* A list of addresses behind the blank of its field. */
int sk_vm_addresses(struct sk_check *c, struct sk_vm_text list);
/* A date. */
int sk_vm_date(struct sk_check *c, struct sk_vm_text date);

/* The value of Content-Disposition: whether it is inline, and the name, checked. */
int sk_vm_disposition(
    struct sk_check *c, struct sk_vm_text value, bool *shown, char name[SK_LIMIT_NAME + 1]);

#endif
