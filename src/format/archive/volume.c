/* Archives in several parts, told by their headers. Cleaner's jail. */
#include "format/archive/library.h"
#include "format/archive/rar.h"

#define RAR_MAIN 0x73
#define RAR_VOLUME 1
#define CAB_NEIGHBOURS 3 /* a cabinet before this one, or behind it */

/* The main archive header comes first: CRC, size, type 1, flags, size of the extra area when bit 0 says so. */
static bool is_rar5_volume(struct sk_slice in)
{
	struct sk_reader r = sk_reader(in);

	sk_read_seek(&r, 8 + 4);
	(void)sk_rar_vint(&r);
	uint64_t type = sk_rar_vint(&r), flags = sk_rar_vint(&r);
	if (flags & 1)
		(void)sk_rar_vint(&r);
	uint64_t archive = sk_rar_vint(&r);
	return !r.bad && type == 1 && (archive & RAR_VOLUME);
}

static bool is_rar_volume(struct sk_slice in)
{
	struct sk_reader r = sk_reader(in);

	if (sk_rar_is_5(in))
		return is_rar5_volume(in);
	sk_read_seek(&r, 7 + 2);
	uint8_t type = sk_read_u8(&r);
	uint16_t flags = sk_read_u16le(&r);
	return !r.bad && type == RAR_MAIN && (flags & RAR_VOLUME);
}

static bool is_cab_volume(struct sk_slice in)
{
	struct sk_reader r = sk_reader(in);

	sk_read_seek(&r, 30);
	uint16_t flags = sk_read_u16le(&r);
	return sk_slice_starts(in, SK_SLICE_LIT("MSCF")) && !r.bad && (flags & CAB_NEIGHBOURS);
}

/* 7z is cut anywhere: the header at the end is in another part, and the name says so (archive.7z.001). */
static bool is_7z_volume(const char *name, struct sk_slice in)
{
	struct sk_reader r = sk_reader(in);
	size_t n = strlen(name);

	sk_read_seek(&r, 12);
	uint64_t at = sk_read_u64le(&r);
	return sk_slice_starts(in, SK_SLICE_LIT("7z\xBC\xAF")) && !r.bad && at > in.n && n > 4 &&
	       strcmp(name + n - 4, ".001") == 0;
}

bool sk_library_is_volume(enum sk_filetype type, const char *name, struct sk_slice in)
{
	switch ((int)type) {
	case SK_FT_RAR:
		return is_rar_volume(in);
	case SK_FT_CAB:
		return is_cab_volume(in);
	case SK_FT_SEVENZIP:
		return is_7z_volume(name, in);
	default:
		return false;
	}
}
