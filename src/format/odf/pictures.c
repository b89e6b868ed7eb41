/* Elements that show a picture or a document: what their references become. Cleaner's jail. */
#include "container/digits.h"
#include "format/odf/flt.h"

/* The frame around, when one of its children is looked at. */
static struct od_frame *frame_around(struct od_flt *f)
{
	for (size_t i = f->depth - 1; i-- > 0;)
		if (!f->frames[i].through)
			return f->frames[i].hook == HOOK_FRAME ? &f->frames[i] : NULL;
	return NULL;
}

static bool find_picture(struct od_flt *f, struct od_at *at)
{
	struct od_frame *around = frame_around(f);
	bool object = around && around->object;
	struct od_member *m = od_pkg_resolve(f->pkg, f->doc, at->value);
	const char *name = m ? od_picture(f->pkg, f->doc, m, !object) : NULL;

	if (f->pkg->rc)
		od_stop(f, f->pkg->rc);
	/* What lies in the package is named there; an address is a picture of elsewhere. */
	if (name == NULL && m == NULL && strchr(at->value, ':'))
		od_count(f, SK_OOXML_EXTERNAL);
	else if (name == NULL && !object && !(m && m->bad))
		od_count(f, SK_OOXML_IMAGE);
	at->value = name;
	return name != NULL;
}

enum od_verdict od_image_start(struct od_flt *f, struct od_frame *frame)
{
	struct od_at *href = od_at_find(f, N_xlink_href);

	frame->typed = od_at_find(f, N_xlink_type) != NULL;
	if (href && href->value[0]) {
		if (find_picture(f, href))
			return OD_KEPT;
		href->name = 0;
		return frame->hook == HOOK_BACKGROUND ? OD_KEPT : OD_SKIPPED;
	}
	if (href)
		href->name = 0;
	frame->wants = true;
	if (frame->hook == HOOK_IMAGE)
		od_hold(f, frame);
	return OD_KEPT;
}

/* The bytes of a picture: where they stand first in an element that wants one. */
enum od_verdict od_binary_start(struct od_flt *f, struct od_frame *frame)
{
	struct od_frame *parent = &f->frames[f->depth - 2];

	if (!parent->wants || parent->satisfied || (!f->pkg->flat && !frame->parent_open)) {
		od_count(f, SK_OOXML_IMAGE);
		return OD_SKIPPED;
	}
	od_hold(f, frame);
	sk_buf_reset(&f->text);
	f->collecting = true;
	return OD_KEPT;
}

static void put_reference(struct od_flt *f, const struct od_frame *parent, const char *name)
{
	sk_buf_printf(
	    &f->buf, " xlink:href=\"%s\"%s", name, parent->typed ? "" : " xlink:type=\"simple\"");
}

bool od_base64(struct sk_slice in, struct sk_buf *out)
{
	struct sk_base64_seen seen;

	return sk_base64_read(in, " \t\r\n", false, out, &seen) == 0 && seen.foreign == 0 &&
	       seen.behind == 0 && seen.pads <= 2 && out->len > 0;
}

bool od_binary_end(struct od_flt *f, struct od_frame *frame)
{
	struct od_frame *parent = &f->frames[f->depth - 2];
	struct sk_buf raw = SK_BUF(SK_LIMIT_MEMBER);
	struct sk_slice clean = {0};
	enum sk_filetype type;
	const char *name = NULL;
	bool ok = od_base64(sk_buf_slice(&f->text), &raw) && sk_job_expand(f->job, raw.len) == 0 &&
		  od_picture_inline(f->pkg, sk_buf_slice(&raw), &clean, &type);

	f->collecting = false;
	sk_buf_free(&raw);
	if (ok && f->pkg->flat) {
		od_close_start_tag(f);
		sk_base64_put(clean, &f->buf);
	} else if (ok) {
		od_roll_back(f, frame);
		name = od_picture_add(f->pkg, f->doc, clean, type);
		if (name)
			put_reference(f, parent, name);
	} else {
		od_count(f, SK_OOXML_IMAGE);
	}
	if (f->pkg->rc || f->job->report->reason)
		od_stop(f, f->pkg->rc ? f->pkg->rc : SK_EREFUSED);
	parent->satisfied = ok;
	if (name)
		frame->start = f->buf.len;
	return ok && f->pkg->flat;
}

enum od_verdict od_object_start(struct od_flt *f, struct od_frame *frame)
{
	struct od_at *href = od_at_find(f, N_xlink_href);
	struct od_frame *around = frame_around(f);
	const char *name = href ? od_object(f->pkg, f->doc, href->value) : NULL;

	(void)frame;
	if (f->pkg->rc)
		od_stop(f, f->pkg->rc);
	if (href && name == NULL) {
		od_count(f, SK_OOXML_OLE);
		return OD_SKIPPED;
	}
	if (href)
		href->value = name;
	if (around)
		around->object = true;
	return OD_KEPT;
}
