/* The check digits of individual and corporate numbers. Pure. */
#ifndef SK_LEAK_NUMBER_H
#define SK_LEAK_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#define SK_MYNUMBER_DIGITS 12
#define SK_CORPORATE_DIGITS 13

/* d: digits 0 to 9, the first one first. Numbers of one digit repeated are given to nobody and are none. */
bool sk_mynumber_valid(const uint8_t d[SK_MYNUMBER_DIGITS]);
bool sk_corporate_valid(const uint8_t d[SK_CORPORATE_DIGITS]);
/* Codes of goods (GS1: EAN-13, UPC-A as EAN with a 0 before it), which have the same lengths. */
bool sk_goods_valid(const uint8_t *d, unsigned n);
/* Whether 12 digits read as a minute between 1990 and 2059: YYYYMMDDhhmm. */
bool sk_minute_valid(const uint8_t d[12]);

#endif
