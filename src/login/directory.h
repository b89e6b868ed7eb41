/*
 * Passwords that a directory (LDAP, Active Directory) knows: a person is looked for by his name, and his entry is logged in to with
 * the password. Always over TLS, with a certificate that a given CA has signed. The login role.
 */
#ifndef SK_LOGIN_DIRECTORY_H
#define SK_LOGIN_DIRECTORY_H

#include "login/login.h"
#include "post/confine.h"

#define SK_DIRECTORY_FILTER 1024

/* Borrowed; for as long as the process lives. */
struct sk_directory {
	const char
	    *uri; /* ldaps://…, or ldap://…, on which TLS is begun first; NULL: there is none */
	const char *ca;     /* file of the certificates that may sign the server's */
	const char *base;   /* below which people are looked for */
	const char *filter; /* (uid={}): {} is the name */
	const char *user;   /* as whom it is looked; NULL: as nobody */
	const char *secret; /* his password */
};

/* Where it is asked: the port, and whether its host is a name, which is to be looked up. SK_EARG: it is no address of a directory. */
int sk_directory_place(const char *uri, uint16_t *port, bool *named);
/* What a role that asks it needs of the system, and nothing else: where it is, whose certificate it has. SK_EARG: the same. */
int sk_directory_keeps(const struct sk_directory *d, struct sk_confined *keeps);
/* RIGHT, WRONG, or FAILED and why. */
void sk_directory_ask(const struct sk_directory *d, const char *name, const char *secret,
    struct sk_secret_done *done);
/*
 * The filter for a name, in which nothing of it has a meaning (RFC 4515, section 3). SK_ELIMIT: too long; SK_EARG: no filter that
 * has {} once.
 */
int sk_directory_filter(const char *filter, const char *name, char out[SK_DIRECTORY_FILTER]);

#endif
