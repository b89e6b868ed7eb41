/* Rows of transfers, by the table of transfer.def. Runs in the gate. */
#include "store/listed.h"
#include "store/transfer-inside.h"

#include <sodium.h>

#include "base/err.h"
#include "base/limits.h"

enum kind { TEXT, BYTES, NUMBER };

static const struct field {
	const char *column;
	enum kind kind;
	size_t offset;
} fields[] = {
#define SK_PERSONAL(f) {#f, TEXT, offsetof(struct sk_transfer, f)},
#define SK_TEXT(f) {#f, TEXT, offsetof(struct sk_transfer, f)},
#define SK_BYTES(f) {#f, BYTES, offsetof(struct sk_transfer, f)},
#define SK_NUMBER(f) {#f, NUMBER, offsetof(struct sk_transfer, f)},
#include "store/transfer.def"
};

#define FIELDS (sizeof(fields) / sizeof(*fields))

#define SK_PERSONAL(f) #f ", "
#define SK_TEXT(f) #f ", "
#define SK_BYTES(f) #f ", "
#define SK_NUMBER(f) #f ", "
static const char columns[] =
#include "store/transfer.def"
    "";

#define SELECT SK_TRANSFER_SELECT

/* A statement with the columns in place of %s: the same text each time, so it is prepared once. */
static int with_columns(struct sk_buf *b, const char *format)
{
	const char *at = strstr(format, "%s");

	sk_buf_put(b, format, (size_t)(at - format));
	sk_buf_puts(b, columns);
	sk_buf_puts(b, at + 2);
	sk_buf_putc(b, 0);
	return b->err;
}

void sk_transfer_init(struct sk_transfer *t)
{
	uint8_t raw[16];

	*t = (struct sk_transfer){.received = SK_NONE, .changed = SK_NONE, .erased = SK_NONE};
	for (size_t i = 0; i < FIELDS; i++)
		if (fields[i].kind == NUMBER)
			*(int64_t *)((char *)t + fields[i].offset) = SK_NONE;
	t->state = t->holds = t->downloads = t->reminders = 0;
	randombytes_buf(raw, sizeof(raw));
	sodium_bin2hex(t->id, sizeof(t->id), raw, sizeof(raw));
}

static struct sk_value number(int64_t v)
{
	return v == SK_NONE ? sk_null() : sk_int(v);
}

static struct sk_value value_of(const struct sk_transfer *t, const struct field *f)
{
	const char *at = (const char *)t + f->offset;

	if (f->kind == TEXT)
		return sk_text(*(const char *const *)at);
	if (f->kind == NUMBER)
		return number(*(const int64_t *)at);
	const struct sk_slice *s = (const struct sk_slice *)at;
	return sk_bytes(s->p, s->n);
}

/* Both texts are the same each time, so they are written once. */
static const char *insert_text(void)
{
	static struct sk_buf b = SK_BUF(8192);

	if (b.len || b.err)
		return b.err ? NULL : (const char *)b.p;
	sk_buf_printf(
	    &b, "INSERT INTO transfer (%sid, version, received, changed) VALUES (", columns);
	for (size_t i = 0; i < FIELDS; i++)
		sk_buf_printf(&b, "$%zu, ", i + 1);
	sk_buf_printf(&b, "$%zu, 1, $%zu, $%zu)", FIELDS + 1, FIELDS + 2, FIELDS + 2);
	sk_buf_putc(&b, 0);
	return b.err ? NULL : (const char *)b.p;
}

static const char *save_text(void)
{
	static struct sk_buf b = SK_BUF(8192);

	if (b.len || b.err)
		return b.err ? NULL : (const char *)b.p;
	sk_buf_puts(&b, "UPDATE transfer SET ");
	for (size_t i = 0; i < FIELDS; i++)
		sk_buf_printf(&b, "%s = $%zu, ", fields[i].column, i + 1);
	sk_buf_printf(&b,
	    "changed = $%zu, version = version + 1 WHERE id = $%zu AND version = $%zu", FIELDS + 3,
	    FIELDS + 1, FIELDS + 2);
	sk_buf_putc(&b, 0);
	return b.err ? NULL : (const char *)b.p;
}

int sk_transfer_insert(struct sk_db *db, struct sk_transfer *t)
{
	struct sk_value v[FIELDS + 2];
	const char *sql = insert_text();
	int64_t now = 0;

	int rc = sql ? sk_db_now(db, &now) : SK_ENOMEM;
	if (rc)
		return rc;
	for (size_t i = 0; i < FIELDS; i++)
		v[i] = value_of(t, &fields[i]);
	v[FIELDS] = sk_text(t->id);
	v[FIELDS + 1] = sk_int(now);
	rc = sk_db_post(db, sql, ((struct sk_binds){v, FIELDS + 2}), 1);
	if (rc)
		return rc;
	t->version = 1;
	t->received = t->changed = now;
	return 0;
}

int sk_transfer_save(struct sk_db *db, struct sk_transfer *t)
{
	struct sk_value v[FIELDS + 3];
	const char *sql = save_text();
	int64_t now = 0;

	int rc = sql ? sk_db_now(db, &now) : SK_ENOMEM;
	if (rc)
		return rc;
	for (size_t i = 0; i < FIELDS; i++)
		v[i] = value_of(t, &fields[i]);
	v[FIELDS] = sk_text(t->id);
	v[FIELDS + 1] = sk_int(t->version);
	v[FIELDS + 2] = sk_int(now);
	rc = sk_db_post(db, sql, ((struct sk_binds){v, FIELDS + 3}), 1);
	if (rc)
		return rc;
	t->version++;
	t->changed = now;
	return 0;
}

static const char *text_at(struct sk_rows *r, struct sk_arena *a, size_t row, size_t column)
{
	struct sk_slice s = sk_rows_text(r, row, column);

	return s.p ? sk_arena_str(a, s) : NULL;
}

static struct sk_slice bytes_at(struct sk_rows *r, struct sk_arena *a, size_t row, size_t column)
{
	struct sk_slice s = sk_rows_bytes(r, row, column);

	return sk_slice(s.p ? sk_arena_dup(a, s.p, s.n) : NULL, s.n);
}

static int64_t number_at(struct sk_rows *r, size_t row, size_t column)
{
	return sk_rows_null(r, row, column) ? SK_NONE : sk_rows_int(r, row, column);
}

static void read_row(struct sk_rows *r, struct sk_arena *a, size_t row, struct sk_transfer *t)
{
	for (size_t i = 0; i < FIELDS; i++) {
		char *at = (char *)t + fields[i].offset;
		if (fields[i].kind == TEXT)
			*(const char **)at = text_at(r, a, row, i);
		else if (fields[i].kind == NUMBER)
			*(int64_t *)at = number_at(r, row, i);
		else
			*(struct sk_slice *)at = bytes_at(r, a, row, i);
	}
	struct sk_slice id = sk_rows_text(r, row, FIELDS);
	r->bad = r->bad || id.n != SK_TRANSFER_ID - 1;
	if (!r->bad)
		memcpy(t->id, id.p, id.n);
	t->version = sk_rows_int(r, row, FIELDS + 1);
	t->received = sk_rows_int(r, row, FIELDS + 2);
	t->changed = sk_rows_int(r, row, FIELDS + 3);
	t->erased = number_at(r, row, FIELDS + 4);
	t->approvals = sk_rows_int(r, row, FIELDS + 5);
	t->sealed = sk_rows_int(r, row, FIELDS + 6);
}

int sk_transfer_rows(struct sk_db *db, struct sk_arena *a, const char *format,
    struct sk_binds binds, struct sk_transfer **out, size_t *n)
{
	struct sk_buf b = SK_BUF(8192);
	struct sk_rows r = {0};

	int rc = with_columns(&b, format);
	if (rc == 0)
		rc = sk_db_query(db, (const char *)b.p, binds, &r);
	sk_buf_free(&b);
	if (rc)
		return rc;
	struct sk_transfer *t = sk_arena_array(a, r.rows, sizeof(*t));
	for (size_t i = 0; t && i < r.rows; i++)
		read_row(&r, a, i, &t[i]);
	rc = t == NULL || sk_arena_failed(a) ? SK_ENOMEM : r.bad ? SK_EFORMAT : 0;
	if (rc == 0) {
		*out = t;
		*n = r.rows;
	}
	sk_rows_free(&r);
	return rc;
}

int sk_transfer_load(struct sk_db *db, struct sk_arena *a, const char *id, struct sk_transfer *out)
{
	struct sk_transfer *t = NULL;
	size_t n = 0;
	int rc = sk_transfer_rows(db, a, SELECT "WHERE id = $1", SK_BINDS(sk_text(id)), &t, &n);

	if (rc || n == 0)
		return rc ? rc : SK_ENOENTRY;
	*out = *t;
	return 0;
}

int sk_transfer_brought(struct sk_db *db, struct sk_arena *a, struct sk_slice output,
    const char *zone, struct sk_transfer *out)
{
	struct sk_transfer *t = NULL;
	size_t n = 0;
	int rc = sk_transfer_rows(db, a,
	    SELECT "WHERE brought = $1 AND zone_to = $2 AND released IS NOT NULL"
		   " ORDER BY received DESC, id LIMIT 1",
	    SK_BINDS(sk_bytes(output.p, output.n), sk_text(zone)), &t, &n);

	if (rc || n == 0)
		return rc ? rc : SK_ENOENTRY;
	*out = *t;
	return 0;
}

int sk_transfer_list(struct sk_db *db, struct sk_arena *a, const struct sk_transfer_page *page,
    struct sk_transfer **out, size_t *n)
{
	int64_t after = page->after_id ? page->after_received : INT64_MIN;
	const char *id = page->after_id ? page->after_id : "";

	if (page->requester)
		return sk_transfer_rows(db, a,
		    SELECT "WHERE state = $1 AND requester = $5 AND ($6 = 0 OR (holds & $6) <> 0)"
			   " AND (received, id) > ($2, $3) ORDER BY received, id LIMIT $4",
		    SK_BINDS(sk_int(page->state), sk_int(after), sk_text(id),
			sk_int((int64_t)page->most), sk_text(page->requester), sk_int(page->holds)),
		    out, n);
	return sk_transfer_rows(db, a,
	    SELECT "WHERE state = $1 AND ($5 = 0 OR (holds & $5) <> 0)"
		   " AND (received, id) > ($2, $3) ORDER BY received, id LIMIT $4",
	    SK_BINDS(sk_int(page->state), sk_int(after), sk_text(id), sk_int((int64_t)page->most),
		sk_int(page->holds)),
	    out, n);
}

int sk_transfer_latest(struct sk_db *db, struct sk_arena *a, const struct sk_transfer_latest *what,
    struct sk_transfer **out, size_t *n)
{
	struct sk_value before = sk_int(what->before_id ? what->before_received : INT64_MAX);
	struct sk_value id = sk_text(what->before_id ? what->before_id : ""),
			most = sk_int((int64_t)what->most);

	if (what->person)
		return sk_transfer_rows(db, a,
		    SELECT
		    "WHERE (requester = $5 OR recipient = $5) AND ($1 < 0 OR state = $1)"
		    " AND (received, id) < ($2, $3) ORDER BY received DESC, id DESC LIMIT $4",
		    SK_BINDS(sk_int(what->state), before, id, most, sk_text(what->person)), out, n);
	return sk_transfer_rows(db, a,
	    SELECT "WHERE state = $1 AND (received, id) < ($2, $3)"
		   " ORDER BY received DESC, id DESC LIMIT $4",
	    SK_BINDS(sk_int(what->state), before, id, most), out, n);
}

int sk_transfer_due(struct sk_db *db, struct sk_arena *a, enum sk_due what, size_t most,
    struct sk_transfer **out, size_t *n)
{
	static const char *const sql[] = {
	    [SK_DUE_EXPIRES] = SELECT "WHERE expires <= {now} ORDER BY expires, id LIMIT $1",
	    [SK_DUE_KEEP] = SELECT "WHERE keep_until <= {now} ORDER BY keep_until, id LIMIT $1",
	    [SK_DUE_REMIND] = SELECT "WHERE remind <= {now} ORDER BY remind, id LIMIT $1"};

	return sk_transfer_rows(db, a, sql[what], SK_BINDS(sk_int((int64_t)most)), out, n);
}

int sk_transfer_count(struct sk_db *db, int64_t state, int64_t *n)
{
	struct sk_rows r;
	int rc = sk_db_query(
	    db, "SELECT count(*) FROM transfer WHERE state = $1", SK_BINDS(sk_int(state)), &r);

	if (rc)
		return rc;
	*n = sk_rows_int(&r, 0, 0);
	sk_rows_free(&r);
	return 0;
}

int sk_transfer_forget(struct sk_db *db, const char *id)
{
	static const char SQL[] =
	    "UPDATE transfer SET "
#define SK_PERSONAL(f) #f " = NULL, "
#include "store/transfer.def"
	    "erased = {now}, changed = {now}, version = version + 1 WHERE id = $1";
	int64_t n = 0;

	int rc = sk_db_exec(db, SQL, SK_BINDS(sk_text(id)), &n);
	if (rc == 0 && n == 0)
		return SK_ENOENTRY;
	if (rc == 0)
		rc = sk_db_exec(db, "UPDATE history SET person = NULL WHERE transfer = $1",
		    SK_BINDS(sk_text(id)), NULL);
	if (rc == 0)
		rc = sk_db_exec(db,
		    "UPDATE approval SET person = NULL, proof = NULL, comment = NULL WHERE transfer = $1",
		    SK_BINDS(sk_text(id)), NULL);
	return rc ? rc : sk_listed_forget(db, id);
}

int sk_transfer_refers(struct sk_db *db, enum sk_blob_kind kind, const char *name)
{
	struct sk_rows r;
	uint8_t hash[32];
	int rc;

	if (kind == SK_BLOB_OUTPUT) {
		if (sodium_hex2bin(hash, sizeof(hash), name, strlen(name), NULL, NULL, NULL))
			return SK_EARG;
		rc = sk_db_query(db,
		    "SELECT 1 FROM transfer WHERE output = $1 UNION ALL SELECT 1 FROM sheet, transfer"
		    " WHERE sheet.image = $1 AND transfer.output = sheet.output LIMIT 1",
		    SK_BINDS(sk_bytes(hash, sizeof(hash))), &r);
	} else
		rc = sk_db_query(db, "SELECT id FROM transfer WHERE original = $1 LIMIT 1",
		    SK_BINDS(sk_text(name)), &r);
	if (rc)
		return rc;
	rc = r.rows > 0;
	sk_rows_free(&r);
	return rc;
}

int sk_transfer_wants(void *db, enum sk_blob_kind kind, const char *name)
{
	return sk_transfer_refers(db, kind, name);
}

int sk_history_add(struct sk_db *db, const char *transfer, const struct sk_history *h)
{
	return sk_db_post(db,
	    "INSERT INTO history (transfer, at, event, state_from, state_to, actor, person, note)"
	    " VALUES ($1, {now}, $2, $3, $4, $5, $6, $7)",
	    SK_BINDS(sk_text(transfer), sk_int(h->event), sk_int(h->state_from),
		sk_int(h->state_to), sk_int(h->actor), sk_text(h->person), sk_text(h->note)),
	    1);
}

int sk_history_list(
    struct sk_db *db, struct sk_arena *a, const char *transfer, struct sk_history **out, size_t *n)
{
	struct sk_rows r;
	int rc = sk_db_query(db,
	    "SELECT at, event, state_from, state_to, actor, person, note FROM history WHERE transfer = $1 ORDER BY id",
	    SK_BINDS(sk_text(transfer)), &r);

	if (rc)
		return rc;
	struct sk_history *h = sk_arena_array(a, r.rows, sizeof(*h));
	for (size_t i = 0; h && i < r.rows; i++)
		h[i] = (struct sk_history){sk_rows_int(&r, i, 0), sk_rows_int(&r, i, 1),
		    sk_rows_int(&r, i, 2), sk_rows_int(&r, i, 3), sk_rows_int(&r, i, 4),
		    text_at(&r, a, i, 5), text_at(&r, a, i, 6)};
	rc = h == NULL || sk_arena_failed(a) ? SK_ENOMEM : r.bad ? SK_EFORMAT : 0;
	if (rc == 0) {
		*out = h;
		*n = r.rows;
	}
	sk_rows_free(&r);
	return rc;
}

int sk_approval_add(struct sk_db *db, struct sk_transfer *t, const struct sk_approval_row *a)
{
	t->approvals++;
	return sk_db_post(db,
	    "INSERT INTO approval (transfer, at, output, decision, person, method, proof, hold, policy, comment)"
	    " VALUES ($1, {now}, $2, $3, $4, $5, $6, $7, $8, $9)",
	    SK_BINDS(sk_text(t->id), sk_bytes(a->output.p, a->output.n), sk_int(a->decision),
		sk_text(a->person), sk_text(a->method), sk_bytes(a->proof.p, a->proof.n),
		sk_int(a->hold), sk_bytes(a->policy.p, a->policy.n), sk_text(a->comment)),
	    1);
}

int sk_approval_list(struct sk_db *db, struct sk_arena *a, const char *transfer,
    struct sk_approval_row **out, size_t *n)
{
	struct sk_rows r;
	int rc = sk_db_query(db,
	    "SELECT at, decision, output, person, method, proof, hold, policy, comment,"
	    " (SELECT count(*) FROM account WHERE member = person AND disabled = 1) FROM approval WHERE transfer = $1 ORDER BY id",
	    SK_BINDS(sk_text(transfer)), &r);

	if (rc)
		return rc;
	struct sk_approval_row *p = sk_arena_array(a, r.rows, sizeof(*p));
	for (size_t i = 0; p && i < r.rows; i++)
		p[i] = (struct sk_approval_row){sk_rows_int(&r, i, 0), sk_rows_int(&r, i, 1),
		    bytes_at(&r, a, i, 2), text_at(&r, a, i, 3), text_at(&r, a, i, 4),
		    bytes_at(&r, a, i, 5), number_at(&r, i, 6), bytes_at(&r, a, i, 7),
		    text_at(&r, a, i, 8), sk_rows_int(&r, i, 9) > 0};
	rc = p == NULL || sk_arena_failed(a) ? SK_ENOMEM : r.bad ? SK_EFORMAT : 0;
	if (rc == 0) {
		*out = p;
		*n = r.rows;
	}
	sk_rows_free(&r);
	return rc;
}
