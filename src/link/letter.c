/* Letters on the wire: letter.h. Numbers are little-endian. Parts stand in the order of their bits, whatever the kind. */
#include "link/letter.h"

#include <string.h>

#include "base/err.h"
#include "base/utf8.h"

enum part {
	ID = 1,
	EVENT = 2,
	REASON = 4,
	PERSON = 8,
	TEXT = 16,
	HTTP = 32,
	HASH = 64,
	BODY = 128
};

static const struct {
	const char *word;
	unsigned parts;
	size_t min, max; /* of the body */
} kinds[SK_LETTER_KINDS] = {
    [SK_LETTER_OFFER] = {"offer", ID | BODY, 1, SK_LETTER_MANIFEST},
    [SK_LETTER_FETCH] = {"fetch", ID, 0, 0},
    [SK_LETTER_GONE] = {"gone", ID, 0, 0},
    [SK_LETTER_END] = {"end", ID | EVENT | REASON | BODY, 0, SK_LETTER_RECEIPT},
    [SK_LETTER_CHECKPOINT] = {"checkpoint", BODY, 1, SK_LETTER_CHECKPOINT_BYTES},
    [SK_LETTER_COSIGNED] = {"cosigned", HTTP | BODY, 0, SK_LETTER_COSIGNED_BYTES},
    [SK_LETTER_PASSWORD] = {"password", ID | BODY, 1, SK_LETTER_SEALED},
    [SK_LETTER_ORIGINAL] = {"original", ID | PERSON | TEXT, 0, 0},
    [SK_LETTER_POLICY] = {"policy", HASH, 0, 0},
    [SK_LETTER_LAST] = {"last", 0, 0, 0},
    [SK_LETTER_SEEN] = {"seen", HTTP | BODY, 0, SK_LETTER_COSIGNED_BYTES},
    [SK_LETTER_WAITS] = {"waits", ID | EVENT | BODY, 0, SK_LETTER_MANIFEST},
};

static bool is_kind(unsigned kind)
{
	return kind < SK_LETTER_KINDS && kinds[kind].word;
}

const char *sk_letter_word(unsigned kind)
{
	return is_kind(kind) ? kinds[kind].word : NULL;
}

/* --- what the parts may be --- */

static bool good_id(const char *id)
{
	return strspn(id, "0123456789abcdef") == SK_LETTER_ID && id[SK_LETTER_ID] == '\0';
}

static bool good_word(const char *word)
{
	return word[strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789.-_")] == '\0';
}

static bool good_text(const char *text)
{
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == '\x7f')
			return false;
	return sk_utf8_valid(sk_slice_str(text));
}

static bool good(const struct sk_letter *l)
{
	unsigned parts;

	if (!is_kind(l->kind))
		return false;
	parts = kinds[l->kind].parts;
	return (!(parts & ID) || good_id(l->id)) &&
	       (!(parts & EVENT) || (l->event[0] && good_word(l->event))) &&
	       (!(parts & REASON) || good_word(l->reason)) &&
	       (!(parts & PERSON) || (l->person[0] && good_text(l->person))) &&
	       (!(parts & TEXT) || good_text(l->text)) &&
	       (!(parts & HTTP) || (l->http >= 100 && l->http <= 599)) &&
	       (!(parts & BODY) ||
		   (l->body.n >= kinds[l->kind].min && l->body.n <= kinds[l->kind].max));
}

/* --- the form --- */

static void put_text(struct sk_buf *out, const char *s)
{
	sk_buf_put_u16le(out, (uint16_t)strlen(s));
	sk_buf_puts(out, s);
}

int sk_letter_put(const struct sk_letter *l, struct sk_buf *out)
{
	unsigned parts;

	if (!good(l))
		return SK_EARG;
	parts = kinds[l->kind].parts;
	if (parts & ID)
		sk_buf_put(out, l->id, SK_LETTER_ID);
	if (parts & EVENT)
		put_text(out, l->event);
	if (parts & REASON)
		put_text(out, l->reason);
	if (parts & PERSON)
		put_text(out, l->person);
	if (parts & TEXT)
		put_text(out, l->text);
	if (parts & HTTP)
		sk_buf_put_u16le(out, l->http);
	if (parts & HASH)
		sk_buf_put(out, l->hash, sizeof(l->hash));
	if (parts & BODY) {
		sk_buf_put_u32le(out, (uint32_t)l->body.n);
		sk_buf_put_slice(out, l->body);
	}
	return out->err;
}

/* Into dst of `size` bytes, with its NUL; too long, or with a NUL in it, fails the reader. */
static void get_bytes(struct sk_reader *r, char *dst, size_t size, size_t n)
{
	struct sk_slice s = sk_read_slice(r, n);

	if (r->bad || s.n >= size || (s.n && memchr(s.p, 0, s.n))) {
		r->bad = true;
		return;
	}
	if (s.n)
		memcpy(dst, s.p, s.n);
	dst[s.n] = '\0';
}

static void get_text(struct sk_reader *r, char *dst, size_t size)
{
	size_t n = sk_read_u16le(r);

	get_bytes(r, dst, size, n);
}

static void get_hash(struct sk_reader *r, uint8_t hash[32])
{
	struct sk_slice s = sk_read_slice(r, 32);

	if (!r->bad)
		memcpy(hash, s.p, 32);
}

static void get_parts(struct sk_reader *r, unsigned parts, struct sk_letter *l)
{
	if (parts & ID)
		get_bytes(r, l->id, sizeof(l->id), SK_LETTER_ID);
	if (parts & EVENT)
		get_text(r, l->event, sizeof(l->event));
	if (parts & REASON)
		get_text(r, l->reason, sizeof(l->reason));
	if (parts & PERSON)
		get_text(r, l->person, sizeof(l->person));
	if (parts & TEXT)
		get_text(r, l->text, sizeof(l->text));
	if (parts & HTTP)
		l->http = sk_read_u16le(r);
	if (parts & HASH)
		get_hash(r, l->hash);
	if (parts & BODY)
		l->body = sk_read_slice(r, sk_read_u32le(r));
}

int sk_letter_get(uint8_t kind, struct sk_slice in, struct sk_letter *l)
{
	struct sk_reader r = sk_reader(in);

	memset(l, 0, sizeof(*l));
	if (!is_kind(kind))
		return SK_EFORMAT;
	l->kind = kind;
	get_parts(&r, kinds[kind].parts, l);
	if (sk_read_at_end(&r) && good(l))
		return 0;
	memset(l, 0, sizeof(*l));
	return SK_EFORMAT;
}

/* --- batches --- */

#define HEAD 13 /* number, kind, length */

static bool fits(const struct sk_carried *c)
{
	return c->number && is_kind(c->kind) && c->body.n <= SK_LETTER_BYTES;
}

int sk_letters_put(const struct sk_carried *c, struct sk_buf *out)
{
	if (!fits(c))
		return SK_EARG;
	if (out->len + HEAD + c->body.n > SK_LETTERS_BYTES)
		return SK_ELIMIT;
	sk_buf_put_u64le(out, c->number);
	sk_buf_putc(out, c->kind);
	sk_buf_put_u32le(out, (uint32_t)c->body.n);
	return sk_buf_put_slice(out, c->body);
}

int sk_letters_get(struct sk_slice in, struct sk_letters *l)
{
	struct sk_reader r = sk_reader(in);
	uint64_t last = 0;

	l->n = 0;
	while (!sk_read_at_end(&r)) {
		struct sk_carried c = {.number = sk_read_u64le(&r), .kind = sk_read_u8(&r)};
		c.body = sk_read_slice(&r, sk_read_u32le(&r));
		if (r.bad || l->n == SK_LETTERS_MOST || !fits(&c) || c.number <= last) {
			l->n = 0;
			return SK_EFORMAT;
		}
		last = c.number;
		l->v[l->n++] = c;
	}
	if (in.n <= SK_LETTERS_BYTES)
		return 0;
	l->n = 0;
	return SK_EFORMAT;
}
