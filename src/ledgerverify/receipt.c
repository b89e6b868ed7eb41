/* A receipt, checked offline (c2sp.org/tlog-proof; doc/ledger.md, section 5). */
#include <stdio.h>

#include "base/err.h"
#include "base/utf8.h"
#include "ledgerverify/lv.h"

#define PATH 64

struct receipt {
	struct sk_buf extra, entry, keys, witnesses;
	struct sk_slice openings; /* lines of the extra */
	uint64_t index;
	struct sk_lv_hash path[PATH];
	size_t n;
	struct sk_lv_checkpoint c;
};

/* The rest of a line behind a word and a space. */
static bool after(struct sk_slice line, const char *word, struct sk_slice *rest)
{
	size_t n = strlen(word);

	if (!sk_slice_starts(line, sk_slice(word, n)) || line.n <= n || line.p[n] != ' ')
		return false;
	*rest = sk_slice_sub(line, n + 1, SIZE_MAX);
	return true;
}

static bool read_extra(struct receipt *v)
{
	struct sk_slice rest = sk_buf_slice(&v->extra), line, value;

	if (!sk_lv_line(&rest, &line) || !sk_slice_is(line, "sekisho-receipt 1") ||
	    !sk_lv_line(&rest, &line) || !after(line, "entry", &value) ||
	    sk_lv_base64(value, &v->entry) || !sk_lv_line(&rest, &line) ||
	    !after(line, "key", &value))
		return false;
	sk_buf_put_slice(&v->keys, value);
	sk_buf_putc(&v->keys, '\n');
	v->openings = rest;
	while (sk_lv_line(&rest, &line) && after(line, "witness", &value)) {
		sk_buf_put_slice(&v->witnesses, value);
		sk_buf_putc(&v->witnesses, '\n');
		v->openings = rest;
	}
	return v->keys.err == 0 && v->witnesses.err == 0;
}

static bool read_path(struct receipt *v, struct sk_slice *rest)
{
	struct sk_slice line;

	for (v->n = 0; sk_lv_line(rest, &line); v->n++) {
		if (line.n == 0)
			return true;
		struct sk_buf b = SK_BUF(64);
		bool good = v->n < PATH && sk_lv_base64(line, &b) == 0 && b.len == SK_LV_HASH;
		if (good)
			memcpy(v->path[v->n].b, b.p, SK_LV_HASH);
		sk_buf_free(&b);
		if (!good)
			return false;
	}
	return false;
}

static bool read_receipt(struct sk_slice in, struct receipt *v)
{
	struct sk_slice line, value;

	return in.n <= SK_LV_RECEIPT_BYTES && sk_lv_line(&in, &line) &&
	       sk_slice_is(line, "c2sp.org/tlog-proof@v1") && sk_lv_line(&in, &line) &&
	       after(line, "extra", &value) && sk_lv_base64(value, &v->extra) == 0 &&
	       read_extra(v) && sk_lv_line(&in, &line) && after(line, "index", &value) &&
	       sk_lv_number(value, SK_LV_SIZE_MAX, &v->index) && read_path(v, &in) &&
	       sk_lv_checkpoint_read(in, &v->c) == 0;
}

/* --- openings --- */

/* One line: the field's name, its salt, its value. */
static bool read_opening(
    struct sk_slice line, struct sk_slice *name, uint8_t salt[32], struct sk_buf *value)
{
	struct sk_slice rest;

	if (!after(line, "opening", &rest))
		return false;
	size_t at = sk_slice_find(rest, 0, SK_SLICE_LIT(" "));
	*name = sk_slice_sub(rest, 0, at);
	if (at == SIZE_MAX || !sk_lv_hex(sk_slice_sub(rest, at + 1, 64), salt, 32))
		return false;
	rest = sk_slice_sub(rest, at + 65, SIZE_MAX);
	return rest.n && rest.p[0] == ' ' &&
	       sk_lv_base64(sk_slice_sub(rest, 1, SIZE_MAX), value) == 0;
}

static void keep(struct sk_lv_openings *o, const char *name, struct sk_slice value)
{
	if (o->n == SK_LV_OPENINGS)
		return; /* there are fewer personal fields than that */
	snprintf(o->v[o->n].name, sizeof(o->v[0].name), "%s", name);
	o->v[o->n].at = o->bytes.len;
	o->v[o->n++].n = value.n;
	sk_buf_put_slice(&o->bytes, value);
}

struct sk_slice sk_lv_opened(const struct sk_lv_openings *o, const char *name)
{
	for (size_t i = 0; i < o->n; i++)
		if (strcmp(o->v[i].name, name) == 0)
			return sk_slice_sub(sk_buf_slice(&o->bytes), o->v[i].at, o->v[i].n);
	return (struct sk_slice){0};
}

static void check_opening(const struct sk_lv_entry *e, struct sk_slice name, const uint8_t salt[32],
    struct sk_slice value, struct sk_lv_report *r, struct sk_lv_openings *shown)
{
	char field[64];
	uint8_t want[SK_LV_HASH];

	sk_utf8_display(field, sizeof(field), name);
	struct sk_lv_hash h = sk_lv_commitment(sk_slice(salt, 32), value);
	if (!sk_slice_starts(name, SK_SLICE_LIT("personal.")) ||
	    !sk_lv_hex(sk_lv_entry_field(e, field), want, SK_LV_HASH) ||
	    memcmp(want, h.b, SK_LV_HASH) != 0)
		sk_lv_tell(r, SK_LV_RECEIPT_OPENING, field);
	else
		keep(shown, field, value);
}

/* Fields ascend, none twice. */
static void check_openings(const struct receipt *v, const struct sk_lv_entry *e,
    struct sk_lv_report *r, struct sk_lv_openings *shown)
{
	struct sk_slice rest = v->openings, line, name, last = {(const uint8_t *)"", 0};
	bool good = true;

	while (good && rest.n) {
		struct sk_buf value = SK_BUF(SK_LV_PERSONAL);
		uint8_t salt[32];
		good = sk_lv_line(&rest, &line) && read_opening(line, &name, salt, &value) &&
		       sk_lv_order(last, name) < 0;
		if (good)
			check_opening(e, name, salt, sk_buf_slice(&value), r, shown);
		sk_buf_free(&value);
		last = name;
	}
	if (!good)
		sk_lv_tell(r, SK_LV_RECEIPT_MALFORMED, "opening");
}

static void check_shown(const struct receipt *v, const struct sk_lv_entry *e,
    struct sk_lv_report *r, struct sk_lv_openings *shown)
{
	check_openings(v, e, r, shown);
	struct sk_slice signed_by = sk_lv_opened(shown, "personal.assertion");
	if (signed_by.p)
		sk_lv_assertions(signed_by, e, r);
}

/* --- all of it --- */

static void check(const struct receipt *v, const struct sk_lv_trust *t, struct sk_lv_report *r,
    struct sk_lv_openings *shown)
{
	struct sk_lv_witnessed seen[SK_LV_KEYS] = {{0}};
	struct sk_lv_hash root;
	struct sk_lv_entry e;

	r->size = v->c.size;
	r->index = v->index;
	r->root = v->c.root;
	r->has_root = true;
	sk_utf8_display(r->origin, sizeof(r->origin), v->c.origin);
	if (sk_lv_judge(t, &v->c, "checkpoint", r, seen))
		sk_lv_keep_newest(r, seen);
	sk_lv_judge_witnesses(t, r);
	if (!sk_lv_path_root(
		sk_lv_leaf(sk_buf_slice(&v->entry)), v->index, v->c.size, v->path, v->n, &root) ||
	    !sk_lv_same(&root, &v->c.root))
		sk_lv_tell_at(r, SK_LV_RECEIPT_PROOF, "", v->index);
	if (sk_lv_entry_read(sk_buf_slice(&v->entry), &e))
		sk_lv_tell_at(r, SK_LV_ENTRY_MALFORMED, "", v->index);
	else
		check_shown(v, &e, r, shown);
	r->read = 1;
}

int sk_lv_receipt(struct sk_slice receipt, const struct sk_lv_trust *t, struct sk_lv_report *r,
    struct sk_buf *entry, struct sk_lv_openings *openings)
{
	struct sk_lv_openings own = {.n = 0}, *shown = openings ? openings : &own;
	struct receipt v = {.extra = SK_BUF(SK_LV_RECEIPT_BYTES),
	    .entry = SK_BUF(SK_LV_ENTRY_BYTES + 1),
	    .keys = SK_BUF(4096),
	    .witnesses = SK_BUF(65536)};
	struct sk_lv_trust trust;

	*r = (struct sk_lv_report){.n = 0};
	shown->n = 0;
	shown->bytes = SK_BUF(SK_LV_RECEIPT_BYTES);
	if (!read_receipt(receipt, &v)) {
		sk_lv_tell(r, SK_LV_RECEIPT_MALFORMED, "");
	} else {
		sk_lv_trust_with(t, sk_buf_slice(&v.keys), sk_buf_slice(&v.witnesses), r, &trust);
		check(&v, &trust, r, shown);
		if (entry)
			sk_buf_put_slice(entry, sk_buf_slice(&v.entry));
	}
	sk_buf_free(&v.extra);
	sk_buf_free(&v.entry);
	sk_buf_free(&v.keys);
	sk_buf_free(&v.witnesses);
	int rc = shown->bytes.err ? shown->bytes.err : entry && entry->err ? entry->err : 0;
	sk_buf_free(&own.bytes);
	return rc;
}
