/* Merkle trees (RFC 6962, section 2.1; the checks of proofs as in RFC 9162, 2.1.3.2 and 2.1.4.2): tree.h. */
#include "ledger/tree.h"

#include <sodium.h>

#include "base/err.h"

struct sk_hash sk_hash_of(struct sk_slice bytes)
{
	struct sk_hash h;

	crypto_hash_sha256(h.b, bytes.p, bytes.n);
	return h;
}

static struct sk_hash prefixed(uint8_t prefix, struct sk_slice a, struct sk_slice b)
{
	crypto_hash_sha256_state s;
	struct sk_hash h;

	crypto_hash_sha256_init(&s);
	crypto_hash_sha256_update(&s, &prefix, 1);
	crypto_hash_sha256_update(&s, a.p, a.n);
	crypto_hash_sha256_update(&s, b.p, b.n);
	crypto_hash_sha256_final(&s, h.b);
	return h;
}

struct sk_hash sk_hash_leaf(struct sk_slice entry)
{
	return prefixed(0, entry, sk_slice("", 0));
}

struct sk_hash sk_hash_node(const struct sk_hash *left, const struct sk_hash *right)
{
	return prefixed(1, sk_slice(left->b, SK_HASH_BYTES), sk_slice(right->b, SK_HASH_BYTES));
}

/* --- the right edge --- */

void sk_edge_append(struct sk_edge *e, struct sk_hash leaf, sk_edge_full full, void *user)
{
	struct sk_hash h = leaf;
	unsigned k = 0;

	if (full)
		full(user, 0, &h);
	for (; e->size >> k & 1; k++) {
		h = sk_hash_node(&e->node[k], &h);
		if ((k + 1) % 8 == 0 && full)
			full(user, (k + 1) / 8, &h);
	}
	e->node[k] = h;
	e->size++;
}

struct sk_hash sk_edge_root(const struct sk_edge *e)
{
	struct sk_hash h = sk_hash_of(sk_slice("", 0));
	bool any = false;

	for (unsigned k = 0; k < 64; k++) {
		if (!(e->size >> k & 1))
			continue;
		h = any ? sk_hash_node(&e->node[k], &h) : e->node[k];
		any = true;
	}
	return h;
}

/* --- proofs from nodes --- */

static unsigned log2_floor(uint64_t n)
{
	return 63 - (unsigned)__builtin_clzll(n);
}

/* The largest power of two below n, n > 1. */
static uint64_t split(uint64_t n)
{
	return (uint64_t)1 << log2_floor(n - 1);
}

/* MTH(D[from:to]), `from` a multiple of a power of two that is at least to − from. */
static int range(sk_node_get get, void *user, uint64_t from, uint64_t to, struct sk_hash *h)
{
	uint64_t n = to - from;
	struct sk_hash left, right;

	if ((n & (n - 1)) == 0)
		return get(user, log2_floor(n), from / n, h);
	uint64_t k = split(n);
	int rc = range(get, user, from, from + k, &left);
	if (rc == 0)
		rc = range(get, user, from + k, to, &right);
	if (rc == 0)
		*h = sk_hash_node(&left, &right);
	return rc;
}

int sk_tree_root(sk_node_get get, void *user, uint64_t size, struct sk_hash *root)
{
	if (size == 0) {
		*root = sk_hash_of(sk_slice("", 0));
		return 0;
	}
	return range(get, user, 0, size, root);
}

static void reverse(struct sk_proof *p)
{
	for (size_t i = 0; i < p->n / 2; i++) {
		struct sk_hash h = p->h[i];
		p->h[i] = p->h[p->n - 1 - i];
		p->h[p->n - 1 - i] = h;
	}
}

/* Both walk from the root down and note the other half of each split; a proof is written from the leaf up. */
int sk_tree_inclusion(
    sk_node_get get, void *user, uint64_t index, uint64_t size, struct sk_proof *out)
{
	uint64_t from = 0, to = size;
	int rc = 0;

	if (index >= size)
		return SK_EARG;
	for (out->n = 0; to - from > 1 && rc == 0; out->n++) {
		uint64_t mid = from + split(to - from);
		if (index < mid) {
			rc = range(get, user, mid, to, &out->h[out->n]);
			to = mid;
		} else {
			rc = range(get, user, from, mid, &out->h[out->n]);
			from = mid;
		}
	}
	reverse(out);
	return rc;
}

int sk_tree_consistency(
    sk_node_get get, void *user, uint64_t old, uint64_t size, struct sk_proof *out)
{
	uint64_t from = 0, to = size;
	int rc = 0;

	if (old > size)
		return SK_EARG;
	out->n = 0;
	if (old == 0 || old == size)
		return 0;
	while (to != old && rc == 0) {
		uint64_t mid = from + split(to - from);
		if (old <= mid) {
			rc = range(get, user, mid, to, &out->h[out->n++]);
			to = mid;
		} else {
			rc = range(get, user, from, mid, &out->h[out->n++]);
			from = mid;
		}
	}
	if (rc == 0 && from > 0) /* the old root itself is known to who asks */
		rc = range(get, user, from, to, &out->h[out->n++]);
	reverse(out);
	return rc;
}

/* --- checking proofs --- */

bool sk_proof_includes(const struct sk_proof *p, uint64_t index, uint64_t size,
    const struct sk_hash *leaf, const struct sk_hash *root)
{
	uint64_t fn = index, sn = size - 1;
	struct sk_hash r = *leaf;

	if (index >= size)
		return false;
	for (size_t i = 0; i < p->n; i++) {
		if (sn == 0)
			return false;
		if (fn & 1 || fn == sn) {
			r = sk_hash_node(&p->h[i], &r);
			for (; fn && !(fn & 1); fn >>= 1)
				sn >>= 1;
		} else {
			r = sk_hash_node(&r, &p->h[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && sk_hash_eq(&r, root);
}

/* From the two nodes that the proof begins with, both roots are computed. */
static bool climb(const struct sk_proof *p, size_t i, uint64_t fn, uint64_t sn, struct sk_hash *fr,
    struct sk_hash *sr)
{
	for (; i < p->n; i++) {
		if (sn == 0)
			return false;
		if (fn & 1 || fn == sn) {
			*fr = sk_hash_node(&p->h[i], fr);
			*sr = sk_hash_node(&p->h[i], sr);
			for (; fn && !(fn & 1); fn >>= 1)
				sn >>= 1;
		} else {
			*sr = sk_hash_node(sr, &p->h[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0;
}

bool sk_proof_consistent(const struct sk_proof *p, uint64_t from, const struct sk_hash *old_root,
    uint64_t size, const struct sk_hash *root)
{
	if (from > size)
		return false;
	if (from == 0) {
		struct sk_hash none = sk_hash_of(sk_slice("", 0));
		return p->n == 0 && sk_hash_eq(&none, old_root);
	}
	if (from == size)
		return p->n == 0 && sk_hash_eq(old_root, root);
	bool whole = (from & (from - 1)) == 0;
	if (!whole && p->n == 0)
		return false;
	uint64_t fn = from - 1, sn = size - 1;
	for (; fn & 1; fn >>= 1)
		sn >>= 1;
	struct sk_hash fr = whole ? *old_root : p->h[0], sr = fr;
	return climb(p, whole ? 0 : 1, fn, sn, &fr, &sr) && sk_hash_eq(&fr, old_root) &&
	       sk_hash_eq(&sr, root);
}
