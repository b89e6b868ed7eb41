/*
 * From properties ([MS-OXPROPS], [MS-OXCMSG]) to the parts of a mail. Only what is named here is read; everything else, and
 * so what makes Outlook do something, stays behind. Cleaner's jail.
 */
#include "format/mail/outlook.h"

#include "format/text/charset.h"

enum {
	SUBJECT = 0x0037,
	IMPORTANCE = 0x0017,
	SUBMIT_TIME = 0x0039,
	DELIVERY_TIME = 0x0E06,
	REPRESENTING_NAME = 0x0042,
	REPRESENTING_ADDRESS = 0x0065,
	REPRESENTING_SMTP = 0x5D02,
	SENDER_NAME = 0x0C1A,
	SENDER_ADDRESS = 0x0C1F,
	SENDER_SMTP = 0x5D01,
	HEADERS = 0x007D,
	RECIPIENT_TYPE = 0x0C15,
	DISPLAY_CC = 0x0E03,
	DISPLAY_TO = 0x0E04,
	BODY = 0x1000,
	RTF = 0x1009,
	HTML = 0x1013,
	MESSAGE_ID = 0x1035,
	REFERENCES = 0x1039,
	IN_REPLY_TO = 0x1042,
	DISPLAY_NAME = 0x3001,
	ADDRESS = 0x3003,
	SMTP = 0x39FE,
	ATTACH_DATA = 0x3701,
	ATTACH_SHORT = 0x3704,
	ATTACH_METHOD = 0x3705,
	ATTACH_LONG = 0x3707,
	ATTACH_MIME = 0x370E,
	ATTACH_ID = 0x3712,
	CODEPAGE = 0x3FFD,
	INTERNET_CODEPAGE = 0x3FDE,
	LOCALE = 0x3FF1,
};

#define TEXT_MAX ((size_t)256 << 20)
#define LIST_MAX ((size_t)4 << 20)

int sk_prop_add(struct sk_mail *m, struct sk_props *p, uint32_t tag, struct sk_slice value)
{
	struct sk_prop *all = sk_arena_grow(m->arena, p->all, &p->cap, p->n + 1, sizeof(*all));

	if (all == NULL)
		return SK_ENOMEM;
	p->all = all;
	all[p->n++] = (struct sk_prop){tag, value};
	return 0;
}

struct sk_slice sk_prop_get(const struct sk_props *p, uint16_t id, uint16_t type)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->all[i].tag == ((uint32_t)id << 16 | type))
			return p->all[i].value;
	return sk_slice("", 0);
}

uint32_t sk_prop_long(const struct sk_props *p, uint16_t id, uint32_t otherwise)
{
	struct sk_reader r = sk_reader(sk_prop_get(p, id, SK_PT_LONG));
	uint32_t v = sk_read_u32le(&r);

	return r.bad ? otherwise : v;
}

/* Where programs were set to Japanese, and nothing says more. */
static const char *by_locale(uint32_t locale)
{
	return (locale & 0xFFFF) == 0x0411 ? "shift_jis" : "";
}

void sk_props_charset(struct sk_props *p, const char *around)
{
	const char *cs = sk_mail_codepage(sk_prop_long(p, CODEPAGE, 0));

	if (*cs == '\0')
		cs = sk_mail_codepage(sk_prop_long(p, INTERNET_CODEPAGE, 0));
	if (*cs == '\0')
		cs = by_locale(sk_prop_long(p, LOCALE, 0));
	p->charset = *cs ? cs : around;
}

/* Strings end at the first zero. */
static struct sk_slice until_zero(struct sk_slice s, size_t width)
{
	for (size_t i = 0; i + width <= s.n; i += width)
		if (s.p[i] == 0 && (width == 1 || s.p[i + 1] == 0))
			return sk_slice_sub(s, 0, i);
	return sk_slice_sub(s, 0, s.n - s.n % width);
}

char *sk_prop_text(struct sk_mail *m, const struct sk_props *p, uint16_t id)
{
	struct sk_slice wide = until_zero(sk_prop_get(p, id, SK_PT_UNICODE), 2);
	struct sk_slice narrow = until_zero(sk_prop_get(p, id, SK_PT_STRING8), 1);
	struct sk_buf out = SK_BUF(TEXT_MAX);
	uint32_t bad = 0;

	if (wide.n)
		(void)sk_charset_to_utf8(SK_CS_UTF16LE, wide, &out, &bad);
	else
		(void)sk_mail_to_utf8(sk_slice_str(p->charset), narrow, &out, &bad);
	if (bad)
		sk_job_removed(m->job, SK_TEXT_INVALID, bad, "property %04X", id);
	char *text = out.len && !out.err ? sk_arena_str(m->arena, sk_buf_slice(&out)) : NULL;
	sk_buf_free(&out);
	return text;
}

int sk_outlook_begin(struct sk_mail *m, struct sk_outlook *o)
{
	*o = (struct sk_outlook){.to = SK_BUF(LIST_MAX), .cc = SK_BUF(LIST_MAX)};
	o->props.charset = "";
	o->files = sk_part_new(m, "multipart/mixed");
	return o->files ? 0 : SK_ENOMEM;
}

void sk_outlook_free(struct sk_outlook *o)
{
	sk_buf_free(&o->to);
	sk_buf_free(&o->cc);
}

/* --- addresses --- */

/* "name" <address>; an address of an Exchange organisation (/O=…) means nothing outside it. */
static void put_mailbox(struct sk_buf *b, const char *name, const char *address)
{
	bool internet = address && *address != '/' && strchr(address, '@') != NULL;

	if (!internet && name == NULL)
		return;
	sk_buf_puts(b, b->len ? ", \"" : "\"");
	for (const char *c = name ? name : ""; *c; c++) {
		if (*c == '"' || *c == '\\')
			sk_buf_putc(b, '\\');
		sk_buf_putc(b, (uint8_t)*c);
	}
	sk_buf_puts(b, "\"");
	if (internet)
		sk_buf_printf(b, " <%s>", address);
}

static const char *first_address(
    struct sk_mail *m, const struct sk_props *p, uint16_t smtp, uint16_t other)
{
	char *a = sk_prop_text(m, p, smtp);

	return a && strchr(a, '@') ? a : sk_prop_text(m, p, other);
}

int sk_outlook_recipient(struct sk_mail *m, struct sk_outlook *o, const struct sk_props *p)
{
	uint32_t type = sk_prop_long(p, RECIPIENT_TYPE, 1) & 0xF;
	struct sk_buf *list = type == 2 ? &o->cc : &o->to;

	if (type == 3) {
		sk_job_removed(m->job, SK_MAIL_HEADER, 1, "%s", "Bcc");
		return 0;
	}
	put_mailbox(list, sk_prop_text(m, p, DISPLAY_NAME), first_address(m, p, SMTP, ADDRESS));
	return list->err;
}

static int add_text(struct sk_mail *m, struct sk_part *p, const char *field, const char *value)
{
	return value && *value ? sk_part_field(m, p, field, sk_slice_str(value)) : 0;
}

static int add_list(
    struct sk_mail *m, struct sk_part *p, const char *field, const struct sk_buf *list)
{
	if (list->len == 0)
		return list->err;
	return add_text(m, p, field, sk_arena_str(m->arena, sk_buf_slice(list)));
}

static int add_sender(struct sk_mail *m, const struct sk_props *p, struct sk_part *out)
{
	struct sk_buf from = SK_BUF(LIST_MAX), sender = SK_BUF(LIST_MAX);

	put_mailbox(&from, sk_prop_text(m, p, REPRESENTING_NAME),
	    first_address(m, p, REPRESENTING_SMTP, REPRESENTING_ADDRESS));
	put_mailbox(&sender, sk_prop_text(m, p, SENDER_NAME),
	    first_address(m, p, SENDER_SMTP, SENDER_ADDRESS));
	bool two =
	    from.len && sender.len && !sk_slice_eq(sk_buf_slice(&from), sk_buf_slice(&sender));
	int rc = add_list(m, out, "From", from.len ? &from : &sender);
	if (rc == 0 && two)
		rc = add_list(m, out, "Sender", &sender);
	sk_buf_free(&from);
	sk_buf_free(&sender);
	return rc;
}

/* --- the head --- */

/* 100 nanoseconds since 1601. */
static int add_date(struct sk_mail *m, const struct sk_props *p, struct sk_part *out)
{
	struct sk_slice v = sk_prop_get(p, SUBMIT_TIME, SK_PT_TIME);
	struct sk_buf text = SK_BUF((size_t)100);
	struct sk_reader r = sk_reader(v.n ? v : sk_prop_get(p, DELIVERY_TIME, SK_PT_TIME));
	uint64_t t = sk_read_u64le(&r);

	if (!r.bad && t)
		sk_put_time((int64_t)(t / 10000000) - 11644473600, &text);
	int rc = add_list(m, out, "Date", &text);
	sk_buf_free(&text);
	return rc;
}

/* "\1" and the length of "Re: " may stand in front of a subject. */
static const char *subject(struct sk_mail *m, const struct sk_props *p)
{
	char *s = sk_prop_text(m, p, SUBJECT);

	return s && s[0] == 1 && s[1] ? s + 2 : s;
}

/* What the properties do not say may stand in the head as it came from the network. */
static int add_missing(struct sk_mail *m, const struct sk_props *p, struct sk_part *out)
{
	static const char *const names[] = {"From", "To", "Cc", "Subject", "Date", "Message-ID",
	    "In-Reply-To", "References", "Reply-To", NULL};
	char *text = sk_prop_text(m, p, HEADERS);
	struct sk_part *head = sk_part_new(m, "text/plain");

	if (head == NULL)
		return SK_ENOMEM;
	int rc = text ? sk_mail_fields(m, sk_slice_str(text), head) : 0;
	for (size_t i = 0; names[i] && rc == 0; i++) {
		const struct sk_field *f = sk_part_get(head, names[i]);
		if (f && sk_part_get(out, names[i]) == NULL)
			rc = sk_part_add_field(m, out, *f);
	}
	return rc;
}

static int add_head(struct sk_mail *m, struct sk_outlook *o, struct sk_part *out)
{
	const struct sk_props *p = &o->props;
	uint32_t importance = sk_prop_long(p, IMPORTANCE, 1);
	int rc = add_sender(m, p, out);

	rc = rc ? rc : add_list(m, out, "To", &o->to);
	rc = rc ? rc : add_list(m, out, "Cc", &o->cc);
	rc = rc ? rc : add_text(m, out, "Subject", subject(m, p));
	rc = rc ? rc : add_date(m, p, out);
	rc = rc ? rc : add_text(m, out, "Message-ID", sk_prop_text(m, p, MESSAGE_ID));
	rc = rc ? rc : add_text(m, out, "In-Reply-To", sk_prop_text(m, p, IN_REPLY_TO));
	rc = rc ? rc : add_text(m, out, "References", sk_prop_text(m, p, REFERENCES));
	if (rc == 0 && importance != 1)
		rc = add_text(m, out, "Importance", importance ? "high" : "low");
	rc = rc ? rc : add_missing(m, p, out);
	/* Without recipients their names may still stand in two strings, with semicolons between them. */
	if (rc == 0 && sk_part_get(out, "To") == NULL)
		rc = add_text(m, out, "To", sk_prop_text(m, p, DISPLAY_TO));
	if (rc == 0 && sk_part_get(out, "Cc") == NULL)
		rc = add_text(m, out, "Cc", sk_prop_text(m, p, DISPLAY_CC));
	return rc;
}

/* --- the body --- */

static struct sk_part *text_part(
    struct sk_mail *m, const char *kind, struct sk_slice body, const char *charset)
{
	struct sk_part *p = sk_part_new(m, kind);

	if (p) {
		p->body = body;
		p->charset = charset;
	}
	return p;
}

static int add_page(struct sk_mail *m, const struct sk_props *p, struct sk_part *forms)
{
	struct sk_slice bytes = sk_prop_get(p, HTML, SK_PT_BINARY);
	const char *cs = sk_mail_codepage(sk_prop_long(p, INTERNET_CODEPAGE, 0));
	char *text = bytes.n ? NULL : sk_prop_text(m, p, HTML);

	if (bytes.n == 0 && text == NULL)
		return 0;
	struct sk_part *page = bytes.n ? text_part(m, "text/html", bytes, cs)
				       : text_part(m, "text/html", sk_slice_str(text), "utf-8");
	if (page == NULL)
		return SK_ENOMEM;
	sk_part_add(forms, page);
	return 0;
}

/* Only where there is no other form of the text, for these are made of one another. */
static int add_rtf(struct sk_mail *m, const struct sk_props *p, struct sk_part *forms)
{
	struct sk_slice packed = sk_prop_get(p, RTF, SK_PT_BINARY);
	struct sk_buf out = SK_BUF(TEXT_MAX);

	if (packed.n == 0)
		return 0;
	if (forms->first) {
		sk_job_removed(m->job, SK_MAIL_FORM, 1, "%s", "RTF");
		return 0;
	}
	int rc = sk_rtf_unpack(packed, &out);
	if (rc == 0)
		rc = sk_job_expand(m->job, out.len);
	void *copy = rc == 0 ? sk_arena_dup(m->arena, out.p, out.len) : NULL;
	struct sk_part *rtf = copy ? text_part(m, "text/rtf", sk_slice(copy, out.len), "") : NULL;
	sk_buf_free(&out);
	if (rc == SK_EFORMAT) {
		sk_job_removed(m->job, SK_MAIL_BROKEN, 1, "%s", "RTF");
		return 0;
	}
	if (rtf)
		sk_part_add(forms, rtf);
	return rc ? rc : rtf ? 0 : SK_ENOMEM;
}

static int add_body(struct sk_mail *m, const struct sk_props *p, struct sk_part *forms)
{
	char *text = sk_prop_text(m, p, BODY);
	struct sk_part *plain =
	    text ? text_part(m, "text/plain", sk_slice_str(text), "utf-8") : NULL;

	if (plain)
		sk_part_add(forms, plain);
	int rc = add_page(m, p, forms);
	return rc ? rc : add_rtf(m, p, forms);
}

/* Pictures of a page lie beside it (multipart/related), other files behind both. */
static void add_parts(
    struct sk_mail *m, struct sk_part *root, struct sk_part *forms, struct sk_part *files)
{
	struct sk_part *words = forms->first && forms->first->next ? forms : forms->first;
	struct sk_part *related = sk_part_new(m, "multipart/related");

	if (related && words) {
		sk_part_add(related, words);
		sk_part_add(root, related);
	}
	for (struct sk_part *f = files->first, *next; f && related; f = next) {
		next = f->next;
		f->next = NULL;
		sk_part_add(f->id && words ? related : root, f);
	}
}

int sk_outlook_end(struct sk_mail *m, struct sk_outlook *o, struct sk_part **out)
{
	struct sk_part *root = sk_part_new(m, "multipart/mixed"),
		       *forms = sk_part_new(m, "multipart/alternative");
	int rc = root && forms ? add_head(m, o, root) : SK_ENOMEM;

	if (rc == 0)
		rc = add_body(m, &o->props, forms);
	if (rc)
		return rc;
	add_parts(m, root, forms, o->files);
	sk_job_removed(m->job, SK_MAIL_PROPERTY, 1, "%s", "Outlook");
	*out = root;
	return 0;
}

/* --- attachments --- */

enum { BY_VALUE = 1, EMBEDDED = 5 };

static const char *kind_of(struct sk_mail *m, const struct sk_props *p)
{
	char *mime = sk_prop_text(m, p, ATTACH_MIME);
	bool file = mime == NULL || strlen(mime) > 70 || strncmp(mime, "multipart", 9) == 0 ||
		    strncmp(mime, "message", 7) == 0;

	return file ? "application/octet-stream" : mime;
}

int sk_outlook_file(
    struct sk_mail *m, struct sk_outlook *o, const struct sk_props *p, struct sk_part *inner)
{
	uint32_t method = sk_prop_long(p, ATTACH_METHOD, BY_VALUE);
	struct sk_slice data = sk_prop_get(p, ATTACH_DATA, SK_PT_BINARY);
	struct sk_part *part = sk_part_new(m, inner ? "message/rfc822" : kind_of(m, p));

	if (part == NULL)
		return SK_ENOMEM;
	if (sk_job_member(m->job))
		return SK_EREFUSED;
	part->name = sk_prop_text(m, p, ATTACH_LONG);
	if (part->name == NULL)
		part->name = sk_prop_text(m, p, ATTACH_SHORT);
	if (part->name == NULL)
		part->name = sk_prop_text(m, p, DISPLAY_NAME);
	part->id = sk_prop_text(m, p, ATTACH_ID);
	part->attached = part->id == NULL;
	part->body = data;
	if (inner)
		sk_part_add(part, inner);
	else if (method >= 2 && method <= 4 && data.n == 0)
		snprintf(part->kind, sizeof(part->kind), "message/external-body");
	else if (method > EMBEDDED && data.n == 0)
		part->encoding = SK_ENC_UNKNOWN; /* an object of another program */
	sk_part_add(o->files, part);
	return 0;
}
