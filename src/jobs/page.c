/* Pages to be looked at, on the wire: work.h. Numbers are little-endian; a text is its length (u16) and UTF-8. */
#include <string.h>

#include "base/err.h"
#include "jobs/text.h"
#include "jobs/work.h"

static bool get_hash(struct sk_reader *r, uint8_t hash[SK_WORK_HASH])
{
	struct sk_slice s = sk_read_slice(r, SK_WORK_HASH);

	if (!r->bad)
		memcpy(hash, s.p, SK_WORK_HASH);
	return !r->bad;
}

int sk_work_put_page(const struct sk_work_page *p, struct sk_buf *out)
{
	sk_buf_put_u32le(out, p->page);
	sk_work_put_text(out, p->type);
	return out->err;
}

int sk_work_get_page(struct sk_slice in, struct sk_work_page *p)
{
	struct sk_reader r = sk_reader(in);

	*p = (struct sk_work_page){.page = sk_read_u32le(&r)};
	if (sk_work_get_text(&r, p->type, sizeof(p->type)) && p->type[0] && !r.bad &&
	    r.pos == in.n && (p->page < SK_LIMIT_PAGES || p->page == SK_WORK_PRINT))
		return 0;
	*p = (struct sk_work_page){0};
	return SK_EFORMAT;
}

int sk_work_put_paged(const struct sk_work_paged *p, struct sk_buf *out)
{
	sk_buf_putc(out, p->verdict);
	sk_work_put_text(out, p->reason);
	sk_buf_put_u32le(out, p->pages);
	sk_buf_put_u64le(out, p->size);
	sk_buf_put(out, p->hash_in, SK_WORK_HASH);
	sk_buf_put(out, p->hash_out, SK_WORK_HASH);
	return out->err;
}

/* A reason exactly when it could not be drawn; then there is no picture. */
static bool fits(const struct sk_work_paged *p)
{
	bool clean = p->verdict == SK_CLEAN;

	return p->verdict <= SK_ERROR && clean == (p->reason[0] == '\0') &&
	       (clean || p->size == 0) && p->pages <= SK_LIMIT_PAGES;
}

int sk_work_get_paged(struct sk_slice in, struct sk_work_paged *p)
{
	struct sk_reader r = sk_reader(in);

	*p = (struct sk_work_paged){.verdict = sk_read_u8(&r)};
	bool good = sk_work_get_text(&r, p->reason, sizeof(p->reason));
	p->pages = sk_read_u32le(&r);
	p->size = sk_read_u64le(&r);
	good = good && get_hash(&r, p->hash_in) && get_hash(&r, p->hash_out);
	if (good && !r.bad && r.pos == in.n && fits(p))
		return 0;
	*p = (struct sk_work_paged){0};
	return SK_EFORMAT;
}
