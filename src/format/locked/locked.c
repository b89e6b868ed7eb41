/* Which files may be protected, and the trying of passwords. Cleaner's jail. */
#include "format/locked/locked.h"

#include "container/crypt.h"
#include "container/digits.h"

int sk_locked_unknown(struct sk_job *job, const char *what)
{
	return sk_job_refuse(job, SK_REASON_ENCRYPTED, "a protection that is not known: %s", what);
}

int sk_locked_try(struct sk_job *job, bool everybody,
    int (*attempt)(struct sk_job *job, void *ctx, const char *password), void *ctx)
{
	uint32_t n = sk_job_passwords(job);
	int rc = everybody ? attempt(job, ctx, SK_EVERYBODYS_PASSWORD) : SK_EREFUSED;

	for (uint32_t i = 0; i < n && rc == SK_EREFUSED && !job->report->reason; i++) {
		rc = attempt(job, ctx, sk_password(job->passwords, i));
		if (rc == 0)
			sk_job_opened(job, i);
	}
	if (rc == 0)
		sk_job_removed(job, SK_GENERIC_ENCRYPTION, 1, "%s", "");
	if (rc != SK_EREFUSED)
		return rc;
	return sk_job_refuse(job, n ? SK_REASON_PASSWORD : SK_REASON_ENCRYPTED, "%s",
	    sk_filetype_name(job->report->type));
}

static int open_compound(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_slice *plain)
{
	struct sk_cfb c;

	/* What cannot be read is the reader's to tell. */
	if (!sk_cfb_is(in) || sk_cfb_open(job->arena, in, &c))
		return 0;
	if (type == SK_FT_DOC)
		return sk_locked_word(job, &c, plain);
	return type == SK_FT_XLS ? sk_locked_excel(job, &c, plain)
				 : sk_locked_slides(job, &c, plain);
}

struct sk_slice sk_locked_base64(struct sk_arena *a, const char *text)
{
	struct sk_slice in = sk_slice_str(text);
	struct sk_buf b = SK_BUF(in.n + 1);
	struct sk_base64_seen seen;
	int rc = sk_base64_read(in, "", false, &b, &seen);
	uint8_t *p = rc ? NULL : sk_arena_dup(a, b.p, b.len);
	struct sk_slice out = sk_slice(p, p ? b.len : 0);

	sk_buf_free(&b);
	return out;
}

int sk_locked_open(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_slice *plain)
{
	*plain = in;
	switch ((int)type) {
	case SK_FT_OFFICE_ENCRYPTED:
		return sk_locked_package(job, in, plain);
	case SK_FT_DOC:
	case SK_FT_XLS:
	case SK_FT_PPT:
		return open_compound(job, type, in, plain);
	case SK_FT_ODT:
	case SK_FT_OTT:
	case SK_FT_ODS:
	case SK_FT_OTS:
	case SK_FT_ODP:
	case SK_FT_OTP:
	case SK_FT_ODG:
	case SK_FT_OTG:
		return sk_locked_odf(job, in, plain);
	default:
		return 0;
	}
}
