/*
 * One file through the converter, whatever its kind: for tests that want LibreOffice in its jail to meet what the
 * cleaner would never hand to it. replay-convert HELPERS FROM TO INPUT OUTPUT. Prints how the job ended. Never installed.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/filetype.h"
#include "engine/engine.h"

/* What the job wrote behind the head of its answer. */
static int save(int from, const char *path)
{
	struct sk_slice in = {0};
	sk_autoclose int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || sk_map(from, &in))
		return 1;
	size_t head = sizeof(struct sk_answer_head);
	int rc = in.n < head || sk_write_all(fd, in.p + head, in.n - head);
	sk_unmap(&in);
	return rc;
}

static int convert(struct sk_engine *engine, char **argv)
{
	struct sk_limits l = sk_limits_for(1 << 20);
	struct sk_job_msg job = {.time_ms = l.time_ms,
	    .cpu_s = l.cpu_s,
	    .memory = l.memory + SK_LIMIT_CONVERT_MEMORY,
	    .output = l.output};
	sk_autoclose int input = open(argv[4], O_RDONLY | O_CLOEXEC);
	struct sk_job_fds fds = {input, -1, -1};
	struct sk_done_msg done = {0};
	bool interrupted = false;

	job.method = sk_filetype_by_name(argv[2]);
	job.page = sk_filetype_by_name(argv[3]);
	if (input < 0 || sk_engine_run(engine, SK_ROLE_CONVERTER, &job, &fds, &done, &interrupted))
		return 1;
	printf("%u %d\n", done.end, done.detail);
	int rc = save(fds.output, argv[5]);
	sk_job_fds_close(&fds);
	return rc;
}

int main(int argc, char **argv)
{
	struct sk_engine *engine = NULL;
	char *why = NULL;

	if (argc != 6 || sk_engine_open(&engine, argv[1], &why)) {
		fprintf(stderr, "%s\n", why ? why : "replay-convert HELPERS FROM TO INPUT OUTPUT");
		free(why);
		return 2;
	}
	int rc = convert(engine, argv);
	sk_engine_close(engine);
	return rc;
}
