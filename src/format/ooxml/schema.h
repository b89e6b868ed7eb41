/*
 * The schema tables made by mkschema.py: interned names, what each type of element may hold, and
 * what happens to special names. Pure lookups. Cleaner's jail.
 */
#ifndef SK_FORMAT_OOXML_SCHEMA_H
#define SK_FORMAT_OOXML_SCHEMA_H

#include <stddef.h>
#include <stdint.h>

#include "format/ooxml/ox-tables.h"

#define NS_UNKNOWN 254
#define NS_QUIET 255

enum { OX_UNWRAP = 1, OX_EMPTY = 2, OX_FORMULA = 4, OX_NEED = 8, OX_OBJECT = 16, OX_SPACE = 32 };

struct ox_ns_row {
	const char *prefix, *uri;
	int ignorable;
};

struct ox_uri {
	const char *uri;
	uint8_t ns;
};

struct ox_name {
	const char *q;      /* as written: prefix and name */
	uint8_t len, local; /* of q; where the local name begins */
	uint8_t ns, flags, hook;
	uint16_t drop, attr_drop; /* enum sk_code */
};

struct ox_rel_rule {
	char mode; /* 'e': the element goes with it, 'a': only the attribute */
	uint64_t kinds;
};

struct ox_root {
	uint16_t name, type;
};

/* NS_UNKNOWN, NS_QUIET or a namespace. */
uint8_t ox_ns(const char *uri);
const struct ox_ns_row *ox_ns_row(uint8_t ns);
/* 0 when the name is not in the tables. */
uint16_t ox_name(uint8_t ns, const char *local);
const struct ox_name *ox_name_row(uint16_t name);
/* The type of child `name` in `type`, or 0. */
uint16_t ox_child(uint16_t type, uint16_t name);
/*
 * The class of an attribute: 0 not allowed, 'k' token, 'l' list, 's' string, 'b' base64, 'f'
 * formula, 'y' style of VML, 'R' relationship id (*rule).
 */
char ox_attr(uint16_t type, uint16_t element, uint16_t name, const struct ox_rel_rule **rule);
int ox_type_text(uint16_t type);
struct ox_root ox_root_of(unsigned kind);

#endif
