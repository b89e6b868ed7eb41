/*
 * Style sheets in the cleaner's one form, by recursive descent over bytes (doc/profiles/html.md, section 5). There are no
 * comments, no escapes but the four of strings, and no white space but what the grammar names. Verifier's jail.
 */
#include "verify/css/css.h"

#include "verify/css/words.h"
#include "verify/text/chars.h"

#define BRACKETS 15
#define MEDIA_DEPTH 3

struct sheet {
	struct sk_check *c;
	struct sk_slice s;
	size_t at;
	uint64_t base;
	sk_vcss_picture *picture;
	void *ctx;
};

static int fault(struct sheet *v, const char *what)
{
	return sk_fail(v->c, v->base + v->at, "style sheet: %s", what);
}

static int look(const struct sheet *v)
{
	return v->at < v->s.n ? v->s.p[v->at] : -1;
}

static bool take(struct sheet *v, const char *what)
{
	size_t n = strlen(what);

	if (v->s.n - v->at < n || memcmp(v->s.p + v->at, what, n) != 0)
		return false;
	v->at += n;
	return true;
}

static bool digit(int b)
{
	return b >= '0' && b <= '9';
}

static bool letter(int b)
{
	return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
}

/* A name, maybe beyond ASCII; empty where none begins. */
static struct sk_slice name(struct sheet *v)
{
	size_t from = v->at, at = v->at + (look(v) == '-');
	int b = at < v->s.n ? v->s.p[at] : -1;

	if (!letter(b) && b != '_' && b < 0x80)
		return sk_slice_sub(v->s, from, 0);
	while (at < v->s.n && (letter(v->s.p[at]) || digit(v->s.p[at]) || v->s.p[at] == '-' ||
				  v->s.p[at] == '_' || v->s.p[at] >= 0x80))
		at++;
	v->at = at;
	return sk_slice_sub(v->s, from, at - from);
}

static struct sk_slice small_name(struct sheet *v)
{
	size_t from = v->at;

	while (v->at < v->s.n &&
	       ((look(v) >= 'a' && look(v) <= 'z') || digit(look(v)) || look(v) == '-'))
		v->at++;
	return sk_slice_sub(v->s, from, v->at - from);
}

static int checked_name(struct sheet *v)
{
	size_t from = v->at;
	struct sk_slice s = name(v);

	if (s.n == 0 || s.n > 128)
		return fault(v, "name");
	return sk_vt_check(v->c, s, v->base + from, 0);
}

/* In apostrophes; \27, \5c, \3c and \a with a space are all that begins with a backslash. */
static int string(struct sheet *v)
{
	size_t from = v->at + 1;

	if (!take(v, "'"))
		return fault(v, "string");
	while (look(v) >= 0 && look(v) != '\'') {
		if (take(v, "\\27 ") || take(v, "\\5c ") || take(v, "\\3c ") || take(v, "\\a "))
			continue;
		if (look(v) == '\\' || look(v) == '<' || look(v) == '\n')
			return fault(v, "character in a string");
		v->at++;
	}
	if (!take(v, "'"))
		return fault(v, "string without end");
	return sk_vt_check(
	    v->c, sk_slice_sub(v->s, from, v->at - 1 - from), v->base + from, SK_VT_CTL('\t'));
}

/* A number, not longer than 16 bytes, with a unit of the list or none. */
static int measure(struct sheet *v)
{
	size_t from = v->at, whole;

	v->at += look(v) == '-';
	whole = v->at;
	while (digit(look(v)))
		v->at++;
	whole = v->at - whole;
	if (look(v) == '.') {
		size_t dot = v->at++;
		while (digit(look(v)))
			v->at++;
		if (v->at == dot + 1)
			return fault(v, "number");
	} else if (whole == 0) {
		return fault(v, "number");
	}
	if (v->at - from > 16)
		return fault(v, "number");
	size_t unit = v->at;
	while (letter(look(v)) || look(v) == '%')
		v->at++;
	struct sk_slice u = sk_slice_sub(v->s, unit, v->at - unit);
	return u.n == 0 || sk_vcss_unit(u) ? 0 : fault(v, "unit");
}

static int colour(struct sheet *v)
{
	size_t from = ++v->at;

	while (digit(look(v)) || (look(v) >= 'a' && look(v) <= 'f'))
		v->at++;
	size_t n = v->at - from;
	return n == 3 || n == 4 || n == 6 || n == 8 ? 0 : fault(v, "colour");
}

static int url(struct sheet *v)
{
	size_t from = v->at;
	const uint8_t *end = memchr(v->s.p + from, ')', v->s.n - from);

	if (end == NULL || v->picture == NULL)
		return fault(v, "url()");
	struct sk_slice place = sk_slice_sub(v->s, from, (size_t)(end - v->s.p) - from);
	v->at = from + place.n + 1;
	return v->picture(v->c, v->ctx, place, v->base + from);
}

static bool has(const char *kinds, char k)
{
	return strchr(kinds, k) != NULL;
}

/* What is open: the kinds that may stand there, and whether it is a calculation. */
struct level {
	const char *kinds;
	bool sum;
};

static int function(struct sheet *v, struct sk_slice s, struct level *levels, unsigned *depth)
{
	char of = 0;
	const char *inside = sk_vcss_function(s, &of);

	if (inside == NULL || !has(levels[*depth].kinds, of) || *depth == BRACKETS)
		return fault(v, "function");
	levels[++*depth] = (struct level){inside, of == 'm'};
	return 0;
}

static int word(struct sheet *v, struct level *levels, unsigned *depth)
{
	const char *kinds = levels[*depth].kinds;
	size_t from = v->at;
	struct sk_slice s = name(v);

	if (s.n && take(v, "("))
		return sk_slice_is(s, "url") && has(kinds, 'u') ? url(v)
								: function(v, s, levels, depth);
	if (has(kinds, 'k') && sk_vcss_word(s))
		return 0;
	if (!has(kinds, 'i') || s.n == 0 || s.n > 128)
		return fault(v, "word");
	if (*depth && strcmp(kinds, "i") == 0 && (v->s.p[from - 1] != '(' || look(v) != ')'))
		return fault(v, "attr() of more than a name");
	return sk_vt_check(v->c, s, v->base + from, 0);
}

static int item(struct sheet *v, struct level *levels, unsigned *depth)
{
	struct level here = levels[*depth];
	int b = look(v), next = v->at + 1 < v->s.n ? v->s.p[v->at + 1] : -1;

	if (digit(b) || ((b == '-' || b == '.') && (digit(next) || next == '.')))
		return has(here.kinds, 'm') ? measure(v) : fault(v, "number where none may be");
	if (b == '#')
		return has(here.kinds, 'c') ? colour(v) : fault(v, "colour where none may be");
	if (b == '\'')
		return has(here.kinds, 's') ? string(v) : fault(v, "string where none may be");
	if (b == '(' && here.sum && *depth < BRACKETS) {
		v->at++;
		levels[++*depth] = here;
		return 0;
	}
	if ((b == '/' && (here.sum || has(here.kinds, 'a'))) ||
	    ((b == '+' || b == '*' || b == '-') && here.sum &&
		(next == ' ' || next == ')' || next == ','))) {
		v->at++;
		return 0;
	}
	return word(v, levels, depth);
}

static bool value_ends(const struct sheet *v)
{
	int b = look(v);

	return b < 0 || b == ';' || b == '}' || b == '!';
}

/* Items with one space or a comma between them. */
static int value(struct sheet *v, const char *kinds)
{
	struct level levels[BRACKETS + 1] = {{kinds, false}};
	unsigned depth = 0;
	size_t from = v->at;
	int rc = 0;

	while (rc == 0 && !value_ends(v)) {
		if (look(v) == ',' || look(v) == ' ') {
			v->at++;
		} else if (look(v) == ')' && depth) {
			v->at++;
			depth--;
		} else {
			rc = item(v, levels, &depth);
		}
	}
	if (rc == 0 && (v->at == from || depth))
		rc = fault(v, "value");
	if (rc == 0 && look(v) == '!' && !take(v, "!important"))
		rc = fault(v, "sign");
	return rc;
}

static int declarations(struct sheet *v)
{
	for (;;) {
		struct sk_slice n = small_name(v);
		const char *kinds = sk_vcss_property(n);
		if (kinds == NULL || !take(v, ":"))
			return fault(v, "property");
		size_t from = v->at;
		int rc = value(v, kinds);
		if (rc)
			return rc;
		struct sk_slice s = sk_slice_sub(v->s, from, v->at - from);
		if (sk_slice_is(n, "position") &&
		    sk_slice_find(s, 0, SK_SLICE_LIT("fixed")) != SIZE_MAX)
			return fault(v, "position");
		if (!take(v, ";"))
			return 0;
	}
}

/* --- rules --- */

static bool listed(struct sk_slice s, const char *list)
{
	size_t n = strlen(list);

	for (size_t at = 0; at + s.n <= n && s.n; at++)
		if (memcmp(list + at, s.p, s.n) == 0 && (at == 0 || list[at - 1] == ' ') &&
		    (list[at + s.n] == ' ' || list[at + s.n] == 0))
			return true;
	return false;
}

static struct sk_slice plain(struct sheet *v)
{
	size_t from = v->at;

	if (letter(look(v)))
		while (letter(look(v)) || digit(look(v)) || look(v) == '-')
			v->at++;
	return sk_slice_sub(v->s, from, v->at - from);
}

/* Behind the `[`. */
static int attribute(struct sheet *v)
{
	if (plain(v).n == 0)
		return fault(v, "attribute of a selector");
	if (take(v, "]"))
		return 0;
	if (look(v) > 0 && strchr("~|^$*", look(v)))
		v->at++;
	if (!take(v, "="))
		return fault(v, "attribute of a selector");
	int rc = string(v);
	return rc || take(v, "]") ? rc : fault(v, "attribute of a selector");
}

static int nth(struct sheet *v)
{
	if (take(v, "odd)") || take(v, "even)"))
		return 0;
	bool number = false;
	v->at += look(v) == '-';
	for (; digit(look(v)); number = true)
		v->at++;
	if (take(v, "n")) {
		number = true;
		if (look(v) == '+' || look(v) == '-') {
			v->at++;
			number = digit(look(v));
			while (digit(look(v)))
				v->at++;
		}
	}
	return number && take(v, ")") ? 0 : fault(v, "number of a selector");
}

static int compound(struct sheet *v, bool inside);

static int pseudo(struct sheet *v, bool inside)
{
	bool two = take(v, ":");
	struct sk_slice s = small_name(v);

	if (two)
		return !inside && listed(s, "before after first-line first-letter marker")
			   ? 0
			   : fault(v, "pseudo-element");
	if (take(v, "(")) {
		if (listed(s, "nth-child nth-last-child nth-of-type nth-last-of-type"))
			return nth(v);
		if (inside || !sk_slice_is(s, "not"))
			return fault(v, "pseudo-class");
		int rc = compound(v, true);
		return rc || take(v, ")") ? rc : fault(v, "not()");
	}
	return listed(s, "link visited hover active focus first-child last-child only-child "
			 "first-of-type last-of-type only-of-type empty root target")
		   ? 0
		   : fault(v, "pseudo-class");
}

static int compound(struct sheet *v, bool inside)
{
	bool some = take(v, "*") || plain(v).n > 0;
	int rc = 0;

	for (; rc == 0; some = true) {
		if (take(v, "#") || take(v, "."))
			rc = checked_name(v);
		else if (take(v, "["))
			rc = attribute(v);
		else if (take(v, ":"))
			rc = pseudo(v, inside);
		else
			break;
	}
	return rc || some ? rc : fault(v, "selector");
}

static int selectors(struct sheet *v)
{
	for (;;) {
		int rc = compound(v, false);
		if (rc)
			return rc;
		if (take(v, "{"))
			return 0;
		if (!take(v, ",") && !take(v, " ") && !take(v, ">") && !take(v, "+") &&
		    !take(v, "~"))
			return fault(v, "selector");
	}
}

/* Behind the `(`. */
static int feature(struct sheet *v)
{
	struct sk_slice s = small_name(v);

	if (!listed(s, "width min-width max-width height min-height max-height device-width "
		       "min-device-width max-device-width device-height min-device-height "
		       "max-device-height orientation resolution min-resolution max-resolution "
		       "color hover prefers-color-scheme"))
		return fault(v, "feature of a medium");
	if (take(v, ":")) {
		if (letter(look(v))) {
			if (!listed(small_name(v), "portrait landscape hover none light dark"))
				return fault(v, "feature of a medium");
		} else if (measure(v)) {
			return SK_EFORMAT;
		}
	}
	return take(v, ")") ? 0 : fault(v, "feature of a medium");
}

static int query(struct sheet *v)
{
	bool prefix = take(v, "not ") || take(v, "only ");
	int rc = 0;

	if (letter(look(v))) {
		if (!listed(small_name(v), "all screen print speech"))
			return fault(v, "medium");
	} else if (prefix || !take(v, "(")) {
		return fault(v, "medium");
	} else {
		rc = feature(v);
	}
	while (rc == 0 && take(v, " and "))
		rc = take(v, "(") ? feature(v) : fault(v, "medium");
	return rc;
}

static int rules(struct sheet *v, unsigned depth);

static int media(struct sheet *v, unsigned depth)
{
	int rc = depth == MEDIA_DEPTH ? fault(v, "@media nested too deeply") : query(v);

	while (rc == 0 && take(v, ","))
		rc = query(v);
	if (rc == 0 && !take(v, "{\n"))
		rc = fault(v, "@media");
	if (rc == 0)
		rc = rules(v, depth + 1);
	return rc || take(v, "}\n") ? rc : fault(v, "@media without end");
}

static int rule(struct sheet *v, unsigned depth)
{
	int rc = 0;

	if (take(v, "@media "))
		return media(v, depth);
	if (take(v, "@page{")) {
		rc = declarations(v);
	} else {
		rc = selectors(v);
		if (rc == 0)
			rc = declarations(v);
	}
	return rc || take(v, "}\n") ? rc : fault(v, "rule without end");
}

static int rules(struct sheet *v, unsigned depth)
{
	int rc = 0;

	do
		rc = rule(v, depth);
	while (rc == 0 && look(v) >= 0 && look(v) != '}');
	return rc;
}

int sk_vcss_declarations(
    struct sk_check *c, struct sk_slice s, uint64_t at, sk_vcss_picture *picture, void *ctx)
{
	struct sheet v = {.c = c, .s = s, .base = at, .picture = picture, .ctx = ctx};
	int rc = declarations(&v);

	return rc || look(&v) < 0 ? rc : fault(&v, "end of the declarations");
}

int sk_vcss_sheet(
    struct sk_check *c, struct sk_slice s, uint64_t at, sk_vcss_picture *picture, void *ctx)
{
	struct sheet v = {.c = c, .s = s, .base = at, .picture = picture, .ctx = ctx};
	int rc = rules(&v, 0);

	return rc || look(&v) < 0 ? rc : fault(&v, "end of the style sheet");
}
