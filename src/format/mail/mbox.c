/*
 * Mail folders (RFC 4155): each mail is cleaned alone, and all come out as a zip of eml. A mail ends before an empty line
 * and a line that begins with "From "; one '>' in front of "From " was put there by the folder (mboxrd). Cleaner's jail.
 */
#include "format/archive/members.h"
#include "format/mail/mail.h"

struct folder {
	struct sk_slice *mails;
	size_t n, cap;
};

static size_t after_line(struct sk_slice in, size_t at)
{
	const uint8_t *lf = at < in.n ? memchr(in.p + at, '\n', in.n - at) : NULL;

	return lf ? (size_t)(lf - in.p) + 1 : in.n;
}

/* hh:mm, which the date in a "From " line has and a sentence seldom. */
static bool has_time(struct sk_slice line)
{
	for (size_t i = 2; i + 2 < line.n; i++)
		if (line.p[i] == ':' && line.p[i - 1] >= '0' && line.p[i - 1] <= '9' &&
		    line.p[i + 1] >= '0' && line.p[i + 1] <= '9')
			return true;
	return false;
}

/* Whether the line at `at` begins a mail: the first of the file, or one behind an empty line. */
static bool starts_mail(struct sk_slice in, size_t at)
{
	if (!sk_slice_starts(sk_slice_sub(in, at, 5), SK_SLICE_LIT("From ")))
		return false;
	bool alone = at == 0 || (at >= 2 && in.p[at - 2] == '\n') ||
		     (at >= 3 && in.p[at - 2] == '\r' && in.p[at - 3] == '\n');
	return alone && has_time(sk_slice_sub(in, at, after_line(in, at) - at));
}

bool sk_mbox_is(struct sk_slice in)
{
	if (!starts_mail(in, 0))
		return false;
	for (size_t at = after_line(in, 0); at < in.n; at = after_line(in, at))
		if (starts_mail(in, at))
			return true;
	return false;
}

static int add(struct sk_job *job, struct folder *f, struct sk_slice in, size_t from, size_t to)
{
	struct sk_slice *all = sk_arena_grow(job->arena, f->mails, &f->cap, f->n + 1, sizeof(*all));

	if (all == NULL)
		return SK_ENOMEM;
	f->mails = all;
	all[f->n++] = sk_slice_sub(in, from, to - from);
	return 0;
}

static int split(struct sk_job *job, struct sk_slice in, struct folder *f)
{
	size_t start = SIZE_MAX;
	int rc = 0;

	for (size_t at = 0; at < in.n && rc == 0; at = after_line(in, at)) {
		if (!starts_mail(in, at))
			continue;
		if (start != SIZE_MAX)
			rc = add(job, f, in, start, at);
		start = after_line(in, at);
	}
	if (rc == 0 && start != SIZE_MAX && start < in.n)
		rc = add(job, f, in, start, in.n);
	return rc;
}

/* Without the quoting of lines that begin with "From ". */
static int unpack(struct sk_members *ar, struct sk_arena *a, const struct sk_zip_member *m,
    struct sk_slice *data, enum sk_code *why)
{
	struct sk_slice in = m->data;
	uint8_t *out = sk_arena_alloc(a, in.n);
	size_t n = 0;

	if (out == NULL)
		return SK_ENOMEM;
	for (size_t at = 0, end; at < in.n; at = end) {
		size_t quotes = 0;
		end = after_line(in, at);
		while (at + quotes < end && in.p[at + quotes] == '>')
			quotes++;
		bool quoted = quotes && sk_slice_starts(sk_slice_sub(in, at + quotes, 5),
					    SK_SLICE_LIT("From "));
		at += quoted;
		memcpy(out + n, in.p + at, end - at);
		n += end - at;
	}
	*data = sk_slice(out, n);
	return 0;
}

static int add_mail(struct sk_job *job, struct sk_members *ar, struct sk_slice mail, size_t number)
{
	char *name = sk_arena_printf(job->arena, "mail-%04zu.eml", number);

	if (name == NULL)
		return SK_ENOMEM;
	if (mail.n > sk_job_expand_left(job))
		return sk_job_refuse(job, SK_REASON_BOMB, "mail %zu", number);
	struct sk_zip_member m = {
	    .raw_name = sk_slice_str(name), .utf8 = true, .size = mail.n, .data = mail};
	return sk_members_add(ar, &m, number);
}

int sk_mbox_rebuild(struct sk_job *job, struct sk_slice in, struct sk_output *out)
{
	struct sk_members ar = {.job = job, .charset = SK_CS_UTF8, .unpack = unpack};
	struct folder f = {0};
	int rc = split(job, in, &f);

	if (rc)
		return rc;
	if (f.n == 0)
		return SK_EFORMAT;
	if (job->depth >= job->limits->nesting)
		return sk_job_refuse(job, SK_REASON_LIMIT_NESTING,
		    "more than %u files in each other", job->limits->nesting);
	if (f.n > job->limits->members)
		return sk_job_refuse(
		    job, SK_REASON_LIMIT_MEMBERS, "more than %u mails", job->limits->members);
	rc = sk_members_begin(&ar, out, f.n);
	for (size_t i = 0; i < f.n && rc == 0; i++)
		rc = add_mail(job, &ar, f.mails[i], i + 1);
	return sk_members_end(&ar, rc);
}
