/* Frames of open elements, and their tags in the output. Cleaner's jail. */
#include "format/ooxml/flt.h"

void ox_stop(struct ox_flt *f, int rc)
{
	if (f->rc == 0)
		f->rc = rc;
	XML_StopParser(f->parser, XML_FALSE);
}

void ox_close_start_tag(struct ox_flt *f)
{
	if (f->open)
		sk_buf_putc(&f->buf, '>');
	f->open = false;
}

struct ox_frame *ox_push(struct ox_flt *f)
{
	if (f->depth >= SK_LIMIT_XML_DEPTH) {
		sk_job_refuse(f->job, SK_REASON_LIMIT_NESTING, "%s: elements", f->out->from->name);
		ox_stop(f, SK_EREFUSED);
		return NULL;
	}
	struct ox_frame *v =
	    sk_arena_grow(f->arena, f->frames, &f->frames_cap, f->depth + 1, sizeof(*v));
	if (v == NULL) {
		ox_stop(f, SK_ENOMEM);
		return NULL;
	}
	f->frames = v;
	v[f->depth] =
	    (struct ox_frame){.start = f->buf.len, .parent_open = f->open, .used = f->ns_used};
	return &v[f->depth++];
}

/* Cut the output back to where this frame began. */
void ox_roll_back(struct ox_flt *f, const struct ox_frame *frame)
{
	f->buf.len = frame->start;
	f->open = frame->parent_open;
	f->ns_used = frame->used;
	while (f->nrefs && !f->refs[f->nrefs - 1].root && f->refs[f->nrefs - 1].at > frame->start)
		f->nrefs--;
	while (f->npieces && f->pieces[f->npieces - 1].to > frame->start)
		f->npieces--;
	while (f->ncuts && f->cuts[f->ncuts - 1].to > frame->start)
		f->ncuts--;
	while (f->nfields && f->fields[f->nfields - 1].at > frame->start)
		f->nfields--;
}

struct ox_frame *ox_holder(struct ox_flt *f)
{
	size_t i = f->depth - 1;

	while (i > 0 && f->frames[i].through)
		i--;
	return &f->frames[i];
}

void ox_put_start(struct ox_flt *f, struct ox_frame *frame)
{
	const struct ox_name *n = ox_name_row(frame->name);

	ox_close_start_tag(f);
	f->ns_used |= 1ULL << n->ns;
	sk_buf_putc(&f->buf, '<');
	sk_buf_put(&f->buf, n->q, n->len);
	ox_put_attributes(f, &f->buf);
	f->open = true;
	if (f->buf.err)
		ox_stop(f, f->buf.err);
}

void ox_put_end(struct ox_flt *f, const struct ox_frame *frame)
{
	const struct ox_name *n = ox_name_row(frame->name);

	if (f->open) {
		sk_buf_put(&f->buf, "/>", 2);
		f->open = false;
		return;
	}
	sk_buf_put(&f->buf, "</", 2);
	sk_buf_put(&f->buf, n->q, n->len);
	sk_buf_putc(&f->buf, '>');
}
