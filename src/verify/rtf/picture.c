/* Pictures: their measures, then PNG or JPEG in hexadecimal digits (doc/profiles/rtf.md, section 6). Verifier's jail. */
#include "verify/rtf/rtf.h"

#define LINE 128 /* digits */

static int digit(int c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Lines of 128 digits, the last one shorter, up to the closing brace. */
static int digits(struct vr *v, struct sk_slice *out)
{
	const uint8_t *end = memchr(v->r.s.p + v->r.pos, '}', v->r.s.n - v->r.pos);
	size_t n = end ? (size_t)(end - (v->r.s.p + v->r.pos)) : 0, got = 0;
	uint8_t *p = sk_arena_alloc(v->c->arena, n / 2 + 1);

	if (p == NULL)
		return SK_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		int c = sk_read_u8(&v->r), d = digit(c);
		if (i % (LINE + 1) == 0 ? c != '\n' : d < 0)
			return vr_fail(v, "picture in another form");
		if (i % (LINE + 1) == 0)
			continue;
		p[got / 2] = (uint8_t)(got % 2 ? p[got / 2] | d : d << 4);
		got++;
	}
	if (got == 0 || got % 2 || n % (LINE + 1) == 1)
		return vr_fail(v, "picture in another form");
	*out = sk_slice(p, got / 2);
	return 0;
}

static bool measure_ok(const struct vr_token *t)
{
	static const struct {
		const char *name;
		int64_t least, most;
	} list[] = {{"picscalex", 1, 10000}, {"picscaley", 1, 10000}, {"piccropl", -31680, 31680},
	    {"piccropt", -31680, 31680}, {"piccropr", -31680, 31680}, {"piccropb", -31680, 31680},
	    {"picw", 1, 65535}, {"pich", 1, 65535}, {"picwgoal", 1, 31680}, {"pichgoal", 1, 31680}};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (sk_slice_is(t->name, list[i].name))
			return t->numbered && t->number >= list[i].least &&
			       t->number <= list[i].most;
	return false;
}

static int check(struct vr *v, bool png)
{
	struct vr_token t;
	struct sk_slice data;
	int rc = digits(v, &data);

	if (rc == 0)
		rc = png ? sk_verify_png(v->c, data) : sk_verify_jpeg(v->c, data);
	return rc ? rc : vr_expect(v, VR_CLOSE, &t, "picture without its end");
}

int vr_picture(struct vr *v)
{
	const struct vr_dest *seen = NULL;
	struct vr_token t;
	bool first = true;
	int rc;

	while ((rc = vr_next(v, &t)) == 0 && (t.kind == VR_WORD || (first && t.kind == VR_OPEN))) {
		bool png = sk_slice_is(t.name, "pngblip"), jpeg = sk_slice_is(t.name, "jpegblip");
		if (t.kind == VR_OPEN)
			rc = vr_group(v, VR_PICTURE, &seen); /* {\*\picprop …} */
		else if ((png || jpeg) && !t.numbered)
			return check(v, png);
		else if (!measure_ok(&t))
			rc = vr_fail(v, "measure of a picture that is not listed, or its number");
		first = false;
		if (rc)
			return rc;
	}
	return rc ? rc : vr_fail(v, "picture in another form");
}
