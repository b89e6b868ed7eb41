/* The parts of `sekisho ledger`. */
#ifndef SK_CMD_LEDGER_H
#define SK_CMD_LEDGER_H

#include "cmd/cli.h"
#include "ledger/ledger.h"

struct ledger_asked {
	bool json, openings;
	const char *out, *checkpoint, *origin, *policy;
	const char *by[2]; /* ROLE=PERSON */
	int nby;
	const char *arg[3];
	int n;
};

/* Says so on standard error; EXIT_SOME_ERROR. */
int ledger_fail(const char *path, const char *why);
/* What a status means, of a ledger; SK_EIO: as errno says. */
const char *ledger_why(int rc);

/* --- ledger-succeed.c, ledger-recover.c: of a post that stands still --- */
int ledger_succeed(const struct ledger_asked *a);
int ledger_recover(const struct ledger_asked *a);

/* --- ledger-openers.c --- */
#define LEDGER_ROLE 64
/*
 * The two members of --by, as the policy has them today: one with the right to administer and one with that to audit or to oversee. Texts of
 * `by` lie in `role` and `a`. 0, or another status when it was told why not.
 */
int ledger_openers(const struct ledger_asked *a, struct sk_opener by[2], char role[2][LEDGER_ROLE]);

/* --- ledger-state.c: the state folder of a post --- */
struct ledger_state {
	const char *path; /* of the folder */
	int dir, lock, ledger;
	unsigned uid, gid; /* whose the ledger is */
	struct sk_note_signer key;
};

/* Open it and hold it against sekishod. 0, or -1 when it was told why not; then there is nothing to close. */
int ledger_state_open(struct ledger_state *s, const char *path);
/* Its ledger (−1: there is none) and whose that is. 0, or another status when it was told why not. */
int ledger_state_own(struct ledger_state *s);
/* The same, and the key. 0, or -1 when it was told why not. */
int ledger_state_load(struct ledger_state *s);
void ledger_state_close(struct ledger_state *s);
/* Be the owner of the ledger, and oneself again. Nothing happens for who is not root. */
int ledger_state_be_owner(const struct ledger_state *s);
int ledger_state_be_self(void);
/* A file below a folder, whole: 0, or -1 when it was told why not. */
int ledger_state_read(int dir, const char *path, size_t max, struct sk_buf *out);

#endif
