/* Reading a ledger's receipt: proof.h. */
#include "printer/proof.h"

#include <string.h>

#include "base/err.h"
#include "base/hex.h"

static bool after(struct sk_slice line, const char *word, struct sk_slice *rest)
{
	size_t n = strlen(word);

	if (!sk_slice_starts(line, sk_slice(word, n)))
		return false;
	*rest = sk_slice_sub(line, n, SIZE_MAX);
	return true;
}

static bool read_entry(struct sk_slice extra, struct sk_buf *entry)
{
	struct sk_slice line, value;

	return sk_lv_line(&extra, &line) && sk_slice_is(line, "sekisho-receipt 1") &&
	       sk_lv_line(&extra, &line) && after(line, "entry ", &value) &&
	       sk_lv_base64(value, entry) == 0;
}

static void take_hash(const struct sk_lv_entry *e, const char *field, char text[65])
{
	struct sk_slice v = sk_lv_entry_field(e, field);
	uint8_t hash[SK_LV_HASH];

	if (sk_lv_hex(v, hash, sizeof(hash)))
		sk_hex_text(text, hash, sizeof(hash));
}

static void read_hashes(struct sk_slice text, struct sk_paper_proof *p)
{
	struct sk_lv_entry e;

	if (sk_lv_entry_read(text, &e))
		return;
	take_hash(&e, "hash.in", p->in);
	take_hash(&e, "hash.out", p->out);
}

static bool read_leaf(struct sk_slice text, struct sk_paper_proof *p)
{
	struct sk_buf extra = SK_BUF(SK_LV_RECEIPT_BYTES), entry = SK_BUF(SK_LV_ENTRY_BYTES);
	bool good = sk_lv_base64(text, &extra) == 0 && read_entry(sk_buf_slice(&extra), &entry);

	if (good) {
		p->leaf = sk_lv_leaf(sk_buf_slice(&entry));
		read_hashes(sk_buf_slice(&entry), p);
	}
	sk_buf_free(&entry);
	sk_buf_free(&extra);
	return good;
}

static bool read_path(struct sk_slice *rest, struct sk_paper_proof *p)
{
	struct sk_slice line;

	for (p->n = 0; sk_lv_line(rest, &line); p->n++) {
		struct sk_buf b = SK_BUF(64);
		bool good;

		if (line.n == 0)
			return true;
		good = p->n < SK_PROOF_PATH && sk_lv_base64(line, &b) == 0 && b.len == SK_LV_HASH;
		if (good)
			memcpy(p->path[p->n].b, b.p, SK_LV_HASH);
		sk_buf_free(&b);
		if (!good)
			return false;
	}
	return false;
}

static bool read_checkpoint(struct sk_slice note, struct sk_paper_proof *p)
{
	struct sk_lv_checkpoint c;

	if (sk_lv_checkpoint_read(note, &c) || c.origin.n >= sizeof(p->origin))
		return false;
	memcpy(p->origin, c.origin.p, c.origin.n);
	p->origin[c.origin.n] = '\0';
	p->size = c.size;
	p->root = c.root;
	return true;
}

int sk_paper_proof(struct sk_slice in, struct sk_paper_proof *p)
{
	struct sk_slice line, value;
	struct sk_lv_hash root;

	memset(p, 0, sizeof(*p));
	if (in.n <= SK_LV_RECEIPT_BYTES && sk_lv_line(&in, &line) &&
	    sk_slice_is(line, "c2sp.org/tlog-proof@v1") && sk_lv_line(&in, &line) &&
	    after(line, "extra ", &value) && read_leaf(value, p) && sk_lv_line(&in, &line) &&
	    after(line, "index ", &value) && sk_lv_number(value, SK_LV_SIZE_MAX, &p->index) &&
	    read_path(&in, p) && read_checkpoint(in, p) &&
	    sk_lv_path_root(p->leaf, p->index, p->size, p->path, p->n, &root) &&
	    sk_lv_same(&root, &p->root))
		return 0;
	memset(p, 0, sizeof(*p));
	return SK_EFORMAT;
}

int sk_paper_code(const struct sk_paper_proof *p, struct sk_buf *out)
{
	sk_buf_printf(out, "sekisho 1\n%s\n%llu\n", p->origin, (unsigned long long)p->index);
	return sk_hex_write(sk_slice(p->leaf.b, sizeof(p->leaf.b)), out);
}
