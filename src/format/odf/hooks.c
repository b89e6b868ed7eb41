/* Elements of special meaning: links, tables, pivot tables, settings. Cleaner's jail. */
#include "format/odf/flt.h"

/* The raw value of an attribute of the element that starts, whether it stays or not; "" without one. */
static const char *value_of(struct od_flt *f, uint16_t name)
{
	const struct od_at *at = od_at_find(f, name);

	return at ? at->value : "";
}

/* A formula that went leaves its value, which is no matrix any more. */
static void cell(struct od_flt *f, const char **atts)
{
	struct od_at *columns, *rows;
	uint8_t ns;

	if (od_at_find(f, N_table_formula))
		return;
	for (; *atts; atts += 2)
		if (od_intern(f, atts[0], &ns) == N_table_formula)
			break;
	if (*atts == NULL)
		return;
	columns = od_at_find(f, N_table_number_matrix_columns_spanned);
	rows = od_at_find(f, N_table_number_matrix_rows_spanned);
	if (columns)
		columns->name = 0;
	if (rows)
		rows->name = 0;
}

/* What the body holds is what the file says it is, and there is one of it. */
static enum od_verdict body(struct od_flt *f, const struct od_frame *frame)
{
	static const uint16_t kinds[] = {[OD_WORDS] = N_office_text,
	    [OD_SHEETS] = N_office_spreadsheet,
	    [OD_SLIDES] = N_office_presentation,
	    [OD_DRAWING] = N_office_drawing,
	    [OD_CHART] = N_office_chart};
	unsigned kind = 0;

	if (f->depth != 3)
		return OD_KEPT;
	if (f->body) {
		od_count(f, SK_OOXML_UNKNOWN_XML);
		return OD_SKIPPED;
	}
	f->body = true;
	while (kind < OD_CHART && kinds[kind] != frame->name)
		kind++;
	if (f->doc->depth == 0 && kind != f->doc->kind) {
		sk_job_refuse(f->job, SK_REASON_DAMAGED, "%s: another kind of document", f->where);
		od_stop(f, SK_EREFUSED);
	}
	f->doc->kind = (enum od_kind)kind;
	return OD_KEPT;
}

/* --- settings --- */

static enum od_verdict unknown_setting(struct od_flt *f, char kind)
{
	if (kind != 'q' && kind != 'p')
		od_count(f, SK_OOXML_UNKNOWN_XML);
	return OD_SKIPPED;
}

static enum od_verdict item(struct od_flt *f, struct od_frame *frame)
{
	const struct od_at *type = od_at_find(f, N_config_type);
	char kind = od_setting(value_of(f, N_config_name));

	if (kind == 'p') {
		/* Told when it says something. */
		frame->setting = kind;
	} else if (kind == 'b' || kind == 'n' || kind == 't' || kind == 'l') {
		frame->setting = kind;
	} else {
		return unknown_setting(f, kind);
	}
	if (type == NULL)
		return unknown_setting(f, 0);
	od_hold(f, frame);
	sk_buf_reset(&f->text);
	f->collecting = true;
	return OD_KEPT;
}

static bool is_number(struct sk_slice s)
{
	size_t digits = 0;

	for (size_t i = 0; i < s.n; i++) {
		bool digit = s.p[i] >= '0' && s.p[i] <= '9';
		if (!digit && !(s.p[i] == '.' && digits) && !(s.p[i] == '-' && i == 0))
			return false;
		digits += digit;
	}
	return digits && s.n <= 24;
}

static bool is_layers(struct sk_slice s)
{
	struct sk_buf raw = SK_BUF(64);
	bool ok = s.n <= 64 && memchr(s.p, '\n', s.n) == NULL && (s.n == 0 || od_base64(s, &raw));

	sk_buf_free(&raw);
	return ok;
}

static bool item_end(struct od_flt *f, const struct od_frame *frame)
{
	struct sk_slice s = sk_buf_slice(&f->text);

	f->collecting = false;
	if (frame->setting == 'p') {
		if (s.n)
			od_count(f, SK_OOXML_PRINTER);
		return false;
	}
	bool ok = frame->setting == 'b'   ? sk_slice_is(s, "true") || sk_slice_is(s, "false")
		  : frame->setting == 'n' ? is_number(s)
		  : frame->setting == 'l' ? s.n == 0 || is_layers(s)
					  : s.n <= 4096;
	if (!ok)
		od_count(f, SK_OOXML_UNKNOWN_XML);
	else if (s.n) {
		od_close_start_tag(f);
		sk_text_escape(&f->buf, s, false);
	}
	return ok;
}

/* --- the program's name --- */

static bool generator_end(struct od_flt *f)
{
	struct sk_slice s = sk_buf_slice(&f->text);
	struct sk_buf name = SK_BUF(256);

	f->collecting = false;
	od_generator(s, &name);
	if (!sk_slice_eq(s, sk_buf_slice(&name)))
		od_count(f, SK_OOXML_METADATA);
	bool known = name.len > 0;
	if (known) {
		od_close_start_tag(f);
		sk_buf_put_slice(&f->buf, sk_buf_slice(&name));
	}
	sk_buf_free(&name);
	return known;
}

static enum od_verdict collect(struct od_flt *f, struct od_frame *frame)
{
	od_hold(f, frame);
	sk_buf_reset(&f->text);
	f->collecting = true;
	return OD_KEPT;
}

/* A flat file says what kind of document it is; a template becomes one. */
static enum od_verdict inner_root(struct od_flt *f)
{
	static char text[OD_KINDS][64];
	struct od_at *type = od_at_find(f, N_office_mimetype);
	char *to = text[f->doc->kind];

	if (f->depth > 1)
		return OD_KEPT;
	if (type == NULL && f->nat < SK_LIMIT_XML_ATTRIBUTES) {
		type = &f->at[f->nat++];
		*type = (struct od_at){.name = N_office_mimetype};
	}
	snprintf(to, sizeof(text[0]), OD_MEDIA "%s", od_media[f->doc->kind]);
	if (type)
		type->value = to;
	return OD_KEPT;
}

enum od_verdict od_hook_start(struct od_flt *f, struct od_frame *frame, const char **atts)
{
	switch (frame->hook) {
	case HOOK_LINK:
		return od_at_find(f, N_xlink_href) ? OD_KEPT : OD_PASSED;
	case HOOK_IMAGE:
	case HOOK_BACKGROUND:
		return od_image_start(f, frame);
	case HOOK_BINARY:
		return od_binary_start(f, frame);
	case HOOK_OBJECT:
		return od_object_start(f, frame);
	case HOOK_TABLE:
		if (!od_is_foreign_table(value_of(f, N_table_name)))
			return OD_KEPT;
		od_count(f, SK_OOXML_EXTERNAL);
		return OD_SKIPPED;
	case HOOK_CELL:
		cell(f, atts);
		return OD_KEPT;
	case HOOK_PILOT:
		od_hold(f, frame);
		return OD_KEPT;
	case HOOK_SOURCE:
		f->frames[f->depth - 2].satisfied = true;
		return OD_KEPT;
	case HOOK_CONFIG:
		return od_setting(value_of(f, N_config_name)) == 's'
			   ? OD_KEPT
			   : unknown_setting(f, od_setting(value_of(f, N_config_name)));
	case HOOK_ITEM:
		return item(f, frame);
	case HOOK_GENERATOR:
		return collect(f, frame);
	case HOOK_BODY:
		return body(f, frame);
	case HOOK_ROOT:
		return inner_root(f);
	default:
		return OD_KEPT;
	}
}

bool od_hook_end(struct od_flt *f, struct od_frame *frame)
{
	switch (frame->hook) {
	case HOOK_IMAGE:
		return !frame->wants || frame->satisfied;
	case HOOK_BINARY:
		return od_binary_end(f, frame);
	case HOOK_PILOT:
		if (!frame->satisfied)
			od_count(f, SK_OOXML_CONNECTION);
		return frame->satisfied;
	case HOOK_ITEM:
		return item_end(f, frame);
	case HOOK_GENERATOR:
		return generator_end(f);
	default:
		return true;
	}
}
