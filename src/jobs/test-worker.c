/*
 * Tests of the worker as a process, from the place of its supervisor and its gate: jobs come back as they should, and
 * nonsense ends the talk. Takes the program's path.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <zlib.h>

#include "bytes/test-plain.h"
#include "post/test-role.h"
#include "jobs/seal.h"

#define N12 "123456789018" /* a published test value */

enum { REBUILD = 1, FLATTEN = 2, TEXT = 4 };

static struct {
	int idle, done;
	uint32_t serial;
	struct sk_work_done what;
} got;
static int input, output, report, words;

/* --- what the worker says --- */

static int serve_idle(void *ctx, struct sk_message *m)
{
	got.idle++;
	return 0;
}

static int serve_done(void *ctx, struct sk_message *m)
{
	got.done++;
	got.serial = m->serial;
	return sk_work_get_done(m->body, &got.what);
}

static struct sk_work_paged paged;
static int npaged;

static int serve_paged(void *ctx, struct sk_message *m)
{
	npaged++;
	return sk_work_get_paged(m->body, &paged);
}

/* What was told while a job ran. */
static struct sk_work_progress told[400];
static size_t ntold;

static int serve_progress(void *ctx, struct sk_message *m)
{
	assert_true(ntold < 400);
	assert_int_equal(m->serial, 77);
	return sk_work_get_progress(m->body, &told[ntold++]);
}

static const struct sk_permit heard[] = {{SK_WORK_PROGRESS, 1, 1, 2, 0, serve_progress},
    {SK_WORK_IDLE, 1, 0, 0, 0, serve_idle}, {SK_WORK_DONE, 1, 1, SK_CHANNEL_BODY, 0, serve_done},
    {SK_WORK_PAGED, 1, 1, SK_WORK_PAGE_BYTES, 0, serve_paged}};

static struct sk_seal_pair box;

static int box_file(void)
{
	struct sk_buf text = SK_BUF(256);
	int fd = sk_memfd("box");

	assert_int_equal(sk_seal_pair_new(&box), 0);
	assert_int_equal(sk_seal_key_write(box.secret, &text), 0);
	assert_int_equal(sk_write_all(fd, text.p, text.len), 0);
	sk_buf_free(&text);
	return fd;
}

static int start_worker(void **state)
{
	memset(&got, 0, sizeof(got));
	role_heard = heard;
	role_nheard = 4;
	role_spawn("worker");
	role_hand("box", box_file());
	role_go();
	role_await(&role_ready, 1);
	role_await(&got.idle, 1);
	return 0;
}

static int stop_worker(void **state)
{
	role_stop();
	return 0;
}

/* --- jobs --- */

static int file_of(struct sk_slice bytes)
{
	int fd = sk_memfd("test");

	assert_true(fd >= 0);
	assert_int_equal(sk_write_all(fd, bytes.p, bytes.n), 0);
	return fd;
}

static int file(const char *text)
{
	return file_of(sk_slice_str(text));
}

static struct sk_work_job job_of(const char *name, int nsteps, const uint8_t *steps)
{
	struct sk_work_job j = {.job = 3, .fence = 4, .nsteps = (uint8_t)nsteps, .leaks = true};

	memcpy(j.steps, steps, (size_t)nsteps);
	snprintf(j.name, sizeof(j.name), "%s", name);
	return j;
}

/* As originals lie, sealed; to verify, as they are. What is said of it: `wrong` makes that of another one. */
static uint8_t wrong;

static int input_of(struct sk_slice bytes, bool sealed, struct sk_bytes *what)
{
	struct sk_sealing *s;
	int fd = file_of(sealed ? sk_slice("", 0) : bytes);

	*what = plain_of(fd);
	if (sealed) {
		what->sealed = true;
		what->key[0] = 7;
		snprintf(what->name, sizeof(what->name), "00112233445566778899aabbccddeeff");
		assert_int_equal(sk_sealing_new(fd, what, &s), 0);
		assert_int_equal(sk_sealing_put(s, bytes.p, bytes.n), 0);
		assert_int_equal(sk_sealing_end(s, what->sha256, &what->size), 0);
		sk_sealing_free(s);
	}
	what->sha256[0] ^= wrong;
	return fd;
}

static void run_bytes(
    const struct sk_work_job *asked, uint32_t kind, struct sk_slice bytes, const char *list)
{
	struct sk_buf body = SK_BUF(SK_CHANNEL_BODY);
	struct sk_work_job with = *asked, *j = &with;
	int fds[4] = {input_of(bytes, kind == SK_WORK_CLEAN, &with.input), sk_memfd("out"),
	    sk_memfd("report"), file(list)};
	int two[2] = {fds[0], fds[2]};
	int want = got.done + 1;

	assert_int_equal(sk_work_put_job(j, &body), 0);
	assert_int_equal(sk_channel_send(&role_gate, kind, 77, sk_buf_slice(&body),
			     kind == SK_WORK_CLEAN ? fds : two, kind == SK_WORK_CLEAN ? 4 : 2),
	    0);
	sk_buf_free(&body);
	role_await(&got.done, want);
	role_await(&got.idle, want + 1);
	assert_int_equal(got.serial, 77);
	assert_int_equal(got.what.job, j->job);
	assert_int_equal(got.what.fence, j->fence);
	input = fds[0];
	output = fds[1];
	report = fds[2];
	words = fds[3];
}

static void run(const struct sk_work_job *j, uint32_t kind, const char *text, const char *list)
{
	run_bytes(j, kind, sk_slice_str(text), list);
}

static void close_files(void)
{
	close(input);
	close(output);
	close(report);
	close(words);
}

static void content_is(int fd, const char *text)
{
	struct sk_slice s;

	assert_int_equal(sk_map(fd, &s), 0);
	assert_int_equal(s.n, strlen(text));
	assert_memory_equal(s.p, text, s.n);
	sk_unmap(&s);
}

static void holds(int fd, const char *text)
{
	struct sk_slice s;

	assert_int_equal(sk_map(fd, &s), 0);
	assert_int_not_equal(sk_slice_find(s, 0, sk_slice_str(text)), SIZE_MAX);
	sk_unmap(&s);
}

static void test_clean(void **state)
{
	struct sk_work_job j = job_of("お知らせ.txt", 1, (uint8_t[]){REBUILD});

	j.ocr = true;
	run(&j, SK_WORK_CLEAN, "取扱注意 個人番号 " N12 "\n", "取扱注意\n");
	assert_int_equal(got.what.verdict, 0);
	assert_int_equal(got.what.method, REBUILD);
	assert_string_equal(got.what.out_type, "txt");
	assert_int_equal(got.what.looked, 1);
	assert_int_equal(got.what.ocr, 1);
	assert_int_equal(got.what.mynumbers[2], 1);
	assert_int_equal(got.what.words[2], 1);
	assert_int_equal(got.what.nplaces, 2);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(got.what.places[i].trust, 2);
		assert_int_equal(got.what.places[i].line, 1);
		assert_int_equal(
		    got.what.places[i].word, got.what.places[i].kind == SK_WORK_WORD ? 1 : 0);
	}
	assert_int_equal(
	    got.what.places[0].kind + got.what.places[1].kind, SK_WORK_WORD + SK_WORK_MYNUMBER);
	assert_int_equal(got.what.size_out, 38 + 1);
	holds(report, "\"verdict\":\"clean\"");
	holds(output, N12);
	close_files();
}

/* A long one says what it is at, and how far; it never goes back. */
static void test_progress(void **state)
{
	struct sk_work_job j = job_of("a.txt", 1, (uint8_t[]){REBUILD});
	struct sk_buf text = SK_BUF((size_t)3 << 20);
	bool seen[SK_WORK_PARTS] = {0};

	while (text.len < (size_t)2 << 20)
		sk_buf_puts(&text, "何もない行\n");
	ntold = 0;
	run_bytes(&j, SK_WORK_CLEAN, sk_buf_slice(&text), "");
	sk_buf_free(&text);
	assert_int_equal(got.what.verdict, 0);
	for (size_t i = 0; i < ntold; i++) {
		seen[told[i].part] = true;
		assert_true(i == 0 || told[i].percent >= told[i - 1].percent);
		assert_true(i == 0 || told[i].part >= told[i - 1].part);
	}
	assert_true(seen[SK_WORK_CLEANS] && seen[SK_WORK_CHECKS] && seen[SK_WORK_LOOKS]);
	close_files();
}

/* The first method that gives something ends the row; where none does, the last one's reason stands. */
static void test_next_method(void **state)
{
	struct sk_work_job j = job_of("a.json", 2, (uint8_t[]){FLATTEN, TEXT});

	run(&j, SK_WORK_CLEAN, "{\"a\": 1}", "");
	assert_int_equal(got.what.verdict, 0);
	assert_int_equal(got.what.method, FLATTEN);
	assert_int_equal(got.what.pages, 1);
	close_files();
	j = job_of("a.gif", 2, (uint8_t[]){TEXT, FLATTEN});
	run(&j, SK_WORK_CLEAN, "GIF89a", "");
	assert_int_equal(got.what.verdict, 1);
	content_is(output, "");
	holds(report, "\"method\":\"flatten\"");
	assert_int_equal(got.what.cleaned[0], SK_WORK_NOT_TRIED);
	assert_int_equal(got.what.cleaned[1], SK_WORK_NO);
	assert_int_equal(got.what.cleaned[2], SK_WORK_NO);
	close_files();
}

static void test_refused(void **state)
{
	struct sk_work_job j = job_of("a.exe", 1, (uint8_t[]){REBUILD});

	run(&j, SK_WORK_CLEAN,
	    "\x7F"
	    "ELF\2\1\1 and so on",
	    "");
	assert_int_equal(got.what.verdict, 1);
	assert_int_equal(got.what.method, 0);
	assert_true(got.what.reason[0]);
	content_is(output, "");
	close_files();
	j.nsteps = 0;
	run(&j, SK_WORK_CLEAN, "x", "");
	assert_int_equal(got.what.verdict, 2);
	close_files();
}

/* --- pages --- */

static void draw(uint32_t page, const char *type, int in, int out)
{
	const struct sk_work_page asked = {.page = page};
	struct sk_work_page with = asked;
	struct sk_buf body = SK_BUF(SK_WORK_PAGE_BYTES);
	int want = npaged + 1;

	snprintf(with.type, sizeof(with.type), "%s", type);
	assert_int_equal(sk_work_put_page(&with, &body), 0);
	assert_int_equal(
	    sk_channel_send(&role_gate, SK_WORK_PAGE, 78, sk_buf_slice(&body), (int[]){in, out}, 2),
	    0);
	sk_buf_free(&body);
	role_await(&npaged, want);
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* It is a PNG (sections 5.2, 11.2.2) whose rows can be unpacked, and not all of one colour. */
static void is_picture(int fd)
{
	struct sk_slice s;

	assert_int_equal(sk_map(fd, &s), 0);
	assert_int_equal(s.n, paged.size);
	assert_memory_equal(s.p, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
	uint32_t width = be32(s.p + 16), height = be32(s.p + 20), n = be32(s.p + 33);
	assert_true(width > 500 && width < 1500 && height > 500 && height < 1500);
	assert_int_equal(be32(s.p + 29), crc32(0, s.p + 12, 17));
	assert_memory_equal(s.p + 37, "IDAT", 4);
	assert_int_equal(s.n, 33 + 12 + n + 12);
	uLongf size = ((uLongf)width * 3 + 1) * height, got_size = size;
	uint8_t *rows = malloc(size);
	assert_int_equal(uncompress(rows, &got_size, s.p + 41, n), Z_OK);
	assert_int_equal(got_size, size);
	size_t differences = 0;
	for (uint32_t y = 0; y < height; y++)
		for (uint32_t x = 4; x <= width * 3; x++)
			differences += rows[y * (width * 3 + 1) + x] != 0;
	assert_true(differences > 20);
	free(rows);
	sk_unmap(&s);
}

static void test_page(void **state)
{
	struct sk_work_job j = job_of("a.json", 1, (uint8_t[]){FLATTEN});
	int picture = sk_memfd("picture");

	run(&j, SK_WORK_CLEAN, "{\"a\": 1}", "");
	assert_string_equal(got.what.out_type, "pdf");
	draw(0, "pdf", output, picture);
	assert_int_equal(paged.verdict, 0);
	assert_int_equal(paged.pages, 1);
	assert_memory_equal(paged.hash_in, got.what.hash_out, 32);
	is_picture(picture);
	assert_int_equal(ftruncate(picture, 0), 0);
	draw(1, "pdf", output, picture); /* it has one page */
	assert_int_equal(paged.verdict, 0);
	assert_int_equal(paged.pages, 1);
	assert_int_equal(paged.size, 0);
	content_is(picture, "");
	draw(0, "exe", output, picture);
	assert_string_equal(paged.reason, "unsupported-type");
	draw(0, "pdf", words, picture); /* nothing */
	assert_int_equal(paged.verdict, 1);
	content_is(picture, "");
	close(picture);
	close_files();
}

/* What has no pages is printed, all of it at once; its pages are drawn of that. */
static void test_print(void **state)
{
	struct sk_work_job j = job_of("a.json", 1, (uint8_t[]){REBUILD});
	int print = sk_memfd("print"), picture = sk_memfd("picture");
	uint8_t hash[32];

	run(&j, SK_WORK_CLEAN, "{\"a\": 1}", "");
	assert_string_equal(got.what.out_type, "json");
	draw(SK_WORK_PRINT, "json", output, print);
	assert_int_equal(paged.verdict, 0);
	assert_int_equal(paged.pages, 1);
	assert_memory_equal(paged.hash_in, got.what.hash_out, 32);
	assert_int_equal(lseek(print, 0, SEEK_END), paged.size);
	memcpy(hash, paged.hash_out, sizeof(hash));
	draw(0, "pdf", print, picture);
	assert_int_equal(paged.verdict, 0);
	assert_memory_equal(paged.hash_in, hash, 32);
	is_picture(picture);
	assert_int_equal(ftruncate(picture, 0), 0);
	assert_int_equal(lseek(picture, 0, SEEK_SET), 0);
	draw(0, "json", output, picture); /* and both at once */
	assert_int_equal(paged.pages, 1);
	is_picture(picture);
	assert_int_equal(ftruncate(print, 0), 0);
	draw(SK_WORK_PRINT, "exe", output, print);
	assert_string_equal(paged.reason, "unsupported-type");
	content_is(print, "");
	close(picture);
	close(print);
	close_files();
}

/* A mail with a mail in it: the files of both count, the words of neither. */
#define PART(type, name) \
	"--b\r\nContent-Type: " type "\r\nContent-Disposition: attachment; filename=" name \
	"\r\n\r\n"
#define HEAD \
	"From: a@example.jp\r\nTo: b@example.jp\r\nSubject: x\r\n" \
	"Date: Mon, 2 Feb 2026 10:00:00 +0900\r\nMIME-Version: 1.0\r\n"
static const char mail[] =
    HEAD "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
	 "--b\r\nContent-Type: text/plain\r\n\r\nwords\r\n" PART(
	     "text/csv", "a.csv") "1,2\r\n3,4\r\n" PART("application/octet-stream",
	     "a.sh") "#!/bin/sh\nexit 1\n\r\n" PART("message/rfc822", "b.eml") HEAD
    "Content-Type: multipart/mixed; boundary=c\r\n\r\n"
    "--c\r\nContent-Type: text/plain\r\n\r\nmore\r\n"
    "--c\r\nContent-Type: application/json\r\n"
    "Content-Disposition: attachment; filename=a.json\r\n\r\n"
    "{\"a\": 1}\r\n--c--\r\n--b--\r\n";

static bool holds_type(enum sk_filetype t)
{
	for (unsigned i = 0; i < got.what.ncontains; i++)
		if (got.what.contains[i] == t)
			return true;
	return false;
}

static void test_what_lies_in_it(void **state)
{
	struct sk_work_job j = job_of("a.eml", 1, (uint8_t[]){REBUILD});

	run(&j, SK_WORK_CLEAN, mail, "");
	assert_int_equal(got.what.verdict, 0);
	assert_int_equal(got.what.members, 4);
	assert_int_equal(got.what.depth, 2);
	assert_int_equal(got.what.encrypted, 0);
	assert_int_equal(got.what.ncontains, 4);
	assert_true(holds_type(SK_FT_CSV) && holds_type(SK_FT_SCRIPT) && holds_type(SK_FT_EML) &&
		    holds_type(SK_FT_JSON));
	assert_int_equal(got.what.cleaned[0], SK_WORK_YES);
	assert_int_equal(got.what.cleaned[1], SK_WORK_NOT_TRIED);
	assert_non_null(strstr(got.what.removed, "mail.part=1"));
	assert_int_equal(strncmp(got.what.cleaner, "sekisho-", 8), 0);
	close_files();
}

/* --- passwords --- */

/* The old encryption of zip (APPNOTE 6.1), to have something to open. */
struct old_zip {
	uint32_t k[3];
};

static uint32_t crc_step(uint32_t crc, uint8_t c)
{
	return (uint32_t)get_crc_table()[(crc ^ c) & 255] ^ crc >> 8;
}

static void old_key(struct old_zip *z, uint8_t c)
{
	z->k[0] = crc_step(z->k[0], c);
	z->k[1] = (z->k[1] + (z->k[0] & 255)) * 134775813U + 1;
	z->k[2] = crc_step(z->k[2], (uint8_t)(z->k[1] >> 24));
}

static uint8_t old_byte(struct old_zip *z, uint8_t c)
{
	uint32_t t = (z->k[2] & 0xFFFF) | 2;
	uint8_t out = (uint8_t)(c ^ (uint8_t)(t * (t ^ 1) >> 8));

	old_key(z, c);
	return out;
}

static void put_head(struct sk_buf *b, bool central, uint32_t crc, uint32_t n, const char *name)
{
	sk_buf_put_u32le(b, central ? 0x02014B50 : 0x04034B50);
	if (central)
		sk_buf_put_u16le(b, 20);
	sk_buf_put_u16le(b, 20);
	sk_buf_put_u16le(b, 1); /* encrypted */
	sk_buf_put_u16le(b, 0); /* stored */
	sk_buf_put_u32le(b, 0x5C210000);
	sk_buf_put_u32le(b, crc);
	sk_buf_put_u32le(b, n + 12);
	sk_buf_put_u32le(b, n);
	sk_buf_put_u16le(b, (uint16_t)strlen(name));
	sk_buf_put_u16le(b, 0);
	for (int i = 0; central && i < 7; i++)
		sk_buf_put_u16le(b, 0);
	sk_buf_puts(b, name);
}

static void old_zip(struct sk_buf *b, const char *name, const char *text, const char *password)
{
	struct old_zip z = {{0x12345678, 0x23456789, 0x34567890}};
	uint32_t n = (uint32_t)strlen(text), crc = (uint32_t)crc32(0, (const Bytef *)text, n);
	size_t at;

	for (; *password; password++)
		old_key(&z, (uint8_t)*password);
	put_head(b, false, crc, n, name);
	for (int i = 0; i < 12; i++)
		sk_buf_putc(b, old_byte(&z, i == 11 ? (uint8_t)(crc >> 24) : (uint8_t)i));
	for (uint32_t i = 0; i < n; i++)
		sk_buf_putc(b, old_byte(&z, (uint8_t)text[i]));
	at = b->len;
	put_head(b, true, crc, n, name);
	sk_buf_put_u32le(b, 0x06054B50);
	sk_buf_put_u32le(b, 0);
	sk_buf_put_u16le(b, 1);
	sk_buf_put_u16le(b, 1);
	sk_buf_put_u32le(b, (uint32_t)(b->len - 12 - at));
	sk_buf_put_u32le(b, (uint32_t)at);
	assert_int_equal(sk_buf_put_u16le(b, 0), 0);
}

#define TRANSFER "00112233445566778899aabbccddeeff"
#define OTHER "ff112233445566778899aabbccddeeff"

static void try_sealed(struct sk_slice zip, const char *sealed_for, int opened)
{
	struct sk_work_job j = job_of("a.zip", 1, (uint8_t[]){REBUILD});

	snprintf(j.transfer, sizeof(j.transfer), "%s", TRANSFER);
	if (sealed_for) {
		j.nsealed = 1;
		assert_int_equal(
		    sk_seal(box.public, sealed_for, SK_SLICE_LIT("sesame"), &j.sealed[0]), 0);
	}
	run_bytes(&j, SK_WORK_CLEAN, zip, "");
	assert_int_equal(got.what.encrypted, 1);
	assert_int_equal(got.what.opened, opened);
	assert_int_equal(got.what.verdict, opened ? 0 : 1);
	close_files();
}

static void test_sealed_password(void **state)
{
	struct sk_buf zip = SK_BUF(4096);

	old_zip(&zip, "a.txt", "letters\n", "sesame");
	try_sealed(sk_buf_slice(&zip), NULL, 0);
	try_sealed(sk_buf_slice(&zip), OTHER, 0);
	try_sealed(sk_buf_slice(&zip), TRANSFER, 1);
	sk_buf_free(&zip);
}

/* A list that cannot be read: the file is clean, but was not looked through. */
static void test_not_looked_through(void **state)
{
	struct sk_work_job j = job_of("a.txt", 1, (uint8_t[]){REBUILD});

	run(&j, SK_WORK_CLEAN, "x\n", "\\q\n");
	assert_int_equal(got.what.verdict, 0);
	assert_int_equal(got.what.looked, 0);
	close_files();
}

static void test_verify(void **state)
{
	struct sk_work_job j = {.job = 5};

	snprintf(j.type, sizeof(j.type), "txt");
	run(&j, SK_WORK_VERIFY, "値\n", "");
	assert_int_equal(got.what.verdict, 0);
	close_files();
	run(&j, SK_WORK_VERIFY, "a\x1B[2J\n", "");
	assert_int_not_equal(got.what.verdict, 0);
	close_files();
	snprintf(j.type, sizeof(j.type), "docx");
	run(&j, SK_WORK_VERIFY, "a,b\r\n", "");
	assert_int_not_equal(got.what.verdict, 0);
	close_files();
}

/* What lies there is not what was said about it, or is damaged: it is no file's fault, and no other try's business. */
static void test_other_bytes(void **state)
{
	struct sk_work_job j = job_of("a.txt", 2, (uint8_t[]){REBUILD, FLATTEN});

	wrong = 1;
	run(&j, SK_WORK_CLEAN, "letters\n", "");
	wrong = 0;
	assert_int_equal(got.what.verdict, 2);
	assert_string_equal(got.what.reason, "other-bytes");
	content_is(output, "");
	close_files();
	snprintf(j.type, sizeof(j.type), "txt");
	wrong = 1;
	run(&j, SK_WORK_VERIFY, "letters\n", "");
	wrong = 0;
	assert_int_equal(got.what.verdict, 2);
	assert_string_equal(got.what.reason, "other-bytes");
	close_files();
	run(&j, SK_WORK_VERIFY, "letters\n", "");
	assert_int_equal(got.what.verdict, 0);
	close_files();
}

/* A gate that talks nonsense is told to the supervisor; the next gate is served. */
static void test_nonsense(void **state)
{
	int idle = got.idle, fds[4] = {0, 0, 0, 0};

	assert_int_equal(
	    sk_channel_send(&role_gate, SK_WORK_CLEAN, 0, SK_SLICE_LIT("nonsense"), fds, 4), 0);
	role_await(&role_bad_peer, 1);
	role_meet();
	role_await(&got.idle, idle + 1);
	test_clean(state);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, start_worker, stop_worker)
	    T(test_clean), T(test_progress), T(test_next_method), T(test_refused), T(test_page),
	    T(test_print), T(test_what_lies_in_it), T(test_sealed_password),
	    T(test_not_looked_through), T(test_verify), T(test_other_bytes), T(test_nonsense)};

	if (argc != 2 || realpath(argv[1], role_program) == NULL) {
		fprintf(stderr, "usage: test-worker PATH-OF-sekisho-worker\n");
		return 2;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
