/*
 * Names of members of archives: decoded, made safe on every system, made unique (doc/profiles/archive.md). The
 * strings live in the job's arena. Cleaner's jail.
 */
#ifndef SK_FORMAT_ARCHIVE_NAMES_H
#define SK_FORMAT_ARCHIVE_NAMES_H

#include "container/zip.h"
#include "format/job.h"
#include "format/text/charset.h"

/*
 * The character set of all names that do not say theirs. Those that do: with a Unicode Path field that fits, with the
 * UTF-8 flag, or with sequences that only UTF-8 has (doc/profiles/archive.md, Names that are read).
 */
enum sk_charset sk_names_charset(const struct sk_zip *zip);

/* The name as its writer meant it, in UTF-8, possibly hostile. Empty when memory is out. */
struct sk_slice sk_name_decode(
    struct sk_arena *a, const struct sk_zip_member *m, enum sk_charset cs);

enum sk_name_intent {
	SK_NAME_HONEST,
	SK_NAME_ASTRAY, /* leads out of the folder where one unpacks */
	SK_NAME_MISUSED /* a device of Windows, or a stream beside a file */
};
enum sk_name_intent sk_name_intent(struct sk_slice decoded);

/* The safe form: relative, components of 1 to 255 bytes, no trailing '/'. NULL when memory is out. */
char *sk_name_safe(struct sk_arena *a, struct sk_slice decoded);

/*
 * The name with the extension of `type`: in place of its own where that is one of a known type, else behind it.
 * A name that fits stays as it is. NULL when memory is out.
 */
char *sk_name_for_type(struct sk_arena *a, const char *name, enum sk_filetype type);

/*
 * The name of the note in place of a member: its extension becomes txt. It is not kept in the middle, as names such
 * as report.exe.txt are what attackers use and other filters stop. NULL when memory is out.
 */
char *sk_name_for_note(struct sk_arena *a, const char *name);

/* "file-7.txt": the seventh member, for one whose name is not to be kept. NULL when memory is out. */
char *sk_name_neutral(struct sk_arena *a, const char *safe, size_t number);

/* The names given out so far. */
struct sk_names;
struct sk_names *sk_names_new(struct sk_arena *a, size_t members);

/*
 * Give out a name: as it is, or with " (2)" and so on where it, or a folder on its way, collides with another one when
 * capitals are read as small letters. NULL when memory is out or no free name was found. A folder that is known already
 * is returned as it is, *known then.
 */
const char *sk_names_take(struct sk_names *n, const char *name, bool folder, bool *known);

#endif
