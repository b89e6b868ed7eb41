/* Looking up names in the tables that mknames.py makes of names.txt. Verifier's jail. */
#include "verify/ooxml/names.h"

enum {
	HAS_TEXT = 1,
	SPECIAL = 2,
};

enum {
	TOKEN = SK_OO_TOKEN,
	LONG = SK_OO_LONG,
	BASE64 = SK_OO_BASE64,
	TEXT = SK_OO_TEXT,
	RELATION = SK_OO_RELATION,
	WORD = SK_OO_WORD,
	FORMULA = SK_OO_FORMULA,
};

struct space {
	const char *prefix, *uri;
	bool ignorable;
};

struct element {
	const char *name;
	uint8_t len, space, flags;
};

struct pair {
	const char *name;
	uint16_t element;
	uint8_t len, space, kind;
};

#include "names-tables.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

_Static_assert(COUNT(spaces) < SK_OO_NO_SPACE, "namespaces are kept in 64 bits");

bool sk_oo_element(struct sk_slice name, uint32_t hash, struct sk_oo_name *out)
{
	const size_t mask = COUNT(element_slots) - 1;

	for (size_t at = hash & mask; element_slots[at]; at = (at + 1) & mask) {
		unsigned id = element_slots[at] - 1U;
		const struct element *e = &elements[id];
		if (e->len != name.n || memcmp(e->name, name.p, name.n) != 0)
			continue;
		out->id = (uint16_t)id;
		out->space = e->space < SK_OO_NO_SPACE ? e->space : SK_OO_NO_SPACE;
		out->text = e->flags & HAS_TEXT;
		out->special = e->flags & SPECIAL;
		return true;
	}
	return false;
}

struct sk_slice sk_oo_element_name(uint16_t element)
{
	return sk_slice(elements[element].name, elements[element].len);
}

bool sk_oo_attribute(uint16_t element, struct sk_slice name, uint32_t hash, struct sk_oo_attr *out)
{
	const size_t mask = COUNT(pair_slots) - 1;
	uint32_t h = hash ^ element * 0x9E3779B1U;

	for (size_t at = (h ^ h >> 15) & mask; pair_slots[at]; at = (at + 1) & mask) {
		const struct pair *p = &pairs[pair_slots[at] - 1U];
		if (p->element != element || p->len != name.n ||
		    memcmp(p->name, name.p, name.n) != 0)
			continue;
		out->space = p->space < SK_OO_NO_SPACE ? p->space : SK_OO_NO_SPACE;
		out->kind = (enum sk_oo_class)p->kind;
		return true;
	}
	return false;
}

int sk_oo_space(struct sk_slice xmlns, struct sk_slice uri)
{
	struct sk_slice prefix = sk_slice_sub(xmlns, xmlns.n > 5 ? 6 : 5, xmlns.n);

	for (unsigned i = 0; i < COUNT(spaces); i++)
		if (sk_slice_is(prefix, spaces[i].prefix) && sk_slice_is(uri, spaces[i].uri))
			return (int)i;
	return -1;
}

int sk_oo_space_by_prefix(struct sk_slice prefix)
{
	for (unsigned i = 0; i < COUNT(spaces); i++)
		if (prefix.n && sk_slice_is(prefix, spaces[i].prefix))
			return (int)i;
	return -1;
}

const char *sk_oo_space_prefix(int space)
{
	return spaces[space].prefix;
}

const char *sk_oo_space_uri(int space)
{
	return spaces[space].uri;
}

bool sk_oo_space_ignorable(int space)
{
	return spaces[space].ignorable;
}

unsigned sk_oo_space_count(void)
{
	return COUNT(spaces);
}
