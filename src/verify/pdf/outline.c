/*
 * Bookmarks (ISO 32000-1, 12.3.3): a tree of chains. Every link must agree with the one back.
 * Verifier's jail.
 */
#include "verify/pdf/pdf.h"

enum { MAX_LEVELS = 100 };

static int link_to(struct sk_pv *p, const struct sk_pv_val *v)
{
	return v->kind == SK_PV_VREF ? 0 : sk_pv_fail(p, "bookmark link is not a reference");
}

static int not_zero(struct sk_pv *p, const struct sk_pv_val *v)
{
	return v->kind == SK_PV_VINT && v->i ? 0 : sk_pv_fail(p, "Count is not an integer or is 0");
}

static int colour(struct sk_pv *p, const struct sk_pv_val *v)
{
	bool good = v->kind == SK_PV_VARRAY && v->n == 3;

	for (uint32_t i = 0; good && i < 3; i++)
		good = sk_pv_number(&v->kids[i]) && sk_pv_num(&v->kids[i]) >= 0 &&
		       sk_pv_num(&v->kids[i]) <= 1;
	return good ? 0 : sk_pv_fail(p, "colour is not three numbers from 0 to 1");
}

static int check_item(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {
	    {K("Title"), STRING, MUST},
	    {K("Parent"), CALL(link_to), MUST},
	    {K("Prev"), CALL(link_to)},
	    {K("Next"), CALL(link_to)},
	    {K("First"), CALL(link_to)},
	    {K("Last"), CALL(link_to)},
	    {K("Count"), CALL(not_zero)},
	    {K("Dest"), CALL(sk_pv_dest)},
	    {K("A"), CALL(sk_pv_uri_action)},
	    {K("C"), CALL(colour)},
	    {K("F"), INT(0, 3)},
	    {0},
	};
	int rc = sk_pv_dict(p, v, rules, "bookmark");

	if (rc == 0 && sk_pv_get(v, "Dest") && sk_pv_get(v, "A"))
		rc = sk_pv_fail(p, "bookmark has both Dest and A");
	return rc;
}

/* The number that a link names, 0 for none. */
static uint32_t link_of(const struct sk_pv_val *v, const char *key)
{
	const struct sk_pv_val *l = sk_pv_get(v, key);

	return l && l->kind == SK_PV_VREF ? (uint32_t)l->i : 0;
}

static int chain(struct sk_pv *p, uint32_t parent, unsigned level);

/* One item of a chain, and what hangs below it. */
static int item(struct sk_pv *p, uint32_t num, uint32_t parent, uint32_t before, unsigned level)
{
	const struct sk_pv_val *v = p->objs[num].val;
	bool fresh;
	int rc = sk_pv_claim(p, num, SK_PV_OUTLINE, &fresh);

	if (rc)
		return rc;
	p->cur = num;
	if (!fresh || p->objs[num].data)
		return sk_pv_fail(p, "bookmark is in two places, or is a stream");
	rc = check_item(p, v);
	if (rc == 0 && (link_of(v, "Parent") != parent || link_of(v, "Prev") != before))
		rc = sk_pv_fail(p, "links of bookmarks do not fit each other");
	return rc ? rc : chain(p, num, level + 1);
}

/* The items from First to Last of a node. */
static int chain(struct sk_pv *p, uint32_t parent, unsigned level)
{
	const struct sk_pv_val *v = p->objs[parent].val;
	uint32_t num = link_of(v, "First"), last = link_of(v, "Last"), before = 0;
	int rc = 0;

	if (level > MAX_LEVELS)
		return sk_pv_fail(p, "bookmarks nest too deeply");
	while (rc == 0 && num) {
		rc = item(p, num, parent, before, level);
		before = num;
		num = link_of(p->objs[num].val, "Next");
	}
	p->cur = parent;
	return rc == 0 && before != last ? sk_pv_fail(p, "Last is not the last bookmark") : rc;
}

int sk_pv_outlines(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {
	    {K("Type"), NAMED("Outlines"), MUST},
	    {K("First"), CALL(link_to), MUST},
	    {K("Last"), CALL(link_to), MUST},
	    {K("Count"), INT(1, 2147483647)},
	    {0},
	};
	uint32_t from = p->cur, num = (uint32_t)v->i;
	int rc = sk_pv_claim(p, num, SK_PV_OUTLINES, NULL);

	if (rc)
		return rc;
	p->cur = num;
	rc = p->objs[num].data ? sk_pv_fail(p, "is a stream")
			       : sk_pv_dict(p, p->objs[num].val, rules, "bookmark root");
	if (rc == 0)
		rc = chain(p, num, 1);
	p->cur = from;
	return rc;
}
