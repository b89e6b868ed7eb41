/*
 * The schema filter: one pass of expat over a part, each element checked against the type its
 * parent gives it, each attribute against that type, and what is allowed written anew in the one
 * form that doc/profiles/ooxml.md describes. A start tag that turns out wrong later is rolled back
 * by cutting the output at its place. Runs in the cleaner's jail.
 */
#include "format/ooxml/flt.h"

/* What is not in the parent's type: its children in its place, or nothing of it. */
static void start_unknown(
    struct ox_flt *f, uint16_t name, uint8_t ns, const struct ox_frame *parent, const char **atts)
{
	uint16_t type = parent->type;

	if (name && ox_name_row(name)->flags & OX_UNWRAP) {
		struct ox_frame *frame = ox_push(f);
		if (frame == NULL)
			return;
		frame->bindings = (uint32_t)f->nbindings;
		frame->type = type;
		frame->through = true;
		ox_count(f, SK_OOXML_CUSTOM_XML);
		return;
	}
	/* The shape that stands for an object of a sheet names it here. */
	for (; name == N_a14_compatExt && *atts; atts += 2)
		if (strcmp(atts[0], "spid") == 0)
			snprintf(f->spid, sizeof(f->spid), "%s", atts[1]);
	if (name == N_a14_compatExt) {
		f->skip = 1;
		return;
	}
	/* A comment on a slide must say what it stands at; what it stood at is named in ways not kept. */
	if (parent->name == N_p188_cm && ns == NS_UNKNOWN && !parent->satisfied) {
		f->frames[f->depth - 1].satisfied = true;
		ox_close_start_tag(f);
		sk_buf_puts(&f->buf, "<p188:unknownAnchor/>");
	}
	f->skip = 1;
	if (f->depth && f->frames[0].type && ns != NS_QUIET && ns != NS_mc && name &&
	    ox_name_row(name)->drop) {
		ox_count(f, ox_name_row(name)->drop);
		for (size_t i = 0; i < f->depth; i++)
			if (f->frames[i].hook == HOOK_TIMING)
				f->timing = true;
	} else if (ns == NS_QUIET) {
		ox_count(f, SK_OOXML_METADATA);
	} else {
		ox_count(f, SK_OOXML_UNKNOWN_XML);
	}
}

static void start_root(struct ox_flt *f, uint16_t name, const char **atts)
{
	struct ox_root root = ox_root_of(f->out->kind);

	if (name == 0 || name != root.name) {
		f->rc = SK_EFORMAT;
		ox_stop(f, SK_EFORMAT);
		return;
	}
	struct ox_frame *frame = ox_push(f);
	if (frame == NULL)
		return;
	frame->type = root.type;
	frame->name = name;
	ox_take_attributes(f, root.type, name, atts);
	ox_resolve_attributes(f, name);
	f->ns_used |= 1ULL << ox_name_row(name)->ns;
	ox_put_attributes(f, &f->root);
	f->ns_root = f->ns_used;
	f->open = true;
}

/* The schema allows it, but not what stands around it: no second or foreign thing in a graphic, no text between an
 * alternative and a field outside. */
static bool misplaced(struct ox_flt *f, uint16_t name)
{
	struct ox_frame *holder = ox_holder(f);
	const struct ox_name *row = ox_name_row(name);

	if (holder->hook == HOOK_GRAPHIC_DATA && row->hook != HOOK_OLE) {
		bool fits = holder->data == row->ns;
		holder->data = 0;
		return !fits;
	}
	return f->floor && (name == N_w_t || name == N_w_delText) && !ox_field_text_ok(f);
}

static void start_known(
    struct ox_flt *f, uint16_t name, uint16_t type, uint32_t bindings, const char **atts)
{
	if (misplaced(f, name)) {
		ox_count(f, SK_OOXML_UNKNOWN_XML);
		f->skip = 1;
		return;
	}
	struct ox_frame *frame = ox_push(f);

	if (frame == NULL)
		return;
	const struct ox_name *row = ox_name_row(name);
	frame->type = type;
	frame->name = name;
	frame->hook = row->hook;
	frame->flags = row->flags;
	frame->bindings = bindings;
	ox_take_attributes(f, type, name, atts);
	bool keep = ox_resolve_attributes(f, name);
	enum ox_verdict v = !keep ? OX_SKIP : row->hook ? ox_hook_start(f, ox_top(f)) : OX_KEEP;
	frame = ox_top(f);
	if (v == OX_SKIP) {
		f->depth--;
		f->skip = 1;
		return;
	}
	frame->through = v == OX_THROUGH;
	if (!frame->through)
		ox_put_start(f, frame);
	if (row->flags & OX_FORMULA) {
		f->collecting = true;
		sk_buf_reset(&f->text);
		frame->data = (uint32_t)f->buf.len;
	}
}

void XMLCALL ox_on_start(void *user, const XML_Char *q, const XML_Char **atts)
{
	struct ox_flt *f = user;
	uint8_t ns;

	if (f->skip) {
		f->skip++;
		return;
	}
	if (++f->elements > SK_LIMIT_XML_ELEMENTS) {
		sk_job_refuse(f->job, SK_REASON_LIMIT_OBJECTS, "%s", f->out->from->name);
		ox_stop(f, SK_EREFUSED);
		return;
	}
	uint32_t bindings = (uint32_t)f->nbindings;
	for (const char **a = atts; *a; a += 2)
		if (a[0][0] == 'x' && strncmp(a[0], "xmlns", 5) == 0 &&
		    (a[0][5] == ':' || !a[0][5]))
			ox_bind(f, a[0][5] ? a[0] + 6 : "", a[1]);
	if (f->rc)
		return;
	uint16_t name = ox_intern(f, q, false, &ns);
	if (f->depth == 0) {
		start_root(f, name, atts);
		return;
	}
	struct ox_frame *parent = ox_top(f);
	size_t depth = f->depth;
	if (parent->mc == OX_MC_CHOICE)
		parent->data = 1;
	uint16_t type = name ? ox_child(parent->type, name) : 0;
	if (ns == NS_mc && name)
		ox_start_alternative(f, name, parent, atts);
	else if (type && parent->mc != OX_MC_ALTERNATE)
		start_known(f, name, type, bindings, atts);
	else
		start_unknown(f, name, ns, parent, atts);
	if (f->skip)
		ox_unbind(f, bindings);
	else if (f->depth > depth)
		ox_top(f)->bindings = bindings;
}

bool ox_is_rule(uint16_t n)
{
	return n == N_x_cfRule || n == N_x_dataValidation || n == N_x14_cfRule ||
	       n == N_x14_dataValidation || n == N_x14_sparkline;
}

/* A rule or a check without its formula means nothing: it goes too. */
void ox_doom_rule(struct ox_flt *f)
{
	for (size_t i = f->depth - 1; i > 0 && i + 4 > f->depth; i--)
		if (ox_is_rule(f->frames[i].name)) {
			f->frames[i].doomed = true;
			return;
		}
}

/* The text of a formula element is complete. In charts the values stay and only the reference goes.
 */
static bool formula_stays(struct ox_flt *f, struct ox_frame *frame)
{
	f->collecting = false;
	sk_buf_putc(&f->text, 0);
	if (!f->text.err && ox_formula_ok(f->pkg, (const char *)f->text.p))
		return true;
	ox_count(f, SK_OOXML_FORMULA);
	if (frame->name == N_c_f || frame->name == N_cx_f || frame->name == N_c15_f ||
	    frame->name == N_cx_nf) {
		f->buf.len = frame->data;
		f->open = true;
		return true;
	}
	ox_doom_rule(f);
	return false;
}

/* Whether the element that ends may stay as it is. */
static bool stays(struct ox_flt *f, struct ox_frame *frame)
{
	if (frame->flags & OX_FORMULA && !formula_stays(f, frame))
		return false;
	if (frame->doomed)
		return false;
	if (frame->hook && !ox_hook_end(f, frame))
		return false;
	if (frame->flags & OX_NEED && !frame->satisfied)
		return false;
	if (frame->flags & OX_EMPTY && f->open)
		return false;
	/* A choice that lost all it had is none; one that was empty from the start says something.
	 */
	if (frame->mc == OX_MC_CHOICE && f->open && frame->data)
		return false;
	return !(frame->mc == OX_MC_ALTERNATE && frame->data == 0);
}

/* The parent learns of a child that stayed. */
static void tell_parent(struct ox_flt *f, struct ox_frame *child)
{
	struct ox_frame *parent = ox_top(f);

	if (child->mc == OX_MC_CHOICE)
		parent->data++;
	/* A graphic holds one thing of one kind, no alternatives. */
	if (child->mc == OX_MC_ALTERNATE && ox_holder(f)->hook == HOOK_GRAPHIC_DATA) {
		ox_holder(f)->doomed = true;
		ox_count(f, SK_OOXML_UNKNOWN_XML);
	}
	if (child->flags & OX_OBJECT || child->satisfied)
		for (size_t i = f->depth; i-- > 0;) {
			f->frames[i].satisfied = true;
			if (!f->frames[i].through && !f->frames[i].mc)
				break;
		}
	ox_hook_child(f, child, f->buf.len);
}

void XMLCALL ox_on_end(void *user, const XML_Char *q)
{
	struct ox_flt *f = user;

	(void)q;
	if (f->skip) {
		f->skip--;
		return;
	}
	if (f->depth == 0)
		return;
	struct ox_frame *frame = ox_top(f);
	if (f->depth == 1) {
		f->depth = 0;
		return;
	}
	ox_unbind(f, frame->bindings);
	if (frame->mc == OX_MC_CHOICE || frame->mc == OX_MC_FALLBACK)
		ox_end_alternative(f, frame);
	if (frame->through) {
		if (frame->hook)
			ox_hook_end(f, frame);
		f->depth--;
		return;
	}
	if (!stays(f, frame)) {
		ox_roll_back(f, frame);
		f->depth--;
		return;
	}
	if (!frame->through)
		ox_put_end(f, frame);
	struct ox_frame child = *frame;
	f->depth--;
	child.satisfied = false;
	tell_parent(f, &child);
	if (child.mc == OX_MC_ALTERNATE && child.plain)
		ox_unwrap_alternative(f, &child);
	if (f->pass != OX_WHOLE)
		ox_let_go(f);
	if (f->buf.err)
		ox_stop(f, f->buf.err);
}

static bool is_space(const char *s, int n)
{
	for (int i = 0; i < n; i++)
		if (s[i] != ' ' && s[i] != '\n' && s[i] != '\t' && s[i] != '\r')
			return false;
	return true;
}

void XMLCALL ox_on_text(void *user, const XML_Char *s, int n)
{
	struct ox_flt *f = user;

	if (f->skip || f->depth == 0 || f->rc)
		return;
	const struct ox_frame *top = ox_top(f);
	if (!ox_type_text(top->type) || top->mc) {
		if (!is_space(s, n))
			ox_count(f, SK_OOXML_UNKNOWN_XML);
		return;
	}
	if (f->collecting)
		sk_buf_put(&f->text, s, (size_t)n);
	else if (f->nfields && (top->name == N_w_t || top->name == N_w_delText))
		ox_field_text(f, s, (size_t)n, top->name);
	ox_close_start_tag(f);
	sk_text_escape(&f->buf, sk_slice(s, (size_t)n), false);
}
