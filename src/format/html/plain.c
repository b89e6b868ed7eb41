/*
 * A page as plain text (doc/profiles/html.md, section 6): what its elements say about lines, cells, items and quotations is said
 * with the means of a plain mail. Cleaner's jail.
 */
#include <strings.h>

#include "base/utf8.h"
#include "format/html/page.h"
#include "format/text/text.h"

#define LISTS 16
#define QUOTES 32

struct plain {
	struct sk_html_page *p;
	struct sk_buf *out;
	unsigned lines;              /* line ends owed before the next word */
	bool space, wrap;            /* a space is owed; it came from a line end in the source */
	bool begun;                  /* the line has its quotation marks and indentation */
	uint32_t last;               /* the last character of the line, 0 at its beginning */
	unsigned quotes, pre, cells; /* open; cells: of tables that are tables */
	unsigned lists;
	long number[LISTS]; /* of the last item; < 0: a list without numbers */
	char mark[24];      /* of the item that begins */
};

/* Beside each open element. */
struct frame {
	size_t link;   /* where the text of a link began */
	bool is_table; /* a table of cells, not of layout */
	bool second;   /* a row has a cell already */
};

/* Characters that are written without spaces between words. */
static bool is_wide(uint32_t cp)
{
	return (cp >= 0x2E80 && cp < 0xAC00) || (cp >= 0xF900 && cp < 0xFB00) ||
	       (cp >= 0xFE30 && cp < 0xFE50) || (cp >= 0xFF00 && cp < 0xFFEF) ||
	       (cp >= 0x20000 && cp < 0x40000);
}

static void owe_lines(struct plain *t, unsigned n)
{
	if (t->cells) {
		t->space = true;
		t->wrap = false;
		return;
	}
	t->space = false;
	if (t->lines < n)
		t->lines = n;
}

static void begin_line(struct plain *t)
{
	for (; t->lines && t->out->len; t->lines--) {
		sk_buf_putc(t->out, '\n');
		t->begun = false;
		t->last = 0;
	}
	t->lines = 0;
	if (t->begun)
		return;
	t->begun = true;
	for (unsigned i = 0; i < t->quotes && i < QUOTES; i++)
		sk_buf_puts(t->out, "> ");
	for (unsigned i = 1; i < t->lists && i < LISTS; i++)
		sk_buf_puts(t->out, "  ");
	if (t->lists)
		sk_buf_puts(t->out, t->mark[0] ? t->mark : "  ");
	t->mark[0] = 0;
}

static void put(struct plain *t, uint32_t cp)
{
	bool fresh = t->lines || !t->begun;

	begin_line(t);
	if (t->space && !fresh && t->last && t->last != '\t' && t->last != ' ' &&
	    !(t->wrap && is_wide(t->last) && is_wide(cp)))
		sk_buf_putc(t->out, ' ');
	t->space = t->wrap = false;
	sk_utf8_put(t->out, cp);
	t->last = cp;
}

static void put_string(struct plain *t, const char *s)
{
	for (; *s; s++)
		put(t, (uint8_t)*s);
}

static void put_pre(struct plain *t, uint32_t cp)
{
	if (cp != '\n')
		return put(t, cp);
	begin_line(t);
	t->lines = 1;
	t->space = false;
}

static void put_words(struct plain *t, struct sk_slice s)
{
	for (size_t at = 0; at < s.n && !t->out->err;) {
		int32_t cp = sk_utf8_next(s, &at);
		if (cp == '\r')
			cp = '\n';
		if (t->pre && !t->cells) {
			put_pre(t, cp < 0 ? 0xFFFD : (uint32_t)cp);
		} else if (cp == ' ' || cp == '\t' || cp == '\n' || cp == '\f' || cp == 0xA0) {
			/* One line end among them makes it one that may vanish. */
			t->wrap = (t->wrap || !t->space) && (cp == '\n' || t->wrap);
			t->space = true;
		} else {
			put(t, cp < 0 ? 0xFFFD : (uint32_t)cp);
		}
	}
}

static bool holds_table(const GumboNode *n, unsigned depth)
{
	for (unsigned i = 0; i < n->v.element.children.length; i++) {
		const GumboNode *c = n->v.element.children.data[i];
		if (c->type != GUMBO_NODE_ELEMENT)
			continue;
		if (c->v.element.tag == GUMBO_TAG_TABLE ||
		    (depth < SK_LIMIT_HTML_DEPTH && holds_table(c, depth + 1)))
			return true;
	}
	return false;
}

static void open_list(struct plain *t, const GumboElement *e, bool numbers)
{
	const GumboAttribute *start = sk_html_get(e, "start");
	long first = start ? strtol(start->value, NULL, 10) : 1;

	owe_lines(t, t->lists ? 1 : 2);
	if (t->lists < LISTS)
		t->number[t->lists] = numbers && first > 0 && first < 1000000 ? first - 1
				      : numbers                               ? 0
									      : -1;
	t->lists++;
}

static void open_item(struct plain *t)
{
	owe_lines(t, 1);
	if (t->lists == 0 || t->lists > LISTS)
		return;
	long *n = &t->number[t->lists - 1];
	if (*n < 0)
		snprintf(t->mark, sizeof(t->mark), "* ");
	else
		snprintf(t->mark, sizeof(t->mark), "%ld. ", ++*n);
}

static void open_cell(struct plain *t, struct frame *row)
{
	if (!row->is_table) {
		owe_lines(t, 1);
		return;
	}
	if (row->second) {
		t->space = false;
		begin_line(t);
		sk_buf_putc(t->out, '\t');
		t->last = '\t';
	}
	row->second = true;
	t->cells++;
}

static void put_picture(struct plain *t, const GumboElement *e)
{
	const GumboAttribute *alt = sk_html_get(e, "alt");

	if (alt == NULL || alt->value[strspn(alt->value, " \t\r\n")] == 0)
		return;
	put_string(t, "[");
	put_words(t, sk_slice_str(alt->value));
	t->space = false;
	put_string(t, "]");
}

/* Fields are written by the other side of this folder, into a buffer of their own. */
static void put_field(struct plain *t, const GumboElement *e)
{
	sk_buf_reset(&t->p->run);
	sk_html_put_field(t->p, e);
	put_words(t, sk_buf_slice(&t->p->run));
	sk_buf_reset(&t->p->run);
}

static void put_rule(struct plain *t)
{
	owe_lines(t, 1);
	put_string(t, "----------------------------------------");
	owe_lines(t, 1);
}

static bool is_block(const struct sk_html_rule *r)
{
	return r->fate == SK_HF_KEEP && (r->bans & SK_HC_P) != 0;
}

/* Paragraphs and headings have an empty line around them. */
static unsigned lines_around(GumboTag tag)
{
	switch (tag) {
	case GUMBO_TAG_P:
	case GUMBO_TAG_H1:
	case GUMBO_TAG_H2:
	case GUMBO_TAG_H3:
	case GUMBO_TAG_H4:
	case GUMBO_TAG_H5:
	case GUMBO_TAG_H6:
	case GUMBO_TAG_BLOCKQUOTE:
	case GUMBO_TAG_PRE:
	case GUMBO_TAG_DL:
		return 2;
	default:
		return 1;
	}
}

static void open_break(struct plain *t)
{
	if (t->cells)
		return owe_lines(t, 1);
	if (t->out->len && t->lines < 3)
		t->lines++;
	t->space = false;
}

static void open_table(struct plain *t, const GumboNode *n, struct frame *f)
{
	owe_lines(t, 1);
	f->is_table = t->cells == 0 && !holds_table(n, 0);
}

static void open_element(struct plain *t, const GumboNode *n, struct frame *f, struct frame *outer)
{
	const GumboElement *e = &n->v.element;

	switch (e->tag) {
	case GUMBO_TAG_BR:
		return open_break(t);
	case GUMBO_TAG_BLOCKQUOTE:
		owe_lines(t, 2);
		t->quotes++;
		break;
	case GUMBO_TAG_PRE:
	case GUMBO_TAG_LISTING:
	case GUMBO_TAG_XMP:
	case GUMBO_TAG_PLAINTEXT:
		owe_lines(t, 2);
		t->pre++;
		break;
	case GUMBO_TAG_UL:
	case GUMBO_TAG_MENU:
	case GUMBO_TAG_DIR:
	case GUMBO_TAG_OL:
		return open_list(t, e, e->tag == GUMBO_TAG_OL);
	case GUMBO_TAG_LI:
		return open_item(t);
	case GUMBO_TAG_HR:
		return put_rule(t);
	case GUMBO_TAG_TABLE:
		return open_table(t, n, f);
	case GUMBO_TAG_TR:
		if (t->cells == 0)
			owe_lines(t, 1);
		break;
	case GUMBO_TAG_TD:
	case GUMBO_TAG_TH:
		return open_cell(t, outer);
	case GUMBO_TAG_IMG:
		return put_picture(t, e);
	case GUMBO_TAG_RT:
		return put_string(t, "(");
	default:
		break;
	}
	if (is_block(sk_html_rule(e)))
		owe_lines(t, lines_around(e->tag));
}

/* The address of a link, unless it is what the link says. */
static void put_address(struct plain *t, const GumboElement *e, size_t from)
{
	const GumboAttribute *href = sk_html_get(e, "href");
	struct sk_buf place = SK_BUF(t->out->max);
	struct sk_slice said = sk_slice_sub(sk_buf_slice(t->out), from, SIZE_MAX);

	if (href == NULL || sk_html_put_link(sk_slice_str(href->value), &place) ||
	    place.p[0] == '#') {
		sk_buf_free(&place);
		return;
	}
	struct sk_slice s = sk_buf_slice(&place);
	struct sk_slice bare =
	    sk_slice_starts(s, SK_SLICE_LIT("mailto:")) ? sk_slice_sub(s, 7, s.n) : s;
	if (sk_slice_find(said, 0, bare) == SIZE_MAX) {
		put_string(t, " [");
		t->space = false;
		put_words(t, bare);
		put_string(t, "]");
	}
	sk_buf_free(&place);
}

static void leave_element(struct plain *t, const GumboNode *n, struct frame *f, struct frame *outer)
{
	const GumboElement *e = &n->v.element;

	switch (e->tag) {
	case GUMBO_TAG_A:
		return put_address(t, e, f->link);
	case GUMBO_TAG_BLOCKQUOTE:
		t->quotes--;
		break;
	case GUMBO_TAG_PRE:
	case GUMBO_TAG_LISTING:
	case GUMBO_TAG_XMP:
	case GUMBO_TAG_PLAINTEXT:
		t->pre--;
		return owe_lines(t, 2);
	case GUMBO_TAG_UL:
	case GUMBO_TAG_MENU:
	case GUMBO_TAG_DIR:
	case GUMBO_TAG_OL:
		t->lists--;
		return owe_lines(t, t->lists ? 1 : 2);
	case GUMBO_TAG_TD:
	case GUMBO_TAG_TH:
		if (outer->is_table)
			t->cells--;
		break;
	case GUMBO_TAG_RT:
		return put_string(t, ")");
	case GUMBO_TAG_TABLE:
	case GUMBO_TAG_TR:
	case GUMBO_TAG_CAPTION:
		return owe_lines(t, 1);
	default:
		break;
	}
	if (is_block(sk_html_rule(e)) && e->tag != GUMBO_TAG_HR)
		owe_lines(t, lines_around(e->tag));
}

static bool is_hidden(const GumboElement *e)
{
	return sk_html_rule(e)->fate == SK_HF_DROP || e->tag == GUMBO_TAG_RP;
}

static void enter_node(struct plain *t, struct sk_html_walk *w, const GumboNode *n, struct frame *f)
{
	if (n->type == GUMBO_NODE_TEXT || n->type == GUMBO_NODE_WHITESPACE ||
	    n->type == GUMBO_NODE_CDATA)
		return put_words(t, sk_slice_str(n->v.text.text));
	if (n->type == GUMBO_NODE_COMMENT)
		return sk_html_tell(t->p, SK_HTML_COMMENT, "HTML");
	if (n->type != GUMBO_NODE_ELEMENT && n->type != GUMBO_NODE_TEMPLATE)
		return;
	const GumboElement *e = &n->v.element;
	const struct sk_html_rule *r = sk_html_rule(e);
	sk_html_tell_element(t->p, e);
	*f = (struct frame){t->out->len, (f - 1)->is_table, false};
	if (r->fate == SK_HF_FIELD)
		put_field(t, e);
	if (r->fate == SK_HF_FIELD || is_hidden(e))
		sk_html_walk_skip(w);
	else
		open_element(t, n, f, f - 1);
}

static int put_body(struct plain *t, const GumboNode *body)
{
	struct sk_html_page *p = t->p;
	struct sk_html_walk w;
	const GumboNode *n;
	bool leave;
	struct frame *frames =
	    sk_arena_array(p->job->arena, SK_LIMIT_HTML_DEPTH + 2, sizeof(*frames));
	int rc = frames ? sk_html_walk_begin(&w, p->job, body) : SK_ENOMEM;

	while (rc == 0 && (n = sk_html_walk_next(&w, p->job, &leave, &rc)) != NULL) {
		if (!leave)
			enter_node(t, &w, n, &frames[w.depth - 1]);
		else if (w.depth && n->type == GUMBO_NODE_ELEMENT && !is_hidden(&n->v.element) &&
			 sk_html_rule(&n->v.element)->fate != SK_HF_FIELD)
			leave_element(t, n, &frames[w.depth], &frames[w.depth - 1]);
		if (rc == 0)
			rc = t->out->err;
	}
	return rc;
}

static int put_all(struct plain *t, const struct sk_html_tree *tree, bool titled)
{
	const GumboNode *body = sk_html_child(tree->root, GUMBO_TAG_BODY);
	struct sk_buf title = SK_BUF(t->out->max), sheets = SK_BUF(t->out->max);

	sk_html_gather_head(t->p, tree, &title, &sheets);
	sk_html_tell_outside(t->p, tree);
	if (title.len && titled) {
		put_words(t, sk_buf_slice(&title));
		t->lines = 2;
	}
	sk_buf_free(&title);
	sk_buf_free(&sheets);
	if (t->p->rc)
		return t->p->rc;
	int rc = body ? put_body(t, body) : 0;
	if (rc == 0)
		rc = t->p->rc;
	return rc ? rc : sk_buf_putc(t->out, '\n');
}

/* Spaces at the ends of lines are not seen, and no more than two empty lines stand together. */
static int put_clean(struct sk_html_page *p, struct sk_slice s, struct sk_buf *out)
{
	struct sk_buf lines = SK_BUF(out->max);
	int rc = sk_text_filter(s, &lines, &p->counts);

	for (size_t i = 0; i < lines.len && rc == 0; i++) {
		size_t end = i;
		while (end < lines.len && lines.p[end] == ' ')
			end++;
		if (end < lines.len && lines.p[end] == '\n')
			i = end;
		rc = sk_buf_putc(out, lines.p[i]);
	}
	sk_buf_free(&lines);
	return rc;
}

static int put_text(struct sk_html_page *p, const struct sk_html_tree *tree, void *out)
{
	struct sk_buf raw = SK_BUF(p->job->limits->output);
	struct plain t = {.p = p, .out = &raw};

	p->out = &raw;
	p->text = true;
	p->css.picture = NULL;
	int rc = put_all(&t, tree, !p->place->body);
	p->css.dropped = p->css.remote = 0; /* of a plain text no look is left */
	if (rc == 0)
		rc = put_clean(p, sk_buf_slice(&raw), out);
	sk_buf_free(&raw);
	return rc;
}

int sk_html_text(
    struct sk_job *job, const struct sk_html_place *place, struct sk_slice in, struct sk_buf *out)
{
	return sk_html_read_page(job, place, in, put_text, out);
}
