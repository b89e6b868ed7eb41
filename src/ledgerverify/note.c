/* Signed notes and checkpoints, read to be judged (c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature). */
#include "base/err.h"
#include "base/utf8.h"
#include "ledgerverify/lv.h"

#define DASH "\xE2\x80\x94 "
#define SIGNATURES 32

/* --- keys --- */

static bool space(int32_t c)
{
	return c <= 0x20 || c == 0x7F || c == 0x85 || c == 0xA0 || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
	       c == 0x205F || c == 0x3000;
}

static bool is_name(struct sk_slice s)
{
	for (size_t at = 0; at < s.n;) {
		int32_t c = sk_utf8_next(s, &at);
		if (space(c) || c == '+')
			return false;
	}
	return s.n > 0 && s.n < SK_LV_NAME;
}

static bool id_fits(const struct sk_lv_key *k)
{
	struct sk_buf b = SK_BUF(SK_LV_NAME + 64);

	sk_buf_printf(&b, "%s\n", k->name);
	sk_buf_putc(&b, k->type);
	sk_buf_put(&b, k->key, sizeof(k->key));
	struct sk_lv_hash h = sk_lv_hash(sk_buf_slice(&b));
	bool fits = b.err == 0 && memcmp(h.b, k->id, sizeof(k->id)) == 0;
	sk_buf_free(&b);
	return fits;
}

static int key_bytes(struct sk_slice text, struct sk_lv_key *k)
{
	struct sk_buf b = SK_BUF(8192);

	int rc = sk_lv_base64(text, &b);
	if (rc == 0 && b.len == 0)
		rc = SK_EFORMAT;
	if (rc == 0 && ((b.p[0] != 1 && b.p[0] != 4) || b.len != 33))
		rc = b.p[0] == 1 || b.p[0] == 4 ? SK_EFORMAT : SK_EUNSUPPORTED;
	if (rc == 0) {
		k->type = b.p[0];
		memcpy(k->key, b.p + 1, 32);
	}
	sk_buf_free(&b);
	return rc;
}

int sk_lv_key_read(struct sk_slice text, struct sk_lv_key *k)
{
	struct sk_lv_key found = {.type = 0};
	size_t plus = sk_slice_find(text, 0, SK_SLICE_LIT("+"));
	struct sk_slice name = sk_slice_sub(text, 0, plus);

	if (plus == SIZE_MAX || !is_name(name) || text.n < plus + 10 || text.p[plus + 9] != '+' ||
	    !sk_lv_hex(sk_slice_sub(text, plus + 1, 8), found.id, 4))
		return SK_EFORMAT;
	memcpy(found.name, name.p, name.n);
	int rc = key_bytes(sk_slice_sub(text, plus + 10, SIZE_MAX), &found);
	if (rc == 0 && !id_fits(&found))
		rc = SK_EFORMAT;
	if (rc == 0)
		*k = found;
	return rc;
}

/* --- checkpoints --- */

static bool clean_text(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 && s.p[i] != '\n')
			return false;
	return sk_utf8_valid(s);
}

/* Name and bytes of a signature line. */
static bool signature(struct sk_slice line, struct sk_slice *name, struct sk_buf *raw)
{
	if (!sk_slice_starts(line, SK_SLICE_LIT(DASH)))
		return false;
	line = sk_slice_sub(line, strlen(DASH), SIZE_MAX);
	size_t at = sk_slice_find(line, 0, SK_SLICE_LIT(" "));
	*name = sk_slice_sub(line, 0, at);
	return at != SIZE_MAX && is_name(*name) &&
	       sk_lv_base64(sk_slice_sub(line, at + 1, SIZE_MAX), raw) == 0 && raw->len > 4;
}

static bool signatures_well_formed(struct sk_slice rest)
{
	struct sk_slice line, name;
	size_t n = 0;
	bool good = true;

	for (; good && rest.n; n++) {
		struct sk_buf raw = SK_BUF(8192);
		good = sk_lv_line(&rest, &line) && signature(line, &name, &raw);
		sk_buf_free(&raw);
	}
	return good && n > 0 && n <= SIGNATURES;
}

static bool body(struct sk_slice text, struct sk_lv_checkpoint *c)
{
	struct sk_slice size, root, more;
	struct sk_buf b = SK_BUF(64);

	bool good = sk_lv_line(&text, &c->origin) && c->origin.n > 0 && sk_lv_line(&text, &size) &&
		    sk_lv_number(size, UINT64_MAX, &c->size) && sk_lv_line(&text, &root) &&
		    sk_lv_base64(root, &b) == 0 && b.len == SK_LV_HASH;
	if (good)
		memcpy(c->root.b, b.p, SK_LV_HASH);
	while (good && text.n)
		good = sk_lv_line(&text, &more) && more.n > 0;
	sk_buf_free(&b);
	return good;
}

int sk_lv_checkpoint_read(struct sk_slice note, struct sk_lv_checkpoint *c)
{
	struct sk_lv_checkpoint found = {.note = note};
	size_t gap = sk_slice_rfind(note, note.n, SK_SLICE_LIT("\n\n"));

	if (gap == SIZE_MAX || note.n > SK_LV_NOTE_BYTES || !clean_text(note) ||
	    !signatures_well_formed(sk_slice_sub(note, gap + 2, SIZE_MAX)))
		return SK_EFORMAT;
	found.text = sk_slice_sub(note, 0, gap + 1);
	if (!body(found.text, &found))
		return SK_EFORMAT;
	*c = found;
	return 0;
}

static bool cosigned(
    struct sk_slice text, const struct sk_lv_key *k, struct sk_slice raw, uint64_t *time)
{
	struct sk_buf b = SK_BUF(SK_LV_NOTE_BYTES + 128);
	struct sk_reader r = sk_reader(raw);
	uint64_t at = sk_read_u64be(&r);

	if (raw.n != 72 || at == 0 || at > INT64_MAX)
		return false;
	sk_buf_printf(&b, "cosignature/v1\ntime %llu\n", (unsigned long long)at);
	sk_buf_put_slice(&b, text);
	bool good = b.err == 0 && sk_lv_signed(k->key, sk_buf_slice(&b), raw.p + 8);
	sk_buf_free(&b);
	if (good && at > *time)
		*time = at;
	return good;
}

static enum sk_lv_signature one(const struct sk_lv_checkpoint *c, const struct sk_lv_key *k,
    struct sk_slice name, struct sk_slice raw, uint64_t *time)
{
	if (!sk_slice_is(name, k->name))
		return SK_LV_NOT_SIGNED;
	if (memcmp(raw.p, k->id, 4) != 0)
		return SK_LV_OTHER_KEY;
	raw = sk_slice_sub(raw, 4, SIZE_MAX);
	if (k->type == 4)
		return cosigned(c->text, k, raw, time) ? SK_LV_SIGNED : SK_LV_FORGED;
	return raw.n == 64 && sk_lv_signed(k->key, c->text, raw.p) ? SK_LV_SIGNED : SK_LV_FORGED;
}

/* One that does not fit spoils the note; one of another key of that name only says why there is none of this. */
enum sk_lv_signature sk_lv_checkpoint_signed(
    const struct sk_lv_checkpoint *c, const struct sk_lv_key *k, uint64_t *time)
{
	struct sk_slice rest = sk_slice_sub(c->note, c->text.n + 1, SIZE_MAX), line, name;
	enum sk_lv_signature found = SK_LV_NOT_SIGNED;

	while (found != SK_LV_FORGED && sk_lv_line(&rest, &line)) {
		struct sk_buf raw = SK_BUF(8192);
		enum sk_lv_signature s = SK_LV_NOT_SIGNED;
		if (signature(line, &name, &raw))
			s = one(c, k, name, sk_buf_slice(&raw), time);
		sk_buf_free(&raw);
		if (s == SK_LV_FORGED || s == SK_LV_SIGNED ||
		    (s == SK_LV_OTHER_KEY && found == SK_LV_NOT_SIGNED))
			found = s;
	}
	return found;
}
