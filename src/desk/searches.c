/* Searches: the scribe looks through some thousand entries for each message, so that what is to be written down in between is not kept waiting. searches.h. The gate. */
#include "desk/searches.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "desk/prints.h"
#include "ledger/copy.h"
#include "printer/print.h"

#define LOOK 16384       /* entries for one message */
#define LOOK_MOST 262144 /* for one answer, which then says where to go on */
#define ROWS_AT_ONCE 256
#define RECEIPTS_AT_ONCE 64
#define OF_ONE_MEMBER 2
#define ROW_BYTES ((size_t)1 << 20)

struct search {
	struct sk_asked *q; /* NULL: free */
	enum sk_search_as as;
	struct sk_record_find f;
	uint32_t serial;
	int fd, lines; /* of the scribe; of a workbook */
	uint64_t looked, bytes;
	crypto_hash_sha256_state hash;
};

struct sk_searches {
	struct search v[SK_SEARCHES];
	uint32_t count;
};

int sk_searches_open(struct sk_desk *d)
{
	d->searches = calloc(1, sizeof(*d->searches));
	return d->searches ? 0 : SK_ENOMEM;
}

/* The place is free. A descriptor that goes along with the answer is the question's by then. */
static struct sk_asked *clear(struct search *w)
{
	struct sk_asked *q = w->q;

	sk_close(&w->fd);
	sk_close(&w->lines);
	*w = (struct search){.fd = -1, .lines = -1};
	return q;
}

static void end(struct search *w, int status)
{
	sk_asked_answer(clear(w), status);
}

void sk_searches_lost_scribe(struct sk_desk *d)
{
	for (size_t i = 0; d->searches && i < SK_SEARCHES; i++)
		if (d->searches->v[i].q)
			end(&d->searches->v[i],
			    sk_asked_fail(d->searches->v[i].q, SK_FRONT_WHY_UNREADY, "ledger"));
}

void sk_searches_close(struct sk_desk *d)
{
	sk_searches_lost_scribe(d);
	free(d->searches);
	d->searches = NULL;
}

/* --- to the scribe --- */

static uint64_t most_of(const struct search *w)
{
	return w->as == SK_SEARCH_LIST       ? (w->q->ask.most > 0 ? (uint64_t)w->q->ask.most : 50)
	       : w->as == SK_SEARCH_BOOK     ? SK_SEARCH_BOOK_ROWS
	       : w->as == SK_SEARCH_RECEIPTS ? SK_SEARCH_RECEIPTS_MOST
					     : 1;
}

static int ask_receipt(struct sk_desk *d, struct search *w)
{
	const struct sk_record_ask ask = {.index = w->f.first, .openings = w->f.openings};
	struct sk_buf body = SK_BUF(SK_RECORD_ASK_BYTES);
	int status = sk_record_put_ask(&ask, &body);

	if (status == 0)
		status = sk_child_send(&d->child, SK_PLACE_SCRIBE, SK_RECORD_RECEIPT, w->serial,
		    sk_buf_slice(&body), &w->fd, 1);
	sk_buf_free(&body);
	return status;
}

static int ask_more(struct sk_desk *d, struct search *w)
{
	uint64_t left = most_of(w) - (uint64_t)w->q->rows;
	uint32_t piece = w->as == SK_SEARCH_RECEIPTS ? RECEIPTS_AT_ONCE : ROWS_AT_ONCE;
	struct sk_buf body = SK_BUF(SK_RECORD_FIND_BYTES);
	int status;

	w->f.form = w->as == SK_SEARCH_RECEIPTS ? SK_RECORD_RECEIPTS : SK_RECORD_ROWS;
	w->f.look = LOOK;
	w->f.most = left < piece ? (uint32_t)left : piece;
	status = sk_record_put_find(&w->f, &body);
	if (status == 0)
		status = sk_child_send(&d->child, SK_PLACE_SCRIBE, SK_RECORD_FIND, w->serial,
		    sk_buf_slice(&body), &w->fd, 1);
	sk_buf_free(&body);
	return status;
}

static bool is_his(const struct sk_asked *a, const struct sk_asked *b)
{
	return a->member && b->member ? strcmp(a->member, b->member) == 0 : a->root && b->root;
}

static struct search *free_place(struct sk_searches *s, const struct sk_asked *q)
{
	struct search *w = NULL;
	size_t same = 0;

	for (size_t i = 0; i < SK_SEARCHES; i++)
		if (s->v[i].q == NULL)
			w = &s->v[i];
		else
			same += is_his(s->v[i].q, q);
	return same < OF_ONE_MEMBER ? w : NULL;
}

/* In the place of a pump's serial, as of what is printed. */
static uint32_t serial_of(struct sk_searches *s, const struct search *w)
{
	return (++s->count & 0x3fff) << 16 | SK_PUMP_SEARCH | (uint32_t)(w - s->v);
}

int sk_searches_begin(struct sk_asked *q, enum sk_search_as as, const struct sk_record_find *f)
{
	struct sk_desk *d = q->act.desk;
	struct search *w = free_place(d->searches, q);
	int status;

	if (w == NULL)
		return sk_asked_fail(q, SK_FRONT_WHY_BUSY, NULL);
	*w = (struct search){.q = q, .as = as, .f = *f, .fd = sk_memfd("found"), .lines = -1};
	w->serial = serial_of(d->searches, w);
	crypto_hash_sha256_init(&w->hash);
	if (as == SK_SEARCH_BOOK)
		w->lines = sk_memfd("rows");
	if (w->fd < 0 || (as == SK_SEARCH_BOOK && w->lines < 0))
		status = SK_ENOMEM;
	else if (!d->pump->here)
		status = SK_EIO;
	else
		status = as == SK_SEARCH_PROOF ? ask_receipt(d, w) : ask_more(d, w);
	if (status == 0)
		return SK_ASKED_LATER;
	clear(w);
	return status == SK_ENOMEM ? status : sk_asked_fail(q, SK_FRONT_WHY_UNREADY, "ledger");
}

/* --- what was found: a page --- */

static int add_rows(struct search *w, struct sk_page *page, struct sk_slice rows)
{
	struct sk_record_row row;
	size_t at = 0;
	int status;

	while ((status = sk_record_get_row(rows, &at, &row)) == 0) {
		json_t *o = sk_show_entry(w->q, &row);
		if (o == NULL)
			return SK_EFORMAT;
		if (!sk_page_add(page, o)) {
			w->f.before = row.index + 1; /* it is the first of the next page */
			return 0;
		}
	}
	return status == SK_ENOENTRY ? 0 : status;
}

static void tell_next(struct search *w)
{
	char text[24];

	if (w->f.before <= w->f.first)
		return;
	snprintf(text, sizeof(text), "%llu", (unsigned long long)w->f.before);
	sk_show_set(w->q->out, "next", json_string(text));
}

static int answer_list(struct search *w)
{
	struct sk_asked *q = w->q;
	struct sk_page page = sk_page_begin(q);
	struct sk_slice rows = {0};
	int status = sk_map(w->fd, &rows);

	if (status == 0)
		status = add_rows(w, &page, rows);
	sk_unmap(&rows);
	sk_show_set(q->out, "entries", page.list);
	sk_show_number(q->out, "size", (int64_t)q->act.desk->pump->state.size);
	tell_next(w);
	return status;
}

/* --- a workbook --- */

static int put_lines(struct sk_slice rows, struct sk_buf *out)
{
	struct sk_record_row row;
	size_t at = 0;
	int status;

	while ((status = sk_record_get_row(rows, &at, &row)) == 0) {
		json_t *o = sk_show_entry_row(&row);
		char *text = o ? json_dumps(o, JSON_COMPACT) : NULL;
		json_decref(o);
		if (text == NULL)
			return SK_EFORMAT;
		sk_buf_puts(out, text);
		sk_buf_putc(out, '\n');
		free(text);
	}
	return status == SK_ENOENTRY ? out->err : status;
}

/* What the scribe wrote becomes lines, and it begins anew. */
static int take_rows(struct search *w)
{
	struct sk_buf out = SK_BUF(8 * ROW_BYTES);
	struct sk_slice rows = {0};
	int status = sk_map(w->fd, &rows);

	if (status == 0)
		status = put_lines(rows, &out);
	sk_unmap(&rows);
	if (status == 0)
		status = sk_write_all(w->lines, out.p, out.len);
	w->bytes += out.len;
	sk_buf_free(&out);
	if (status == 0 && (ftruncate(w->fd, 0) || lseek(w->fd, 0, SEEK_SET) < 0))
		status = SK_EIO;
	return status;
}

static void print(struct search *w)
{
	struct sk_asked *q = w->q;
	json_t *how = json_object();
	int lines = w->lines, status;

	w->lines = -1;
	clear(w);
	sk_show_set(how, "table", json_string("entries"));
	sk_show_set(how, "language", json_string(q->ask.language ? q->ask.language : "ja"));
	sk_show_set(how, "cut", json_boolean(q->cut));
	status = sk_prints_book(q, how, lines);
	if (status != SK_ASKED_LATER)
		sk_asked_answer(q, status);
}

/* --- receipts --- */

/* What was written since the last time. */
static int hash_more(struct search *w)
{
	uint8_t piece[16384];
	ssize_t n;

	while ((n = pread(w->fd, piece, sizeof(piece), (off_t)w->bytes)) > 0) {
		crypto_hash_sha256_update(&w->hash, piece, (size_t)n);
		w->bytes += (uint64_t)n;
	}
	return n < 0 ? SK_EIO : 0;
}

static int put_note(const struct search *w)
{
	static const char more[] =
	    "There are more entries than these receipts. Look for less at a time.\n"
	    "このほかにも記録があります。条件を絞って出力してください。\n";

	return w->q->cut ? sk_ledger_archive_put(w->fd, "MORE.txt", SK_SLICE_LIT(more)) : 0;
}

/* It goes along with the answer, and nobody can change it any more. */
static int hand_out(struct search *w)
{
	struct sk_asked *q = w->q;
	int status = hash_more(w);

	if (status == 0 &&
	    fcntl(w->fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE))
		status = SK_EIO;
	if (status)
		return status;
	q->handed = (struct sk_bytes){.size = w->bytes};
	crypto_hash_sha256_final(&w->hash, q->handed.sha256);
	q->fd = w->fd;
	w->fd = -1;
	return 0;
}

static void hand_receipts(struct search *w)
{
	int status = put_note(w);

	if (status == 0)
		status = sk_ledger_archive_end(w->fd);
	if (status == 0)
		status = hand_out(w);
	if (status)
		end(w, status);
	else
		sk_asked_go_on(clear(w));
}

/* --- the scribe answers --- */

static int take(struct search *w)
{
	return w->as == SK_SEARCH_BOOK       ? take_rows(w)
	       : w->as == SK_SEARCH_RECEIPTS ? hash_more(w)
					     : 0;
}

static bool is_enough(const struct search *w)
{
	return (uint64_t)w->q->rows >= most_of(w) || w->bytes > SK_PRINT_BYTES / 2 ||
	       (w->as == SK_SEARCH_LIST && w->looked >= LOOK_MOST);
}

static void finish(struct search *w)
{
	w->q->cut = w->f.before > w->f.first;
	if (w->as == SK_SEARCH_LIST)
		end(w, answer_list(w));
	else if (w->as == SK_SEARCH_BOOK)
		print(w);
	else
		hand_receipts(w);
}

static void go_on(struct sk_desk *d, struct search *w, const struct sk_record_found *found)
{
	w->looked += w->f.before - found->next;
	w->f.before = found->next;
	w->q->rows += found->n;
	if (take(w))
		end(w, SK_EFORMAT);
	else if (w->f.before <= w->f.first || is_enough(w))
		finish(w);
	else if (ask_more(d, w))
		end(w, sk_asked_fail(w->q, SK_FRONT_WHY_UNREADY, "ledger"));
}

static struct search *find(struct sk_searches *s, uint32_t serial, bool proof)
{
	struct search *w = &s->v[serial & (SK_SEARCHES - 1)];

	return w->q && w->serial == serial && (w->as == SK_SEARCH_PROOF) == proof ? w : NULL;
}

int sk_searches_found(void *ctx, struct sk_message *m)
{
	struct sk_desk *d = ctx;
	struct search *w = find(d->searches, m->serial, false);
	struct sk_record_found found;

	if (sk_record_get_found(m->body, &found))
		return SK_EFORMAT;
	if (w == NULL)
		return 0; /* of an older scribe */
	if (found.status == 0 && (found.next >= w->f.before || found.n > w->f.most))
		return SK_EFORMAT; /* it must come nearer to its end */
	if (found.status) {
		sk_desk_log("the ledger cannot be looked through (%d)", found.status);
		end(w, sk_asked_fail(w->q, SK_FRONT_WHY_UNREADY, "ledger"));
	} else {
		go_on(d, w, &found);
	}
	return 0;
}

int sk_searches_proved(struct sk_desk *d, struct sk_message *m)
{
	struct search *w = find(d->searches, m->serial, true);
	struct sk_record_done done;
	int status;

	if (sk_record_get_done(m->body, &done))
		return SK_EFORMAT;
	if (w == NULL)
		return 0;
	if (done.status) /* there are not so many */
		status = sk_asked_fail(w->q, SK_FRONT_WHY_VALUE, "number");
	else
		status = hand_out(w);
	if (status == 0)
		json_object_set_new(w->q->out, "status", json_string("ok"));
	end(w, status);
	return 0;
}
