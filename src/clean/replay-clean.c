/*
 * Cleans and verifies files in process, without a jail, so that the sanitizers see everything. Test
 * program, never installed: replay-clean [-m METHOD] [-2] [-r] [-o DIR] [-p PASSWORD]... FILE...; -r: peak memory
 * after each step; the passwords are those of tests.
 * Prints a line a file; exits 1 when an output fails its verifier or a second cleaning changes it.
 */
#include "clean/clean.h"

#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/fd.h"
#include "verify/verify.h"

static enum sk_method method = SK_METHOD_REBUILD;
static const char *out_dir;
static bool twice, memory;
static struct sk_passwords passwords;
static int failures;

static void print_report(
    const char *path, const struct sk_report *r, struct sk_slice in, size_t out_n)
{
	printf("%s: %s -> %s %zu -> %zu", path, sk_filetype_name(r->type),
	    r->reason ? sk_code_name(r->reason) : "clean", in.n, out_n);
	if (r->detail[0])
		printf(" (%s)", r->detail);
	for (uint32_t i = 0; i < r->nremoved; i++)
		printf(" %s*%" PRIu32 "[%s]", sk_code_name(r->removed[i].code), r->removed[i].count,
		    r->removed[i].where);
	printf("\n");
}

static void verify(const char *path, const struct sk_output *out)
{
	struct sk_limits l = sk_limits_for(out->bytes.len);
	struct sk_check c = {.arena = sk_arena_new(l.memory),
	    .inflate_left = l.expand,
	    .pixels_left = l.pixels_total};

	int rc = sk_verify(&c, out->type, sk_buf_slice(&out->bytes));
	if (rc) {
		printf("%s: VERIFY %s: %s at %" PRIu64 "\n", path, sk_strerror(rc), c.fault.what,
		    c.fault.offset);
		failures++;
	}
	sk_arena_free(c.arena);
}

static void again(const char *path, const struct sk_output *first)
{
	static struct sk_report r;
	struct sk_output out;
	char name[300];

	snprintf(name, sizeof(name), "x.%s", sk_filetype_ext(first->type));
	struct sk_clean_request req = {
	    .in = sk_buf_slice(&first->bytes), .name = name, .method = method};
	if (sk_clean(&req, &r, &out) || r.nremoved ||
	    !sk_slice_eq(sk_buf_slice(&out.bytes), req.in)) {
		printf("%s: UNSTABLE ", path);
		print_report(path, &r, req.in, out.bytes.len);
		failures++;
	}
	sk_buf_free(&out.bytes);
}

static void keep(const char *path, const struct sk_output *out)
{
	char copy[4096], name[4200];

	snprintf(copy, sizeof(copy), "%s", path);
	snprintf(
	    name, sizeof(name), "%s/%s.%s", out_dir, basename(copy), sk_filetype_ext(out->type));
	sk_autoclose int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0 || sk_write_all(fd, out->bytes.p, out->bytes.len))
		perror(name);
}

static void print_peak(const char *step)
{
	struct rusage u;

	if (memory && getrusage(RUSAGE_SELF, &u) == 0)
		printf("peak after %s: %ld KiB\n", step, u.ru_maxrss);
}

static void run(const char *path)
{
	static struct sk_report r;
	struct sk_output out;
	struct sk_slice in;
	char copy[4096];
	sk_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || sk_map(fd, &in)) {
		perror(path);
		failures++;
		return;
	}
	snprintf(copy, sizeof(copy), "%s", path);
	struct sk_clean_request req = {.in = in,
	    .mapped = true,
	    .name = basename(copy),
	    .passwords = &passwords,
	    .method = method};
	int rc = sk_clean(&req, &r, &out);
	print_report(path, &r, in, out.bytes.len);
	print_peak("cleaning");
	if (rc == 0) {
		verify(path, &out);
		print_peak("verifying");
		if (twice)
			again(path, &out);
		if (out_dir)
			keep(path, &out);
	}
	sk_buf_free(&out.bytes);
	sk_unmap(&in);
}

int main(int argc, char **argv)
{
	for (int c; (c = getopt(argc, argv, "m:o:p:2r")) != -1;) {
		if (c == 'm')
			method = *optarg == 't'   ? SK_METHOD_TEXT
				 : *optarg == 'f' ? SK_METHOD_FLATTEN
						  : SK_METHOD_REBUILD;
		else if (c == 'o')
			out_dir = optarg;
		else if (c == '2')
			twice = true;
		else if (c == 'p')
			(void)sk_passwords_add(&passwords, sk_slice_str(optarg));
		else if (c == 'r')
			memory = true;
		else
			return 2;
	}
	if (sk_clean_init())
		return 2;
	for (int i = optind; i < argc; i++)
		run(argv[i]);
	return failures ? 1 : 0;
}
