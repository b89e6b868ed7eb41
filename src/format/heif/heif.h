/* Inside the HEIF family. Cleaner's jail. */
#ifndef SK_FORMAT_HEIF_HEIF_H
#define SK_FORMAT_HEIF_HEIF_H

#include "format/handler.h"
#include "format/heif/bmff.h"

/* How a picture is composed: grids in grids do not occur; what a picture is derived from may be derived itself. */
#define SK_HEIF_DEPTH 4

/* compose.c: the pixels of an item with its transformations; `colour` is that of what it is part of. */
int sk_heif_pixels(struct sk_job *job, struct sk_heif *h, struct sk_heif_item *item,
    struct sk_coding colour, unsigned depth, struct sk_pixmap *out);
/* The first item that `item` is derived from, or NULL. */
struct sk_heif_item *sk_heif_source(const struct sk_heif *h, const struct sk_heif_item *item);

/* turn.c: irot, imir and clap of an item, in their order. */
int sk_heif_transform(struct sk_job *job, const struct sk_heif *h, const struct sk_heif_item *item,
    struct sk_pixmap *p);

/* stream.c: what a decoder reads: a byte stream of HEVC, or AV1's units. SK_EFORMAT, SK_ENOMEM. */
int sk_heif_stream(const struct sk_heif *h, const struct sk_heif_item *item, enum sk_codec *codec,
    struct sk_slice *out);

/* encode.c: as JPEG, or PNG where something shines through, with the profile of the source. */
int sk_heif_encode(
    struct sk_job *job, const struct sk_pixmap *p, struct sk_slice icc, struct sk_output *out);
/* A profile of these primaries (H.273, 8.1) into `icc` (SK_ICC_BYTES); 0 where sRGB's are meant. */
size_t sk_heif_profile(unsigned primaries, uint8_t *icc);

#endif
