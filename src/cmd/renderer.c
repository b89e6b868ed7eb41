/* sekisho-renderer: the jailed program that draws pages and decodes pictures. Started by libsekisho when a page is asked for. */
#include <stdlib.h>

#include "base/fd.h"
#include "cmd/role.h"
#include "ipc/pagetext.h"
#include "jail/jail.h"
#include "render/picture.h"
#include "render/render.h"

/* The answer: its head, then its bytes, as the engine expects them. */
static int answer(struct sk_answer_head head, struct sk_slice body)
{
	head.length = body.n;
	if (sk_role_output(sk_slice(&head, sizeof(head))))
		return 1;
	return sk_role_output(body);
}

static int pixels(const struct sk_job_msg *job, struct sk_slice pdf)
{
	struct sk_pixmap p = {0};
	int rc = sk_render_page(pdf, job->page, job->dpi, SK_LIMIT_PIXELS, &p);

	if (rc)
		return answer((struct sk_answer_head){.status = rc}, sk_slice("", 0));
	rc = answer((struct sk_answer_head){0, p.width, p.height, p.channels, 0},
	    sk_slice(p.data, (size_t)p.width * p.height * p.channels));
	free(p.data);
	return rc;
}

static int picture(const struct sk_job_msg *job, struct sk_slice in)
{
	struct sk_pixmap p = {0};
	int rc = sk_picture_decode(in, sk_coding_unpack(job->page), SK_LIMIT_PIXELS, &p);

	if (rc)
		return answer((struct sk_answer_head){.status = rc}, sk_slice("", 0));
	rc = answer((struct sk_answer_head){0, p.width, p.height, p.channels, 0},
	    sk_slice(p.data, (size_t)p.width * p.height * p.channels));
	free(p.data);
	return rc;
}

static int text(const struct sk_job_msg *job, struct sk_slice pdf)
{
	struct sk_arena *a = sk_arena_new(job->memory);
	struct sk_buf wire = SK_BUF(SK_LIMIT_OUTPUT_FLOOR);
	struct sk_page_text t = {0};
	int rc = a ? sk_render_text(pdf, job->page, a, &t) : SK_ENOMEM;

	if (rc == 0)
		rc = sk_page_text_encode(&t, &wire);
	return answer(
	    (struct sk_answer_head){.status = rc}, rc ? sk_slice("", 0) : sk_buf_slice(&wire));
}

static int count(struct sk_slice pdf)
{
	uint32_t n = 0;
	int rc = sk_render_count(pdf, &n);

	return answer((struct sk_answer_head){.status = rc, .width = n}, sk_slice("", 0));
}

static int share(const struct sk_job_msg *job, struct sk_slice pdf)
{
	uint32_t n = 0;
	int rc = sk_render_share(pdf, job->page, &n);

	return answer((struct sk_answer_head){.status = rc, .width = n}, sk_slice("", 0));
}

static int run(const struct sk_job_msg *job)
{
	struct sk_slice in;

	if (sk_map(SK_FD_INPUT, &in))
		return 1;
	switch (job->what) {
	case SK_ASK_RENDER:
		return pixels(job, in);
	case SK_ASK_TEXT:
		return text(job, in);
	case SK_ASK_COUNT:
		return count(in);
	case SK_ASK_SHARE:
		return share(job, in);
	case SK_ASK_PICTURE:
		return picture(job, in);
	default:
		return 1;
	}
}

static int init(void)
{
	sk_picture_init();
	return sk_render_init();
}

int main(void)
{
	return sk_zygote_main(&(struct sk_role){.name = "renderer", .init = init, .run = run});
}
