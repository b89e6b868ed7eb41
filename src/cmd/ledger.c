/*
 * sekisho ledger: reading a ledger, its proofs and copies of it; for what repairs one see ledger-recover.c and ledger-succeed.c.
 * Runs as the user, on a folder he may read.
 */
#include "cmd/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/day.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/hex.h"
#include "base/utf8.h"
#include "ledger/files.h"

#define TOKYO 32400

/* --- opening --- */

static int open_ledger(const char *path, struct sk_ledger **l)
{
	sk_autoclose int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = dir < 0 ? SK_EIO : sk_ledger_read(dir, l);

	if (rc)
		ledger_fail(path, ledger_why(rc));
	return rc;
}

static int number(const char *text, uint64_t *n)
{
	if (sk_decimal_parse(sk_slice_str(text), n) == 0)
		return 0;
	fprintf(stderr, _("sekisho: '%s' is not the number of an entry\n"), text);
	return -1;
}

/* --- verify --- */

static int tell_walk(
    const struct ledger_asked *a, struct sk_ledger *l, const struct sk_walk *w, int rc)
{
	char root[2 * SK_HASH_BYTES + 1];
	struct sk_hash h = sk_ledger_root(l);

	sk_hex_text(root, h.b, SK_HASH_BYTES);
	if (a->json)
		printf(
		    "{\"verdict\":\"%s\",\"origin\":\"%s\",\"size\":%llu,\"root\":\"%s\",\"entries\":%llu}\n",
		    rc ? "wrong" : "good", sk_ledger_key(l)->name,
		    (unsigned long long)sk_ledger_size(l), root, (unsigned long long)w->entries);
	else if (rc == 0)
		printf(_("%s: %llu entries, all as the checkpoint says; root %s\n"),
		    sk_ledger_key(l)->name, (unsigned long long)sk_ledger_size(l), root);
	if (rc == 0)
		return EXIT_ALL_CLEAN;
	fprintf(stderr, _("sekisho: %s does not fit the entries or the checkpoint"),
	    w->path[0] ? w->path : "checkpoint");
	if (w->index != UINT64_MAX)
		fprintf(stderr, _(" (entry %llu)"), (unsigned long long)w->index);
	fprintf(stderr, "\n%s\n", _("sekisho-ledgerverify(1) says what was done to it."));
	return EXIT_SOME_REFUSED;
}

static int ledger_verify(const struct ledger_asked *a)
{
	struct sk_ledger *l = NULL;
	struct sk_walk w;

	int rc = open_ledger(a->arg[0], &l);
	if (rc)
		return rc == SK_EIO || rc == SK_ENOMEM ? EXIT_SOME_ERROR : EXIT_SOME_REFUSED;
	int code = tell_walk(a, l, &w, sk_ledger_walk(l, &w));
	sk_ledger_free(l);
	return code;
}

/* --- show --- */

static const char *personal_state(enum sk_opening_state s)
{
	switch (s) {
	case SK_OPENING_ERASED:
		return _("(erased)");
	case SK_OPENING_NONE:
		return _("(not kept here)");
	case SK_OPENING_WRONG:
		return _("(what is kept here is not what was logged)");
	case SK_OPENING_LIVE:
		break;
	}
	return "";
}

static const char *state_word(enum sk_opening_state s)
{
	static const char *const words[] = {"kept", "erased", "none", "wrong"};

	return words[s];
}

/* With the day of the era, and the time in Japan. */
static void show_time(struct sk_slice value)
{
	uint64_t ms = 0;
	char era[SK_DAY_TEXT];

	(void)sk_decimal_parse(value, &ms);
	uint64_t s = ms / 1000 + TOKYO;
	sk_day_era((int32_t)(s / 86400), era);
	printf("%s %02u:%02u:%02u.%03u", era, (unsigned)(s / 3600 % 24), (unsigned)(s / 60 % 60),
	    (unsigned)(s % 60), (unsigned)(ms % 1000));
}

static void show_field(enum sk_entry_field f, struct sk_slice value, enum sk_opening_state s,
    const struct sk_opening *o)
{
	char text[SK_ENTRY_PERSONAL * 2];

	printf("  %-20s ", sk_entry_field_name(f));
	if (sk_entry_field_type(f) == SK_ENTRY_TYPE_TIME) {
		show_time(value);
	} else if (sk_entry_field_type(f) != SK_ENTRY_TYPE_PERSONAL) {
		printf("%.*s", (int)value.n, (const char *)value.p);
	} else if (s == SK_OPENING_LIVE) {
		sk_utf8_display(text, sizeof(text), sk_buf_slice(&o->value));
		printf("%s", text);
	} else {
		printf("%s", personal_state(s));
	}
	printf("\n");
}

static void json_field(json_t *to, enum sk_entry_field f, struct sk_slice value,
    enum sk_opening_state s, const struct sk_opening *o)
{
	char text[SK_ENTRY_PERSONAL * 2] = "";
	json_t *v;

	if (sk_entry_field_type(f) != SK_ENTRY_TYPE_PERSONAL) {
		v = json_stringn((const char *)value.p, value.n);
	} else {
		v = json_pack("{s:s#, s:s}", "commitment", (const char *)value.p, (int)value.n,
		    "state", state_word(s));
		if (s == SK_OPENING_LIVE) {
			sk_utf8_display(text, sizeof(text), sk_buf_slice(&o->value));
			json_object_set_new(v, "value", json_string(text));
		}
	}
	json_object_set_new(to, sk_entry_field_name(f), v);
}

static void each_field(struct sk_ledger *l, uint64_t index, const struct sk_leaf *e, json_t *to)
{
	for (enum sk_entry_field f = 0; f < SK_ENTRY_FIELDS; f++) {
		struct sk_opening o = {.value = SK_BUF(1)};
		enum sk_opening_state s = SK_OPENING_NONE;
		if (e->field[f].p == NULL)
			continue;
		if (sk_entry_field_type(f) == SK_ENTRY_TYPE_PERSONAL)
			s = sk_ledger_opening(l, index, f, e->field[f], &o);
		if (to)
			json_field(to, f, e->field[f], s, &o);
		else
			show_field(f, e->field[f], s, &o);
		sk_buf_free(&o.value);
	}
}

static int show_entry(const struct ledger_asked *a, struct sk_ledger *l, uint64_t index)
{
	struct sk_buf b = SK_BUF(SK_ENTRY_BYTES);
	struct sk_leaf e;

	int rc = sk_ledger_entry(l, index, &b);
	if (rc == 0)
		rc = sk_entry_parse(sk_buf_slice(&b), &e);
	if (rc == 0 && a->json) {
		json_t *fields = json_object();
		each_field(l, index, &e, fields);
		json_t *row = json_pack("{s:I, s:o}", "index", (json_int_t)index, "entry", fields);
		json_dumpf(row, stdout, JSON_COMPACT);
		json_decref(row);
		printf("\n");
	} else if (rc == 0) {
		printf(_("entry %llu\n"), (unsigned long long)index);
		each_field(l, index, &e, NULL);
	}
	sk_buf_free(&b);
	return rc;
}

/* One entry, from one to another, or all. */
static int ledger_show(const struct ledger_asked *a)
{
	struct sk_ledger *l = NULL;
	uint64_t from = 0, to;
	int rc = 0;

	if (open_ledger(a->arg[0], &l))
		return EXIT_SOME_ERROR;
	to = sk_ledger_size(l) - (sk_ledger_size(l) > 0);
	if (a->n > 1 && number(a->arg[1], &from) == 0)
		to = from;
	else if (a->n > 1)
		rc = SK_EINTERNAL;
	if (a->n > 2 && rc == 0 && number(a->arg[2], &to))
		rc = SK_EINTERNAL;
	if (rc == 0 && a->n > 1 && (from > to || to >= sk_ledger_size(l)))
		rc = ledger_fail(a->arg[0], ledger_why(SK_EARG));
	for (uint64_t i = from; rc == 0 && i <= to && i < sk_ledger_size(l); i++)
		if ((rc = show_entry(a, l, i)) != 0)
			ledger_fail(a->arg[0], ledger_why(rc));
	sk_ledger_free(l);
	return rc ? EXIT_SOME_ERROR : EXIT_ALL_CLEAN;
}

/* --- prove --- */

static int write_out(const char *path, struct sk_slice bytes)
{
	if (path == NULL || strcmp(path, "-") == 0)
		return fwrite(bytes.p, 1, bytes.n, stdout) == bytes.n ? 0 : SK_EIO;
	sk_autoclose int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	return fd < 0 ? SK_EIO : sk_write_all(fd, bytes.p, bytes.n) || fsync(fd) ? SK_EIO : 0;
}

static int ledger_prove(const struct ledger_asked *a)
{
	struct sk_ledger *l = NULL;
	struct sk_buf b = SK_BUF(1 << 20);
	uint64_t index = 0;
	int code = EXIT_SOME_ERROR;

	if (number(a->arg[1], &index) || open_ledger(a->arg[0], &l))
		return code;
	int rc = sk_ledger_receipt(l, index, a->openings, &b);
	if (rc)
		ledger_fail(a->arg[0], ledger_why(rc));
	else if (write_out(a->out, sk_buf_slice(&b)))
		ledger_fail(a->out ? a->out : "-", cli_errno_text(errno));
	else
		code = EXIT_ALL_CLEAN;
	sk_buf_free(&b);
	sk_ledger_free(l);
	return code;
}

/* --- export --- */

struct copy {
	int from;
	struct sk_files to;
	char path[SK_PATH_BYTES]; /* that could not be copied */
};

/* 0; SK_EIO with errno ENOENT: it is not there. */
static int copy_file(struct copy *c, const char *path)
{
	struct sk_buf b = SK_BUF(SK_FILE_BYTES + 1);

	snprintf(c->path, sizeof(c->path), "%s", path);
	int rc = sk_file_read(c->from, path, SK_FILE_BYTES, &b);
	if (rc == 0)
		rc = sk_files_put(&c->to, path, sk_buf_slice(&b));
	sk_buf_free(&b);
	return rc;
}

static void path_of(char path[SK_PATH_BYTES], int level, uint64_t n, unsigned width)
{
	if (level < 0)
		sk_bundle_path(path, n, width);
	else
		sk_tile_path(path, (unsigned)level, n, width);
}

/* Level −1: bundles. A partial one may have become full in the meantime. */
static int copy_level(struct copy *c, int level, uint64_t size)
{
	uint64_t hashes = size >> 8 * (level < 0 ? 0 : level), full = hashes / SK_TILE_WIDTH;
	char path[SK_PATH_BYTES];
	int rc = 0;

	for (uint64_t n = 0; n < full && rc == 0; n++) {
		path_of(path, level, n, SK_TILE_WIDTH);
		rc = copy_file(c, path);
	}
	if (rc || hashes % SK_TILE_WIDTH == 0)
		return rc;
	path_of(path, level, full, (unsigned)(hashes % SK_TILE_WIDTH));
	rc = copy_file(c, path);
	if (rc == SK_EIO && errno == ENOENT) {
		path_of(path, level, full, SK_TILE_WIDTH);
		rc = copy_file(c, path);
	}
	return rc;
}

static int copy_all(struct copy *c, struct sk_ledger *l)
{
	static const char *const beside[] = {"key.pub", "witness.pub", "witnessed"};
	int rc = 0;

	for (int level = -1; level < SK_TILE_LEVELS && rc == 0; level++)
		rc = copy_level(c, level, sk_ledger_size(l));
	for (size_t i = 0; i < 3 && rc == 0; i++) {
		rc = copy_file(c, beside[i]);
		if (rc == SK_EIO && errno == ENOENT && i > 0) /* a ledger may have no witnesses */
			rc = 0;
	}
	if (rc == 0)
		rc = sk_files_put(&c->to, "checkpoint", sk_ledger_checkpoint(l));
	return rc ? rc : sk_files_sync(&c->to);
}

/* The whole log as of now, without what is behind commitments: for an auditor. */
static int ledger_export(const struct ledger_asked *a)
{
	struct sk_ledger *l = NULL;
	struct copy c = {.from = -1};

	if (open_ledger(a->arg[0], &l))
		return EXIT_SOME_ERROR;
	sk_autoclose int from = open(a->arg[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = mkdir(a->arg[1], 0750);
	sk_autoclose int to = rc ? -1 : open(a->arg[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	c.from = from;
	c.to.dir = to;
	if (to < 0) {
		rc = ledger_fail(a->arg[1], cli_errno_text(errno));
	} else {
		rc = copy_all(&c, l);
		if (rc)
			ledger_fail(c.path, ledger_why(rc));
		else
			printf(_("%llu entries in %s\n"), (unsigned long long)sk_ledger_size(l),
			    a->arg[1]);
	}
	sk_ledger_free(l);
	return rc ? EXIT_SOME_ERROR : EXIT_ALL_CLEAN;
}

/* --- the command --- */

static const struct {
	const char *name;
	int least, most;
	int (*run)(const struct ledger_asked *a);
	const char *usage;
} verbs[] = {
    {"verify", 1, 1, ledger_verify,
	N_("sekisho: ledger verify takes [--json] and the folder of a ledger")},
    {"show", 1, 3, ledger_show,
	N_("sekisho: ledger show takes [--json], the folder of a ledger, and which entries: a number, or the first and the last")},
    {"prove", 2, 2, ledger_prove,
	N_("sekisho: ledger prove takes [--openings] [-o FILE], the folder of a ledger and the number of an entry")},
    {"export", 2, 2, ledger_export,
	N_("sekisho: ledger export takes the folder of a ledger and a folder that does not exist yet")},
    {"recover", 2, 2, ledger_recover,
	N_("sekisho: ledger recover takes [--checkpoint FILE], the state folder of a post and a copy of its ledger")},
    {"succeed", 1, 1, ledger_succeed,
	N_("sekisho: ledger succeed takes --by ROLE=MEMBER twice, --policy FILE, [--origin NAME] [--checkpoint FILE] and the state folder of a post")},
};

/* An option with a value; false: it is none. */
static bool take_value(const char *name, const char *value, struct ledger_asked *a)
{
	const char **to = strcmp(name, "-o") == 0                   ? &a->out
			  : strcmp(name, "--checkpoint") == 0       ? &a->checkpoint
			  : strcmp(name, "--origin") == 0           ? &a->origin
			  : strcmp(name, "--policy") == 0           ? &a->policy
			  : strcmp(name, "--by") == 0 && a->nby < 2 ? &a->by[a->nby++]
								    : NULL;

	if (to == NULL || value == NULL)
		return false;
	*to = value;
	return true;
}

static int take_options(int argc, char **argv, struct ledger_asked *a)
{
	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			a->json = true;
		else if (strcmp(argv[i], "--openings") == 0)
			a->openings = true;
		else if (i + 1 < argc && take_value(argv[i], argv[i + 1], a))
			i++;
		else if (argv[i][0] == '-' || a->n == 3)
			return -1;
		else
			a->arg[a->n++] = argv[i];
	}
	return 0;
}

int cmd_ledger(int argc, char **argv)
{
	struct ledger_asked a = {.n = 0};

	if (cli_take_language(&argc, argv))
		return EXIT_SOME_ERROR;
	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(argv[1], verbs[i].name) != 0)
			continue;
		if (take_options(argc - 2, argv + 2, &a) == 0 && a.n >= verbs[i].least &&
		    a.n <= verbs[i].most)
			return verbs[i].run(&a);
		fprintf(stderr, "%s\n", _(verbs[i].usage));
		return EXIT_SOME_ERROR;
	}
	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		cli_usage(stdout);
		return EXIT_ALL_CLEAN;
	}
	fprintf(stderr, "%s\n",
	    _("sekisho: ledger is followed by verify, show, prove, export, recover or succeed"));
	return EXIT_SOME_ERROR;
}
