/* The head of a mail: which fields stay, in which order and form (doc/profiles/mail.md, section 2). Cleaner's jail. */
#include "format/mail/mail.h"

#include <strings.h>

#include "base/utf8.h"
#include "container/digits.h"

#define LINE 76
#define PLAIN_MAX 60  /* longer text is written as encoded words, which can be folded anywhere */
#define WORD_EXTRA 12 /* =?UTF-8?B? ?= */
#define IDS_MAX 200

enum form { ADDRESSES, TEXT, DATE, ID, IDS, WORD };

static const struct {
	const char *name;
	enum form form;
	const char *words; /* the values that a WORD may have */
} kept[] = {
    {"From", ADDRESSES, NULL},
    {"Sender", ADDRESSES, NULL},
    {"Reply-To", ADDRESSES, NULL},
    {"To", ADDRESSES, NULL},
    {"Cc", ADDRESSES, NULL},
    {"Subject", TEXT, NULL},
    {"Date", DATE, NULL},
    {"Message-ID", ID, NULL},
    {"In-Reply-To", IDS, NULL},
    {"References", IDS, NULL},
    {"Auto-Submitted", WORD, "no auto-generated auto-replied auto-notified"},
    {"Importance", WORD, "low normal high"},
    {"X-Priority", WORD, "1 2 3 4 5"},
};

#define KEPT (sizeof(kept) / sizeof(kept[0]))

static bool is_plain(struct sk_slice s)
{
	if (s.n == 0 || s.n > PLAIN_MAX || s.p[0] == ' ' || s.p[s.n - 1] == ' ' ||
	    sk_slice_find(s, 0, SK_SLICE_LIT("=?")) != SIZE_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] > 0x7E)
			return false;
	return true;
}

/* The bytes from `at` that fit one encoded word, whole characters. */
static size_t word_bytes(struct sk_slice s, size_t at, size_t column)
{
	size_t room = (LINE - column - WORD_EXTRA) / 4 * 3, end = at;

	while (end < s.n) {
		size_t next = end;
		(void)sk_utf8_next(s, &next);
		if (next - at > room)
			break;
		end = next;
	}
	return end - at;
}

static void put_encoded(struct sk_slice s, size_t column, struct sk_buf *out)
{
	for (size_t at = 0; at < s.n && !out->err;) {
		size_t n = word_bytes(s, at, column);
		sk_buf_puts(out, at ? "\r\n =?UTF-8?B?" : "=?UTF-8?B?");
		sk_base64_put(sk_slice_sub(s, at, n), out);
		sk_buf_puts(out, "?=");
		column = 1;
		at += n;
	}
}

/* A name in front of an address: quoted, so that no character in it means anything. */
int sk_put_words(const char *text, size_t column, struct sk_buf *out)
{
	struct sk_slice s = sk_slice_str(text);

	if (is_plain(s) && !memchr(s.p, '"', s.n) && !memchr(s.p, '\\', s.n))
		sk_buf_printf(out, "\"%s\"", text);
	else
		put_encoded(s, column, out);
	return out->err;
}

static int put_text(
    struct sk_mail *m, const struct sk_field *f, const char *name, struct sk_buf *out)
{
	char *text = sk_field_text(m, f, name);

	if (text == NULL)
		return SK_ENOMEM;
	if (*text == '\0')
		return 0;
	sk_buf_printf(out, "%s: ", name);
	if (is_plain(sk_slice_str(text)))
		sk_buf_puts(out, text);
	else
		put_encoded(sk_slice_str(text), strlen(name) + 2, out);
	return sk_buf_puts(out, "\r\n");
}

static bool is_id(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= 0x20 || s.p[i] > 0x7E || strchr("<>()\",;\\", s.p[i]))
			return false;
	return s.n > 0 && s.n <= SK_LIMIT_MAIL_ID;
}

/* All that stands between < and >; the rest is what old programs wrote about the mail in words. */
static void put_ids(struct sk_slice s, size_t most, const char *name, struct sk_buf *out)
{
	size_t n = 0;

	for (size_t at = 0; at < s.n && n < most;) {
		size_t from = sk_slice_find(s, at, SK_SLICE_LIT("<"));
		size_t to = from == SIZE_MAX ? from : sk_slice_find(s, from, SK_SLICE_LIT(">"));
		if (to == SIZE_MAX)
			break;
		struct sk_slice id = sk_slice_sub(s, from + 1, to - from - 1);
		at = to + 1;
		if (!is_id(id))
			continue;
		if (n++)
			sk_buf_puts(out, "\r\n ");
		else
			sk_buf_printf(out, "%s: ", name);
		sk_buf_printf(out, "<%.*s>", (int)id.n, (const char *)id.p);
	}
	sk_buf_puts(out, n ? "\r\n" : "");
}

static void put_word(struct sk_slice s, const char *words, const char *name, struct sk_buf *out)
{
	size_t n = 0;

	while (n < s.n && s.p[n] > ' ' && s.p[n] != ';' && s.p[n] != '(')
		n++;
	for (const char *w = words; *w;) {
		size_t len = strcspn(w, " ");
		if (len == n && strncasecmp(w, (const char *)s.p, n) == 0)
			sk_buf_printf(out, "%s: %.*s\r\n", name, (int)len, w);
		w += len + (w[len] == ' ');
	}
}

static int put_addresses(
    struct sk_mail *m, const struct sk_field *f, const char *name, struct sk_buf *out)
{
	size_t start = out->len;
	uint32_t dropped = 0;

	sk_buf_printf(out, "%s:", name);
	size_t empty = out->len;
	int rc = sk_put_addresses(m, f, out, &dropped);
	if (rc)
		return rc;
	if (dropped)
		sk_job_removed(m->job, SK_MAIL_ADDRESS, dropped, "%s", name);
	if (out->len == empty)
		out->len = start;
	else
		sk_buf_puts(out, "\r\n");
	return out->err;
}

static int put_date(const struct sk_field *f, const char *name, struct sk_buf *out)
{
	size_t start = out->len;

	sk_buf_printf(out, "%s: ", name);
	if (sk_put_date(f->value, out))
		sk_buf_puts(out, "\r\n");
	else
		out->len = start;
	return out->err;
}

static int put_field(struct sk_mail *m, size_t i, const struct sk_field *f, struct sk_buf *out)
{
	const char *name = kept[i].name;

	switch (kept[i].form) {
	case ADDRESSES:
		return put_addresses(m, f, name, out);
	case TEXT:
		return put_text(m, f, name, out);
	case DATE:
		return put_date(f, name, out);
	case WORD:
		put_word(f->value, kept[i].words, name, out);
		return out->err;
	default:
		put_ids(f->value, kept[i].form == ID ? 1 : IDS_MAX, name, out);
		return out->err;
	}
}

static bool is_one_of(struct sk_slice name, const char *const *list)
{
	for (; *list; list++)
		if (sk_name_eq(name, *list))
			return true;
	return false;
}

/* What is not written: told, but for the fields that say how the mail is put together. */
static void tell(struct sk_mail *m, const struct sk_part *p, const struct sk_field *f)
{
	static const char *const receipts[] = {"Disposition-Notification-To",
	    "Disposition-Notification-Options", "Return-Receipt-To", "Return-Receipt-Requested",
	    "X-Confirm-Reading-To", "Read-Receipt-To", "Generate-Delivery-Report",
	    "X-Rcpt-Notification", "Original-Recipient", NULL};
	char name[60];

	sk_utf8_display(name, sizeof(name), f->name);
	if (is_one_of(f->name, receipts)) {
		sk_job_removed(m->job, SK_MAIL_RECEIPT, 1, "%s", name);
		return;
	}
	for (size_t i = 0; i < KEPT; i++)
		if (sk_name_eq(f->name, kept[i].name)) {
			if (sk_part_get(p, kept[i].name) != f)
				sk_job_removed(m->job, SK_MAIL_AMBIGUOUS, 1, "second %s", name);
			return;
		}
	if (!sk_name_eq(f->name, "MIME-Version") &&
	    !(f->name.n > 8 && strncasecmp((const char *)f->name.p, "Content-", 8) == 0))
		sk_job_removed(m->job, SK_MAIL_HEADER, 1, "%s", name);
}

int sk_put_head(struct sk_mail *m, const struct sk_part *p, struct sk_buf *out)
{
	int rc = 0;

	for (size_t i = 0; i < KEPT && rc == 0; i++) {
		const struct sk_field *f = sk_part_get(p, kept[i].name);
		size_t before = out->len;
		if (f)
			rc = put_field(m, i, f, out);
		if (f && rc == 0 && out->len == before && f->value.n)
			sk_job_removed(m->job, SK_MAIL_HEADER, 1, "%s", kept[i].name);
	}
	for (size_t i = 0; i < p->nfields; i++)
		tell(m, p, &p->fields[i]);
	return rc ? rc : sk_buf_puts(out, "MIME-Version: 1.0\r\n");
}
