/* Entries: entry.h. */
#include "ledger/entry.h"

#include <sodium.h>

#include "base/err.h"
#include "base/hex.h"
#include "ledger/note.h"

#define HEAD "sekisho-entry 1\n"
#define WORD_BYTES 64
#define DIGITS_IN_A_ROW 9 /* an individual number has 12 */

static const struct {
	const char *name;
	enum sk_entry_field_type type;
} table[SK_ENTRY_FIELDS] = {
#define SK_ENTRY_FIELD(id, name, type) {name, SK_ENTRY_TYPE_##type},
#include "ledger/field.def"
#undef SK_ENTRY_FIELD
};

const char *sk_entry_field_name(enum sk_entry_field f)
{
	return table[f].name;
}

enum sk_entry_field_type sk_entry_field_type(enum sk_entry_field f)
{
	return table[f].type;
}

enum sk_entry_field sk_entry_field_find(struct sk_slice name)
{
	for (enum sk_entry_field f = 0; f < SK_ENTRY_FIELDS; f++)
		if (sk_slice_is(name, table[f].name))
			return f;
	return SK_ENTRY_FIELDS;
}

/* --- types --- */

static bool digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word(struct sk_slice s)
{
	unsigned row = 0;

	if (s.n == 0 || s.n > WORD_BYTES || (!letter(s.p[0]) && !digit(s.p[0])))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];
		row = digit(c) ? row + 1 : 0;
		if (row > DIGITS_IN_A_ROW ||
		    (!letter(c) && !digit(c) && c != '.' && c != '_' && c != '-'))
			return false;
	}
	return true;
}

static bool is_hex(struct sk_slice s, size_t n)
{
	for (size_t i = 0; i < s.n; i++)
		if (!digit(s.p[i]) && (s.p[i] < 'a' || s.p[i] > 'f'))
			return false;
	return s.n == n;
}

static bool is_count(struct sk_slice s)
{
	uint64_t n;

	return s.n <= 10 && sk_decimal_parse(s, &n) == 0;
}

static bool is_index(struct sk_slice s)
{
	uint64_t n;

	return sk_decimal_parse(s, &n) == 0 && n <= SK_OUTBOX_MAX;
}

static bool is_time(struct sk_slice s)
{
	uint64_t n;

	return s.n == 13 && sk_decimal_parse(s, &n) == 0;
}

static bool before(struct sk_slice a, struct sk_slice b)
{
	int c = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

	return c ? c < 0 : a.n < b.n;
}

static bool is_counts(struct sk_slice s)
{
	struct sk_slice last = sk_slice("", 0);

	for (size_t at = 0; at <= s.n;) {
		size_t comma = sk_slice_find(s, at, SK_SLICE_LIT(","));
		struct sk_slice one = sk_slice_sub(s, at, (comma == SIZE_MAX ? s.n : comma) - at);
		size_t eq = sk_slice_find(one, 0, SK_SLICE_LIT("="));
		if (eq == SIZE_MAX)
			return false;
		struct sk_slice word = sk_slice_sub(one, 0, eq);
		if (!is_word(word) || !is_count(sk_slice_sub(one, eq + 1, SIZE_MAX)) ||
		    !before(last, word))
			return false;
		last = word;
		at = comma == SIZE_MAX ? s.n + 1 : comma + 1;
	}
	return true;
}

static bool is_origin(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7F || s.p[i] == '+')
			return false;
	return s.n > 0 && s.n < SK_NOTE_NAME;
}

static bool is_of_type(enum sk_entry_field_type type, struct sk_slice s)
{
	switch (type) {
	case SK_ENTRY_TYPE_WORD:
		return is_word(s);
	case SK_ENTRY_TYPE_ID:
		return is_hex(s, 32);
	case SK_ENTRY_TYPE_COUNT:
		return is_count(s);
	case SK_ENTRY_TYPE_INDEX:
		return is_index(s);
	case SK_ENTRY_TYPE_TIME:
		return is_time(s);
	case SK_ENTRY_TYPE_COUNTS:
		return is_counts(s);
	case SK_ENTRY_TYPE_ORIGIN:
		return is_origin(s);
	case SK_ENTRY_TYPE_HASH:
	case SK_ENTRY_TYPE_PERSONAL:
		return is_hex(s, 64);
	}
	return false;
}

bool sk_entry_takes(enum sk_entry_field f, struct sk_slice value)
{
	if (table[f].type == SK_ENTRY_TYPE_PERSONAL)
		return value.n <= SK_ENTRY_PERSONAL;
	return is_of_type(table[f].type, value);
}

/* The first entry of a successor comes from no outbox: its number is 0, and no other's. */
static bool has_needed(const struct sk_leaf *e)
{
	if (!e->field[SK_ENTRY_KIND].p || !e->field[SK_ENTRY_OUTBOX].p ||
	    !e->field[SK_ENTRY_TIME].p)
		return false;
	return sk_slice_is(e->field[SK_ENTRY_OUTBOX], "0") ==
	       sk_slice_is(e->field[SK_ENTRY_KIND], SK_KIND_SUCCESSOR);
}

/* --- writing --- */

struct sk_hash sk_commit(const uint8_t salt[SK_SALT_BYTES], struct sk_slice value)
{
	crypto_hash_sha256_state s;
	struct sk_hash h;

	crypto_hash_sha256_init(&s);
	crypto_hash_sha256_update(&s, salt, SK_SALT_BYTES);
	crypto_hash_sha256_update(&s, value.p, value.n);
	crypto_hash_sha256_final(&s, h.b);
	return h;
}

static int put_field(
    enum sk_entry_field f, struct sk_slice value, const uint8_t *salt, struct sk_buf *out)
{
	sk_buf_printf(out, "%s ", table[f].name);
	if (table[f].type == SK_ENTRY_TYPE_PERSONAL) {
		struct sk_hash h = sk_commit(salt, value);
		sk_hex_write(sk_slice(h.b, SK_HASH_BYTES), out);
	} else {
		sk_buf_put_slice(out, value);
	}
	return sk_buf_putc(out, '\n');
}

int sk_entry_write(
    const struct sk_leaf *e, uint8_t salt[SK_ENTRY_FIELDS][SK_SALT_BYTES], struct sk_buf *out)
{
	size_t start = out->len;

	if (!has_needed(e))
		return SK_EARG;
	sk_buf_puts(out, HEAD);
	for (enum sk_entry_field f = 0; f < SK_ENTRY_FIELDS; f++) {
		struct sk_slice v = e->field[f];
		if (v.p == NULL)
			continue;
		if (!sk_entry_takes(f, v))
			return SK_EARG;
		put_field(f, v, salt[f], out);
	}
	return out->err ? out->err : out->len - start > SK_ENTRY_BYTES ? SK_ELIMIT : 0;
}

/* --- reading --- */

int sk_entry_parse(struct sk_slice text, struct sk_leaf *e)
{
	struct sk_leaf found = {0};
	struct sk_slice line;
	int last = -1;

	if (text.n > SK_ENTRY_BYTES || !sk_slice_starts(text, SK_SLICE_LIT(HEAD)))
		return SK_EFORMAT;
	for (text = sk_slice_sub(text, strlen(HEAD), SIZE_MAX); text.n;) {
		if (sk_line_take(&text, &line))
			return SK_EFORMAT;
		size_t space = sk_slice_find(line, 0, SK_SLICE_LIT(" "));
		enum sk_entry_field f = sk_entry_field_find(sk_slice_sub(line, 0, space));
		if (space == SIZE_MAX || f == SK_ENTRY_FIELDS || (int)f <= last)
			return SK_EFORMAT;
		found.field[f] = sk_slice_sub(line, space + 1, SIZE_MAX);
		if (!is_of_type(table[f].type, found.field[f]))
			return SK_EFORMAT;
		last = (int)f;
	}
	if (!has_needed(&found))
		return SK_EFORMAT;
	*e = found;
	return 0;
}

uint64_t sk_entry_outbox(const struct sk_leaf *parsed)
{
	uint64_t n = 0;

	(void)sk_decimal_parse(parsed->field[SK_ENTRY_OUTBOX], &n);
	return n;
}
