/* What the policy said to a request, for people and for programs. The command. */
#include "cmd/policy.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "policy/when.h"

static const char *const effects[] = {N_("passes"), N_("waits"), N_("is denied")};

const char *cli_effect_text(enum sk_effect effect)
{
	return _(effects[effect]);
}

void cli_reason_text(const struct sk_reason *r, char *text, size_t size)
{
	const char *a = r->fact ? _(sk_fact_text(r->fact)) : r->a;

	sk_diag_fill(text, size, _(sk_why_text(r->why)), a, r->b);
}

/* The line of the policy as it stands there, without what indents it. */
static void line_text(const struct sk_entry *e, char *text, size_t size)
{
	struct sk_slice all = e->source->text;
	size_t at = (size_t)(e->tokens[0].text.p - all.p), n = 0;

	while (at + n < all.n && all.p[at + n] != '\n' && all.p[at + n] != '\r')
		n++;
	sk_utf8_display(text, size, sk_slice_sub(all, at, n));
}

/* --- for people --- */

static void show_reason(FILE *to, const struct sk_reason *r)
{
	char text[400], line[200];

	cli_reason_text(r, text, sizeof(text));
	line_text(r->where, line, sizeof(line));
	fprintf(to, "  %s [%s]\n      %s:%u: %s\n", text, sk_why_name(r->why),
	    r->where->source->name, r->where->tokens[0].line, line);
}

static void show_time(FILE *to, const char *what, int64_t time)
{
	char text[SK_TIME_TEXT];

	if (time < 0)
		return;
	sk_time_era(time, text);
	fprintf(to, "  %s: %s\n", what, text);
}

static void show_approvers(FILE *to, const struct sk_duties *duties)
{
	char text[SK_TIME_TEXT];

	fprintf(to, "  %s: %u/%u\n", _("approval"), duties->approvals, duties->persons);
	if (duties->bulk)
		fprintf(to, "      %s\n", _("together with others of so low a class"));
	for (size_t i = 0; i < duties->napprovers; i++) {
		const struct sk_approver *a = &duties->approvers[i];
		fprintf(to, "      %s (%s)", a->member->title, a->member->named.name);
		if (a->after >= 0) {
			sk_time_era(a->after, text);
			fprintf(to, _(" from %s on"), text);
		}
		fputc('\n', to);
	}
}

static void show_steps(FILE *to, const char *what, const struct sk_steps *steps, int method)
{
	fprintf(to, "  %s:", what);
	for (unsigned i = 0; i < steps->n; i++)
		fprintf(
		    to, (int)steps->v[i] == method ? " [%s]" : " %s", sk_step_words[steps->v[i]]);
	fputc('\n', to);
}

static void show_duties(FILE *to, const struct sk_duties *duties)
{
	const struct sk_route *r = duties->route;

	if (r == NULL || r->carry == SK_CARRY_SCREEN)
		return;
	fprintf(to, "%s\n", _("What the route demands:"));
	show_steps(to, _("method"), &r->clean, duties->method);
	if (r->carry == SK_CARRY_MAIL)
		show_steps(to, _("attachments"), &r->attachments, duties->attached_method);
	fprintf(to, _("  limits: %llu bytes, depth %u, %u members, %u pages\n"),
	    (unsigned long long)r->limits.size, r->limits.depth, r->limits.members,
	    r->limits.pages);
	if (duties->scan)
		fprintf(to, "  %s\n", _("virus scan"));
	if (duties->search)
		fprintf(to, "  %s\n", _("search for numbers and words"));
	if (duties->approve)
		show_approvers(to, duties);
	if (duties->passkey)
		fprintf(to, "  %s\n", _("whoever says yes signs it with a passkey"));
	show_time(to, _("password until"), duties->password_until);
	show_time(to, _("original kept until"), duties->keep_until);
	show_time(to, _("collected until"), duties->expire_at);
}

void cli_decision_show(FILE *to, int64_t now, const struct sk_decision *d)
{
	char text[SK_TIME_TEXT];

	sk_time_era(now, text);
	fprintf(to, _("On %s it %s, because:\n"), text, cli_effect_text(d->effect));
	for (size_t i = 0; i < d->nreasons; i++)
		if (d->reasons[i].effect == d->effect)
			show_reason(to, &d->reasons[i]);
	bool told = false;
	for (size_t i = 0; i < d->nreasons; i++) {
		if (d->reasons[i].effect == d->effect)
			continue;
		if (!told)
			fprintf(to, "%s\n", _("Besides:"));
		told = true;
		show_reason(to, &d->reasons[i]);
	}
	show_duties(to, &d->duties);
}

/* --- for programs --- */

static json_t *reason_of(const struct sk_reason *r)
{
	char line[200];
	json_t *o = json_pack(
	    "{s:s, s:s}", "code", sk_why_name(r->why), "effect", sk_effect_words[r->effect]);

	line_text(r->where, line, sizeof(line));
	if (r->hold)
		json_object_set_new(o, "hold", json_string(sk_hold_words[r->hold]));
	if (r->fact)
		json_object_set_new(o, "awaits", json_string(sk_fact_name(r->fact)));
	json_object_set_new(o, "file", json_string(r->where->source->name));
	json_object_set_new(o, "line", json_integer(r->where->tokens[0].line));
	json_object_set_new(o, "source", json_string(line));
	json_object_set_new(o, "text", json_object());
	return o;
}

/* The same reasons once more, in a language. */
static void add_language(json_t *list, const struct sk_decision *d, const char *lang)
{
	char text[400];

	cli_language(lang);
	for (size_t i = 0; i < d->nreasons; i++) {
		cli_reason_text(&d->reasons[i], text, sizeof(text));
		json_object_set_new(
		    json_object_get(json_array_get(list, i), "text"), lang, json_string(text));
	}
}

/* In both; then messages speak the language of before. */
static void add_languages(json_t *list, const struct sk_decision *d)
{
	const char *now = getenv("LANGUAGE");
	char *kept = now ? strdup(now) : NULL;

	add_language(list, d, "en");
	add_language(list, d, "ja");
	if (kept == NULL)
		unsetenv("LANGUAGE");
	cli_language(kept);
	free(kept);
}

static json_t *bits_of(uint32_t bits, const char *(*name)(unsigned))
{
	json_t *list = json_array();

	for (unsigned i = 0; i < 32; i++)
		if (bits >> i & 1)
			json_array_append_new(list, json_string(name(i)));
	return list;
}

static const char *fact_word(unsigned i)
{
	return sk_fact_name((enum sk_fact)i);
}

static const char *hold_word(unsigned i)
{
	return sk_hold_words[i];
}

static json_t *time_of(int64_t time)
{
	char text[SK_TIME_TEXT];

	if (time < 0)
		return json_null();
	sk_time_iso(time, text);
	return json_string(text);
}

static json_t *approvers_of(const struct sk_duties *duties)
{
	json_t *list = json_array();

	for (size_t i = 0; i < duties->napprovers; i++)
		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:o}", "member", duties->approvers[i].member->named.name,
			"name", duties->approvers[i].member->title, "after",
			time_of(duties->approvers[i].after)));
	return list;
}

static json_t *step_or_null(int step)
{
	return step < 0 ? json_null() : json_string(sk_step_words[step]);
}

static json_t *duties_of(const struct sk_duties *duties)
{
	json_t *o = json_object();

	json_object_set_new(o, "method", step_or_null(duties->method));
	json_object_set_new(o, "attached_method", step_or_null(duties->attached_method));
	json_object_set_new(o, "notice", json_boolean(duties->notice));
	json_object_set_new(o, "scan", json_boolean(duties->scan));
	json_object_set_new(o, "search", json_boolean(duties->search));
	json_object_set_new(o, "ocr", json_boolean(duties->ocr));
	json_object_set_new(o, "password_until", time_of(duties->password_until));
	json_object_set_new(o, "keep_until", time_of(duties->keep_until));
	json_object_set_new(o, "expire_at", time_of(duties->expire_at));
	json_object_set_new(o, "approve", json_boolean(duties->approve));
	json_object_set_new(o, "bulk", json_boolean(duties->bulk));
	json_object_set_new(o, "passkey", json_boolean(duties->passkey));
	json_object_set_new(o, "persons", json_integer(duties->persons));
	json_object_set_new(o, "approvals", json_integer(duties->approvals));
	json_object_set_new(o, "approvers", approvers_of(duties));
	return o;
}

static json_t *way_of(const struct sk_duties *duties)
{
	const struct sk_named *s = duties->route  ? &duties->route->named
				   : duties->flow ? &duties->flow->named
						  : NULL;

	return s ? json_string(s->name) : json_null();
}

static json_t *request_of(const struct sk_recorded *asked)
{
	struct sk_buf text = SK_BUF(1 << 20);
	json_t *o = NULL;

	if (sk_recorded_write(asked, &text) == 0)
		o = json_loadb((const char *)text.p, text.len, 0, NULL);
	sk_buf_free(&text);
	return o ? o : json_null();
}

int cli_decision_json(
    FILE *to, const struct sk_recorded *asked, int64_t now, const struct sk_decision *d)
{
	json_t *o = json_object(), *reasons = json_array();

	for (size_t i = 0; i < d->nreasons; i++)
		json_array_append_new(reasons, reason_of(&d->reasons[i]));
	add_languages(reasons, d);
	json_object_set_new(o, "effect", json_string(sk_effect_words[d->effect]));
	json_object_set_new(o, "time", time_of(now));
	json_object_set_new(o, "route", way_of(&d->duties));
	json_object_set_new(o, "reasons", reasons);
	json_object_set_new(o, "awaits", bits_of(d->awaits, fact_word));
	json_object_set_new(o, "holds", bits_of(d->holds, hold_word));
	json_object_set_new(o, "duties", duties_of(&d->duties));
	json_object_set_new(o, "request", request_of(asked));
	int rc = json_dumpf(o, to, JSON_COMPACT);
	json_decref(o);
	return rc || fputc('\n', to) == EOF ? -1 : 0;
}
