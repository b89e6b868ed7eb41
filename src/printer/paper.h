/* The receipt of a transfer on A4: PDF, black on white, Japanese and English. doc/printer.md tells the object. The printer. */
#ifndef SK_PRINTER_PAPER_H
#define SK_PRINTER_PAPER_H

#include <jansson.h>

#include "base/buf.h"
#include "printer/fonts.h"
#include "printer/proof.h"

/* `proof` NULL: there is no entry of the ledger to show. Appends to `out`. Whatever the object lacks is told as unknown. */
int sk_paper_receipt(const struct sk_fonts *fonts, const json_t *what,
    const struct sk_paper_proof *proof, struct sk_buf *out);

#endif
