/* What lies behind a descriptor, told: bytes.h. Every role that has one. */
#include <string.h>

#include <sodium.h>

#include "base/err.h"
#include "bytes/inside.h"

static const char none[SK_BYTES_NAME] = "00000000000000000000000000000000";

static bool is_name(const char *name)
{
	return strspn(name, "0123456789abcdef") == SK_BYTES_NAME - 1 &&
	       name[SK_BYTES_NAME - 1] == '\0';
}

void sk_bytes_wipe(struct sk_bytes *b)
{
	sodium_memzero(b, sizeof(*b));
}

int sk_bytes_put(const struct sk_bytes *b, struct sk_buf *out)
{
	if (b->sealed && !is_name(b->name))
		return SK_EARG;
	sk_buf_putc(out, b->sealed);
	sk_buf_put(out, b->key, sizeof(b->key));
	sk_buf_put(out, b->sealed ? b->name : none, SK_BYTES_NAME - 1);
	sk_buf_put(out, b->sha256, sizeof(b->sha256));
	return sk_buf_put_u64le(out, b->size);
}

static bool take(struct sk_reader *r, void *to, size_t n)
{
	struct sk_slice s = sk_read_slice(r, n);

	if (!r->bad)
		memcpy(to, s.p, n);
	return !r->bad;
}

int sk_bytes_get(struct sk_slice in, struct sk_bytes *b)
{
	struct sk_reader r = sk_reader(in);
	uint8_t sealed = sk_read_u8(&r);

	*b = (struct sk_bytes){.sealed = sealed == 1};
	bool good = take(&r, b->key, sizeof(b->key)) && take(&r, b->name, SK_BYTES_NAME - 1) &&
		    take(&r, b->sha256, sizeof(b->sha256));
	b->size = sk_read_u64le(&r);
	good = good && sealed <= 1 && is_name(b->name) && !r.bad && sk_read_at_end(&r);
	/* where nothing is sealed there is no key */
	if (good && !b->sealed)
		good = sodium_is_zero(b->key, sizeof(b->key)) && strcmp(b->name, none) == 0;
	if (good && !b->sealed)
		b->name[0] = '\0';
	if (!good)
		sk_bytes_wipe(b);
	return good ? 0 : SK_EFORMAT;
}

uint64_t sk_bytes_sealed_size(uint64_t size)
{
	/* the last piece may be empty only where all is */
	uint64_t pieces = size ? (size + SK_SEAL_CHUNK - 1) / SK_SEAL_CHUNK : 1;

	return SK_SEAL_HEAD + size + pieces * SK_SEAL_MORE;
}
