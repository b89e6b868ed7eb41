/*
 * Documents of lists: GET, with what is looked for behind the address, as the members of an ask (doc/front.md). The gate hands out a file that can no longer be
 * changed. portal.h.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "portal/portal.h"

#define TOKYO 32400

static const struct document {
	const char *path;
	enum sk_front_what what;
	const char *type, *extension;
	const char *name[2]; /* English, Japanese */
} documents[] = {
    {SK_PORTAL_API "transfers.xlsx", SK_FRONT_EXPORT,
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx",
	{"transfers", "移送一覧"}},
};

static const struct document *document_of(const char *url)
{
	size_t i = 0;

	while (strcmp(documents[i].path, url) != 0)
		i++;
	return &documents[i];
}

static enum MHD_Result take(
    void *ctx, enum MHD_ValueKind kind, const char *name, size_t nname, const char *value, size_t n)
{
	return sk_portal_query_put(ctx, sk_slice(name, nname), sk_slice(value ? value : "", n)) == 0
		   ? MHD_YES
		   : MHD_NO;
}

/* The day on which it was made is part of its name. */
static int name_of(const struct document *d, bool english, struct sk_buf *out)
{
	time_t now = time(NULL) + TOKYO;
	char day[16], name[128];
	struct tm tm;

	if (gmtime_r(&now, &tm) == NULL || strftime(day, sizeof(day), "%Y%m%d", &tm) == 0)
		return SK_EINTERNAL;
	snprintf(name, sizeof(name), "%s-%s.%s", d->name[!english], day, d->extension);
	return sk_portal_attachment(name, out);
}

static enum MHD_Result give(struct sk_visit *v, const struct document *d)
{
	struct sk_buf name = SK_BUF(1024);
	enum MHD_Result rc;

	if (name_of(d, v->english, &name) == 0 && sk_buf_putc(&name, 0) == 0)
		rc = sk_visit_file(v, d->type, (const char *)name.p);
	else
		rc = sk_visit_refuse(v, SK_FRONT_WHY_FAULT, NULL);
	sk_buf_free(&name);
	return rc;
}

static enum MHD_Result ask(struct sk_visit *v, const struct document *d)
{
	struct sk_buf json = SK_BUF(SK_FRONT_ASK_BYTES);
	struct sk_portal_query q;
	enum MHD_Result rc;

	sk_portal_query(&q, d->what);
	MHD_get_connection_values_n(v->c, MHD_GET_ARGUMENT_KIND, take, &q);
	if (q.rc == 0)
		q.rc = sk_front_write(&q.ask, &json, &q.fault);
	v->english = q.ask.language && strcmp(q.ask.language, "en") == 0;
	rc = q.rc == 0            ? sk_visit_ask(v, sk_buf_slice(&json))
	     : q.rc == SK_EFORMAT ? sk_visit_refuse(v, q.fault.why, q.fault.field)
				  : sk_visit_refuse(v, SK_FRONT_WHY_FAULT, NULL);
	sk_buf_free(&json);
	return rc;
}

static enum MHD_Result end(struct sk_visit *v, const char *url)
{
	const struct document *d = document_of(url);

	if (!v->answered)
		return ask(v, d);
	if (v->answer.status != MHD_HTTP_OK || v->fd < 0)
		return sk_visit_answer(v);
	return give(v, d);
}

const struct sk_page sk_pages_document[] = {
    {.method = "GET", .path = SK_PORTAL_API "transfers.xlsx", .end = end},
    {.method = NULL},
};
