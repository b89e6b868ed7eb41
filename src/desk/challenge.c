/* Challenges: challenge.h. 8 bytes by chance, 8 bytes until when (ms of our clock, big-endian), 16 bytes of a MAC over both and what it is for. The gate. */
#include "desk/challenge.h"

#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "passkey/passkey.h"

#define LIVES_MS (5 * 60 * 1000)
#define CHANCE 8
#define HEAD 16
#define MAC (SK_CHALLENGE - HEAD)

static void authenticate(const struct sk_desk *d, const char *type, const char *member,
    const uint8_t head[HEAD], uint8_t mac[MAC])
{
	crypto_auth_hmacsha512256_state s;
	uint8_t whole[crypto_auth_hmacsha512256_BYTES];

	crypto_auth_hmacsha512256_init(&s, d->challenge_key, sizeof(d->challenge_key));
	crypto_auth_hmacsha512256_update(&s, head, HEAD);
	crypto_auth_hmacsha512256_update(&s, (const uint8_t *)type, strlen(type) + 1);
	if (member)
		crypto_auth_hmacsha512256_update(&s, (const uint8_t *)member, strlen(member) + 1);
	crypto_auth_hmacsha512256_final(&s, whole);
	memcpy(mac, whole, MAC);
}

void sk_desk_challenge(
    const struct sk_desk *d, const char *type, const char *member, uint8_t challenge[SK_CHALLENGE])
{
	uint64_t until = (uint64_t)sk_now_ms() + LIVES_MS;

	randombytes_buf(challenge, CHANCE);
	for (int i = 0; i < 8; i++)
		challenge[CHANCE + i] = (uint8_t)(until >> (56 - 8 * i));
	authenticate(d, type, member, challenge, challenge + HEAD);
}

int sk_desk_challenge_of(const struct sk_desk *d, struct sk_slice client, const char *type,
    const char *member, uint8_t challenge[SK_CHALLENGE])
{
	uint8_t found[SK_CHALLENGE], mac[MAC];
	struct sk_reader r;

	if (sk_passkey_challenge_of(client, type, found))
		return SK_EREFUSED;
	authenticate(d, type, member, found, mac);
	r = sk_reader(sk_slice(found + CHANCE, HEAD - CHANCE));
	if (sodium_memcmp(mac, found + HEAD, MAC) != 0 || sk_read_u64be(&r) < (uint64_t)sk_now_ms())
		return SK_EREFUSED;
	memcpy(challenge, found, SK_CHALLENGE);
	return 0;
}

int sk_desk_challenge_take(struct sk_gate *g, const uint8_t challenge[SK_CHALLENGE])
{
	return sk_challenge_take(g->db, challenge, LIVES_MS);
}
