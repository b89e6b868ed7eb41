/*
 * Method text: paragraphs one a line, rows of tables as tab-separated lines, fields as what they show, notes at the
 * end. Cleaner's jail.
 */
#include "format/rtf/rtf.h"

#include "base/utf8.h"

struct plain {
	struct sk_buf *out, notes;
	unsigned count; /* of notes */
	bool table;     /* inside a table */
	bool deleted;   /* by a tracked change */
};

static void walk(struct plain *p, const struct rtf_node *group);

static void end_line(struct plain *p)
{
	if (p->out->len && p->out->p[p->out->len - 1] != '\n')
		sk_buf_putc(p->out, '\n');
}

/* Paragraphs of one cell stand beside each other. */
static void put_break(struct plain *p)
{
	bool begins = p->out->len == 0 || p->out->p[p->out->len - 1] == '\t' ||
		      p->out->p[p->out->len - 1] == '\n';

	if (!p->table)
		sk_buf_putc(p->out, '\n');
	else if (!begins)
		sk_buf_putc(p->out, ' ');
}

/* The tab behind the last cell says nothing. */
static void end_row(struct plain *p)
{
	while (p->out->len &&
	       (p->out->p[p->out->len - 1] == '\t' || p->out->p[p->out->len - 1] == ' '))
		p->out->len--;
	sk_buf_putc(p->out, '\n');
	p->table = false;
}

static void end_cell(struct plain *p)
{
	while (p->out->len && p->out->p[p->out->len - 1] == ' ')
		p->out->len--;
	sk_buf_putc(p->out, '\t');
}

static uint32_t character(const char *name)
{
	static const struct {
		const char *name;
		uint32_t c;
	} list[] = {{"bullet", 0x2022}, {"emdash", 0x2014}, {"endash", 0x2013}, {"emspace", 0x2003},
	    {"enspace", 0x2002}, {"qmspace", 0x2005}, {"lquote", 0x2018}, {"rquote", 0x2019},
	    {"ldblquote", 0x201C}, {"rdblquote", 0x201D}};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (strcmp(list[i].name, name) == 0)
			return list[i].c;
	return 0;
}

static bool is_any(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(*list, name) == 0)
			return true;
	return false;
}

static void word(struct plain *p, const struct rtf_node *n)
{
	static const char *const breaks[] = {"par", "line", "page", "sect", "column", NULL};
	static const char *const spaces[] = {"nestcell", "nestrow", NULL};
	uint32_t c = character(n->name);

	if (strcmp(n->name, "deleted") == 0)
		p->deleted = !n->numbered || n->number;
	else if (strcmp(n->name, "plain") == 0)
		p->deleted = false;
	else if (strcmp(n->name, "intbl") == 0 || strcmp(n->name, "trowd") == 0)
		p->table = true;
	else if (strcmp(n->name, "pard") == 0)
		p->table = false;
	else if (strcmp(n->name, "cell") == 0)
		end_cell(p);
	else if (strcmp(n->name, "row") == 0)
		end_row(p);
	else if (is_any(n->name, breaks))
		put_break(p);
	else if (is_any(n->name, spaces))
		sk_buf_putc(p->out, ' ');
	else if (strcmp(n->name, "tab") == 0)
		sk_buf_putc(p->out, p->table ? ' ' : '\t');
	else if (c && !p->deleted)
		(void)sk_utf8_put(p->out, c);
}

/* Its own lines, in place. */
static void aside(struct plain *p, const struct rtf_node *group)
{
	struct plain inner = *p;

	inner.table = inner.deleted = false;
	end_line(p);
	walk(&inner, group);
	p->count = inner.count;
	p->notes = inner.notes;
	end_line(p);
}

/* Footnotes and comments: a number in the text, and their words at the end. */
static void note(struct plain *p, const struct rtf_node *group)
{
	struct sk_buf text = SK_BUF(p->out->max);
	struct plain inner = {.out = &text, .notes = SK_BUF(p->out->max), .count = 0};

	p->count++;
	sk_buf_printf(p->out, "[%u]", p->count);
	walk(&inner, group);
	while (text.len && (text.p[text.len - 1] == '\n' || text.p[text.len - 1] == ' '))
		text.len--;
	sk_buf_printf(&p->notes, "[%u] ", p->count);
	sk_buf_put_slice(&p->notes, sk_buf_slice(&text));
	sk_buf_putc(&p->notes, '\n');
	sk_buf_free(&text);
	sk_buf_free(&inner.notes);
}

/* Only the children of these names count. */
static void children(struct plain *p, const struct rtf_node *group, const char *name)
{
	for (const struct rtf_node *c = rtf_child(group, NULL, name); c;
	     c = rtf_child(group, c, name))
		walk(p, c);
}

static void shape(struct plain *p, const struct rtf_node *group)
{
	for (const struct rtf_node *n = group->first; n; n = n->next) {
		if (n->kind != RTF_NODE_GROUP || n->name == NULL)
			continue;
		if (strcmp(n->name, "shptxt") == 0 || strcmp(n->name, "dptxbxtext") == 0)
			aside(p, n);
		else if (strcmp(n->name, "shpinst") == 0 || strcmp(n->name, "shp") == 0 ||
			 strcmp(n->name, "shpgrp") == 0)
			shape(p, n);
	}
}

static void group_of(struct plain *p, const struct rtf_node *n)
{
	static const char *const asides[] = {"header", "headerf", "headerl", "headerr", "footer",
	    "footerf", "footerl", "footerr", NULL};
	static const char *const inside[] = {
	    "listtext", "pntext", "mmath", "moMath", "moMathPara", "fldrslt", "result", "ud", NULL};
	static const char *const notes[] = {"footnote", "annotation", NULL};
	static const char *const shapes[] = {"shp", "shpgrp", "do", NULL};
	const struct rtf_dest *d = n->name ? rtf_dest(sk_slice_str(n->name)) : NULL;

	if (n->name == NULL && !n->star)
		walk(p, n);
	else if (d == NULL)
		return;
	else if (is_any(n->name, asides))
		aside(p, n);
	else if (is_any(n->name, notes))
		note(p, n);
	else if (is_any(n->name, shapes))
		shape(p, n);
	else if (strcmp(n->name, "field") == 0)
		children(p, n, "fldrslt");
	else if (strcmp(n->name, "object") == 0)
		children(p, n, "result");
	else if (strcmp(n->name, "upr") == 0)
		children(p, n, "ud");
	else if (is_any(n->name, inside) || d->cls == RTF_C_MATH)
		walk(p, n);
}

/* Line ends written as characters (\'0d) are controls like any other: only words make lines. */
static void put_text(struct plain *p, struct sk_slice s)
{
	for (size_t at = 0, end; at < s.n; at = end + 1) {
		for (end = at; end < s.n && s.p[end] != '\r' && s.p[end] != '\n';)
			end++;
		sk_buf_put_slice(p->out, sk_slice_sub(s, at, end - at));
	}
}

static void walk(struct plain *p, const struct rtf_node *group)
{
	bool deleted = p->deleted;

	for (const struct rtf_node *n = group->first; n; n = n->next) {
		if (n->kind == RTF_NODE_GROUP)
			group_of(p, n);
		else if (n->kind == RTF_NODE_WORD)
			word(p, n);
		else if (n->kind == RTF_NODE_TEXT && !p->deleted)
			put_text(p, n->s);
		else if (n->kind == RTF_NODE_SYMBOL && !p->deleted &&
			 (n->number == '~' || n->number == '_'))
			(void)sk_utf8_put(p->out, n->number == '~' ? 0xA0 : 0x2011);
	}
	p->deleted = deleted;
}

int rtf_text(struct rtf_doc *doc, struct sk_buf *out)
{
	struct plain p = {.out = out, .notes = SK_BUF(out->max)};

	walk(&p, doc->root);
	end_line(&p);
	sk_buf_put_slice(out, sk_buf_slice(&p.notes));
	int rc = p.notes.err ? p.notes.err : out->err;
	sk_buf_free(&p.notes);
	return rc;
}
