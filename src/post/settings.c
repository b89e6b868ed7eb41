/* Reading a post's configuration: settings.h. Every process of a post. */
#include "post/settings.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/slice.h"
#include "base/utf8.h"
#include "post/places.h"

enum kind {
	NAME,
	PATH,
	STORE,
	WORKERS,
	SOCKET,
	YESNO,
	SECONDS,
	DAYS,
	LINK,
	ORIGIN,
	ADDRESS,
	DIRECTORY_URI,
	FILTER,
	ONE_LINE
};

enum key {
#define SK_SETTING(id, word, kind, repeated, otherwise) KEY_##id,
#include "post/settings.def"
#undef SK_SETTING
	NKEYS
};

static const struct row {
	const char *word;
	enum kind kind;
	bool repeated;
	const char *otherwise;
} rows[] = {
#define SK_SETTING(id, word, kind, repeated, otherwise) {word, kind, repeated, otherwise},
#include "post/settings.def"
#undef SK_SETTING
};

struct said {
	enum key key;
	char *value;
};

#define MOST 64

struct sk_settings {
	struct said said[MOST];
	size_t n;
};

struct reading {
	struct sk_settings *s;
	char *why;
	size_t size;
	unsigned line;
};

static int wrong(const struct reading *r, const char *what, const char *more)
{
	char shown[80];

	sk_utf8_display(shown, sizeof(shown), sk_slice_str(more));
	snprintf(r->why, r->size, "line %u: %s%s%s", r->line, what, *more ? ": " : "", shown);
	return SK_EFORMAT;
}

/* --- what values may look like; NULL: well, else what is wrong --- */

/* A name of the policy: it becomes the name of a folder, too. */
static const char *bad_name(const char *v)
{
	size_t n = strlen(v);

	if (n >= SK_SETTINGS_ZONE || v[0] < 'a' || v[0] > 'z' ||
	    strspn(v, "abcdefghijklmnopqrstuvwxyz0123456789-") != n)
		return "this is not a name of a zone";
	return NULL;
}

static const char *bad_path(const char *v, size_t most)
{
	if (v[0] != '/')
		return "a path begins with /";
	return strlen(v) >= most ? "this path is too long" : NULL;
}

/* As `password=…` or in a URI before its host: every role reads the settings. */
static bool names_a_password(const char *v)
{
	const char *from = strstr(v, "//"), *at = from ? strchr(from, '@') : NULL;
	const char *colon = from ? strchr(from, ':') : NULL;

	for (const char *p = v; (p = strcasestr(p, "password")); p++)
		if (p[8 + strspn(p + 8, " \t")] == '=')
			return true;
	return at && colon && colon < at;
}

static const char *bad_store(const char *v)
{
	if (strncmp(v, "sqlite:", 7) == 0)
		return bad_path(v + 7, PATH_MAX);
	if (strncmp(v, "postgresql:", 11) == 0 && v[11])
		return names_a_password(v + 11) ? "no password may stand here; write passfile=FILE"
						: NULL;
	return "a store is sqlite:FILE or postgresql:CONNECTION";
}

/* A whole number from 1 to `most`, without signs and leading zeros. */
static uint64_t number_of(const char *v, uint64_t most)
{
	uint64_t n = 0;

	if (*v == '0' || *v == '\0' || strlen(v) > 9)
		return 0;
	for (; *v; v++) {
		if (*v < '0' || *v > '9')
			return 0;
		n = n * 10 + (uint64_t)(*v - '0');
	}
	return n <= most ? n : 0;
}

/* Numeric, so that nothing needs to be asked on the link; an IPv6 address of one link names its interface behind %. */
static bool is_address(const char *v)
{
	uint8_t bytes[sizeof(struct in6_addr)];
	char alone[SK_SETTINGS_ADDRESS];
	const char *scope = strchr(v, '%');
	size_t n = scope ? (size_t)(scope - v) : strlen(v);

	if (n >= sizeof(alone) || strlen(v) >= SK_SETTINGS_ADDRESS)
		return false;
	snprintf(alone, sizeof(alone), "%.*s", (int)n, v);
	if (scope == NULL && inet_pton(AF_INET, alone, bytes) == 1)
		return true;
	return inet_pton(AF_INET6, alone, bytes) == 1 &&
	       (scope == NULL || (scope[1] && strlen(scope + 1) < IF_NAMESIZE));
}

static const char *read_link(const char *v, struct sk_settings_link *out)
{
	char way[8], port[8], rest[2];
	const char *bad;

	memset(out, 0, sizeof(*out));
	if (sscanf(v, "%63s %7s %63s %7s %1s", out->zone, way, out->address, port, rest) != 4)
		return "a link is: ZONE listen|connect ADDRESS PORT";
	bad = bad_name(out->zone);
	if (bad)
		return bad;
	out->listen = strcmp(way, "listen") == 0;
	if (!out->listen && strcmp(way, "connect") != 0)
		return "a link listens or connects";
	if (!is_address(out->address))
		return "a link has a numeric address";
	out->port = (uint16_t)number_of(port, 65535);
	return out->port ? NULL : "this is not a port";
}

static const char *read_address(const char *v, struct sk_settings_address *out)
{
	char port[8], rest[2];

	memset(out, 0, sizeof(*out));
	if (sscanf(v, "%63s %7s %1s", out->address, port, rest) != 2)
		return "this is not ADDRESS PORT";
	if (!is_address(out->address))
		return "this is no numeric address";
	out->port = (uint16_t)number_of(port, 65535);
	return out->port ? NULL : "this is not a port";
}

/* As browsers write it (doc/passkey.md): no path behind it, the usual port not said. */
static const char *bad_origin(const char *v)
{
	const char *host = strncmp(v, "https://", 8) == 0 ? v + 8 : "";
	size_t n = strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-.");

	if (n == 0 || n > 253 || (host[n] && host[n] != ':'))
		return "this is no origin like https://portal.city.example";
	if (host[n] && (number_of(host + n + 1, 65535) == 0 || strcmp(host + n, ":443") == 0))
		return "this is not a port, or the usual one";
	return NULL;
}

/* A server and nothing behind it: all else that may stand in such an address is said by other lines. */
static const char *bad_directory(const char *v)
{
	const char *host = strncmp(v, "ldaps://", 8) == 0  ? v + 8
			   : strncmp(v, "ldap://", 7) == 0 ? v + 7
							   : "";
	size_t n = strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-.");

	if (n == 0 || n > 253 || (host[n] && host[n] != ':'))
		return "this is no directory like ldaps://directory.city.example";
	return host[n] && number_of(host + n + 1, 65535) == 0 ? "this is not a port" : NULL;
}

static const char *bad_filter(const char *v)
{
	const char *gap = strstr(v, "{}");

	if (v[0] != '(' || gap == NULL || strstr(gap + 2, "{}"))
		return "a filter is like (uid={}), with {} for the name once";
	return strlen(v) > 256 ? "this is too long" : NULL;
}

static const char *bad_value(enum kind kind, const char *v)
{
	struct sk_settings_link link;
	struct sk_settings_address address;

	switch (kind) {
	case NAME:
		return bad_name(v);
	case PATH:
		return bad_path(v, PATH_MAX - 256); /* what lies below it fits, too */
	case STORE:
		return bad_store(v);
	case SOCKET:
		return bad_path(v, sizeof(((struct sockaddr_un *)0)->sun_path));
	case WORKERS:
		return number_of(v, SK_POST_WORKERS) ? NULL : "a number from 1 to 8";
	case SECONDS:
		return number_of(v, 999999999) ? NULL : "this is not a number of seconds";
	case DAYS:
		return number_of(v, SK_LIMIT_REMEMBER_DAYS_MOST)
			   ? NULL
			   : "a number of days from 1 to 3660";
	case YESNO:
		return strcmp(v, "yes") == 0 || strcmp(v, "no") == 0 ? NULL : "yes or no";
	case LINK:
		return read_link(v, &link);
	case ORIGIN:
		return bad_origin(v);
	case ADDRESS:
		return read_address(v, &address);
	case DIRECTORY_URI:
		return bad_directory(v);
	case FILTER:
		return bad_filter(v);
	case ONE_LINE:
		return NULL; /* as every line: no control characters */
	}
	return "nothing may stand here";
}

/* --- lines --- */

static enum key find_key(struct sk_slice word)
{
	size_t k = 0;

	while (k < NKEYS && !sk_slice_is(word, rows[k].word))
		k++;
	return (enum key)k;
}

static int keep(struct reading *r, enum key key, const char *value, size_t n)
{
	char *copy = strndup(value, n);

	if (copy == NULL)
		return SK_ENOMEM;
	r->s->said[r->s->n++] = (struct said){key, copy};
	return 0;
}

/* A link is said again when it leads to the same zone: two of them would answer for one another. */
static bool said_before(const struct sk_settings *s, enum key key, const char *value)
{
	size_t word = strcspn(value, " \t");

	for (size_t i = 0; i < s->n; i++)
		if (s->said[i].key == key &&
		    (!rows[key].repeated || (strcspn(s->said[i].value, " \t") == word &&
						strncmp(s->said[i].value, value, word) == 0)))
			return true;
	return false;
}

static bool blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static int take(struct reading *r, struct sk_slice word, struct sk_slice value)
{
	char text[SK_SETTINGS_LINE + 1], name[SK_SETTINGS_LINE + 1];
	enum key key = find_key(word);
	const char *bad;

	snprintf(name, sizeof(name), "%.*s", (int)word.n, (const char *)word.p);
	snprintf(text, sizeof(text), "%.*s", (int)value.n, (const char *)value.p);
	if (key == NKEYS)
		return wrong(r, "there is no such key", name);
	if (value.n == 0)
		return wrong(r, "the value is missing", name);
	bad = bad_value(rows[key].kind, text);
	if (bad) /* a password does not go into any log */
		return wrong(r, bad, rows[key].kind == STORE ? name : text);
	if (r->s->n == MOST || said_before(r->s, key, text))
		return wrong(r, "this is said already", name);
	return keep(r, key, text, value.n);
}

static int take_line(struct reading *r, struct sk_slice line)
{
	size_t from = 0, to = line.n, end;

	while (from < to && blank(line.p[from]))
		from++;
	while (to > from && blank(line.p[to - 1]))
		to--;
	if (from == to || line.p[from] == '#')
		return 0;
	for (end = from; end < to && !blank(line.p[end]);)
		end++;
	line = sk_slice_sub(line, 0, to);
	for (to = end; to < line.n && blank(line.p[to]);)
		to++;
	return take(r, sk_slice_sub(line, from, end - from), sk_slice_sub(line, to, line.n));
}

static int check_line(struct reading *r, struct sk_slice line)
{
	r->line++;
	if (line.n > SK_SETTINGS_LINE)
		return wrong(r, "this line is too long", "");
	if (!sk_utf8_valid(line))
		return wrong(r, "this is not UTF-8 text", "");
	for (size_t i = 0; i < line.n; i++)
		if ((line.p[i] < ' ' && line.p[i] != '\t') || line.p[i] == 0x7F)
			return wrong(r, "a control character stands here", "");
	return take_line(r, line);
}

static int take_lines(struct reading *r, struct sk_slice all)
{
	int status = 0;

	for (size_t at = 0, end; status == 0 && at < all.n; at = end + 1) {
		end = sk_slice_find(all, at, SK_SLICE_LIT("\n"));
		end = end == SIZE_MAX ? all.n : end;
		status = check_line(r, sk_slice_sub(all, at, end - at));
	}
	return status;
}

/* --- what was not said --- */

static int default_of(struct reading *r, enum key key)
{
	const char *v = rows[key].otherwise, *at = v ? strchr(v, '@') : NULL;
	char path[PATH_MAX + 64];

	if (v == NULL || sk_settings_get(r->s, rows[key].word))
		return 0;
	if (at == NULL)
		return keep(r, key, v, strlen(v));
	snprintf(path, sizeof(path), "%.*s%s%s", (int)(at - v), v, sk_settings_get(r->s, "state"),
	    at + 1);
	if (bad_value(rows[key].kind, path) == NULL)
		return keep(r, key, path, strlen(path));
	snprintf(r->why, r->size, "the state folder's path is too long; say where '%s' lies",
	    rows[key].word);
	return SK_EFORMAT;
}

static int complete(struct reading *r)
{
	static const char *const must[] = {"zone", "policy", "state"};
	struct sk_settings_link link;
	int status = 0;

	for (size_t i = 0; i < 3; i++)
		if (sk_settings_get(r->s, must[i]) == NULL) {
			snprintf(r->why, r->size, "this is not said: %s", must[i]);
			return SK_EFORMAT;
		}
	if (sk_settings_get(r->s, "directory") && !sk_settings_get(r->s, "directory-base")) {
		snprintf(r->why, r->size, "directory is said, directory-base is not");
		return SK_EFORMAT;
	}
	if (sk_settings_get(r->s, "portal-listen") && !sk_settings_get(r->s, "portal")) {
		snprintf(r->why, r->size, "portal-listen is said, portal is not");
		return SK_EFORMAT;
	}
	for (size_t n = 0; sk_settings_link(r->s, n, &link); n++)
		if (n == SK_POST_LINKS || strcmp(link.zone, sk_settings_get(r->s, "zone")) == 0) {
			snprintf(r->why, r->size, "%s",
			    n == SK_POST_LINKS ? "there are too many links"
					       : "a link leads to the post's own zone");
			return SK_EFORMAT;
		}
	for (size_t k = 0; status == 0 && k < NKEYS; k++)
		status = default_of(r, (enum key)k);
	return status;
}

static int read_file(int fd, uint8_t *to, struct sk_slice *out)
{
	size_t n = 0;
	ssize_t got;

	do {
		got = TEMP_FAILURE_RETRY(pread(fd, to + n, SK_SETTINGS_BYTES + 1 - n, (off_t)n));
		n += got > 0 ? (size_t)got : 0;
	} while (got > 0 && n <= SK_SETTINGS_BYTES);
	*out = sk_slice(to, n);
	return got < 0 ? SK_EIO : n > SK_SETTINGS_BYTES ? SK_ELIMIT : 0;
}

int sk_settings_read(int fd, struct sk_settings **out, char *why, size_t size)
{
	uint8_t *bytes = malloc(SK_SETTINGS_BYTES + 1);
	struct reading r = {calloc(1, sizeof(*r.s)), why, size, 0};
	struct sk_slice all;
	int status = bytes && r.s ? read_file(fd, bytes, &all) : SK_ENOMEM;

	snprintf(why, size, "%s",
	    status == SK_EIO      ? strerror(errno)
	    : status == SK_ELIMIT ? "this is too long"
				  : "no memory");
	if (status == 0)
		status = take_lines(&r, all);
	if (status == 0)
		status = complete(&r);
	free(bytes);
	if (status)
		sk_settings_free(r.s);
	else {
		*out = r.s;
		*why = '\0';
	}
	return status;
}

void sk_settings_free(struct sk_settings *s)
{
	for (size_t i = 0; s && i < s->n; i++)
		free(s->said[i].value);
	free(s);
}

/* --- asking --- */

const char *sk_settings_get(const struct sk_settings *s, const char *key)
{
	const char *v = NULL;

	return sk_settings_all(s, key, &v, 1) ? v : NULL;
}

size_t sk_settings_all(const struct sk_settings *s, const char *key, const char **v, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n && n < max; i++)
		if (strcmp(rows[s->said[i].key].word, key) == 0)
			v[n++] = s->said[i].value;
	return n;
}

uint64_t sk_settings_number(const struct sk_settings *s, const char *key, uint64_t otherwise)
{
	const char *v = sk_settings_get(s, key);

	return v ? number_of(v, UINT64_MAX) : otherwise;
}

bool sk_settings_yes(const struct sk_settings *s, const char *key)
{
	const char *v = sk_settings_get(s, key);

	return v && strcmp(v, "yes") == 0;
}

int sk_settings_path(const struct sk_settings *s, const char *name, char *out, size_t size)
{
	int n = snprintf(out, size, "%s/%s", sk_settings_get(s, "state"), name);

	if (n > 0 && (size_t)n < size)
		return 0;
	*out = '\0';
	return SK_ELIMIT;
}

bool sk_settings_link(const struct sk_settings *s, size_t n, struct sk_settings_link *out)
{
	const char *v[MOST];

	return n < sk_settings_all(s, "link", v, MOST) && read_link(v[n], out) == NULL;
}

bool sk_settings_address(
    const struct sk_settings *s, const char *key, struct sk_settings_address *out)
{
	const char *v = sk_settings_get(s, key);

	return v && read_address(v, out) == NULL;
}
