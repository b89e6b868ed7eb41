/*
 * sekisho-printer: a role of a post. It lays out what people print and keep, from what its gate says, so that the gate formats no documents.
 * It has no store, no key and no socket, and gives up the file system before it reads anything (post/confine.h): fonts lie in memory by then.
 *
 * Things: none. Called with arguments, by hand, it makes a workbook of a list instead (workbook.h).
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

static int serve_receipt(void *ctx, struct sk_message *m)
{
	struct sk_buf out = SK_BUF(SK_PRINT_BYTES);
	int status = draw(ctx, m, &out);

	if (status == 0 && sk_write_all(m->fds[1], out.p, out.len))
		status = SK_EIO;
	status = say(ctx, m->serial, &out, status);
	sk_buf_free(&out);
	return status == SK_EIO ? 0 : status;
}

static const struct sk_permit permits[] = {
    {SK_PRINT_RECEIPT, 1, 2, SK_CHANNEL_BODY, 2, serve_receipt},
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
