/* Hashes, signatures, base 64, numbers: of nettle and of our own. sekisho-ledgerverify. */
#include <nettle/eddsa.h>
#include <nettle/sha2.h>

#include "base/err.h"
#include "ledgerverify/lv.h"

static struct sk_lv_hash hash_parts(const struct sk_slice *part, size_t n)
{
	struct sha256_ctx ctx;
	struct sk_lv_hash h;

	sha256_init(&ctx);
	for (size_t i = 0; i < n; i++)
		sha256_update(&ctx, part[i].n, part[i].p);
	sha256_digest(&ctx, SK_LV_HASH, h.b);
	return h;
}

struct sk_lv_hash sk_lv_hash(struct sk_slice bytes)
{
	return hash_parts(&bytes, 1);
}

/* RFC 6962, section 2.1 */
struct sk_lv_hash sk_lv_leaf(struct sk_slice entry)
{
	return hash_parts((const struct sk_slice[]){{(const uint8_t *)"\0", 1}, entry}, 2);
}

struct sk_lv_hash sk_lv_node(const struct sk_lv_hash *left, const struct sk_lv_hash *right)
{
	return hash_parts((const struct sk_slice[]){{(const uint8_t *)"\1", 1},
			      {left->b, SK_LV_HASH}, {right->b, SK_LV_HASH}},
	    3);
}

struct sk_lv_hash sk_lv_commitment(struct sk_slice salt, struct sk_slice value)
{
	return hash_parts((const struct sk_slice[]){salt, value}, 2);
}

bool sk_lv_same(const struct sk_lv_hash *a, const struct sk_lv_hash *b)
{
	return memcmp(a->b, b->b, SK_LV_HASH) == 0;
}

bool sk_lv_signed(const uint8_t key[32], struct sk_slice text, const uint8_t signature[64])
{
	return ed25519_sha512_verify(key, text.n, text.p, signature) == 1;
}

/* --- text --- */

static int sextet(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Four letters to three bytes; fewer where the text is padded, which is its end. */
static int quartet(const uint8_t *p, bool last, struct sk_buf *out)
{
	int pad = p[3] != '=' ? 0 : p[2] != '=' ? 1 : 2;
	uint32_t v = 0;

	if (pad && !last)
		return SK_EFORMAT;
	for (int i = 0; i < 4; i++) {
		int s = i < 4 - pad ? sextet(p[i]) : 0;
		if (s < 0)
			return SK_EFORMAT;
		v = v << 6 | (uint32_t)s;
	}
	if (v & ((1U << 8 * pad) - 1))
		return SK_EFORMAT;
	for (int i = 0; i < 3 - pad; i++)
		sk_buf_putc(out, (uint8_t)(v >> (16 - 8 * i)));
	return out->err;
}

int sk_lv_base64(struct sk_slice text, struct sk_buf *out)
{
	int rc = text.n % 4 ? SK_EFORMAT : 0;

	for (size_t i = 0; i < text.n && rc == 0; i += 4)
		rc = quartet(text.p + i, i + 4 == text.n, out);
	return rc;
}

bool sk_lv_hex(struct sk_slice text, uint8_t *out, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	if (text.n != 2 * n)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		const char *d = text.p[i] ? strchr(digits, text.p[i]) : NULL;
		if (d == NULL)
			return false;
		out[i / 2] = (uint8_t)(out[i / 2] << 4 | (d - digits));
	}
	return true;
}

bool sk_lv_number(struct sk_slice text, uint64_t most, uint64_t *out)
{
	uint64_t v = 0;

	if (text.n == 0 || (text.p[0] == '0' && text.n > 1))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		unsigned d = (unsigned)text.p[i] - '0';
		if (d > 9 || v > (most - d) / 10 || (v * 10 + d) > most)
			return false;
		v = v * 10 + d;
	}
	*out = v;
	return true;
}

bool sk_lv_line(struct sk_slice *rest, struct sk_slice *line)
{
	const uint8_t *end = rest->n ? memchr(rest->p, '\n', rest->n) : NULL;

	if (end == NULL)
		return false;
	*line = sk_slice(rest->p, (size_t)(end - rest->p));
	*rest = sk_slice_sub(*rest, line->n + 1, SIZE_MAX);
	return true;
}
