/* DICTs of CFF: operands in, canonical operands out. Cleaner's jail. */
#ifndef SK_FORMAT_FONT_DICT_H
#define SK_FORMAT_FONT_DICT_H

#include "format/font/internal.h"

#define SK_DICT_OPERANDS 48
#define SK_DICT_ESC 0x0c00 /* two-byte operators are SK_DICT_ESC | second byte */

struct sk_dict_number {
	int64_t pico; /* in 10^-12, saturating at the largest value */
	int32_t i;    /* rounded down, saturating */
};

struct sk_dict {
	struct sk_reader r;
	unsigned op, n;
	struct sk_dict_number v[SK_DICT_OPERANDS];
};

/* The next operator with its operands: 1, 0 at the end, or SK_EFORMAT. */
int sk_dict_next(struct sk_dict *d);

void sk_dict_put_int(struct sk_buf *out, int32_t v);
void sk_dict_put_offset(struct sk_buf *out, uint32_t v);
void sk_dict_put_number(struct sk_buf *out, int64_t pico);
void sk_dict_put_op(struct sk_buf *out, unsigned op);

#endif
