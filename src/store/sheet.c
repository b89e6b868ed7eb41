/* Pages as pictures: sheet.h. Runs in the gate. */
#include "store/sheet.h"

#include <string.h>

#include "base/err.h"

int sk_sheet_put(struct sk_db *db, const struct sk_sheet *s)
{
	return sk_db_exec(db,
	    "INSERT INTO sheet (output, number, pages, image, size) VALUES ($1, $2, $3, $4, $5)"
	    " ON CONFLICT (output, number) DO UPDATE SET pages = excluded.pages, image = excluded.image, size = excluded.size",
	    SK_BINDS(sk_bytes(s->output.p, s->output.n), sk_int(s->number), sk_int(s->pages),
		sk_bytes(s->image, sizeof(s->image)), sk_int(s->size)),
	    NULL);
}

int sk_sheet_load(struct sk_db *db, struct sk_sheet *s)
{
	struct sk_rows r;
	int rc = sk_db_query(db,
	    "SELECT pages, size, image FROM sheet WHERE output = $1 AND number = $2",
	    SK_BINDS(sk_bytes(s->output.p, s->output.n), sk_int(s->number)), &r);

	if (rc || r.rows == 0) {
		sk_rows_free(&r);
		return rc ? rc : SK_ENOENTRY;
	}
	struct sk_slice image = sk_rows_bytes(&r, 0, 2);
	s->pages = sk_rows_int(&r, 0, 0);
	s->size = sk_rows_int(&r, 0, 1);
	rc = r.bad || image.n != sizeof(s->image) ? SK_EFORMAT : 0;
	if (rc == 0)
		memcpy(s->image, image.p, sizeof(s->image));
	sk_rows_free(&r);
	return rc;
}

int sk_sheet_forget(struct sk_db *db)
{
	static const struct sk_binds none;

	return sk_db_exec(db,
	    "DELETE FROM sheet WHERE NOT EXISTS (SELECT 1 FROM transfer WHERE transfer.output = sheet.output)",
	    none, NULL);
}
