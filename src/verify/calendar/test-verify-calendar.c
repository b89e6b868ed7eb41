/* Tests of the verifier of calendars and contacts: what must not be in an output is found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "verify/text/testzip.h"

#define CAL(inner) "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" inner "END:VCALENDAR\r\n"
#define EVENT(inner) CAL("BEGIN:VEVENT\r\n" inner "END:VEVENT\r\n")
#define CARD(inner) "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:a\r\n" inner "END:VCARD\r\n"

static int run(enum sk_filetype type, const char *text)
{
	struct sk_check c = tz_check();
	int rc = sk_verify_calendar(&c, type, sk_slice_str(text));

	if (rc == SK_EFORMAT)
		assert_true(c.fault.what[0] != '\0');
	sk_arena_free(c.arena);
	return rc;
}

static void expect(enum sk_filetype type, const char *const *all, int rc)
{
	for (; *all; all++)
		if (run(type, *all) != rc)
			fail_msg("%s", *all);
}

static void test_good(void **state)
{
	static const char *const calendars[] = {CAL(""), EVENT("SUMMARY:会議\\n\\, \\; \\\\\r\n"),
	    EVENT("DESCRIPTION:http://example.jp/ 10:00 a:b\r\n"),
	    EVENT("DTSTART;VALUE=DATE:20260401\r\n"),
	    EVENT("ATTENDEE;CN=\"職員, 一\":mailto:a@example.jp\r\n"),
	    EVENT("RRULE:FREQ=DAILY;COUNT=3660\r\n"),
	    EVENT("BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n"),
	    CAL("METHOD:PUBLISH\r\n"),
	    CAL("BEGIN:VTIMEZONE\r\nTZID:x\r\nBEGIN:STANDARD\r\nRRULE:FREQ=YEARLY\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"),
	    EVENT("SUMMARY:ああああああああああああああああああああああ\r\n い\r\n"), NULL};
	static const char *const cards[] = {CARD(""), CARD("N:a,b;c;;;\r\n"),
	    CARD("item1.TEL;TYPE=CELL,PREF:090\r\n"), CARD("BDAY;VALUE=text:昭和\r\n"), NULL};

	expect(SK_FT_ICS, calendars, 0);
	expect(SK_FT_VCF, cards, 0);
}

static void test_bad_structure(void **state)
{
	static const char *const bad[] = {"", "BEGIN:VCALENDAR\r\n",
	    "BEGIN:VEVENT\r\nEND:VEVENT\r\n",
	    "BEGIN:VCALENDAR\r\nVERSION:1.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n",
	    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", "SUMMARY:x\r\n", CARD(""),
	    CAL("") "x", CAL("\r\n"), CAL("SUMMARY:x\n"), CAL("BEGIN:VALARM\r\nEND:VALARM\r\n"),
	    CAL("BEGIN:X\r\nEND:X\r\n"), EVENT("BEGIN:VALARM\r\nACTION:DISPLAY\r\nEND:VALARM\r\n"),
	    CAL("PRODID:x\r\n"), CAL("METHOD:PUBLISH\r\nMETHOD:PUBLISH\r\n"), CAL("END:VEVENT\r\n"),
	    " " CAL(""), "\xEF\xBB\xBF" CAL(""),
	    EVENT(
		"SUMMARY:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"),
	    EVENT("SUMMARY:\xE4\xBC\r\n \x9A\r\n"), EVENT("SUMMARY:\xE2\x80\xAE\r\n"),
	    EVENT("SUMMARY:\xFF\r\n"), NULL};

	expect(SK_FT_ICS, bad, SK_EFORMAT);
}

static void test_bad_properties(void **state)
{
	static const char *const bad[] = {EVENT("ATTACH:http://example.jp/\r\n"),
	    EVENT("X-ALT-DESC:x\r\n"), EVENT("summary:x\r\n"), EVENT("URL:javascript:x\r\n"),
	    EVENT("URL:mailto:a@example.jp?attach=x\r\n"),
	    EVENT("ATTENDEE:mailto:?cc=a&attach=x\r\n"), EVENT("URL:file:///x\r\n"),
	    EVENT("URL:https://a b\r\n"), EVENT("DESCRIPTION:file://x\r\n"),
	    EVENT("DESCRIPTION:a\\nfile:x\r\n"), EVENT("DESCRIPTION:ftp://x\r\n"),
	    EVENT("DESCRIPTION:a,b\r\n"), EVENT("DESCRIPTION:a\\x\r\n"),
	    EVENT("LOCATION;ALTREP=\"http://x/\":x\r\n"),
	    EVENT("ATTENDEE;CN=\"file:x\":mailto:a@example.jp\r\n"), EVENT("ATTENDEE:ldap://x\r\n"),
	    EVENT("DTSTART:20260401\r\n"), EVENT("DTSTART;VALUE=DATE:20261301\r\n"),
	    EVENT("DTSTART;VALUE=TEXT:x\r\n"), EVENT("RRULE:FREQ=DAILY\r\n"),
	    EVENT("RRULE:FREQ=SECONDLY;COUNT=1\r\n"), EVENT("RRULE:FREQ=DAILY;COUNT=3661\r\n"),
	    EVENT("RRULE:FREQ=YEARLY\r\n"), EVENT("RRULE:FREQ=DAILY;UNTIL=99991231\r\n"),
	    EVENT("RRULE:FREQ=HOURLY;UNTIL=20261231\r\n"),
	    EVENT("RRULE:FREQ=DAILY;COUNT=1;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5\r\n"),
	    CAL("METHOD:REQUEST\r\n"), EVENT("SUMMARY;LANGUAGE=ja;LANGUAGE=ja:x\r\n"),
	    EVENT("SUMMARY;LANGUAGE=\"ja\":x\r\n"), EVENT("SUMMARY;VALUE=TEXT:x\r\n"),
	    EVENT("a.SUMMARY:x\r\n"),
	    EVENT("BEGIN:VALARM\r\nACTION:AUDIO\r\nTRIGGER:PT0S\r\nEND:VALARM\r\n"),
	    EVENT("BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:PT0S\r\nREPEAT:11\r\nEND:VALARM\r\n"),
	    NULL};
	static const char *const cards[] = {CARD("PHOTO;ENCODING=b;TYPE=JPEG:QUJD\r\n"),
	    CARD("PHOTO:http://x/\r\n"), CARD("PHOTO;ENCODING=b;TYPE=JPEG:QUJ\r\n"),
	    CARD("KEY:x\r\n"), CARD("SOUND:x\r\n"), CARD("BDAY:昭和\r\n"),
	    CARD("TEL;VALUE=uri:skype:x\r\n"), CARD("RELATED:file:///x\r\n"),
	    "BEGIN:VCARD\r\nVERSION:3.0\r\nEND:VCARD\r\n",
	    "BEGIN:VCARD\r\nVERSION:2.1\r\nFN:a\r\nEND:VCARD\r\n", CAL(""), NULL};

	expect(SK_FT_ICS, bad, SK_EFORMAT);
	expect(SK_FT_VCF, cards, SK_EFORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_good),
	    cmocka_unit_test(test_bad_structure),
	    cmocka_unit_test(test_bad_properties),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
