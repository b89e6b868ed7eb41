/* Fuzz target: reads a zip archive, unpacks its members, writes them again and reads that. */
#include <stdlib.h>

#include "container/zip.h"

#define MEMBER_MAX ((size_t)1 << 20)

static void write_again(struct sk_arena *a, const struct sk_zip *zip)
{
	struct sk_buf out = SK_BUF((size_t)64 << 20);
	struct sk_zip_writer *w = sk_zip_writer_new(&out);
	struct sk_zip again;
	const char *why;

	for (size_t i = 0; w && i < zip->count; i++) {
		struct sk_slice data;
		if (sk_zip_unpack(a, &zip->members[i], MEMBER_MAX, &data))
			data = sk_slice("", 0);
		char *name = sk_arena_printf(a, "%zu", i);
		if (name == NULL || sk_zip_writer_add(w, name, data, i & 1 ? 6 : 0))
			goto out;
	}
	if (w && sk_zip_writer_end(w) == 0) {
		int rc = sk_zip_read(a, sk_buf_slice(&out), zip->count, &again, &why);
		if (rc != SK_ENOMEM && (rc || again.count != zip->count || again.notes.hidden))
			abort();
	}
out:
	sk_zip_writer_free(w);
	sk_buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_arena *a = sk_arena_new((size_t)128 << 20);
	struct sk_zip zip;
	const char *why = NULL;

	if (a == NULL)
		return 0;
	int rc = sk_zip_read(a, sk_slice(data, size), 1000, &zip, &why);
	if (rc == SK_EFORMAT && why == NULL)
		abort();
	if (rc == 0)
		write_again(a, &zip);
	sk_arena_free(a);
	return 0;
}
