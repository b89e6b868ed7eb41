/*
 * Compound files ([MS-CFB]): which program wrote one is told by the streams at its root. Reads the directory only,
 * every chain bounded by the number of sectors in the file. Cleaner's jail.
 */
#include "format/other/other.h"

#define ENTRY_BYTES 128U
#define ENTRIES_MAX 65536U
#define NO_STREAM 0xFFFFFFFFU
#define SECTOR_MAX 0xFFFFFFFAU
#define HEADER_FAT 109U
#define STACK_MAX 64

struct cfb {
	struct sk_slice in;
	unsigned shift; /* of the sector size */
	uint32_t sectors;
	uint32_t directory;              /* first sector */
	uint32_t chain[ENTRIES_MAX / 4]; /* sectors of the directory */
	uint32_t nchain;
};

static uint32_t u32(struct sk_slice in, size_t at)
{
	struct sk_reader r = sk_reader(in);
	sk_read_seek(&r, at);
	return sk_read_u32le(&r);
}

static size_t offset_of(const struct cfb *c, uint32_t sector)
{
	return ((size_t)sector + 1) << c->shift;
}

/* The sector that follows in its chain; NO_STREAM where the file says nonsense. */
static uint32_t next_sector(const struct cfb *c, uint32_t sector)
{
	uint32_t per = 1U << (c->shift - 2), index = sector / per, fat = NO_STREAM;

	if (index < HEADER_FAT) {
		fat = u32(c->in, 0x4C + 4 * (size_t)index);
	} else { /* the list of FAT sectors goes on in sectors of its own */
		uint32_t at = u32(c->in, 0x44), skip = (index - HEADER_FAT) / (per - 1);
		for (uint32_t i = 0; i < skip && at < c->sectors; i++)
			at = u32(c->in, offset_of(c, at) + 4 * ((size_t)per - 1));
		if (at < c->sectors)
			fat = u32(c->in,
			    offset_of(c, at) + 4 * (size_t)((index - HEADER_FAT) % (per - 1)));
	}
	return fat < c->sectors ? u32(c->in, offset_of(c, fat) + 4 * (size_t)(sector % per))
				: NO_STREAM;
}

static bool read_header(struct cfb *c)
{
	struct sk_reader r = sk_reader(c->in);

	sk_read_seek(&r, 0x1C);
	uint16_t order = sk_read_u16le(&r);
	c->shift = sk_read_u16le(&r);
	if (r.bad || order != 0xFFFE || (c->shift != 9 && c->shift != 12))
		return false;
	size_t sectors = c->in.n >> c->shift;
	c->sectors = sectors > SECTOR_MAX ? SECTOR_MAX : (uint32_t)sectors;
	uint32_t at = u32(c->in, 0x30);
	uint32_t most = ENTRIES_MAX / (uint32_t)((1U << c->shift) / ENTRY_BYTES);
	while (at < c->sectors && c->nchain < most) {
		c->chain[c->nchain++] = at;
		at = next_sector(c, at);
	}
	return c->nchain > 0;
}

static struct sk_slice entry(const struct cfb *c, uint32_t i)
{
	uint32_t per = (1U << c->shift) / ENTRY_BYTES;

	if (i / per >= c->nchain)
		return (struct sk_slice){NULL, 0};
	return sk_slice_sub(
	    c->in, offset_of(c, c->chain[i / per]) + (size_t)(i % per) * ENTRY_BYTES, ENTRY_BYTES);
}

/* Names are UTF-16; those that we know are ASCII behind a control character at most. */
static bool is_named(struct sk_slice e, const char *name)
{
	size_t n = strlen(name);

	if (u32(e, 64) % 0x10000 != 2 * n + 2)
		return false;
	for (size_t i = 0; i < n; i++)
		if (e.p[2 * i] != (uint8_t)name[i] || e.p[2 * i + 1] != 0)
			return false;
	return true;
}

static const struct {
	const char *name;
	enum sk_filetype type;
	const char *evidence;
} streams[] = {
    {"EncryptedPackage", SK_FT_OFFICE_ENCRYPTED, "EncryptedPackage stream"},
    {"WordDocument", SK_FT_DOC, "WordDocument stream"},
    {"Workbook", SK_FT_XLS, "Workbook stream"},
    {"Book", SK_FT_XLS, "Book stream"},
    {"PowerPoint Document", SK_FT_PPT, "PowerPoint Document stream"},
    {"__properties_version1.0", SK_FT_MSG, "message properties"},
    {"DocumentText", SK_FT_JTD, "DocumentText stream"},
    {"JSCompDocument", SK_FT_JTD, "JSCompDocument stream"},
    {"BodyText", SK_FT_HWP, "BodyText storage"},
};

/* The first stream of the table, in its order, that stands at the root: index, or the number of rows. */
static size_t best_stream(const struct cfb *c, uint32_t root_child)
{
	uint32_t stack[STACK_MAX], n = 0;
	size_t rows = sizeof(streams) / sizeof(streams[0]), best = rows;
	uint32_t limit = c->nchain * ((1U << c->shift) / ENTRY_BYTES);

	stack[n++] = root_child;
	for (uint32_t visits = 0; n && visits < limit; visits++) {
		struct sk_slice e = entry(c, stack[--n]);
		if (e.n < ENTRY_BYTES)
			continue;
		for (size_t i = 0; i < best; i++)
			if (is_named(e, streams[i].name))
				best = i;
		for (unsigned side = 68; side <= 72; side += 4)
			if (n < STACK_MAX && u32(e, side) != NO_STREAM)
				stack[n++] = u32(e, side);
	}
	return best;
}

/* Installers are known by the class of their root (packages, patches, transforms). */
static bool is_installer(struct sk_slice root)
{
	struct sk_slice clsid = sk_slice_sub(root, 80, 16);

	return clsid.n == 16 && (clsid.p[0] == 0x84 || clsid.p[0] == 0x86 || clsid.p[0] == 0x82) &&
	       memcmp(clsid.p + 1, "\x10\x0C\0\0\0\0\0\xC0\0\0\0\0\0\0\x46", 15) == 0;
}

void sk_probe_cfb(struct sk_slice in, const char *name, struct sk_report *claims)
{
	if (!sk_slice_starts(in, SK_SLICE_LIT("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")))
		return;
	struct cfb *c = calloc(1, sizeof(*c));
	if (c == NULL)
		return;
	c->in = in;
	struct sk_slice root = read_header(c) ? entry(c, 0) : (struct sk_slice){NULL, 0};
	if (root.n == ENTRY_BYTES && root.p[66] == 5) {
		size_t i = best_stream(c, u32(root, 76));
		sk_report_claim(
		    claims, SK_FT_CFB, SK_CLAIM_STRUCTURE, 0, "compound file directory");
		if (is_installer(root))
			sk_report_claim(
			    claims, SK_FT_MSI, SK_CLAIM_STRUCTURE, 0, "class of the root");
		else if (i < sizeof(streams) / sizeof(streams[0]))
			sk_report_claim(
			    claims, streams[i].type, SK_CLAIM_STRUCTURE, 0, streams[i].evidence);
	} else {
		sk_report_claim(
		    claims, SK_FT_CFB, SK_CLAIM_SIGNATURE, 0, "compound file signature");
	}
	free(c);
}
