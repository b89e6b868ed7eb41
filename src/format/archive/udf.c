/*
 * A disk image that is ISO 9660 may be UDF, too, with other files; Windows then shows those of UDF. ECMA-167 2/9.1
 * and 3/9.1 (volume recognition sequence), 3/8.4.2.1 and 3/10.2 (anchor), 3/7.2 (tag). Cleaner's jail.
 */
#include "format/archive/library.h"

#define SECTOR 2048
#define FIRST 16 /* of the sequence */
#define ANCHOR 256
#define TAG 16

/* Sectors of 4,096 bytes leave every second one empty, so that none ends the sequence. */
static bool is_named(struct sk_slice in)
{
	for (size_t i = FIRST; i < ANCHOR; i++) {
		struct sk_slice id = sk_slice_sub(in, i * SECTOR + 1, 5);
		if (sk_slice_is(id, "NSR02") || sk_slice_is(id, "NSR03"))
			return true;
	}
	return false;
}

static bool is_anchor(struct sk_slice in, size_t sector)
{
	struct sk_reader r = sk_reader(sk_slice_sub(in, sector * SECTOR, TAG));
	uint8_t sum = 0;

	uint16_t id = sk_read_u16le(&r);
	sk_read_skip(&r, 10);
	uint32_t place = sk_read_u32le(&r);
	if (r.bad || id != 2 || place != sector)
		return false;
	for (size_t i = 0; i < TAG; i++)
		sum = (uint8_t)(sum + (i == 4 ? 0 : r.s.p[i]));
	return sum == r.s.p[4];
}

/* At two of three places: the sector with that number, the last one, and as far before it. */
bool sk_library_has_udf(struct sk_slice in)
{
	size_t n = in.n / SECTOR;

	return is_named(in) || is_anchor(in, ANCHOR) || (n > 0 && is_anchor(in, n - 1)) ||
	       (n > ANCHOR && is_anchor(in, n - 1 - ANCHOR));
}
