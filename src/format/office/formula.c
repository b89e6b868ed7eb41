/*
 * Formulas of spreadsheets as both families read them: what is quoted, and the first arguments that lead somewhere
 * (doc/profiles/ooxml.md, section 7; odf.md, section 6). Pure. Cleaner's jail.
 */
#include "format/office/office.h"

bool sk_formula_is_name(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '.' || c == '\\' || c == '?' || c >= 0x80;
}

const char *sk_formula_past_blanks(const char *s)
{
	while (*s == ' ' || *s == '\n' || *s == '\r' || *s == '\t')
		s++;
	return s;
}

const char *sk_formula_past_quoted(const char *s, char quote)
{
	for (s++; *s; s++) {
		if (*s != quote)
			continue;
		if (s[1] != quote)
			return s + 1;
		s++;
	}
	return NULL;
}

bool sk_formula_link(const char *args, char link[SK_FORMULA_LINK], bool *more)
{
	const char *s = sk_formula_past_blanks(args);
	const char *end = *s == '"' ? sk_formula_past_quoted(s, '"') : NULL;
	size_t n = end ? (size_t)(end - s) - 2 : 0;

	if (end == NULL || n >= SK_FORMULA_LINK)
		return false;
	memcpy(link, s + 1, n);
	link[n] = '\0';
	end = sk_formula_past_blanks(end);
	*more = *end == '&';
	return *end && strchr(",;)&", *end);
}

/* What a text may not say of itself when it is to become a reference: path, address, DDE, another file. */
static bool leads_out(const char *s, const char *end, bool first)
{
	if (first && (s[0] == '[' || (s[0] == '\'' && s[1] == '[')))
		return true;
	for (const char *begin = s; s < end; s++) {
		if (strchr("/\\|", *s) || (*s == '\'' && s[1] == '#'))
			return true;
		if (*s == '[' && s > begin && strchr("RCrc", s[-1])) { /* R[1]C[-1] */
			const char *number = s + 1 + (s[1] == '-');
			size_t n = strspn(number, "0123456789");
			s = n && number[n] == ']' ? number + n : s;
		} else if (*s == ']' && !strchr("],: \"", s[1])) {
			return true;
		}
	}
	return false;
}

static bool ends_name(char c)
{
	return strchr("._", c) || (c >= '0' && c <= '9') ||
	       ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

bool sk_function_indirect_ok(const char *args)
{
	unsigned depth = 0, call = 0; /* of brackets; where the outermost call begins */
	bool first = true;

	for (const char *s = args, *end; *s && (depth || !strchr(",;)", *s)); s = end) {
		end = *s == '"' || *s == '\'' ? sk_formula_past_quoted(s, *s) : NULL;
		end = end ? end : s + 1; /* also a ' that escapes, in the name of a column */
		if (*s == '"' && call == 0 && leads_out(s + 1, end - 1, first))
			return false;
		if (strchr("([{", *s)) {
			depth++;
			if (call == 0 && (*s != '(' || (s > args && ends_name(s[-1]))))
				call = depth;
		} else if (strchr(")]}", *s) && depth) {
			call = call == depth ? 0 : call;
			depth--;
		}
		first = first && (*s == ' ' || *s == '(');
	}
	return true;
}
