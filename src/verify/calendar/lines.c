/* Lines of calendars and contacts: folding, names, parameters (doc/profiles/calendar.md, section 1). Verifier's jail. */
#include "verify/calendar/calendar.h"

#include "verify/text/chars.h"

#define MAX_OCTETS 75

bool sk_vc_is(struct sk_slice s, const char *word)
{
	return s.n == strlen(word) && memcmp(s.p, word, s.n) == 0;
}

/* The bytes of one physical line; *pos moves behind its CR LF. */
static int physical(struct sk_check *c, struct sk_slice in, uint64_t *pos, struct sk_slice *out)
{
	const uint8_t *from = in.p + *pos, *cr = memchr(from, '\r', (size_t)(in.n - *pos));

	if (cr == NULL || cr + 1 == in.p + in.n || cr[1] != '\n')
		return sk_fail(c, *pos, "a line does not end with CR LF");
	*out = sk_slice(from, (size_t)(cr - from));
	if (out->n > MAX_OCTETS)
		return sk_fail(c, *pos, "a line is longer than %d octets", MAX_OCTETS);
	if (out->n == 0)
		return sk_fail(c, *pos, "an empty line");
	*pos += out->n + 2;
	return 0;
}

static bool inside_character(struct sk_slice in, uint64_t pos)
{
	return pos + 1 < in.n && (in.p[pos + 1] & 0xc0) == 0x80;
}

static int unfold(
    struct sk_check *c, struct sk_slice in, uint64_t *pos, uint8_t *room, struct sk_slice *line)
{
	struct sk_slice part;
	size_t n = 0;
	int rc = physical(c, in, pos, &part);

	if (rc)
		return rc;
	if (part.p[0] == ' ' || part.p[0] == '\t')
		return sk_fail(c, *pos, "a continuation of nothing");
	memcpy(room, part.p, part.n);
	n = part.n;
	while (*pos < in.n && in.p[*pos] == ' ') {
		if (inside_character(in, *pos))
			return sk_fail(c, *pos, "folded inside a character");
		if ((rc = physical(c, in, pos, &part)))
			return rc;
		memcpy(room + n, part.p + 1, part.n - 1);
		n += part.n - 1;
	}
	*line = sk_slice(room, n);
	return 0;
}

static bool is_name(struct sk_slice s)
{
	if (s.n == 0 || s.n > 40)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
			s.p[i] == '-'))
			return false;
	return true;
}

/* Up to the first of ; : = outside quotes. */
static struct sk_slice piece(struct sk_slice line, size_t *at, const char *stops)
{
	size_t from = *at;
	bool quoted = false;

	for (; *at < line.n; (*at)++) {
		uint8_t b = line.p[*at];
		if (b == '"')
			quoted = !quoted;
		else if (!quoted && strchr(stops, b) && b)
			break;
	}
	return sk_slice(line.p + from, *at - from);
}

static int param(struct sk_check *c, struct sk_slice line, size_t *at, struct sk_vc_line *l)
{
	struct sk_slice name = piece(line, at, ";:=");

	if (*at == line.n || line.p[*at] != '=' || !is_name(name))
		return sk_fail(c, l->at, "a parameter without name or value");
	++*at;
	struct sk_slice value = piece(line, at, ";:");
	for (unsigned i = 0; i < l->nparams; i++)
		if (sk_slice_eq(l->params[i].name, name))
			return sk_fail(c, l->at, "a parameter stands twice");
	if (sk_vc_is(name, "VALUE")) {
		if (l->kind.n || value.n == 0)
			return sk_fail(c, l->at, "VALUE twice or empty");
		l->kind = value;
		return 0;
	}
	if (l->nparams == SK_VC_PARAMS)
		return sk_fail(c, l->at, "too many parameters");
	l->params[l->nparams].name = name;
	l->params[l->nparams++].value = value;
	return 0;
}

int sk_vc_next(
    struct sk_check *c, struct sk_slice in, uint64_t *pos, uint8_t *room, struct sk_vc_line *l)
{
	struct sk_slice line;
	size_t at = 0;

	*l = (struct sk_vc_line){.at = *pos};
	int rc = unfold(c, in, pos, room, &line);
	if (rc == 0)
		rc = sk_vt_check(c, line, l->at, SK_VT_CTL('\t'));
	if (rc)
		return rc;
	l->name = piece(line, &at, ";:.");
	if (at < line.n && line.p[at] == '.') {
		l->group = l->name;
		at++;
		l->name = piece(line, &at, ";:");
		if (!sk_vc_word(l->group))
			return sk_fail(c, l->at, "a group that is no word");
	}
	if (!is_name(l->name))
		return sk_fail(c, l->at, "a line without a name");
	while (rc == 0 && at < line.n && line.p[at] == ';') {
		at++;
		rc = param(c, line, &at, l);
	}
	if (rc == 0 && at == line.n)
		return sk_fail(c, l->at, "a line without a value");
	l->value = sk_slice(line.p + at + 1, rc ? 0 : line.n - at - 1);
	return rc;
}
