/*
 * The schema filter: one pass of expat over a part, each element checked against the type its
 * parent gives it, each attribute against that type, and what is allowed written anew in the one
 * form that doc/profiles/ooxml.md describes. A start tag that turns out wrong later is rolled back
 * by cutting the output at its place. Runs in the cleaner's jail.
 */
#include "format/ooxml/flt.h"

static unsigned char plain[256]; /* 1: written as it is, 2: escaped in attributes only */

static void init_plain(void)
{
	if (plain['a'])
		return;
	memset(plain, 1, sizeof(plain));
	plain['&'] = plain['<'] = plain['>'] = plain['\r'] = 0;
	plain['"'] = plain['\t'] = plain['\n'] = 2;
}

static const char *reference(unsigned char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\t':
		return "&#9;";
	case '\n':
		return "&#10;";
	default:
		return "&#13;";
	}
}

void ox_put_escaped(struct sk_buf *b, const char *s, size_t n, bool attribute)
{
	size_t from = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		if (plain[c] == 1 || (plain[c] == 2 && !attribute))
			continue;
		sk_buf_put(b, s + from, i - from);
		sk_buf_puts(b, reference(c));
		from = i + 1;
	}
	sk_buf_put(b, s + from, n - from);
}

static void stop(struct ox_flt *f, int rc)
{
	if (f->rc == 0)
		f->rc = rc;
	XML_StopParser(f->parser, XML_FALSE);
}

/* --- names and namespaces --- */

static uint32_t hash(const char *s)
{
	uint32_t h = 2166136261U;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619U;
	return h ^ h >> 15;
}

/* Slot of a prefix; 0 is the empty one. OX_PREFIXES - 1 stands for all that are too many. */
static uint16_t prefix_slot(struct ox_flt *f, const char *s, size_t n)
{
	for (size_t i = 0; i < f->nprefixes; i++)
		if (strncmp(f->prefixes[i].text, s, n) == 0 && f->prefixes[i].text[n] == '\0')
			return (uint16_t)i;
	if (f->nprefixes == OX_PREFIXES - 1)
		return OX_PREFIXES - 1;
	const char *copy = sk_arena_str(f->arena, sk_slice(s, n));
	if (copy == NULL)
		return OX_PREFIXES - 1;
	bool is_xml = n == 3 && memcmp(s, "xml", 3) == 0;
	f->prefixes[f->nprefixes] = (struct ox_prefix){copy, is_xml   ? NS_xml
							     : n == 0 ? NS_none
								      : NS_UNKNOWN};
	return (uint16_t)f->nprefixes++;
}

uint8_t ox_prefix_ns(struct ox_flt *f, const char *prefix, size_t n)
{
	return f->prefixes[prefix_slot(f, prefix, n)].ns;
}

static void bind(struct ox_flt *f, const char *prefix, const char *uri)
{
	uint16_t slot = prefix_slot(f, prefix, strlen(prefix));
	struct ox_binding *v =
	    sk_arena_grow(f->arena, f->bindings, &f->bindings_cap, f->nbindings + 1, sizeof(*v));

	if (v == NULL || slot == OX_PREFIXES - 1) {
		if (v == NULL)
			stop(f, SK_ENOMEM);
		return;
	}
	f->bindings = v;
	v[f->nbindings++] = (struct ox_binding){slot, f->prefixes[slot].ns};
	f->prefixes[slot].ns = ox_ns(uri);
}

static void unbind(struct ox_flt *f, uint32_t height)
{
	while (f->nbindings > height) {
		const struct ox_binding *b = &f->bindings[--f->nbindings];
		f->prefixes[b->prefix].ns = b->old;
	}
}

/* The name of an element or attribute as it stands in the input; *ns tells what an unknown one is.
 */
static uint16_t intern(struct ox_flt *f, const char *q, bool attribute, uint8_t *ns)
{
	struct ox_cached *cache = attribute ? f->attributes_seen : f->elements_seen;
	struct ox_cached *e = &cache[hash(q) % OX_CACHE];

	if (e->text[0] && strcmp(e->text, q) == 0 && f->prefixes[e->prefix].ns == e->ns) {
		*ns = attribute && e->prefix == 0 ? NS_none : e->ns;
		return e->name;
	}
	const char *colon = strchr(q, ':');
	uint16_t slot = prefix_slot(f, q, colon ? (size_t)(colon - q) : 0);
	*ns = attribute && colon == NULL ? NS_none : f->prefixes[slot].ns;
	uint16_t name = ox_name(*ns, colon ? colon + 1 : q);
	size_t n = strlen(q);
	if (n < sizeof(e->text)) {
		memcpy(e->text, q, n + 1);
		e->name = name;
		e->prefix = slot;
		e->ns = f->prefixes[slot].ns;
	}
	return name;
}

/* --- attributes --- */

static const unsigned char *token_chars(void)
{
	static unsigned char ok[256];

	if (ok['a'] == 0) {
		for (int c = 'a'; c <= 'z'; c++)
			ok[c] = ok[c - 32] = 1;
		for (const char *s = "0123456789+.:%#_ ,;()/-"; *s; s++)
			ok[(unsigned char)*s] = 1;
	}
	return ok;
}

static bool value_ok(const struct ox_flt *f, char cls, const char *v)
{
	const unsigned char *ok = token_chars();
	size_t n = 0, max = cls == 'k' ? 64 : 65536;

	if (cls == 'f')
		return ox_formula_ok(f->pkg, v);
	if (cls == 's' || cls == 'R')
		return true;
	for (; v[n]; n++)
		if (n == max || (!ok[(unsigned char)v[n]] && !(cls == 'b' && v[n] == '=')))
			return false;
	return true;
}

struct ox_at *ox_at_find(struct ox_flt *f, uint16_t name)
{
	for (size_t i = 0; i < f->nat; i++)
		if (f->at[i].name == name)
			return &f->at[i];
	return NULL;
}

static void drop_attribute(
    struct ox_flt *f, uint16_t name, uint8_t ns, const char *q, const char *value)
{
	if (value[0] == '\0' || ns == NS_mc || ns == NS_xml)
		return;
	if (ns == NS_QUIET)
		ox_count(f, SK_OOXML_METADATA);
	else if (name && ox_name_row(name)->attr_drop)
		ox_count(f, ox_name_row(name)->attr_drop);
	else if (strcmp(q, "conformance") && strcmp(q, "w:conformance"))
		ox_count(f, SK_OOXML_UNKNOWN_XML);
}

/* Take the allowed attributes of a start tag into f->at. */
static void take_attributes(struct ox_flt *f, uint16_t type, uint16_t element, const char **atts)
{
	f->nat = 0;
	for (; *atts; atts += 2) {
		uint8_t ns;
		if (atts[0][0] == 'x' && strncmp(atts[0], "xmlns", 5) == 0 &&
		    (atts[0][5] == ':' || atts[0][5] == '\0'))
			continue;
		const struct ox_rel_rule *rule = NULL;
		uint16_t name = intern(f, atts[0], true, &ns);
		char cls = name ? ox_attr(type, element, name, &rule) : 0;
		if (name == N_xml_space && ox_type_text(type))
			cls = 'k';
		if (cls == 0) {
			drop_attribute(f, name, ns, atts[0], atts[1]);
			continue;
		}
		if (!value_ok(f, cls, atts[1])) {
			ox_count(f, cls == 'f' ? SK_OOXML_FORMULA : SK_OOXML_UNKNOWN_XML);
			continue;
		}
		if (ox_at_find(f, name) || f->nat == SK_LIMIT_XML_ATTRIBUTES) {
			ox_count(f, SK_OOXML_UNKNOWN_XML);
			continue;
		}
		f->at[f->nat++] =
		    (struct ox_at){.name = name, .cls = cls, .value = atts[1], .rule = rule};
	}
}

/* Relationship ids become those of the output. False: the element goes with what it refers to. */
static bool resolve_attributes(struct ox_flt *f)
{
	for (size_t i = 0; i < f->nat; i++) {
		struct ox_at *at = &f->at[i];
		if (at->cls != 'R' || at->value[0] == '\0')
			continue;
		if (ox_ref(f, at))
			continue;
		if (at->rule->mode == 'e')
			return false;
		at->name = 0;
	}
	return true;
}

bool ox_add_ref(struct ox_flt *f, size_t at, struct ox_rel *rel, bool root)
{
	struct ox_idref *v =
	    sk_arena_grow(f->arena, f->refs, &f->refs_cap, f->nrefs + 1, sizeof(*v));

	if (v == NULL) {
		f->rc = SK_ENOMEM;
		return false;
	}
	f->refs = v;
	v[f->nrefs++] = (struct ox_idref){at, rel, root};
	return true;
}

static void put_attributes(struct ox_flt *f, struct sk_buf *b)
{
	for (size_t i = 0; i < f->nat; i++) {
		const struct ox_at *at = &f->at[i];
		if (at->name == 0)
			continue;
		const struct ox_name *n = ox_name_row(at->name);
		f->ns_used |= 1ULL << n->ns;
		sk_buf_putc(b, ' ');
		sk_buf_put(b, n->q, n->len);
		sk_buf_put(b, "=\"", 2);
		if (at->rel)
			ox_add_ref(f, b->len, at->rel, b == &f->root);
		else
			ox_put_escaped(b, at->value, strlen(at->value), true);
		sk_buf_putc(b, '"');
	}
}

/* --- elements --- */

static void close_start_tag(struct ox_flt *f)
{
	if (f->open)
		sk_buf_putc(&f->buf, '>');
	f->open = false;
}

static struct ox_frame *push(struct ox_flt *f)
{
	if (f->depth >= SK_LIMIT_XML_DEPTH) {
		sk_job_refuse(f->job, SK_REASON_LIMIT_NESTING, "%s: elements", f->out->from->name);
		stop(f, SK_EREFUSED);
		return NULL;
	}
	struct ox_frame *v =
	    sk_arena_grow(f->arena, f->frames, &f->frames_cap, f->depth + 1, sizeof(*v));
	if (v == NULL) {
		stop(f, SK_ENOMEM);
		return NULL;
	}
	f->frames = v;
	v[f->depth] =
	    (struct ox_frame){.start = f->buf.len, .parent_open = f->open, .used = f->ns_used};
	return &v[f->depth++];
}

/* Cut the output back to where this frame began. */
static void roll_back(struct ox_flt *f, const struct ox_frame *frame)
{
	f->buf.len = frame->start;
	f->open = frame->parent_open;
	f->ns_used = frame->used;
	while (f->nrefs && !f->refs[f->nrefs - 1].root && f->refs[f->nrefs - 1].at > frame->start)
		f->nrefs--;
	while (f->npieces && f->pieces[f->npieces - 1].to > frame->start)
		f->npieces--;
	while (f->ncuts && f->cuts[f->ncuts - 1].to > frame->start)
		f->ncuts--;
}

static void put_start(struct ox_flt *f, struct ox_frame *frame)
{
	const struct ox_name *n = ox_name_row(frame->name);

	close_start_tag(f);
	f->ns_used |= 1ULL << n->ns;
	sk_buf_putc(&f->buf, '<');
	sk_buf_put(&f->buf, n->q, n->len);
	put_attributes(f, &f->buf);
	f->open = true;
	if (f->buf.err)
		stop(f, f->buf.err);
}

static void put_end(struct ox_flt *f, const struct ox_frame *frame)
{
	const struct ox_name *n = ox_name_row(frame->name);

	if (f->open) {
		sk_buf_put(&f->buf, "/>", 2);
		f->open = false;
		return;
	}
	sk_buf_put(&f->buf, "</", 2);
	sk_buf_put(&f->buf, n->q, n->len);
	sk_buf_putc(&f->buf, '>');
}

/* mc:Choice: its Requires in our prefixes; false when one of them is not known. */
static bool requires(struct ox_flt *f, const char **atts, char *out, size_t size)
{
	const char *s = NULL;
	size_t n = 0;

	for (; *atts; atts += 2)
		if (strcmp(atts[0], "Requires") == 0)
			s = atts[1];
	if (s == NULL)
		return false;
	out[0] = '\0';
	while (*s) {
		size_t len = strcspn(s, " \t\r\n");
		uint8_t ns = len ? ox_prefix_ns(f, s, len) : NS_none;
		s += len + strspn(s + len, " \t\r\n");
		if (ns == NS_none && len == 0)
			continue;
		if (ns >= NS_COUNT || ox_ns_row(ns)->prefix[0] == '\0')
			return false;
		int k = snprintf(out + n, size - n, "%s%s", n ? " " : "", ox_ns_row(ns)->prefix);
		if (k < 0 || (size_t)k >= size - n)
			return false;
		n += (size_t)k;
		f->ns_used |= 1ULL << ns;
	}
	return n > 0;
}

/* mc:AlternateContent, Choice and Fallback have the type of what they stand in. */
static void start_mc(struct ox_flt *f, uint16_t name, struct ox_frame *parent, const char **atts)
{
	uint64_t used = f->ns_used;
	uint16_t type = parent->type;
	char want[128];
	bool choice = name == N_mc_Choice, fallback = name == N_mc_Fallback;

	if ((choice || fallback) != (parent->mc == OX_MC_ALTERNATE)) {
		f->skip = 1;
		ox_count(f, SK_OOXML_UNKNOWN_XML);
		return;
	}
	if (choice && !requires(f, atts, want, sizeof(want))) {
		f->ns_used = used;
		f->skip = 1;
		ox_count(f, SK_OOXML_UNKNOWN_XML);
		return;
	}
	if (fallback && parent->data == 0 && !parent->through) {
		roll_back(f, parent);
		parent->through = true;
	}
	bool through = fallback && parent->through;
	struct ox_frame *frame = push(f);
	if (frame == NULL)
		return;
	frame->bindings = (uint32_t)f->nbindings;
	frame->type = type;
	frame->name = name;
	frame->used = used;
	frame->mc = choice ? OX_MC_CHOICE : fallback ? OX_MC_FALLBACK : OX_MC_ALTERNATE;
	frame->through = through;
	f->nat = 0;
	if (choice)
		f->at[f->nat++] =
		    (struct ox_at){.name = N_none_Requires, .cls = 'k', .value = want};
	if (!through)
		put_start(f, frame);
}

/* What is not in the parent's type: its children in its place, or nothing of it. */
static void start_unknown(
    struct ox_flt *f, uint16_t name, uint8_t ns, const struct ox_frame *parent, const char **atts)
{
	uint16_t type = parent->type;

	if (name && ox_name_row(name)->flags & OX_UNWRAP) {
		struct ox_frame *frame = push(f);
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
		close_start_tag(f);
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
		stop(f, SK_EFORMAT);
		return;
	}
	struct ox_frame *frame = push(f);
	if (frame == NULL)
		return;
	frame->type = root.type;
	frame->name = name;
	take_attributes(f, root.type, name, atts);
	resolve_attributes(f);
	f->ns_used |= 1ULL << ox_name_row(name)->ns;
	put_attributes(f, &f->root);
	f->open = true;
}

static void start_known(
    struct ox_flt *f, uint16_t name, uint16_t type, uint32_t bindings, const char **atts)
{
	struct ox_frame *frame = push(f);

	if (frame == NULL)
		return;
	const struct ox_name *row = ox_name_row(name);
	frame->type = type;
	frame->name = name;
	frame->hook = row->hook;
	frame->flags = row->flags;
	frame->bindings = bindings;
	take_attributes(f, type, name, atts);
	bool keep = resolve_attributes(f);
	enum ox_verdict v = !keep ? OX_SKIP : row->hook ? ox_hook_start(f, ox_top(f)) : OX_KEEP;
	frame = ox_top(f);
	if (v == OX_SKIP) {
		f->depth--;
		f->skip = 1;
		return;
	}
	frame->through = v == OX_THROUGH;
	if (!frame->through)
		put_start(f, frame);
	if (row->flags & OX_FORMULA) {
		f->collecting = true;
		sk_buf_reset(&f->text);
		frame->data = (uint32_t)f->buf.len;
	}
}

static void XMLCALL on_start(void *user, const XML_Char *q, const XML_Char **atts)
{
	struct ox_flt *f = user;
	uint8_t ns;

	if (f->skip) {
		f->skip++;
		return;
	}
	if (++f->elements > SK_LIMIT_XML_ELEMENTS) {
		sk_job_refuse(f->job, SK_REASON_LIMIT_OBJECTS, "%s", f->out->from->name);
		stop(f, SK_EREFUSED);
		return;
	}
	uint32_t bindings = (uint32_t)f->nbindings;
	for (const char **a = atts; *a; a += 2)
		if (a[0][0] == 'x' && strncmp(a[0], "xmlns", 5) == 0 &&
		    (a[0][5] == ':' || !a[0][5]))
			bind(f, a[0][5] ? a[0] + 6 : "", a[1]);
	if (f->rc)
		return;
	uint16_t name = intern(f, q, false, &ns);
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
		start_mc(f, name, parent, atts);
	else if (type && parent->mc != OX_MC_ALTERNATE)
		start_known(f, name, type, bindings, atts);
	else
		start_unknown(f, name, ns, parent, atts);
	if (f->skip)
		unbind(f, bindings);
	else if (f->depth > depth)
		ox_top(f)->bindings = bindings;
}

/* A rule or a check without its formula means nothing: it goes too. */
static void doom_rule(struct ox_flt *f)
{
	for (size_t i = f->depth - 1; i > 0 && i + 4 > f->depth; i--) {
		uint16_t n = f->frames[i].name;
		if (n == N_x_cfRule || n == N_x_dataValidation || n == N_x14_cfRule ||
		    n == N_x14_dataValidation || n == N_x14_sparkline) {
			f->frames[i].doomed = true;
			return;
		}
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
	if (frame->name == N_c_f || frame->name == N_cx_f || frame->name == N_c15_f) {
		f->buf.len = frame->data;
		f->open = true;
		return true;
	}
	doom_rule(f);
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
	if (child->flags & OX_OBJECT || child->satisfied)
		for (size_t i = f->depth; i-- > 0;) {
			f->frames[i].satisfied = true;
			if (!f->frames[i].through && !f->frames[i].mc)
				break;
		}
	ox_hook_child(f, child, f->buf.len);
}

static void XMLCALL on_end(void *user, const XML_Char *q)
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
	unbind(f, frame->bindings);
	if (frame->through) {
		if (frame->hook)
			ox_hook_end(f, frame);
		f->depth--;
		return;
	}
	if (!stays(f, frame)) {
		roll_back(f, frame);
		f->depth--;
		return;
	}
	if (!frame->through)
		put_end(f, frame);
	struct ox_frame child = *frame;
	f->depth--;
	child.satisfied = false;
	tell_parent(f, &child);
	if (f->buf.err)
		stop(f, f->buf.err);
}

static bool is_space(const char *s, int n)
{
	for (int i = 0; i < n; i++)
		if (s[i] != ' ' && s[i] != '\n' && s[i] != '\t' && s[i] != '\r')
			return false;
	return true;
}

static void XMLCALL on_text(void *user, const XML_Char *s, int n)
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
	else if (f->nfields && top->name == N_w_t)
		ox_field_text(f, s, (size_t)n);
	close_start_tag(f);
	ox_put_escaped(&f->buf, s, (size_t)n, false);
}

/* --- document --- */

static void XMLCALL on_other(void *user, const XML_Char *s, int n)
{
	(void)user;
	(void)s;
	(void)n;
}

static void XMLCALL on_hidden(void *user, const XML_Char *s)
{
	ox_count(user, SK_OOXML_UNKNOWN_XML);
	(void)s;
}

static void XMLCALL on_pi(void *user, const XML_Char *target, const XML_Char *data)
{
	(void)target;
	on_hidden(user, data);
}

/* A default handler keeps expat from expanding what the document type defines. */
static void XMLCALL on_doctype(
    void *user, const XML_Char *name, const XML_Char *sysid, const XML_Char *pubid, int internal)
{
	struct ox_flt *f = user;

	(void)name;
	(void)sysid;
	(void)pubid;
	(void)internal;
	ox_count(f, SK_OOXML_DTD);
	XML_SetDefaultHandler(f->parser, on_other);
}

static int parse(struct ox_flt *f, struct sk_slice in)
{
	f->parser = XML_ParserCreate(NULL);
	if (f->parser == NULL)
		return SK_ENOMEM;
	XML_SetUserData(f->parser, f);
	XML_SetElementHandler(f->parser, on_start, on_end);
	XML_SetCharacterDataHandler(f->parser, on_text);
	XML_SetCommentHandler(f->parser, on_hidden);
	XML_SetProcessingInstructionHandler(f->parser, on_pi);
	XML_SetStartDoctypeDeclHandler(f->parser, on_doctype);
	enum XML_Status st = XML_Parse(f->parser, (const char *)in.p, (int)in.n, 1);
	int rc = f->rc;
	if (st != XML_STATUS_OK && rc == 0)
		rc = XML_GetErrorCode(f->parser) == XML_ERROR_NO_MEMORY ? SK_ENOMEM : SK_EFORMAT;
	XML_ParserFree(f->parser);
	f->parser = NULL;
	return rc;
}

static void flush_removed(struct ox_flt *f)
{
	for (int c = 1; c < SK_CODE_COUNT; c++)
		if (f->removed[c])
			sk_job_removed(
			    f->job, (enum sk_code)c, f->removed[c], "%s", f->out->from->name);
}

static int read_and_parse(struct ox_flt *f)
{
	/* The input goes before the output is packed: a large sheet need not stand in memory twice. */
	struct sk_arena *arena = sk_arena_new(f->job->limits->memory);
	struct sk_slice in;
	int rc = arena ? ox_pkg_read(f->pkg, f->out->from, arena, &in) : SK_ENOMEM;

	if (rc == 0)
		rc = ox_rels_read(f->pkg, f->out->from, &f->out->in_rels);
	/* The output is rarely longer than the input; growing by doubling would hold it twice. */
	if (rc == 0)
		rc = sk_buf_reserve(&f->buf, in.n + 4096);
	if (rc == 0)
		rc = parse(f, in);
	sk_arena_free(arena);
	return rc;
}

static int run(struct ox_flt *f)
{
	int rc = read_and_parse(f);

	if (rc == 0 && f->buf.err)
		rc = f->buf.err;
	if (rc)
		return rc;
	ox_fields_finish(f);
	rc = f->rc ? f->rc : ox_refs_settle(f);
	return rc ? rc : ox_finish(f);
}

int ox_filter_part(struct ox_pkg *pkg, struct ox_out *out)
{
	struct ox_flt *f = calloc(1, sizeof(*f));
	size_t max = pkg->job->limits->memory;

	init_plain();
	if (f == NULL)
		return SK_ENOMEM;
	f->pkg = pkg;
	f->job = pkg->job;
	f->out = out;
	f->arena = sk_arena_new(max);
	f->buf = SK_BUF(SK_LIMIT_MEMBER);
	f->root = SK_BUF(SK_LIMIT_XML_VALUE);
	f->text = SK_BUF(SK_LIMIT_XML_VALUE);
	f->picture = SK_BUF(SK_LIMIT_MEMBER);
	prefix_slot(f, "", 0);
	int rc = f->arena ? run(f) : SK_ENOMEM;
	if (rc == 0)
		flush_removed(f);
	sk_buf_free(&f->buf);
	sk_buf_free(&f->root);
	sk_buf_free(&f->text);
	sk_buf_free(&f->picture);
	for (size_t i = 0; i < f->fields_cap; i++)
		sk_buf_free(&f->fields[i].text);
	sk_arena_free(f->arena);
	free(f);
	return rc;
}
