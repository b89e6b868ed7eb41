/*
 * Members of an archive on their way into the new one: a safe name, cleaned by the rules of its own kind, or a note
 * that says why it is missing (doc/profiles/archive.md). Cleaner's jail.
 */
#include "format/archive/members.h"

#define LEVEL 6

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

static const char *last_component(const char *name)
{
	const char *slash = strrchr(name, '/');
	return slash ? slash + 1 : name;
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
    struct sk_members *ar, const char *name, enum sk_filetype type, struct sk_slice data)
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

/* In place of a member that must not pass: a text of its name that says why. The caller reports it. */
static int put_note(struct sk_members *ar, const char *name, enum sk_code why)
{
	struct sk_job *job = ar->job;
	const char *last = last_component(name);
	const char *text = sk_arena_printf(job->arena,
	    "「%s」は取り除かれました。\r\n理由：%s\r\n\r\n\"%s\" was removed.\r\nReason: %s\r\n",
	    last, reason_in_japanese(why), last, sk_code_text(why));

	if (text == NULL)
		return SK_ENOMEM;
	return write_member(ar, sk_name_for_note(job->arena, name), SK_FT_TXT, sk_slice_str(text));
}

static int write_note(struct sk_members *ar, const char *name, enum sk_code why)
{
	sk_job_removed(ar->job, SK_ARCHIVE_MEMBER, 1, "%s: %s", name, sk_code_name(why));
	return put_note(ar, name, why);
}

/* Unpack and clean a member. SK_EREFUSED with *why: the archive goes on without it. */
static int clean_data(struct sk_members *ar, struct sk_job *inner, const struct sk_zip_member *m,
    const char *name, struct sk_output *out, enum sk_code *why)
{
	struct sk_job *job = ar->job;
	struct sk_slice data;
	int rc = ar->unpack(ar, inner->arena, m, &data, why);

	if (rc == SK_EREFUSED)
		sk_report_holds(job->report, 1, SK_FT_UNKNOWN, *why);
	if (rc)
		return rc;
	inner->file = 1;
	job->budget->expand -= data.n;
	return job->services->clean_member(inner, name, data, out, why);
}

/* In an arena of its own, so that a large archive needs no more memory than its largest member. */
static int clean_file(struct sk_members *ar, const struct sk_zip_member *m, const char *name)
{
	struct sk_job *job = ar->job, inner = *job;
	struct sk_output out = {.bytes = SK_BUF(ar->out_max)};
	const char *last = last_component(name);
	enum sk_code why;

	inner.arena = sk_arena_new(job->limits->memory);
	if (inner.arena == NULL)
		return SK_ENOMEM;
	int rc = clean_data(ar, &inner, m, name, &out, &why);
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

static int write_folder(struct sk_members *ar, const struct sk_zip_member *m, const char *name)
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
static char *output_name(
    struct sk_members *ar, const struct sk_zip_member *m, size_t number, struct sk_slice raw)
{
	struct sk_job *job = ar->job;
	char *name = sk_name_safe(job->arena, raw);

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

int sk_members_add(struct sk_members *ar, const struct sk_zip_member *m, size_t number)
{
	struct sk_job *job = ar->job;
	struct sk_slice raw = sk_name_decode(job->arena, m, ar->charset);
	char *name = output_name(ar, m, number, raw);

	if (name == NULL)
		return SK_ENOMEM;
	if (sk_job_member(job))
		return SK_EREFUSED;
	if (m->symlink) {
		sk_job_removed(job, SK_ARCHIVE_LINK, 1, "%s", name);
		return m->device ? 0 : put_note(ar, name, SK_ARCHIVE_LINK);
	}
	if (is_system_debris(name)) {
		sk_job_removed(job, SK_ARCHIVE_EXTRA, 1, "%s", name);
		return 0;
	}
	if (m->directory || (raw.n && raw.p[raw.n - 1] == '\\' && m->size == 0))
		return write_folder(ar, m, name);
	if (sk_name_intent(raw) == SK_NAME_MISUSED) {
		sk_report_holds(job->report, 1, SK_FT_UNKNOWN, SK_REASON_NAME);
		return write_note(ar, name, SK_REASON_NAME);
	}
	return clean_file(ar, m, name);
}

int sk_members_begin(struct sk_members *ar, struct sk_output *out, size_t expected)
{
	struct sk_job *job = ar->job;

	ar->out_max = out->bytes.max < SK_LIMIT_MEMBER ? out->bytes.max : SK_LIMIT_MEMBER;
	ar->names = sk_names_new(job->arena, expected);
	ar->writer = sk_zip_writer_new(&out->bytes);
	out->type = SK_FT_ZIP;
	return ar->names && ar->writer ? 0 : SK_ENOMEM;
}

int sk_members_end(struct sk_members *ar, int rc)
{
	if (rc == 0)
		rc = sk_zip_writer_end(ar->writer);
	sk_zip_writer_free(ar->writer);
	ar->writer = NULL;
	return rc;
}
