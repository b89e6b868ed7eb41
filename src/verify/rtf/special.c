/* Tables of fonts, colours and list levels, properties of shapes (doc/profiles/rtf.md, sections 5, 7, 8). Verifier's jail. */
#include "verify/rtf/rtf.h"

#include <stdlib.h>

#include "verify/rtf/properties.h"

#define NAME_MAX 64
#define FONT_MAX 32767
#define COLOURS_MAX 10000
#define LEVEL_TEXT_MAX 31
#define ARRAY_MAX 65535

#define ONE_OF(list, name) vr_one_of(list, sizeof(list) / sizeof((list)[0]), name)

static bool is_word(const struct vr_token *t, const char *name, int64_t least, int64_t most)
{
	return t->kind == VR_WORD && sk_slice_is(t->name, name) && t->numbered &&
	       t->number >= least && t->number <= most;
}

/* A name up to the token `t` that ends it: a semicolon, or the brace of its group. */
static int name(struct vr *v, struct vr_token *t)
{
	unsigned n = 0;
	int rc = 0;

	while (rc == 0 && t->kind == VR_CHAR && t->number != ';') {
		if (++n > NAME_MAX)
			return vr_fail(v, "name that is too long");
		rc = vr_next(v, t);
	}
	return rc;
}

static int panose(struct vr *v)
{
	struct vr_token t;
	int rc = 0;

	for (unsigned i = 0; i < 20 && rc == 0; i++) {
		rc = vr_expect(v, VR_CHAR, &t, "panose in another form");
		if (rc == 0 && (t.number > 'f' || !strchr("0123456789abcdef", (int)t.number)))
			return vr_fail(v, "panose in another form");
	}
	return rc ? rc : vr_expect(v, VR_CLOSE, &t, "panose in another form");
}

/* {\*\panose …} or {\*\falt …} behind the opening brace. */
static int font_part(struct vr *v)
{
	struct vr_token t;
	int rc = vr_expect(v, VR_STAR, &t, "group in a font");

	if (rc == 0)
		rc = vr_expect(v, VR_WORD, &t, "group in a font");
	if (rc)
		return rc;
	if (sk_slice_is(t.name, "panose") && !t.numbered)
		return panose(v);
	if (!sk_slice_is(t.name, "falt") || t.numbered)
		return vr_fail(v, "group in a font that is not listed");
	rc = vr_next(v, &t);
	if (rc == 0)
		rc = name(v, &t);
	return rc || t.kind == VR_CLOSE ? rc : vr_fail(v, "name of a font in another form");
}

static int font(struct vr *v)
{
	static const char *const words[] = {"fbidi", "fnil", "froman", "fswiss", "fmodern",
	    "fscript", "fdecor", "ftech", "flomajor", "fhimajor", "fdbmajor", "fbimajor",
	    "flominor", "fhiminor", "fdbminor", "fbiminor"};
	struct vr_token t;
	bool numbered = false;
	int rc;

	if (++v->fonts > SK_LIMIT_RTF_FONTS)
		return vr_fail(v, "more fonts than allowed");
	while ((rc = vr_next(v, &t)) == 0 && (t.kind == VR_WORD || t.kind == VR_OPEN)) {
		bool number = is_word(&t, "f", 0, FONT_MAX);
		if (t.kind == VR_OPEN)
			rc = font_part(v);
		else if (!number && !is_word(&t, "fcharset", 0, 255) &&
			 !is_word(&t, "fprq", 0, 2) && (t.numbered || !ONE_OF(words, t.name)))
			rc = vr_fail(v, "word in a font that is not listed");
		else if (number && numbered)
			rc = vr_fail(v, "font with two numbers");
		numbered = numbered || number;
		if (rc)
			return rc;
	}
	if (rc == 0 && !numbered)
		return vr_fail(v, "font without a number");
	if (rc == 0)
		rc = name(v, &t);
	if (rc == 0 && (t.kind != VR_CHAR || t.number != ';'))
		return vr_fail(v, "font without its end");
	return rc ? rc : vr_expect(v, VR_CLOSE, &t, "font without its end");
}

int vr_fonts(struct vr *v)
{
	struct vr_token t;
	int rc;

	while ((rc = vr_next(v, &t)) == 0 && t.kind == VR_OPEN)
		if ((rc = font(v)))
			return rc;
	return rc || t.kind == VR_CLOSE ? rc : vr_fail(v, "font table with something else in it");
}

int vr_colours(struct vr *v)
{
	static const char *const parts[] = {"red", "green", "blue", "ctint", "cshade"};
	static const char *const theme[] = {"cmaindarkone", "cmainlightone", "cmaindarktwo",
	    "cmainlighttwo", "caccentone", "caccenttwo", "caccentthree", "caccentfour",
	    "caccentfive", "caccentsix", "chyperlink", "cfollowedhyperlink", "cbackgroundone",
	    "cbackgroundtwo", "ctextone", "ctexttwo"};
	struct vr_token t;
	unsigned n = 0;
	int rc;

	while ((rc = vr_next(v, &t)) == 0 && t.kind != VR_CLOSE) {
		bool part = t.kind == VR_WORD && ONE_OF(parts, t.name) && t.numbered &&
			    t.number >= 0 && t.number <= 255;
		bool named = t.kind == VR_WORD && ONE_OF(theme, t.name) && !t.numbered;
		bool end = t.kind == VR_CHAR && t.number == ';' && ++n <= COLOURS_MAX;
		if (!part && !named && !end)
			return vr_fail(v, "colour table with something else in it");
	}
	return rc;
}

/* {\leveltext [\leveltemplateidN] \'length characters ;} */
int vr_level_text(struct vr *v)
{
	struct vr_token t;
	unsigned n = 0;
	int rc = vr_next(v, &t);

	memset(v->places, 0, sizeof(v->places));
	while (rc == 0 && is_word(&t, "leveltemplateid", -2147483648LL, 2147483647))
		rc = vr_next(v, &t);
	if (rc == 0 && (t.kind != VR_BYTE || t.number > LEVEL_TEXT_MAX))
		return vr_fail(v, "text of a level without its length");
	unsigned length = rc ? 0 : (unsigned)t.number;
	while (rc == 0 && n < length) {
		rc = vr_next(v, &t);
		bool place = rc == 0 && t.kind == VR_BYTE && t.number < 9;
		if (rc == 0 && !place && t.kind != VR_CHAR)
			return vr_fail(v, "text of a level in another form");
		n += t.kind == VR_CHAR && t.number >= 0x10000 ? 2 : 1;
		if (place)
			v->places[n] = true;
	}
	if (rc == 0 && n != length)
		return vr_fail(v, "text of a level with another length");
	if (rc == 0)
		rc = vr_expect(v, VR_CHAR, &t, "text of a level without its end");
	if (rc == 0 && t.number != ';')
		return vr_fail(v, "text of a level without its end");
	return rc ? rc : vr_expect(v, VR_CLOSE, &t, "text of a level without its end");
}

/* {\levelnumbers \'place … ;} where the text has numbers, in ascending order. */
int vr_level_numbers(struct vr *v)
{
	struct vr_token t;
	int64_t last = 0;
	int rc;

	while ((rc = vr_next(v, &t)) == 0 && t.kind == VR_BYTE) {
		if (t.number <= last || t.number > LEVEL_TEXT_MAX || !v->places[t.number])
			return vr_fail(v, "number of a level where its text has none");
		last = t.number;
	}
	if (rc == 0 && (t.kind != VR_CHAR || t.number != ';'))
		return vr_fail(v, "numbers of a level without their end");
	return rc ? rc : vr_expect(v, VR_CLOSE, &t, "numbers of a level without their end");
}

/* The characters of ASCII up to the closing brace. */
static int ascii(struct vr *v, struct sk_buf *out)
{
	struct vr_token t;
	int rc;

	while ((rc = vr_next(v, &t)) == 0 && t.kind == VR_CHAR && t.number < 0x80)
		if (sk_buf_putc(out, (uint8_t)t.number))
			return vr_fail(v, "value that is too long");
	return rc || t.kind == VR_CLOSE ? rc : vr_fail(v, "value in another form");
}

static bool take_number(struct sk_reader *r)
{
	bool minus = sk_read_peek(r, 0) == '-';
	int64_t n = 0;
	unsigned digits = 0;

	sk_read_skip(r, minus);
	for (int c; (c = sk_read_peek(r, 0)) >= '0' && c <= '9' && digits < 11; digits++) {
		n = n * 10 + (c - '0');
		sk_read_skip(r, 1);
	}
	return digits && digits < 11 && (minus ? -n >= -2147483648LL : n <= 4294967295LL);
}

static bool take(struct sk_reader *r, int c)
{
	return sk_read_u8(r) == c && !r->bad;
}

/* "8;3;(1,2);(3,4);(5,6)" or "2;3;1;2;3". */
static bool is_array(struct sk_slice s, bool points)
{
	struct sk_reader r = sk_reader(s);
	uint32_t count = 0, n = 0;

	if (!take(&r, points ? '8' : '2') || !take(&r, ';'))
		return false;
	for (int c; (c = sk_read_peek(&r, 0)) >= '0' && c <= '9' && count <= ARRAY_MAX;
	     sk_read_skip(&r, 1))
		count = count * 10 + (uint32_t)(c - '0');
	for (; sk_read_peek(&r, 0) == ';'; n++) {
		sk_read_skip(&r, 1);
		if (points && !take(&r, '('))
			return false;
		if (!take_number(&r) ||
		    (points && (!take(&r, ',') || !take_number(&r) || !take(&r, ')'))))
			return false;
	}
	return sk_read_at_end(&r) && n == count && count <= ARRAY_MAX;
}

static bool is_number(struct sk_slice s)
{
	struct sk_reader r = sk_reader(s);

	return take_number(&r) && sk_read_at_end(&r);
}

static int free_text(struct vr *v)
{
	struct vr_token t;
	int rc;

	while (
	    (rc = vr_next(v, &t)) == 0 &&
	    (t.kind == VR_CHAR || (t.kind == VR_WORD && sk_slice_is(t.name, "tab") && !t.numbered)))
		continue;
	return rc || t.kind == VR_CLOSE ? rc : vr_fail(v, "value in another form");
}

/* One picture. */
static int picture_value(struct vr *v)
{
	struct vr_token t;
	int rc = vr_expect(v, VR_OPEN, &t, "value in another form");

	if (rc == 0)
		rc = vr_expect(v, VR_WORD, &t, "value in another form");
	if (rc == 0 && (!sk_slice_is(t.name, "pict") || t.numbered))
		return vr_fail(v, "value in another form");
	if (rc == 0)
		rc = vr_picture(v);
	return rc ? rc : vr_expect(v, VR_CLOSE, &t, "value in another form");
}

static int value(struct vr *v, struct sk_slice name)
{
	static const char *const texts[] = {"gtextUNICODE", "gtextFont", "wzName", "wzDescription"};
	static const char *const pictures[] = {"pib", "fillBlip"};
	static const char *const points[] = {"pVerticies", "pWrapPolygonVertices"};
	struct sk_buf buf = SK_BUF((size_t)4 << 20);

	if (ONE_OF(texts, name))
		return free_text(v);
	if (ONE_OF(pictures, name))
		return picture_value(v);
	int rc = ascii(v, &buf);
	bool ok = ONE_OF(points, name) ? is_array(sk_buf_slice(&buf), true)
		  : sk_slice_is(name, "pSegmentInfo")
		      ? is_array(sk_buf_slice(&buf), false)
		      : ONE_OF(numeric, name) && is_number(sk_buf_slice(&buf));
	sk_buf_free(&buf);
	return rc   ? rc
	       : ok ? 0
		    : vr_fail(v, "property of a shape that is not listed, or its value");
}

/* {\sn or {\sv. */
static int part(struct vr *v, const char *which)
{
	struct vr_token t;
	int rc = vr_expect(v, VR_OPEN, &t, "property in another form");

	if (rc == 0)
		rc = vr_expect(v, VR_WORD, &t, "property in another form");
	return rc                                          ? rc
	       : sk_slice_is(t.name, which) && !t.numbered ? 0
							   : vr_fail(v, "property in another form");
}

int vr_property(struct vr *v)
{
	struct sk_buf name = SK_BUF(64);
	struct vr_token t;
	int rc = part(v, "sn");

	if (rc == 0)
		rc = ascii(v, &name);
	if (rc == 0)
		rc = part(v, "sv");
	if (rc == 0)
		rc = value(v, sk_buf_slice(&name));
	sk_buf_free(&name);
	return rc ? rc : vr_expect(v, VR_CLOSE, &t, "property in another form");
}
