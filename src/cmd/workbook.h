/* Lists of a post as workbooks: what the printer makes of what a gate gives it, and what sekisho-printer does when it is called by hand, as no supervisor does. */
#ifndef SK_CMD_WORKBOOK_H
#define SK_CMD_WORKBOOK_H

#include <stdbool.h>

#include "base/buf.h"

enum workbook_table { WORKBOOK_TRANSFERS, WORKBOOK_ENTRIES, WORKBOOK_TABLES };

/* WORKBOOK_TABLES: there is none of that name. */
enum workbook_table workbook_table(const char *name);
/* Once, while there is a file system: both languages are at hand from then on. */
void workbook_init(void);
/*
 * Rows, one JSON object a line, as a workbook in a language ("ja", "en"). `cut`: it says that there are more. SK_EFORMAT: it is no such list;
 * SK_ELIMIT: too large; SK_ENOMEM.
 */
int workbook_make(enum workbook_table table, struct sk_slice rows, const char *language, bool cut,
    struct sk_buf *out);

/* By hand: the exit status. */
int workbook(int argc, char **argv);

#endif
