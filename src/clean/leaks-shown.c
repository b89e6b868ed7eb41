/*
 * The leak check where words are shown and not written: pages, and pictures of all kinds. leaks-inside.h. Cleaner's jail.
 */
#include "clean/leaks-inside.h"

#include <stdio.h>

#include "clean/read.h"

/* Dots per inch at which a page without words is looked at: is there anything on it at all? */
#define LOOK_DPI 24
/* Of a page, in thousandths: what pictures must cover to be read beside words. A card on a sheet of A4 has 75. */
#define PICTURE_SHARE 50

/*
 * *sure: all that looks like a number is one; else it may be one that was read wrong. `second`: the page has words, and they
 * were looked through.
 */
static int scan_read(
    struct sk_walk *w, const char *where, struct sk_slice words, bool second, bool *sure)
{
	struct sk_buf joined = SK_BUF(w->job.limits->output);
	uint32_t numbers = 0, rows = 0;
	int status = sk_walk_scan(w, where, words, second, &numbers);

	if (!status)
		status = sk_read_join(words, &joined, &rows);
	if (!status)
		status = sk_walk_scan(w, where, sk_buf_slice(&joined), true, &numbers);
	*sure = numbers >= rows;
	sk_buf_free(&joined);
	return status;
}

/* What was read of a page or a picture, or a status that says it was not. */
static int take_read(struct sk_walk *w, const char *where, enum sk_unread kind, int status,
    bool second, const struct sk_buf *words)
{
	struct sk_content *c = w->c;
	bool sure = true;
	int found = words->len ? scan_read(w, where, sk_buf_slice(words), second, &sure) : 0;

	if (found)
		return found;
	if (status == 0 && !sure)
		status = SK_EFORMAT;
	if (status == SK_EUNSUPPORTED)
		c->ocr = false;
	if (status == SK_EIO || status == SK_ENOMEM)
		return status;
	c->read += status == 0;
	c->unread[kind] += status != 0;
	return 0;
}

static int read_page(
    struct sk_walk *w, const char *where, struct sk_slice pdf, uint32_t page, bool second)
{
	struct sk_buf words = SK_BUF(w->job.limits->output);
	int status = w->c->ocr ? sk_read_page(&w->job, pdf, page, &words) : SK_EFORMAT;

	status = take_read(w, where, SK_UNREAD_PAGE, status, second, &words);
	sk_buf_free(&words);
	return status;
}

int sk_walk_picture(struct sk_walk *w, const char *where, struct sk_slice in)
{
	struct sk_buf words = SK_BUF(w->job.limits->output);
	int status = w->c->ocr ? sk_read_picture(&w->job, in, &words) : SK_EFORMAT;

	status = take_read(w, where, SK_UNREAD_PICTURE, status, false, &words);
	sk_buf_free(&words);
	return status;
}

/* --- pages --- */

static bool blank(const struct sk_pixmap *p)
{
	size_t n = (size_t)p->width * p->height * p->channels;

	for (size_t i = p->channels; i < n; i++)
		if (p->data[i] != p->data[i - p->channels])
			return false;
	return true;
}

/* Words beside a picture say nothing about what the picture shows; logos show nothing. */
static int beside_words(struct sk_walk *w, const char *where, struct sk_slice pdf, uint32_t page)
{
	uint32_t share = 0;
	int status;

	if (!w->c->ocr || w->job.services->page_pictures == NULL)
		return 0;
	status = w->job.services->page_pictures(&w->job, pdf, page, &share);
	return status || share < PICTURE_SHARE ? status : read_page(w, where, pdf, page, true);
}

static int without_words(struct sk_walk *w, const char *where, struct sk_slice pdf, uint32_t page)
{
	struct sk_pixmap pixels = {0};
	int status = w->job.services->render_page(&w->job, pdf, page, LOOK_DPI, &pixels);

	return status || blank(&pixels) ? status : read_page(w, where, pdf, page, false);
}

static int one_page(struct sk_walk *w, const char *where, struct sk_slice pdf, uint32_t page)
{
	struct sk_buf lines = SK_BUF(w->job.limits->output);
	struct sk_page_text text = {0};
	uint32_t numbers;
	char name[24];
	int status = w->job.services->page_text(&w->job, pdf, page, &text);

	snprintf(name, sizeof(name), "page %u", page + 1);
	where = sk_walk_inside(w, where, name);
	for (size_t i = 0; !status && i < text.nlines; i++) {
		sk_buf_put_slice(&lines, text.lines[i].text);
		status = sk_buf_putc(&lines, '\n');
	}
	if (!status && where == NULL)
		status = SK_ENOMEM;
	if (!status && lines.len == 0)
		status = without_words(w, where, pdf, page);
	else if (!status) {
		status = sk_walk_scan(w, where, sk_buf_slice(&lines), false, &numbers);
		if (!status)
			status = beside_words(w, where, pdf, page);
	}
	sk_buf_free(&lines);
	return status;
}

int sk_walk_pages(struct sk_walk *w, const char *where, struct sk_slice pdf)
{
	uint32_t n = 0;
	int status = w->job.services->page_count
			 ? w->job.services->page_count(&w->job, pdf, &n)
			 : sk_job_refuse(&w->job, SK_REASON_INTERNAL, "no renderer");

	for (uint32_t i = 0; !status && i < n; i++)
		status = one_page(w, where, pdf, i);
	return status;
}
