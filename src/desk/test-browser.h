/* A browser and its passkey, for tests: what it answers to a challenge, as an ask. The credential of a seed is "key" and that byte. Tests alone. */
#ifndef SK_DESK_TEST_BROWSER_H
#define SK_DESK_TEST_BROWSER_H

#include "passkey/test-authenticator.h"

static inline void browser_put(char *to, size_t size, const void *p, size_t n)
{
	size_t at = strlen(to);

	sodium_bin2base64(to + at, size - at, p, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* A line, as it stands in JSON. */
static inline void browser_line(char *to, size_t size, const void *p, size_t n)
{
	if (to[0])
		memcpy(to + strlen(to), "\\n", 3);
	browser_put(to, size, p, n);
}

/* What it answers for a new passkey. */
static inline const char *browser_creation(const char *challenge, const char *origin, uint8_t seed)
{
	static char json[4096];
	struct authenticator auth;
	char client[512], text[2048] = "";
	uint8_t data[256] = {0}, cose[77];

	authenticator_new(&auth, SK_PASSKEY_ES256, seed);
	size_t n = authenticator_cose(&auth, cose);
	crypto_hash_sha256(data, (const uint8_t *)"portal.city.example", 19);
	data[32] = 0x45;
	data[54] = 4;
	memcpy(data + 55, "key", 3);
	data[58] = seed;
	memcpy(data + 59, cose, n);
	browser_line(text, sizeof(text), data, 59 + n);
	snprintf(client, sizeof(client),
	    "{\"type\":\"webauthn.create\",\"challenge\":\"%s\",\"origin\":\"%s\",\"crossOrigin\":false}",
	    challenge, origin);
	browser_line(text, sizeof(text), client, strlen(client));
	snprintf(json, sizeof(json),
	    "{\"ask\":\"passkey.add\",\"title\":\"鍵\",\"assertion\":\"%s\"}", text);
	return json;
}

/* What it answers to a login. */
static inline const char *browser_assertion(
    const char *challenge, const char *origin, uint8_t seed, uint8_t flags, uint32_t counter)
{
	static char json[4096];
	struct authenticator auth;
	const uint8_t id[4] = {'k', 'e', 'y', seed};
	uint8_t raw[32] = {0};
	char text[3072] = "";

	authenticator_new(&auth, SK_PASSKEY_ES256, seed);
	auth.type = "webauthn.get";
	auth.id = "portal.city.example";
	auth.origin = origin;
	auth.tail = ",\"crossOrigin\":false}";
	auth.flags = flags;
	auth.counter = counter;
	sodium_base642bin(raw, sizeof(raw), challenge, strlen(challenge), NULL, NULL, NULL,
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	struct sk_passkey_answer a = authenticator_answer(&auth, raw);
	browser_line(text, sizeof(text), id, sizeof(id));
	browser_line(text, sizeof(text), a.authenticator.p, a.authenticator.n);
	browser_line(text, sizeof(text), a.client.p, a.client.n);
	browser_line(text, sizeof(text), a.signature.p, a.signature.n);
	snprintf(json, sizeof(json), "{\"ask\":\"login.passkey\",\"assertion\":\"%s\"}", text);
	return json;
}

#endif
