/*
 * Numbers by name, in a tree that is balanced whatever the names are (A. Andersson, Balanced search trees made
 * simple, 1993): names come from the input, and a list or a hash of them could be chosen to be slow.
 * Cleaner's jail.
 */
#include "format/pdf/pdf.h"

enum { FEW_PAIRS = 24 }; /* up to here a dictionary is read through faster than a tree is made */

struct sk_pdf_node {
	struct sk_pdf_node *left, *right;
	struct sk_slice name;
	uint32_t value, level;
};

static int compare(struct sk_slice a, struct sk_slice b)
{
	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	return a.n ? memcmp(a.p, b.p, a.n) : 0;
}

const uint32_t *sk_pdf_name_find(const struct sk_pdf_node *t, struct sk_slice name)
{
	while (t) {
		int c = compare(name, t->name);
		if (c == 0)
			return &t->value;
		t = c < 0 ? t->left : t->right;
	}
	return NULL;
}

/* A left child on the same level becomes the node above. */
static struct sk_pdf_node *skew(struct sk_pdf_node *t)
{
	struct sk_pdf_node *l = t->left;

	if (l == NULL || l->level != t->level)
		return t;
	t->left = l->right;
	l->right = t;
	return l;
}

/* Of three on the same level the middle one goes up. */
static struct sk_pdf_node *split(struct sk_pdf_node *t)
{
	struct sk_pdf_node *r = t->right;

	if (r == NULL || r->right == NULL || r->right->level != t->level)
		return t;
	t->right = r->left;
	r->left = t;
	r->level++;
	return r;
}

/* As deep as the tree, at most twice the binary logarithm of its size. */
static struct sk_pdf_node *insert(struct sk_pdf_node *t, struct sk_pdf_node *one)
{
	if (t == NULL)
		return one;
	int c = compare(one->name, t->name);
	if (c < 0)
		t->left = insert(t->left, one);
	else if (c > 0)
		t->right = insert(t->right, one);
	else
		return t; /* the first stays */
	return split(skew(t));
}

bool sk_pdf_name_add(struct sk_pdf *x, struct sk_pdf_node **t, struct sk_slice name, uint32_t value)
{
	struct sk_pdf_node *one = sk_arena_alloc(x->home, sizeof(*one));

	if (one == NULL)
		return sk_pdf_fatal(x, SK_ENOMEM);
	*one = (struct sk_pdf_node){.name = name, .value = value, .level = 1};
	*t = insert(*t, one);
	return true;
}

/* The tree of a large dictionary's keys; made once. Trees are known by where the dictionary's parts lie. */
static const struct sk_pdf_node *index_of(struct sk_pdf *x, const struct sk_pdf_val *dict)
{
	struct sk_slice key = sk_slice(&dict->v, sizeof(dict->v));
	const uint32_t *known = sk_pdf_name_find(x->indexed, key);
	struct sk_pdf_node *t = NULL;

	if (known)
		return x->indexes[*known];
	for (uint32_t i = 0; i < dict->n && x->rc == 0; i++)
		sk_pdf_name_add(x, &t, sk_slice(dict->v[2 * i].s, dict->v[2 * i].n), i);
	void *p = sk_arena_grow(
	    x->home, x->indexes, &x->capindexes, x->nindexes + 1, sizeof(*x->indexes));
	if (p)
		x->indexes = p;
	key.p = p ? sk_arena_dup(x->home, key.p, key.n) : NULL;
	if (key.p == NULL) {
		sk_pdf_fatal(x, SK_ENOMEM);
		return NULL;
	}
	x->indexes[x->nindexes] = t;
	sk_pdf_name_add(x, &x->indexed, key, (uint32_t)x->nindexes++);
	return t;
}

const struct sk_pdf_val *sk_pdf_find(
    struct sk_pdf *x, const struct sk_pdf_val *dict, struct sk_slice name)
{
	if (dict == NULL || dict->kind != SK_PDF_DICT)
		return NULL;
	if (dict->n > FEW_PAIRS) {
		const uint32_t *i = sk_pdf_name_find(index_of(x, dict), name);
		return i ? &dict->v[2 * *i + 1] : NULL;
	}
	for (uint32_t i = 0; i < dict->n; i++)
		if (sk_slice_eq(sk_slice(dict->v[2 * i].s, dict->v[2 * i].n), name))
			return &dict->v[2 * i + 1];
	return NULL;
}
