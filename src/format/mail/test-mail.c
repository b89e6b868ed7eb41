/* Tests of mails: one reading, Japanese character sets, what stays and what goes, and that a cleaned mail is cleaned to itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "format/mail/mail.h"

static struct sk_report *report;
static struct sk_limits limits;
static struct sk_output out;
static enum sk_method method;

/* Stands for the engine: BAD is refused, PNG is a picture, pages stay pages, mails are mails, the rest is text. */
static int fake_clean(struct sk_job *job, const char *name, struct sk_slice in, struct sk_output *o,
    enum sk_code *why)
{
	if (sk_slice_find(in, 0, SK_SLICE_LIT("BAD")) != SIZE_MAX || in.n == 0) {
		*why = in.n ? SK_REASON_PROGRAM : SK_REASON_EMPTY;
		return SK_EREFUSED;
	}
	if (sk_filetype_fits(SK_FT_EML, name)) {
		struct sk_job inner = *job;
		inner.depth++;
		return sk_mail_handler.rebuild(&inner, SK_FT_EML, in, o);
	}
	if (sk_slice_starts(in, SK_SLICE_LIT("\xEF\xBB\xBF")))
		in = sk_slice_sub(in, 3, in.n);
	o->type = sk_slice_starts(in, SK_SLICE_LIT("PNG")) ? SK_FT_PNG
		  : sk_filetype_fits(SK_FT_HTML, name) && job->method == SK_METHOD_REBUILD
		      ? SK_FT_HTML
		      : SK_FT_TXT;
	return sk_buf_put_slice(&o->bytes, in);
}

/* A job of this method, with an empty report; its arena is the caller's to free. */
static struct sk_job job_of(enum sk_method how)
{
	static struct sk_services services = {.clean_member = fake_clean};
	static struct sk_budget budget;

	budget = (struct sk_budget){limits.expand, limits.pixels_total, limits.members, 10};
	sk_report_clear(report);
	return (struct sk_job){.report = report,
	    .limits = &limits,
	    .budget = &budget,
	    .services = &services,
	    .name = "x.eml",
	    .method = how,
	    .arena = sk_arena_new((size_t)256 << 20)};
}

static int clean(enum sk_filetype type, struct sk_slice in)
{
	struct sk_job job = job_of(method);

	out = (struct sk_output){.bytes = SK_BUF(limits.output)};
	int rc = sk_mail_handler.rebuild(&job, type, in, &out);
	sk_arena_free(job.arena);
	return rc;
}

/* Cleaned, and cleaned again to the same with nothing removed; the result stays for has(). */
static void make(enum sk_filetype type, struct sk_slice in)
{
	static struct sk_report first;

	assert_int_equal(clean(type, in), 0);
	struct sk_output once = out;
	sk_report_copy(&first, report);
	assert_int_equal(clean(SK_FT_EML, sk_buf_slice(&once.bytes)), 0);
	assert_true(sk_slice_eq(sk_buf_slice(&once.bytes), sk_buf_slice(&out.bytes)));
	assert_int_equal(report->nremoved, 0);
	sk_report_copy(report, &first);
	sk_buf_free(&once.bytes);
}

static bool has(const char *what)
{
	return sk_slice_find(sk_buf_slice(&out.bytes), 0, sk_slice_str(what)) != SIZE_MAX;
}

static void done(void)
{
	sk_buf_free(&out.bytes);
}

#define MAIL(s) make(SK_FT_EML, SK_SLICE_LIT(s))
#define COUNT(code) sk_report_count(report, SK_##code)

static int setup(void **state)
{
	report = calloc(1, sizeof(*report));
	limits = sk_limits_for(1000);
	method = SK_METHOD_REBUILD;
	return report ? 0 : -1;
}

static int teardown(void **state)
{
	free(report);
	return 0;
}

static void head_keeps_its_list(void **state)
{
	MAIL(
	    "Received: from x\r\nX-Secret: y\r\nSubject: plain words\r\nTo: b@example.jp\r\nFrom: A <a@example.jp>\r\n"
	    "Date: 1 Apr 26 9:00 JST\r\nMessage-Id: <1@example.jp>\r\nDisposition-Notification-To: a@example.jp\r\n\r\nhello\r\n");
	assert_true(has(
	    "From: \"A\"\r\n <a@example.jp>\r\nTo: <b@example.jp>\r\nSubject: plain words\r\n"
	    "Date: Wed, 01 Apr 2026 09:00:00 +0900\r\nMessage-ID: <1@example.jp>\r\nMIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=UTF-8\r\n\r\nhello\r\n"));
	assert_int_equal(COUNT(MAIL_HEADER), 2);
	assert_int_equal(COUNT(MAIL_RECEIPT), 1);
	done();
}

/* The words 会議 in every way that a subject may come. */
static void subjects_in_every_charset(void **state)
{
	static const char *const ways[] = {"=?ISO-2022-JP?B?GyRCMnE1RBsoQg==?=",
	    "=?iso-2022-jp?B?GyRCMnEbKEI=?= =?iso-2022-jp?B?GyRCNUQbKEI=?=",
	    "=?ISO-2022-JP?B?GyRCMnE1?= =?ISO-2022-JP?B?RBsoQg==?=", "=?Shift_JIS?Q?=89=EF=8Bc?=",
	    "\x89\xEF\x8B\x63\x82\xCC\x8C\x8F\x82\xC5\x82\xB7", "\033$B2q5D\033(B",
	    "=?EUC-JP?B?svG1xA==?=", "\"=?UTF-8?B?5Lya6K2w?=\"", "=?UTF-8?B?5Lya6K2w?=",
	    "=?UTF-8?B?5Lya6A==?= =?UTF-8?B?rbA=?=", "=?ISO-2022-JP?B?GyRCMnE1RA==?="};

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		char mail[400];
		snprintf(
		    mail, sizeof(mail), "From: a@example.jp\r\nSubject: %s\r\n\r\nx\r\n", ways[i]);
		make(SK_FT_EML, sk_slice_str(mail));
		assert_true(has("=?UTF-8?B?5Lya6K2w") || has("=?UTF-8?B?IuS8muitsCI="));
		done();
	}
}

static void body_is(const char *base64)
{
	if (!has(base64)) {
		print_error("%.*s\n", (int)out.bytes.len, (const char *)out.bytes.p);
		fail();
	}
	done();
}

#define BODY(charset, bytes, base64) \
	do { \
		MAIL( \
		    "From: a@example.jp\nTo: b@example.jp\nContent-Type: text/plain; charset=" charset \
		    "\n\n" bytes "\n"); \
		body_is(base64); \
	} while (0)

static void bodies_in_every_charset(void **state)
{
	BODY("ISO-2022-JP", "\033$B-!-j|b\033(B", "4pGg44ix6auZDQo="); /* ①㈱髙: NEC and IBM rows */
	BODY("ISO-2022-JP", "\033(I161E\033(B",
	    "772x7722772x776FDQo="); /* half-width kana, JIS X 0201 */
	BODY(
	    "ISO-2022-JP", "\xB1\xB6\xB1\xC5", "772x7722772x776FDQo="); /* the same in eight bits */
	BODY("ISO-2022-JP", "\033$B2q5D", "5Lya6K2wDQo=");              /* without its end */
	BODY("us-ascii", "\033$B2q5D\033(B", "5Lya6K2wDQo=");
	BODY("ISO-2022-JP", "\x89\xEF\x8B\x63\x82\xCC\x8C\x8F",
	    "5Lya6K2w"); /* Shift_JIS with a wrong label */
	BODY("Shift_JIS", "\x83\x5C\x94\x5C\x97\xCD",
	    "44K96IO95YqbDQo="); /* ソ能力: trail bytes 5C */
	BODY("EUC-JP", "\xB2\xF1\xB5\xC4", "5Lya6K2wDQo=");
	BODY("windows-1251", "\xEF\xF0\xE8\xE2\xE5\xF2", "0L/RgNC40LLQtdGCDQo=");
	BODY("utf-7", "+TxqLcA-", "5Lya6K2wDQo=");
	BODY("utf-7", "C++ 1+1=2", "\r\nC++ 1+1=2\r\n"); /* a wrong label */
	BODY("euc-kr", "\xB0\xA1", "6rCADQo=");
	BODY("big5", "\xA4\xA4", "5LitDQo=");
}

static void names_of_files(void **state)
{
	static const struct {
		const char *field, *want;
	} all[] = {
	    {"Content-Disposition: attachment; filename*=utf-8''%E8%A1%A8.txt",
		"filename*0*=UTF-8''%E8%A1%A8.txt"},
	    {"Content-Disposition: attachment; filename*0*=iso-2022-jp''%1B%24BI;\r\n filename*1*=%3D%1B%28B.txt",
		"filename*0*=UTF-8''%E8%A1%A8.txt"},
	    {"Content-Disposition: attachment; filename=\"=?ISO-2022-JP?B?GyRCST0bKEI=?=.txt\"",
		"UTF-8''%E8%A1%A8.txt"},
	    {"Content-Disposition: attachment; filename=\"\x95\x5C.txt\"", "UTF-8''%E8%A1%A8.txt"},
	    {"Content-Type: text/plain; name=\"=?UTF-8?B?6KGoLnR4dA==?=\"\r\nContent-Disposition: attachment",
		"UTF-8''%E8%A1%A8.txt"},
	    {"Content-Disposition: attachment; filename=\"../../x.txt\"", "filename=\"x.txt\""},
	    {"Content-Disposition: attachment; filename=\"a\\\"b.txt\"", "filename=\"a_b.txt\""},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		char mail[600];
		snprintf(mail, sizeof(mail),
		    "From: a@example.jp\r\nTo: b@example.jp\r\n%s\r\n\r\nwords\r\n", all[i].field);
		make(SK_FT_EML, sk_slice_str(mail));
		body_is(all[i].want);
	}
}

/* One program takes the one name, another the other. */
static void names_of_different_kinds(void **state)
{
	MAIL(
	    "From: a@example.jp\nTo: b@example.jp\nContent-Type: text/plain; name=a.txt\nContent-Disposition: attachment; "
	    "filename=a.js\n\nwords\n");
	assert_false(has("d29yZHM"));
	assert_int_equal(COUNT(MAIL_NAME), 1);
	assert_int_equal(COUNT(MAIL_PART), 1);
	done();
	MAIL(
	    "From: a@example.jp\nTo: b@example.jp\nContent-Type: image/jpeg; name=a.jpg\nContent-Disposition: attachment; "
	    "filename=a.jpeg\n\nwords\n");
	assert_int_equal(COUNT(MAIL_NAME), 0);
	done();
}

/* What comes to light when control characters go is found, too. */
static void files_behind_control_characters(void **state)
{
	MAIL(
	    "From: a@example.jp\nTo: b@example.jp\n\n\1begin 644 a.txt\n%:&5L;&\\`\n`\nend\nafter\n");
	assert_int_equal(COUNT(MAIL_UUENCODE), 1);
	done();
}

static void names_that_deceive(void **state)
{
	MAIL(
	    "From: \"mayor@city.example.jp\" <x@example.com>\r\nTo: \"b@example.jp\" <b@example.jp>\r\n"
	    "Cc: undisclosed-recipients:;, \"Q, R\" <q@example.jp>, p@example.jp (P), \"a..b\"@example.jp\r\n"
	    "Subject: =?UTF-8?B?YeKArmI=?=\r\n\r\nx");
	assert_true(has("From: <x@example.com>\r\n"));
	assert_true(has("To: \"b@example.jp\"\r\n <b@example.jp>\r\n"));
	assert_true(has(
	    "Cc: \"undisclosed-recipients\":;,\r\n \"Q, R\"\r\n <q@example.jp>,\r\n \"P\"\r\n <p@example.jp>,\r\n "
	    "<\"a..b\"@example.jp>\r\n"));
	assert_true(has("Subject: ab\r\n"));
	assert_int_equal(COUNT(MAIL_ADDRESS), 1);
	assert_int_equal(COUNT(TEXT_BIDI), 1);
	done();
}

/* A line end in an encoded word must not begin a field. */
static void fields_cannot_be_smuggled(void **state)
{
	MAIL("From: a@example.jp\r\nSubject: =?UTF-8?Q?a=0D=0ABcc:_x@example.com?=\r\n\r\nx");
	assert_true(has("Subject: a Bcc: x@example.com\r\n"));
	done();
	MAIL("From: a@example.jp\r\nSubject: a\rBcc: x@example.com\r\n\r\nx");
	assert_true(has("Subject: a Bcc: x@example.com\r\n"));
	done();
}

static void two_readings_are_refused(void **state)
{
	assert_int_equal(
	    clean(SK_FT_EML,
		SK_SLICE_LIT(
		    "From: a@example.jp\nContent-Type: text/plain\nContent-Type: multipart/mixed; "
		    "boundary=z\n\n--z\n\nx\n--z--\n")),
	    SK_EREFUSED);
	assert_int_equal(report->reason, SK_REASON_POLYGLOT);
	done();
	MAIL(
	    "From: a@example.jp\nTo: b@example.jp\nContent-Type: text/plain\nContent-Type: text/plain; charset=utf-8\n\nx\n");
	assert_int_equal(COUNT(MAIL_AMBIGUOUS), 1);
	done();
	/* Inside, only the part is lost. */
	MAIL(
	    "From: a@example.jp\nContent-Type: multipart/mixed; boundary=z\n\n--z\n\nkept\n--z\nContent-Type: "
	    "text/html\nContent-Type: image/png\n\nPNG\n--z--\n");
	assert_true(has("kept"));
	assert_false(has("PNG"));
	assert_int_equal(COUNT(MAIL_PART), 1);
	done();
}

static void parts_are_cut_at_their_boundary_only(void **state)
{
	MAIL(
	    "From: a@example.jp\r\nContent-Type: multipart/mixed; boundary=\"ab\"\r\n\r\nunseen\r\n--ab\r\n\r\none\r\n--abc\r\ntwo\r\n"
	    "--ab\r\n\r\nthree\r\n--ab--\r\nalso unseen\r\n");
	assert_true(has("one\r\n--abc\r\ntwo\r\n--=_"));
	assert_false(has("unseen"));
	assert_int_equal(COUNT(MAIL_HIDDEN), 2);
	assert_int_equal(COUNT(MAIL_AMBIGUOUS), 1);
	done();
}

#define ENCODED(body) \
	MAIL( \
	    "From: a@example.jp\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n" body)

/* What stands behind padding is read where it is base64, too: programs pad each line, lists add a footer. */
static void padding_inside(void **state)
{
	ENCODED("b25lIHQ=\r\nd28=\r\nIGVuZA==\r\n");
	assert_int_equal(COUNT(MAIL_AMBIGUOUS), 1);
	assert_int_equal(COUNT(MAIL_BROKEN), 0);
	body_is("\r\n\r\none two end");
	ENCODED("b25lIHQ=d28=\nIGVu\nZA==\n");
	body_is("\r\n\r\none two end");
	/* A footer in letters, or padding that ends nothing, is none. */
	static const char *const others[] = {
	    "b25lIHQ=\n-- \nfoot\n", "b25lIHQ=\nfoo\n", "b25lIHQ=\nd2=8\n", "b25lIHQ=\n=28=\nfour"};
	for (size_t i = 0; i < 4; i++) {
		char mail[300];
		snprintf(mail, sizeof(mail), "%s%s",
		    "From: a@example.jp\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n",
		    others[i]);
		make(SK_FT_EML, sk_slice_str(mail));
		assert_int_equal(COUNT(MAIL_AMBIGUOUS), 0);
		assert_int_equal(COUNT(MAIL_BROKEN), 1);
		assert_false(has("one tw"));
		body_is("\r\n\r\none t");
	}
}

static void forms_of_a_text(void **state)
{
#define FORMS(page) \
	"From: a@example.jp\r\nTo: b@example.jp\r\nContent-Type: multipart/alternative; boundary=z\r\n\r\n--z\r\n\r\n" \
	"The meeting is on Friday at the town hall.\r\n--z\r\nContent-Type: text/html\r\n\r\n" page \
	"\r\n--z--\r\n"
	MAIL(FORMS("<p>The meeting is on <b>Friday</b> at the town hall.</p>"));
	assert_true(has("multipart/alternative"));
	assert_int_equal(COUNT(MAIL_DIFFERS), 0);
	done();
	MAIL(FORMS("<p>Please open the attached invoice and pay at once.</p>"));
	assert_true(has("multipart/mixed"));
	assert_int_equal(COUNT(MAIL_DIFFERS), 1);
	done();
	MAIL(FORMS(
	    "<p>The meeting is on <b>Friday</b> at the town hall.</p>\r\n--z\r\nContent-Type: "
	    "text/html\r\n\r\n<p>Please open the attached invoice and pay at once.</p>"));
	assert_true(has("multipart/mixed"));
	assert_int_equal(COUNT(MAIL_DIFFERS), 1);
	done();
	MAIL(FORMS("<p>The meeting is on Friday</p>\r\n--z\r\nContent-Type: "
		   "text/html\r\n\r\n<p>at the town hall.</p>"));
	assert_int_equal(COUNT(MAIL_DIFFERS), 0);
	done();
	MAIL(FORMS(
	    "<p>The meeting is on <b>Friday</b> at the town hall.</p>\r\n--z\r\nContent-Type: "
	    "multipart/alternative; boundary=y\r\n\r\n--y\r\nContent-Type: text/html\r\n\r\n"
	    "<p>Please open the attached invoice and pay at once.</p>\r\n--y--"));
	assert_int_equal(COUNT(MAIL_DIFFERS), 1);
	done();
	method = SK_METHOD_TEXT;
	MAIL(FORMS("<p>The meeting is on <b>Friday</b> at the town hall.</p>"));
	assert_false(has("multipart"));
	assert_int_equal(COUNT(MAIL_FORM), 1);
	done();
	MAIL(FORMS("<p>Please open the attached invoice and pay at once.</p>"));
	assert_true(has("Friday") && has("invoice"));
	assert_int_equal(COUNT(MAIL_DIFFERS), 1);
	done();
	method = SK_METHOD_REBUILD;
}

static void notes_say_why(void **state)
{
	MAIL(
	    "From: a@example.jp\nContent-Type: multipart/mixed; boundary=z\n\n--z\n\nkept\n--z\nContent-Disposition: attachment; "
	    "filename=run.js\n\nBAD\n--z--\n");
	assert_true(has("filename=\"run.txt\""));
	assert_int_equal(COUNT(MAIL_PART), 1);
	done();
	MAIL(
	    "From: a@example.jp\nTo: b@example.jp\nContent-Type: multipart/encrypted; boundary=z\n\n--z\n\nx\n--z--\n");
	assert_int_equal(COUNT(MAIL_PART), 1);
	done();
	MAIL(
	    "From: a@example.jp\nTo: b@example.jp\nContent-Type: message/external-body; access-type=URL; URL=\"http://example.com/\"\n\n\n");
	assert_int_equal(COUNT(MAIL_EXTERNAL), 1);
	done();
}

static void signatures_go(void **state)
{
	MAIL(
	    "From: a@example.jp\nContent-Type: multipart/signed; boundary=z\n\n--z\n\nkept\n--z\nContent-Type: "
	    "application/pkcs7-signature; name=smime.p7s\n\nMIA=\n--z--\n");
	assert_true(has("kept"));
	assert_false(has("multipart"));
	assert_int_equal(COUNT(MAIL_SIGNATURE), 1);
	done();
}

static void mails_in_mails(void **state)
{
	MAIL(
	    "From: a@example.jp\nTo: b@example.jp\nContent-Type: message/rfc822\n\nFrom: c@example.jp\nX-Inner: y\nSubject: "
	    "in\n\nwords\n");
	assert_true(has(
	    "Content-Type: message/rfc822\r\n\r\nFrom: <c@example.jp>\r\nSubject: in\r\nMIME-Version: 1.0\r\n"));
	assert_int_equal(COUNT(MAIL_HEADER), 1);
	done();
	struct sk_buf deep = SK_BUF((size_t)10000);
	for (int i = 0; i < 12; i++)
		sk_buf_puts(&deep, "From: a@example.jp\nContent-Type: message/rfc822\n\n");
	assert_int_equal(clean(SK_FT_EML, sk_buf_slice(&deep)), SK_EREFUSED);
	assert_int_equal(report->reason, SK_REASON_LIMIT_NESTING);
	sk_buf_free(&deep);
	done();
}

static void files_in_texts(void **state)
{
	MAIL(
	    "From: a@example.jp\nTo: b@example.jp\n\nbefore\nbegin 644 a.txt\n%:&5L;&\\`\n`\nend\nafter\n");
	assert_true(has("before\r\nafter\r\n"));
	assert_true(has("aGVsbG8="));
	assert_int_equal(COUNT(MAIL_UUENCODE), 1);
	done();
	MAIL("From: a@example.jp\nTo: b@example.jp\n\nbegin  0644  a.txt\n%:&5L;&\\`\n`\nend\n");
	assert_int_equal(COUNT(MAIL_UUENCODE), 1);
	done();
	MAIL("From: a@example.jp\nTo: b@example.jp\n\nbegin 644 the work\nin earnest\n");
	assert_true(has("begin 644 the work\r\nin earnest\r\n"));
	done();
}

static void flowed_lines_are_joined(void **state)
{
	MAIL(
	    "From: a@example.jp\nTo: b@example.jp\nContent-Type: text/plain; format=flowed\n\none \ntwo\n> three \n> four\n-- \nme\n");
	assert_true(has("one two\r\n> three four\r\n-- \r\nme\r\n"));
	done();
	MAIL(
	    "From: a@example.jp\nTo: b@example.jp\nContent-Type: text/plain; format=flowed; delsp=yes\n\none \ntwo\n");
	assert_true(has("onetwo\r\n"));
	done();
}

static void pictures_of_pages_keep_their_identifier(void **state)
{
	MAIL(
	    "From: a@example.jp\nContent-Type: multipart/related; boundary=z\n\n--z\nContent-Type: text/html\n\n<img "
	    "src=\"cid:p1@x\">\n--z\nContent-Type: image/png\nContent-ID: <p1@x>\n\nPNG\n--z--\n");
	assert_true(has("multipart/related"));
	assert_true(has("c3JjPSJjaWQ6cDFAeCI") || has("Y2lkOnAxQHgi") || has("NpZDpwMUB4I"));
	assert_true(
	    has("Content-ID: <p1@x>\r\nContent-Disposition: inline; filename=\"part-1.png\"\r\n"));
	done();
}

static void folders_become_archives(void **state)
{
	static const char folder[] =
	    "From a@example.jp Wed Apr  1 09:00:00 2026\nFrom: a@example.jp\nSubject: 1\n\none\n>From here\n\n"
	    "From b@example.jp Wed Apr  1 09:00:00 2026\nFrom: b@example.jp\nSubject: 2\n\ntwo\n";
	assert_true(sk_mbox_is(SK_SLICE_LIT(folder)));
	assert_false(sk_mbox_is(SK_SLICE_LIT(
	    "From a@example.jp Wed Apr  1 09:00:00 2026\nFrom: a\n\nx\n\nFrom here on\n")));
	assert_int_equal(clean(SK_FT_MBOX, SK_SLICE_LIT(folder)), 0);
	assert_int_equal(out.type, SK_FT_ZIP);
	assert_true(has("mail-0001.eml"));
	assert_true(has("mail-0002.eml"));
	done();
}

static void put_attribute(struct sk_buf *b, uint8_t level, uint32_t tag, struct sk_slice data)
{
	uint16_t sum = 0;

	for (size_t i = 0; i < data.n; i++)
		sum = (uint16_t)(sum + data.p[i]);
	sk_buf_putc(b, level);
	sk_buf_put_u32le(b, tag);
	sk_buf_put_u32le(b, (uint32_t)data.n);
	sk_buf_put_slice(b, data);
	sk_buf_put_u16le(b, sum);
}

static void packets_of_outlook(void **state)
{
	struct sk_buf b = SK_BUF((size_t)10000);

	sk_buf_put_u32le(&b, 0x223E9F78);
	sk_buf_put_u16le(&b, 1);
	put_attribute(&b, 1, 0x00069007, SK_SLICE_LIT("\xA4\x03\0\0\0\0\0\0")); /* code page 932 */
	put_attribute(&b, 1, 0x00018004, SK_SLICE_LIT("\x89\xEF\x8B\x63\0"));
	put_attribute(&b, 1, 0x0002800C, SK_SLICE_LIT("\x95\x5C\0"));
	put_attribute(&b, 2, 0x00069002, SK_SLICE_LIT("\1\0\0\0\0\0\0\0\0\0\0\0\0\0"));
	put_attribute(&b, 2, 0x00018010, SK_SLICE_LIT("\x95\x5C.txt\0"));
	put_attribute(&b, 2, 0x0006800F, SK_SLICE_LIT("words"));
	make(SK_FT_TNEF, sk_buf_slice(&b));
	assert_true(has("Subject: =?UTF-8?B?5Lya6K2w?=\r\n"));
	assert_true(has("6KGo"));
	assert_true(has("filename*0*=UTF-8''%E8%A1%A8.txt"));
	done();
	b.p[20] ^= 1; /* a wrong sum ends the reading */
	make(SK_FT_TNEF, sk_buf_slice(&b));
	assert_int_equal(COUNT(MAIL_BROKEN), 1);
	done();
	sk_buf_free(&b);
}

/* A packet whose attachment has an identifier, in a mail whose own words are these. */
static void packet_beside(const char *words)
{
	struct sk_buf b = SK_BUF((size_t)10000), eml = SK_BUF((size_t)20000);

	sk_buf_put_u32le(&b, 0x223E9F78);
	sk_buf_put_u16le(&b, 1);
	put_attribute(&b, 1, 0x0002800C, SK_SLICE_LIT("inside\0"));
	put_attribute(&b, 2, 0x00069002, SK_SLICE_LIT("\1\0\0\0\0\0\0\0\0\0\0\0\0\0"));
	put_attribute(&b, 2, 0x00018010, SK_SLICE_LIT("kept.txt\0"));
	put_attribute(&b, 2, 0x0006800F, SK_SLICE_LIT("words"));
	put_attribute(
	    &b, 2, 0x00069005, SK_SLICE_LIT("\1\0\0\0\x1E\0\x12\x37\1\0\0\0\4\0\0\0a@b\0"));
	sk_buf_printf(&eml,
	    "From: a@example.jp\r\nContent-Type: multipart/mixed; boundary=z\r\n\r\n--z\r\n\r\n%s\r\n--z\r\n"
	    "Content-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64\r\n\r\n",
	    words);
	sk_base64(sk_buf_slice(&b), &eml);
	sk_buf_puts(&eml, "--z--\r\n");
	make(SK_FT_EML, sk_buf_slice(&eml));
	sk_buf_free(&eml);
	sk_buf_free(&b);
}

static void packets_lose_nothing_beside_words(void **state)
{
	packet_beside("outside");
	assert_true(has("outside") && has("kept.txt"));
	assert_false(has("inside"));
	assert_int_equal(COUNT(MAIL_FORM), 1);
	done();
	packet_beside(" ");
	assert_true(has("inside") && has("kept.txt"));
	assert_int_equal(COUNT(MAIL_FORM), 0);
	done();
}

#define SHOWN(page, picture) \
	"From: a@example.jp\r\nContent-Type: multipart/related; boundary=z\r\n\r\n--z\r\nContent-Type: text/html\r\n\r\n" page \
	"\r\n--z\r\nContent-Type: image/png\r\nContent-ID: <a@x>\r\n\r\n" picture "\r\n--z--\r\n"

/* A page names no picture that did not pass; otherwise the next cleaning would find something to remove. */
static void pictures_that_go_leave_no_name(void **state)
{
	MAIL(SHOWN("<p>x<img src='cid:a@x'></p>", "PNG"));
	assert_int_equal(COUNT(HTML_REMOTE), 0);
	done();
	MAIL(SHOWN("<p>x<img src='cid:a@x'></p>", "BAD"));
	assert_int_equal(COUNT(HTML_REMOTE), 1);
	assert_int_equal(COUNT(MAIL_PART), 1);
	done();
}

static void dates(void **state)
{
	static const char *const all[][2] = {
	    {"Wed, 1 Apr 2026 09:00:00 +0900 (JST)", "Wed, 01 Apr 2026 09:00:00 +0900"},
	    {"Wed Apr  1 09:00:00 2026", "Wed, 01 Apr 2026 09:00:00 -0000"},
	    {"1 apr 99 9:00 GMT", "Thu, 01 Apr 1999 09:00:00 +0000"},
	    {"Thu, 29 Feb 2024 23:59:60 -0330", "Thu, 29 Feb 2024 23:59:60 -0330"},
	    {"29 Feb 2023 10:00", NULL}, {"yesterday", NULL}};
	struct sk_buf b = SK_BUF((size_t)100);

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		bool ok = sk_put_date(sk_slice_str(all[i][0]), &b);
		assert_int_equal(ok, all[i][1] != NULL);
		assert_true(!ok || sk_slice_is(sk_buf_slice(&b), all[i][1]));
		sk_buf_reset(&b);
	}
	sk_put_time(1775001600, &b);
	assert_true(sk_slice_is(sk_buf_slice(&b), "Wed, 01 Apr 2026 00:00:00 +0000"));
	sk_buf_free(&b);
}

/* --- what people see of one --- */

static void shown(const char *mail, const char *want)
{
	struct sk_job job = job_of(SK_METHOD_SHOW);
	struct sk_mail m = {.job = &job, .arena = job.arena};
	struct sk_buf lines = SK_BUF(1 << 20);
	struct sk_part *root = NULL;

	assert_int_equal(sk_mail_parse(&m, sk_slice_str(mail), &root), 0);
	assert_int_equal(sk_mail_lines(&m, root, &lines), 0);
	assert_int_equal(sk_buf_putc(&lines, 0), 0);
	assert_string_equal((const char *)lines.p, want);
	sk_buf_free(&lines);
	sk_arena_free(job.arena);
}

static void words_are_shown(void **state)
{
	shown("From: a@example.jp\r\nX-Other: no\r\nSubject: =?UTF-8?B?5pys5paH?=\r\n\r\nhello\r\n",
	    "差出人 From: a@example.jp\r\n件名 Subject: 本文\r\n\r\nhello\r\n\r\n");
	/* one form of a text, a name for a file, a mail in a mail */
	shown(
	    "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
	    "--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n"
	    "--c\r\nContent-Type: text/html\r\n\r\n<p>page</p>\r\n"
	    "--c\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\ncGxhaW4=\r\n--c--\r\n"
	    "--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nsecret\r\n"
	    "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\ninner\r\n--b--\r\n",
	    "\r\nplain\r\n[添付 attached] a.txt\r\n\r\n----\r\n件名 Subject: in\r\n\r\ninner\r\n");
	shown("Content-Type: text/html\r\n\r\n<p>words &amp; more</p>\r\n",
	    "\r\nwords & more\r\n\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(head_keeps_its_list),
	    cmocka_unit_test(subjects_in_every_charset),
	    cmocka_unit_test(bodies_in_every_charset),
	    cmocka_unit_test(names_of_files),
	    cmocka_unit_test(names_of_different_kinds),
	    cmocka_unit_test(files_behind_control_characters),
	    cmocka_unit_test(names_that_deceive),
	    cmocka_unit_test(fields_cannot_be_smuggled),
	    cmocka_unit_test(two_readings_are_refused),
	    cmocka_unit_test(parts_are_cut_at_their_boundary_only),
	    cmocka_unit_test(padding_inside),
	    cmocka_unit_test(forms_of_a_text),
	    cmocka_unit_test(notes_say_why),
	    cmocka_unit_test(signatures_go),
	    cmocka_unit_test(mails_in_mails),
	    cmocka_unit_test(files_in_texts),
	    cmocka_unit_test(flowed_lines_are_joined),
	    cmocka_unit_test(pictures_of_pages_keep_their_identifier),
	    cmocka_unit_test(folders_become_archives),
	    cmocka_unit_test(packets_of_outlook),
	    cmocka_unit_test(packets_lose_nothing_beside_words),
	    cmocka_unit_test(pictures_that_go_leave_no_name),
	    cmocka_unit_test(dates),
	    cmocka_unit_test(words_are_shown),
	};

	return cmocka_run_group_tests_name("mail", tests, setup, teardown);
}
