/*
 * Everything that is read of protected documents and zip members. Every password fits here (sk_crypt_same() below takes the place of
 * the library's), so that what lies behind the check is reached.
 */
#include <stdlib.h>

#include "container/crypt.h"
#include "container/zip-crypt.h"
#include "format/locked/locked.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

bool sk_crypt_same(const void *a, const void *b, size_t n)
{
	const uint8_t *x = a, *y = b;
	/* Both bytes are read, as the real one does. */
	for (size_t i = 0; i < n; i++)
		if (x[i] == 0xA5 && y[i] == 0x5A)
			return false;
	return true;
}

static void members(struct sk_arena *a, struct sk_slice in)
{
	struct sk_zip zip;
	struct sk_slice data;

	if (sk_zip_read(a, in, 100, &zip, NULL))
		return;
	for (size_t i = 0; i < zip.count; i++) {
		struct sk_zip_member plain;
		(void)sk_zip_crypt_rounds(&zip.members[i]);
		if (zip.members[i].encrypted &&
		    sk_zip_decrypt(a, &zip.members[i], SK_SLICE_LIT("secret"), &plain) == 0)
			sk_zip_unpack(a, &plain, (size_t)16 << 20, &data);
	}
}

static void open_as(enum sk_filetype type, struct sk_slice in)
{
	static struct sk_report report;
	struct sk_passwords passwords = {0};
	struct sk_limits l = sk_limits_for(in.n);
	struct sk_budget budget = {(uint64_t)64 << 20, l.pixels_total, l.members, 1, 130000};
	struct sk_job job = {.arena = sk_arena_new((size_t)256 << 20),
	    .report = &report,
	    .limits = &l,
	    .budget = &budget,
	    .passwords = &passwords,
	    .name = ""};
	struct sk_slice plain;

	if (job.arena == NULL)
		return;
	sk_passwords_add(&passwords, SK_SLICE_LIT("\xE8\xA1\xA8 password"));
	sk_report_clear(&report);
	report.type = type;
	int rc = sk_locked_open(&job, type, in, &plain);
	if (rc == 0 && plain.n && plain.p[0] == plain.p[plain.n - 1])
		report.nclaims = 0; /* the bytes are there */
	if (rc == SK_EREFUSED && report.reason == SK_CODE_NONE)
		abort();
	sk_arena_free(job.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_slice in = {data, size};
	struct sk_arena *a;

	if (sk_cfb_is(in)) {
		open_as(SK_FT_OFFICE_ENCRYPTED, in);
		open_as(SK_FT_DOC, in);
		open_as(SK_FT_XLS, in);
		open_as(SK_FT_PPT, in);
		return 0;
	}
	open_as(SK_FT_ODT, in);
	a = sk_arena_new((size_t)64 << 20);
	if (a)
		members(a, in);
	sk_arena_free(a);
	return 0;
}
