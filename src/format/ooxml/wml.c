/*
 * Fields of WordprocessingML (ISO/IEC 29500-1 section 17.16): the instruction is spread over runs
 * between w:fldChar begin and separate, and fields nest. Whether a field may stay is known only
 * when its instruction is complete; until then the places of its pieces are remembered, and when it
 * must go they are cut, so that its result stays as plain text. Runs in the cleaner's jail.
 */
#include "format/ooxml/flt.h"

#define FIELD_DEPTH 32 /* Word itself stops at 20 */

/* The innermost field of this story whose instruction is still being written. */
static struct ox_field *instructing(struct ox_flt *f)
{
	for (size_t i = f->nfields; i-- > f->story;)
		if (!f->fields[i].separated)
			return &f->fields[i];
	return NULL;
}

bool ox_field_code_ok(struct ox_flt *f)
{
	return f->nfields > f->floor && !f->fields[f->nfields - 1].separated;
}

bool ox_field_text_ok(struct ox_flt *f)
{
	const struct ox_field *field = instructing(f);

	return field == NULL || (size_t)(field - f->fields) >= f->floor;
}

static void cut_from(struct ox_flt *f, size_t first)
{
	for (size_t i = first; i < f->npieces; i++)
		f->pieces[i].cut = true;
}

static bool instruction_ok(const struct ox_field *field)
{
	if (field->text.err || field->live.err || field->broken)
		return false;
	if (!ox_field_ok(sk_buf_slice(&field->text), field->own, field->pieces))
		return false;
	return !field->pieces || ox_field_ok(sk_buf_slice(&field->live), field->own_live, true);
}

static void decide(struct ox_flt *f, struct ox_field *field)
{
	field->cut = !instruction_ok(field);
	field->separated = true;
	if (field->cut)
		ox_count(f, SK_OOXML_FIELD);
}

/* The buffer of an earlier field at this depth serves again. */
static struct sk_buf emptied(struct sk_buf b)
{
	if (b.max == 0)
		return SK_BUF(OX_INSTRUCTION_MAX);
	sk_buf_reset(&b);
	return b;
}

static int begin(struct ox_flt *f)
{
	if (f->nfields == FIELD_DEPTH) {
		sk_job_refuse(f->job, SK_REASON_LIMIT_NESTING, "%s: fields", f->out->from->name);
		return SK_EREFUSED;
	}
	ox_field_foreign(f);
	struct ox_field *v =
	    sk_arena_grow(f->arena, f->fields, &f->fields_cap, f->nfields + 1, sizeof(*v));
	if (v == NULL)
		return SK_ENOMEM;
	f->fields = v;
	v += f->nfields++;
	*v = (struct ox_field){.at = f->buf.len + 1,
	    .first = f->npieces,
	    .own = SIZE_MAX,
	    .own_live = SIZE_MAX,
	    .text = emptied(v->text),
	    .live = emptied(v->live)};
	return 0;
}

/* 1 begin, 2 separate, 3 end, 0 otherwise. */
static unsigned kind_of(struct ox_flt *f)
{
	const struct ox_at *at = ox_at_find(f, N_w_fldCharType);

	if (at == NULL)
		return 0;
	return strcmp(at->value, "begin") == 0      ? 1
	       : strcmp(at->value, "separate") == 0 ? 2
	       : strcmp(at->value, "end") == 0      ? 3
						    : 0;
}

enum ox_verdict ox_field_char(struct ox_flt *f)
{
	unsigned kind = kind_of(f);

	/* A stray separator or end belongs to no field. */
	if (kind == 0 || (kind > 1 && f->nfields <= f->floor)) {
		ox_count(f, SK_OOXML_UNKNOWN_XML);
		return OX_SKIP;
	}
	if (kind == 2 && f->fields[f->nfields - 1].separated) {
		ox_count(f, SK_OOXML_UNKNOWN_XML);
		return OX_SKIP;
	}
	if (kind == 1) {
		int rc = begin(f);
		if (rc) {
			f->rc = rc;
			XML_StopParser(f->parser, XML_FALSE);
			return OX_SKIP;
		}
	}
	ox_top(f)->data = kind;
	return OX_KEEP;
}

static void add_cut(struct ox_flt *f, struct ox_span span)
{
	struct ox_span *v =
	    sk_arena_grow(f->arena, f->cuts, &f->cuts_cap, f->ncuts + 1, sizeof(*v));

	if (v == NULL) {
		f->rc = SK_ENOMEM;
		return;
	}
	/* In the order of their places; those of a box come before those of the field around it. */
	size_t i = f->ncuts++;
	for (; i > 0 && v[i - 1].from > span.from; i--)
		v[i] = v[i - 1];
	v[i] = span;
	f->cuts = v;
}

/*
 * Pieces do not overlap: one that holds others takes their place, and that of the first of a field begun in it and
 * still open. True when there is such a field, which must then go with the whole piece.
 */
static bool swallow(struct ox_flt *f, size_t from)
{
	bool open = false;

	/* What a field in it lost stays lost. */
	for (; f->npieces && f->pieces[f->npieces - 1].from >= from; f->npieces--)
		if (f->pieces[f->npieces - 1].cut)
			add_cut(f, f->pieces[f->npieces - 1]);
	for (size_t i = f->nfields; i-- > 0 && f->fields[i].first > f->npieces; open = true)
		f->fields[i].first = f->npieces;
	return open;
}

static void add_piece(struct ox_flt *f, const struct ox_frame *child, size_t end, bool cut)
{
	size_t from = child->start + (child->parent_open ? 1 : 0);
	bool code = child->hook == HOOK_FIELD_CHAR || child->hook == HOOK_FIELD_TEXT;
	bool open = swallow(f, from);
	struct ox_span *v =
	    sk_arena_grow(f->arena, f->pieces, &f->pieces_cap, f->npieces + 1, sizeof(*v));

	if (v == NULL) {
		f->rc = SK_ENOMEM;
		return;
	}
	f->pieces = v;
	v[f->npieces++] = (struct ox_span){from, end, cut, code || open};
}

/* Whether a field was begun before `at` whose instruction is still being written. */
static bool in_instruction(const struct ox_flt *f, size_t at)
{
	for (size_t i = 0; i < f->nfields && f->fields[i].at <= at; i++)
		if (!f->fields[i].separated)
			return true;
	return false;
}

/* The outermost field is complete: what is to be cut becomes final. */
static void settle(struct ox_flt *f)
{
	for (size_t i = 0; i < f->npieces; i++) {
		if (f->pieces[i].cut)
			add_cut(f, f->pieces[i]);
	}
	f->npieces = 0;
}

static void end_field(struct ox_flt *f, struct ox_frame *child, size_t end)
{
	struct ox_field *field = &f->fields[f->nfields - 1];
	bool whole = !field->separated;

	if (whole)
		decide(f, field);
	add_piece(f, child, end, field->cut);
	if (field->cut && whole)
		cut_from(f, field->first);
	f->nfields--;
	if (f->nfields == 0)
		settle(f);
}

/* Whether what is open belongs to a run, with nothing but alternatives between. */
static bool in_run(const struct ox_flt *f)
{
	size_t i = f->depth - 1;

	while (i > 0 && (f->frames[i].through || f->frames[i].mc))
		i--;
	return f->frames[i].name == N_w_r || f->frames[i].name == N_m_r;
}

/* A child of a run has been written. */
void ox_field_piece(struct ox_flt *f, struct ox_frame *child, size_t end)
{
	if (child->name == N_w_rPr || !in_run(f))
		return;
	if (child->hook != HOOK_FIELD_CHAR) {
		if (in_instruction(f, child->start))
			add_piece(f, child, end, false);
		return;
	}
	if (child->data == 3) {
		end_field(f, child, end);
		return;
	}
	add_piece(f, child, end, false);
	struct ox_field *field = &f->fields[f->nfields - 1];
	if (child->data == 2) {
		decide(f, field);
		if (field->cut)
			cut_from(f, field->first);
	}
}

static bool is_tracked(uint16_t name)
{
	return name == N_w_ins || name == N_w_del || name == N_w_moveFrom || name == N_w_moveTo ||
	       name == N_w14_conflictIns || name == N_w14_conflictDel;
}

/* The tracked change that what stands here belongs to, told by its place; 0: none. */
static size_t track_of(const struct ox_flt *f, uint16_t element)
{
	bool deleted = element == N_w_delText || element == N_w_delInstrText;
	size_t run = 0;

	for (size_t i = f->depth; i-- > 0;) {
		if (is_tracked(f->frames[i].name))
			return f->frames[i].start + 1;
		if (run == 0 && f->frames[i].name == N_w_r)
			run = f->frames[i].start + 1;
	}
	return deleted ? run : 0;
}

static void note_foreign(struct ox_field *field)
{
	if (field->own != SIZE_MAX)
		return;
	field->own = field->text.len;
	field->own_live = field->live.len;
}

void ox_field_foreign(struct ox_flt *f)
{
	struct ox_field *field = instructing(f);

	if (field)
		note_foreign(field);
}

/*
 * Each tracked change may be accepted or not, so that the first word must stand in front of the first of them, or
 * the instruction in one of them as a whole.
 */
static void note_track(struct ox_field *field, size_t track)
{
	if (!field->begun)
		field->track = track;
	field->begun = true;
	if (track == field->track)
		return;
	note_foreign(field);
	field->pieces = true;
	field->broken |= field->track != 0;
}

void ox_field_text(struct ox_flt *f, const char *s, size_t n, uint16_t element)
{
	struct ox_field *field = instructing(f);

	if (field == NULL || n == 0)
		return;
	size_t track = track_of(f, element);
	if (element != N_w_instrText && element != N_w_delInstrText)
		note_foreign(field);
	note_track(field, track);
	sk_buf_put(&field->text, s, n);
	if (track == 0)
		sk_buf_put(&field->live, s, n);
}

void ox_story_begin(struct ox_flt *f, struct ox_frame *frame)
{
	struct ox_field *around = instructing(f);

	/* Who reads on across the box must not find another meaning. */
	if (around) {
		note_foreign(around);
		around->pieces = true;
	}
	frame->fields = (uint8_t)f->nfields;
	frame->floor = (uint8_t)f->floor;
	frame->story = (uint8_t)f->story;
	f->floor = f->story = f->nfields;
}

void ox_story_end(struct ox_flt *f, const struct ox_frame *frame)
{
	ox_fields_close(f, frame->fields);
	f->floor = frame->floor;
	f->story = frame->story;
}

/* Fields that never end are no fields: what they show stays. */
void ox_fields_close(struct ox_flt *f, size_t open)
{
	if (f->nfields <= open)
		return;
	ox_count(f, SK_OOXML_FIELD);
	for (size_t i = f->fields[open].first; i < f->npieces; i++)
		f->pieces[i].cut |= f->pieces[i].code;
	f->nfields = open;
	if (open == 0)
		settle(f);
}
