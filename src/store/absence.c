/* Who is away: absence.h. Runs in the gate. */
#include "store/absence.h"

#include "base/err.h"

#define COLUMNS "id, member, begins, ends, said, said_by"

#define DAY_MS ((int64_t)24 * 3600 * 1000)

/* Those that have not ended, and what was said in the last day: all that ended is kept, and read with what is decided. */
static int count(struct sk_db *db, const char *member, int64_t now, int64_t *n)
{
	struct sk_rows r;
	int rc = sk_db_query(db,
	    "SELECT count(*) FROM absence WHERE member = $1 AND (ends > $2 OR said > $3)",
	    SK_BINDS(sk_text(member), sk_int(now), sk_int(now - DAY_MS)), &r);

	if (rc)
		return rc;
	*n = sk_rows_int(&r, 0, 0);
	sk_rows_free(&r);
	return 0;
}

int sk_absence_add(struct sk_db *db, const struct sk_absence *a)
{
	int64_t now = 0, n = 0;
	int rc = sk_db_now(db, &now);
	int64_t begins = a->begins > now ? a->begins : now;

	if (rc)
		return rc;
	if (a->ends <= begins || a->ends - begins > SK_ABSENCE_MOST_MS)
		return SK_EARG;
	rc = count(db, a->member, now, &n);
	if (rc || n >= SK_ABSENCES_OF_ONE)
		return rc ? rc : SK_ELIMIT;
	return sk_db_exec(db,
	    "INSERT INTO absence (member, begins, ends, said, said_by) VALUES ($1, $2, $3, $4, $5)",
	    SK_BINDS(sk_text(a->member), sk_int(begins), sk_int(a->ends), sk_int(now),
		sk_text(a->said_by)),
	    NULL);
}

static void take(struct sk_rows *r, size_t row, struct sk_arena *arena, struct sk_absence *out)
{
	struct sk_slice by = sk_rows_text(r, row, 5);

	*out = (struct sk_absence){
	    .number = sk_rows_int(r, row, 0),
	    .member = sk_arena_str(arena, sk_rows_text(r, row, 1)),
	    .begins = sk_rows_int(r, row, 2),
	    .ends = sk_rows_int(r, row, 3),
	    .said = sk_rows_int(r, row, 4),
	    .said_by = by.p ? sk_arena_str(arena, by) : NULL,
	};
}

/* All rows, and frees them. */
static int take_all(struct sk_rows *r, struct sk_arena *arena, struct sk_absence **out, size_t *n)
{
	*n = r->rows;
	*out = sk_arena_array(arena, r->rows, sizeof(**out));
	for (size_t i = 0; *out && i < r->rows; i++)
		take(r, i, arena, &(*out)[i]);
	int rc = *out == NULL || sk_arena_failed(arena) ? SK_ENOMEM : r->bad ? SK_EFORMAT : 0;
	sk_rows_free(r);
	return rc;
}

int sk_absence_load(
    struct sk_db *db, struct sk_arena *arena, int64_t number, struct sk_absence *out)
{
	struct sk_absence *v = NULL;
	struct sk_rows r;
	size_t n = 0;
	int rc = sk_db_query(
	    db, "SELECT " COLUMNS " FROM absence WHERE id = $1", SK_BINDS(sk_int(number)), &r);

	if (rc == 0)
		rc = take_all(&r, arena, &v, &n);
	if (rc == 0 && n)
		*out = v[0];
	return rc ? rc : n ? 0 : SK_ENOENTRY;
}

int sk_absence_end(struct sk_db *db, int64_t number)
{
	int64_t now = 0, ended = 0, gone = 0;
	int rc = sk_db_now(db, &now);

	if (rc == 0)
		rc = sk_db_exec(db, "DELETE FROM absence WHERE id = $1 AND begins > $2",
		    SK_BINDS(sk_int(number), sk_int(now)), &gone);
	if (rc == 0)
		rc = sk_db_exec(db, "UPDATE absence SET ends = $2 WHERE id = $1 AND ends > $2",
		    SK_BINDS(sk_int(number), sk_int(now)), &ended);
	return rc ? rc : gone + ended ? 0 : SK_ENOENTRY;
}

int sk_absence_list(struct sk_db *db, struct sk_arena *arena, const char *member, int64_t time,
    size_t most, struct sk_absence **out, size_t *n)
{
	struct sk_rows r;
	int rc = member ? sk_db_query(db,
			      "SELECT " COLUMNS " FROM absence WHERE member = $1 AND ends > $2"
			      " ORDER BY begins, id LIMIT $3",
			      SK_BINDS(sk_text(member), sk_int(time), sk_int((int64_t)most)), &r)
			: sk_db_query(db,
			      "SELECT " COLUMNS
			      " FROM absence WHERE ends > $1 ORDER BY begins, id LIMIT $2",
			      SK_BINDS(sk_int(time), sk_int((int64_t)most)), &r);

	return rc ? rc : take_all(&r, arena, out, n);
}

/* Names have neither '%' nor '_' nor ',' (sekisho-policy(5)). */
int sk_absence_among(struct sk_db *db, struct sk_arena *arena, const char *members, int64_t since,
    int64_t until, size_t most, struct sk_absence **out, size_t *n)
{
	struct sk_rows r;
	int rc = sk_db_query(db,
	    "SELECT " COLUMNS " FROM absence WHERE ends > $1 AND begins <= $2"
	    " AND $3 LIKE '%,' || member || ',%' ORDER BY begins, id LIMIT $4",
	    SK_BINDS(sk_int(since), sk_int(until), sk_text(members), sk_int((int64_t)most)), &r);

	return rc ? rc : take_all(&r, arena, out, n);
}

int sk_absence_forget(struct sk_db *db, int64_t time)
{
	return sk_db_exec(db, "DELETE FROM absence WHERE ends <= $1", SK_BINDS(sk_int(time)), NULL);
}
