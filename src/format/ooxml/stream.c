/*
 * Large parts pass through in pieces. What is written is let go as soon as nothing that is still open can take it
 * back: at first only its namespaces and relationships are noted, and the second time it is packed behind the
 * root's tag. Runs in the cleaner's jail.
 */
#include "format/ooxml/flt.h"

#define LET_GO ((size_t)256 << 10) /* bytes at a time */

/* Whether an open element may yet be rolled back, with all that stands in it. */
static bool may_go(const struct ox_frame *frame)
{
	/* The tree of a slide's shapes has a hook that only adds to it. */
	return (frame->hook && frame->hook != HOOK_SHAPE_TREE) || frame->mc || frame->through ||
	       frame->doomed || frame->flags & (OX_NEED | OX_FORMULA) || ox_is_rule(frame->name);
}

static bool is_settled(const struct ox_flt *f)
{
	if (f->open || f->nfields || f->npieces || f->collecting)
		return false;
	/* Behind a cut the element around it may turn out to be empty. */
	if (f->ncuts && f->cuts[f->ncuts - 1].to == f->buf.len)
		return false;
	for (size_t i = 0; i < f->depth; i++)
		if (may_go(&f->frames[i]))
			return false;
	return true;
}

static int pack(struct ox_flt *f, struct sk_slice s)
{
	return sk_zip_packer_put(f->pkg->packer, s);
}

/* The content so far as it will stand in the file: where it lies, when nothing has to be put in or cut. */
static struct sk_slice content(struct ox_flt *f, struct sk_buf *b)
{
	if (f->nrefs == 0 && f->ncuts == 0)
		return sk_buf_slice(&f->buf);
	ox_put_body(f, b);
	return sk_buf_slice(b);
}

static int write_root(struct ox_flt *f)
{
	struct sk_buf b = SK_BUF(SK_LIMIT_XML_VALUE * 2);

	f->begun = true;
	ox_put_root(f, &b);
	int rc = b.err ? b.err : pack(f, sk_buf_slice(&b));
	sk_buf_free(&b);
	return rc;
}

static int give_away(struct ox_flt *f)
{
	struct sk_buf b = SK_BUF(SK_LIMIT_MEMBER);
	int rc = ox_refs_relate(f);

	if (rc == 0 && f->pass == OX_WRITE && !f->begun)
		rc = write_root(f);
	struct sk_slice s = content(f, &b);
	if (f->pass == OX_LOOK)
		f->ns_gone |= ox_spaces_in(s);
	else if (rc == 0 && s.n)
		rc = pack(f, s);
	if (rc == 0)
		rc = b.err;
	sk_buf_free(&b);
	f->buf.len = 0;
	f->nrefs = f->ncuts = 0;
	for (size_t i = 0; i < f->depth; i++)
		f->frames[i].start = 0;
	return rc;
}

void ox_let_go(struct ox_flt *f)
{
	if (f->buf.len < LET_GO || f->rc || !is_settled(f))
		return;
	int rc = give_away(f);
	if (rc)
		ox_stop(f, rc);
}

int ox_stream_end(struct ox_flt *f)
{
	const struct ox_name *n = ox_name_row(ox_root_of(f->out->kind).name);
	struct sk_buf end = SK_BUF(256);
	bool empty = !f->begun && f->buf.len == 0;
	int rc = give_away(f);

	if (rc || f->pass == OX_LOOK)
		return rc;
	if (empty)
		sk_buf_puts(&end, "/>");
	else
		sk_buf_printf(&end, "</%s>", n->q);
	rc = end.err ? end.err : pack(f, sk_buf_slice(&end));
	sk_buf_free(&end);
	return rc ? rc : sk_zip_packer_end(f->pkg->packer, f->job->arena, &f->out->packed);
}
