/*
 * sekisho-worker: a role of a post. Takes one job at a time from its gate, has it cleaned or checked in the jails of
 * libsekisho, and says what became of it. It has no store, no socket but its gate's, and looks into no file.
 *
 * Things: "box" (file, the secret key for sealed passwords, jobs/seal.h), optional: without it no sealed password opens.
 */
#include "cmd/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <nettle/sha2.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/hex.h"
#include "base/utf8.h"
#include "post/child.h"
#include "post/places.h"
#include "jobs/seal.h"

/* Whoever waits for a long one is told how far it has come: what takes this long, or is this large. */
#define TELL_MS 500
#define TELL_BYTES ((uint64_t)1 << 20)
#define SYNCED ((uint64_t)1 << 20) /* of an output: what is larger */

struct worker {
	struct sk_child child;
	struct sk_engine *engine;
	struct sk_seal_pair box;
	bool has_box;
	struct task *task; /* that is under way; NULL: none */
};

/* A job with what came along. */
struct task {
	struct worker *worker;
	struct sk_work_job job;
	struct sk_work_done done;
	int input, output, report, words;
	struct sk_unsealing *reading; /* of the input, by one method */
	int read;                     /* how that ended */
	const char *passwords[SK_LIMIT_PASSWORDS + 1];
	uint32_t serial;
	uint64_t got; /* of the input */
	int64_t told_at;
	struct sk_work_progress told;
};

static int say_idle(struct worker *w)
{
	return sk_child_send(&w->child, SK_PLACE_GATE, SK_WORK_IDLE, 0, sk_slice("", 0), NULL, 0);
}

/* --- how far it has come --- */

/* What each part is of all, and where it begins, hundredths. What is not looked for is skipped. */
static const struct {
	unsigned from, share;
} parts[SK_WORK_PARTS] = {{0, 10}, {10, 60}, {70, 15}, {85, 15}};

/* It never goes back, also when another method begins anew. */
static void tell(struct task *t, enum sk_work_part part, unsigned thousandths)
{
	unsigned percent = parts[part].from + parts[part].share * thousandths / 1000;
	struct sk_work_progress p = {.part = (uint8_t)part, .percent = (uint8_t)percent};
	struct sk_buf body = SK_BUF(SK_WORK_PROGRESS_BYTES);
	int64_t now = sk_now_ms();
	bool begins = p.part != t->told.part && t->job.input.size >= TELL_BYTES;

	if (p.percent < t->told.percent || (!begins && now < t->told_at + TELL_MS))
		return;
	t->told = p;
	t->told_at = now;
	/* a gate that is gone, or does not listen, misses nothing that counts */
	if (sk_work_put_progress(&p, &body) == 0)
		(void)sk_child_send(&t->worker->child, SK_PLACE_GATE, SK_WORK_PROGRESS, t->serial,
		    sk_buf_slice(&body), NULL, 0);
	sk_buf_free(&body);
}

static void engine_told(void *ctx, enum sk_part part, unsigned thousandths)
{
	static const enum sk_work_part of[] = {[SK_PART_CLEAN] = SK_WORK_CLEANS,
	    [SK_PART_CHECK] = SK_WORK_CHECKS,
	    [SK_PART_LEAKS] = SK_WORK_LOOKS};
	struct worker *w = ctx;

	if (w->task)
		tell(w->task, of[part], thousandths);
}

/* --- what became of it --- */

static void put_hash(uint8_t to[SK_WORK_HASH], const char *hex)
{
	(void)sk_hex_parse(sk_slice_str(hex), to, SK_WORK_HASH); /* none where nothing came of it */
}

static void copy(char *to, size_t size, const char *from)
{
	sk_utf8_display(to, size, sk_slice_str(from ? from : ""));
}

/* Of enum sk_work_done.cleaned; -1: none of them. */
static int place_of(enum sk_method_name method)
{
	return method == SK_REBUILD ? 0 : method == SK_FLATTEN ? 1 : method == SK_TEXT ? 2 : -1;
}

/* A failure of the machine says nothing about the file: the method counts as not tried. */
static void fill_tried(
    struct sk_work_done *d, const struct sk_result *r, enum sk_method_name method)
{
	int at = place_of(method);

	if (at >= 0)
		d->cleaned[at] = r->verdict == SK_CLEAN     ? SK_WORK_YES
				 : r->verdict == SK_REFUSED ? SK_WORK_NO
							    : SK_WORK_NOT_TRIED;
}

static int by_code(const void *a, const void *b)
{
	const struct sk_taken *const *x = a, *const *y = b;

	return strcmp((*x)->code, (*y)->code);
}

static void fill_removed(struct sk_work_done *d, const struct sk_result *r)
{
	const struct sk_taken *sorted[SK_LIMIT_REPORT_ENTRIES];
	size_t n = r->ntaken < SK_LIMIT_REPORT_ENTRIES ? r->ntaken : SK_LIMIT_REPORT_ENTRIES,
	       used = 0;

	d->removals = 0;
	d->removed[0] = '\0';
	for (size_t i = 0; i < n; i++)
		sorted[i] = &r->taken[i];
	qsort(sorted, n, sizeof(*sorted), by_code);
	for (size_t i = 0; i < n && used < sizeof(d->removed); i++) {
		d->removals += sorted[i]->count;
		used += (size_t)snprintf(d->removed + used, sizeof(d->removed) - used, "%s%s=%u",
		    i ? "," : "", sorted[i]->code, sorted[i]->count);
	}
}

static void fill_inside(struct sk_work_done *d, const struct sk_result *r)
{
	d->pages = r->pages;
	d->members = r->members;
	d->depth = r->depth;
	d->encrypted = r->encrypted != 0;
	d->opened = r->opened != 0;
	d->ncontains = 0;
	for (size_t i = 0; i < r->nheld && d->ncontains < SK_FT_COUNT - 1; i++)
		d->contains[d->ncontains++] = sk_filetype_by_name(r->held[i]);
	snprintf(d->cleaner, sizeof(d->cleaner), "sekisho-%s", sk_version());
}

static void fill(struct task *t, const struct sk_result *r, enum sk_method_name method)
{
	struct sk_work_done *d = &t->done;

	d->verdict = (uint8_t)r->verdict;
	d->method = r->verdict == SK_CLEAN ? (uint8_t)method : 0;
	copy(d->type, sizeof(d->type), r->type);
	copy(d->out_type, sizeof(d->out_type), r->output_type);
	copy(d->extension, sizeof(d->extension), r->extension);
	copy(d->reason, sizeof(d->reason), r->reason);
	copy(d->detail, sizeof(d->detail), r->verdict == SK_CLEAN ? "" : r->detail);
	put_hash(d->hash_in, r->sha256_in);
	put_hash(d->hash_out, r->sha256_out);
	d->size_in = r->size_in;
	d->size_out = r->size_out;
	fill_tried(d, r, method);
	fill_removed(d, r);
	fill_inside(d, r);
	d->millis += r->millis;
}

/* The line of sekisho-report(5), in place of one of an earlier method. */
static int write_report(const struct task *t, const struct sk_result *r, const char *method)
{
	struct row row = {.input = t->job.name,
	    .result = r,
	    .method = method,
	    .verdict = r->verdict,
	    .reason = r->reason,
	    .sentence = r->sentence};
	sk_autoclose int fd = dup(t->report);
	FILE *f = fd < 0 || ftruncate(fd, 0) || lseek(fd, 0, SEEK_SET) < 0 ? NULL : fdopen(fd, "w");
	int rc;

	if (f == NULL)
		return SK_EIO;
	fd = -1;
	snprintf(row.detail, sizeof(row.detail), "%s", r->detail);
	rc = cli_show_json(f, &row);
	return fclose(f) || rc ? SK_EIO : 0;
}

/* Nothing could be said about it: never clean. */
static void fail(struct task *t, const char *why)
{
	t->done.verdict = SK_ERROR;
	t->done.method = 0;
	snprintf(t->done.reason, sizeof(t->done.reason), "system");
	snprintf(t->done.detail, sizeof(t->done.detail), "%s", why);
}

/* Whoever brought it said something else of it, or it is damaged: another try would find the same. */
static void fail_bytes(struct task *t)
{
	fail(t, "what lies there is not what was brought");
	snprintf(t->done.reason, sizeof(t->done.reason), "other-bytes");
}

/* --- reading the input, opened on the way --- */

static long read_some(void *ctx, void *p, unsigned long n)
{
	struct task *t = ctx;
	size_t got = 0;

	t->read = sk_unsealing_get(t->reading, p, n, &got);
	errno = t->read == SK_EFORMAT ? EBADMSG : EIO;
	t->got += got;
	if (t->job.input.size && t->got < t->job.input.size)
		tell(t, SK_WORK_READ, (unsigned)(t->got * 1000 / t->job.input.size));
	return t->read ? -1 : (long)got;
}

static int read_anew(struct task *t)
{
	sk_unsealing_free(t->reading);
	t->reading = NULL;
	t->got = 0;
	t->read = sk_unsealing_new(t->input, &t->job.input, &t->reading);
	if (t->read == SK_EFORMAT)
		fail_bytes(t);
	else if (t->read)
		fail(t, "reading the input");
	return t->read;
}

/* --- cleaning --- */

/* One method. True when the next one is to be tried. */
static bool try_method(struct task *t, enum sk_method_name method)
{
	struct sk_request req = {.input = -1,
	    .read = read_some,
	    .read_from = t,
	    .output = t->output,
	    .name = t->job.name,
	    .passwords = t->passwords,
	    .method = method,
	    .max_input = t->job.max_input,
	    .max_millis = t->job.max_millis};
	struct sk_result *r = NULL;
	bool again;

	if (read_anew(t))
		return false;
	if (ftruncate(t->output, 0) || lseek(t->output, 0, SEEK_SET) < 0 ||
	    sk_engine_clean(t->worker->engine, &req, &r)) {
		fail(t, "memory or descriptors of a job");
		return false;
	}
	fill(t, r, method);
	if (write_report(t, r, cli_method_name(method)))
		fail(t, "writing the report");
	if (t->read == SK_EFORMAT)
		fail_bytes(t);
	/* another method opens no password, and mends no failure of the machine */
	again = t->done.verdict == SK_REFUSED && strcmp(t->done.reason, "encrypted") != 0 &&
		strcmp(t->done.reason, "wrong-password") != 0;
	sk_result_free(r);
	return again;
}

/* For who looks after the post; the gate sees what stayed unread. */
static void tell_no_reader(void)
{
	static bool told;

	if (!told)
		fprintf(stderr, "sekisho-worker: there is no Tesseract: pictures stay unread\n");
	told = true;
}

static uint8_t kind_of(const char *kind)
{
	return strcmp(kind, "mynumber") == 0 ? SK_WORK_MYNUMBER
	       : strcmp(kind, "word") == 0   ? SK_WORK_WORD
					     : SK_WORK_CORPORATE;
}

static uint8_t trust_of(const char *trust)
{
	return strcmp(trust, "sure") == 0 ? 2 : strcmp(trust, "likely") == 0;
}

/* What stands behind the last place that is told is counted, all the same. */
static void take_places(struct sk_work_done *d, const struct sk_leaks_result *r)
{
	for (size_t i = 0; i < r->n && d->nplaces < SK_WORK_PLACES; i++) {
		const struct sk_leak_place *from = &r->leaks[i];
		struct sk_work_place *to = &d->places[d->nplaces++];
		*to = (struct sk_work_place){kind_of(from->kind), trust_of(from->trust), from->line,
		    from->column, from->cell, from->word, ""};
		sk_utf8_display(to->where, sizeof(to->where), sk_slice_str(from->where));
	}
}

static void take_leaks(struct sk_work_done *d, const struct sk_leaks_result *r)
{
	d->looked = r->verdict == SK_CLEAN;
	memcpy(d->mynumbers, r->mynumbers, sizeof(d->mynumbers));
	memcpy(d->corporate_numbers, r->corporate_numbers, sizeof(d->corporate_numbers));
	memcpy(d->words, r->words, sizeof(d->words));
	d->unread_pages = r->unread_pages;
	d->unread_pictures = r->unread_pictures;
	if (d->looked)
		take_places(d, r);
}

/* In exactly the bytes that would leave. What cannot be looked through is said so, and is for the gate to hold. */
static void look_for_leaks(struct task *t)
{
	char name[SK_LIMIT_NAME + SK_WORK_TYPE + 4];
	struct sk_slice words = {0};
	struct sk_leaks_request req = {.input = t->output,
	    .name = name,
	    .key = t->job.key,
	    .ocr = t->job.ocr,
	    .max_millis = t->job.max_millis};
	struct sk_leaks_result *r = NULL;

	snprintf(name, sizeof(name), "%s.%s", t->job.name, t->done.extension);
	if (sk_map(t->words, &words) || lseek(t->output, 0, SEEK_SET) < 0)
		return;
	req.words = (const char *)words.p;
	req.words_size = words.n;
	if (sk_engine_leaks(t->worker->engine, &req, &r) == 0) {
		uint8_t hash[SK_WORK_HASH] = {0};
		put_hash(hash, r->sha256);
		if (memcmp(hash, t->done.hash_out, sizeof(hash)) == 0)
			take_leaks(&t->done, r);
		t->done.ocr = t->done.looked && t->job.ocr;
		if (t->done.ocr && !r->ocr)
			tell_no_reader();
		sk_leaks_free(r);
	}
	sk_unmap(&words);
}

/* One that does not open is none: the file stays shut, and its answer says so. */
static void unseal(struct task *t)
{
	for (unsigned i = 0; t->worker->has_box && i < t->job.nsealed; i++)
		(void)sk_unseal(
		    &t->worker->box, t->job.transfer, &t->job.sealed[i], &t->job.passwords);
}

static void clean(struct task *t)
{
	unseal(t);
	for (uint32_t i = 0; i < t->job.passwords.n; i++)
		t->passwords[i] = sk_password(&t->job.passwords, i);
	for (unsigned i = 0; i < t->job.nsteps; i++)
		if (!try_method(t, (enum sk_method_name)t->job.steps[i]))
			break;
	if (t->job.nsteps == 0)
		fail(t, "no method");
	if (t->done.verdict == SK_CLEAN && t->job.leaks)
		look_for_leaks(t);
	/* what did not pass leaves nothing behind; what is large is on its way to the disk before the gate waits for it */
	if (t->done.verdict != SK_CLEAN && ftruncate(t->output, 0))
		fail(t, "emptying the output");
	if (t->done.verdict == SK_CLEAN && t->done.size_out > SYNCED)
		(void)fdatasync(t->output);
}

static void verify(struct task *t)
{
	struct sk_verify_request req = {.input = -1,
	    .read = read_some,
	    .read_from = t,
	    .type = t->job.type,
	    .max_millis = t->job.max_millis};
	struct sk_result *r = NULL;

	if (read_anew(t))
		return;
	if (sk_engine_verify(t->worker->engine, &req, &r)) {
		fail(t, "memory or descriptors of a job");
		return;
	}
	fill(t, r, 0);
	if (write_report(t, r, "verify"))
		fail(t, "writing the report");
	if (t->read == SK_EFORMAT)
		fail_bytes(t);
	sk_result_free(r);
}

/* --- the talk with the gate --- */

static int answer(struct worker *w, const struct task *t, uint32_t serial)
{
	struct sk_buf body = SK_BUF(SK_CHANNEL_BODY);
	int status = sk_work_put_done(&t->done, &body);

	if (status == 0)
		status = sk_child_send(
		    &w->child, SK_PLACE_GATE, SK_WORK_DONE, serial, sk_buf_slice(&body), NULL, 0);
	sk_buf_free(&body);
	/* a gate that is gone gives the job to somebody else */
	return status == SK_EIO ? 0 : status;
}

static int serve(struct worker *w, struct sk_message *m, void (*run)(struct task *t))
{
	static struct task t;
	int status;

	memset(&t, 0, sizeof(t));
	t.worker = w;
	t.serial = m->serial;
	t.told_at = sk_now_ms();
	t.input = m->fds[0];
	t.output = m->nfds > 2 ? m->fds[1] : -1;
	t.report = m->fds[m->nfds > 2 ? 2 : 1];
	t.words = m->nfds > 2 ? m->fds[3] : -1;
	status = sk_work_get_job(m->body, &t.job);
	if (status == 0) {
		t.done.job = t.job.job;
		t.done.fence = t.job.fence;
		w->task = &t;
		run(&t);
		w->task = NULL;
		sk_unsealing_free(t.reading);
		status = answer(w, &t, m->serial);
	}
	explicit_bzero(&t, sizeof(t)); /* passwords */
	return status ? status : say_idle(w) == SK_EARG ? SK_EARG : 0;
}

static int serve_clean(void *ctx, struct sk_message *m)
{
	return serve(ctx, m, clean);
}

static int serve_verify(void *ctx, struct sk_message *m)
{
	return serve(ctx, m, verify);
}

/* --- a page to be looked at --- */

#define PAGE_DPI 96
#define PAGE_MILLIS 60000

static void hash_of(int fd, struct sk_work_paged *out)
{
	struct sk_slice all = {0};
	struct sha256_ctx hash;

	if (out->size == 0 || sk_map(fd, &all))
		return;
	sha256_init(&hash);
	sha256_update(&hash, all.n, all.p);
	sha256_digest(&hash, sizeof(out->hash_out), out->hash_out);
	sk_unmap(&all);
}

static void draw(struct worker *w, int input, int output, const struct sk_work_page *asked,
    struct sk_work_paged *out)
{
	const struct sk_page_request req = {.input = input,
	    .output = output,
	    .type = asked->type,
	    .page = asked->page,
	    .dpi = PAGE_DPI,
	    .max_millis = PAGE_MILLIS};
	struct sk_page_result r = {.verdict = SK_ERROR, .reason = "system"};
	bool print = asked->page == SK_WORK_PRINT;

	if (lseek(input, 0, SEEK_SET) < 0 ||
	    (print ? sk_engine_print(w->engine, &req, &r) : sk_engine_page(w->engine, &req, &r)))
		r = (struct sk_page_result){.verdict = SK_ERROR, .reason = "system"};
	*out = (struct sk_work_paged){.verdict = (uint8_t)r.verdict, .pages = r.pages};
	snprintf(out->reason, sizeof(out->reason), "%s", r.reason ? r.reason : "");
	put_hash(out->hash_in, r.sha256);
	off_t size = r.verdict == SK_CLEAN && (print || r.width) ? lseek(output, 0, SEEK_END) : 0;
	out->size = size > 0 ? (uint64_t)size : 0;
	hash_of(output, out);
}

static int serve_page(void *ctx, struct sk_message *m)
{
	struct worker *w = ctx;
	struct sk_buf body = SK_BUF(SK_WORK_PAGE_BYTES);
	struct sk_work_page asked;
	struct sk_work_paged out;
	int status = sk_work_get_page(m->body, &asked);

	if (status)
		return status;
	draw(w, m->fds[0], m->fds[1], &asked, &out);
	status = sk_work_put_paged(&out, &body);
	if (status == 0)
		status = sk_child_send(&w->child, SK_PLACE_GATE, SK_WORK_PAGED, m->serial,
		    sk_buf_slice(&body), NULL, 0);
	sk_buf_free(&body);
	if (status && status != SK_EIO)
		return status;
	return say_idle(w) == SK_EARG ? SK_EARG : 0;
}

/* 0 also where there is none. */
static int take_box(struct worker *w)
{
	sk_autoclose int fd = sk_child_take(&w->child, "box");
	uint8_t text[128], key[SK_SEAL_KEY];
	ssize_t n = fd < 0 ? 0 : TEMP_FAILURE_RETRY(pread(fd, text, sizeof(text), 0));
	int status = fd < 0 ? 0 : SK_EFORMAT;

	if (n > 0 && sk_seal_key_read(sk_slice(text, (size_t)n), key) == 0)
		status = sk_seal_pair_of(key, &w->box);
	w->has_box = fd >= 0 && status == 0;
	explicit_bzero(text, sizeof(text));
	explicit_bzero(key, sizeof(key));
	return status;
}

static int begin(void *ctx)
{
	struct worker *w = ctx;
	char *why = NULL;

	if (take_box(w)) {
		fprintf(stderr, "sekisho-worker: the key of the box cannot be read\n");
		return SK_EFORMAT;
	}

	if (sk_engine_open(&w->engine, cli_helper_dir(), &why) == 0) {
		sk_engine_watch(w->engine, engine_told, w);
		return 0;
	}
	fprintf(stderr, "sekisho-worker: %s\n", why ? why : "no memory");
	free(why);
	return SK_EIO;
}

static void met(void *ctx, size_t place)
{
	if (place == SK_PLACE_GATE)
		say_idle(ctx);
}

static const struct sk_permit permits[] = {
    {SK_WORK_CLEAN, 1, 1, SK_CHANNEL_BODY, 4, serve_clean},
    {SK_WORK_VERIFY, 1, 1, SK_CHANNEL_BODY, 2, serve_verify},
    {SK_WORK_PAGE, 1, 1, SK_WORK_PAGE_BYTES, 2, serve_page},
};

int main(void)
{
	static const struct sk_child_ops ops = {
	    .peers = {[SK_PLACE_GATE] = {permits, sizeof(permits) / sizeof(*permits)}},
	    .begin = begin,
	    .met = met,
	};
	struct worker w = {0};
	int status;

	cli_language("ja");
	status = sk_child_run(&w.child, &ops, &w);
	sk_engine_close(w.engine);
	sk_seal_pair_wipe(&w.box);
	return status;
}
