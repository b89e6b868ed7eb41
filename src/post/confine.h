/*
 * What a role on a network gives up before anybody can talk to it: the file system, other programs and processes, and every socket but those of its
 * link. By Landlock and seccomp, for good. Link roles, portal, printer, login.
 */
#ifndef SK_POST_CONFINE_H
#define SK_POST_CONFINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Built with a sanitizer a program looks for leaks at its end, in ways that only an attacker would otherwise want: it is not confined then. */
#ifdef __SANITIZE_ADDRESS__
#define SK_SANITIZED 1
#else
#define SK_SANITIZED 0
#endif

#define SK_CONFINE_PORTS 2
#define SK_CONFINE_FILES 8

/* What it keeps. */
struct sk_confined {
	uint16_t ports[SK_CONFINE_PORTS]; /* that it may connect to; 0: none */
	bool names; /* it asks for addresses of names (DNS), so it may send datagrams */
	const char *files
	    [SK_CONFINE_FILES]; /* that it may read, by their names; NULL, or not there: none. A file that takes
						the place of one is another */
	bool
	    threads; /* it starts some, after this: what holds for the one that calls holds for them */
};

/* 0, or SK_EIO with *what naming the part that is missing: then it must not go on. */
int sk_confine_but(const struct sk_confined *keeps, const char **what);

/*
 * `port`: the one that it may connect to (also after this); 0: it connects to nobody. It keeps the descriptors that it has. Tries one thing
 * that must now fail. 0, or SK_EIO with *what naming the part that is missing: then it must not go on.
 */
int sk_confine(uint16_t port, const char **what);

#endif
