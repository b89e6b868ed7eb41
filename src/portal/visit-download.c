/*
 * What is downloaded: the gate hands out a file that can only be read, and it leaves in pieces; the last one only when all bytes are right. How it ended is
 * told to the gate, which counts. portal.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/fd.h"
#include "portal/portal.h"

#define PIECE ((size_t)64 << 10)

/* By its address. */
static const struct kind {
	const char *path, *ask, *done;
} kinds[] = {
    {SK_PORTAL_API "transfers/", "get", "get.done"},
    {SK_PORTAL_API "originals/", "original.get", "original.done"},
};

static const struct kind *kind_of(const char *url)
{
	size_t i = 0;

	while (strncmp(url, kinds[i].path, strlen(kinds[i].path)) != 0)
		i++;
	return &kinds[i];
}

struct giving {
	struct sk_visit *visit; /* which lasts as long as its answer is read */
	struct sk_unsealing *from;
	int fd;
};

static ssize_t read_more(void *ctx, uint64_t at, char *to, size_t most)
{
	struct giving *g = ctx;
	size_t got = 0;

	if (sk_unsealing_get(g->from, to, most, &got))
		return MHD_CONTENT_READER_END_WITH_ERROR; /* it ends too early, and whoever reads sees that */
	sk_visit_moved(g->visit, got);
	return got ? (ssize_t)got : MHD_CONTENT_READER_END_OF_STREAM;
}

static void free_giving(void *ctx)
{
	struct giving *g = ctx;

	sk_unsealing_free(g->from);
	sk_close(&g->fd);
	free(g);
}

static struct MHD_Response *bytes_of(struct sk_visit *v)
{
	struct giving *g = calloc(1, sizeof(*g));
	struct MHD_Response *r = NULL;

	if (g == NULL)
		return NULL;
	*g = (struct giving){v, NULL, v->fd};
	v->fd = -1;
	if (sk_unsealing_new(g->fd, &v->handed, &g->from) == 0)
		r = MHD_create_response_from_callback(
		    v->handed.size, PIECE, read_more, g, free_giving);
	if (r == NULL)
		free_giving(g);
	return r;
}

/* What is in it may never change, but who may see it does. */
enum MHD_Result sk_visit_file(struct sk_visit *v, const char *type, const char *disposition)
{
	struct MHD_Response *r = bytes_of(v);

	if (r == NULL)
		return sk_visit_refuse(v, SK_FRONT_WHY_FAULT, NULL);
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	if (disposition)
		MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_DISPOSITION, disposition);
	MHD_add_response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	return sk_visit_give(v, MHD_HTTP_OK, r);
}

/* Never opened in the browser: it is saved, under a name of its own. */
static enum MHD_Result give(struct sk_visit *v)
{
	struct sk_buf name = SK_BUF(4096);
	enum MHD_Result rc;

	if (sk_portal_disposition(sk_buf_slice(&v->body), v->id, &name) == 0 &&
	    sk_buf_putc(&name, 0) == 0)
		rc = sk_visit_file(v, "application/octet-stream", (const char *)name.p);
	else
		rc = sk_visit_refuse(v, SK_FRONT_WHY_FAULT, NULL);
	sk_buf_free(&name);
	return rc;
}

static enum MHD_Result end(struct sk_visit *v, const char *url)
{
	const struct kind *k = kind_of(url);
	char json[128];

	if (v->answered && (v->answer.status != MHD_HTTP_OK || v->fd < 0))
		return sk_visit_answer(v);
	if (v->answered) {
		v->done = k->done;
		return give(v);
	}
	snprintf(json, sizeof(json), "{\"ask\":\"%s\",\"id\":\"%s\"}", k->ask, v->id);
	return sk_visit_ask(v, sk_slice_str(json));
}

static enum MHD_Result end_sheet(struct sk_visit *v, const char *url)
{
	char json[128];

	if (v->answered && (v->answer.status != MHD_HTTP_OK || v->fd < 0))
		return sk_visit_answer(v);
	if (v->answered)
		return sk_visit_file(v, "image/png", NULL);
	snprintf(json, sizeof(json), "{\"ask\":\"page\",\"id\":\"%s\",\"number\":%llu}", v->id,
	    (unsigned long long)v->sheet);
	return sk_visit_ask(v, sk_slice_str(json));
}

/* --- a receipt, for printing --- */

static enum MHD_Result give_receipt(struct sk_visit *v)
{
	char name[80];

	snprintf(name, sizeof(name), "attachment; filename=\"sekisho-%s.pdf\"", v->id);
	return sk_visit_file(v, "application/pdf", name);
}

static enum MHD_Result end_receipt(struct sk_visit *v, const char *url)
{
	char json[128];

	if (v->answered && (v->answer.status != MHD_HTTP_OK || v->fd < 0))
		return sk_visit_answer(v);
	if (v->answered)
		return give_receipt(v);
	snprintf(json, sizeof(json), "{\"ask\":\"receipt\",\"id\":\"%s\"}", v->id);
	return sk_visit_ask(v, sk_slice_str(json));
}

const struct sk_page sk_pages_download[] = {
    {.method = "GET",
	.path = SK_PORTAL_API "transfers/",
	.id = true,
	.tail = "/content",
	.end = end},
    {.method = "GET",
	.path = SK_PORTAL_API "originals/",
	.id = true,
	.tail = "/content",
	.end = end},
    {.method = "GET", .path = SK_PORTAL_API "transfers/", .sheet = true, .end = end_sheet},
    {.method = "GET",
	.path = SK_PORTAL_API "transfers/",
	.id = true,
	.tail = "/receipt.pdf",
	.end = end_receipt},
    {.method = NULL},
};
