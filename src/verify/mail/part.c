/*
 * Mails (doc/profiles/mail.md): the head, then parts in parts; every file is checked by the checker of its type. Each byte
 * belongs to exactly one of them. Verifier's jail.
 */
#include "verify/mail/mail.h"

static int check_entity(struct sk_check *c, struct sk_vm_text t, unsigned level, unsigned *parts);
static int check_mail(struct sk_check *c, struct sk_vm_text mail, unsigned level, unsigned *parts);

struct part {
	struct sk_slice type;
	bool base64, has_id, has_name, shown;
	char name[SK_LIMIT_NAME + 1];
	struct sk_vm_text body;
};

/* --- fields of a part --- */

static bool take(struct sk_slice line, const char *name, struct sk_slice *value)
{
	size_t n = strlen(name);

	if (line.n < n || memcmp(line.p, name, n) != 0)
		return false;
	*value = sk_slice_sub(line, n, line.n);
	return true;
}

static bool is_content_id(struct sk_slice v)
{
	if (v.n < 3 || v.n > SK_LIMIT_MAIL_ID + 2 || v.p[0] != '<' || v.p[v.n - 1] != '>')
		return false;
	for (size_t i = 1; i + 1 < v.n; i++)
		if (!((v.p[i] >= 'a' && v.p[i] <= 'z') || (v.p[i] >= 'A' && v.p[i] <= 'Z') ||
			(v.p[i] >= '0' && v.p[i] <= '9') ||
			(v.p[i] && strchr("!#$&'*+-./=?^_`{|}~@", v.p[i]))))
			return false;
	return true;
}

/* A line with those that continue it. */
static int next_field(struct sk_check *c, struct sk_vm_text t, size_t *at, struct sk_slice *out)
{
	size_t start = *at;
	struct sk_slice l;
	int rc = sk_vm_line(c, t, at, &l);

	while (rc == 0 && l.n && *at < t.s.n && t.s.p[*at] == ' ')
		rc = sk_vm_line(c, t, at, &l);
	if (rc == 0)
		*out = sk_slice_sub(t.s, start, *at - 2 - start);
	return rc;
}

/* In this order: type, encoding, identifier, name, an empty line. */
static int read_fields(struct sk_check *c, struct sk_vm_text t, struct part *p)
{
	size_t at = 0, start = 0;
	struct sk_slice f, v;
	int rc = next_field(c, t, &at, &f);

	if (rc == 0 && !take(f, "Content-Type: ", &p->type))
		return sk_fail(c, t.at, "mail: Content-Type expected");
	if (rc == 0)
		rc = next_field(c, t, (start = at, &at), &f);
	if (rc == 0 && sk_slice_is(f, "Content-Transfer-Encoding: base64")) {
		p->base64 = true;
		rc = next_field(c, t, (start = at, &at), &f);
	}
	if (rc == 0 && take(f, "Content-ID: ", &v)) {
		if (!is_content_id(v))
			return sk_fail(
			    c, t.at + start, "mail: Content-ID is not of the allowed form");
		p->has_id = true;
		rc = next_field(c, t, (start = at, &at), &f);
	}
	if (rc == 0 && take(f, "Content-Disposition: ", &v)) {
		p->has_name = true;
		rc = sk_vm_disposition(
		    c, (struct sk_vm_text){v, t.at + start + 21}, &p->shown, p->name);
		if (rc == 0)
			rc = next_field(c, t, (start = at, &at), &f);
	}
	if (rc == 0 && f.n)
		return sk_fail(c, t.at + start,
		    "mail: field of a part is not of the list or not in its place");
	p->body = (struct sk_vm_text){sk_slice_sub(t.s, at, t.s.n), t.at + at};
	return rc;
}

/* --- bodies --- */

/* In memory of its own, so that a large mail needs no more than its largest part. */
static int check_file(struct sk_check *c, const struct part *p, enum sk_filetype type)
{
	struct sk_check inner = *c;
	struct sk_slice bytes = {0};

	inner.arena = sk_arena_new(SK_LIMIT_MEMORY_MAX);
	if (inner.arena == NULL)
		return SK_ENOMEM;
	inner.depth++;
	int rc = sk_vm_base64(&inner, p->body, &bytes);
	if (rc == 0)
		rc = type == SK_FT_HTML && !p->has_name ? sk_verify_html_in_mail(&inner, bytes)
							: sk_verify(&inner, type, bytes);
	if (rc == 0 && type == SK_FT_TXT && !p->has_name)
		rc = sk_vm_no_file(&inner, bytes, p->body.at);
	if (rc == SK_EUNSUPPORTED)
		rc = sk_fail(&inner, p->body.at, "mail: type of a file is not one that is written");
	sk_arena_free(inner.arena);
	inner.arena = c->arena;
	inner.depth = c->depth;
	*c = inner;
	return rc;
}

/* Text that stands as it is: ASCII, lines of at most 998 characters, ended by CR LF. */
static int check_seven_bit(struct sk_check *c, struct sk_vm_text t)
{
	size_t column = 0;

	for (size_t i = 0; i < t.s.n; i++) {
		uint8_t b = t.s.p[i];
		if (b == '\r' && i + 1 < t.s.n && t.s.p[i + 1] == '\n') {
			column = 0;
			i++;
		} else if ((b < 0x20 && b != '\t') || b > 0x7e) {
			return sk_fail(
			    c, t.at + i, "mail: byte %02x in a text that is not encoded", b);
		} else if (++column > 998) {
			return sk_fail(c, t.at + i, "mail: line is longer than 998 characters");
		}
	}
	return 0;
}

static int check_text(struct sk_check *c, const struct part *p)
{
	if (p->base64)
		return p->body.s.n ? check_file(c, p, SK_FT_TXT) : 0;
	int rc = check_seven_bit(c, p->body);
	if (rc || p->body.s.n == 0)
		return rc;
	rc = sk_verify(c, SK_FT_TXT, p->body.s);
	return rc ? rc : sk_vm_no_file(c, p->body.s, p->body.at);
}

static const struct {
	const char *name;
	enum sk_filetype type;
} carried[] = {
    {"application/pdf", SK_FT_PDF},
    {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", SK_FT_DOCX},
    {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", SK_FT_XLSX},
    {"application/vnd.openxmlformats-officedocument.presentationml.presentation", SK_FT_PPTX},
    {"image/jpeg", SK_FT_JPEG},
    {"image/png", SK_FT_PNG},
    {"image/gif", SK_FT_GIF},
    {"image/bmp", SK_FT_BMP},
    {"image/webp", SK_FT_WEBP},
    {"image/tiff", SK_FT_TIFF},
    {"image/svg+xml", SK_FT_SVG},
    {"application/zip", SK_FT_ZIP},
    {"text/plain; charset=UTF-8", SK_FT_TXT},
    {"text/csv; charset=UTF-8", SK_FT_CSV},
    {"text/tab-separated-values; charset=UTF-8", SK_FT_TSV},
    {"application/json", SK_FT_JSON},
    {"application/xml", SK_FT_XML},
    {"text/html; charset=UTF-8", SK_FT_HTML},
    {"application/rtf", SK_FT_RTF},
    {"application/vnd.oasis.opendocument.text", SK_FT_ODT},
    {"application/vnd.oasis.opendocument.spreadsheet", SK_FT_ODS},
    {"application/vnd.oasis.opendocument.presentation", SK_FT_ODP},
    {"application/vnd.oasis.opendocument.graphics", SK_FT_ODG},
    {"text/calendar; charset=UTF-8", SK_FT_ICS},
    {"text/vcard; charset=UTF-8", SK_FT_VCF},
};

static bool has_type(enum sk_filetype type)
{
	for (size_t i = 0; i < sizeof(carried) / sizeof(carried[0]); i++)
		if (carried[i].type == type)
			return true;
	return false;
}

/* Files that have no type in mails are told by their extension; what has no checker fails later. */
static enum sk_filetype by_name(const char *name)
{
	for (int t = SK_FT_UNKNOWN + 1; t < SK_FT_COUNT; t++)
		if (sk_filetype_fits((enum sk_filetype)t, name))
			return has_type((enum sk_filetype)t) ? SK_FT_UNKNOWN : (enum sk_filetype)t;
	return SK_FT_UNKNOWN;
}

static enum sk_filetype type_of(const struct part *p)
{
	for (size_t i = 0; i < sizeof(carried) / sizeof(carried[0]); i++)
		if (sk_slice_is(p->type, carried[i].name))
			return carried[i].type;
	return sk_slice_is(p->type, "application/octet-stream") ? by_name(p->name) : SK_FT_UNKNOWN;
}

static int check_attachment(struct sk_check *c, const struct part *p)
{
	enum sk_filetype type = type_of(p);

	if (type == SK_FT_UNKNOWN)
		return sk_fail(c, p->body.at, "mail: type of a file is not one that is written");
	if (!p->base64)
		return sk_fail(c, p->body.at, "mail: file is not in base64");
	if (!sk_filetype_fits(type, p->name))
		return sk_fail(c, p->body.at, "mail: extension does not fit the type");
	if (p->has_id != p->shown)
		return sk_fail(c, p->body.at,
		    "mail: identifier without a picture that is shown, or the other way round");
	if (p->shown && sk_filetype_family(type) != SK_FAM_IMAGE)
		return sk_fail(c, p->body.at, "mail: shown in the text, but no picture");
	return check_file(c, p, type);
}

/* --- parts in parts --- */

/* multipart/…; boundary="=_…": the boundary with its dashes. */
static int boundary_of(struct sk_check *c, const struct part *p, uint64_t at, char out[32])
{
	static const char *const kinds[] = {
	    "multipart/mixed", "multipart/alternative", "multipart/related"};
	struct sk_slice v;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!take(p->type, kinds[i], &v) || v.n != 31 ||
		    memcmp(v.p, "; boundary=\"=_", 14) != 0 || v.p[30] != '"')
			continue;
		for (size_t k = 14; k < 30; k++)
			if (!((v.p[k] >= '0' && v.p[k] <= '9') || (v.p[k] >= 'a' && v.p[k] <= 'f')))
				return sk_fail(c, at, "mail: boundary is not of the allowed form");
		snprintf(out, 32, "--=_%.16s", (const char *)v.p + 14);
		return 0;
	}
	return sk_fail(c, at, "mail: kind of parts is not of the list");
}

static int check_parts(
    struct sk_check *c, struct sk_vm_text body, const char *dashes, unsigned level, unsigned *parts)
{
	struct sk_slice s = body.s;
	size_t n = strlen(dashes), at = n + 2, count = 0;
	char mark[40];

	snprintf(mark, sizeof(mark), "\r\n%s", dashes);
	if (s.n < n + 2 || memcmp(s.p, dashes, n) != 0 || memcmp(s.p + n, "\r\n", 2) != 0)
		return sk_fail(c, body.at, "mail: boundary expected");
	for (;;) {
		size_t end = sk_slice_find(s, at, sk_slice_str(mark));
		if (end == SIZE_MAX)
			return sk_fail(c, body.at + at, "mail: part without an end");
		int rc = check_entity(c,
		    (struct sk_vm_text){sk_slice_sub(s, at, end - at), body.at + at}, level + 1,
		    parts);
		if (rc)
			return rc;
		count++;
		at = end + strlen(mark);
		struct sk_slice rest = sk_slice_sub(s, at, s.n);
		if (sk_slice_is(rest, "--\r\n"))
			break;
		if (!sk_slice_starts(rest, SK_SLICE_LIT("\r\n")))
			return sk_fail(c, body.at + at, "mail: bytes behind a boundary");
		at += 2;
	}
	return count > 1 ? 0 : sk_fail(c, body.at, "mail: one part alone has a boundary");
}

static int check_multipart(
    struct sk_check *c, const struct part *p, uint64_t at, unsigned level, unsigned *parts)
{
	char dashes[32];
	int rc = boundary_of(c, p, at, dashes);

	if (rc == 0 && (p->base64 || p->has_id || p->has_name))
		rc = sk_fail(c, at, "mail: parts with an encoding or a name");
	return rc ? rc : check_parts(c, p->body, dashes, level, parts);
}

static int check_nested(struct sk_check *c, const struct part *p, unsigned level, unsigned *parts)
{
	if (p->base64 || p->has_id || p->shown ||
	    (p->has_name && !sk_filetype_fits(SK_FT_EML, p->name)))
		return sk_fail(
		    c, p->body.at, "mail: mail in a mail has an encoding or a wrong name");
	c->depth++;
	int rc = check_mail(c, p->body, level + 1, parts);
	c->depth--;
	return rc;
}

static int check_entity(struct sk_check *c, struct sk_vm_text t, unsigned level, unsigned *parts)
{
	struct part p = {0};

	if (level > SK_LIMIT_MAIL_LEVELS || ++*parts > SK_LIMIT_MEMBERS)
		return sk_fail(c, t.at, "mail: more parts, or parts in parts, than allowed");
	int rc = read_fields(c, t, &p);
	if (rc)
		return rc;
	if (sk_slice_starts(p.type, SK_SLICE_LIT("multipart/")))
		return check_multipart(c, &p, t.at, level, parts);
	if (sk_slice_is(p.type, "message/rfc822"))
		return check_nested(c, &p, level, parts);
	if (p.has_name)
		return check_attachment(c, &p);
	if (p.has_id)
		return sk_fail(c, t.at, "mail: text with an identifier");
	if (sk_slice_is(p.type, "text/plain; charset=UTF-8"))
		return check_text(c, &p);
	if (sk_slice_is(p.type, "text/html; charset=UTF-8") && p.base64)
		return check_file(c, &p, SK_FT_HTML);
	return sk_fail(c, t.at, "mail: part without a name is no text");
}

static int check_mail(struct sk_check *c, struct sk_vm_text mail, unsigned level, unsigned *parts)
{
	size_t at = 0;

	if (c->depth > SK_LIMIT_NESTING)
		return sk_fail(c, mail.at, "mail: mails nested more deeply than allowed");
	int rc = sk_vm_head(c, mail, &at);
	if (rc)
		return rc;
	return check_entity(
	    c, (struct sk_vm_text){sk_slice_sub(mail.s, at, mail.s.n), mail.at + at}, level, parts);
}

int sk_verify_eml(struct sk_check *c, struct sk_slice in)
{
	unsigned parts = 0;

	return check_mail(c, (struct sk_vm_text){in, 0}, 0, &parts);
}
