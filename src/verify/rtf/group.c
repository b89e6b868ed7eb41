/* Groups and what stands in them (doc/profiles/rtf.md, sections 1 to 6). Verifier's jail. */
#include "base/utf8.h"
#include "verify/ooxml/value.h"
#include "verify/rtf/rtf.h"

#define INSTRUCTION_MAX 65536
#define LEVELS 9

/* What was seen in a group that counts its parts. */
struct counts {
	unsigned levels, lfos, instructions;
	int64_t said; /* by \listoverridecount, -1: not at all */
};

static bool textual(enum vr_group g)
{
	switch (g) {
	case VR_ROOT:
	case VR_BODY:
	case VR_NOTE:
	case VR_TEXT:
	case VR_MATH:
	case VR_INSTRUCTION:
		return true;
	default:
		return false;
	}
}

/* What a group without a destination is where it stands; VR_NONE: none may. */
static enum vr_group plain_in(enum vr_group in)
{
	switch (in) {
	case VR_ROOT:
	case VR_NOTE:
		return VR_BODY;
	case VR_STYLES:
	case VR_AUTHORS:
		return VR_TEXT;
	case VR_FORM:
		return VR_FORM;
	default:
		return textual(in) ? in : VR_NONE;
	}
}

static int put_instruction(struct vr *v, uint32_t c)
{
	return sk_utf8_put(v->instruction, c) ? vr_fail(v, "instruction of a field is too long")
					      : 0;
}

static int text(struct vr *v, enum vr_group g, const struct vr_token *t)
{
	if (!textual(g))
		return vr_fail(v, "text in a group that has none");
	if (g != VR_INSTRUCTION)
		return 0;
	if (t->kind == VR_SYMBOL && t->number != '~')
		return vr_fail(v, "sign in the instruction of a field");
	return put_instruction(v, t->kind == VR_SYMBOL ? 0xA0 : (uint32_t)t->number);
}

static int word(struct vr *v, enum vr_group g, const struct vr_token *t, struct counts *n)
{
	if (g == VR_OVERRIDE && sk_slice_is(t->name, "listoverridecount")) {
		n->said = t->numbered ? t->number : -2;
		return 0;
	}
	if (!vr_word_ok(t))
		return sk_fail(v->c, v->r.pos, "word %.*s is not listed, or its number",
		    (int)(t->name.n < 40 ? t->name.n : 40), (const char *)t->name.p);
	if (g == VR_INSTRUCTION && vr_prints(t->name))
		return vr_fail(v, "printing word in the instruction of a field");
	return 0;
}

static void count(const struct vr_dest *d, struct counts *n)
{
	if (d == NULL)
		return;
	n->levels += d->group == VR_LEVEL;
	n->lfos += d->group == VR_LFO;
	n->instructions += d->group == VR_INSTRUCTION;
}

static int finish(struct vr *v, enum vr_group g, const struct counts *n)
{
	if (n->levels > (g == VR_LFO ? 1U : LEVELS) || n->lfos > LEVELS)
		return vr_fail(v, "more levels than a list has");
	if (g == VR_OVERRIDE && n->said != -1 && n->said != (int64_t)n->lfos)
		return vr_fail(v, "list override that counts wrongly");
	if (g == VR_FIELD && n->instructions != 1)
		return vr_fail(v, "field without one instruction");
	return 0;
}

static int content(struct vr *v, enum vr_group g)
{
	struct counts n = {.said = -1};
	const struct vr_dest *seen = NULL;
	struct vr_token t;
	int rc;

	while ((rc = vr_next(v, &t)) == 0 && t.kind != VR_CLOSE) {
		if (t.kind == VR_OPEN) {
			seen = NULL;
			rc = vr_group(v, g, &seen);
			count(seen, &n);
		} else if (t.kind == VR_WORD) {
			rc = word(v, g, &t, &n);
		} else if (t.kind == VR_CHAR || t.kind == VR_SYMBOL) {
			rc = text(v, g, &t);
		} else {
			rc = vr_fail(v, t.kind == VR_END ? "group without its end"
							 : "sign that may not stand here");
		}
		if (rc)
			return rc;
	}
	return rc ? rc : finish(v, g, &n);
}

static int instruction(struct vr *v)
{
	struct sk_buf buf = SK_BUF(INSTRUCTION_MAX);
	const char *why = NULL;

	if (v->instruction)
		return vr_fail(v, "field in the instruction of a field");
	v->instruction = &buf;
	int rc = content(v, VR_INSTRUCTION);
	v->instruction = NULL;
	if (rc == 0 && !sk_oo_instruction(sk_buf_slice(&buf), SIZE_MAX, false, &why))
		rc = vr_fail(v, why ? why : "field that is not listed");
	sk_buf_free(&buf);
	return rc;
}

/* What is written in the form of a field is no part of its instruction. */
static int form(struct vr *v)
{
	struct sk_buf *outer = v->instruction;

	v->instruction = NULL;
	int rc = content(v, VR_FORM);
	v->instruction = outer;
	return rc;
}

static int by_kind(struct vr *v, enum vr_group g)
{
	switch (g) {
	case VR_FONTS:
		return vr_fonts(v);
	case VR_COLOURS:
		return vr_colours(v);
	case VR_PICTURE:
		return vr_picture(v);
	case VR_PROPERTY:
		return vr_property(v);
	case VR_LEVELTEXT:
		return vr_level_text(v);
	case VR_LEVELNUMBERS:
		return vr_level_numbers(v);
	case VR_INSTRUCTION:
		return instruction(v);
	case VR_FORM:
		return form(v);
	default:
		return content(v, g);
	}
}

static int destination(
    struct vr *v, enum vr_group in, const struct vr_dest *d, const struct vr_token *t)
{
	if (!vr_allowed(d, in))
		return sk_fail(v->c, v->r.pos, "destination %s may not stand here", d->name);
	if (t->numbered != d->numbered || (t->numbered && (t->number < 0 || t->number > 32767)))
		return vr_fail(v, "destination with another number");
	if (d->group == VR_LEVEL)
		memset(v->places, 0, sizeof(v->places));
	return by_kind(v, d->group);
}

/* A group begins with its destination, or has none: then what was looked at is read again. */
static int begin(struct vr *v, enum vr_group in, const struct vr_dest **seen)
{
	size_t at = v->r.pos;
	struct vr_token t;
	int rc = vr_next(v, &t);
	bool star = rc == 0 && t.kind == VR_STAR;

	if (star)
		rc = vr_expect(v, VR_WORD, &t, "no destination behind its sign");
	if (rc)
		return rc;
	*seen = t.kind == VR_WORD ? vr_dest(t.name) : NULL;
	if (!star && *seen && (*seen)->star && vr_allowed(*seen, VR_STYLES))
		*seen = NULL;
	if (*seen && star == (*seen)->star)
		return destination(v, in, *seen, &t);
	if (star || *seen)
		return vr_fail(v, "destination that is not listed");
	v->r.pos = at;
	enum vr_group g = plain_in(in);
	return g == VR_NONE ? vr_fail(v, "group that may not stand here") : content(v, g);
}

int vr_group(struct vr *v, enum vr_group in, const struct vr_dest **seen)
{
	if (v->depth >= SK_LIMIT_RTF_DEPTH)
		return vr_fail(v, "groups nested too deeply");
	v->depth++;
	int rc = begin(v, in, seen);
	v->depth--;
	return rc;
}

/* {\rtf1\ansi\ansicpgN\uc1 and, where there is one, \deffN. */
static int header(struct vr *v)
{
	static const int64_t pages[] = {437, 850, 852, 866, 874, 932, 936, 949, 950, 1250, 1251,
	    1252, 1253, 1254, 1255, 1256, 1257, 1258, 10000};
	struct vr_token t;
	bool known = false;

	if (!sk_slice_starts(v->r.s, SK_SLICE_LIT("{\\rtf1\\ansi\\ansicpg")))
		return vr_fail(v, "no header of RTF");
	sk_read_skip(&v->r, 11);
	int rc = vr_expect(v, VR_WORD, &t, "no code page");
	for (size_t i = 0; rc == 0 && i < sizeof(pages) / sizeof(pages[0]); i++)
		known =
		    known || (sk_slice_is(t.name, "ansicpg") && t.numbered && t.number == pages[i]);
	if (rc == 0 && !known)
		return vr_fail(v, "code page that is not listed");
	if (rc == 0)
		rc = vr_expect(v, VR_WORD, &t, "no \\uc1");
	if (rc == 0 && (!sk_slice_is(t.name, "uc") || !t.numbered || t.number != 1))
		return vr_fail(v, "no \\uc1");
	if (rc == 0 && sk_slice_starts(sk_slice_sub(v->r.s, v->r.pos, 5), SK_SLICE_LIT("\\deff")) &&
	    sk_read_peek(&v->r, 5) != 'l') {
		rc = vr_next(v, &t);
		if (rc == 0 && (!sk_slice_is(t.name, "deff") || !t.numbered || t.number < 0 ||
				   t.number > 32767))
			return vr_fail(v, "default font in another form");
	}
	return rc;
}

int sk_verify_rtf(struct sk_check *c, struct sk_slice in)
{
	struct vr v = {.c = c, .r = sk_reader(in), .depth = 1};
	int rc = header(&v);

	if (rc == 0)
		rc = content(&v, VR_ROOT);
	if (rc == 0 && (sk_read_u8(&v.r) != '\n' || !sk_read_at_end(&v.r)))
		rc = vr_fail(&v, "something behind the end");
	return rc;
}
