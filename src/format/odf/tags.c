/* Frames of open elements, their tags in the output, and names looked up once. Cleaner's jail. */
#include "format/odf/flt.h"

void od_stop(struct od_flt *f, int rc)
{
	if (f->rc == 0)
		f->rc = rc;
	XML_StopParser(f->parser, XML_FALSE);
}

struct od_frame *od_push(struct od_flt *f)
{
	if (f->depth >= SK_LIMIT_XML_DEPTH) {
		sk_job_refuse(f->job, SK_REASON_LIMIT_NESTING, "%s: elements", f->where);
		od_stop(f, SK_EREFUSED);
		return NULL;
	}
	struct od_frame *v =
	    sk_arena_grow(f->arena, f->frames, &f->frames_cap, f->depth + 1, sizeof(*v));
	if (v == NULL) {
		od_stop(f, SK_ENOMEM);
		return NULL;
	}
	f->frames = v;
	v[f->depth] = (struct od_frame){.start = f->buf.len, .parent_open = f->open};
	return &v[f->depth++];
}

void od_pop(struct od_flt *f)
{
	f->holds -= od_top(f)->holds;
	f->depth--;
}

void od_hold(struct od_flt *f, struct od_frame *frame)
{
	f->holds += !frame->holds;
	frame->holds = true;
}

struct od_frame *od_holder(struct od_flt *f)
{
	size_t i = f->depth - 1;

	while (i > 0 && f->frames[i].through)
		i--;
	return &f->frames[i];
}

void od_close_start_tag(struct od_flt *f)
{
	if (f->open)
		sk_buf_putc(&f->buf, '>');
	f->open = false;
}

static void put_attributes(struct od_flt *f)
{
	for (size_t i = 0; i < f->nat; i++) {
		const struct od_at *at = &f->at[i];
		if (at->name == 0)
			continue;
		const struct od_name *n = od_name_row(at->name);
		sk_buf_putc(&f->buf, ' ');
		sk_buf_put(&f->buf, n->q, n->len);
		sk_buf_put(&f->buf, "=\"", 2);
		sk_text_escape(&f->buf, sk_slice_str(at->value), true);
		sk_buf_putc(&f->buf, '"');
	}
}

void od_put_start(struct od_flt *f, const struct od_frame *frame)
{
	const struct od_name *n = od_name_row(frame->name);

	od_close_start_tag(f);
	sk_buf_putc(&f->buf, '<');
	sk_buf_put(&f->buf, n->q, n->len);
	if (f->depth == 1)
		sk_buf_puts(&f->buf, od_declarations(f->root));
	put_attributes(f);
	f->open = true;
	if (f->buf.err)
		od_stop(f, f->buf.err);
}

void od_put_end(struct od_flt *f, const struct od_frame *frame)
{
	const struct od_name *n = od_name_row(frame->name);

	if (f->open) {
		sk_buf_put(&f->buf, "/>", 2);
		f->open = false;
		return;
	}
	sk_buf_put(&f->buf, "</", 2);
	sk_buf_put(&f->buf, n->q, n->len);
	sk_buf_putc(&f->buf, '>');
}

/* Cut the output back to where this frame began. */
void od_roll_back(struct od_flt *f, const struct od_frame *frame)
{
	f->buf.len = frame->start;
	f->open = frame->parent_open;
}

static uint32_t hash(const char *s)
{
	uint32_t h = 2166136261U;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619U;
	return h ^ h >> 15;
}

uint16_t od_intern(struct od_flt *f, const char *name, uint8_t *ns)
{
	struct od_cached *e = &f->seen[hash(name) % OD_CACHE];

	if (e->text[0] && strcmp(e->text, name) == 0) {
		*ns = e->ns;
		return e->name;
	}
	const char *local = strrchr(name, '\n');
	*ns = od_ns(name, local ? (size_t)(local - name) : 0);
	uint16_t id = od_name(*ns, local ? local + 1 : name);
	size_t n = strlen(name);
	if (n < sizeof(e->text)) {
		memcpy(e->text, name, n + 1);
		e->name = id;
		e->ns = *ns;
	}
	return id;
}
