/* Receipts: c2sp.org/tlog-proof; what is ours stands in its `extra`: doc/ledger.md, section 5. */
#include <sodium.h>

#include "base/err.h"
#include "base/hex.h"
#include "ledger/inside.h"

#define EXTRA_BYTES ((size_t)256 << 10)

static void put_opening(
    void *user, enum sk_entry_field f, struct sk_slice salt, struct sk_slice value)
{
	struct sk_buf *out = user;

	sk_buf_printf(out, "opening %s ", sk_entry_field_name(f));
	sk_hex_write(salt, out);
	sk_buf_putc(out, ' ');
	if (value.n)
		sk_base64_write(value, out);
	sk_buf_putc(out, '\n');
}

static int put_keys(struct sk_ledger *l, struct sk_buf *out)
{
	struct sk_buf keys = SK_BUF(16384);
	struct sk_slice rest, line;

	sk_buf_puts(out, "key ");
	sk_note_key_write(&l->signer.pub, out);
	(void)sk_file_read(
	    l->dir, "witness.pub", 16000, &keys); /* a ledger without witnesses has none */
	rest = sk_buf_slice(&keys);
	while (sk_line_take(&rest, &line) == 0)
		sk_buf_printf(out, "witness %.*s\n", (int)line.n, (const char *)line.p);
	sk_buf_free(&keys);
	return out->err;
}

static int put_extra(struct sk_ledger *l, uint64_t index, bool openings, struct sk_buf *out)
{
	struct sk_buf entry = SK_BUF(SK_ENTRY_BYTES), extra = SK_BUF(EXTRA_BYTES);
	struct sk_leaf e;

	int rc = sk_ledger_entry(l, index, &entry);
	if (rc == 0)
		rc = sk_entry_parse(sk_buf_slice(&entry), &e);
	if (rc == 0) {
		sk_buf_puts(&extra, "sekisho-receipt 1\nentry ");
		sk_base64_write(sk_buf_slice(&entry), &extra);
		sk_buf_putc(&extra, '\n');
		rc = put_keys(l, &extra);
	}
	if (rc == 0 && openings)
		sk_ledger_opened(l, index, &e, put_opening, &extra);
	if (rc == 0)
		rc = extra.err;
	if (rc == 0) {
		sk_buf_puts(out, "extra ");
		sk_base64_write(sk_buf_slice(&extra), out);
		rc = sk_buf_putc(out, '\n');
	}
	if (extra.len)
		sodium_memzero(extra.p, extra.len);
	sk_buf_free(&extra);
	sk_buf_free(&entry);
	return rc;
}

/* The newest checkpoint with cosignatures, if it holds the entry, else the newest. */
static int choose(struct sk_ledger *l, uint64_t index, struct sk_buf *note, uint64_t *size)
{
	struct sk_note n = {.n = 0};
	struct sk_checkpoint c;

	if (sk_file_read(l->dir, "witnessed", SK_NOTE_BYTES, note) == 0 &&
	    sk_note_parse(sk_buf_slice(note), &n) == 0 && sk_checkpoint_parse(n.text, &c) == 0 &&
	    c.size > index && c.size <= l->size) {
		*size = c.size;
		return 0;
	}
	sk_buf_reset(note);
	*size = l->size;
	return sk_buf_put_slice(note, sk_buf_slice(&l->note));
}

int sk_ledger_receipt(struct sk_ledger *l, uint64_t index, bool openings, struct sk_buf *out)
{
	struct sk_buf note = SK_BUF(SK_NOTE_BYTES);
	struct sk_proof p = {0};
	uint64_t size;

	if (index >= l->size)
		return SK_EARG;
	int rc = choose(l, index, &note, &size);
	if (rc == 0)
		rc = sk_ledger_inclusion(l, index, size, &p);
	sk_buf_puts(out, "c2sp.org/tlog-proof@v1\n");
	if (rc == 0)
		rc = put_extra(l, index, openings, out);
	sk_buf_printf(out, "index %llu\n", (unsigned long long)index);
	for (size_t i = 0; i < p.n; i++)
		sk_hash_write(&p.h[i], out);
	sk_buf_putc(out, '\n');
	sk_buf_put_slice(out, sk_buf_slice(&note));
	sk_buf_free(&note);
	return rc ? rc : out->err;
}
