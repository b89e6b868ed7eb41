/* The bytes of a part to the parser, in pieces. Runs in the cleaner's jail. */
#include "format/office/package.h"

#define PIECE ((size_t)64 << 10)
#define PIECE_MAX ((size_t)512 << 20)

static int take(struct sk_package_source *from, uint8_t *to, size_t n, size_t *got)
{
	if (from->reader)
		return sk_zip_reader_next(from->reader, to, n, got);
	*got = from->rest.n < n ? from->rest.n : n;
	if (*got)
		memcpy(to, from->rest.p, *got);
	from->rest = sk_slice_sub(from->rest, *got, from->rest.n);
	return 0;
}

/* Bytes to give next: as many as wait for the end of a token, so that a long one is not read again and again. */
static size_t piece_size(XML_Parser parser, uint64_t fed)
{
	XML_Index at = XML_GetCurrentByteIndex(parser);
	uint64_t waits = at < 0 ? fed : fed - (uint64_t)at;

	return waits < PIECE ? PIECE : waits < PIECE_MAX ? (size_t)waits : PIECE_MAX;
}

int sk_package_feed(
    struct sk_job *job, XML_Parser parser, struct sk_package_source *from, const char *name)
{
	enum XML_Status st = XML_STATUS_OK;
	uint64_t fed = 0;

	for (bool last = false; !last && st == XML_STATUS_OK;) {
		size_t n = piece_size(parser, fed), got = 0;
		void *to = XML_GetBuffer(parser, (int)n);
		int rc = to ? take(from, to, n, &got) : SK_ENOMEM;
		if (rc)
			return rc == SK_ENOMEM ? rc
					       : sk_job_refuse(job, SK_REASON_DAMAGED,
						     "%s cannot be unpacked", name);
		fed += got;
		if (from->reader)
			sk_job_moved(job, got);
		last = got < n;
		st = XML_ParseBuffer(parser, (int)got, last);
	}
	if (st == XML_STATUS_OK)
		return 0;
	return XML_GetErrorCode(parser) == XML_ERROR_NO_MEMORY ? SK_ENOMEM : SK_EFORMAT;
}
