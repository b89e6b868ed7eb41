/*
 * The filter: one pass of expat over a part, each element checked against what its parent may hold, each attribute
 * against what the element may have, and what is listed written anew in the one form that doc/profiles/odf.md
 * describes. Runs in the cleaner's jail.
 */
#include "format/odf/flt.h"

#define LET_GO ((size_t)256 << 10) /* bytes at a time */

/* What is written is packed as soon as nothing that is open can take it back. */
static void let_go(struct od_flt *f)
{
	if (f->packer == NULL || f->buf.len < LET_GO || f->holds || f->rc)
		return;
	int rc = sk_zip_packer_put(f->packer, sk_buf_slice(&f->buf));
	f->buf.len = 0;
	if (rc)
		od_stop(f, rc);
}

static void push_through(struct od_flt *f, uint16_t name)
{
	struct od_frame *frame = od_push(f);

	if (frame == NULL)
		return;
	frame->name = name;
	frame->through = true;
}

/* Not in its parent: gone, or only its content stays (ODF 1.3 part 3, section 3.17: foreign elements in text). */
static void start_unknown(
    struct od_flt *f, uint16_t name, uint8_t ns, const struct od_frame *holder)
{
	const struct od_name *row = od_name_row(name);
	bool listed = row->flags & (OD_DROP | OD_THROUGH);
	enum sk_code code = listed ? (enum sk_code)row->code : od_told(ns);

	if (code != SK_CODE_NONE)
		od_count(f, code);
	if (row->flags & OD_THROUGH || (!listed && od_name_row(holder->name)->flags & OD_TEXT))
		push_through(f, name);
	else
		f->skip = 1;
}

static void start_known(struct od_flt *f, uint16_t name, const char **atts)
{
	struct od_frame *frame = od_push(f);

	if (frame == NULL)
		return;
	const struct od_name *row = od_name_row(name);
	frame->name = name;
	frame->hook = row->hook;
	if (name == N_draw_page && f->doc->depth == 0)
		sk_report_pages(f->job->report, 1);
	od_take_attributes(f, name, atts);
	enum od_verdict v = f->refused            ? OD_SKIPPED
			    : row->hook && !f->rc ? od_hook_start(f, frame, atts)
						  : OD_KEPT;
	frame = od_top(f);
	if (v == OD_SKIPPED) {
		od_pop(f);
		f->skip = 1;
		return;
	}
	frame->through = v == OD_PASSED;
	if (!frame->through)
		od_put_start(f, frame);
}

void XMLCALL od_on_start(void *user, const XML_Char *q, const XML_Char **atts)
{
	struct od_flt *f = user;
	uint8_t ns;

	if (f->rc)
		return;
	if (f->skip) {
		f->skip++;
		return;
	}
	if (++f->elements > SK_LIMIT_XML_ELEMENTS) {
		sk_job_refuse(f->job, SK_REASON_LIMIT_OBJECTS, "%s", f->where);
		od_stop(f, SK_EREFUSED);
		return;
	}
	uint16_t name = od_intern(f, q, &ns);
	if (f->depth == 0) {
		if (name == f->root)
			start_known(f, name, atts);
		else
			od_stop(f, SK_EFORMAT);
		return;
	}
	const struct od_frame *holder = od_holder(f);
	if (name && !f->collecting && od_child(holder->name, name))
		start_known(f, name, atts);
	else
		start_unknown(f, name, ns, holder);
}

void XMLCALL od_on_end(void *user, const XML_Char *q)
{
	struct od_flt *f = user;

	(void)q;
	if (f->rc || f->depth == 0)
		return;
	if (f->skip) {
		f->skip--;
		return;
	}
	struct od_frame *frame = od_top(f);
	if (!frame->through) {
		bool stays = frame->hook == 0 || od_hook_end(f, frame);
		if (!stays)
			od_roll_back(f, frame);
		else
			od_put_end(f, frame);
	}
	od_pop(f);
	let_go(f);
	if (f->buf.err)
		od_stop(f, f->buf.err);
}

static bool is_space(const char *s, int n)
{
	for (int i = 0; i < n; i++)
		if (s[i] != ' ' && s[i] != '\n' && s[i] != '\t' && s[i] != '\r')
			return false;
	return true;
}

void XMLCALL od_on_text(void *user, const XML_Char *s, int n)
{
	struct od_flt *f = user;

	if (f->skip || f->depth == 0 || f->rc)
		return;
	const struct od_frame *holder = od_holder(f);
	if (!(od_name_row(holder->name)->flags & OD_TEXT)) {
		if (!is_space(s, n))
			od_count(f, SK_OOXML_UNKNOWN_XML);
		return;
	}
	if (f->collecting) {
		sk_buf_put(&f->text, s, (size_t)n);
		return;
	}
	od_close_start_tag(f);
	sk_text_escape(&f->buf, sk_slice(s, (size_t)n), false);
}
