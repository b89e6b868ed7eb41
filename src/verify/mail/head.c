/* The head of a mail (doc/profiles/mail.md, section 2). Verifier's jail. */
#include "verify/mail/mail.h"

static const struct field {
	const char *name;
	char form; /* addresses, text, date, one identifier, many, word */
	const char *words;
} fields[] = {
    {"From", 'a', NULL},
    {"Sender", 'a', NULL},
    {"Reply-To", 'a', NULL},
    {"To", 'a', NULL},
    {"Cc", 'a', NULL},
    {"Subject", 't', NULL},
    {"Date", 'd', NULL},
    {"Message-ID", '1', NULL},
    {"In-Reply-To", 'n', NULL},
    {"References", 'n', NULL},
    {"Auto-Submitted", 'w', " no auto-generated auto-replied auto-notified "},
    {"Importance", 'w', " low normal high "},
    {"X-Priority", 'w', " 1 2 3 4 5 "},
};

#define FIELDS (sizeof(fields) / sizeof(fields[0]))
#define MIME "MIME-Version: 1.0"

int sk_vm_line(struct sk_check *c, struct sk_vm_text t, size_t *at, struct sk_slice *line)
{
	size_t end = sk_slice_find(t.s, *at, SK_SLICE_LIT("\r\n"));

	if (end == SIZE_MAX)
		return sk_fail(c, t.at + *at, "mail: line without CR LF");
	*line = sk_slice_sub(t.s, *at, end - *at);
	*at = end + 2;
	return 0;
}

static bool is_id(struct sk_slice s)
{
	if (s.n < 3 || s.n > SK_LIMIT_MAIL_ID + 2 || s.p[0] != '<' || s.p[s.n - 1] != '>')
		return false;
	for (size_t i = 1; i + 1 < s.n; i++)
		if (s.p[i] <= 0x20 || s.p[i] > 0x7e || strchr("<>()\",;\\", s.p[i]))
			return false;
	return true;
}

static int identifiers(struct sk_check *c, struct sk_vm_text v, size_t most)
{
	size_t n = 0;

	for (size_t at = 0; at <= v.s.n;) {
		size_t end = sk_slice_find(v.s, at, SK_SLICE_LIT("\r\n "));
		end = end == SIZE_MAX ? v.s.n : end;
		if (++n > most || !is_id(sk_slice_sub(v.s, at, end - at)))
			return sk_fail(c, v.at + at, "mail: identifier of a mail expected");
		at = end == v.s.n ? end + 1 : end + 3;
	}
	return 0;
}

static int word(struct sk_check *c, struct sk_vm_text v, const char *words)
{
	char padded[40];

	if (v.s.n == 0 || v.s.n > 30 || memchr(v.s.p, ' ', v.s.n))
		return sk_fail(c, v.at, "mail: word is not of the list");
	padded[0] = ' ';
	memcpy(padded + 1, v.s.p, v.s.n);
	memcpy(padded + 1 + v.s.n, " ", 2);
	return strstr(words, padded) ? 0 : sk_fail(c, v.at, "mail: word is not of the list");
}

static int text(struct sk_check *c, struct sk_vm_text v)
{
	struct sk_slice decoded;

	return sk_vm_is_plain(v.s) ? 0 : sk_vm_words(c, v, &decoded);
}

static int check_value(struct sk_check *c, const struct field *f, struct sk_vm_text v)
{
	switch (f->form) {
	case 'a':
		return sk_vm_addresses(c, v);
	case 't':
		return text(c, v);
	case 'd':
		return sk_vm_date(c, v);
	case 'w':
		return word(c, v, f->words);
	default:
		return identifiers(c, v, f->form == '1' ? 1 : 200);
	}
}

/* The field at *at with the lines that continue it, without the last line end. */
static int whole_field(struct sk_check *c, struct sk_vm_text mail, size_t *at, struct sk_slice *out)
{
	size_t start = *at;
	struct sk_slice l;
	int rc = sk_vm_line(c, mail, at, &l);

	while (rc == 0 && *at < mail.s.n && mail.s.p[*at] == ' ')
		rc = sk_vm_line(c, mail, at, &l);
	if (rc == 0)
		*out = sk_slice_sub(mail.s, start, *at - 2 - start);
	return rc;
}

static const struct field *find(struct sk_slice f, size_t *from)
{
	for (size_t i = *from; i < FIELDS; i++) {
		size_t n = strlen(fields[i].name);
		if (f.n > n + 2 && memcmp(f.p, fields[i].name, n) == 0 &&
		    memcmp(f.p + n, ": ", 2) == 0) {
			*from = i + 1;
			return &fields[i];
		}
	}
	return NULL;
}

int sk_vm_head(struct sk_check *c, struct sk_vm_text mail, size_t *at)
{
	size_t next = 0;

	for (*at = 0;;) {
		size_t start = *at;
		struct sk_slice f;
		int rc = whole_field(c, mail, at, &f);
		if (rc)
			return rc;
		if (sk_slice_is(f, MIME))
			return 0;
		const struct field *kind = find(f, &next);
		if (kind == NULL)
			return sk_fail(c, mail.at + start,
			    "mail: field is not of the list or not in its place");
		size_t n = strlen(kind->name) + 2;
		rc = check_value(
		    c, kind, (struct sk_vm_text){sk_slice_sub(f, n, f.n), mail.at + start + n});
		if (rc)
			return rc;
	}
}
