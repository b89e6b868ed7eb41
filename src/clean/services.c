/*
 * Requests to the rendering jail: the PDF is sent once, then pages are asked for. The caller in between
 * forwards and limits; answers are checked here as they come from a jail that read hostile bytes.
 */
#include "clean/services.h"

#include <unistd.h>

#include "base/fd.h"
#include "base/utf8.h"
#include "ipc/msg.h"
#include "ipc/pagetext.h"

static int load(struct sk_remote *r, struct sk_slice pdf)
{
	struct sk_ask_head head = {.what = SK_ASK_LOAD, .length = pdf.n};

	if (r->loaded.p == pdf.p && r->loaded.n == pdf.n)
		return 0;
	if (sk_write_all(r->fd, &head, sizeof(head)) || sk_write_all(r->fd, pdf.p, pdf.n))
		return SK_EIO;
	r->loaded = pdf;
	return 0;
}

/* Ask for a page; *body gets the answer's bytes in the arena, at most max. */
static int ask(struct sk_job *job, struct sk_slice pdf, struct sk_ask_head head, uint64_t max,
    struct sk_answer_head *answer, struct sk_slice *body)
{
	struct sk_remote *r = job->services->ctx;

	if (job->budget->requests == 0)
		return sk_job_refuse(
		    job, SK_REASON_LIMIT_PAGES, "more than %u rendered pages", SK_LIMIT_REQUESTS);
	job->budget->requests--;
	if (load(r, pdf) || sk_write_all(r->fd, &head, sizeof(head)) ||
	    sk_read_all(r->fd, answer, sizeof(*answer)))
		return SK_EIO;
	if (answer->status == SK_ELIMIT || answer->status == SK_EUNSUPPORTED ||
	    answer->status == SK_EIO)
		return answer->status;
	if (answer->status)
		return SK_EFORMAT;
	if (answer->length > max)
		return SK_EFORMAT;
	uint8_t *p = sk_arena_alloc(job->arena, (size_t)answer->length);
	if (p == NULL)
		return SK_ENOMEM;
	if (sk_read_all(r->fd, p, (size_t)answer->length))
		return SK_EIO;
	*body = sk_slice(p, (size_t)answer->length);
	return 0;
}

static int convert(struct sk_job *job, struct sk_slice in, enum sk_filetype from,
    enum sk_filetype to, struct sk_slice *out)
{
	struct sk_ask_head head = {.what = SK_ASK_CONVERT, .page = from, .dpi = to};
	struct sk_remote *r = job->services->ctx;
	struct sk_answer_head a;

	r->loaded =
	    (struct sk_slice){0}; /* what lay at the same place before may have been another file */
	int rc = ask(job, in, head, job->limits->output, &a, out);

	if (rc == SK_EUNSUPPORTED)
		return sk_job_refuse(job, SK_REASON_CONVERTER, "%s", sk_filetype_name(from));
	if (rc == SK_ELIMIT)
		return sk_job_refuse(job, SK_REASON_LIMIT_TIME, "LibreOffice");
	return rc;
}

static int page_count(struct sk_job *job, struct sk_slice pdf, uint32_t *count)
{
	struct sk_remote *r = job->services->ctx;
	struct sk_ask_head head = {.what = SK_ASK_COUNT};
	struct sk_answer_head a;
	struct sk_slice body = {0};

	/* Every document begins with this question, and may lie where an earlier one lay. */
	r->loaded = body;
	int rc = ask(job, pdf, head, 0, &a, &body);

	if (rc == 0)
		*count = a.width;
	return rc;
}

static int page_pictures(struct sk_job *job, struct sk_slice pdf, uint32_t page, uint32_t *share)
{
	struct sk_ask_head head = {.what = SK_ASK_SHARE, .page = page};
	struct sk_answer_head a;
	struct sk_slice body = {0};
	int rc = ask(job, pdf, head, 0, &a, &body);

	if (rc == 0)
		*share = a.width;
	return rc;
}

/* Pixels as they come; what they say of themselves must fit. */
static int take_pixels(
    struct sk_job *job, const struct sk_answer_head *a, struct sk_slice body, struct sk_pixmap *out)
{
	if (a->channels != 1 && a->channels != 3)
		return SK_EFORMAT;
	int rc = sk_job_pixels(job, a->width, a->height);
	if (rc)
		return rc;
	if ((uint64_t)a->width * a->height * a->channels != body.n)
		return SK_EFORMAT;
	*out = (struct sk_pixmap){a->width, a->height, a->channels, (uint8_t *)(uintptr_t)body.p};
	return 0;
}

static int decode_picture(
    struct sk_job *job, struct sk_slice in, struct sk_coding coding, struct sk_pixmap *out)
{
	struct sk_ask_head head = {.what = SK_ASK_PICTURE, .page = sk_coding_pack(coding)};
	struct sk_remote *r = job->services->ctx;
	struct sk_answer_head a;
	struct sk_slice body = {0};

	r->loaded = body; /* what lay at the same place before may have been another picture */
	int rc = ask(job, in, head, job->limits->pixels * 3, &a, &body);

	if (rc == SK_EUNSUPPORTED)
		return sk_job_refuse(job, SK_REASON_DECODER, "%s",
		    coding.codec == SK_CODEC_AV1 ? "libdav1d6" : "libde265-0");
	return rc ? rc : take_pixels(job, &a, body, out);
}

static int render_page(
    struct sk_job *job, struct sk_slice pdf, uint32_t page, unsigned dpi, struct sk_pixmap *out)
{
	struct sk_ask_head head = {.what = SK_ASK_RENDER, .page = page, .dpi = dpi};
	struct sk_answer_head a;
	struct sk_slice body = {0};
	int rc = ask(job, pdf, head, job->limits->pixels * 3, &a, &body);

	return rc ? rc : take_pixels(job, &a, body, out);
}

static int page_text(
    struct sk_job *job, struct sk_slice pdf, uint32_t page, struct sk_page_text *out)
{
	struct sk_ask_head head = {.what = SK_ASK_TEXT, .page = page};
	struct sk_answer_head a;
	struct sk_slice body = {0};
	int rc = ask(job, pdf, head, SK_LIMIT_OUTPUT_FLOOR, &a, &body);

	return rc ? rc : sk_page_text_decode(job->arena, body, out);
}

static int read_words(struct sk_job *job, const struct sk_pixmap *grey, struct sk_slice *words)
{
	struct sk_ask_head head = {.what = SK_ASK_WORDS, .page = grey->width, .dpi = grey->height};
	struct sk_slice pixels = sk_slice(grey->data, (size_t)grey->width * grey->height);
	struct sk_remote *r = job->services->ctx;
	struct sk_answer_head a;

	r->loaded =
	    (struct sk_slice){0}; /* pixels of another picture may have lain at this place */
	int rc = ask(job, pixels, head, SK_LIMIT_READ_TEXT, &a, words);
	r->loaded = (struct sk_slice){0};
	if (rc == 0 && !sk_utf8_valid(*words))
		rc = SK_EFORMAT;
	return rc;
}

/* In steps of a hundredth; nobody who is told that it went on has to hear it more often. */
#define STEP 10

/* Whether anybody hears it makes no difference to the file. */
static void progress(struct sk_job *job, uint32_t thousandths)
{
	struct sk_remote *r = job->services->ctx;
	struct sk_ask_head head = {.what = SK_ASK_PROGRESS, .page = thousandths};

	if (thousandths < r->told + STEP)
		return;
	r->told = thousandths;
	(void)sk_write_all(r->fd, &head, sizeof(head));
}

void sk_remote_services(struct sk_remote *r, int fd, struct sk_services *out)
{
	*r = (struct sk_remote){.fd = fd};
	*out = (struct sk_services){.ctx = r,
	    .convert = convert,
	    .decode_picture = decode_picture,
	    .page_count = page_count,
	    .render_page = render_page,
	    .page_text = page_text,
	    .page_pictures = page_pictures,
	    .read_words = read_words,
	    .progress = progress};
}
