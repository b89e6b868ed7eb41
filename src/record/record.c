/* Gate and scribe on the wire: record.h. */
#include "record/record.h"

#include <string.h>

#include "base/err.h"

static void put_entry(const struct sk_leaf *e, struct sk_buf *out)
{
	uint8_t n = 0;

	for (unsigned f = 0; f < SK_ENTRY_FIELDS; f++)
		n += e->field[f].p != NULL;
	sk_buf_putc(out, n);
	for (unsigned f = 0; f < SK_ENTRY_FIELDS; f++) {
		if (e->field[f].p == NULL)
			continue;
		sk_buf_putc(out, (uint8_t)f);
		sk_buf_put_u16le(out, (uint16_t)e->field[f].n);
		sk_buf_put_slice(out, e->field[f]);
	}
}

static bool fits(const struct sk_leaf *e)
{
	for (unsigned f = 0; f < SK_ENTRY_FIELDS; f++)
		if (e->field[f].n > SK_ENTRY_BYTES)
			return false;
	return true;
}

int sk_record_put_entries(const struct sk_leaf *v, size_t n, struct sk_buf *out)
{
	if (n == 0 || n > SK_RECORD_BATCH)
		return SK_ELIMIT;
	sk_buf_put_u16le(out, (uint16_t)n);
	for (size_t i = 0; i < n; i++) {
		if (!fits(&v[i]))
			return SK_ELIMIT;
		put_entry(&v[i], out);
	}
	return out->err;
}

/* Fields ascend, none twice. */
static bool get_entry(struct sk_reader *r, struct sk_leaf *e)
{
	unsigned n = sk_read_u8(r), last = 0;

	for (unsigned i = 0; i < n; i++) {
		unsigned f = sk_read_u8(r);
		struct sk_slice value = sk_read_slice(r, sk_read_u16le(r));
		if (r->bad || f >= SK_ENTRY_FIELDS || (i && f <= last) || value.n > SK_ENTRY_BYTES)
			return false;
		e->field[f] = value;
		last = f;
	}
	return !r->bad;
}

int sk_record_get_entries(struct sk_slice in, struct sk_record_entries *e)
{
	struct sk_reader r = sk_reader(in);
	size_t n = sk_read_u16le(&r);

	if (n == 0 || n > SK_RECORD_BATCH)
		return SK_EFORMAT;
	memset(e, 0, sizeof(*e));
	for (size_t i = 0; i < n; i++)
		if (!get_entry(&r, &e->v[i]))
			return SK_EFORMAT;
	if (!sk_read_at_end(&r))
		return SK_EFORMAT;
	e->n = n;
	return 0;
}

int sk_record_put_appended(const struct sk_record_appended *a, struct sk_buf *out)
{
	sk_buf_put_u32le(out, (uint32_t)a->status);
	sk_buf_put_u16le(out, (uint16_t)a->n);
	for (size_t i = 0; i < a->n; i++)
		sk_buf_put_u64le(out, a->index[i]);
	return out->err;
}

int sk_record_get_appended(struct sk_slice in, struct sk_record_appended *a)
{
	struct sk_reader r = sk_reader(in);

	memset(a, 0, sizeof(*a));
	a->status = (int32_t)sk_read_u32le(&r);
	a->n = sk_read_u16le(&r);
	if (a->n > SK_RECORD_BATCH || a->status > 0 || (a->status != 0) != (a->n == 0))
		return SK_EFORMAT;
	for (size_t i = 0; i < a->n; i++)
		a->index[i] = sk_read_u64le(&r);
	return sk_read_at_end(&r) ? 0 : SK_EFORMAT;
}

int sk_record_put_ask(const struct sk_record_ask *a, struct sk_buf *out)
{
	sk_buf_put_u64le(out, a->index);
	sk_buf_putc(out, a->field);
	sk_buf_putc(out, a->openings);
	sk_buf_put_u16le(out, a->witness);
	sk_buf_put_u16le(out, a->http);
	return out->err;
}

int sk_record_get_ask(struct sk_slice in, struct sk_record_ask *a)
{
	struct sk_reader r = sk_reader(in);

	a->index = sk_read_u64le(&r);
	a->field = sk_read_u8(&r);
	a->openings = sk_read_u8(&r);
	a->witness = sk_read_u16le(&r);
	a->http = sk_read_u16le(&r);
	return sk_read_at_end(&r) && a->field <= SK_ENTRY_FIELDS && a->openings <= 1 ? 0
										     : SK_EFORMAT;
}

int sk_record_put_done(const struct sk_record_done *d, struct sk_buf *out)
{
	sk_buf_put_u32le(out, (uint32_t)d->status);
	return sk_buf_put_u32le(out, d->number);
}

int sk_record_get_done(struct sk_slice in, struct sk_record_done *d)
{
	struct sk_reader r = sk_reader(in);

	d->status = (int32_t)sk_read_u32le(&r);
	d->number = sk_read_u32le(&r);
	return sk_read_at_end(&r) && d->status <= 0 ? 0 : SK_EFORMAT;
}

int sk_record_put_state(const struct sk_record_state *s, struct sk_buf *out)
{
	sk_buf_putc(out, s->state);
	sk_buf_put_u64le(out, s->size);
	return sk_buf_put(out, &s->root, sizeof(s->root));
}

int sk_record_get_state(struct sk_slice in, struct sk_record_state *s)
{
	struct sk_reader r = sk_reader(in);
	struct sk_slice root;

	s->state = sk_read_u8(&r);
	s->size = sk_read_u64le(&r);
	root = sk_read_slice(&r, sizeof(s->root));
	if (!sk_read_at_end(&r) || s->state > SK_LEDGER_READS)
		return SK_EFORMAT;
	memcpy(&s->root, root.p, sizeof(s->root));
	return 0;
}
