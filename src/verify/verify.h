/*
 * The second opinion: one strict checker per output format, in a jail of its own. It shares no parser with
 * the cleaner, neither ours nor a library; the only library is zlib's inflate. It fails what it does not know.
 * Uses base/ only.
 */
#ifndef SK_VERIFY_VERIFY_H
#define SK_VERIFY_VERIFY_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/filetype.h"
#include "base/limits.h"
#include "base/slice.h"

/* Why a file failed, and where. */
struct sk_fault {
	char what[256];  /* English, names the rule: "page dictionary has key AA" */
	uint64_t offset; /* in the file, or in the part named by `what` */
};

struct sk_check {
	struct sk_arena *arena; /* freed with the check */
	struct sk_fault fault;  /* the first one stays */
	uint64_t inflate_left;  /* decompressed bytes, all layers */
	uint64_t pixels_left;
	unsigned depth;
};

/* Record a fault (printf) at an offset and return SK_EFORMAT. */
int sk_fail(struct sk_check *c, uint64_t offset, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Check `in`, which claims to be `type`. 0: every byte is accounted for and allowed. SK_EFORMAT: c->fault.
 * SK_EUNSUPPORTED: no checker for that type (a failure to the caller).
 */
int sk_verify(struct sk_check *c, enum sk_filetype type, struct sk_slice in);

/* The checkers; sk_verify() calls them, and so do containers for what they carry. */
int sk_verify_pdf(struct sk_check *c, struct sk_slice in);
int sk_verify_ooxml(struct sk_check *c, enum sk_filetype type, struct sk_slice in);
int sk_verify_odf(struct sk_check *c, enum sk_filetype type, struct sk_slice in);
int sk_verify_jpeg(struct sk_check *c, struct sk_slice in);
int sk_verify_png(struct sk_check *c, struct sk_slice in);
int sk_verify_gif(struct sk_check *c, struct sk_slice in);
int sk_verify_bmp(struct sk_check *c, struct sk_slice in);
int sk_verify_webp(struct sk_check *c, struct sk_slice in);
int sk_verify_tiff(struct sk_check *c, struct sk_slice in);
int sk_verify_html(struct sk_check *c, struct sk_slice in);
/* The page of a mail, whose pictures may be other parts of it (cid:). */
int sk_verify_html_in_mail(struct sk_check *c, struct sk_slice in);
int sk_verify_svg(struct sk_check *c, struct sk_slice in);
int sk_verify_ichitaro(struct sk_check *c, struct sk_slice in);
int sk_verify_rtf(struct sk_check *c, struct sk_slice in);
int sk_verify_zip(struct sk_check *c, struct sk_slice in);
int sk_verify_eml(struct sk_check *c, struct sk_slice in);
int sk_verify_text(struct sk_check *c, enum sk_filetype type, struct sk_slice in);
int sk_verify_calendar(struct sk_check *c, enum sk_filetype type, struct sk_slice in);
int sk_verify_cad(struct sk_check *c, enum sk_filetype type, struct sk_slice in);

/*
 * A JPEG inside a PDF (DCTDecode): as sk_verify_jpeg(), but an Adobe marker and four components are allowed.
 * Gives the size and component count that the PDF's image dictionary must state.
 */
int sk_verify_jpeg_in_pdf(
    struct sk_check *c, struct sk_slice in, uint32_t *width, uint32_t *height, unsigned *channels);

/* Font programs inside a PDF. `kind`: "FontFile", "FontFile2", "Type1C", "CIDFontType0C", "OpenType". */
int sk_verify_font(struct sk_check *c, const char *kind, struct sk_slice in);

/* zlib's inflate with a ceiling: `wrapped` expects the zlib header (RFC 1950), else raw (RFC 1951). All of
 * `in` must be used. The bytes come from the arena. */
int sk_verify_inflate(
    struct sk_check *c, struct sk_slice in, bool wrapped, size_t max, struct sk_slice *out);

#endif
