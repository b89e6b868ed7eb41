/* sekisho-converter: the jailed program around LibreOffice. Started by libsekisho when a file needs it. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "cmd/role.h"
#include "convert/convert.h"
#include "jail/jail.h"

static int answer(int status, uint64_t length)
{
	struct sk_answer_head head = {.status = status, .length = length};
	return sk_role_output(sk_slice(&head, sizeof(head)));
}

static int hand_out(int fd)
{
	struct sk_slice out;

	if (sk_map(fd, &out))
		return answer(SK_EIO, 0);
	return answer(0, out.n) ? 1 : sk_role_output(out);
}

static int run(const struct sk_job_msg *job)
{
	struct sk_slice in;
	int fd = -1;

	if (sk_map(SK_FD_INPUT, &in) || job->method >= SK_FT_COUNT || job->page >= SK_FT_COUNT)
		return 1;
	int rc = sk_convert(in, (enum sk_filetype)job->method, (enum sk_filetype)job->page, &fd);
	return rc ? answer(rc, 0) : hand_out(fd);
}

static void prepare(const struct sk_job_msg *job)
{
	sk_convert_prepare((enum sk_filetype)job->page);
}

int main(void)
{
	static const struct sk_view view = {sk_convert_folders, SK_CONVERT_SCRATCH};

	return sk_zygote_main(&(struct sk_role){
	    .name = "converter",
	    .needs =
		"LibreOffice (packages libreoffice-writer, libreoffice-calc, libreoffice-impress)",
	    .init = sk_convert_installed,
	    .view = &view,
	    .enter = sk_convert_enter,
	    .prepare = prepare,
	    .run = run,
	});
}
