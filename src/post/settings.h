/*
 * The configuration of a post: a text file, a line `key value` each, the value being the rest of the line; lines that
 * begin with `#` and empty ones say nothing. Keys are a closed list (settings.def). It names places and holds no secrets:
 * every role gets it as the thing "settings". sekisho-post.conf(5).
 */
#ifndef SK_POST_SETTINGS_H
#define SK_POST_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SK_SETTINGS_BYTES ((size_t)64 << 10)
#define SK_SETTINGS_LINE 1024
#define SK_SETTINGS_ZONE 64    /* bytes of a zone's name with its end */
#define SK_SETTINGS_ADDRESS 64 /* of a numeric address with its end; IPv6 with a scope, too */

/* In the state folder: whoever works there holds this file with flock(), sekishod or the command on a stopped post. */
#define SK_POST_LOCK "lock"

struct sk_settings;

/*
 * Reads all of the file from its start, without moving in it; the descriptor stays the caller's. 0, and *out is to be freed;
 * SK_EFORMAT: `why` says in English which line is wrong and what about it, or which key is missing; SK_ELIMIT: too long;
 * SK_EIO; SK_ENOMEM.
 */
int sk_settings_read(int fd, struct sk_settings **out, char *why, size_t size);
void sk_settings_free(struct sk_settings *s);

/*
 * The value of a key, or its default; NULL: not said. Borrowed. Never NULL for zone, policy, state, store, workers, control
 * and users. Paths are absolute.
 */
const char *sk_settings_get(const struct sk_settings *s, const char *key);
/* All values of a repeated key in their order, at most `max` of them; their number. */
size_t sk_settings_all(const struct sk_settings *s, const char *key, const char **v, size_t max);

/* A number (workers, lease), or `otherwise` where none is said. */
uint64_t sk_settings_number(const struct sk_settings *s, const char *key, uint64_t otherwise);
bool sk_settings_yes(const struct sk_settings *s, const char *key);
/* A path below the state folder; "" and SK_ELIMIT where it does not fit. */
int sk_settings_path(const struct sk_settings *s, const char *name, char *out, size_t size);

struct sk_settings_link {
	char zone[SK_SETTINGS_ZONE]; /* of the other post */
	bool listen;                 /* we wait for the other post; else we open the connection */
	char address[SK_SETTINGS_ADDRESS];
	uint16_t port;
};

/* The n-th link, from 0: the role at SK_PLACE_LINK + n serves it. False: there is none. */
bool sk_settings_link(const struct sk_settings *s, size_t n, struct sk_settings_link *out);

/* A numeric address and a port that something listens at; false: not said. */
struct sk_settings_address {
	char address[SK_SETTINGS_ADDRESS];
	uint16_t port;
};
bool sk_settings_address(
    const struct sk_settings *s, const char *key, struct sk_settings_address *out);

#endif
