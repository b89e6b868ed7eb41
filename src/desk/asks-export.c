/* A list as a workbook: doc/front.md. That a list was taken away is in the ledger before anybody has it. The gate. */
#include <string.h>

#include "base/err.h"
#include "desk/gather.h"

#define SAID ((size_t)4096)

static int look_export(struct sk_asked *q)
{
	struct sk_transfer *t = NULL;
	size_t n = 0;
	int status = q->ask.language && strcmp(q->ask.language, "ja") != 0 &&
			     strcmp(q->ask.language, "en") != 0
			 ? sk_asked_fail(q, SK_FRONT_WHY_VALUE, "language")
			 : 0;

	if (status == 0) /* whether he may, and whether there is such a thing */
		status = sk_asked_listed(q, q->arena, &(struct sk_list_place){0}, 1, &t, &n);
	return status ? status : sk_gather_list(q);
}

/* By what it was looked for may tell of people: it stands behind a commitment. */
int sk_asked_taken(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	struct sk_buf said = SK_BUF(SAID);
	struct sk_front_ask ask = q->ask;
	struct sk_front_fault fault;
	int status;

	ask.language = NULL;
	status = sk_front_write(&ask, &said, &fault);
	if (status == 0)
		status = sk_buf_putc(&said, 0);
	if (status == 0)
		status = sk_asked_log(g, q, q->member ? q->member : "root", (const char *)said.p);
	sk_buf_free(&said);
	if (status)
		return status;
	sk_show_number(q->out, "rows", q->rows);
	if (q->cut)
		sk_show_set(q->out, "cut", json_true());
	json_object_set_new(q->out, "status", json_string("ok"));
	return 0;
}

const struct sk_ask_of sk_asks_export[] = {
    {SK_FRONT_EXPORT, SK_ASK_SEER, look_export, sk_asked_taken, NULL, NULL},
    {.what = SK_FRONT_COUNT},
};
