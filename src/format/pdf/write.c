/*
 * The canonical writer: values to bytes, objects numbered breadth first from the catalog, one classic
 * cross-reference table. doc/profiles/pdf.md, sections 1 and 2. Cleaner's jail.
 */
#include "format/pdf/pdf.h"

#include <libdeflate.h>

/* Good packing for its time; also libdeflate's own default. */
static const char header[] = "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n";

struct sk_pdf_out *sk_pdf_new(struct sk_pdf *x, struct sk_pdf_val v)
{
	struct sk_pdf_out *o = sk_arena_alloc(x->arena, sizeof(*o));

	if (o == NULL) {
		sk_pdf_fatal(x, SK_ENOMEM);
		return NULL;
	}
	o->val = v;
	o->state = SK_PDF_BUILT;
	return o;
}

bool sk_pdf_pack(struct sk_pdf *x, struct sk_pdf_out *o, struct sk_slice bytes)
{
	size_t max = libdeflate_zlib_compress_bound(x->packer, bytes.n);

	x->packed.len = 0;
	if (sk_buf_reserve(&x->packed, max))
		return sk_pdf_fatal(x, x->packed.err);
	size_t n = libdeflate_zlib_compress(x->packer, bytes.p, bytes.n, x->packed.p, max);
	if (n == 0)
		return sk_pdf_fatal(x, SK_EINTERNAL);
	o->data = sk_arena_dup(x->arena, x->packed.p, n);
	o->n = n;
	if (o->data == NULL)
		return sk_pdf_fatal(x, SK_ENOMEM);
	sk_pdf_put(x, &o->val, "Filter", sk_pdf_vname("FlateDecode"));
	if (x->packed.cap > 8 << 20)
		sk_buf_free(&x->packed);
	return x->rc == 0;
}

void sk_pdf_print_name(struct sk_buf *b, struct sk_slice name)
{
	sk_buf_putc(b, '/');
	for (size_t i = 0; i < name.n; i++) {
		uint8_t c = name.p[i];
		if (c > ' ' && c < 0x7f && c != '#' && sk_pdf_regular(c))
			sk_buf_putc(b, c);
		else
			sk_buf_printf(b, "#%02x", c);
	}
}

void sk_pdf_print_string(struct sk_buf *b, struct sk_slice s)
{
	size_t from = 0;

	sk_buf_putc(b, '(');
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];
		if (c != '(' && c != ')' && c != '\\' && c != '\r')
			continue;
		sk_buf_put(b, s.p + from, i - from);
		sk_buf_putc(b, '\\');
		sk_buf_putc(b, c == '\r' ? 'r' : c);
		from = i + 1;
	}
	if (s.n > from)
		sk_buf_put(b, s.p + from, s.n - from);
	sk_buf_putc(b, ')');
}

static void print_int(struct sk_buf *b, int64_t v)
{
	char text[24];
	size_t at = sizeof(text);
	uint64_t u = v < 0 ? (uint64_t)-v : (uint64_t)v;

	do
		text[--at] = (char)('0' + u % 10);
	while ((u /= 10) != 0);
	if (v < 0)
		text[--at] = '-';
	sk_buf_put(b, text + at, sizeof(text) - at);
}

void sk_pdf_print_real(struct sk_buf *b, double d)
{
	char raw[64], text[SK_PDF_NUMBER];
	bool integer;
	int n = snprintf(raw, sizeof(raw), "%.6f", d);

	sk_buf_put(b, text, sk_pdf_canonical(sk_slice(raw, (size_t)n), text, &integer));
}

/* A space where the token to come would run into the one before. */
static void separate(struct sk_buf *b, const struct sk_pdf_val *v)
{
	bool regular = v->kind == SK_PDF_NULL || v->kind == SK_PDF_BOOL || v->kind == SK_PDF_INT ||
		       v->kind == SK_PDF_REAL || v->kind == SK_PDF_OUT;

	if (regular && b->len && sk_pdf_regular(b->p[b->len - 1]))
		sk_buf_putc(b, ' ');
}

void sk_pdf_print(struct sk_buf *b, const struct sk_pdf_val *v)
{
	separate(b, v);
	switch ((enum sk_pdf_kind)v->kind) {
	case SK_PDF_BOOL:
		sk_buf_puts(b, v->i ? "true" : "false");
		break;
	case SK_PDF_INT:
		print_int(b, v->i);
		break;
	case SK_PDF_REAL:
		sk_buf_put(b, v->s, v->n);
		break;
	case SK_PDF_NAME:
		sk_pdf_print_name(b, sk_slice(v->s, v->n));
		break;
	case SK_PDF_STRING:
		sk_pdf_print_string(b, sk_slice(v->s, v->n));
		break;
	case SK_PDF_ARRAY:
		sk_buf_putc(b, '[');
		for (uint32_t i = 0; i < v->n; i++)
			sk_pdf_print(b, &v->v[i]);
		sk_buf_putc(b, ']');
		break;
	case SK_PDF_DICT:
		sk_buf_puts(b, "<<");
		for (uint32_t i = 0; i < 2 * v->n; i++)
			sk_pdf_print(b, &v->v[i]);
		sk_buf_puts(b, ">>");
		break;
	case SK_PDF_OUT:
		print_int(b, v->out->num);
		sk_buf_puts(b, " 0 R");
		break;
	default:
		sk_buf_puts(b, "null");
		break;
	}
}

/* --- the file --- */

struct queue {
	struct sk_pdf *x;
	struct sk_pdf_out **p;
	size_t n, cap;
};

static void reach(struct queue *q, const struct sk_pdf_val *v)
{
	if (v->kind == SK_PDF_ARRAY || v->kind == SK_PDF_DICT) {
		uint32_t n = v->kind == SK_PDF_DICT ? 2 * v->n : v->n;
		for (uint32_t i = 0; i < n; i++)
			reach(q, &v->v[i]);
	} else if (v->kind == SK_PDF_OUT && v->out->num == 0) {
		struct sk_pdf_out **p = sk_arena_grow(
		    q->x->arena, q->p, &q->cap, q->n + 1, sizeof(struct sk_pdf_out *));
		if (p == NULL) {
			sk_pdf_fatal(q->x, SK_ENOMEM);
			return;
		}
		q->p = p;
		p[q->n++] = v->out;
		v->out->num = (uint32_t)q->n;
	}
}

static void write_object(struct queue *q, struct sk_pdf_out *o, struct sk_buf *out)
{
	if (o->data)
		sk_pdf_put(q->x, &o->val, "Length", sk_pdf_vint((int64_t)o->n));
	reach(q, &o->val);
	print_int(out, o->num);
	sk_buf_puts(out, " 0 obj\n");
	sk_pdf_print(out, &o->val);
	if (o->data) {
		sk_buf_puts(out, "\nstream\n");
		sk_buf_put(out, o->data, o->n);
		sk_buf_puts(out, "\nendstream");
	}
	sk_buf_puts(out, "\nendobj\n");
}

static void write_end(
    struct queue *q, const uint64_t *at, struct sk_pdf_out *info, struct sk_buf *out)
{
	size_t start = out->len;
	char id[33];

	snprintf(id, sizeof(id), "%08x%024zx", libdeflate_crc32(0, out->p, start), start);
	sk_buf_printf(out, "xref\n0 %zu\n0000000000 65535 f \n", q->n + 1);
	for (size_t i = 0; i < q->n; i++)
		sk_buf_printf(out, "%010llu 00000 n \n", (unsigned long long)at[i]);
	sk_buf_printf(out, "trailer\n<</Size %zu/Root 1 0 R", q->n + 1);
	if (info)
		sk_buf_printf(out, "/Info %u 0 R", info->num);
	sk_buf_printf(out, "/ID[<%s><%s>]>>\nstartxref\n%zu\n%%%%EOF\n", id, id, start);
}

int sk_pdf_write(
    struct sk_pdf *x, struct sk_pdf_out *root, struct sk_pdf_out *info, struct sk_buf *out)
{
	struct queue q = {.x = x};
	struct sk_pdf_val first = sk_pdf_vout(root), last = sk_pdf_vout(info);
	uint64_t *at = NULL;
	size_t cap = 0;

	reach(&q, &first);
	sk_buf_put(out, header, sizeof(header) - 1);
	for (size_t i = 0; i < q.n && x->rc == 0 && out->err == 0; i++) {
		at = sk_arena_grow(x->arena, at, &cap, i + 1, sizeof(*at));
		if (at == NULL)
			return SK_ENOMEM;
		at[i] = out->len;
		write_object(&q, q.p[i], out);
		if (i + 1 == q.n && info)
			reach(&q, &last);
	}
	if (x->rc == 0 && out->err == 0)
		write_end(&q, at, info, out);
	return x->rc ? x->rc : out->err;
}
