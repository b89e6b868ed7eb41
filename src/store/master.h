/*
 * The master key of a post: it wraps the keys of originals, the secrets of devices that count codes, and nothing else. It comes from a file that nobody else can
 * read, or from a credential of systemd. Lines of 64 hexadecimal digits: the first wraps, all of them (at most four)
 * unwrap, so that a new one can be put above the old one. Only the gate holds it.
 */
#ifndef SK_STORE_MASTER_H
#define SK_STORE_MASTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sk_master;

#define SK_DATA_KEY 32
#define SK_WRAPPED (8 + 16 + 24 + SK_DATA_KEY + 16) /* bytes of a wrapped key */

/* Makes a new key file, readable by its owner alone, durably. SK_EEXIST: there is one. */
int sk_master_create(const char *path);

/*
 * Both load into memory that is locked and not dumped. SK_EREFUSED: others than the owner may read or change the file,
 * or its owner is neither root nor this user; SK_EFORMAT: it holds something else; SK_EIO: errno says why. Free with
 * sk_master_free().
 */
int sk_master_load(const char *path, struct sk_master **out);
/* From a file that somebody else opened, who saw to it that it is nobody else's. The descriptor stays the caller's. */
int sk_master_take(int fd, struct sk_master **out);
void sk_master_free(struct sk_master *m);

/* Wraps a data key for the original `name`; the wrapped one opens for that name alone. */
int sk_master_wrap(const struct sk_master *m, const char *name, const uint8_t key[SK_DATA_KEY],
    uint8_t wrapped[SK_WRAPPED]);
/* SK_EUNSUPPORTED: wrapped by a master key that is not here; SK_EFORMAT: damaged, or that of another original. */
int sk_master_unwrap(const struct sk_master *m, const char *name, const uint8_t wrapped[SK_WRAPPED],
    uint8_t key[SK_DATA_KEY]);
/* Whether it is wrapped by the key that wraps now. */
bool sk_master_is_first(const struct sk_master *m, const uint8_t wrapped[SK_WRAPPED]);

#endif
