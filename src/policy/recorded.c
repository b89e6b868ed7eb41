/* Requests as they are written down, field by field: recorded.h. Any process that records requests or reads them back. */
#include "policy/recorded.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "policy/value.h"
#include "policy/when.h"

static const char *const protocols[] = {"unknown", "tcp", "udp", NULL};

#define AT(member) offsetof(struct sk_recorded, request.member)

static const struct sk_field vote_fields[] = {
    {"member", SK_FIELD_TEXT, offsetof(struct sk_vote, member)},
    {"hold", SK_FIELD_WORD, offsetof(struct sk_vote, hold), sk_hold_words, 0},
    {"allow", SK_FIELD_WORD, offsetof(struct sk_vote, allow), sk_known_words, 0},
    {"passkey", SK_FIELD_WORD, offsetof(struct sk_vote, passkey), sk_known_words, 0},
    {"at", SK_FIELD_TIME, offsetof(struct sk_vote, at)}, {NULL}};
static const struct sk_field away_fields[] = {
    {"member", SK_FIELD_TEXT, offsetof(struct sk_away, member)},
    {"from", SK_FIELD_TIME, offsetof(struct sk_away, from)},
    {"until", SK_FIELD_TIME, offsetof(struct sk_away, until)}, {NULL}};

static const struct sk_objects votes = {vote_fields, AT(votes), AT(nvotes), sizeof(struct sk_vote),
    SK_QUERY_VOTES, N_("A vote is: member=NAME,hold=approval,allow=yes,at=TIME")};
static const struct sk_objects away = {away_fields, AT(away), AT(naway), sizeof(struct sk_away),
    SK_QUERY_AWAY, N_("Who is away is written: member=NAME,from=TIME,until=TIME")};

#define KNOWN(name, member) \
	{ \
		name, SK_FIELD_WORD, AT(member), sk_known_words, 0 \
	}

const struct sk_field sk_recorded_fields[] = {
    {"time", SK_FIELD_TIME, offsetof(struct sk_recorded, time), NULL, 0},
    {"carry", SK_FIELD_WORD, AT(ask), sk_ask_words, -1}, {"from", SK_FIELD_TEXT, AT(from), NULL, 0},
    {"to", SK_FIELD_TEXT, AT(to), NULL, 0}, {"host", SK_FIELD_TEXT, AT(host), NULL, 0},
    {"route", SK_FIELD_TEXT, AT(route), NULL, 0}, {"origin", SK_FIELD_TEXT, AT(origin), NULL, 0},
    KNOWN("original", original), {"clipboard", SK_FIELD_WORD, AT(clipboard), sk_clip_words, 0},
    {"requester", SK_FIELD_TEXT, AT(requester), NULL, 0},
    {"login", SK_FIELD_WORD, AT(login), sk_login_words, -1},
    {"source", SK_FIELD_NET, AT(source), NULL, 0},
    {"destination", SK_FIELD_NET, AT(destination), NULL, 0},
    {"mac", SK_FIELD_MAC, AT(mac), NULL, 0}, {"port", SK_FIELD_NUMBER, AT(port), NULL, 0},
    {"protocol", SK_FIELD_WORD, offsetof(struct sk_recorded, protocol), protocols, 0},
    {"claimed", SK_FIELD_TYPE, AT(claimed), NULL, 0}, {"found", SK_FIELD_TYPE, AT(found), NULL, 0},
    {"contains", SK_FIELD_TYPES, 0, NULL, 0},
    {"confidentiality", SK_FIELD_TEXT, AT(classes[SK_CONFIDENTIALITY]), NULL, 0},
    {"integrity", SK_FIELD_TEXT, AT(classes[SK_INTEGRITY]), NULL, 0},
    {"availability", SK_FIELD_TEXT, AT(classes[SK_AVAILABILITY]), NULL, 0},
    {"size", SK_FIELD_SIZE, AT(size), NULL, 0}, {"depth", SK_FIELD_NUMBER, AT(depth), NULL, 0},
    {"members", SK_FIELD_NUMBER, AT(members), NULL, 0},
    {"pages", SK_FIELD_NUMBER, AT(pages), NULL, 0}, KNOWN("encrypted", encrypted),
    KNOWN("opened", opened), KNOWN("rebuild", cleaned[SK_STEP_REBUILD]),
    KNOWN("flatten", cleaned[SK_STEP_FLATTEN]), KNOWN("text", cleaned[SK_STEP_TEXT]),
    {"attached", SK_FIELD_NUMBER, AT(attached), NULL, 0},
    KNOWN("attached_rebuild", attached_cleaned[SK_STEP_REBUILD]),
    KNOWN("attached_flatten", attached_cleaned[SK_STEP_FLATTEN]),
    KNOWN("attached_text", attached_cleaned[SK_STEP_TEXT]), KNOWN("verified", verified),
    {"mynumber", SK_FIELD_NUMBER, AT(leaks[SK_LEAK_MYNUMBER]), NULL, 0},
    {"corporate_number", SK_FIELD_NUMBER, AT(leaks[SK_LEAK_CORPORATE]), NULL, 0},
    {"dictionary", SK_FIELD_NUMBER, AT(leaks[SK_LEAK_DICTIONARY]), NULL, 0},
    {"unreadable", SK_FIELD_NUMBER, AT(unreadable), NULL, 0}, KNOWN("ocr", ocr),
    {"scan", SK_FIELD_WORD, AT(scan), sk_scan_words, 0},
    {"signatures", SK_FIELD_DURATION, AT(signatures), NULL, 0}, KNOWN("space", space),
    {"received", SK_FIELD_TIME, AT(received), NULL, 0},
    {"released", SK_FIELD_TIME, AT(released), NULL, 0},
    {"downloads", SK_FIELD_NUMBER, AT(downloads), NULL, 0},
    {"away", SK_FIELD_OBJECTS, 0, NULL, 0, &away}, {"votes", SK_FIELD_OBJECTS, 0, NULL, 0, &votes},
    {NULL}};

_Static_assert(sizeof(enum sk_known) == sizeof(int) && sizeof(enum sk_scan) == sizeof(int) &&
		   sizeof(enum sk_clip) == sizeof(int) && sizeof(enum sk_filetype) == sizeof(int),
    "words are kept as int");

void sk_recorded_init(struct sk_recorded *r)
{
	*r = (struct sk_recorded){.time = SK_UNKNOWN};
	sk_query_init(&r->request);
}

size_t *sk_objects_count(const struct sk_objects *o, void *target)
{
	return (size_t *)(void *)((char *)target + o->count);
}

void *sk_objects_next(const struct sk_objects *o, void *target)
{
	size_t n = *sk_objects_count(o, target);
	char *one = (char *)target + o->offset + n * o->size;

	if (n == o->most)
		return NULL;
	memset(one, 0, o->size); /* no text, no word */
	for (const struct sk_field *f = o->fields; f->name; f++)
		if (f->kind == SK_FIELD_TIME)
			*(int64_t *)(void *)(one + f->offset) = SK_UNKNOWN;
	return one;
}

void sk_recorded_settle(struct sk_recorded *r)
{
	r->request.udp = (enum sk_known)r->protocol;
}

const struct sk_field *sk_field_find(const struct sk_field *fields, const char *name)
{
	for (; fields->name; fields++) {
		const char *a = fields->name, *b = name;
		while (*a && (*a == *b || (*a == '_' && *b == '-')))
			a++, b++;
		if (*a == 0 && *b == 0)
			return fields;
	}
	return NULL;
}

/* --- from text --- */

static int wrong(struct sk_fault *fault, const char *why)
{
	fault->why = why;
	return SK_EFORMAT;
}

static int set_text(
    struct sk_arena *arena, const char **to, const char *value, struct sk_fault *fault)
{
	struct sk_slice s = sk_slice_str(value);

	if (s.n > SK_RECORDED_TEXT || !sk_utf8_valid(s))
		return wrong(fault, N_("The text is too long or not UTF-8."));
	char *copy = sk_arena_str(arena, s);
	if (copy == NULL)
		return SK_ENOMEM;
	*to = copy;
	return 0;
}

static int word_of(const char *const *words, const char *value)
{
	for (int i = 0; words[i]; i++)
		if (strcmp(words[i], value) == 0)
			return i;
	return -1;
}

static int set_word(const struct sk_field *f, int *to, const char *value, struct sk_fault *fault)
{
	int word = word_of(f->words, value);

	if (word < 0)
		return wrong(fault,
		    N_("There is no such word here; the manual page sekisho-policy(5) lists them."));
	*to = word;
	return 0;
}

/* Digits, and what stands behind them; false when there is none or too many. */
static bool digits(const char *value, int64_t *n, const char **rest)
{
	const char *p = value;

	*n = 0;
	for (; *p >= '0' && *p <= '9'; p++) {
		if (*n > (INT64_MAX - (*p - '0')) / 10)
			return false;
		*n = *n * 10 + (*p - '0');
	}
	*rest = p;
	return p != value;
}

static int set_number(int64_t *to, const char *value, struct sk_fault *fault)
{
	const char *rest;
	int64_t n;

	if (!digits(value, &n, &rest) || *rest)
		return wrong(fault, N_("It is not a whole number."));
	*to = n;
	return 0;
}

/* A number with one of the units behind it, or none. */
struct unit {
	const char *name;
	int64_t times;
};

static const struct unit sizes[] = {
    {"", 1}, {"K", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}, {NULL, 0}};
static const struct unit durations[] = {{"", 1}, {" second", 1}, {" seconds", 1}, {" minute", 60},
    {" minutes", 60}, {" hour", 3600}, {" hours", 3600}, {" day", 86400}, {" days", 86400},
    {" year", 366 * 86400}, {" years", 366 * 86400}, {NULL, 0}};

static int set_units(
    const struct unit *units, int64_t *to, const char *value, struct sk_fault *fault)
{
	const char *rest;
	int64_t n;

	if (digits(value, &n, &rest))
		for (; units->name; units++)
			if (strcmp(rest, units->name) == 0 && n <= INT64_MAX / units->times) {
				*to = n * units->times;
				return 0;
			}
	return wrong(fault, N_("It is not a number with a unit that is known here."));
}

static int set_time(int64_t *to, const char *value, struct sk_fault *fault)
{
	int64_t time;

	if (sk_time_parse(sk_slice_str(value), &time) == 0 && time <= SK_TIME_MOST)
		*to = time;
	else
		return wrong(fault,
		    N_("It is not a time; write for example 令和8年4月1日 9:00 or 2026-04-01T09:00."));
	return 0;
}

static int set_type(enum sk_filetype *to, const char *value, struct sk_fault *fault)
{
	enum sk_filetype type = sk_filetype_by_name(value);

	if (type == SK_FT_UNKNOWN && strcmp(value, "unknown"))
		return wrong(fault, N_("There is no such type; `sekisho formats` lists them."));
	*to = type;
	return 0;
}

static int set_address(
    struct sk_recorded *r, const struct sk_field *f, const char *value, struct sk_fault *fault)
{
	struct sk_net net;
	struct sk_mac mac;
	bool is_mac = f->kind == SK_FIELD_MAC;

	if (is_mac ? !sk_mac_parse(value, &mac) : !sk_net_parse(value, &net) || strchr(value, '/'))
		return wrong(fault, N_("It is not an address."));
	if (is_mac)
		r->request.mac = mac, r->request.has_mac = true;
	else if (f->offset == AT(source))
		r->request.source = net, r->request.has_source = true;
	else
		r->request.destination = net, r->request.has_destination = true;
	return 0;
}

/* --- lists --- */

/* The piece of a list before the next comma, copied; NULL at the end. */
static char *piece(struct sk_arena *arena, const char **list)
{
	size_t n = strcspn(*list, ",");
	char *copy = n || **list ? sk_arena_str(arena, sk_slice(*list, n)) : NULL;

	*list += n + ((*list)[n] == ',');
	return copy;
}

static int add_types(
    struct sk_arena *arena, struct sk_query *q, const char *value, struct sk_fault *fault)
{
	const char *one;
	int rc = 0;

	while (rc == 0 && (one = piece(arena, &value)) != NULL) {
		if (q->ncontains == SK_QUERY_TYPES)
			return wrong(fault, N_("There are too many of them."));
		rc = set_type(&q->contains[q->ncontains], one, fault);
		q->ncontains += rc == 0;
	}
	return sk_arena_failed(arena) ? SK_ENOMEM : rc;
}

static int add_object(struct sk_arena *arena, const struct sk_objects *o, void *target,
    const char *value, struct sk_fault *fault)
{
	void *to = sk_objects_next(o, target);
	char *one;
	int rc = to ? 0 : wrong(fault, N_("There are too many of them."));

	while (rc == 0 && (one = piece(arena, &value)) != NULL) {
		char *equals = strchr(one, '=');
		if (equals)
			*equals = 0;
		const struct sk_field *f = sk_field_find(o->fields, one);
		if (f == NULL || equals == NULL)
			return wrong(fault, o->form);
		rc = sk_field_set(arena, f, to, equals + 1, fault);
	}
	if (rc == 0)
		++*sk_objects_count(o, target);
	return sk_arena_failed(arena) ? SK_ENOMEM : rc;
}

int sk_field_set(struct sk_arena *arena, const struct sk_field *f, void *target, const char *value,
    struct sk_fault *fault)
{
	struct sk_recorded *r = target;
	void *to = (char *)target + f->offset;

	snprintf(fault->field, sizeof(fault->field), "%s", f->name);
	switch (f->kind) {
	case SK_FIELD_TEXT:
		return set_text(arena, to, value, fault);
	case SK_FIELD_WORD:
		return set_word(f, to, value, fault);
	case SK_FIELD_NUMBER:
		return set_number(to, value, fault);
	case SK_FIELD_SIZE:
		return set_units(sizes, to, value, fault);
	case SK_FIELD_DURATION:
		return set_units(durations, to, value, fault);
	case SK_FIELD_TIME:
		return set_time(to, value, fault);
	case SK_FIELD_TYPE:
		return set_type(to, value, fault);
	case SK_FIELD_TYPES:
		return add_types(arena, &r->request, value, fault);
	case SK_FIELD_NET:
	case SK_FIELD_MAC:
		return set_address(r, f, value, fault);
	default:
		return add_object(arena, f->objects, target, value, fault);
	}
}

int sk_recorded_set(struct sk_arena *arena, struct sk_recorded *r, const char *field,
    const char *value, struct sk_fault *fault)
{
	const struct sk_field *f = sk_field_find(sk_recorded_fields, field);

	sk_utf8_display(fault->field, sizeof(fault->field), sk_slice_str(field));
	if (f == NULL)
		return wrong(fault,
		    N_("A request has no such field; the manual page sekisho-policy(5) lists them."));
	int rc = sk_field_set(arena, f, r, value, fault);
	if (rc == 0)
		sk_recorded_settle(r);
	return rc;
}

/* --- to text --- */

static bool put(char *text, size_t size, const char *value)
{
	snprintf(text, size, "%s", value);
	return true;
}

static bool put_number(char *text, size_t size, int64_t n)
{
	snprintf(text, size, "%lld", (long long)n);
	return n >= 0;
}

static bool put_time(char *text, size_t size, int64_t t)
{
	char iso[SK_TIME_TEXT] = "";

	if (t >= 0 && t <= SK_TIME_MOST)
		sk_time_iso(t, iso);
	put(text, size, iso);
	return iso[0] != 0;
}

static bool put_address(
    const struct sk_recorded *r, const struct sk_field *f, char *text, size_t size)
{
	const uint8_t *m = r->request.mac.b;
	bool source = f->offset == AT(source);
	char net[50];

	if (f->kind == SK_FIELD_MAC) {
		snprintf(text, size, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4],
		    m[5]);
		return r->request.has_mac;
	}
	sk_net_text(source ? &r->request.source : &r->request.destination, net);
	put(text, size, net);
	return source ? r->request.has_source : r->request.has_destination;
}

bool sk_field_text(const struct sk_field *f, const void *target, char *text, size_t size)
{
	const void *at = (const char *)target + f->offset;
	const char *const *string = at;
	const int *word = at;

	switch (f->kind) {
	case SK_FIELD_TEXT:
		return *string && put(text, size, *string);
	case SK_FIELD_WORD:
		return *word != f->none && *word >= 0 && put(text, size, f->words[*word]);
	case SK_FIELD_TYPE:
		return *word != SK_FT_UNKNOWN &&
		       put(text, size, sk_filetype_name(*(const enum sk_filetype *)at));
	case SK_FIELD_NUMBER:
	case SK_FIELD_SIZE:
	case SK_FIELD_DURATION:
		return put_number(text, size, *(const int64_t *)at);
	case SK_FIELD_TIME:
		return put_time(text, size, *(const int64_t *)at);
	case SK_FIELD_NET:
	case SK_FIELD_MAC:
		return put_address(target, f, text, size);
	default:
		return false;
	}
}

/* --- assuming --- */

static void assume_known(enum sk_known *k, enum sk_known value)
{
	if (*k == SK_NOT_KNOWN)
		*k = value;
}

static void assume_number(int64_t *n, int64_t value)
{
	if (*n < 0)
		*n = value;
}

static void assume_results(struct sk_query *q)
{
	for (unsigned i = 0; i < SK_STEP_NOTICE; i++) {
		assume_known(&q->cleaned[i], SK_YES);
		assume_known(&q->attached_cleaned[i], SK_YES);
	}
	for (unsigned i = 0; i < SK_LEAKS; i++)
		assume_number(&q->leaks[i], 0);
	assume_known(&q->verified, SK_YES);
	assume_number(&q->attached, 0);
	assume_number(&q->unreadable, 0);
	if (q->scan == SK_SCAN_UNKNOWN)
		q->scan = SK_SCAN_CLEAN;
	assume_number(&q->signatures, 0);
	assume_known(&q->space, SK_YES);
}

void sk_recorded_assume(struct sk_recorded *r, int64_t now)
{
	struct sk_query *q = &r->request;

	if (q->found == SK_FT_UNKNOWN)
		q->found = q->claimed;
	assume_number(&q->size, 1);
	assume_number(&q->depth, 1);
	assume_number(&q->members, 1);
	assume_number(&q->pages, 1);
	assume_known(&q->encrypted, SK_NO);
	assume_number(&q->received, now);
	if (q->login < 0)
		q->login = SK_LOGIN_PASSKEY;
	assume_results(q);
}
