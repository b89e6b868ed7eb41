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

/* --- searches --- */

static void put_text(struct sk_slice s, struct sk_buf *out)
{
	sk_buf_put_u16le(out, (uint16_t)s.n);
	sk_buf_put_slice(out, s);
}

int sk_record_put_find(const struct sk_record_find *f, struct sk_buf *out)
{
	const struct sk_slice texts[] = {f->kind, f->transfer, f->member};

	sk_buf_put_u64le(out, f->first);
	sk_buf_put_u64le(out, f->before);
	sk_buf_put_u64le(out, f->since);
	sk_buf_put_u64le(out, f->until);
	sk_buf_put_u32le(out, f->look);
	sk_buf_put_u32le(out, f->most);
	sk_buf_putc(out, f->form);
	sk_buf_putc(out, f->openings);
	for (size_t i = 0; i < 3; i++) {
		if (texts[i].n > SK_RECORD_FIND_TEXT)
			return SK_ELIMIT;
		put_text(texts[i], out);
	}
	return out->err;
}

static bool is_find(const struct sk_record_find *f)
{
	return f->form <= SK_RECORD_RECEIPTS && f->openings <= 1 && f->look > 0 &&
	       f->look <= SK_RECORD_LOOKS && f->most > 0 && f->most <= SK_RECORD_FINDS;
}

int sk_record_get_find(struct sk_slice in, struct sk_record_find *f)
{
	struct sk_slice *const texts[] = {&f->kind, &f->transfer, &f->member};
	struct sk_reader r = sk_reader(in);

	f->first = sk_read_u64le(&r);
	f->before = sk_read_u64le(&r);
	f->since = sk_read_u64le(&r);
	f->until = sk_read_u64le(&r);
	f->look = sk_read_u32le(&r);
	f->most = sk_read_u32le(&r);
	f->form = sk_read_u8(&r);
	f->openings = sk_read_u8(&r);
	for (size_t i = 0; i < 3; i++) {
		*texts[i] = sk_read_slice(&r, sk_read_u16le(&r));
		if (texts[i]->n > SK_RECORD_FIND_TEXT)
			return SK_EFORMAT;
	}
	return sk_read_at_end(&r) && is_find(f) ? 0 : SK_EFORMAT;
}

int sk_record_put_found(const struct sk_record_found *f, struct sk_buf *out)
{
	sk_buf_put_u32le(out, (uint32_t)f->status);
	sk_buf_put_u32le(out, f->n);
	return sk_buf_put_u64le(out, f->next);
}

int sk_record_get_found(struct sk_slice in, struct sk_record_found *f)
{
	struct sk_reader r = sk_reader(in);

	f->status = (int32_t)sk_read_u32le(&r);
	f->n = sk_read_u32le(&r);
	f->next = sk_read_u64le(&r);
	return sk_read_at_end(&r) && f->status <= 0 && f->n <= SK_RECORD_FINDS ? 0 : SK_EFORMAT;
}

int sk_record_put_row(const struct sk_record_row *row, struct sk_buf *out)
{
	uint8_t n = 0;

	if (row->text.n > SK_ENTRY_BYTES)
		return SK_ELIMIT;
	sk_buf_put_u64le(out, row->index);
	put_text(row->text, out);
	for (unsigned f = 0; f < SK_ENTRY_FIELDS; f++)
		n += row->opened[f].p != NULL;
	sk_buf_putc(out, n);
	for (unsigned f = 0; f < SK_ENTRY_FIELDS; f++) {
		if (row->opened[f].p == NULL)
			continue;
		if (row->opened[f].n > SK_ENTRY_PERSONAL)
			return SK_ELIMIT;
		sk_buf_putc(out, (uint8_t)f);
		put_text(row->opened[f], out);
	}
	return out->err;
}

/* Fields ascend, none twice, and each is one that stands behind a commitment. */
static bool get_opened(struct sk_reader *r, struct sk_slice opened[SK_ENTRY_FIELDS])
{
	unsigned n = sk_read_u8(r), last = 0;

	for (unsigned i = 0; i < n; i++) {
		unsigned f = sk_read_u8(r);
		struct sk_slice value = sk_read_slice(r, sk_read_u16le(r));
		if (r->bad || f >= SK_ENTRY_FIELDS || (i && f <= last) ||
		    value.n > SK_ENTRY_PERSONAL || sk_entry_field_type(f) != SK_ENTRY_TYPE_PERSONAL)
			return false;
		opened[f] = value;
		last = f;
	}
	return !r->bad;
}

int sk_record_get_row(struct sk_slice in, size_t *at, struct sk_record_row *row)
{
	struct sk_reader r = sk_reader(in);

	if (*at >= in.n)
		return SK_ENOENTRY;
	r.pos = *at;
	*row = (struct sk_record_row){.index = sk_read_u64le(&r)};
	row->text = sk_read_slice(&r, sk_read_u16le(&r));
	if (r.bad || row->text.n > SK_ENTRY_BYTES || !get_opened(&r, row->opened))
		return SK_EFORMAT;
	*at = r.pos;
	return 0;
}
