/* Jobs and their ends on the wire: work.h. Numbers are little-endian; a text is its length (u16) and UTF-8. */
#include "jobs/work.h"

#include <string.h>

#include "base/err.h"
#include "jobs/text.h"

#define METHODS_MAX 4 /* the largest of enum sk_method_name */

static bool get_bytes(struct sk_reader *r, uint8_t *dst, size_t n)
{
	struct sk_slice s = sk_read_slice(r, n);

	if (!r->bad)
		memcpy(dst, s.p, n);
	return !r->bad;
}

/* A name of a file may be any bytes but a NUL. */
static bool get_name(struct sk_reader *r, char *dst, size_t size)
{
	struct sk_slice s = sk_read_slice(r, sk_read_u16le(r));

	if (r->bad || s.n >= size || (s.n && memchr(s.p, 0, s.n)))
		return false;
	if (s.n)
		memcpy(dst, s.p, s.n);
	dst[s.n] = '\0';
	return true;
}

static bool is_method(uint8_t m)
{
	return m && m <= METHODS_MAX && (m & (m - 1)) == 0;
}

static void put_passwords(struct sk_buf *out, const struct sk_passwords *p)
{
	sk_buf_put_u16le(out, (uint16_t)p->n);
	for (uint32_t i = 0; i < p->n; i++)
		sk_work_put_text(out, sk_password(p, i));
}

static bool get_passwords(struct sk_reader *r, struct sk_passwords *p)
{
	uint32_t n = sk_read_u16le(r);
	bool good = n <= SK_LIMIT_PASSWORDS;

	for (uint32_t i = 0; good && i < n; i++)
		good = sk_passwords_add(p, sk_read_slice(r, sk_read_u16le(r))) == 0 && !r->bad;
	return good;
}

static void put_sealed(struct sk_buf *out, const struct sk_work_job *j)
{
	sk_work_put_text(out, j->transfer);
	sk_buf_putc(out, j->nsealed);
	for (unsigned i = 0; i < j->nsealed; i++) {
		sk_buf_put_u16le(out, j->sealed[i].n);
		sk_buf_put(out, j->sealed[i].b, j->sealed[i].n);
	}
}

static bool is_transfer(const char *s)
{
	size_t n = strlen(s);

	return (n == 0 || n == SK_WORK_TRANSFER) && strspn(s, "0123456789abcdef") == n;
}

static bool get_sealed(struct sk_reader *r, struct sk_work_job *j)
{
	bool good =
	    sk_work_get_text(r, j->transfer, sizeof(j->transfer)) && is_transfer(j->transfer);

	j->nsealed = sk_read_u8(r);
	good = good && j->nsealed <= SK_WORK_SEALED;
	for (unsigned i = 0; good && i < j->nsealed; i++) {
		j->sealed[i].n = sk_read_u16le(r);
		good = j->sealed[i].n && j->sealed[i].n <= SK_WORK_SEAL &&
		       get_bytes(r, j->sealed[i].b, j->sealed[i].n);
	}
	return good;
}

int sk_work_put_job(const struct sk_work_job *j, struct sk_buf *out)
{
	sk_buf_put_u64le(out, j->job);
	sk_buf_put_u64le(out, j->fence);
	if (sk_bytes_put(&j->input, out))
		return out->err ? out->err : SK_EARG;
	sk_buf_putc(out, j->nsteps);
	sk_buf_put(out, j->steps, j->nsteps);
	sk_buf_putc(out, (uint8_t)(j->leaks | j->ocr << 1));
	sk_buf_put(out, j->key, sizeof(j->key));
	sk_buf_put_u64le(out, j->max_input);
	sk_buf_put_u32le(out, j->max_millis);
	sk_work_put_text(out, j->name);
	sk_work_put_text(out, j->type);
	put_passwords(out, &j->passwords);
	put_sealed(out, j);
	return out->err;
}

static bool get_steps(struct sk_reader *r, struct sk_work_job *j)
{
	j->nsteps = sk_read_u8(r);
	if (j->nsteps > SK_WORK_STEPS || !get_bytes(r, j->steps, j->nsteps))
		return false;
	for (unsigned i = 0; i < j->nsteps; i++)
		if (!is_method(j->steps[i]))
			return false;
	return true;
}

int sk_work_get_job(struct sk_slice in, struct sk_work_job *j)
{
	struct sk_reader r = sk_reader(in);
	uint8_t look;
	bool good;

	memset(j, 0, sizeof(*j));
	j->job = sk_read_u64le(&r);
	j->fence = sk_read_u64le(&r);
	good = sk_bytes_get(sk_read_slice(&r, SK_BYTES_WIRE), &j->input) == 0 && get_steps(&r, j);
	look = sk_read_u8(&r);
	j->leaks = look & 1;
	j->ocr = look >> 1;
	good = good && look <= 3 && look != 2 && get_bytes(&r, j->key, sizeof(j->key));
	j->max_input = sk_read_u64le(&r);
	j->max_millis = sk_read_u32le(&r);
	good = good && get_name(&r, j->name, sizeof(j->name)) &&
	       sk_work_get_text(&r, j->type, sizeof(j->type)) && get_passwords(&r, &j->passwords) &&
	       get_sealed(&r, j) && sk_read_at_end(&r);
	if (good)
		return 0;
	explicit_bzero(j, sizeof(*j));
	return SK_EFORMAT;
}

static void put_three(struct sk_buf *out, const uint32_t n[3])
{
	for (int i = 0; i < 3; i++)
		sk_buf_put_u32le(out, n[i]);
}

static void get_three(struct sk_reader *r, uint32_t n[3])
{
	for (int i = 0; i < 3; i++)
		n[i] = sk_read_u32le(r);
}

static void put_inside(struct sk_buf *out, const struct sk_work_done *d)
{
	sk_buf_put(out, d->cleaned, sizeof(d->cleaned));
	sk_buf_put_u32le(out, d->pages);
	sk_buf_put_u32le(out, d->members);
	sk_buf_put_u32le(out, d->depth);
	sk_buf_putc(out, d->encrypted);
	sk_buf_putc(out, d->opened);
	sk_buf_putc(out, d->ncontains);
	for (unsigned i = 0; i < d->ncontains; i++)
		sk_work_put_text(out, sk_filetype_name(d->contains[i]));
	sk_work_put_text(out, d->cleaner);
	sk_work_put_text(out, d->removed);
}

static void put_places(struct sk_buf *out, const struct sk_work_done *d)
{
	sk_buf_putc(out, d->nplaces);
	for (unsigned i = 0; i < d->nplaces; i++) {
		const struct sk_work_place *p = &d->places[i];
		sk_buf_putc(out, p->kind);
		sk_buf_putc(out, p->trust);
		sk_buf_put_u32le(out, p->line);
		sk_buf_put_u32le(out, p->column);
		sk_buf_put_u32le(out, p->cell);
		sk_buf_put_u32le(out, p->word);
		sk_work_put_text(out, p->where);
	}
}

int sk_work_put_done(const struct sk_work_done *d, struct sk_buf *out)
{
	sk_buf_put_u64le(out, d->job);
	sk_buf_put_u64le(out, d->fence);
	sk_buf_putc(out, d->verdict);
	sk_buf_putc(out, d->method);
	sk_work_put_text(out, d->type);
	sk_work_put_text(out, d->out_type);
	sk_work_put_text(out, d->extension);
	sk_work_put_text(out, d->reason);
	sk_work_put_text(out, d->detail);
	sk_buf_put(out, d->hash_in, sizeof(d->hash_in));
	sk_buf_put(out, d->hash_out, sizeof(d->hash_out));
	sk_buf_put_u64le(out, d->size_in);
	sk_buf_put_u64le(out, d->size_out);
	sk_buf_put_u32le(out, d->removals);
	sk_buf_put_u32le(out, d->millis);
	put_inside(out, d);
	sk_buf_putc(out, d->looked);
	sk_buf_putc(out, d->ocr);
	put_three(out, d->mynumbers);
	put_three(out, d->corporate_numbers);
	put_three(out, d->words);
	sk_buf_put_u32le(out, d->unread_pages);
	sk_buf_put_u32le(out, d->unread_pictures);
	put_places(out, d);
	return out->err;
}

static bool get_words(struct sk_reader *r, struct sk_work_done *d)
{
	return sk_work_get_text(r, d->type, sizeof(d->type)) &&
	       sk_work_get_text(r, d->out_type, sizeof(d->out_type)) &&
	       sk_work_get_text(r, d->extension, sizeof(d->extension)) &&
	       sk_work_get_text(r, d->reason, sizeof(d->reason)) &&
	       sk_work_get_text(r, d->detail, sizeof(d->detail));
}

/* Each type that there is, once, in the order of the table. */
static bool get_contains(struct sk_reader *r, struct sk_work_done *d)
{
	enum sk_filetype last = SK_FT_UNKNOWN;
	char name[SK_WORK_TYPE + 1];

	d->ncontains = sk_read_u8(r);
	if (d->ncontains >= SK_FT_COUNT)
		return false;
	for (unsigned i = 0; i < d->ncontains; i++) {
		if (!sk_work_get_text(r, name, sizeof(name)))
			return false;
		d->contains[i] = sk_filetype_by_name(name);
		if (d->contains[i] <= last)
			return false;
		last = d->contains[i];
	}
	return true;
}

static bool is_code(const char *s, size_t n)
{
	return n && n <= SK_WORK_CODE && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789.-") == n;
}

static bool is_number(const char *s, size_t n)
{
	return n && n <= 10 && s[0] != '0' && strspn(s, "0123456789") >= n;
}

/* The codes ascend, so none comes twice. */
static bool is_counts(const char *s)
{
	char last[SK_WORK_CODE + 1] = "", code[SK_WORK_CODE + 1];

	for (; *s; s += *s == ',') {
		size_t n = strcspn(s, "="), digits;
		if (s[n] != '=' || !is_code(s, n))
			return false;
		memcpy(code, s, n);
		code[n] = '\0';
		digits = strcspn(s + n + 1, ",");
		if (strcmp(last, code) >= 0 || !is_number(s + n + 1, digits))
			return false;
		memcpy(last, code, n + 1);
		s += n + 1 + digits;
		if (*s == ',' && s[1] == '\0')
			return false;
	}
	return true;
}

static bool get_inside(struct sk_reader *r, struct sk_work_done *d)
{
	bool good = get_bytes(r, d->cleaned, sizeof(d->cleaned));

	for (size_t i = 0; i < sizeof(d->cleaned); i++)
		good = good && d->cleaned[i] <= SK_WORK_YES;
	d->pages = sk_read_u32le(r);
	d->members = sk_read_u32le(r);
	d->depth = sk_read_u32le(r);
	d->encrypted = sk_read_u8(r);
	d->opened = sk_read_u8(r);
	return good && d->encrypted <= 1 && d->opened <= d->encrypted && get_contains(r, d) &&
	       sk_work_get_text(r, d->cleaner, sizeof(d->cleaner)) &&
	       sk_work_get_text(r, d->removed, sizeof(d->removed)) && is_counts(d->removed);
}

static bool get_places(struct sk_reader *r, struct sk_work_done *d)
{
	d->nplaces = sk_read_u8(r);
	if (r->bad || d->nplaces > SK_WORK_PLACES)
		return false;
	for (unsigned i = 0; i < d->nplaces; i++) {
		struct sk_work_place *p = &d->places[i];
		p->kind = sk_read_u8(r);
		p->trust = sk_read_u8(r);
		p->line = sk_read_u32le(r);
		p->column = sk_read_u32le(r);
		p->cell = sk_read_u32le(r);
		p->word = sk_read_u32le(r);
		if (!sk_work_get_text(r, p->where, sizeof(p->where)) || p->kind >= SK_WORK_FOUND ||
		    p->trust > 2)
			return false;
	}
	return true;
}

/* Clean with a reason, or not clean without one, is no verdict. */
static bool makes_sense(const struct sk_work_done *d)
{
	return d->verdict <= 2 && (d->method == 0 || is_method(d->method)) && d->looked <= 1 &&
	       d->ocr <= d->looked && (d->looked || d->nplaces == 0) &&
	       (d->verdict == 0) == (d->reason[0] == '\0');
}

int sk_work_get_done(struct sk_slice in, struct sk_work_done *d)
{
	struct sk_reader r = sk_reader(in);
	bool good;

	memset(d, 0, sizeof(*d));
	d->job = sk_read_u64le(&r);
	d->fence = sk_read_u64le(&r);
	d->verdict = sk_read_u8(&r);
	d->method = sk_read_u8(&r);
	good = get_words(&r, d) && get_bytes(&r, d->hash_in, sizeof(d->hash_in)) &&
	       get_bytes(&r, d->hash_out, sizeof(d->hash_out));
	d->size_in = sk_read_u64le(&r);
	d->size_out = sk_read_u64le(&r);
	d->removals = sk_read_u32le(&r);
	d->millis = sk_read_u32le(&r);
	good = good && get_inside(&r, d);
	d->looked = sk_read_u8(&r);
	d->ocr = sk_read_u8(&r);
	get_three(&r, d->mynumbers);
	get_three(&r, d->corporate_numbers);
	get_three(&r, d->words);
	d->unread_pages = sk_read_u32le(&r);
	d->unread_pictures = sk_read_u32le(&r);
	good = good && get_places(&r, d);
	return good && sk_read_at_end(&r) && makes_sense(d) ? 0 : SK_EFORMAT;
}
