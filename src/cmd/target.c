/* Where outputs and the report go. Inputs of the run are never overwritten unasked. The command. */
#include "cmd/batch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/name.h"

/* The folder an output goes to; allocated. */
static char *output_folder(const struct batch *b, const struct file *f)
{
	char *dir = NULL;

	if (b->into_folder) {
		size_t n = strlen(b->o.out);
		while (n > 1 && b->o.out[n - 1] == '/')
			n--;
		if (asprintf(&dir, "%.*s%s%s", (int)n, b->o.out,
			f->relative[0] && b->o.out[n - 1] != '/' ? "/" : "", f->relative) < 0)
			return NULL;
		return dir;
	}
	const char *path = b->o.out ? b->o.out : f->path;
	const char *slash = strrchr(path, '/');
	return slash == NULL ? strdup(".")
			     : strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static bool goes_to_stdout(const struct batch *b, const struct file *f)
{
	return b->o.out ? strcmp(b->o.out, "-") == 0 : strcmp(f->path, "-") == 0;
}

int cli_target_open(const struct batch *b, const struct file *f, mode_t mode, struct target *t)
{
	*t = (struct target){.out = {.fd = -1, .dir = -1}};
	if (b->inspect)
		return 0;
	if (goes_to_stdout(b, f)) {
		t->to_stdout = true;
		t->out.fd = STDOUT_FILENO;
		return 0;
	}
	t->dir = output_folder(b, f);
	if (t->dir == NULL)
		return -1;
	int dir = b->into_folder ? cli_make_folders(b->o.out, f->relative)
				 : open(t->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir < 0 ? -1 : cli_output_open(&t->out, dir, mode);
}

void cli_target_close(struct target *t)
{
	if (!t->to_stdout)
		cli_output_close(&t->out);
	free(t->dir);
	free(t->name);
	free(t->path);
}

/* The name in its folder; allocated. *changed: more than the extension is not as the input had it. */
static char *output_name(struct batch *b, const struct file *f, const struct sk_result *r,
    struct target *t, bool *changed)
{
	const char *slash = b->o.out ? strrchr(b->o.out, '/') : NULL;
	bool keep = r->name_fits && strcmp(r->type, r->output_type) == 0;
	char *plain = b->o.out && !b->into_folder
			  ? strdup(slash ? slash + 1 : b->o.out)
			  : sk_name_output(f->path, r->extension, keep, !b->into_folder, changed);

	pthread_mutex_lock(&b->lock);
	char *name = plain ? cli_names_take(b->names, t->out.dir, t->dir, plain) : NULL;
	pthread_mutex_unlock(&b->lock);
	free(plain);
	return name;
}

/* "folder/name", without the folder when it is the present one by default. Allocated. */
static char *join(const struct batch *b, const char *dir, const char *name)
{
	char *path = NULL;
	bool here = strcmp(dir, ".") == 0 && !b->into_folder;

	if (asprintf(&path, "%s%s%s", here ? "" : dir, here || strcmp(dir, "/") == 0 ? "" : "/",
		name) < 0)
		return NULL;
	return path;
}

/* Forced or not, an output never takes the place of another file that this run reads or writes. */
static bool in_use(const struct batch *b, const struct file *f, const struct target *t)
{
	struct stat there, report;

	if (fstatat(t->out.dir, t->name, &there, AT_SYMLINK_NOFOLLOW))
		return false;
	if (b->report && fstat(fileno(b->report), &report) == 0 && there.st_dev == report.st_dev &&
	    there.st_ino == report.st_ino)
		return true;
	return (there.st_dev != f->dev || there.st_ino != f->ino) &&
	       cli_files_have(&b->files, &there);
}

void cli_target_publish(struct batch *b, const struct file *f, struct target *t, struct row *row)
{
	bool changed = false;

	if (b->inspect)
		return;
	if (t->to_stdout) {
		row->output = "-";
		return;
	}
	t->name = output_name(b, f, row->result, t, &changed);
	t->path = t->name ? join(b, t->dir, t->name) : NULL;
	if (t->path == NULL) {
		cli_fail(row, SK_ERROR, SK_REASON_SYSTEM, _("naming the output"), ENOMEM);
		return;
	}
	if (b->o.force && in_use(b, f, t)) {
		cli_fail(row, SK_REFUSED, SK_REASON_EXISTS, t->path, 0);
		return;
	}
	if (cli_output_publish(&t->out, t->name, b->o.force)) {
		if (errno == EEXIST)
			cli_fail(row, SK_REFUSED, SK_REASON_EXISTS, t->path, 0);
		else
			cli_fail(row, SK_ERROR, SK_REASON_SYSTEM, t->path, errno);
		return;
	}
	row->output = t->path;
	if (!row->result->name_fits || changed)
		row->changed_name = t->name;
}

int cli_decide_output(struct batch *b)
{
	const char *out = b->o.out;
	struct stat st;

	if (out == NULL || b->inspect || strcmp(out, "-") == 0)
		return 0;
	bool found = stat(out, &st) == 0, is_folder = found && S_ISDIR(st.st_mode);
	bool exists = found || errno == ENOTDIR; /* "file/" */
	bool several =
	    b->files.n > 1 || (b->files.n == 1 && strcmp(b->files.v[0].path, b->o.args[0]));
	b->into_folder = is_folder || several || out[0] == '\0' || out[strlen(out) - 1] == '/';
	if (!b->into_folder || is_folder)
		return 0;
	fprintf(stderr,
	    exists ? _("sekisho: '%s' is not a folder; name one\n")
		   : _("sekisho: the output folder '%s' does not exist; make it first\n"),
	    out);
	return -1;
}

static void refuse_report(const char *path, const char *why)
{
	fprintf(stderr, _("sekisho: cannot write the report '%s': %s\n"), path, why);
}

int cli_open_report(struct batch *b)
{
	struct stat st;

	if (b->o.report == NULL)
		return 0;
	int fd = open(b->o.report, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
	if (fd < 0 || fstat(fd, &st)) {
		refuse_report(b->o.report, cli_errno_text(errno));
		return -1;
	}
	/* Emptied only now: it may be what the user wants cleaned. */
	if (S_ISREG(st.st_mode) && cli_files_have(&b->files, &st)) {
		refuse_report(b->o.report, _("it is one of the inputs; name another file"));
		close(fd);
		return -1;
	}
	if ((S_ISREG(st.st_mode) && ftruncate(fd, 0)) || (b->report = fdopen(fd, "w")) == NULL) {
		refuse_report(b->o.report, cli_errno_text(errno));
		close(fd);
		return -1;
	}
	return 0;
}
