/* Words on pages and pictures: read.h. Cleaner's jail. */
#include "clean/read.h"

#include <stdlib.h>

#include "format/image/flatten.h"
#include "format/image/image.h"
#include "format/image/pic.h"

/* What scanners take, and what letters of 6 points need. Larger sheets get less. */
#define DPI 300
#define DPI_LEAST 75
#define PAGES 200 /* of one picture file */

/* A job of its own: what it takes and what goes wrong in it ends with it. */
struct own {
	struct sk_job job;
	struct sk_budget budget;
};

static int begin(struct own *o, const struct sk_job *job)
{
	o->job = *job;
	o->budget = *job->budget;
	o->job.budget = &o->budget;
	o->job.arena = sk_arena_new(job->limits->memory);
	o->job.report = malloc(sizeof(*o->job.report));
	if (o->job.report)
		sk_report_clear(o->job.report);
	return o->job.arena && o->job.report ? 0 : SK_ENOMEM;
}

/* Requests are those of the whole file, whoever makes them. */
static int end(struct own *o, struct sk_job *job, int status)
{
	bool began = o->job.arena && o->job.report;

	job->budget->requests = o->budget.requests;
	sk_arena_free(o->job.arena);
	free(o->job.report);
	if (!began)
		return SK_ENOMEM;
	/* a picture that is too large for its arena is one more that was not read */
	return status == 0 || status == SK_EUNSUPPORTED || status == SK_EIO ? status : SK_EFORMAT;
}

/* --- grey --- */

/* As it looks on white paper. */
static unsigned grey_of(const uint8_t *p, unsigned channels)
{
	unsigned g = channels >= 3 ? (p[0] * 77U + p[1] * 150U + p[2] * 29U) >> 8 : p[0];

	return channels == 4 ? (g * p[3] + 255U * (255U - p[3])) / 255 : g;
}

/* Each pixel is the mean of a square of the old ones. */
static unsigned mean_of(const struct sk_pixmap *p, uint32_t x, uint32_t y, unsigned by)
{
	unsigned sum = 0;

	for (unsigned j = 0; j < by; j++)
		for (unsigned i = 0; i < by; i++)
			sum += grey_of(
			    p->data + ((size_t)(y * by + j) * p->width + x * by + i) * p->channels,
			    p->channels);
	return sum / (by * by);
}

static int to_grey(struct sk_arena *arena, const struct sk_pixmap *p, struct sk_pixmap *out)
{
	unsigned by = 1;

	while ((uint64_t)(p->width / by) * (p->height / by) > SK_LIMIT_READ_PIXELS)
		by++;
	*out = (struct sk_pixmap){p->width / by, p->height / by, 1, NULL};
	out->data = sk_arena_alloc(arena, (size_t)out->width * out->height);
	if (out->data == NULL)
		return SK_ENOMEM;
	for (uint32_t y = 0; y < out->height; y++)
		for (uint32_t x = 0; x < out->width; x++)
			out->data[(size_t)y * out->width + x] = (uint8_t)mean_of(p, x, y, by);
	return 0;
}

static bool is_blank(const struct sk_pixmap *grey)
{
	size_t n = (size_t)grey->width * grey->height;

	for (size_t i = 1; i < n; i++)
		if (grey->data[i] != grey->data[0])
			return false;
	return true;
}

static int words_of(struct sk_job *job, const struct sk_pixmap *p, struct sk_buf *words)
{
	struct sk_pixmap grey;
	struct sk_slice got = {0};
	int status = to_grey(job->arena, p, &grey);

	if (status || grey.width == 0 || grey.height == 0)
		return status ? status : SK_EFORMAT;
	if (is_blank(&grey))
		return 0;
	status = job->services->read_words(job, &grey, &got);
	if (!status)
		status = sk_buf_put_slice(words, got);
	return status ? status : sk_buf_putc(words, '\n');
}

/* --- pages and pictures --- */

int sk_read_page(struct sk_job *job, struct sk_slice pdf, uint32_t page, struct sk_buf *words)
{
	struct own o;
	struct sk_pixmap p = {0};
	int status = begin(&o, job);
	unsigned dpi = DPI;

	/* a sheet with too many pixels is none, whichever limit it was that it broke */
	for (; !status; dpi /= 2) {
		status = job->services->render_page(&o.job, pdf, page, dpi, &p);
		if ((status != SK_ELIMIT && status != SK_EFORMAT) || dpi == DPI_LEAST)
			break;
		status = 0;
	}
	if (!status)
		status = words_of(&o.job, &p, words);
	return end(&o, job, status);
}

static int one_picture(struct sk_job *job, enum sk_filetype type, struct sk_slice in, uint32_t page,
    struct sk_buf *words)
{
	struct sk_pixmap p = {0};
	int status = type == SK_FT_TIFF
			 ? sk_tiff_decode_page(&(struct sk_pic){.job = job, .in = in}, page, &p)
			 : sk_image_decode(job, type, in, &p);

	return status ? status : words_of(job, &p, words);
}

/* *behind: there is no such page. */
static int own_picture(struct sk_job *job, enum sk_filetype type, struct sk_slice in, uint32_t page,
    struct sk_buf *words, bool *behind)
{
	struct own o;
	int status = begin(&o, job);

	if (!status)
		status = one_picture(&o.job, type, in, page, words);
	*behind = status == SK_EARG && page;
	return end(&o, job, status);
}

/* What could not be read does not keep the other pages from being read. */
int sk_read_picture(struct sk_job *job, struct sk_slice in, struct sk_buf *words)
{
	enum sk_filetype type = sk_image_type(in);
	uint32_t pages = type == SK_FT_TIFF ? PAGES + 1 : 1;
	int status, result = 0;
	bool behind;

	if (type == SK_FT_UNKNOWN)
		return SK_EFORMAT;
	for (uint32_t page = 0; page < pages; page++) {
		if (page == PAGES)
			return SK_EFORMAT;
		status = own_picture(job, type, in, page, words, &behind);
		if (behind)
			break;
		if (status && status != SK_EFORMAT)
			return status;
		result = status ? status : result;
	}
	return sk_image_left_out(type, in) ? SK_EFORMAT : result;
}

/* --- digits --- */

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Where the spaces at `at` end, when a digit stands behind them; else `at`. */
static size_t behind_spaces(struct sk_slice s, size_t at)
{
	size_t end = at;

	while (end < s.n && s.p[end] == ' ')
		end++;
	return end < s.n && is_digit(s.p[end]) ? end : at;
}

int sk_read_join(struct sk_slice words, struct sk_buf *out, uint32_t *rows)
{
	size_t digits = 0;

	*rows = 0;
	for (size_t i = 0; i < words.n; i++) {
		if (digits)
			i = behind_spaces(words, i);
		if (is_digit(words.p[i])) {
			digits++;
		} else {
			*rows += digits == 12 || digits == 13;
			digits = 0;
		}
		sk_buf_putc(out, words.p[i]);
	}
	*rows += digits == 12 || digits == 13;
	return out->err;
}
