/* The vocabulary of file types, from filetype.def. Every process. */
#ifndef SK_BASE_FILETYPE_H
#define SK_BASE_FILETYPE_H

#include <stdbool.h>

enum sk_family {
	SK_FAM_NONE, /* identified, not cleaned */
	SK_FAM_PDF,
	SK_FAM_OOXML,
	SK_FAM_ODF,
	SK_FAM_IMAGE,
	SK_FAM_ARCHIVE,
	SK_FAM_TEXT,
	SK_FAM_MAIL,
	SK_FAM_PROGRAM, /* programs, scripts, shortcuts: never passed */
	SK_FAM_DISK,
	SK_FAM_MEDIA,
};

enum sk_filetype {
#define SK_FT(id, name, ext, family, text) SK_FT_##id,
#include "base/filetype.def"
#undef SK_FT
	SK_FT_COUNT
};

/* Stable name ("docx"), preferred extension without dot, and English description (a gettext message id). */
const char *sk_filetype_name(enum sk_filetype t);
const char *sk_filetype_ext(enum sk_filetype t);
const char *sk_filetype_text(enum sk_filetype t);
enum sk_family sk_filetype_family(enum sk_filetype t);

/* The type of that stable name, or SK_FT_UNKNOWN. */
enum sk_filetype sk_filetype_by_name(const char *name);

/*
 * Whether the extension of `name` fits the type (aliases such as jpeg, log, md count as fitting). A name
 * without extension does not fit.
 */
bool sk_filetype_fits(enum sk_filetype t, const char *name);

#endif
