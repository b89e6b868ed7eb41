/* What became of a file, in a few lines for people. The command. */
#include "cmd/cli.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/* Text that may come from a file's name: nothing in it reaches the terminal as a command. */
static void put_text(FILE *to, const char *text)
{
	char shown[4096];

	sk_utf8_display(shown, sizeof(shown), sk_slice_str(text));
	fputs(shown, to);
}

/* The words of the cleaner for places in a file; names of members and parts stay as they are. */
static const char *const places[] = {N_("document"), N_("header"), N_("picture data"), N_("chunks"),
    N_("after the picture"), N_("tags"), N_("frames"), N_("extensions"), N_("end of the file"),
    N_("rows"), N_("colour profile"), N_("details of the colour profile"), N_("animation")};

/* "page 12" as its number, anything else as 0. */
static unsigned long page_of(const char *place)
{
	char *end = NULL;
	unsigned long page = strncmp(place, "page ", 5) == 0 ? strtoul(place + 5, &end, 10) : 0;

	return end && *end == '\0' ? page : 0;
}

/* A place, "member!member!place", its last part in the user's language. */
static void put_place(FILE *to, const char *where)
{
	const char *mark = strrchr(where, '!'), *place = mark ? mark + 1 : where;

	fprintf(to, ": %.*s", (int)(place - where), where);
	if (page_of(place)) {
		fprintf(to, _("page %lu"), page_of(place));
		return;
	}
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (strcmp(place, places[i]) == 0)
			place = _(places[i]);
	fputs(place, to);
}

static void show_removed(FILE *to, const struct sk_result *r)
{
	for (size_t i = 0; i < r->ntaken; i++) {
		const struct sk_taken *t = &r->taken[i];
		fprintf(to, "    - %s [%s", _(t->sentence), t->code);
		if (t->count > 1)
			fprintf(to, " x %u", t->count);
		if (t->where[0])
			put_place(to, t->where);
		fputs("]\n", to);
	}
}

/* Why it did not pass, and what to do. */
static void show_reason(FILE *to, const struct row *row)
{
	const char *advice = cli_advice(row->reason, row->result ? row->result->type : NULL);

	fprintf(to, "    %s [%s%s", _(row->sentence), row->reason, row->detail[0] ? ": " : "");
	put_text(to, row->detail);
	fputs("]\n", to);
	if (advice)
		fprintf(to, "    -> %s\n", _(advice));
}

static const char *mark(const struct row *row, bool would)
{
	switch (row->verdict) {
	case SK_CLEAN:
		return would ? _("can be cleaned") : _("clean");
	case SK_REFUSED:
		return would ? _("would be refused") : _("refused");
	default:
		return _("error");
	}
}

void cli_show_human(FILE *to, const struct row *row, bool would)
{
	const struct sk_result *r = row->result;

	fprintf(to, "%s: ", mark(row, would));
	put_text(to, row->input);
	if (r)
		fprintf(to, " (%s)", r->type);
	if (row->output && row->verdict == SK_CLEAN) {
		fputs(" -> ", to);
		put_text(to, row->output);
	}
	fputc('\n', to);
	if (row->reason)
		show_reason(to, row);
	for (size_t i = 0; would && r && i < r->nfound; i++)
		fprintf(to, "    ? %s %s: %s (%llu)\n", _("looks like"), r->found[i].type,
		    r->found[i].evidence, (unsigned long long)r->found[i].offset);
	if (would && r && r->verdict == SK_CLEAN && r->ntaken)
		fprintf(to, "    %s\n", _("cleaning it would tell:"));
	if (r && row->verdict == SK_CLEAN)
		show_removed(to, r);
	fflush(to);
}

/* --- what must not leave --- */

static void put_leak(FILE *to, const struct sk_leak_place *l)
{
	static const struct {
		const char *name, *text;
	} words[] = {{"mynumber", N_("individual number")},
	    {"corporate-number", N_("corporate number")}, {"word", N_("word of the list")},
	    {"sure", N_("sure")}, {"likely", N_("likely")}, {"weak", N_("may be something else")}};
	const char *kind = l->kind, *trust = l->trust;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		kind = strcmp(l->kind, words[i].name) == 0 ? words[i].text : kind;
		trust = strcmp(l->trust, words[i].name) == 0 ? words[i].text : trust;
	}
	fputs("  ", to);
	fprintf(to, _("%s (%s), line %u, character %u"), _(kind), _(trust), l->line, l->column);
	if (l->word)
		fprintf(to, _(", number %u of the list"), l->word);
	if (l->where[0])
		put_place(to, l->where);
	fputc('\n', to);
}

static void put_unread(FILE *to, const struct sk_leaks_result *r)
{
	if (r->read) {
		fputs("  ", to);
		fprintf(to, _("pages and pictures that were read: %u\n"), r->read);
	}
	if (r->unread_pages) {
		fputs("  ", to);
		fprintf(to, _("pages without words to look into: %u\n"), r->unread_pages);
	}
	if (r->unread_pictures) {
		fputs("  ", to);
		fprintf(to, _("pictures without words to look into: %u\n"), r->unread_pictures);
	}
}

void cli_show_leaks(FILE *to, const char *input, const struct sk_leaks_result *r)
{
	uint64_t all = 0;

	put_text(to, input);
	if (r->verdict != SK_CLEAN) {
		fputs(": ", to);
		fprintf(to, _("not looked through: %s"), _(r->sentence));
		fputs(" (", to);
		put_text(to, r->detail);
		fputs(")\n", to);
		return;
	}
	for (int i = 0; i < 3; i++)
		all += (uint64_t)r->mynumbers[i] + r->corporate_numbers[i] + r->words[i];
	fputs(": ", to);
	fprintf(to, all ? _("found: %llu\n") : _("nothing found\n"), (unsigned long long)all);
	for (size_t i = 0; i < r->n; i++)
		put_leak(to, &r->leaks[i]);
	put_unread(to, r);
}
