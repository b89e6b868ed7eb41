/*
 * Fuzz target: any bytes as requests; what is read is written in a form that reads and is written the same again, and
 * the policy has an answer to it, the same each time, with lines that gave it.
 */
#include <stdlib.h>
#include <string.h>

#include "policy/decide.h"
#include "policy/recorded.h"

#define NOW INT64_C(1781481600)

static const char text[] =
    "sekisho policy 1\n"
    "city \"市\" { code \"000000\"; timezone \"Asia/Tokyo\"; adopted 2005-04-01 }\n"
    "classes confidentiality {\n\"3A\" > \"2\" > \"1\"\n}\n"
    "zone mynumber { name \"a\"; networks 10.1.0.0/16 }\n"
    "zone lgwan { name \"b\"; networks 10.2.0.0/16; holds confidentiality <= \"2\" }\n"
    "zone internet { name \"c\"; networks 10.3.0.0/16; holds confidentiality <= \"2\" }\n"
    "protect mynumber > lgwan > internet\n"
    "clause \"1\" \"a\"\n"
    "role boss { name \"a\"; may approve, release-original }\nrole staff { name \"a\" }\n"
    "department d \"d\"\n"
    "member cho { name \"a\"; department d; role boss; deputy ichi }\n"
    "member ichi { name \"a\"; department d; role staff }\n"
    "route in from internet to lgwan { carry file; clean rebuild else flatten; encrypted hold for 7 days;"
    " scan virus required; keep original 30 days; types pdf, docx; clause \"1\" }\n"
    "route mail from internet to lgwan { carry mail; clean text; attachments rebuild else notice; clause \"1\" }\n"
    "route out from lgwan to internet { carry file; clean rebuild; require class confidentiality <= \"2\";"
    " refuse mynumber; hold dictionary; unreadable ocr; approve by superior, deputy after 1 hour, passkey;"
    " require login password; clause \"1\" }\n"
    "route see from lgwan to internet { carry screen; clipboard in; files in; clause \"1\" }\n"
    "deny d from internet to lgwan { types zip; for role boss; clause \"1\" }\n"
    "flow f from mynumber to host \"x\" [192.0.2.1] { tcp 443; source 10.1.0.5 mac 02:00:00:00:00:05;"
    " until 2027-03-31; approved by \"a\" on 2026-04-01; clause \"1\" }\n";

static const struct sk_policy *load(struct sk_arena *arena)
{
	struct sk_diags diags = {.arena = arena};
	const struct sk_policy *p = NULL;

	if (sk_policy_load(arena, &diags, "p", SK_SLICE_LIT(text), NULL, NULL, 20544, &p))
		abort();
	return p;
}

static void check_answer(const struct sk_policy *p, const struct sk_query *q, int64_t now)
{
	static struct sk_decision d, again;
	enum sk_effect most = SK_PASS;

	sk_decide(p, q, now, &d);
	sk_decide(p, q, now, &again);
	if (d.nreasons == 0 || memcmp(&d, &again, sizeof(d)))
		abort();
	for (size_t i = 0; i < d.nreasons; i++) {
		most = d.reasons[i].effect > most ? d.reasons[i].effect : most;
		if (d.reasons[i].where == NULL || d.reasons[i].where->tokens[0].line == 0)
			abort();
	}
	if (most != d.effect)
		abort();
}

static void check_form(struct sk_arena *arena, const struct sk_recorded *r)
{
	struct sk_buf one = SK_BUF(1 << 20), two = SK_BUF(1 << 20);
	struct sk_fault fault = {.why = "", .field = ""};
	struct sk_recorded again;
	size_t used;

	if (sk_recorded_write(r, &one))
		abort();
	/* Escapes can make it longer than what is read at once. */
	if (one.len < SK_RECORDED_BYTES) {
		if (sk_recorded_read(arena, sk_buf_slice(&one), &again, &used, &fault) ||
		    sk_recorded_write(&again, &two) ||
		    !sk_slice_eq(sk_buf_slice(&one), sk_buf_slice(&two)))
			abort();
	}
	sk_buf_free(&one);
	sk_buf_free(&two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sk_arena *kept;
	static const struct sk_policy *p;
	struct sk_arena *arena = sk_arena_new((size_t)64 << 20);
	struct sk_slice all = sk_slice(data, size);
	struct sk_fault fault = {.why = "", .field = ""};
	struct sk_recorded r;
	size_t used = 0;

	if (p == NULL) {
		kept = sk_arena_new((size_t)64 << 20);
		p = load(kept);
	}
	while (all.n && sk_recorded_read(arena, all, &r, &used, &fault) == 0 && used) {
		int64_t now = r.time < 0 ? NOW : r.time;
		check_form(arena, &r);
		check_answer(p, &r.request, now);
		sk_recorded_assume(&r, now);
		check_answer(p, &r.request, now);
		all = sk_slice_sub(all, used, all.n);
	}
	sk_arena_free(arena);
	return 0;
}
