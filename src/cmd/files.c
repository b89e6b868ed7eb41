/* From arguments to files: folders recurse and keep their structure. The command. */
#include "cmd/cli.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_DEPTH 64 /* folders in folders; deeper is a loop or nobody's archive */

static int add(
    struct files *f, const char *path, const char *relative, int error, const struct stat *st)
{
	if (f->n == f->cap) {
		size_t cap = f->cap ? f->cap * 2 : 64;
		struct file *v = realloc(f->v, cap * sizeof(*v));
		if (v == NULL)
			return -1;
		f->v = v;
		f->cap = cap;
	}
	struct file *e = &f->v[f->n];
	*e = (struct file){strdup(path), strdup(relative), error, st ? st->st_dev : 0,
	    st ? st->st_ino : 0, st ? st->st_size : 0};
	f->n++;
	return e->path && e->relative ? 0 : -1;
}

/* "a" and "b" as "a/b"; "" and "b" as "b". Allocated. */
static char *join(const char *a, const char *b)
{
	char *s = NULL;
	size_t n = strlen(a);
	const char *slash = n == 0 || a[n - 1] == '/' ? "" : "/";

	return asprintf(&s, "%s%s%s", a, slash, b) < 0 ? NULL : s;
}

static int add_path(struct files *f, const char *path, const char *relative, unsigned depth);

static int add_folder(struct files *f, const char *path, const char *relative, unsigned depth)
{
	struct dirent **list = NULL;
	int n = depth < MAX_DEPTH ? scandir(path, &list, NULL, alphasort) : -1;
	int rc = 0;

	if (n < 0)
		return add(f, path, relative, depth < MAX_DEPTH ? errno : ELOOP, NULL);
	for (int i = 0; i < n; i++) {
		const char *name = list[i]->d_name;
		if (rc == 0 && strcmp(name, ".") && strcmp(name, "..")) {
			char *inner = join(path, name);
			rc = inner ? add_path(f, inner, relative, depth + 1) : -1;
			free(inner);
		}
		free(list[i]);
	}
	free(list);
	return rc;
}

/* An entry of a folder, or an argument (depth 0), where a link is followed because the user named it. */
static int add_path(struct files *f, const char *path, const char *relative, unsigned depth)
{
	struct stat st;

	if ((depth ? lstat(path, &st) : stat(path, &st)))
		return add(f, path, relative, errno, NULL);
	if (S_ISLNK(st.st_mode))
		return 0;
	if (depth && S_ISDIR(st.st_mode) && f->out_ino == st.st_ino && f->out_dev == st.st_dev)
		return 0;
	if (S_ISREG(st.st_mode))
		f->bytes += (uint64_t)st.st_size;
	if (!S_ISDIR(st.st_mode))
		return add(f, path, relative, 0, &st);
	if (depth == 0)
		return add_folder(f, path, "", depth);
	char *below = join(relative, strrchr(path, '/') + 1);
	int rc = below ? add_folder(f, path, below, depth) : -1;
	free(below);
	return rc;
}

int cli_files(struct files *f, char **args, const char *out)
{
	struct stat st;

	*f = (struct files){0};
	if (out && stat(out, &st) == 0) {
		f->out_dev = st.st_dev;
		f->out_ino = st.st_ino;
	}
	for (; *args; args++)
		if (strcmp(*args, "-") == 0 ? add(f, "-", "", 0, NULL) : add_path(f, *args, "", 0))
			return -1;
	return 0;
}

static int larger(const void *a, const void *b)
{
	const struct file *x = a, *y = b;

	if (x->size != y->size)
		return x->size < y->size ? 1 : -1;
	return strcmp(x->path, y->path);
}

void cli_files_largest_first(struct files *f)
{
	qsort(f->v, f->n, sizeof(*f->v), larger);
}

void cli_files_free(struct files *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->v[i].path);
		free(f->v[i].relative);
	}
	free(f->v);
	*f = (struct files){0};
}

bool cli_files_have(const struct files *f, const struct stat *st)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].ino == st->st_ino && f->v[i].dev == st->st_dev)
			return true;
	return false;
}
