/*
 * Fields of Word, joined over runs and paragraphs (ISO/IEC 29500-1, 17.16.18). Verifier's jail.
 *
 * Text goes to the innermost field whose instruction it would become part of: w:instrText to the field just begun,
 * the result of a nested field to the one around it. What an alternative (mc:Choice, mc:Fallback) says must be
 * complete in itself, since a program reads only one of them.
 */
#include "verify/ooxml/part.h"

#include "verify/ooxml/value.h"
#include "names-ids.h"

#define MAX_INSTRUCTION 65536

static int check(struct sk_oo_walk *w, const struct sk_oo_field *f)
{
	const struct sk_oo_fields *fs = &w->fields;
	const char *why = NULL;
	struct sk_slice all = sk_slice_sub(sk_buf_slice(&fs->all), f->all, SIZE_MAX);
	struct sk_slice live = sk_slice_sub(sk_buf_slice(&fs->live), f->live, SIZE_MAX);

	if (!sk_oo_instruction(all, f->nested, f->pieces, &why) ||
	    (f->pieces && !sk_oo_instruction(live, f->nested, true, &why)))
		return sk_oo_walk_fail(w, why, SK_SLICE_LIT(""));
	return 0;
}

static void cut(struct sk_oo_fields *fs, const struct sk_oo_field *f)
{
	fs->all.len = f->all;
	fs->live.len = f->live;
}

static int begin(struct sk_oo_walk *w)
{
	struct sk_oo_fields *fs = &w->fields;

	if (fs->depth == SK_OO_MAX_FIELDS)
		return sk_oo_walk_fail(
		    w, "fields nested more deeply than allowed", SK_SLICE_LIT(""));
	for (unsigned i = fs->depth; i > 0; i--)
		if (!fs->open[i - 1].result) {
			fs->open[i - 1].nested = true;
			break;
		}
	fs->open[fs->depth++] = (struct sk_oo_field){.all = fs->all.len, .live = fs->live.len};
	return 0;
}

/* The instruction is complete at the separator, or at the end when there is none. */
static int finish(struct sk_oo_walk *w, bool end)
{
	struct sk_oo_fields *fs = &w->fields;

	if (fs->depth == 0)
		return 0; /* Word ignores it */
	if (fs->depth == fs->floor)
		return sk_oo_walk_fail(
		    w, "alternative ends a field that began outside", SK_SLICE_LIT(""));
	struct sk_oo_field *f = &fs->open[fs->depth - 1];
	if (!f->result) {
		int rc = check(w, f);
		if (rc)
			return rc;
		cut(fs, f);
		f->result = true;
	}
	if (end)
		fs->depth--;
	return 0;
}

int sk_oo_fields_char(struct sk_oo_walk *w)
{
	const struct sk_slice *type = sk_vx_attr(w->x, "w:fldCharType");

	if (type && sk_slice_is(*type, "begin"))
		return begin(w);
	if (type && sk_slice_is(*type, "separate"))
		return finish(w, false);
	if (type && sk_slice_is(*type, "end"))
		return finish(w, true);
	return sk_oo_walk_fail(w, "field character of unknown type", SK_SLICE_LIT(""));
}

int sk_oo_fields_text(struct sk_oo_walk *w, uint16_t element, struct sk_slice text)
{
	struct sk_oo_fields *fs = &w->fields;
	bool code = element == ON_w_instrText || element == ON_w_delInstrText;
	bool deleted = element == ON_w_delText || element == ON_w_delInstrText;
	unsigned i = fs->depth;

	while (i > 0 && fs->open[i - 1].result && !code)
		i--;
	if (i == 0 && !code)
		return 0;
	if (i == 0 || fs->open[i - 1].result)
		return sk_oo_walk_fail(w, "instruction outside a field", SK_SLICE_LIT(""));
	if (i <= fs->floor)
		return sk_oo_walk_fail(
		    w, "alternative adds to a field that began outside", SK_SLICE_LIT(""));
	if (fs->all.len - fs->open[i - 1].all + text.n > MAX_INSTRUCTION)
		return sk_oo_walk_fail(w, "instruction is longer than allowed", SK_SLICE_LIT(""));
	if (deleted)
		fs->open[i - 1].pieces = true;
	else
		sk_buf_put_slice(&fs->live, text);
	return sk_buf_put_slice(&fs->all, text);
}

int sk_oo_fields_simple(struct sk_oo_walk *w)
{
	const struct sk_slice *raw = sk_vx_attr(w->x, "w:instr");
	const char *why = NULL;
	struct sk_slice text;

	if (raw == NULL)
		return 0;
	if (sk_vx_decode(*raw, &w->k->scratch, &text) != 0)
		return SK_ENOMEM;
	return sk_oo_instruction(text, false, false, &why)
		   ? 0
		   : sk_oo_walk_fail(w, why, SK_SLICE_LIT(""));
}

/* Fields that never end are read as far as they go. */
int sk_oo_fields_end(struct sk_oo_walk *w)
{
	struct sk_oo_fields *fs = &w->fields;
	int rc = fs->all.err ? fs->all.err : fs->live.err;

	while (rc == 0 && fs->depth)
		rc = finish(w, true);
	return rc;
}
