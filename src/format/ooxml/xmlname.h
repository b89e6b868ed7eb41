/* Names as expat gives them: "prefix:local", or "namespace\nlocal" where it resolves prefixes. Cleaner's jail. */
#ifndef SK_FORMAT_OOXML_XMLNAME_H
#define SK_FORMAT_OOXML_XMLNAME_H

#include <stddef.h>
#include <string.h>

static inline const char *ox_local(const char *name)
{
	const char *end = strrchr(name, '\n');

	if (end == NULL)
		end = strchr(name, ':');
	return end ? end + 1 : name;
}

/* The value of the first attribute with this local name; NULL when there is none. */
static inline const char *ox_attribute(const char **atts, const char *local)
{
	for (; *atts; atts += 2)
		if (strcmp(ox_local(atts[0]), local) == 0)
			return atts[1];
	return NULL;
}

/* The relationship an element names: its "id" of a namespace, whichever (r:id); NULL when there is none. */
static inline const char *ox_relationship_id(const char **atts)
{
	for (; *atts; atts += 2)
		if (strchr(atts[0], '\n') && strcmp(ox_local(atts[0]), "id") == 0)
			return atts[1];
	return NULL;
}

#endif
