/* Tests of the archives that libarchive reads; they are made here, by its writers or byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <archive.h>
#include <archive_entry.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <zlib.h>

#include "container/zip.h"
#include "format/archive/library.h"
#include "format/handler.h"

#define HYOU "\x95\x5C.txt" /* 表.txt in CP932 */

static struct sk_report *report;
static struct sk_arena *arena;
static struct sk_limits limits;

static int fake_clean(struct sk_job *job, const char *name, struct sk_slice in,
    struct sk_output *out, enum sk_code *why)
{
	*why = SK_REASON_PROGRAM;
	if (sk_slice_starts(in, SK_SLICE_LIT("BAD")))
		return SK_EREFUSED;
	out->type = SK_FT_TXT;
	return sk_buf_put_slice(&out->bytes, in);
}

static int setup(void **state)
{
	report = calloc(1, sizeof(*report));
	arena = sk_arena_new((size_t)256 << 20);
	limits = sk_limits_for(1000);
	return report && arena ? sk_library_init() : -1;
}

static int teardown(void **state)
{
	free(report);
	sk_arena_free(arena);
	return 0;
}

static int run(
    enum sk_filetype type, const char *name, const struct sk_buf *in, struct sk_output *out)
{
	struct sk_budget budget = {limits.expand, limits.pixels_total, limits.members, 10};
	struct sk_services services = {.clean_member = fake_clean};
	struct sk_job job = {.report = report,
	    .limits = &limits,
	    .budget = &budget,
	    .services = &services,
	    .name = name,
	    .method = SK_METHOD_REBUILD,
	    .arena = arena};

	*report = (struct sk_report){.type = type};
	*out = (struct sk_output){.bytes = SK_BUF(limits.output)};
	return sk_archive_handler.rebuild(&job, type, sk_buf_slice(in), out);
}

/* The names of what came out, with '|' between them. Frees `in`. */
static void gives(enum sk_filetype type, const char *name, struct sk_buf *in, const char *want)
{
	struct sk_output out;
	struct sk_zip zip;
	struct sk_buf names = SK_BUF(100000);

	int rc = run(type, name, in, &out);
	if (rc)
		print_message("%s: %s\n", name, report->detail);
	assert_int_equal(rc, 0);
	assert_int_equal(out.type, SK_FT_ZIP);
	assert_int_equal(sk_zip_read(arena, sk_buf_slice(&out.bytes), 1000, &zip, NULL), 0);
	for (size_t i = 0; i < zip.count; i++) {
		sk_buf_puts(&names, i ? "|" : "");
		sk_buf_put_slice(&names, zip.members[i].raw_name);
	}
	sk_buf_putc(&names, 0);
	assert_string_equal((const char *)names.p, want);
	sk_buf_free(&names);
	sk_buf_free(&out.bytes);
	sk_buf_free(in);
}

static void refused(enum sk_filetype type, const char *name, struct sk_buf *in, enum sk_code why)
{
	struct sk_output out;

	assert_int_not_equal(run(type, name, in, &out), 0);
	if (report->reason != why)
		print_message("%s: %s: %s\n", sk_filetype_name(type), sk_code_name(report->reason),
		    report->detail);
	assert_int_equal(report->reason, why);
	sk_buf_free(&out.bytes);
	sk_buf_free(in);
}

struct row {
	const char *name, *data;
	mode_t kind; /* 0: a file */
	const char *link;
};

/* ustar (POSIX), written here: the library's writer would want its writer of XML linked. */
static void put_tar(struct sk_buf *b, const struct row *r)
{
	size_t size = r->data ? strlen(r->data) : 0;
	uint8_t h[512] = {0};
	unsigned sum = 0;
	char type = r->kind == AE_IFLNK   ? '2'
		    : r->kind == AE_IFCHR ? '3'
		    : r->kind == AE_IFBLK ? '4'
		    : r->kind == AE_IFDIR ? '5'
		    : r->kind == AE_IFIFO ? '6'
		    : r->link             ? '1'
					  : '0';

	memcpy(h, r->name, strlen(r->name));
	snprintf((char *)h + 100, 8, "%07o", 0644);
	snprintf((char *)h + 108, 8, "%07o", 0);
	snprintf((char *)h + 116, 8, "%07o", 0);
	snprintf((char *)h + 124, 12, "%011o", (unsigned)size);
	snprintf((char *)h + 136, 12, "%011o", 0);
	h[156] = (uint8_t)type;
	if (r->link)
		memcpy(h + 157, r->link, strlen(r->link));
	memcpy(h + 257, "ustar\00000", 8);
	memset(h + 148, ' ', 8);
	for (size_t i = 0; i < sizeof(h); i++)
		sum += h[i];
	snprintf((char *)h + 148, 8, "%06o", sum);
	sk_buf_put(b, h, sizeof(h));
	sk_buf_put(b, r->data, size);
	sk_buf_fill(b, 0, (512 - size % 512) % 512);
}

static struct sk_buf tar(const struct row *rows, size_t n)
{
	struct sk_buf b = SK_BUF((size_t)64 << 20);

	for (size_t i = 0; i < n; i++)
		put_tar(&b, &rows[i]);
	sk_buf_fill(&b, 0, 1024);
	return b;
}

static la_ssize_t put(struct archive *a, void *to, const void *p, size_t n)
{
	return sk_buf_put(to, p, n) ? -1 : (la_ssize_t)n;
}

static void write_entry(struct archive *w, const char *name, struct sk_slice data)
{
	struct archive_entry *e = archive_entry_new();

	archive_entry_set_pathname(e, name);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_size(e, (la_int64_t)data.n);
	assert_true(archive_write_header(w, e) >= ARCHIVE_WARN);
	assert_true(archive_write_data(w, data.p, data.n) >= 0);
	archive_entry_free(e);
}

static struct archive *writer(struct sk_buf *b, int (*format)(struct archive *))
{
	struct archive *w = archive_write_new();

	assert_int_equal(format(w), ARCHIVE_OK);
	archive_write_set_bytes_in_last_block(w, 1);
	return w;
}

static struct sk_buf make(int (*format)(struct archive *), const struct row *rows, size_t n)
{
	struct sk_buf b = SK_BUF((size_t)64 << 20);
	struct archive *w = writer(&b, format);

	assert_int_equal(archive_write_open(w, &b, NULL, put, NULL), ARCHIVE_OK);
	for (size_t i = 0; i < n; i++)
		write_entry(w, rows[i].name, sk_slice_str(rows[i].data));
	assert_int_equal(archive_write_close(w), ARCHIVE_OK);
	archive_write_free(w);
	return b;
}

/* The bytes compressed; frees them. */
static struct sk_buf pack(int (*filter)(struct archive *), struct sk_buf data)
{
	struct sk_buf b = SK_BUF((size_t)64 << 20);
	struct archive *w = writer(&b, archive_write_set_format_raw);

	assert_int_equal(filter(w), ARCHIVE_OK);
	assert_int_equal(archive_write_open(w, &b, NULL, put, NULL), ARCHIVE_OK);
	write_entry(w, "x", sk_buf_slice(&data));
	assert_int_equal(archive_write_close(w), ARCHIVE_OK);
	archive_write_free(w);
	sk_buf_free(&data);
	return b;
}

static const struct row two[] = {{"a/b.txt", "hello"}, {"c.exe", "BAD"}};

static void test_formats(void **state)
{
	static const struct {
		enum sk_filetype type;
		int (*format)(struct archive *);
		const char *want;
	} rows[] = {
	    {SK_FT_SEVENZIP, archive_write_set_format_7zip, "a/b.txt|c.txt"},
	    {SK_FT_ISO, archive_write_set_format_iso9660, "a/|a/b.txt|c.txt"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sk_buf in = make(rows[i].format, two, 2);
		gives(rows[i].type, "x", &in, rows[i].want);
		assert_int_equal(sk_report_count(report, SK_ARCHIVE_MEMBER), 1);
	}
}

static const struct {
	enum sk_filetype type;
	int (*filter)(struct archive *);
	const char *name;
} filters[] = {
    {SK_FT_GZIP, archive_write_add_filter_gzip, "d/x.tgz"},
    {SK_FT_BZIP2, archive_write_add_filter_bzip2, "x.tar.bz2"},
    {SK_FT_XZ, archive_write_add_filter_xz, "x.tar.xz"},
    {SK_FT_LZMA, archive_write_add_filter_lzma, "x.tar.lzma"},
    {SK_FT_ZSTD, archive_write_add_filter_zstd, "x.tar.zst"},
};

static void test_compressed(void **state)
{
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		struct sk_buf in = pack(filters[i].filter, tar(two, 2)), one = SK_BUF(100);
		struct sk_output out;
		gives(filters[i].type, filters[i].name, &in, "a/b.txt|c.txt");
		sk_buf_puts(&one, "only this");
		in = pack(filters[i].filter, one);
		gives(filters[i].type, "d/notes.txt.z", &in, "notes.txt");
		in = pack(filters[i].filter, tar(two, 2));
		in.len = 12;
		assert_int_equal(run(filters[i].type, "x", &in, &out), SK_EREFUSED);
		sk_buf_free(&out.bytes);
		sk_buf_free(&in);
	}
}

/* What is in a tar that breaks off comes out, and the report says so. */
static void test_broken_off(void **state)
{
	struct sk_buf in = tar(two, 2);

	in.len = 1024 + 100;
	gives(SK_FT_TAR, "x", &in, "a/b.txt");
	assert_int_equal(sk_report_count(report, SK_ARCHIVE_CUT), 1);
	in = make(archive_write_set_format_7zip, two, 2);
	in.len -= 10;
	refused(SK_FT_SEVENZIP, "x.7z", &in, SK_REASON_DAMAGED);
	in = make(archive_write_set_format_7zip, two, 2);
	in.len -= 10;
	in.len = 40;
	refused(SK_FT_SEVENZIP, "x.7z.001", &in, SK_REASON_VOLUME);
}

static void test_no_archive(void **state)
{
	static const enum sk_filetype types[] = {SK_FT_SEVENZIP, SK_FT_RAR, SK_FT_LZH, SK_FT_CAB,
	    SK_FT_TAR, SK_FT_ISO, SK_FT_GZIP, SK_FT_BZIP2, SK_FT_XZ, SK_FT_LZMA, SK_FT_ZSTD};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct sk_buf in = SK_BUF(10000);
		sk_buf_fill(&in, 'o', 7879);
		refused(types[i], "x", &in, SK_REASON_DAMAGED);
	}
}

static void test_links_and_devices(void **state)
{
	static const struct row rows[] = {{"a.txt", "x"}, {"s", NULL, AE_IFLNK, "/etc/passwd"},
	    {"h", NULL, 0, "a.txt"}, {"c", NULL, AE_IFCHR}, {"b", NULL, AE_IFBLK},
	    {"f", NULL, AE_IFIFO}, {"d", NULL, AE_IFDIR}};
	struct sk_buf in = tar(rows, sizeof(rows) / sizeof(rows[0]));

	gives(SK_FT_TAR, "x", &in, "a.txt|s.txt|h.txt|d/");
	assert_int_equal(sk_report_count(report, SK_ARCHIVE_LINK), 5);
	assert_int_equal(sk_report_count(report, SK_ARCHIVE_MEMBER), 0);
}

static void test_hostile_names(void **state)
{
	static const struct row rows[] = {{"../../up.txt", "x"}, {"/etc/abs.txt", "x"},
	    {"C:\\win.txt", "x"}, {"Same.txt", "x"}, {"SAME.TXT", "x"}, {"./dot.txt", "x"},
	    {"con", "x"}};
	struct sk_buf in = tar(rows, 7);

	gives(SK_FT_TAR, "x", &in,
	    "file-1.txt|file-2.txt|file-3.txt|Same.txt|SAME (2).TXT|dot.txt|_con.txt");
	assert_int_equal(sk_report_count(report, SK_ARCHIVE_MEMBER_NAME), 4);
	assert_int_equal(sk_report_count(report, SK_ARCHIVE_DUPLICATE), 1);
}

/* Bytes are read as CP932 in spite of the 0x5C in 表, in tar as in LZH. */
static void test_cp932(void **state)
{
	static const struct row rows[] = {
	    {"\x83\x5C\x83\x74\x83\x67/" HYOU, "x"}, {"\x94\x5C\x97\xCD\x88\xEA\x97\x97.txt", "x"}};
	struct sk_buf in = tar(rows, 2);

	gives(SK_FT_TAR, "x", &in, "ソフト/表.txt|能力一覧.txt");
}

static void test_limits(void **state)
{
	char big[21] = "xxxxxxxxxxxxxxxxxxxx";
	const struct row rows[] = {{"a.txt", big}, {"b.txt", big}};

	for (unsigned i = 0; i < 3; i++) {
		struct sk_buf in = make(archive_write_set_format_7zip, rows, 2);
		limits.expand = 39 + i;
		if (i == 0)
			refused(SK_FT_SEVENZIP, "x", &in, SK_REASON_BOMB);
		else
			gives(SK_FT_SEVENZIP, "x", &in, "a.txt|b.txt");
		limits = sk_limits_for(1000);
		in = tar(rows, 2);
		limits.members = 1 + i;
		if (i == 0)
			refused(SK_FT_TAR, "x", &in, SK_REASON_LIMIT_MEMBERS);
		else
			gives(SK_FT_TAR, "x", &in, "a.txt|b.txt");
		limits = sk_limits_for(1000);
	}
}

static uint16_t crc16(const uint8_t *p, size_t n)
{
	uint16_t crc = 0;

	for (; n; n--) {
		crc ^= *p++;
		for (int i = 0; i < 8; i++)
			crc = (uint16_t)(crc & 1 ? crc >> 1 ^ 0xA001 : crc >> 1);
	}
	return crc;
}

static void set_u16(struct sk_buf *b, size_t at, size_t v)
{
	b->p[at] = (uint8_t)v;
	b->p[at + 1] = (uint8_t)(v >> 8);
}

/* Levels 2 and 3: extended headers, each with its size before it; the first holds the CRC of them all. */
static void put_extended(struct sk_buf *b, unsigned level, const char *name)
{
	int (*put_size)(struct sk_buf *, uint32_t) = sk_buf_put_u32le;
	size_t wide = level == 2 ? 2 : 4, crc, n = strlen(name);

	put_size(b, (uint32_t)(3 + wide));
	b->len -= 4 - wide;
	sk_buf_putc(b, 0);
	crc = b->len;
	sk_buf_put_u16le(b, 0);
	put_size(b, (uint32_t)(1 + n + wide));
	b->len -= 4 - wide;
	sk_buf_putc(b, 1);
	sk_buf_puts(b, name);
	sk_buf_fill(b, 0, wide);
	set_u16(b, level == 2 ? 0 : 24, b->len);
	set_u16(b, crc, crc16(b->p, b->len));
}

/* One stored member with a header of each level. */
static struct sk_buf lzh(unsigned level, const char *name, const char *data)
{
	struct sk_buf b = SK_BUF(10000);
	size_t n = strlen(name), size = strlen(data);

	sk_buf_put_u16le(&b, (uint16_t)(level == 3 ? 4 : level == 1 ? 25 + n : 22 + n));
	sk_buf_puts(&b, "-lh0-");
	sk_buf_put_u32le(&b, (uint32_t)size);
	sk_buf_put_u32le(&b, (uint32_t)size);
	sk_buf_put_u32le(&b, 0);
	sk_buf_putc(&b, 0x20);
	sk_buf_putc(&b, (uint8_t)level);
	if (level < 2) {
		sk_buf_putc(&b, (uint8_t)n);
		sk_buf_puts(&b, name);
	}
	sk_buf_put_u16le(&b, crc16((const uint8_t *)data, size));
	if (level > 0)
		sk_buf_putc(&b, 'M');
	if (level == 1)
		sk_buf_put_u16le(&b, 0);
	if (level == 3)
		sk_buf_put_u32le(&b, 0);
	if (level > 1)
		put_extended(&b, level, name);
	for (size_t i = 2; level < 2 && i < b.len; i++)
		b.p[1] = (uint8_t)(b.p[1] + b.p[i]);
	sk_buf_puts(&b, data);
	sk_buf_putc(&b, 0);
	return b;
}

static void test_lzh(void **state)
{
	static const struct {
		const char *name, *want;
	} names[] = {{"b.txt", "b.txt"}, {"\x8D\x90\x92\x6D\x95\x5C.txt", "告知表.txt"},
	    {"\xB9\xF0\xC3\xCE\xC9\xBD\xA4\xCE\xB7\xEF.txt", "告知表の件.txt"},
	    {"告知表.txt", "告知表.txt"}};

	for (unsigned level = 0; level <= 3; level++)
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			struct sk_buf in = lzh(level, names[i].name, "hello");
			char label[20];
			snprintf(label, sizeof(label), "%u-%zu.lzh", level, i);
			gives(SK_FT_LZH, label, &in, names[i].want);
		}
	struct sk_buf in = lzh(1, "b.txt", "hello");
	in.p[in.len - 3] ^= 1;
	gives(SK_FT_LZH, "x.lzh", &in, "b.txt");
	assert_non_null(strstr(report->removed[0].where, "damaged"));
}

static struct sk_buf cab(const char *name, const char *data, uint16_t flags)
{
	struct sk_buf b = SK_BUF(10000);
	uint16_t n = (uint16_t)strlen(name), size = (uint16_t)strlen(data);
	uint32_t files = 36 + 8, at = files + 16 + n + 1U;

	sk_buf_put(&b, "MSCF\0\0\0\0", 8);
	sk_buf_put_u32le(&b, at + 8 + size);
	sk_buf_put_u32le(&b, 0);
	sk_buf_put_u32le(&b, files);
	sk_buf_put_u32le(&b, 0);
	sk_buf_put(&b, "\3\1\1\0\1\0", 6);
	sk_buf_put_u16le(&b, flags);
	sk_buf_put_u32le(&b, 0);
	sk_buf_put_u32le(&b, at); /* one folder, stored */
	sk_buf_put_u16le(&b, 1);
	sk_buf_put_u16le(&b, 0);
	sk_buf_put_u32le(&b, size); /* one file */
	sk_buf_fill(&b, 0, 6);
	sk_buf_put_u32le(&b, 0x21);
	sk_buf_put_u16le(&b, 0x20);
	sk_buf_put(&b, name, n + 1U);
	sk_buf_put_u32le(&b, 0); /* no checksum */
	sk_buf_put_u16le(&b, size);
	sk_buf_put_u16le(&b, size);
	sk_buf_puts(&b, data);
	return b;
}

static void test_cab(void **state)
{
	struct sk_buf in = cab("a\\b.txt", "hello", 0);
	gives(SK_FT_CAB, "x.cab", &in, "a/b.txt");
	in = cab("\x8D\x90\x92\x6D\x95\x5C\\" HYOU, "hello", 0);
	gives(SK_FT_CAB, "x.cab", &in, "告知表/表.txt");
	in = cab("b.txt", "hello", 2);
	refused(SK_FT_CAB, "x.cab", &in, SK_REASON_VOLUME);
}

static void rar_block(struct sk_buf *b, uint8_t type, uint16_t flags, const struct sk_buf *rest)
{
	struct sk_buf h = SK_BUF(10000);

	sk_buf_putc(&h, type);
	sk_buf_put_u16le(&h, flags);
	sk_buf_put_u16le(&h, (uint16_t)(7 + rest->len));
	sk_buf_put_slice(&h, sk_buf_slice(rest));
	sk_buf_put_u16le(b, (uint16_t)crc32(0, h.p, (unsigned)h.len));
	sk_buf_put_slice(b, sk_buf_slice(&h));
	sk_buf_free(&h);
}

/* RAR 4 with one stored member. */
static struct sk_buf rar(const char *name, const char *data, uint16_t volume, uint16_t flags)
{
	struct sk_buf b = SK_BUF(10000), h = SK_BUF(10000);
	uint32_t size = (uint32_t)strlen(data);

	sk_buf_put(&b, "Rar!\x1A\7\0", 7);
	sk_buf_fill(&h, 0, 6);
	rar_block(&b, 0x73, volume, &h);
	h.len = 0;
	sk_buf_put_u32le(&h, size);
	sk_buf_put_u32le(&h, size);
	sk_buf_putc(&h, 2);
	sk_buf_put_u32le(&h, (uint32_t)crc32(0, (const uint8_t *)data, size));
	sk_buf_put_u32le(&h, 0x21);
	sk_buf_putc(&h, 20);
	sk_buf_putc(&h, 0x30);
	sk_buf_put_u16le(&h, (uint16_t)strlen(name));
	sk_buf_put_u32le(&h, 0x20);
	sk_buf_puts(&h, name);
	rar_block(&b, 0x74, (uint16_t)(0x8000 | flags), &h);
	sk_buf_puts(&b, data);
	h.len = 0;
	rar_block(&b, 0x7B, 0x4000, &h);
	sk_buf_free(&h);
	return b;
}

static void test_rar(void **state)
{
	struct sk_buf in = rar("a\\b.txt", "hello", 0, 0);
	gives(SK_FT_RAR, "x.rar", &in, "a/b.txt");
	in = rar("\x8D\x90\x92\x6D" HYOU, "hello", 0, 0);
	gives(SK_FT_RAR, "x.rar", &in, "告知表.txt");
	in = rar("b.txt", "hello", 1, 0);
	refused(SK_FT_RAR, "x.rar", &in, SK_REASON_VOLUME);
	in = rar("b.txt", "hello", 0, 4);
	refused(SK_FT_RAR, "x.rar", &in, SK_REASON_ENCRYPTED);
	in = rar("b.txt", "hello", 0x80, 0);
	refused(SK_FT_RAR, "x.rar", &in, SK_REASON_ENCRYPTED);
}

/* --- RAR 5: blocks of CRC, size, type, flags and fields; numbers below 128 are one byte --- */

static void block5(struct sk_buf *b, const char *head, size_t n, const char *data)
{
	struct sk_buf h = SK_BUF(1000);

	sk_buf_putc(&h, (uint8_t)n);
	sk_buf_put(&h, head, n);
	sk_buf_put_u32le(b, (uint32_t)crc32(0, h.p, (unsigned)h.len));
	sk_buf_put_slice(b, sk_buf_slice(&h));
	sk_buf_puts(b, data);
	sk_buf_free(&h);
}

/* A file (2) or a service (3), stored. extra: a record of this type that fills up nothing; 0: none. */
static void member5(struct sk_buf *b, uint8_t type, const char *name, const char *data,
    uint8_t extra, uint32_t wrong)
{
	struct sk_buf h = SK_BUF(1000);
	size_t size = strlen(data), n = strlen(name);

	sk_buf_putc(&h, type);
	sk_buf_putc(&h, extra ? 3 : 2);
	if (extra)
		sk_buf_putc(&h, 40);
	sk_buf_putc(&h, (uint8_t)size);
	sk_buf_putc(&h, 4); /* with a CRC */
	sk_buf_putc(&h, (uint8_t)size);
	sk_buf_putc(&h, 0x20);
	sk_buf_put_u32le(&h, (uint32_t)crc32(0, (const uint8_t *)data, (unsigned)size) ^ wrong);
	sk_buf_put(&h, "\0\0", 2); /* stored, Windows */
	sk_buf_putc(&h, (uint8_t)n);
	sk_buf_puts(&h, name);
	if (extra) {
		sk_buf_putc(&h, 39);
		sk_buf_putc(&h, extra);
		sk_buf_fill(&h, 1, 38);
	}
	block5(b, (const char *)h.p, h.len, data);
	sk_buf_free(&h);
}

static struct sk_buf begin5(uint8_t volume)
{
	struct sk_buf b = SK_BUF(10000);
	char head[] = {1, 0, (char)volume};

	sk_buf_put(&b, "Rar!\x1A\7\1\0", 8);
	block5(&b, head, 3, "");
	return b;
}

static void end5(struct sk_buf *b)
{
	block5(b, "\5\0\0", 3, "");
}

static void test_rar5(void **state)
{
	struct sk_buf in = begin5(0);

	member5(&in, 2, "資料/表ソ能.txt", "hello", 0, 0);
	member5(&in, 2, "../葛\xF3\xA0\x84\x80.txt", "hello", 0, 0);
	end5(&in);
	gives(SK_FT_RAR, "x.rar", &in, "資料/表ソ能.txt|file-2.txt");
	assert_int_equal(report->nremoved, 1);
	in = begin5(1);
	end5(&in);
	refused(SK_FT_RAR, "x.rar", &in, SK_REASON_VOLUME);
}

/* What is stored is held against its CRC, too; what is encrypted is not taken for the data. */
static void test_rar5_data(void **state)
{
	struct sk_buf in = begin5(0);

	member5(&in, 2, "a.txt", "hello", 0, 1);
	member5(&in, 2, "b.txt", "hello", 0, 0);
	gives(SK_FT_RAR, "x.rar", &in, "a.txt|b.txt");
	assert_int_equal(sk_report_count(report, SK_ARCHIVE_MEMBER), 1);
	assert_non_null(strstr(report->removed[0].where, "damaged"));
	in = begin5(0);
	member5(&in, 2, "a.txt", "hello", 0, 0);
	member5(&in, 2, "b.txt", "\x81\x9D\xFF", 1, 77);
	end5(&in);
	refused(SK_FT_RAR, "x.rar", &in, SK_REASON_ENCRYPTED);
}

static void test_rar5_beside(void **state)
{
	struct sk_buf in = begin5(0);

	member5(&in, 2, "a.txt", "hello", 0, 0);
	member5(&in, 3, "STM", ":evil.exe", 0, 0);
	member5(&in, 3, "CMT", "comment", 0, 0);
	member5(&in, 3, "ACL", "rights", 0, 0);
	member5(&in, 3, "QO", "list", 0, 0);
	member5(&in, 2, "j", "", 5, 0);
	end5(&in);
	sk_buf_puts(&in, "behind");
	gives(SK_FT_RAR, "x.rar", &in, "a.txt|j.txt");
	assert_int_equal(sk_report_count(report, SK_ARCHIVE_HIDDEN), 1);
	assert_int_equal(sk_report_count(report, SK_ARCHIVE_COMMENT), 1);
	assert_int_equal(sk_report_count(report, SK_ARCHIVE_EXTRA), 1);
	assert_int_equal(sk_report_count(report, SK_ARCHIVE_LINK), 1);
	assert_int_equal(sk_report_count(report, SK_GENERIC_TRAILING), 1);
	in = rar("b.txt", "hello", 0, 0);
	sk_buf_puts(&in, "behind");
	gives(SK_FT_RAR, "x.rar", &in, "b.txt");
	assert_int_equal(sk_report_count(report, SK_GENERIC_TRAILING), 1);
}

/* --- ISO 9660 of 24 sectors: volume, end of volumes, tables of paths, root (20), a folder (21), data (22) --- */

static void put_both(uint8_t *p, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = p[7 - i] = (uint8_t)(v >> 8 * i);
}

/* A record of a folder; the bytes it takes. */
static size_t put_record(uint8_t *p, const char *name, size_t n, uint32_t sector, uint32_t size)
{
	size_t all = 33 + n + (n % 2 == 0);

	p[0] = (uint8_t)all;
	put_both(p + 2, sector);
	put_both(p + 10, size);
	p[25] = size == 2048 ? 2 : 0; /* a folder */
	p[28] = p[31] = 1;
	p[32] = (uint8_t)n;
	memcpy(p + 33, name, n);
	return all;
}

static size_t put_dots(uint8_t *p, uint32_t sector)
{
	size_t n = put_record(p, "\0", 1, sector, 2048);

	return n + put_record(p + n, "\1", 1, 20, 2048);
}

static struct sk_buf iso(size_t (*put_root)(uint8_t *root))
{
	struct sk_buf b = SK_BUF((size_t)1 << 20);

	sk_buf_fill(&b, 0, (size_t)24 * 2048);
	uint8_t *volume = b.p + (size_t)16 * 2048, *root = b.p + (size_t)20 * 2048;
	memcpy(volume, "\1CD001\1", 7);
	put_both(volume + 80, 24);
	volume[120] = volume[123] = volume[124] = volume[127] = 1;
	volume[129] = volume[130] = 8; /* sectors of 2,048 bytes */
	volume[132] = volume[139] = 10;
	volume[140] = 18;
	volume[151] = 19;
	put_record(volume + 156, "\0", 1, 20, 2048);
	volume[881] = 1;
	memcpy(b.p + (size_t)17 * 2048, "\377CD001\1", 7);
	put_root(root + put_dots(root, 20));
	memcpy(b.p + (size_t)22 * 2048, "hello", 5);
	return b;
}

static size_t two_names(uint8_t *p)
{
	size_t n = put_record(p, "A.TXT;1", 7, 22, 5);

	return n + put_record(p + n, "B.TXT;1", 7, 22, 5);
}

static size_t loop(uint8_t *p)
{
	return put_record(p, "SUB", 3, 20, 2048);
}

/* One place of data under two names is two files; a folder in itself is damage. */
static void test_iso(void **state)
{
	struct sk_buf in = iso(two_names);
	struct sk_output out;
	struct sk_zip zip;

	assert_int_equal(run(SK_FT_ISO, "x.iso", &in, &out), 0);
	assert_int_equal(sk_zip_read(arena, sk_buf_slice(&out.bytes), 10, &zip, NULL), 0);
	assert_int_equal(zip.count, 2);
	for (size_t i = 0; i < zip.count; i++)
		assert_true(sk_slice_is(zip.members[i].data, "hello"));
	assert_int_equal(report->nremoved, 0);
	sk_buf_free(&out.bytes);
	sk_buf_free(&in);
	in = iso(loop);
	refused(SK_FT_ISO, "x.iso", &in, SK_REASON_DAMAGED);
}

/* The tag of an anchor, at its sector. */
static void put_anchor(struct sk_buf *b, uint8_t sector)
{
	uint8_t *p = b->p + (size_t)sector * 2048;

	p[0] = 2;
	p[2] = 3;
	p[12] = sector;
	p[4] = (uint8_t)(2 + 3 + sector);
}

/* Files that only another reader sees are told, by the name of UDF in either version or by an anchor. */
static void test_iso_with_udf(void **state)
{
	for (size_t i = 0; i < 4; i++) {
		struct sk_buf in = iso(two_names);
		if (i == 1)
			memcpy(in.p + (size_t)18 * 2048, "\0NSR02\1", 7);
		if (i == 2)
			memcpy(in.p + (size_t)19 * 2048, "\0NSR03\1", 7);
		if (i == 3)
			put_anchor(&in, 23);
		gives(SK_FT_ISO, "x.iso", &in, "A.TXT|B.TXT");
		assert_int_equal(sk_report_count(report, SK_ARCHIVE_UDF), i > 0);
	}
}

/* What stands behind a compressed stream is told; zeros fill up the blocks of tapes. */
static void test_behind_streams(void **state)
{
	for (size_t i = 0; i < 3; i++) {
		struct sk_buf one = SK_BUF(100);
		sk_buf_puts(&one, "only this");
		struct sk_buf in = pack(archive_write_add_filter_gzip, one);
		sk_buf_fill(&in, i == 1 ? 'x' : 0, i ? 500 : 0);
		gives(SK_FT_GZIP, "notes.txt.gz", &in, "notes.txt");
		assert_int_equal(sk_report_count(report, SK_GENERIC_TRAILING), i == 1);
	}
}

/* Sums of bytes with a sign, as old systems made them. */
static void test_signed_tar(void **state)
{
	static const struct row rows[] = {{HYOU, "x"}};
	struct sk_buf in = tar(rows, 1);
	struct sk_report claims = {0};
	unsigned sum = 0;

	for (size_t i = 0; i < 512; i++)
		sum += i >= 148 && i < 156 ? ' ' : (unsigned)(int8_t)in.p[i];
	snprintf((char *)in.p + 148, 8, "%06o", sum);
	sk_other_handler.probe(sk_buf_slice(&in), "x", &claims);
	assert_int_equal(claims.nclaims, 1);
	assert_int_equal(claims.claims[0].type, SK_FT_TAR);
	assert_int_equal(claims.claims[0].strength, SK_CLAIM_STRUCTURE);
	gives(SK_FT_TAR, "x.tar", &in, "表.txt");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_formats),
	    cmocka_unit_test(test_compressed),
	    cmocka_unit_test(test_broken_off),
	    cmocka_unit_test(test_no_archive),
	    cmocka_unit_test(test_links_and_devices),
	    cmocka_unit_test(test_hostile_names),
	    cmocka_unit_test(test_cp932),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_lzh),
	    cmocka_unit_test(test_cab),
	    cmocka_unit_test(test_rar),
	    cmocka_unit_test(test_rar5),
	    cmocka_unit_test(test_rar5_data),
	    cmocka_unit_test(test_rar5_beside),
	    cmocka_unit_test(test_iso),
	    cmocka_unit_test(test_iso_with_udf),
	    cmocka_unit_test(test_behind_streams),
	    cmocka_unit_test(test_signed_tar),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
