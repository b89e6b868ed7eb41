/*
 * A city's policy for the tests of decisions, in pieces that can be changed, left out and mixed. Include it behind
 * cmocka.h. Tests alone.
 */
#ifndef SK_POLICY_TEST_CITY_H
#define SK_POLICY_TEST_CITY_H

#include "policy/test-read.h"
#include "policy/when.h"

/* 2026-06-15 09:00 in Japan */
#define NOW INT64_C(1781481600)

/* One statement a line, one property a line of a block, so that a generator can move and add them. */
static const char *const places[] = {
    "city \"例示市\" { code \"000000\"; timezone \"Asia/Tokyo\"; adopted 2005-04-01 }",
    "classes confidentiality {" N "\"3A\" > \"3B\" > \"3C\" > \"2\" > \"1\"" N "}",
    "classes integrity {" N "\"2\" > \"1\"" N "}",
    "zone mynumber { name \"個人番号\"; networks 10.1.0.0/16 }",
    "zone lgwan { name \"LGWAN\"; networks 10.2.0.0/16; holds confidentiality <= \"3B\" }",
    "zone internet { name \"ネット\"; networks 10.3.0.0/16; holds confidentiality <= \"2\" }",
    "protect mynumber > lgwan > internet", "clause \"6.3\" \"強靭性\"",
    "control c for clause \"6.3\" { check net.no-path every 1 day }",
    "role boss { name \"課長\"; may approve, release-original }", "role staff { name \"職員\" }",
    "role ciso { name \"CISO\"; may approve, release-original }", "department city \"市\"",
    "department shimin \"市民課\" in city",
    "department old { name \"旧課\"; in city; until 2026-03-31 }",
    "member fuku { name \"副市長\"; department city; role ciso; deputy cho }",
    "member cho { name \"課長\"; department shimin; role boss; deputy ichi }",
    "member ichi { name \"職員1\"; department shimin; role staff }",
    "member ni { name \"職員2\"; department shimin; role staff }",
    "member utsuri { name \"異動\"; department shimin; role staff; until 2026-06-14 }",
    "member utsuri { name \"異動\"; department city; role boss; from 2026-06-15 }",
    "member moto { name \"元職員\"; department shimin; role staff; until 2026-05-31 }",
    "member nokori { name \"残り\"; department old; role staff }"};
#define PLACES (sizeof(places) / sizeof(places[0]))

struct way {
	const char *head;
	const char *words[14];
};

static const struct way ways[] = {
    {"route file-in from internet to lgwan",
	{"carry file", "clean rebuild else flatten else refuse", "encrypted hold for 7 days",
	    "limit size 100M, depth 4, members 2000", "scan virus required",
	    "keep original 30 days", "expire 14 days", "clause \"6.3\""}},
    {"route file-out from lgwan to internet",
	{"carry file", "clean rebuild", "require class confidentiality <= \"2\"", "refuse mynumber",
	    "hold corporate-number", "approve by superior, deputy after 4 hours",
	    "expire 7 days, downloads 3", "clause \"6.3\""}},
    {"route mail-in from internet to lgwan",
	{"carry mail", "clean text", "attachments rebuild else notice", "clause \"6.3\""}},
    {"route plain from internet to lgwan",
	{"carry file", "clean flatten", "for department city", "clause \"6.3\""}},
    {"route browse from lgwan to internet",
	{"carry screen", "clipboard in", "files file-in", "clause \"6.3\""}},
    {"route up from lgwan to mynumber",
	{"carry file", "clean rebuild", "tcp 8443", "source 10.2.0.5 mac 02:00:00:00:00:05",
	    "until 2027-03-31", "approved by \"CISO\" on 2026-04-01",
	    "approve by superior, deputy after 4 hours", "origin internet", "clause \"6.3\""}},
    {"flow eltax from mynumber to host \"eltax.example\" [192.0.2.10]",
	{"tcp 443", "source 10.1.20.5 mac 02:00:00:00:00:05", "until 2027-03-31",
	    "approved by \"CISO\" on 2026-04-01", "clause \"6.3\""}},
    {"flow inner from lgwan to mynumber [10.1.0.9]",
	{"udp 53", "source 10.2.0.5 mac 02:00:00:00:00:05", "from 2026-06-01", "until 2026-06-15",
	    "approved by \"CISO\" on 2026-04-01", "clause \"6.3\""}},
    {"flow inner2 from lgwan to mynumber [10.1.0.9]",
	{"tcp 53", "source 10.2.0.6 mac 02:00:00:00:00:06", "until 2027-03-31",
	    "approved by \"CISO\" on 2026-04-01", "clause \"6.3\""}},
};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

static uint64_t seed;

/* xorshift64*, the same on every machine. */
static inline unsigned chance(unsigned n)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (unsigned)(seed * UINT64_C(2685821657736338717) >> 33) % n;
}

static inline void shuffle(size_t *v, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t k = chance((unsigned)i), t = v[i - 1];
		v[i - 1] = v[k];
		v[k] = t;
	}
}

static inline void order(size_t *v, size_t n, bool mixed)
{
	for (size_t i = 0; i < n; i++)
		v[i] = i;
	if (mixed)
		shuffle(v, n);
}

/* What is done to the policy before it is read. */
struct change {
	const char *without; /* leave out the route of that name */
	size_t way;          /* put `words` into this block; WAYS: none */
	const char *word;
	const char *drop;      /* leave out its property that begins with this word */
	const char *statement; /* at the end, or NULL */
	bool mixed;
};

static const struct change none = {.way = WAYS};

static inline bool same_word(const char *a, const char *b)
{
	size_t n = strcspn(a, " ");

	return n == strcspn(b, " ") && strncmp(a, b, n) == 0;
}

static inline void put_way(struct sk_buf *out, size_t way, const struct change *c)
{
	const struct way *w = &ways[way];
	size_t at[14], n = 0;

	while (n < 14 && w->words[n])
		n++;
	order(at, n, c->mixed);
	sk_buf_printf(out, "%s {" N, w->head);
	for (size_t i = 0; i < n; i++)
		if (way != c->way || c->drop == NULL || !same_word(c->drop, w->words[at[i]]))
			sk_buf_printf(out, "%s" N, w->words[at[i]]);
	if (way == c->way && c->word)
		sk_buf_printf(out, "%s" N, c->word);
	sk_buf_puts(out, "}" N);
}

static inline bool is_without(const char *head, const char *name)
{
	return name && same_word(strchr(head, ' ') + 1, name);
}

static inline void put_policy(struct sk_buf *out, const struct change *c)
{
	size_t at[PLACES + WAYS];

	order(at, PLACES + WAYS, c->mixed);
	sk_buf_puts(out, "sekisho policy 1" N);
	for (size_t i = 0; i < PLACES + WAYS; i++) {
		if (at[i] < PLACES)
			sk_buf_printf(out, "%s" N, places[at[i]]);
		else if (!is_without(ways[at[i] - PLACES].head, c->without))
			put_way(out, at[i] - PLACES, c);
	}
	if (c->statement)
		sk_buf_printf(out, "%s" N, c->statement);
}

static inline struct sk_slice changed(const struct change *c)
{
	struct sk_buf text = SK_BUF(1 << 20);

	/* All that was read before is forgotten. */
	teardown(NULL);
	assert_int_equal(setup(NULL), 0);
	put_policy(&text, c);
	return keep(&text);
}

/* Whether it can be used. */
static inline bool load(const struct change *c)
{
	return load_on(changed(c), sk_day_of(NOW)) == 0;
}

static inline void must_load(const struct change *c)
{
	must_load_on(changed(c), sk_day_of(NOW));
}

#endif
