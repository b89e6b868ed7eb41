/* Attributes: which stay, their values, and how they are written. Cleaner's jail. */
#include "format/ooxml/flt.h"

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
void ox_take_attributes(struct ox_flt *f, uint16_t type, uint16_t element, const char **atts)
{
	f->nat = 0;
	for (; *atts; atts += 2) {
		uint8_t ns;
		if (atts[0][0] == 'x' && strncmp(atts[0], "xmlns", 5) == 0 &&
		    (atts[0][5] == ':' || atts[0][5] == '\0'))
			continue;
		const struct ox_rel_rule *rule = NULL;
		uint16_t name = ox_intern(f, atts[0], true, &ns);
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
bool ox_resolve_attributes(struct ox_flt *f, uint16_t element)
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

void ox_put_attributes(struct ox_flt *f, struct sk_buf *b)
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
