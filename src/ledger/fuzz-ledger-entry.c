/* Fuzz target: entries and bundles of them; an entry that is read is written the same again. */
#include <stdlib.h>

#include "ledger/inside.h"

/* Personal fields stand as commitments, which writing cannot make: they are put in as they are. */
static void fuzz_entry(struct sk_slice in)
{
	uint8_t salt[SK_ENTRY_FIELDS][SK_SALT_BYTES] = {{0}};
	struct sk_buf out = SK_BUF(SK_ENTRY_BYTES + 1);
	struct sk_leaf e;
	bool personal = false;

	if (sk_entry_parse(in, &e))
		return;
	for (enum sk_entry_field f = 0; f < SK_ENTRY_FIELDS; f++)
		personal |= e.field[f].p && sk_entry_field_type(f) == SK_ENTRY_TYPE_PERSONAL;
	if (sk_entry_write(&e, salt, &out) || out.len != in.n)
		abort();
	if (!personal && !sk_slice_eq(in, sk_buf_slice(&out)))
		abort();
	sk_buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_slice in = sk_slice(data, size), entry;

	fuzz_entry(in);
	for (unsigned i = 0; i < SK_TILE_WIDTH && sk_bundle_entry(in, i, &entry) == 0; i++)
		fuzz_entry(entry);
	return 0;
}
