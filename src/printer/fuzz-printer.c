/* Fuzz target: what a printer says to its gate, and the ledger's receipt that it is given. */
#include <stdlib.h>

#include "printer/print.h"
#include "printer/proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An answer that is read is written as the same bytes again; a proof that is read fits its own code. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_slice in = sk_slice(data, size);
	struct sk_buf b = SK_BUF(1024);
	struct sk_print_done d;
	struct sk_paper_proof p;

	if (sk_print_get_done(in, &d) == 0 &&
	    (sk_print_put_done(&d, &b) || !sk_slice_eq(in, sk_buf_slice(&b))))
		abort();
	sk_buf_reset(&b);
	if (sk_paper_proof(in, &p) == 0 && (p.index >= p.size || sk_paper_code(&p, &b)))
		abort();
	sk_buf_free(&b);
	return 0;
}
