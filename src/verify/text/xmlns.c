/*
 * Namespaces in XML 1.0, third edition, sections 4 to 6: names have at most one colon, prefixes are declared, and no
 * element has two attributes of one expanded name. Verifier's jail.
 */
#include "verify/text/xmlns.h"

#define XML_URI "http://www.w3.org/XML/1998/namespace"
#define XMLNS_URI "http://www.w3.org/2000/xmlns/"

static int fault(struct sk_vx *x, const char *what)
{
	return sk_fail(x->c, sk_vx_at(x), "XML namespaces: %s", what);
}

/* The part before the colon, empty without one; false: not a qualified name. */
static bool split(struct sk_slice name, struct sk_slice *prefix, struct sk_slice *local)
{
	const uint8_t *colon = memchr(name.p, ':', name.n);
	size_t n = colon ? (size_t)(colon - name.p) : 0;

	*prefix = sk_slice_sub(name, 0, n);
	*local = colon ? sk_slice_sub(name, n + 1, name.n) : name;
	if (colon == NULL)
		return true;
	return n && local->n && memchr(local->p, ':', local->n) == NULL &&
	       !(local->p[0] >= '0' && local->p[0] <= '9') && local->p[0] != '-' &&
	       local->p[0] != '.';
}

static int declare(struct sk_vxns *s, struct sk_vx *x, struct sk_slice prefix, struct sk_slice uri)
{
	bool xml = sk_slice_is(prefix, "xml");

	if (sk_slice_is(prefix, "xmlns") || sk_slice_is(uri, XMLNS_URI) ||
	    xml != sk_slice_is(uri, XML_URI) || uri.n == 0)
		return fault(x, "a declaration that must not be");
	struct sk_vxns_entry *e =
	    sk_arena_grow(x->c->arena, s->list, &s->cap, s->n + 1, sizeof(*e));
	if (e == NULL)
		return SK_ENOMEM;
	s->list = e;
	s->list[s->n++] = (struct sk_vxns_entry){prefix, uri, (uint32_t)x->depth};
	return 0;
}

/* What the prefix stands for here; nothing when it is not declared. */
static struct sk_slice uri_of(const struct sk_vxns *s, struct sk_slice prefix)
{
	for (size_t i = s->n; i-- > 0;)
		if (sk_slice_eq(s->list[i].prefix, prefix))
			return s->list[i].uri;
	return sk_slice_is(prefix, "xml") ? SK_SLICE_LIT(XML_URI) : sk_slice_sub(prefix, 0, 0);
}

static int check_prefix(struct sk_vxns *s, struct sk_vx *x, struct sk_slice name)
{
	struct sk_slice prefix, local;

	if (!split(name, &prefix, &local))
		return fault(x, "a name with colons in wrong places");
	return prefix.n && uri_of(s, prefix).n == 0 ? fault(x, "a prefix that is not declared") : 0;
}

/* Two prefixes may stand for one namespace. */
static int check_twins(struct sk_vxns *s, struct sk_vx *x, size_t at)
{
	struct sk_slice prefix, local, other, name;

	split(x->attrs[at].name, &prefix, &local);
	for (size_t i = 0; prefix.n && i < at; i++) {
		split(x->attrs[i].name, &other, &name);
		if (other.n && sk_slice_eq(name, local) && !sk_slice_is(other, "xmlns") &&
		    sk_slice_eq(uri_of(s, other), uri_of(s, prefix)))
			return fault(x, "two attributes of one name");
	}
	return 0;
}

int sk_vxns_start(struct sk_vxns *s, struct sk_vx *x)
{
	struct sk_slice prefix, local;
	int rc = 0;

	while (s->n && s->list[s->n - 1].depth >= x->depth)
		s->n--;
	for (size_t i = 0; rc == 0 && i < x->nattrs; i++) {
		const struct sk_vx_attr *a = &x->attrs[i];
		if (!split(a->name, &prefix, &local))
			return fault(x, "a name with colons in wrong places");
		if (sk_slice_is(prefix, "xmlns"))
			rc = declare(s, x, local, a->value);
		else if (sk_slice_is(a->name, "xmlns") && sk_slice_is(a->value, XML_URI))
			rc = fault(x, "a declaration that must not be");
	}
	if (rc == 0)
		rc = check_prefix(s, x, x->name);
	for (size_t i = 0; rc == 0 && i < x->nattrs; i++) {
		if (sk_slice_starts(x->attrs[i].name, SK_SLICE_LIT("xmlns:")))
			continue;
		rc = check_prefix(s, x, x->attrs[i].name);
		if (rc == 0)
			rc = check_twins(s, x, i);
	}
	return rc;
}
