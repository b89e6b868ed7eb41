/* Asks: POST /api/v1/WORD. portal.h. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/hex.h"
#include "portal/portal.h"

#define ARENA ((size_t)1 << 20)

static enum MHD_Result ask_head(struct sk_visit *v, const char *url)
{
	enum sk_front_what what;
	enum MHD_Result rc;
	uint64_t n;

	if (!sk_front_find(url + strlen(SK_PORTAL_API), &what))
		return sk_visit_no_such(v, url);
	/* bytes come and go by addresses of their own, and a send names its upload */
	if (sk_front_file(what) == SK_FRONT_ROLE || sk_front_file(what) == SK_FRONT_WRITE)
		return sk_visit_no_such(v, url);
	if (!sk_visit_length(v, SK_FRONT_ASK_BYTES, &n, &rc))
		return rc;
	v->word = sk_front_word(what);
	v->anybody = sk_front_open(what) == SK_FRONT_TO_ANYBODY;
	v->body.max = SK_FRONT_ASK_BYTES;
	v->headed = true;
	return MHD_YES;
}

static bool ask_more(struct sk_visit *v, struct sk_slice data)
{
	return sk_buf_put_slice(&v->body, data) == 0;
}

/* --- what names an upload --- */

/* Size and hash are what was brought here, never what a browser says. */
static enum sk_front_why fill_in(
    struct sk_visit *v, struct sk_front_ask *a, char hash[65], const char **field)
{
	struct sk_upload *one;
	uint8_t sha256[32];
	int rc;

	*field = a->hash ? "hash" : a->size != SK_FRONT_UNSAID ? "size" : NULL;
	if (*field)
		return SK_FRONT_WHY_NO_SUCH_MEMBER;
	*field = "upload";
	one = sk_uploads_find(&v->portal->uploads, a->upload);
	if (one == NULL)
		return SK_FRONT_WHY_UPLOAD;
	rc = sk_upload_end(one, sha256);
	if (rc)
		return rc == SK_EBUSY      ? SK_FRONT_WHY_VALUE
		       : rc == SK_ENOSPACE ? SK_FRONT_WHY_SPACE
					   : SK_FRONT_WHY_FAULT;
	sk_hex_text(hash, sha256, sizeof(sha256));
	a->hash = hash;
	a->size = (int64_t)sk_upload_taken(one);
	*field = NULL;
	return SK_FRONT_WHY_NONE;
}

/* The gate knows whether there is one, and whose it is; before it has said so nothing is said of what is here. */
static enum MHD_Result open_upload(struct sk_visit *v, const struct sk_front_ask *a)
{
	char json[128];

	if (a->upload == NULL)
		return sk_visit_refuse(v, SK_FRONT_WHY_MISSING, "upload");
	memcpy(v->id, a->upload, sizeof(v->id));
	snprintf(json, sizeof(json), "{\"ask\":\"upload.open\",\"upload\":\"%s\"}", v->id);
	return sk_visit_ask(v, sk_slice_str(json));
}

static enum MHD_Result begin_send(struct sk_visit *v, struct sk_slice json)
{
	struct sk_arena *arena = sk_arena_new(ARENA);
	struct sk_front_fault fault = {0};
	struct sk_front_ask a;
	enum MHD_Result rc;

	if (arena && sk_front_read(json, arena, &a, &fault) == 0 &&
	    sk_buf_put_slice(&v->kept, json) == 0)
		rc = open_upload(v, &a);
	else
		rc = sk_visit_refuse(v, SK_FRONT_WHY_FAULT, NULL);
	sk_arena_free(arena);
	return rc;
}

static enum MHD_Result send_ask(struct sk_visit *v, struct sk_slice json)
{
	struct sk_arena *arena = sk_arena_new(ARENA);
	struct sk_buf out = SK_BUF(SK_FRONT_ASK_BYTES);
	enum sk_front_why why = SK_FRONT_WHY_FAULT;
	struct sk_front_fault fault = {0};
	struct sk_front_ask a;
	const char *field = NULL;
	char hash[65];
	enum MHD_Result rc;

	if (arena && sk_front_read(json, arena, &a, &fault) == 0)
		why = fill_in(v, &a, hash, &field);
	if (why == SK_FRONT_WHY_NONE && sk_front_write(&a, &out, &fault))
		why = SK_FRONT_WHY_FAULT;
	rc = why ? sk_visit_refuse(v, why, field) : sk_visit_ask(v, sk_buf_slice(&out));
	sk_buf_free(&out);
	sk_arena_free(arena);
	return rc;
}

static enum MHD_Result send_kept(struct sk_visit *v)
{
	struct sk_buf json = v->kept;
	enum MHD_Result rc;
	int status;

	if (v->answer.status != MHD_HTTP_OK || v->fd < 0)
		return sk_visit_answer(v);
	sk_uploads_take(
	    &v->portal->uploads, v->id, &v->handed, &v->fd, false, sk_now_ms(), &status);
	if (status)
		return sk_visit_refuse(v, SK_FRONT_WHY_FAULT, NULL);
	v->kept = SK_BUF(SK_FRONT_ASK_BYTES);
	v->answered = false;
	rc = send_ask(v, sk_buf_slice(&json));
	sk_buf_free(&json);
	return rc;
}

/* The gate has it now. */
static enum MHD_Result answered(struct sk_visit *v)
{
	struct sk_upload *one = strcmp(v->word, "send") == 0 && v->answer.status == MHD_HTTP_OK
				    ? sk_uploads_find(&v->portal->uploads, v->id)
				    : NULL;

	if (one)
		sk_uploads_drop(one);
	return sk_visit_answer(v);
}

static enum MHD_Result ask_end(struct sk_visit *v, const char *url)
{
	struct sk_buf json = SK_BUF(SK_FRONT_ASK_BYTES);
	struct sk_front_fault fault = {0};
	enum MHD_Result result;
	int rc;

	if (v->answered)
		return v->kept.len ? send_kept(v) : answered(v);
	rc = sk_portal_ask(v->word, sk_buf_slice(&v->body), &json, &fault);
	if (rc == 0 && strcmp(v->word, "send") == 0)
		result = begin_send(v, sk_buf_slice(&json));
	else if (rc == 0)
		result = sk_visit_ask(v, sk_buf_slice(&json));
	else
		result = sk_visit_refuse(
		    v, rc == SK_ENOMEM ? SK_FRONT_WHY_FAULT : fault.why, fault.field);
	if (json.p)
		explicit_bzero(json.p, json.len);
	sk_buf_free(&json);
	return result;
}

const struct sk_page sk_pages_ask[] = {
    {.method = "POST",
	.path = SK_PORTAL_API,
	.below = true,
	.own = true,
	.head = ask_head,
	.more = ask_more,
	.end = ask_end},
    {.method = "GET", .path = "/api/", .below = true, .end = sk_visit_no_such},
    {.method = NULL},
};
