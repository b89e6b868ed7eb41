/*
 * The one reading of a mail: RFC 5322 (head and body), RFC 2045 and 2046 (parts). Where programs are known to read
 * differently there is a rule here, and the report says that it was needed; what cannot be decided is torn, and does not
 * pass. Bytes are only pointed to; nothing is decoded but encodings that hide a mail. Cleaner's jail.
 */
#include "format/mail/mail.h"

#include <strings.h>

static int parse_entity(struct sk_mail *m, struct sk_part *p, struct sk_slice body);
static int parse_message(struct sk_mail *m, struct sk_slice in, struct sk_part *p);

bool sk_name_eq(struct sk_slice s, const char *word)
{
	return s.n == strlen(word) && strncasecmp((const char *)s.p, word, s.n) == 0;
}

struct sk_part *sk_part_new(struct sk_mail *m, const char *kind)
{
	struct sk_part *p = sk_arena_alloc(m->arena, sizeof(*p));

	if (p)
		snprintf(p->kind, sizeof(p->kind), "%s", kind);
	return p;
}

void sk_part_add(struct sk_part *parent, struct sk_part *child)
{
	if (parent->last)
		parent->last->next = child;
	else
		parent->first = child;
	parent->last = child;
}

int sk_part_add_field(struct sk_mail *m, struct sk_part *p, struct sk_field f)
{
	if (p->nfields >= SK_LIMIT_MAIL_FIELDS)
		return sk_job_refuse(
		    m->job, SK_REASON_LIMIT_OBJECTS, "more than %d fields", SK_LIMIT_MAIL_FIELDS);
	struct sk_field *all =
	    sk_arena_grow(m->arena, p->fields, &p->cap, p->nfields + 1, sizeof(*all));
	if (all == NULL)
		return SK_ENOMEM;
	p->fields = all;
	all[p->nfields++] = f;
	return 0;
}

int sk_part_field(struct sk_mail *m, struct sk_part *p, const char *name, struct sk_slice value)
{
	return sk_part_add_field(m, p, (struct sk_field){sk_slice_str(name), value, true});
}

const struct sk_field *sk_part_get(const struct sk_part *p, const char *name)
{
	for (size_t i = 0; i < p->nfields; i++)
		if (sk_name_eq(p->fields[i].name, name))
			return &p->fields[i];
	return NULL;
}

/* --- lines and fields --- */

/* The line at *at without its end, which is LF or CR LF; a CR elsewhere belongs to the line. */
static struct sk_slice next_line(struct sk_slice in, size_t *at, bool *crlf)
{
	size_t from = *at;
	const uint8_t *lf = from < in.n ? memchr(in.p + from, '\n', in.n - from) : NULL;
	size_t end = lf ? (size_t)(lf - in.p) : in.n;

	*at = lf ? end + 1 : end;
	*crlf = end > from && in.p[end - 1] == '\r';
	return sk_slice_sub(in, from, end - from - *crlf);
}

static struct sk_slice head_line(struct sk_mail *m, struct sk_slice in, size_t *at)
{
	bool crlf;
	struct sk_slice l = next_line(in, at, &crlf);

	m->mixed[crlf]++;
	return l;
}

static bool is_blank(uint8_t b)
{
	return b == ' ' || b == '\t';
}

static struct sk_slice trim(struct sk_slice s)
{
	while (s.n && (is_blank(s.p[0]) || s.p[0] == '\r' || s.p[0] == '\n'))
		s = sk_slice_sub(s, 1, s.n);
	while (s.n && (is_blank(s.p[s.n - 1]) || s.p[s.n - 1] == '\r' || s.p[s.n - 1] == '\n'))
		s.n--;
	return s;
}

/* The name of a field and how far it reaches with its colon: printable ASCII, blanks before the colon are obsolete but read. */
static size_t field_name(struct sk_slice l, struct sk_slice *name)
{
	size_t n = 0, colon;

	while (n < l.n && l.p[n] > 0x20 && l.p[n] < 0x7F && l.p[n] != ':')
		n++;
	colon = n;
	while (colon < l.n && is_blank(l.p[colon]))
		colon++;
	if (n == 0 || colon >= l.n || l.p[colon] != ':')
		return 0;
	*name = sk_slice_sub(l, 0, n);
	return colon + 1;
}

/* The lines that continue a field begin with a blank; one of blanks only does not end a head. */
static size_t field_end(struct sk_mail *m, struct sk_slice in, size_t at)
{
	while (at < in.n && is_blank(in.p[at]))
		(void)head_line(m, in, &at);
	return at;
}

/*
 * The fields at the beginning of `in`. The head ends behind an empty line, or before the first line that is no field,
 * which then is the body's first: so no program finds a field in what is taken for a body here.
 */
static int parse_head(
    struct sk_mail *m, struct sk_slice in, struct sk_part *p, struct sk_slice *body)
{
	size_t at = 0;

	while (at < in.n) {
		size_t start = at;
		struct sk_slice l = head_line(m, in, &at), name;
		if (l.n == 0)
			break;
		size_t colon = field_name(l, &name);
		if (colon == 0 && start == 0 &&
		    (sk_slice_starts(l, SK_SLICE_LIT("From ")) ||
			sk_slice_starts(l, SK_SLICE_LIT(">From "))))
			continue;
		if (colon == 0) {
			sk_job_removed(m->job, SK_MAIL_BROKEN, 1, "%s", "line that is no field");
			at = start;
			break;
		}
		at = field_end(m, in, at);
		struct sk_slice value = sk_slice_sub(in, start + colon, at - start - colon);
		int rc = sk_part_add_field(m, p, (struct sk_field){name, trim(value), false});
		if (rc)
			return rc;
	}
	*body = sk_slice_sub(in, at, in.n);
	return 0;
}

int sk_mail_fields(struct sk_mail *m, struct sk_slice in, struct sk_part *p)
{
	struct sk_slice body;

	return parse_head(m, in, p, &body);
}

/* --- what a part is --- */

/* type "/" subtype, small letters, of the letters that RFC 6838 allows; false when it is not that. */
static bool read_kind(struct sk_slice value, char kind[80])
{
	size_t n = 0, slashes = 0;
	struct sk_slice s = trim(value);

	for (size_t i = 0; i < s.n && s.p[i] != ';' && n < 79; i++) {
		uint8_t b = s.p[i];
		bool word = (b >= '0' && b <= '9') || (b >= 'a' && b <= 'z') ||
			    (b >= 'A' && b <= 'Z') || (b && strchr("!#$&-^_.+", b));
		if (b == ' ' || b == '\t' || b == '\r' || b == '\n')
			break;
		if (!word && b != '/')
			return false;
		slashes += b == '/';
		kind[n++] = (char)(b >= 'A' && b <= 'Z' ? b | 0x20 : b);
	}
	kind[n] = '\0';
	return slashes == 1 && n > 2 && kind[0] != '/' && kind[n - 1] != '/';
}

/* The same field twice: alike in what counts it is one, otherwise nobody knows which one a program follows. */
static void check_twice(struct sk_mail *m, struct sk_part *p, const char *name)
{
	const struct sk_field *first = sk_part_get(p, name);
	char one[80], two[80];

	for (const struct sk_field *f = first ? first + 1 : NULL; f && f < p->fields + p->nfields;
	     f++) {
		if (!sk_name_eq(f->name, name))
			continue;
		bool same = sk_slice_eq(f->value, first->value);
		if (!same && sk_name_eq(f->name, "Content-Type"))
			same = read_kind(f->value, one) && read_kind(first->value, two) &&
			       strcmp(one, two) == 0 && strncmp(one, "multipart/", 10) != 0;
		sk_job_removed(m->job, SK_MAIL_AMBIGUOUS, 1, "second %s", name);
		p->torn = p->torn || (!same && !sk_name_eq(f->name, "Content-Disposition"));
	}
}

static void read_type(struct sk_mail *m, struct sk_part *p)
{
	const struct sk_field *f = sk_part_get(p, "Content-Type");

	check_twice(m, p, "Content-Type");
	check_twice(m, p, "Content-Transfer-Encoding");
	check_twice(m, p, "Content-Disposition");
	if (f == NULL)
		return;
	p->type = f->value;
	if (read_kind(f->value, p->kind))
		return;
	/* Old forms: "text", "html"; anything else is a file of unknown kind (RFC 2045, 5.2). */
	sk_job_removed(m->job, SK_MAIL_BROKEN, 1, "%s", "Content-Type");
	snprintf(p->kind, sizeof(p->kind), "%s",
	    sk_name_eq(trim(f->value), "text") ? "text/plain" : "application/octet-stream");
}

static void read_encoding(struct sk_part *p)
{
	static const struct {
		const char *name;
		enum sk_encoding encoding;
	} all[] = {{"", SK_ENC_NONE}, {"7bit", SK_ENC_NONE}, {"8bit", SK_ENC_NONE},
	    {"7-bit", SK_ENC_NONE}, {"8-bit", SK_ENC_NONE}, {"binary", SK_ENC_NONE},
	    {"base64", SK_ENC_BASE64}, {"quoted-printable", SK_ENC_QP}, {"x-uuencode", SK_ENC_UU},
	    {"uuencode", SK_ENC_UU}, {"x-uue", SK_ENC_UU}};
	const struct sk_field *f = sk_part_get(p, "Content-Transfer-Encoding");
	struct sk_slice v = f ? f->value : sk_slice("", 0);
	size_t end = 0;

	while (end < v.n && v.p[end] != ';' && v.p[end] != '(' && !is_blank(v.p[end]))
		end++;
	v.n = end;
	p->encoding = SK_ENC_UNKNOWN;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (sk_name_eq(v, all[i].name))
			p->encoding = all[i].encoding;
}

static void read_disposition(struct sk_part *p)
{
	const struct sk_field *f = sk_part_get(p, "Content-Disposition");

	p->attached =
	    f && f->value.n >= 10 && strncasecmp((const char *)f->value.p, "attachment", 10) == 0;
}

/* --- multipart --- */

/* What a line is to a boundary: 0 nothing, 1 a delimiter, 2 the last one, -1 nearly one. */
static int delimiter(struct sk_slice l, struct sk_slice boundary)
{
	if (l.n < boundary.n + 2 || l.p[0] != '-' || l.p[1] != '-' ||
	    memcmp(l.p + 2, boundary.p, boundary.n) != 0)
		return 0;
	struct sk_slice rest = sk_slice_sub(l, boundary.n + 2, l.n);
	bool last = sk_slice_starts(rest, SK_SLICE_LIT("--"));
	size_t i = last ? 2 : 0;
	while (i < rest.n && (is_blank(rest.p[i]) || rest.p[i] == '\r'))
		i++;
	return i < rest.n ? -1 : last ? 2 : 1;
}

static bool is_preamble(struct sk_slice s)
{
	static const char *const usual[] = {"", "This is a multi-part message in MIME format.",
	    "This is a multipart message in MIME format.", "This is a MIME-formatted message.",
	    "This message is in MIME format.", "--"};

	s = trim(s);
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (sk_slice_is(s, usual[i]))
			return true;
	return false;
}

static int add_child(struct sk_mail *m, struct sk_part *p, struct sk_slice in)
{
	struct sk_part *child = sk_part_new(m, p->digest ? "message/rfc822" : "text/plain");
	struct sk_slice body;

	if (child == NULL)
		return SK_ENOMEM;
	if (sk_job_member(m->job))
		return SK_EREFUSED;
	sk_part_add(p, child);
	int rc = parse_head(m, in, child, &body);
	return rc ? rc : parse_entity(m, child, body);
}

/* The line end before a delimiter belongs to the delimiter. */
static struct sk_slice until(struct sk_slice in, size_t from, size_t to)
{
	if (to > from && in.p[to - 1] == '\n')
		to--;
	if (to > from && in.p[to - 1] == '\r')
		to--;
	return sk_slice_sub(in, from, to - from);
}

struct cutter {
	struct sk_slice in, boundary;
	size_t at, start; /* start: of the part that is being read; SIZE_MAX: of none */
	bool ended;
	uint32_t near;
};

/* One line further; a part ends at a delimiter. */
static int cut_line(struct sk_mail *m, struct sk_part *p, struct cutter *c)
{
	size_t line = c->at;
	bool crlf;
	struct sk_slice l = next_line(c->in, &c->at, &crlf);
	int what = delimiter(l, c->boundary);

	c->near += what < 0;
	if (what <= 0)
		return 0;
	m->mixed[crlf]++;
	int rc = 0;
	if (c->start != SIZE_MAX)
		rc = add_child(m, p, until(c->in, c->start, line));
	else if (!is_preamble(sk_slice_sub(c->in, 0, line)))
		sk_job_removed(m->job, SK_MAIL_HIDDEN, 1, "%s", "before the first part");
	c->start = c->at;
	c->ended = what == 2;
	return rc;
}

static int parse_multipart(struct sk_mail *m, struct sk_part *p, struct sk_slice body)
{
	bool again = false;
	const char *boundary = sk_param(m, p->type, "boundary", &again);
	struct cutter c = {.in = body, .start = SIZE_MAX};
	int rc = 0;

	if (again)
		sk_job_removed(m->job, SK_MAIL_AMBIGUOUS, 1, "%s", "second boundary");
	p->torn =
	    p->torn || again || boundary == NULL || *boundary == '\0' || p->encoding > SK_ENC_NONE;
	if (p->torn)
		return 0;
	p->digest = strcmp(p->kind, "multipart/digest") == 0;
	c.boundary = sk_slice_str(boundary);
	while (rc == 0 && c.at < body.n && !c.ended)
		rc = cut_line(m, p, &c);
	if (rc == 0 && c.start != SIZE_MAX && !c.ended) {
		sk_job_removed(m->job, SK_MAIL_BROKEN, 1, "%s", "last boundary");
		rc = add_child(m, p, sk_slice_sub(body, c.start, body.n));
	} else if (c.ended && trim(sk_slice_sub(body, c.at, body.n)).n) {
		sk_job_removed(m->job, SK_MAIL_HIDDEN, 1, "%s", "behind the last part");
	}
	if (c.near)
		sk_job_removed(m->job, SK_MAIL_AMBIGUOUS, c.near, "%s", "line like a boundary");
	p->torn = c.start == SIZE_MAX;
	return rc;
}

/* --- mails in mails --- */

/* RFC 2046 allows no encoding here, programs write them all the same, and attackers hide mails so. */
static int decoded(struct sk_mail *m, struct sk_part *p, struct sk_slice body, struct sk_slice *out)
{
	struct sk_buf b = SK_BUF(body.n + 64);
	int rc = 0;

	*out = body;
	if (p->encoding == SK_ENC_NONE)
		return 0;
	if (p->encoding == SK_ENC_BASE64 || p->encoding == SK_ENC_QP)
		rc = sk_mail_decode(m->job, p->encoding, body, &b);
	else
		p->torn = true;
	if (rc == 0 && (rc = sk_job_expand(m->job, b.len)) == 0) {
		void *copy = sk_arena_dup(m->arena, b.p ? (const void *)b.p : "", b.len);
		*out = sk_slice(copy, b.len);
		rc = copy ? 0 : SK_ENOMEM;
	}
	sk_buf_free(&b);
	return rc;
}

static int parse_nested(struct sk_mail *m, struct sk_part *p, struct sk_slice body)
{
	struct sk_part *inner = sk_part_new(m, "text/plain");
	struct sk_slice in = {0};

	if (inner == NULL)
		return SK_ENOMEM;
	if (m->job->depth + m->level >= m->job->limits->nesting)
		return sk_job_refuse(m->job, SK_REASON_LIMIT_NESTING,
		    "more than %u mails in each other", m->job->limits->nesting);
	int rc = decoded(m, p, body, &in);
	if (rc || p->torn)
		return rc;
	/* An empty line or two before the inner head: some programs write them. */
	while (in.n && (in.p[0] == '\r' || in.p[0] == '\n'))
		in = sk_slice_sub(in, 1, in.n);
	m->level++;
	rc = parse_message(m, in, inner);
	m->level--;
	if (rc == 0)
		sk_part_add(p, inner);
	return rc;
}

static int parse_entity(struct sk_mail *m, struct sk_part *p, struct sk_slice body)
{
	int rc = 0;

	p->body = body;
	read_type(m, p);
	read_encoding(p);
	read_disposition(p);
	if (p->torn)
		return 0;
	if (m->depth >= SK_LIMIT_MAIL_DEPTH)
		return sk_job_refuse(m->job, SK_REASON_LIMIT_NESTING,
		    "more than %d parts in each other", SK_LIMIT_MAIL_DEPTH);
	m->depth++;
	if (strncmp(p->kind, "multipart/", 10) == 0)
		rc = parse_multipart(m, p, body);
	else if (strcmp(p->kind, "message/rfc822") == 0 || strcmp(p->kind, "message/global") == 0)
		rc = parse_nested(m, p, body);
	m->depth--;
	return rc;
}

static int parse_message(struct sk_mail *m, struct sk_slice in, struct sk_part *p)
{
	struct sk_slice body;
	int rc = parse_head(m, in, p, &body);

	return rc ? rc : parse_entity(m, p, body);
}

/* A file of an old Mac: CR alone ends its lines. */
static int old_lines(struct sk_mail *m, struct sk_slice *in)
{
	if (in->n == 0 || memchr(in->p, '\n', in->n) || !memchr(in->p, '\r', in->n))
		return 0;
	uint8_t *copy = sk_arena_dup(m->arena, in->p, in->n);
	if (copy == NULL)
		return SK_ENOMEM;
	for (size_t i = 0; i < in->n; i++)
		copy[i] = copy[i] == '\r' ? '\n' : copy[i];
	*in = sk_slice(copy, in->n);
	sk_job_removed(m->job, SK_MAIL_BROKEN, 1, "%s", "line ends");
	return 0;
}

int sk_mail_parse(struct sk_mail *m, struct sk_slice in, struct sk_part **out)
{
	struct sk_part *p = sk_part_new(m, "text/plain");
	int rc = p ? old_lines(m, &in) : SK_ENOMEM;

	if (rc == 0 && sk_slice_starts(in, SK_SLICE_LIT("\xEF\xBB\xBF")))
		in = sk_slice_sub(in, 3, in.n);
	while (rc == 0 && in.n && (in.p[0] == '\r' || in.p[0] == '\n'))
		in = sk_slice_sub(in, 1, in.n);
	if (rc == 0)
		rc = parse_message(m, in, p);
	if (rc)
		return rc;
	if (m->mixed[0] && m->mixed[1])
		sk_job_removed(m->job, SK_MAIL_AMBIGUOUS, 1, "%s", "two kinds of line ends");
	*out = p;
	return 0;
}
