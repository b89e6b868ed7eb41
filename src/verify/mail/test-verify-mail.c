/* Tests of the checker of mails: what the profile has passes, each departure from it does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "verify/verify.h"

/* Stands for the checkers of files: what begins with BAD fails. */
int sk_verify(struct sk_check *c, enum sk_filetype type, struct sk_slice in)
{
	if (type == SK_FT_UNKNOWN || sk_filetype_family(type) == SK_FAM_PROGRAM)
		return SK_EUNSUPPORTED;
	return sk_slice_starts(in, SK_SLICE_LIT("BAD")) ? sk_fail(c, 0, "bad file") : 0;
}

int sk_verify_html_in_mail(struct sk_check *c, struct sk_slice in)
{
	return sk_verify(c, SK_FT_HTML, in);
}

static int check(const char *mail)
{
	struct sk_check c = {
	    .arena = sk_arena_new((size_t)64 << 20), .inflate_left = 1000, .pixels_left = 1000};
	int rc = sk_verify_eml(&c, sk_slice_str(mail));

	if (rc == SK_EFORMAT)
		assert_true(c.fault.what[0] != '\0');
	sk_arena_free(c.arena);
	return rc;
}

#define HEAD "From: <a@example.jp>\r\nMIME-Version: 1.0\r\n"
#define TEXT "Content-Type: text/plain; charset=UTF-8\r\n\r\n"
#define B64 "Content-Transfer-Encoding: base64\r\n"
#define GOOD(s) assert_int_equal(check(s), 0)
#define BAD(s) assert_int_equal(check(s), SK_EFORMAT)

static void heads(void **state)
{
	GOOD("MIME-Version: 1.0\r\n" TEXT "x");
	GOOD(
	    "From: \"A\"\r\n <a@example.jp>,\r\n =?UTF-8?B?5Lya6K2w?=\r\n <b@example.jp>\r\nTo: \"undisclosed\":;\r\nSubject: a b\r\n"
	    "Date: Wed, 01 Apr 2026 09:00:00 +0900\r\nMessage-ID: <1@x>\r\nReferences: <1@x>\r\n <2@x>\r\nImportance: high\r\n"
	    "MIME-Version: 1.0\r\n" TEXT "x\r\n");
	BAD(TEXT "x");
	BAD("X-Other: y\r\n" HEAD TEXT "x");
	BAD("To: <a@example.jp>\r\n" HEAD TEXT "x");
	BAD("Subject: a\r\nSubject: b\r\nMIME-Version: 1.0\r\n" TEXT "x");
	BAD("Subject: a\nMIME-Version: 1.0\r\n" TEXT "x");
	BAD("Subject: \xE4\xBC\x9A\r\nMIME-Version: 1.0\r\n" TEXT "x");
	BAD("Subject: a =?UTF-8?B?5Lya?=\r\nMIME-Version: 1.0\r\n" TEXT "x");
	BAD("Subject: =?UTF-8?B?5Lya6A==?=\r\n =?UTF-8?B?rbA=?=\r\nMIME-Version: 1.0\r\n" TEXT "x");
	BAD("Subject: =?UTF-8?B?YWI=?=\r\nMIME-Version: 1.0\r\n" TEXT "x"); /* plain would do */
	BAD("Subject: =?UTF-8?B?5Lya4oCu?=\r\nMIME-Version: 1.0\r\n" TEXT
	    "x"); /* turns the reading direction */
	BAD("Subject: =?UTF-8?B?5LyaDQpCY2M6IHg=?=\r\nMIME-Version: 1.0\r\n" TEXT
	    "x"); /* a line end in it */
	BAD("Date: Tue, 01 Apr 2026 09:00:00 +0900\r\nMIME-Version: 1.0\r\n" TEXT "x");
	BAD("Date: Mon, 30 Feb 2026 09:00:00 +0900\r\nMIME-Version: 1.0\r\n" TEXT "x");
	BAD("Importance: urgent\r\nMIME-Version: 1.0\r\n" TEXT "x");
	BAD("Message-ID: <1@x> <2@x>\r\nMIME-Version: 1.0\r\n" TEXT "x");
}

static void addresses(void **state)
{
	BAD("From: a@example.jp\r\nMIME-Version: 1.0\r\n" TEXT "x");
	BAD("From: <a@example.jp\r\nMIME-Version: 1.0\r\n" TEXT "x");
	BAD("From: <a@b@example.jp>\r\nMIME-Version: 1.0\r\n" TEXT "x");
	BAD("From: \"mayor@example.jp\"\r\n <a@example.com>\r\nMIME-Version: 1.0\r\n" TEXT "x");
	GOOD("From: \"a@example.jp\"\r\n <A@example.jp>\r\nMIME-Version: 1.0\r\n" TEXT "x");
	BAD("From: \"A\" <a@example.jp>\r\nMIME-Version: 1.0\r\n" TEXT "x");
	BAD("From: \"A\r\n <a@example.jp>\r\nMIME-Version: 1.0\r\n" TEXT "x");
	BAD("From: A:;\r\nMIME-Version: 1.0\r\n" TEXT "x");
}

static void texts(void **state)
{
	GOOD(HEAD TEXT "");
	BAD(HEAD TEXT "a\nb");
	BAD(HEAD TEXT "a\rb");
	BAD(HEAD TEXT "\xE4\xBC\x9A");
	BAD(HEAD TEXT "BAD");
	BAD(HEAD "Content-Type: text/plain\r\n\r\nx");
	BAD(HEAD "Content-Type: text/html; charset=UTF-8\r\n\r\n<p>");
	GOOD(HEAD "Content-Type: text/html; charset=UTF-8\r\n" B64 "\r\nPHA+\r\n");
	BAD(HEAD "Content-Type: text/html; charset=UTF-8\r\n" B64 "\r\nQkFE\r\n");
	BAD(HEAD "Content-Type: text/html; charset=UTF-8\r\n" B64 "\r\nPHA+");
	BAD(HEAD "Content-Type: text/html; charset=UTF-8\r\n" B64 "\r\nPHA\r\n");
	BAD(HEAD "Content-Type: text/html; charset=UTF-8\r\n" B64
		 "\r\nPH==\r\n"); /* bits left over */
	BAD(HEAD "Content-Type: text/html; charset=UTF-8\r\n" B64 "\r\nPHA+\r\nPHA+\r\n");
	BAD(HEAD "Content-Type: text/html; charset=UTF-8\r\n" B64 "\r\nPHA+\r\n\r\n");
	BAD(HEAD "Content-Type: text/html; charset=UTF-8\r\n" B64 "\r\nPHA=PHA+\r\n");
	BAD(HEAD "Content-Type: text/x-amp-html; charset=UTF-8\r\n" B64 "\r\nPHA+\r\n");
	BAD(HEAD "Content-Type: text/plain; charset=UTF-8\r\nX-Y: z\r\n\r\nx");
	BAD(HEAD TEXT "a\r\nbegin 644 a.exe\r\n#AB4R\r\n`\r\nend\r\n");
	BAD(HEAD TEXT "begin   0755 a.exe\r\n#AB4R");
	BAD(HEAD "Content-Type: text/plain; charset=UTF-8\r\n" B64
		 "\r\nYmVnaW4gNjQ0IGEuZXhlCiNBQjRSCmVuZAo=\r\n");
	GOOD(HEAD TEXT "begin 644 the work\r\nin earnest\r\nbegin 12 a\r\n#AB4R\r\n");
}

#define FILE_(type, disposition) \
	HEAD "Content-Type: " type "\r\n" B64 "Content-Disposition: " disposition "\r\n\r\nPHA+\r\n"

static void files(void **state)
{
	GOOD(FILE_("application/pdf", "attachment; filename=\"a.pdf\""));
	GOOD(FILE_("application/pdf",
	    "attachment;\r\n filename*0*=UTF-8''%E8%A1%A8;\r\n filename*1*=.pdf"));
	BAD(FILE_("application/pdf", "attachment; filename=\"a.exe\""));
	BAD(FILE_("application/x-msdownload", "attachment; filename=\"a.exe\""));
	BAD(FILE_("application/octet-stream", "attachment; filename=\"a.exe\""));
	BAD(FILE_("application/octet-stream", "attachment; filename=\"a.pdf\""));
	GOOD(FILE_("application/octet-stream", "attachment; filename=\"a.jtd\""));
	BAD(FILE_("application/pdf", "attachment; filename=\"../a.pdf\""));
	BAD(FILE_("application/pdf", "attachment; filename=\"con.pdf\""));
	BAD(FILE_("application/pdf", "attachment; filename=\"a.pdf\"; size=3"));
	BAD(FILE_("application/pdf", "attachment"));
	BAD(FILE_("application/pdf", "attachment;\r\n filename*0*=UTF-8''%E2%80%AEfdp.pdf"));
	BAD(FILE_("application/pdf", "attachment;\r\n filename*1*=a.pdf"));
	BAD(FILE_("application/pdf", "attachment;\r\n filename*0*=UTF-8''%61.pdf"));
	BAD(FILE_("application/pdf", "inline; filename=\"a.pdf\""));
	BAD(HEAD
	    "Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"a.pdf\"\r\n\r\nPHA+\r\n");
	GOOD(HEAD
	    "Content-Type: image/png\r\n" B64
	    "Content-ID: <a@b>\r\nContent-Disposition: inline; filename=\"a.png\"\r\n\r\nPHA+\r\n");
	BAD(HEAD
	    "Content-Type: image/png\r\n" B64
	    "Content-ID: <a\"b>\r\nContent-Disposition: inline; filename=\"a.png\"\r\n\r\nPHA+\r\n");
	BAD(HEAD
	    "Content-Type: application/pdf\r\n" B64
	    "Content-ID: <a@b>\r\nContent-Disposition: inline; filename=\"a.pdf\"\r\n\r\nPHA+\r\n");
	BAD(HEAD "Content-Type: application/ms-tnef\r\n" B64
		 "Content-Disposition: attachment; filename=\"winmail.dat\"\r\n\r\nPHA+\r\n");
}

#define MIXED "Content-Type: multipart/mixed; boundary=\"=_0123456789abcdef\"\r\n\r\n"
#define CUT "--=_0123456789abcdef"

static void parts(void **state)
{
	GOOD(HEAD MIXED CUT "\r\n" TEXT "a\r\n" CUT "\r\n" TEXT "b\r\n" CUT "--\r\n");
	BAD(HEAD MIXED CUT "\r\n" TEXT "a\r\n" CUT "--\r\n");
	BAD(HEAD MIXED "preamble\r\n" CUT "\r\n" TEXT "a\r\n" CUT "\r\n" TEXT "b\r\n" CUT "--\r\n");
	BAD(HEAD MIXED CUT "\r\n" TEXT "a\r\n" CUT "\r\n" TEXT "b\r\n" CUT "--\r\nepilogue");
	BAD(HEAD MIXED CUT "\r\n" TEXT "a\r\n" CUT "\r\n" TEXT "b\r\n" CUT "--");
	BAD(HEAD MIXED CUT "\r\n" TEXT "a\r\n" CUT "x\r\n" TEXT "b\r\n" CUT "--\r\n");
	BAD(HEAD MIXED CUT "\r\n" TEXT "a\r\n" CUT "\r\n" TEXT "b\r\n");
	BAD(HEAD "Content-Type: multipart/digest; boundary=\"=_0123456789abcdef\"\r\n\r\n" CUT
		 "\r\n" TEXT "a\r\n" CUT "\r\n" TEXT "b\r\n" CUT "--\r\n");
	BAD(HEAD "Content-Type: multipart/mixed; boundary=\"=_0123456789ABCDEF\"\r\n\r\n");
	BAD(HEAD "Content-Type: multipart/mixed; boundary=\"abc\"\r\n\r\n");
	GOOD(HEAD "Content-Type: message/rfc822\r\n\r\n" HEAD TEXT "x");
	GOOD(HEAD
	    "Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename=\"a.eml\"\r\n\r\n" HEAD
		TEXT "x");
	BAD(HEAD
	    "Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename=\"a.txt\"\r\n\r\n" HEAD
		TEXT "x");
	BAD(HEAD "Content-Type: message/rfc822\r\n\r\nX: y\r\n" HEAD TEXT "x");
	BAD(HEAD "Content-Type: message/partial\r\n\r\nx");
}

static void depth(void **state)
{
	struct sk_buf b = SK_BUF((size_t)100000);

	for (int i = 0; i < SK_LIMIT_NESTING; i++)
		sk_buf_puts(&b, HEAD "Content-Type: message/rfc822\r\n\r\n");
	size_t inner = b.len;
	sk_buf_puts(&b, HEAD TEXT "x");
	sk_buf_putc(&b, 0);
	GOOD((const char *)b.p);
	b.len = inner;
	sk_buf_puts(&b, HEAD "Content-Type: message/rfc822\r\n\r\n" HEAD TEXT "x");
	sk_buf_putc(&b, 0);
	BAD((const char *)b.p);
	sk_buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(heads),
	    cmocka_unit_test(addresses),
	    cmocka_unit_test(texts),
	    cmocka_unit_test(files),
	    cmocka_unit_test(parts),
	    cmocka_unit_test(depth),
	};

	return cmocka_run_group_tests_name("verify-mail", tests, NULL, NULL);
}
