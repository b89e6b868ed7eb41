/* Signed notes and checkpoints: note.h. */
#include "ledger/note.h"

#include <sodium.h>

#include "base/err.h"
#include "base/hex.h"
#include "base/utf8.h"

#define DASH "\xE2\x80\x94 " /* U+2014 and a space */
#define PRIVATE "PRIVATE+KEY+"

/* --- numbers, base 64, lines --- */

int sk_decimal_parse(struct sk_slice text, uint64_t *n)
{
	uint64_t v = 0;

	if (text.n == 0 || text.n > 20 || (text.n > 1 && text.p[0] == '0'))
		return SK_EFORMAT;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9' ||
		    __builtin_mul_overflow(v, (uint64_t)10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(text.p[i] - '0'), &v))
			return SK_EFORMAT;
	}
	*n = v;
	return 0;
}

int sk_line_take(struct sk_slice *rest, struct sk_slice *line)
{
	size_t end = sk_slice_find(*rest, 0, SK_SLICE_LIT("\n"));

	if (end == SIZE_MAX)
		return SK_EFORMAT;
	*line = sk_slice_sub(*rest, 0, end);
	*rest = sk_slice_sub(*rest, end + 1, SIZE_MAX);
	return 0;
}

int sk_base64_write(struct sk_slice bytes, struct sk_buf *out)
{
	size_t room = sodium_base64_encoded_len(bytes.n, sodium_base64_VARIANT_ORIGINAL);

	if (sk_buf_reserve(out, room))
		return out->err;
	sodium_bin2base64(
	    (char *)out->p + out->len, room, bytes.p, bytes.n, sodium_base64_VARIANT_ORIGINAL);
	out->len += room - 1; /* without its NUL */
	return 0;
}

/* libsodium 1.0.18 takes some bytes above 127 for letters. */
static bool is_base64(struct sk_slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		if (!(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '+' && c != '/' && c != '=')
			return false;
	}
	return text.n > 0;
}

int sk_base64_parse(struct sk_slice text, uint8_t *p, size_t cap, size_t *n)
{
	const char *end = NULL;

	if (!is_base64(text) ||
	    sodium_base642bin(p, cap, (const char *)text.p, text.n, NULL, n, &end,
		sodium_base64_VARIANT_ORIGINAL) ||
	    end != (const char *)text.p + text.n)
		return SK_EFORMAT;
	return 0;
}

int sk_hash_write(const struct sk_hash *h, struct sk_buf *out)
{
	sk_base64_write(sk_slice(h->b, SK_HASH_BYTES), out);
	return sk_buf_putc(out, '\n');
}

int sk_hash_parse(struct sk_slice text, struct sk_hash *h)
{
	struct sk_hash found;
	size_t n;

	if (sk_base64_parse(text, found.b, sizeof(found.b), &n) || n != SK_HASH_BYTES)
		return SK_EFORMAT;
	*h = found;
	return 0;
}

/* --- keys --- */

/* No Unicode space, no plus, no control: also such names as nobody could tell from another are refused. */
static bool is_name(struct sk_slice name)
{
	size_t pos = 0;

	if (name.n == 0 || name.n >= SK_NOTE_NAME)
		return false;
	while (pos < name.n) {
		int32_t c = sk_utf8_next(name, &pos);
		if (c <= 0x20 || c == '+' || (c >= 0x7F && c <= 0xA0) || c == 0x1680 ||
		    (c >= 0x2000 && c <= 0x200F) || (c >= 0x2028 && c <= 0x202F) ||
		    (c >= 0x205F && c <= 0x206F) || c == 0x3000 || c == 0xFEFF)
			return false;
	}
	return true;
}

static uint32_t be32(const uint8_t *p)
{
	struct sk_reader r = sk_reader(sk_slice(p, 4));

	return sk_read_u32be(&r);
}

static uint32_t key_id(const struct sk_note_key *k)
{
	struct sk_buf b = SK_BUF(SK_NOTE_NAME + 64);

	sk_buf_puts(&b, k->name);
	sk_buf_putc(&b, '\n');
	sk_buf_putc(&b, (uint8_t)k->type);
	sk_buf_put(&b, k->key, sizeof(k->key));
	struct sk_hash h = sk_hash_of(sk_buf_slice(&b));
	sk_buf_free(&b);
	return be32(h.b);
}

static int set_name(struct sk_note_key *k, struct sk_slice name)
{
	if (!is_name(name))
		return SK_EARG;
	memcpy(k->name, name.p, name.n);
	k->name[name.n] = '\0';
	return 0;
}

int sk_note_signer_seed(
    struct sk_note_signer *s, const char *name, enum sk_note_type type, const uint8_t seed[32])
{
	struct sk_note_signer made = {.pub = {.type = type}};

	if (sodium_init() < 0)
		return SK_EINTERNAL;
	if (set_name(&made.pub, sk_slice_str(name)))
		return SK_EARG;
	crypto_sign_seed_keypair(made.pub.key, made.secret, seed);
	made.pub.id = key_id(&made.pub);
	*s = made;
	sk_note_signer_wipe(&made);
	return 0;
}

int sk_note_signer_new(struct sk_note_signer *s, const char *name, enum sk_note_type type)
{
	uint8_t seed[32];

	if (sodium_init() < 0)
		return SK_EINTERNAL;
	randombytes_buf(seed, sizeof(seed));
	int rc = sk_note_signer_seed(s, name, type, seed);
	sodium_memzero(seed, sizeof(seed));
	return rc;
}

void sk_note_signer_wipe(struct sk_note_signer *s)
{
	sodium_memzero(s->secret, sizeof(s->secret));
}

/* name+id+base64(type and 32 bytes). */
static int key_parts(struct sk_slice text, struct sk_note_key *k, uint8_t bytes[32])
{
	size_t one = sk_slice_find(text, 0, SK_SLICE_LIT("+")), n;
	uint8_t raw[33], id[4];

	if (text.n && text.p[text.n - 1] == '\n')
		text.n--;
	if (one == SIZE_MAX || set_name(k, sk_slice_sub(text, 0, one)) ||
	    sk_hex_parse(sk_slice_sub(text, one + 1, 8), id, sizeof(id)) || text.n < one + 10 ||
	    text.p[one + 9] != '+' ||
	    sk_base64_parse(sk_slice_sub(text, one + 10, SIZE_MAX), raw, sizeof(raw), &n) ||
	    n != sizeof(raw))
		return SK_EFORMAT;
	k->id = be32(id);
	k->type = raw[0];
	memcpy(bytes, raw + 1, 32);
	sodium_memzero(raw, sizeof(raw));
	return k->type == SK_NOTE_ED25519 || k->type == SK_NOTE_COSIGNATURE ? 0 : SK_EUNSUPPORTED;
}

int sk_note_key_parse(struct sk_slice text, struct sk_note_key *k)
{
	struct sk_note_key found = {.type = 0};

	int rc = key_parts(text, &found, found.key);
	if (rc == 0 && key_id(&found) != found.id)
		rc = SK_EFORMAT;
	if (rc == 0)
		*k = found;
	return rc;
}

static int key_text(const struct sk_note_key *k, const uint8_t bytes[32], struct sk_buf *out)
{
	uint8_t raw[33] = {(uint8_t)k->type};

	memcpy(raw + 1, bytes, 32);
	sk_buf_printf(out, "%s+%08x+", k->name, k->id);
	sk_base64_write(sk_slice(raw, sizeof(raw)), out);
	sodium_memzero(raw, sizeof(raw));
	return sk_buf_putc(out, '\n');
}

int sk_note_key_write(const struct sk_note_key *k, struct sk_buf *out)
{
	return key_text(k, k->key, out);
}

int sk_note_signer_parse(struct sk_slice text, struct sk_note_signer *s)
{
	struct sk_note_key k = {.type = 0};
	struct sk_note_signer made = {.pub = {.type = 0}};
	uint8_t seed[32];

	if (!sk_slice_starts(text, SK_SLICE_LIT(PRIVATE)))
		return SK_EFORMAT;
	int rc = key_parts(sk_slice_sub(text, strlen(PRIVATE), SIZE_MAX), &k, seed);
	if (rc == 0)
		rc = sk_note_signer_seed(&made, k.name, k.type, seed);
	if (rc == 0 && made.pub.id != k.id)
		rc = SK_EFORMAT;
	if (rc == 0)
		*s = made;
	sk_note_signer_wipe(&made);
	sodium_memzero(seed, sizeof(seed));
	return rc;
}

int sk_note_signer_write(const struct sk_note_signer *s, struct sk_buf *out)
{
	sk_buf_puts(out, PRIVATE);
	return key_text(&s->pub, s->secret, out); /* the secret key begins with its seed */
}

/* --- reading notes --- */

static int parse_signature(struct sk_slice line, struct sk_signature *sig)
{
	uint8_t raw[6000];
	size_t n;

	*sig = (struct sk_signature){.line = sk_slice(line.p, line.n + 1)};
	if (!sk_slice_starts(line, SK_SLICE_LIT(DASH)))
		return SK_EFORMAT;
	struct sk_slice rest = sk_slice_sub(line, strlen(DASH), SIZE_MAX);
	size_t space = sk_slice_find(rest, 0, SK_SLICE_LIT(" "));
	if (space == SIZE_MAX)
		return SK_EFORMAT;
	sig->name = sk_slice_sub(rest, 0, space);
	if (!is_name(sig->name) ||
	    sk_base64_parse(sk_slice_sub(rest, space + 1, SIZE_MAX), raw, sizeof(raw), &n) || n < 5)
		return SK_EFORMAT;
	sig->id = be32(raw);
	sig->n = n - 4 <= sizeof(sig->bytes) ? n - 4 : 0;
	memcpy(sig->bytes, raw + 4, sig->n);
	return 0;
}

static bool is_text(struct sk_slice in)
{
	for (size_t i = 0; i < in.n; i++)
		if (in.p[i] < 0x20 && in.p[i] != '\n')
			return false;
	return sk_utf8_valid(in);
}

int sk_note_parse(struct sk_slice in, struct sk_note *note)
{
	size_t gap = sk_slice_rfind(in, in.n, SK_SLICE_LIT("\n\n"));
	struct sk_slice line;
	int rc = 0;

	if (in.n > SK_NOTE_BYTES)
		return SK_ELIMIT;
	if (gap == SIZE_MAX || !is_text(in))
		return SK_EFORMAT;
	note->text = sk_slice_sub(in, 0, gap + 1);
	struct sk_slice rest = sk_slice_sub(in, gap + 2, SIZE_MAX);
	for (note->n = 0; rest.n && rc == 0; note->n++) {
		if (note->n == SK_NOTE_SIGNATURES)
			return SK_ELIMIT;
		rc = sk_line_take(&rest, &line);
		if (rc == 0)
			rc = parse_signature(line, &note->sig[note->n]);
	}
	return rc ? rc : note->n ? 0 : SK_EFORMAT;
}

/* --- signing and verifying --- */

static int cosigned_text(uint64_t time, struct sk_slice text, struct sk_buf *out)
{
	sk_buf_printf(out, "cosignature/v1\ntime %llu\n", (unsigned long long)time);
	return sk_buf_put_slice(out, text);
}

static bool cosignature_good(
    const struct sk_signature *s, struct sk_slice text, const uint8_t key[32], uint64_t *time)
{
	struct sk_buf b = SK_BUF(SK_NOTE_BYTES + 100);
	uint64_t at = 0;

	if (s->n != 72)
		return false;
	for (int i = 0; i < 8; i++)
		at = at << 8 | s->bytes[i];
	bool good = at > 0 && at <= INT64_MAX && cosigned_text(at, text, &b) == 0 &&
		    crypto_sign_verify_detached(s->bytes + 8, b.p, b.len, key) == 0;
	sk_buf_free(&b);
	if (good && at > *time)
		*time = at;
	return good;
}

int sk_note_verify(const struct sk_note *note, const struct sk_note_key *k, uint64_t *time)
{
	uint64_t newest = 0;
	int found = 0;

	for (size_t i = 0; i < note->n; i++) {
		const struct sk_signature *s = &note->sig[i];
		if (s->id != k->id || !sk_slice_is(s->name, k->name))
			continue;
		bool good = k->type == SK_NOTE_COSIGNATURE
				? cosignature_good(s, note->text, k->key, &newest)
				: s->n == 64 && crypto_sign_verify_detached(s->bytes, note->text.p,
						    note->text.n, k->key) == 0;
		if (!good)
			return SK_EREFUSED;
		found++;
	}
	if (time && found)
		*time = newest;
	return found;
}

int sk_note_sign(
    struct sk_slice text, const struct sk_note_signer *s, uint64_t time, struct sk_buf *out)
{
	uint8_t raw[4 + 8 + 64];
	struct sk_buf b = SK_BUF(SK_NOTE_BYTES + 100);
	bool timed = s->pub.type == SK_NOTE_COSIGNATURE;
	size_t at = 0;

	if (timed && (time == 0 || time > INT64_MAX))
		return SK_EARG;
	for (int i = 3; i >= 0; i--)
		raw[at++] = (uint8_t)(s->pub.id >> 8 * i);
	for (int i = 7; timed && i >= 0; i--)
		raw[at++] = (uint8_t)(time >> 8 * i);
	int rc = timed ? cosigned_text(time, text, &b) : sk_buf_put_slice(&b, text);
	if (rc == 0)
		crypto_sign_detached(raw + at, NULL, b.p, b.len, s->secret);
	sk_buf_free(&b);
	if (rc)
		return rc;
	sk_buf_printf(out, DASH "%s ", s->pub.name);
	sk_base64_write(sk_slice(raw, at + 64), out);
	return sk_buf_putc(out, '\n');
}

/* --- checkpoints --- */

int sk_checkpoint_parse(struct sk_slice text, struct sk_checkpoint *c)
{
	struct sk_slice line;
	struct sk_checkpoint found = {.size = 0};

	if (sk_line_take(&text, &found.origin) || found.origin.n == 0 ||
	    sk_line_take(&text, &line) || sk_decimal_parse(line, &found.size) ||
	    sk_line_take(&text, &line) || sk_hash_parse(line, &found.root))
		return SK_EFORMAT;
	while (
	    text.n) /* extension lines: ours have none, others' are signed and mean nothing to us */
		if (sk_line_take(&text, &line) || line.n == 0)
			return SK_EFORMAT;
	*c = found;
	return 0;
}

int sk_checkpoint_write(const struct sk_checkpoint *c, struct sk_buf *out)
{
	sk_buf_put_slice(out, c->origin);
	sk_buf_printf(out, "\n%llu\n", (unsigned long long)c->size);
	return sk_hash_write(&c->root, out);
}

int sk_checkpoint_sign(
    uint64_t size, const struct sk_hash *root, const struct sk_note_signer *s, struct sk_buf *out)
{
	struct sk_checkpoint c = {sk_slice_str(s->pub.name), size, *root};
	struct sk_buf text = SK_BUF(SK_NOTE_BYTES);

	int rc = sk_checkpoint_write(&c, &text);
	sk_buf_put_slice(out, sk_buf_slice(&text));
	sk_buf_putc(out, '\n');
	if (rc == 0)
		rc = sk_note_sign(sk_buf_slice(&text), s, 0, out);
	sk_buf_free(&text);
	return rc;
}
