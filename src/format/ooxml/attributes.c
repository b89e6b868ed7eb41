/* Attributes: which stay, their values, and how they are written. Cleaner's jail. */
#include "format/ooxml/flt.h"

enum { TOKEN_CHAR = 1, BASE64_CHAR = 2 };

/* What tokens, lists and base64 are made of. */
static const unsigned char *char_classes(void)
{
	static unsigned char is[256];

	if (is['a'] == 0) {
		for (int c = 'a'; c <= 'z'; c++)
			is[c] = is[c - 32] = TOKEN_CHAR | BASE64_CHAR;
		for (const char *s = "0123456789+/"; *s; s++)
			is[(unsigned char)*s] = TOKEN_CHAR | BASE64_CHAR;
		for (const char *s = ".:%#_ ,;()-"; *s; s++)
			is[(unsigned char)*s] = TOKEN_CHAR;
		is['='] = BASE64_CHAR;
	}
	return is;
}

static bool made_of(const char *v, unsigned char which, size_t max)
{
	const unsigned char *is = char_classes();
	size_t n = 0;

	for (; v[n]; n++)
		if (n == max || !(is[(unsigned char)v[n]] & which))
			return false;
	return true;
}

/* Whether a text fits when it is escaped: no reference is longer than six bytes. */
static bool is_short(const char *v)
{
	return strnlen(v, SK_LIMIT_XML_VALUE / 6 + 1) <= SK_LIMIT_XML_VALUE / 6;
}

static bool value_ok(const struct ox_flt *f, char cls, const char *v)
{
	switch (cls) {
	case 'k':
		return made_of(v, TOKEN_CHAR, 64);
	case 'l':
		return made_of(v, TOKEN_CHAR, 65536);
	case 'b':
		return made_of(v, BASE64_CHAR, 65536);
	case 'n': {
		size_t n =
		    strspn(v, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");
		return n <= 64 && v[n] == '\0';
	}
	case 'f':
		return is_short(v) && ox_formula_ok(f->pkg, v);
	case 'y':
		return is_short(v) && ox_style_ok(v);
	default:
		return is_short(v);
	}
}

/* The code that tells of a value that is not allowed. */
static enum sk_code code_of(char cls)
{
	return cls == 'f'   ? SK_OOXML_FORMULA
	       : cls == 'y' ? SK_OOXML_EXTERNAL
			    : SK_OOXML_UNKNOWN_XML;
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
		if (name == N_xml_space && ox_name_row(element)->flags & OX_SPACE)
			cls = 'k';
		if (cls == 0) {
			drop_attribute(f, name, ns, atts[0], atts[1]);
			continue;
		}
		if (!value_ok(f, cls, atts[1])) {
			ox_count(f, code_of(cls));
			/* The value of a scenario must be there; a colour scale without a bound means nothing. */
			if (element == N_x_cfvo)
				ox_doom_rule(f);
			if (element != N_x_inputCells || cls != 'f')
				continue;
			atts[1] = "";
		}
		if (ox_at_find(f, name) || f->nat == SK_LIMIT_XML_ATTRIBUTES) {
			ox_count(f, SK_OOXML_UNKNOWN_XML);
			continue;
		}
		f->at[f->nat++] =
		    (struct ox_at){.name = name, .cls = cls, .value = atts[1], .rule = rule};
	}
}

/* An empty id says that there is nothing; only a click without a target and a shape of a diagram may. */
static bool may_be_empty(uint16_t element)
{
	return element == N_a_hlinkClick || element == N_a_hlinkHover ||
	       element == N_a_hlinkMouseOver || element == N_dgm_shape;
}

bool ox_resolve_attributes(struct ox_flt *f, uint16_t element)
{
	for (size_t i = 0; i < f->nat; i++) {
		struct ox_at *at = &f->at[i];
		bool empty = at->value[0] == '\0';
		if (at->cls != 'R' || (empty && may_be_empty(element)))
			continue;
		if (empty)
			ox_count(f, SK_OOXML_UNKNOWN_XML);
		else if (ox_ref(f, at))
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
			sk_text_escape(b, sk_slice_str(at->value), true);
		sk_buf_putc(b, '"');
	}
}
