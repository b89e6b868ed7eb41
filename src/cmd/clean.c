/*
 * sekisho clean and sekisho inspect: several lanes, each an engine of its own, take files from one list.
 * The command.
 */
#include "cmd/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/codes.h"
#include "base/fd.h"

#define MAX_LANES 64

struct batch {
	struct options o;
	struct files files;
	struct names *names;
	FILE *report;
	bool inspect;
	bool into_folder;     /* -o is a folder */
	bool to_stdout;       /* the cleaned file goes there, so messages must not */
	pthread_mutex_t lock; /* the list, the names, what is printed */
	size_t next;
	unsigned counts[3]; /* by verdict */
	bool broken;        /* a report could not be written */
};

static struct sk_engine *lanes[MAX_LANES];
static volatile sig_atomic_t interrupted;

static void on_signal(int sig)
{
	interrupted = sig;
	for (int i = 0; i < MAX_LANES; i++)
		if (lanes[i])
			sk_engine_interrupt(lanes[i]);
}

static void catch_signals(void)
{
	struct sigaction sa = {.sa_handler = on_signal};

	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void fail(
    struct row *row, enum sk_verdict verdict, enum sk_code code, const char *what, int err)
{
	row->verdict = verdict;
	row->reason = sk_code_name(code);
	row->sentence = sk_code_text(code);
	snprintf(row->detail, sizeof(row->detail), "%s%s%s", what, err ? ": " : "",
	    err ? strerror(err) : "");
	row->output = NULL;
}

/* The folder an output goes to; allocated. */
static char *output_folder(const struct batch *b, const struct file *f)
{
	char *dir = NULL;

	if (b->into_folder) {
		if (asprintf(&dir, "%s%s%s", b->o.out, f->relative[0] ? "/" : "", f->relative) < 0)
			return NULL;
		return dir;
	}
	const char *path = b->o.out ? b->o.out : f->path;
	const char *slash = strrchr(path, '/');
	return slash == NULL ? strdup(".")
			     : strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* The name in that folder; allocated. *own: the name our rules give; differs from the input's when corrected. */
static char *output_name(
    struct batch *b, const struct file *f, const struct sk_result *r, const char *dir)
{
	if (b->o.out && !b->into_folder) {
		const char *slash = strrchr(b->o.out, '/');
		return cli_names_take(b->names, dir, slash ? slash + 1 : b->o.out);
	}
	bool keep = r->name_fits && strcmp(r->type, r->output_type) == 0;
	char *plain = cli_output_name(f->path, r->extension, keep, !b->into_folder);
	pthread_mutex_lock(&b->lock);
	char *name = plain ? cli_names_take(b->names, dir, plain) : NULL;
	pthread_mutex_unlock(&b->lock);
	free(plain);
	return name;
}

/* Where one file's output goes, while it is made. */
struct target {
	char *dir, *name, *path;
	struct output out;
	bool to_stdout;
};

static void close_target(struct target *t)
{
	if (!t->to_stdout)
		cli_output_close(&t->out);
	free(t->dir);
	free(t->name);
	free(t->path);
}

static int open_target(const struct batch *b, const struct file *f, struct target *t)
{
	*t = (struct target){.out = {.fd = -1, .dir = -1}};
	if (b->inspect)
		return 0;
	if (strcmp(f->path, "-") == 0 && (b->o.out == NULL || strcmp(b->o.out, "-") == 0)) {
		t->to_stdout = true;
		t->out.fd = STDOUT_FILENO;
		return 0;
	}
	if (b->o.out && strcmp(b->o.out, "-") == 0) {
		t->to_stdout = true;
		t->out.fd = STDOUT_FILENO;
		return 0;
	}
	t->dir = output_folder(b, f);
	if (t->dir == NULL)
		return -1;
	if (b->into_folder && cli_make_folders(b->o.out, f->relative))
		return -1;
	return cli_output_open(&t->out, t->dir);
}

/* Give the finished output its name. */
static void publish(struct batch *b, const struct file *f, struct target *t, struct row *row)
{
	if (b->inspect)
		return;
	if (t->to_stdout) {
		row->output = "-";
		return;
	}
	t->name = output_name(b, f, row->result, t->dir);
	if (t->name == NULL ||
	    asprintf(&t->path, "%s%s%s", strcmp(t->dir, ".") || b->into_folder ? t->dir : "",
		strcmp(t->dir, ".") || b->into_folder ? (strcmp(t->dir, "/") ? "/" : "") : "",
		t->name) < 0) {
		t->path = NULL;
		fail(row, SK_ERROR, SK_REASON_SYSTEM, _("naming the output"), errno);
		return;
	}
	if (cli_output_publish(&t->out, t->name, b->o.force)) {
		if (errno == EEXIST)
			fail(row, SK_REFUSED, SK_REASON_EXISTS, t->path, 0);
		else
			fail(row, SK_ERROR, SK_REASON_SYSTEM, t->path, errno);
		return;
	}
	row->output = t->path;
	if (!row->result->name_fits)
		row->changed_name = t->name;
}

static void show(struct batch *b, const struct row *row)
{
	FILE *people = b->to_stdout ? stderr : stdout;

	pthread_mutex_lock(&b->lock);
	b->counts[row->verdict]++;
	cli_progress_hide();
	if (b->o.json && cli_show_json(stdout, row))
		b->broken = true;
	else if (!b->o.json && (!b->o.quiet || row->verdict != SK_CLEAN))
		cli_show_human(people, row, b->inspect);
	if (b->report && cli_show_json(b->report, row))
		b->broken = true;
	cli_progress_step(row->input, row->result ? row->result->size_in : 0);
	pthread_mutex_unlock(&b->lock);
}

/* Only ordinary files, and standard input if asked for: a pipe or a device could block or have side effects. */
static int open_input(const struct file *f, struct row *row)
{
	struct stat st;

	if (strcmp(f->path, "-") == 0)
		return dup(STDIN_FILENO);
	if (f->error) {
		fail(row, SK_ERROR, SK_REASON_SYSTEM, _("reading"), f->error);
		return -1;
	}
	int fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		fail(row, SK_ERROR, SK_REASON_SYSTEM, _("opening"), errno);
		return -1;
	}
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	fail(row, SK_REFUSED, SK_REASON_SPECIAL_FILE, "", 0);
	return -1;
}

static void run_engine(
    struct batch *b, struct sk_engine *engine, const struct file *f, int in, struct row *row)
{
	struct target t;
	struct sk_result *r = NULL;

	if (open_target(b, f, &t)) {
		fail(row, SK_ERROR, SK_REASON_SYSTEM, t.dir ? t.dir : _("output folder"), errno);
		show(b, row);
		close_target(&t);
		return;
	}
	const char *slash = strrchr(f->path, '/');
	struct sk_request req = {.input = in,
	    .output = t.out.fd,
	    .method = b->o.method,
	    .name = strcmp(f->path, "-") == 0 ? NULL
		    : slash                   ? slash + 1
					      : f->path};
	if (sk_engine_clean(engine, &req, &r) == 0) {
		row->result = r;
		row->verdict = r->verdict;
		row->reason = r->reason;
		row->sentence = r->sentence;
		snprintf(row->detail, sizeof(row->detail), "%s", r->detail);
		if (r->verdict == SK_CLEAN)
			publish(b, f, &t, row);
	} else {
		fail(row, SK_ERROR, SK_REASON_SYSTEM, _("out of memory"), 0);
	}
	show(b, row);
	sk_result_free(r);
	close_target(&t);
}

static void one_file(struct batch *b, struct sk_engine *engine, const struct file *f)
{
	struct row row = {.input = f->path, .method = cli_method_name(b->o.method)};
	sk_autoclose int in = open_input(f, &row);

	if (in < 0) {
		show(b, &row);
		return;
	}
	run_engine(b, engine, f, in, &row);
}

static const struct file *take(struct batch *b)
{
	pthread_mutex_lock(&b->lock);
	const struct file *f = b->next < b->files.n && !interrupted ? &b->files.v[b->next++] : NULL;
	pthread_mutex_unlock(&b->lock);
	return f;
}

struct lane {
	struct batch *batch;
	struct sk_engine *engine;
	pthread_t thread;
};

static void *work(void *arg)
{
	struct lane *l = arg;

	for (const struct file *f; (f = take(l->batch));)
		one_file(l->batch, l->engine, f);
	return NULL;
}

/* Open an engine a lane; what is missing is told once. Lanes never outnumber files. */
static unsigned open_lanes(struct batch *b, struct lane *l, unsigned want)
{
	for (unsigned i = 0; i < want; i++) {
		char *why = NULL;
		if (sk_engine_open(&l[i].engine, cli_helper_dir(), &why)) {
			fprintf(
			    stderr, _("sekisho: the jail is not available: %s\n"), why ? why : "?");
			fprintf(stderr, "%s\n",
			    _("Nothing was cleaned. 'sekisho selftest' tells more."));
			free(why);
			return 0;
		}
		l[i].batch = b;
		lanes[i] = l[i].engine;
	}
	return want;
}

static int run_lanes(struct batch *b)
{
	struct lane l[MAX_LANES] = {{0}};
	unsigned want = b->files.n < b->o.jobs ? (unsigned)b->files.n : b->o.jobs;
	unsigned n = open_lanes(b, l, want);

	for (unsigned i = 1; i < n; i++)
		if (pthread_create(&l[i].thread, NULL, work, &l[i]))
			l[i].batch = NULL;
	if (n)
		work(&l[0]);
	for (unsigned i = 1; i < n; i++)
		if (l[i].batch)
			pthread_join(l[i].thread, NULL);
	for (unsigned i = 0; i < want; i++) {
		lanes[i] = NULL;
		sk_engine_close(l[i].engine);
	}
	return n ? 0 : -1;
}

/* -o names a folder when it is one, ends in '/', or cannot be a file because several go there. */
static int decide_output(struct batch *b)
{
	const char *out = b->o.out;
	struct stat st;

	if (out == NULL || b->inspect || strcmp(out, "-") == 0)
		return 0;
	bool is_folder = stat(out, &st) == 0 && S_ISDIR(st.st_mode);
	bool several =
	    b->files.n > 1 || (b->files.n == 1 && strcmp(b->files.v[0].path, b->o.args[0]));
	b->into_folder = is_folder || several || out[strlen(out) - 1] == '/';
	if (b->into_folder && !is_folder) {
		fprintf(stderr,
		    _("sekisho: the output folder '%s' does not exist; make it first\n"), out);
		return -1;
	}
	return 0;
}

static bool check_usage(struct batch *b)
{
	if (b->o.nargs == 0) {
		fprintf(stderr, "%s\n", _("sekisho: no files given"));
		cli_usage(stderr);
		return false;
	}
	for (int i = 0; i < b->o.nargs; i++)
		b->to_stdout |= strcmp(b->o.args[i], "-") == 0 && b->o.out == NULL;
	b->to_stdout |= b->o.out && strcmp(b->o.out, "-") == 0;
	b->to_stdout &= !b->inspect;
	if (b->to_stdout && b->o.json) {
		fprintf(stderr, "%s\n",
		    _("sekisho: --json and the cleaned file both want standard output; give -o or --report"));
		return false;
	}
	if (b->to_stdout && b->files.n > 1) {
		fprintf(stderr, "%s\n", _("sekisho: only one file can go to standard output"));
		return false;
	}
	return true;
}

static int exit_code(const struct batch *b)
{
	if (b->counts[SK_ERROR] || b->broken || interrupted)
		return EXIT_SOME_ERROR;
	return b->counts[SK_REFUSED] ? EXIT_SOME_REFUSED : EXIT_ALL_CLEAN;
}

static void summary(const struct batch *b)
{
	cli_progress_end();
	if (b->o.json || b->o.quiet || b->inspect || b->files.n < 2)
		return;
	fprintf(stderr, _("%u clean, %u refused, %u errors\n"), b->counts[SK_CLEAN],
	    b->counts[SK_REFUSED], b->counts[SK_ERROR]);
}

static int run_batch(struct batch *b)
{
	if (!check_usage(b) || decide_output(b))
		return EXIT_SOME_ERROR;
	if (b->o.report && (b->report = fopen(b->o.report, "we")) == NULL) {
		fprintf(stderr, _("sekisho: cannot write the report '%s': %s\n"), b->o.report,
		    strerror(errno));
		return EXIT_SOME_ERROR;
	}
	catch_signals();
	cli_progress_start(b->files.n, b->files.bytes, b->o.quiet || b->inspect);
	int rc = run_lanes(b);
	if (cli_names_folders(b->names, cli_sync_folder)) {
		fprintf(stderr, _("sekisho: an output folder could not be synced: %s\n"),
		    strerror(errno));
		b->broken = true;
	}
	summary(b);
	if (b->report && fclose(b->report))
		b->broken = true;
	if (interrupted)
		fprintf(stderr, "%s\n",
		    _("sekisho: interrupted; what was finished is complete, nothing is left half-done"));
	if (b->broken)
		fprintf(stderr, "%s\n", _("sekisho: a report could not be written completely"));
	return rc ? EXIT_SOME_ERROR : exit_code(b);
}

static int main_of(int argc, char **argv, bool inspect)
{
	static struct batch b = {.lock = PTHREAD_MUTEX_INITIALIZER};
	int rc = cli_options(argc, argv, &b.o);

	if (rc)
		return rc < 0 ? EXIT_SOME_ERROR : EXIT_ALL_CLEAN;
	b.inspect = inspect;
	b.names = cli_names_new();
	if (b.names == NULL || cli_files(&b.files, b.o.args)) {
		fprintf(stderr, "%s\n", _("sekisho: out of memory"));
		return EXIT_SOME_ERROR;
	}
	int code = run_batch(&b);
	cli_files_free(&b.files);
	cli_names_free(b.names);
	return code;
}

int cmd_clean(int argc, char **argv)
{
	return main_of(argc, argv, false);
}

int cmd_inspect(int argc, char **argv)
{
	return main_of(argc, argv, true);
}
