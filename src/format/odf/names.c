/* Lookups in the generated tables. Runs in the cleaner's jail. */
#include "format/odf/names.h"

#include <string.h>

struct uri_row {
	const char *uri;
	uint8_t ns;
};

struct slot {
	uint32_t key;
	uint16_t value;
};

struct need {
	uint16_t element, attribute;
};

struct setting {
	const char *name;
	char kind;
};

#include "format/odf/od-data.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

uint8_t od_ns(const char *uri, size_t n)
{
	size_t lo = 0, hi = COUNT(uris);

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int c = strncmp(uri, uris[mid].uri, n);
		if (c == 0 && uris[mid].uri[n])
			c = -1;
		if (c == 0)
			return uris[mid].ns;
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return n ? NS_UNKNOWN : NS_none;
}

uint16_t od_name(uint8_t ns, const char *local)
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

const struct od_name *od_name_row(uint16_t name)
{
	return &name_rows[name];
}

/* Multiplicative hashing with linear probing; mkodf.py places the rows the same way. */
static uint16_t find(const struct slot *table, uint32_t key)
{
	const uint32_t mask = (1U << SLOTS_BITS) - 1;

	for (uint32_t i = (uint32_t)(key * 0x9E3779B1U) >> (32 - SLOTS_BITS); table[i].key;
	     i = (i + 1) & mask)
		if (table[i].key == key)
			return table[i].value;
	return 0;
}

bool od_child(uint16_t parent, uint16_t name)
{
	return find(children, (uint32_t)parent << 16 | name) != 0;
}

char od_attr(uint16_t element, uint16_t name)
{
	return (char)find(attributes, (uint32_t)element << 16 | name);
}

bool od_needs(uint16_t element, uint16_t name)
{
	for (size_t i = 0; i < COUNT(needs); i++)
		if (needs[i].element == element && needs[i].attribute == name)
			return true;
	return false;
}

enum sk_code od_told(uint8_t ns)
{
	return ns < NS_COUNT && told[ns] ? told[ns] : SK_OOXML_UNKNOWN_XML;
}

char od_setting(const char *name)
{
	size_t lo = 0, hi = COUNT(settings);

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int c = strcmp(name, settings[mid].name);
		if (c == 0)
			return settings[mid].kind;
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return 0;
}

const char *od_declarations(uint16_t root)
{
	return root == N_math_math ? DECLARATION_MATH : DECLARATIONS;
}
