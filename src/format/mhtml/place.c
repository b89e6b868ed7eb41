/* References from one file to another (RFC 3986, section 5; RFC 2557, section 5). Cleaner's jail. */
#include "format/mhtml/mhtml.h"

static bool is_alnum(uint8_t b)
{
	return (b >= '0' && b <= '9') || ((b | 0x20) >= 'a' && (b | 0x20) <= 'z');
}

/* The length of the scheme with its colon; one letter is a drive of Windows. */
static size_t scheme(struct sk_slice s)
{
	size_t n = 0;

	while (n < s.n && (is_alnum(s.p[n]) || s.p[n] == '+' || s.p[n] == '-' || s.p[n] == '.'))
		n++;
	return n > 1 && n < s.n && s.p[n] == ':' ? n + 1 : 0;
}

bool sk_place_is_absolute(struct sk_slice url)
{
	return scheme(url) > 0;
}

static size_t until(struct sk_slice s, const char *signs)
{
	size_t n = 0;

	while (n < s.n && (s.p[n] == 0 || strchr(signs, s.p[n]) == NULL))
		n++;
	return n;
}

/* How far scheme and host reach. */
static size_t authority(struct sk_slice s)
{
	size_t n = scheme(s);

	if (!sk_slice_starts(sk_slice_sub(s, n, s.n), SK_SLICE_LIT("//")))
		return n;
	return n + 2 + until(sk_slice_sub(s, n + 2, s.n), "/?\\");
}

/* `.` and `..` among the names of a path (5.2.4), which begins in `out` at `floor`. */
static void put_path(struct sk_slice path, size_t floor, struct sk_buf *out)
{
	for (size_t at = 0; at < path.n; at++) {
		size_t from = at;
		while (at < path.n && path.p[at] != '/' && path.p[at] != '\\')
			at++;
		struct sk_slice name = sk_slice_sub(path, from, at - from);
		bool up = sk_slice_is(name, ".."), here = sk_slice_is(name, ".");
		if (up && out->len > floor + 1) {
			for (out->len--; out->len > floor && out->p[out->len - 1] != '/';)
				out->len--;
		} else if (!up && !here) {
			sk_buf_put_slice(out, name);
			if (at < path.n)
				sk_buf_putc(out, '/');
		}
	}
}

static void put_joined(struct sk_slice base, struct sk_slice url, struct sk_buf *out)
{
	size_t host = authority(base);
	struct sk_slice path =
	    sk_slice_sub(base, host, until(sk_slice_sub(base, host, base.n), "?#"));
	bool rooted = url.n && (url.p[0] == '/' || url.p[0] == '\\');
	size_t dir = path.n, query = until(url, "?");

	if (sk_slice_starts(url, SK_SLICE_LIT("//"))) {
		sk_buf_put(out, base.p, scheme(base));
		sk_buf_put_slice(out, url);
		return;
	}
	sk_buf_put(out, base.p, host);
	while (query && dir && path.p[dir - 1] != '/' && path.p[dir - 1] != '\\')
		dir--;
	if (!rooted && path.n == 0 && host > scheme(base))
		sk_buf_putc(out, '/');
	if (!rooted)
		put_path(sk_slice_sub(path, 0, dir), host, out);
	put_path(sk_slice_sub(url, 0, query), host, out);
	sk_buf_put_slice(out, sk_slice_sub(url, query, url.n));
}

char *sk_place_join(struct sk_arena *a, const char *base, struct sk_slice url)
{
	struct sk_buf out = SK_BUF((size_t)1 << 20);
	struct sk_slice bare = sk_slice_sub(url, 0, until(url, "#"));

	if (sk_place_is_absolute(bare) || *base == '\0')
		sk_buf_put_slice(&out, bare);
	else
		put_joined(sk_slice_str(base), bare, &out);
	char *s = out.err ? NULL : sk_arena_str(a, sk_buf_slice(&out));
	sk_buf_free(&out);
	return s;
}

static int hex(uint8_t b)
{
	if (b >= '0' && b <= '9')
		return b - '0';
	b |= 0x20;
	return b >= 'a' && b <= 'f' ? b - 'a' + 10 : -1;
}

char *sk_place_key(struct sk_arena *a, char kind, struct sk_slice place)
{
	char *key = sk_arena_alloc(a, place.n + 2);
	size_t n = 0;

	if (key == NULL)
		return NULL;
	key[n++] = kind;
	for (size_t i = 0; i < place.n; i++) {
		uint8_t b = place.p[i];
		int hi = b == '%' && i + 2 < place.n ? hex(place.p[i + 1]) : -1;
		int lo = hi >= 0 ? hex(place.p[i + 2]) : -1;
		if (lo >= 0) {
			b = (uint8_t)(hi << 4 | lo);
			i += 2;
		}
		if (b == '\\')
			b = '/';
		key[n++] = (char)(b == 0 ? ' ' : b >= 'A' && b <= 'Z' ? b | 0x20 : b);
	}
	return key;
}

struct sk_slice sk_place_name(struct sk_slice place)
{
	place.n = until(place, "?#");
	size_t from = place.n;
	while (from && place.p[from - 1] != '/' && place.p[from - 1] != '\\')
		from--;
	return sk_slice_sub(place, from, place.n);
}
