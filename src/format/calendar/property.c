/* One property: its rule says what its value is, and only what reads as that is written. Cleaner's jail. */
#include "format/calendar/calendar.h"

#include <strings.h>

static void report(struct sk_cal *c, enum sk_code code)
{
	sk_job_removed(c->job, code, 1, "%s", c->place);
}

static struct sk_slice unquoted(struct sk_slice s)
{
	s = sk_cal_trim(s);
	if (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"')
		return sk_slice_sub(s, 1, s.n - 2);
	return s;
}

/* Words of a list, each with a comma before it but the first. Returns how many were written. */
static unsigned put_words(struct sk_cal *c, struct sk_slice s, unsigned before)
{
	s = unquoted(s);
	while (s.n) {
		struct sk_slice word = sk_cal_trim(sk_cal_split(&s, ',', false));
		if (!sk_cal_is_word(word)) {
			c->unknown += word.n > 0;
			continue;
		}
		sk_buf_puts(&c->line, before++ ? "," : "");
		sk_buf_put_slice(&c->line, word);
	}
	return before;
}

/* The part up to the next comma outside quotes. */
static struct sk_slice next_quoted(struct sk_slice *rest)
{
	struct sk_slice s = *rest;
	size_t at = 0;

	for (bool quoted = false; at < s.n && (quoted || s.p[at] != ','); at++)
		quoted = quoted != (s.p[at] == '"');
	*rest = sk_slice_sub(s, at + 1, s.n);
	return unquoted(sk_slice_sub(s, 0, at));
}

static bool put_addresses(struct sk_cal *c, struct sk_slice s)
{
	unsigned n = 0;

	while (s.n) {
		struct sk_slice one = next_quoted(&s);
		sk_buf_reset(&c->tmp);
		if (!sk_cal_address(one, &c->tmp)) {
			c->links += one.n > 0;
			continue;
		}
		sk_buf_puts(&c->line, n++ ? ",\"" : "\"");
		sk_buf_put_slice(&c->line, sk_buf_slice(&c->tmp));
		sk_buf_putc(&c->line, '"');
	}
	return n > 0;
}

/* All values of the parameter's name, from this one on. */
static bool put_all_words(struct sk_cal *c, const struct sk_cal_line *line, size_t from)
{
	unsigned n = 0;

	for (size_t i = from; i < line->nparams; i++)
		if (sk_slice_eq(line->params[i].name, line->params[from].name))
			n = put_words(c, line->params[i].value, n);
	return n > 0;
}

static bool is_second(const struct sk_cal_line *line, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (sk_slice_eq(line->params[k].name, line->params[i].name))
			return true;
	return false;
}

static void put_param(
    struct sk_cal *c, const struct sk_cal_line *line, size_t i, enum sk_cal_param_type type)
{
	struct sk_slice value = line->params[i].value;
	size_t start = c->line.len;
	bool written = false;

	sk_buf_putc(&c->line, ';');
	sk_buf_put_slice(&c->line, line->params[i].name);
	sk_buf_putc(&c->line, '=');
	if (type == SK_CAL_P_WORDS) {
		written = put_all_words(c, line, i);
	} else if (type == SK_CAL_P_ADDRESSES) {
		written = put_addresses(c, value);
	} else if (type == SK_CAL_P_WORD) {
		written = sk_cal_is_word(unquoted(value));
		c->unknown += !written;
		if (written)
			sk_buf_put_slice(&c->line, unquoted(value));
	} else {
		sk_cal_put_quoted(c, unquoted(value));
		written = true;
	}
	if (!written && !c->line.err)
		c->line.len = start;
}

static void put_params(struct sk_cal *c, const struct sk_cal_line *line, bool card)
{
	for (size_t i = 0; i < line->nparams && !c->plain; i++) {
		enum sk_cal_param_type type = sk_cal_param_rule(line->params[i].name, card);
		if (type == SK_CAL_P_READ)
			continue;
		if (type == SK_CAL_P_NONE)
			report(c, sk_slice_is(line->params[i].name, "ALTREP") ||
					  sk_slice_is(line->params[i].name, "DIR")
				      ? SK_CALENDAR_LINK
				      : SK_CALENDAR_UNKNOWN);
		else if (!is_second(line, i))
			put_param(c, line, i, type);
		else
			c->unknown += type != SK_CAL_P_WORDS;
	}
	c->unknown += line->dropped_params;
}

static void put_list(struct sk_cal *c, struct sk_slice s, uint8_t sep, bool plain_sep)
{
	for (bool more = true, first = true; more; first = false) {
		size_t before = s.n;
		struct sk_slice one = sk_cal_split(&s, sep, true);
		more = one.n < before;
		if (!first)
			sk_buf_putc(&c->line, plain_sep ? ' ' : sep);
		sk_cal_put_text(c, one);
	}
}

/* Fields between semicolons, each a list between commas (N, ADR, ORG). */
static void put_fields(struct sk_cal *c, struct sk_slice s)
{
	for (bool more = true, first = true; more; first = false) {
		size_t before = s.n;
		struct sk_slice field = sk_cal_split(&s, ';', true);
		more = field.n < before;
		if (!first)
			sk_buf_putc(&c->line, c->plain ? ' ' : ';');
		if (c->old)
			sk_cal_put_text(c, field);
		else
			put_list(c, field, ',', c->plain);
	}
}

/* Put what a grammar reads; false: it does not. The kind of value is told by VALUE where it is not the usual one. */
static bool put_time(struct sk_cal *c, const struct sk_cal_rule *rule, struct sk_slice value)
{
	uint32_t lost = 0;
	sk_buf_reset(&c->tmp);
	enum sk_cal_form form = rule->type == SK_CAL_T_TIMES ? sk_cal_times(value, &c->tmp, &lost)
							     : sk_cal_time(value, &c->tmp);
	bool free = strcmp(rule->name, "FREEBUSY") == 0, trigger = rule->type == SK_CAL_T_TRIGGER;
	bool fits =
	    rule->type == SK_CAL_T_TIME ? form == SK_CAL_DATE || form == SK_CAL_DATE_TIME
	    : rule->type == SK_CAL_T_TIMES
		? free ? form == SK_CAL_PERIOD : form != SK_CAL_NONE && form != SK_CAL_DURATION
	    : trigger ? form == SK_CAL_DURATION || form == SK_CAL_DATE_TIME
		      : form == SK_CAL_DURATION;

	c->damaged += lost;
	if (!fits || (form == SK_CAL_PERIOD && !free && strcmp(rule->name, "RDATE") != 0))
		return false;
	if (c->plain) {
		sk_buf_putc(&c->line, '\t');
	} else {
		sk_buf_puts(&c->line, form == SK_CAL_DATE                   ? ";VALUE=DATE:"
				      : form == SK_CAL_PERIOD && !free      ? ";VALUE=PERIOD:"
				      : form == SK_CAL_DATE_TIME && trigger ? ";VALUE=DATE-TIME:"
									    : ":");
	}
	sk_buf_put_slice(&c->line, sk_buf_slice(&c->tmp));
	return true;
}

static bool put_repeat(struct sk_cal *c, struct sk_slice s)
{
	sk_buf_reset(&c->tmp);
	if (!sk_cal_integer(s, &c->tmp) || c->tmp.len > 2 || c->tmp.p[0] == '-' ||
	    (c->tmp.len == 2 && memcmp(c->tmp.p, "10", 2) != 0)) {
		report(c, SK_CALENDAR_RECURRENCE);
		return false;
	}
	sk_buf_putc(&c->line, ':');
	sk_buf_put_slice(&c->line, sk_buf_slice(&c->tmp));
	return true;
}

static bool put_recur(struct sk_cal *c, struct sk_slice s, unsigned where)
{
	bool bounded = false;

	sk_buf_reset(&c->tmp);
	bool ok = sk_cal_recur(s, where == SK_CAL_IN_RULE, &c->tmp, &bounded);
	if (!ok || bounded)
		report(c, SK_CALENDAR_RECURRENCE);
	if (ok) {
		sk_buf_putc(&c->line, c->plain ? '\t' : ':');
		sk_buf_put_slice(&c->line, sk_buf_slice(&c->tmp));
	}
	return ok;
}

/* Old telephones give the reading of a name as a SOUND: `SOUND;X-IRMC-N:family;given`. */
static bool put_kana(struct sk_cal *c, const struct sk_cal_line *line)
{
	struct sk_slice rest = line->value, name = sk_cal_param(line, "TYPE");

	if (!sk_cal_is(name, "X-IRMC-N")) {
		report(c, SK_CALENDAR_ATTACHMENT);
		return false;
	}
	struct sk_slice family = sk_cal_split(&rest, ';', true),
			given = sk_cal_split(&rest, ';', true);
	if (family.n) {
		sk_buf_puts(
		    &c->line, c->plain ? "X-PHONETIC-LAST-NAME\t" : "X-PHONETIC-LAST-NAME:");
		sk_cal_put_text(c, family);
		if (given.n)
			sk_cal_put(c);
	}
	if (given.n) {
		sk_buf_puts(
		    &c->line, c->plain ? "X-PHONETIC-FIRST-NAME\t" : "X-PHONETIC-FIRST-NAME:");
		sk_cal_put_text(c, given);
	}
	return family.n || given.n;
}

/* Values that are copied when they fit; else, where the property may also be a text, as one. */
static bool put_plain_or_text(
    struct sk_cal *c, const struct sk_cal_rule *rule, struct sk_slice value)
{
	const char *kind = "";
	bool ok;

	sk_buf_reset(&c->tmp);
	if (rule->type == SK_CAL_T_BIRTHDAY) {
		ok = sk_cal_partial_date(value, &c->tmp);
		kind = ok ? "" : ";VALUE=text";
	} else if (rule->type == SK_CAL_T_PHONE) {
		ok = value.n > 4 && strncasecmp((const char *)value.p, "tel:", 4) == 0 &&
		     value.p[4] != '/';
		kind = ok ? ";VALUE=uri" : "";
		if (ok)
			sk_buf_put_slice(&c->tmp, sk_slice_sub(value, 4, value.n));
	} else {
		ok = sk_cal_address(value, &c->tmp) || sk_cal_uri(value, &c->tmp);
		kind = ok ? "" : ";VALUE=text";
	}
	sk_buf_puts(&c->line, c->plain ? "" : kind);
	sk_buf_putc(&c->line, c->plain ? '\t' : ':');
	if (rule->type == SK_CAL_T_PHONE) {
		sk_buf_puts(&c->line, ok && !c->plain ? "tel:" : "");
		sk_cal_put_text(c, ok ? sk_buf_slice(&c->tmp) : value);
	} else if (ok) {
		sk_buf_put_slice(&c->line, sk_buf_slice(&c->tmp));
	} else {
		sk_cal_put_text(c, value);
	}
	return true;
}

typedef bool reader(struct sk_slice s, struct sk_buf *out);

static bool put_read(struct sk_cal *c, reader *read, struct sk_slice value)
{
	sk_buf_reset(&c->tmp);
	if (!read(value, &c->tmp))
		return false;
	sk_buf_putc(&c->line, c->plain ? '\t' : ':');
	sk_buf_put_slice(&c->line, sk_buf_slice(&c->tmp));
	return true;
}

static bool put_word(struct sk_cal *c, struct sk_slice value)
{
	value = sk_cal_trim(value);
	if (!sk_cal_is_word(value))
		return false;
	sk_buf_putc(&c->line, c->plain ? '\t' : ':');
	return sk_buf_put_slice(&c->line, value) == 0;
}

static bool put_texts(struct sk_cal *c, const struct sk_cal_rule *rule, struct sk_slice value)
{
	sk_buf_putc(&c->line, c->plain ? '\t' : ':');
	if (rule->type == SK_CAL_T_TEXT)
		sk_cal_put_text(c, value);
	else if (rule->type == SK_CAL_T_LIST)
		put_list(c, value, ',', false);
	else
		put_fields(c, value);
	return true;
}

/* Places of the web need no escapes (RFC 6350, 3.4); telephones of Apple write them as they do in texts, "http\://". */
static struct sk_slice unescaped(struct sk_cal *c, struct sk_slice s)
{
	uint8_t *p = sk_arena_alloc(c->job->arena, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; p && i < s.n; i++) {
		bool escape = s.p[i] == '\\' && i + 1 < s.n && strchr(":,;", s.p[i + 1]);
		p[n++] = s.p[i += escape];
	}
	return sk_slice(p, n);
}

static bool put_value(struct sk_cal *c, const struct sk_cal_rule *rule, unsigned where,
    const struct sk_cal_line *line)
{
	switch (rule->type) {
	case SK_CAL_T_TEXT:
	case SK_CAL_T_LIST:
	case SK_CAL_T_FIELDS:
		return put_texts(c, rule, line->value);
	case SK_CAL_T_URI:
		return put_read(c, sk_cal_uri, unescaped(c, line->value));
	case SK_CAL_T_ADDRESS:
		return put_read(c, sk_cal_address, line->value);
	case SK_CAL_T_OFFSET:
		return put_read(c, sk_cal_offset, line->value);
	case SK_CAL_T_INTEGER:
		return put_read(c, sk_cal_integer, line->value);
	case SK_CAL_T_GEO:
		return put_read(c, sk_cal_geo, line->value);
	case SK_CAL_T_WORD:
		return put_word(c, line->value);
	case SK_CAL_T_REPEAT:
		return put_repeat(c, line->value);
	case SK_CAL_T_RECUR:
		return put_recur(c, line->value, where);
	case SK_CAL_T_BIRTHDAY:
	case SK_CAL_T_PHONE:
	case SK_CAL_T_RELATED:
		return put_plain_or_text(c, rule, line->value);
	default:
		return put_time(c, rule, line->value);
	}
}

/* What a value that cannot be written is called. */
static void report_lost(struct sk_cal *c, const struct sk_cal_rule *rule)
{
	switch (rule->type) {
	case SK_CAL_T_URI:
		report(c, SK_CALENDAR_LINK);
		break;
	case SK_CAL_T_ADDRESS:
		c->unknown++;
		break;
	case SK_CAL_T_REPEAT:
	case SK_CAL_T_RECUR:
		break; /* told where it was found */
	default:
		c->damaged++;
		break;
	}
}

/* Method text: an address is followed by the name that belongs to it. */
static void put_person(
    struct sk_cal *c, const struct sk_cal_rule *rule, const struct sk_cal_line *line)
{
	struct sk_slice name = unquoted(sk_cal_param(line, "CN"));

	if (!c->plain || rule->type != SK_CAL_T_ADDRESS || name.n == 0)
		return;
	sk_buf_putc(&c->line, '\t');
	sk_cal_put_text(c, name);
}

void sk_cal_property(struct sk_cal *c, const struct sk_cal_rule *rule, unsigned where,
    const struct sk_cal_line *line)
{
	if (rule->type == SK_CAL_T_KANA) {
		if (put_kana(c, line))
			sk_cal_put(c);
		return;
	}
	if (line->group.n && !c->plain) {
		sk_buf_put_slice(&c->line, line->group);
		sk_buf_putc(&c->line, '.');
	}
	sk_buf_puts(&c->line, rule->name);
	put_params(c, line, where == SK_CAL_IN_CARD);
	if (put_value(c, rule, where, line)) {
		put_person(c, rule, line);
		sk_cal_put(c);
	} else {
		sk_buf_reset(&c->line);
		report_lost(c, rule);
	}
}
