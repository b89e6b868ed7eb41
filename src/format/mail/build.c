/*
 * The tree of parts becomes a mail (doc/profiles/mail.md): every text in UTF-8, every file cleaned by its own family, what
 * must not pass replaced by a note. Boundaries come from the content, so that the same mail always gives the same bytes.
 * Cleaner's jail.
 */
#include "format/mail/mail.h"

#include <stdlib.h>
#include <strings.h>

#include "base/utf8.h"
#include "format/archive/names.h"
#include "format/mail/body.h"
#include "format/mail/compose.h"
#include "format/mail/page.h"
#include "format/text/text.h"

static int write_part(
    struct sk_mail *m, struct sk_part *p, struct sk_buf *out, struct sk_written *w);

static bool begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

static bool is_any(const char *kind, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(kind, *list) == 0)
			return true;
	return false;
}

/* --- parts that never stay --- */

static bool is_signature(const struct sk_part *p)
{
	static const char *const list[] = {"application/pkcs7-signature",
	    "application/x-pkcs7-signature", "application/pgp-signature", NULL};
	return is_any(p->kind, list);
}

static bool is_sealed(const struct sk_part *p)
{
	static const char *const list[] = {"multipart/encrypted", "application/pkcs7-mime",
	    "application/x-pkcs7-mime", "application/pgp-encrypted", NULL};
	return is_any(p->kind, list);
}

/* What has to be said instead of a part, whatever is in it; NULL when it has to be looked at. */
static const struct sk_note *never(const struct sk_part *p)
{
	static const struct sk_note
	    torn = {SK_REASON_POLYGLOT, NULL, NULL},
	    unknown = {SK_REASON_UNSUPPORTED_TYPE, NULL, NULL},
	    smime = {SK_REASON_ENCRYPTED,
		"署名または暗号化された部分（S/MIME）です。中身を確かめられません。",
		"This part is signed or encrypted (S/MIME), so it cannot be checked."},
	    pgp = {SK_REASON_ENCRYPTED, "暗号化された部分（PGP）です。中身を確かめられません。",
		"This part is encrypted (PGP), so it cannot be checked."},
	    partial = {SK_MAIL_EXTERNAL,
		"一通のメールを分割した一部分です。分割されたままでは中身を確かめられません。",
		"This is one piece of a mail that was divided; it cannot be checked alone."},
	    outside = {SK_MAIL_EXTERNAL, "本体が別の場所に置かれている添付です。",
		"This attachment is kept elsewhere."};

	if (p->torn)
		return &torn;
	if (is_sealed(p))
		return strstr(p->kind, "pkcs7") ? &smime : &pgp;
	if (strcmp(p->kind, "message/partial") == 0)
		return &partial;
	if (strcmp(p->kind, "message/external-body") == 0)
		return &outside;
	return p->encoding == SK_ENC_UNKNOWN && p->first == NULL ? &unknown : NULL;
}

/* The name to call a part by in a note: its own, or what it is. */
static char *note_name(struct sk_mail *m, const struct sk_part *p)
{
	bool torn;
	char *raw = sk_part_name(m, p, &torn);

	if (raw)
		return sk_name_safe(m->arena, sk_slice_str(raw));
	return sk_arena_printf(m->arena, "part-%zu", ++m->number);
}

static int write_note(struct sk_mail *m, const char *name, const struct sk_note *note,
    struct sk_buf *out, struct sk_written *w)
{
	const char *slash = strrchr(name, '/'), *last = slash ? slash + 1 : name;

	w->note = true;
	sk_job_removed(m->job, note->code == SK_MAIL_EXTERNAL ? SK_MAIL_EXTERNAL : SK_MAIL_PART, 1,
	    "%s: %s", last, sk_code_name(note->code));
	return sk_put_note(m, last, note, out);
}

/* --- leaves --- */

/* Cleaned by the rules of its own kind, in memory of its own. SK_EREFUSED with *why: a note instead. */
static int clean(struct sk_mail *m, const char *name, bool file, enum sk_method method,
    struct sk_slice in, struct sk_output *out, enum sk_code *why)
{
	struct sk_job inner = *m->job;

	inner.method = method;
	inner.file = file ? m->level + 1 : 0;
	inner.depth += m->level;
	inner.arena = sk_arena_new(inner.limits->memory);
	if (inner.arena == NULL)
		return SK_ENOMEM;
	int rc = inner.services->clean_member(&inner, name, in, out, why);
	sk_arena_free(inner.arena);
	return rc;
}

static bool is_wrong_name(enum sk_filetype type, const char *name)
{
	static const char *const office[][2] = {{"doc", "docx"}, {"xls", "xlsx"}, {"ppt", "pptx"},
	    {"pot", "pptx"}, {"pps", "pptx"}, {"dot", "docx"}, {"xlt", "xlsx"}};
	const char *dot = strrchr(name, '.');

	if (sk_filetype_fits(type, name))
		return false;
	for (size_t i = 0; dot && i < sizeof(office) / sizeof(office[0]); i++)
		if (strncasecmp(dot + 1, office[i][0], 3) == 0 &&
		    strcmp(office[i][1], sk_filetype_ext(type)) == 0)
			return false;
	return true;
}

/* The file name that is written: safe, last component, with the extension of what it has become. */
static char *final_name(struct sk_mail *m, const char *raw, const char *safe, enum sk_filetype type)
{
	if (raw && strcmp(raw, safe) != 0)
		sk_job_removed(m->job, SK_MAIL_NAME, 1, "%s", safe);
	if (raw && is_wrong_name(type, safe))
		sk_job_removed(m->job, SK_NAME_CHANGED, 1, "%s", safe);
	return sk_name_for_type(m->arena, safe, type);
}

static const char *extension_for(const char *kind)
{
	static const struct {
		const char *kind, *ext;
	} table[] = {{"text/plain", ".txt"}, {"text/html", ".html"}, {"text/calendar", ".ics"},
	    {"text/csv", ".csv"}, {"text/vcard", ".vcf"}, {"text/x-vcard", ".vcf"},
	    {"text/directory", ".vcf"}, {"text/rtf", ".rtf"}, {"application/rtf", ".rtf"},
	    {"application/pdf", ".pdf"}, {"image/jpeg", ".jpg"}, {"image/png", ".png"},
	    {"image/gif", ".gif"}, {"text/xml", ".xml"}, {"application/json", ".json"}};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(kind, table[i].kind) == 0)
			return table[i].ext;
	return "";
}

static char *safe_name(struct sk_mail *m, const struct sk_part *p, const char *raw)
{
	char *made =
	    raw ? NULL
		: sk_arena_printf(m->arena, "part-%zu%s", ++m->number, extension_for(p->kind));
	char *safe = raw || made ? sk_name_safe(m->arena, sk_slice_str(raw ? raw : made)) : NULL;
	char *slash = safe ? strrchr(safe, '/') : NULL;

	return slash ? slash + 1 : safe;
}

/* A picture that pages may show. */
static int write_shown(struct sk_mail *m, struct sk_part *p, const struct sk_output *done,
    const char *name, struct sk_buf *out)
{
	bool shown = sk_filetype_family(done->type) == SK_FAM_IMAGE && !p->attached;
	struct sk_slice id = shown ? sk_part_id(p) : sk_slice("", 0);

	if (id.n) {
		struct sk_slice *all =
		    sk_arena_grow(m->arena, m->ids, &m->cap_ids, m->nids + 1, sizeof(*all));
		if (all == NULL)
			return SK_ENOMEM;
		m->ids = all;
		all[m->nids++] = id;
	}
	return sk_put_file(done->type, name, id, sk_buf_slice(&done->bytes), out);
}

static int write_file(struct sk_mail *m, struct sk_part *p, struct sk_slice data,
    struct sk_buf *out, struct sk_written *w)
{
	struct sk_output done = {.bytes = SK_BUF(out->max)};
	bool torn;
	char *raw = sk_part_name(m, p, &torn), *safe = safe_name(m, p, raw);
	enum sk_code why = SK_REASON_INTERNAL;

	if (safe == NULL)
		return SK_ENOMEM;
	if (torn)
		sk_job_removed(m->job, SK_MAIL_NAME, 1, "%s", "two names");
	if (raw && (torn || sk_name_intent(sk_slice_str(raw)) == SK_NAME_MISUSED)) {
		sk_report_holds(m->job->report, m->level + 1, SK_FT_UNKNOWN, SK_REASON_NAME);
		return write_note(m, safe, &(struct sk_note){SK_REASON_NAME, NULL, NULL}, out, w);
	}
	int rc = clean(m, safe, true, m->job->method, data, &done, &why);
	if (rc == SK_EREFUSED) {
		rc = write_note(m, safe, &(struct sk_note){why, NULL, NULL}, out, w);
	} else if (rc == 0) {
		char *name = final_name(m, raw, safe, done.type);
		rc = name ? write_shown(m, p, &done, name, out) : SK_ENOMEM;
	}
	sk_buf_free(&done.bytes);
	return rc;
}

/* A file of uuencode in a text becomes a part of its own. */
static int write_uu(
    struct sk_mail *m, struct sk_slice name, struct sk_slice lines, struct sk_buf *out)
{
	struct sk_buf data = SK_BUF(lines.n + 64);
	struct sk_part *p = sk_part_new(m, "application/octet-stream");
	struct sk_written w = {0};
	unsigned odd = 0;
	int rc = p ? sk_uudecode(lines, &data, &odd) : SK_ENOMEM;

	if (rc == 0) {
		p->name = sk_arena_str(m->arena, name);
		p->attached = true;
		rc = p->name ? write_file(m, p, sk_buf_slice(&data), out, &w) : SK_ENOMEM;
	}
	sk_buf_free(&data);
	return rc;
}

/* The line before `at`, which together with what now follows it may be the beginning of a file. */
static size_t line_before(const struct sk_buf *b, size_t at)
{
	if (at > 0)
		at--;
	while (at > 0 && b->p[at - 1] != '\n')
		at--;
	return at;
}

/* Take the files out of a text; they become parts. The text is filtered before, so that none comes to light later. */
static int take_files(struct sk_mail *m, struct sk_buf *text, struct sk_parts *parts)
{
	size_t from, to, at = 0;
	struct sk_slice name, lines;
	int rc = 0;

	while (rc == 0 && sk_uu_find(sk_slice_sub(sk_buf_slice(text), at, text->len), &from, &to,
			      &name, &lines)) {
		struct sk_buf *out = sk_parts_next(parts);
		sk_job_removed(m->job, SK_MAIL_UUENCODE, 1, "%s", "text");
		rc = out ? sk_job_member(m->job) : SK_ENOMEM;
		if (rc == 0)
			rc = write_uu(m, name, lines, out);
		memmove(text->p + at + from, text->p + at + to, text->len - at - to);
		text->len -= to - from;
		at = line_before(text, at + from);
	}
	return rc;
}

#define FORMS 8 /* of one text that may go again */
#define FORMS_COMPARED 32

/* The first words of their kind are kept, further ones are compared with the plain text, where there is none with those. */
static void compare_form(struct sk_mail *m, struct sk_slice words, struct sk_buf *seen)
{
	const struct sk_buf *first = m->plain->len ? m->plain : seen;

	if (seen->len == 0)
		sk_buf_put_slice(seen, words);
	else if (++m->forms > FORMS_COMPARED || sk_body_differs(m, sk_buf_slice(first), words))
		m->differs = true;
}

/* Words in UTF-8; `seen`: where to keep them for comparing, or NULL. */
static int write_words(struct sk_mail *m, struct sk_slice utf8, struct sk_buf *seen,
    struct sk_buf *out, struct sk_written *w)
{
	struct sk_buf text = SK_BUF(out->max);
	struct sk_parts parts = {.max = out->max};
	struct sk_buf *first = sk_parts_next(&parts);
	int rc = first ? sk_body_lines(m, utf8, &text) : SK_ENOMEM;

	if (rc == 0)
		rc = take_files(m, &text, &parts);
	if (rc == 0)
		rc = sk_text_mark(m->job, &text);
	if (rc == 0)
		rc = sk_put_text("text/plain", sk_buf_slice(&text), first);
	if (rc == 0 && seen)
		compare_form(m, sk_buf_slice(&text), seen);
	if (rc == 0)
		rc = sk_parts_write(&parts, "mixed", out);
	w->text = true;
	w->empty = text.len == 0 && parts.n == 1;
	sk_parts_free(&parts);
	sk_buf_free(&text);
	return rc;
}

static int write_text(struct sk_mail *m, struct sk_part *p, struct sk_slice data,
    struct sk_buf *out, struct sk_written *w)
{
	struct sk_buf utf8 = SK_BUF(out->max);
	int rc = sk_body_decode(m, p, data, &utf8);

	if (rc == 0)
		rc = write_words(m, sk_buf_slice(&utf8), m->plain, out, w);
	sk_buf_free(&utf8);
	return rc;
}

/* What the family of pages made of one: a page, or its words. */
static int write_cleaned(
    struct sk_mail *m, const struct sk_output *done, struct sk_buf *out, struct sk_written *w)
{
	struct sk_slice page = sk_buf_slice(&done->bytes);

	if (done->type != SK_FT_HTML)
		return write_words(m, page, m->plain, out, w);
	if (m->page) {
		struct sk_buf words = SK_BUF(out->max);
		sk_page_words(m, page, &words);
		compare_form(m, sk_buf_slice(&words), m->page);
		sk_buf_free(&words);
	}
	return sk_put_text("text/html", page, out);
}

/* A page: the family of pages reads UTF-8 with a mark, whatever it says about itself inside. */
static int write_page(struct sk_mail *m, struct sk_part *p, struct sk_slice data,
    struct sk_buf *out, struct sk_written *w)
{
	struct sk_buf utf8 = SK_BUF(out->max);
	struct sk_output done = {.bytes = SK_BUF(out->max)};
	enum sk_code why = SK_REASON_INTERNAL;
	bool rtf =
	    strcmp(p->kind, "text/rtf") == 0; /* mail programs show none: its words are kept */
	const char *name = rtf ? "body.rtf" : "body.html";

	sk_buf_puts(&utf8, rtf ? "" : "\xEF\xBB\xBF");
	int rc = rtf ? sk_buf_put_slice(&utf8, data) : sk_body_decode(m, p, data, &utf8);
	if (rc == 0)
		rc = rtf ? clean(m, name, false, SK_METHOD_TEXT, sk_buf_slice(&utf8), &done, &why)
			 : sk_page_clean(m, sk_buf_slice(&utf8), &done, &why);
	if (rc == 0 && done.type != SK_FT_HTML && done.type != SK_FT_TXT) {
		rc = SK_EREFUSED;
		why = SK_REASON_UNSUPPORTED_TYPE;
	}
	if (rc == SK_EREFUSED) {
		w->text = true;
		rc = write_note(m, name, &(struct sk_note){why, NULL, NULL}, out, w);
	} else if (rc == 0) {
		rc = write_cleaned(m, &done, out, w);
	}
	sk_buf_free(&utf8);
	sk_buf_free(&done.bytes);
	return rc;
}

/* Kinds of text that programs show as the mail's own words. */
static bool is_words(const struct sk_part *p)
{
	static const char *const files[] = {"text/html", "text/calendar", "text/csv", "text/vcard",
	    "text/x-vcard", "text/directory", "text/rtf", "text/xml", "text/tab-separated-values",
	    "text/css", "text/javascript", NULL};

	return (begins(p->kind, "text/") && !is_any(p->kind, files)) || begins(p->kind, "message/");
}

/* The words of a packet go where the mail around it has them already; the pictures and files beside them stay. */
static void drop_words(struct sk_mail *m, struct sk_part *root)
{
	struct sk_part *related = root->first;

	if (related == NULL || strcmp(related->kind, "multipart/related") != 0)
		return;
	related->first = related->first->next;
	snprintf(related->kind, sizeof(related->kind), "multipart/mixed");
	if (related->first == NULL)
		root->first = related->next;
	sk_job_removed(m->job, SK_MAIL_FORM, 1, "%s", "winmail.dat");
}

/* The pictures in it are for its own pages. */
static int write_unpacked(
    struct sk_mail *m, struct sk_part *root, struct sk_buf *out, struct sk_written *w)
{
	size_t ids = m->nids;

	if (m->has_words)
		drop_words(m, root);
	m->depth++;
	int rc = write_part(m, root, out, w);
	m->depth--;
	m->nids = ids;
	return rc;
}

static int write_packet(struct sk_mail *m, struct sk_part *p, struct sk_slice data,
    struct sk_buf *out, struct sk_written *w)
{
	struct sk_part *root = NULL;
	int rc = m->depth < SK_LIMIT_MAIL_DEPTH ? sk_tnef_parse(m, data, &root) : SK_EFORMAT;

	if (rc == SK_EFORMAT)
		return write_note(
		    m, "winmail.dat", &(struct sk_note){SK_REASON_DAMAGED, NULL, NULL}, out, w);
	if (rc)
		return rc;
	sk_job_removed(m->job, SK_MAIL_TNEF, 1, "%s", "winmail.dat");
	return write_unpacked(m, root, out, w);
}

static int write_data(struct sk_mail *m, struct sk_part *p, struct sk_slice data,
    struct sk_buf *out, struct sk_written *w)
{
	bool file = p->attached || sk_part_get(p, "Content-ID") || p->id;
	bool torn;
	char *name = sk_part_name(m, p, &torn);

	if (strcmp(p->kind, "application/ms-tnef") == 0 || sk_tnef_is(data))
		return write_packet(m, p, data, out, w);
	if (strcmp(p->kind, "text/html") == 0 && !p->attached && (name == NULL || m->plain))
		return write_page(m, p, data, out, w);
	if (strcmp(p->kind, "text/rtf") == 0 && !p->attached && name == NULL)
		return write_page(m, p, data, out, w);
	if (is_words(p) && !p->attached && name == NULL)
		return write_text(m, p, data, out, w);
	if (data.n == 0 && name == NULL && !file)
		return write_text(m, p, data, out, w);
	return write_file(m, p, data, out, w);
}

static int write_leaf(
    struct sk_mail *m, struct sk_part *p, struct sk_buf *out, struct sk_written *w)
{
	struct sk_buf data = SK_BUF(SK_LIMIT_MEMBER);

	if (p->encoding == SK_ENC_NONE)
		return write_data(m, p, p->body, out, w);
	int rc = sk_mail_decode(m->job, p->encoding, p->body, &data);
	if (rc == 0)
		rc = write_data(m, p, sk_buf_slice(&data), out, w);
	sk_buf_free(&data);
	return rc;
}

/* --- parts with parts --- */

/* Left out altogether: signatures, and forms of a text that load and run (AMP). */
static bool is_dropped(struct sk_mail *m, const struct sk_part *p)
{
	bool amp =
	    strcmp(p->kind, "text/x-amp-html") == 0 || strcmp(p->kind, "text/watch-html") == 0;

	if (is_signature(p))
		sk_job_removed(m->job, SK_MAIL_SIGNATURE, 1, "%s", p->kind);
	else if (amp)
		sk_job_removed(m->job, SK_MAIL_FORM, 1, "%s", p->kind);
	return amp || is_signature(p);
}

/* Pictures are written before the pages that show them: what could not be cleaned is none. */
static bool is_picture(const struct sk_part *p)
{
	return sk_part_id(p).n && !p->attached && !begins(p->kind, "multipart/") &&
	       !begins(p->kind, "message/") && !begins(p->kind, "text/") &&
	       strcmp(p->kind, "application/ms-tnef") != 0;
}

static int write_children(struct sk_mail *m, struct sk_part *p, struct sk_parts *parts,
    struct sk_written *each, size_t most)
{
	struct sk_part **all = NULL;
	size_t n = 0, cap = 0;
	int rc = 0;

	for (struct sk_part *c = p->first; c; c = c->next) {
		if (is_dropped(m, c))
			continue;
		all = sk_arena_grow(m->arena, all, &cap, n + 1, sizeof(struct sk_part *));
		if (all == NULL || sk_parts_next(parts) == NULL)
			return SK_ENOMEM;
		all[n++] = c;
	}
	for (size_t i = 0; i < 2 * n && rc == 0; i++) {
		struct sk_written w = {0};
		if (is_picture(all[i % n]) != (i < n))
			continue;
		rc = write_part(m, all[i % n], parts->each[i % n], &w);
		if (i % n < most)
			each[i % n] = w;
	}
	return rc;
}

/* Notes beside a form of the text that could be cleaned help nobody. */
static void drop_notes(struct sk_parts *parts, const struct sk_written *each)
{
	size_t good = 0;

	for (size_t i = 0; i < parts->n && i < FORMS; i++)
		good += !each[i].note;
	for (size_t i = parts->n < FORMS ? parts->n : FORMS; good && i-- > 0;)
		if (each[i].note)
			sk_parts_drop(parts, i);
}

/* The one form that method text keeps: plain words where there are any. */
static int choose_form(struct sk_mail *m, struct sk_parts *parts, const struct sk_written *each)
{
	size_t keep = 0;

	for (size_t i = 0; i < parts->n && i < FORMS; i++)
		if (each[i].text && !each[i].note && !each[i].empty) {
			keep = i;
			break;
		} else if (!each[i].note) {
			keep = i;
		}
	for (size_t i = parts->n; i-- > 0;)
		if (i != keep) {
			sk_parts_drop(parts, i);
			sk_job_removed(m->job, SK_MAIL_FORM, 1, "%s", "text");
		}
	return 0;
}

/* What a text in a text says is compared with the forms around it, too, and what differs there differs here. */
static void end_forms(struct sk_mail *m, const struct sk_mail *around, struct sk_buf *plain,
    struct sk_buf *page, bool differs)
{
	m->plain = around->plain;
	m->page = around->page;
	m->forms = around->forms;
	m->differs = around->differs || differs;
	if (m->plain && plain->len)
		compare_form(m, sk_buf_slice(plain), m->plain);
	if (m->plain && page->len)
		compare_form(m, sk_buf_slice(page), m->page);
}

static int write_forms(struct sk_mail *m, struct sk_part *p, struct sk_buf *out)
{
	struct sk_buf plain = SK_BUF(out->max), page = SK_BUF(out->max);
	struct sk_parts parts = {.max = out->max};
	struct sk_written each[FORMS] = {0};
	struct sk_mail around = *m;

	m->plain = &plain;
	m->page = &page;
	m->forms = 0;
	m->differs = false;
	int rc = write_children(m, p, &parts, each, FORMS);
	bool differs = m->differs || sk_body_differs(m, sk_buf_slice(&plain), sk_buf_slice(&page));
	if (rc == 0 && m->job->method != SK_METHOD_REBUILD && !differs)
		rc = choose_form(m, &parts, each);
	else if (rc == 0)
		drop_notes(&parts, each);
	if (differs)
		sk_job_removed(m->job, SK_MAIL_DIFFERS, 1, "%s", "text");
	end_forms(m, &around, &plain, &page, differs);
	if (rc == 0)
		rc = sk_parts_write(&parts, differs ? "mixed" : "alternative", out);
	sk_parts_free(&parts);
	sk_buf_free(&plain);
	sk_buf_free(&page);
	return rc;
}

/* Pictures of a page are of no use to a text. */
static void strip_pictures(struct sk_mail *m, struct sk_part *p)
{
	struct sk_part *c = p->first;

	while (c && c->next) {
		if (!c->next->attached && begins(c->next->kind, "image/") &&
		    sk_part_id(c->next).n) {
			sk_job_removed(m->job, SK_MAIL_FORM, 1, "%s", "picture in the text");
			c->next = c->next->next;
		} else {
			c = c->next;
		}
	}
}

static int write_multipart(struct sk_mail *m, struct sk_part *p, struct sk_buf *out)
{
	struct sk_parts parts = {.max = out->max};
	bool related = strcmp(p->kind, "multipart/related") == 0;

	if (strcmp(p->kind, "multipart/alternative") == 0)
		return write_forms(m, p, out);
	if (related && m->job->method != SK_METHOD_REBUILD)
		strip_pictures(m, p);
	int rc = write_children(m, p, &parts, NULL, 0);
	if (rc == 0)
		rc = sk_parts_write(&parts, related ? "related" : "mixed", out);
	sk_parts_free(&parts);
	return rc;
}

static int write_mail(struct sk_mail *m, struct sk_part *p, struct sk_buf *out);

static int write_nested(struct sk_mail *m, struct sk_part *p, struct sk_buf *out)
{
	struct sk_buf inner = SK_BUF(out->max);
	bool torn;
	char *raw = sk_part_name(m, p, &torn), *safe = raw ? safe_name(m, p, raw) : NULL,
	     *name = NULL;
	bool words = m->has_words;
	struct sk_buf *old[2] = {m->plain, m->page};

	if (raw && safe)
		name = final_name(m, raw, safe, SK_FT_EML);
	if (raw && name == NULL)
		return SK_ENOMEM;
	sk_report_holds(m->job->report, m->level + 1, SK_FT_EML, SK_CODE_NONE);
	m->level++;
	m->plain = m->page = NULL;
	int rc = write_mail(m, p->first, &inner);
	m->plain = old[0];
	m->page = old[1];
	m->has_words = words;
	m->level--;
	if (rc == 0)
		rc = sk_put_nested(name, sk_buf_slice(&inner), out);
	sk_buf_free(&inner);
	return rc;
}

static int write_part(
    struct sk_mail *m, struct sk_part *p, struct sk_buf *out, struct sk_written *w)
{
	const struct sk_note *note = never(p);

	if (note)
		return write_note(m, note_name(m, p), note, out, w);
	if (p->first && strncmp(p->kind, "message/", 8) == 0)
		return write_nested(m, p, out);
	if (begins(p->kind, "multipart/"))
		return write_multipart(m, p, out);
	return write_leaf(m, p, out, w);
}

static bool is_blank(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] > ' ')
			return false;
	return true;
}

/* Whether there is a text that is shown and says something. */
static bool has_words(struct sk_mail *m, const struct sk_part *p)
{
	bool torn,
	    found = (strcmp(p->kind, "text/plain") == 0 || strcmp(p->kind, "text/html") == 0) &&
		    !p->attached && !is_blank(p->body) && sk_part_name(m, p, &torn) == NULL;

	for (const struct sk_part *c = p->first; c && !found && begins(p->kind, "multipart/");
	     c = c->next)
		found = has_words(m, c);
	return found;
}

static int write_mail(struct sk_mail *m, struct sk_part *p, struct sk_buf *out)
{
	struct sk_written w = {0};
	struct sk_mail around = *m;
	int rc = sk_put_head(m, p, out);

	m->has_words = has_words(m, p);
	if (rc == 0 && is_dropped(m, p))
		return sk_put_text("text/plain", sk_slice("", 0), out);
	m->ids = NULL;
	m->nids = m->cap_ids = 0;
	rc = rc ? rc : write_part(m, p, out, &w);
	m->ids = around.ids;
	m->nids = around.nids;
	m->cap_ids = around.cap_ids;
	return rc;
}

int sk_mail_write(struct sk_mail *m, struct sk_part *p, struct sk_buf *out)
{
	/* Nothing of it would stay but notes. */
	if (p->torn)
		return sk_job_refuse(
		    m->job, SK_REASON_POLYGLOT, "%s", "mail that can be read in two ways");
	int rc = write_mail(m, p, out);
	return rc ? rc : out->err;
}
