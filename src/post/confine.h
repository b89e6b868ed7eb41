/*
 * What a role on a network gives up before anybody can talk to it: the file system, other programs and processes, and every socket but those of its
 * link. By Landlock and seccomp, for good. Link roles, portal.
 */
#ifndef SK_POST_CONFINE_H
#define SK_POST_CONFINE_H

#include <stdint.h>

/* Built with a sanitizer a program looks for leaks at its end, in ways that only an attacker would otherwise want: it is not confined then. */
#ifdef __SANITIZE_ADDRESS__
#define SK_SANITIZED 1
#else
#define SK_SANITIZED 0
#endif

/*
 * `port`: the one that it may connect to (also after this); 0: it connects to nobody. It keeps the descriptors that it has. Tries one thing
 * that must now fail. 0, or SK_EIO with *what naming the part that is missing: then it must not go on.
 */
int sk_confine(uint16_t port, const char **what);

#endif
