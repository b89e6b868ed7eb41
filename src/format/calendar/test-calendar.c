/* Tests of calendars and contacts: what stays, what goes, and that cleaning twice changes and reports nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "format/calendar/calendar.h"
#include "format/test-gives.h"

#define CAL(inner) "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" inner "END:VCALENDAR\r\n"
#define EVENT(inner) CAL("BEGIN:VEVENT\r\n" inner "END:VEVENT\r\n")
#define CARD(inner) "BEGIN:VCARD\r\nVERSION:3.0\r\n" inner "END:VCARD\r\n"
#define OLD(inner) "BEGIN:VCARD\r\nVERSION:2.1\r\n" inner "END:VCARD\r\n"

/* Stands for the family of pictures: what begins with `bad` is none. */
static int picture(struct sk_job *job, const char *name, struct sk_slice in, struct sk_output *made,
    enum sk_code *why)
{
	if (sk_slice_starts(in, SK_SLICE_LIT("bad")))
		return SK_EREFUSED;
	made->type = SK_FT_JPEG;
	return sk_buf_puts(&made->bytes, "clean");
}

static int run(enum sk_filetype type, struct sk_slice in, bool text)
{
	static const struct sk_services services = {.clean_member = picture};
	struct tr_run t = {
	    &sk_calendar_handler, type, .text = text, .name = "x", .services = &services};

	sk_buf_free(&out.bytes);
	return tr_clean(&t, in, report, &out);
}

#define GIVES(in, want, code) gives(SK_FT_ICS, SK_SLICE_LIT(in), SK_SLICE_LIT(want), code)
#define EVENT_GIVES(in, want, code) GIVES(EVENT(in), EVENT(want), code)
#define CARD_GIVES(in, want, code) gives(SK_FT_VCF, SK_SLICE_LIT(in), SK_SLICE_LIT(want), code)
#define STAYS(inner) EVENT_GIVES(inner, inner, SK_CODE_NONE)
#define GOES(inner, code) EVENT_GIVES(inner "UID:a\r\n", "UID:a\r\n", code)

static void test_what_stays(void **state)
{
	STAYS("SUMMARY:令和８年度　予算会議\r\nUID:1@example.jp\r\n");
	STAYS(
	    "DTSTART;VALUE=DATE:20260401\r\nDTEND;TZID=Asia/Tokyo:20260401T100000\r\nDURATION:P1DT2H\r\n");
	STAYS("ATTENDEE;CN=\"職員, 一\";ROLE=CHAIR:mailto:a@example.jp\r\n");
	STAYS("ATTENDEE;DELEGATED-TO=\"mailto:b@example.jp\",\"mailto:c,d@b\":mailto:a@b\r\n");
	STAYS("CATEGORIES:会議,予算\\,決算\r\nDESCRIPTION:一\\n二\\;三\\\\\r\n");
	STAYS(
	    "RDATE;VALUE=PERIOD:20260401T000000Z/PT1H\r\nGEO:35.6;139.7\r\nURL:https://example.jp/?a=%20\r\n");
	EVENT_GIVES(
	    "URL:http\\://example.jp/a\\,b\r\n", "URL:http://example.jp/a,b\r\n", SK_CODE_NONE);
	STAYS("DESCRIPTION:外字\xEE\x80\x80 葛\xF3\xA0\x84\x80 ｶﾅ\r\n");
	GIVES(
	    CAL("BEGIN:VTIMEZONE\r\nTZID:Asia/Tokyo\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0900\r\n"
		"TZOFFSETTO:+0900\r\nRRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=4\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"),
	    CAL("BEGIN:VTIMEZONE\r\nTZID:Asia/Tokyo\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0900\r\n"
		"TZOFFSETTO:+0900\r\nRRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=4\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"),
	    SK_CODE_NONE);
}

static void test_what_goes(void **state)
{
	GOES("ATTACH:file://server/x\r\n", SK_CALENDAR_ATTACHMENT);
	GOES("URL:mailto:a@example.jp?attach=x\r\n", SK_CALENDAR_LINK);
	STAYS("URL:mailto:a@example.jp?subject=Q&A&cc=b@example.jp\r\n");
	GOES("ATTACH;ENCODING=BASE64;VALUE=BINARY:QUJD\r\n", SK_CALENDAR_ATTACHMENT);
	GOES("IMAGE;VALUE=URI:http://example.jp/x.png\r\n", SK_CALENDAR_ATTACHMENT);
	GOES("X-ALT-DESC;FMTTYPE=text/html:<p>x</p>\r\n", SK_CALENDAR_HTML);
	GOES("URL:javascript:x\r\n", SK_CALENDAR_LINK);
	GOES("URL:\\\\\\\\server\\\\x\r\n", SK_CALENDAR_LINK);
	GOES("X-SECRET:x\r\n", SK_CALENDAR_UNKNOWN);
	GOES("ATTENDEE:BOB\r\n", SK_CALENDAR_UNKNOWN);
	GOES("DTSTART:99999999\r\n", SK_CALENDAR_DAMAGED);
	GOES("no content line\r\n", SK_CALENDAR_DAMAGED);
	GOES("BEGIN:VSECRET\r\nSUMMARY:x\r\nEND:VSECRET\r\n", SK_CALENDAR_UNKNOWN);
	GOES("AALARM:20260401T090000;;;x.wav\r\n", SK_CALENDAR_ALARM);
	EVENT_GIVES(
	    "LOCATION;ALTREP=\"http://example.jp/\":x\r\n", "LOCATION:x\r\n", SK_CALENDAR_LINK);
	EVENT_GIVES("COMMENT;X-Y=1:x\r\n", "COMMENT:x\r\n", SK_CALENDAR_UNKNOWN);
	EVENT_GIVES("DESCRIPTION:file://server/x http://example.jp/\r\n",
	    "DESCRIPTION:file：//server/x http://example.jp/\r\n", SK_CALENDAR_LINK);
	EVENT_GIVES("DESCRIPTION:x\\nJavaScript:y\r\n", "DESCRIPTION:x\\nJavaScript：y\r\n",
	    SK_CALENDAR_LINK);
	EVENT_GIVES("SUMMARY:a\xE2\x80\xAEz\r\n", "SUMMARY:az\r\n", SK_TEXT_BIDI);
	GIVES(CAL("METHOD:REQUEST\r\n"), CAL("METHOD:PUBLISH\r\n"), SK_CALENDAR_METHOD);
}

static void test_alarms(void **state)
{
#define ALARM(inner) "BEGIN:VALARM\r\nACTION:DISPLAY\r\n" inner "END:VALARM\r\n"
	STAYS(ALARM("TRIGGER:-PT5M\r\nDESCRIPTION:会議\r\n"));
	EVENT_GIVES("BEGIN:VALARM\r\nACTION:PROCEDURE\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n",
	    ALARM("TRIGGER:-PT5M\r\nDESCRIPTION:Reminder\r\n"), SK_CALENDAR_ALARM);
	EVENT_GIVES(ALARM("TRIGGER:PT0S\r\nDESCRIPTION:x\r\nREPEAT:99\r\n"),
	    ALARM("TRIGGER:PT0S\r\nDESCRIPTION:x\r\n"), SK_CALENDAR_RECURRENCE);
	EVENT_GIVES(ALARM("DESCRIPTION:without a time\r\n"), "", SK_CALENDAR_DAMAGED);
}

static void test_repetitions(void **state)
{
	STAYS("RRULE:FREQ=DAILY;COUNT=10;BYDAY=MO,-1FR;WKST=SU\r\n");
	STAYS("RRULE:FREQ=MONTHLY;UNTIL=20301231;BYMONTHDAY=-1\r\n");
	EVENT_GIVES("RRULE:freq=weekly;byday=mo\r\n", "RRULE:FREQ=WEEKLY;COUNT=3660;BYDAY=MO\r\n",
	    SK_CALENDAR_RECURRENCE);
	EVENT_GIVES("RRULE:FREQ=DAILY;UNTIL=99991231\r\n", "RRULE:FREQ=DAILY;COUNT=3660\r\n",
	    SK_CALENDAR_RECURRENCE);
	EVENT_GIVES("RRULE:FREQ=DAILY;COUNT=999999999\r\n", "RRULE:FREQ=DAILY;COUNT=3660\r\n",
	    SK_CALENDAR_RECURRENCE);
	STAYS("RRULE:FREQ=HOURLY;COUNT=8;INTERVAL=3\r\n");
	GOES("RRULE:FREQ=HOURLY\r\n", SK_CALENDAR_RECURRENCE);
	GOES("RRULE:FREQ=SECONDLY;COUNT=2\r\n", SK_CALENDAR_RECURRENCE);
	GOES("RRULE:FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5\r\n", SK_CALENDAR_RECURRENCE);
	GOES("RRULE:FREQ=DAILY;BYMONTH=13\r\n", SK_CALENDAR_RECURRENCE);
	GOES("RRULE:X=1\r\n", SK_CALENDAR_RECURRENCE);
}

static void test_lines(void **state)
{
	/* Folded inside a character by another program. */
	EVENT_GIVES("SUMMARY:\xE4\xBC\r\n \x9A\xE8\xAD\xB0\r\n", "SUMMARY:会議\r\n", SK_CODE_NONE);
	/* 70 octets, then a character of three that does not fit. */
	EVENT_GIVES("SUMMARY:ああああああああああああああああああああああい\r\n",
	    "SUMMARY:ああああああああああああああああああああああ\r\n い\r\n", SK_CODE_NONE);
	GIVES("BEGIN:VEVENT\nUID:a\nEND:VEVENT\n",
	    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//sekisho//sekisho//EN\r\nBEGIN:VEVENT\r\nUID:a\r\nEND:VEVENT\r\n"
	    "END:VCALENDAR\r\n",
	    SK_CODE_NONE);
	GIVES("BEGIN:VCALENDAR\nPRODID:x\nBEGIN:VEVENT\nUID:a\n", EVENT("UID:a\r\n"),
	    SK_CALENDAR_DAMAGED);
	GIVES(CAL("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"),
	    EVENT("UID:a\r\n"), SK_CODE_NONE);
	assert_int_equal(run(SK_FT_ICS, SK_SLICE_LIT("BEGIN:NOTHING\r\n"), false), SK_EREFUSED);
	assert_int_equal(report->reason, SK_REASON_DAMAGED);
}

static void test_old_telephones(void **state)
{
	CARD_GIVES(
	    OLD("N;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:=8E=52=93=63;=95=\r\n=5C=83=5C;;;\r\nTEL;CELL;PREF:090\r\n"),
	    CARD("N:山田;表ソ;;;\r\nTEL;TYPE=CELL,PREF:090\r\nFN:山田 表ソ\r\n"), SK_CODE_NONE);
	CARD_GIVES(
	    OLD("FN;CHARSET=SHIFT_JIS:\x95\x5C\x92\xAC\r\nSOUND;X-IRMC-N;CHARSET=SHIFT_JIS:\xD4\xCF\xC0\xDE;\xC0\xDB\xB3\r\n"),
	    CARD("FN:表町\r\nX-PHONETIC-LAST-NAME:ﾔﾏﾀﾞ\r\nX-PHONETIC-FIRST-NAME:ﾀﾛｳ\r\n"),
	    SK_CODE_NONE);
	CARD_GIVES(OLD("FN:a\r\nNOTE;ENCODING=QUOTED-PRINTABLE:=E4=B8=80=0D=0A=E4=BA=8C\r\n"),
	    CARD("FN:a\r\nNOTE:一\\n二\r\n"), SK_CODE_NONE);
	CARD_GIVES(OLD("FN:a\r\nBEGIN:VCARD\r\nFN:b\r\nEND:VCARD\r\n"), CARD("FN:a\r\n"),
	    SK_CALENDAR_UNKNOWN);
}

static void test_contacts(void **state)
{
	CARD_GIVES(CARD("FN:a\r\nitem1.TEL:03\r\nitem1.X-ABLabel:役所\r\n"),
	    CARD("FN:a\r\nitem1.TEL:03\r\nitem1.X-ABLABEL:役所\r\n"), SK_CODE_NONE);
	CARD_GIVES(CARD("FN:a\r\nBDAY:昭和55年\r\n"), CARD("FN:a\r\nBDAY;VALUE=text:昭和55年\r\n"),
	    SK_CODE_NONE);
	CARD_GIVES(CARD("FN:a\r\nPHOTO;ENCODING=b;TYPE=JPEG:QUJD\r\n"),
	    CARD("FN:a\r\nPHOTO;ENCODING=b;TYPE=JPEG:Y2xlYW4=\r\n"), SK_CODE_NONE);
	CARD_GIVES(
	    "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:a\r\nPHOTO:data:image/png;base64,QUJD\r\nEND:VCARD\r\n",
	    "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:a\r\nPHOTO:data:image/jpeg;base64,Y2xlYW4=\r\nEND:VCARD\r\n",
	    SK_CODE_NONE);
	CARD_GIVES(
	    CARD("FN:a\r\nPHOTO;ENCODING=b:YmFk\r\n"), CARD("FN:a\r\n"), SK_CALENDAR_PICTURE);
	CARD_GIVES(CARD("FN:a\r\nPHOTO;VALUE=uri:http://example.jp/x.jpg\r\n"), CARD("FN:a\r\n"),
	    SK_CALENDAR_LINK);
	CARD_GIVES(CARD("FN:a\r\nSOUND;ENCODING=b;TYPE=WAV:QUJD\r\n"), CARD("FN:a\r\n"),
	    SK_CALENDAR_ATTACHMENT);
	CARD_GIVES(CARD("FN:a\r\nIMPP:xmpp:a@example.jp\r\n"), CARD("FN:a\r\n"), SK_CALENDAR_LINK);
}

static void test_text(void **state)
{
	assert_int_equal(
	    run(SK_FT_ICS,
		SK_SLICE_LIT(EVENT(
		    "SUMMARY:会議\r\nDESCRIPTION:一\\n二\\, 三\r\nORGANIZER;CN=太郎:mailto:a@example.jp\r\n")),
		true),
	    0);
	is_now(SK_SLICE_LIT(
	    "SUMMARY\t会議\nDESCRIPTION\t一\n\t二, 三\nORGANIZER\tmailto:a@example.jp\t太郎\n"));
	assert_int_equal(out.type, SK_FT_TXT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_stays),
	    cmocka_unit_test(test_what_goes),
	    cmocka_unit_test(test_alarms),
	    cmocka_unit_test(test_repetitions),
	    cmocka_unit_test(test_lines),
	    cmocka_unit_test(test_old_telephones),
	    cmocka_unit_test(test_contacts),
	    cmocka_unit_test(test_text),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
