/*
 * The physical limit for zip packages: every part inflated, XML parsed (expat), pictures through the image
 * libraries, deflated again (libdeflate). No rules, no jail, no check. Bench only.
 *   limit office FILE...   limit zip FILE...   (zip: inflate and deflate alone)
 */
#include <expat.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fd.h"
#include "container/zip.h"
#include "format/image/image.h"
#include "format/job.h"

#define LEVEL 6

static unsigned long parts, bytes;

static void on_start(void *user, const XML_Char *name, const XML_Char **attributes)
{
	++*(unsigned long *)user;
}

static void parse(struct sk_slice xml)
{
	unsigned long elements = 0;
	XML_Parser p = XML_ParserCreateNS(NULL, ' ');

	XML_SetUserData(p, &elements);
	XML_SetStartElementHandler(p, on_start);
	XML_Parse(p, (const char *)xml.p, (int)xml.n, 1);
	XML_ParserFree(p);
}

static struct sk_slice picture(struct sk_job *job, struct sk_slice in, struct sk_buf *out)
{
	enum sk_filetype t = sk_image_type(in);

	if (t == SK_FT_UNKNOWN || sk_image_clean(job, t, in, "", out))
		return in;
	return sk_buf_slice(out);
}

static void one_part(
    struct sk_job *job, struct libdeflate_compressor *c, struct sk_slice in, bool office)
{
	struct sk_buf clean = SK_BUF(SK_LIMIT_MEMBER);
	size_t max = libdeflate_deflate_compress_bound(c, in.n);
	uint8_t *packed = malloc(max);

	if (office && in.n && in.p[0] == '<')
		parse(in);
	else if (office)
		in = picture(job, in, &clean);
	if (packed)
		bytes += libdeflate_deflate_compress(c, in.p, in.n, packed, max);
	parts++;
	free(packed);
	sk_buf_free(&clean);
}

static void one_file(const char *path, bool office)
{
	static struct sk_report report;
	struct sk_slice in;
	struct sk_zip zip;
	const char *why;
	sk_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || sk_map(fd, &in))
		return;
	struct sk_limits limits = sk_limits_for(in.n);
	struct sk_budget budget = {limits.expand, limits.pixels_total, limits.members, 0};
	struct sk_job job = {.arena = sk_arena_new(limits.memory),
	    .report = &report,
	    .limits = &limits,
	    .budget = &budget,
	    .name = path,
	    .method = SK_METHOD_REBUILD};
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(LEVEL);

	if (sk_zip_read(job.arena, in, limits.members, &zip, &why) == 0)
		for (size_t i = 0; i < zip.count; i++) {
			struct sk_slice part;
			if (sk_zip_unpack(job.arena, &zip.members[i], limits.expand, &part) == 0)
				one_part(&job, c, part, office);
		}
	libdeflate_free_compressor(c);
	sk_arena_free(job.arena);
	sk_unmap(&in);
}

int main(int argc, char **argv)
{
	bool office = argc > 1 && argv[1][0] == 'o';

	for (int i = 2; i < argc; i++)
		one_file(argv[i], office);
	printf("%lu parts, %lu bytes\n", parts, bytes);
	return 0;
}
