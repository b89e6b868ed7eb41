/* Character sets of Japanese office files. Cleaner's jail. */
#ifndef SK_FORMAT_TEXT_CHARSET_H
#define SK_FORMAT_TEXT_CHARSET_H

#include "base/buf.h"

enum sk_charset {
	SK_CS_UTF8,
	SK_CS_UTF16LE,
	SK_CS_UTF16BE,
	SK_CS_UTF32LE,
	SK_CS_UTF32BE,
	SK_CS_CP932,
	SK_CS_EUCJP,
	SK_CS_ISO2022JP,
	SK_CS_LATIN1, /* read as Windows-1252, which is what such files are */
	SK_CS_GBK,
	SK_CS_CP437, /* names in archives only */
#define SK_CHARSET(id, name, codepage) SK_CS_##id,
#include "format/text/charsets.def"
#undef SK_CHARSET
	SK_CS_COUNT
};

const char *sk_charset_name(enum sk_charset cs);

/* The character set of a name such as "Shift_JIS" (of texts in bytes: not UTF-16), or SK_CS_COUNT. */
enum sk_charset sk_charset_by_name(struct sk_slice name);

/* That of a code page of Windows, or SK_CS_COUNT. */
enum sk_charset sk_charset_by_codepage(uint32_t number);

/* The most probable character set: byte-order mark, escape sequences, validity, then statistics. */
enum sk_charset sk_charset_detect(struct sk_slice in);
/* UTF-16 or UTF-32, by its mark or its zero bytes, else SK_CS_COUNT. Cheap, also for what is no text. */
enum sk_charset sk_charset_detect_wide(struct sk_slice in);
/* The same as sk_charset_detect() for the beginning of a longer text, whose last character may be cut. */
enum sk_charset sk_charset_detect_head(struct sk_slice head);

/*
 * The character set of names of files that do not say theirs, all those of an archive together, each ended by LF; not
 * all of them are valid UTF-8. `dos`: written by a program of DOS or Windows.
 */
enum sk_charset sk_charset_of_names(struct sk_slice names, bool dos);

/* How much a text looks like CP932, EUC-JP or GBK: points by the rows of their tables that it uses. */
long sk_charset_score(enum sk_charset cs, struct sk_slice in);

/*
 * Append `in` as UTF-8 to out. *bad counts what could not be read (each becomes U+FFFD). A
 * byte-order mark is dropped. 0 or out's error.
 */
int sk_charset_to_utf8(enum sk_charset cs, struct sk_slice in, struct sk_buf *out, uint32_t *bad);

#endif
