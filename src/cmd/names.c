/* What outputs are called; no name is given twice in a run. The command. */
#include "cmd/cli.h"

#include <limits.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/name.h"

struct names {
	void *tree;    /* of "folder/name" strings, by tsearch(3) */
	void *folders; /* of folder strings */
};

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

struct names *cli_names_new(void)
{
	return calloc(1, sizeof(struct names));
}

void cli_names_free(struct names *n)
{
	if (n == NULL)
		return;
	tdestroy(n->tree, free);
	tdestroy(n->folders, free);
	free(n);
}

/* Put an allocated string into a tree; false, and freed, when it is there already. */
static bool insert(void **tree, char *key)
{
	void *at = key ? tsearch(key, tree, compare) : NULL;

	if (at && *(char **)at == key)
		return true;
	free(key);
	return false;
}

/* Remember a name in a folder, which may be spelt in many ways; false when it is known already. */
static bool remember(struct names *n, const struct stat *dir, const char *name)
{
	char *key = NULL;

	if (asprintf(&key, "%ju:%ju/%s", (uintmax_t)dir->st_dev, (uintmax_t)dir->st_ino, name) < 0)
		return false;
	return insert(&n->tree, key);
}

struct visit {
	int (*each)(const char *dir);
	int rc;
};

static void visit_folder(const void *node, VISIT order, void *arg)
{
	struct visit *v = arg;

	if ((order == postorder || order == leaf) && v->each(*(char *const *)node))
		v->rc = -1;
}

int cli_names_folders(struct names *n, int (*each)(const char *dir))
{
	struct visit v = {.each = each};

	twalk_r(n->folders, visit_folder, &v);
	return v.rc;
}

char *cli_names_take(struct names *n, int dir, const char *path, const char *name)
{
	size_t stem = sk_name_stem(name);
	char *out = strdup(name), number[16];
	struct stat st;

	if (fstat(dir, &st)) {
		free(out);
		return NULL;
	}
	insert(&n->folders, strdup(path));
	for (unsigned i = 2; out && !remember(n, &st, out) && i < 1000000; i++) {
		free(out);
		snprintf(number, sizeof(number), "-%u", i);
		size_t rest = strlen(number) + strlen(name + stem);
		size_t kept = sk_name_cut(name, stem, rest < NAME_MAX ? NAME_MAX - rest : 0);
		if (asprintf(&out, "%.*s%s%s", (int)kept, name, number, name + stem) < 0)
			return NULL;
	}
	return out;
}
