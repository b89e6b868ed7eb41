/*
 * Several passwords at once: threads that each compute or speak with a directory. One thread of the caller's puts questions in
 * and takes answers out. The login role.
 */
#ifndef SK_LOGIN_POOL_H
#define SK_LOGIN_POOL_H

#include "base/pool.h"
#include "login/directory.h"
#include "login/login.h"

/* Those of a gate, and those under way of the gate before it. */
#define SK_SECRET_POOL (2 * SK_SECRETS_AT_ONCE)

struct sk_secret_task {
	struct sk_secret_ask ask; /* wiped when it ends */
	uint32_t serial;          /* of the question */
	unsigned talk;            /* with which gate; the caller's */
	struct sk_secret_done done;
	int64_t due; /* the answer is not to be told before: sk_now_ms() */
};

/* d: lives as long as the process, as does the pool. 0, SK_EIO, SK_ENOMEM. */
int sk_secret_pool_new(const struct sk_directory *d, struct sk_pool **out);

#endif
