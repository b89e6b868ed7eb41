/* sekisho-reader: the jailed program that reads words in pictures. Started by libsekisho when that is asked for. */
#include "base/err.h"
#include "base/fd.h"
#include "cmd/role.h"
#include "jail/jail.h"
#include "ocr/ocr.h"

static int answer(int status, struct sk_slice text)
{
	struct sk_answer_head head = {.status = status, .length = text.n};

	if (sk_role_output(sk_slice(&head, sizeof(head))))
		return 1;
	return sk_role_output(text);
}

/* The file is the picture's pixels, a byte each; the job says how wide and how high it is. */
static int run(const struct sk_job_msg *job)
{
	struct sk_pixmap p = {job->page, job->dpi, 1, NULL};
	struct sk_buf text = SK_BUF(SK_LIMIT_READ_TEXT);
	struct sk_slice in;
	int sure, rc;

	if (job->what != SK_ASK_WORDS || sk_map(SK_FD_INPUT, &in))
		return 1;
	if (p.width == 0 || p.height == 0 || p.width > SK_LIMIT_SIDE || p.height > SK_LIMIT_SIDE ||
	    (uint64_t)p.width * p.height > SK_LIMIT_READ_PIXELS ||
	    (uint64_t)p.width * p.height != in.n)
		return answer(SK_EFORMAT, sk_slice("", 0));
	p.data = (uint8_t *)(uintptr_t)in.p;
	rc = sk_ocr_read(&p, &text, &sure);
	return answer(rc, rc ? sk_slice("", 0) : sk_buf_slice(&text));
}

int main(void)
{
	return sk_zygote_main(&(struct sk_role){.name = "reader",
	    .needs = "Tesseract (packages tesseract-ocr, tesseract-ocr-jpn)",
	    .init = sk_ocr_init,
	    .run = run});
}
