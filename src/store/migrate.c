/* Brings a database's tables up to the program's. Runs in the gate, before it does anything else. */
#include <inttypes.h>

#include "base/err.h"
#include "store/db-backend.h"
#include "store/migrations.h"

static int64_t newest(const char *component)
{
	int64_t n = 0;

	for (size_t i = 0; i < sk_migrations_count; i++)
		n += strcmp(sk_migrations[i].component, component) == 0;
	return n;
}

static const char *step_of(const char *component, int64_t version)
{
	for (size_t i = 0; i < sk_migrations_count; i++)
		if (strcmp(sk_migrations[i].component, component) == 0 && --version == 0)
			return sk_migrations[i].sql;
	return NULL;
}

static int read_version(struct sk_db *db, const char *component, int64_t *version)
{
	struct sk_rows r;
	int rc = sk_db_query(db, "SELECT version FROM schema_version WHERE component = $1",
	    SK_BINDS(sk_text(component)), &r);

	if (rc)
		return rc;
	*version = r.rows ? sk_rows_int(&r, 0, 0) : 0;
	sk_rows_free(&r);
	return 0;
}

/* Two programs that start together: the second waits, and finds the work done. */
static int make_table(struct sk_db *db, void *arg)
{
	int rc = sk_db_script(db, "migrate", "{pg}SELECT pg_advisory_xact_lock(7340112);\n");

	if (rc)
		return rc;
	return sk_db_script(db, "migrate",
	    "CREATE TABLE IF NOT EXISTS schema_version (component TEXT PRIMARY KEY NOT NULL, version {int} NOT NULL)"
	    " {strict}");
}

struct step {
	const char *component;
	int64_t version; /* found, and after the step */
	bool done;
};

static int write_version(struct sk_db *db, const char *component, int64_t version)
{
	return sk_db_exec(db,
	    "INSERT INTO schema_version (component, version) VALUES ($1, $2)"
	    " ON CONFLICT (component) DO UPDATE SET version = excluded.version",
	    SK_BINDS(sk_text(component), sk_int(version)), NULL);
}

static int one_step(struct sk_db *db, void *arg)
{
	struct step *s = arg;
	int rc = sk_db_script(db, "migrate", "{pg}SELECT pg_advisory_xact_lock(7340112);\n");

	if (rc == 0)
		rc = read_version(db, s->component, &s->version);
	if (rc)
		return rc;
	int64_t most = newest(s->component);
	if (s->version > most)
		return sk_db_fail(db, SK_EUNSUPPORTED,
		    "the tables \"%s\" have version %" PRId64 ", this program knows %" PRId64,
		    s->component, s->version, most);
	s->done = s->version == most;
	if (s->done)
		return 0;
	rc = sk_db_script(db, s->component, step_of(s->component, s->version + 1));
	return rc ? rc : write_version(db, s->component, s->version + 1);
}

int sk_db_migrate(struct sk_db *db, const char *component)
{
	struct step s = {.component = component};
	int rc = newest(component) ? sk_db_transact(db, SK_DB_QUEUE, make_table, NULL) : SK_EARG;

	while (rc == 0 && !s.done)
		rc = sk_db_transact(db, SK_DB_QUEUE, one_step, &s);
	return rc;
}

static int version_work(struct sk_db *db, void *arg)
{
	struct step *s = arg;
	int rc = make_table(db, NULL);

	return rc ? rc : read_version(db, s->component, &s->version);
}

int sk_db_version(struct sk_db *db, const char *component, int64_t *version)
{
	struct step s = {.component = component};
	int rc = sk_db_transact(db, SK_DB_QUEUE, version_work, &s);

	if (rc == 0)
		*version = s.version;
	return rc;
}
