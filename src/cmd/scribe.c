/*
 * sekisho-scribe: a role of a post. It alone has the ledger's folder and key, and the key with which this post cosigns the
 * ledgers of others. It appends what its gate says, once each, and gives receipts; it parses no content and has no socket
 * but its gate's.
 *
 * Things: "ledger" (folder), "key" (file, a signing key of signed-note); optional "witnesses" (file, verifier keys, one a
 * line, of those that cosign this ledger), "witness" (folder), "witness-key" (file) and "logs" (file, verifier keys of the
 * ledgers that this post cosigns), "tolerate" (file, seconds that a witness may be out of reach).
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "ledger/copy.h"
#include "ledger/search.h"
#include "ledger/witness.h"
#include "post/child.h"
#include "post/places.h"
#include "record/record.h"

#define KEY_BYTES 512
#define COPY_LOOK_MS 50
#define FOUND_BYTES ((size_t)4 << 20) /* rows of one search */
/* How much of a note, a request or an answer is read. */
#define NOTE_BYTES (SK_NOTE_BYTES * 2)

struct scribe {
	struct sk_child child;
	int dir, witness_dir;
	struct sk_note_signer key, cosigner;
	struct sk_note_key witness[SK_LEDGER_WITNESSES], log[SK_LEDGER_WITNESSES];
	struct sk_ledger_params params;
	struct sk_witness as_witness;
	struct sk_ledger *ledger;
	/* an archive that is being made in a thread: it reads files that stay as they are */
	struct {
		bool under_way;
		pthread_t thread;
		uint32_t serial;
		int fd, status;
		bool openings; /* what is behind commitments, not the entries */
		uint64_t number;
		atomic_bool over;
	} copy;
	/* what each witness last said of itself; fresh: since the ledger was opened */
	struct {
		struct sk_buf note;
		bool reached, fresh;
	} saw[SK_LEDGER_WITNESSES];
};

static uint64_t now_s(void)
{
	return (uint64_t)time(NULL);
}

static int fail(const char *what)
{
	fprintf(stderr, "sekisho-scribe: %s\n", what);
	return SK_EIO;
}

/* --- beginning --- */

/* What a file that was handed over holds. 1: there is no such thing; 0; SK_E*. */
static int read_thing(struct scribe *s, const char *name, struct sk_buf *out)
{
	sk_autoclose int fd = sk_child_take(&s->child, name);
	uint8_t piece[4096];
	ssize_t n;

	if (fd < 0)
		return 1;
	while ((n = TEMP_FAILURE_RETRY(read(fd, piece, sizeof(piece)))) > 0)
		if (sk_buf_put(out, piece, (size_t)n))
			return out->err;
	return n < 0 ? SK_EIO : 0;
}

static int read_signer(struct scribe *s, const char *name, struct sk_note_signer *signer)
{
	struct sk_buf text = SK_BUF(KEY_BYTES);
	int status = read_thing(s, name, &text);

	if (status == 0)
		status = sk_note_signer_parse(sk_buf_slice(&text), signer);
	if (text.p)
		explicit_bzero(text.p, text.cap);
	sk_buf_free(&text);
	return status;
}

/* Keys, one a line; none where there is no such thing. */
static int read_keys(struct scribe *s, const char *name, struct sk_note_key *keys, size_t *n)
{
	struct sk_buf text = SK_BUF((size_t)SK_LEDGER_WITNESSES * KEY_BYTES);
	int status = read_thing(s, name, &text);
	struct sk_slice all = sk_buf_slice(&text);

	for (size_t at = 0, end; status == 0 && at < all.n; at = end + 1) {
		end = sk_slice_find(all, at, SK_SLICE_LIT("\n"));
		end = end == SIZE_MAX ? all.n : end;
		if (end == at)
			continue;
		status = *n < SK_LEDGER_WITNESSES
			     ? sk_note_key_parse(sk_slice_sub(all, at, end - at), &keys[*n])
			     : SK_ELIMIT;
		*n += status == 0;
	}
	sk_buf_free(&text);
	return status == 1 ? 0 : status;
}

static int read_tolerate(struct scribe *s)
{
	struct sk_buf text = SK_BUF(32);
	int status = read_thing(s, "tolerate", &text);
	char *end = NULL;

	if (status == 0 && sk_buf_putc(&text, 0) == 0) {
		s->params.tolerate = strtoull((const char *)text.p, &end, 10);
		status = end && (*end == '\n' || *end == '\0') ? 0 : SK_EFORMAT;
	}
	sk_buf_free(&text);
	return status == 1 ? 0 : status;
}

static int begin_witness(struct scribe *s)
{
	int status;

	s->witness_dir = sk_child_take(&s->child, "witness");
	if (s->witness_dir < 0)
		return 0;
	status = read_signer(s, "witness-key", &s->cosigner);
	if (status == 0)
		status = read_keys(s, "logs", s->log, &s->as_witness.logs);
	if (status)
		return fail("the key or the logs of the witness cannot be read");
	s->as_witness.dir = s->witness_dir;
	s->as_witness.signer = &s->cosigner;
	s->as_witness.log = s->log;
	return 0;
}

/* An empty folder gets a ledger of this key; what is there is opened. */
static int open_ledger(struct scribe *s)
{
	int status = sk_ledger_create(s->dir, &s->key, now_s());

	if (status && status != SK_EREFUSED)
		return fail("the ledger cannot be made");
	status = sk_ledger_open(s->dir, &s->key, &s->params, &s->ledger);
	if (status)
		return fail(status == SK_EREFUSED
				? "another process writes the ledger, or its key is another"
				: "the ledger cannot be opened");
	return 0;
}

static int begin(void *ctx)
{
	struct scribe *s = ctx;
	int status;

	for (size_t i = 0; i < SK_LEDGER_WITNESSES; i++)
		s->saw[i].note = SK_BUF(NOTE_BYTES);
	s->dir = sk_child_take(&s->child, "ledger");
	if (s->dir < 0 || read_signer(s, "key", &s->key))
		return fail("there is no ledger folder, or no key that can be read");
	status = read_keys(s, "witnesses", s->witness, &s->params.witnesses);
	if (status == 0)
		status = read_tolerate(s);
	if (status)
		return fail("the witnesses cannot be read");
	s->params.witness = s->witness;
	status = begin_witness(s);
	return status ? status : open_ledger(s);
}

/* --- talking to the gate --- */

static int say(struct scribe *s, uint32_t kind, uint32_t serial, struct sk_buf *body)
{
	int status = body->err ? SK_EINTERNAL
			       : sk_child_send(&s->child, SK_PLACE_GATE, kind, serial,
				     sk_buf_slice(body), NULL, 0);

	sk_buf_free(body);
	/* a gate that is gone asks again when it is back */
	return status == SK_EIO ? 0 : status;
}

static int say_done(struct scribe *s, uint32_t serial, int status, uint32_t number)
{
	struct sk_buf body = SK_BUF(SK_RECORD_DONE_BYTES);

	sk_record_put_done(&(struct sk_record_done){status, number}, &body);
	return say(s, SK_RECORD_DONE, serial, &body);
}

static int say_state(struct scribe *s)
{
	struct sk_buf body = SK_BUF(SK_RECORD_STATE_BYTES);
	struct sk_record_state st = {(uint8_t)sk_ledger_state(s->ledger, now_s()),
	    sk_ledger_size(s->ledger), sk_ledger_root(s->ledger)};

	sk_record_put_state(&st, &body);
	return say(s, SK_RECORD_STATE, 0, &body);
}

static int serve_append(void *ctx, struct sk_message *m)
{
	static struct sk_record_entries e;
	static struct sk_record_appended a;
	struct scribe *s = ctx;
	struct sk_buf body = SK_BUF(SK_CHANNEL_BODY);
	int status = sk_record_get_entries(m->body, &e);

	if (status)
		return status;
	a.status = sk_ledger_append(s->ledger, e.v, e.n, now_s(), a.index);
	a.n = a.status ? 0 : e.n;
	sk_record_put_appended(&a, &body);
	status = say(s, SK_RECORD_APPENDED, m->serial, &body);
	return status || a.status ? status : say_state(s);
}

/* An answer that is too long for a message goes into the file that came along. */
static int into_file(int fd, struct sk_buf *bytes, int status)
{
	if (status == 0)
		status = bytes->err ? bytes->err : sk_write_all(fd, bytes->p, bytes->len);
	sk_buf_free(bytes);
	return status;
}

static int serve_receipt(void *ctx, struct sk_message *m)
{
	struct scribe *s = ctx;
	struct sk_record_ask ask;
	struct sk_buf receipt = SK_BUF((size_t)1 << 20);
	int status = sk_record_get_ask(m->body, &ask);

	if (status)
		return status;
	status = sk_ledger_receipt(s->ledger, ask.index, ask.openings, &receipt);
	return say_done(s, m->serial, into_file(m->fds[0], &receipt, status), 0);
}

static int serve_prove(void *ctx, struct sk_message *m)
{
	struct scribe *s = ctx;
	struct sk_record_ask ask;
	struct sk_buf receipt = SK_BUF((size_t)1 << 20);
	uint64_t index;

	if (sk_record_get_ask(m->body, &ask))
		return SK_EFORMAT;
	int status = sk_ledger_find(s->ledger, ask.index, &index);
	if (status == 0)
		status = sk_ledger_receipt(s->ledger, index, ask.openings, &receipt);
	return say_done(s, m->serial, into_file(m->fds[0], &receipt, status), 0);
}

static int serve_erase(void *ctx, struct sk_message *m)
{
	struct scribe *s = ctx;
	struct sk_record_ask ask;
	int status = sk_record_get_ask(m->body, &ask);

	if (status)
		return status;
	return say_done(
	    s, m->serial, sk_ledger_erase(s->ledger, ask.index, (enum sk_entry_field)ask.field), 0);
}

/* --- searches --- */

struct finding {
	struct scribe *s;
	const struct sk_record_find *f;
	struct sk_record_row *row; /* that is being filled */
	struct sk_buf out, values;
	int fd;
	uint32_t n;
};

/* Values live behind each other, so that they are still there when the row is written. */
static void take_value(
    void *user, enum sk_entry_field f, struct sk_slice salt, struct sk_slice value)
{
	struct finding *w = user;

	if (sk_buf_put_slice(&w->values, value) == 0)
		w->row->opened[f] = sk_slice(w->values.p + w->values.len - value.n, value.n);
}

static int put_row(struct finding *w, uint64_t index, struct sk_slice text, const struct sk_leaf *e)
{
	struct sk_record_row row = {.index = index, .text = text};

	w->row = &row;
	sk_buf_reset(&w->values);
	if (w->f->openings)
		sk_ledger_opened(w->s->ledger, index, e, take_value, w);
	size_t before = w->out.len;
	int rc = w->values.err ? w->values.err : sk_record_put_row(&row, &w->out);
	if (rc == SK_ELIMIT) { /* it is full: half a row is none */
		w->out.err = 0;
		w->out.len = before;
	}
	return rc;
}

static int put_receipt(struct finding *w, uint64_t index)
{
	struct sk_buf receipt = SK_BUF((size_t)1 << 20);
	char name[48];
	int rc = sk_ledger_receipt(w->s->ledger, index, w->f->openings, &receipt);

	snprintf(name, sizeof(name), "%010llu.receipt", (unsigned long long)index);
	if (rc == 0)
		rc = sk_ledger_archive_put(w->fd, name, sk_buf_slice(&receipt));
	if (receipt.p)
		explicit_bzero(receipt.p, receipt.cap);
	sk_buf_free(&receipt);
	return rc;
}

static int found(void *user, uint64_t index, struct sk_slice text, const struct sk_leaf *e)
{
	struct finding *w = user;
	int rc = w->f->form == SK_RECORD_ROWS ? put_row(w, index, text, e) : put_receipt(w, index);

	w->n += rc == 0;
	return rc;
}

static struct sk_slice asked(struct sk_slice text)
{
	return text.n ? text : (struct sk_slice){0};
}

static int find(
    struct scribe *s, const struct sk_record_find *f, int fd, struct sk_record_found *out)
{
	const struct sk_ledger_wanted wanted = {.first = f->first,
	    .before = f->before,
	    .since = f->since,
	    .until = f->until,
	    .kind = asked(f->kind),
	    .transfer = asked(f->transfer),
	    .member = asked(f->member),
	    .look = f->look,
	    .most = f->most};
	struct finding w = {.s = s, .f = f, .fd = fd, .out = SK_BUF(FOUND_BYTES)};
	int rc;

	/* never moved while a row points into it */
	w.values = SK_BUF(SK_ENTRY_FIELDS * SK_ENTRY_PERSONAL);
	rc = sk_buf_reserve(&w.values, w.values.max);
	if (rc == 0)
		rc = sk_ledger_search(s->ledger, &wanted, found, &w, &out->next);
	if (rc == SK_ELIMIT && w.n)
		rc = 0; /* the file is full: what is in it is given, and one goes on from there */
	if (rc == 0 && w.out.len)
		rc = sk_write_all(fd, w.out.p, w.out.len);
	explicit_bzero(w.values.p, w.values.p ? w.values.cap : 0);
	sk_buf_free(&w.values);
	sk_buf_free(&w.out);
	out->n = rc ? 0 : w.n;
	return rc;
}

static int serve_find(void *ctx, struct sk_message *m)
{
	struct scribe *s = ctx;
	struct sk_record_found out = {0};
	struct sk_record_find f;
	struct sk_buf body = SK_BUF(SK_RECORD_FOUND_BYTES);

	if (sk_record_get_find(m->body, &f))
		return SK_EFORMAT;
	out.status = find(s, &f, m->fds[0], &out);
	sk_record_put_found(&out, &body);
	return say(s, SK_RECORD_FOUND, m->serial, &body);
}

/* --- witnesses --- */

static int read_file(int fd, struct sk_buf *out)
{
	struct sk_slice bytes;
	int status = sk_map(fd, &bytes);

	if (status == 0) {
		sk_buf_reset(out);
		status = sk_buf_put_slice(out, bytes);
		sk_unmap(&bytes);
	}
	return status;
}

static int get_witness(const struct scribe *s, struct sk_slice body, struct sk_record_ask *ask)
{
	int status = sk_record_get_ask(body, ask);

	return status == 0 && ask->witness >= s->params.witnesses ? SK_EFORMAT : status;
}

/* One that is in no entry (of this ledger: an older one ended before it) has nothing left to erase here. */
static int serve_forget(void *ctx, struct sk_message *m)
{
	struct scribe *s = ctx;
	struct sk_record_ask ask;
	uint64_t index;

	if (sk_record_get_ask(m->body, &ask))
		return SK_EFORMAT;
	int status = sk_ledger_find(s->ledger, ask.index, &index);
	if (status == 0)
		status = sk_ledger_erase(s->ledger, index, SK_ENTRY_FIELDS);
	return say_done(s, m->serial, status == SK_EARG ? 0 : status, 0);
}

static int serve_request(void *ctx, struct sk_message *m)
{
	struct scribe *s = ctx;
	struct sk_record_ask ask;
	struct sk_buf request = SK_BUF(NOTE_BYTES);
	int status = get_witness(s, m->body, &ask);

	if (status)
		return status;
	status = sk_ledger_request(s->ledger, ask.witness, &request);
	return say_done(s, m->serial, into_file(m->fds[0], &request, status), 0);
}

static int serve_answer(void *ctx, struct sk_message *m)
{
	struct scribe *s = ctx;
	struct sk_record_ask ask;
	struct sk_buf request = SK_BUF(NOTE_BYTES), answer = SK_BUF(NOTE_BYTES);
	int status = get_witness(s, m->body, &ask);

	if (status)
		return status;
	status = read_file(m->fds[0], &request);
	if (status == 0)
		status = read_file(m->fds[1], &answer);
	if (status == 0)
		status = sk_ledger_answer(s->ledger, ask.witness, sk_buf_slice(&request), ask.http,
		    sk_buf_slice(&answer), now_s());
	sk_buf_free(&request);
	sk_buf_free(&answer);
	status = say_done(s, m->serial, status, 0);
	return status ? status : say_state(s);
}

static int ask_witness(void *user, size_t i, struct sk_buf *note)
{
	struct scribe *s = user;

	if (!s->saw[i].fresh || !s->saw[i].reached)
		return SK_EIO;
	return sk_buf_put_slice(note, sk_buf_slice(&s->saw[i].note));
}

/* What a witness knows of us; when all were asked, the ledger is told. */
static int serve_saw(void *ctx, struct sk_message *m)
{
	struct scribe *s = ctx;
	struct sk_record_ask ask;
	int status = get_witness(s, m->body, &ask);

	if (status)
		return status;
	s->saw[ask.witness].fresh = true;
	s->saw[ask.witness].reached =
	    ask.openings && read_file(m->fds[0], &s->saw[ask.witness].note) == 0;
	for (size_t i = 0; i < s->params.witnesses; i++)
		if (!s->saw[i].fresh)
			return say_done(s, m->serial, 0, 0);
	status = say_done(s, m->serial, sk_ledger_confirm(s->ledger, ask_witness, s, now_s()), 0);
	for (size_t i = 0; i < s->params.witnesses; i++)
		s->saw[i].fresh = false;
	return status ? status : say_state(s);
}

static int serve_cosign(void *ctx, struct sk_message *m)
{
	struct scribe *s = ctx;
	struct sk_buf request = SK_BUF(NOTE_BYTES), answer = SK_BUF(NOTE_BYTES);
	int http = 0,
	    status = s->as_witness.signer ? read_file(m->fds[0], &request) : SK_EUNSUPPORTED;

	if (status == 0)
		http = sk_witness_add(&s->as_witness, sk_buf_slice(&request), now_s(), &answer);
	sk_buf_free(&request);
	return say_done(s, m->serial, into_file(m->fds[1], &answer, status), (uint32_t)http);
}

static int serve_last(void *ctx, struct sk_message *m)
{
	struct scribe *s = ctx;
	struct sk_record_ask ask;
	struct sk_buf note = SK_BUF(NOTE_BYTES);
	int http = 500, status = sk_record_get_ask(m->body, &ask);

	if (status || ask.witness >= s->as_witness.logs)
		return SK_EFORMAT;
	if (s->as_witness.signer)
		http = sk_witness_last(
		    &s->as_witness, sk_slice_str(s->as_witness.log[ask.witness].name), &note);
	return say_done(s, m->serial, into_file(m->fds[0], &note, 0), (uint32_t)http);
}

/* --- copies --- */

static void *copy(void *arg)
{
	struct scribe *s = arg;

	s->copy.status = (s->copy.openings ? sk_ledger_copy_openings : sk_ledger_copy)(
	    s->dir, s->copy.fd, &s->copy.number);
	atomic_store(&s->copy.over, true);
	return NULL;
}

static int serve_copy(void *ctx, struct sk_message *m)
{
	struct scribe *s = ctx;
	struct sk_record_ask ask;

	if (sk_record_get_ask(m->body, &ask))
		return SK_EFORMAT;
	if (s->copy.under_way)
		return say_done(s, m->serial, SK_EBUSY, 0);
	s->copy.fd = m->fds[0];
	m->fds[0] = -1;
	s->copy.serial = m->serial;
	s->copy.openings = ask.openings;
	s->copy.number = 0;
	atomic_store(&s->copy.over, false);
	s->copy.under_way = pthread_create(&s->copy.thread, NULL, copy, s) == 0;
	if (s->copy.under_way)
		return 0;
	sk_close(&s->copy.fd);
	return say_done(s, m->serial, SK_ENOMEM, 0);
}

static void end_copy(struct scribe *s)
{
	pthread_join(s->copy.thread, NULL);
	sk_close(&s->copy.fd);
	s->copy.under_way = false;
}

static int until(void *ctx)
{
	const struct scribe *s = ctx;

	return s->copy.under_way ? COPY_LOOK_MS : -1;
}

static void tick(void *ctx)
{
	struct scribe *s = ctx;

	if (!s->copy.under_way || !atomic_load(&s->copy.over))
		return;
	end_copy(s);
	uint64_t n = s->copy.number;
	say_done(s, s->copy.serial, s->copy.status, n < UINT32_MAX ? (uint32_t)n : UINT32_MAX);
}

static void met(void *ctx, size_t place)
{
	if (place == SK_PLACE_GATE)
		say_state(ctx);
}

#define ASK SK_RECORD_ASK_BYTES, SK_RECORD_ASK_BYTES

static const struct sk_permit permits[] = {
    {SK_RECORD_APPEND, 1, 2, SK_CHANNEL_BODY, 0, serve_append},
    {SK_RECORD_RECEIPT, 1, ASK, 1, serve_receipt},
    {SK_RECORD_PROVE, 1, ASK, 1, serve_prove},
    {SK_RECORD_ERASE, 1, ASK, 0, serve_erase},
    {SK_RECORD_FORGET, 1, ASK, 0, serve_forget},
    {SK_RECORD_REQUEST, 1, ASK, 1, serve_request},
    {SK_RECORD_ANSWER, 1, ASK, 2, serve_answer},
    {SK_RECORD_SAW, 1, ASK, 1, serve_saw},
    {SK_RECORD_COSIGN, 1, 0, 0, 2, serve_cosign},
    {SK_RECORD_LAST, 1, ASK, 1, serve_last},
    {SK_RECORD_COPY, 1, ASK, 1, serve_copy},
    {SK_RECORD_FIND, 1, SK_RECORD_FIND_LEAST, SK_RECORD_FIND_BYTES, 1, serve_find},
};

static void wipe(struct scribe *s)
{
	if (s->copy.under_way)
		end_copy(s);
	sk_ledger_free(s->ledger);
	sk_note_signer_wipe(&s->key);
	sk_note_signer_wipe(&s->cosigner);
	for (size_t i = 0; i < SK_LEDGER_WITNESSES; i++)
		sk_buf_free(&s->saw[i].note);
	sk_close(&s->dir);
	sk_close(&s->witness_dir);
}

int main(void)
{
	static const struct sk_child_ops ops = {
	    .peers = {[SK_PLACE_GATE] = {permits, sizeof(permits) / sizeof(*permits)}},
	    .begin = begin,
	    .met = met,
	    .until = until,
	    .tick = tick,
	};
	static struct scribe s = {.dir = -1, .witness_dir = -1, .copy = {.fd = -1}};
	int status = sk_child_run(&s.child, &ops, &s);

	wipe(&s);
	return status;
}
