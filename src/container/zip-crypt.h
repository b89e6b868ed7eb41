/*
 * Members of a zip that are protected by a password: the old cipher (APPNOTE 6.1) and AES (WinZip's AE-1 and AE-2,
 * method 99). Cleaner's jail.
 */
#ifndef SK_CONTAINER_ZIP_CRYPT_H
#define SK_CONTAINER_ZIP_CRYPT_H

#include "container/zip.h"

/* How many bytes protection adds to a member's data; SIZE_MAX: its protection is not known. */
size_t sk_zip_crypt_overhead(const struct sk_zip_member *m);
/* The method its data have below the protection. */
uint16_t sk_zip_crypt_method(const struct sk_zip_member *m);
/* Rounds of hashing that one try of a password takes. */
uint32_t sk_zip_crypt_rounds(const struct sk_zip_member *m);
/*
 * Open a protected member with the bytes of a password; *plain is what it is without protection, its data from the
 * arena. SK_EREFUSED: another password. SK_EFORMAT: its own check of the data says that they were changed.
 * SK_EUNSUPPORTED: not known. SK_ENOMEM. The old cipher's check lets one wrong password of 256 pass: only when the data
 * unpack to what their CRC says was it the right one.
 */
int sk_zip_decrypt(struct sk_arena *a, const struct sk_zip_member *m, struct sk_slice password,
    struct sk_zip_member *plain);

#endif
