/* Trees of RFC 6962, built from the left, and audit paths followed from the root down. */
#include "ledgerverify/lv.h"

/* The exponent when n is a power of 256. */
static bool power_of_256(uint64_t n, unsigned *level)
{
	unsigned l = 0;

	for (; n > 1 && n % 256 == 0; n /= 256)
		l++;
	*level = l;
	return n == 1;
}

static void told(const struct sk_lv_tree *t, sk_lv_full full, void *user)
{
	uint64_t count = t->part[t->n - 1].count;
	unsigned level;

	if (full && power_of_256(count, &level))
		full(user, level, t->size / count - 1, &t->part[t->n - 1].h);
}

void sk_lv_tree_add(struct sk_lv_tree *t, struct sk_lv_hash leaf, sk_lv_full full, void *user)
{
	t->part[t->n].count = 1;
	t->part[t->n++].h = leaf;
	t->size++;
	told(t, full, user);
	while (t->n > 1 && t->part[t->n - 2].count == t->part[t->n - 1].count) {
		t->n--;
		t->part[t->n - 1].h = sk_lv_node(&t->part[t->n - 1].h, &t->part[t->n].h);
		t->part[t->n - 1].count *= 2;
		told(t, full, user);
	}
}

struct sk_lv_hash sk_lv_tree_root(const struct sk_lv_tree *t)
{
	if (t->n == 0)
		return sk_lv_hash(sk_slice("", 0));
	struct sk_lv_hash h = t->part[t->n - 1].h;
	for (unsigned i = t->n - 1; i-- > 0;)
		h = sk_lv_node(&t->part[i].h, &h);
	return h;
}

/* The last hash of the path is the other half of the whole tree. */
bool sk_lv_path_root(struct sk_lv_hash leaf, uint64_t index, uint64_t size,
    const struct sk_lv_hash *path, size_t n, struct sk_lv_hash *root)
{
	uint64_t half = 1;
	struct sk_lv_hash h;

	if (index >= size || (size == 1) != (n == 0))
		return false;
	if (size == 1) {
		*root = leaf;
		return true;
	}
	while (half < size - half)
		half *= 2;
	bool left = index < half;
	if (!sk_lv_path_root(
		leaf, left ? index : index - half, left ? half : size - half, path, n - 1, &h))
		return false;
	*root = left ? sk_lv_node(&h, &path[n - 1]) : sk_lv_node(&path[n - 1], &h);
	return true;
}
