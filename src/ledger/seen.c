/* What is known of the witnesses, and their cosignatures: files of the ledger. */
#include <errno.h>
#include <stdio.h>

#include "base/err.h"
#include "ledger/inside.h"

static void seen_path(char path[SK_PATH_BYTES], const struct sk_note_key *k)
{
	snprintf(path, SK_PATH_BYTES, "witness/%08x", k->id);
}

static int parse_seen(struct sk_slice text, struct sk_contact *s)
{
	struct sk_slice line;
	struct sk_contact found = {0};

	if (sk_line_take(&text, &line) || sk_decimal_parse(line, &found.contact) ||
	    sk_line_take(&text, &line) || sk_decimal_parse(line, &found.size) || text.n)
		return SK_EFORMAT;
	*s = found;
	return 0;
}

static int load_one(struct sk_ledger *l, size_t i)
{
	struct sk_buf b = SK_BUF(1024);
	char path[SK_PATH_BYTES];

	seen_path(path, &l->params.witness[i]);
	int rc = sk_file_read(l->dir, path, 1000, &b);
	rc = rc == SK_EIO && errno == ENOENT ? 0
	     : rc                            ? rc
					     : parse_seen(sk_buf_slice(&b), &l->seen[i]);
	sk_buf_free(&b);
	return rc;
}

/* For receipts, which readers make, too. */
static int save_keys(struct sk_ledger *l)
{
	struct sk_buf is = SK_BUF(16384), want = SK_BUF(16384);
	int rc = 0;

	for (size_t i = 0; i < l->params.witnesses; i++)
		sk_note_key_write(&l->params.witness[i], &want);
	(void)sk_file_read(l->dir, "witness.pub", 16000, &is); /* not there: empty */
	if (want.err)
		rc = want.err;
	else if (!sk_slice_eq(sk_buf_slice(&is), sk_buf_slice(&want)))
		rc = sk_files_put(&l->files, "witness.pub", sk_buf_slice(&want));
	if (rc == 0)
		rc = sk_files_sync(&l->files);
	sk_buf_free(&is);
	sk_buf_free(&want);
	return rc;
}

int sk_seen_load(struct sk_ledger *l)
{
	struct sk_buf b = SK_BUF(1024);
	struct sk_slice rest, line;

	int rc = sk_file_read(l->dir, "created", 1000, &b);
	rest = sk_buf_slice(&b);
	if (rc == 0)
		rc = sk_line_take(&rest, &line);
	if (rc == 0)
		rc = sk_decimal_parse(line, &l->created);
	sk_buf_free(&b);
	for (size_t i = 0; i < l->params.witnesses && rc == 0; i++)
		rc = load_one(l, i);
	return rc ? rc : save_keys(l);
}

int sk_seen_save(struct sk_ledger *l, size_t i)
{
	struct sk_buf b = SK_BUF(1024);
	char path[SK_PATH_BYTES];

	seen_path(path, &l->params.witness[i]);
	sk_buf_printf(&b, "%llu\n%llu\n", (unsigned long long)l->seen[i].contact,
	    (unsigned long long)l->seen[i].size);
	int rc = b.err ? b.err : sk_files_put(&l->files, path, sk_buf_slice(&b));
	if (rc == 0)
		rc = sk_files_sync(&l->files);
	sk_buf_free(&b);
	return rc;
}

/* --- cosignatures --- */

/* The signatures of `note` that `b` has not yet; of one key the newer one stays. */
static void merge(struct sk_buf *b, const struct sk_note *old, const struct sk_note *note)
{
	for (size_t i = 0; i < old->n; i++) {
		bool again = false;
		for (size_t k = 0; k < note->n; k++)
			again |= old->sig[i].id == note->sig[k].id &&
				 sk_slice_eq(old->sig[i].name, note->sig[k].name);
		if (!again)
			sk_buf_put_slice(b, old->sig[i].line);
	}
}

static int merged(struct sk_ledger *l, const struct sk_note *note, struct sk_buf *b)
{
	struct sk_buf was = SK_BUF(SK_NOTE_BYTES);
	struct sk_note old = {.n = 0};
	struct sk_checkpoint oc, nc;

	int rc = sk_file_read(l->dir, "witnessed", SK_NOTE_BYTES, &was);
	bool any = rc == 0 && sk_note_parse(sk_buf_slice(&was), &old) == 0 &&
		   sk_checkpoint_parse(old.text, &oc) == 0;
	rc = sk_checkpoint_parse(note->text, &nc);
	if (rc == 0 && any && oc.size > nc.size)
		rc = SK_EARG; /* what is there is newer */
	if (rc == 0 && any && sk_slice_eq(old.text, note->text))
		merge(b, &old, note);
	sk_buf_free(&was);
	return rc;
}

int sk_witnessed_add(struct sk_ledger *l, struct sk_slice text)
{
	struct sk_buf b = SK_BUF(SK_NOTE_BYTES);
	struct sk_note note = {.n = 0};

	int rc = sk_note_parse(text, &note);
	sk_buf_put_slice(&b, text);
	if (rc == 0)
		rc = merged(l, &note, &b);
	if (rc == 0)
		rc = b.err ? b.err : sk_files_put(&l->files, "witnessed", sk_buf_slice(&b));
	if (rc == 0)
		rc = sk_files_sync(&l->files);
	sk_buf_free(&b);
	return rc == SK_EARG ? 0 : rc;
}
