/* The built pages: portal.h. */
#include "portal/portal.h"

static struct MHD_Response *asset_of(const struct sk_asset *f, enum sk_coding coding, bool known)
{
	static const char *const names[] = {NULL, "gzip", "br"};
	const struct sk_buf *b = &f->body[coding];
	struct MHD_Response *r = MHD_create_response_from_buffer(
	    known ? 0 : b->len, known || !b->len ? NULL : (void *)b->p, MHD_RESPMEM_PERSISTENT);

	if (r == NULL)
		return NULL;
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, f->type);
	MHD_add_response_header(r, MHD_HTTP_HEADER_ETAG, f->tag[coding]);
	MHD_add_response_header(r, MHD_HTTP_HEADER_VARY, MHD_HTTP_HEADER_ACCEPT_ENCODING);
	MHD_add_response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL,
	    f->lasting ? "public, max-age=31536000, immutable" : "no-cache");
	if (names[coding] && !known)
		MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_ENCODING, names[coding]);
	return r;
}

static enum MHD_Result asset_end(struct sk_visit *v, const char *url)
{
	const struct sk_asset *f = sk_assets_find(v->portal->assets, url);
	enum sk_coding coding;
	bool known;

	if (f == NULL)
		return sk_visit_refuse(v, SK_FRONT_WHY_NO_PAGE, NULL);
	coding = sk_asset_coding(
	    f, sk_request_codings(sk_visit_head(v, MHD_HTTP_HEADER_ACCEPT_ENCODING)));
	known = sk_request_has(sk_visit_head(v, MHD_HTTP_HEADER_IF_NONE_MATCH), f->tag[coding]);
	return sk_visit_give(
	    v, known ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK, asset_of(f, coding, known));
}

const struct sk_page sk_pages_built[] = {
    {.method = "GET", .path = "/", .below = true, .end = asset_end},
    {.method = "HEAD", .path = "/", .below = true, .end = asset_end},
    {.method = NULL},
};
