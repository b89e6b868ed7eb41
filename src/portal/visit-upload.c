/*
 * Uploads: POST /api/v1/uploads {size} begins one, PATCH /api/v1/uploads/ID brings bytes from `Upload-Offset` on, HEAD tells how far it is, DELETE ends it.
 * Each time the gate is asked first (upload.open): it knows whose it is. portal.h, uploads.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "portal/portal.h"

#define UPLOADS SK_PORTAL_API "uploads"
#define OFFSET "Upload-Offset"
#define LENGTH "Upload-Length"

static enum MHD_Result failed(struct sk_visit *v, int status)
{
	if (status == SK_ENOSPACE)
		return sk_visit_refuse(v, SK_FRONT_WHY_SPACE, NULL);
	return sk_visit_refuse(
	    v, status == SK_ELIMIT ? SK_FRONT_WHY_LIMIT : SK_FRONT_WHY_FAULT, NULL);
}

static enum MHD_Result ask_about(struct sk_visit *v, const char *word)
{
	char json[128];

	snprintf(json, sizeof(json), "{\"ask\":\"%s\",\"upload\":\"%s\"}", word, v->id);
	return sk_visit_ask(v, sk_slice_str(json));
}

/* How far it is. */
static enum MHD_Result tell(struct sk_visit *v, unsigned status, const struct sk_upload *one)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	char text[24];

	if (r) {
		snprintf(text, sizeof(text), "%llu", (unsigned long long)sk_upload_taken(one));
		MHD_add_response_header(r, OFFSET, text);
		snprintf(text, sizeof(text), "%llu", (unsigned long long)one->what.size);
		MHD_add_response_header(r, LENGTH, text);
		MHD_add_response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	}
	return sk_visit_give(v, status, r);
}

/* What the gate handed out, here; NULL: answered. */
static struct sk_upload *taken(struct sk_visit *v, bool fresh, enum MHD_Result *rc)
{
	struct sk_upload *one;
	int status;

	if (v->answer.status != MHD_HTTP_OK || v->fd < 0) {
		*rc = sk_visit_answer(v);
		return NULL;
	}
	one = sk_uploads_take(
	    &v->portal->uploads, v->id, &v->handed, &v->fd, fresh, sk_now_ms(), &status);
	if (one == NULL)
		*rc = failed(v, status);
	return one;
}

/* --- beginning --- */

static enum MHD_Result begin_head(struct sk_visit *v, const char *url)
{
	enum MHD_Result rc;
	uint64_t n;

	if (!sk_visit_length(v, SK_FRONT_ASK_BYTES, &n, &rc))
		return rc;
	v->body.max = SK_FRONT_ASK_BYTES;
	v->headed = true;
	return MHD_YES;
}

static bool begin_more(struct sk_visit *v, struct sk_slice data)
{
	return sk_buf_put_slice(&v->body, data) == 0;
}

static enum MHD_Result begun(struct sk_visit *v)
{
	char place[sizeof(UPLOADS) + 1 + SK_PORTAL_ID];
	enum MHD_Result rc;

	if (v->answer.status == MHD_HTTP_OK &&
	    !sk_portal_text(sk_buf_slice(&v->body), NULL, "upload", v->id, sizeof(v->id)))
		return sk_visit_refuse(v, SK_FRONT_WHY_FAULT, NULL);
	if (taken(v, true, &rc) == NULL)
		return rc;
	snprintf(place, sizeof(place), UPLOADS "/%s", v->id);
	return sk_visit_say(v, MHD_HTTP_CREATED, MHD_HTTP_HEADER_LOCATION, place,
	    "{\"status\":\"ok\",\"upload\":\"%s\",\"offset\":0}", v->id);
}

static enum MHD_Result begin_end(struct sk_visit *v, const char *url)
{
	struct sk_buf json = SK_BUF(SK_FRONT_ASK_BYTES);
	struct sk_front_fault fault = {0};
	enum MHD_Result result;
	int rc;

	if (v->answered)
		return begun(v);
	rc = sk_portal_begin(sk_buf_slice(&v->body), &json, &fault);
	result =
	    rc ? sk_visit_refuse(v, fault.why, fault.field) : sk_visit_ask(v, sk_buf_slice(&json));
	sk_buf_free(&json);
	return result;
}

/* --- bringing --- */

/* It is his: another connection that was at it is not any more. */
static enum MHD_Result patch_begins(struct sk_visit *v)
{
	enum MHD_Result rc;
	struct sk_upload *one = taken(v, false, &rc);

	if (one == NULL)
		return rc;
	if (v->from != sk_upload_taken(one))
		return tell(v, MHD_HTTP_CONFLICT, one);
	if (v->length > one->what.size - v->from)
		return sk_visit_refuse(v, SK_FRONT_WHY_TOO_LARGE, NULL);
	one->writer = v->number;
	v->headed = true;
	sk_line_work(&v->portal->lines, v->line, sk_now_ms() + v->portal->times.give);
	return MHD_YES;
}

static enum MHD_Result patch_head(struct sk_visit *v, const char *url)
{
	const char *from = sk_visit_head(v, OFFSET);
	enum MHD_Result rc;

	if (v->answered)
		return patch_begins(v);
	if (from == NULL || !sk_request_number(from, &v->from))
		return sk_visit_refuse(v, SK_FRONT_WHY_MISSING, OFFSET);
	if (!sk_visit_length(v, UINT64_MAX, &v->length, &rc))
		return rc;
	return ask_about(v, "upload.open");
}

static struct sk_upload *ours(struct sk_visit *v)
{
	struct sk_upload *one = sk_uploads_find(&v->portal->uploads, v->id);

	return one && one->writer == v->number ? one : NULL;
}

/* What cannot be taken is read to its end all the same: before that nobody listens to an answer. */
static bool patch_more(struct sk_visit *v, struct sk_slice data)
{
	struct sk_upload *one = ours(v);

	if (one == NULL)
		return false;
	if (v->wrong == 0)
		v->wrong = sk_upload_put(one, data);
	sk_visit_moved(v, data.n);
	return true;
}

static enum MHD_Result patch_end(struct sk_visit *v, const char *url)
{
	struct sk_upload *one = ours(v);
	uint8_t sha256[32];

	if (one == NULL)
		return sk_visit_refuse(v, SK_FRONT_WHY_UPLOAD, NULL);
	one->writer = 0;
	one->used = sk_now_ms();
	if (v->wrong == 0)
		v->wrong = sk_upload_settle(one);
	if (v->wrong == 0 && sk_upload_taken(one) == one->what.size)
		v->wrong = sk_upload_end(one, sha256);
	return v->wrong ? failed(v, v->wrong) : tell(v, MHD_HTTP_NO_CONTENT, one);
}

/* --- asking how far, ending --- */

static enum MHD_Result head_end(struct sk_visit *v, const char *url)
{
	const struct sk_upload *one;
	enum MHD_Result rc;

	if (!v->answered)
		return ask_about(v, "upload.open");
	one = taken(v, false, &rc);
	return one ? tell(v, MHD_HTTP_OK, one) : rc;
}

static enum MHD_Result delete_end(struct sk_visit *v, const char *url)
{
	struct sk_upload *one;

	if (!v->answered)
		return ask_about(v, "upload.drop");
	one = sk_uploads_find(&v->portal->uploads, v->id);
	if (one && v->answer.status == MHD_HTTP_OK)
		sk_uploads_drop(one);
	return sk_visit_answer(v);
}

const struct sk_page sk_pages_upload[] = {
    {.method = "POST",
	.path = UPLOADS,
	.own = true,
	.head = begin_head,
	.more = begin_more,
	.end = begin_end},
    {.method = "PATCH",
	.path = UPLOADS "/",
	.id = true,
	.own = true,
	.head = patch_head,
	.more = patch_more,
	.end = patch_end},
    {.method = "HEAD", .path = UPLOADS "/", .id = true, .end = head_end},
    {.method = "DELETE", .path = UPLOADS "/", .id = true, .own = true, .end = delete_end},
    {.method = NULL},
};
