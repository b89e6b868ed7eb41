/* The tree as a file (doc/profiles/svg.md, section 1), and its words. Cleaner's jail. */
#include "format/svg/svg.h"
#include "format/text/text.h"

static void put_start(const struct sk_svg *s, const struct sk_svg_node *n, struct sk_buf *out)
{
	sk_buf_putc(out, '<');
	sk_buf_puts(out, n->element->name);
	if (n->parent == NULL)
		sk_buf_puts(out, " xmlns=\"" SK_SVG_URI "\"");
	if (n->parent == NULL && s->references)
		sk_buf_puts(out, " xmlns:xlink=\"" SK_SVG_XLINK "\"");
	for (const struct sk_svg_attr *a = n->attrs; a; a = a->next) {
		sk_buf_putc(out, ' ');
		sk_buf_puts(out, a->name);
		sk_buf_puts(out, "=\"");
		sk_text_escape(out, a->value, true);
		sk_buf_putc(out, '"');
	}
	sk_buf_puts(out, n->first ? ">" : "/>");
}

static void put_end(const struct sk_svg_node *n, struct sk_buf *out)
{
	sk_buf_puts(out, "</");
	sk_buf_puts(out, n->element->name);
	sk_buf_putc(out, '>');
}

/* The next node in the order of the file; ends on the way up are told to `leave`. */
static const struct sk_svg_node *next_node(const struct sk_svg_node *n,
    void (*leave)(const struct sk_svg_node *n, struct sk_buf *out), struct sk_buf *out)
{
	if (n->first)
		return n->first;
	while (n && n->next == NULL) {
		n = n->parent;
		if (n)
			leave(n, out);
	}
	return n ? n->next : NULL;
}

int sk_svg_write(const struct sk_svg *s, struct sk_buf *out)
{
	sk_buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	for (const struct sk_svg_node *n = s->root; n; n = next_node(n, put_end, out)) {
		if (n->element)
			put_start(s, n, out);
		else
			sk_text_escape(out, n->text, false);
	}
	return sk_buf_putc(out, '\n');
}

/* A text element is a line. */
static void end_line(const struct sk_svg_node *n, struct sk_buf *out)
{
	if (strcmp(n->element->name, "text") != 0 && strcmp(n->element->name, "title") != 0 &&
	    strcmp(n->element->name, "desc") != 0)
		return;
	while (out->len && out->p[out->len - 1] == ' ')
		out->len--;
	if (out->len && out->p[out->len - 1] != '\n')
		sk_buf_putc(out, '\n');
}

/* White space is one space, none at the beginning of a line. */
static void put_words(struct sk_buf *out, struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t b = s.p[i];
		bool white = b == ' ' || b == '\t' || b == '\n' || b == '\r';
		if (!white)
			sk_buf_putc(out, b);
		else if (out->len && out->p[out->len - 1] != '\n' && out->p[out->len - 1] != ' ')
			sk_buf_putc(out, ' ');
	}
}

int sk_svg_write_text(const struct sk_svg *s, struct sk_buf *out)
{
	for (const struct sk_svg_node *n = s->root; n; n = next_node(n, end_line, out))
		if (n->element == NULL && n->parent->element->kind & SK_SVG_TEXT &&
		    strcmp(n->parent->element->name, "style") != 0)
			put_words(out, n->text);
	end_line(&(struct sk_svg_node){.element = sk_svg_element("text")}, out);
	return out->len ? out->err : sk_buf_putc(out, '\n');
}
