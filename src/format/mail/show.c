/*
 * A mail as somebody looks at it: who wrote to whom and when, its words, and the names of what is attached, as lines that are printed. Of several forms of one text
 * the plain one. Cleaner's jail.
 */
#include "format/mail/body.h"
#include "format/mail/page.h"
#include "format/text/text.h"

#include <string.h>

static const struct {
	const char *field, *shown;
} heads[] = {
    {"Date", "日時 Date"},
    {"From", "差出人 From"},
    {"To", "宛先 To"},
    {"Cc", "Cc"},
    {"Subject", "件名 Subject"},
};

static int put_part(struct sk_mail *m, struct sk_part *p, struct sk_buf *out);

static int put_head(struct sk_mail *m, const struct sk_part *p, struct sk_buf *out)
{
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		const struct sk_field *f = sk_part_get(p, heads[i].field);
		const char *text = f ? sk_field_text(m, f, heads[i].field) : "";
		if (text == NULL)
			return SK_ENOMEM;
		if (text[0])
			sk_buf_printf(out, "%s: %s\r\n", heads[i].shown, text);
	}
	return sk_buf_puts(out, "\r\n");
}

static int put_mail(struct sk_mail *m, struct sk_part *p, struct sk_buf *out)
{
	int rc = put_head(m, p, out);

	return rc ? rc : put_part(m, p, out);
}

/* The words of a part, which is plain or a page. */
static int put_words(struct sk_mail *m, struct sk_part *p, struct sk_slice data, struct sk_buf *out)
{
	struct sk_buf utf8 = SK_BUF(out->max), words = SK_BUF(out->max);
	bool page = strcmp(p->kind, "text/html") == 0;
	int rc = sk_body_decode(m, p, data, &utf8);

	if (rc == 0 && page)
		sk_page_words(m, sk_buf_slice(&utf8), &words);
	if (rc == 0)
		rc = sk_body_lines(m, sk_buf_slice(page ? &words : &utf8), out);
	if (rc == 0)
		rc = sk_buf_puts(out, "\r\n");
	sk_buf_free(&utf8);
	sk_buf_free(&words);
	return rc;
}

static bool is_words(const struct sk_part *p)
{
	return strcmp(p->kind, "text/plain") == 0 || strcmp(p->kind, "text/html") == 0;
}

/* Its name alone, unless it is what the mail says itself. */
static int put_leaf(struct sk_mail *m, struct sk_part *p, struct sk_buf *out)
{
	struct sk_buf data = SK_BUF(SK_LIMIT_MEMBER);
	bool torn;
	const char *name = sk_part_name(m, p, &torn);
	int rc = 0;

	if (!p->attached && name == NULL && is_words(p)) {
		if (p->encoding == SK_ENC_NONE)
			rc = sk_buf_put_slice(&data, p->body);
		else
			rc = sk_mail_decode(m->job, p->encoding, p->body, &data);
		if (rc == 0)
			rc = put_words(m, p, sk_buf_slice(&data), out);
	} else {
		name = sk_words_text(m, sk_slice_str(name ? name : p->kind), true, "name");
		rc = name ? sk_buf_printf(out, "[添付 attached] %s\r\n", name) : SK_ENOMEM;
	}
	sk_buf_free(&data);
	return rc;
}

/* Forms of one text: the plain one, or the first. */
static struct sk_part *one_of(struct sk_part *p)
{
	struct sk_part *c = p->first;

	while (c && strcmp(c->kind, "text/plain") != 0)
		c = c->next;
	return c ? c : p->first;
}

static int put_part(struct sk_mail *m, struct sk_part *p, struct sk_buf *out)
{
	int rc = 0;

	if (p->first == NULL)
		return put_leaf(m, p, out);
	if (m->depth >= SK_LIMIT_MAIL_DEPTH)
		return sk_job_refuse(m->job, SK_REASON_LIMIT_NESTING, "%s", "parts in parts");
	m->depth++;
	if (strcmp(p->kind, "message/rfc822") == 0) {
		sk_buf_puts(out, "\r\n----\r\n");
		rc = put_mail(m, p->first, out);
	} else if (strcmp(p->kind, "multipart/alternative") == 0) {
		rc = put_part(m, one_of(p), out);
	} else {
		for (struct sk_part *c = p->first; c && rc == 0; c = c->next)
			rc = put_part(m, c, out);
	}
	m->depth--;
	return rc;
}

int sk_mail_lines(struct sk_mail *m, struct sk_part *root, struct sk_buf *out)
{
	int rc = put_mail(m, root, out);

	return rc ? rc : out->err;
}

int sk_mail_show(struct sk_job *job, struct sk_slice in, struct sk_output *out)
{
	struct sk_mail m = {.job = job, .arena = job->arena};
	struct sk_buf lines = SK_BUF(job->limits->output);
	struct sk_part *root = NULL;
	int rc = sk_mail_parse(&m, in, &root);

	if (rc == 0)
		rc = sk_mail_lines(&m, root, &lines);
	if (rc == 0)
		rc = sk_text_print(job, sk_buf_slice(&lines), false, out);
	sk_buf_free(&lines);
	return rc;
}
