/*
 * Content streams (ISO 32000-1, 7.8.2 and annex A): every operator is on the list and has its operands, the
 * resources that it names exist and are numbered by first use. Pages, forms, tiling patterns, glyphs of
 * Type 3 fonts. Verifier's jail.
 */
#include "verify/pdf/content.h"

enum action {
	DO_NOTHING,
	DO_BEGIN_MARKED,
	DO_BEGIN_PROPS,
	DO_END_MARKED,
	DO_PROPS,
	DO_BEGIN_TEXT,
	DO_END_TEXT,
	DO_SAVE,
	DO_RESTORE,
	DO_SPACE,
	DO_COLOURS,
	DO_COLOURS_OR_PATTERN,
	DO_DASH,
	DO_GLYPH,
	DO_MATRIX,
	DO_XOBJECT,
	DO_STATE,
	DO_SHADE,
	DO_FONT,
	DO_INTENT,
	DO_UP_TO_2,
	DO_UP_TO_7,
};

/*
 * Arguments: n number, i integer, N name, s string, a array of numbers and strings, P property list (name or
 * dictionary), * looked at by the action. Sorted by name.
 */
struct op {
	char name[4];
	char args[7];
	uint8_t action;
};

static const struct op ops[] = {
    {"\"", "nns", DO_NOTHING},
    {"'", "s", DO_NOTHING},
    {"B", "", DO_NOTHING},
    {"B*", "", DO_NOTHING},
    {"BDC", "NP", DO_BEGIN_PROPS},
    {"BMC", "N", DO_BEGIN_MARKED},
    {"BT", "", DO_BEGIN_TEXT},
    {"CS", "N", DO_SPACE},
    {"DP", "NP", DO_PROPS},
    {"Do", "N", DO_XOBJECT},
    {"EMC", "", DO_END_MARKED},
    {"ET", "", DO_END_TEXT},
    {"G", "n", DO_NOTHING},
    {"J", "i", DO_UP_TO_2},
    {"K", "nnnn", DO_NOTHING},
    {"M", "n", DO_NOTHING},
    {"MP", "N", DO_NOTHING},
    {"Q", "", DO_RESTORE},
    {"RG", "nnn", DO_NOTHING},
    {"S", "", DO_NOTHING},
    {"SC", "*", DO_COLOURS},
    {"SCN", "*", DO_COLOURS_OR_PATTERN},
    {"T*", "", DO_NOTHING},
    {"TD", "nn", DO_NOTHING},
    {"TJ", "a", DO_NOTHING},
    {"TL", "n", DO_NOTHING},
    {"Tc", "n", DO_NOTHING},
    {"Td", "nn", DO_NOTHING},
    {"Tf", "Nn", DO_FONT},
    {"Tj", "s", DO_NOTHING},
    {"Tm", "nnnnnn", DO_NOTHING},
    {"Tr", "i", DO_UP_TO_7},
    {"Ts", "n", DO_NOTHING},
    {"Tw", "n", DO_NOTHING},
    {"Tz", "n", DO_NOTHING},
    {"W", "", DO_NOTHING},
    {"W*", "", DO_NOTHING},
    {"b", "", DO_NOTHING},
    {"b*", "", DO_NOTHING},
    {"c", "nnnnnn", DO_NOTHING},
    {"cm", "nnnnnn", DO_MATRIX},
    {"cs", "N", DO_SPACE},
    {"d", "an", DO_DASH},
    {"d0", "nn", DO_GLYPH},
    {"d1", "nnnnnn", DO_GLYPH},
    {"f", "", DO_NOTHING},
    {"f*", "", DO_NOTHING},
    {"g", "n", DO_NOTHING},
    {"gs", "N", DO_STATE},
    {"h", "", DO_NOTHING},
    {"i", "n", DO_NOTHING},
    {"j", "i", DO_UP_TO_2},
    {"k", "nnnn", DO_NOTHING},
    {"l", "nn", DO_NOTHING},
    {"m", "nn", DO_NOTHING},
    {"n", "", DO_NOTHING},
    {"q", "", DO_SAVE},
    {"re", "nnnn", DO_NOTHING},
    {"rg", "nnn", DO_NOTHING},
    {"ri", "N", DO_INTENT},
    {"s", "", DO_NOTHING},
    {"sc", "*", DO_COLOURS},
    {"scn", "*", DO_COLOURS_OR_PATTERN},
    {"sh", "N", DO_SHADE},
    {"v", "nnnn", DO_NOTHING},
    {"w", "n", DO_NOTHING},
    {"y", "nnnn", DO_NOTHING},
};

int sk_pv_run_fault(struct sk_pv_run *r, const char *what)
{
	return sk_fail(r->p->c, sk_pv_at(&r->l), "object %u: content stream: %s", r->p->cur, what);
}

static uint32_t packed(const uint8_t *text, uint32_t n)
{
	uint32_t v = 0;

	for (uint32_t i = 0; i < 4; i++)
		v = v << 8 | (i < n ? text[i] : 0);
	return v;
}

static const struct op *find_op(const struct sk_pv_lex *l)
{
	size_t lo = 0, hi = sizeof(ops) / sizeof(ops[0]);

	if (l->n > 3)
		return NULL;
	uint32_t want = packed(l->text, l->n);
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		uint32_t have = packed((const uint8_t *)ops[mid].name, 4);
		if (have == want)
			return &ops[mid];
		if (have < want)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

bool sk_pv_is_number(enum sk_pv_token kind)
{
	return kind == SK_PV_INT || kind == SK_PV_REAL;
}

/* The entry that a name `R12` means: the next one that was not used so far, or one before it. */
const struct sk_pv_val *sk_pv_run_resource(struct sk_pv_run *r, unsigned kind, struct sk_slice name)
{
	const struct sk_pv_val *dict = r->res ? r->res->kind[kind] : NULL;
	uint32_t num = 0;

	if (dict == NULL || name.n < 2 || name.n > 8 || name.p[0] != 'R' || name.p[1] == '0')
		return NULL;
	for (size_t i = 1; i < name.n; i++) {
		if (name.p[i] < '0' || name.p[i] > '9')
			return NULL;
		num = num * 10 + (name.p[i] - '0');
	}
	if (num > r->res->used[kind] + 1 || num > dict->n - r->res->first[kind])
		return NULL;
	if (num == r->res->used[kind] + 1)
		r->res->used[kind]++;
	return &dict->kids[2 * (r->res->first[kind] + num - 1) + 1];
}

static int use(struct sk_pv_run *r, unsigned kind, const struct sk_pv_operand *v)
{
	return sk_pv_run_resource(r, kind, v->text)
		   ? 0
		   : sk_pv_run_fault(r, "resource does not exist or is out of order");
}

/* As use(), and it is counted how often, for what it costs. */
static int call(struct sk_pv_run *r, unsigned kind)
{
	const struct sk_pv_val *v = sk_pv_run_resource(r, kind, r->v[0].text);

	if (v == NULL)
		return sk_pv_run_fault(r, "resource does not exist or is out of order");
	struct sk_pv_calls *c =
	    kind == SK_PV_RES_XOBJECT ? r->res->load->forms : r->res->load->states;
	c += (v - r->res->kind[kind]->kids) / 2;
	c->n++;
	double wide = c->wide + 1 / r->scale[r->saved];
	c->wide = wide < 1e40 ? wide : 1e40;
	return 0;
}

/* A glyph has no box that would tell how many tiles it takes. */
static int use_pattern(struct sk_pv_run *r, const struct sk_pv_operand *v)
{
	const struct sk_pv_val *pattern = sk_pv_run_resource(r, SK_PV_RES_PATTERN, v->text);

	if (pattern == NULL)
		return sk_pv_run_fault(r, "resource does not exist or is out of order");
	return r->glyph && pattern->kind == SK_PV_VREF && r->p->objs[pattern->i].data
		   ? sk_pv_run_fault(r, "glyph is filled with a tiling pattern")
		   : 0;
}

static int matrix(struct sk_pv_run *r)
{
	double d = r->v[0].r * r->v[3].r - r->v[1].r * r->v[2].r;

	r->scale[r->saved] *= d < 0 ? -d : d;
	return 0;
}

static bool short_string(const struct sk_pv_lex *l)
{
	return l->n <= SK_PV_MAX_STRING ||
	       sk_pv_unescape(SK_PV_STRING, sk_slice(l->text, l->n), NULL, 0) <= SK_PV_MAX_STRING;
}

int sk_pv_run_array(struct sk_pv_run *r, struct sk_pv_operand *v)
{
	while (sk_pv_next(&r->l) != SK_PV_CLOSE) {
		r->shown += r->l.kind == SK_PV_STRING ? r->l.n : 0;
		if (r->l.kind == SK_PV_STRING && short_string(&r->l))
			v->strings = true;
		else if (!sk_pv_is_number(r->l.kind))
			return sk_pv_run_fault(
			    r, "array of something else than numbers and strings");
	}
	return 0;
}

/* Four numbers, or some names of a list, in brackets. */
static bool read_list(struct sk_pv_run *r, const char *names)
{
	unsigned n = 0;

	if (r->l.kind != SK_PV_OPEN)
		return false;
	for (; sk_pv_next(&r->l) != SK_PV_CLOSE; n++)
		if (names ? r->l.kind != SK_PV_NAME ||
				!sk_pv_in_list(sk_slice(r->l.text, r->l.n), names)
			  : !sk_pv_is_number(r->l.kind))
			return false;
	return names ? true : n == 4;
}

/* The value of one key of a property list, its first token at hand. */
static bool read_property(struct sk_pv_run *r, unsigned key)
{
	struct sk_slice text = sk_slice(r->l.text, r->l.n);

	switch (key) {
	case 0: /* MCID */
		return r->l.kind == SK_PV_INT && r->l.i >= 0;
	case 1: /* Lang ActualText Alt E */
	case 2:
	case 3:
	case 4:
		return r->l.kind == SK_PV_STRING;
	case 5:
		return r->l.kind == SK_PV_NAME &&
		       sk_pv_in_list(text, "Pagination Layout Page Background");
	case 6:
		return r->l.kind == SK_PV_NAME &&
		       sk_pv_in_list(
			   text, "Header Footer Watermark PageNum Bates LineNum Redaction");
	case 7:
		return read_list(r, NULL);
	default:
		return read_list(r, "Top Bottom Left Right");
	}
}

static int read_properties(struct sk_pv_run *r)
{
	static const char keys[][12] = {
	    "MCID", "Lang", "ActualText", "Alt", "E", "Type", "Subtype", "BBox", "Attached"};
	unsigned met = 0;

	while (sk_pv_next(&r->l) != SK_PV_DICTEND) {
		unsigned k = 0;
		struct sk_slice name = sk_slice(r->l.text, r->l.n);
		while (k < 9 && !sk_slice_is(name, keys[k]))
			k++;
		if (r->l.kind != SK_PV_NAME || k == 9 || (met & 1U << k))
			return sk_pv_run_fault(r, "key of a property list is not allowed");
		met |= 1U << k;
		sk_pv_next(&r->l);
		if (!read_property(r, k))
			return sk_pv_run_fault(r, "value of a property list is not allowed");
	}
	return 0;
}

static int read_operand(struct sk_pv_run *r)
{
	struct sk_pv_operand *v = &r->v[r->n];

	if (r->n == SK_PV_MAX_OPERANDS)
		return sk_pv_run_fault(r, "too many operands");
	*v = (struct sk_pv_operand){
	    .kind = r->l.kind, .i = r->l.i, .r = r->l.r, .text = sk_slice(r->l.text, r->l.n)};
	r->n++;
	switch (r->l.kind) {
	case SK_PV_INT:
	case SK_PV_REAL:
	case SK_PV_NAME:
		return 0;
	case SK_PV_STRING:
		r->shown += r->l.n;
		return short_string(&r->l) ? 0 : sk_pv_run_fault(r, "string is too long");
	case SK_PV_OPEN:
		return sk_pv_run_array(r, v);
	case SK_PV_DICT:
		return read_properties(r);
	default:
		return sk_pv_run_fault(r, "bytes that are no operand and no operator");
	}
}

static bool fits(const struct sk_pv_operand *v, char want)
{
	switch (want) {
	case 'n':
		return sk_pv_is_number(v->kind);
	case 'i':
		return v->kind == SK_PV_INT;
	case 'N':
		return v->kind == SK_PV_NAME;
	case 's':
		return v->kind == SK_PV_STRING;
	case 'a':
		return v->kind == SK_PV_OPEN;
	default: /* P */
		return v->kind == SK_PV_NAME || v->kind == SK_PV_DICT;
	}
}

static int check_operands(struct sk_pv_run *r, const struct op *op)
{
	size_t n = strlen(op->args);

	if (op->args[0] == '*')
		return 0;
	if (r->n != n)
		return sk_pv_run_fault(r, "operator has the wrong number of operands");
	for (size_t i = 0; i < n; i++)
		if (!fits(&r->v[i], op->args[i]))
			return sk_pv_run_fault(r, "operator has an operand of the wrong type");
	return 0;
}

static int space(struct sk_pv_run *r)
{
	if (sk_pv_in_list(r->v[0].text, "DeviceGray DeviceRGB DeviceCMYK Pattern"))
		return 0;
	return use(r, SK_PV_RES_COLORSPACE, &r->v[0]);
}

/* SC: 1 to 32 numbers. SCN: up to 32, and a pattern; not neither. */
static int colours(struct sk_pv_run *r, bool pattern)
{
	unsigned numbers = 0;

	while (numbers < r->n && sk_pv_is_number(r->v[numbers].kind))
		numbers++;
	if (numbers > 32 || r->n == 0)
		return sk_pv_run_fault(r, "colour of too few or too many numbers");
	if (numbers == r->n)
		return 0;
	if (!pattern || numbers + 1 != r->n || r->v[numbers].kind != SK_PV_NAME)
		return sk_pv_run_fault(r, "colour is not made of numbers");
	return use_pattern(r, &r->v[numbers]);
}

/* Layers are named, everything else is written out. */
static int properties(struct sk_pv_run *r)
{
	bool named = r->v[1].kind == SK_PV_NAME;

	if (named != sk_slice_is(r->v[0].text, "OC"))
		return sk_pv_run_fault(r, "property list is not what its tag asks for");
	return named ? use(r, SK_PV_RES_PROPERTIES, &r->v[1]) : 0;
}

static int text_object(struct sk_pv_run *r, bool begin)
{
	if (r->text == begin)
		return sk_pv_run_fault(r, "BT and ET do not alternate");
	r->text = begin;
	return 0;
}

static int save(struct sk_pv_run *r, bool begin)
{
	if (begin ? r->saved >= SK_PV_MAX_SAVED : r->saved == 0)
		return sk_pv_run_fault(r, "q and Q do not balance, or nest too deeply");
	if (begin)
		r->scale[r->saved + 1] = r->scale[r->saved];
	r->saved += begin ? 1U : -1U;
	return 0;
}

static int mark(struct sk_pv_run *r, bool begin)
{
	if (!begin && r->marked == 0)
		return sk_pv_run_fault(r, "marked content does not balance");
	r->marked += begin ? 1U : -1U;
	return 0;
}

static int glyph_width(struct sk_pv_run *r)
{
	if (!r->glyph || r->width || r->operators)
		return sk_pv_run_fault(r, "d0 or d1 where none may stand");
	r->width = true;
	return 0;
}

static int act(struct sk_pv_run *r, enum action action)
{
	static const char intents[] =
	    "AbsoluteColorimetric RelativeColorimetric Saturation Perceptual";
	int rc;

	switch (action) {
	case DO_NOTHING:
		return 0;
	case DO_BEGIN_PROPS:
		rc = properties(r);
		return rc ? rc : mark(r, true);
	case DO_BEGIN_MARKED:
	case DO_END_MARKED:
		return mark(r, action == DO_BEGIN_MARKED);
	case DO_PROPS:
		return properties(r);
	case DO_BEGIN_TEXT:
	case DO_END_TEXT:
		return text_object(r, action == DO_BEGIN_TEXT);
	case DO_SAVE:
	case DO_RESTORE:
		return save(r, action == DO_SAVE);
	case DO_SPACE:
		return space(r);
	case DO_COLOURS:
	case DO_COLOURS_OR_PATTERN:
		return colours(r, action == DO_COLOURS_OR_PATTERN);
	case DO_DASH:
		return r->v[0].strings ? sk_pv_run_fault(r, "dash pattern of strings") : 0;
	case DO_GLYPH:
		return glyph_width(r);
	case DO_MATRIX:
		return matrix(r);
	case DO_XOBJECT:
		return call(r, SK_PV_RES_XOBJECT);
	case DO_STATE:
		return call(r, SK_PV_RES_GSTATE);
	case DO_SHADE:
		return use(r, SK_PV_RES_SHADING, &r->v[0]);
	case DO_FONT:
		return use(r, SK_PV_RES_FONT, &r->v[0]);
	case DO_INTENT:
		return sk_pv_in_list(r->v[0].text, intents)
			   ? 0
			   : sk_pv_run_fault(r, "unknown rendering intent");
	case DO_UP_TO_2:
		return r->v[0].i >= 0 && r->v[0].i <= 2
			   ? 0
			   : sk_pv_run_fault(r, "operand is not 0, 1 or 2");
	case DO_UP_TO_7:
		return r->v[0].i >= 0 && r->v[0].i <= 7
			   ? 0
			   : sk_pv_run_fault(r, "operand is not 0 to 7");
	}
	return SK_EINTERNAL;
}

static int operator(struct sk_pv_run *r)
{
	const struct op *op = find_op(&r->l);
	int rc;

	if (op) {
		rc = check_operands(r, op);
		if (rc == 0)
			rc = act(r, (enum action)op->action);
	} else {
		rc = sk_pv_word(&r->l, "BI") ? sk_pv_inline_image(r)
					     : sk_pv_run_fault(r, "operator is not allowed");
	}
	if (rc == 0 && !sk_pv_skip(&r->l, '\n'))
		rc = sk_pv_run_fault(r, "operator is not followed by one line feed");
	if (rc == 0 && r->glyph && !r->width)
		rc = sk_pv_run_fault(r, "glyph does not start with d0 or d1");
	r->operators++;
	r->n = 0;
	return rc;
}

static int run(struct sk_pv_run *r)
{
	int rc = 0;

	while (rc == 0 && sk_pv_next(&r->l) != SK_PV_END)
		rc = r->l.kind == SK_PV_WORD ? operator(r) : read_operand(r);
	if (rc == 0 && (r->n || r->saved || r->marked || r->text))
		rc = sk_pv_run_fault(r, "ends in the middle of something");
	if (rc == 0 && r->glyph && !r->width)
		rc = sk_pv_run_fault(r, "glyph does not start with d0 or d1");
	return rc;
}

int sk_pv_content(struct sk_pv *p, uint32_t num, struct sk_pv_resources *res, bool glyph)
{
	struct sk_pv_run r = {.p = p, .res = res, .glyph = glyph, .scale = {1}};
	struct sk_pv_load *load = res->load;
	uint32_t from = p->cur;

	p->cur = num;
	int rc = sk_pv_inflate(p, num, &p->content);
	if (rc == 0) {
		sk_pv_lex_init(&r.l, sk_buf_slice(&p->content));
		rc = run(&r);
	}
	/* Of the glyphs of a font the longest one counts, for each character. */
	if (!glyph || (double)r.operators > load->operators)
		load->operators = (double)r.operators;
	load->text += glyph ? 0 : (double)r.shown;
	p->cur = from;
	return rc;
}

int sk_pv_content_of(struct sk_pv *p, uint32_t num, const struct sk_pv_val *dict)
{
	struct sk_pv_resources res;
	int rc = sk_pv_resources_open(p, sk_pv_get(dict, "Resources"), &res);

	if (rc == 0 && num)
		rc = sk_pv_content(p, num, &res, false);
	return rc ? rc : sk_pv_resources_close(p, &res);
}

/* `Tf g rg k G RG K` with a space between operators; the font is named Helv. */
int sk_pv_default_appearance(struct sk_pv *p, const struct sk_pv_val *v)
{
	struct sk_pv_run r = {.p = p};
	int rc = 0;

	if (v->kind != SK_PV_VSTRING || v->n > 65535)
		return sk_pv_fail(p, "default appearance is not a string");
	sk_pv_lex_init(&r.l, sk_slice(v->text, v->n));
	while (rc == 0 && sk_pv_next(&r.l) != SK_PV_END) {
		if (r.l.kind != SK_PV_WORD) {
			rc = r.l.kind == SK_PV_OPEN || r.l.kind == SK_PV_DICT
				 ? sk_pv_run_fault(&r, "operand is not allowed")
				 : read_operand(&r);
			continue;
		}
		const struct op *op = find_op(&r.l);
		if (op == NULL || !sk_pv_in_list(sk_slice(r.l.text, r.l.n), "Tf g rg k G RG K"))
			return sk_pv_run_fault(
			    &r, "operator is not allowed in a default appearance");
		rc = check_operands(&r, op);
		if (rc == 0 && r.v[0].kind == SK_PV_NAME && !sk_slice_is(r.v[0].text, "Helv"))
			rc = sk_pv_run_fault(&r, "font of a default appearance is not Helv");
		if (rc == 0 && r.l.p != r.l.end && (!sk_pv_skip(&r.l, ' ') || r.l.p == r.l.end))
			rc = sk_pv_run_fault(&r, "operators are not one space apart");
		r.n = 0;
	}
	return rc == 0 && r.n ? sk_pv_run_fault(&r, "ends in the middle of something") : rc;
}
