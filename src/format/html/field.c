/* Fields of forms, which become what they show (doc/profiles/html.md, section 3.3). Cleaner's jail. */
#include <strings.h>

#include "format/html/page.h"

static bool is(const GumboElement *e, const char *name, const char *value)
{
	const GumboAttribute *a = sk_html_get(e, name);

	return a && strcasecmp(a->value, value) == 0;
}

static void put_box(struct sk_html_page *p, struct sk_slice s)
{
	if (!p->text)
		sk_html_put_markup(p, "<span style=\"border:1px solid #767676\">");
	if (p->text)
		sk_html_put_text(p, SK_SLICE_LIT("["));
	sk_html_put_text(p, s.n ? s : SK_SLICE_LIT("\xC2\xA0\xC2\xA0\xC2\xA0\xC2\xA0"));
	if (p->text)
		sk_html_put_text(p, SK_SLICE_LIT("]"));
	if (!p->text)
		sk_html_put_markup(p, "</span>");
}

static void put_choice(struct sk_html_page *p, const GumboElement *e, struct sk_buf *all)
{
	if (all->len)
		sk_buf_puts(all, " / ");
	if (sk_html_get(e, "selected"))
		sk_buf_puts(all, "\xE2\x96\xB6"); /* ▶ */
	sk_html_gather(e, all);
}

static void put_select(struct sk_html_page *p, const GumboElement *e)
{
	struct sk_buf all = SK_BUF(p->out->max);

	for (unsigned i = 0; i < e->children.length; i++) {
		const GumboNode *n = e->children.data[i];
		if (n->type != GUMBO_NODE_ELEMENT)
			continue;
		const GumboVector *in = &n->v.element.children;
		if (n->v.element.tag == GUMBO_TAG_OPTION)
			put_choice(p, &n->v.element, &all);
		for (unsigned k = 0; n->v.element.tag == GUMBO_TAG_OPTGROUP && k < in->length;
		     k++) {
			const GumboNode *o = in->data[k];
			if (o->type == GUMBO_NODE_ELEMENT && o->v.element.tag == GUMBO_TAG_OPTION)
				put_choice(p, &o->v.element, &all);
		}
	}
	if (all.err && p->rc == 0)
		p->rc = all.err;
	put_box(p, sk_buf_slice(&all));
	sk_buf_free(&all);
}

static void put_textarea(struct sk_html_page *p, const GumboElement *e)
{
	struct sk_buf all = SK_BUF(p->out->max);

	sk_html_gather(e, &all);
	if (all.err && p->rc == 0)
		p->rc = all.err;
	put_box(p, sk_buf_slice(&all));
	sk_buf_free(&all);
}

static void put_input(struct sk_html_page *p, const GumboElement *e)
{
	const GumboAttribute *value = sk_html_get(e, "value"), *alt = sk_html_get(e, "alt");
	bool on = sk_html_get(e, "checked") != NULL;

	if (is(e, "type", "hidden"))
		return;
	if (is(e, "type", "checkbox"))
		sk_html_put_text(p, sk_slice_str(on ? "\xE2\x98\x91" : "\xE2\x98\x90")); /* ☑ ☐ */
	else if (is(e, "type", "radio"))
		sk_html_put_text(p, sk_slice_str(on ? "\xE2\x97\x89" : "\xE2\x97\x8B")); /* ◉ ○ */
	else if (is(e, "type", "image"))
		sk_html_put_text(p, sk_slice_str(alt ? alt->value : ""));
	else if (is(e, "type", "password"))
		put_box(p, sk_slice_str(""));
	else
		put_box(p, sk_slice_str(value ? value->value : ""));
}

void sk_html_put_field(struct sk_html_page *p, const GumboElement *e)
{
	if (e->tag == GUMBO_TAG_SELECT)
		put_select(p, e);
	else if (e->tag == GUMBO_TAG_TEXTAREA)
		put_textarea(p, e);
	else
		put_input(p, e);
}
