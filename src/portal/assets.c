/* The pages of the portal, in memory: assets.h. */
#include "portal/assets.h"

#include <dirent.h>
#include <fcntl.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/hex.h"

struct sk_assets {
	struct sk_asset *v[SK_ASSETS_FILES]; /* by path */
	size_t n, bytes;
};

/* What a browser may be told; anything else is not served. */
static const struct {
	const char *end, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/vnd.microsoft.icon"},
    {".webp", "image/webp"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
};

static bool ends(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && strcmp(s + n - m, end) == 0;
}

static const char *type_of(const char *path)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (ends(path, types[i].end))
			return types[i].type;
	return NULL;
}

/* Plain names alone: they stand in paths as they are. */
static bool is_plain(const char *name)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

	return name[0] != '.' && name[0] != '\0' && strspn(name, letters) == strlen(name);
}

/* --- reading --- */

static int read_body(int fd, off_t size, struct sk_buf *body)
{
	if (size == 0)
		return 0;
	*body = SK_BUF((size_t)size);
	if (sk_buf_reserve(body, (size_t)size))
		return body->err;
	if (sk_read_all(fd, body->p, (size_t)size))
		return SK_EIO;
	body->len = (size_t)size;
	return 0;
}

static int tag_it(const struct sk_buf *body, char tag[SK_ASSETS_TAG])
{
	uint8_t hash[32];

	if (gnutls_hash_fast(
		GNUTLS_DIG_SHA256, body->len ? (const void *)body->p : "", body->len, hash))
		return SK_EINTERNAL;
	tag[0] = '"';
	sk_hex_text(tag + 1, hash, 16);
	memcpy(tag + 33, "\"", 2);
	return 0;
}

static struct sk_asset *place_of(struct sk_assets *a, const char *path)
{
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->v[i]->path, path) == 0)
			return a->v[i];
	if (a->n == SK_ASSETS_FILES)
		return NULL;
	struct sk_asset *f = calloc(1, sizeof(*f));
	if (f == NULL)
		return NULL;
	snprintf(f->path, sizeof(f->path), "%s", path);
	f->type = type_of(path);
	f->lasting = strncmp(path, "/assets/", 8) == 0;
	return a->v[a->n++] = f;
}

/* "/a.js.br" is "/a.js" in another coding. */
static enum sk_coding coding_of(char path[SK_ASSETS_PATH])
{
	enum sk_coding c = ends(path, ".br")   ? SK_CODING_BROTLI
			   : ends(path, ".gz") ? SK_CODING_GZIP
					       : SK_CODING_NONE;

	if (c != SK_CODING_NONE)
		path[strlen(path) - 3] = '\0';
	return c;
}

static int take_file(struct sk_assets *a, int folder, const char *name, char path[SK_ASSETS_PATH])
{
	enum sk_coding coding = coding_of(path);
	struct sk_asset *f;
	struct stat st;

	if (type_of(path) == NULL)
		return 0;
	sk_autoclose int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode))
		return SK_EIO;
	if (st.st_size > (off_t)(SK_ASSETS_BYTES - a->bytes))
		return SK_ELIMIT;
	f = place_of(a, path);
	if (f == NULL)
		return a->n == SK_ASSETS_FILES ? SK_ELIMIT : SK_ENOMEM;
	a->bytes += (size_t)st.st_size;
	int rc = read_body(fd, st.st_size, &f->body[coding]);
	return rc ? rc : tag_it(&f->body[coding], f->tag[coding]);
}

static int take_folder(struct sk_assets *a, int folder, const char *path, unsigned depth);

static int take(
    struct sk_assets *a, int folder, const struct dirent *e, const char *above, unsigned depth)
{
	char path[SK_ASSETS_PATH];
	int n = snprintf(path, sizeof(path), "%s/%s", above, e->d_name);
	struct stat st;

	if (!is_plain(e->d_name))
		return 0;
	if (n < 0 || (size_t)n >= sizeof(path))
		return SK_ELIMIT;
	if (fstatat(folder, e->d_name, &st, AT_SYMLINK_NOFOLLOW))
		return SK_EIO;
	if (S_ISREG(st.st_mode))
		return take_file(a, folder, e->d_name, path);
	if (!S_ISDIR(st.st_mode))
		return 0;
	sk_autoclose int fd =
	    openat(folder, e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	return fd < 0 ? SK_EIO : take_folder(a, fd, path, depth + 1);
}

static int take_folder(struct sk_assets *a, int folder, const char *path, unsigned depth)
{
	int fd =
	    depth < SK_ASSETS_DEPTH ? openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;
	int rc = 0;

	if (dir == NULL) {
		sk_close(&fd);
		return depth < SK_ASSETS_DEPTH ? SK_EIO : SK_ELIMIT;
	}
	while (rc == 0 && (e = readdir(dir)) != NULL)
		rc = take(a, folder, e, path, depth);
	closedir(dir);
	return rc;
}

/* --- asking --- */

static int compare(const void *a, const void *b)
{
	return strcmp((*(struct sk_asset *const *)a)->path, (*(struct sk_asset *const *)b)->path);
}

static const struct sk_asset *exactly(const struct sk_assets *a, const char *path)
{
	size_t from = 0, to = a->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int order = strcmp(path, a->v[middle]->path);
		if (order == 0)
			/* a coding of what is not there is nothing */
			return a->v[middle]->tag[SK_CODING_NONE][0] ? a->v[middle] : NULL;
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return NULL;
}

const struct sk_asset *sk_assets_find(const struct sk_assets *a, const char *path)
{
	const struct sk_asset *f = exactly(a, path);
	const char *last = strrchr(path, '/');

	if (f || path[0] != '/' || strchr(last, '.'))
		return f;
	return exactly(a, "/index.html");
}

enum sk_coding sk_asset_coding(const struct sk_asset *a, unsigned codings)
{
	for (int c = SK_CODINGS - 1; c > SK_CODING_NONE; c--)
		if (codings >> c & 1 && a->tag[c][0] && a->body[c].len < a->body[0].len)
			return (enum sk_coding)c;
	return SK_CODING_NONE;
}

int sk_assets_load(int folder, struct sk_assets **out)
{
	struct sk_assets *a = calloc(1, sizeof(*a));
	int rc = a ? take_folder(a, folder, "", 0) : SK_ENOMEM;

	if (rc == 0) {
		qsort(a->v, a->n, sizeof(*a->v), compare);
		rc = exactly(a, "/index.html") ? 0 : SK_ENOENTRY;
	}
	if (rc)
		sk_assets_free(a);
	else
		*out = a;
	return rc;
}

void sk_assets_free(struct sk_assets *a)
{
	for (size_t i = 0; a && i < a->n; i++) {
		for (size_t c = 0; c < SK_CODINGS; c++)
			sk_buf_free(&a->v[i]->body[c]);
		free(a->v[i]);
	}
	free(a);
}
