/*
 * From the lines of a file to the lines of its cleaned form: components of the list, inside each other as the list
 * has it, with the properties of the list (doc/profiles/calendar.md). Cleaner's jail.
 */
#include "format/calendar/calendar.h"

#include <stdio.h>
#include <strings.h>

struct frame {
	char name[16];
	unsigned kind;
	uint32_t end; /* index of its END + 1; 0: none in the file */
	bool silent;  /* a calendar in a calendar: only what it holds counts */
	bool implied; /* entries without a calendar around them get one */
	bool trigger, text, method, fn;
	size_t start; /* of its lines in the output */
	struct sk_slice n;
};

struct walk {
	struct sk_cal c;
	const struct sk_cal_lines *lines;
	bool cards;
	struct frame stack[SK_CAL_DEPTH];
	size_t depth;
	uint32_t number; /* of components so far */
};

static struct frame *top(struct walk *w)
{
	return w->depth ? &w->stack[w->depth - 1] : NULL;
}

static void name_place(struct walk *w)
{
	snprintf(w->c.place, sizeof(w->c.place), "%s %u", top(w) ? top(w)->name : "", w->number);
}

static bool line_starts(struct sk_slice line, const char *word, struct sk_slice *rest)
{
	size_t n = strlen(word);

	if (line.n < n || strncasecmp((const char *)line.p, word, n) != 0)
		return false;
	*rest = sk_cal_trim(sk_slice_sub(line, n, line.n));
	return true;
}

/* The value of a property that stands before the first component inside this one. */
static struct sk_slice ahead(struct walk *w, uint32_t from, const char *name)
{
	struct sk_text_counts seen = {0}; /* the line comes again */
	struct sk_slice rest;
	struct sk_cal_line line;

	for (uint32_t i = from; i < w->lines->count; i++) {
		if (line_starts(w->lines->line[i], "BEGIN:", &rest) ||
		    line_starts(w->lines->line[i], "END:", &rest))
			break;
		if (!line_starts(w->lines->line[i], name, &rest) || rest.n == 0 ||
		    (rest.p[0] != ':' && rest.p[0] != ';'))
			continue;
		if (sk_cal_parse(w->c.job, w->lines->line[i], w->lines->charset, &seen, &line))
			return sk_cal_trim(line.value);
	}
	return sk_slice("", 0);
}

static void put_head(struct walk *w, const struct frame *f, uint32_t from)
{
	struct sk_cal *c = &w->c;

	if (f->kind == SK_CAL_IN_CALENDAR) {
		struct sk_slice id = f->implied ? sk_slice("", 0) : ahead(w, from, "PRODID");
		sk_cal_puts(c, "VERSION:2.0");
		sk_buf_puts(&c->line, "PRODID:");
		sk_cal_put_text(c, id.n ? id : SK_SLICE_LIT("-//sekisho//sekisho//EN"));
		sk_cal_put(c);
	} else if (f->kind == SK_CAL_IN_CARD) {
		sk_cal_puts(c, c->version == 4 ? "VERSION:4.0" : "VERSION:3.0");
	} else if (f->kind == SK_CAL_IN_ALARM) {
		sk_cal_puts(c, "ACTION:DISPLAY");
	}
}

static void open_frame(
    struct walk *w, struct sk_slice name, unsigned kind, uint32_t at, bool implied)
{
	struct frame *f = &w->stack[w->depth++];
	struct sk_cal *c = &w->c;

	*f = (struct frame){.kind = kind,
	    .end = implied ? 0 : w->lines->partner[at],
	    .implied = implied,
	    .method = w->depth > 1 && w->stack[0].method,
	    .silent = w->depth > 1 && kind == SK_CAL_IN_CALENDAR,
	    .start = c->out->len};
	for (size_t i = 0; i < name.n && i + 1 < sizeof(f->name); i++)
		f->name[i] =
		    (char)(name.p[i] >= 'a' && name.p[i] <= 'z' ? name.p[i] - 32 : name.p[i]);
	w->number++;
	name_place(w);
	if (kind == SK_CAL_IN_CARD) {
		struct sk_slice v = ahead(w, at + 1, "VERSION");
		c->old = sk_slice_is(v, "2.1");
		c->version = sk_slice_is(v, "4.0") ? 4 : 3;
	}
	if (f->silent)
		return;
	if (c->plain) {
		if (c->out->len)
			sk_buf_putc(c->out, '\n');
		return;
	}
	sk_buf_printf(&c->line, "BEGIN:%s", f->name);
	sk_cal_put(c);
	put_head(w, f, at + 1);
}

/* A name to sort by and to show is what every card must have: made of the parts of the name. */
static void put_missing_name(struct walk *w, struct frame *f)
{
	struct sk_slice rest = f->n, family = sk_cal_split(&rest, ';', true),
			given = sk_cal_split(&rest, ';', true);

	sk_buf_puts(&w->c.line, w->c.plain ? "FN\t" : "FN:");
	sk_cal_put_text(&w->c, family);
	sk_buf_puts(&w->c.line, family.n && given.n ? " " : "");
	sk_cal_put_text(&w->c, given);
	sk_cal_put(&w->c);
}

static void close_frame(struct walk *w)
{
	struct frame *f = top(w);
	struct sk_cal *c = &w->c;

	if (!f->implied && f->end == 0)
		c->damaged++;
	if (f->kind == SK_CAL_IN_CARD && !f->fn)
		put_missing_name(w, f);
	if (f->kind == SK_CAL_IN_ALARM && !f->trigger) {
		c->damaged++;
		if (!c->out->err)
			c->out->len = f->start;
	} else if (!f->silent && !c->plain) {
		if (f->kind == SK_CAL_IN_ALARM && !f->text)
			sk_cal_puts(c, "DESCRIPTION:Reminder");
		sk_buf_printf(&c->line, "END:%s", f->name);
		sk_cal_put(c);
	}
	w->depth--;
	name_place(w);
}

/* Alarms and time zones say nothing to a reader. */
static bool is_silent_in_text(const struct walk *w, unsigned kind)
{
	return w->c.plain && (kind == SK_CAL_IN_ALARM || kind == SK_CAL_IN_ZONE);
}

/* Which kind of component begins; the frames around it are made fit. 0: none that is known there. */
static unsigned enter(struct walk *w, struct sk_slice name)
{
	struct frame *f = top(w);
	unsigned kind = sk_cal_component(name, f ? f->kind : 0);

	if (f && f->kind == SK_CAL_IN_CALENDAR && sk_cal_is(name, "VCALENDAR")) {
		if (f->implied)
			close_frame(w);
		return SK_CAL_IN_CALENDAR;
	}
	if (f == NULL && kind == 0 && !w->cards && sk_cal_component(name, SK_CAL_IN_CALENDAR)) {
		open_frame(w, SK_SLICE_LIT("VCALENDAR"), SK_CAL_IN_CALENDAR, 0, true);
		return sk_cal_component(name, SK_CAL_IN_CALENDAR);
	}
	return (kind == SK_CAL_IN_CARD) == w->cards ? kind : 0;
}

/* Returns the index of the line that comes next. */
static uint32_t begin(struct walk *w, uint32_t at, struct sk_slice name)
{
	uint32_t end = w->lines->partner[at];
	unsigned kind = w->depth + 2 < SK_CAL_DEPTH ? enter(w, name) : 0;

	if (kind && !is_silent_in_text(w, kind)) {
		open_frame(w, name, kind, at, false);
		return at + 1;
	}
	w->c.unknown += kind == 0;
	return end > at ? end : at + 1;
}

static void end(struct walk *w, uint32_t at)
{
	size_t d = w->depth;

	while (d > 0 && w->stack[d - 1].end != at + 1)
		d--;
	if (d == 0)
		w->c.damaged++;
	while (d > 0 && w->depth >= d)
		close_frame(w);
}

/* What is written once, or only noted, before the rule for values is asked. true: done. */
static bool is_special(
    struct walk *w, const struct sk_cal_rule *rule, const struct sk_cal_line *line)
{
	struct frame *f = top(w);
	struct sk_cal *c = &w->c;
	struct sk_slice value = sk_cal_trim(line->value);

	if (rule->type == SK_CAL_T_METHOD) {
		if (!sk_cal_is(value, "PUBLISH"))
			sk_job_removed(c->job, SK_CALENDAR_METHOD, 1, "%s", c->place);
		if (!f->method && !c->plain)
			sk_cal_puts(c, "METHOD:PUBLISH");
		/* Once, also where a calendar stands in a calendar. */
		for (size_t d = 0; d < w->depth; d++)
			w->stack[d].method = true;
	} else if (rule->type == SK_CAL_T_ACTION) {
		if (!sk_cal_is(value, "DISPLAY"))
			sk_job_removed(c->job, SK_CALENDAR_ALARM, 1, "%s", c->place);
	} else if (rule->type == SK_CAL_T_OUT) {
		sk_job_removed(c->job, rule->out, 1, "%s", c->place);
	} else if (rule->type == SK_CAL_T_PICTURE) {
		sk_cal_picture(c, line);
	} else if (rule->type == SK_CAL_T_TRIGGER && f->trigger) {
		c->unknown++;
	} else {
		return rule->type == SK_CAL_T_OWN;
	}
	return true;
}

static void note(struct frame *f, const struct sk_cal_rule *rule, const struct sk_cal_line *line)
{
	f->text = f->text || strcmp(rule->name, "DESCRIPTION") == 0;
	f->fn = f->fn || strcmp(rule->name, "FN") == 0;
	if (strcmp(rule->name, "N") == 0 && f->n.n == 0)
		f->n = line->value;
}

static void property(struct walk *w, uint32_t at)
{
	struct frame *f = top(w);
	struct sk_cal_line line;
	struct sk_cal *c = &w->c;

	if (!sk_cal_parse(c->job, w->lines->line[at], w->lines->charset, &c->counts, &line)) {
		c->damaged++;
		return;
	}
	const struct sk_cal_rule *rule = f ? sk_cal_rule(line.name, f->kind) : NULL;
	if (rule == NULL) {
		c->unknown++;
		return;
	}
	if (is_special(w, rule, &line))
		return;
	size_t before = c->out->len;
	note(f, rule, &line);
	sk_cal_property(c, rule, f->kind, &line);
	if (rule->type == SK_CAL_T_TRIGGER)
		f->trigger = c->out->len > before;
}

static void tell(struct sk_cal *c)
{
	const struct {
		enum sk_code code;
		uint32_t n;
	} rows[] = {{SK_CALENDAR_LINK, c->links}, {SK_CALENDAR_DAMAGED, c->damaged},
	    {SK_CALENDAR_UNKNOWN, c->unknown}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].n)
			sk_job_removed(c->job, rows[i].code, rows[i].n, "%s", "");
	sk_text_report(c->job, &c->counts, "");
}

static void walk_lines(struct walk *w)
{
	struct sk_slice rest;

	for (uint32_t i = 0; i < w->lines->count && !w->c.out->err;) {
		struct sk_slice line = w->lines->line[i];
		if (line_starts(line, "BEGIN:", &rest)) {
			i = begin(w, i, rest);
			continue;
		}
		if (line_starts(line, "END:", &rest))
			end(w, i);
		else
			property(w, i);
		i++;
	}
	while (w->depth)
		close_frame(w);
}

int sk_cal_clean(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, bool plain, struct sk_buf *out)
{
	struct sk_cal_lines lines;
	struct walk *w = sk_arena_alloc(job->arena, sizeof(*w));
	int rc = w ? sk_cal_read(job, in, &lines) : SK_ENOMEM;

	if (rc)
		return rc;
	w->c = (struct sk_cal){.job = job,
	    .out = out,
	    .line = SK_BUF(out->max),
	    .tmp = SK_BUF(out->max),
	    .plain = plain};
	w->lines = &lines;
	w->cards = type == SK_FT_VCF;
	walk_lines(w);
	tell(&w->c);
	sk_buf_free(&w->c.line);
	sk_buf_free(&w->c.tmp);
	if (out->err == 0 && w->number == 0)
		return sk_job_refuse(job, SK_REASON_DAMAGED, "no calendar and no contact in it");
	return out->err;
}
