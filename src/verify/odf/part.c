/* One XML part: names, values, and elements of special meaning (doc/profiles/odf.md, sections 4 to 8). Verifier's jail. */
#include "verify/odf/odf.h"
#include "verify/odf/value.h"

#define WORD_MAX 256
#define LIST_MAX 1048576

struct walk {
	struct sk_vo_file *f;
	struct sk_vo_doc *doc;
	struct sk_vx *x;
	struct sk_slice name; /* of the part */
	unsigned root;
	bool body; /* what office:body holds was seen */
	char item; /* kind of the setting that is open */
	bool said; /* it, or another element with one text, has its text */
	unsigned open[SK_LIMIT_XML_DEPTH];
	bool shows[SK_LIMIT_XML_DEPTH]; /* a picture stands in it, or a document */
};

static int fail(struct walk *w, const char *what, struct sk_slice name)
{
	return sk_fail(w->f->c, sk_vx_at(w->x), "%.*s: %s: %.*s",
	    (int)(w->name.n > 80 ? 80 : w->name.n), (const char *)w->name.p, what,
	    (int)(name.n > 60 ? 60 : name.n), (const char *)name.p);
}

static int value(struct walk *w, struct sk_slice raw, struct sk_slice *out)
{
	int rc = sk_vx_decode(raw, &w->f->scratch, out);

	return rc == SK_EFORMAT ? fail(w, "reference", raw) : rc;
}

static bool fits(struct walk *w, char class, struct sk_slice v)
{
	switch (class) {
	case 'k':
		return sk_vo_words(v, WORD_MAX);
	case 'l':
		return sk_vo_words(v, LIST_MAX);
	case 'c':
		return sk_vo_chart(v);
	case 's':
		return true;
	case 'f':
		return sk_vo_formula(v);
	case 'r':
		return sk_vo_ranges(v);
	case 'h':
		return sk_vo_link(v);
	case 'i':
		w->shows[w->x->depth - 1] = true;
		return sk_vo_use_picture(w->f, w->doc, v);
	case 'o':
		w->shows[w->x->depth - 1] = true;
		return sk_vo_use_object(w->f, w->doc, v);
	default:
		return false;
	}
}

static int attributes(struct walk *w, unsigned element)
{
	struct sk_slice v;

	for (size_t i = w->x->depth == 1 ? sk_vo_spaces(w->root == VO_math_math) : 0;
	     i < w->x->nattrs; i++) {
		const struct sk_vx_attr *a = &w->x->attrs[i];
		char class = sk_vo_attribute(element, a->name, a->hash);
		if (class == 0)
			return fail(w, "attribute that is not listed", a->name);
		int rc = value(w, a->value, &v);
		if (rc)
			return rc;
		if (!fits(w, class, v))
			return fail(w, "value that is not allowed", a->name);
	}
	return 0;
}

/* --- elements of special meaning --- */

static int body(struct walk *w, unsigned element)
{
	static const unsigned kinds[] = {VO_office_text, VO_office_spreadsheet,
	    VO_office_presentation, VO_office_drawing, VO_office_chart};
	unsigned kind = 0;

	if (w->x->depth != 3)
		return 0;
	while (kind < VO_CHART && kinds[kind] != element)
		kind++;
	if (w->body || (w->doc->kind != VO_KINDS && w->doc->kind != kind))
		return fail(w, "another kind of document", w->x->name);
	w->body = true;
	w->doc->kind = (enum sk_vo_kind)kind;
	return 0;
}

static int flat_root(struct walk *w)
{
	const struct sk_slice *type = sk_vx_attr(w->x, "office:mimetype");
	char want[64];

	if (w->x->depth > 1)
		return 0;
	snprintf(want, sizeof(want), SK_VO_MEDIA "%s", sk_vo_media(w->doc->kind));
	if (type == NULL || !sk_slice_is(*type, want))
		return fail(w, "type of the document", w->x->name);
	return 0;
}

static int table(struct walk *w)
{
	const struct sk_slice *raw = sk_vx_attr(w->x, "table:name");
	struct sk_slice v = {0};
	int rc = raw ? value(w, *raw, &v) : 0;

	if (rc || v.n == 0 || v.p[0] != '\'')
		return rc;
	return sk_slice_find(v, 0, SK_SLICE_LIT("'#")) == SIZE_MAX
		   ? 0
		   : fail(w, "table of another file", v);
}

static int setting(struct walk *w, bool item)
{
	const struct sk_slice *name = sk_vx_attr(w->x, "config:name");
	char kind = name ? sk_vo_setting(*name) : 0;

	if (item ? kind == 0 || kind == 's' : kind != 's')
		return fail(w, "setting that is not listed", name ? *name : w->x->name);
	if (item && sk_vx_attr(w->x, "config:type") == NULL)
		return fail(w, "setting without a type", *name);
	w->item = item ? kind : 0;
	return 0;
}

static int start_special(struct walk *w, unsigned element)
{
	w->said = false;
	switch (element) {
	case VO_office_text:
	case VO_office_spreadsheet:
	case VO_office_presentation:
	case VO_office_drawing:
	case VO_office_chart:
		return body(w, element);
	case VO_office_document:
		return flat_root(w);
	case VO_table_table:
		return table(w);
	case VO_text_a:
	case VO_draw_a:
		return sk_vx_attr(w->x, "xlink:href") ? 0 : fail(w, "link to nothing", w->x->name);
	case VO_config_config_item:
		return setting(w, true);
	case VO_config_config_item_set:
	case VO_config_config_item_map_indexed:
	case VO_config_config_item_map_named:
		return setting(w, false);
	case VO_office_binary_data:
		if (!w->f->flat || w->shows[w->x->depth - 2])
			return fail(w, "picture where none may stand", w->x->name);
		w->shows[w->x->depth - 2] = true;
		return 0;
	default:
		return 0;
	}
}

static int end_special(struct walk *w, unsigned element, bool shows)
{
	switch (element) {
	case VO_draw_image:
	case VO_draw_fill_image:
	case VO_text_list_level_style_image:
		return shows ? 0 : fail(w, "picture without one", sk_vo_element_name(element));
	case VO_office_binary_data:
		return w->said ? 0 : fail(w, "picture without bytes", sk_vo_element_name(element));
	case VO_config_config_item:
		return w->said || sk_vo_setting_value(w->item, sk_slice(NULL, 0))
			   ? 0
			   : fail(w, "setting without a value", sk_vo_element_name(element));
	case VO_meta_generator:
		return w->said ? 0 : fail(w, "program without a name", sk_vo_element_name(element));
	default:
		return 0;
	}
}

static int text_special(struct walk *w, unsigned element)
{
	struct sk_slice v;
	int rc = 0;

	w->said = true;
	if (element == VO_office_binary_data)
		return sk_vo_binary(w->f, w->x->text);
	if (element != VO_config_config_item && element != VO_meta_generator)
		return 0;
	rc = value(w, w->x->text, &v);
	if (rc)
		return rc;
	if (element == VO_meta_generator ? !sk_vo_generator(v) : !sk_vo_setting_value(w->item, v))
		return fail(w, "text that is not allowed", v);
	return 0;
}

/* --- the walk --- */

static int enter(struct walk *w)
{
	struct sk_vx *x = w->x;
	int element = sk_vo_element(x->name, x->hash);

	if (element < 0)
		return fail(w, "element that is not listed", x->name);
	if (x->depth == 1 ? (unsigned)element != w->root
			  : !sk_vo_child(w->open[x->depth - 2], (unsigned)element))
		return fail(w, "element that must not stand here", x->name);
	w->open[x->depth - 1] = (unsigned)element;
	w->shows[x->depth - 1] = false;
	int rc = attributes(w, (unsigned)element);
	return rc ? rc : start_special(w, (unsigned)element);
}

static int event(struct walk *w, int ev)
{
	unsigned element = w->open[w->x->depth - (ev == SK_VX_END ? 0 : 1)];

	if (ev == SK_VX_START)
		return enter(w);
	if (ev == SK_VX_END)
		return end_special(w, element, w->shows[w->x->depth]);
	if (!sk_vo_has_text(element))
		return fail(w, "text where none may stand", sk_vo_element_name(element));
	return text_special(w, element);
}

/* The declaration, the root and its namespaces have one spelling. */
static int head(struct walk *w, struct sk_slice bytes)
{
	const struct sk_slice parts[] = {SK_SLICE_LIT(SK_VX_DECL "<"), sk_vo_element_name(w->root),
	    sk_vo_declarations(w->root == VO_math_math)};

	for (size_t i = 0; i < 3; i++) {
		if (!sk_slice_starts(bytes, parts[i]))
			return fail(w, "root element", w->name);
		bytes = sk_slice_sub(bytes, parts[i].n, bytes.n);
	}
	return bytes.n && memchr(" />", bytes.p[0], 3) ? 0 : fail(w, "root element", w->name);
}

int sk_vo_part(struct sk_vo_file *f, struct sk_vo_doc *doc, struct sk_slice name, unsigned root,
    struct sk_slice bytes)
{
	struct walk *w = sk_arena_alloc(f->c->arena, sizeof(*w));
	int rc = sk_vx_check_chars(f->c, bytes), ev;

	if (w == NULL)
		return SK_ENOMEM;
	w->f = f;
	w->doc = doc;
	w->x = f->xml;
	w->name = name;
	w->root = root;
	if (rc == 0)
		rc = sk_vx_begin(w->x, f->c, bytes, SK_SLICE_LIT(SK_VX_DECL));
	if (rc == 0)
		rc = head(w, bytes);
	while (rc == 0 && (ev = sk_vx_next(w->x)) != SK_VX_DONE)
		rc = ev < 0 ? ev : event(w, ev);
	return rc;
}
