/*
 * The namespaces that a piece of output uses, read from its tags. The piece is in our own form
 * (doc/profiles/ooxml.md, section 4), so that every '<' begins a tag and every value stands in '"'. Cleaner's jail.
 */
#include "format/ooxml/flt.h"

static uint64_t bit_of(const uint8_t *prefix, size_t n)
{
	for (uint8_t i = 1; i < NS_COUNT; i++) {
		const char *p = ox_ns_row(i)->prefix;
		if (strlen(p) == n && memcmp(p, prefix, n) == 0)
			return UINT64_C(1) << i;
	}
	return 0;
}

static size_t name_end(struct sk_slice s, size_t i)
{
	while (i < s.n && memchr(" =/>", s.p[i], 4) == NULL)
		i++;
	return i;
}

/* The namespace of the name in [from, end); without a prefix, that of elements is the default one. */
static uint64_t of_name(struct sk_slice s, size_t from, size_t end, bool attribute)
{
	const uint8_t *colon = memchr(s.p + from, ':', end - from);

	if (colon == NULL && attribute)
		return 0;
	return bit_of(s.p + from, colon ? (size_t)(colon - s.p) - from : 0);
}

/* The prefixes in the value of Requires. */
static uint64_t required(struct sk_slice value)
{
	uint64_t used = 0;

	for (size_t from = 0; from < value.n;) {
		const uint8_t *space = memchr(value.p + from, ' ', value.n - from);
		size_t end = space ? (size_t)(space - value.p) : value.n;
		used |= bit_of(value.p + from, end - from);
		from = end + 1;
	}
	return used;
}

/* The attributes from i, where a space or the end of the tag stands. */
static uint64_t of_attributes(struct sk_slice s, size_t i, bool choice)
{
	uint64_t used = 0;

	while (i < s.n && s.p[i] == ' ') {
		size_t end = name_end(s, i + 1), value = end + 2;
		const uint8_t *quote = value < s.n ? memchr(s.p + value, '"', s.n - value) : NULL;
		if (quote == NULL)
			break;
		used |= of_name(s, i + 1, end, true);
		if (choice)
			used |= required(sk_slice(s.p + value, (size_t)(quote - s.p) - value));
		i = (size_t)(quote - s.p) + 1;
	}
	return used;
}

uint64_t ox_spaces_in(struct sk_slice s)
{
	uint64_t used = 0;

	for (const uint8_t *p = s.p; s.n && (p = memchr(p, '<', s.n - (size_t)(p - s.p))) != NULL;
	     p++) {
		size_t from = (size_t)(p - s.p) + 1, end = name_end(s, from);
		if (end == from)
			continue; /* an end tag */
		bool choice = sk_slice_is(sk_slice_sub(s, from, end - from), "mc:Choice");
		used |= of_name(s, from, end, false) | of_attributes(s, end, choice);
	}
	return used;
}
