/* Sealed passwords: seal.h. Who seals and the worker. */
#include "jobs/seal.h"

#include <sodium.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"

/* Within the box: this, the number of the transfer, the password, padding. */
#define HEAD "sekisho/password/1 "
#define HEAD_BYTES (sizeof(HEAD) - 1)
#define BEFORE (HEAD_BYTES + SK_WORK_TRANSFER)
#define PAD 128
#define PLAIN (SK_WORK_SEAL - crypto_box_SEALBYTES)

_Static_assert((BEFORE + SK_SEAL_TEXT) / PAD * PAD + PAD <= PLAIN, "the longest one fits");
_Static_assert(SK_SEAL_KEY == crypto_box_PUBLICKEYBYTES && SK_SEAL_KEY == crypto_box_SECRETKEYBYTES,
    "keys of X25519");

int sk_seal_pair_new(struct sk_seal_pair *p)
{
	if (sodium_init() < 0 || crypto_box_keypair(p->public, p->secret))
		return SK_EINTERNAL;
	return 0;
}

int sk_seal_pair_of(const uint8_t secret[SK_SEAL_KEY], struct sk_seal_pair *p)
{
	if (sodium_init() < 0)
		return SK_EINTERNAL;
	memcpy(p->secret, secret, SK_SEAL_KEY);
	if (crypto_scalarmult_base(p->public, p->secret) == 0)
		return 0;
	sk_seal_pair_wipe(p);
	return SK_EFORMAT;
}

void sk_seal_pair_wipe(struct sk_seal_pair *p)
{
	sodium_memzero(p, sizeof(*p));
}

int sk_seal_key_read(struct sk_slice text, uint8_t key[SK_SEAL_KEY])
{
	size_t n = 0;

	if (text.n == 2 * SK_SEAL_KEY + 1 && text.p[2 * SK_SEAL_KEY] == '\n')
		text.n--;
	if (text.n != 2 * SK_SEAL_KEY ||
	    sodium_hex2bin(key, SK_SEAL_KEY, (const char *)text.p, text.n, NULL, &n, NULL) ||
	    n != SK_SEAL_KEY)
		return SK_EFORMAT;
	return 0;
}

int sk_seal_key_write(const uint8_t key[SK_SEAL_KEY], struct sk_buf *out)
{
	char hex[2 * SK_SEAL_KEY + 1];

	sodium_bin2hex(hex, sizeof(hex), key, SK_SEAL_KEY);
	sk_buf_puts(out, hex);
	sk_buf_putc(out, '\n');
	sodium_memzero(hex, sizeof(hex));
	return out->err;
}

static bool is_transfer(const char *s)
{
	return strlen(s) == SK_WORK_TRANSFER && strspn(s, "0123456789abcdef") == SK_WORK_TRANSFER;
}

int sk_seal(const uint8_t public[SK_SEAL_KEY], const char *transfer, struct sk_slice password,
    struct sk_work_sealed *out)
{
	uint8_t plain[PLAIN];
	size_t n = 0;
	int failed;

	if (!is_transfer(transfer) || sodium_init() < 0)
		return SK_EARG;
	if (password.n > SK_SEAL_TEXT)
		return SK_ELIMIT;
	if (password.n == 0 || !sk_utf8_valid(password) || memchr(password.p, 0, password.n))
		return SK_EFORMAT;
	memcpy(plain, HEAD, HEAD_BYTES);
	memcpy(plain + HEAD_BYTES, transfer, SK_WORK_TRANSFER);
	memcpy(plain + BEFORE, password.p, password.n);
	failed = sodium_pad(&n, plain, BEFORE + password.n, PAD, sizeof(plain));
	if (!failed)
		failed = crypto_box_seal(out->b, plain, n, public);
	out->n = (uint16_t)(n + crypto_box_SEALBYTES);
	sodium_memzero(plain, sizeof(plain));
	return failed ? SK_EINTERNAL : 0;
}

/* It is one of ours, and for this transfer. */
static bool is_for(const uint8_t *plain, size_t n, const char *transfer)
{
	return n > BEFORE && memcmp(plain, HEAD, HEAD_BYTES) == 0 && is_transfer(transfer) &&
	       memcmp(plain + HEAD_BYTES, transfer, SK_WORK_TRANSFER) == 0;
}

int sk_unseal(const struct sk_seal_pair *p, const char *transfer, const struct sk_work_sealed *in,
    struct sk_passwords *out)
{
	uint8_t plain[PLAIN];
	size_t n = 0;
	int status = SK_EREFUSED;

	if (in->n <= crypto_box_SEALBYTES || in->n > SK_WORK_SEAL ||
	    crypto_box_seal_open(plain, in->b, in->n, p->public, p->secret))
		return SK_EREFUSED;
	if (sodium_unpad(&n, plain, in->n - crypto_box_SEALBYTES, PAD) == 0 &&
	    is_for(plain, n, transfer))
		status = sk_passwords_add(out, sk_slice(plain + BEFORE, n - BEFORE));
	sodium_memzero(plain, sizeof(plain));
	return status == SK_EFORMAT ? SK_EREFUSED : status;
}
