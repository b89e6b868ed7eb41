/*
 * The file as a whole (doc/profiles/pdf.md; ISO 32000-1, 7.5): header, objects 1, 2, 3 … without gaps, one
 * classic cross-reference table, trailer, nothing more. Read from the end to learn where the objects must
 * stand, then once from the start. Verifier's jail.
 */
#include "verify/pdf/pdf.h"

#include <stdio.h>
#include <zlib.h>

enum { XREF_ENTRY = 20 };

static const char header[] = "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n";

uint64_t sk_pv_offset(const struct sk_pv *p)
{
	return p->objs && p->cur < p->nobjs ? p->objs[p->cur].at : 0;
}

/* The number in decimal digits at r, ended by `stop`. */
static bool read_number(struct sk_reader *r, uint64_t *v, uint8_t stop)
{
	unsigned n = 0;

	for (*v = 0; n <= 10; n++) {
		uint8_t ch = sk_read_u8(r);
		if (ch == stop && n)
			return true;
		if (ch < '0' || ch > '9' || (n == 1 && *v == 0))
			return false;
		*v = *v * 10 + (ch - '0');
	}
	return false;
}

static bool read_literal(struct sk_reader *r, const char *s)
{
	return sk_slice_is(sk_read_slice(r, strlen(s)), s);
}

/* One entry of the table: ten digits, generation, kind, and the two bytes of line end. */
static bool read_entry(struct sk_reader *r, uint64_t *at, const char *tail)
{
	struct sk_slice s = sk_read_slice(r, 10);

	*at = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		*at = *at * 10 + (s.p[i] - '0');
	}
	return s.n && read_literal(r, tail);
}

static int read_table(struct sk_pv *p, struct sk_reader *r)
{
	uint64_t n, at;

	if (!read_literal(r, "xref\n0 ") || !read_number(r, &n, '\n'))
		return sk_fail(p->c, r->pos, "cross-reference table does not start as it must");
	if (n < 2 || n > SK_LIMIT_PDF_OBJECTS || n > sk_read_left(r) / XREF_ENTRY)
		return sk_fail(p->c, r->pos, "cross-reference table has an impossible length");
	p->objs = sk_arena_array(p->c->arena, n, sizeof(*p->objs));
	if (p->objs == NULL)
		return SK_ENOMEM;
	p->nobjs = (uint32_t)n;
	if (!read_entry(r, &at, " 65535 f \n") || at)
		return sk_fail(p->c, r->pos, "entry 0 of the cross-reference table is wrong");
	for (uint32_t i = 1; i < p->nobjs; i++) {
		if (!read_entry(r, &at, " 00000 n \n") || at >= p->in.n)
			return sk_fail(
			    p->c, r->pos, "entry %u of the cross-reference table is wrong", i);
		p->objs[i].at = (uint32_t)at;
	}
	return 0;
}

/* Where the last lines say that the cross-reference table starts. */
static int find_table(struct sk_pv *p, size_t *table, size_t *tail)
{
	static const struct sk_slice word = {(const uint8_t *)"\nstartxref\n", 11};
	size_t at = sk_slice_rfind(p->in, p->in.n, word);
	uint64_t v;

	if (at == SIZE_MAX || p->in.n - at > 64)
		return sk_fail(p->c, p->in.n, "file does not end with startxref");
	struct sk_reader r = sk_reader(p->in);
	sk_read_seek(&r, at + word.n);
	if (!read_number(&r, &v, '\n') || !read_literal(&r, "%%EOF\n") || !sk_read_at_end(&r) ||
	    v >= at)
		return sk_fail(p->c, at, "end of the file is not as it must be");
	*table = (size_t)v;
	*tail = at;
	return 0;
}

static int read_trailer(struct sk_pv *p, struct sk_reader *r, size_t tail)
{
	struct sk_pv_lex l;

	p->cur = 0;
	if (!read_literal(r, "trailer\n") || r->pos > tail)
		return sk_fail(p->c, r->pos, "no trailer behind the cross-reference table");
	sk_pv_lex_init(&l, sk_slice_sub(p->in, r->pos, tail - r->pos));
	int rc = sk_pv_parse(p, &l, &p->trailer);
	if (rc == 0 && (l.p != l.end || p->trailer.kind != SK_PV_VDICT))
		rc = sk_fail(p->c, r->pos, "trailer is not one dictionary");
	return rc;
}

/* The data of a stream: as many bytes as its dictionary's direct /Length says. */
static int read_stream(struct sk_pv *p, struct sk_reader *r, struct sk_pv_obj *o)
{
	const struct sk_pv_val *length = sk_pv_get(o->val, "Length");

	if (length == NULL || length->kind != SK_PV_VINT || length->i < 0)
		return sk_pv_fail(p, "stream without a direct Length");
	struct sk_slice data = sk_read_slice(r, (size_t)length->i);
	o->data = data.p;
	if (!read_literal(r, "\nendstream\nendobj\n"))
		return sk_pv_fail(p, "stream does not end where its Length says");
	return 0;
}

/* `12 0 obj`, a value, `endobj`. */
static int read_object(struct sk_pv *p, struct sk_reader *r, size_t limit)
{
	struct sk_pv_obj *o = &p->objs[p->cur];
	struct sk_pv_val v;
	struct sk_pv_lex l;
	uint64_t num;

	if (r->pos != o->at || r->pos >= limit)
		return sk_pv_fail(p, "does not stand behind the one before");
	if (!read_number(r, &num, ' ') || num != p->cur || !read_literal(r, "0 obj\n"))
		return sk_pv_fail(p, "does not start with its number");
	sk_pv_lex_init(&l, sk_slice_sub(p->in, r->pos, limit - r->pos));
	int rc = sk_pv_parse(p, &l, &v);
	if (rc)
		return rc;
	o->val = sk_arena_dup(p->c->arena, &v, sizeof(v));
	if (o->val == NULL)
		return SK_ENOMEM;
	sk_read_skip(r, sk_pv_at(&l));
	if (sk_read_peek(r, 1) == 's' && v.kind == SK_PV_VDICT && read_literal(r, "\nstream\n"))
		return read_stream(p, r, o);
	return read_literal(r, "\nendobj\n") ? 0 : sk_pv_fail(p, "does not end with endobj");
}

/* The ID is made of the bytes in front of the table: their CRC-32 and their number. */
static bool good_id(struct sk_pv *p, const struct sk_pv_val *id, size_t table)
{
	char hex[33];
	uLong crc = crc32_z(crc32_z(0, NULL, 0), p->in.p, table);

	snprintf(hex, sizeof(hex), "%08lx%024zx", crc, table);
	for (uint32_t i = 0; i < id->n; i++)
		if (id->kids[i].kind != SK_PV_VHEX || id->kids[i].n != 32 ||
		    memcmp(id->kids[i].text, hex, 32) != 0)
			return false;
	return id->kind == SK_PV_VARRAY && id->n == 2;
}

/* The catalog is object 1, Info the last; the size and the ID are right. */
static int check_trailer(struct sk_pv *p, size_t table)
{
	const struct sk_pv_val *t = &p->trailer, *size = sk_pv_get(t, "Size");
	const struct sk_pv_val *root = sk_pv_get(t, "Root"), *info = sk_pv_get(t, "Info");
	const struct sk_pv_val *id = sk_pv_get(t, "ID");

	if (size == NULL || size->kind != SK_PV_VINT || size->i != p->nobjs)
		return sk_fail(p->c, table, "trailer: Size is wrong");
	if (root == NULL || root->kind != SK_PV_VREF || root->i != 1)
		return sk_fail(p->c, table, "trailer: Root is not object 1");
	if (info && (info->kind != SK_PV_VREF || info->i != p->next++))
		return sk_fail(p->c, table, "trailer: Info is not the last object");
	if (p->next != p->nobjs)
		return sk_fail(p->c, table, "object %u: nothing refers to it", p->next);
	if (id == NULL || !good_id(p, id, table))
		return sk_fail(p->c, table, "trailer: ID is not that of these bytes");
	return t->n == 3U + (info != NULL) ? 0
					   : sk_fail(p->c, table, "trailer: key is not allowed");
}

int sk_pv_layout(struct sk_pv *p)
{
	struct sk_reader r = sk_reader(p->in);
	size_t table = 0, tail = 0;
	int rc =
	    read_literal(&r, header) ? 0 : sk_fail(p->c, 0, "file does not start with the header");

	if (rc == 0)
		rc = find_table(p, &table, &tail);
	if (rc)
		return rc;
	struct sk_reader t = r;
	sk_read_seek(&t, table);
	rc = read_table(p, &t);
	if (rc == 0)
		rc = read_trailer(p, &t, tail);
	p->next = 2;
	for (p->cur = 1; rc == 0 && p->cur < p->nobjs; p->cur++)
		rc = read_object(p, &r, table);
	p->cur = 0;
	if (rc == 0 && r.pos != table)
		rc = sk_fail(p->c, r.pos, "bytes between the last object and the table");
	return rc ? rc : check_trailer(p, table);
}
