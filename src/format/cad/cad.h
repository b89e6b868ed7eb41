/*
 * What the files of this folder share: exchange files of drawings: ISO 10303-21 (p21, also SXF), SXF feature comments (sfc)
 * and DXF. Cleaner's jail.
 */
#ifndef SK_FORMAT_CAD_CAD_H
#define SK_FORMAT_CAD_CAD_H

#include "format/handler.h"
#include "format/text/charset.h"
#include "format/text/filter.h"

struct sk_cad {
	struct sk_job *job;
	struct sk_buf *out;
	enum sk_charset charset; /* of the strings, which keep it */
	bool plain;              /* method text: only the words */
	struct sk_text_counts counts;
	uint32_t external, embedded, link, metadata, unknown, damaged, comments;
};

/* How characters are escaped in the strings of a format; words of a DXF are shown and never taken for a file. */
enum sk_cad_escapes { SK_CAD_STEP, SK_CAD_DXF, SK_CAD_DXF_WORDS };

/*
 * Append a string as it may stand in a drawing: in its own character set, without control characters and without what
 * its character set does not have; escapes of characters are kept where the character may stand; a name of a file loses
 * its folder (counted in `external`).
 */
void sk_cad_string(
    struct sk_cad *c, struct sk_slice s, enum sk_cad_escapes how, struct sk_buf *out);

/* Method text: a line of words in UTF-8, escapes of characters undone. */
void sk_cad_words(struct sk_cad *c, struct sk_slice s);

/* A string in UTF-8, codes of characters undone, as cleaned text may hold it. */
void sk_cad_decode(enum sk_charset cs, struct sk_slice s, struct sk_buf *out);

/* Bytes of the character at `at`, in the character set of the file; 0: none that is whole. */
size_t sk_cad_character(const struct sk_cad *c, struct sk_slice s, size_t at);

int sk_cad_step(struct sk_cad *c, struct sk_slice in, bool features);
int sk_cad_dxf(struct sk_cad *c, struct sk_slice in);

/* Method flatten of what this family has cleaned, `c` with its character set. 0 or SK_E*. */
int sk_cad_flatten(
    struct sk_cad *c, enum sk_filetype type, struct sk_slice cleaned, struct sk_buf *out);

/* Decimal numbers: [sign] digits [. digits] [E [sign] digits], at least one digit. */
bool sk_cad_is_real(struct sk_slice s);
bool sk_cad_is_integer(struct sk_slice s);
struct sk_slice sk_cad_trim(struct sk_slice s);

#endif
