/* The table of formats, asked from the cleaner, which alone knows its handlers. Caller's process. */
#include "engine/engine.h"

#include "base/err.h"
#include "base/fd.h"

/* A type name, or NULL for "none". */
static const char *type_or_null(unsigned t)
{
	return t == SK_FT_UNKNOWN ? NULL : sk_filetype_name((enum sk_filetype)t);
}

static int each(
    struct sk_slice table, void (*row)(void *ctx, const struct sk_format *format), void *ctx)
{
	struct sk_reader in = sk_reader(table);

	while (sk_read_left(&in)) {
		enum sk_filetype type = (enum sk_filetype)sk_read_u16le(&in);
		struct sk_format f = {
		    sk_filetype_name(type), sk_filetype_ext(type), sk_filetype_text(type)};
		f.methods = sk_read_u8(&in);
		for (int i = 0; i < 3; i++)
			f.output[i] = type_or_null(sk_read_u16le(&in));
		if (in.bad)
			return SK_EFORMAT;
		row(ctx, &f);
	}
	return 0;
}

int sk_formats(
    struct sk_engine *e, void (*row)(void *ctx, const struct sk_format *format), void *ctx)
{
	struct sk_limits l = sk_limits_for(0);
	struct sk_job_msg job = {.what = SK_WHAT_FORMATS,
	    .time_ms = l.time_ms,
	    .cpu_s = l.cpu_s,
	    .memory = l.memory,
	    .output = l.output};
	sk_autoclose int input = sk_memfd("none");
	struct sk_job_fds fds = SK_JOB_FDS(input);
	struct sk_done_msg done = {0};
	struct sk_slice table = {0};
	bool interrupted = false;
	int rc =
	    input < 0 ? SK_EIO : sk_engine_run(e, SK_ROLE_CLEANER, &job, &fds, &done, &interrupted);

	if (rc == 0 && (done.end != SK_END_EXIT || done.detail || sk_map(fds.output, &table)))
		rc = SK_EIO;
	if (rc == 0)
		rc = each(table, row, ctx);
	sk_unmap(&table);
	sk_job_fds_close(&fds);
	return rc ? -1 : 0;
}
