/* The budget of a job. Runs in the cleaner's jail. */
#include "format/job.h"

#include <sys/mman.h>

#define PAGE ((uintptr_t)4096)

void sk_job_set_aside(const struct sk_job *job, struct sk_slice bytes)
{
	uintptr_t all = (uintptr_t)job->mapped.p, from = (uintptr_t)bytes.p, to = from + bytes.n;

	if (from < all || to > all + job->mapped.n)
		return;
	from = (from + PAGE - 1) & ~(PAGE - 1);
	to &= ~(PAGE - 1);
	if (from < to)
		madvise((void *)from, to - from, MADV_DONTNEED);
}

int sk_job_expand(struct sk_job *job, uint64_t bytes)
{
	if (bytes > job->budget->expand)
		return sk_job_refuse(job, SK_REASON_BOMB, "more than %zu bytes after unpacking",
		    job->limits->expand);
	job->budget->expand -= bytes;
	return 0;
}

int sk_job_pixels(struct sk_job *job, uint64_t width, uint64_t height)
{
	if (width == 0 || height == 0)
		return sk_job_refuse(job, SK_REASON_DAMAGED, "a picture without pixels");
	if (width > SK_LIMIT_SIDE || height > SK_LIMIT_SIDE || width * height > job->limits->pixels)
		return sk_job_refuse(job, SK_REASON_LIMIT_PIXELS, "%llu x %llu pixels",
		    (unsigned long long)width, (unsigned long long)height);
	if (width * height > job->budget->pixels)
		return sk_job_refuse(
		    job, SK_REASON_LIMIT_PIXELS, "all pictures together have too many pixels");
	job->budget->pixels -= width * height;
	return 0;
}

int sk_job_member(struct sk_job *job)
{
	if (job->budget->members == 0)
		return sk_job_refuse(
		    job, SK_REASON_LIMIT_MEMBERS, "more than %u files", job->limits->members);
	job->budget->members--;
	return 0;
}

int sk_job_rounds(struct sk_job *job, uint64_t rounds)
{
	if (rounds > SK_LIMIT_KEY_ROUNDS)
		return sk_job_refuse(
		    job, SK_REASON_LIMIT_KEY, "%llu rounds for a key", (unsigned long long)rounds);
	if (rounds > job->budget->rounds)
		return sk_job_refuse(job, SK_REASON_LIMIT_KEY, "more than %u rounds for all keys",
		    SK_LIMIT_KEY_ROUNDS_TOTAL);
	job->budget->rounds -= (uint32_t)rounds;
	return 0;
}

uint32_t sk_job_passwords(const struct sk_job *job)
{
	return job->passwords ? job->passwords->n : 0;
}

void sk_job_opened(struct sk_job *job, uint32_t i)
{
	if (job->report->opened == 0)
		job->report->opened = i + 1;
}

size_t sk_job_expand_left(const struct sk_job *job)
{
	return job->budget->expand > SIZE_MAX ? SIZE_MAX : (size_t)job->budget->expand;
}

void sk_job_done(struct sk_job *job, uint64_t done, uint64_t of)
{
	if (job->depth || job->services == NULL || job->services->progress == NULL || done >= of)
		return;
	job->services->progress(job, (uint32_t)((double)done / (double)of * 1000));
}

void sk_job_moved(struct sk_job *job, uint64_t bytes)
{
	struct sk_budget *b = job->budget;

	if (job->depth)
		return;
	b->moved += bytes;
	sk_job_done(job, b->moved, b->whole);
}
