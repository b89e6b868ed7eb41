/*
 * What the packages of both families of office documents have in common: how their zip is opened, that no two parts
 * have one name, and how a part is unpacked. Runs in the cleaner's jail.
 */
#include "format/office/package.h"

int sk_package_open(struct sk_job *job, struct sk_slice in, struct sk_zip *zip)
{
	const char *why = "";
	int rc = sk_zip_read(job->arena, in, job->limits->members, zip, &why);

	if (rc == SK_EFORMAT)
		return sk_job_refuse(job, SK_REASON_DAMAGED, "%s", why);
	if (rc == SK_ELIMIT)
		return sk_job_refuse(
		    job, SK_REASON_LIMIT_MEMBERS, "more than %u parts", job->limits->members);
	if (rc)
		return rc;
	const struct sk_zip_notes *n = &zip->notes;
	if (n->leading)
		sk_job_removed(job, SK_GENERIC_LEADING, 1, "zip");
	if (n->trailing)
		sk_job_removed(job, SK_GENERIC_TRAILING, 1, "zip");
	if (n->comment || n->member_comments || n->hidden)
		sk_job_removed(job, SK_GENERIC_HIDDEN, 1, "zip");
	return 0;
}

int sk_package_names(struct sk_package_names *p, struct sk_arena *a, size_t most)
{
	*p = (struct sk_package_names){.key = sk_arena_array(a, most, sizeof(*p->key)),
	    .order = sk_arena_array(a, most, sizeof(*p->order))};
	return p->key && p->order ? 0 : SK_ENOMEM;
}

void sk_package_name(struct sk_package_names *p, const char *key)
{
	p->order[p->n] = (uint32_t)p->n;
	p->key[p->n++] = key;
}

static const char *const *sort_keys;

static int by_key(const void *a, const void *b)
{
	return strcmp(sort_keys[*(const uint32_t *)a], sort_keys[*(const uint32_t *)b]);
}

int sk_package_sort(struct sk_job *job, struct sk_package_names *p)
{
	sort_keys = p->key;
	qsort(p->order, p->n, sizeof(*p->order), by_key);
	for (size_t i = 1; i < p->n; i++)
		if (strcmp(p->key[p->order[i - 1]], p->key[p->order[i]]) == 0)
			return sk_job_refuse(job, SK_REASON_DAMAGED,
			    "two parts of the same name: %s", p->key[p->order[i]]);
	return 0;
}

size_t sk_package_find(const struct sk_package_names *p, const char *key)
{
	size_t lo = 0, hi = p->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int c = strcmp(key, p->key[p->order[mid]]);
		if (c == 0)
			return p->order[mid];
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return SIZE_MAX;
}

int sk_package_admit(struct sk_job *job, const struct sk_zip_member *z, const char *name)
{
	int rc = sk_job_expand(job, z->size);

	if (rc)
		return rc;
	if (z->encrypted)
		return sk_job_refuse(job, SK_REASON_ENCRYPTED, "%s", name);
	if (z->size > SK_LIMIT_MEMBER)
		return sk_job_refuse(job, SK_REASON_BOMB, "%s", name);
	return 0;
}

int sk_package_unpack(struct sk_job *job, const struct sk_zip_member *z, const char *name,
    struct sk_arena *arena, struct sk_slice *out)
{
	int rc = sk_package_admit(job, z, name);

	if (rc)
		return rc;
	sk_job_moved(job, z->size);
	rc = sk_zip_unpack(arena, z, SK_LIMIT_MEMBER, out);
	if (rc == SK_ENOMEM)
		return rc;
	return rc ? sk_job_refuse(job, SK_REASON_DAMAGED, "%s cannot be unpacked", name) : 0;
}
