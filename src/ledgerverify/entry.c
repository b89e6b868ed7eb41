/* The grammar of an entry (doc/ledger.md, section 2), written from that page. */
#include "base/err.h"
#include "ledgerverify/lv.h"

enum type { WORD, ID, HASH, COUNT, INDEX, TIME, COUNTS, ORIGIN };

static const struct {
	const char *name;
	enum type type;
} fields[] = {{"approval", HASH}, {"auth", WORD}, {"by", WORD}, {"class", WORD}, {"cleaner", WORD},
    {"decision", WORD}, {"event", WORD}, {"expires", TIME}, {"found", COUNTS}, {"from", WORD},
    {"hash.entry", HASH}, {"hash.in", HASH}, {"hash.key", HASH}, {"hash.manifest", HASH},
    {"hash.message", HASH}, {"hash.out", HASH}, {"hash.policy", HASH}, {"hash.report", HASH},
    {"kind", WORD}, {"message", WORD}, {"method", WORD}, {"outbox", INDEX}, {"peer.index", INDEX},
    {"peer.origin", ORIGIN}, {"peer.root", HASH}, {"peer.size", INDEX}, {"personal.actor", HASH},
    {"personal.approver", HASH}, {"personal.assertion", HASH}, {"personal.comment", HASH},
    {"personal.file", HASH}, {"personal.recipient", HASH}, {"personal.request", HASH},
    {"personal.requester", HASH}, {"personal.second", HASH}, {"previous", INDEX},
    {"previous.origin", ORIGIN}, {"previous.root", HASH}, {"previous.size", INDEX},
    {"reason", WORD}, {"removed", COUNTS}, {"role", WORD}, {"role.second", WORD}, {"route", WORD},
    {"size.in", COUNT}, {"size.out", COUNT}, {"time", TIME}, {"to", WORD}, {"transfer", ID},
    {"type.claimed", WORD}, {"type.found", WORD}, {"type.out", WORD}, {"verdict", WORD},
    {"zone", WORD}};

#define NFIELDS (sizeof(fields) / sizeof(fields[0]))

static bool word(struct sk_slice s)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t digits = 0;

	if (s.n < 1 || s.n > 64 || memchr("._-", s.p[0], 3))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!memchr(letters, s.p[i], sizeof(letters) - 1))
			return false;
		digits = memchr("0123456789", s.p[i], 10) ? digits + 1 : 0;
		if (digits > 9)
			return false;
	}
	return true;
}

static bool one_count(struct sk_slice s, struct sk_slice *name)
{
	size_t eq = sk_slice_find(s, 0, SK_SLICE_LIT("="));
	uint64_t n;

	*name = sk_slice_sub(s, 0, eq);
	return eq != SIZE_MAX && word(*name) &&
	       sk_lv_number(sk_slice_sub(s, eq + 1, SIZE_MAX), 9999999999U, &n);
}

int sk_lv_order(struct sk_slice a, struct sk_slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	return c ? c : (a.n > b.n) - (a.n < b.n);
}

static bool counts(struct sk_slice s)
{
	struct sk_slice last = {s.p, 0}, name;

	for (;;) {
		size_t comma = sk_slice_find(s, 0, SK_SLICE_LIT(","));
		if (!one_count(sk_slice_sub(s, 0, comma), &name) || sk_lv_order(last, name) >= 0)
			return false;
		if (comma == SIZE_MAX)
			return true;
		last = name;
		s = sk_slice_sub(s, comma + 1, SIZE_MAX);
	}
}

static bool origin(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x21 || s.p[i] > 0x7E || s.p[i] == '+')
			return false;
	return s.n > 0 && s.n < SK_LV_NAME;
}

static bool fits(enum type type, struct sk_slice s)
{
	uint8_t raw[32];
	uint64_t n;

	switch (type) {
	case WORD:
		return word(s);
	case ID:
		return sk_lv_hex(s, raw, 16);
	case HASH:
		return sk_lv_hex(s, raw, 32);
	case COUNT:
		return sk_lv_number(s, 9999999999U, &n);
	case INDEX:
		return sk_lv_number(s, SK_LV_SIZE_MAX, &n);
	case TIME:
		return s.n == 13 && sk_lv_number(s, UINT64_MAX, &n);
	case COUNTS:
		return counts(s);
	case ORIGIN:
		return origin(s);
	}
	return false;
}

static bool field(struct sk_slice name, struct sk_slice value)
{
	for (size_t i = 0; i < NFIELDS; i++)
		if (sk_slice_is(name, fields[i].name))
			return fits(fields[i].type, value);
	return false;
}

struct sk_slice sk_lv_entry_field(const struct sk_lv_entry *e, const char *name)
{
	struct sk_slice rest = e->text, line;

	while (sk_lv_line(&rest, &line)) {
		size_t at = sk_slice_find(line, 0, SK_SLICE_LIT(" "));
		if (at != SIZE_MAX && sk_slice_is(sk_slice_sub(line, 0, at), name))
			return sk_slice_sub(line, at + 1, SIZE_MAX);
	}
	return sk_slice("", 0);
}

static bool lines(struct sk_slice rest)
{
	struct sk_slice line, last = {rest.p, 0};

	if (!sk_lv_line(&rest, &line) || !sk_slice_is(line, "sekisho-entry 1"))
		return false;
	while (rest.n) {
		if (!sk_lv_line(&rest, &line))
			return false;
		size_t at = sk_slice_find(line, 0, SK_SLICE_LIT(" "));
		struct sk_slice name = sk_slice_sub(line, 0, at);
		if (at == SIZE_MAX || sk_lv_order(last, name) >= 0 ||
		    !field(name, sk_slice_sub(line, at + 1, SIZE_MAX)))
			return false;
		last = name;
	}
	return true;
}

int sk_lv_entry_read(struct sk_slice text, struct sk_lv_entry *e)
{
	struct sk_lv_entry found = {text, 0};

	if (text.n > SK_LV_ENTRY_BYTES || !lines(text))
		return SK_EFORMAT;
	struct sk_slice kind = sk_lv_entry_field(&found, "kind");
	if (kind.n == 0 || sk_lv_entry_field(&found, "time").n == 0 ||
	    !sk_lv_number(sk_lv_entry_field(&found, "outbox"), SK_LV_SIZE_MAX, &found.outbox) ||
	    (found.outbox == 0) != sk_slice_is(kind, "ledger.successor"))
		return SK_EFORMAT;
	*e = found;
	return 0;
}
