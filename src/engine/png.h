/* Pixels as a PNG (W3C PNG 2nd edition): the caller's process writes it, from what a jail has drawn; it reads none. */
#ifndef SK_ENGINE_PNG_H
#define SK_ENGINE_PNG_H

#include "base/slice.h"

/* RGB of 8 bits, rows without gaps, to the descriptor. SK_EARG: the pixels are not width × height × 3; SK_EIO; SK_ENOMEM. */
int sk_png_write(int fd, uint32_t width, uint32_t height, struct sk_slice rgb);

#endif
