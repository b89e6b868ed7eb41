/* Lookups in the generated schema tables. Runs in the cleaner's jail. */
#include "format/ooxml/schema.h"

#include "base/codes.h"

struct slot {
	uint32_t key;
	uint16_t value;
};

#define SK_OX_TABLES_ONLY
#include "format/ooxml/ox-tables-data.h"

uint8_t ox_ns(const char *uri)
{
	size_t lo = 0, hi = sizeof(uris) / sizeof(uris[0]);

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int c = strcmp(uri, uris[mid].uri);
		if (c == 0)
			return uris[mid].ns;
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return uri[0] ? NS_UNKNOWN : NS_none;
}

const struct ox_ns_row *ox_ns_row(uint8_t ns)
{
	return &ns_rows[ns < NS_COUNT ? ns : 0];
}

uint16_t ox_name(uint8_t ns, const char *local)
{
	if (ns >= NS_COUNT)
		return 0;
	size_t lo = ns_first[ns], hi = ns_first[ns + 1];
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int c = strcmp(local, name_rows[mid].q + name_rows[mid].local);
		if (c == 0)
			return (uint16_t)mid;
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return 0;
}

const struct ox_name *ox_name_row(uint16_t name)
{
	return &name_rows[name];
}

/* Multiplicative hashing with linear probing; mkschema.py places the rows the same way. */
static uint16_t find(const struct slot *table, unsigned bits, uint32_t key)
{
	uint32_t mask = (1U << bits) - 1;

	for (uint32_t i = (uint32_t)(key * 0x9E3779B1U) >> (32 - bits); table[i].key;
	     i = (i + 1) & mask)
		if (table[i].key == key)
			return table[i].value;
	return 0;
}

uint16_t ox_child(uint16_t type, uint16_t name)
{
	return find(child_table, CHILD_TABLE_BITS, (uint32_t)type << 16 | name);
}

char ox_attr(uint16_t type, uint16_t element, uint16_t name, const struct ox_rel_rule **rule)
{
	uint16_t v = find(attr_table, ATTR_TABLE_BITS, (uint32_t)type << 16 | name);

	if ((v & 0xFF) == 'E')
		v = find(
		    element_attr_table, ELEMENT_ATTR_TABLE_BITS, (uint32_t)element << 16 | name);
	if ((v & 0xFF) == 'R')
		*rule = &rel_rules[v >> 8];
	return (char)(v & 0xFF);
}

int ox_type_text(uint16_t type)
{
	return type_text[type];
}

struct ox_root ox_root_of(unsigned kind)
{
	return kind_root_rows[kind];
}
