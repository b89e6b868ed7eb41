/* The checker of calendars and contacts (doc/profiles/calendar.md). Verifier's jail. */
#ifndef SK_VERIFY_CALENDAR_CALENDAR_H
#define SK_VERIFY_CALENDAR_CALENDAR_H

#include "verify/verify.h"

#define SK_VC_PARAMS 32

/* One unfolded line, taken apart. */
struct sk_vc_line {
	uint64_t at; /* of its first byte in the file */
	struct sk_slice group, name, value;
	struct {
		struct sk_slice name, value;
	} params[SK_VC_PARAMS];
	unsigned nparams;
	struct sk_slice kind; /* of the parameter VALUE, empty when it is not there */
};

/* The next line of the file from *pos on; unfolded into `room`, which holds as many bytes as the file. */
int sk_vc_next(
    struct sk_check *c, struct sk_slice in, uint64_t *pos, uint8_t *room, struct sk_vc_line *l);

bool sk_vc_is(struct sk_slice s, const char *word);

/* --- grammars of values; each takes all of `s` --- */
bool sk_vc_word(struct sk_slice s);
bool sk_vc_date(struct sk_slice s);
bool sk_vc_moment(struct sk_slice s);
bool sk_vc_duration(struct sk_slice s);
bool sk_vc_period(struct sk_slice s);
bool sk_vc_offset(struct sk_slice s);
bool sk_vc_number(struct sk_slice s);
bool sk_vc_geo(struct sk_slice s);
bool sk_vc_written_date(struct sk_slice s);
bool sk_vc_uri(struct sk_slice s);
bool sk_vc_address(struct sk_slice s);
bool sk_vc_recur(struct sk_slice s, bool zone);
/* All elements between commas. */
bool sk_vc_each(struct sk_slice s, bool (*one)(struct sk_slice s));
/* Escapes are whole, the separators of `bare` alone stand unescaped, and no text holds a link that is not allowed. */
bool sk_vc_text(struct sk_slice s, const char *bare);
/* The same for a parameter's value, where nothing is escaped. */
bool sk_vc_no_link(struct sk_slice s);

/* The property of a line in a component (its letter: C calendar, I item, A alarm, Z zone, R its rules, V card). */
int sk_vc_property(struct sk_check *c, char where, unsigned version, const struct sk_vc_line *l);

#endif
