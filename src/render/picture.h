/*
 * Coded pictures, HEVC (H.265) and AV1, to pixels, by libde265 and dav1d without threads. Renderer's jail: there is no
 * static form of these libraries, and they read hostile bytes. Each is optional at run time.
 */
#ifndef SK_RENDER_PICTURE_H
#define SK_RENDER_PICTURE_H

#include "base/err.h"
#include "base/page.h"
#include "base/picture.h"

/* Look for the decoders once, before the jail closes. */
void sk_picture_init(void);

/*
 * The first picture of `in`: for HEVC a byte stream with start codes (H.265, annex B), for AV1 open bitstream units.
 * 8 bits a channel: 1 (grey) or 3 (RGB), data by malloc(): the caller frees it. SK_EUNSUPPORTED: no decoder;
 * SK_EFORMAT: not readable; SK_ELIMIT: more pixels than `pixels`.
 */
int sk_picture_decode(
    struct sk_slice in, struct sk_coding coding, uint64_t pixels, struct sk_pixmap *out);

#endif
