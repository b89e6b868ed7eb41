/*
 * What containers that are protected by a password have in common: the forms in which programs turn a password into
 * bytes, and ciphers over nettle that several formats use. Cleaner's jail.
 */
#ifndef SK_CONTAINER_CRYPT_H
#define SK_CONTAINER_CRYPT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#define SK_PASSWORD_FORMS 3

/*
 * The bytes a program may have made of a password, from the arena; the first is the password as given. Beyond ASCII
 * programs differ: UTF-8, the code page of Japanese Windows (CP932), Latin-1 (PDF up to 1.7). One that is given in
 * CP932 is understood, too. Returns their number, 0 when memory is out.
 */
unsigned sk_password_bytes(
    struct sk_arena *a, const char *password, struct sk_slice forms[SK_PASSWORD_FORMS]);
/* UTF-16LE, as Office has it. SK_EFORMAT when it is neither UTF-8 nor CP932; SK_ENOMEM. */
int sk_password_utf16(struct sk_arena *a, const char *password, struct sk_slice *out);

/* Compares keys and checksums: the time does not tell where they differ. */
bool sk_crypt_same(const void *a, const void *b, size_t n);

#endif
