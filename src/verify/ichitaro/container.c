/*
 * [MS-CFB] as the profile has it: version 3, sectors of 512 bytes; large streams in the order of the directory, small
 * streams, their FAT, directory, FAT, list of FAT sectors; every chain in one piece. Verifier's jail.
 */
#include "verify/ichitaro/ichitaro.h"

#define SECTOR 512U
#define MINI 64U
#define CUTOFF 4096U
#define HEADER_FAT 109U
#define PER 128U
#define END 0xFFFFFFFEU
#define FAT_SECTOR 0xFFFFFFFDU
#define DIFAT_SECTOR 0xFFFFFFFCU
#define ENTRIES_MAX 4096U

struct layout {
	struct sk_check *c;
	struct sk_slice in;
	uint32_t sectors; /* behind the header */
	uint32_t fat_n, directory, minifat, minifat_n, difat, difat_n;
	uint32_t fat; /* its first sector */
	uint32_t directory_n, small, small_bytes;
};

static uint32_t u32(struct sk_slice s, size_t at)
{
	struct sk_reader r = sk_reader(s);

	sk_read_seek(&r, at);
	return sk_read_u32le(&r);
}

static uint32_t pieces(uint64_t n, uint32_t size)
{
	return (uint32_t)((n + size - 1) / size);
}

static size_t offset(uint32_t sector)
{
	return ((size_t)sector + 1) * SECTOR;
}

static bool is_zero(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i])
			return false;
	return true;
}

static int fail(struct layout *l, size_t at, const char *what)
{
	return sk_fail(l->c, at, "%s", what);
}

/* Where everything lies follows from what the header says; FAT and its list stand at the end. */
static int read_header(struct layout *l)
{
	static const uint8_t fixed[] =
	    "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	    "\x3E\0\3\0\xFE\xFF\11\0\6\0\0\0\0\0\0\0\0\0\0\0";

	if (l->in.n < SECTOR || l->in.n % SECTOR || memcmp(l->in.p, fixed, 0x2C) != 0)
		return fail(l, 0, "header in another form");
	l->sectors = (uint32_t)(l->in.n / SECTOR - 1);
	l->fat_n = u32(l->in, 0x2C);
	l->directory = u32(l->in, 0x30);
	l->minifat = u32(l->in, 0x3C);
	l->minifat_n = u32(l->in, 0x40);
	l->difat = u32(l->in, 0x44);
	l->difat_n = u32(l->in, 0x48);
	if (u32(l->in, 0x34) || u32(l->in, 0x38) != CUTOFF)
		return fail(l, 0x34, "header in another form");
	if (l->fat_n != pieces(l->sectors, PER) ||
	    l->difat_n != (l->fat_n > HEADER_FAT ? pieces(l->fat_n - HEADER_FAT, PER - 1) : 0) ||
	    (uint64_t)l->fat_n + l->difat_n > l->sectors)
		return fail(l, 0x2C, "more or fewer sectors of the FAT than the file needs");
	l->fat = l->sectors - l->fat_n - l->difat_n;
	if (l->directory >= l->fat)
		return fail(l, 0x30, "directory at another place");
	l->directory_n = l->fat - l->directory;
	if (l->minifat_n > l->directory ||
	    l->minifat != (l->minifat_n ? l->directory - l->minifat_n : END) ||
	    l->difat != (l->difat_n ? l->fat + l->fat_n : END))
		return fail(l, 0x3C, "table at another place");
	return 0;
}

/* The FAT's sectors, in the header and in the list at the end. */
static int check_difat(struct layout *l)
{
	for (uint32_t i = 0; i < HEADER_FAT; i++)
		if (u32(l->in, 0x4C + 4 * (size_t)i) != (i < l->fat_n ? l->fat + i : VI_NONE))
			return fail(l, 0x4C + 4 * (size_t)i, "FAT at another place");
	for (uint32_t i = 0, next = HEADER_FAT; i < l->difat_n; i++) {
		size_t at = offset(l->difat + i);
		for (uint32_t k = 0; k < PER - 1; k++, next++)
			if (u32(l->in, at + 4 * (size_t)k) !=
			    (next < l->fat_n ? l->fat + next : VI_NONE))
				return fail(l, at, "FAT at another place");
		if (u32(l->in, at + 4 * ((size_t)PER - 1)) !=
		    (i + 1 < l->difat_n ? l->difat + i + 1 : END))
			return fail(l, at, "list of the FAT in another form");
	}
	return 0;
}

/* A chain of `n` from `at` in the table whose first number lies at `table`; *next is behind it. */
static int check_chain(struct layout *l, size_t table, uint32_t at, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (u32(l->in, table + 4 * ((size_t)at + i)) != (i + 1 < n ? at + i + 1 : END))
			return fail(l, table + 4 * ((size_t)at + i), "chain in another form");
	return 0;
}

static int check_same(struct layout *l, size_t table, uint32_t from, uint32_t to, uint32_t value)
{
	for (uint32_t i = from; i < to; i++)
		if (u32(l->in, table + 4 * (size_t)i) != value)
			return fail(l, table + 4 * (size_t)i, "chain in another form");
	return 0;
}

static int read_name(struct layout *l, struct sk_slice e, struct vi_entry *out, size_t at)
{
	unsigned bytes = e.p[64] | e.p[65] << 8, n = bytes / 2;

	if (bytes % 2 || n < 2 || n > 32 ||
	    !is_zero(sk_slice_sub(e, (size_t)bytes - 2, 64 - (size_t)bytes + 2)))
		return fail(l, at, "name in another form");
	for (unsigned i = 0; i + 1 < n; i++) {
		if (e.p[2 * i + 1] || e.p[2 * i] == 0 || e.p[2 * i] >= 0x7F)
			return fail(l, at, "name in another form");
		out->name[i] = (char)e.p[2 * i];
	}
	return 0;
}

/* Bytes of a stream: the next ones of the large or of the small streams. */
static int read_data(struct layout *l, struct sk_slice e, struct vi_entry *out, uint32_t *large,
    uint32_t *small, size_t at)
{
	uint32_t start = u32(e, 116), size = u32(e, 120);
	uint32_t unit = size < CUTOFF ? MINI : SECTOR, n = pieces(size, unit),
		 *next = size < CUTOFF ? small : large;
	uint32_t limit = size < CUTOFF ? l->small_bytes / MINI : l->small;

	if (start != (size ? *next : END) || n > limit || *next > limit - n)
		return fail(l, at, "stream at another place");
	size_t from = size < CUTOFF ? offset(l->small) + (size_t)*next * MINI : offset(*next);
	out->data = sk_slice_sub(l->in, from, size);
	if (!is_zero(sk_slice_sub(l->in, from + size, (size_t)n * unit - size)))
		return fail(l, from, "bytes behind the end of a stream");
	int rc = size < CUTOFF ? check_chain(l, offset(l->minifat), *next, n)
			       : check_chain(l, offset(l->fat), *next, n);
	*next += n;
	return rc;
}

static int read_entry(
    struct layout *l, uint32_t i, struct vi_entry *out, uint32_t *large, uint32_t *small)
{
	size_t at = offset(l->directory) + (size_t)i * 128;
	struct sk_slice e = sk_slice_sub(l->in, at, 128);

	if ((e.p[66] != 1 && e.p[66] != 2) || e.p[67] > 1 || !is_zero(sk_slice_sub(e, 80, 36)) ||
	    u32(e, 124))
		return fail(l, at, "entry of the directory in another form");
	out->storage = e.p[66] == 1;
	out->parent = VI_NONE;
	int rc = read_name(l, e, out, at);
	if (rc)
		return rc;
	if (out->storage && (u32(e, 116) || u32(e, 120)))
		return fail(l, at, "storage with bytes");
	if (!out->storage && u32(e, 76) != VI_NONE)
		return fail(l, at, "stream with children");
	return out->storage ? 0 : read_data(l, e, out, large, small, at);
}

/* How many entries there are: the empty ones fill the last sector. */
static uint32_t count_entries(struct layout *l)
{
	uint32_t n = l->directory_n * 4;

	for (unsigned i = 0; i < 3 && n > 1; i++)
		if (u32(l->in, offset(l->directory) + (size_t)(n - 1) * 128 + 64) == 0)
			n--;
	return n;
}

static int check_empty(struct layout *l, uint32_t from)
{
	for (uint32_t i = from; i < l->directory_n * 4; i++) {
		struct sk_slice e =
		    sk_slice_sub(l->in, offset(l->directory) + (size_t)i * 128, 128);
		if (!is_zero(sk_slice_sub(e, 0, 68)) || !is_zero(sk_slice_sub(e, 80, 48)) ||
		    u32(e, 68) != VI_NONE || u32(e, 72) != VI_NONE || u32(e, 76) != VI_NONE)
			return fail(l, offset(l->directory) + (size_t)i * 128,
			    "empty entry in another form");
	}
	return 0;
}

static int check_root(struct layout *l)
{
	static const uint8_t name[] = "R\0o\0o\0t\0 \0E\0n\0t\0r\0y\0\0";
	size_t at = offset(l->directory);
	struct sk_slice e = sk_slice_sub(l->in, at, 128);
	uint32_t start = u32(e, 116), size = u32(e, 120);

	if (memcmp(e.p, name, sizeof(name)) != 0 ||
	    !is_zero(sk_slice_sub(e, sizeof(name), 64 - sizeof(name))) || e.p[64] != 22 ||
	    e.p[65] || e.p[66] != 5 || e.p[67] != 1 || u32(e, 68) != VI_NONE ||
	    u32(e, 72) != VI_NONE || !is_zero(sk_slice_sub(e, 80, 36)) || u32(e, 124))
		return fail(l, at, "root in another form");
	uint32_t first = l->directory - l->minifat_n, n = pieces(size, SECTOR);
	if (size % MINI || n > first || l->minifat_n != pieces((uint64_t)size / MINI * 4, SECTOR) ||
	    start != (size ? first - n : END))
		return fail(l, at, "small streams at another place");
	l->small = first - n;
	l->small_bytes = size;
	return 0;
}

/* Every entry is in the tree of one storage, once; smaller names left, greater right. */
static int compare(const struct vi_entry *a, const struct vi_entry *b)
{
	size_t x = strlen(a->name), y = strlen(b->name);

	if (x != y)
		return x < y ? -1 : 1;
	for (size_t i = 0; i < x; i++) {
		int p = a->name[i] >= 'a' && a->name[i] <= 'z' ? a->name[i] - 32 : a->name[i];
		int q = b->name[i] >= 'a' && b->name[i] <= 'z' ? b->name[i] - 32 : b->name[i];
		if (p != q)
			return p < q ? -1 : 1;
	}
	return 0;
}

struct tree {
	struct layout *l;
	struct vi_file *f;
	uint32_t seen, last; /* the entry before in order, VI_NONE at first */
};

static int walk(struct tree *t, uint32_t i, uint32_t parent, unsigned depth)
{
	size_t at = offset(t->l->directory) + (size_t)i * 128;

	if (i == VI_NONE)
		return 0;
	if (i == 0 || i >= t->f->n || depth > 32 || t->f->entries[i].parent != VI_NONE ||
	    parent >= i)
		return fail(t->l, at, "tree of the directory in another form");
	t->f->entries[i].parent = parent;
	t->seen++;
	int rc = walk(t, u32(t->l->in, at + 68), parent, depth + 1);
	if (rc == 0 && t->last != VI_NONE &&
	    compare(&t->f->entries[t->last], &t->f->entries[i]) >= 0)
		rc = fail(t->l, at, "names in another order");
	t->last = i;
	return rc ? rc : walk(t, u32(t->l->in, at + 72), parent, depth + 1);
}

static int check_tree(struct layout *l, struct vi_file *f)
{
	struct tree t = {.l = l, .f = f, .seen = 1};
	int rc = 0;

	for (uint32_t i = 0; i < f->n && rc == 0; i++) {
		if (!f->entries[i].storage)
			continue;
		t.last = VI_NONE;
		rc = walk(&t, u32(l->in, offset(l->directory) + (size_t)i * 128 + 76), i, 0);
	}
	return rc || t.seen == f->n ? rc : fail(l, 0, "entry outside of the tree");
}

static int read_entries(struct layout *l, struct vi_file *f, uint32_t *large, uint32_t *small)
{
	f->n = count_entries(l);
	f->entries =
	    f->n <= ENTRIES_MAX ? sk_arena_array(l->c->arena, f->n, sizeof(*f->entries)) : NULL;
	if (f->entries == NULL)
		return f->n > ENTRIES_MAX ? fail(l, 0, "too many entries") : SK_ENOMEM;
	f->entries[0].storage = true;
	for (uint32_t i = 1; i < f->n; i++) {
		int rc = read_entry(l, i, &f->entries[i], large, small);
		if (rc)
			return rc;
	}
	return check_empty(l, f->n);
}

/* The rest of both tables. */
static int check_tables(struct layout *l, uint32_t large, uint32_t small)
{
	size_t fat = offset(l->fat);
	uint32_t difat = l->fat + l->fat_n;

	if (large != l->small || small * MINI != l->small_bytes)
		return fail(l, 0, "bytes that no stream has");
	if (!is_zero(sk_slice_sub(l->in, offset(l->small) + l->small_bytes,
		(size_t)(l->directory - l->minifat_n - l->small) * SECTOR - l->small_bytes)))
		return fail(l, offset(l->small), "bytes behind the small streams");
	int rc = check_chain(l, fat, l->small, l->directory - l->minifat_n - l->small);
	if (rc == 0)
		rc = check_chain(l, fat, l->directory - l->minifat_n, l->minifat_n);
	if (rc == 0)
		rc = check_chain(l, fat, l->directory, l->directory_n);
	if (rc == 0)
		rc = check_same(l, fat, l->fat, difat, FAT_SECTOR);
	if (rc == 0)
		rc = check_same(l, fat, difat, l->sectors, DIFAT_SECTOR);
	if (rc == 0)
		rc = check_same(l, fat, l->sectors, l->fat_n * PER, VI_NONE);
	return rc ? rc : check_same(l, offset(l->minifat), small, l->minifat_n * PER, VI_NONE);
}

int vi_container(struct sk_check *c, struct sk_slice in, struct vi_file *f)
{
	struct layout l = {.c = c, .in = in};
	uint32_t large = 0, small = 0;
	int rc = in.n > (size_t)1 << 31 ? sk_fail(c, 0, "too large") : read_header(&l);

	if (rc == 0)
		rc = check_difat(&l);
	if (rc == 0)
		rc = check_root(&l);
	if (rc == 0)
		rc = read_entries(&l, f, &large, &small);
	if (rc == 0)
		rc = check_tables(&l, large, small);
	return rc ? rc : check_tree(&l, f);
}
