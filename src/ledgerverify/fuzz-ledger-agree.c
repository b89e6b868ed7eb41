/*
 * Fuzz target: the ledger and its verifier, written apart, read the same: an entry, a number, base 64, a checkpoint. The first byte
 * chooses. Where they do not, one of them does not do what doc/ledger.md or the C2SP text says.
 */
#include <stdlib.h>

#include "ledger/entry.h"
#include "ledger/note.h"
#include "ledgerverify/lv.h"

static void must(bool same)
{
	if (!same)
		abort();
}

static void entries(struct sk_slice in)
{
	struct sk_leaf a;
	struct sk_lv_entry b;
	int x = sk_entry_parse(in, &a), y = sk_lv_entry_read(in, &b);

	must((x == 0) == (y == 0));
	if (x)
		return;
	must(sk_entry_outbox(&a) == b.outbox);
	for (enum sk_entry_field f = 0; f < SK_ENTRY_FIELDS; f++) {
		struct sk_slice value = sk_lv_entry_field(&b, sk_entry_field_name(f));
		must(a.field[f].p ? sk_slice_eq(a.field[f], value) : value.n == 0);
	}
}

static void letters(struct sk_slice in)
{
	uint8_t raw[8192];
	size_t n = 0;
	struct sk_buf b = SK_BUF(sizeof(raw));
	uint64_t u = 0, v = 0;

	int x = sk_base64_parse(in, raw, sizeof(raw), &n), y = sk_lv_base64(in, &b);
	must(in.n == 0 ||
	     (x == 0) == (y == 0)); /* nothing is base 64 of nothing, which no key or hash is */
	must(x || sk_slice_eq(sk_slice(raw, n), sk_buf_slice(&b)));
	sk_buf_free(&b);
	must((sk_decimal_parse(in, &u) == 0) == sk_lv_number(in, UINT64_MAX, &v) && u == v);
}

/* The verifier takes names of keys that the ledger's side does not make. */
static void notes(struct sk_slice in)
{
	static struct sk_note note;
	struct sk_checkpoint a;
	struct sk_lv_checkpoint b;

	if (sk_note_parse(in, &note) || sk_checkpoint_parse(note.text, &a))
		return;
	must(sk_lv_checkpoint_read(in, &b) == 0);
	must(a.size == b.size && sk_slice_eq(a.origin, b.origin) &&
	     memcmp(a.root.b, b.root.b, SK_HASH_BYTES) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_slice in = sk_slice(data, size), rest = sk_slice_sub(in, 1, SIZE_MAX);

	if (size == 0 || size > 8192)
		return 0;
	switch (data[0] % 3) {
	case 0:
		entries(rest);
		break;
	case 1:
		letters(rest);
		break;
	default:
		notes(rest);
	}
	return 0;
}
