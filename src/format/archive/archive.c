/*
 * Handler of zip: every member is cleaned by the rules of its own kind, in a new archive with safe names. What
 * must not pass is replaced by a note that says why. Cleaner's jail.
 */
#include "format/handler.h"

#include "format/archive/names.h"

#define LEVEL 6
#define DEFLATE_RATIO_MAX 1032 /* 258 bytes from 2 bits */
#define PROBE_ARENA ((size_t)64 << 20)

static const enum sk_filetype types[] = {SK_FT_ZIP, SK_FT_UNKNOWN};

struct archive {
	struct sk_job *job;
	struct sk_zip zip;
	struct sk_zip_writer *writer;
	struct sk_names *names;
	enum sk_charset charset;
	size_t out_max;
};

static const char *reason_in_japanese(enum sk_code code)
{
	switch ((int)code) {
#define SK_NOTE(id, text) \
	case SK_##id: \
		return text;
#include "format/archive/notes.def"
#undef SK_NOTE
	default:
		return "";
	}
}

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

static const char *last_component(const char *name)
{
	const char *slash = strrchr(name, '/');
	return slash ? slash + 1 : name;
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

/* A size that the packed bytes cannot have: the member will turn out damaged, and must not count. */
static bool is_size_a_lie(const struct sk_zip_member *m)
{
	if (m->method == 0)
		return m->size != m->packed_size;
	return m->method == 8 && m->size / DEFLATE_RATIO_MAX > m->packed_size;
}

/* Refuse at once what could only fail later, before anything is unpacked. */
static int check_whole(struct archive *ar)
{
	struct sk_job *job = ar->job;
	uint64_t total = 0;

	for (size_t i = 0; i < ar->zip.count; i++) {
		const struct sk_zip_member *m = &ar->zip.members[i];
		if (m->encrypted)
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

/* Word, Excel and PowerPoint: macro and template kinds come out as the plain kind, which is no wrong name. */
static bool plain_kind_of(enum sk_filetype out, const char *name)
{
	static const enum sk_filetype word[] = {SK_FT_DOCM, SK_FT_DOTX, SK_FT_DOTM, SK_FT_UNKNOWN};
	static const enum sk_filetype excel[] = {SK_FT_XLSM, SK_FT_XLTX, SK_FT_XLTM, SK_FT_UNKNOWN};
	static const enum sk_filetype slides[] = {
	    SK_FT_PPTM, SK_FT_POTX, SK_FT_POTM, SK_FT_PPSX, SK_FT_PPSM, SK_FT_UNKNOWN};
	const enum sk_filetype *list = out == SK_FT_DOCX   ? word
				       : out == SK_FT_XLSX ? excel
							   : slides;

	if (out != SK_FT_DOCX && out != SK_FT_XLSX && out != SK_FT_PPTX)
		return false;
	for (; *list != SK_FT_UNKNOWN; list++)
		if (sk_filetype_fits(*list, name))
			return true;
	return false;
}

/* Give out the name and write the member. Renaming is reported by what caused it. */
static int write_member(
    struct archive *ar, const char *name, enum sk_filetype type, struct sk_slice data)
{
	struct sk_job *job = ar->job;
	bool packed = sk_filetype_family(type) == SK_FAM_IMAGE ||
		      sk_filetype_family(type) == SK_FAM_OOXML || type == SK_FT_ZIP,
	     known = false;
	const char *taken = name ? sk_names_take(ar->names, name, false, &known) : NULL;

	if (taken == NULL)
		return SK_ENOMEM;
	if (strcmp(taken, name) != 0)
		sk_job_removed(job, SK_ARCHIVE_DUPLICATE, 1, "%s", taken);
	return sk_zip_writer_add(ar->writer, taken, data, packed ? 0 : LEVEL);
}

/* In place of a member that must not pass: a text of its name that says why. */
static int write_note(struct archive *ar, const char *name, enum sk_code why)
{
	struct sk_job *job = ar->job;
	const char *last = last_component(name);
	const char *text = sk_arena_printf(job->arena,
	    "「%s」は取り除かれました。\r\n理由：%s\r\n\r\n\"%s\" was removed.\r\nReason: %s\r\n",
	    last, reason_in_japanese(why), last, sk_code_text(why));

	if (text == NULL)
		return SK_ENOMEM;
	sk_job_removed(job, SK_ARCHIVE_MEMBER, 1, "%s: %s", name, sk_code_name(why));
	return write_member(ar, sk_name_for_note(job->arena, name), SK_FT_TXT, sk_slice_str(text));
}

/* Unpack and clean a member. SK_EREFUSED with *why: the archive goes on without it. */
static int clean_data(struct sk_job *job, struct sk_job *inner, const struct sk_zip_member *m,
    const char *name, struct sk_output *out, enum sk_code *why)
{
	struct sk_slice data;

	if (m->size > SK_LIMIT_MEMBER && !is_size_a_lie(m)) {
		*why = SK_REASON_LIMIT_SIZE;
		return SK_EREFUSED;
	}
	int rc = sk_zip_unpack(inner->arena, m, sk_job_expand_left(job), &data);

	/* A size that is a lie is no bomb. */
	if (rc == SK_ELIMIT && is_size_a_lie(m))
		rc = SK_EFORMAT;
	*why = rc == SK_EUNSUPPORTED ? SK_REASON_UNSUPPORTED_TYPE
	       : rc == SK_ELIMIT     ? SK_REASON_BOMB
				     : SK_REASON_DAMAGED;
	if (rc == SK_EFORMAT || rc == SK_EUNSUPPORTED || rc == SK_ELIMIT)
		return SK_EREFUSED;
	if (rc)
		return rc;
	job->budget->expand -= data.n;
	return job->services->clean_member(inner, name, data, out, why);
}

/* In an arena of its own, so that a large archive needs no more memory than its largest member. */
static int clean_file(struct archive *ar, const struct sk_zip_member *m, const char *name)
{
	struct sk_job *job = ar->job, inner = *job;
	struct sk_output out = {.bytes = SK_BUF(ar->out_max)};
	const char *last = last_component(name);
	enum sk_code why;

	inner.arena = sk_arena_new(job->limits->memory);
	if (inner.arena == NULL)
		return SK_ENOMEM;
	int rc = clean_data(job, &inner, m, name, &out, &why);
	if (rc == 0) {
		if (!sk_filetype_fits(out.type, last) && !plain_kind_of(out.type, last))
			sk_job_removed(job, SK_NAME_CHANGED, 1, "%s", name);
		char *typed = sk_name_for_type(job->arena, name, out.type);
		rc = write_member(ar, typed, out.type, sk_buf_slice(&out.bytes));
	} else if (rc == SK_EREFUSED) {
		rc = write_note(ar, name, why);
	}
	sk_buf_free(&out.bytes);
	sk_arena_free(inner.arena);
	return rc;
}

static int write_folder(struct archive *ar, const struct sk_zip_member *m, const char *name)
{
	struct sk_job *job = ar->job;
	bool known = false;
	const char *taken = sk_names_take(ar->names, name, true, &known);

	if (m->size)
		sk_job_removed(job, SK_ARCHIVE_HIDDEN, 1, "%s", name);
	if (taken == NULL)
		return SK_ENOMEM;
	if (strcmp(taken, name) != 0)
		sk_job_removed(job, SK_ARCHIVE_DUPLICATE, 1, "%s", taken);
	char *with_slash = sk_arena_printf(job->arena, "%s/", taken);
	if (with_slash == NULL)
		return SK_ENOMEM;
	return known ? 0 : sk_zip_writer_add(ar->writer, with_slash, sk_slice("", 0), 0);
}

/* What macOS and Windows put beside the files for themselves. */
static bool is_system_debris(const char *name)
{
	const char *last = last_component(name);

	return strncmp(name, "__MACOSX/", 9) == 0 || strcmp(name, "__MACOSX") == 0 ||
	       strcmp(last, ".DS_Store") == 0 || strcmp(last, "Thumbs.db") == 0;
}

/* The name for the output; what had to be changed is reported. */
static char *output_name(struct archive *ar, const struct sk_zip_member *m, struct sk_slice raw)
{
	struct sk_job *job = ar->job;
	char *name = sk_name_safe(job->arena, raw);
	size_t number = (size_t)(m - ar->zip.members) + 1;

	if (name && sk_name_intent(raw) == SK_NAME_ASTRAY)
		name = sk_name_neutral(job->arena, name, number);
	if (name == NULL)
		return NULL;
	size_t n = strlen(name);
	bool slash = m->directory && raw.n == n + 1 && raw.p[n] == '/';
	if (!(raw.n == n || slash) || memcmp(raw.p, name, n) != 0)
		sk_job_removed(job, SK_ARCHIVE_MEMBER_NAME, 1, "%s", name);
	return name;
}

static int clean_entry(struct archive *ar, const struct sk_zip_member *m)
{
	struct sk_job *job = ar->job;
	struct sk_slice raw = sk_name_decode(job->arena, m, ar->charset);
	char *name = output_name(ar, m, raw);

	if (name == NULL)
		return SK_ENOMEM;
	if (sk_job_member(job))
		return SK_EREFUSED;
	if (m->symlink) {
		sk_job_removed(job, SK_ARCHIVE_LINK, 1, "%s", name);
		return 0;
	}
	if (is_system_debris(name)) {
		sk_job_removed(job, SK_ARCHIVE_EXTRA, 1, "%s", name);
		return 0;
	}
	if (m->directory || (raw.n && raw.p[raw.n - 1] == '\\' && m->size == 0))
		return write_folder(ar, m, name);
	if (sk_name_intent(raw) == SK_NAME_MISUSED)
		return write_note(ar, name, SK_REASON_NAME);
	return clean_file(ar, m, name);
}

static int rebuild(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct archive ar = {.job = job,
	    .out_max = out->bytes.max < SK_LIMIT_MEMBER ? out->bytes.max : SK_LIMIT_MEMBER};
	const char *why = NULL;

	if (job->depth >= job->limits->nesting)
		return sk_job_refuse(job, SK_REASON_LIMIT_NESTING,
		    "more than %u archives in each other", job->limits->nesting);
	int rc = sk_zip_read(job->arena, in, job->limits->members, &ar.zip, &why);

	if (rc == SK_EFORMAT)
		return sk_job_refuse(job, SK_REASON_DAMAGED, "zip: %s", why);
	if (rc == SK_ELIMIT)
		return sk_job_refuse(
		    job, SK_REASON_LIMIT_MEMBERS, "more than %u files", job->limits->members);
	if (rc == 0)
		rc = check_whole(&ar);
	if (rc)
		return rc;
	ar.charset = sk_names_charset(&ar.zip);
	ar.names = sk_names_new(job->arena, ar.zip.count);
	ar.writer = sk_zip_writer_new(&out->bytes);
	if (ar.names == NULL || ar.writer == NULL)
		rc = SK_ENOMEM;
	report_notes(job, &ar.zip.notes);
	for (size_t i = 0; i < ar.zip.count && rc == 0; i++)
		rc = clean_entry(&ar, &ar.zip.members[i]);
	if (rc == 0)
		rc = sk_zip_writer_end(ar.writer);
	sk_zip_writer_free(ar.writer);
	out->type = SK_FT_ZIP;
	return rc;
}

static enum sk_filetype out_type(enum sk_filetype type, enum sk_method method)
{
	return type;
}

/* The other methods are those of the members; the job carries which one it is. */
const struct sk_handler sk_archive_handler = {
    .name = "archive",
    .types = types,
    .methods = SK_METHOD_REBUILD | SK_METHOD_FLATTEN | SK_METHOD_TEXT,
    .probe = probe,
    .rebuild = rebuild,
    .flatten = rebuild,
    .text = rebuild,
    .out_type = out_type,
};
