/*
 * One page of all (doc/profiles/mhtml.md): the main one first, the others behind it in the order of the file, each in an element of
 * its own, where its rules hold; pictures stand in it, links between them lead inside. Cleaner's jail.
 */
#include <strings.h>

#include "base/utf8.h"
#include "format/css/data.h"
#include "format/mhtml/mhtml.h"
#include "format/text/charset.h"

#define SCOPE "sekisho-" /* and the number: the id of the element around a page */
#define SCOPE_ROOM 32

struct page {
	struct sk_html_pieces pieces;
	bool kept;
};

/* --- what pages ask for --- */

/* In memory of its own, once for all places that show it. */
static int make_picture(struct sk_mhtml *h, struct sk_mhtml_file *f)
{
	struct sk_job inner = *h->job;
	struct sk_slice name = sk_place_name(sk_slice_str(f->location));
	int rc = sk_mhtml_data(h, f);

	if (rc)
		return rc;
	inner.arena = sk_arena_new(inner.limits->memory);
	char *label = inner.arena ? sk_arena_str(inner.arena, name) : NULL;
	if (label == NULL)
		rc = SK_ENOMEM;
	else
		rc = sk_data_from_bytes(&inner, name.n ? label : "picture", f->data, &f->picture);
	sk_arena_free(inner.arena);
	return rc;
}

/* Each place that shows a picture holds it anew: that may not be what makes a page too large to be written at all. */
static bool may_repeat(struct sk_mhtml *h, size_t n)
{
	if (n > h->job->limits->output / 2 - h->repeated) {
		h->skipped++;
		return false;
	}
	h->repeated += n;
	return true;
}

static int picture(void *ctx, struct sk_slice url, struct sk_buf *out)
{
	struct sk_mhtml *h = ctx;
	struct sk_mhtml_file *f = sk_mhtml_find(h, url);

	if (f == NULL || f->page || f->part->torn || f->part->first)
		return SK_EREFUSED;
	if (!f->used)
		f->rc = make_picture(h, f);
	else if (f->rc == 0 && !may_repeat(h, f->picture.len))
		return SK_EREFUSED;
	f->used = true;
	return f->rc ? f->rc : sk_buf_put_slice(out, sk_buf_slice(&f->picture));
}

static int read_sheet(struct sk_mhtml *h, struct sk_mhtml_file *f)
{
	struct sk_buf css = SK_BUF(h->job->limits->output);
	bool again;
	uint32_t bad = 0;
	char *label = f->part->type.n ? sk_param(&h->mail, f->part->type, "charset", &again) : NULL;
	int rc = sk_mhtml_data(h, f);

	if (rc == 0)
		rc = sk_mail_to_utf8(sk_slice_str(label ? label : ""), f->data, &css, &bad);
	if (bad)
		sk_job_removed(h->job, SK_TEXT_INVALID, bad, "%s", "style");
	const void *copy =
	    rc == 0 ? sk_arena_dup(h->job->arena, css.len ? (const void *)css.p : "", css.len)
		    : NULL;
	if (copy)
		f->css = sk_slice(copy, css.len);
	sk_buf_free(&css);
	return rc == 0 && copy == NULL ? SK_ENOMEM : rc;
}

static int sheet(void *ctx, struct sk_slice url, struct sk_slice *css)
{
	struct sk_mhtml *h = ctx;
	struct sk_mhtml_file *f = sk_mhtml_find(h, url);

	if (f == NULL || strcmp(f->part->kind, "text/css") != 0 || f->part->torn)
		return SK_EREFUSED;
	if (!f->used)
		f->rc = read_sheet(h, f);
	f->used = true;
	h->base[1] = f->location;
	*css = f->css;
	return f->rc;
}

static struct sk_slice fragment(struct sk_slice url)
{
	size_t at = sk_slice_find(url, 0, SK_SLICE_LIT("#"));

	return at == SIZE_MAX ? sk_slice("", 0) : sk_slice_sub(url, at, url.n);
}

/* Another page of the file is a place in the one that is written; what is relative is so no longer. */
static int link_to(void *ctx, struct sk_slice url, struct sk_buf *out)
{
	struct sk_mhtml *h = ctx;
	struct sk_slice inside = fragment(url);
	struct sk_mhtml_file *f = inside.n == url.n ? NULL : sk_mhtml_find(h, url);
	bool own = f && strcmp(f->location, h->base[0]) == 0;

	if (inside.n == url.n)
		return sk_buf_put_slice(out, url);
	if (f && f->page && inside.n > 1)
		return sk_buf_put_slice(out, inside);
	if (f && f->page && !own && f->number && !f->empty)
		return sk_buf_printf(out, "#" SCOPE "%zu", f->number);
	if (sk_place_is_absolute(url))
		return sk_buf_put_slice(out, url);
	struct sk_arena *scratch = sk_arena_new((size_t)SK_LIMIT_MHTML_PLACE * 16);
	char *place = scratch ? sk_place_join(scratch, h->base[0], url) : NULL;
	sk_buf_puts(out, place ? place : "");
	sk_buf_put_slice(out, inside);
	sk_arena_free(scratch);
	return out->err;
}

static int frame(void *ctx, struct sk_slice url, struct sk_buf *out)
{
	struct sk_mhtml *h = ctx;
	struct sk_mhtml_file *f = sk_mhtml_find(h, url);

	if (f == NULL || !f->page || f->number == 0 || f->empty ||
	    strcmp(f->location, h->base[0]) == 0)
		return SK_EREFUSED;
	return sk_buf_printf(out, "#" SCOPE "%zu", f->number);
}

/* --- pages --- */

static struct sk_html_place place_of(struct sk_mhtml *h, struct sk_mhtml_file *f)
{
	bool again;
	char *label = f->part->type.n ? sk_param(&h->mail, f->part->type, "charset", &again) : NULL;

	h->base[0] = f->location;
	h->base[1] = NULL;
	return (struct sk_html_place){
	    .charset = label ? sk_charset_by_name(sk_slice_str(label)) : SK_CS_COUNT,
	    .picture = picture,
	    .sheet = sheet,
	    .link = link_to,
	    .frame = frame,
	    .ctx = h,
	};
}

/* Words, or a picture: anything that a reader sees. */
static bool is_visible(struct sk_slice content)
{
	static const struct sk_slice space = {(const uint8_t *)"\xC2\xA0", 2};

	for (size_t at = 0; at < content.n; at++) {
		if (content.p[at] == '<') {
			struct sk_slice rest = sk_slice_sub(content, at, content.n);
			size_t end = sk_slice_find(rest, 0, SK_SLICE_LIT(">"));
			if (sk_slice_starts(rest, SK_SLICE_LIT("<img ")) &&
			    sk_slice_find(sk_slice_sub(rest, 0, end), 0, SK_SLICE_LIT(" src=")) !=
				SIZE_MAX)
				return true;
			at = end == SIZE_MAX ? content.n : at + end;
		} else if (sk_slice_starts(sk_slice_sub(content, at, 2), space)) {
			at++;
		} else if (content.p[at] > ' ') {
			return true;
		}
	}
	return false;
}

/* Two elements stand around each page, and the body around all. */
static bool is_too_deep(struct sk_slice content)
{
	static const char *const bare[] = {"<br", "<hr", "<img", "<col", "<wbr", "<area", NULL};
	size_t depth = 3;

	for (size_t at = 0; (at = sk_slice_find(content, at, SK_SLICE_LIT("<"))) != SIZE_MAX;
	     at++) {
		struct sk_slice tag = sk_slice_sub(content, at, 6);
		const char *const *b = bare;
		while (*b && !(sk_slice_starts(tag, sk_slice_str(*b)) && strlen(*b) < tag.n &&
				 (tag.p[strlen(*b)] == ' ' || tag.p[strlen(*b)] == '>')))
			b++;
		if (tag.n > 1 && tag.p[1] == '/')
			depth--;
		else if (*b == NULL && ++depth > SK_LIMIT_HTML_DEPTH)
			return true;
	}
	return false;
}

/* In memory of its own. */
static int make_page(struct sk_mhtml *h, struct sk_mhtml_file *f, struct page *out)
{
	struct sk_html_place place = place_of(h, f);
	struct sk_job inner = *h->job;
	char scope[SCOPE_ROOM];
	int rc = sk_mhtml_data(h, f);

	snprintf(scope, sizeof(scope), SCOPE "%zu", f->number);
	place.scope = scope;
	inner.arena = sk_arena_new(inner.limits->memory);
	if (rc == 0)
		rc =
		    inner.arena ? sk_html_pieces(&inner, &place, f->data, &out->pieces) : SK_ENOMEM;
	sk_arena_free(inner.arena);
	if (rc == 0 && is_too_deep(sk_buf_slice(&out->pieces.content)))
		rc = sk_job_refuse(h->job, SK_REASON_LIMIT_NESTING, "%s", "HTML elements");
	out->kept = rc == 0 && is_visible(sk_buf_slice(&out->pieces.content));
	f->empty = !out->kept;
	return rc;
}

static void put_page(const struct page *p, size_t number, bool first, struct sk_buf *out)
{
	bool placed = sk_slice_find(sk_buf_slice(&p->pieces.content), 0,
			  SK_SLICE_LIT("position:absolute")) != SIZE_MAX ||
		      sk_slice_find(sk_buf_slice(&p->pieces.sheets), 0,
			  SK_SLICE_LIT("position:absolute")) != SIZE_MAX;

	sk_buf_printf(out, "%s<div id=\"" SCOPE "%zu\"", first ? "" : "<hr>", number);
	/* What is put at places of its page stays in what was its window. */
	if (placed)
		sk_buf_puts(out, " style=\"min-height:100vh;overflow:auto;position:relative\"");
	sk_buf_puts(out, "><div");
	sk_buf_put_slice(out, sk_buf_slice(&p->pieces.body));
	sk_buf_putc(out, '>');
	sk_buf_put_slice(out, sk_buf_slice(&p->pieces.content));
	sk_buf_puts(out, "</div></div>");
}

static void put_head(const struct page *all, size_t n, struct sk_buf *out)
{
	const struct page *main = &all[0];
	bool styled = false;

	sk_buf_puts(out, "<!DOCTYPE html>\n<html");
	sk_buf_put_slice(out, sk_buf_slice(&main->pieces.root));
	sk_buf_puts(out, "><head><meta charset=\"utf-8\">");
	if (main->pieces.title.len) {
		sk_buf_puts(out, "<title>");
		sk_buf_put_slice(out, sk_buf_slice(&main->pieces.title));
		sk_buf_puts(out, "</title>");
	}
	for (size_t i = 0; i < n; i++) {
		if (!all[i].kept || all[i].pieces.sheets.len == 0)
			continue;
		sk_buf_puts(out, styled ? "" : "<style>\n");
		sk_buf_put_slice(out, sk_buf_slice(&all[i].pieces.sheets));
		styled = true;
	}
	sk_buf_puts(out, styled ? "</style></head><body>" : "</head><body>");
}

static int put_pages(const struct page *all, size_t n, struct sk_buf *out)
{
	bool first = true;

	put_head(all, n, out);
	for (size_t i = 0; i < n; i++) {
		if (!all[i].kept)
			continue;
		put_page(&all[i], i + 1, first, out);
		first = false;
	}
	return sk_buf_puts(out, "</body></html>");
}

/* --- what nothing asked for --- */

static bool begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* Office keeps macros in editdata.mso, objects in oledata.mso. */
static enum sk_code code_of(const struct sk_mhtml_file *f)
{
	const char *kind = f->part->kind;
	size_t n = strlen(f->location);

	if (strstr(kind, "javascript") || strstr(kind, "ecmascript") || strstr(kind, "vbscript"))
		return SK_HTML_SCRIPT;
	if (n >= 12 && strcasecmp(f->location + n - 12, "editdata.mso") == 0)
		return SK_OOXML_MACRO;
	if ((n >= 4 && strcasecmp(f->location + n - 4, ".mso") == 0) || f->part->first)
		return SK_HTML_FRAME;
	if (begins(kind, "image/"))
		return SK_HTML_HIDDEN;
	if (begins(kind, "audio/") || begins(kind, "video/"))
		return SK_HTML_MEDIA;
	return begins(kind, "text/css") ? SK_HTML_STYLE : SK_HTML_UNKNOWN;
}

static void tell_rest(struct sk_mhtml *h, bool text)
{
	if (h->skipped)
		sk_job_removed(h->job, SK_HTML_IMAGE, h->skipped, "%s", "shown again");
	for (size_t i = 0; i < h->nfiles; i++) {
		const struct sk_mhtml_file *f = &h->files[i];
		bool looks = begins(f->part->kind, "image/") || begins(f->part->kind, "text/css");
		struct sk_slice name = sk_place_name(sk_slice_str(f->location));
		char label[60];
		sk_utf8_display(label, sizeof(label), name.n ? name : sk_slice_str(f->part->kind));
		if (f->used && f->rc == SK_EREFUSED)
			sk_job_removed(h->job, SK_HTML_IMAGE, 1, "%s", label);
		else if (!f->page && !f->used && !(text && looks))
			sk_job_removed(h->job, code_of(f), 1, "%s", label);
	}
}

/* --- all --- */

/* The files of pages by their number; *n of them. */
static struct sk_mhtml_file **number_pages(struct sk_mhtml *h, size_t *n)
{
	struct sk_mhtml_file **list =
	    sk_arena_array(h->job->arena, h->nfiles, sizeof(struct sk_mhtml_file *));

	*n = 0;
	if (list)
		list[(*n)++] = &h->files[h->main];
	for (size_t i = 0; list && i < h->nfiles; i++)
		if (h->files[i].page && i != h->main)
			list[(*n)++] = &h->files[i];
	for (size_t i = 0; i < *n; i++)
		list[i]->number = i + 1;
	return list;
}

static int write_alone(struct sk_mhtml *h, struct sk_mhtml_file *f, struct sk_buf *out)
{
	struct sk_html_place place = place_of(h, f);
	int rc = sk_mhtml_data(h, f);

	return rc ? rc : sk_html_clean(h->job, &place, f->data, out);
}

/* The main one last: by then it is known whether there are others. */
static int write_pages(struct sk_mhtml *h, struct sk_mhtml_file **files, struct page *all, size_t n,
    struct sk_buf *out)
{
	bool others = false;
	int rc = 0;

	for (size_t i = 1; i < n && rc == 0; i++) {
		rc = make_page(h, files[i], &all[i]);
		others = others || all[i].kept;
	}
	if (rc)
		return rc;
	if (!others)
		return write_alone(h, files[0], out);
	rc = make_page(h, files[0], &all[0]);
	return rc ? rc : put_pages(all, n, out);
}

int sk_mhtml_write(struct sk_mhtml *h, struct sk_buf *out)
{
	size_t n;
	struct sk_mhtml_file **files = number_pages(h, &n);
	struct page *all = sk_arena_array(h->job->arena, n + 1, sizeof(*all));

	if (files == NULL || all == NULL)
		return SK_ENOMEM;
	for (size_t i = 0; i < n; i++)
		sk_html_pieces_init(&all[i].pieces, out->max);
	int rc = write_pages(h, files, all, n, out);
	for (size_t i = 0; i < n; i++)
		sk_html_pieces_free(&all[i].pieces);
	if (rc == 0)
		tell_rest(h, false);
	return rc;
}

static int put_text(struct sk_mhtml *h, struct sk_mhtml_file *f, struct sk_buf *out)
{
	struct sk_html_place place = place_of(h, f);
	struct sk_job inner = *h->job;
	struct sk_buf text = SK_BUF(out->max);
	int rc = sk_mhtml_data(h, f);

	place.body = f->number > 1;
	inner.arena = sk_arena_new(inner.limits->memory);
	if (rc == 0)
		rc = inner.arena ? sk_html_text(&inner, &place, f->data, &text) : SK_ENOMEM;
	sk_arena_free(inner.arena);
	if (rc == 0 && text.len > 1) {
		sk_buf_puts(out, out->len ? "\n" : "");
		rc = sk_buf_put_slice(out, sk_buf_slice(&text));
	}
	sk_buf_free(&text);
	return rc;
}

int sk_mhtml_text(struct sk_mhtml *h, struct sk_buf *out)
{
	size_t n;
	struct sk_mhtml_file **files = number_pages(h, &n);
	int rc = files ? 0 : SK_ENOMEM;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = put_text(h, files[i], out);
	if (rc == 0 && out->len == 0)
		rc = sk_buf_putc(out, '\n');
	if (rc == 0)
		tell_rest(h, true);
	return rc;
}
