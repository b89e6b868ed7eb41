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
	const char *why = f->unsure;
	struct sk_slice all = sk_slice_sub(sk_buf_slice(&fs->all), f->all, SIZE_MAX);
	struct sk_slice live = sk_slice_sub(sk_buf_slice(&fs->live), f->live, SIZE_MAX);

	if (why || !sk_oo_instruction(all, f->own, f->pieces, &why) ||
	    (f->pieces && !sk_oo_instruction(live, f->own_live, true, &why)))
		return sk_oo_walk_fail(w, why, SK_SLICE_LIT(""));
	return 0;
}

static void cut(struct sk_oo_fields *fs, const struct sk_oo_field *f)
{
	fs->all.len = f->all;
	fs->live.len = f->live;
}

/* The innermost field of this story that is still being told what to do. */
static struct sk_oo_field *instructed(struct sk_oo_fields *fs)
{
	for (unsigned i = fs->depth; i > fs->story; i--)
		if (!fs->open[i - 1].result)
			return &fs->open[i - 1];
	return NULL;
}

/* From here on the instruction is not its own alone. */
static void mark(struct sk_oo_fields *fs, struct sk_oo_field *f)
{
	if (f == NULL || f->own != SIZE_MAX)
		return;
	f->own = fs->all.len - f->all;
	f->own_live = fs->live.len - f->live;
}

static int begin(struct sk_oo_walk *w)
{
	struct sk_oo_fields *fs = &w->fields;

	if (fs->depth == SK_OO_MAX_FIELDS)
		return sk_oo_walk_fail(
		    w, "fields nested more deeply than allowed", SK_SLICE_LIT(""));
	mark(fs, instructed(fs));
	fs->open[fs->depth++] = (struct sk_oo_field){
	    .all = fs->all.len, .live = fs->live.len, .own = SIZE_MAX, .own_live = SIZE_MAX};
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

static bool is_change(uint16_t id)
{
	return id == ON_w_ins || id == ON_w_del || id == ON_w_moveFrom || id == ON_w_moveTo ||
	       id == ON_w14_conflictIns || id == ON_w14_conflictDel;
}

/* The number of the innermost tracked change around this place; text may be deleted by its own name. */
static uint32_t change_here(const struct sk_oo_walk *w, bool deleted)
{
	for (unsigned d = w->x->depth; d-- > 0;)
		if (is_change(w->open[d].id))
			return w->change[d];
	return deleted ? UINT32_MAX : 0;
}

/* Any tracked change may be accepted or refused: the first word must not depend on one. */
static void note_change(struct sk_oo_fields *fs, struct sk_oo_field *f, uint32_t change)
{
	if (!f->begun)
		f->change = change;
	f->begun = true;
	if (f->change == change)
		return;
	mark(fs, f);
	f->pieces = true;
	if (f->change)
		f->unsure = "instruction begins in a tracked change that is not all of it";
}

int sk_oo_fields_text(struct sk_oo_walk *w, uint16_t element, struct sk_slice text)
{
	struct sk_oo_fields *fs = &w->fields;
	bool code = element == ON_w_instrText || element == ON_w_delInstrText;
	bool deleted = element == ON_w_delText || element == ON_w_delInstrText;
	struct sk_oo_field *f = instructed(fs);

	if (f == NULL && !code)
		return 0;
	if (f == NULL || (code && f != &fs->open[fs->depth - 1]))
		return sk_oo_walk_fail(w, "instruction outside a field", SK_SLICE_LIT(""));
	if (f < fs->open + fs->floor)
		return sk_oo_walk_fail(
		    w, "alternative adds to a field that began outside", SK_SLICE_LIT(""));
	if (fs->all.len - f->all + text.n > MAX_INSTRUCTION)
		return sk_oo_walk_fail(w, "instruction is longer than allowed", SK_SLICE_LIT(""));
	if (text.n == 0)
		return 0;
	uint32_t change = change_here(w, deleted);
	if (!code)
		mark(fs, f);
	note_change(fs, f, change);
	if (change == 0)
		sk_buf_put_slice(&fs->live, text);
	return sk_buf_put_slice(&fs->all, text);
}

/* A tracked change begins; as property of a run it would come too late. */
int sk_oo_fields_change(struct sk_oo_walk *w)
{
	unsigned d = w->x->depth - 1;
	unsigned above = 0;

	w->change[d] = ++w->changes;
	if (instructed(&w->fields) == NULL)
		return 0;
	while (d > 0 && above < 2) {
		struct sk_slice name = sk_oo_element_name(w->open[--d].id);
		if (sk_slice_starts(name, SK_SLICE_LIT("mc:")))
			continue;
		if (!sk_slice_is(name, above ? "w:r" : "w:rPr"))
			return 0;
		above++;
	}
	return above < 2 ? 0
			 : sk_oo_walk_fail(
			       w, "run of an instruction is marked as changed", SK_SLICE_LIT(""));
}

void sk_oo_fields_box(struct sk_oo_walk *w)
{
	struct sk_oo_fields *fs = &w->fields;
	struct sk_oo_field *around = instructed(fs);
	unsigned d = w->x->depth - 1;

	mark(fs, around);
	if (around)
		around->pieces = true;
	w->fields_at[d] = (uint8_t)fs->depth;
	w->floor_at[d] = (uint8_t)fs->floor;
	w->story_at[d] = (uint8_t)fs->story;
	fs->floor = fs->story = fs->depth;
}

int sk_oo_fields_box_end(struct sk_oo_walk *w)
{
	struct sk_oo_fields *fs = &w->fields;
	unsigned d = w->x->depth; /* of the element that ends */

	if (fs->depth != w->fields_at[d])
		return sk_oo_walk_fail(w, "text box leaves a field open", SK_SLICE_LIT(""));
	fs->floor = w->floor_at[d];
	fs->story = w->story_at[d];
	return 0;
}

int sk_oo_fields_simple(struct sk_oo_walk *w)
{
	const struct sk_slice *raw = sk_vx_attr(w->x, "w:instr");
	const char *why = NULL;
	struct sk_slice text;

	mark(&w->fields, instructed(&w->fields));
	if (raw == NULL)
		return 0;
	if (sk_vx_decode(*raw, &w->k->scratch, &text) != 0)
		return SK_ENOMEM;
	return sk_oo_instruction(text, SIZE_MAX, false, &why)
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
