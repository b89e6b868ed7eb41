/*
 * A ledger and its witnesses. A log must never sign what does not continue what it signed before; after a restore only others
 * can tell what that was. So it asks, and signs nothing while a witness knows more, knows other entries, or has been silent
 * for longer than is tolerated.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/err.h"
#include "ledger/inside.h"

static bool silent_too_long(const struct sk_ledger *l, const struct sk_contact *s, uint64_t now)
{
	uint64_t since = s->contact ? s->contact : l->created;

	return s->missed && (now < since || now - since >= l->params.tolerate);
}

enum sk_ledger_state sk_ledger_state(const struct sk_ledger *l, uint64_t now)
{
	if (l->state != SK_LEDGER_SIGNS)
		return l->state;
	for (size_t i = 0; i < l->params.witnesses; i++)
		if (silent_too_long(l, &l->seen[i], now))
			return SK_LEDGER_ALONE;
	return SK_LEDGER_SIGNS;
}

/* --- asking --- */

/* What a witness's last checkpoint means for us. A note that it did not sign, or we did not, is no answer: SK_EIO. */
static int judge(struct sk_ledger *l, size_t i, struct sk_slice text, enum sk_ledger_state *state)
{
	struct sk_note note = {.n = 0};
	struct sk_checkpoint c;
	struct sk_hash root;

	if (text.n == 0)
		return 0;
	if (sk_note_parse(text, &note) || sk_checkpoint_parse(note.text, &c) ||
	    !sk_slice_is(c.origin, l->signer.pub.name) ||
	    sk_note_verify(&note, &l->signer.pub, NULL) <= 0 ||
	    sk_note_verify(&note, &l->params.witness[i], NULL) <= 0)
		return SK_EIO;
	l->seen[i].size = c.size;
	if (c.size > l->size) {
		*state = SK_LEDGER_BEHIND;
		sk_buf_reset(&l->ahead);
		return sk_buf_put_slice(&l->ahead, text);
	}
	int rc = sk_ledger_root_at(l, c.size, &root);
	if (rc == 0 && !sk_hash_eq(&root, &c.root))
		*state = SK_LEDGER_FORKED;
	return rc;
}

static int ask_one(struct sk_ledger *l, size_t i, sk_witness_ask ask, void *user, uint64_t now,
    enum sk_ledger_state *state)
{
	struct sk_buf note = SK_BUF(SK_NOTE_BYTES);

	*state = SK_LEDGER_SIGNS;
	int rc = ask(user, i, &note);
	if (rc == 0)
		rc = judge(l, i, sk_buf_slice(&note), state);
	sk_buf_free(&note);
	l->seen[i].missed = rc != 0;
	if (rc)
		return 0;
	l->seen[i].contact = now;
	return sk_seen_save(l, i);
}

static bool was_restored(const struct sk_ledger *l)
{
	return faccessat(l->dir, "restored", F_OK, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
}

/* The worst of what they said. Who was restored believes no silence. */
static int conclude(struct sk_ledger *l, const enum sk_ledger_state *said)
{
	enum sk_ledger_state worst = SK_LEDGER_SIGNS;
	bool restored = was_restored(l), missed = false;

	for (size_t i = 0; i < l->params.witnesses; i++) {
		missed |= l->seen[i].missed;
		if (said[i] == SK_LEDGER_FORKED || worst == SK_LEDGER_SIGNS)
			worst = said[i];
	}
	if (worst == SK_LEDGER_SIGNS && restored && missed)
		worst = SK_LEDGER_UNASKED;
	l->state = worst;
	if (worst != SK_LEDGER_SIGNS || !restored)
		return 0;
	return unlinkat(l->dir, "restored", 0) || fsync(l->dir) ? SK_EIO : 0;
}

int sk_ledger_confirm(struct sk_ledger *l, sk_witness_ask ask, void *user, uint64_t now)
{
	enum sk_ledger_state said[SK_LEDGER_WITNESSES];
	int rc = 0;

	if (l->lock < 0)
		return SK_EARG;
	sk_buf_reset(&l->ahead);
	for (size_t i = 0; i < l->params.witnesses && rc == 0; i++)
		rc = ask_one(l, i, ask, user, now, &said[i]);
	return rc ? rc : conclude(l, said);
}

struct sk_slice sk_ledger_ahead(const struct sk_ledger *l)
{
	return sk_buf_slice(&l->ahead);
}

int sk_ledger_mark_restored(int dir)
{
	struct sk_files f = {.dir = dir};

	int rc = sk_files_put(&f, "restored", sk_slice("", 0));
	return rc ? rc : sk_files_sync(&f);
}

/* --- cosignatures --- */

int sk_ledger_request(struct sk_ledger *l, size_t i, struct sk_buf *out)
{
	struct sk_proof p;

	if (i >= l->params.witnesses || l->seen[i].size > l->size)
		return SK_EARG;
	int rc = sk_ledger_consistency(l, l->seen[i].size, l->size, &p);
	if (rc)
		return rc;
	sk_buf_printf(out, "old %llu\n", (unsigned long long)l->seen[i].size);
	for (size_t k = 0; k < p.n; k++)
		sk_hash_write(&p.h[k], out);
	sk_buf_putc(out, '\n');
	return sk_buf_put_slice(out, sk_buf_slice(&l->note));
}

/* The lines that a witness gave, behind the note that it was given; they must be of its key. */
static int take_cosignature(
    struct sk_ledger *l, size_t i, struct sk_slice request, struct sk_slice body)
{
	struct sk_buf b = SK_BUF(SK_NOTE_BYTES);
	struct sk_note note = {.n = 0};
	struct sk_checkpoint c;
	size_t gap = sk_slice_find(request, 0, SK_SLICE_LIT("\n\n"));

	sk_buf_put_slice(
	    &b, sk_slice_sub(request, gap == SIZE_MAX ? request.n : gap + 2, SIZE_MAX));
	int rc = sk_buf_put_slice(&b, body);
	if (rc == 0)
		rc = sk_note_parse(sk_buf_slice(&b), &note);
	if (rc == 0)
		rc = sk_checkpoint_parse(note.text, &c);
	if (rc == 0 && sk_note_verify(&note, &l->params.witness[i], NULL) <= 0)
		rc = SK_EREFUSED;
	if (rc == 0) {
		l->seen[i].size = c.size;
		rc = sk_witnessed_add(l, sk_buf_slice(&b));
	}
	sk_buf_free(&b);
	return rc;
}

/* 409 says how much the witness saw. More than there is: it must be asked for its checkpoint, which is signed. */
static int take_size(struct sk_ledger *l, size_t i, struct sk_slice body)
{
	struct sk_slice line;
	uint64_t size;

	if (sk_line_take(&body, &line) || sk_decimal_parse(line, &size))
		return SK_EFORMAT;
	if (size <= l->size)
		l->seen[i].size = size;
	else if (l->state == SK_LEDGER_SIGNS) /* else it was asked, and what it said stands */
		l->state = SK_LEDGER_UNASKED;
	return SK_EREFUSED;
}

int sk_ledger_answer(struct sk_ledger *l, size_t i, struct sk_slice request, int status,
    struct sk_slice body, uint64_t now)
{
	int rc = SK_EREFUSED;

	if (i >= l->params.witnesses)
		return SK_EARG;
	if (status == 200)
		rc = take_cosignature(l, i, request, body);
	else if (status == 409)
		rc = take_size(l, i, body);
	if (rc == 0) {
		l->seen[i].contact = now;
		l->seen[i].missed = false;
		rc = sk_seen_save(l, i);
	}
	return rc;
}
