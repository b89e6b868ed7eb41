/*
 * Fuzz target: what the gate and the verifier of ledgers take from a passkey is the same. The first byte are the flags, the rest is
 * clientDataJSON with an @ where the challenge belongs; both are signed, so that form and meaning alone decide. The same bytes are
 * read as a key, as a registration and as what a front end hands on.
 */
#include <stdlib.h>

#include "base/err.h"
#include "ledgerverify/lv.h"
#include "passkey/test-authenticator.h"

#define HASH "0102030000000000000000000000000000000000000000000000000000000000"
#define ENTRY \
	"sekisho-entry 1\nclass 2\nhash.in " HASH "\nhash.out " HASH \
	"\nkind transfer.offer\noutbox 1\n" \
	"time 1764000000000\ntransfer 00112233445566778899aabbccddeeff\n"

#define OURS "https://portal.city.example\""

static const uint8_t hash[32] = {1, 2, 3};
static const struct sk_passkey_party party = {"city.example", "https://portal.city.example"};
static const struct sk_passkey_asked asked = {
    "00112233445566778899aabbccddeeff", hash, hash, "2", true, "approval"};

static void put_client(struct authenticator *a, struct sk_slice in, const char *challenge)
{
	size_t n = 0;

	for (size_t i = 0; i < in.n && n + 64 < sizeof(a->client); i++)
		if (in.p[i] == '@')
			n +=
			    (size_t)snprintf(a->client + n, sizeof(a->client) - n, "%s", challenge);
		else if (in.p[i])
			a->client[n++] = (char)in.p[i];
	a->client[n] = 0;
}

static bool by_auditor(const struct sk_passkey_key *key, const struct sk_passkey_answer *a)
{
	static struct sk_lv_report r;
	struct sk_buf b = SK_BUF(8192);
	struct sk_lv_entry e;

	if (sk_lv_entry_read(SK_SLICE_LIT(ENTRY), &e) ||
	    sk_passkey_write(&asked, "m", &party, key, a, &b))
		abort();
	r.n = r.assertions = 0;
	sk_lv_assertions(sk_buf_slice(&b), &e, &r);
	sk_buf_free(&b);
	return r.n == 0;
}

static void agree(uint8_t flags, struct sk_slice in)
{
	static struct authenticator a;
	enum sk_passkey_why why;
	uint8_t challenge[32];
	char text[48];
	uint32_t counter;

	authenticator_new(&a, SK_PASSKEY_EDDSA, 1);
	a.flags = flags;
	if (sk_passkey_challenge(&asked, challenge))
		abort();
	struct sk_passkey_answer answer = authenticator_answer(&a, challenge);
	sodium_bin2base64(
	    text, sizeof(text), challenge, 32, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	put_client(&a, in, text);
	authenticator_sign(&a);
	answer.client.n = strlen(a.client);
	struct sk_passkey_key key = authenticator_key(&a);
	bool gate = sk_passkey_verify(&party, &key, &answer, challenge, &counter, &why) == 0;
	bool auditor = by_auditor(&key, &answer);
	if (gate && !auditor)
		abort();
	const char *origin = strstr(a.client, "\"origin\":\"");
	if (auditor && !gate && strncmp(origin + strlen("\"origin\":\""), OURS, strlen(OURS)) == 0)
		abort();
}

static void read_as_others(struct sk_slice in)
{
	struct sk_passkey_answer answer = {.authenticator = in, .client = in};
	struct sk_passkey_new made;
	struct sk_passkey_key key;
	struct sk_buf b = SK_BUF(8192);
	enum sk_passkey_why why;
	struct sk_slice credential, rest;

	uint8_t challenge[32];

	(void)sk_passkey_challenge_of(in, "get", challenge);
	(void)sk_passkey_cose(in, &key, &rest);
	(void)sk_passkey_register(&party, &answer, hash, &made, &why);
	(void)sk_passkey_answer_read(in, &b, &credential, &answer);
	sk_buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_slice in = sk_slice(data, size);

	if (size == 0 || size > 4096)
		return 0;
	agree(data[0], sk_slice_sub(in, 1, SIZE_MAX));
	read_as_others(in);
	return 0;
}
