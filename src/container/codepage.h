/*
 * What the bytes of code pages mean, as tables that were made when sekisho was built. Characters of the basic plane; 0
 * where bytes mean none, or several. Cleaner's jail.
 */
#ifndef SK_CONTAINER_CODEPAGE_H
#define SK_CONTAINER_CODEPAGE_H

#include "base/buf.h"

/* By lead byte from 80 and trail byte from 40. */
#define SK_CODEPAGE_LEADS 0x80
#define SK_CODEPAGE_TRAILS 0xC0

extern const uint16_t sk_codepage_932[SK_CODEPAGE_LEADS][SK_CODEPAGE_TRAILS],
    sk_codepage_euc[SK_CODEPAGE_LEADS][SK_CODEPAGE_TRAILS],      /* JIS X 0208 as EUC */
    sk_codepage_jisx0212[SK_CODEPAGE_LEADS][SK_CODEPAGE_TRAILS], /* the two bytes behind 8F */
    sk_codepage_936[SK_CODEPAGE_LEADS][SK_CODEPAGE_TRAILS],      /* GBK */
    sk_codepage_949[SK_CODEPAGE_LEADS][SK_CODEPAGE_TRAILS],      /* Korean */
    sk_codepage_950[SK_CODEPAGE_LEADS][SK_CODEPAGE_TRAILS]; /* Big5 with Hong Kong's characters */

static inline uint16_t sk_codepage_pair(
    const uint16_t table[][SK_CODEPAGE_TRAILS], uint8_t lead, uint8_t trail)
{
	return lead < 0x80 || trail < 0x40 ? 0 : table[lead - 0x80][trail - 0x40];
}

/* Whether a code page of Windows, by its number, is known: 932, 936, 949, 950 and those of one byte. */
bool sk_codepage_known(unsigned number);

/*
 * Append `in` as UTF-8. *bad counts what could not be read (each becomes U+FFFD; a broken pair takes one byte, so that
 * no ASCII is swallowed). 0, out's error, or SK_EUNSUPPORTED where the code page is not known.
 */
int sk_codepage_to_utf8(unsigned number, struct sk_slice in, struct sk_buf *out, uint32_t *bad);

/* Append UTF-8 in CP932. SK_EFORMAT where a character has no place there, else out's error. */
int sk_codepage_to_932(struct sk_slice utf8, struct sk_buf *out);

#endif
