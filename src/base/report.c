/* The report: filled in the jail, read by the caller from a peer it does not trust. */
#include "base/report.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"

#define WIRE_MAGIC 0x33524B53U /* "SKR3" */

static void display(char *dst, size_t size, const char *text)
{
	sk_utf8_display(dst, size, sk_slice_str(text));
}

void sk_report_clear(struct sk_report *r)
{
	r->type = r->out_type = SK_FT_UNKNOWN;
	r->reason = SK_CODE_NONE;
	r->opened = 0;
	r->inside = (struct sk_inside){0};
	r->detail[0] = '\0';
	r->nclaims = r->nremoved = 0;
}

void sk_report_copy(struct sk_report *to, const struct sk_report *from)
{
	memcpy(to, from, offsetof(struct sk_report, claims));
	memcpy(to->claims, from->claims, from->nclaims * sizeof(from->claims[0]));
	memcpy(to->removed, from->removed, from->nremoved * sizeof(from->removed[0]));
}

void sk_report_claim(struct sk_report *r, enum sk_filetype type, enum sk_strength strength,
    uint64_t offset, const char *evidence)
{
	if (r->nclaims == SK_LIMIT_CLAIMS)
		return;
	struct sk_claim *c = &r->claims[r->nclaims++];
	c->type = type;
	c->strength = strength;
	c->offset = offset;
	display(c->evidence, sizeof(c->evidence), evidence);
}

static struct sk_removal *entry(struct sk_report *r, enum sk_code code)
{
	for (uint32_t i = 0; i < r->nremoved; i++)
		if (r->removed[i].code == code)
			return &r->removed[i];
	if (r->nremoved == SK_LIMIT_REPORT_ENTRIES)
		return NULL;
	struct sk_removal *e = &r->removed[r->nremoved++];
	*e = (struct sk_removal){.code = code};
	return e;
}

static void add(struct sk_report *r, enum sk_code code, uint32_t count, const char *where)
{
	struct sk_removal *e = entry(r, code);

	if (e == NULL || count == 0)
		return;
	if (e->count == 0)
		display(e->where, sizeof(e->where), where);
	e->count = count > UINT32_MAX - e->count ? UINT32_MAX : e->count + count;
}

void sk_report_removed(
    struct sk_report *r, enum sk_code code, uint32_t count, const char *where, ...)
{
	char text[SK_LIMIT_REPORT_TEXT];
	va_list ap;

	if (count == 0)
		return;
	va_start(ap, where);
	vsnprintf(text, sizeof(text), where, ap);
	va_end(ap);
	add(r, code, count, text);
}

int sk_report_refuse(struct sk_report *r, enum sk_code reason, const char *detail, ...)
{
	char text[SK_LIMIT_REPORT_TEXT];
	va_list ap;

	if (r->reason != SK_CODE_NONE)
		return SK_EREFUSED;
	va_start(ap, detail);
	vsnprintf(text, sizeof(text), detail, ap);
	va_end(ap);
	r->reason = reason;
	display(r->detail, sizeof(r->detail), text);
	return SK_EREFUSED;
}

uint32_t sk_report_count(const struct sk_report *r, enum sk_code code)
{
	for (uint32_t i = 0; i < r->nremoved; i++)
		if (r->removed[i].code == code)
			return r->removed[i].count;
	return 0;
}

static uint32_t sum(uint32_t a, uint32_t b)
{
	return b > UINT32_MAX - a ? UINT32_MAX : a + b;
}

static bool for_want_of_a_password(enum sk_code why)
{
	return why == SK_REASON_ENCRYPTED || why == SK_REASON_PASSWORD;
}

static void at_least(uint32_t *v, uint32_t n)
{
	*v = n > *v ? n : *v;
}

void sk_report_holds(struct sk_report *r, uint32_t depth, enum sk_filetype type, enum sk_code why)
{
	struct sk_inside *in = &r->inside;

	in->members = sum(in->members, 1);
	at_least(&in->depth, depth);
	in->shut |= for_want_of_a_password(why);
	if (type != SK_FT_UNKNOWN)
		in->types[type / 8] |= (uint8_t)(1U << type % 8);
}

void sk_report_holds_file(struct sk_report *r, uint32_t depth, const struct sk_report *member)
{
	const struct sk_inside *below = &member->inside;
	struct sk_inside *in = &r->inside;

	sk_report_holds(r, depth, member->type, member->reason);
	in->members = sum(in->members, below->members);
	at_least(&in->depth, sum(depth, below->depth));
	in->shut |= below->shut;
	for (size_t i = 0; i < sizeof(in->types); i++)
		in->types[i] |= below->types[i];
}

bool sk_report_holds_type(const struct sk_report *r, enum sk_filetype type)
{
	return type != SK_FT_UNKNOWN && (r->inside.types[type / 8] >> type % 8 & 1);
}

void sk_report_pages(struct sk_report *r, uint32_t n)
{
	r->inside.pages = sum(r->inside.pages, n);
}

bool sk_report_locked(const struct sk_report *r)
{
	return r->opened || sk_report_shut(r);
}

bool sk_report_shut(const struct sk_report *r)
{
	return r->inside.shut || for_want_of_a_password(r->reason);
}

void sk_report_merge(struct sk_report *r, const struct sk_report *member, const char *prefix)
{
	char where[2 * SK_LIMIT_REPORT_TEXT];

	if (r->opened == 0)
		r->opened = member->opened;
	sk_report_pages(r, member->inside.pages);
	for (uint32_t i = 0; i < member->nremoved; i++) {
		const struct sk_removal *m = &member->removed[i];
		snprintf(where, sizeof(where), "%s%s%s", prefix, m->where[0] ? "!" : "", m->where);
		add(r, m->code, m->count, where);
	}
}

static void put_text(struct sk_buf *out, const char *s)
{
	size_t n = strlen(s);
	sk_buf_put_u16le(out, (uint16_t)n);
	sk_buf_put(out, s, n);
}

static void put_inside(struct sk_buf *out, const struct sk_inside *in)
{
	sk_buf_put_u32le(out, in->members);
	sk_buf_put_u32le(out, in->depth);
	sk_buf_put_u32le(out, in->pages);
	sk_buf_putc(out, in->shut);
	sk_buf_put(out, in->types, sizeof(in->types));
}

int sk_report_encode(const struct sk_report *r, struct sk_buf *out)
{
	sk_buf_put_u32le(out, WIRE_MAGIC);
	sk_buf_put_u16le(out, (uint16_t)r->type);
	sk_buf_put_u16le(out, (uint16_t)r->out_type);
	sk_buf_put_u16le(out, (uint16_t)r->reason);
	sk_buf_put_u16le(out, (uint16_t)r->opened);
	put_inside(out, &r->inside);
	put_text(out, r->detail);
	sk_buf_put_u16le(out, (uint16_t)r->nclaims);
	for (uint32_t i = 0; i < r->nclaims; i++) {
		sk_buf_put_u16le(out, (uint16_t)r->claims[i].type);
		sk_buf_put_u16le(out, (uint16_t)r->claims[i].strength);
		sk_buf_put_u64le(out, r->claims[i].offset);
		put_text(out, r->claims[i].evidence);
	}
	sk_buf_put_u16le(out, (uint16_t)r->nremoved);
	for (uint32_t i = 0; i < r->nremoved; i++) {
		sk_buf_put_u16le(out, (uint16_t)r->removed[i].code);
		sk_buf_put_u32le(out, r->removed[i].count);
		put_text(out, r->removed[i].where);
	}
	return out->err;
}

/* A number below `limit`, else the reader goes bad. */
static uint32_t get_below(struct sk_reader *in, uint32_t limit)
{
	uint32_t v = sk_read_u16le(in);
	if (v >= limit)
		in->bad = true;
	return in->bad ? 0 : v;
}

static void get_text(struct sk_reader *in, char *dst, size_t size)
{
	size_t n = sk_read_u16le(in);
	struct sk_slice s = sk_read_slice(in, n);

	if (n >= size)
		in->bad = true;
	sk_utf8_display(dst, size, s);
}

static void get_inside(struct sk_reader *in, struct sk_inside *r)
{
	struct sk_slice types;
	uint8_t shut;

	r->members = sk_read_u32le(in);
	r->depth = sk_read_u32le(in);
	r->pages = sk_read_u32le(in);
	shut = sk_read_u8(in);
	r->shut = shut != 0;
	types = sk_read_slice(in, sizeof(r->types));
	in->bad |= shut > 1;
	if (!in->bad)
		memcpy(r->types, types.p, sizeof(r->types));
	/* no bit of a type that there is not */
	in->bad |=
	    (r->types[0] & 1) || (SK_FT_COUNT % 8 && r->types[SK_FT_COUNT / 8] >> SK_FT_COUNT % 8);
}

static void get_claims(struct sk_reader *in, struct sk_report *r)
{
	r->nclaims = get_below(in, SK_LIMIT_CLAIMS + 1);
	for (uint32_t i = 0; i < r->nclaims && !in->bad; i++) {
		struct sk_claim *c = &r->claims[i];
		c->type = (enum sk_filetype)get_below(in, SK_FT_COUNT);
		c->strength = (enum sk_strength)get_below(in, SK_CLAIM_STRUCTURE + 1);
		c->offset = sk_read_u64le(in);
		get_text(in, c->evidence, sizeof(c->evidence));
	}
}

static void get_removed(struct sk_reader *in, struct sk_report *r)
{
	r->nremoved = get_below(in, SK_LIMIT_REPORT_ENTRIES + 1);
	for (uint32_t i = 0; i < r->nremoved && !in->bad; i++) {
		struct sk_removal *e = &r->removed[i];
		e->code = (enum sk_code)get_below(in, SK_CODE_COUNT);
		e->count = sk_read_u32le(in);
		get_text(in, e->where, sizeof(e->where));
	}
}

int sk_report_decode(struct sk_slice bytes, struct sk_report *r)
{
	struct sk_reader in = sk_reader(bytes);

	sk_report_clear(r);
	if (sk_read_u32le(&in) != WIRE_MAGIC)
		return SK_EFORMAT;
	r->type = (enum sk_filetype)get_below(&in, SK_FT_COUNT);
	r->out_type = (enum sk_filetype)get_below(&in, SK_FT_COUNT);
	r->reason = (enum sk_code)get_below(&in, SK_CODE_COUNT);
	r->opened = get_below(&in, SK_LIMIT_PASSWORDS + 1);
	get_inside(&in, &r->inside);
	get_text(&in, r->detail, sizeof(r->detail));
	get_claims(&in, r);
	get_removed(&in, r);
	if (sk_read_at_end(&in))
		return 0;
	sk_report_clear(r);
	return SK_EFORMAT;
}
