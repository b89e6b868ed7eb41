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
	{"transfers", "転送一覧"}},
    {SK_PORTAL_API "ledger.xlsx", SK_FRONT_LEDGER_EXPORT,
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx",
	{"ledger", "記録台帳"}},
    {SK_PORTAL_API "ledger.tar", SK_FRONT_LEDGER_RECEIPTS, "application/x-tar", "tar",
	{"ledger-receipts", "記録台帳の証明"}},
    {SK_PORTAL_API "ledger.receipt", SK_FRONT_LEDGER_PROOF, "application/octet-stream", "receipt",
	{"ledger-entry", "記録台帳の記録"}},
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

/* What it is one of, or the day on which it was made, is part of its name. */
static int name_of(const struct document *d, const struct sk_visit *v, struct sk_buf *out)
{
	time_t now = time(NULL) + TOKYO;
	char part[24], name[128];
	struct tm tm;

	if (d->what == SK_FRONT_LEDGER_PROOF)
		snprintf(part, sizeof(part), "%llu", (unsigned long long)v->sheet);
	else if (gmtime_r(&now, &tm) == NULL || strftime(part, sizeof(part), "%Y%m%d", &tm) == 0)
		return SK_EINTERNAL;
	snprintf(name, sizeof(name), "%s-%s.%s", d->name[!v->english], part, d->extension);
	return sk_portal_attachment(name, out);
}

static enum MHD_Result give(struct sk_visit *v, const struct document *d)
{
	struct sk_buf name = SK_BUF(1024);
	enum MHD_Result rc;

	if (name_of(d, v, &name) == 0 && sk_buf_putc(&name, 0) == 0)
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
	sk_portal_query_end(&q, &json);
	v->sheet = (uint64_t)q.ask.number;
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
    {.method = "GET", .path = SK_PORTAL_API "ledger.xlsx", .end = end},
    {.method = "GET", .path = SK_PORTAL_API "ledger.tar", .end = end},
    {.method = "GET", .path = SK_PORTAL_API "ledger.receipt", .end = end},
    {.method = NULL},
};
