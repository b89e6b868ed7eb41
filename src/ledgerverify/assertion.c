/* What passkeys signed about a transfer, checked from what a receipt shows (doc/passkey.md). sekisho-ledgerverify and the gate. */
#include <stdio.h>

#include "base/err.h"
#include "base/utf8.h"
#include "ledgerverify/lv.h"

#define FIELDS 12
#define CLIENT 1024
#define AUTHENTICATOR 37
#define FLAGS 32
#define MAY 0x1D  /* present, verified, may be backed up, is backed up */
#define MUST 0x05 /* present and verified */

/* Its fields, in the order in which they stand. */
enum { MARK, ALG, MEMBER, DECISION, HOLD, POLICY, CLASS, PARTY, KEY, AUTH, CLIENT_DATA, SIGNATURE };

struct assertion {
	struct sk_slice f[FIELDS];
	struct sk_buf key, auth, client, signature;
	struct sk_lv_assertion said;
};

/* --- reading --- */

static bool name(struct sk_slice text, char to[SK_LV_TEXT])
{
	struct sk_buf b = SK_BUF(SK_LV_TEXT - 1);
	bool good = sk_lv_base64(text, &b) == 0 && b.len > 0 && sk_utf8_valid(sk_buf_slice(&b));

	for (size_t i = 0; good && i < b.len; i++)
		good = b.p[i] >= 0x20 && b.p[i] != 0x7F;
	if (good) {
		memcpy(to, b.p, b.len);
		to[b.len] = 0;
	}
	sk_buf_free(&b);
	return good;
}

static bool one_of(struct sk_slice text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (sk_slice_is(text, words[i]))
			return true;
	return false;
}

static bool party(struct sk_slice text, char to[256])
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";

	for (size_t i = 0; i < text.n; i++)
		if (!memchr(letters, text.p[i], sizeof(letters) - 1))
			return false;
	if (text.n == 0 || text.n > 253)
		return false;
	memcpy(to, text.p, text.n);
	to[text.n] = 0;
	return true;
}

static bool split(struct sk_slice text, struct assertion *a)
{
	for (int i = 0; i < FIELDS; i++) {
		size_t at = sk_slice_find(text, 0, SK_SLICE_LIT(" "));
		if ((at == SIZE_MAX) != (i == FIELDS - 1))
			return false;
		a->f[i] = sk_slice_sub(text, 0, at);
		text = sk_slice_sub(text, a->f[i].n + 1, SIZE_MAX);
	}
	return true;
}

static bool read_words(struct assertion *a)
{
	static const char *const algs[] = {"es256", "eddsa"},
				 *const decisions[] = {"allow", "deny"},
				 *const holds[] = {"approval", "leak", "original"};

	if (!sk_slice_is(a->f[MARK], "passkey1") || !one_of(a->f[ALG], algs, 2) ||
	    !one_of(a->f[DECISION], decisions, 2) || !one_of(a->f[HOLD], holds, 3))
		return false;
	a->said.allow = sk_slice_is(a->f[DECISION], "allow");
	memcpy(a->said.hold, a->f[HOLD].p, a->f[HOLD].n);
	return sk_lv_hex(a->f[POLICY], a->said.policy.b, SK_LV_HASH) &&
	       name(a->f[MEMBER], a->said.member) && party(a->f[PARTY], a->said.party) &&
	       (sk_slice_is(a->f[CLASS], "-") || name(a->f[CLASS], a->said.class));
}

static bool read_bytes(struct assertion *a)
{
	if (sk_lv_base64(a->f[KEY], &a->key) || sk_lv_base64(a->f[AUTH], &a->auth) ||
	    sk_lv_base64(a->f[CLIENT_DATA], &a->client) ||
	    sk_lv_base64(a->f[SIGNATURE], &a->signature))
		return false;
	a->said.key = sk_lv_hash(sk_buf_slice(&a->key));
	return a->auth.len == AUTHENTICATOR && (a->auth.p[FLAGS] & ~MAY) == 0 &&
	       a->key.len == (sk_slice_is(a->f[ALG], "es256") ? 64 : 32);
}

/* --- what was to be signed --- */

/* The bytes that it is about. */
static const char *hash_field(const struct assertion *a)
{
	return strcmp(a->said.hold, "original") == 0 ? "hash.in" : "hash.out";
}

/* One line more about an original: for which request. */
static struct sk_lv_hash challenge(const struct assertion *a, const struct sk_lv_entry *e)
{
	static const char lf[] = "\n";
	const bool original = strcmp(a->said.hold, "original") == 0;
	const struct sk_slice part[] = {sk_lv_entry_field(e, "transfer"),
	    sk_lv_entry_field(e, hash_field(a)), sk_slice_str(a->said.class), a->f[DECISION],
	    a->f[HOLD], a->f[POLICY], sk_lv_entry_field(e, "approval")};
	struct sk_buf b = SK_BUF(1024);

	sk_buf_puts(&b, "sekisho-approval 1\n");
	for (size_t i = 0; i < (original ? 7 : 6); i++) {
		sk_buf_put_slice(&b, part[i]);
		sk_buf_puts(&b, i == 3 ? " " : lf); /* the decision and what it is about */
	}
	struct sk_lv_hash h = sk_lv_hash(sk_buf_slice(&b));
	sk_buf_free(&b);
	return h;
}

/* base64url of 32 bytes, without padding: 43 letters. */
static void letters(const struct sk_lv_hash *h, char to[44])
{
	static const char set[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	size_t n = 0;

	for (size_t i = 0; i < SK_LV_HASH; i += 3) {
		uint32_t v = (uint32_t)h->b[i] << 16 |
			     (i + 1 < SK_LV_HASH ? (uint32_t)h->b[i + 1] << 8 : 0) |
			     (i + 2 < SK_LV_HASH ? h->b[i + 2] : 0);
		for (unsigned k = 0; k < 4 && n < 43; k++)
			to[n++] = set[v >> (18 - 6 * k) & 63];
	}
	to[n] = 0;
}

/* --- what was signed --- */

/* https://HOST or https://HOST:PORT, of the party or below it. */
static bool origin(struct sk_slice s, const char *id)
{
	uint64_t port;

	if (!sk_slice_starts(s, SK_SLICE_LIT("https://")))
		return false;
	s = sk_slice_sub(s, 8, SIZE_MAX);
	size_t colon = sk_slice_find(s, 0, SK_SLICE_LIT(":")), n = strlen(id);
	if (colon != SIZE_MAX && !sk_lv_number(sk_slice_sub(s, colon + 1, SIZE_MAX), 65535, &port))
		return false;
	char host[256] = "";
	s = sk_slice_sub(s, 0, colon);
	if (!party(s, host) || s.n < n || strcmp(host + (s.n - n), id) != 0)
		return false;
	return s.n == n || host[s.n - n - 1] == '.';
}

/* Behind the origin; what follows crossOrigin means nothing to us. */
static bool rest_fits(struct sk_slice s)
{
	static const char cross[] = ",\"crossOrigin\":false";

	if (sk_slice_is(s, "}"))
		return true;
	if (!sk_slice_starts(s, SK_SLICE_LIT(cross)))
		return false;
	s = sk_slice_sub(s, strlen(cross), SIZE_MAX);
	return sk_slice_is(s, "}") || (s.n > 2 && s.p[0] == ',' && s.p[s.n - 1] == '}');
}

static enum sk_lv_code judge_client(const struct assertion *a, const struct sk_lv_entry *e)
{
	struct sk_lv_hash h = challenge(a, e);
	struct sk_slice s = sk_buf_slice(&a->client);
	char head[128], want[44];

	letters(&h, want);
	snprintf(head, sizeof(head),
	    "{\"type\":\"webauthn.get\",\"challenge\":\"%s\",\"origin\":\"", want);
	if (!sk_slice_starts(s, SK_SLICE_LIT("{\"type\":\"webauthn.get\",\"challenge\":\"")))
		return SK_LV_ASSERTION_MALFORMED;
	if (!sk_slice_starts(s, sk_slice_str(head)))
		return SK_LV_ASSERTION_OTHER;
	s = sk_slice_sub(s, strlen(head), SIZE_MAX);
	size_t end = sk_slice_find(s, 0, SK_SLICE_LIT("\""));
	if (end == SIZE_MAX)
		return SK_LV_ASSERTION_MALFORMED;
	if (!origin(sk_slice_sub(s, 0, end), a->said.party))
		return SK_LV_ASSERTION_PARTY;
	return rest_fits(sk_slice_sub(s, end + 1, SIZE_MAX)) ? SK_LV_CODES
							     : SK_LV_ASSERTION_MALFORMED;
}

static enum sk_lv_code judge_authenticator(const struct assertion *a)
{
	struct sk_lv_hash h = sk_lv_hash(sk_slice_str(a->said.party));

	if (memcmp(a->auth.p, h.b, SK_LV_HASH) != 0)
		return SK_LV_ASSERTION_PARTY;
	return (a->auth.p[FLAGS] & MUST) == MUST ? SK_LV_CODES : SK_LV_ASSERTION_PRESENCE;
}

static enum sk_lv_code judge_signature(const struct assertion *a)
{
	struct sk_lv_hash h = sk_lv_hash(sk_buf_slice(&a->client));
	enum sk_lv_alg alg = sk_slice_is(a->f[ALG], "es256") ? SK_LV_ES256 : SK_LV_EDDSA;
	struct sk_buf b = SK_BUF(AUTHENTICATOR + SK_LV_HASH);

	sk_buf_put_slice(&b, sk_buf_slice(&a->auth));
	sk_buf_put(&b, h.b, SK_LV_HASH);
	bool good = sk_lv_passkey_signed(
	    alg, sk_buf_slice(&a->key), sk_buf_slice(&b), sk_buf_slice(&a->signature));
	sk_buf_free(&b);
	return good ? SK_LV_CODES : SK_LV_ASSERTION_SIGNATURE;
}

/* A class that stands in clear by its name is that of the assertion. */
static bool class_fits(const struct assertion *a, const struct sk_lv_entry *e)
{
	struct sk_slice clear = sk_lv_entry_field(e, "class");

	return sk_slice_starts(clear, SK_SLICE_LIT("confidentiality-")) ||
	       sk_slice_is(clear, a->said.class);
}

/* CODES: nothing is wrong. */
static enum sk_lv_code judge(struct sk_slice text, struct assertion *a, const struct sk_lv_entry *e)
{
	enum sk_lv_code code = SK_LV_CODES;

	if (!split(text, a) || !read_words(a) || !read_bytes(a))
		return SK_LV_ASSERTION_MALFORMED;
	if (sk_lv_entry_field(e, "transfer").n == 0 || sk_lv_entry_field(e, hash_field(a)).n == 0 ||
	    (strcmp(a->said.hold, "original") == 0 && sk_lv_entry_field(e, "approval").n == 0) ||
	    !class_fits(a, e))
		return SK_LV_ASSERTION_OTHER;
	code = judge_client(a, e);
	if (code == SK_LV_CODES)
		code = judge_authenticator(a);
	return code == SK_LV_CODES ? judge_signature(a) : code;
}

void sk_lv_assertions(struct sk_slice text, const struct sk_lv_entry *e, struct sk_lv_report *r)
{
	for (size_t n = 0;; n++) {
		size_t at = sk_slice_find(text, 0, SK_SLICE_LIT(";"));
		struct assertion a = {.key = SK_BUF(64),
		    .auth = SK_BUF(AUTHENTICATOR),
		    .client = SK_BUF(CLIENT),
		    .signature = SK_BUF(72)};
		enum sk_lv_code code = n < SK_LV_ASSERTIONS
					   ? judge(sk_slice_sub(text, 0, at), &a, e)
					   : SK_LV_ASSERTION_MALFORMED;
		if (code == SK_LV_CODES)
			r->assertion[r->assertions++] = a.said;
		else
			sk_lv_tell(r, code, a.said.member);
		sk_buf_free(&a.key);
		sk_buf_free(&a.auth);
		sk_buf_free(&a.client);
		sk_buf_free(&a.signature);
		if (at == SIZE_MAX || n == SK_LV_ASSERTIONS)
			return;
		text = sk_slice_sub(text, at + 1, SIZE_MAX);
	}
}
