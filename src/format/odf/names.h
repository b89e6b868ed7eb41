/* Lookups in the tables made of names.txt and rules.txt. Cleaner's jail. */
#ifndef SK_FORMAT_ODF_NAMES_H
#define SK_FORMAT_ODF_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/codes.h"
#include "format/odf/od-names.h"

#define NS_UNKNOWN 255

enum {
	OD_TEXT = 1,    /* holds text */
	OD_DROP = 2,    /* goes with all it holds */
	OD_THROUGH = 4, /* only its content stays */
	OD_QUIET = 8,   /* the attribute goes without a word */
	OD_NEEDS = 16,  /* goes when a certain attribute is refused */
};

struct od_name {
	const char *q; /* as written */
	uint8_t len, local, ns, hook, flags;
	uint16_t code;      /* told when the element goes */
	uint16_t attr_code; /* told when the attribute goes */
};

uint8_t od_ns(const char *uri, size_t n);
/* The number of a name, 0 when nothing is known of it. */
uint16_t od_name(uint8_t ns, const char *local);
const struct od_name *od_name_row(uint16_t name);
bool od_child(uint16_t parent, uint16_t name);
/* The class of an attribute (names.txt), 0 when the element has none of that name. */
char od_attr(uint16_t element, uint16_t name);
/* Whether the element means nothing without the attribute. */
bool od_needs(uint16_t element, uint16_t name);
/* What is told of an unknown name of that space. */
enum sk_code od_told(uint8_t ns);
/* The kind of a setting (the first letter of its word in rules.txt), or 0. */
char od_setting(const char *name);
/* The declarations of all namespaces as they stand in a root element. */
const char *od_declarations(uint16_t root);

#endif
