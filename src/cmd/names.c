/* What outputs are called; no name is given twice in a run. The command. */
#include "cmd/cli.h"

#include <limits.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

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

/* The dot of the extension of the last component, or its end. */
static size_t stem_length(const char *name)
{
	const char *dot = strrchr(name, '.');
	return dot && dot != name ? (size_t)(dot - name) : strlen(name);
}

static bool ends_with(const char *name, size_t n, const char *extension)
{
	size_t k = strlen(extension);
	return n > k + 1 && name[n - k - 1] == '.' && strncasecmp(name + n - k, extension, k) == 0;
}

/* At most max bytes of the first n of a name, cut before a character of UTF-8. */
static size_t cut(const char *name, size_t n, size_t max)
{
	if (n <= max)
		return n;
	while (max && ((unsigned char)name[max] & 0xC0) == 0x80)
		max--;
	return max;
}

/* Characters that turn the reading direction: with one "exe.pdf" is shown of what ends in "fdp.exe" (UAX #9). */
static bool turns_direction(int32_t cp)
{
	return (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0x200E ||
	       cp == 0x200F || cp == 0x061C;
}

/* A copy of a name without those; other bytes, also such that are not UTF-8, stay. Allocated. */
static char *upright(const char *name)
{
	struct sk_slice in = sk_slice_str(name);
	char *out = malloc(in.n + 1);
	size_t n = 0;

	if (out == NULL)
		return NULL;
	for (size_t pos = 0, from = 0; pos < in.n; from = pos) {
		if (turns_direction(sk_utf8_next(in, &pos)))
			continue;
		memcpy(out + n, name + from, pos - from);
		n += pos - from;
	}
	out[n] = '\0';
	return out;
}

char *cli_output_name(const char *path, const char *extension, bool fits, bool clean, bool *changed)
{
	const char *slash = strrchr(path, '/');
	const char *given = strcmp(path, "-") == 0 ? "stdin" : slash ? slash + 1 : path;
	char *name = upright(given), *out = NULL;

	if (name == NULL)
		return NULL;
	size_t stem = stem_length(name);

	/* A name that is right stays as it is written; "letter.pdf.exe" that is a PDF becomes "letter.pdf". */
	if (fits && name[stem])
		extension = name + stem + 1;
	else if (ends_with(name, stem, extension))
		stem -= strlen(extension) + 1;
	size_t rest = strlen(extension) + strlen(".") + (clean ? strlen(".clean") : 0);
	size_t kept = cut(name, stem, NAME_MAX - rest);
	*changed = kept < stem || strcmp(name, given) != 0;
	if (asprintf(&out, "%.*s%s.%s", (int)kept, name, clean ? ".clean" : "", extension) < 0)
		out = NULL;
	free(name);
	return out;
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
	size_t stem = stem_length(name);
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
		size_t kept = cut(name, stem, rest < NAME_MAX ? NAME_MAX - rest : 0);
		if (asprintf(&out, "%.*s%s%s", (int)kept, name, number, name + stem) < 0)
			return NULL;
	}
	return out;
}
