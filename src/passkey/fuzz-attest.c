/*
 * Fuzz target: attestations. The first byte names a format, the rest is a statement, put into an object around data that is known; and the
 * bytes are an object as they are. Nobody has the key of the maker: nothing is ever taken.
 */
#include <stdlib.h>
#include <string.h>

#include "passkey/attest.h"

static const char maker[] = "-----BEGIN CERTIFICATE-----\n"
			    "MIIBdzCCAR2gAwIBAgIUAKVa8Y1zcO0rKKrZzBT2C9GRGA8wCgYIKoZIzj0EAwIw\n"
			    "EDEOMAwGA1UEAwwFbWFrZXIwIBcNMjYxMTIzMjA0NDU5WhgPMjEyNjEwMzAyMDQ0\n"
			    "NTlaMBAxDjAMBgNVBAMMBW1ha2VyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n"
			    "ImbkWGZ87Y8gD95eK487sNDyEc1svYMPVBztOOf/SanNBLQ9+U/Nsa9kDDiv1HTZ\n"
			    "tjugiAYgRbgLJoaNGmWKDqNTMFEwHQYDVR0OBBYEFEhsYMot3fmhX4sJ4NG/USeV\n"
			    "xsvwMB8GA1UdIwQYMBaAFEhsYMot3fmhX4sJ4NG/USeVxsvwMA8GA1UdEwEB/wQF\n"
			    "MAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgZ9SuX0VdE03CrCNvleVjnrBafXczpCGl\n"
			    "fA0vMbOQbY4CIQCS3pq5tLGfjpcjbQIWAdMD5SG2r/zBzzdCJrTeXipsSQ==\n"
			    "-----END CERTIFICATE-----\n";
static const char *const formats[] = {"packed", "fido-u2f", "tpm", "none"};
static const struct sk_passkey_party party = {"city.example", "https://portal.city.example"};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Authenticator data of an ES256 key that is nobody's. */
static size_t put_data(uint8_t to[164])
{
	static const uint8_t key[] = {0xA5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 0x20};

	memset(to, 0, 164);
	to[32] = 0x45;
	to[54] = 16;
	memcpy(to + 71, key, sizeof(key));
	memcpy(to + 71 + 42, "\x22\x58\x20", 3);
	return 71 + 77;
}

static void judge(const struct sk_passkey_answer *a, struct sk_slice object)
{
	if (sk_passkey_attested(&party, a, object, SK_SLICE_LIT(maker)) == 0)
		abort();
}

static void put_object(
    struct sk_buf *b, const char *format, struct sk_slice statement, struct sk_slice data)
{
	sk_buf_puts(b, "\xA3\x63");
	sk_buf_puts(b, "fmt");
	sk_buf_putc(b, (uint8_t)(0x60 + strlen(format)));
	sk_buf_puts(b, format);
	sk_buf_puts(b, "\x67");
	sk_buf_puts(b, "attStmt");
	sk_buf_put_slice(b, statement);
	sk_buf_puts(b, "\x68");
	sk_buf_puts(b, "authData");
	sk_buf_putc(b, 0x58);
	sk_buf_putc(b, (uint8_t)data.n);
	sk_buf_put_slice(b, data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t known[164];
	size_t n = put_data(known);
	const struct sk_passkey_answer a = {
	    .authenticator = sk_slice(known, n), .client = SK_SLICE_LIT("{}")};
	struct sk_buf b = SK_BUF(16384);

	if (size == 0 || size > 8192)
		return 0;
	judge(&a, sk_slice(data, size));
	put_object(&b, formats[data[0] % 4], sk_slice(data + 1, size - 1), a.authenticator);
	if (b.err == 0)
		judge(&a, sk_buf_slice(&b));
	sk_buf_free(&b);
	return 0;
}
