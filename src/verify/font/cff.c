/*
 * CFF font sets (Adobe TN 5176) in the one layout of the profile: header, INDEXes, charset,
 * encoding, font selection, charstrings and private data follow each other without gaps, and each
 * offset names the place where its part stands. Verifier's jail.
 */
#include "verify/font/font.h"

enum {
	STANDARD_STRINGS = 391, /* TN 5176 appendix A */
	ISO_ADOBE_GLYPHS = 229,
	EXPERT_GLYPHS = 166,
	EXPERT_SUBSET_GLYPHS = 87,
	MAX_FONT_DICTS = 256,
	OP_FONTBBOX = 5,
	OP_CHARSET = 15,
	OP_ENCODING = 16,
	OP_CHARSTRINGS = 17,
	OP_PRIVATE = 18,
	OP_DEFAULT_WIDTH = 20,
	OP_NOMINAL_WIDTH = 21,
	OP_FONTMATRIX = 0x0c07,
	OP_ROS = 0x0c1e,
	OP_CIDCOUNT = 0x0c22,
	OP_FDARRAY = 0x0c24,
	OP_FDSELECT = 0x0c25,
};

struct index {
	struct sk_slice all; /* with count, offSize and offsets */
	uint32_t count;
	unsigned off_size;
	size_t data; /* where offset 0 would point */
};

struct widths {
	int64_t standard, nominal;
};

struct cff {
	struct sk_check *c;
	struct sk_reader r;
	bool cid;
	struct index top, strings, charstrings, fonts;
	struct sk_vf_dict dict;
	uint8_t *known;       /* bit per string or character id that the charset holds */
	uint8_t *select;      /* Font DICT of each glyph */
	uint32_t next_string; /* first string id not used so far */
	uint32_t last_id;
	struct widths widths[MAX_FONT_DICTS];
};

static int fault(struct cff *f, const char *what)
{
	(void)sk_fail(f->c, f->r.pos, "CFF: %s", what);
	return SK_EFORMAT;
}

static uint32_t offset_at(const struct index *x, uint32_t i)
{
	const uint8_t *p = x->all.p + 3 + (size_t)i * x->off_size;
	uint32_t v = 0;

	for (unsigned k = 0; k < x->off_size; k++)
		v = v << 8 | p[k];
	return v;
}

static struct sk_slice index_get(const struct index *x, uint32_t i)
{
	if (i >= x->count)
		return sk_slice(NULL, 0);
	uint32_t from = offset_at(x, i);

	return sk_slice_sub(x->all, x->data + from, offset_at(x, i + 1) - from);
}

static bool smallest_off_size(unsigned off_size, uint32_t last)
{
	unsigned need = last > 0xffffff ? 4 : last > 0xffff ? 3 : last > 0xff ? 2 : 1;

	return off_size == need;
}

/* An INDEX at the reader's position. */
static int index_read(struct cff *f, struct index *x)
{
	size_t start = f->r.pos;
	uint32_t last = 1;

	*x = (struct index){.count = sk_read_u16be(&f->r)};
	if (x->count == 0)
		return f->r.bad ? fault(f, "INDEX is cut off") : 0;
	x->off_size = sk_read_u8(&f->r);
	if (x->off_size < 1 || x->off_size > 4)
		return fault(f, "INDEX has a wrong offset size");
	size_t offsets = ((size_t)x->count + 1) * x->off_size;
	sk_read_skip(&f->r, offsets);
	if (f->r.bad)
		return fault(f, "INDEX is cut off");
	x->all = sk_slice_sub(f->r.s, start, SIZE_MAX);
	x->data = 3 + offsets - 1;
	for (uint32_t i = 0; i <= x->count; i++) {
		uint32_t at = offset_at(x, i);
		if (i == 0 ? at != 1 : at < last)
			return fault(f, "INDEX offsets fall");
		last = at;
	}
	if (!smallest_off_size(x->off_size, last))
		return fault(f, "INDEX offset size is not the smallest");
	sk_read_skip(&f->r, last - 1);
	return f->r.bad ? fault(f, "INDEX data is cut off") : 0;
}

static const struct sk_vf_operator *find(const struct sk_vf_dict *d, uint16_t op)
{
	for (unsigned i = 0; i < d->n; i++)
		if (d->o[i].op == op)
			return &d->o[i];
	return NULL;
}

static bool all_integers(const struct sk_vf_operator *o, bool wide)
{
	for (unsigned i = 0; i < o->n; i++)
		if (!o->v[i].integer || o->v[i].wide != wide)
			return false;
	return true;
}

static bool integers_16(const struct sk_vf_operator *o, unsigned n)
{
	for (unsigned i = 0; i < o->n; i++)
		if (o->v[i].i < -32768 || o->v[i].i > 32767)
			return false;
	return o->n == n && all_integers(o, false);
}

static bool matrix(const struct sk_vf_operator *o)
{
	for (unsigned i = 0; i < o->n; i++)
		if (!(o->v[i].r > -1000 && o->v[i].r < 1000) || o->v[i].wide)
			return false;
	return o->n == 6;
}

/* Integer operands that are not offsets use five bytes only where they must. */
static bool short_form(const struct sk_vf_operator *o)
{
	return o->n == 1 && o->v[0].integer &&
	       o->v[0].wide == (o->v[0].i > 32767 || o->v[0].i < -32768);
}

static bool good_operands(const struct sk_vf_operator *o)
{
	switch (o->op) {
	case OP_FONTBBOX:
		return integers_16(o, 4);
	case OP_FONTMATRIX:
		return matrix(o);
	case OP_ROS:
		return integers_16(o, 3) && o->v[0].i == STANDARD_STRINGS &&
		       o->v[1].i == STANDARD_STRINGS + 1 && o->v[2].i == 0;
	case OP_CIDCOUNT:
		return short_form(o) && o->v[0].i >= 1 && o->v[0].i <= 65536;
	case OP_CHARSET:
	case OP_ENCODING: /* small numbers name a predefined one */
		return o->n == 1 && o->v[0].integer && o->v[0].i > 0 &&
		       o->v[0].wide == (o->v[0].i > 2);
	case OP_PRIVATE:
		return o->n == 2 && all_integers(o, true);
	case OP_CHARSTRINGS:
	case OP_FDARRAY:
	case OP_FDSELECT:
		return o->n == 1 && all_integers(o, true);
	case OP_DEFAULT_WIDTH:
	case OP_NOMINAL_WIDTH:
		return integers_16(o, 1);
	default:
		return false;
	}
}

/* `order`: the operators in their only order, ended by 0; those with bit 31 may be left out. */
#define MAY 0x80000000U

static int check_operators(struct cff *f, const struct sk_vf_dict *d, const uint32_t *order)
{
	unsigned i = 0;

	for (; *order; order++) {
		if (i < d->n && d->o[i].op == (*order & 0xffff)) {
			if (!good_operands(&d->o[i++]))
				return fault(f, "DICT operator has wrong operands");
		} else if (!(*order & MAY)) {
			return fault(f, "DICT lacks an operator");
		}
	}
	return i == d->n ? 0 : fault(f, "DICT operator is not allowed here");
}

static int header(struct cff *f)
{
	static const uint8_t bytes[] = {1, 0, 4, 4};
	struct index names, globals;
	struct sk_slice h = sk_read_slice(&f->r, sizeof(bytes));

	if (h.n != sizeof(bytes) || memcmp(h.p, bytes, sizeof(bytes)) != 0)
		return fault(f, "header is not that of CFF 1.0");
	int rc = index_read(f, &names);
	if (rc == 0 && (names.count != 1 || !sk_slice_is(index_get(&names, 0), "F")))
		rc = fault(f, "Name INDEX is not the single name F");
	if (rc == 0)
		rc = index_read(f, &f->top);
	if (rc == 0 && f->top.count != 1)
		rc = fault(f, "Top DICT INDEX does not hold one DICT");
	if (rc == 0)
		rc = index_read(f, &f->strings);
	if (rc == 0)
		rc = index_read(f, &globals);
	if (rc == 0 && globals.count)
		rc = fault(f, "Global Subr INDEX is not empty");
	return rc;
}

static int strings(struct cff *f)
{
	for (uint32_t i = 0; !f->cid && i < f->strings.count; i++)
		if (!sk_vf_glyph_name(index_get(&f->strings, i)))
			return fault(f, "string is not a glyph name");
	if (f->cid && (f->strings.count != 2 || !sk_slice_is(index_get(&f->strings, 0), "Adobe") ||
			  !sk_slice_is(index_get(&f->strings, 1), "Identity")))
		return fault(f, "strings of a CID font are not Adobe and Identity");
	return 0;
}

static int top_dict(struct cff *f)
{
	static const uint32_t named[] = {OP_FONTBBOX | MAY, OP_FONTMATRIX | MAY, OP_CHARSET | MAY,
	    OP_ENCODING | MAY, OP_CHARSTRINGS, OP_PRIVATE, 0};
	static const uint32_t keyed[] = {OP_ROS, OP_FONTBBOX | MAY, OP_FONTMATRIX | MAY,
	    OP_CIDCOUNT, OP_CHARSET, OP_CHARSTRINGS, OP_FDARRAY, OP_FDSELECT, 0};
	int rc = sk_vf_dict(f->c, index_get(&f->top, 0), &f->dict);

	if (rc)
		return rc;
	if ((find(&f->dict, OP_ROS) != NULL) != f->cid)
		return fault(f, f->cid ? "is not CID-keyed" : "is CID-keyed");
	return check_operators(f, &f->dict, f->cid ? keyed : named);
}

/* Is the reader where the offset of this operator points? */
static int here(struct cff *f, uint16_t op)
{
	const struct sk_vf_operator *o = find(&f->dict, op);

	if (o == NULL || o->v[o->n - 1].i != (int64_t)f->r.pos)
		return fault(f, "offset does not name the place of its part");
	return 0;
}

/* The charstrings' number is needed before them: read the INDEX' count where it says to stand. */
static int count_glyphs(struct cff *f, uint32_t *n)
{
	const struct sk_vf_operator *o = find(&f->dict, OP_CHARSTRINGS);
	struct sk_reader r = f->r;

	if (o == NULL || o->v[0].i < 0)
		return fault(f, "DICT lacks an operator");
	sk_read_seek(&r, (size_t)o->v[0].i);
	*n = sk_read_u16be(&r);
	return r.bad || *n == 0 ? fault(f, "CharStrings INDEX is empty or missing") : 0;
}

/* One glyph's string id or character id. */
static int take_id(struct cff *f, uint32_t id)
{
	if (id > 65535)
		return fault(f, "charset runs over");
	if (f->cid) {
		f->last_id = id > f->last_id ? id : f->last_id;
	} else if (id >= STANDARD_STRINGS) {
		if (id > f->next_string || id >= STANDARD_STRINGS + f->strings.count)
			return fault(f, "charset names strings out of order");
		f->next_string += id == f->next_string;
	}
	f->known[id / 8] |= (uint8_t)(1U << id % 8);
	return 0;
}

static int charset_list(struct cff *f, uint32_t n, uint32_t *ranges, bool *identity)
{
	uint32_t before = 0;
	int rc = 0;

	for (uint32_t g = 1; rc == 0 && g < n; g++) {
		uint32_t id = sk_read_u16be(&f->r);
		*ranges += g == 1 || id != before + 1;
		*identity &= id == g;
		before = id;
		rc = f->r.bad ? fault(f, "charset is cut off") : take_id(f, id);
	}
	return rc;
}

static int charset_ranges(struct cff *f, uint32_t n, uint32_t *ranges, bool *identity)
{
	uint32_t expected = UINT32_MAX;
	int rc = 0;

	for (uint32_t g = 1; rc == 0 && g < n; ++*ranges) {
		uint32_t id = sk_read_u16be(&f->r), left = sk_read_u16be(&f->r);
		if (f->r.bad || left >= n - g)
			return fault(f, "charset range is too long");
		if (id == expected)
			return fault(f, "charset ranges could be one");
		*identity &= id == g;
		expected = id + left + 1;
		for (uint32_t i = 0; rc == 0 && i <= left; i++)
			rc = take_id(f, id + i);
		g += left + 1;
	}
	return rc;
}

static int charset_own(struct cff *f, uint32_t n)
{
	uint32_t ranges = 0;
	bool identity = true;
	int rc = here(f, OP_CHARSET);

	if (rc)
		return rc;
	uint8_t format = sk_read_u8(&f->r);
	if (format == 0)
		rc = charset_list(f, n, &ranges, &identity);
	else if (format == 2)
		rc = charset_ranges(f, n, &ranges, &identity);
	else
		return fault(f, "charset has a format that is not allowed");
	if (rc == 0 && (format == 2) != (4 * (uint64_t)ranges < 2 * ((uint64_t)n - 1)))
		return fault(f, "charset is not in its shorter format");
	if (rc == 0 && !f->cid && identity && n <= ISO_ADOBE_GLYPHS)
		return fault(f, "charset could be left out");
	return rc;
}

/* A predefined charset holds standard strings only; ISOAdobe the first ones in order. */
static void predefined_ids(struct cff *f, uint32_t n)
{
	for (uint32_t id = 0; id < n; id++)
		f->known[id / 8] |= (uint8_t)(1U << id % 8);
}

static int charset(struct cff *f, uint32_t n)
{
	const struct sk_vf_operator *o = find(&f->dict, OP_CHARSET);
	int64_t which = o ? o->v[0].i : 0;
	int rc = 0;

	f->known = sk_arena_alloc(f->c->arena, 65536 / 8);
	if (f->known == NULL)
		return SK_ENOMEM;
	f->known[0] = 1;
	f->next_string = STANDARD_STRINGS;
	if (which > 2)
		rc = charset_own(f, n);
	else if (f->cid)
		rc = fault(f, "CID font with a predefined charset");
	else if (n > (which == 0      ? ISO_ADOBE_GLYPHS
			 : which == 1 ? EXPERT_GLYPHS
				      : EXPERT_SUBSET_GLYPHS))
		rc = fault(f, "more glyphs than the predefined charset has");
	else
		predefined_ids(f, which == 0 ? n : STANDARD_STRINGS);
	if (rc == 0 && !f->cid && f->next_string != STANDARD_STRINGS + f->strings.count)
		rc = fault(f, "string that no glyph uses");
	return rc;
}

static int supplements(struct cff *f)
{
	uint8_t n = sk_read_u8(&f->r);

	if (n == 0)
		return fault(f, "encoding with no supplement");
	for (; n; n--) {
		sk_read_skip(&f->r, 1);
		uint16_t id = sk_read_u16be(&f->r);
		if (f->r.bad || !(f->known[id / 8] & 1U << id % 8))
			return fault(f, "encoding names a glyph that is not there");
	}
	return 0;
}

static int encoding(struct cff *f, uint32_t nglyphs)
{
	const struct sk_vf_operator *o = find(&f->dict, OP_ENCODING);

	if (o == NULL || o->v[0].i == 1)
		return 0;
	int rc = o->v[0].i == 2 ? fault(f, "no such predefined encoding") : here(f, OP_ENCODING);
	if (rc)
		return rc;
	uint8_t format = sk_read_u8(&f->r), n = sk_read_u8(&f->r);
	if (format != 0 && format != 0x80)
		return fault(f, "encoding has a format that is not allowed");
	if (n >= nglyphs)
		return fault(f, "encoding has more codes than glyphs");
	sk_read_skip(&f->r, n);
	if (f->r.bad)
		return fault(f, "encoding is cut off");
	return format == 0x80 ? supplements(f) : 0;
}

static int fd_select(struct cff *f, uint32_t nglyphs)
{
	int rc = here(f, OP_FDSELECT);
	int before = -1;
	uint32_t next = 0;

	if (rc)
		return rc;
	f->select = sk_arena_alloc(f->c->arena, nglyphs);
	if (f->select == NULL)
		return SK_ENOMEM;
	uint8_t format = sk_read_u8(&f->r);
	uint16_t ranges = sk_read_u16be(&f->r), first = sk_read_u16be(&f->r);
	if (format != 3 || ranges == 0 || first != 0)
		return fault(f, "FDSelect is not of format 3 from glyph 0");
	for (; ranges; ranges--, first = (uint16_t)next) {
		uint8_t fd = sk_read_u8(&f->r);
		next = sk_read_u16be(&f->r);
		if (f->r.bad || next <= first || next > nglyphs || fd == before)
			return fault(f, "FDSelect range is wrong");
		memset(f->select + first, fd, next - first);
		before = fd;
	}
	return next == nglyphs ? 0 : fault(f, "FDSelect does not end with the last glyph");
}

static int private_dict(struct cff *f, const struct sk_vf_operator *where, struct widths *w)
{
	static const uint32_t order[] = {OP_DEFAULT_WIDTH, OP_NOMINAL_WIDTH, 0};
	struct sk_vf_dict d;

	if (where == NULL || where->v[1].i != (int64_t)f->r.pos || where->v[0].i < 0)
		return fault(f, "offset does not name the place of its part");
	struct sk_slice in = sk_read_slice(&f->r, (size_t)where->v[0].i);
	if (f->r.bad)
		return fault(f, "Private DICT is cut off");
	int rc = sk_vf_dict(f->c, in, &d);
	if (rc == 0)
		rc = check_operators(f, &d, order);
	if (rc == 0)
		*w = (struct widths){d.o[0].v[0].i, d.o[1].v[0].i};
	return rc;
}

static int font_dicts(struct cff *f, uint32_t nglyphs)
{
	static const uint32_t order[] = {OP_FONTMATRIX | MAY, OP_PRIVATE, 0};
	struct sk_vf_dict d;
	int rc = here(f, OP_FDARRAY);

	if (rc == 0)
		rc = index_read(f, &f->fonts);
	if (rc == 0 && (f->fonts.count == 0 || f->fonts.count > MAX_FONT_DICTS))
		rc = fault(f, "too few or too many Font DICTs");
	for (uint32_t i = 0; rc == 0 && i < f->fonts.count; i++) {
		rc = sk_vf_dict(f->c, index_get(&f->fonts, i), &d);
		if (rc == 0)
			rc = check_operators(f, &d, order);
		if (rc == 0)
			rc = private_dict(f, find(&d, OP_PRIVATE), &f->widths[i]);
	}
	for (uint32_t g = 0; rc == 0 && g < nglyphs; g++)
		if (f->select[g] >= f->fonts.count)
			rc = fault(f, "FDSelect names a Font DICT that does not exist");
	return rc;
}

static int outlines(struct cff *f)
{
	int rc = 0;

	for (uint32_t g = 0; rc == 0 && g < f->charstrings.count; g++) {
		const struct widths *w = &f->widths[f->cid ? f->select[g] : 0];
		rc = sk_vf_type2(f->c, index_get(&f->charstrings, g), g, w->nominal, w->standard);
	}
	return rc;
}

static int parts(struct cff *f)
{
	uint32_t n = 0;
	int rc = count_glyphs(f, &n);

	if (rc == 0)
		rc = charset(f, n);
	if (rc == 0)
		rc = f->cid ? fd_select(f, n) : encoding(f, n);
	if (rc == 0)
		rc = here(f, OP_CHARSTRINGS);
	if (rc == 0)
		rc = index_read(f, &f->charstrings);
	if (rc == 0)
		rc = f->cid ? font_dicts(f, n)
			    : private_dict(f, find(&f->dict, OP_PRIVATE), f->widths);
	if (rc == 0 && f->cid && find(&f->dict, OP_CIDCOUNT)->v[0].i != (int64_t)f->last_id + 1)
		rc = fault(f, "CIDCount is not the largest CID + 1");
	if (rc == 0 && !sk_read_at_end(&f->r))
		rc = fault(f, "bytes after the last part");
	return rc ? rc : outlines(f);
}

int sk_vf_cff(struct sk_check *c, struct sk_slice in, bool cid)
{
	struct cff *f = sk_arena_alloc(c->arena, sizeof(*f));

	if (f == NULL)
		return SK_ENOMEM;
	*f = (struct cff){.c = c, .r = sk_reader(in), .cid = cid};
	int rc = header(f);
	if (rc == 0)
		rc = top_dict(f);
	if (rc == 0)
		rc = strings(f);
	return rc ? rc : parts(f);
}
