/*
 * Fuzz target: a whole ledger. The input is its files one after another: length of the path (1 byte), path, length of the
 * content (2 bytes, big-endian), content.
 */
#include "base/err.h"
#include "ledgerverify/lv.h"

static int get(void *user, const char *path, size_t max, struct sk_buf *out)
{
	struct sk_reader r = sk_reader(*(const struct sk_slice *)user);

	while (!r.bad && !sk_read_at_end(&r)) {
		struct sk_slice name = sk_read_slice(&r, sk_read_u8(&r));
		struct sk_slice content = sk_read_slice(&r, sk_read_u16be(&r));
		if (!r.bad && sk_slice_is(name, path))
			return content.n > max ? SK_ELIMIT : sk_buf_put_slice(out, content);
	}
	return SK_EIO;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sk_lv_report r;
	struct sk_slice in = sk_slice(data, size);
	struct sk_lv_trust trust = {.included = true, .now = 1764000000};

	sk_lv_folder(get, &in, &trust, NULL, 0, &r);
	return 0;
}
