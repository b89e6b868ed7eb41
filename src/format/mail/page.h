/* The pages of mails. Cleaner's jail. */
#ifndef SK_FORMAT_MAIL_PAGE_H
#define SK_FORMAT_MAIL_PAGE_H

#include "format/mail/mail.h"

/* A page in UTF-8 with its mark: rebuilt, or by the other methods its words. SK_EREFUSED with *why: a note instead. */
int sk_page_clean(
    struct sk_mail *m, struct sk_slice page, struct sk_output *out, enum sk_code *why);
/* The words of such a page, for comparing; nothing where it cannot be read. */
void sk_page_words(struct sk_mail *m, struct sk_slice page, struct sk_buf *out);

#endif
