/*
 * Values out of tokens: one object's worth at a time, kept in the arena with the parts of each array and
 * dictionary side by side. No key stands twice in a dictionary. Verifier's jail.
 */
#include "verify/pdf/pdf.h"

enum {
	FEW_KEYS = 12
}; /* up to here comparing all with all is the faster way to find a double key */

static bool same_text(const struct sk_pv_val *a, const struct sk_pv_val *b)
{
	return a->n == b->n && memcmp(a->text, b->text, a->n) == 0;
}

static bool few_keys_double(const struct sk_pv_val *kids, uint32_t pairs)
{
	for (uint32_t i = 1; i < pairs; i++)
		for (uint32_t k = 0; k < i; k++)
			if (same_text(&kids[2 * i], &kids[2 * k]))
				return true;
	return false;
}

static uint32_t hash(const struct sk_pv_val *v)
{
	uint32_t h = 2166136261U;

	for (uint32_t i = 0; i < v->n; i++)
		h = (h ^ v->text[i]) * 16777619U;
	return h ^ h >> 15;
}

/* Open addressing in a table twice as large as the dictionary. */
static int many_keys_double(
    struct sk_pv *p, const struct sk_pv_val *kids, uint32_t pairs, bool *found)
{
	uint32_t size = 32, steps = 0;

	while (size < 2 * (uint64_t)pairs)
		size *= 2;
	if (p->keys.max < size * sizeof(uint32_t))
		return SK_ELIMIT;
	sk_buf_reset(&p->keys);
	if (sk_buf_fill(&p->keys, 0, size * sizeof(uint32_t)))
		return SK_ENOMEM;
	uint32_t *slot = (uint32_t *)(void *)p->keys.p;
	for (uint32_t i = 0; i < pairs; i++) {
		uint32_t at = hash(&kids[2 * i]) & (size - 1);
		for (; slot[at]; at = (at + 1) & (size - 1)) {
			*found |= same_text(&kids[2 * i], &kids[2 * (slot[at] - 1)]);
			if (*found ||
			    ++steps / 64 > pairs) /* chosen to collide: no honest file does */
				return *found ? 0 : SK_ELIMIT;
		}
		slot[at] = i + 1;
	}
	return 0;
}

static int check_keys(struct sk_pv *p, const struct sk_pv_val *kids, uint32_t pairs)
{
	bool found = false;
	int rc = 0;

	if (pairs <= FEW_KEYS)
		found = few_keys_double(kids, pairs);
	else
		rc = many_keys_double(p, kids, pairs, &found);
	if (rc == SK_ELIMIT)
		return sk_pv_fail(p, "too many keys that look alike");
	return rc == 0 && found ? sk_pv_fail(p, "key stands twice in a dictionary") : rc;
}

static int push(struct sk_pv *p, struct sk_pv_val v)
{
	struct sk_pv_val *s =
	    sk_arena_grow(p->c->arena, p->stack, &p->capstack, p->nstack + 1, sizeof(*s));

	if (s == NULL)
		return SK_ENOMEM;
	p->stack = s;
	p->stack[p->nstack++] = v;
	return 0;
}

static int parse(struct sk_pv *p, struct sk_pv_lex *l, unsigned depth);

/* The parts on the stack above `base` become one value in their place. */
static int collect(struct sk_pv *p, size_t base, enum sk_pv_kind kind)
{
	size_t n = p->nstack - base;
	struct sk_pv_val v = {.kind = (uint8_t)kind, .n = (uint32_t)n};

	v.kids = sk_arena_dup(p->c->arena, p->stack + base, n * sizeof(struct sk_pv_val));
	if (v.kids == NULL)
		return SK_ENOMEM;
	p->nstack = base;
	if (kind == SK_PV_VDICT) {
		v.n /= 2;
		int rc = check_keys(p, v.kids, v.n);
		if (rc)
			return rc;
	}
	return push(p, v);
}

static int parse_array(struct sk_pv *p, struct sk_pv_lex *l, unsigned depth)
{
	size_t base = p->nstack;
	int rc = 0;

	while (rc == 0 && sk_pv_next(l) != SK_PV_CLOSE)
		rc = parse(p, l, depth + 1);
	return rc ? rc : collect(p, base, SK_PV_VARRAY);
}

static int parse_dict(struct sk_pv *p, struct sk_pv_lex *l, unsigned depth)
{
	size_t base = p->nstack;
	int rc = 0;

	while (rc == 0 && sk_pv_next(l) != SK_PV_DICTEND) {
		if (l->kind != SK_PV_NAME)
			return sk_pv_fail(p, "dictionary key is not a name");
		rc = push(p, (struct sk_pv_val){.kind = SK_PV_VNAME, .n = l->n, .text = l->text});
		sk_pv_next(l);
		if (rc == 0)
			rc = parse(p, l, depth + 1);
	}
	return rc ? rc : collect(p, base, SK_PV_VDICT);
}

/* An integer, or the reference that it starts: `12 0 R`. */
static int parse_integer(struct sk_pv *p, const struct sk_pv_lex *first, struct sk_pv_lex *l)
{
	struct sk_pv_lex ahead = *l;
	struct sk_pv_val v = {.kind = SK_PV_VINT, .i = first->i};

	if (sk_pv_next(&ahead) == SK_PV_INT && ahead.n == 1 && ahead.i == 0 &&
	    sk_pv_next(&ahead) == SK_PV_WORD && sk_pv_word(&ahead, "R")) {
		if (v.i < 1 || v.i >= p->nobjs)
			return sk_pv_fail(
			    p, "reference to object %lld, which does not exist", (long long)v.i);
		if (p->cur && v.i > p->next)
			return sk_pv_fail(
			    p, "objects are not numbered in the order of their first use");
		p->next += p->cur && v.i == p->next;
		v.kind = SK_PV_VREF;
		*l = ahead;
	}
	return push(p, v);
}

static int parse_word(struct sk_pv *p, const struct sk_pv_lex *l)
{
	struct sk_pv_val v = {.kind = SK_PV_VBOOL};

	v.i = sk_pv_word(l, "true");
	if (sk_pv_word(l, "null"))
		v.kind = SK_PV_VNULL;
	else if (!v.i && !sk_pv_word(l, "false"))
		return sk_pv_fail(p, "word that is not part of any value");
	return push(p, v);
}

/* The value that starts at the token of l, onto the stack. */
static int parse(struct sk_pv *p, struct sk_pv_lex *l, unsigned depth)
{
	if (depth > SK_LIMIT_PDF_DEPTH)
		return sk_pv_fail(p, "values nest too deeply");
	switch (l->kind) {
	case SK_PV_INT: {
		const struct sk_pv_lex first = *l;
		return parse_integer(p, &first, l);
	}
	case SK_PV_REAL:
		return push(p, (struct sk_pv_val){.kind = SK_PV_VREAL, .r = l->r});
	case SK_PV_NAME:
		return push(p, (struct sk_pv_val){.kind = SK_PV_VNAME, .n = l->n, .text = l->text});
	case SK_PV_STRING:
		return push(
		    p, (struct sk_pv_val){.kind = SK_PV_VSTRING, .n = l->n, .text = l->text});
	case SK_PV_HEX:
		return push(p, (struct sk_pv_val){.kind = SK_PV_VHEX, .n = l->n, .text = l->text});
	case SK_PV_OPEN:
		return parse_array(p, l, depth);
	case SK_PV_DICT:
		return parse_dict(p, l, depth);
	case SK_PV_WORD:
		return parse_word(p, l);
	default:
		return sk_pv_fail(p, "bytes that are not part of any value");
	}
}

int sk_pv_parse(struct sk_pv *p, struct sk_pv_lex *l, struct sk_pv_val *out)
{
	p->nstack = 0;
	sk_pv_next(l);
	int rc = parse(p, l, 0);
	if (rc)
		return rc;
	*out = p->stack[0];
	if (out->kind == SK_PV_VREF || out->kind == SK_PV_VNULL)
		return sk_pv_fail(p, "is null or only a reference");
	return 0;
}
