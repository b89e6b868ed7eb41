/*
 * Fuzzes the PDF verifier. The ID and the offsets of the table would stop nearly every changed file, so the
 * target first makes them right where the file has a table at all. Input that is no PDF goes into one object
 * of the sample: the first byte chooses it.
 */
#include <zlib.h>

#include "verify/pdf/sample-pdf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Offsets of `N 0 obj` as they stand, into the entries of the table. */
static void set_offsets(uint8_t *p, size_t table, size_t end)
{
	size_t at = 0, entry = table;

	while (entry < end && p[entry] != '\n')
		entry++;
	for (entry++; entry < end && p[entry] != '\n'; entry++)
		;
	entry += 1 + 20;
	for (unsigned i = 1; entry + 20 <= end && p[entry] != 't'; i++, entry += 20) {
		char text[32];
		snprintf(text, sizeof(text), "\n%u 0 obj\n", i);
		size_t found = sk_slice_find(sk_slice(p, table), at, sk_slice_str(text));
		if (found == SIZE_MAX)
			return;
		at = found;
		snprintf(text, sizeof(text), "%010zu", at + 1);
		memcpy(p + entry, text, 10);
	}
}

static void set_id(uint8_t *p, size_t size, size_t table)
{
	size_t at = sk_slice_rfind(sk_slice(p, size), size, SK_SLICE_LIT("/ID[<"));
	char hex[33];

	if (at == SIZE_MAX || at < table || size - at < 80)
		return;
	snprintf(hex, sizeof(hex), "%08lx%024zx", crc32(0, p, (uInt)table), table);
	memcpy(p + at + 5, hex, 32);
	memcpy(p + at + 39, hex, 32);
}

/* The last line but one is the place of the table. */
static uint8_t *mend(const uint8_t *data, size_t size, size_t *n)
{
	size_t table = sk_slice_rfind(sk_slice(data, size), size, SK_SLICE_LIT("\nxref\n"));
	size_t tail = sk_slice_rfind(sk_slice(data, size), size, SK_SLICE_LIT("\nstartxref\n"));
	uint8_t *p = malloc(size + 32);

	*n = size;
	if (p == NULL)
		return NULL;
	memcpy(p, data, size);
	if (table == SIZE_MAX || tail == SIZE_MAX || tail < table)
		return p;
	set_offsets(p, table + 1, tail);
	set_id(p, size, table + 1);
	*n = tail + 11;
	*n += (size_t)snprintf((char *)p + *n, size + 32 - *n, "%zu\n%%%%EOF\n", table + 1);
	*n = *n > size + 32 ? size : *n;
	return p;
}

static void verify(struct sk_slice in)
{
	struct sk_check c = {.arena = sk_arena_new((size_t)256 << 20),
	    .inflate_left = (uint64_t)64 << 20,
	    .pixels_left = (uint64_t)64 << 20};

	if (c.arena)
		(void)sk_verify_pdf(&c, in);
	sk_arena_free(c.arena);
}

/* One object of the sample gets another stream or another dictionary, so that the inner rules are reached. */
static void in_sample(const uint8_t *data, size_t size)
{
	struct sample_pdf *f = sample_pdf();
	struct sample_object *o = &f->o[data[0] % f->n];
	size_t n = size - 1 < sizeof(o->dict) - 1 ? size - 1 : sizeof(o->dict) - 1;

	if (o->stream && !(data[0] & 0x80)) {
		memcpy(o->data, data + 1, n);
		o->ndata = n;
	} else {
		memcpy(o->dict, data + 1, n);
		o->dict[n] = 0;
		for (char *at = o->dict; (at = strchr(at, '@')) != NULL;)
			*at = '0'; /* references need a name that is there */
	}
	sample_pdf_build(f);
	verify(sk_slice(f->out, f->nout));
	free(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n;

	if (size && data[0] != '%') {
		in_sample(data, size);
		return 0;
	}
	uint8_t *p = mend(data, size, &n);
	if (p)
		verify(sk_slice(p, n));
	free(p);
	return 0;
}
