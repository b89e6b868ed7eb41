/*
 * For the tests of the picture checkers: a sample as a list of parts that one small language describes and
 * changes, so that a test puts one forbidden thing into an allowed file while all lengths and checksums
 * stay right. Test programs only.
 *
 * A part is "K hex…": a letter that the format gives a meaning, and bytes: pairs of hex digits, XX*N (a byte
 * N times), 'text', @icc (a colour profile block). A change is a list of these, ended by semicolons:
 *   s P AT hex    set bytes of part P, which    i P AT hex   insert bytes
 *                 may grow by it                x P          remove the part
 *   d P AT N      delete N bytes
 *   + P K hex     a new part before P           2 P          the part twice
 *   w P           swap the part and the next    k P K        change its letter
 */
#ifndef SK_VERIFY_IMAGE_TEST_PARTS_H
#define SK_VERIFY_IMAGE_TEST_PARTS_H

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <ctype.h>

#include "base/buf.h"
#include "verify/verify.h"

struct part {
	char kind;
	uint8_t p[2048];
	size_t n;
};

struct parts {
	struct part part[48];
	unsigned n;
};

struct mutation {
	const char *name;
	unsigned base;
	const char *ops;
	const char *fault; /* what the checker must say */
};

typedef void part_writer(const struct parts *s, struct sk_buf *out);
typedef int part_checker(struct sk_check *c, struct sk_slice in);

/* doc/profiles/image.md, the colour profile block with a gamma curve. */
static inline size_t test_icc(uint8_t out[408])
{
	static const uint8_t head[] = {0, 0, 1, 0x98, 0, 0, 0, 0, 4, 0x20, 0, 0};
	static const uint8_t white[] = {0, 0, 0xF6, 0xD6, 0, 1, 0, 0, 0, 0, 0xD3, 0x2D};
	static const char names[] = "desccprtwtptrXYZgXYZbXYZrTRCgTRCbTRC";
	static const uint16_t places[9][2] = {{240, 34}, {276, 34}, {312, 20}, {332, 20}, {352, 20},
	    {372, 20}, {392, 16}, {392, 16}, {392, 16}};
	static const uint8_t mluc[] = {
	    0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 12, 'e', 'n', 'U', 'S', 0, 0, 0, 6, 0, 0, 0, 28};
	static const uint16_t xyz[9] = {
	    0x6FA0, 0x38F0, 0x0390, 0x6290, 0xB780, 0x18D0, 0x24A0, 0x0F80, 0xB6D0};

	memset(out, 0, 408);
	memcpy(out, head, sizeof(head));
	memcpy(out + 12, "mntrRGB XYZ \x07\xD0\0\1\0\1", 18);
	memcpy(out + 36, "acsp", 4);
	memcpy(out + 68, white, 12);
	out[131] = 9;
	for (size_t i = 0; i < 9; i++) {
		uint8_t *e = out + 132 + 12 * i;
		memcpy(e, names + 4 * i, 4);
		e[6] = (uint8_t)(places[i][0] >> 8);
		e[7] = (uint8_t)places[i][0];
		e[11] = (uint8_t)places[i][1];
	}
	for (size_t i = 0; i < 2; i++) {
		memcpy(out + 240 + 36 * i, "mluc", 4);
		memcpy(out + 244 + 36 * i, mluc, sizeof(mluc));
		memcpy(out + 268 + 36 * i,
		    i ? "\0C\0C\0"
			"0"
		      : "\0R\0G\0B",
		    6);
	}
	for (size_t i = 0; i < 4; i++)
		memcpy(out + 312 + 20 * i, "XYZ ", 4);
	memcpy(out + 320, white, 12);
	for (size_t i = 0; i < 9; i++) {
		out[340 + i / 3 * 20 + i % 3 * 4 + 2] = (uint8_t)(xyz[i] >> 8);
		out[340 + i / 3 * 20 + i % 3 * 4 + 3] = (uint8_t)xyz[i];
	}
	memcpy(out + 392, "para\0\0\0\0\0\0\0\0\0\2\x33\0", 16);
	return 408;
}

static inline unsigned hex_digit(char c)
{
	assert_true(isxdigit((unsigned char)c));
	return (unsigned)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
}

/* Bytes of a description up to its end or a semicolon. */
static inline size_t parse_bytes(const char **s, uint8_t *out, size_t max)
{
	size_t n = 0;

	while (**s && **s != ';') {
		if (**s == ' ') {
			++*s;
		} else if (**s == '\'') {
			for (++*s; **s != '\''; ++*s)
				out[n++] = (uint8_t) * *s;
			++*s;
		} else if (**s == '@') {
			assert_true(n + 408 <= max);
			n += test_icc(out + n);
			*s += 4;
		} else {
			uint8_t v = (uint8_t)(hex_digit((*s)[0]) << 4 | hex_digit((*s)[1]));
			unsigned long times = 1;
			*s += 2;
			if (**s == '*') {
				char *end;
				times = strtoul(*s + 1, &end, 10);
				*s = end;
			}
			assert_true(n + times <= max);
			memset(out + n, v, times);
			n += times;
		}
		assert_true(n <= max);
	}
	return n;
}

static inline void parse_part(const char **s, struct part *p)
{
	p->kind = *(*s)++;
	p->n = parse_bytes(s, p->p, sizeof(p->p));
}

/* A number, and the blanks before it. */
static inline size_t parse_number(const char **s)
{
	char *end;
	unsigned long v = strtoul(*s, &end, 10);

	assert_ptr_not_equal(end, *s);
	*s = end;
	while (**s == ' ')
		++*s;
	return v;
}

static inline void insert_part(struct parts *s, size_t at)
{
	assert_true(at <= s->n && s->n < sizeof(s->part) / sizeof(s->part[0]));
	memmove(&s->part[at + 1], &s->part[at], (s->n - at) * sizeof(s->part[0]));
	s->n++;
}

static inline void remove_part(struct parts *s, size_t at)
{
	memmove(&s->part[at], &s->part[at + 1], (s->n - at - 1) * sizeof(s->part[0]));
	s->n--;
}

/* s, i and d: a change of the bytes of one part. */
static inline void change_bytes(struct part *p, char op, const char **ops)
{
	uint8_t bytes[2048];
	size_t at = parse_number(ops);
	size_t n = op == 'd' ? parse_number(ops) : parse_bytes(ops, bytes, sizeof(bytes));

	assert_true(at <= p->n && p->n + n <= sizeof(p->p) && (op != 'd' || at + n <= p->n));
	if (op == 'd') {
		memmove(p->p + at, p->p + at + n, p->n - at - n);
		p->n -= n;
		return;
	}
	if (op == 'i') {
		memmove(p->p + at + n, p->p + at, p->n - at);
		p->n += n;
	}
	memcpy(p->p + at, bytes, n);
	p->n = at + n > p->n ? at + n : p->n;
}

static inline void change(struct parts *s, const char *ops)
{
	while (*ops) {
		char op = *ops++;
		while (*ops == ' ')
			ops++;
		size_t at = parse_number(&ops);
		if (op == 's' || op == 'i' || op == 'd') {
			change_bytes(&s->part[at], op, &ops);
		} else if (op == 'x') {
			remove_part(s, at);
		} else if (op == '+') {
			insert_part(s, at);
			parse_part(&ops, &s->part[at]);
		} else if (op == '2') {
			insert_part(s, at);
			s->part[at] = s->part[at + 1];
		} else if (op == 'k') {
			s->part[at].kind = *ops++;
		} else if (op == 'w') {
			struct part t = s->part[at];
			s->part[at] = s->part[at + 1];
			s->part[at + 1] = t;
		} else {
			fail_msg("no such change: %c", op);
		}
		while (*ops == ' ' || *ops == ';')
			ops++;
	}
}

static inline int run_checker(part_checker *check, struct sk_slice in, char what[256])
{
	struct sk_check c = {.arena = sk_arena_new((size_t)64 << 20),
	    .inflate_left = 64 << 20,
	    .pixels_left = 64 << 20};
	uint8_t *exact = malloc(in.n ? in.n : 1); /* a read past the end is seen by the sanitizer */

	assert_non_null(c.arena);
	assert_non_null(exact);
	memcpy(exact, in.p, in.n);
	int rc = check(&c, sk_slice(exact, in.n));
	free(exact);
	memcpy(what, c.fault.what, 256);
	sk_arena_free(c.arena);
	return rc;
}

static inline void load(struct parts *s, const char *const *base)
{
	s->n = 0;
	for (; *base; base++) {
		const char *p = *base;
		parse_part(&p, &s->part[s->n++]);
	}
}

/* The file that a base gives, changed when `ops` is not NULL. Free the buffer. */
static inline struct sk_buf make_file(const char *const *base, const char *ops, part_writer *write)
{
	struct parts *s = calloc(1, sizeof(*s));
	struct sk_buf out = SK_BUF((size_t)1 << 20);

	assert_non_null(s);
	load(s, base);
	if (ops)
		change(s, ops);
	write(s, &out);
	assert_int_equal(out.err, 0);
	free(s);
	return out;
}

/* Something allowed passes, and fails when it is cut off anywhere. 1 when not, told on stderr. */
static inline unsigned wrong_pass(
    const char *const *base, const char *ops, part_writer *write, part_checker *check)
{
	struct sk_buf out = make_file(base, ops, write);
	unsigned wrong = 0;
	char what[256];

	int rc = run_checker(check, sk_buf_slice(&out), what);
	if (rc) {
		print_error(
		    "allowed file \"%s\" (%s): %d \"%s\"\n", base[1], ops ? ops : "", rc, what);
		wrong = 1;
	}
	for (size_t n = 0; n < out.len; n++)
		if (run_checker(check, sk_slice(out.p, n), what) != SK_EFORMAT) {
			print_error("\"%s\" passes when cut off at %zu\n", base[1], n);
			wrong = 1;
		}
	sk_buf_free(&out);
	return wrong;
}

/* A mutation fails, for its own reason. 1 when not, told on stderr. */
static inline unsigned wrong_fault(
    const char *const *base, const struct mutation *m, part_writer *write, part_checker *check)
{
	struct sk_buf out = make_file(base, m->ops, write);
	unsigned wrong = 0;
	char what[256];

	int rc = run_checker(check, sk_buf_slice(&out), what);
	if (rc != SK_EFORMAT || strstr(what, m->fault) == NULL) {
		print_error("%s: %d \"%s\", not \"%s\"\n", m->name, rc, what, m->fault);
		wrong = 1;
	}
	sk_buf_free(&out);
	return wrong;
}

static inline void run_mutations(const char *const *const *bases, size_t nbases,
    const struct mutation *m, size_t n, part_writer *write, part_checker *check)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < nbases; i++)
		wrong += wrong_pass(bases[i], NULL, write, check);
	for (size_t i = 0; i < n; i++)
		wrong += wrong_fault(bases[m[i].base], &m[i], write, check);
	assert_int_equal(wrong, 0);
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#endif
