/* [MS-CFB] 2.2 header, 2.3 FAT, 2.4 mini FAT, 2.5 DIFAT, 2.6 directory. Cleaner's jail. */
#include "container/cfb.h"

#include <strings.h>

#include "base/err.h"
#include "base/utf8.h"

#define ENTRY_BYTES 128U
#define ENTRIES_MAX 65536U
#define HEADER_FAT 109U
#define MINI_SHIFT 6
#define MINI_CUTOFF 4096U
#define READS 4 /* of a whole file: readers look at some streams more than once */

bool sk_cfb_is(struct sk_slice in)
{
	return sk_slice_starts(in, SK_SLICE_LIT("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"));
}

static uint32_t u32(struct sk_slice in, size_t at)
{
	struct sk_reader r = sk_reader(in);
	sk_read_seek(&r, at);
	return sk_read_u32le(&r);
}

static size_t offset_of(const struct sk_cfb *c, uint32_t sector)
{
	return ((size_t)sector + 1) << c->shift;
}

/* The sector that follows in its chain; SK_CFB_NONE at its end and where the file says nonsense. */
static uint32_t next_sector(const struct sk_cfb *c, uint32_t sector)
{
	uint32_t per = 1U << (c->shift - 2), index = sector / per, fat = SK_CFB_NONE;

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
	if (fat >= c->sectors)
		return SK_CFB_NONE;
	uint32_t next = u32(c->in, offset_of(c, fat) + 4 * (size_t)(sector % per));
	return next < c->sectors ? next : SK_CFB_NONE;
}

/* Copy a chain of sectors, at most `most` bytes. A chain longer than the file is a loop. */
static int read_chain(struct sk_cfb *c, uint32_t at, size_t most, struct sk_slice *out)
{
	size_t sector = (size_t)1 << c->shift, n = 0;
	size_t size = most < c->in.n ? most : c->in.n;
	uint8_t *p = sk_arena_alloc(c->arena, size);

	if (p == NULL)
		return SK_ENOMEM;
	while (at < c->sectors && n < size) {
		struct sk_slice s = sk_slice_sub(c->in, offset_of(c, at), sector);
		size_t part = s.n < size - n ? s.n : size - n;
		if (part == 0)
			break;
		memcpy(p + n, s.p, part);
		n += part;
		at = next_sector(c, at);
	}
	*out = sk_slice(p, n);
	return 0;
}

static int read_header(struct sk_cfb *c)
{
	struct sk_reader r = sk_reader(c->in);

	sk_read_seek(&r, 0x1C);
	uint16_t order = sk_read_u16le(&r);
	c->shift = sk_read_u16le(&r);
	if (r.bad || !sk_cfb_is(c->in) || order != 0xFFFE || (c->shift != 9 && c->shift != 12))
		return SK_EFORMAT;
	size_t sectors =
	    (c->in.n - 1) >> c->shift; /* behind the header, the last one perhaps torn */
	c->sectors = sectors > SK_CFB_NONE - 6 ? SK_CFB_NONE - 6 : (uint32_t)sectors;
	return 0;
}

/* Names are UTF-16 with a length in bytes that counts the zero at the end. */
static void read_name(struct sk_slice e, char *name, size_t size)
{
	size_t bytes = u32(e, 64) % 0x10000;
	struct sk_buf utf8 = SK_BUF(size - 1);

	for (size_t i = 0; i + 2 < bytes && i + 1 < e.n && i < 64; i += 2) {
		uint32_t u = e.p[i] | (uint32_t)e.p[i + 1] << 8;
		(void)sk_utf8_put(&utf8, u == 0 || (u >= 0xD800 && u < 0xE000) ? 0xFFFD : u);
	}
	if (utf8.len)
		memcpy(name, utf8.p, utf8.len);
	name[utf8.len] = '\0';
	sk_buf_free(&utf8);
}

static void read_entry(const struct sk_cfb *c, struct sk_slice e, struct sk_cfb_entry *out)
{
	read_name(e, out->name, sizeof(out->name));
	out->kind = e.p[66];
	memcpy(out->clsid, e.p + 80, sizeof(out->clsid));
	out->parent = SK_CFB_NONE;
	out->start = u32(e, 116);
	out->size = u32(e, 120);
	if (c->shift == 12)
		out->size |= (uint64_t)u32(e, 124) << 32;
}

/* Give every entry that can be reached from the root its storage; each is visited once. */
static int link_entries(struct sk_cfb *c, struct sk_slice directory)
{
	uint32_t *stack = sk_arena_array(c->arena, (size_t)c->n * 3 + 1, sizeof(*stack)), n = 0;
	uint32_t *of = sk_arena_array(c->arena, (size_t)c->n * 3 + 1, sizeof(*of));

	if (stack == NULL || of == NULL)
		return SK_ENOMEM;
	of[n] = SK_CFB_ROOT;
	stack[n++] = u32(directory, 76);
	while (n) {
		uint32_t i = stack[--n], storage = of[n];
		if (i == SK_CFB_ROOT || i >= c->n || c->entries[i].parent != SK_CFB_NONE)
			continue;
		struct sk_slice e = sk_slice_sub(directory, (size_t)i * ENTRY_BYTES, ENTRY_BYTES);
		c->entries[i].parent = storage;
		for (size_t side = 68; side <= 72; side += 4, n++) {
			of[n] = storage;
			stack[n] = u32(e, side);
		}
		of[n] = i;
		stack[n++] = c->entries[i].kind == 1 ? u32(e, 76) : SK_CFB_NONE;
	}
	return 0;
}

static int read_directory(struct sk_cfb *c)
{
	struct sk_slice directory;
	int rc = read_chain(c, u32(c->in, 0x30), (size_t)ENTRIES_MAX * ENTRY_BYTES, &directory);

	if (rc)
		return rc;
	c->n = (uint32_t)(directory.n / ENTRY_BYTES);
	c->entries = sk_arena_array(c->arena, c->n ? c->n : 1, sizeof(*c->entries));
	if (c->entries == NULL)
		return SK_ENOMEM;
	for (uint32_t i = 0; i < c->n; i++)
		read_entry(c, sk_slice_sub(directory, (size_t)i * ENTRY_BYTES, ENTRY_BYTES),
		    &c->entries[i]);
	if (c->n == 0 || c->entries[0].kind != 5)
		return SK_EFORMAT;
	return link_entries(c, directory);
}

int sk_cfb_open(struct sk_arena *arena, struct sk_slice in, struct sk_cfb *c)
{
	*c = (struct sk_cfb){.in = in, .arena = arena};
	int rc = read_header(c);
	return rc ? rc : read_directory(c);
}

uint32_t sk_cfb_find(const struct sk_cfb *c, uint32_t storage, const char *name)
{
	for (uint32_t i = 1; i < c->n; i++)
		if (c->entries[i].parent == storage && strcasecmp(c->entries[i].name, name) == 0)
			return i;
	return SK_CFB_NONE;
}

/* The small streams' stream and its FAT; read when the first small stream is. */
static int read_mini(struct sk_cfb *c)
{
	struct sk_slice fat;
	size_t size = c->entries[0].size < c->in.n ? (size_t)c->entries[0].size : c->in.n;
	int rc = read_chain(c, c->entries[0].start, size, &c->mini);

	if (rc == 0)
		rc = read_chain(c, u32(c->in, 0x3C), (c->mini.n >> MINI_SHIFT) * 4 + 4, &fat);
	if (rc)
		return rc;
	c->mini_sectors = (uint32_t)(fat.n / 4);
	c->mini_next = sk_arena_array(c->arena, c->mini_sectors + 1, sizeof(*c->mini_next));
	if (c->mini_next == NULL)
		return SK_ENOMEM;
	for (uint32_t i = 0; i < c->mini_sectors; i++)
		c->mini_next[i] = u32(fat, (size_t)i * 4);
	return 0;
}

static int read_small(struct sk_cfb *c, uint32_t at, size_t size, struct sk_slice *out)
{
	int rc = c->mini_next ? 0 : read_mini(c);
	uint8_t *p = rc ? NULL : sk_arena_alloc(c->arena, size);
	size_t n = 0;

	if (p == NULL)
		return rc ? rc : SK_ENOMEM;
	while (at < c->mini_sectors && n < size) {
		struct sk_slice s =
		    sk_slice_sub(c->mini, (size_t)at << MINI_SHIFT, (size_t)1 << MINI_SHIFT);
		size_t part = s.n < size - n ? s.n : size - n;
		if (part == 0)
			break;
		memcpy(p + n, s.p, part);
		n += part;
		at = c->mini_next[at];
	}
	*out = sk_slice(p, n);
	return n == size ? 0 : SK_EFORMAT;
}

int sk_cfb_read(struct sk_cfb *c, uint32_t entry, size_t most, struct sk_slice *out)
{
	if (entry >= c->n || c->entries[entry].kind != 2)
		return SK_EFORMAT;
	const struct sk_cfb_entry *e = &c->entries[entry];
	size_t size = e->size < most ? (size_t)e->size : most;
	if (e->size > c->in.n)
		return SK_EFORMAT;
	c->read += size;
	if (c->read / READS > c->in.n)
		return SK_EFORMAT;
	if (e->size < MINI_CUTOFF)
		return read_small(c, e->start, size, out);
	int rc = read_chain(c, e->start, size, out);
	return rc || out->n == size ? rc : SK_EFORMAT;
}

/* The sectors of the small streams' stream, in their order. */
static int find_mini_sectors(struct sk_cfb *c)
{
	uint32_t most = (uint32_t)(c->mini.n >> c->shift) + 1, at = c->entries[0].start;

	c->mini_at = sk_arena_array(c->arena, most, sizeof(*c->mini_at));
	if (c->mini_at == NULL)
		return SK_ENOMEM;
	for (; at < c->sectors && c->mini_at_n < most; at = next_sector(c, at))
		c->mini_at[c->mini_at_n++] = at;
	return 0;
}

/* Copy a part to a place in the file; the last sector may be torn. */
static void put(const struct sk_cfb *c, uint8_t *copy, size_t at, struct sk_slice part)
{
	size_t room = at < c->in.n ? c->in.n - at : 0;

	if (part.n && room)
		memcpy(copy + at, part.p, part.n < room ? part.n : room);
}

static int patch_small(struct sk_cfb *c, uint32_t at, struct sk_slice bytes, uint8_t *copy)
{
	int rc = c->mini_next ? 0 : read_mini(c);
	size_t n = 0;

	if (rc == 0 && c->mini_at == NULL)
		rc = find_mini_sectors(c);
	if (rc)
		return rc;
	for (; at < c->mini_sectors && n < bytes.n; n += (size_t)1 << MINI_SHIFT) {
		size_t in_stream = (size_t)at << MINI_SHIFT, sector = in_stream >> c->shift;
		if (sector >= c->mini_at_n)
			return SK_EFORMAT;
		put(c, copy,
		    offset_of(c, c->mini_at[sector]) + (in_stream & (((size_t)1 << c->shift) - 1)),
		    sk_slice_sub(bytes, n, (size_t)1 << MINI_SHIFT));
		at = c->mini_next[at];
	}
	return n >= bytes.n ? 0 : SK_EFORMAT;
}

int sk_cfb_patch(struct sk_cfb *c, uint32_t entry, struct sk_slice bytes, uint8_t *copy)
{
	size_t n = 0, sector = (size_t)1 << c->shift;

	if (entry >= c->n || c->entries[entry].kind != 2)
		return SK_EFORMAT;
	const struct sk_cfb_entry *e = &c->entries[entry];
	if (bytes.n > e->size)
		bytes.n = (size_t)e->size;
	if (e->size < MINI_CUTOFF)
		return patch_small(c, e->start, bytes, copy);
	for (uint32_t at = e->start; at < c->sectors && n < bytes.n; n += sector) {
		put(c, copy, offset_of(c, at), sk_slice_sub(bytes, n, sector));
		at = next_sector(c, at);
	}
	return n >= bytes.n ? 0 : SK_EFORMAT;
}

size_t sk_cfb_entry_at(const struct sk_cfb *c, uint32_t entry)
{
	size_t in_chain = (size_t)entry * ENTRY_BYTES, sector = (size_t)1 << c->shift;
	uint32_t at = u32(c->in, 0x30);

	for (; in_chain >= sector && at < c->sectors; in_chain -= sector)
		at = next_sector(c, at);
	size_t found = at < c->sectors ? offset_of(c, at) + in_chain : SIZE_MAX;
	return found < c->in.n && c->in.n - found >= ENTRY_BYTES ? found : SIZE_MAX;
}
