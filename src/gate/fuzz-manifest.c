/*
 * Fuzz target: manifests of a giver whose ledger we believe and who says what it likes: lines of a field's name and its value
 * stand in place of what an offer says, and are logged and proved as a true ledger would. What begins with another byte than
 * a letter is read as a manifest itself.
 */
#include <stdlib.h>

#include "base/err.h"
#include "base/hex.h"
#include "gate/test-offer.h"

static uint8_t salts[SK_ENTRY_FIELDS][SK_SALT_BYTES];
static struct sk_note_signer key;
static struct sk_manifest_keys keys = {.from = "internet", .to = "lgwan", .now = OFFER_NOW};

static void begin(void)
{
	static const uint8_t seed[32] = {1};
	struct sk_buf b = SK_BUF(1000);

	if (keys.trust.logs)
		return;
	sk_note_signer_seed(&key, OFFER_ORIGIN, SK_NOTE_ED25519, seed);
	sk_note_key_write(&key.pub, &b);
	if (sk_manifest_keys_read(sk_buf_slice(&b), sk_slice("", 0), &keys))
		abort();
	sk_buf_free(&b);
}

static void say(struct sk_slice in, struct sk_leaf *e)
{
	struct sk_slice line;

	while (sk_line_take(&in, &line) == 0) {
		size_t at = sk_slice_find(line, 0, SK_SLICE_LIT(" "));
		enum sk_entry_field f = sk_entry_field_find(sk_slice_sub(line, 0, at));
		struct sk_slice value = {0};
		if (at != SIZE_MAX)
			value = sk_slice_sub(line, at + 1, SIZE_MAX);
		if (f != SK_ENTRY_FIELDS)
			e->field[f] = value;
	}
	e->field[SK_ENTRY_OUTBOX] = SK_SLICE_LIT("1");
}

static void put_extra(const struct sk_leaf *e, struct sk_slice entry, struct sk_buf *out)
{
	sk_buf_puts(out, "sekisho-receipt 1\nentry ");
	sk_base64_write(entry, out);
	sk_buf_puts(out, "\nkey ");
	sk_note_key_write(&key.pub, out);
	for (enum sk_entry_field f = 0; f < SK_ENTRY_FIELDS; f++) {
		if (e->field[f].p == NULL || sk_entry_field_type(f) != SK_ENTRY_TYPE_PERSONAL)
			continue;
		sk_buf_printf(out, "opening %s ", sk_entry_field_name(f));
		sk_hex_write(sk_slice(salts[f], SK_SALT_BYTES), out);
		sk_buf_putc(out, ' ');
		sk_base64_write(e->field[f], out);
		sk_buf_putc(out, '\n');
	}
}

/* The receipt of the only entry of a ledger. */
static bool prove(const struct sk_leaf *e, struct sk_buf *out)
{
	struct sk_buf entry = SK_BUF(SK_ENTRY_BYTES), extra = SK_BUF(1 << 20), text = SK_BUF(1000);
	struct sk_checkpoint c = {.origin = SK_SLICE_LIT(OFFER_ORIGIN), .size = 1};
	bool good = sk_entry_write(e, salts, &entry) == 0;

	if (good) {
		c.root = sk_hash_leaf(sk_buf_slice(&entry));
		sk_checkpoint_write(&c, &text);
		put_extra(e, sk_buf_slice(&entry), &extra);
		sk_buf_puts(out, "c2sp.org/tlog-proof@v1\nextra ");
		sk_base64_write(sk_buf_slice(&extra), out);
		sk_buf_puts(out, "\nindex 0\n\n");
		sk_buf_put_slice(out, sk_buf_slice(&text));
		sk_buf_putc(out, '\n');
		sk_note_sign(sk_buf_slice(&text), &key, 0, out);
	}
	sk_buf_free(&entry);
	sk_buf_free(&extra);
	sk_buf_free(&text);
	return good;
}

/* What is taken says all that it must, and that it was made harmless. */
static void check(struct sk_slice manifest)
{
	struct sk_arena *a = sk_arena_new((size_t)8 << 20);
	char why[SK_MANIFEST_WHY];
	struct sk_manifest m;
	int rc = a ? sk_manifest_check(manifest, &keys, a, &m, why) : SK_ENOMEM;

	if (rc && rc != SK_ENOMEM && why[0] == 0)
		abort();
	if (rc == 0) {
		const struct sk_query *q = &m.request.request;
		bool clean = false;
		for (unsigned i = 0; i < SK_STEP_NOTICE; i++)
			clean |= q->cleaned[i] == SK_YES;
		if (!clean || q->original == SK_YES || !m.type || !m.requester ||
		    strcmp(m.from, keys.from) != 0 || strcmp(m.to, keys.to) != 0 ||
		    strlen(m.id) != 32 || (m.file && strchr(m.file, '/')))
			abort();
	}
	/* of what waits for a password: no approval, and nothing that came out */
	if (a && sk_manifest_waits(manifest, &keys, a, &m, why) == 0 &&
	    (m.request.request.nvotes || m.request.request.original == SK_YES || !m.requester ||
		strcmp(m.from, keys.from) != 0 || strcmp(m.to, keys.to) != 0))
		abort();
	sk_arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_slice in = sk_slice(data, size);
	struct sk_buf manifest = SK_BUF(1 << 20);
	struct sk_leaf e;

	begin();
	if (size == 0 || data[0] < 'a' || data[0] > 'z' ||
	    sk_slice_starts(in, SK_SLICE_LIT("c2sp.org/"))) {
		check(in);
		return 0;
	}
	offer_say(&e);
	say(in, &e);
	if (prove(&e, &manifest))
		check(sk_buf_slice(&manifest));
	sk_buf_free(&manifest);
	return 0;
}
