/*
 * Handler of archives, and reader of zip: every member is cleaned by the rules of its own kind, in a new archive with safe names. What
 * must not pass is replaced by a note that says why. Cleaner's jail.
 */
#include "base/utf8.h"
#include "container/crypt.h"
#include "container/zip-crypt.h"
#include "format/archive/library.h"
#include "format/archive/members.h"
#include "format/text/text.h"

#define DEFLATE_RATIO_MAX 1032 /* 258 bytes from 2 bits */
#define PROBE_ARENA ((size_t)64 << 20)

static const enum sk_filetype types[] = {SK_FT_ZIP, SK_FT_SEVENZIP, SK_FT_RAR, SK_FT_LZH, SK_FT_CAB,
    SK_FT_TAR, SK_FT_ISO, SK_FT_GZIP, SK_FT_BZIP2, SK_FT_XZ, SK_FT_LZMA, SK_FT_ZSTD, SK_FT_UNKNOWN};

static void probe(struct sk_slice in, const char *name, struct sk_report *claims)
{
	struct sk_arena *a = sk_arena_new(PROBE_ARENA);
	struct sk_zip zip;
	bool starts = sk_slice_starts(in, SK_SLICE_LIT("PK\3\4")) ||
		      sk_slice_starts(in, SK_SLICE_LIT("PK\5\6"));
	int rc = a ? sk_zip_read(a, in, SK_LIMIT_MEMBERS, &zip, NULL) : SK_ENOMEM;

	/* Behind other bytes it is an archive only to a reader that looks from the end of the file. */
	if ((rc == 0 && !zip.notes.leading) || (rc == SK_ELIMIT && starts))
		sk_report_claim(claims, SK_FT_ZIP, SK_CLAIM_STRUCTURE, 0, "zip directory");
	else if (rc == 0)
		sk_report_claim(claims, SK_FT_ZIP,
		    zip.notes.trailing ? SK_CLAIM_SIGNATURE : SK_CLAIM_STRUCTURE,
		    zip.count ? (uint64_t)(zip.members[0].data.p - in.p) : 0,
		    "zip directory at the end");
	else if (starts)
		sk_report_claim(claims, SK_FT_ZIP, SK_CLAIM_SIGNATURE, 0, "zip signature");
	sk_arena_free(a);
}

static void report_notes(struct sk_job *job, const struct sk_zip_notes *n)
{
	if (n->leading)
		sk_job_removed(job, SK_GENERIC_LEADING, 1, "%s", "");
	if (n->trailing)
		sk_job_removed(job, SK_GENERIC_TRAILING, 1, "%s", "");
	if (n->comment || n->member_comments)
		sk_job_removed(job, SK_ARCHIVE_COMMENT, n->comment + n->member_comments, "%s", "");
	if (n->extra_fields)
		sk_job_removed(job, SK_ARCHIVE_EXTRA, n->extra_fields, "%s", "");
	if (n->hidden)
		sk_job_removed(job, SK_ARCHIVE_HIDDEN, 1, "%s", "");
}

/* Members that are protected by a password, and what became of them. */
struct locks {
	uint32_t met, opened;
	uint32_t last; /* number of the password that opened the last one, from 1; 0: none yet */
	enum sk_code why;
};

/* A size that the packed bytes cannot have: the member will turn out damaged, and must not count. */
static bool is_size_a_lie(const struct sk_zip_member *m)
{
	size_t over = m->encrypted ? sk_zip_crypt_overhead(m) : 0;
	uint16_t method = m->encrypted ? sk_zip_crypt_method(m) : m->method;

	if (over > m->packed_size)
		return true;
	if (method == 0)
		return m->size != m->packed_size - over;
	return method == 8 && m->size / DEFLATE_RATIO_MAX > m->packed_size;
}

/* Refuse at once what could only fail later, before anything is unpacked. */
static int check_whole(struct sk_job *job, const struct sk_zip *zip)
{
	uint64_t total = 0;

	for (size_t i = 0; i < zip->count; i++) {
		const struct sk_zip_member *m = &zip->members[i];
		if (m->encrypted && sk_job_passwords(job) == 0)
			return sk_job_refuse(job, SK_REASON_ENCRYPTED, "member %zu", i + 1);
		if (is_size_a_lie(m))
			continue;
		if (__builtin_add_overflow(total, m->size, &total) ||
		    total > sk_job_expand_left(job))
			return sk_job_refuse(job, SK_REASON_BOMB,
			    "more than %zu bytes after unpacking", job->limits->expand);
	}
	return 0;
}

/* Try the bytes of one password. What the old cipher lets pass is right only when its data unpack. */
static int try_bytes(struct sk_job *job, struct sk_arena *a, const struct sk_zip_member *m,
    struct sk_slice password, struct sk_slice *data)
{
	struct sk_zip_member plain;
	int rc = sk_job_rounds(job, sk_zip_crypt_rounds(m));

	if (rc)
		return SK_ELIMIT;
	rc = sk_zip_decrypt(a, m, password, &plain);
	return rc ? rc : sk_zip_unpack(a, &plain, sk_job_expand_left(job), data);
}

static int try_password(struct sk_job *job, struct sk_arena *a, const struct sk_zip_member *m,
    uint32_t number, struct sk_slice *data)
{
	struct sk_slice forms[SK_PASSWORD_FORMS];
	unsigned n = sk_password_bytes(a, sk_password(job->passwords, number), forms);
	int rc = n ? SK_EREFUSED : SK_ENOMEM;

	for (unsigned i = 0; i < n && (rc == SK_EREFUSED || rc == SK_EFORMAT); i++) {
		int one = try_bytes(job, a, m, forms[i], data);
		if (one != SK_EREFUSED || rc != SK_EFORMAT)
			rc = one;
	}
	return rc;
}

/*
 * Damaged is what a password opens that has opened other members, and what authenticates the password but not the data;
 * else it was not the password.
 */
static int open_locked(struct sk_members *ar, struct sk_arena *a, const struct sk_zip_member *m,
    struct sk_slice *data, enum sk_code *why)
{
	struct locks *l = ar->source;
	uint32_t n = sk_job_passwords(ar->job);
	int rc = SK_EREFUSED;

	*why = sk_zip_crypt_overhead(m) == SIZE_MAX ? SK_REASON_ENCRYPTED : SK_REASON_PASSWORD;
	for (uint32_t i = 0; i < n && *why != SK_REASON_ENCRYPTED; i++) {
		/* First the one that fitted last. */
		uint32_t k = l->last == 0 ? i : (l->last - 1 + i) % n;
		rc = try_password(ar->job, a, m, k, data);
		if (rc == 0) {
			l->last = k + 1;
			l->opened++;
			sk_job_opened(ar->job, k);
			return 0;
		}
		if (rc == SK_EFORMAT && (m->aes.n || k + 1 == l->last))
			*why = SK_REASON_DAMAGED;
		else if (rc != SK_EREFUSED && rc != SK_EFORMAT)
			return rc;
	}
	l->why = *why;
	return SK_EREFUSED;
}

static int unpack_any(struct sk_members *ar, struct sk_arena *a, const struct sk_zip_member *m,
    struct sk_slice *data, enum sk_code *why)
{
	struct locks *l = ar->source;

	if (!m->encrypted)
		return sk_zip_unpack(a, m, sk_job_expand_left(ar->job), data);
	l->met++;
	return open_locked(ar, a, m, data, why);
}

static int unpack(struct sk_members *ar, struct sk_arena *a, const struct sk_zip_member *m,
    struct sk_slice *data, enum sk_code *why)
{
	if (m->size > SK_LIMIT_MEMBER && !is_size_a_lie(m)) {
		*why = SK_REASON_LIMIT_SIZE;
		return SK_EREFUSED;
	}
	int rc = unpack_any(ar, a, m, data, why);

	if (rc == SK_EREFUSED || ar->job->report->reason != SK_CODE_NONE)
		return rc;

	/* A size that is a lie is no bomb. */
	if (rc == SK_ELIMIT && is_size_a_lie(m))
		rc = SK_EFORMAT;
	*why = rc == SK_EUNSUPPORTED ? SK_REASON_UNSUPPORTED_TYPE
	       : rc == SK_ELIMIT     ? SK_REASON_BOMB
				     : SK_REASON_DAMAGED;
	if (rc == SK_EFORMAT || rc == SK_EUNSUPPORTED || rc == SK_ELIMIT)
		return SK_EREFUSED;
	return rc;
}

/* An archive of which no password opens anything is refused whole; else what stays closed has its note. */
static int check_locks(struct sk_job *job, const struct locks *l)
{
	if (l->met && l->opened == 0)
		return sk_job_refuse(job, l->why, "%u members", l->met);
	if (l->opened)
		sk_job_removed(job, SK_GENERIC_ENCRYPTION, l->opened, "%s", "");
	return 0;
}

static int rebuild_zip(struct sk_job *job, struct sk_slice in, struct sk_output *out)
{
	struct locks locks = {0};
	struct sk_members ar = {.job = job, .unpack = unpack, .source = &locks};
	struct sk_zip zip;
	const char *why = NULL;
	int rc = sk_zip_read(job->arena, in, job->limits->members, &zip, &why);

	if (rc == SK_EFORMAT)
		return sk_job_refuse(job, SK_REASON_DAMAGED, "zip: %s", why);
	if (rc == SK_EUNSUPPORTED)
		return sk_job_refuse(job, SK_REASON_ENCRYPTED, "zip: %s", why);
	if (rc == SK_ELIMIT)
		return sk_job_refuse(
		    job, SK_REASON_LIMIT_MEMBERS, "more than %u files", job->limits->members);
	if (rc == 0)
		rc = check_whole(job, &zip);
	if (rc)
		return rc;
	ar.charset = sk_names_charset(&zip);
	rc = sk_members_begin(&ar, out, zip.count);
	report_notes(job, &zip.notes);
	for (size_t i = 0; i < zip.count && rc == 0; i++) {
		sk_job_done(job, i, zip.count);
		rc = sk_members_add(&ar, &zip.members[i], i + 1);
	}
	if (rc == 0)
		rc = check_locks(job, &locks);
	return sk_members_end(&ar, rc);
}

static int rebuild(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	if (job->depth >= job->limits->nesting)
		return sk_job_refuse(job, SK_REASON_LIMIT_NESTING,
		    "more than %u archives in each other", job->limits->nesting);
	return type == SK_FT_ZIP ? rebuild_zip(job, in, out)
				 : sk_library_rebuild(job, type, in, out);
}

/* What is in it: names and sizes, a line each. Of what was cleaned a name is one that can be shown. */
static int put_names(const struct sk_zip *zip, struct sk_buf *out)
{
	for (size_t i = 0; i < zip->count; i++) {
		const struct sk_zip_member *f = &zip->members[i];
		struct sk_slice name = f->unicode_name.n ? f->unicode_name : f->raw_name;
		if (!sk_utf8_valid(name))
			return SK_EFORMAT;
		sk_buf_put_slice(out, name);
		sk_buf_printf(out, "  (%llu bytes)\r\n", (unsigned long long)f->size);
	}
	return out->err;
}

static int show(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct sk_buf lines = SK_BUF(job->limits->output);
	const char *why = NULL;
	struct sk_zip zip;
	int rc = type == SK_FT_ZIP
		     ? sk_zip_read(job->arena, in, job->limits->members, &zip, &why)
		     : sk_job_refuse(job, SK_REASON_METHOD, "%s", sk_filetype_name(type));

	if (rc == 0)
		rc = put_names(&zip, &lines);
	if (rc == 0)
		rc = sk_text_print(job, sk_buf_slice(&lines), false, out);
	sk_buf_free(&lines);
	return rc;
}

static enum sk_filetype out_type(enum sk_filetype type, enum sk_method method)
{
	return SK_FT_ZIP;
}

/* The other methods are those of the members; the job carries which one it is. */
const struct sk_handler sk_archive_handler = {
    .name = "archive",
    .types = types,
    .methods = SK_METHOD_REBUILD | SK_METHOD_FLATTEN | SK_METHOD_TEXT,
    .init = sk_library_init,
    .probe = probe,
    .rebuild = rebuild,
    .flatten = rebuild,
    .text = rebuild,
    .show = show,
    .out_type = out_type,
};
