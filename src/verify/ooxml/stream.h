/*
 * A large part, unpacked piece by piece, so that it never stands in memory whole. Each piece ends behind a '>': in
 * the form of doc/profiles/ooxml.md (section 4) that character ends a tag and stands nowhere else, so that no tag,
 * value or text is torn. Verifier's jail.
 */
#ifndef SK_VERIFY_OOXML_STREAM_H
#define SK_VERIFY_OOXML_STREAM_H

#include <zlib.h>

#include "verify/text/zip.h"

struct sk_oo_stream {
	struct sk_check *c;
	const struct sk_vz_member *m;
	z_stream z;
	uint8_t *p;
	size_t len, cap, given; /* bytes here, and how many of them were given */
	uint64_t total;
	uint32_t crc;
	bool open, ended;
};

/* Free with sk_oo_stream_close(), also after a failure. */
int sk_oo_stream_open(struct sk_oo_stream *s, struct sk_check *c, const struct sk_vz_member *m);
/* The next piece, empty at the end, where size and checksum have been found to fit. */
int sk_oo_stream_next(struct sk_oo_stream *s, struct sk_slice *piece);
void sk_oo_stream_close(struct sk_oo_stream *s);

#endif
