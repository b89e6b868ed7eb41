/*
 * Reading of archives through libarchive. One reader for the one format that was identified, never all of them, and
 * none that starts a program; compressed streams are unpacked on their own, and a tar inside one is read from memory.
 *
 * The library turns names that are Unicode in the archive into the character set of the locale: while it works that is
 * UTF-8. All other names come as the bytes that are stored. Cleaner's jail.
 */
#include "format/archive/library.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <iconv.h>
#include <locale.h>
#include <string.h>
#include <zlib.h>

#include "base/utf8.h"
#include "format/archive/members.h"
#include "format/archive/rar.h"

#define CHUNK ((size_t)256 << 10)
#define NAMES_MAX ((size_t)4 << 20)
#define RETRIES 100
#define HOST_DOS 0
#define HOST_UNIX 3

static locale_t utf8_locale;

struct source {
	struct sk_job *job;
	enum sk_filetype type;
	struct sk_slice in;
	struct archive *a;
	struct sk_buf data;
	bool opened;
	bool broken; /* nothing more can be read */
	struct sk_rar rar;
	const struct sk_rar_member *about; /* the member that is read, where it is known */
	bool same; /* its data are those of the one before, which `have` says are all there */
	bool have;
};

int sk_library_init(void)
{
	/* 7z, RAR and Joliet; then code pages that an LZH may name (header 0x46). */
	static const char *const sets[] = {"UTF-16LE", "UTF-16BE", "ISO-8859-1", "CP932", "EUC-JP",
	    "CP437", "CP850", "CP936", "CP949", "CP950", "CP1252"};
	static const char *const forms[] = {"UTF-8", "UTF-16BE", "WCHAR_T"};
	static iconv_t kept[3 * sizeof(sets) / sizeof(sets[0])];

	if (utf8_locale)
		return 0;
	utf8_locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (utf8_locale == (locale_t)0)
		return SK_ENOMEM;
	/* Kept open, so that the tables stay loaded. */
	for (size_t i = 0; i < 3 * sizeof(sets) / sizeof(sets[0]); i++) {
		kept[i] = iconv_open(forms[i % 3], sets[i / 3]);
		if (kept[i] == (iconv_t)-1)
			return SK_EUNSUPPORTED;
	}
	return 0;
}

static int support_format(struct archive *a, enum sk_filetype type)
{
	switch ((int)type) {
	case SK_FT_SEVENZIP:
		return archive_read_support_format_7zip(a);
	case SK_FT_RAR:
		return archive_read_support_format_rar(a) | archive_read_support_format_rar5(a);
	case SK_FT_LZH:
		return archive_read_support_format_lha(a);
	case SK_FT_CAB:
		return archive_read_support_format_cab(a);
	case SK_FT_TAR:
		return archive_read_support_format_tar(a);
	case SK_FT_ISO:
		return archive_read_support_format_iso9660(a);
	default:
		return archive_read_support_format_raw(a);
	}
}

static int support_filter(struct archive *a, enum sk_filetype type)
{
	switch ((int)type) {
	case SK_FT_GZIP:
		return archive_read_support_filter_gzip(a);
	case SK_FT_BZIP2:
		return archive_read_support_filter_bzip2(a);
	case SK_FT_XZ:
		return archive_read_support_filter_xz(a);
	case SK_FT_LZMA:
		return archive_read_support_filter_lzma(a);
	case SK_FT_ZSTD:
		return archive_read_support_filter_zstd(a);
	default:
		return ARCHIVE_OK;
	}
}

/* Open anew, at the first member. */
static int open_source(struct source *s)
{
	archive_read_free(s->a);
	s->broken = s->opened = false;
	s->a = archive_read_new();
	if (s->a == NULL)
		return SK_ENOMEM;
	if (support_format(s->a, s->type) != ARCHIVE_OK ||
	    support_filter(s->a, s->type) != ARCHIVE_OK)
		return SK_EUNSUPPORTED;
	/* It gives up on LZH names that are not of the locale; of Latin-1 each byte is a character. */
	if (s->type == SK_FT_LZH) {
		locale_t before = uselocale(utf8_locale);
		int rc = archive_read_set_format_option(s->a, "lha", "hdrcharset", "ISO-8859-1");
		uselocale(before);
		if (rc != ARCHIVE_OK)
			return SK_EUNSUPPORTED;
	}
	s->opened = archive_read_open_memory(s->a, s->in.p, s->in.n) >= ARCHIVE_WARN;
	return s->opened ? 0 : SK_EFORMAT;
}

/* What the library says about a failure, as a reason. It has no number of its own for methods that it lacks. */
static enum sk_code reason_of(const struct source *s)
{
	const char *text = archive_error_string(s->a);

	if (archive_errno(s->a) == ENOMEM ||
	    (text && (strstr(text, "allocate") || strstr(text, "ictionary size"))))
		return SK_REASON_LIMIT_MEMORY;
	/* Where nothing was opened the library follows a pointer to no format. */
	if ((s->opened && archive_read_has_encrypted_entries(s->a) > 0) ||
	    (text && (strstr(text, "ncrypt") || strstr(text, "Crypto"))))
		return SK_REASON_ENCRYPTED;
	return text && strstr(text, "upport") ? SK_REASON_UNSUPPORTED_TYPE : SK_REASON_DAMAGED;
}

/* The next member, NULL at the end; s->broken where the archive is unreadable from here. */
static struct archive_entry *next_entry(struct source *s)
{
	struct archive_entry *e = NULL;
	locale_t before = uselocale(utf8_locale);
	int rc = ARCHIVE_RETRY;

	for (int i = 0; i < RETRIES && rc == ARCHIVE_RETRY; i++)
		rc = archive_read_next_header(s->a, &e);
	uselocale(before);
	s->broken = rc != ARCHIVE_OK && rc != ARCHIVE_WARN && rc != ARCHIVE_EOF;
	return rc == ARCHIVE_OK || rc == ARCHIVE_WARN ? e : NULL;
}

static struct sk_slice name_of(struct archive_entry *e)
{
	locale_t before = uselocale(utf8_locale);
	const char *name = archive_entry_pathname(e);
	uselocale(before);
	struct sk_slice s = sk_slice_str(name ? name : "");

	while (sk_slice_starts(s, SK_SLICE_LIT("./")))
		s = sk_slice_sub(s, 2, s.n - 2);
	return s;
}

/* 7z and RAR 5 store Unicode only. */
static bool names_are_unicode(const struct source *s)
{
	return s->type == SK_FT_SEVENZIP ||
	       (s->type == SK_FT_RAR && archive_format(s->a) == ARCHIVE_FORMAT_RAR_V5);
}

/* Latin-1 back to the bytes of an LZH; a name beyond Latin-1 was Unicode in the archive, too. */
static struct sk_slice stored_bytes(struct sk_arena *a, struct sk_slice name)
{
	uint8_t *p = sk_arena_alloc(a, name.n);
	size_t n = 0;

	for (size_t at = 0; p && at < name.n;) {
		int32_t cp = sk_utf8_next(name, &at);
		if (cp < 0 || cp > 0xFF)
			return name;
		p[n++] = (uint8_t)cp;
	}
	return sk_slice(p, n);
}

static bool loses_halves(const struct source *s, const struct sk_zip_member *m)
{
	return (s->type == SK_FT_RAR || s->type == SK_FT_LZH) && !m->utf8 &&
	       !sk_utf8_valid(m->raw_name);
}

static bool is_cp932_lead(uint8_t c)
{
	return (c >= 0x81 && c <= 0x9F) || (c >= 0xE0 && c <= 0xFC);
}

/*
 * In names of LZH, and of RAR 4 without Unicode, the library has made each 0x5C a slash, also one that is the second half of a
 * character (表, ソ, 能), where a slash cannot stand.
 */
static struct sk_slice restore_cp932(struct sk_arena *a, struct sk_slice name)
{
	uint8_t *p = sk_arena_dup(a, name.p, name.n);

	for (size_t i = 0; p && i + 1 < name.n; i++)
		if (is_cp932_lead(p[i])) {
			i++;
			if (p[i] == '/')
				p[i] = '\\';
		}
	return sk_slice(p, p ? name.n : 0);
}

/* What the headers of a RAR 5 say of its member with this number, counted from 1; the name has to be the same. */
static const struct sk_rar_member *about(
    const struct source *s, size_t number, struct archive_entry *e)
{
	const struct sk_rar_member *m = number <= s->rar.n ? &s->rar.v[number - 1] : NULL;
	locale_t before = uselocale(utf8_locale);
	const char *name = archive_entry_pathname(e);

	uselocale(before);
	return m && name && sk_slice_is(m->name, name) ? m : NULL;
}

static void describe(
    struct source *s, size_t number, struct archive_entry *e, struct sk_zip_member *m)
{
	mode_t kind = archive_entry_filetype(e);
	const struct sk_rar_member *rar = about(s, number, e);
	bool same = s->type == SK_FT_ISO && archive_entry_hardlink(e) && s->have;
	bool link = (archive_entry_hardlink(e) && !same) || archive_entry_symlink(e) ||
		    kind == AE_IFLNK || (rar && rar->link);
	bool device = !link && kind != AE_IFDIR && kind != AE_IFREG && kind != 0;

	s->about = rar;
	s->same = same;
	*m = (struct sk_zip_member){
	    .raw_name = s->type == SK_FT_LZH ? stored_bytes(s->job->arena, name_of(e)) : name_of(e),
	    .utf8 = names_are_unicode(s),
	    .host = s->type == SK_FT_RAR ? HOST_DOS : HOST_UNIX,
	    .encrypted = archive_entry_is_encrypted(e) > 0 || (rar && rar->locked),
	    .directory = kind == AE_IFDIR,
	    .symlink = link || device,
	    .device = device};
}

static int too_much(struct sk_job *job)
{
	return sk_job_refuse(
	    job, SK_REASON_BOMB, "more than %zu bytes after unpacking", job->limits->expand);
}

/* Sizes that are told are not believed: memory grows with what is there. */
static int read_data(struct source *s, enum sk_code *why)
{
	size_t left = sk_job_expand_left(s->job);
	la_ssize_t got = 1;

	s->data.len = 0;
	while (got > 0) {
		if (s->data.len > left)
			return too_much(s->job);
		*why = SK_REASON_LIMIT_SIZE;
		if (s->data.len > SK_LIMIT_MEMBER)
			return SK_EREFUSED;
		int rc = sk_buf_reserve(&s->data, CHUNK);
		if (rc)
			return rc;
		got = archive_read_data(s->a, s->data.p + s->data.len, CHUNK);
		if (got > 0)
			s->data.len += (size_t)got;
	}
	if (got == 0)
		return 0;
	s->broken = got == ARCHIVE_FATAL;
	*why = reason_of(s);
	return SK_EREFUSED;
}

static int take_again(struct source *s, enum sk_code *why)
{
	*why = SK_REASON_BOMB;
	return s->data.len > sk_job_expand_left(s->job) ? too_much(s->job) : 0;
}

static int unpack(struct sk_members *ar, struct sk_arena *a, const struct sk_zip_member *m,
    struct sk_slice *data, enum sk_code *why)
{
	struct source *s = ar->source;
	locale_t before = uselocale(utf8_locale);
	/* Two names of one place in an ISO 9660 are two files; the library calls the second a link to the first. */
	int rc = s->same ? take_again(s, why) : read_data(s, why);

	uselocale(before);
	s->have = rc == 0;
	if (rc == SK_EREFUSED && s->job->report->reason != SK_CODE_NONE)
		return SK_ELIMIT; /* settled: the whole archive is refused */
	*data = sk_buf_slice(&s->data);
	/* The library looks at the sum of what was packed, not of what is stored. */
	if (rc == 0 && s->about && s->about->summed &&
	    crc32_z(0, data->p, data->n) != s->about->crc) {
		*why = SK_REASON_DAMAGED;
		return SK_EREFUSED;
	}
	return rc;
}

static int refuse_unreadable(struct source *s)
{
	const char *text = archive_error_string(s->a);

	return sk_job_refuse(s->job, reason_of(s), "%s: %s", sk_filetype_name(s->type),
	    text && sk_utf8_valid(sk_slice_str(text)) ? text : "unreadable");
}

/* All names together say in which character set they are; the data between them are passed over. */
static int find_charset(struct source *s, enum sk_charset *cs)
{
	struct sk_arena *a = s->job->arena;
	struct sk_zip zip = {0};
	struct archive_entry *e;
	size_t cap = 0, bytes = 0;

	while ((e = next_entry(s)) && zip.count < s->job->limits->members && bytes < NAMES_MAX) {
		zip.members =
		    sk_arena_grow(a, zip.members, &cap, zip.count + 1, sizeof(*zip.members));
		if (zip.members == NULL)
			return SK_ENOMEM;
		struct sk_zip_member *m = &zip.members[zip.count++];
		describe(s, zip.count, e, m);
		if (m->encrypted)
			return sk_job_refuse(s->job, SK_REASON_ENCRYPTED, "member %zu", zip.count);
		m->raw_name =
		    loses_halves(s, m)
			? restore_cp932(a, m->raw_name)
			: sk_slice(sk_arena_dup(a, m->raw_name.p, m->raw_name.n), m->raw_name.n);
		bytes += m->raw_name.n;
		if (m->utf8)
			break;
	}
	if (e == NULL && s->broken && zip.count == 0)
		return refuse_unreadable(s);
	if (sk_arena_failed(a))
		return SK_ENOMEM;
	*cs = sk_names_charset(&zip);
	return 0;
}

static bool is_the_root(const struct sk_zip_member *m)
{
	return m->directory && (m->raw_name.n == 0 || sk_slice_is(m->raw_name, ".") ||
				   sk_slice_is(m->raw_name, "/"));
}

static int add_entries(struct source *s, struct sk_members *ar)
{
	struct sk_job *job = s->job;
	struct archive_entry *e;
	size_t added = 0;
	int rc = 0;

	for (size_t number = 1; rc == 0 && !s->broken && (e = next_entry(s)); number++) {
		struct sk_zip_member m;
		describe(s, number, e, &m);
		s->have = s->have && s->same; /* until it is read */
		if (m.encrypted)
			return sk_job_refuse(job, SK_REASON_ENCRYPTED, "member %zu", number);
		if (ar->charset == SK_CS_CP932 && loses_halves(s, &m))
			m.raw_name = restore_cp932(job->arena, m.raw_name);
		if (is_the_root(&m))
			continue;
		added++;
		rc = sk_members_add(ar, &m, number);
	}
	if (rc == 0 && s->broken && (added == 0 || reason_of(s) == SK_REASON_ENCRYPTED))
		return refuse_unreadable(s);
	if (rc == 0 && s->broken)
		sk_job_removed(job, SK_ARCHIVE_CUT, 1, "%s", sk_filetype_name(s->type));
	return rc;
}

static int survey_rar(struct source *s)
{
	struct sk_job *job = s->job;
	int rc = sk_rar_read(job->arena, s->in, &s->rar);

	if (s->rar.comments)
		sk_job_removed(job, SK_ARCHIVE_COMMENT, s->rar.comments, "%s", "");
	if (s->rar.streams)
		sk_job_removed(job, SK_ARCHIVE_HIDDEN, s->rar.streams, "%s", "");
	if (s->rar.others)
		sk_job_removed(job, SK_ARCHIVE_EXTRA, s->rar.others, "%s", "");
	if (s->rar.trailing)
		sk_job_removed(job, SK_GENERIC_TRAILING, 1, "%s", "");
	return rc;
}

static int rebuild_entries(struct source *s, struct sk_output *out)
{
	struct sk_members ar = {.job = s->job, .unpack = unpack, .source = s};
	int rc = open_source(s);

	if (rc == SK_EFORMAT)
		return refuse_unreadable(s);
	if (rc == 0)
		rc = find_charset(s, &ar.charset);
	if (rc == 0)
		rc = open_source(s);
	if (rc)
		return rc;
	rc = sk_members_begin(&ar, out, 64);
	if (rc == 0)
		rc = add_entries(s, &ar);
	return sk_members_end(&ar, rc);
}

/* What a compressed file is called when it is unpacked: without its last extension; x.tgz is x.tar. */
static struct sk_slice stem_of(struct sk_job *job)
{
	const char *slash = strrchr(job->name, '/'), *last = slash ? slash + 1 : job->name;
	const char *dot = strrchr(last, '.');
	size_t n = dot && dot != last ? (size_t)(dot - last) : strlen(last);

	return n ? sk_slice((const uint8_t *)last, n) : SK_SLICE_LIT("file");
}

/* The one member has been read already. */
static int give_data(struct sk_members *ar, struct sk_arena *a, const struct sk_zip_member *m,
    struct sk_slice *data, enum sk_code *why)
{
	const struct source *s = ar->source;

	*data = sk_buf_slice(&s->data);
	return 0;
}

static bool is_tar(struct sk_slice in)
{
	struct sk_report *r = calloc(1, sizeof(*r));
	bool found = false;

	if (r == NULL)
		return false;
	sk_other_handler.probe(in, "x.tar", r);
	for (uint32_t i = 0; i < r->nclaims; i++)
		found = found || (r->claims[i].type == SK_FT_TAR &&
				     r->claims[i].strength == SK_CLAIM_STRUCTURE);
	free(r);
	return found;
}

static int rebuild_single(struct source *s, struct sk_output *out)
{
	struct sk_members ar = {
	    .job = s->job, .unpack = give_data, .source = s, .charset = SK_CS_UTF8};
	struct sk_zip_member m = {.raw_name = stem_of(s->job), .utf8 = true, .host = HOST_UNIX};
	int rc = sk_members_begin(&ar, out, 1);

	if (rc == 0)
		rc = sk_members_add(&ar, &m, 1);
	return sk_members_end(&ar, rc);
}

/* What the filter has left behind the end of its stream, but for the zeros that fill up blocks. */
static void report_trailing(struct source *s)
{
	int64_t used = archive_filter_bytes(s->a, -1);
	struct sk_slice rest = sk_slice_sub(s->in, (size_t)used, s->in.n);
	size_t n = 0;

	while (n < rest.n && rest.p[n] == 0)
		n++;
	if (used >= 0 && n < rest.n)
		sk_job_removed(s->job, SK_GENERIC_TRAILING, 1, "%s", "");
}

/* A tar in a compressed stream counts once, by its members. */
static int rebuild_stream(struct source *s, struct sk_output *out)
{
	enum sk_code why = SK_CODE_NONE;
	int rc = open_source(s);

	if (rc == SK_EFORMAT || (rc == 0 && next_entry(s) == NULL))
		return s->broken || rc ? refuse_unreadable(s)
				       : sk_job_refuse(s->job, SK_REASON_EMPTY, "nothing inside");
	/* A stream that its filter does not take would come as it is. */
	if (rc == 0 && archive_filter_code(s->a, 0) == ARCHIVE_FILTER_NONE)
		return sk_job_refuse(s->job, SK_REASON_DAMAGED, "%s", sk_filetype_name(s->type));
	if (rc == 0)
		rc = read_data(s, &why);
	bool cut = rc == SK_EREFUSED && why == SK_REASON_DAMAGED && is_tar(sk_buf_slice(&s->data));
	if (rc == SK_EREFUSED && !cut)
		return s->job->report->reason ? rc : sk_job_refuse(s->job, why, "%s", "");
	if (rc && !cut)
		return rc;
	if (!cut)
		report_trailing(s);
	if (cut)
		sk_job_removed(s->job, SK_ARCHIVE_CUT, 1, "%s", sk_filetype_name(s->type));
	if (!is_tar(sk_buf_slice(&s->data)))
		return rebuild_single(s, out);
	struct source tar = {.job = s->job,
	    .type = SK_FT_TAR,
	    .in = sk_buf_slice(&s->data),
	    .data = SK_BUF(SK_LIMIT_MEMBER + 2 * CHUNK)};
	rc = rebuild_entries(&tar, out);
	archive_read_free(tar.a);
	sk_buf_free(&tar.data);
	return rc;
}

int sk_library_rebuild(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct source s = {
	    .job = job, .type = type, .in = in, .data = SK_BUF(SK_LIMIT_MEMBER + 2 * CHUNK)};

	if (sk_library_is_volume(type, job->name, in))
		return sk_job_refuse(job, SK_REASON_VOLUME, "%s", sk_filetype_name(type));
	bool stream = type == SK_FT_GZIP || type == SK_FT_BZIP2 || type == SK_FT_XZ ||
		      type == SK_FT_LZMA || type == SK_FT_ZSTD;
	if (type == SK_FT_ISO && sk_library_has_udf(in))
		sk_job_removed(job, SK_ARCHIVE_UDF, 1, "%s", "");
	int rc = type == SK_FT_RAR ? survey_rar(&s) : 0;
	if (rc == 0)
		rc = stream ? rebuild_stream(&s, out) : rebuild_entries(&s, out);
	archive_read_free(s.a);
	sk_buf_free(&s.data);
	return rc;
}
