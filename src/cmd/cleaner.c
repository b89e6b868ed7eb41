/* sekisho-cleaner: the jailed program that parses and rebuilds. Started by libsekisho, never by hand. */
#include "base/fd.h"
#include "clean/clean.h"
#include "clean/leaks.h"
#include "clean/services.h"
#include "cmd/role.h"
#include "jail/jail.h"

_Static_assert(SK_METHOD_SHOW == SK_JOB_SHOW, "both sides mean the same");

static void put_format(struct sk_buf *b, const struct sk_handler *h, enum sk_filetype type)
{
	static const enum sk_method methods[] = {
	    SK_METHOD_REBUILD, SK_METHOD_FLATTEN, SK_METHOD_TEXT};

	sk_buf_put_u16le(b, (uint16_t)type);
	sk_buf_putc(b, (uint8_t)h->methods);
	for (int i = 0; i < 3; i++)
		sk_buf_put_u16le(
		    b, (uint16_t)(h->methods & methods[i] ? h->out_type(type, methods[i])
							  : SK_FT_UNKNOWN));
}

static int write_formats(void)
{
	struct sk_buf b = SK_BUF(1 << 16);

	for (const struct sk_handler *const *h = sk_handlers; *h; h++)
		for (const enum sk_filetype *t = (*h)->types;
		     (*h)->methods && t && *t != SK_FT_UNKNOWN; t++)
			put_format(&b, *h, *t);
	return b.err ? 1 : sk_role_output(sk_buf_slice(&b));
}

/* The bytes before the file; what is left of `in` is the file. */
static int take_preamble(struct sk_slice *in, struct sk_leaks_request *req)
{
	struct sk_reader r = sk_reader(*in);

	req->key = sk_read_slice(&r, SK_FIND_KEY).p;
	req->words = sk_read_slice(&r, sk_read_u32le(&r));
	if (r.bad)
		return SK_EFORMAT;
	*in = sk_read_slice(&r, sk_read_left(&r));
	return 0;
}

static int run_leaks(const struct sk_job_msg *job, struct sk_slice in)
{
	static struct sk_report report;
	struct sk_buf wire = SK_BUF(SK_LEAK_WIRE_BYTES);
	struct sk_leaks_request req = {.name = job->name, .ocr = job->page == 1};
	struct sk_remote remote;
	struct sk_services services;
	struct sk_content content;
	struct sk_arena *arena = sk_arena_new(job->memory);

	if (arena == NULL || take_preamble(&in, &req))
		return 1;
	sk_remote_services(&remote, SK_FD_REQUEST, &services);
	req.services = &services;
	req.in = in;
	if (sk_clean_leaks(&req, arena, &report, &content) == 0 &&
	    (sk_content_encode(&content, &wire) || sk_role_output(sk_buf_slice(&wire))))
		return 1;
	return sk_role_report(&report);
}

static int run(const struct sk_job_msg *job)
{
	static struct sk_report report;
	struct sk_remote remote;
	struct sk_services services;
	struct sk_output out;
	struct sk_slice in;

	if (job->what == SK_WHAT_FORMATS)
		return write_formats();
	if (sk_map(SK_FD_INPUT, &in))
		return 1;
	if (job->what == SK_WHAT_LEAKS)
		return run_leaks(job, in);
	sk_remote_services(&remote, SK_FD_REQUEST, &services);
	struct sk_clean_request req = {
	    .in = in,
	    .mapped = true,
	    .name = job->name,
	    .passwords = &job->passwords,
	    .method = (enum sk_method)job->method,
	    .services = &services,
	};
	if (sk_clean(&req, &report, &out) == 0 && sk_role_output(sk_buf_slice(&out.bytes)))
		return 1;
	return sk_role_report(&report);
}

int main(void)
{
	return sk_zygote_main(
	    &(struct sk_role){.name = "cleaner", .init = sk_clean_init, .run = run});
}
