/*
 * A witness of logs (c2sp.org/tlog-witness): keeps the last checkpoint of each, and cosigns a newer one only with a proof that it
 * continues the last. Runs where its key lies, in the scribe of another post; how requests get there is the caller's.
 */
#ifndef SK_LEDGER_WITNESS_H
#define SK_LEDGER_WITNESS_H

#include "ledger/note.h"

struct sk_witness {
	int dir;                             /* its state; borrowed */
	const struct sk_note_signer *signer; /* of type cosignature; borrowed */
	const struct sk_note_key
	    *log; /* those it serves; the name of a key is the origin of the log; borrowed */
	size_t logs;
};

/*
 * Answer an add-checkpoint request as the text says, `now` in seconds: the HTTP status (200, 400, 403, 404, 409, 422), 500 when
 * the state could not be read or kept. The body of the answer is appended. What is cosigned is durable before.
 */
int sk_witness_add(
    const struct sk_witness *w, struct sk_slice request, uint64_t now, struct sk_buf *answer);

/* The last checkpoint of an origin with the log's and its own signatures: 200 and the note, 404: it never cosigned one. */
int sk_witness_last(const struct sk_witness *w, struct sk_slice origin, struct sk_buf *note);

#endif
