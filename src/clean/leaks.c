/* All words of a file, brought to light and looked through: leaks.h. Cleaner's jail. */
#include "clean/leaks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "clean/clean.h"
#include "clean/leaks-inside.h"
#include "clean/xmlwords.h"
#include "container/zip.h"
#include "format/mail/mail.h"
#include "leak/words.h"

static int look(
    struct sk_walk *w, const char *where, const char *name, struct sk_slice in, unsigned depth);

static bool known(const struct sk_content *c, const struct sk_finding *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c->v[i].f.kind == f->kind &&
		    memcmp(c->v[i].f.hash, f->hash, sizeof(f->hash)) == 0)
			return true;
	return false;
}

static int add(struct sk_walk *w, const char *where, const struct sk_finding *f)
{
	struct sk_content *c = w->c;

	if (c->n >= SK_LIMIT_FINDINGS)
		return 0;
	c->v = sk_arena_grow(w->job.arena, c->v, &c->cap, c->n + 1, sizeof(*c->v));
	if (c->v == NULL)
		return SK_ENOMEM;
	c->v[c->n++] = (struct sk_placed){*f, where};
	return 0;
}

static uint32_t numbers_in(const struct sk_leaks *l)
{
	uint32_t n = 0;

	for (int trust = 0; trust < SK_TRUSTS; trust++)
		n += l->count[SK_FIND_MYNUMBER][trust] + l->count[SK_FIND_CORPORATE][trust];
	return n;
}

int sk_walk_scan(
    struct sk_walk *w, const char *where, struct sk_slice text, bool second, uint32_t *numbers)
{
	struct sk_leaks leaks;
	size_t before = w->c->n;
	int status = sk_leak_scan(w->job.arena, text, w->words, w->req->key, &leaks);

	if (status)
		return status;
	*numbers = numbers_in(&leaks);
	for (size_t i = 0; !status && i < leaks.n; i++) {
		if (second && known(w->c, &leaks.v[i], before)) {
			leaks.count[leaks.v[i].kind][leaks.v[i].trust]--;
			continue;
		}
		status = add(w, where, &leaks.v[i]);
	}
	for (int kind = 0; kind < SK_FIND_KINDS; kind++)
		for (int trust = 0; trust < SK_TRUSTS; trust++)
			w->c->count[kind][trust] += leaks.count[kind][trust];
	return status;
}

/* What is found in a text; where it is a second look, only what the first one did not see. */
static int scan(struct sk_walk *w, const char *where, struct sk_slice text, bool second)
{
	uint32_t numbers;

	return sk_walk_scan(w, where, text, second, &numbers);
}

const char *sk_walk_inside(struct sk_walk *w, const char *where, const char *name)
{
	char text[SK_LEAK_WHERE];
	char *full = sk_arena_printf(w->job.arena, "%s%s%s", where, where[0] ? "!" : "", name);

	if (full == NULL)
		return NULL;
	sk_utf8_display(text, sizeof(text), sk_slice_str(full));
	return sk_arena_str(w->job.arena, sk_slice_str(text));
}

/* --- packages and archives --- */

static bool ends(struct sk_slice s, const char *with)
{
	size_t n = strlen(with);

	return s.n >= n && memcmp(s.p + s.n - n, with, n) == 0;
}

static bool is_xml(struct sk_slice name)
{
	return ends(name, ".xml") || ends(name, ".rels") || ends(name, ".vml");
}

static bool is_picture(struct sk_slice name)
{
	static const char *const list[] = {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff",
	    ".webp", ".svg", ".emf", ".wmf"};

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++)
		if (ends(name, list[i]))
			return true;
	return false;
}

static int read_zip(struct sk_walk *w, struct sk_slice in, struct sk_zip *zip)
{
	const char *why = "";
	int status = sk_zip_read(w->job.arena, in, SK_LIMIT_MEMBERS, zip, &why);

	return status == SK_EFORMAT ? sk_job_refuse(&w->job, SK_REASON_DAMAGED, "zip: %s", why)
				    : status;
}

static int unpack(struct sk_walk *w, const struct sk_zip_member *m, struct sk_slice *out)
{
	int status = sk_job_member(&w->job);

	if (!status)
		status = sk_job_expand(&w->job, m->size);
	return status ? status : sk_zip_unpack(w->job.arena, m, SK_LIMIT_MEMBER, out);
}

static int part_words(struct sk_walk *w, const char *where, const struct sk_zip_member *m)
{
	struct sk_buf words = SK_BUF(w->job.limits->output);
	struct sk_slice xml;
	int status = unpack(w, m, &xml);

	if (!status)
		status = sk_xml_words(xml, &words);
	if (!status)
		status = scan(w, where, sk_buf_slice(&words), true);
	sk_buf_free(&words);
	return status;
}

/* Unpacked only where it is read. */
static int part_picture(struct sk_walk *w, const char *where, const struct sk_zip_member *m)
{
	struct sk_slice in = sk_slice("", 0);
	struct sk_walk own = *w;
	int status;

	/* an arena for each: all pictures of a report together would be too much */
	own.job.arena = sk_arena_new(w->job.limits->memory);
	status = own.job.arena ? 0 : SK_ENOMEM;
	if (!status && w->c->ocr)
		status = unpack(&own, m, &in);
	if (!status)
		status = sk_walk_picture(w, where, in);
	sk_arena_free(own.job.arena);
	return status;
}

/* What an Office document holds besides what its text shows: hidden parts, notes, properties, names; and its pictures. */
static int package(struct sk_walk *w, const char *where, struct sk_slice in)
{
	struct sk_zip zip;
	int status = read_zip(w, in, &zip);

	for (size_t i = 0; !status && i < zip.count; i++) {
		const struct sk_zip_member *m = &zip.members[i];
		char name[SK_LEAK_WHERE];
		const char *part;
		if (!is_picture(m->raw_name) && !is_xml(m->raw_name))
			continue;
		sk_utf8_display(name, sizeof(name), m->raw_name);
		part = sk_walk_inside(w, where, name);
		status = part == NULL              ? SK_ENOMEM
			 : is_picture(m->raw_name) ? part_picture(w, part, m)
						   : part_words(w, part, m);
	}
	return status;
}

static int archive(struct sk_walk *w, const char *where, struct sk_slice in, unsigned depth)
{
	struct sk_zip zip;
	int status = read_zip(w, in, &zip);

	for (size_t i = 0; !status && i < zip.count; i++) {
		struct sk_slice data;
		char name[SK_LEAK_WHERE];
		const char *member;
		if (zip.members[i].directory)
			continue;
		sk_utf8_display(name, sizeof(name), zip.members[i].raw_name);
		member = sk_walk_inside(w, where, name);
		status = member ? scan(w, member, sk_slice_str(name), false) : SK_ENOMEM;
		if (!status)
			status = unpack(w, &zip.members[i], &data);
		if (!status)
			status = look(w, member, name, data, depth + 1);
	}
	return status;
}

/* --- mail --- */

static int head_words(
    struct sk_walk *w, struct sk_mail *m, const struct sk_part *p, const char *where)
{
	struct sk_buf words = SK_BUF(w->job.limits->output);
	int status = 0;

	for (size_t i = 0; !status && i < p->nfields; i++) {
		const char *text = sk_field_text(m, &p->fields[i], where);
		if (text == NULL)
			status = SK_ENOMEM;
		else {
			sk_buf_puts(&words, text);
			status = sk_buf_putc(&words, '\n');
		}
	}
	if (!status)
		status = scan(w, where, sk_buf_slice(&words), false);
	sk_buf_free(&words);
	return status;
}

/* A text of a mail, in whatever character set it is. */
static int plain_words(struct sk_walk *w, struct sk_mail *m, const struct sk_part *p,
    const char *where, struct sk_slice bytes)
{
	struct sk_buf words = SK_BUF(w->job.limits->output);
	bool again = false;
	const char *charset = p->charset ? p->charset : sk_param(m, p->type, "charset", &again);
	uint32_t bad = 0;
	int status = sk_mail_to_utf8(sk_slice_str(charset ? charset : ""), bytes, &words, &bad);

	if (!status)
		status = scan(w, where, sk_buf_slice(&words), false);
	sk_buf_free(&words);
	return status;
}

static int body(struct sk_walk *w, struct sk_mail *m, const struct sk_part *p, const char *where,
    unsigned depth)
{
	struct sk_buf decoded = SK_BUF(w->job.limits->output);
	bool torn = false, html = strcmp(p->kind, "text/html") == 0;
	const char *name = sk_part_name(m, p, &torn);
	const char *inner = name ? sk_walk_inside(w, where, name) : where;
	struct sk_slice bytes = p->body;
	int status = inner ? 0 : SK_ENOMEM;

	if (!status && p->encoding != SK_ENC_NONE) {
		status = sk_mail_decode(&w->job, p->encoding, p->body, &decoded);
		bytes = sk_buf_slice(&decoded);
	}
	if (!status && strncmp(p->kind, "text/", 5) == 0 && !html && name == NULL)
		status = plain_words(w, m, p, where, bytes);
	else if (!status)
		status = look(w, inner, name ? name : html ? "x.html" : "x", bytes, depth + 1);
	sk_buf_free(&decoded);
	return status;
}

static int parts(struct sk_walk *w, struct sk_mail *m, const struct sk_part *p, const char *where,
    unsigned depth)
{
	int status = head_words(w, m, p, where);

	if (!status && p->first == NULL)
		return body(w, m, p, where, depth);
	for (p = p->first; !status && p; p = p->next)
		status = parts(w, m, p, where, depth);
	return status;
}

static int mail(struct sk_walk *w, const char *where, struct sk_slice in, unsigned depth)
{
	struct sk_mail m = {.job = &w->job, .arena = w->job.arena};
	struct sk_part *top = NULL;
	int status = sk_mail_parse(&m, in, &top);

	return status ? status : parts(w, &m, top, where, depth);
}

/* --- one file --- */

/* Method text, as it would be delivered. */
static int words_of(struct sk_walk *w, const char *where, const char *name, struct sk_slice in)
{
	struct sk_report *r = malloc(sizeof(*r));
	struct sk_services services =
	    w->req->services ? *w->req->services : (struct sk_services){0};
	struct sk_clean_request req = {.in = in,
	    .name = name,
	    .method = SK_METHOD_TEXT,
	    .services = w->req->services ? &services : NULL};
	struct sk_output out;
	int status;

	if (where[0])
		services.progress = NULL; /* a file within the file */
	if (r == NULL)
		return SK_ENOMEM;
	status = sk_clean(&req, r, &out);
	if (status == 0) {
		status = scan(w, where, sk_buf_slice(&out.bytes), false);
		sk_buf_free(&out.bytes);
	} else {
		/* what cannot be brought to words is for the caller to stop: nothing is known about it */
		status = sk_job_refuse(&w->job, r->reason, "%s", r->detail);
	}
	free(r);
	return status;
}

static bool is_package(enum sk_filetype type, struct sk_slice in)
{
	enum sk_family f = sk_filetype_family(type);

	return (f == SK_FAM_OOXML || f == SK_FAM_ODF) && in.n > 4 && memcmp(in.p, "PK\3\4", 4) == 0;
}

static int by_type(struct sk_walk *w, const char *where, const char *name, enum sk_filetype type,
    struct sk_slice in, unsigned depth)
{
	const struct sk_handler *h = sk_handler_for(type);
	int status;

	if (type == SK_FT_PDF)
		return sk_walk_pages(w, where, in);
	if (type == SK_FT_ZIP)
		return archive(w, where, in, depth);
	if (type == SK_FT_EML)
		return mail(w, where, in, depth);
	if (h && h->methods && !(h->methods & SK_METHOD_TEXT))
		return sk_walk_picture(w, where, in);
	status = words_of(w, where, name, in);
	return !status && is_package(type, in) ? package(w, where, in) : status;
}

static int look(
    struct sk_walk *w, const char *where, const char *name, struct sk_slice in, unsigned depth)
{
	struct sk_report *r;
	int status;

	if (depth > w->job.limits->nesting)
		return sk_job_refuse(&w->job, SK_REASON_LIMIT_NESTING, "%s", where);
	if (in.n == 0)
		return 0;
	r = malloc(sizeof(*r));
	if (r == NULL)
		return SK_ENOMEM;
	sk_report_clear(r);
	status = sk_identify(in, name, r);
	if (status)
		status = sk_job_refuse(&w->job, r->reason, "%s: %s", where, r->detail);
	else if (depth == 0)
		w->job.report->type = r->type;
	if (!status)
		status = by_type(w, where, name, r->type, in, depth);
	free(r);
	return status;
}

int sk_clean_leaks(const struct sk_leaks_request *req, struct sk_arena *arena,
    struct sk_report *report, struct sk_content *c)
{
	struct sk_limits limits = sk_limits_for(req->in.n);
	struct sk_budget budget = {limits.expand, limits.pixels_total, limits.members,
	    SK_LIMIT_REQUESTS, SK_LIMIT_KEY_ROUNDS_TOTAL};
	struct sk_services none = {0};
	struct sk_walk w = {.req = req,
	    .c = c,
	    .job = {.arena = arena,
		.report = report,
		.limits = &limits,
		.budget = &budget,
		.services = req->services ? req->services : &none,
		.name = req->name,
		.method = SK_METHOD_TEXT}};
	uint32_t line = 0;
	int status = 0;

	*c = (struct sk_content){.ocr = req->ocr && req->services && req->services->read_words};
	sk_report_clear(report);
	if (req->words.n)
		status = sk_words_load(arena, req->words, &w.words, &line);
	if (status == SK_EFORMAT || status == SK_ELIMIT)
		return sk_job_refuse(&w.job, SK_REASON_INTERNAL, "list of words, line %u", line);
	if (!status) /* the name tells, too */
		status = scan(&w, "", sk_slice_str(req->name), false);
	if (!status)
		status = look(&w, "", req->name, req->in, 0);
	return sk_settle(report, status);
}
