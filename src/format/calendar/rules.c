/* The positive lists of components, properties and parameters (doc/profiles/calendar.md). Cleaner's jail. */
#include "format/calendar/calendar.h"

#define CAL SK_CAL_IN_CALENDAR
#define ITEM SK_CAL_IN_ITEM
#define ALARM SK_CAL_IN_ALARM
#define ZONE SK_CAL_IN_ZONE
#define RULE SK_CAL_IN_RULE
#define CARD SK_CAL_IN_CARD
#define ANY (CAL | ITEM | ALARM | ZONE | RULE | CARD)

static const struct sk_cal_rule rules[] = {
#define ROW(name, where, type) \
	{ \
		name, where, SK_CAL_T_##type, SK_CODE_NONE \
	}
#define OUT(name, where, code) \
	{ \
		name, where, SK_CAL_T_OUT, SK_CALENDAR_##code \
	}
    /* calendars */
    ROW("VERSION", ANY, OWN),
    ROW("PRODID", CAL, OWN),
    ROW("CALSCALE", CAL, WORD),
    ROW("METHOD", CAL, METHOD),
    ROW("NAME", CAL, TEXT),
    ROW("X-WR-CALNAME", CAL, TEXT),
    ROW("X-WR-CALDESC", CAL, TEXT),
    ROW("X-WR-TIMEZONE", CAL, TEXT),
    ROW("COLOR", CAL | ITEM, WORD),
    ROW("CATEGORIES", CAL | ITEM | CARD, LIST),
    ROW("CLASS", ITEM | CARD, WORD),
    ROW("COMMENT", ITEM | ZONE | RULE, TEXT),
    ROW("CONTACT", ITEM, TEXT),
    ROW("DESCRIPTION", CAL | ITEM | ALARM, TEXT),
    ROW("SUMMARY", ITEM | ALARM, TEXT),
    ROW("LOCATION", ITEM, TEXT),
    ROW("RESOURCES", ITEM, LIST),
    ROW("RELATED-TO", ITEM, TEXT),
    ROW("REQUEST-STATUS", ITEM, FIELDS),
    ROW("UID", CAL | ITEM | CARD, TEXT),
    ROW("URL", CAL | ITEM | CARD, URI),
    ROW("CONFERENCE", ITEM, URI),
    ROW("ATTENDEE", ITEM, ADDRESS),
    ROW("ORGANIZER", ITEM, ADDRESS),
    ROW("GEO", ITEM | CARD, GEO),
    ROW("STATUS", ITEM, WORD),
    ROW("TRANSP", ITEM, WORD),
    ROW("PERCENT-COMPLETE", ITEM, INTEGER),
    ROW("PRIORITY", ITEM, INTEGER),
    ROW("SEQUENCE", ITEM, INTEGER),
    ROW("DTSTART", ITEM | RULE, TIME),
    ROW("DTEND", ITEM, TIME),
    ROW("DUE", ITEM, TIME),
    ROW("COMPLETED", ITEM, TIME),
    ROW("CREATED", ITEM, TIME),
    ROW("DTSTAMP", ITEM, TIME),
    ROW("LAST-MODIFIED", CAL | ITEM | ZONE | RULE, TIME),
    ROW("RECURRENCE-ID", ITEM, TIME),
    ROW("EXDATE", ITEM, TIMES),
    ROW("RDATE", ITEM | RULE, TIMES),
    ROW("FREEBUSY", ITEM, TIMES),
    ROW("DURATION", ITEM | ALARM, DURATION),
    ROW("RRULE", ITEM | RULE, RECUR),
    ROW("EXRULE", ITEM, RECUR),
    ROW("ACTION", ALARM, ACTION),
    ROW("TRIGGER", ALARM, TRIGGER),
    ROW("REPEAT", ALARM, REPEAT),
    ROW("TZID", ZONE, TEXT),
    ROW("TZNAME", RULE, TEXT),
    ROW("TZOFFSETFROM", RULE, OFFSET),
    ROW("TZOFFSETTO", RULE, OFFSET),
    ROW("X-LIC-LOCATION", ZONE, TEXT),
    ROW("X-MICROSOFT-CDO-ALLDAYEVENT", ITEM, WORD),
    ROW("X-MICROSOFT-CDO-BUSYSTATUS", ITEM, WORD),
    ROW("X-MICROSOFT-CDO-INTENDEDSTATUS", ITEM, WORD),
    ROW("X-MICROSOFT-CDO-IMPORTANCE", ITEM, WORD),
    /* contacts */
    ROW("PRODID", CARD, TEXT),
    ROW("KIND", CARD, WORD),
    ROW("FN", CARD, TEXT),
    ROW("N", CARD, FIELDS),
    ROW("NICKNAME", CARD, LIST),
    ROW("SORT-STRING", CARD, TEXT),
    ROW("GENDER", CARD, FIELDS),
    ROW("BDAY", CARD, BIRTHDAY),
    ROW("ANNIVERSARY", CARD, BIRTHDAY),
    ROW("ADR", CARD, FIELDS),
    ROW("LABEL", CARD, TEXT),
    ROW("TEL", CARD, PHONE),
    ROW("EMAIL", CARD, TEXT),
    ROW("LANG", CARD, WORD),
    ROW("TZ", CARD, TEXT),
    ROW("TITLE", CARD, TEXT),
    ROW("ROLE", CARD, TEXT),
    ROW("ORG", CARD, FIELDS),
    ROW("NOTE", CARD, TEXT),
    ROW("REV", CARD, BIRTHDAY),
    ROW("MEMBER", CARD, ADDRESS),
    ROW("RELATED", CARD, RELATED),
    ROW("FBURL", CARD, URI),
    ROW("CALURI", CARD, URI),
    ROW("CALADRURI", CARD, URI),
    ROW("PHOTO", CARD, PICTURE),
    ROW("LOGO", CARD, PICTURE),
    ROW("SOUND", CARD, KANA),
    ROW("X-PHONETIC-FIRST-NAME", CARD, TEXT),
    ROW("X-PHONETIC-MIDDLE-NAME", CARD, TEXT),
    ROW("X-PHONETIC-LAST-NAME", CARD, TEXT),
    ROW("X-PHONETIC-ORG", CARD, TEXT),
    ROW("X-ABLABEL", CARD, TEXT),
    ROW("X-ABSHOWAS", CARD, WORD),
    /* never, with a code that says more than "unknown" */
    OUT("ATTACH", ANY, ATTACHMENT),
    OUT("IMAGE", ANY, ATTACHMENT),
    OUT("KEY", CARD, ATTACHMENT),
    OUT("AGENT", CARD, ATTACHMENT),
    OUT("SOURCE", ANY, LINK),
    OUT("TZURL", ANY, LINK),
    OUT("IMPP", CARD, LINK),
    OUT("REFRESH-INTERVAL", CAL, LINK),
    OUT("X-ALT-DESC", ANY, HTML),
    OUT("STYLED-DESCRIPTION", ANY, HTML),
    OUT("AALARM", ITEM, ALARM),
    OUT("DALARM", ITEM, ALARM),
    OUT("MALARM", ITEM, ALARM),
    OUT("PALARM", ITEM, ALARM),
};

const struct sk_cal_rule *sk_cal_rule(struct sk_slice name, unsigned where)
{
	/* Some programs say of the calendar what is said of its entries. */
	if (where == CAL)
		where |= ITEM;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if ((rules[i].where & where) && sk_slice_is(name, rules[i].name))
			return &rules[i];
	return NULL;
}

static const struct {
	const char *name;
	enum sk_cal_param_type calendar, card;
} params[] = {
    {"CN", SK_CAL_P_TEXT, SK_CAL_P_NONE},
    {"CUTYPE", SK_CAL_P_WORD, SK_CAL_P_NONE},
    {"DELEGATED-FROM", SK_CAL_P_ADDRESSES, SK_CAL_P_NONE},
    {"DELEGATED-TO", SK_CAL_P_ADDRESSES, SK_CAL_P_NONE},
    {"EMAIL", SK_CAL_P_TEXT, SK_CAL_P_NONE},
    {"FBTYPE", SK_CAL_P_WORD, SK_CAL_P_NONE},
    {"FEATURE", SK_CAL_P_WORDS, SK_CAL_P_NONE},
    {"LABEL", SK_CAL_P_TEXT, SK_CAL_P_TEXT},
    {"LANGUAGE", SK_CAL_P_WORD, SK_CAL_P_WORD},
    {"MEMBER", SK_CAL_P_ADDRESSES, SK_CAL_P_NONE},
    {"PARTSTAT", SK_CAL_P_WORD, SK_CAL_P_NONE},
    {"RANGE", SK_CAL_P_WORD, SK_CAL_P_NONE},
    {"RELATED", SK_CAL_P_WORD, SK_CAL_P_NONE},
    {"RELTYPE", SK_CAL_P_WORD, SK_CAL_P_NONE},
    {"ROLE", SK_CAL_P_WORD, SK_CAL_P_NONE},
    {"RSVP", SK_CAL_P_WORD, SK_CAL_P_NONE},
    {"SENT-BY", SK_CAL_P_ADDRESSES, SK_CAL_P_NONE},
    {"TZID", SK_CAL_P_TEXT, SK_CAL_P_NONE},
    {"ALTID", SK_CAL_P_NONE, SK_CAL_P_WORD},
    {"CALSCALE", SK_CAL_P_NONE, SK_CAL_P_WORD},
    {"INDEX", SK_CAL_P_NONE, SK_CAL_P_WORD},
    {"PREF", SK_CAL_P_NONE, SK_CAL_P_WORD},
    {"SORT-AS", SK_CAL_P_NONE, SK_CAL_P_TEXT},
    {"TYPE", SK_CAL_P_NONE, SK_CAL_P_WORDS},
    {"CHARSET", SK_CAL_P_READ, SK_CAL_P_READ},
    {"ENCODING", SK_CAL_P_READ, SK_CAL_P_READ},
    {"VALUE", SK_CAL_P_READ, SK_CAL_P_READ},
};

enum sk_cal_param_type sk_cal_param_rule(struct sk_slice name, bool card)
{
	for (size_t i = 0; i < sizeof(params) / sizeof(params[0]); i++)
		if (sk_slice_is(name, params[i].name))
			return card ? params[i].card : params[i].calendar;
	return SK_CAL_P_NONE;
}

unsigned sk_cal_component(struct sk_slice name, unsigned below)
{
	static const struct {
		const char *name;
		unsigned below, kind; /* below 0: of the file */
	} components[] = {
	    {"VCALENDAR", 0, CAL},
	    {"VCARD", 0, CARD},
	    {"VEVENT", CAL, ITEM},
	    {"VTODO", CAL, ITEM},
	    {"VJOURNAL", CAL, ITEM},
	    {"VFREEBUSY", CAL, ITEM},
	    {"VTIMEZONE", CAL, ZONE},
	    {"STANDARD", ZONE, RULE},
	    {"DAYLIGHT", ZONE, RULE},
	    {"VALARM", ITEM, ALARM},
	};

	for (size_t i = 0; i < sizeof(components) / sizeof(components[0]); i++)
		if (sk_cal_is(name, components[i].name) && components[i].below == below)
			return components[i].kind;
	return 0;
}
