/*
 * sekisho clean and sekisho inspect: several lanes, each an engine of its own, take files from one list.
 * The command.
 */
#include "cmd/batch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/codes.h"
#include "base/fd.h"

#define MAX_LANES 64

static struct sk_engine *lanes[MAX_LANES];
static volatile sig_atomic_t interrupted;

static void on_signal(int sig)
{
	int saved = errno;

	interrupted = sig;
	for (int i = 0; i < MAX_LANES; i++)
		if (lanes[i])
			sk_engine_interrupt(lanes[i]);
	errno = saved;
}

/* What a starter chose to ignore (nohup) stays ignored. */
static void catch_signals(void)
{
	static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction sa = {.sa_handler = on_signal}, old;

	sigemptyset(&sa.sa_mask);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (sigaction(ends[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(ends[i], &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
}

void cli_fail(
    struct row *row, enum sk_verdict verdict, enum sk_code code, const char *what, int err)
{
	row->verdict = verdict;
	row->reason = sk_code_name(code);
	row->sentence = sk_code_text(code);
	snprintf(row->detail, sizeof(row->detail), "%s%s%s", what, err ? ": " : "",
	    err ? cli_errno_text(err) : "");
	row->output = NULL;
}

static void show(struct batch *b, const struct row *row)
{
	FILE *people = b->to_stdout ? stderr : stdout;

	pthread_mutex_lock(&b->lock);
	b->counts[row->verdict]++;
	cli_progress_hide();
	if (b->o.json)
		cli_show_json(stdout, row);
	else if (!b->o.quiet || row->verdict != SK_CLEAN)
		cli_show_human(people, row, b->inspect);
	if (b->report)
		cli_show_json(b->report, row);
	cli_progress_step(row->result ? row->result->size_in : 0);
	pthread_mutex_unlock(&b->lock);
}

/* Only ordinary files, and standard input if asked for: a pipe or a device could block or have side effects. */
static int open_input(const struct file *f, struct row *row, struct stat *st)
{
	bool is_stdin = strcmp(f->path, "-") == 0;

	if (f->error || (!is_stdin && stat(f->path, st))) {
		cli_fail(
		    row, SK_ERROR, SK_REASON_SYSTEM, _("reading"), f->error ? f->error : errno);
		return -1;
	}
	if (!is_stdin && !S_ISREG(st->st_mode)) {
		cli_fail(row, SK_REFUSED, SK_REASON_SPECIAL_FILE, "", 0);
		return -1;
	}
	int fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
			  : open(f->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		cli_fail(row, SK_ERROR, SK_REASON_SYSTEM, _("opening"), errno);
	else if (fstat(fd, st) || (!is_stdin && !S_ISREG(st->st_mode))) {
		cli_fail(row, SK_REFUSED, SK_REASON_SPECIAL_FILE, "", 0);
		sk_close(&fd);
	}
	return fd;
}

/* File name of an input without its folder; NULL for standard input. */
static const char *base_name(const struct file *f)
{
	const char *slash = strrchr(f->path, '/');

	if (strcmp(f->path, "-") == 0)
		return NULL;
	return slash ? slash + 1 : f->path;
}

/* Hand the file to the engine and publish what came of it; the row borrows from *r and *t. */
static void run_engine(struct batch *b, struct sk_engine *engine, const struct file *f, int in,
    struct target *t, struct row *row, struct sk_result **r)
{
	struct sk_request req = {.input = in,
	    .output = t->out.fd,
	    .method = b->o.method,
	    .name = base_name(f),
	    .passwords = cli_passwords(),
	    .reencrypt = b->o.reencrypt};

	if (sk_engine_clean(engine, &req, r)) {
		cli_fail(row, SK_ERROR, SK_REASON_SYSTEM, cli_errno_text(ENOMEM), 0);
		return;
	}
	row->result = *r;
	row->verdict = (*r)->verdict;
	row->reason = (*r)->reason;
	row->sentence = (*r)->sentence;
	snprintf(row->detail, sizeof(row->detail), "%s", (*r)->detail);
	if (row->verdict == SK_CLEAN)
		cli_target_publish(b, f, t, row);
}

static void one_file(struct batch *b, struct sk_engine *engine, const struct file *f)
{
	struct row row = {
	    .input = f->path, .method = cli_method_name(b->o.method), .verdict = SK_ERROR};
	struct target t = {.out = {.fd = -1, .dir = -1}};
	struct sk_result *r = NULL;
	struct stat st;
	sk_autoclose int in = open_input(f, &row, &st);

	if (in >= 0 && cli_target_open(b, f, S_ISREG(st.st_mode) ? st.st_mode : 0666, &t))
		cli_fail(
		    &row, SK_ERROR, SK_REASON_SYSTEM, t.dir ? t.dir : _("output folder"), errno);
	else if (in >= 0)
		run_engine(b, engine, f, in, &t, &row, &r);
	show(b, &row);
	sk_result_free(r);
	cli_target_close(&t);
}

static const struct file *take(struct batch *b)
{
	pthread_mutex_lock(&b->lock);
	const struct file *f = b->next < b->files.n && !interrupted ? &b->files.v[b->next++] : NULL;
	if (f)
		cli_progress_begin(f->path);
	pthread_mutex_unlock(&b->lock);
	return f;
}

struct lane {
	struct batch *batch;
	struct sk_engine *engine;
	struct sk_engine **place; /* where a signal finds it */
	pthread_t thread;
};

static int open_lane(struct lane *l, char **why)
{
	if (sk_engine_open(&l->engine, cli_helper_dir(), why))
		return -1;
	*l->place = l->engine;
	return 0;
}

static void *work(void *arg)
{
	struct lane *l = arg;
	char *why = NULL;

	if (l->engine == NULL && open_lane(l, &why)) {
		free(why);
		return NULL;
	}
	for (const struct file *f; (f = take(l->batch));)
		one_file(l->batch, l->engine, f);
	return NULL;
}

/* The first lane begins while the others start; the run goes on without those that cannot. */
static void start_others(struct batch *b, struct lane *l, unsigned n)
{
	for (unsigned i = 1; i < n; i++) {
		l[i].batch = b;
		if (pthread_create(&l[i].thread, NULL, work, &l[i]))
			l[i].batch = NULL;
	}
}

static void end_all(struct lane *l, unsigned n)
{
	for (unsigned i = 1; i < n; i++)
		if (l[i].batch)
			pthread_join(l[i].thread, NULL);
	for (unsigned i = 0; i < n; i++) {
		lanes[i] = NULL;
		sk_engine_close(l[i].engine);
	}
}

static int run_lanes(struct batch *b)
{
	struct lane l[MAX_LANES] = {{0}};
	unsigned n = b->files.n < b->o.jobs ? (unsigned)b->files.n : b->o.jobs;
	char *why = NULL;

	if (n == 0)
		return 0;
	l[0].batch = b;
	for (unsigned i = 0; i < n; i++)
		l[i].place = &lanes[i];
	if (open_lane(&l[0], &why)) {
		cli_tell_no_jail(why);
		free(why);
		fprintf(stderr, "%s\n", _("Nothing was cleaned. 'sekisho selftest' tells more."));
		return -1;
	}
	if (n > 1)
		cli_files_largest_first(&b->files);
	start_others(b, l, n);
	work(&l[0]);
	end_all(l, n);
	return 0;
}

static bool check_usage(struct batch *b)
{
	if (b->o.nargs == 0) {
		fprintf(stderr, "%s\n",
		    _("sekisho: no files given; 'sekisho --help' shows how it is used"));
		return false;
	}
	if (b->o.reencrypt && cli_passwords() == NULL) {
		fprintf(stderr, "%s\n",
		    _("sekisho: --reencrypt needs --password-file or --password-fd"));
		return false;
	}
	for (int i = 0; i < b->o.nargs; i++) {
		if (strcmp(b->o.args[i], "-") == 0 && cli_passwords_took_stdin()) {
			fprintf(stderr, "%s\n",
			    _("sekisho: the passwords and a file both want standard input"));
			return false;
		}
		b->to_stdout |= strcmp(b->o.args[i], "-") == 0 && b->o.out == NULL;
	}
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

/* What the end of a run may find wrong besides the files. */
static void finish(struct batch *b)
{
	if (cli_names_folders(b->names, cli_sync_folder)) {
		fprintf(stderr, _("sekisho: an output folder could not be synced: %s\n"),
		    cli_errno_text(errno));
		b->broken = true;
	}
	bool cut = b->report && ferror(b->report);
	if (b->report && (fclose(b->report) || cut)) {
		fprintf(stderr, "%s\n", _("sekisho: the report could not be written completely"));
		b->broken = true;
	}
	if (interrupted)
		fprintf(stderr, "%s\n",
		    _("sekisho: interrupted; what was finished is complete, nothing is left half-done"));
}

static int run_batch(struct batch *b)
{
	if (!check_usage(b) || cli_decide_output(b) || cli_open_report(b))
		return EXIT_SOME_ERROR;
	if (b->files.n == 0)
		fprintf(stderr, "%s\n", _("sekisho: there is no file in these folders"));
	catch_signals();
	cli_progress_start(b->files.n, b->files.bytes, b->o.quiet || b->inspect);
	int rc = run_lanes(b);
	summary(b);
	finish(b);
	return rc ? EXIT_SOME_ERROR : exit_code(b);
}

static int main_of(int argc, char **argv, bool inspect)
{
	static struct batch b = {.lock = PTHREAD_MUTEX_INITIALIZER};
	int rc = cli_options(argc, argv, inspect ? CLI_INSPECT : CLI_CLEAN, &b.o);

	if (rc) {
		cli_passwords_wipe();
		return rc < 0 ? EXIT_SOME_ERROR : EXIT_ALL_CLEAN;
	}
	b.inspect = inspect;
	b.names = cli_names_new();
	if (b.names == NULL || cli_files(&b.files, b.o.args, b.o.out)) {
		fprintf(stderr, "%s\n", _("sekisho: out of memory"));
		return EXIT_SOME_ERROR;
	}
	int code = run_batch(&b);
	cli_passwords_wipe();
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
