/* What a post says of transfers, as people read it: tables and pages. asking.h. The command. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "cmd/asking.h"

#define CELL 256

/* --- pieces --- */

/* Words of a list, in the user's language. */
static void join(const json_t *list, char *text, size_t size)
{
	json_t *one;
	size_t i, n = 0;

	text[0] = '\0';
	json_array_foreach((json_t *)(uintptr_t)list, i, one)
	{
		const char *word = json_string_value(one);
		if (word && n < size)
			n += (size_t)snprintf(
			    text + n, size - n, "%s%s", i ? ", " : "", asking_word(word));
	}
}

/* A state with what holds it. */
static void state_of(const json_t *t, char *text, size_t size)
{
	char holds[CELL];

	join(json_object_get(t, "holds"), holds, sizeof(holds));
	snprintf(
	    text, size, holds[0] ? "%s: %s" : "%s", asking_word(asking_text(t, "state")), holds);
}

/* A line of a page, when there is something to say. */
static void line(const char *label, const char *text)
{
	char shown[1100];

	sk_utf8_display(shown, sizeof(shown), sk_slice_str(text));
	if (shown[0])
		printf("  %s: %s\n", label, shown);
}

static void line_time(const char *label, const json_t *o, const char *name)
{
	int64_t ms = asking_number(o, name, -1);
	char text[64];

	asking_time(ms, text, sizeof(text));
	if (ms >= 0)
		line(label, text);
}

/* Text of several lines comes indented. */
static void paragraph(const char *label, const char *text)
{
	char one[1100];

	for (size_t n; *text; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		snprintf(one, sizeof(one), "%.*s", (int)n, text);
		line(label, one);
		label = " ";
	}
}

/* --- tables --- */

static void row(struct table *t, const json_t *one)
{
	char text[CELL];

	table_cell(t, asking_text(one, "id"));
	asking_time(asking_number(one, "received", -1), text, sizeof(text));
	table_cell(t, text);
	snprintf(text, sizeof(text), "%s → %s", asking_text(one, "from"), asking_text(one, "to"));
	table_cell(t, text);
	state_of(one, text, sizeof(text));
	table_cell(t, text);
	table_cell(t, asking_text(one, "requester"));
	table_cell(t, asking_text(one, "name"));
}

int show_transfers(const json_t *answer)
{
	const json_t *list = json_object_get(answer, "transfers");
	struct table *t = table_new(6);
	json_t *one;
	size_t i;

	if (json_array_size(list) == 0)
		printf("%s\n", _("There is no such transfer."));
	else
		for (i = 0; i < 6; i++)
			table_cell(t, ((const char *[]){_("NUMBER"), _("RECEIVED"), _("WAY"),
					  _("STATE"), _("SENDER"), _("FILE")})[i]);
	json_array_foreach((json_t *)(uintptr_t)list, i, one) row(t, one);
	table_print(t);
	table_free(t);
	if (asking_text(answer, "next")[0])
		printf(_("There are more: --after %s\n"), asking_text(answer, "next"));
	return EXIT_ALL_CLEAN;
}

int show_transfer_line(const json_t *answer)
{
	const json_t *t = json_object_get(answer, "transfer");
	char state[CELL], name[CELL];

	state_of(t, state, sizeof(state));
	sk_utf8_display(name, sizeof(name), sk_slice_str(asking_text(t, "name")));
	printf("%s  %s%s%s\n", asking_text(t, "id"), state, name[0] ? "  " : "", name);
	return EXIT_ALL_CLEAN;
}

/* --- one transfer --- */

static void show_people(const json_t *t)
{
	const char *name = asking_text(t, "requester_name");
	char text[CELL];

	snprintf(text, sizeof(text), name[0] ? "%s (%s)" : "%s", asking_text(t, "requester"), name);
	line(_("sender"), text);
	line(_("recipient"), asking_text(t, "recipient"));
	paragraph(_("reason"), asking_text(t, "reason"));
	join(json_object_get(t, "role"), text, sizeof(text));
	line(_("you are"), text);
}

static void show_class(const json_t *t)
{
	line(_("confidentiality"), asking_text(t, "class"));
	line(_("integrity"), asking_text(t, "integrity"));
	line(_("availability"), asking_text(t, "availability"));
}

static void show_bytes(const json_t *t)
{
	char text[CELL], size[32];

	asking_size(asking_number(t, "size", -1), size, sizeof(size));
	const char *found = asking_text(t, "found");
	snprintf(text, sizeof(text), "%s%s%s", found, found[0] ? " " : "", size);
	line(_("as it came"), text);
	if (asking_text(t, "output_hash")[0] == '\0')
		return;
	asking_size(asking_number(t, "output_size", -1), size, sizeof(size));
	snprintf(text, sizeof(text), "%s %s", asking_text(t, "output_type"), size);
	line(_("cleaned"), text);
	line(_("method"), asking_text(t, "method"));
	line(_("taken out"), asking_text(t, "removed"));
	line("SHA-256", asking_text(t, "output_hash"));
}

static void show_history(const json_t *answer)
{
	struct table *t = table_new(4);
	char text[CELL];
	json_t *h;
	size_t i;

	json_array_foreach(json_object_get(answer, "history"), i, h)
	{
		const char *person = asking_text(h, "person");
		asking_time(asking_number(h, "at", -1), text, sizeof(text));
		table_cell(t, text);
		table_cell(t, asking_word(asking_text(h, "event")));
		table_cell(t, person[0] ? person : asking_word(asking_text(h, "by")));
		const char *said = asking_text(h, "text");
		table_cell(t, said[0] ? _(said) : asking_word(asking_text(h, "note")));
	}
	printf("%s\n", _("What happened"));
	table_print(t);
	table_free(t);
}

static void show_votes(const json_t *answer)
{
	struct table *t = table_new(6);
	char text[CELL];
	json_t *v;
	size_t i;

	json_array_foreach(json_object_get(answer, "votes"), i, v)
	{
		asking_time(asking_number(v, "at", -1), text, sizeof(text));
		table_cell(t, text);
		table_cell(t, asking_text(v, "person"));
		table_cell(
		    t, json_is_true(json_object_get(v, "allow")) ? _("approved") : _("denied"));
		table_cell(t, asking_word(asking_text(v, "method")));
		table_cell(t, json_is_false(json_object_get(v, "counts"))
				  ? _("about other bytes: does not count")
				  : "");
		table_cell(t, asking_text(v, "comment"));
	}
	if (json_array_size(json_object_get(answer, "votes")))
		printf("%s\n", _("Decisions"));
	table_print(t);
	table_free(t);
}

static void show_approvers(const json_t *d)
{
	int64_t persons = asking_number(d, "persons", 0);
	json_t *who;
	size_t i;

	if (persons <= 0)
		return;
	printf(_("  %lld of %lld approvals; who may approve:\n"),
	    (long long)asking_number(d, "approvals", 0), (long long)persons);
	json_array_foreach(json_object_get(d, "approvers"), i, who)
	{
		int64_t after = asking_number(who, "after", -1);
		char time[64], text[CELL + 64];
		asking_time(after, time, sizeof(time));
		snprintf(text, sizeof(text), "%s %s", asking_text(who, "member"),
		    asking_text(who, "name"));
		if (after > 0)
			printf(_("    %s (as a deputy, from %s)\n"), text, time);
		else
			printf("    %s\n", text);
	}
}

/* What is empty would be the catalogue's own head. */
static const char *translated(const char *text)
{
	return text[0] ? _(text) : "";
}

/* What somebody else may have written. */
static void print_part(const char *text)
{
	char shown[CELL];

	sk_utf8_display(shown, sizeof(shown), sk_slice_str(translated(text)));
	fputs(shown, stdout);
}

/* {1} and {2} of a reason's sentence. */
static void print_reason(const json_t *r)
{
	const char *text = translated(asking_text(r, "text"));

	fputs("  ", stdout);
	for (; *text; text++)
		if (strncmp(text, "{1}", 3) == 0 || strncmp(text, "{2}", 3) == 0) {
			print_part(asking_text(r, text[1] == '1' ? "a" : "b"));
			text += 2;
		} else
			putchar(*text);
	printf(asking_number(r, "line", 0) > 0 ? _(" (policy, line %lld)\n") : "\n",
	    (long long)asking_number(r, "line", 0));
}

void show_reasons(const json_t *answer)
{
	json_t *r;
	size_t i;

	json_array_foreach(json_object_get(json_object_get(answer, "decision"), "reasons"), i, r)
	    print_reason(r);
}

static void show_decision(const json_t *answer)
{
	const json_t *d = json_object_get(answer, "decision");

	if (d == NULL)
		return;
	printf(_("What the policy says now: %s\n"), asking_word(asking_text(d, "effect")));
	show_reasons(answer);
	show_approvers(d);
}

int show_transfer(const json_t *answer)
{
	const json_t *t = json_object_get(answer, "transfer");
	char text[CELL];

	show_transfer_line(answer);
	snprintf(text, sizeof(text), "%s → %s (%s)", asking_text(t, "from"), asking_text(t, "to"),
	    asking_text(t, "route"));
	line(_("way"), text);
	show_people(t);
	show_class(t);
	show_bytes(t);
	line_time(_("received"), t, "received");
	line_time(_("expires"), t, "expires");
	show_decision(answer);
	show_votes(answer);
	show_history(answer);
	return EXIT_ALL_CLEAN;
}

/* --- originals --- */

static void original_row(struct table *t, const json_t *o)
{
	char text[CELL];

	table_cell(t, asking_text(o, "id"));
	table_cell(t, asking_text(o, "transfer"));
	asking_time(asking_number(o, "asked", -1), text, sizeof(text));
	table_cell(t, text);
	table_cell(t, asking_word(asking_text(o, "state")));
	table_cell(t, asking_text(o, "requester"));
	table_cell(t, asking_text(o, "reason"));
}

int show_originals(const json_t *answer)
{
	const json_t *one = json_object_get(answer, "original");
	const char *where = asking_text(answer, "asked_at");
	json_t *o;
	size_t i;

	if (where[0]) {
		printf(_("The post of %s is asked: it is released and collected there.\n"), where);
		return EXIT_ALL_CLEAN;
	}
	struct table *t = table_new(6);
	for (i = 0; i < 6; i++)
		table_cell(t, ((const char *[]){_("NUMBER"), _("TRANSFER"), _("ASKED"), _("STATE"),
				  _("BY"), _("REASON")})[i]);
	if (one)
		original_row(t, one);
	json_array_foreach(json_object_get(answer, "originals"), i, o) original_row(t, o);
	table_print(t);
	table_free(t);
	if (asking_text(answer, "next")[0])
		printf(_("There are more: --after %s\n"), asking_text(answer, "next"));
	show_votes(answer);
	return EXIT_ALL_CLEAN;
}
