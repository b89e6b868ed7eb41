/* Lists of transfers: listed.h. Runs in the gate. */
#include "store/listed.h"

#include <stdlib.h>
#include <string.h>

#include <unicase.h>
#include <uninorm.h>

#include "base/err.h"
#include "store/transfer-inside.h"

/* --- what is looked through --- */

int sk_search_key(const char *text, struct sk_buf *out)
{
	size_t n = 0;
	uint8_t *key =
	    u8_casefold((const uint8_t *)text, strlen(text), NULL, UNINORM_NFKC, NULL, &n);

	if (key == NULL)
		return SK_EFORMAT;
	sk_buf_put(out, key, n);
	free(key);
	return out->err;
}

/* Parts that are told apart by a sign that no name holds; what is no UTF-8 is found by nothing. */
static int text_of(const struct sk_transfer *t, struct sk_buf *out)
{
	const char *const parts[] = {t->file_name, t->requester_name, t->requester, t->recipient};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		if (parts[i] && sk_search_key(parts[i], out) == SK_ENOMEM)
			return SK_ENOMEM;
		sk_buf_putc(out, '\x1f');
	}
	sk_buf_putc(out, 0);
	return out->err;
}

int sk_listed_put(struct sk_db *db, const struct sk_transfer *t, const char *department)
{
	struct sk_buf text = SK_BUF(SK_SEARCH_KEY);
	int rc = text_of(t, &text);

	if (rc == 0)
		rc = sk_db_post(db,
		    "INSERT INTO listed (id, received, requester, recipient, department, route, zone_from, zone_to, class, text)"
		    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO UPDATE SET"
		    " requester = excluded.requester, recipient = excluded.recipient, department = excluded.department,"
		    " route = excluded.route, class = excluded.class, text = excluded.text",
		    SK_BINDS(sk_text(t->id), sk_int(t->received), sk_text(t->requester),
			sk_text(t->recipient), sk_text(department), sk_text(t->route),
			sk_text(t->zone_from), sk_text(t->zone_to), sk_text(t->class),
			sk_text((const char *)text.p)),
		    1);
	sk_buf_free(&text);
	return rc;
}

int sk_listed_class(struct sk_db *db, const struct sk_transfer *t)
{
	return sk_db_exec(db, "UPDATE listed SET class = $1 WHERE id = $2",
	    SK_BINDS(sk_text(t->class), sk_text(t->id)), NULL);
}

int sk_listed_forget(struct sk_db *db, const char *id)
{
	return sk_db_exec(db,
	    "UPDATE listed SET requester = NULL, recipient = NULL, text = '' WHERE id = $1",
	    SK_BINDS(sk_text(id)), NULL);
}

/* --- looking --- */

/* The full rows of one page; whichever index the narrow ones are found by. */
#define FIND(from, more) \
	SK_TRANSFER_SELECT \
	"WHERE id IN (SELECT l.id FROM " from \
	" WHERE l.received >= $1 AND l.received <= $2 AND (l.received, l.id) < ($3, $4)" \
	" AND ($5 = '' OR l.route = $5) AND ($6 = '' OR l.zone_from = $6 OR l.zone_to = $6)" \
	" AND ($7 = '' OR l.class = $7) AND ($8 = '' OR l.zone_from = $8) AND ($9 = '' OR l.zone_to = $9)" \
	" AND ($10 = '' OR l.text LIKE $10 ESCAPE '\\')" more \
	" ORDER BY l.received DESC, l.id DESC LIMIT $12) ORDER BY received DESC, id DESC"
#define ANY " AND $11 < 0"
#define OF_STATE " AND t.state = $11"
#define ROWS "listed l"
/* SQLite takes them in this order: the state is looked up for what fits otherwise */
#define STATES "listed l CROSS JOIN transfer t"
#define SAME " AND t.id = l.id"
#define PERSON \
	" AND l.id IN (SELECT id FROM listed WHERE requester = $13 UNION SELECT id FROM listed WHERE recipient = $13)"
#define DEPARTMENT " AND l.department = $13"
/* Where few have the state, they are looked at instead. */
#define FEW 2000
#define FROM_STATES "transfer t CROSS JOIN listed l"

enum scope { ALL, OF_PERSON, OF_DEPARTMENT, SCOPES };
enum state { WHATEVER, LOOKED_UP, RARE, STATE_WAYS };

static const char *const statements[SCOPES][STATE_WAYS] = {
    [ALL] = {FIND(ROWS, ANY), FIND(STATES, SAME OF_STATE), FIND(FROM_STATES, SAME OF_STATE)},
    [OF_PERSON] = {FIND(ROWS, ANY PERSON), FIND(STATES, SAME OF_STATE PERSON),
	FIND(FROM_STATES, SAME OF_STATE PERSON)},
    [OF_DEPARTMENT] = {FIND(ROWS, ANY DEPARTMENT), FIND(STATES, SAME OF_STATE DEPARTMENT),
	FIND(FROM_STATES, SAME OF_STATE DEPARTMENT)},
};

static int state_way(struct sk_db *db, int64_t state, enum state *way)
{
	struct sk_rows r;

	*way = WHATEVER;
	if (state < 0)
		return 0;
	int rc = sk_db_query(db,
	    "SELECT count(*) FROM (SELECT 1 FROM transfer WHERE state = $1 LIMIT $2) AS few",
	    SK_BINDS(sk_int(state), sk_int(FEW)), &r);
	if (rc)
		return rc;
	*way = sk_rows_int(&r, 0, 0) < FEW ? RARE : LOOKED_UP;
	sk_rows_free(&r);
	return 0;
}

/* "%…%" of a key, with the signs of LIKE as themselves; nothing for no text. */
static int pattern_of(const char *text, struct sk_buf *out)
{
	struct sk_buf key = SK_BUF(SK_SEARCH_KEY);
	int rc = text && text[0] ? sk_search_key(text, &key) : 0;

	if (key.len)
		sk_buf_putc(out, '%');
	for (size_t i = 0; i < key.len; i++) {
		if (key.p[i] == '%' || key.p[i] == '_' || key.p[i] == '\\')
			sk_buf_putc(out, '\\');
		sk_buf_putc(out, key.p[i]);
	}
	if (key.len)
		sk_buf_putc(out, '%');
	sk_buf_putc(out, 0);
	sk_buf_free(&key);
	return rc ? rc : out->err;
}

static struct sk_value said(const char *text)
{
	return sk_text(text ? text : "");
}

static int find(struct sk_db *db, struct sk_arena *a, const struct sk_listed *w, const char *sql,
    const char *pattern, struct sk_transfer **out, size_t *n)
{
	const char *of = w->person ? w->person : w->department;
	struct sk_value v[] = {sk_int(w->since), sk_int(w->until),
	    sk_int(w->before_id ? w->before_received : INT64_MAX), said(w->before_id),
	    said(w->route), said(w->zone), said(w->class), said(w->from), said(w->to),
	    sk_text(pattern), sk_int(w->state), sk_int((int64_t)w->most), sk_text(of)};

	return sk_transfer_rows(
	    db, a, sql, (struct sk_binds){v, sizeof(v) / sizeof(*v) - (of ? 0 : 1)}, out, n);
}

int sk_listed_find(struct sk_db *db, struct sk_arena *a, const struct sk_listed *what,
    struct sk_transfer **out, size_t *n)
{
	enum scope scope = what->person ? OF_PERSON : what->department ? OF_DEPARTMENT : ALL;
	struct sk_buf pattern = SK_BUF(2 * SK_SEARCH_KEY);
	enum state way;
	int rc = pattern_of(what->text, &pattern);

	if (rc == 0)
		rc = state_way(db, what->state, &way);
	if (rc == 0)
		rc = find(db, a, what, statements[scope][way], (const char *)pattern.p, out, n);
	sk_buf_free(&pattern);
	return rc;
}
