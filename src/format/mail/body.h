/* The words of a mail: decoded, filtered, compared. Cleaner's jail. */
#ifndef SK_FORMAT_MAIL_BODY_H
#define SK_FORMAT_MAIL_BODY_H

#include "format/mail/mail.h"

/* The bytes of a text part as UTF-8; flowed lines (RFC 3676) are joined. */
int sk_body_decode(struct sk_mail *m, struct sk_part *p, struct sk_slice data, struct sk_buf *out);
/* The characters of it that may stay (doc/profiles/text.md, section 1), lines ended by CR LF; may be empty. */
int sk_body_lines(struct sk_mail *m, struct sk_slice utf8, struct sk_buf *out);
/* Whether two forms of one text have little in common. */
bool sk_body_differs(struct sk_mail *m, struct sk_slice plain, struct sk_slice page);

#endif
