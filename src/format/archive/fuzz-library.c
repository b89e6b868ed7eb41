/*
 * Fuzz target: the first byte chooses the format, the rest is an archive of it whose members become texts. What comes
 * out must be a zip that the strict reader takes.
 */
#include <stdlib.h>

#include "container/zip.h"
#include "format/archive/library.h"
#include "format/handler.h"

static int fake_clean(struct sk_job *job, const char *name, struct sk_slice in,
    struct sk_output *out, enum sk_code *why)
{
	*why = SK_REASON_UNKNOWN_TYPE;
	if (in.n == 0)
		return SK_EREFUSED;
	out->type = SK_FT_TXT;
	return sk_buf_put_slice(&out->bytes, in);
}

static void check(struct sk_slice made)
{
	struct sk_arena *a = sk_arena_new((size_t)64 << 20);
	struct sk_zip zip;

	if (a && sk_zip_read(a, made, 1000, &zip, NULL))
		abort();
	sk_arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	return sk_library_init();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum sk_filetype types[] = {SK_FT_SEVENZIP, SK_FT_RAR, SK_FT_LZH, SK_FT_CAB,
	    SK_FT_TAR, SK_FT_ISO, SK_FT_GZIP, SK_FT_BZIP2, SK_FT_XZ, SK_FT_LZMA, SK_FT_ZSTD};
	static struct sk_report report;
	struct sk_limits limits = sk_limits_for(size);
	struct sk_budget budget = {(uint64_t)4 << 20, limits.pixels_total, 100, 10};
	struct sk_services services = {.clean_member = fake_clean};
	struct sk_job job = {.report = &report,
	    .limits = &limits,
	    .budget = &budget,
	    .services = &services,
	    .name = "x.7z",
	    .method = SK_METHOD_REBUILD};

	if (size == 0)
		return 0;
	limits.members = 100;
	limits.memory = (size_t)64 << 20;
	enum sk_filetype type = types[data[0] % (sizeof(types) / sizeof(types[0]))];
	report = (struct sk_report){.type = type};
	struct sk_output out = {.bytes = SK_BUF((size_t)16 << 20)};
	job.arena = sk_arena_new(limits.memory);
	if (job.arena == NULL)
		return 0;
	if (sk_library_rebuild(&job, type, sk_slice(data + 1, size - 1), &out) == 0)
		check(sk_buf_slice(&out.bytes));
	sk_arena_free(job.arena);
	sk_buf_free(&out.bytes);
	return 0;
}
