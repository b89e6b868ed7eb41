/* The parts of `sekisho post`: making a post, and making two posts known to each other. Run by the administrator. */
#ifndef SK_CMD_POST_H
#define SK_CMD_POST_H

#include <sys/types.h>

#include "base/buf.h"
#include "cmd/cli.h"
#include "crossing/keys.h"
#include "post/places.h"
#include "post/settings.h"

#define POST_KEY_BYTES 4096 /* of a file with a key or a certificate */

/* --- post-files.c: files of a state folder, durable, never through a symbolic link. 0, or -1 when it was told why not --- */
/* What was made belongs to this system user; NULL: to us. */
int post_make_folder(int dir, const char *name, mode_t mode, const char *user);
int post_make_file(int dir, const char *name, struct sk_slice bytes, mode_t mode, const char *user);
/* The same in place of what is there. */
int post_put_file(int dir, const char *name, struct sk_slice bytes, mode_t mode);
/* The whole file, at most POST_KEY_BYTES; told when it is not there, unless `may` be missing: then nothing is appended. */
int post_read_file(int dir, const char *name, bool may, struct sk_buf *out);
/* The zone that stands in a file of one line. */
int post_read_zone(int dir, const char *name, char zone[SK_SETTINGS_ZONE]);
/* Roles read keys and pins when they start: say that a post which runs does not know of a change. */
void post_tell_running(int dir);
int post_open_folder(const char *path);
int post_tell(const char *name, const char *what);

/* --- post-peer.c: what one post shows another --- */
struct peer {
	char zone[SK_SETTINGS_ZONE];
	uint8_t pin[SK_PIN_BYTES];
	struct sk_buf certificate, log, witness,
	    box; /* PEM; verifier keys; digits; each with its end of line */
};

void post_peer_free(struct peer *p);
/* What `dir`, a state folder, shows to the post of `zone`. */
int post_peer_own(int dir, const char *zone, struct peer *p);
/* Whether all of it is what it should be; the pin is filled in. */
int post_peer_check(struct peer *p);
/* The number that people read to each other: all that was shown, in digits by fours. */
#define POST_FINGERPRINT 80
void post_peer_fingerprint(const struct peer *p, char text[POST_FINGERPRINT]);

/* --- post-renew.c --- */
/* A new key for the link to a zone, and its certificate, as link/ZONE/NAME.key and NAME.crt. 0, or -1 when it was told why not. */
int post_make_link_key(int dir, const char *own, const char *zone, const char *name);

/* --- post-certificate.c: of the portal. 0, or -1 when it was told why not --- */
/* The authority where there is none, and a new certificate for the host of that origin. */
int post_make_certificate(int dir, const char *zone, const char *origin);
/* What terminals are to import. */
int post_show_certificate(int dir, const char *folder);
int post_export_certificate(const char *folder, const char *file);

/* --- the verbs --- */
int post_certificate(int argc, char **argv);
int post_init(int argc, char **argv);
int post_renew(int argc, char **argv);
int post_export(int argc, char **argv);
int post_pin(int argc, char **argv);

#endif
