/* Font table, colour table and list tables: small grammars of their own (specification 1.9.1, "Font Table" and following). Cleaner's jail. */
#include "format/rtf/rtf.h"

#include "base/utf8.h"
#include "container/digits.h"

#define FONT_NUMBER_MAX 32767
#define NAME_MAX 64 /* characters of a font's name; Windows has 31 */
#define COLOURS_MAX 10000
#define LEVELS 9
#define LEVEL_TEXT_MAX 31 /* UTF-16 units; one byte below 20 says how many */

struct font {
	int64_t number, charset, pitch;
	const char *family, *theme;
	bool bidi;
	struct sk_buf name, other;
	uint8_t panose[10];
	bool has_panose;
};

static const char *one_of(const char *const *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], name) == 0)
			return list[i];
	return NULL;
}

static void font_word(struct rtf_out *o, struct font *f, const struct rtf_node *n)
{
	static const char *const families[] = {
	    "fnil", "froman", "fswiss", "fmodern", "fscript", "fdecor", "ftech", "fbidi"};
	static const char *const themes[] = {"flomajor", "fhimajor", "fdbmajor", "fbimajor",
	    "flominor", "fhiminor", "fdbminor", "fbiminor"};
	const char *family = one_of(families, 8, n->name), *theme = one_of(themes, 8, n->name);

	if (theme)
		f->theme = theme;
	else if (family && strcmp(family, "fbidi") == 0)
		f->bidi = true;
	else if (family)
		f->family = family;
	else if (strcmp(n->name, "fcharset") == 0 && n->number >= 0 && n->number <= 255)
		f->charset = n->number;
	else if (strcmp(n->name, "fprq") == 0 && n->number >= 0 && n->number <= 2)
		f->pitch = n->number;
	else if (strcmp(n->name, "cpg") != 0 && strcmp(n->name, "fbias") != 0)
		o->words++;
}

/* Ten bytes as hexadecimal digits, else none. */
static void font_panose(struct font *f, const struct rtf_node *group)
{
	struct sk_buf text = SK_BUF(256);
	size_t n = 0;
	bool odd = false;

	rtf_gather(group, &text);
	for (size_t i = 0; i < text.len && n <= 20; i++) {
		int d = sk_hex(text.p[i]);
		if (d >= 0 && n < 20)
			f->panose[n / 2] = (uint8_t)(n % 2 ? f->panose[n / 2] | d : d << 4);
		odd = odd || d < 0;
		n++;
	}
	f->has_panose = n == 20 && !odd;
	sk_buf_free(&text);
}

/* A name without what ends it, and without what no name holds. */
static void put_name(struct rtf_out *o, const struct sk_buf *name)
{
	struct sk_slice s = sk_buf_slice(name);
	unsigned n = 0;

	for (size_t at = 0; at < s.n && n < NAME_MAX;) {
		int32_t c = sk_utf8_next(s, &at);
		if (c < 0x20 || c == ';' || (c >= 0x7F && c < 0xA0) || (c & 0xFFFE) == 0xFFFE ||
		    (c >= 0xFDD0 && c <= 0xFDEF))
			continue;
		rtf_put_char(o, (uint32_t)c);
		n++;
	}
}

static void put_font(struct rtf_out *o, struct font *f)
{
	if (f->number >= 0 && f->number <= FONT_NUMBER_MAX && o->fonts < SK_LIMIT_RTF_FONTS) {
		o->fonts++;
		rtf_put_open(o);
		if (f->theme)
			rtf_put_word(o, f->theme);
		rtf_put_number(o, "f", f->number);
		if (f->bidi)
			rtf_put_word(o, "fbidi");
		rtf_put_word(o, f->family ? f->family : "fnil");
		if (f->charset >= 0)
			rtf_put_number(o, "fcharset", f->charset);
		if (f->pitch >= 0)
			rtf_put_number(o, "fprq", f->pitch);
		for (size_t i = 0; i < 10 && f->has_panose; i++)
			sk_buf_printf(o->b, "%s%02x", i ? "" : "{\\*\\panose ", f->panose[i]);
		if (f->has_panose)
			rtf_put_close(o);
		if (f->other.len) {
			sk_buf_puts(o->b, "{\\*\\falt");
			o->word = true;
			put_name(o, &f->other);
			rtf_put_close(o);
		}
		put_name(o, &f->name);
		rtf_put_char(o, ';');
		rtf_put_close(o);
		rtf_put_line(o);
	} else {
		o->words++;
	}
	sk_buf_free(&f->name);
	sk_buf_free(&f->other);
}

#define NO_FONT \
	((struct font){.number = -1, \
	    .charset = -1, \
	    .pitch = -1, \
	    .name = SK_BUF(4096), \
	    .other = SK_BUF(4096)})

static bool ends_name(struct sk_slice s)
{
	return s.n && s.p[s.n - 1] == ';';
}

/* Entries are groups, or stand one behind the other up to their semicolon. */
static int read_fonts(
    struct rtf_out *o, const struct rtf_node *group, struct font *f, unsigned depth)
{
	for (const struct rtf_node *n = group->first; n; n = n->next) {
		if (n->kind == RTF_NODE_GROUP && n->name && strcmp(n->name, "panose") == 0) {
			font_panose(f, n);
		} else if (n->kind == RTF_NODE_GROUP && n->name && strcmp(n->name, "falt") == 0) {
			rtf_gather(n, &f->other);
		} else if (n->kind == RTF_NODE_GROUP && (n->name || n->star)) {
			int rc = rtf_put_group(o, n, RTF_C_WORDS);
			if (rc)
				return rc;
		} else if (n->kind == RTF_NODE_GROUP && depth < 3) {
			int rc = read_fonts(o, n, f, depth + 1);
			if (rc)
				return rc;
		} else if (n->kind == RTF_NODE_WORD && strcmp(n->name, "f") == 0) {
			f->number = n->numbered ? n->number : 0;
		} else if (n->kind == RTF_NODE_WORD) {
			font_word(o, f, n);
		} else if (n->kind == RTF_NODE_TEXT) {
			sk_buf_put_slice(&f->name, n->s);
		}
		if ((n->kind == RTF_NODE_TEXT && ends_name(n->s)) ||
		    (n->kind == RTF_NODE_GROUP && !n->name && f->number >= 0)) {
			put_font(o, f);
			*f = NO_FONT;
		}
	}
	return o->b->err;
}

int rtf_put_fonts(struct rtf_out *o, const struct rtf_node *group)
{
	struct font f = NO_FONT;

	rtf_put_open(o);
	rtf_put_word(o, "fonttbl");
	int rc = read_fonts(o, group, &f, 0);
	if (f.number >= 0 && rc == 0)
		put_font(o, &f);
	sk_buf_free(&f.name);
	sk_buf_free(&f.other);
	rtf_put_close(o);
	rtf_put_line(o);
	return rc;
}

static bool colour_word_ok(const struct rtf_node *n)
{
	static const char *const parts[] = {"red", "green", "blue", "ctint", "cshade"};
	static const char *const theme[] = {"cmaindarkone", "cmainlightone", "cmaindarktwo",
	    "cmainlighttwo", "caccentone", "caccenttwo", "caccentthree", "caccentfour",
	    "caccentfive", "caccentsix", "chyperlink", "cfollowedhyperlink", "cbackgroundone",
	    "cbackgroundtwo", "ctextone", "ctexttwo"};

	if (one_of(parts, 5, n->name))
		return n->numbered && n->number >= 0 && n->number <= 255;
	return one_of(theme, 16, n->name) != NULL;
}

static void put_colour_word(struct rtf_out *o, const struct rtf_node *n)
{
	if (!colour_word_ok(n))
		o->words++;
	else if (n->name[0] != 'r' && n->name[0] != 'g' && strcmp(n->name, "blue") != 0 &&
		 strcmp(n->name, "ctint") != 0 && strcmp(n->name, "cshade") != 0)
		rtf_put_word(o, n->name);
	else
		rtf_put_number(o, n->name, n->number);
}

int rtf_put_colours(struct rtf_out *o, const struct rtf_node *group)
{
	unsigned count = 0;

	rtf_put_open(o);
	rtf_put_word(o, "colortbl");
	for (const struct rtf_node *n = group->first; n; n = n->next) {
		if (n->kind == RTF_NODE_WORD && count < COLOURS_MAX)
			put_colour_word(o, n);
		for (size_t i = 0; n->kind == RTF_NODE_TEXT && i < n->s.n; i++) {
			if (n->s.p[i] == ';' && count++ < COLOURS_MAX)
				rtf_put_char(o, ';');
			else if (n->s.p[i] != ' ' && n->s.p[i] != ';')
				o->hidden++;
		}
		o->hidden += n->kind == RTF_NODE_GROUP || n->kind == RTF_NODE_BIN;
	}
	rtf_put_close(o);
	rtf_put_line(o);
	return o->b->err;
}

/* The text of a level: how long it is, its characters, and places of numbers as bytes 0 to 8. */
struct level_text {
	uint32_t units[LEVEL_TEXT_MAX];
	unsigned n;
	bool known;
};

static void put_hex(struct rtf_out *o, unsigned byte)
{
	sk_buf_printf(o->b, "\\'%02x", byte);
	o->word = false;
}

/* Code points; those beyond the BMP count two units. */
static void read_level_text(const struct rtf_node *group, struct level_text *t)
{
	struct sk_buf text = SK_BUF(4096);
	size_t at = 0, used = 0;

	rtf_gather(group, &text);
	struct sk_slice s = sk_buf_slice(&text);
	if (s.n && s.p[s.n - 1] == ';')
		s.n--;
	bool first = true;
	*t = (struct level_text){.known = true};
	while (at < s.n) {
		int32_t c = sk_utf8_next(s, &at);
		unsigned size = c >= 0x10000 ? 2 : 1;
		bool length = first && c < 0x20;
		first = false;
		if (length || (c >= LEVELS && c < 0x20) || c < 0 || (c >= 0x7F && c < 0xA0) ||
		    (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF) ||
		    used + size > LEVEL_TEXT_MAX)
			continue;
		used += size;
		t->units[t->n++] = (uint32_t)c;
	}
	sk_buf_free(&text);
}

static unsigned level_length(const struct level_text *t)
{
	unsigned n = t->n;

	for (unsigned i = 0; i < t->n; i++)
		n += t->units[i] >= 0x10000;
	return n;
}

static void put_level_text(struct rtf_out *o, const struct rtf_node *group, struct level_text *t)
{
	read_level_text(group, t);
	rtf_put_open(o);
	rtf_put_word(o, "leveltext");
	for (const struct rtf_node *n = group->first; n; n = n->next)
		if (n->kind == RTF_NODE_WORD && strcmp(n->name, "leveltemplateid") == 0 &&
		    rtf_number_ok(RTF_LONG, n) && n->numbered)
			rtf_put_number(o, n->name, n->number);
	put_hex(o, level_length(t));
	for (unsigned i = 0; i < t->n; i++) {
		if (t->units[i] < 0x20)
			put_hex(o, t->units[i]);
		else
			rtf_put_char(o, t->units[i]);
	}
	rtf_put_char(o, ';');
	rtf_put_close(o);
}

/* Whether the unit at a place, counted from one, is that of a number. */
static bool is_number_at(const struct level_text *t, unsigned place)
{
	unsigned at = 1;

	for (unsigned i = 0; i < t->n; at += t->units[i] >= 0x10000 ? 2 : 1, i++)
		if (at == place)
			return t->units[i] < 0x20;
	return false;
}

static void put_level_numbers(
    struct rtf_out *o, const struct rtf_node *group, const struct level_text *t)
{
	struct sk_buf text = SK_BUF(4096);
	unsigned last = 0, n = 0;

	rtf_gather(group, &text);
	rtf_put_open(o);
	rtf_put_word(o, "levelnumbers");
	for (size_t i = 0; i < text.len && n < LEVELS; i++) {
		if (text.p[i] <= last || text.p[i] > LEVEL_TEXT_MAX || !is_number_at(t, text.p[i]))
			continue;
		last = text.p[i];
		put_hex(o, last);
		n++;
	}
	rtf_put_char(o, ';');
	rtf_put_close(o);
	sk_buf_free(&text);
}

static int put_level(struct rtf_out *o, const struct rtf_node *group)
{
	struct level_text text = {0};
	struct rtf_node lone;
	int rc = 0;

	rtf_put_open(o);
	rtf_put_word(o, "listlevel");
	for (const struct rtf_node *n = group->first; n && rc == 0; n = n->next) {
		bool named = n->kind == RTF_NODE_GROUP && n->name;
		if (named && strcmp(n->name, "leveltext") == 0) {
			put_level_text(o, n, &text);
		} else if (named && strcmp(n->name, "levelnumbers") == 0) {
			put_level_numbers(o, n, &text);
		} else {
			lone = *n;
			lone.next = NULL;
			struct rtf_node one = {.kind = RTF_NODE_GROUP, .first = &lone};
			rc = rtf_put_content(o, &one, RTF_C_LEVEL);
		}
	}
	rtf_put_close(o);
	return rc;
}

/* How many children of that name are kept. */
static unsigned count_of(const struct rtf_node *group, const char *name)
{
	unsigned n = 0;

	for (const struct rtf_node *c = rtf_child(group, NULL, name); c && n < LEVELS;
	     c = rtf_child(group, c, name))
		n++;
	return n;
}

/* The numbers of levels are counted, never believed: CVE-2014-1761 was an override that said 25. */
static int put_children(struct rtf_out *o, const struct rtf_node *group, const struct rtf_dest *d)
{
	const char *child = d->cls == RTF_C_OVERRIDE ? "lfolevel" : "listlevel";
	unsigned kept = 0, most = d->cls == RTF_C_LFO ? 1 : LEVELS, count = count_of(group, child);
	int rc = 0;

	for (const struct rtf_node *n = group->first; n && rc == 0; n = n->next) {
		struct rtf_node lone = *n, one = {.kind = RTF_NODE_GROUP, .first = &lone};
		lone.next = NULL;
		bool counted = n->kind == RTF_NODE_GROUP && n->name && strcmp(n->name, child) == 0;
		if (counted && kept++ >= most)
			o->words++;
		else if (d->cls == RTF_C_OVERRIDE && n->kind == RTF_NODE_WORD &&
			 strcmp(n->name, "listoverridecount") == 0)
			rtf_put_number(o, n->name, count);
		else
			rc = rtf_put_content(o, &one, d->cls);
	}
	return rc;
}

int rtf_put_list(struct rtf_out *o, const struct rtf_node *group, const struct rtf_dest *d)
{
	if (d->cls == RTF_C_LEVEL)
		return put_level(o, group);
	rtf_put_open(o);
	rtf_put_dest(o, d);
	int rc = put_children(o, group, d);
	rtf_put_close(o);
	rtf_put_line(o);
	return rc;
}
