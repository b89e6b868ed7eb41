/*
 * Bytes that people bring and get (doc/front.md, Bytes): sekisho-control seals what is brought into the file that the gate
 * handed out for it, and passes on what it is handed, some of each at a time, so that nobody waits for a large file of somebody else.
 * control.h.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/hex.h"
#include "base/limits.h"
#include "cmd/control.h"

#define PIECE ((size_t)256 << 10) /* of one file, before others have their turn */
#define BRINGS_OF_USER 8
#define ARENA ((size_t)1 << 20)

void control_free(struct asked *a)
{
	if (a->ask.p)
		explicit_bzero(a->ask.p, a->ask.cap); /* a password, sealed */
	sk_buf_free(&a->ask);
	sk_buf_free(&a->answer);
	sk_sealing_free(a->sealing);
	sk_unsealing_free(a->unsealing);
	sk_close(&a->file);
	sk_close(&a->blob);
	sk_bytes_wipe(&a->bytes);
	*a = (struct asked){.file = -1, .blob = -1};
}

/* --- questions of our own --- */

/* A member of an answer, of at most size - 1 bytes; "". */
static void member(struct sk_slice answer, const char *name, char *to, size_t size)
{
	json_t *o = json_loadb((const char *)answer.p, answer.n, JSON_REJECT_DUPLICATES, NULL);
	const char *text = json_string_value(json_object_get(o, name));

	snprintf(to, size, "%s", text && strlen(text) < size ? text : "");
	json_decref(o);
}

static bool is_ok(struct sk_slice answer)
{
	char status[16];

	member(answer, "status", status, sizeof(status));
	return strcmp(status, "ok") == 0;
}

static bool ask(struct control *c, struct asked *a, const struct sk_front_ask *what)
{
	struct sk_buf b = SK_BUF(SK_FRONT_ASK_BYTES);
	struct sk_front_fault fault;
	bool asked = sk_front_write(what, &b, &fault) == 0 && control_ask(c, a, sk_buf_slice(&b));

	if (b.p)
		explicit_bzero(b.p, b.cap);
	sk_buf_free(&b);
	return asked;
}

/* Its client is told; the upload is nothing any more, which the gate hears. */
static void end_upload(struct control *c, struct asked *a)
{
	struct sk_front_ask what;

	sk_front_init(&what, SK_FRONT_UPLOAD_DROP);
	what.upload = a->upload;
	a->step = STEP_LAST;
	if (a->upload[0] == '\0' || !ask(c, a, &what))
		control_free(a);
}

/* --- brought --- */

static bool begin_upload(struct control *c, struct asked *a)
{
	struct sk_front_ask what;
	struct stat st;

	sk_front_init(&what, SK_FRONT_UPLOAD_BEGIN);
	if (fstat(a->file, &st) || (uint64_t)st.st_size > SK_LIMIT_INPUT) {
		control_refuse(c, a, SK_FRONT_WHY_FILE);
		return false;
	}
	what.size = st.st_size;
	a->step = STEP_BEGUN;
	return ask(c, a, &what);
}

/* Those that wait, as far as their user has fewer under way. */
static void begin_some(struct control *c)
{
	for (size_t i = 0; i < CONTROL_ASKS; i++) {
		struct asked *a = &c->asked[i];
		size_t n = 0;
		if (a->step != STEP_WAITS)
			continue;
		for (size_t j = 0; j < CONTROL_ASKS; j++)
			n += c->asked[j].user == a->user &&
			     (c->asked[j].step == STEP_BEGUN || c->asked[j].step == STEP_BRINGS);
		if (n < BRINGS_OF_USER && !begin_upload(c, a) && a->step != STEP_FREE)
			control_refuse(c, a, SK_FRONT_WHY_NO_GATE);
	}
}

/* What was asked, now about the upload; nothing that its asker said of uploads counts. */
static bool send_on(struct control *c, struct asked *a)
{
	struct sk_arena *arena = sk_arena_new(ARENA);
	struct sk_front_fault fault;
	struct sk_front_ask what;
	uint8_t sum[32];
	char hash[65];
	uint64_t size;
	bool done = arena && sk_front_read(sk_buf_slice(&a->ask), arena, &what, &fault) == 0 &&
		    sk_sealing_end(a->sealing, sum, &size) == 0;

	if (done) {
		sk_hex_text(hash, sum, sizeof(sum));
		what.upload = a->upload;
		what.hash = hash;
		what.size = (int64_t)size;
		a->step = STEP_SENT;
		done = ask(c, a, &what);
	}
	sk_arena_free(arena);
	sk_sealing_free(a->sealing);
	a->sealing = NULL;
	sk_close(&a->blob);
	return done;
}

static void fail_bringing(struct control *c, struct asked *a, int status)
{
	control_tell_why(c, a, status == SK_ENOSPACE ? SK_FRONT_WHY_SPACE : SK_FRONT_WHY_FAULT);
	end_upload(c, a);
}

static void bring(struct control *c, struct asked *a)
{
	static uint8_t piece[PIECE];
	ssize_t n = TEMP_FAILURE_RETRY(pread(a->file, piece, sizeof(piece), (off_t)a->at));
	int status = n < 0 ? SK_EIO : sk_sealing_put(a->sealing, piece, (size_t)n);

	if (status) {
		fail_bringing(c, a, status);
		return;
	}
	a->at += (uint64_t)n;
	if (n == 0 && !send_on(c, a))
		fail_bringing(c, a, SK_EIO);
}

/* --- handed out --- */

static bool tell_left(struct control *c, struct asked *a, enum step step, bool whole)
{
	struct sk_arena *arena = sk_arena_new(ARENA);
	struct sk_front_fault fault;
	struct sk_front_ask got, what;
	bool done = arena && sk_front_read(sk_buf_slice(&a->ask), arena, &got, &fault) == 0;

	if (done) {
		sk_front_init(
		    &what, got.what == SK_FRONT_GET ? SK_FRONT_GET_DONE : SK_FRONT_ORIGINAL_DONE);
		what.id = got.id;
		what.whole = whole;
		a->step = step;
		done = ask(c, a, &what);
	}
	sk_arena_free(arena);
	return done;
}

static void fail_passing(struct control *c, struct asked *a, enum sk_front_why why)
{
	bool ignored = ftruncate(a->file, 0) == 0;

	(void)ignored;
	control_tell_why(c, a, why);
	if (!tell_left(c, a, STEP_LAST, false))
		control_free(a);
}

static bool write_at(int fd, const uint8_t *p, size_t n, uint64_t at)
{
	for (size_t done = 0; done < n;) {
		ssize_t k = TEMP_FAILURE_RETRY(pwrite(fd, p + done, n - done, (off_t)(at + done)));
		if (k <= 0)
			return false;
		done += (size_t)k;
	}
	return true;
}

static void pass(struct control *c, struct asked *a)
{
	static uint8_t piece[PIECE];
	size_t n = 0;
	int status = sk_unsealing_get(a->unsealing, piece, sizeof(piece), &n);

	if (status)
		fail_passing(c, a, SK_FRONT_WHY_FAULT);
	else if (n && !write_at(a->file, piece, n, a->at))
		fail_passing(c, a, SK_FRONT_WHY_FILE);
	else if (n == 0 && !tell_left(c, a, STEP_LEFT, true))
		control_settle(c, a, sk_buf_slice(&a->answer)); /* he has it; it does not count */
	else
		a->at += n;
	explicit_bzero(piece, n);
}

/* --- the way of one --- */

void control_begin(
    struct control *c, struct asked *a, enum sk_front_file kind, struct sk_slice json, int file)
{
	a->file = file;
	a->ask = SK_BUF(SK_FRONT_ASK_BYTES);
	a->answer = SK_BUF(SK_CHANNEL_BODY);
	a->step = kind == SK_FRONT_READ ? STEP_WAITS : STEP_GETS;
	if (sk_buf_put_slice(&a->ask, json))
		control_refuse(c, a, SK_FRONT_WHY_FAULT);
	else if (kind == SK_FRONT_READ)
		begin_some(c);
	else if (!control_ask(c, a, json))
		control_refuse(c, a, SK_FRONT_WHY_NO_GATE);
}

bool control_answered(struct control *c, struct asked *a, struct sk_slice answer)
{
	bool ok = is_ok(answer);

	/* bytes come along with what is ok */
	if (ok && (a->step == STEP_BEGUN || a->step == STEP_GETS))
		return false;
	/* he has them, whether it counts any more or not */
	control_tell(c, a, a->step == STEP_LEFT && !ok ? sk_buf_slice(&a->answer) : answer);
	if (a->step == STEP_SENT && !ok)
		end_upload(c, a);
	else
		control_free(a);
	begin_some(c);
	return true;
}

bool control_handed(struct control *c, struct asked *a, struct sk_slice body, int *fd)
{
	struct sk_slice answer;
	int status;

	if ((a->step != STEP_BEGUN && a->step != STEP_GETS) ||
	    sk_front_get_handed(body, &a->bytes, &answer))
		return false;
	a->blob = *fd;
	*fd = -1;
	a->serial = 0;
	if (a->step == STEP_BEGUN) {
		a->step = STEP_BRINGS;
		member(answer, "upload", a->upload, sizeof(a->upload));
		status = sk_sealing_new(a->blob, &a->bytes, &a->sealing);
		if (status)
			fail_bringing(c, a, status);
	} else {
		a->step = STEP_PASSES;
		status = sk_buf_put_slice(&a->answer, answer);
		if (status == 0)
			status = sk_unsealing_new(a->blob, &a->bytes, &a->unsealing);
		if (status)
			fail_passing(c, a, SK_FRONT_WHY_FAULT);
	}
	return true;
}

/* What an older gate handed out can still be read; what was brought to it is brought once more. */
void control_lost(struct control *c, struct asked *a, struct sk_slice answer)
{
	bool anew = a->step == STEP_BEGUN || a->step == STEP_BRINGS;

	a->serial = 0;
	if (anew) {
		sk_sealing_free(a->sealing);
		a->sealing = NULL;
		sk_close(&a->blob);
		a->at = 0;
		a->upload[0] = '\0';
		a->step = STEP_WAITS;
	} else if (a->step == STEP_LEFT && tell_left(c, a, STEP_LEFT, true)) {
		return;
	} else if (a->step != STEP_PASSES && a->step != STEP_WAITS) {
		control_settle(c, a, answer);
	}
}

static bool is_moving(const struct asked *a)
{
	return a->step == STEP_BRINGS || a->step == STEP_PASSES;
}

bool control_moves(const struct control *c)
{
	for (size_t i = 0; i < CONTROL_ASKS; i++)
		if (is_moving(&c->asked[i]))
			return true;
	return false;
}

/* Whoever is gone gets nothing more, and what he did not bring whole is nothing. */
static void move_one(struct control *c, struct asked *a)
{
	bool gone = control_client(c, a->number) == NULL;

	if (a->step == STEP_BRINGS && gone)
		fail_bringing(c, a, SK_EIO);
	else if (a->step == STEP_BRINGS)
		bring(c, a);
	else if (gone)
		fail_passing(c, a, SK_FRONT_WHY_FAULT);
	else
		pass(c, a);
}

void control_move(struct control *c)
{
	for (size_t i = 0; i < CONTROL_ASKS; i++)
		if (is_moving(&c->asked[i]))
			move_one(c, &c->asked[i]);
	begin_some(c);
}
