/*
 * What the files of this folder share: calendars (RFC 5545, vCalendar 1.0) and contacts (RFC 6350, RFC 2426,
 * vCard 2.1). Both are lists of content lines in components. Cleaner's jail.
 */
#ifndef SK_FORMAT_CALENDAR_CALENDAR_H
#define SK_FORMAT_CALENDAR_CALENDAR_H

#include "format/handler.h"
#include "format/text/charset.h"
#include "format/text/filter.h"

#define SK_CAL_PARAMS 32
#define SK_CAL_DEPTH 16
#define SK_CAL_OCCURRENCES 3660 /* of a repetition: ten years of days */
#define SK_CAL_REPEATS 10       /* of an alarm */

/* Logical lines: unfolded, in UTF-8 where it is not said otherwise by the line itself. */
struct sk_cal_lines {
	struct sk_slice *line;
	size_t count, cap;
	enum sk_charset charset; /* of the file: what counts where a line does not say its own */
	uint32_t *partner;       /* of a BEGIN: index of its END + 1, 0 when there is none */
};

struct sk_cal_param {
	struct sk_slice name,
	    value; /* name in capitals; a bare word of vCard 2.1 has the name TYPE */
};

/* One content line: [group.]NAME*(;PARAM=value):value. Slices of the arena or of the line. */
struct sk_cal_line {
	struct sk_slice group, name, value;
	struct sk_cal_param params[SK_CAL_PARAMS];
	size_t nparams;
	bool dropped_params;
};

/* Unfold and find the partners. 0 or SK_ENOMEM. */
int sk_cal_read(struct sk_job *job, struct sk_slice in, struct sk_cal_lines *lines);

/* Parse a line. false: no content line. Values are decoded (quoted-printable, character set) and filtered, not unescaped. */
bool sk_cal_parse(struct sk_job *job, struct sk_slice raw, enum sk_charset file,
    struct sk_text_counts *counts, struct sk_cal_line *line);

/* The value of a parameter, empty when it is not there. */
struct sk_slice sk_cal_param(const struct sk_cal_line *line, const char *name);

/* A word of a list, without regard to letter case. */
bool sk_cal_is(struct sk_slice s, const char *word);
/* Letters, digits, dashes, at most 40. */
bool sk_cal_is_word(struct sk_slice s);
struct sk_slice sk_cal_trim(struct sk_slice s);
/* The part of *rest up to `sep` that no backslash escapes (escapes: false: any), moving *rest behind it. */
struct sk_slice sk_cal_split(struct sk_slice *rest, uint8_t sep, bool escapes);

/* --- typed values: each appends its canonical form; false: the value is not of that type --- */

enum sk_cal_form { SK_CAL_NONE, SK_CAL_DATE, SK_CAL_DATE_TIME, SK_CAL_PERIOD, SK_CAL_DURATION };

/* A date, a date with time, a period or a duration. */
enum sk_cal_form sk_cal_time(struct sk_slice s, struct sk_buf *out);
/* A comma list of the form of its first element; *lost counts elements of another. */
enum sk_cal_form sk_cal_times(struct sk_slice s, struct sk_buf *out, uint32_t *lost);
bool sk_cal_offset(struct sk_slice s, struct sk_buf *out);
bool sk_cal_integer(struct sk_slice s, struct sk_buf *out);
bool sk_cal_geo(struct sk_slice s, struct sk_buf *out);
/* A date of a contact: RFC 6350 section 4.3 in its written forms, as it is. */
bool sk_cal_partial_date(struct sk_slice s, struct sk_buf *out);
/* http, https, mailto with characters of RFC 3986, others percent-encoded. */
bool sk_cal_uri(struct sk_slice s, struct sk_buf *out);
/* mailto:address, urn:uuid:…; a bare address gets its mailto. */
bool sk_cal_address(struct sk_slice s, struct sk_buf *out);
/* A repetition with an end; *bounded: changed to have one. `zone`: of a time zone, where yearly rules have none. */
bool sk_cal_recur(struct sk_slice s, bool zone, struct sk_buf *out, bool *bounded);

/* --- rules --- */

enum sk_cal_type {
	SK_CAL_T_TEXT,
	SK_CAL_T_LIST,
	SK_CAL_T_FIELDS,
	SK_CAL_T_URI,
	SK_CAL_T_ADDRESS,
	SK_CAL_T_TIME,
	SK_CAL_T_TIMES,
	SK_CAL_T_DURATION,
	SK_CAL_T_TRIGGER,
	SK_CAL_T_OFFSET,
	SK_CAL_T_INTEGER,
	SK_CAL_T_REPEAT,
	SK_CAL_T_GEO,
	SK_CAL_T_RECUR,
	SK_CAL_T_WORD,
	SK_CAL_T_METHOD,
	SK_CAL_T_ACTION,
	SK_CAL_T_BIRTHDAY,
	SK_CAL_T_PHONE,
	SK_CAL_T_RELATED,
	SK_CAL_T_PICTURE,
	SK_CAL_T_KANA,
	SK_CAL_T_OWN, /* written by ourselves */
	SK_CAL_T_OUT, /* never; the row says why */
};

/* Where a property may stand: or of these. */
enum {
	SK_CAL_IN_CALENDAR = 1,
	SK_CAL_IN_ITEM = 2,
	SK_CAL_IN_ALARM = 4,
	SK_CAL_IN_ZONE = 8,
	SK_CAL_IN_RULE = 16, /* STANDARD, DAYLIGHT */
	SK_CAL_IN_CARD = 32,
};

struct sk_cal_rule {
	const char *name;
	unsigned where;
	enum sk_cal_type type;
	enum sk_code out; /* for SK_CAL_T_OUT */
};

/* The row of a property in such a component, or NULL. */
const struct sk_cal_rule *sk_cal_rule(struct sk_slice name, unsigned where);

enum sk_cal_param_type {
	SK_CAL_P_NONE,
	SK_CAL_P_TEXT,
	SK_CAL_P_WORD,
	SK_CAL_P_WORDS,
	SK_CAL_P_ADDRESSES,
	SK_CAL_P_READ
};
/* What a parameter may hold; READ: used while reading, never written. */
enum sk_cal_param_type sk_cal_param_rule(struct sk_slice name, bool card);

/* The kind of a component below such a one (0: of the file): one of the values above, 0 when it may not stand there. */
unsigned sk_cal_component(struct sk_slice name, unsigned below);

/* --- writing --- */

struct sk_cal {
	struct sk_job *job;
	struct sk_buf *out, line; /* line: the one being written, not yet folded */
	struct sk_buf tmp;
	bool plain;       /* method text: values as they are read */
	bool old;         /* vCard 2.1: no escapes but those of separators */
	unsigned version; /* of a card: 3 or 4 */
	struct sk_text_counts counts;
	uint32_t links, damaged, unknown;
	char place[64];
};

/* Write the line `line` holds: folded at 75 octets, never inside a character; empties it. */
void sk_cal_put(struct sk_cal *c);
void sk_cal_puts(struct sk_cal *c, const char *line);
/* Append a text as written: escapes undone, filtered, links of other schemes broken, escaped again. */
void sk_cal_put_text(struct sk_cal *c, struct sk_slice written);
/* Append a parameter's value, in quotes where it needs them. */
void sk_cal_put_quoted(struct sk_cal *c, struct sk_slice text);

/* One property by its rule. */
void sk_cal_property(struct sk_cal *c, const struct sk_cal_rule *rule, unsigned where,
    const struct sk_cal_line *line);
void sk_cal_picture(struct sk_cal *c, const struct sk_cal_line *line);

/* The whole file; `plain`: method text. */
int sk_cal_clean(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, bool plain, struct sk_buf *out);

#endif
