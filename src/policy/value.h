/*
 * The values of the language, read from the tokens of one entry. The first that does not fit is told of and the cursor
 * is bad from then on; every later call fails silently. Any process that reads a policy.
 */
#ifndef SK_POLICY_VALUE_H
#define SK_POLICY_VALUE_H

#include "policy/policy.h"

struct sk_loading; /* load.h */

struct sk_cursor {
	struct sk_loading *l;
	const struct sk_entry *e;
	size_t at;
	bool bad;
};

/* Behind the first word of an entry. */
struct sk_cursor sk_cursor(struct sk_loading *l, const struct sk_entry *e);

bool sk_at_end(const struct sk_cursor *c);
/* Tell of a surplus token, of a block, and return whether all was well. */
bool sk_end(struct sk_cursor *c);
/* Tell what is wrong with the token before the cursor. */
void sk_wrong(struct sk_cursor *c, enum sk_diag_code code, const char *a, const char *b);

/* If the next token is this word or sign, go past it. */
bool sk_try(struct sk_cursor *c, const char *word);
/* It must be. */
void sk_expect(struct sk_cursor *c, const char *word);
/* Any word or string; what: what is expected, for the message. NULL when bad. */
const struct sk_token *sk_take(struct sk_cursor *c, const char *what);
const char *sk_take_string(struct sk_cursor *c);
/* One of a list of words; its number, or -1 when bad. */
int sk_take_word(struct sk_cursor *c, const char *const *words);

unsigned sk_take_count(struct sk_cursor *c, const char *what, uint64_t most);
uint64_t sk_take_size(struct sk_cursor *c, uint64_t most);
int64_t sk_take_duration(struct sk_cursor *c);
int32_t sk_take_date(struct sk_cursor *c);
void sk_take_nets(struct sk_cursor *c, struct sk_nets *nets, bool addresses);
void sk_take_mac(struct sk_cursor *c, struct sk_mac *mac);
uint16_t sk_take_port(struct sk_cursor *c);
/* Names, or strings that are names, with commas between them; they are looked up when all is read. */
void sk_take_ref(struct sk_cursor *c, enum sk_kind kind, struct sk_ref *ref);
void sk_take_refs(struct sk_cursor *c, enum sk_kind kind, struct sk_refs *refs);
/* A class of a dimension; its level is known when all is read. */
void sk_take_class(struct sk_cursor *c, enum sk_dimension d, struct sk_ceiling *ceiling);

/* A whole text as an address, or as a network when there is a length behind it; as a hardware address. */
bool sk_net_parse(const char *text, struct sk_net *n);
bool sk_mac_parse(const char *text, struct sk_mac *mac);
/* A network as text, at most 50 bytes with its NUL. */
void sk_net_text(const struct sk_net *n, char text[50]);
bool sk_net_overlap(const struct sk_net *a, const struct sk_net *b);

#endif
