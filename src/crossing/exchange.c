/* A request for letters, and its answer: exchange.h. Numbers are little-endian. */
#include "crossing/exchange.h"

#include "base/err.h"

int sk_exchange_put(const struct sk_exchange *e, struct sk_slice batch, struct sk_buf *out)
{
	if (e->heard > e->came || e->wait > SK_EXCHANGE_WAIT || batch.n > SK_LETTERS_BYTES)
		return SK_EARG;
	sk_buf_put_u64le(out, e->came);
	sk_buf_put_u64le(out, e->heard);
	sk_buf_put_u64le(out, e->known);
	sk_buf_put_u64le(out, e->after);
	sk_buf_put_u16le(out, e->wait);
	return sk_buf_put_slice(out, batch);
}

int sk_exchange_get(struct sk_slice in, struct sk_exchange *e)
{
	struct sk_reader r = sk_reader(in);

	e->came = sk_read_u64le(&r);
	e->heard = sk_read_u64le(&r);
	e->known = sk_read_u64le(&r);
	e->after = sk_read_u64le(&r);
	e->wait = sk_read_u16le(&r);
	if (r.bad || e->heard > e->came || e->wait > SK_EXCHANGE_WAIT)
		return SK_EFORMAT;
	if (sk_letters_get(sk_slice_sub(in, SK_EXCHANGE_HEAD, SIZE_MAX), &e->letters))
		return SK_EFORMAT;
	return e->letters.n && e->letters.v[0].number <= e->after ? SK_EFORMAT : 0;
}
