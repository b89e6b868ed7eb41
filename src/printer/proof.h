/*
 * What a receipt of a ledger says (c2sp.org/tlog-proof; doc/ledger.md, section 5), as far as it stands on paper. That it hangs together is checked
 * here with the independent verifier's parts; who signed it is for sekisho-ledgerverify to see, with keys that are believed. The printer.
 */
#ifndef SK_PRINTER_PROOF_H
#define SK_PRINTER_PROOF_H

#include "ledgerverify/lv.h"

#define SK_PROOF_PATH 64

struct sk_paper_proof {
	char origin[SK_LV_NAME];
	uint64_t index, size; /* size: entries of the ledger at the checkpoint */
	struct sk_lv_hash leaf, root, path[SK_PROOF_PATH];
	size_t n;
	char in[65], out[65]; /* hashes that the entry tells; "": it does not */
};

/* SK_EFORMAT: it is none, or its proof does not lead from the entry to the root of its checkpoint. */
int sk_paper_proof(struct sk_slice receipt, struct sk_paper_proof *p);
/* What the QR code holds: "sekisho 1", origin, index and leaf hash, a line each. */
int sk_paper_code(const struct sk_paper_proof *p, struct sk_buf *out);

#endif
