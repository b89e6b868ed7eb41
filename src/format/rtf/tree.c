/*
 * The tree of groups, with all text as UTF-8: bytes by the code page of their font, \u with what stands in for it
 * skipped, characters of two bytes joined wherever their halves stand (specification 1.9.1, "Unicode RTF", "Code Page
 * Support"). A destination that begins inside a group takes the rest of the group. Cleaner's jail.
 */
#include "format/rtf/rtf.h"

#include "base/utf8.h"

#define FONTS 32768
#define SKIP_MOST 32 /* of \uc: no writer needs more than the bytes of one character */

struct level {
	unsigned uc, cp; /* cp 0: the default font's */
	bool fonts;      /* inside the font table */
	bool implicit;   /* ends with the group around it */
	bool fresh;      /* nothing stands in it yet */
};

struct reading {
	struct rtf_doc *doc;
	struct sk_arena *arena;
	struct rtf_node *at;
	struct level levels[SK_LIMIT_RTF_DEPTH + 1];
	unsigned depth;
	uint16_t *font_cp; /* by number, 0: not known */
	int32_t font;      /* whose entry in the font table is being read */
	struct sk_buf text;
	unsigned skip;
	uint32_t high; /* the first half of a pair */
	uint8_t half[4];
	unsigned nhalf, need, half_cp;
	bool over;
	int rc;
};

static struct level *top(struct reading *r)
{
	return &r->levels[r->depth];
}

static struct rtf_node *add(struct reading *r, enum rtf_kind kind)
{
	struct rtf_node *n = sk_arena_alloc(r->arena, sizeof(*n));

	if (n == NULL) {
		r->rc = SK_ENOMEM;
		return NULL;
	}
	*n = (struct rtf_node){.kind = kind, .parent = r->at};
	if (r->at) {
		if (r->at->last)
			r->at->last->next = n;
		else
			r->at->first = n;
		r->at->last = n;
	}
	return n;
}

static void flush_text(struct reading *r)
{
	if (r->text.len == 0)
		return;
	struct rtf_node *n = add(r, RTF_NODE_TEXT);
	void *copy = sk_arena_dup(r->arena, r->text.p, r->text.len);
	if (r->text.err || copy == NULL)
		r->rc = SK_ENOMEM;
	else if (n)
		n->s = sk_slice(copy, r->text.len);
	sk_buf_reset(&r->text);
}

static void put_unreadable(struct reading *r)
{
	r->doc->unreadable++;
	(void)sk_utf8_put(&r->text, 0xFFFD);
}

/* What waits for its other half is never completed any more. */
static void settle(struct reading *r)
{
	if (r->high)
		put_unreadable(r);
	if (r->nhalf)
		put_unreadable(r);
	r->high = r->nhalf = 0;
}

static unsigned codepage(struct reading *r)
{
	if (top(r)->cp)
		return top(r)->cp;
	int32_t font = r->doc->default_font;
	return font >= 0 && r->font_cp[font] ? r->font_cp[font] : r->doc->codepage;
}

static void put_decoded(struct reading *r, unsigned cp, struct sk_slice s)
{
	if (rtf_codepage_put(cp, s, &r->text))
		return;
	put_unreadable(r);
	/* A half character followed by a letter is not a reason to lose the letter. */
	if (s.n > 1 && s.p[s.n - 1] < 0x80)
		(void)sk_buf_putc(&r->text, s.p[s.n - 1]);
}

static void complete(struct reading *r, uint8_t b)
{
	r->half[r->nhalf++] = b;
	if (r->nhalf < r->need)
		return;
	unsigned n = r->nhalf;
	r->nhalf = 0;
	put_decoded(r, r->half_cp, sk_slice(r->half, n));
}

static void put_byte(struct reading *r, uint8_t b)
{
	if (r->skip) {
		r->skip--;
		return;
	}
	top(r)->fresh = false;
	if (r->high)
		settle(r);
	if (r->nhalf) {
		complete(r, b);
		return;
	}
	unsigned cp = codepage(r), n = rtf_codepage_length(cp, b);
	if (n > 1) {
		r->half_cp = cp;
		r->need = n;
		r->half[0] = b;
		r->nhalf = 1;
	} else {
		put_decoded(r, cp, sk_slice(&b, 1));
	}
}

/* Plain bytes: of controls only the tab means something, and zero bytes are padding. */
static void put_bytes(struct reading *r, struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] >= 0x20 || s.p[i] == '\t')
			put_byte(r, s.p[i]);
		else if (s.p[i])
			r->doc->odd++;
	}
}

/* \u counts in units of UTF-16, as signed numbers. */
static void put_unit(struct reading *r, int64_t number)
{
	uint32_t u = number < 0 ? (uint32_t)(number + 65536) : (uint32_t)number;

	if (r->nhalf)
		settle(r);
	top(r)->fresh = false;
	r->skip = top(r)->uc;
	if (number < -32768 || number > 65535)
		u = 0xFFFF;
	if (u >= 0xDC00 && u < 0xE000 && r->high) {
		(void)sk_utf8_put(&r->text, 0x10000 + ((r->high - 0xD800) << 10) + (u - 0xDC00));
		r->high = 0;
		return;
	}
	settle(r);
	if (u >= 0xD800 && u < 0xDC00)
		r->high = u;
	else if (u >= 0xDC00 && u < 0xE000)
		put_unreadable(r);
	else
		(void)sk_utf8_put(&r->text, u);
}

static void open_group(struct reading *r, bool implicit)
{
	flush_text(r);
	r->skip = 0;
	if (r->depth >= SK_LIMIT_RTF_DEPTH) {
		r->rc = sk_job_refuse(r->doc->job, SK_REASON_LIMIT_NESTING, "groups of RTF");
		return;
	}
	top(r)->fresh = false;
	struct rtf_node *n = add(r, RTF_NODE_GROUP);
	if (n == NULL)
		return;
	if (r->doc->root == NULL)
		r->doc->root = n;
	r->at = n;
	r->depth++;
	r->levels[r->depth] = r->levels[r->depth - 1];
	top(r)->implicit = implicit;
	top(r)->fresh = true;
}

static void close_group(struct reading *r)
{
	bool implicit = true;

	if (r->at && r->at->name)
		settle(r);
	flush_text(r);
	r->skip = 0;
	while (r->at && implicit) {
		implicit = top(r)->implicit;
		r->at = r->at->parent;
		r->depth--;
	}
	r->over = r->at == NULL;
}

static void font_table_word(struct reading *r, struct sk_slice name, int64_t number)
{
	if (sk_slice_is(name, "f")) {
		r->font = number >= 0 && number < FONTS ? (int32_t)number : -1;
		top(r)->cp = 0;
		return;
	}
	unsigned cp = 0;
	if (sk_slice_is(name, "fcharset"))
		cp = rtf_codepage_of_charset(number);
	else if (sk_slice_is(name, "cpg") && rtf_codepage_known(number))
		cp = (unsigned)number;
	if (cp == 0)
		return;
	/* Documents of the Far East call their fonts those of the system. */
	if (cp == 1252 && rtf_codepage_length(r->doc->codepage, 0x88) > 1)
		cp = r->doc->codepage;
	top(r)->cp = cp;
	if (r->font >= 0)
		r->font_cp[r->font] = (uint16_t)cp;
}

/* Words of the header that say how bytes are to be read. */
static void header_word(struct reading *r, struct sk_slice name, int64_t number)
{
	struct rtf_doc *d = r->doc;

	if (sk_slice_is(name, "ansicpg") && rtf_codepage_known(number))
		d->codepage = (unsigned)number;
	else if (sk_slice_is(name, "mac"))
		d->codepage = 10000;
	else if (sk_slice_is(name, "pc"))
		d->codepage = 437;
	else if (sk_slice_is(name, "pca"))
		d->codepage = 850;
	else if (sk_slice_is(name, "deff") && number >= 0 && number < FONTS)
		d->default_font = (int32_t)number;
}

static void state_word(struct reading *r, struct sk_slice name, int64_t number)
{
	struct level *l = top(r);

	if (l->fonts)
		font_table_word(r, name, number);
	else if (sk_slice_is(name, "f") && number >= 0 && number < FONTS)
		l->cp = r->font_cp[number] ? r->font_cp[number] : r->doc->codepage;
	else if (sk_slice_is(name, "plain"))
		l->cp = 0;
	else if (sk_slice_is(name, "uc"))
		l->uc = number < 0 || number > SKIP_MOST ? 1 : (unsigned)number;
	else if (r->at == r->doc->root)
		header_word(r, name, number);
}

/* Words that stand for text or end a line of it. */
static bool ends_text(struct sk_slice name)
{
	static const char *const list[] = {
	    "par", "tab", "cell", "row", "line", "page", "sect", "nestcell", "column"};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (sk_slice_is(name, list[i]))
			return true;
	return false;
}

/* A style's own word is a destination behind \* alone; the first word of the file is none. */
static const struct rtf_dest *destination(struct reading *r, struct sk_slice name)
{
	const struct rtf_dest *d = r->at->name || r->at != r->doc->root ? rtf_dest(name) : NULL;
	bool begins = r->at->star && r->at->name == NULL && top(r)->fresh;

	return d && d->in == RTF_C_STYLES && !begins ? NULL : d;
}

/* Of a picture that stands there in two forms the second one is told by the first. */
static void note_twin(struct rtf_node *group)
{
	struct rtf_node *around = group->parent;

	if (around == NULL || group->name == NULL)
		return;
	group->twin = around->drawn;
	around->drawn = around->drawn || strcmp(group->name, "shppict") == 0 ||
			strcmp(group->name, "shpinst") == 0;
}

static void read_word(struct reading *r, const struct rtf_token *t)
{
	if (sk_slice_is(t->s, "u") && t->numbered) {
		put_unit(r, t->number);
		return;
	}
	const struct rtf_dest *d = destination(r, t->s);
	bool unknown = d == NULL && r->at->star && r->at->name == NULL && top(r)->fresh;
	r->skip = 0;
	if (d || ends_text(t->s))
		settle(r);
	if (d && (!top(r)->fresh || r->at->name))
		open_group(r, true);
	if (r->rc)
		return;
	flush_text(r);
	bool begins =
	    r->at->name == NULL && (d || unknown || (r->at == r->doc->root && top(r)->fresh));
	struct rtf_node *n = begins ? r->at : add(r, RTF_NODE_WORD);
	if (n == NULL)
		return;
	top(r)->fresh = false;
	n->name = d ? d->name : sk_arena_str(r->arena, t->s);
	n->s = begins ? n->s : t->s;
	n->numbered = t->numbered;
	n->number = t->number;
	if (begins)
		note_twin(n);
	if (n->name == NULL)
		r->rc = SK_ENOMEM;
	else if (begins && strcmp(n->name, "fonttbl") == 0)
		top(r)->fonts = true;
	else
		state_word(r, t->s, t->number);
}

static void read_symbol(struct reading *r, int c)
{
	struct rtf_token par = {.kind = RTF_WORD, .s = SK_SLICE_LIT("par")};

	if (c == '*') {
		if (!top(r)->fresh || r->at->star)
			open_group(r, true);
		if (r->rc == 0)
			r->at->star = true;
	} else if (c == '\\' || c == '{' || c == '}') {
		put_byte(r, (uint8_t)c);
	} else if (c == '\n' || c == '\r') {
		read_word(r, &par);
	} else if (c == '~' || c == '_' || c == '-' || c == ':') {
		if (r->skip) {
			r->skip--;
			return;
		}
		settle(r);
		flush_text(r);
		top(r)->fresh = false;
		struct rtf_node *n = add(r, RTF_NODE_SYMBOL);
		if (n)
			n->number = c;
	} else {
		r->doc->odd++;
	}
}

static void read_binary(struct reading *r, struct sk_slice data)
{
	if (r->skip) {
		r->skip--;
		return;
	}
	flush_text(r);
	top(r)->fresh = false;
	struct rtf_node *n = add(r, RTF_NODE_BIN);
	if (n)
		n->s = data;
}

static void read_token(struct reading *r, const struct rtf_token *t)
{
	switch (t->kind) {
	case RTF_OPEN:
		open_group(r, false);
		break;
	case RTF_CLOSE:
		close_group(r);
		break;
	case RTF_WORD:
		read_word(r, t);
		break;
	case RTF_SYMBOL:
		read_symbol(r, (int)t->number);
		break;
	case RTF_HEX:
		put_byte(r, (uint8_t)t->number);
		break;
	case RTF_BYTES:
		put_bytes(r, t->s);
		break;
	default:
		read_binary(r, t->s);
	}
}

/* Blanks, a byte-order mark and zero bytes say nothing; what else stands outside is told. */
static bool is_blank(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] && s.p[i] != ' ' && (s.p[i] < 9 || s.p[i] > 13) && s.p[i] != 0x1A)
			return false;
	return true;
}

static int begin(struct sk_slice in, struct rtf_doc *doc, size_t *at)
{
	size_t from = sk_slice_find(in, 0, SK_SLICE_LIT("{"));

	if (from == SIZE_MAX || from > 64)
		return SK_EFORMAT;
	struct sk_slice lead = sk_slice_sub(in, 0, from);
	if (sk_slice_starts(lead, SK_SLICE_LIT("\xEF\xBB\xBF")))
		lead = sk_slice_sub(lead, 3, lead.n);
	doc->leading = !is_blank(lead);
	*at = from;
	return sk_slice_starts(sk_slice_sub(in, from, 4), SK_SLICE_LIT("{\\rt")) ? 0 : SK_EFORMAT;
}

static void read_all(struct reading *r, struct sk_reader *in)
{
	while (!r->over && r->rc == 0) {
		struct rtf_token t = rtf_next(in, &r->doc->odd);
		if (t.kind == RTF_END)
			break;
		read_token(r, &t);
	}
	r->doc->trailing = !is_blank(sk_slice_sub(in->s, in->pos, in->s.n));
	while (r->at && r->rc == 0) {
		r->doc->unclosed++;
		close_group(r);
	}
}

int rtf_read(struct sk_job *job, struct sk_slice in, struct rtf_doc *doc)
{
	struct reading *r = sk_arena_alloc(job->arena, sizeof(*r));
	struct sk_reader bytes = sk_reader(in);
	size_t at = 0;

	*doc = (struct rtf_doc){.job = job, .codepage = 1252, .default_font = -1};
	int rc = begin(in, doc, &at);
	if (rc || r == NULL)
		return rc ? rc : SK_ENOMEM;
	*r = (struct reading){
	    .doc = doc, .arena = job->arena, .font = -1, .text = SK_BUF(in.n * 3 + 64)};
	r->levels[0].uc = 1;
	r->font_cp = sk_arena_array(job->arena, FONTS, sizeof(*r->font_cp));
	if (r->font_cp == NULL)
		return SK_ENOMEM;
	sk_read_seek(&bytes, at);
	read_all(r, &bytes);
	sk_buf_free(&r->text);
	if (r->rc || doc->root == NULL || doc->root->name == NULL)
		return r->rc ? r->rc : SK_EFORMAT;
	/* Word opens a file whose first word is cut short, too. */
	doc->odd += strcmp(doc->root->name, "rtf") != 0;
	return 0;
}
