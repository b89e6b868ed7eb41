/* Which properties and parameters may stand where, and what they hold (doc/profiles/calendar.md, sections 3 to 5). Verifier's jail. */
#include "verify/base64.h"
#include "verify/calendar/calendar.h"

enum value {
	V_TEXT,
	V_LIST,
	V_FIELDS,
	V_WORD,
	V_URI,
	V_ADDRESS,
	V_TIME,
	V_TIMES,
	V_RDATE,
	V_PERIODS,
	V_DURATION,
	V_TRIGGER,
	V_OFFSET,
	V_NUMBER,
	V_REPEAT,
	V_GEO,
	V_RECUR,
	V_PUBLISH,
	V_DISPLAY,
	V_DATE_OR_TEXT,
	V_PHONE,
	V_RELATED,
	V_PICTURE,
};

static const struct row {
	const char *name, *where;
	enum value value;
} rows[] = {
    {"ACTION", "A", V_DISPLAY},
    {"ADR", "V", V_FIELDS},
    {"ANNIVERSARY", "V", V_DATE_OR_TEXT},
    {"ATTENDEE", "I", V_ADDRESS},
    {"BDAY", "V", V_DATE_OR_TEXT},
    {"CALADRURI", "V", V_URI},
    {"CALSCALE", "C", V_WORD},
    {"CALURI", "V", V_URI},
    {"CATEGORIES", "CIV", V_LIST},
    {"CLASS", "IV", V_WORD},
    {"COLOR", "CI", V_WORD},
    {"COMMENT", "IZR", V_TEXT},
    {"COMPLETED", "I", V_TIME},
    {"CONFERENCE", "I", V_URI},
    {"CONTACT", "I", V_TEXT},
    {"CREATED", "I", V_TIME},
    {"DESCRIPTION", "CIA", V_TEXT},
    {"DTEND", "I", V_TIME},
    {"DTSTAMP", "I", V_TIME},
    {"DTSTART", "IR", V_TIME},
    {"DUE", "I", V_TIME},
    {"DURATION", "IA", V_DURATION},
    {"EMAIL", "V", V_TEXT},
    {"EXDATE", "I", V_TIMES},
    {"EXRULE", "I", V_RECUR},
    {"FBURL", "V", V_URI},
    {"FN", "V", V_TEXT},
    {"FREEBUSY", "I", V_PERIODS},
    {"GENDER", "V", V_FIELDS},
    {"GEO", "IV", V_GEO},
    {"KIND", "V", V_WORD},
    {"LABEL", "V", V_TEXT},
    {"LANG", "V", V_WORD},
    {"LAST-MODIFIED", "CIZR", V_TIME},
    {"LOCATION", "I", V_TEXT},
    {"LOGO", "V", V_PICTURE},
    {"MEMBER", "V", V_ADDRESS},
    {"METHOD", "C", V_PUBLISH},
    {"N", "V", V_FIELDS},
    {"NAME", "C", V_TEXT},
    {"NICKNAME", "V", V_LIST},
    {"NOTE", "V", V_TEXT},
    {"ORG", "V", V_FIELDS},
    {"ORGANIZER", "I", V_ADDRESS},
    {"PERCENT-COMPLETE", "I", V_NUMBER},
    {"PHOTO", "V", V_PICTURE},
    {"PRIORITY", "I", V_NUMBER},
    {"PRODID", "CV", V_TEXT},
    {"RDATE", "IR", V_RDATE},
    {"RECURRENCE-ID", "I", V_TIME},
    {"RELATED", "V", V_RELATED},
    {"RELATED-TO", "I", V_TEXT},
    {"REPEAT", "A", V_REPEAT},
    {"REQUEST-STATUS", "I", V_FIELDS},
    {"RESOURCES", "I", V_LIST},
    {"REV", "V", V_DATE_OR_TEXT},
    {"ROLE", "V", V_TEXT},
    {"RRULE", "IR", V_RECUR},
    {"SEQUENCE", "I", V_NUMBER},
    {"SORT-STRING", "V", V_TEXT},
    {"STATUS", "I", V_WORD},
    {"SUMMARY", "IA", V_TEXT},
    {"TEL", "V", V_PHONE},
    {"TITLE", "V", V_TEXT},
    {"TRANSP", "I", V_WORD},
    {"TRIGGER", "A", V_TRIGGER},
    {"TZ", "V", V_TEXT},
    {"TZID", "Z", V_TEXT},
    {"TZNAME", "R", V_TEXT},
    {"TZOFFSETFROM", "R", V_OFFSET},
    {"TZOFFSETTO", "R", V_OFFSET},
    {"UID", "CIV", V_TEXT},
    {"URL", "CIV", V_URI},
    {"X-ABLABEL", "V", V_TEXT},
    {"X-ABSHOWAS", "V", V_WORD},
    {"X-LIC-LOCATION", "Z", V_TEXT},
    {"X-MICROSOFT-CDO-ALLDAYEVENT", "I", V_WORD},
    {"X-MICROSOFT-CDO-BUSYSTATUS", "I", V_WORD},
    {"X-MICROSOFT-CDO-IMPORTANCE", "I", V_WORD},
    {"X-MICROSOFT-CDO-INTENDEDSTATUS", "I", V_WORD},
    {"X-PHONETIC-FIRST-NAME", "V", V_TEXT},
    {"X-PHONETIC-LAST-NAME", "V", V_TEXT},
    {"X-PHONETIC-MIDDLE-NAME", "V", V_TEXT},
    {"X-PHONETIC-ORG", "V", V_TEXT},
    {"X-WR-CALDESC", "C", V_TEXT},
    {"X-WR-CALNAME", "C", V_TEXT},
    {"X-WR-TIMEZONE", "C", V_TEXT},
};

/* W: a word, L: words between commas, T: text, A: addresses, each in quotes. */
static const struct {
	const char *name;
	char calendar, card;
} params[] = {
    {"ALTID", 0, 'W'},
    {"CALSCALE", 0, 'W'},
    {"CN", 'T', 0},
    {"CUTYPE", 'W', 0},
    {"DELEGATED-FROM", 'A', 0},
    {"DELEGATED-TO", 'A', 0},
    {"EMAIL", 'T', 0},
    {"FBTYPE", 'W', 0},
    {"FEATURE", 'L', 0},
    {"INDEX", 0, 'W'},
    {"LABEL", 'T', 'T'},
    {"LANGUAGE", 'W', 'W'},
    {"MEMBER", 'A', 0},
    {"PARTSTAT", 'W', 0},
    {"PREF", 0, 'W'},
    {"RANGE", 'W', 0},
    {"RELATED", 'W', 0},
    {"RELTYPE", 'W', 0},
    {"ROLE", 'W', 0},
    {"RSVP", 'W', 0},
    {"SENT-BY", 'A', 0},
    {"SORT-AS", 0, 'T'},
    {"TYPE", 0, 'L'},
    {"TZID", 'T', 0},
};

static bool in_quotes(struct sk_slice s, struct sk_slice *inner)
{
	if (s.n < 2 || s.p[0] != '"' || s.p[s.n - 1] != '"')
		return false;
	*inner = sk_slice_sub(s, 1, s.n - 2);
	return memchr(inner->p, '"', inner->n) == NULL;
}

static bool quoted_address(struct sk_slice s)
{
	struct sk_slice inner;
	return in_quotes(s, &inner) && sk_vc_address(inner);
}

/* Text in quotes, or without any where it holds none of the signs; no TAB. */
static bool param_text(struct sk_slice s)
{
	struct sk_slice inner = s;

	if (!in_quotes(s, &inner))
		for (size_t i = 0; i < s.n; i++)
			if (s.p[i] == '"' || s.p[i] == ',')
				return false;
	return memchr(inner.p, '\t', inner.n) == NULL && sk_vc_no_link(inner);
}

/* Commas may stand in addresses too: between quotes they separate nothing. */
static bool addresses(struct sk_slice s)
{
	bool quoted = false;
	size_t from = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			quoted = !quoted;
		if (s.p[i] != ',' || quoted)
			continue;
		if (!quoted_address(sk_slice_sub(s, from, i - from)))
			return false;
		from = i + 1;
	}
	return quoted_address(sk_slice_sub(s, from, s.n - from));
}

static bool check_param(struct sk_slice name, struct sk_slice value, bool card)
{
	for (size_t i = 0; i < sizeof(params) / sizeof(params[0]); i++) {
		if (!sk_vc_is(name, params[i].name))
			continue;
		switch (card ? params[i].card : params[i].calendar) {
		case 'W':
			return sk_vc_word(value);
		case 'L':
			return sk_vc_each(value, sk_vc_word);
		case 'T':
			return param_text(value);
		case 'A':
			return addresses(value);
		default:
			return false;
		}
	}
	return false;
}

static int check_bytes(struct sk_check *c, uint64_t at, struct sk_slice media, struct sk_slice text)
{
	struct sk_slice bytes;
	int rc = sk_vb_text(c, text, at, &bytes);

	if (rc)
		return rc;
	if (sk_vc_is(media, "JPEG") || sk_vc_is(media, "jpeg"))
		return sk_verify_jpeg(c, bytes);
	if (sk_vc_is(media, "PNG") || sk_vc_is(media, "png"))
		return sk_verify_png(c, bytes);
	if (sk_vc_is(media, "GIF") || sk_vc_is(media, "gif"))
		return sk_verify_gif(c, bytes);
	return sk_fail(c, at, "a picture of another kind");
}

/* 3.0: ENCODING=b;TYPE=JPEG and the bytes; 4.0: data:image/jpeg;base64,… */
static int picture(struct sk_check *c, unsigned version, const struct sk_vc_line *l)
{
	static const struct sk_slice uri = {(const uint8_t *)"data:image/", 11},
				     mark = {(const uint8_t *)";base64,", 8};
	size_t end;

	if (version == 3) {
		if (l->nparams != 2 || !sk_vc_is(l->params[0].name, "ENCODING") ||
		    !sk_vc_is(l->params[0].value, "b") || !sk_vc_is(l->params[1].name, "TYPE"))
			return sk_fail(c, l->at, "a picture with other parameters");
		return check_bytes(c, l->at, l->params[1].value, l->value);
	}
	end = sk_slice_find(l->value, 0, mark);
	if (l->nparams || !sk_slice_starts(l->value, uri) || end == SIZE_MAX)
		return sk_fail(c, l->at, "a picture with other parameters");
	return check_bytes(c, l->at, sk_slice_sub(l->value, uri.n, end - uri.n),
	    sk_slice_sub(l->value, end + mark.n, l->value.n));
}

/* The value of a kind that VALUE names, or, where `usual` is given, of the one that is not named. */
static bool is_time(const struct sk_vc_line *l, bool lists, bool periods)
{
	bool (*one)(struct sk_slice) = l->kind.n == 0                           ? sk_vc_moment
				       : sk_vc_is(l->kind, "DATE")              ? sk_vc_date
				       : sk_vc_is(l->kind, "PERIOD") && periods ? sk_vc_period
										: NULL;
	if (one == NULL)
		return false;
	return lists ? sk_vc_each(l->value, one) : one(l->value);
}

static bool text_or(const struct sk_vc_line *l, bool fits)
{
	if (l->kind.n == 0)
		return fits;
	return sk_vc_is(l->kind, "text") && sk_vc_text(l->value, "");
}

static bool check_kind(const struct row *r, char where, const struct sk_vc_line *l)
{
	switch (r->value) {
	case V_TIME:
		return is_time(l, false, false);
	case V_TIMES:
		return is_time(l, true, false);
	case V_RDATE:
		return is_time(l, true, true);
	case V_TRIGGER:
		return l->kind.n ? sk_vc_is(l->kind, "DATE-TIME") && sk_vc_moment(l->value)
				 : sk_vc_duration(l->value);
	case V_DATE_OR_TEXT:
		return text_or(l, sk_vc_written_date(l->value));
	case V_RELATED:
		return text_or(l, sk_vc_address(l->value) || sk_vc_uri(l->value));
	case V_PHONE:
		if (l->kind.n &&
		    !(sk_vc_is(l->kind, "uri") && sk_slice_starts(l->value, SK_SLICE_LIT("tel:"))))
			return false;
		return sk_vc_text(l->value, "");
	default:
		return false;
	}
}

static bool check_value(const struct row *r, char where, const struct sk_vc_line *l)
{
	switch (r->value) {
	case V_TEXT:
		return sk_vc_text(l->value, "");
	case V_LIST:
		return sk_vc_text(l->value, ",");
	case V_FIELDS:
		return sk_vc_text(l->value, ",;");
	case V_WORD:
		return sk_vc_word(l->value);
	case V_URI:
		return sk_vc_uri(l->value);
	case V_ADDRESS:
		return sk_vc_address(l->value);
	case V_PERIODS:
		return sk_vc_each(l->value, sk_vc_period);
	case V_DURATION:
		return sk_vc_duration(l->value);
	case V_OFFSET:
		return sk_vc_offset(l->value);
	case V_NUMBER:
		return sk_vc_number(l->value);
	case V_REPEAT:
		return (l->value.n == 1 && sk_vc_number(l->value)) || sk_vc_is(l->value, "10");
	case V_GEO:
		return sk_vc_geo(l->value);
	case V_RECUR:
		return sk_vc_recur(l->value, where == 'R');
	case V_PUBLISH:
		return sk_vc_is(l->value, "PUBLISH");
	case V_DISPLAY:
		return sk_vc_is(l->value, "DISPLAY");
	default:
		return false;
	}
}

static bool takes_kind(enum value v)
{
	return v == V_TIME || v == V_TIMES || v == V_RDATE || v == V_TRIGGER ||
	       v == V_DATE_OR_TEXT || v == V_RELATED || v == V_PHONE;
}

int sk_vc_property(struct sk_check *c, char where, unsigned version, const struct sk_vc_line *l)
{
	const struct row *r = NULL;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (sk_vc_is(l->name, rows[i].name) &&
		    (strchr(rows[i].where, where) || (where == 'C' && strchr(rows[i].where, 'I'))))
			r = &rows[i];
	if (r == NULL)
		return sk_fail(c, l->at, "a property that may not stand here");
	if (l->group.n && where != 'V')
		return sk_fail(c, l->at, "a group in a calendar");
	if (r->value == V_PICTURE)
		return picture(c, version, l);
	for (unsigned i = 0; i < l->nparams; i++)
		if (!check_param(l->params[i].name, l->params[i].value, where == 'V'))
			return sk_fail(c, l->at, "a parameter of %s that is not allowed", r->name);
	if (takes_kind(r->value) ? !check_kind(r, where, l)
				 : l->kind.n || !check_value(r, where, l))
		return sk_fail(c, l->at, "%s has a value that is not allowed", r->name);
	return 0;
}
