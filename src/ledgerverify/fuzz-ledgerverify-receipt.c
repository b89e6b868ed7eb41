/* Fuzz target: receipts, keys, checkpoints; whatever they say they bring along is believed, so that all of it is looked at. */
#include <stdlib.h>

#include "ledgerverify/lv.h"

#define HASH "0102030000000000000000000000000000000000000000000000000000000000"
#define ENTRY \
	"sekisho-entry 1\nclass 2\nhash.in " HASH "\nhash.out " HASH \
	"\nkind transfer.offer\noutbox 1\n" \
	"time 1764000000000\ntransfer 00112233445566778899aabbccddeeff\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sk_lv_report r;
	struct sk_slice in = sk_slice(data, size);
	struct sk_lv_trust trust = {.included = true, .now = 1764000000, .max_age = 60};
	struct sk_lv_given given[2] = {{"one", in}, {"two", in}};
	struct sk_buf entry = SK_BUF(SK_LV_ENTRY_BYTES + 1);
	struct sk_lv_openings shown;
	struct sk_lv_key k;
	struct sk_lv_entry e;

	sk_lv_receipt(in, &trust, &r, &entry, &shown);
	if (sk_lv_report_worst(&r) < 0 && entry.len == 0)
		abort();
	sk_lv_checkpoints(&trust, given, 2, &r);
	(void)sk_lv_key_read(in, &k);
	if (sk_lv_entry_read(SK_SLICE_LIT(ENTRY), &e))
		abort();
	r.n = r.assertions = 0;
	sk_lv_assertions(in, &e, &r);
	if (r.n == 0 && r.assertions == 0)
		abort();
	if (sk_lv_entry_read(in, &e) == 0 && sk_lv_entry_field(&e, "kind").n == 0)
		abort();
	sk_buf_free(&entry);
	sk_buf_free(&shown.bytes);
	return 0;
}
