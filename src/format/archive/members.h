/*
 * The new archive that every kind of archive becomes. Whoever reads the old one gives its members, one after the
 * other, described as those of a zip are. Cleaner's jail.
 */
#ifndef SK_FORMAT_ARCHIVE_MEMBERS_H
#define SK_FORMAT_ARCHIVE_MEMBERS_H

#include "format/archive/names.h"
#include "format/handler.h"

struct sk_members {
	struct sk_job *job;
	enum sk_charset charset; /* of the names that do not say theirs */
	/*
	 * The bytes of a member, from the arena or borrowed until the next call; no more than the budget of the job
	 * has left. SK_EREFUSED with *why: the archive goes on without this member, unless job's report is refused.
	 */
	int (*unpack)(struct sk_members *ar, struct sk_arena *a, const struct sk_zip_member *m,
	    struct sk_slice *data, enum sk_code *why);
	void *source; /* unpack's own */
	struct sk_zip_writer *writer;
	struct sk_names *names;
	size_t out_max;
};

/* Start the new archive in `out`; `expected` members are a guess. sk_members_end() follows in any case. */
int sk_members_begin(struct sk_members *ar, struct sk_output *out, size_t expected);
/* One member, the `number`th of its archive, counted from 1. */
int sk_members_add(struct sk_members *ar, const struct sk_zip_member *m, size_t number);
/* Write the directory when rc is 0; returns rc or an error of its own. */
int sk_members_end(struct sk_members *ar, int rc);

#endif
