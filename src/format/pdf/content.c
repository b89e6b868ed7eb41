/*
 * Content streams (ISO 32000-1, 7.8.2 and annex A): tokenised, each operator looked up in the one table,
 * its operands checked, and written again in canonical form. What is unknown is dropped. Parts on hidden
 * layers lose what they paint. Cleaner's jail.
 */
#include "format/pdf/operators.h"
#include "format/pdf/pdf.h"

enum {
	MAX_ARGS = 40,   /* DeviceN has at most 32 components */
	MAX_SAVES = 512, /* nested q; readers stop at a few hundred */
	MAX_MARKS = 100000,
	MAX_STRING = 65535,
};

enum arg_kind {
	ARG_INT = 'i',
	ARG_REAL = 'r',
	ARG_NAME = '/',
	ARG_STRING = 's',
	ARG_NUMBERS = 'd',
	ARG_TEXTS = 'a',
	ARG_DICT = '<',
	ARG_BAD = '?'
};

struct arg {
	char kind;
	uint32_t at, n;       /* its text in the buffer of arguments */
	struct sk_slice name; /* decoded */
	int value;            /* of a small integer */
};

/* What is to be done at the EMC of a marked part. */
enum mark { MARK_WRITTEN, MARK_SILENT, MARK_HIDDEN };

struct filter {
	struct sk_pdf *x;
	struct sk_pdf_lex l;
	struct sk_pdf_resources *r;
	struct sk_buf *out;
	struct sk_buf text, scratch, marks;
	struct arg args[MAX_ARGS];
	unsigned nargs;
	bool overflow, glyph, started, in_text;
	unsigned saves, lost_saves, hidden;
	double operators, shown;     /* shown: bytes of strings */
	double scale[MAX_SAVES + 1]; /* of areas, by the matrices in force */
	struct sk_pdf_val dict;
};

static struct arg *new_arg(struct filter *f, char kind, bool regular)
{
	if (f->nargs == MAX_ARGS) {
		f->overflow = true;
		f->nargs = 0;
		f->text.len = 0;
	}
	if (regular && f->text.len && sk_pdf_regular(f->text.p[f->text.len - 1]))
		sk_buf_putc(&f->text, ' ');
	struct arg *a = &f->args[f->nargs++];
	*a = (struct arg){.kind = kind, .at = (uint32_t)f->text.len};
	return a;
}

static void end_arg(struct filter *f, struct arg *a)
{
	a->n = (uint32_t)(f->text.len - a->at);
}

static void number_arg(struct filter *f)
{
	bool integer;

	struct arg *a = new_arg(f, ARG_REAL, true);
	if (sk_buf_reserve(&f->text, SK_PDF_NUMBER))
		return;
	char *to = (char *)f->text.p + f->text.len;
	size_t n = sk_pdf_canonical(f->l.text, to, &integer);
	f->text.len += n;
	if (integer) {
		a->kind = ARG_INT;
		a->value = n == 1 ? to[0] - '0' : 99;
	}
	end_arg(f, a);
}

/* The string token in canonical form, to the end of the text. */
static bool put_string(struct filter *f)
{
	f->scratch.len = 0;
	if (sk_buf_reserve(&f->scratch, f->l.text.n + 1))
		return false;
	size_t n = sk_pdf_unescape(f->l.kind, f->l.text, f->scratch.p);
	size_t from = f->text.len;
	sk_pdf_print_string(&f->text, sk_slice(f->scratch.p, n));
	f->shown += (double)(f->text.len - from); /* as written */
	return n <= MAX_STRING;
}

static void string_arg(struct filter *f)
{
	struct arg *a = new_arg(f, ARG_STRING, false);

	if (!put_string(f))
		a->kind = ARG_BAD;
	end_arg(f, a);
}

static struct sk_slice decoded_name(struct filter *f)
{
	uint8_t *p;

	if (memchr(f->l.text.p, '#', f->l.text.n) == NULL)
		return f->l.text;
	p = sk_arena_alloc(f->x->tmp, f->l.text.n);
	if (p == NULL) {
		sk_pdf_fatal(f->x, SK_ENOMEM);
		return f->l.text;
	}
	return sk_slice(p, sk_pdf_unescape(SK_PDF_T_NAME, f->l.text, p));
}

static void name_arg(struct filter *f)
{
	struct arg *a = new_arg(f, ARG_NAME, false);

	a->name = decoded_name(f);
	sk_pdf_print_name(&f->text, a->name);
	end_arg(f, a);
}

static void array_number(struct filter *f)
{
	bool integer;

	if (sk_buf_reserve(&f->text, SK_PDF_NUMBER + 1))
		return;
	if (sk_pdf_regular(f->text.p[f->text.len - 1]))
		sk_buf_putc(&f->text, ' ');
	f->text.len += sk_pdf_canonical(f->l.text, (char *)f->text.p + f->text.len, &integer);
}

/* Only TJ and d have arrays: strings and numbers; anything else in one is left out. */
static void array_arg(struct filter *f)
{
	struct arg *a = new_arg(f, ARG_NUMBERS, false);

	sk_buf_putc(&f->text, '[');
	for (;;) {
		enum sk_pdf_token t = sk_pdf_next(&f->l);
		if (t == SK_PDF_T_CLOSE || t == SK_PDF_T_END)
			break;
		if (t == SK_PDF_T_INT || t == SK_PDF_T_REAL) {
			array_number(f);
		} else if (t == SK_PDF_T_STRING || t == SK_PDF_T_HEX) {
			a->kind = a->kind == ARG_BAD || !put_string(f) ? ARG_BAD : ARG_TEXTS;
		} else {
			sk_pdf_removed(f->x, SK_PDF_CONTENT);
		}
	}
	sk_buf_putc(&f->text, ']');
	end_arg(f, a);
}

/* Values of a content stream live as long as its bytes do. */
static bool parse_dict(struct filter *f)
{
	struct sk_arena *keep = f->x->arena;

	f->x->arena = f->x->tmp;
	bool good = sk_pdf_parse(f->x, &f->l, &f->dict);
	f->x->arena = keep;
	return good;
}

static void dict_arg(struct filter *f)
{
	struct arg *a = new_arg(f, ARG_DICT, false);

	if (!parse_dict(f))
		a->kind = ARG_BAD;
}

static void clear(struct filter *f)
{
	f->nargs = 0;
	f->overflow = false;
	f->text.len = 0;
}

/* --- operators --- */

static bool fits(char want, const struct arg *a)
{
	switch (want) {
	case 'n':
		return a->kind == ARG_INT || a->kind == ARG_REAL;
	case 'a':
		return a->kind == ARG_TEXTS || a->kind == ARG_NUMBERS;
	case 'p':
		return a->kind == ARG_NAME || a->kind == ARG_DICT;
	default:
		return a->kind == want;
	}
}

/* The last operands count, as in readers; surplus ones in front are left out. */
static bool check_args(struct filter *f, const struct sk_pdf_op *op)
{
	unsigned n = (unsigned)strlen(op->args);

	if (f->nargs < n)
		return false;
	if (f->nargs > n) {
		unsigned skip = f->nargs - n;
		uint32_t from = n ? f->args[skip].at : (uint32_t)f->text.len;
		sk_pdf_removed(f->x, SK_PDF_CONTENT);
		memmove(f->text.p, f->text.p + from, f->text.len - from);
		f->text.len -= from;
		for (unsigned i = 0; i < n; i++) {
			f->args[i] = f->args[skip + i];
			f->args[i].at -= from;
		}
		f->nargs = n;
	}
	for (unsigned i = 0; i < n; i++)
		if (!fits(op->args[i], &f->args[i]))
			return false;
	return true;
}

static void put_op(struct filter *f, const char *name)
{
	struct sk_buf *o = f->out;

	if (o->len && sk_pdf_regular(o->p[o->len - 1]))
		sk_buf_putc(o, ' ');
	sk_buf_puts(o, name);
	sk_buf_putc(o, '\n');
	f->operators++;
}

static void put_plain(struct filter *f, const struct sk_pdf_op *op)
{
	if (f->text.len)
		sk_buf_put(f->out, f->text.p, f->text.len);
	put_op(f, op->name);
}

/* `/R5`, and the operands behind the first. */
static bool put_resource(
    struct filter *f, const struct sk_pdf_op *op, enum sk_pdf_category c, unsigned arg)
{
	uint32_t index = sk_pdf_resource(f->x, f->r, c, f->args[arg].name);

	if (index == 0)
		return false;
	sk_pdf_called(f->r, c, index, f->scale[f->saves]);
	if (arg)
		sk_buf_put(f->out, f->text.p, f->args[arg].at);
	sk_buf_printf(f->out, "/R%u", index);
	if (arg + 1 < f->nargs) {
		const struct arg *a = &f->args[arg + 1];
		sk_buf_putc(f->out, ' ');
		sk_buf_put(f->out, f->text.p + a->at, f->text.len - a->at);
	}
	put_op(f, op->name);
	return true;
}

static bool colour_space(struct filter *f, const struct sk_pdf_op *op)
{
	static const char *const device[] = {"DeviceGray", "DeviceRGB", "DeviceCMYK", "Pattern"};

	for (size_t i = 0; i < 4; i++) {
		if (sk_slice_is(f->args[0].name, device[i])) {
			put_plain(f, op);
			return true;
		}
	}
	return put_resource(f, op, SK_PDF_RES_COLOURSPACE, 0);
}

/* A glyph has no box that would tell how many tiles it takes. */
static bool in_glyph_tiles(struct filter *f, unsigned arg)
{
	struct sk_pdf_in *in = NULL;

	if (f->glyph)
		sk_pdf_resolve(f->x,
		    sk_pdf_resource_raw(f->x, f->r, SK_PDF_RES_PATTERN, f->args[arg].name), &in);
	return in && in->stream;
}

static double arg_value(const struct filter *f, unsigned i)
{
	const struct sk_pdf_val v = {
	    .kind = SK_PDF_REAL, .n = f->args[i].n, .s = f->text.p + f->args[i].at};
	double d = 0;

	sk_pdf_number(&v, &d);
	return d;
}

static void matrix(struct filter *f)
{
	double d = arg_value(f, 0) * arg_value(f, 3) - arg_value(f, 1) * arg_value(f, 2);

	f->scale[f->saves] *= d < 0 ? -d : d;
}

static bool colour(struct filter *f, const struct sk_pdf_op *op)
{
	unsigned n = f->nargs;

	if (op->what == SK_PDF_OP_COLOUR_NAME && n && f->args[n - 1].kind == ARG_NAME)
		n--;
	for (unsigned i = 0; i < n; i++)
		if (!fits('n', &f->args[i]))
			return false;
	if (n > 32 || f->nargs == 0)
		return false;
	if (n < f->nargs)
		return !in_glyph_tiles(f, n) && put_resource(f, op, SK_PDF_RES_PATTERN, n);
	put_plain(f, op);
	return true;
}

static bool intent(struct filter *f, const struct sk_pdf_op *op)
{
	struct sk_pdf_val v = {
	    .kind = SK_PDF_NAME, .n = (uint32_t)f->args[0].name.n, .s = f->args[0].name.p};

	if (!sk_pdf_listed(&v, "AbsoluteColorimetric RelativeColorimetric Saturation Perceptual"))
		return false;
	put_plain(f, op);
	return true;
}

static bool xobject(struct filter *f, const struct sk_pdf_op *op)
{
	const struct sk_pdf_val *raw =
	    sk_pdf_resource_raw(f->x, f->r, SK_PDF_RES_XOBJECT, f->args[0].name);
	const struct sk_pdf_val *dict = sk_pdf_resolve(f->x, raw, NULL);

	if (f->hidden)
		return true;
	if (dict && sk_pdf_raw(dict, "OC") && sk_pdf_hidden(f->x, sk_pdf_raw(dict, "OC"))) {
		sk_pdf_removed(f->x, SK_PDF_HIDDEN_LAYER);
		return true;
	}
	(void)put_resource(f, op, SK_PDF_RES_XOBJECT, 0);
	return true;
}

static void push_mark(struct filter *f, enum mark m)
{
	if (f->marks.len >= MAX_MARKS)
		sk_pdf_fatal(f->x, SK_EFORMAT);
	sk_buf_putc(&f->marks, (uint8_t)m);
}

static bool good_tag(const struct arg *a)
{
	return a->name.n >= 1 && a->name.n <= 127 && memchr(a->name.p, 0, a->name.n) == NULL;
}

/* The dictionary of properties that DP or BDC names or has. */
static const struct sk_pdf_val *properties(struct filter *f)
{
	if (f->args[1].kind == ARG_DICT)
		return &f->dict;
	return sk_pdf_resource_raw(f->x, f->r, SK_PDF_RES_PROPERTIES, f->args[1].name);
}

static void put_marked(struct filter *f, const struct sk_pdf_op *op, const struct sk_pdf_val *dict)
{
	sk_buf_put(f->out, f->text.p, f->args[0].n);
	sk_pdf_properties(f->x, dict, f->out);
	put_op(f, op->name);
}

static void begin_layer(struct filter *f, const struct sk_pdf_op *op)
{
	const struct sk_pdf_val *oc = properties(f);

	if (oc && sk_pdf_hidden(f->x, oc)) {
		sk_pdf_removed(f->x, SK_PDF_HIDDEN_LAYER);
		push_mark(f, MARK_HIDDEN);
		f->hidden++;
		return;
	}
	uint32_t index = f->args[1].kind == ARG_NAME
			     ? sk_pdf_resource(f->x, f->r, SK_PDF_RES_PROPERTIES, f->args[1].name)
			     : 0;
	if (index == 0) {
		push_mark(f, MARK_SILENT);
		return;
	}
	sk_buf_printf(f->out, "/OC/R%u", index);
	put_op(f, op->name);
	push_mark(f, MARK_WRITTEN);
}

static bool begin_mark(struct filter *f, const struct sk_pdf_op *op)
{
	if (f->hidden || !good_tag(&f->args[0])) {
		push_mark(f, MARK_SILENT);
	} else if (op->what == SK_PDF_OP_MARK) {
		put_plain(f, op);
		push_mark(f, MARK_WRITTEN);
	} else if (sk_slice_is(f->args[0].name, "OC")) {
		begin_layer(f, op);
	} else {
		put_marked(f, op, properties(f));
		push_mark(f, MARK_WRITTEN);
	}
	return true;
}

static bool end_mark(struct filter *f)
{
	if (f->marks.len == 0)
		return false;
	enum mark m = (enum mark)f->marks.p[--f->marks.len];
	if (m == MARK_HIDDEN)
		f->hidden--;
	if (m == MARK_WRITTEN)
		put_op(f, "EMC");
	return true;
}

static bool point(struct filter *f, const struct sk_pdf_op *op)
{
	if (f->hidden || !good_tag(&f->args[0]) || sk_slice_is(f->args[0].name, "OC"))
		return true;
	if (op->what == SK_PDF_OP_POINT)
		put_plain(f, op);
	else
		put_marked(f, op, properties(f));
	return true;
}

static bool save(struct filter *f, bool begin)
{
	if (begin && f->saves == MAX_SAVES) {
		f->lost_saves++;
		return false;
	}
	if (!begin && f->lost_saves) {
		f->lost_saves--;
		return true;
	}
	if (!begin && f->saves == 0)
		return false;
	if (begin)
		f->scale[f->saves + 1] = f->scale[f->saves];
	f->saves += begin ? 1U : -1U;
	put_op(f, begin ? "q" : "Q");
	return true;
}

static bool text_object(struct filter *f, bool begin)
{
	if (f->in_text == begin)
		return false;
	f->in_text = begin;
	put_op(f, begin ? "BT" : "ET");
	return true;
}

/* A glyph procedure starts with its width, and has it once. */
static bool width(struct filter *f, const struct sk_pdf_op *op)
{
	if (!f->glyph || f->started)
		return false;
	f->started = true;
	put_plain(f, op);
	return true;
}

static bool small(struct filter *f, const struct sk_pdf_op *op, int max)
{
	if (f->args[0].value > max || f->args[0].value < 0)
		return false;
	put_plain(f, op);
	return true;
}

static bool next_line_text(struct filter *f, const struct sk_pdf_op *op)
{
	if (!f->hidden)
		put_plain(f, op);
	else
		put_op(f, "T*");
	return true;
}

static bool do_op(struct filter *f, const struct sk_pdf_op *op)
{
	switch (op->what) {
	case SK_PDF_OP_PLAIN:
		if (sk_slice_is(sk_slice_str(op->name), "cm"))
			matrix(f);
		put_plain(f, op);
		return true;
	case SK_PDF_OP_PAINT:
		put_op(f, f->hidden                                  ? "n"
			  : sk_slice_is(sk_slice_str(op->name), "F") ? "f"
								     : op->name);
		return true;
	case SK_PDF_OP_PAINT_TEXT:
		if (!f->hidden)
			put_plain(f, op);
		return true;
	case SK_PDF_OP_NEXT_LINE_TEXT:
		return next_line_text(f, op);
	case SK_PDF_OP_SAVE:
	case SK_PDF_OP_RESTORE:
		return save(f, op->what == SK_PDF_OP_SAVE);
	case SK_PDF_OP_BEGIN_TEXT:
	case SK_PDF_OP_END_TEXT:
		return text_object(f, op->what == SK_PDF_OP_BEGIN_TEXT);
	case SK_PDF_OP_FONT:
		return put_resource(f, op, SK_PDF_RES_FONT, 0);
	case SK_PDF_OP_GSTATE:
		return put_resource(f, op, SK_PDF_RES_EXTGSTATE, 0);
	case SK_PDF_OP_SPACE:
		return colour_space(f, op);
	case SK_PDF_OP_COLOUR:
	case SK_PDF_OP_COLOUR_NAME:
		return colour(f, op);
	case SK_PDF_OP_SHADE:
		return f->hidden || put_resource(f, op, SK_PDF_RES_SHADING, 0);
	case SK_PDF_OP_XOBJECT:
		return xobject(f, op);
	case SK_PDF_OP_IMAGE:
		sk_pdf_inline(f->x, &f->l, f->r, f->hidden == 0, f->out);
		f->operators++;
		return true;
	case SK_PDF_OP_WIDTH:
		return width(f, op);
	case SK_PDF_OP_POINT:
	case SK_PDF_OP_POINT_DICT:
		return point(f, op);
	case SK_PDF_OP_MARK:
	case SK_PDF_OP_MARK_DICT:
		return begin_mark(f, op);
	case SK_PDF_OP_END_MARK:
		return end_mark(f);
	case SK_PDF_OP_INTENT:
		return intent(f, op);
	case SK_PDF_OP_SMALL2:
		return small(f, op, 2);
	case SK_PDF_OP_SMALL7:
		return small(f, op, 7);
	case SK_PDF_OP_NOTHING:
		return true;
	}
	return false;
}

static void operator(struct filter *f)
{
	const struct sk_pdf_op *op = sk_pdf_find_op(f->l.text);
	bool colours = op && (op->what == SK_PDF_OP_COLOUR || op->what == SK_PDF_OP_COLOUR_NAME);

	if (f->glyph && !f->started && op && op->what != SK_PDF_OP_WIDTH) {
		sk_buf_puts(f->out, "0 0 d0\n");
		f->started = true;
	}
	if (op == NULL || f->overflow || (!colours && !check_args(f, op)) || !do_op(f, op)) {
		sk_pdf_removed(f->x, SK_PDF_CONTENT);
		if (op && (op->what == SK_PDF_OP_MARK || op->what == SK_PDF_OP_MARK_DICT) &&
		    f->x->rc == 0)
			push_mark(f, MARK_SILENT); /* so that its EMC finds its like */
	}
	clear(f);
}

static void finish(struct filter *f)
{
	if (f->glyph && !f->started)
		sk_buf_puts(f->out, "0 0 d0\n");
	if (f->in_text)
		put_op(f, "ET");
	while (f->marks.len)
		end_mark(f);
	for (; f->saves; f->saves--)
		put_op(f, "Q");
}

static void run(struct filter *f)
{
	for (;;) {
		switch (sk_pdf_next(&f->l)) {
		case SK_PDF_T_END:
			if (f->nargs) /* a string without an end, or operands of nothing */
				sk_pdf_removed(f->x, SK_PDF_DAMAGED);
			return;
		case SK_PDF_T_INT:
		case SK_PDF_T_REAL:
			number_arg(f);
			break;
		case SK_PDF_T_STRING:
		case SK_PDF_T_HEX:
			string_arg(f);
			break;
		case SK_PDF_T_NAME:
			name_arg(f);
			break;
		case SK_PDF_T_OPEN:
			array_arg(f);
			break;
		case SK_PDF_T_DICT:
			dict_arg(f);
			break;
		case SK_PDF_T_WORD:
			operator(f);
			break;
		default:
			sk_pdf_removed(f->x, SK_PDF_CONTENT);
			break;
		}
		if (f->x->rc || f->out->err)
			return;
	}
}

bool sk_pdf_content(struct sk_pdf *x, struct sk_slice in, struct sk_pdf_resources *r,
    enum sk_pdf_content_kind kind, struct sk_buf *out)
{
	struct filter *f = sk_arena_alloc(x->tmp, sizeof(*f));

	if (f == NULL)
		return sk_pdf_fatal(x, SK_ENOMEM);
	f->x = x;
	f->r = r;
	f->out = out;
	f->glyph = kind == SK_PDF_GLYPH;
	f->scale[0] = 1;
	f->text = f->scratch = SK_BUF(SK_LIMIT_MEMBER);
	f->marks = SK_BUF(MAX_MARKS + 1);
	sk_pdf_lex_init(&f->l, in);
	run(f);
	finish(f);
	f->operators++; /* the width that a glyph got here */
	if (!f->glyph)
		r->operators += f->operators;
	else if (f->operators > r->operators) /* the longest one, for each character */
		r->operators = f->operators;
	r->text += f->glyph ? 0 : f->shown;
	if (f->text.err || f->scratch.err || out->err)
		sk_pdf_fatal(x, SK_ENOMEM);
	sk_buf_free(&f->text);
	sk_buf_free(&f->scratch);
	sk_buf_free(&f->marks);
	return x->rc == 0;
}
