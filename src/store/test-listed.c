/* Lists of transfers that are looked through, on both back ends alike: a hundred thousand of them. */
#include "store/listed.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "store/test-both.h"

static char where[256];
static struct sk_db *db;
static struct sk_arena *arena;

static int setup(void **state)
{
	db = open_store(where);
	arena = sk_arena_new(64 << 20);
	return 0;
}

static int teardown(void **state)
{
	sk_arena_free(arena);
	sk_db_close(db);
	return 0;
}

static struct sk_transfer example(const char *name, const char *requester)
{
	struct sk_transfer t;

	sk_transfer_init(&t);
	t.owner = t.zone_from = "lgwan";
	t.zone_to = "internet";
	t.route = "file-out";
	t.class = "2";
	t.requester = requester;
	t.requester_name = "市民課 職員";
	t.file_name = name;
	return t;
}

static int insert(struct sk_db *d, void *arg)
{
	struct sk_transfer *t = arg;
	int rc = sk_transfer_insert(d, t);

	return rc ? rc : sk_listed_put(d, t, "shimin");
}

static void add(const char *name, const char *requester, int64_t state)
{
	struct sk_transfer t = example(name, requester);

	t.state = state;
	if (sk_db_transact(db, SK_DB_WRITE, insert, &t))
		fail_msg("%s", sk_db_why(db));
}

static size_t found(struct sk_listed w, struct sk_transfer **out)
{
	struct sk_transfer *t = NULL;
	size_t n = 0;

	w.until = w.until ? w.until : INT64_MAX;
	w.most = w.most ? w.most : 10;
	if (sk_listed_find(db, arena, &w, out ? out : &t, &n))
		fail_msg("%s", sk_db_why(db));
	return n;
}

static size_t found_text(const char *text)
{
	return found((struct sk_listed){.text = text, .state = -1}, NULL);
}

/* Full and half width, great and small, composed or not: the same; signs of LIKE are themselves. */
static void test_text(void **state)
{
	add("ＡＢＣ見積書.docx", "ichi", 1);
	add("ﾃﾞｰﾀ 100%.xlsx", "ichi", 1);
	add("Straße_1.txt", "ni", 1);
	assert_int_equal(found_text("abc見積"), 1);
	assert_int_equal(found_text("データ"), 1);
	assert_int_equal(found_text("テ\xe3\x82\x99ータ"), 1);
	assert_int_equal(found_text("STRASSE"), 1);
	assert_int_equal(found_text("0%"), 1);
	assert_int_equal(found_text("a%c"), 0);
	assert_int_equal(found_text("e_1"), 1);
	assert_int_equal(found_text("e1"), 0);
	assert_int_equal(found_text("s_r"), 0);
	assert_int_equal(found_text("\\"), 0);
	assert_int_equal(found_text("NI"), 1);
	assert_int_equal(found_text("職員"), 3);
	assert_int_equal(found_text(""), 3);
}

static void test_filters(void **state)
{
	struct sk_transfer *t = NULL;

	add("a.txt", "ichi", 1);
	add("b.txt", "ni", 2);
	assert_int_equal(found((struct sk_listed){.person = "ichi", .state = -1}, &t), 1);
	assert_string_equal(t->file_name, "a.txt");
	assert_int_equal(found((struct sk_listed){.state = 2}, &t), 1);
	assert_string_equal(t->file_name, "b.txt");
	assert_int_equal(found((struct sk_listed){.person = "ichi", .state = 2}, NULL), 0);
	assert_int_equal(found((struct sk_listed){.department = "shimin", .state = -1}, NULL), 2);
	assert_int_equal(found((struct sk_listed){.department = "zei", .state = -1}, NULL), 0);
	assert_int_equal(found((struct sk_listed){.zone = "internet", .state = -1}, NULL), 2);
	assert_int_equal(found((struct sk_listed){.to = "lgwan", .state = -1}, NULL), 0);
	assert_int_equal(found((struct sk_listed){.from = "lgwan", .state = -1}, NULL), 2);
	assert_int_equal(found((struct sk_listed){.route = "mail", .state = -1}, NULL), 0);
	assert_int_equal(found((struct sk_listed){.class = "2", .state = -1}, NULL), 2);
	assert_int_equal(found((struct sk_listed){.class = "3A", .state = -1}, NULL), 0);
	assert_int_equal(
	    found((struct sk_listed){.since = t->received + 100000, .state = -1}, NULL), 0);
	assert_int_equal(found((struct sk_listed){.until = 1000, .state = -1}, NULL), 0);
}

static int forget(struct sk_db *d, void *arg)
{
	return sk_transfer_forget(d, arg);
}

static int change(struct sk_db *d, void *arg)
{
	struct sk_transfer *t = arg;

	t->class = "1";
	return sk_listed_class(d, t);
}

/* What was forgotten is found by nothing that told about people; its row stays. */
static void test_forget(void **state)
{
	struct sk_transfer *t = NULL;

	add("秘密.txt", "ichi", 1);
	assert_int_equal(found((struct sk_listed){.state = -1}, &t), 1);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, change, t), 0);
	assert_int_equal(found((struct sk_listed){.class = "1", .state = -1}, NULL), 1);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, forget, t->id), 0);
	assert_int_equal(found_text("秘密"), 0);
	assert_int_equal(found_text("ichi"), 0);
	assert_int_equal(found((struct sk_listed){.person = "ichi", .state = -1}, NULL), 0);
	assert_int_equal(found((struct sk_listed){.state = -1}, NULL), 1);
}

static const struct sk_binds nothing;

/* Every thousandth is `ichi`; the last ten have a state of their own. */
static int fill(struct sk_db *d, void *arg)
{
	int rc = sk_db_exec(d,
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)"
	    " INSERT INTO transfer (id, version, state, holds, owner, route, zone_from, zone_to, requester, file_name,"
	    " received, changed, downloads, reminders, class) SELECT '00000000000000000000000000' || CAST(100000 + i AS TEXT), 1,"
	    " CASE WHEN i > 99990 THEN 2 ELSE 9 END, 0, 'lgwan', 'file-out', 'lgwan', 'internet',"
	    " CASE WHEN i % 1000 = 0 THEN 'ichi' ELSE 'ni' END, 'f' || CAST(i AS TEXT), 1000000 + i / 3, 0, 0, 0, '2' FROM n",
	    nothing, NULL);

	return rc ? rc
		  : sk_db_exec(d,
			"INSERT INTO listed (id, received, requester, department, route, zone_from, zone_to, class, text)"
			" SELECT id, received, requester, 'shimin', route, zone_from, zone_to, class, file_name FROM transfer",
			nothing, NULL);
}

/* Page by page until the end: each once, the newest first. */
static size_t walk(struct sk_listed w)
{
	char id[SK_TRANSFER_ID] = "";
	size_t all = 0, n;

	w.most = 200;
	do {
		struct sk_transfer *t = NULL;
		struct sk_arena *whole = arena;
		arena = sk_arena_new(16 << 20);
		n = found(w, &t);
		for (size_t i = 0; i < n; i++) {
			assert_true(
			    id[0] == '\0' || t[i].received < w.before_received ||
			    (t[i].received == w.before_received && strcmp(t[i].id, id) < 0));
			w.before_received = t[i].received;
			memcpy(id, t[i].id, sizeof(id));
		}
		w.before_id = id;
		all += n;
		sk_arena_free(arena);
		arena = whole;
	} while (n == w.most);
	return all;
}

static void test_many(void **state)
{
	if (sk_db_transact(db, SK_DB_WRITE, fill, NULL))
		fail_msg("%s", sk_db_why(db));
	assert_int_equal(walk((struct sk_listed){.person = "ichi", .state = -1}), 100);
	assert_int_equal(walk((struct sk_listed){.state = 2}), 10);
	assert_int_equal(walk((struct sk_listed){.text = "F4242", .state = -1}), 11);
	assert_int_equal(walk((struct sk_listed){.text = "f4242", .state = 9}), 11);
	assert_int_equal(walk((struct sk_listed){.text = "f99", .state = 2}), 9);
	assert_int_equal(
	    walk((struct sk_listed){.since = 1000000, .until = 1000332, .state = -1}), 998);
	assert_int_equal(
	    found((struct sk_listed){.department = "shimin", .state = -1, .most = 200}, NULL), 200);
	assert_int_equal(walk((struct sk_listed){.class = "3A", .state = -1}), 0);
}

static const struct CMUnitTest tests[] = {
    T(test_text), T(test_filters), T(test_forget), T(test_many)};
MAIN_ON_BOTH("lists", IN_MEMORY, tests, tests)
