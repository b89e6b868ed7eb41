/*
 * Fields of WordprocessingML (ISO/IEC 29500-1 section 17.16): the instruction is spread over runs
 * between w:fldChar begin and separate, and fields nest. Whether a field may stay is known only
 * when its instruction is complete; until then the places of its pieces are remembered, and when it
 * must go they are cut, so that its result stays as plain text. Runs in the cleaner's jail.
 */
#include "format/ooxml/flt.h"

#define FIELD_DEPTH 32 /* Word itself stops at 20 */

/* The innermost field whose instruction is still being written. */
static struct ox_field *instructing(struct ox_flt *f)
{
	for (size_t i = f->nfields; i-- > 0;)
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
	if (field->text.err || field->live.err)
		return false;
	if (!ox_field_ok(sk_buf_slice(&field->text), field->nested, field->pieces))
		return false;
	return !field->pieces || ox_field_ok(sk_buf_slice(&field->live), field->nested, true);
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
	struct ox_field *around = instructing(f);

	if (f->nfields == FIELD_DEPTH) {
		sk_job_refuse(f->job, SK_REASON_LIMIT_NESTING, "%s: fields", f->out->from->name);
		return SK_EREFUSED;
	}
	if (around)
		around->nested = true;
	struct ox_field *v =
	    sk_arena_grow(f->arena, f->fields, &f->fields_cap, f->nfields + 1, sizeof(*v));
	if (v == NULL)
		return SK_ENOMEM;
	f->fields = v;
	v += f->nfields++;
	*v = (struct ox_field){.at = f->buf.len + 1,
	    .first = f->npieces,
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

/*
 * Pieces do not overlap: one that holds others takes their place, and that of the first of a field begun in it and
 * still open. True when there is such a field, which must then go with the whole piece.
 */
static bool swallow(struct ox_flt *f, size_t from)
{
	bool open = false;

	while (f->npieces && f->pieces[f->npieces - 1].from >= from)
		f->npieces--;
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
		if (!f->pieces[i].cut)
			continue;
		struct ox_span *v =
		    sk_arena_grow(f->arena, f->cuts, &f->cuts_cap, f->ncuts + 1, sizeof(*v));
		if (v == NULL) {
			f->rc = SK_ENOMEM;
			return;
		}
		f->cuts = v;
		v[f->ncuts++] = f->pieces[i];
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

void ox_field_text(struct ox_flt *f, const char *s, size_t n, bool deleted)
{
	struct ox_field *field = instructing(f);

	if (field == NULL)
		return;
	sk_buf_put(&field->text, s, n);
	if (deleted)
		field->pieces = true;
	else
		sk_buf_put(&field->live, s, n);
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
