/* Requests made up by chance, near to those of test-asked.h. Include it behind cmocka.h. Tests alone. */
#ifndef SK_POLICY_TEST_RANDOM_H
#define SK_POLICY_TEST_RANDOM_H

#include "policy/test-asked.h"

static inline const char *one_of(const char *const *names, size_t n)
{
	return names[chance((unsigned)n)];
}

#define ONE_OF(...) \
	one_of((const char *const[]){__VA_ARGS__}, \
	    sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* What may be written over the `i`th of a field's values, or over a part of the request. */
static inline void put_zone(void *field, unsigned i)
{
	*(const char **)field = ONE_OF(NULL, "internet", "lgwan", "mynumber", "mars");
}

static inline void put_route(void *field, unsigned i)
{
	*(const char **)field = ONE_OF(NULL, "file-in", "file-out", "plain", "up", "eltax", "x");
}

static inline void put_person(void *field, unsigned i)
{
	*(const char **)field =
	    ONE_OF(NULL, "cho", "ichi", "ni", "fuku", "moto", "nokori", "utsuri", "x");
}

static inline void put_host(void *field, unsigned i)
{
	*(const char **)field = ONE_OF(NULL, "eltax.example", "x.example");
}

static inline void put_level(void *field, unsigned i)
{
	((const char **)field)[i] = ONE_OF(NULL, "3A", "3C", "2", "1", "x");
}

static inline void put_login(void *field, unsigned i)
{
	*(int *)field = (int)chance(SK_LOGINS + 2) - 1;
}

static inline void put_ask(void *field, unsigned i)
{
	*(int *)field = (int)chance(SK_ASKS + 2) - 1;
}

static inline void put_scan(void *field, unsigned i)
{
	*(enum sk_scan *)field = (enum sk_scan)chance(SK_SCANS);
}

static inline void put_flag(void *field, unsigned i)
{
	*(bool *)field = chance(2);
}

static inline void put_known(void *field, unsigned i)
{
	((enum sk_known *)field)[i] = (enum sk_known)chance(3);
}

static inline void put_number(void *field, unsigned i)
{
	static const int64_t numbers[] = {-1, 0, 1, 2, 3, 5, 600, 2001, 104857601, INT64_MAX};

	((int64_t *)field)[i] = numbers[chance(10)];
}

static inline void put_port(void *field, unsigned i)
{
	*(int64_t *)field = ((const int64_t[]){-1, 443, 53, 8443, 70000})[chance(5)];
}

static inline void put_moment(void *field, unsigned i)
{
	static const int64_t moments[] = {-1, 0, NOW - 40 * DAY, NOW - 8 * DAY, NOW - 2 * DAY,
	    NOW - 5 * HOUR, NOW - HOUR, NOW, NOW + HOUR, INT64_MAX, INT64_MIN};

	*(int64_t *)field = moments[chance(11)];
}

static inline void put_type(void *field, unsigned i)
{
	static const enum sk_filetype types[] = {
	    SK_FT_UNKNOWN, SK_FT_DOCX, SK_FT_ZIP, SK_FT_XLSM, SK_FT_PDF};

	((enum sk_filetype *)field)[i] = types[chance(5)];
}

static inline void put_contained(void *request, unsigned i)
{
	struct sk_query *q = request;

	put_type(q->contains, (unsigned)(q->ncontains++ % SK_QUERY_TYPES));
}

static inline void put_address(void *field, unsigned i)
{
	static const uint8_t addresses[][4] = {{10, 2, 0, 5}, {10, 1, 20, 5}, {192, 0, 2, 10}, {0}};

	memcpy(field, addresses[chance(4)], 4);
}

static inline void put_vote(void *request, unsigned i)
{
	struct sk_query *q = request;

	if (q->nvotes == SK_QUERY_VOTES)
		return;
	struct sk_vote *v = &q->votes[q->nvotes++];
	v->member = ONE_OF("cho", "ichi", "fuku", "ni", "moto", "utsuri", "x", NULL);
	v->hold = (int)chance(SK_HOLDS + 1) - 1;
	put_known(&v->allow, 0);
	put_known(&v->passkey, 0);
	put_moment(&v->at, 0);
}

static inline void put_away(void *request, unsigned i)
{
	struct sk_query *q = request;

	if (q->naway == SK_QUERY_AWAY)
		return;
	struct sk_away *a = &q->away[q->naway++];
	a->member = ONE_OF("cho", "fuku", "ichi", "x", NULL);
	put_moment(&a->from, 0);
	put_moment(&a->until, 0);
}

struct change_of_request {
	size_t at;
	unsigned n; /* values in a row */
	void (*put)(void *field, unsigned i);
};
#define FIELD(field, put) \
	{ \
		offsetof(struct sk_query, field), 1, put \
	}
#define ROW(field, n, put) \
	{ \
		offsetof(struct sk_query, field), n, put \
	}
#define REQUEST(put) \
	{ \
		0, 1, put \
	}
#define GROUP 11

/* A group is as likely as any other, and so are its rows. */
static const struct change_of_request request_changes[][GROUP] = {
    {FIELD(from, put_zone), FIELD(to, put_zone), FIELD(route, put_route), FIELD(origin, put_zone),
	FIELD(requester, put_person), FIELD(login, put_login), FIELD(ask, put_ask),
	FIELD(original, put_known)},
    {FIELD(found, put_type), FIELD(claimed, put_type), REQUEST(put_contained),
	ROW(classes, SK_DIMENSIONS, put_level), ROW(size, 4, put_number),
	FIELD(encrypted, put_known), FIELD(opened, put_known), FIELD(received, put_moment),
	FIELD(released, put_moment), FIELD(downloads, put_number)},
    {ROW(cleaned, SK_STEP_NOTICE, put_known), ROW(attached_cleaned, SK_STEP_NOTICE, put_known),
	FIELD(attached, put_number), FIELD(verified, put_known), ROW(leaks, SK_LEAKS, put_number),
	FIELD(unreadable, put_number), FIELD(ocr, put_known), FIELD(scan, put_scan),
	FIELD(signatures, put_number), FIELD(space, put_known)},
    {FIELD(source.addr, put_address), FIELD(has_source, put_flag), FIELD(has_mac, put_flag),
	FIELD(port, put_port), FIELD(udp, put_known), FIELD(host, put_host)},
    {REQUEST(put_vote), REQUEST(put_away)}};
#define GROUPS (sizeof(request_changes) / sizeof(request_changes[0]))
_Static_assert(
    offsetof(struct sk_query, pages) == offsetof(struct sk_query, size) + 3 * sizeof(int64_t),
    "size, depth, members and pages stand in a row");

static inline void change_request(struct sk_query *q)
{
	const struct change_of_request *rows = request_changes[chance(GROUPS)];
	unsigned n = 0;

	while (rows[n].put)
		n++;
	const struct change_of_request *r = &rows[chance(n)];
	r->put((char *)q + r->at, r->n > 1 ? chance(r->n) : 0);
}

static inline struct sk_query any_screen(void)
{
	struct sk_query q = screen();

	q.clipboard = (enum sk_clip)chance(SK_CLIPS);
	return q;
}

static inline struct sk_query plain(void)
{
	struct sk_query q = file_in();

	q.route = "plain";
	q.requester = ONE_OF("fuku", "cho", "ichi");
	q.cleaned[SK_STEP_FLATTEN] = SK_YES;
	return q;
}

static inline struct sk_query start(void)
{
	static struct sk_query (*const starts[])(void) = {
	    file_in, file_out, mail_in, original, any_screen, plain, upwards, inner, released};
	unsigned n = chance(10);

	return n < 9 ? starts[n]() : flow("mynumber", "eltax.example");
}

/* Near to what passes, so that every part of an answer is met, not only the first. */
static inline struct sk_query random_request(void)
{
	struct sk_query q = start();

	q.source.family = q.destination.family = 4;
	q.source.prefix = q.destination.prefix = 32;
	for (unsigned n = chance(5); n > 0; n--)
		change_request(&q);
	if (q.ncontains > SK_QUERY_TYPES)
		q.ncontains = SK_QUERY_TYPES;
	return q;
}

#endif
