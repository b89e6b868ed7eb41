/*
 * Reads a Type 1 font program (Adobe Type 1 Font Format) without executing PostScript: a lexer finds the listed
 * keys in the clear text and in the decrypted part; nothing else is looked at. Cleaner's jail.
 */
#include "container/digits.h"
#include "format/font/internal.h"

#define EEXEC_KEY 55665
#define CHARSTRING_KEY 4330

static bool is_space(int c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == 0;
}

static bool is_delimiter(int c)
{
	return c == '(' || c == ')' || c == '<' || c == '>' || c == '[' || c == ']' || c == '{' ||
	       c == '}' || c == '/' || c == '%';
}

static void skip_string(struct sk_reader *r)
{
	unsigned depth = 1;

	while (depth && sk_read_left(r)) {
		uint8_t c = sk_read_u8(r);
		if (c == '\\')
			sk_read_skip(r, sk_read_left(r) ? 1 : 0);
		else if (c == '(')
			depth++;
		else if (c == ')')
			depth--;
	}
}

/* White space, comments and strings are passed over; the next token is a word, a /name or a delimiter. */
static struct sk_slice token(struct sk_reader *r)
{
	for (;;) {
		int c = sk_read_peek(r, 0);
		if (c < 0)
			return (struct sk_slice){0};
		if (is_space(c)) {
			sk_read_skip(r, 1);
		} else if (c == '%') {
			while ((c = sk_read_peek(r, 0)) >= 0 && c != '\r' && c != '\n')
				sk_read_skip(r, 1);
		} else if (c == '(') {
			sk_read_skip(r, 1);
			skip_string(r);
		} else {
			break;
		}
	}
	size_t from = r->pos;
	int first = sk_read_u8(r);
	if (first == '/' || !is_delimiter(first)) {
		int c;
		while ((c = sk_read_peek(r, 0)) >= 0 && !is_space(c) && !is_delimiter(c))
			sk_read_skip(r, 1);
	}
	return sk_slice_sub(r->s, from, r->pos - from);
}

/* An integer word, also with a radix (8#101); -1 when it is none. */
static long integer(struct sk_slice s)
{
	unsigned radix = 10;
	unsigned long v = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned c = s.p[i], d = c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
		if (c == '#' && i && v >= 2 && v <= 36) {
			radix = (unsigned)v;
			v = 0;
		} else if (d < radix && v < 100000000) {
			v = v * radix + d;
		} else {
			return -1;
		}
	}
	return s.n ? (long)v : -1;
}

/* `out` may be where `in` lies. */
static void decrypt(uint8_t *out, struct sk_slice in, uint16_t key)
{
	for (size_t i = 0; i < in.n; i++) {
		uint8_t c = in.p[i];
		out[i] = c ^ (uint8_t)(key >> 8);
		key = (uint16_t)((c + key) * 52845U + 22719U);
	}
}

/* Numbers between [ ] or { }. */
static bool numbers(struct sk_reader *r, int64_t *v, unsigned n)
{
	struct sk_slice t = token(r);

	if (!sk_slice_is(t, "[") && !sk_slice_is(t, "{"))
		return false;
	for (unsigned i = 0; i < n; i++) {
		if (!sk_decimal_parse(token(r), &v[i]))
			return false;
	}
	return true;
}

static void read_matrix(struct sk_reader *r, struct sk_type1 *f)
{
	int64_t v[6];

	if (f->matrix.present || !numbers(r, v, 6))
		return;
	for (unsigned i = 0; i < 6; i++) {
		if (v[i] >= 1000 * SK_PICO || v[i] <= -1000 * SK_PICO)
			return;
	}
	memcpy(f->matrix.v, v, sizeof(v));
	f->matrix.present = true;
}

static void read_bbox(struct sk_reader *r, struct sk_type1 *f)
{
	int64_t v[4];

	if (f->has_bbox || !numbers(r, v, 4))
		return;
	for (unsigned i = 0; i < 4; i++) {
		int64_t w = v[i] / SK_PICO - (v[i] % SK_PICO < 0);
		f->bbox[i] = (int)(w > INT16_MAX ? INT16_MAX : w < INT16_MIN ? INT16_MIN : w);
	}
	f->has_bbox = true;
}

/* The body of a procedure; the readers of encodings need no look inside. */
static void skip_procedure(struct sk_reader *r)
{
	unsigned depth = 1;

	while (depth) {
		struct sk_slice t = token(r);
		if (t.n == 0)
			return;
		if (sk_slice_is(t, "{"))
			depth++;
		else if (sk_slice_is(t, "}"))
			depth--;
	}
}

/* "dup 65 /A put" repeated until def, or the names themselves between [ ]. */
static void read_own_encoding(struct sk_reader *r, struct sk_type1 *f, bool list)
{
	long code = 0;
	struct sk_slice t;

	while ((t = token(r)).n) {
		if (sk_slice_is(t, "def") || sk_slice_is(t, "]"))
			break;
		if (sk_slice_is(t, "{")) {
			skip_procedure(r);
		} else if (t.p[0] == '/') {
			if (code >= 0 && code < 256)
				f->encoding[code] = sk_slice_sub(t, 1, t.n);
			code = list ? code + 1 : -1;
		} else if (!list) {
			code = integer(t);
		}
	}
	f->has_encoding = true;
}

static void read_encoding(struct sk_reader *r, struct sk_type1 *f)
{
	struct sk_slice t = token(r);

	if (f->has_encoding)
		return;
	if (sk_slice_is(t, "StandardEncoding"))
		f->has_encoding = f->standard_encoding = true;
	else if (sk_slice_is(t, "["))
		read_own_encoding(r, f, true);
	else if (integer(t) >= 0)
		read_own_encoding(r, f, false);
}

/* "23 RD " and 23 bytes: a charstring, decrypted into the arena. */
static int binary(struct sk_reader *r, struct sk_type1 *f, struct sk_slice *out)
{
	long n = integer(token(r));

	(void)token(r); /* RD or -| */
	sk_read_skip(r, 1);
	if (n < 0)
		return SK_EFORMAT;
	struct sk_slice in = sk_read_slice(r, (size_t)n);
	if (r->bad)
		return SK_EFORMAT;
	*out = in;
	if (f->lenIV < 0)
		return 0;
	uint8_t *p = sk_arena_alloc(f->arena, in.n);
	if (p == NULL)
		return SK_ENOMEM;
	decrypt(p, in, CHARSTRING_KEY);
	*out = sk_slice_sub(sk_slice(p, in.n), (size_t)f->lenIV, in.n);
	return 0;
}

static int read_subrs(struct sk_reader *r, struct sk_type1 *f)
{
	long n = integer(token(r));
	int err = 0;

	/* An entry takes more than 4 bytes, so what is left bounds the array. */
	if (f->subrs || n <= 0 || (size_t)n > sk_read_left(r) / 4)
		return 0;
	f->subrs = sk_arena_array(f->arena, (size_t)n, sizeof(f->subrs[0]));
	if (f->subrs == NULL)
		return SK_ENOMEM;
	f->nsubrs = (size_t)n;
	(void)token(r); /* array */
	while (err == 0) {
		struct sk_reader before = *r;
		struct sk_slice t = token(r);
		if (!sk_slice_is(t, "dup")) {
			/* put, NP, readonly … stand between entries; a name or def ends them. */
			if (t.n && t.p[0] != '/' && !sk_slice_is(t, "def") &&
			    !sk_slice_is(t, "ND") && !sk_slice_is(t, "|-"))
				continue;
			*r = before;
			return 0;
		}
		long i = integer(token(r));
		struct sk_slice code;
		err = binary(r, f, &code);
		if (err == 0 && i >= 0 && i < n)
			f->subrs[i] = code;
	}
	return err;
}

static int read_charstrings(struct sk_reader *r, struct sk_type1 *f)
{
	size_t cap = 0, ncap = 0;
	struct sk_slice t;

	if (f->nglyphs || integer(token(r)) < 0)
		return 0;
	while ((t = token(r)).n) {
		if (f->nglyphs && sk_slice_is(t, "end"))
			break;
		if (t.p[0] != '/')
			continue;
		struct sk_slice code;
		int err = binary(r, f, &code);
		if (err)
			return f->nglyphs && err == SK_EFORMAT ? 0 : err;
		if (f->nglyphs == SK_LIMIT_FONT_GLYPHS - 1) /* .notdef may be missing */
			return SK_EFORMAT;
		f->names = sk_arena_grow(f->arena, f->names, &ncap, f->nglyphs + 1, sizeof(t));
		f->codes = sk_arena_grow(f->arena, f->codes, &cap, f->nglyphs + 1, sizeof(t));
		if (f->names == NULL || f->codes == NULL)
			return SK_ENOMEM;
		f->names[f->nglyphs] = sk_slice_sub(t, 1, t.n);
		f->codes[f->nglyphs++] = code;
	}
	return 0;
}

static int read_part(struct sk_slice part, struct sk_type1 *f)
{
	struct sk_reader r = sk_reader(part);
	struct sk_slice t;
	int err = 0;

	while (err == 0 && (t = token(&r)).n) {
		if (t.p[0] != '/')
			continue;
		if (sk_slice_is(t, "/FontMatrix"))
			read_matrix(&r, f);
		else if (sk_slice_is(t, "/FontBBox"))
			read_bbox(&r, f);
		else if (sk_slice_is(t, "/Encoding"))
			read_encoding(&r, f);
		else if (sk_slice_is(t, "/lenIV"))
			f->lenIV = (int)integer(token(&r));
		else if (sk_slice_is(t, "/Subrs"))
			err = read_subrs(&r, f);
		else if (sk_slice_is(t, "/CharStrings"))
			err = read_charstrings(&r, f);
		else if (sk_slice_is(t, "/BlendDesignMap") || sk_slice_is(t, "/WeightVector"))
			err = SK_EFORMAT; /* multiple masters need an interpreter of their own */
	}
	return err;
}

/* PFB: segments of text (1) and binary (2), ended by 3. Joined; other input as it is. */
static int unwrap(struct sk_arena *arena, struct sk_slice in, struct sk_slice *out)
{
	struct sk_reader r = sk_reader(in);
	size_t n = 0;

	*out = in;
	if (sk_read_peek(&r, 0) != 0x80)
		return 0;
	uint8_t *p = sk_arena_alloc(arena, in.n);
	if (p == NULL)
		return SK_ENOMEM;
	while (sk_read_peek(&r, 0) == 0x80) {
		sk_read_skip(&r, 1);
		uint8_t kind = sk_read_u8(&r);
		if (kind != 1 && kind != 2)
			break;
		size_t want = sk_read_u32le(&r), left = sk_read_left(&r);
		struct sk_slice s = sk_read_slice(&r, want < left ? want : left);
		memcpy(p + n, s.p, s.n);
		n += s.n;
	}
	*out = sk_slice(p, n);
	return 0;
}

static bool is_hex(struct sk_slice s)
{
	for (size_t i = 0; i < 4; i++) {
		if (i >= s.n || sk_hex(s.p[i]) < 0)
			return false;
	}
	return true;
}

static size_t unhex(uint8_t *out, struct sk_slice in)
{
	size_t n = 0;
	int high = -1;

	for (size_t i = 0; i < in.n; i++) {
		int v = sk_hex(in.p[i]);
		if (v < 0 && is_space(in.p[i]))
			continue;
		if (v < 0)
			break;
		if (high >= 0)
			out[n++] = (uint8_t)(high << 4 | v);
		high = high >= 0 ? -1 : v;
	}
	return n;
}

/* Where the encrypted part begins: behind the word eexec and white space. */
static size_t find_eexec(struct sk_slice in)
{
	static const struct sk_slice word = {(const uint8_t *)"eexec", 5};
	size_t at = sk_slice_find(in, 0, word);

	while (at != SIZE_MAX && at + 5 < in.n && !is_space(in.p[at + 5]))
		at = sk_slice_find(in, at + 5, word);
	if (at == SIZE_MAX)
		return SIZE_MAX;
	for (at += 5; at < in.n && is_space(in.p[at]) && in.p[at]; at++)
		;
	return at;
}

static int decrypt_private(struct sk_arena *arena, struct sk_slice in, struct sk_slice *out)
{
	uint8_t *p = sk_arena_alloc(arena, in.n);

	if (p == NULL)
		return SK_ENOMEM;
	if (is_hex(in))
		in = sk_slice(p, unhex(p, in));
	decrypt(p, in, EEXEC_KEY);
	*out = sk_slice_sub(sk_slice(p, in.n), 4, in.n);
	return 0;
}

int sk_type1_read(struct sk_arena *arena, struct sk_slice in, struct sk_type1 *f)
{
	struct sk_slice private;

	memset(f, 0, sizeof(*f));
	f->arena = arena;
	f->lenIV = 4;
	int err = unwrap(arena, in, &in);
	if (err)
		return err;
	size_t at = find_eexec(in);
	if (at == SIZE_MAX)
		return SK_EFORMAT;
	err = read_part(sk_slice_sub(in, 0, at), f);
	if (err == 0)
		err = decrypt_private(arena, sk_slice_sub(in, at, in.n), &private);
	if (err == 0)
		err = read_part(private, f);
	return err ? err : f->nglyphs ? 0 : SK_EFORMAT;
}

long sk_type1_find(const struct sk_type1 *f, struct sk_slice name)
{
	for (size_t i = 0; i < f->nglyphs; i++) {
		if (sk_slice_eq(f->names[i], name))
			return (long)i;
	}
	return -1;
}
