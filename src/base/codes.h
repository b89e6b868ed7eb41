/* Removal and reason codes, from codes.def. Every process. */
#ifndef SK_BASE_CODES_H
#define SK_BASE_CODES_H

enum sk_code {
	SK_CODE_NONE,
#define SK_CODE(id, code, text) SK_##id,
#include "base/codes.def"
#undef SK_CODE
	SK_CODE_COUNT
};

/* The stable code ("pdf.javascript"), and its English sentence (a gettext message id). */
const char *sk_code_name(enum sk_code c);
const char *sk_code_text(enum sk_code c);

#endif
