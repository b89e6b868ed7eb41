/*
 * sekisho-printer: a role of a post. It lays out what people print and keep, receipts and workbooks, from what its gate says, so that the gate formats no documents.
 * It has no store, no key and no socket, and gives up the file system before it reads anything (post/confine.h): fonts lie in memory by then.
 *
 * Things: none. Called with arguments it makes a workbook by hand instead (workbook.h).
 */
#include <jansson.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/fd.h"
#include "cmd/workbook.h"
#include "post/child.h"
#include "post/confine.h"
#include "post/places.h"
#include "printer/paper.h"
#include "printer/print.h"

struct role {
	struct sk_child child;
	struct sk_fonts fonts;
};

static int fail(const char *what)
{
	fprintf(stderr, "sekisho-printer: %s\n", what);
	return SK_EIO;
}

/* A page that nobody sees: what the libraries find out once, they find out while they still can. */
static int warm_up(struct role *r)
{
	struct sk_buf out = SK_BUF(SK_PRINT_BYTES);
	json_t *nothing = json_object();
	int status = nothing ? sk_paper_receipt(&r->fonts, nothing, NULL, &out) : SK_ENOMEM;

	json_decref(nothing);
	sk_buf_free(&out);
	return status;
}

static int begin(void *ctx)
{
	struct role *r = ctx;
	const char *what = "";

	workbook_init();
	if (sk_fonts_open(&r->fonts))
		return fail("there is no font with Japanese signs (fonts-noto-cjk)");
	if (warm_up(r))
		return fail("no memory");
	if (sk_confine(0, &what)) {
		fprintf(stderr, "sekisho-printer: it cannot be confined: %s\n", what);
		return SK_EIO;
	}
	return 0;
}

/* --- receipts --- */

static int read_proof(int fd, struct sk_paper_proof *p, bool *any)
{
	struct sk_slice bytes;
	int status = sk_map(fd, &bytes);

	if (status)
		return status;
	*any = bytes.n > 0;
	status = *any ? sk_paper_proof(bytes, p) : 0;
	sk_unmap(&bytes);
	return status;
}

static int draw(struct role *r, struct sk_message *m, struct sk_buf *out)
{
	json_t *what = json_loadb((const char *)m->body.p, m->body.n, JSON_REJECT_DUPLICATES, NULL);
	struct sk_paper_proof proof;
	bool any = false;
	int status = json_is_object(what) ? read_proof(m->fds[0], &proof, &any) : SK_EFORMAT;

	if (status == 0)
		status = sk_paper_receipt(&r->fonts, what, any ? &proof : NULL, out);
	json_decref(what);
	return status;
}

static int say(struct role *r, uint32_t serial, const struct sk_buf *made, int status)
{
	struct sk_print_done d = {.size = status ? 0 : made->len};
	struct sk_buf body = SK_BUF(SK_PRINT_DONE_MOST);
	struct sha256_ctx hash;

	if (status) {
		snprintf(d.text, sizeof(d.text), "it could not be laid out (%d)", status);
	} else {
		sha256_init(&hash);
		sha256_update(&hash, made->len, made->p);
		sha256_digest(&hash, sizeof(d.sha256), d.sha256);
	}
	status = sk_print_put_done(&d, &body);
	if (status == 0)
		status = sk_child_send(
		    &r->child, SK_PLACE_GATE, SK_PRINT_DONE, serial, sk_buf_slice(&body), NULL, 0);
	sk_buf_free(&body);
	return status;
}

/* The document into the file that came along; it is freed. */
static int give(struct role *r, struct sk_message *m, struct sk_buf *out, int status)
{
	if (status == 0 && sk_write_all(m->fds[1], out->p, out->len))
		status = SK_EIO;
	status = say(r, m->serial, out, status);
	sk_buf_free(out);
	return status == SK_EIO ? 0 : status;
}

static int serve_receipt(void *ctx, struct sk_message *m)
{
	struct sk_buf out = SK_BUF(SK_PRINT_BYTES);

	return give(ctx, m, &out, draw(ctx, m, &out));
}

/* --- workbooks --- */

/* What is said of the list; the texts are the object's. */
static int read_how(const json_t *how, enum workbook_table *table, const char **language)
{
	const char *name = json_string_value(json_object_get(how, "table"));

	*language = json_string_value(json_object_get(how, "language"));
	*table = name ? workbook_table(name) : WORKBOOK_TABLES;
	return *language && *table != WORKBOOK_TABLES ? 0 : SK_EFORMAT;
}

static int lay_out(const json_t *how, int fd, struct sk_buf *out)
{
	enum workbook_table table;
	struct sk_slice rows = {0};
	const char *language;
	int status = read_how(how, &table, &language);

	if (status == 0)
		status = sk_map(fd, &rows);
	if (status == 0)
		status = rows.n > SK_PRINT_ROWS
			     ? SK_ELIMIT
			     : workbook_make(table, rows, language,
				   json_is_true(json_object_get(how, "cut")), out);
	sk_unmap(&rows);
	return status;
}

static int serve_book(void *ctx, struct sk_message *m)
{
	struct sk_buf out = SK_BUF(SK_PRINT_BYTES);
	json_t *how = json_loadb((const char *)m->body.p, m->body.n, JSON_REJECT_DUPLICATES, NULL);
	int status = lay_out(how, m->fds[0], &out);

	json_decref(how);
	return give(ctx, m, &out, status);
}

static const struct sk_permit permits[] = {
    {SK_PRINT_RECEIPT, 1, 2, SK_CHANNEL_BODY, 2, serve_receipt},
    {SK_PRINT_BOOK, 1, 2, SK_CHANNEL_BODY, 2, serve_book},
};

int main(int argc, char **argv)
{
	static const struct sk_child_ops ops = {
	    .peers = {[SK_PLACE_GATE] = {permits, sizeof(permits) / sizeof(*permits)}},
	    .begin = begin,
	};
	static struct role r;
	if (argc > 1)
		return workbook(argc, argv);
	int status = sk_child_run(&r.child, &ops, &r);

	sk_fonts_close(&r.fonts);
	return status;
}
