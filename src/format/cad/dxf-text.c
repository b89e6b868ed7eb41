/*
 * Words of a DXF: TEXT and attributes on one line, MTEXT with its format codes and line breaks, and what carries such words with
 * it. Cleaner's jail.
 */
#include "format/cad/dxf-draw.h"

#include <ctype.h>
#include <math.h>
#include <strings.h>

#include "base/utf8.h"
#include "container/digits.h"

#define LEADING (5.0 / 3) /* from line to line, of the height of the letters */

static struct dxf_style style_of(const struct dxf_frame *f, struct sk_slice name)
{
	size_t i = dxf_find(&f->d->style_names, name.n ? name : SK_SLICE_LIT("STANDARD"));

	if (i != SIZE_MAX)
		return f->d->styles[i];
	return (struct dxf_style){.look = {.latin = 1.37, .wide = 1.12}, .width = 1};
}

static bool is(struct sk_slice s, size_t at, const char *word)
{
	return sk_slice_starts(sk_slice_sub(s, at, s.n), sk_slice_str(word));
}

/* --- codes of single characters --- */

/* \M+nXXXX: a character of one of five code pages, of which the first is the Japanese. */
static size_t multibyte(struct sk_slice s, size_t at, struct sk_buf *out)
{
	uint8_t bytes[2];
	uint32_t bad = 0;

	if (!is(s, at, "\\M+") || at + 8 > s.n || (s.p[at + 3] != '1' && s.p[at + 3] != '5'))
		return 0;
	for (unsigned i = 0; i < 2; i++) {
		int high = sk_hex(s.p[at + 4 + 2 * i]), low = sk_hex(s.p[at + 5 + 2 * i]);
		if (high < 0 || low < 0)
			return 0;
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	sk_charset_to_utf8(
	    s.p[at + 3] == '1' ? SK_CS_CP932 : SK_CS_GBK, sk_slice(bytes, 2), out, &bad);
	return 8;
}

struct lines {
	bool under, over;
};

/* %%c, %%d, %%p, %%nnn; %%u and %%o draw lines. Returns the bytes of the code. */
static size_t percent(struct sk_slice s, size_t at, struct sk_buf *out, struct lines *l)
{
	if (!is(s, at, "%%") || at + 2 >= s.n)
		return 0;
	switch (tolower(s.p[at + 2])) {
	case 'c':
		sk_buf_puts(out, "Ø");
		return 3;
	case 'd':
		sk_buf_puts(out, "°");
		return 3;
	case 'p':
		sk_buf_puts(out, "±");
		return 3;
	case 'u':
		l->under = true;
		return 3;
	case 'o':
		l->over = true;
		return 3;
	case 'k':
		return 3;
	case '%':
		sk_buf_putc(out, '%');
		return 3;
	default:
		break;
	}
	unsigned v = 0, n = 0;
	while (n < 3 && at + 2 + n < s.n && isdigit(s.p[at + 2 + n]))
		v = v * 10 + (unsigned)(s.p[at + 2 + n++] - '0');
	if (n && v >= 0x20 && (v < 0x7F || (v >= 0xA0 && v < 0x100)))
		sk_utf8_put(out, v);
	return n ? 2 + n : 0;
}

/* ^I is a tab, ^J and ^M end lines; others stand for the character 64 below, a circumflex itself is followed by a space. */
static size_t caret(struct sk_slice s, size_t at, struct sk_buf *out)
{
	uint8_t b = s.p[at] == '^' && at + 1 < s.n ? s.p[at + 1] : 0;

	if (b != ' ' && (b < 0x40 || b >= 0x7F))
		return 0;
	sk_buf_putc(out, b == ' ' ? '^' : b < 0x60 ? ' ' : (uint8_t)(b - 0x40));
	return 2;
}

static struct sk_slice plain(const struct dxf_frame *f, struct sk_slice raw, struct lines *l)
{
	struct sk_slice s = sk_cad_utf8(f->c->job, f->d->charset, raw);
	struct sk_buf out = SK_BUF(SK_LIMIT_OUTPUT);
	size_t n;

	for (size_t at = 0; at < s.n; at += n) {
		n = percent(s, at, &out, l);
		n = n ? n : caret(s, at, &out);
		n = n ? n : multibyte(s, at, &out);
		if (n == 0)
			sk_buf_putc(&out, s.p[at]);
		n = n ? n : 1;
	}
	void *copy = sk_arena_dup(f->c->job->arena, out.p, out.len);
	struct sk_slice got = sk_slice(copy, copy ? out.len : 0);
	sk_buf_free(&out);
	return got;
}

/* --- one line --- */

static void decorate(const struct dxf_frame *f, const struct sk_affine *m, double width,
    struct lines l, uint32_t rgb)
{
	struct sk_cad_pen pen = {.rgb = rgb, .mm = 0.18};
	struct sk_affine kept = f->c->m;

	f->c->m = sk_affine_mul(kept, *m);
	sk_cad_begin(f->c);
	if (l.under) {
		sk_cad_move(f->c, 0, -0.2);
		sk_cad_to(f->c, width, -0.2);
	}
	if (l.over) {
		sk_cad_move(f->c, 0, 1.2);
		sk_cad_to(f->c, width, 1.2);
	}
	sk_cad_stroke(f->c, &pen);
	f->c->m = kept;
}

/* What sets a line: all in the coordinates of the record. */
struct set {
	struct sk_xy at;
	double height, width, angle, oblique; /* radians */
	double dx, dy; /* to the beginning of its base line, of height and width */
	bool backward, upside_down;
};

static void set_line(const struct dxf_frame *f, struct sk_slice s, const struct sk_cad_look *look,
    const struct set *set, struct lines l)
{
	struct sk_affine m = sk_affine_place(
	    set->at.x, set->at.y, set->angle, set->backward ? -1 : 1, set->upside_down ? -1 : 1);

	if (!(set->height > 0) || !(fabs(set->oblique) < 1.5))
		return;
	m = sk_affine_mul(m, (struct sk_affine){1, 0, tan(set->oblique), 1, 0, 0});
	m = sk_affine_mul(m, (struct sk_affine){set->height * set->width, 0, 0, set->height,
				 set->dx * set->height * set->width, set->dy * set->height});
	sk_cad_words_draw(f->c, s, look, &m);
	if (l.under || l.over)
		decorate(f, &m, sk_cad_words_width(f->c, s, look), l, look->rgb);
}

static double radians(double degrees)
{
	return fmod(degrees, 360) * M_PI / 180;
}

/* Between two points: fitted by its width (5), or by all of its size (3). */
static void between(struct set *set, struct sk_xy a, struct sk_xy b, double width, bool keep_height)
{
	double l = hypot(b.x - a.x, b.y - a.y);

	set->at = a;
	set->angle = atan2(b.y - a.y, b.x - a.x);
	if (!(l > 0) || !(width > 0))
		return;
	if (keep_height)
		set->width = l / (width * set->height);
	else
		set->height = l / (width * set->width);
}

static void align(struct set *set, const struct dxf_record *r, double width, bool attribute)
{
	int64_t h = dxf_int(r, 72, 0), v = dxf_int(r, attribute ? 74 : 73, 0);
	struct sk_xy second = dxf_point(r, 11);

	if (dxf_has(r, 11) && (h == 3 || h == 5)) {
		between(set, set->at, second, width, h == 5);
		return;
	}
	if ((h || v) && dxf_has(r, 11))
		set->at = second;
	set->dx = h == 1 || h == 4 ? -width / 2 : h == 2 ? -width : 0;
	set->dy = h == 4 || v == 2 ? -0.5 : v == 3 ? -1 : v == 1 ? 0.25 : 0;
}

/* In a block the definition of an attribute is only shown where its value never changes. */
static bool is_seen(const struct dxf_frame *f, const struct dxf_record *r)
{
	int64_t flags = dxf_int(r, 70, 0);

	if (sk_slice_is(r->name, "ATTDEF") && f->depth && !(flags & 2))
		return false;
	if ((sk_slice_is(r->name, "ATTRIB") || sk_slice_is(r->name, "ATTDEF")) && flags & 1) {
		f->c->hidden++;
		return false;
	}
	return true;
}

void dxf_text(const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look)
{
	struct dxf_style style = style_of(f, dxf_string(r, 7));
	bool tag = sk_slice_is(r->name, "ATTDEF") && !f->depth;
	bool dimension =
	    !sk_slice_is(r->name, "TEXT") && !sk_slice_starts(r->name, SK_SLICE_LIT("ATT"));
	struct lines l = {0};
	struct sk_slice s = plain(f, dxf_string(r, tag ? 2 : 1), &l);
	struct set set = {.at = dxf_point(r, dimension ? 11 : 10),
	    .height = dxf_real(r, 40, 1),
	    .width = dxf_real(r, 41, 1),
	    .angle = radians(dxf_real(r, dimension ? 53 : 50, 0)),
	    .oblique = radians(dxf_real(r, 51, 0)),
	    .backward = dxf_int(r, 71, 0) & 2,
	    .upside_down = dxf_int(r, 71, 0) & 4};
	struct sk_affine kept = f->c->m;

	if (!is_seen(f, r))
		return;
	style.look.rgb = look->pen.rgb;
	if (dimension) {
		set.height = 2.5;
		set.width = 1;
		set.backward = set.upside_down = false;
	}
	double width = sk_cad_words_width(f->c, s, &style.look);
	if (style.look.vertical)
		set.dx = style.look.wide / 2, set.dy = 1;
	else if (!dimension)
		align(&set, r, width, !sk_slice_is(r->name, "TEXT"));
	f->c->m = sk_affine_mul(kept, dxf_ocs(r));
	set_line(f, s, &style.look, &set, l);
	f->c->m = kept;
}

/* --- MTEXT: format codes --- */

struct format {
	struct sk_cad_look look;
	double height, width, oblique;
	struct lines lines;
	char align; /* l, r, c of the paragraph; 0: as the whole */
};

/* A piece that no line break divides: a word, a kanji, a space. */
struct piece {
	size_t from, to; /* bytes of the text */
	unsigned format;
	double width;
	bool space, ends_line;
};

struct mtext {
	const struct dxf_frame *f;
	struct sk_buf text;
	struct piece *pieces;
	size_t npieces, pieces_cap;
	struct format *formats;
	size_t nformats, formats_cap;
	struct format now, saved[SK_LIMIT_CAD_BLOCKS];
	unsigned depth;
	bool changed; /* `now` is not the last of `formats` */
	bool stacked;
};

static bool keep_format(struct mtext *t)
{
	if (t->nformats && !t->changed)
		return true;
	struct format *more = sk_arena_grow(
	    t->f->c->job->arena, t->formats, &t->formats_cap, t->nformats + 1, sizeof(*more));
	if (more == NULL) {
		t->f->c->err = SK_ENOMEM;
		return false;
	}
	t->formats = more;
	t->formats[t->nformats++] = t->now;
	t->changed = false;
	return true;
}

static void add_piece(struct mtext *t, size_t from, bool space, bool ends_line)
{
	struct sk_slice s = sk_slice_sub(sk_buf_slice(&t->text), from, t->text.len);

	if (!keep_format(t))
		return;
	struct piece *more = sk_arena_grow(
	    t->f->c->job->arena, t->pieces, &t->pieces_cap, t->npieces + 1, sizeof(*more));
	if (more == NULL) {
		t->f->c->err = SK_ENOMEM;
		return;
	}
	t->pieces = more;
	t->pieces[t->npieces++] = (struct piece){from, t->text.len, (unsigned)t->nformats - 1,
	    sk_cad_words_width(t->f->c, s, &t->now.look) * t->now.height * t->now.width, space,
	    ends_line};
}

/* The value behind a code, up to its semicolon. */
static struct sk_slice argument(struct sk_slice s, size_t *at)
{
	size_t from = *at;

	while (*at < s.n && s.p[*at] != ';')
		++*at;
	struct sk_slice v = sk_slice_sub(s, from, *at - from);
	*at += *at < s.n;
	return v;
}

static void scale_by(double *value, struct sk_slice v, double low, double high)
{
	bool relative = v.n && (v.p[v.n - 1] == 'x' || v.p[v.n - 1] == 'X');
	double k = sk_cad_real(NULL, v);

	k = relative ? *value * k : k;
	if (k >= low && k <= high)
		*value = k;
}

static bool holds(struct sk_slice s, const char *word)
{
	return sk_slice_find(s, 0, sk_slice_str(word)) != SIZE_MAX;
}

static void font(struct mtext *t, struct sk_slice v)
{
	struct sk_cad_look *l = &t->now.look;

	l->serif = holds(v, "明朝") || holds(v, "incho") || holds(v, "INCHO") ||
		   holds(v, "Times") || holds(v, "Roman") || holds(v, "Serif");
	l->bold = holds(v, "|b1");
	l->wide = holds(v, ".shx") || holds(v, ".SHX") ? 1.12 : 1.37;
}

/* \S1/2; and its like, written on one line. */
static void stack(struct mtext *t, struct sk_slice v)
{
	size_t from = t->text.len;

	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] == '\\' && i + 1 < v.n)
			sk_buf_putc(&t->text, v.p[++i]);
		else if (v.p[i] == '^')
			sk_buf_putc(&t->text, ' ');
		else
			sk_buf_putc(&t->text, v.p[i] == '#' ? '/' : v.p[i]);
	}
	t->stacked = true;
	add_piece(t, from, false, false);
}

/* Of the settings of a paragraph the alignment: q and its letter. */
static void paragraph(struct mtext *t, struct sk_slice v)
{
	for (size_t i = 0; i + 1 < v.n; i++)
		if (v.p[i] == 'q')
			t->now.align = strchr("lrc", v.p[i + 1]) ? (char)v.p[i + 1] : 0;
}

static void valued(struct mtext *t, int code, struct sk_slice v)
{
	switch (code) {
	case 'f':
	case 'F':
		font(t, v);
		break;
	case 'H':
		scale_by(&t->now.height, v, 1e-9, 1e9);
		break;
	case 'W':
		scale_by(&t->now.width, v, 0.05, 20);
		break;
	case 'Q':
		t->now.oblique = radians(sk_cad_real(NULL, v));
		break;
	case 'T':
		t->now.look.tracking =
		    fmax(0, fmin(5, (sk_cad_real(NULL, v) - 1) * t->now.look.latin * 0.6));
		break;
	case 'C':
		t->now.look.rgb = sk_cad_visible(dxf_colour(sk_cad_integer(v)));
		break;
	case 'c': { /* blue, green, red */
		uint32_t bgr = (uint32_t)sk_cad_integer(v) & 0xFFFFFF;
		t->now.look.rgb = sk_cad_visible((bgr & 255) << 16 | (bgr & 0xFF00) | bgr >> 16);
		break;
	}
	case 'S':
		stack(t, v);
		return;
	case 'p':
		paragraph(t, v);
		break;
	default: /* \A: how lines stand beside higher ones */
		return;
	}
	t->changed = true;
}

static void line_end(struct mtext *t)
{
	add_piece(t, t->text.len, true, true);
}

/* A code at `at`, behind the backslash. Returns the offset behind it, or 0: none. */
static size_t code(struct mtext *t, struct sk_slice s, size_t at)
{
	int b = at < s.n ? s.p[at] : 0;
	size_t n;

	/* Without its end it is none, and what follows are words. */
	bool ends = at < s.n && memchr(s.p + at, ';', s.n - at) != NULL;
	if (strchr("fFHWQTCcSAp", b) && b && ends) {
		struct sk_slice v;
		at++;
		v = argument(s, &at);
		valued(t, b, v);
		return at;
	}
	if (b == 'P' || b == 'X' || b == 'N') {
		line_end(t);
		return at + 1;
	}
	if (b == 'L' || b == 'l' || b == 'O' || b == 'o') {
		*(b == 'L' || b == 'l' ? &t->now.lines.under : &t->now.lines.over) =
		    b == 'L' || b == 'O';
		t->changed = true;
		return at + 1;
	}
	if (b == 'K' || b == 'k')
		return at + 1;
	if (b == '~') {
		n = t->text.len;
		sk_buf_puts(&t->text, "\xC2\xA0");
		add_piece(t, n, false, false);
		return at + 1;
	}
	return 0;
}

static bool braces(struct mtext *t, int b)
{
	if (b == '{') {
		if (t->depth < SK_LIMIT_CAD_BLOCKS)
			t->saved[t->depth] = t->now;
		t->depth++;
		return true;
	}
	if (b != '}')
		return false;
	if (t->depth) {
		t->depth--;
		if (t->depth < SK_LIMIT_CAD_BLOCKS)
			t->now = t->saved[t->depth];
		t->changed = true;
	}
	return true;
}

/* Whether a line may break before and behind it. */
static bool is_alone(int32_t cp)
{
	return cp >= 0x2E80;
}

/* Never at the beginning of a line. */
static bool closes(struct sk_slice s)
{
	static const char marks[] = "、。，．）」』】〕〉》・ー々！？,.)]!?";

	return s.n && memmem(marks, sizeof(marks) - 1, s.p, s.n) != NULL;
}

/* One character; *word is where the word it belongs to began, SIZE_MAX: none is open. */
static size_t character(struct mtext *t, struct sk_slice s, size_t at, size_t *word)
{
	struct lines unused = {0};
	size_t from = t->text.len, n = 0, next = at;

	if (s.p[at] == '\\' && at + 1 < s.n && strchr("\\{}", s.p[at + 1])) {
		sk_buf_putc(&t->text, s.p[at + 1]);
		n = 2;
	}
	n = n ? n : multibyte(s, at, &t->text);
	n = n ? n : percent(s, at, &t->text, &unused);
	int32_t cp = 'x';
	if (n == 0) {
		cp = sk_utf8_next(s, &next);
		n = next - at;
		sk_buf_put(&t->text, s.p + at, n);
	}
	if (cp == ' ' || is_alone(cp)) {
		if (*word != SIZE_MAX && from > *word) {
			size_t len = t->text.len;
			t->text.len = from;
			add_piece(t, *word, false, false);
			t->text.len = len;
		}
		*word = SIZE_MAX;
		add_piece(t, from, cp == ' ', false);
	} else if (*word == SIZE_MAX) {
		*word = from;
	}
	return at + n;
}

static void end_word(struct mtext *t, size_t *word)
{
	if (*word != SIZE_MAX && t->text.len > *word)
		add_piece(t, *word, false, false);
	*word = SIZE_MAX;
}

static void parse(struct mtext *t, struct sk_slice s)
{
	size_t word = SIZE_MAX, to;

	for (size_t at = 0; at < s.n && sk_cad_spend(t->f->c, 1);) {
		bool escape = s.p[at] == '\\' && at + 1 < s.n && strchr("\\{}", s.p[at + 1]);
		if (s.p[at] == '\\' && !escape &&
		    strchr("fFHWQTCcSApPXNLlOoKk~", s.p[at + 1 < s.n ? at + 1 : at])) {
			end_word(t, &word);
			to = code(t, s, at + 1);
			if (to) {
				at = to;
				continue;
			}
		}
		if (s.p[at] == '{' || s.p[at] == '}') {
			end_word(t, &word);
			braces(t, s.p[at++]);
		} else if (is(s, at, "^J") || is(s, at, "^M")) {
			end_word(t, &word);
			line_end(t);
			at += 2;
		} else if (is(s, at, "^I")) {
			end_word(t, &word);
			sk_buf_putc(&t->text, ' ');
			add_piece(t, t->text.len - 1, true, false);
			at += 2;
		} else {
			at = character(t, s, at, &word);
		}
	}
	end_word(t, &word);
}

/* --- MTEXT: lines --- */

struct row {
	size_t from, to; /* pieces */
	double width, height;
};

static double trailing(const struct mtext *t, size_t from, size_t to)
{
	double w = 0;

	while (to > from && t->pieces[to - 1].space)
		w += t->pieces[--to].width;
	return w;
}

/* The row that begins at `from`, broken where it would be wider than `most` (0: it may be as wide as it likes). */
static struct row row_at(const struct mtext *t, size_t from, double most, double height)
{
	struct row r = {from, from, 0, height};
	struct sk_slice text = sk_buf_slice(&t->text);
	double highest = 0;

	for (; r.to < t->npieces; r.to++) {
		const struct piece *p = &t->pieces[r.to];
		struct sk_slice s = sk_slice_sub(text, p->from, p->to - p->from);
		if (p->ends_line) {
			r.to++;
			break;
		}
		if (most > 0 && r.to > from && !p->space && r.width + p->width > most * 1.001 &&
		    !closes(s))
			break;
		r.width += p->width;
		highest = fmax(highest, t->formats[p->format].height);
	}
	r.height = highest > 0 ? highest : height;
	r.width -= trailing(t, from, r.to);
	return r;
}

/* Pieces of one format together, so that words stay whole in the text layer. */
static void draw_row(const struct mtext *t, const struct row *r, struct set set)
{
	struct sk_slice text = sk_buf_slice(&t->text);
	double x = set.dx;

	for (size_t i = r->from, end; i < r->to; i = end) {
		const struct format *fmt = &t->formats[t->pieces[i].format];
		double width = 0;
		for (end = i; end < r->to && t->pieces[end].format == t->pieces[i].format; end++)
			width += t->pieces[end].width;
		struct set one = set;
		one.height = fmt->height;
		one.width = fmt->width;
		one.oblique = fmt->oblique;
		one.dx = x / (fmt->height * fmt->width);
		one.dy = set.dy / fmt->height;
		size_t from = t->pieces[i].from, to = t->pieces[end - 1].to;
		set_line(t->f, sk_slice_sub(text, from, to - from), &fmt->look, &one, fmt->lines);
		x += width;
	}
}

struct box {
	struct set set;   /* at, angle, height */
	int64_t attached; /* 1 to 9: from the upper left to the lower right */
	double wide;      /* where lines break; 0: nowhere */
	double leading;
};

static double total(const struct mtext *t, const struct box *b)
{
	double down = 0;

	for (size_t i = 0; i < t->npieces;) {
		struct row r = row_at(t, i, b->wide, b->set.height);
		down += i ? b->leading * LEADING * r.height : r.height;
		i = r.to;
	}
	return down;
}

/* Where a row begins: the whole is attached to its point, paragraphs to the sides of the whole where it has some. */
static double beside(const struct mtext *t, const struct box *b, const struct row *r)
{
	int64_t column = (b->attached - 1) % 3;
	char align = r->from < r->to ? t->formats[t->pieces[r->from].format].align : 0;
	double left = column == 0 ? 0 : column == 1 ? -b->wide / 2 : -b->wide;

	if (align == 0 || !(b->wide > 0))
		return column == 0 ? 0 : column == 1 ? -r->width / 2 : -r->width;
	return left + (align == 'l'      ? 0
			  : align == 'c' ? (b->wide - r->width) / 2
					 : b->wide - r->width);
}

static void set_rows(const struct mtext *t, const struct box *b)
{
	double all = total(t, b), down = 0;
	int64_t line = (b->attached - 1) / 3;
	double top = line == 0 ? 0 : line == 1 ? all / 2 : all;

	for (size_t i = 0; i < t->npieces && !t->f->c->err;) {
		struct row r = row_at(t, i, b->wide, b->set.height);
		down += i ? b->leading * LEADING * r.height : r.height;
		struct set set = b->set;
		set.dx = beside(t, b, &r);
		set.dy = top - down;
		draw_row(t, &r, set);
		i = r.to;
	}
}

static void set_box(const struct dxf_frame *f, struct sk_slice raw, const struct dxf_style *style,
    struct box b, uint32_t rgb)
{
	struct mtext t = {.f = f, .text = SK_BUF(SK_LIMIT_OUTPUT)};

	t.now = (struct format){
	    style->look, b.set.height, style->width, radians(style->oblique), {0}, 0};
	t.now.look.rgb = rgb;
	if (t.now.look.vertical) {
		t.now.look.vertical = false;
		f->c->simplified++;
	}
	b.attached = b.attached < 1 || b.attached > 9 ? 1 : b.attached;
	b.leading = b.leading >= 0.25 && b.leading <= 4 ? b.leading : 1;
	if (!(b.set.height > 0) || !(t.now.width > 0))
		return;
	parse(&t, sk_cad_utf8(f->c->job, f->d->charset, raw));
	f->c->simplified += t.stacked;
	if (!t.text.err)
		set_rows(&t, &b);
	sk_buf_free(&t.text);
}

/* The text in pieces of 250 bytes (3), the last of them in group 1. */
static struct sk_slice joined(const struct dxf_frame *f, const struct dxf_record *r)
{
	struct sk_buf all = SK_BUF(SK_LIMIT_OUTPUT);

	for (int code = 3; code > 0; code -= 2)
		for (size_t i = 0; i < r->n; i++)
			if (r->p[i].code == code)
				sk_buf_put_slice(&all, r->p[i].v);
	void *copy = sk_arena_dup(f->c->job->arena, all.p, all.len);
	struct sk_slice got = sk_slice(copy, copy ? all.len : 0);
	sk_buf_free(&all);
	return got;
}

void dxf_mtext(const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look)
{
	struct dxf_style style = style_of(f, dxf_string(r, 7));
	struct box b = {.set = {.at = dxf_point(r, 10), .height = dxf_real(r, 40, 1)},
	    .attached = dxf_int(r, 71, 1),
	    .wide = dxf_real(r, 41, 0),
	    .leading = dxf_real(r, 44, 1)};
	struct sk_xy along = dxf_point(r, 11);

	/* Behind 75 stand its columns, with heights in the same group. */
	struct dxf_record own = *r;
	for (own.n = 0; own.n < r->n && own.p[own.n].code != 75;)
		own.n++;
	b.set.angle = radians(dxf_real(&own, 50, 0));
	f->c->simplified += dxf_int(r, 75, 0) > 0;
	/* Seen from behind it is mirrored; its point and direction are those of the drawing. */
	b.set.upside_down = dxf_real(r, 230, 1) < 0;
	if (dxf_has(r, 11) && (along.x != 0 || along.y != 0))
		b.set.angle = atan2(along.y, along.x);
	set_box(f, joined(f, r), &style, b, look->pen.rgb);
}

/* --- what carries words --- */

/* The first group of this code behind a place. */
static struct dxf_record behind(const struct dxf_record *r, size_t i)
{
	return (struct dxf_record){r->p + i, r->n - i, r->name};
}

/* Its lines begin with "LEADER_LINE{" (304) and end with 305. */
static void leader_lines(
    const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look)
{
	size_t leader = 0;

	for (size_t i = 0; i < r->n; i++) {
		if (r->p[i].code == 302)
			leader = i;
		if (r->p[i].code != 304 || !sk_slice_is(sk_cad_trim(r->p[i].v), "LEADER_LINE{"))
			continue;
		struct dxf_record one = behind(r, i + 1);
		size_t n, len = 0;
		while (len < one.n && one.p[len].code != 305 && one.p[len].code != 304)
			len++;
		one.n = len;
		struct sk_xy *p = dxf_points(f, &one, 10, &n);
		/* It ends at the last point of the leader around it, which stands before it. */
		struct dxf_record head = {
		    r->p + leader, i - leader < 16 ? i - leader : 16, r->name};
		if (f->c->err || n == 0)
			continue;
		struct sk_xy end = dxf_has(&head, 10) ? dxf_point(&head, 10) : p[n - 1];
		dxf_lines(f, p, n, false, look);
		const struct sk_xy last[2] = {p[n - 1], end};
		dxf_lines(f, last, 2, false, look);
		dxf_arrow(f, p[0], n > 1 ? p[1] : end, 2.5, look);
	}
}

void dxf_multileader(
    const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look)
{
	struct dxf_style style = style_of(f, sk_slice("", 0));
	size_t i = 0;

	leader_lines(f, r, look);
	while (i < r->n &&
	       (r->p[i].code != 304 || sk_slice_is(sk_cad_trim(r->p[i].v), "LEADER_LINE{")))
		i++;
	if (i == r->n) {
		f->c->left_out++; /* a block instead of words */
		return;
	}
	struct dxf_record rest = behind(r, i);
	struct box b = {.set = {.at = dxf_point(&rest, 12),
			    .height = dxf_real(r, 41, 1),
			    .angle = dxf_real(&rest, 42, 0)},
	    .attached = dxf_int(&rest, 171, 1),
	    .wide = dxf_real(&rest, 43, 0),
	    .leading = 1};
	set_box(f, r->p[i].v, &style, b, look->pen.rgb);
}

/* Frames of tolerances: their symbols are letters of a font of their own; the cells are divided by bars. */
void dxf_tolerance(
    const struct dxf_frame *f, const struct dxf_record *r, const struct dxf_look *look)
{
	struct dxf_style style = style_of(f, sk_slice("", 0));
	struct sk_slice s = sk_cad_utf8(f->c->job, f->d->charset, dxf_string(r, 1));
	struct sk_buf out = SK_BUF(SK_LIMIT_OUTPUT);
	struct sk_xy along = dxf_point(r, 11);

	for (size_t i = 0; i < s.n; i++) {
		bool bar = is(s, i, "%%v") || is(s, i, "%%V");
		sk_buf_putc(&out, bar ? '|' : s.p[i]);
		i += bar ? 2 : 0;
	}
	struct box b = {
	    .set = {.at = dxf_point(r, 10), .height = 2.5}, .attached = 4, .leading = 1};
	b.set.angle = dxf_has(r, 11) ? atan2(along.y, along.x) : 0;
	f->c->simplified++;
	struct dxf_frame g = *f;
	struct dxf_drawing utf8 = *f->d;
	utf8.charset = SK_CS_UTF8;
	g.d = &utf8;
	set_box(&g, sk_buf_slice(&out), &style, b, look->pen.rgb);
	sk_buf_free(&out);
}
