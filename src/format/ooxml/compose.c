/*
 * The last step of a part: the root's start tag, which needs to know all namespaces, before its content; the
 * ids of relationships put in their places; what fields lost cut out. Runs in the cleaner's jail.
 */
#include "format/ooxml/flt.h"

/* Copy a stretch of the output, with the relationship ids in their places; *ref goes along. */
static void put_span(struct ox_flt *f, struct sk_buf *to, const struct sk_buf *b, size_t from,
    size_t end, size_t *ref, bool root)
{
	if (b->p == NULL)
		return;
	for (; *ref < f->nrefs; (*ref)++) {
		const struct ox_idref *r = &f->refs[*ref];
		if (r->root != root || r->at < from)
			continue;
		if (r->at > end)
			break;
		sk_buf_put(to, b->p + from, r->at - from);
		sk_buf_printf(to, "rId%u", r->rel->new_id);
		from = r->at;
	}
	sk_buf_put(to, b->p + from, end - from);
}

/* The root's start tag: declarations in table order, mc:Ignorable, its own attributes. */
void ox_put_root(struct ox_flt *f, struct sk_buf *b)
{
	struct ox_root root = ox_root_of(f->out->kind);
	const struct ox_name *n = ox_name_row(root.name);
	uint64_t all = f->pass == OX_WRITE ? f->ns_final : f->ns_used;
	uint64_t used = all & ~(1ULL << NS_none | 1ULL << NS_xml), ignorable = 0;

	for (uint8_t i = 1; i < NS_COUNT; i++)
		if (used >> i & 1 && ox_ns_row(i)->ignorable && i != n->ns)
			ignorable |= 1ULL << i;
	if (ignorable)
		used |= 1ULL << NS_mc;
	sk_buf_puts(b, "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<");
	sk_buf_puts(b, n->q);
	for (uint8_t i = 1; i < NS_COUNT; i++) {
		const struct ox_ns_row *ns = ox_ns_row(i);
		if (used >> i & 1)
			sk_buf_printf(
			    b, " xmlns%s%s=\"%s\"", ns->prefix[0] ? ":" : "", ns->prefix, ns->uri);
	}
	if (ignorable)
		sk_buf_puts(b, " mc:Ignorable=\"");
	for (uint8_t i = 1, first = 1; i < NS_COUNT; i++)
		if (ignorable >> i & 1) {
			sk_buf_printf(b, "%s%s", first ? "" : " ", ox_ns_row(i)->prefix);
			first = 0;
		}
	if (ignorable)
		sk_buf_putc(b, '"');
	size_t ref = 0;
	put_span(f, b, &f->root, 0, f->root.len, &ref, true);
}

/* An element from which everything was cut is written in its short form: <a></a> becomes <a/>. */
static size_t shorten(struct sk_buf *b, struct sk_slice next)
{
	size_t i = b->len;

	if (next.n < 3 || next.p[0] != '<' || next.p[1] != '/' || b->len < 3 ||
	    b->p[b->len - 1] != '>' || b->p[b->len - 2] == '/')
		return 0;
	while (i > 0 && b->p[i - 1] != '<')
		i--;
	const uint8_t *end = memchr(next.p, '>', next.n);
	if (i == 0 || b->p[i] == '/' || end == NULL)
		return 0;
	b->len--;
	sk_buf_put(b, "/>", 2);
	return (size_t)(end - next.p) + 1;
}

void ox_put_body(struct ox_flt *f, struct sk_buf *b)
{
	struct sk_slice body = sk_buf_slice(&f->buf);
	size_t at = 0, ref = 0;

	for (size_t i = 0; i < f->ncuts; i++) {
		if (f->cuts[i].from < at)
			continue;
		put_span(f, b, &f->buf, at, f->cuts[i].from, &ref, false);
		at = f->cuts[i].to;
		if (i + 1 == f->ncuts || f->cuts[i + 1].from > at)
			at += shorten(b, sk_slice_sub(body, at, body.n));
	}
	put_span(f, b, &f->buf, at, body.n, &ref, false);
}

/* Pack the part: with nothing cut only the root's start tag has to be put before the body. */
int ox_finish(struct ox_flt *f)
{
	struct sk_buf b = SK_BUF(f->buf.max);
	const struct ox_name *n = ox_name_row(ox_root_of(f->out->kind).name);
	struct sk_slice whole;

	ox_put_root(f, &b);
	if (f->buf.len == 0) {
		sk_buf_puts(&b, "/>");
		whole = sk_buf_slice(&b);
	} else if (f->ncuts) {
		/* What was cut may have been all that used a namespace. */
		struct sk_buf body = SK_BUF(f->buf.max);
		ox_put_body(f, &body);
		f->ns_used = f->ns_root | ox_spaces_in(sk_buf_slice(&body));
		sk_buf_free(&f->buf);
		sk_buf_reset(&b);
		ox_put_root(f, &b);
		sk_buf_put_slice(&b, sk_buf_slice(&body));
		sk_buf_printf(&b, "</%s>", n->q);
		sk_buf_free(&body);
		whole = sk_buf_slice(&b);
	} else if (f->nrefs) {
		sk_buf_reserve(&b, f->buf.len + 64);
		/* The body begins with the '>' of the root's start tag. */
		ox_put_body(f, &b);
		sk_buf_printf(&b, "</%s>", n->q);
		sk_buf_free(&f->buf);
		whole = sk_buf_slice(&b);
	} else {
		/* Large sheets: the root's tags are put around the body where it lies. */
		sk_buf_printf(&f->buf, "</%s>", n->q);
		sk_buf_put(&f->buf, b.p, b.len);
		if (f->buf.err || b.err)
			return SK_ENOMEM;
		memmove(f->buf.p + b.len, f->buf.p, f->buf.len - b.len);
		memcpy(f->buf.p, b.p, b.len);
		whole = sk_buf_slice(&f->buf);
	}
	int rc = b.err ? b.err : f->buf.err ? f->buf.err : ox_pack(f->pkg, f->out, whole);
	sk_buf_free(&b);
	return rc;
}
