/* A witness: witness.h. */
#include "ledger/witness.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/hex.h"
#include "ledger/files.h"

#define PROOF_LINES 63

struct request {
	uint64_t old;
	struct sk_proof proof;
	struct sk_slice bytes; /* of the checkpoint */
	struct sk_note note;
	struct sk_checkpoint c;
};

/* --- the state: a file a log, named as the monitoring prefix of the text names it --- */

static void state_path(char path[SK_PATH_BYTES], struct sk_slice origin)
{
	struct sk_hash h = sk_hash_of(origin);

	sk_hex_text(path, h.b, SK_HASH_BYTES);
}

/* The last checkpoint; an empty one when there is none. */
static int load(
    const struct sk_witness *w, struct sk_slice origin, struct sk_buf *b, struct sk_checkpoint *c)
{
	char path[SK_PATH_BYTES];
	struct sk_note note = {.n = 0};

	*c = (struct sk_checkpoint){origin, 0, sk_hash_of(sk_slice("", 0))};
	state_path(path, origin);
	int rc = sk_file_read(w->dir, path, SK_NOTE_BYTES, b);
	if (rc == SK_EIO && errno == ENOENT)
		return 0;
	if (rc == 0)
		rc = sk_note_parse(sk_buf_slice(b), &note);
	return rc ? rc : sk_checkpoint_parse(note.text, c);
}

static const struct sk_note_key *log_of(const struct sk_witness *w, struct sk_slice origin)
{
	for (size_t i = 0; i < w->logs; i++)
		if (sk_slice_is(origin, w->log[i].name))
			return &w->log[i];
	return NULL;
}

/* --- the request --- */

static int parse(struct sk_slice in, struct request *q)
{
	struct sk_slice line;

	if (sk_line_take(&in, &line) || !sk_slice_starts(line, SK_SLICE_LIT("old ")) ||
	    sk_decimal_parse(sk_slice_sub(line, 4, SIZE_MAX), &q->old))
		return SK_EFORMAT;
	for (q->proof.n = 0;; q->proof.n++) {
		if (sk_line_take(&in, &line))
			return SK_EFORMAT;
		if (line.n == 0)
			break;
		if (q->proof.n == PROOF_LINES || sk_hash_parse(line, &q->proof.h[q->proof.n]))
			return SK_EFORMAT;
	}
	q->bytes = in;
	return sk_note_parse(in, &q->note) || sk_checkpoint_parse(q->note.text, &q->c) ? SK_EFORMAT
										       : 0;
}

/* Everything the text wants checked, in its order; 200 when the checkpoint may be cosigned. */
static int check(const struct sk_witness *w, const struct request *q,
    const struct sk_checkpoint *last, struct sk_buf *answer)
{
	struct sk_hash none = sk_hash_of(sk_slice("", 0));

	if (q->old > q->c.size)
		return 400;
	if (q->old != last->size) {
		sk_buf_printf(answer, "%llu\n", (unsigned long long)last->size);
		return 409;
	}
	if (q->c.size == 0 && !sk_hash_eq(&q->c.root, &none))
		return 422;
	return sk_proof_consistent(&q->proof, q->old, &last->root, q->c.size, &q->c.root) ? 200
											  : 422;
}

/* Keep the text, the log's signature and our own; then answer with our own. */
static int cosign(const struct sk_witness *w, const struct request *q,
    const struct sk_note_key *log, uint64_t now, struct sk_buf *answer)
{
	struct sk_buf keep = SK_BUF(SK_NOTE_BYTES), line = SK_BUF(4096);
	struct sk_files f = {.dir = w->dir};
	char path[SK_PATH_BYTES];

	int rc = sk_note_sign(q->note.text, w->signer, now, &line);
	sk_buf_put_slice(&keep, q->note.text);
	sk_buf_putc(&keep, '\n');
	for (size_t i = 0; i < q->note.n; i++)
		if (q->note.sig[i].id == log->id && sk_slice_is(q->note.sig[i].name, log->name))
			sk_buf_put_slice(&keep, q->note.sig[i].line);
	sk_buf_put_slice(&keep, sk_buf_slice(&line));
	state_path(path, q->c.origin);
	if (rc == 0)
		rc = keep.err ? keep.err : sk_files_put(&f, path, sk_buf_slice(&keep));
	if (rc == 0)
		rc = sk_files_sync(&f);
	if (rc == 0)
		rc = sk_buf_put_slice(answer, sk_buf_slice(&line));
	sk_buf_free(&keep);
	sk_buf_free(&line);
	return rc ? 500 : 200;
}

static int decide(const struct sk_witness *w, const struct request *q,
    const struct sk_note_key *log, uint64_t now, struct sk_buf *answer)
{
	struct sk_buf b = SK_BUF(SK_NOTE_BYTES);
	struct sk_checkpoint last;
	int status = 500;

	if (load(w, q->c.origin, &b, &last) == 0)
		status = check(w, q, &last, answer);
	if (status == 200)
		status = cosign(w, q, log, now, answer);
	sk_buf_free(&b);
	return status;
}

/* Compared and kept under one lock: two requests at a time could turn the log back. */
static int decide_alone(const struct sk_witness *w, const struct request *q,
    const struct sk_note_key *log, uint64_t now, struct sk_buf *answer)
{
	sk_autoclose int lock =
	    openat(w->dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);

	if (lock < 0 || flock(lock, LOCK_EX))
		return 500;
	return decide(w, q, log, now, answer);
}

int sk_witness_add(
    const struct sk_witness *w, struct sk_slice request, uint64_t now, struct sk_buf *answer)
{
	struct request *q = calloc(1, sizeof(*q));
	int status = q ? 400 : 500;

	if (q && parse(request, q) == 0) {
		const struct sk_note_key *log = log_of(w, q->c.origin);
		if (log == NULL)
			status = 404;
		else if (sk_note_verify(&q->note, log, NULL) <= 0)
			status = 403;
		else
			status = decide_alone(w, q, log, now, answer);
	}
	free(q);
	return status;
}

int sk_witness_last(const struct sk_witness *w, struct sk_slice origin, struct sk_buf *note)
{
	char path[SK_PATH_BYTES];

	if (log_of(w, origin) == NULL)
		return 404;
	state_path(path, origin);
	int rc = sk_file_read(w->dir, path, SK_NOTE_BYTES, note);
	return rc == 0 ? 200 : rc == SK_EIO && errno == ENOENT ? 404 : 500;
}
