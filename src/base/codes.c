/* The table of removal and reason codes. Runs in every process. */
#include "base/codes.h"

static const struct {
	const char *name, *text;
} codes[SK_CODE_COUNT] = {
    {"none", ""},
#define SK_CODE(id, code, text) {code, text},
#include "base/codes.def"
#undef SK_CODE
};

const char *sk_code_name(enum sk_code c)
{
	return codes[(unsigned)c < SK_CODE_COUNT ? c : SK_CODE_NONE].name;
}

const char *sk_code_text(enum sk_code c)
{
	return codes[(unsigned)c < SK_CODE_COUNT ? c : SK_CODE_NONE].text;
}
