/*
 * Lists of addresses (RFC 5322, 3.4, with its obsolete forms), read leniently and written in one form:
 * [name] <local@domain>, one a line; a name without an address as an empty group, "name:;". Cleaner's jail.
 */
#include "format/mail/mail.h"

#include <strings.h>

#include "base/utf8.h"

#define ADDRESS_MAX 320
#define TEXT_MAX ((size_t)4 << 20)

struct item {
	struct sk_buf name, comment, address;
	bool has_address;
	bool at_sign; /* outside quotes: what is read is an address without brackets */
};

struct list {
	struct sk_mail *m;
	struct sk_buf *out;
	struct sk_slice in;
	size_t at;
	uint32_t *dropped;
	size_t written;
	char *group; /* its name, until its first member */
	bool plain;
};

static bool is_alnum(uint8_t b)
{
	return (b >= '0' && b <= '9') || ((b | 0x20) >= 'a' && (b | 0x20) <= 'z');
}

static bool is_atom(uint8_t b)
{
	return is_alnum(b) || (b && strchr("!#$%&'*+-/=?^_`{|}~.", b) != NULL);
}

/* Dots at the ends or side by side, as addresses of Japanese telephones have them, need quotes. */
static bool needs_quotes(struct sk_slice local)
{
	return local.p[0] == '.' || local.p[local.n - 1] == '.' ||
	       sk_slice_find(local, 0, SK_SLICE_LIT("..")) != SIZE_MAX;
}

static bool is_domain(struct sk_slice d)
{
	bool literal = d.n > 2 && d.p[0] == '[' && d.p[d.n - 1] == ']';

	for (size_t i = literal; i < d.n - literal; i++)
		if (!is_alnum(d.p[i]) && d.p[i] != '.' && d.p[i] != '-' && d.p[i] != '_' &&
		    !(literal && d.p[i] == ':'))
			return false;
	return d.n && d.p[0] != '.' && d.p[d.n - 1] != '.' &&
	       sk_slice_find(d, 0, SK_SLICE_LIT("..")) == SIZE_MAX;
}

/* The address as it is written, in the arena; NULL when it is none that may stay. */
static char *address(struct list *l, struct sk_slice s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = sk_slice_sub(s, 1, s.n);
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	if (s.n && s.p[0] == '@' &&
	    memchr(s.p, ':', s.n)) /* a route, which nobody follows any more */
		s = sk_slice_sub(s, sk_slice_find(s, 0, SK_SLICE_LIT(":")) + 1, s.n);
	if (s.n > 7 && strncasecmp((const char *)s.p, "mailto:", 7) == 0)
		s = sk_slice_sub(s, 7, s.n);
	size_t split = sk_slice_rfind(s, s.n, SK_SLICE_LIT("@"));
	struct sk_slice local = sk_slice_sub(s, 0, split), domain = {0};
	if (split != SIZE_MAX)
		domain = sk_slice_sub(s, split + 1, s.n);
	if (local.n > 1 && local.p[0] == '"' && local.p[local.n - 1] == '"')
		local = sk_slice_sub(local, 1, local.n - 2);
	for (size_t i = 0; i < local.n; i++)
		if (!is_atom(local.p[i]))
			return NULL;
	if (local.n == 0 || s.n > ADDRESS_MAX || (split != SIZE_MAX && !is_domain(domain)))
		return NULL;
	const char *q = needs_quotes(local) ? "\"" : "";
	return sk_arena_printf(l->m->arena, "%s%.*s%s%s%.*s", q, (int)local.n,
	    (const char *)local.p, q, split == SIZE_MAX ? "" : "@", (int)domain.n,
	    (const char *)domain.p);
}

static bool is_at_sign(uint32_t cp)
{
	return cp == '@' || cp == 0xFF20 || cp == 0xFE6B;
}

/* A name that shows another address than the one that an answer goes to. */
static bool deceives(const char *name, const char *addr)
{
	struct sk_slice s = sk_slice_str(name);
	uint32_t before = ' ';

	while (s.n > 1 && (s.p[0] == '\'' || s.p[0] == '<' || s.p[0] == '('))
		s = sk_slice_sub(s, 1, s.n - 2);
	if (addr && sk_name_eq(s, addr))
		return false;
	for (size_t at = 0; at < s.n;) {
		uint32_t cp = (uint32_t)sk_utf8_next(s, &at);
		size_t peek = at;
		int32_t after = sk_utf8_next(s, &peek);
		if (is_at_sign(cp) && before > ' ' && after > ' ')
			return true;
		before = cp;
	}
	return false;
}

static char *name_of(struct list *l, const struct sk_buf *b)
{
	return sk_words_text(l->m, sk_buf_slice(b), l->plain, "address");
}

/* A separator, or the blank behind the field's colon. */
static void begin(struct list *l)
{
	sk_buf_puts(l->out, l->written++ ? ",\r\n " : " ");
}

static int put_mailbox(struct list *l, const char *name, const char *addr)
{
	if (addr == NULL && (name == NULL || *name == '\0'))
		return 0;
	if (name && *name && deceives(name, addr)) {
		(*l->dropped)++;
		name = "";
		if (addr == NULL)
			return 0;
	}
	begin(l);
	if (name && *name) {
		sk_put_words(name, 20, l->out);
		sk_buf_puts(l->out, addr ? "\r\n " : "");
	}
	if (addr)
		sk_buf_printf(l->out, "<%s>", addr);
	else
		sk_buf_puts(l->out, ":;");
	return l->out->err;
}

static void reset(struct item *it)
{
	sk_buf_reset(&it->name);
	sk_buf_reset(&it->comment);
	sk_buf_reset(&it->address);
	it->has_address = false;
	it->at_sign = false;
}

/* At the end of one address. */
static int flush(struct list *l, struct item *it)
{
	struct sk_slice name = sk_buf_slice(&it->name);
	char *addr = NULL, *text;

	if (it->has_address)
		addr = address(l, sk_buf_slice(&it->address));
	else if (name.n && memchr(name.p, '@', name.n))
		addr = address(l, name);
	if (!it->has_address && addr) {
		text = name_of(l, &it->comment);
	} else {
		text = name_of(l, &it->name);
		if (text && *text == '\0')
			text = name_of(l, &it->comment);
	}
	bool lost = it->has_address && addr == NULL && it->address.len;
	reset(it);
	if (text == NULL)
		return SK_ENOMEM;
	*l->dropped += lost;
	if ((addr || *text) && l->group) {
		*l->dropped += *l->group != '\0';
		l->group = NULL;
	}
	return put_mailbox(l, text, addr);
}

/* A quoted string at l->at; its content goes to `to`, with the quotes where they belong to an address. */
static void quoted(struct list *l, struct sk_buf *to, bool keep)
{
	struct sk_slice in = l->in;

	if (keep)
		sk_buf_putc(to, '"');
	for (l->at++; l->at < in.n && in.p[l->at] != '"'; l->at++) {
		if (in.p[l->at] == '\\' && l->at + 1 < in.n)
			l->at++;
		sk_buf_putc(to, in.p[l->at]);
	}
	l->at += l->at < in.n;
	if (keep)
		sk_buf_putc(to, '"');
}

static void comment(struct list *l, struct sk_buf *to)
{
	unsigned open = 1;

	for (l->at++; l->at < l->in.n; l->at++) {
		uint8_t b = l->in.p[l->at];
		open += b == '(';
		open -= b == ')';
		if (open == 0)
			break;
		if (b == '\\' && l->at + 1 < l->in.n)
			b = l->in.p[++l->at];
		sk_buf_putc(to, b);
	}
	l->at += l->at < l->in.n;
}

static void angle(struct list *l, struct item *it)
{
	it->has_address = true;
	for (l->at++; l->at < l->in.n && l->in.p[l->at] != '>';) {
		if (l->in.p[l->at] == '"')
			quoted(l, &it->address, true);
		else
			sk_buf_putc(&it->address, l->in.p[l->at++]);
	}
	l->at += l->at < l->in.n;
}

static int end_group(struct list *l, struct item *it)
{
	int rc = flush(l, it);

	if (rc == 0 && l->group)
		rc = put_mailbox(l, l->group, NULL);
	l->group = NULL;
	return rc;
}

static int step(struct list *l, struct item *it)
{
	uint8_t b = l->in.p[l->at];

	if (b == '"') {
		size_t end = sk_slice_find(l->in, l->at + 1, SK_SLICE_LIT("\""));
		quoted(
		    l, &it->name, end != SIZE_MAX && end + 1 < l->in.n && l->in.p[end + 1] == '@');
	} else if (b == '(') {
		comment(l, &it->comment);
	} else if (b == '<') {
		angle(l, it);
	} else if (b == ',') {
		l->at++;
		return flush(l, it);
	} else if (b == ';') {
		l->at++;
		return end_group(l, it);
	} else if (b == ':' && !it->has_address && !it->at_sign && l->group == NULL) {
		l->at++;
		l->group = name_of(l, &it->name);
		reset(it);
		return l->group ? 0 : SK_ENOMEM;
	} else {
		/* What follows an address belongs to nothing. */
		if (!it->has_address)
			sk_buf_putc(&it->name, b);
		it->at_sign = it->at_sign || b == '@';
		l->at++;
	}
	return 0;
}

int sk_put_addresses(
    struct sk_mail *m, const struct sk_field *f, struct sk_buf *out, uint32_t *dropped)
{
	struct sk_buf utf8 = SK_BUF(TEXT_MAX);
	struct item it = {SK_BUF(TEXT_MAX), SK_BUF(TEXT_MAX), SK_BUF(TEXT_MAX), false, false};
	uint32_t bad = 0;
	int rc = f->plain ? sk_buf_put_slice(&utf8, f->value)
			  : sk_mail_to_utf8(sk_slice("", 0), f->value, &utf8, &bad);
	struct list l = {m, out, sk_buf_slice(&utf8), 0, dropped, 0, NULL, f->plain};

	while (rc == 0 && l.at < l.in.n)
		rc = step(&l, &it);
	if (rc == 0)
		rc = end_group(&l, &it);
	if (rc == 0)
		rc = it.name.err ? it.name.err : it.comment.err ? it.comment.err : it.address.err;
	sk_buf_free(&it.name);
	sk_buf_free(&it.comment);
	sk_buf_free(&it.address);
	sk_buf_free(&utf8);
	return rc ? rc : out->err;
}
