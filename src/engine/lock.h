/*
 * Protecting again what came protected: the verified bytes in a zip of AES-256 (WinZip's AE-2). Caller's process: what is
 * encrypted is what the verifier passed, byte by byte; of an archive only the lengths in its local headers are read.
 */
#ifndef SK_ENGINE_LOCK_H
#define SK_ENGINE_LOCK_H

#include "base/filetype.h"
#include "base/slice.h"

struct sk_lock {
	const char *password,
	    *name; /* name: of the one member; of an archive each member keeps its own */
	int (*put)(void *ctx, const void *p, size_t n); /* 0 or SK_E* */
	void *ctx;
};

/* Write the zip. SK_EFORMAT when an archive is not what the verifier passes; SK_EIO; what put returns. */
int sk_lock_write(const struct sk_lock *l, enum sk_filetype type, struct sk_slice plain);

/*
 * The name of the one member: that of the input without its folder, `given` (maybe NULL), with this extension; what no zip of ours may
 * have in a name is '_'. Allocated; NULL without memory.
 */
char *sk_lock_member_name(const char *given, const char *ext);

#endif
