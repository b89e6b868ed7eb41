/* The methods by their names. The command and the worker. */
#include "cmd/cli.h"

#include <string.h>

static const struct {
	const char *name;
	enum sk_method_name method;
} methods[] = {{"rebuild", SK_REBUILD}, {"flatten", SK_FLATTEN}, {"text", SK_TEXT}};

const char *cli_method_name(enum sk_method_name m)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (methods[i].method == m)
			return methods[i].name;
	return "rebuild";
}

bool cli_method_find(const char *name, enum sk_method_name *m)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (strcmp(methods[i].name, name) == 0) {
			*m = methods[i].method;
			return true;
		}
	return false;
}
