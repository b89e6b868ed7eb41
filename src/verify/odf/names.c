/* Looking up names in the tables that mknames.py makes of names.txt. Verifier's jail. */
#include "verify/odf/names.h"

struct element {
	const char *name;
	uint8_t len, text;
};

struct pair {
	const char *name;
	uint16_t element;
	uint8_t len;
	char class;
};

struct setting {
	const char *name;
	char kind;
};

#include "verify/odf/names-tables.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

int sk_vo_element(struct sk_slice name, uint32_t hash)
{
	const size_t mask = COUNT(element_slots) - 1;

	for (size_t at = hash & mask; element_slots[at]; at = (at + 1) & mask) {
		unsigned id = element_slots[at] - 1U;
		if (elements[id].len == name.n && memcmp(elements[id].name, name.p, name.n) == 0)
			return (int)id;
	}
	return -1;
}

struct sk_slice sk_vo_element_name(unsigned element)
{
	return sk_slice(elements[element].name, elements[element].len);
}

bool sk_vo_has_text(unsigned element)
{
	return elements[element].text;
}

bool sk_vo_child(unsigned parent, unsigned child)
{
	return kids[parent][child / 8] >> child % 8 & 1;
}

char sk_vo_attribute(unsigned element, struct sk_slice name, uint32_t hash)
{
	const size_t mask = COUNT(pair_slots) - 1;
	uint32_t h = hash ^ element * 0x9E3779B1U;

	for (size_t at = (h ^ h >> 15) & mask; pair_slots[at]; at = (at + 1) & mask) {
		const struct pair *p = &pairs[pair_slots[at] - 1U];
		if (p->element == element && p->len == name.n &&
		    memcmp(p->name, name.p, name.n) == 0)
			return p->class;
	}
	return 0;
}

char sk_vo_setting(struct sk_slice name)
{
	for (size_t i = 0; i < COUNT(settings); i++)
		if (sk_slice_is(name, settings[i].name))
			return settings[i].kind;
	return 0;
}

struct sk_slice sk_vo_declarations(bool math)
{
	return math ? SK_SLICE_LIT(DECLARATION_MATH) : SK_SLICE_LIT(DECLARATIONS);
}

unsigned sk_vo_spaces(bool math)
{
	return math ? 1 : SPACES;
}
