/* Sending and looking at transfers: doc/front.md. The gate. */
#include <string.h>

#include "base/err.h"
#include "base/filetype.h"
#include "base/hex.h"
#include "desk/links.h"
#include "desk/uploads.h"
#include "store/peer.h"

/* --- send --- */

/* What a front end has brought; its number is used up. */
static int take_bytes(struct sk_asked *q)
{
	uint8_t hash[32];

	if (q->ask.upload == NULL || q->ask.hash == NULL || q->ask.size == SK_FRONT_UNSAID)
		return sk_asked_fail(q, SK_FRONT_WHY_MISSING, "upload");
	q->act.writer = sk_upload_take(q, q->ask.upload);
	if (q->act.writer == NULL)
		return sk_asked_fail(q, SK_FRONT_WHY_UPLOAD, NULL);
	if (sk_hex_parse(sk_slice_str(q->ask.hash), hash, sizeof(hash)))
		return SK_EARG;
	int status = sk_blob_said(q->act.writer, hash, (uint64_t)q->ask.size);

	return status == SK_EFORMAT ? sk_asked_fail(q, SK_FRONT_WHY_OTHER_BYTES, NULL) : status;
}

/* Not otherwise than it was said; what was erased when a transfer ended is not compared. */
static bool still(const char *was, const char *is)
{
	return was == NULL || (is && strcmp(was, is) == 0);
}

static bool same_bytes(const struct sk_asked *q, const struct sk_transfer *t)
{
	uint8_t hash[32];

	return t->original_hash.n != sizeof(hash) ||
	       (q->ask.hash && sk_hex_parse(sk_slice_str(q->ask.hash), hash, sizeof(hash)) == 0 &&
		   memcmp(t->original_hash.p, hash, sizeof(hash)) == 0);
}

/* Whether it is what was acknowledged under this number: nothing else may be answered as if it were taken. */
static bool is_again(const struct sk_asked *q, const struct sk_transfer *t)
{
	return t->requester && strcmp(t->requester, q->member) == 0 &&
	       still(t->zone_from, q->act.desk->zone) && still(t->zone_to, q->ask.to) &&
	       still(t->file_name, q->ask.name) && still(t->recipient, q->ask.recipient) &&
	       same_bytes(q, t);
}

/* Asked again with the same number: the same transfer. */
static int was_sent(struct sk_asked *q, const struct sk_transfer *t)
{
	bool again = is_again(q, t);

	sk_blob_drop(q->ask.upload ? sk_upload_take(q, q->ask.upload) : NULL);
	if (!again)
		return sk_asked_fail(q, SK_FRONT_WHY_VALUE, "id");
	sk_show_set(q->out, "transfer", sk_show_transfer(q, t, 0, false));
	json_object_set_new(q->out, "status", json_string("ok"));
	return 0;
}

static int look_send(struct sk_asked *q)
{
	struct sk_transfer t;
	int status =
	    q->ask.id ? sk_transfer_load(q->act.desk->db, q->arena, q->ask.id, &t) : SK_ENOENTRY;

	if (status == 0)
		return was_sent(q, &t);
	if (status != SK_ENOENTRY)
		return status;
	if (q->ask.recipient && sk_asked_member(q, q->ask.recipient) == NULL)
		return sk_asked_fail(q, SK_FRONT_WHY_NOT_MEMBER, q->ask.recipient);
	if (q->ask.claimed && sk_filetype_by_name(q->ask.claimed) == SK_FT_UNKNOWN)
		return sk_asked_fail(q, SK_FRONT_WHY_VALUE, "claimed");
	if (q->ask.sealed && q->ask.id == NULL)
		return sk_asked_fail(q, SK_FRONT_WHY_MISSING, "id");
	return take_bytes(q);
}

/* The extension of a name claims a type. */
static enum sk_filetype claimed_by(const char *name)
{
	for (unsigned t = SK_FT_UNKNOWN + 1; t < SK_FT_COUNT; t++)
		if (sk_filetype_fits((enum sk_filetype)t, name))
			return (enum sk_filetype)t;
	return SK_FT_UNKNOWN;
}

/* What is said of it, and what the extension of its name claims unless that is said. */
static void said(const struct sk_asked *q, struct sk_recorded *r)
{
	struct sk_query *s = &r->request;

	sk_recorded_init(r);
	s->ask = SK_ASK_FILE;
	s->from = q->act.desk->zone;
	s->to = q->ask.to;
	s->route = q->ask.route;
	s->requester = q->member;
	s->login = q->login;
	s->classes[SK_CONFIDENTIALITY] = q->ask.class;
	s->classes[SK_INTEGRITY] = q->ask.integrity;
	s->classes[SK_AVAILABILITY] = q->ask.availability;
	s->claimed = q->ask.claimed ? sk_filetype_by_name(q->ask.claimed) : claimed_by(q->ask.name);
	s->space = SK_YES;
	if (sk_way_to(q->act.desk, q->ask.to))
		sk_way_path(sk_way_to(q->act.desk, q->ask.to), s);
}

static int add_sealed(struct sk_gate *g, const struct sk_asked *q, const struct sk_transfer *t)
{
	uint8_t box[2048];
	size_t n = strlen(q->ask.sealed) / 2;

	if (t->state != SK_AT_CLEANING)
		return 0;
	if (n > sizeof(box) || sk_hex_parse(sk_slice_str(q->ask.sealed), box, n))
		return SK_EARG;
	return sk_sealed_add(g->db, t->id, sk_slice(box, n));
}

static int run_send(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	struct sk_transfer t, after;
	struct sk_recorded facts;
	int status = q->ask.id ? sk_transfer_load(g->db, a, q->ask.id, &t) : SK_ENOENTRY;

	if (status == 0) { /* asked twice at once: the other one came first */
		was_sent(q, &t);
		return SK_EREFUSED;
	}
	if (status != SK_ENOENTRY)
		return status;
	sk_transfer_init(&t);
	if (q->number[0] == '\0')
		memcpy(q->number, q->ask.id ? q->ask.id : t.id, SK_TRANSFER_ID);
	memcpy(t.id, q->number, SK_TRANSFER_ID);
	t.owner = q->act.desk->zone;
	t.original = q->act.blob.name;
	t.original_hash = sk_slice(q->act.blob.sha256, sizeof(q->act.blob.sha256));
	t.original_size = (int64_t)q->act.blob.size;
	t.file_name = q->ask.name;
	t.requester_name = q->title;
	t.recipient = q->ask.recipient;
	t.reason = q->ask.reason;
	said(q, &facts);
	status = sk_gate_receive(g, a, &t, &facts, &after);
	if (status == 0 && q->ask.sealed)
		status = add_sealed(g, q, &after);
	if (status == 0)
		sk_show_set(q->out, "transfer", sk_show_transfer(q, &after, 0, false));
	return status;
}

/* Denied at once: by which line of the policy. */
static int after_send(struct sk_asked *q)
{
	struct sk_transfer t;

	if (sk_transfer_load(q->act.desk->db, q->arena, q->number, &t) == 0 &&
	    t.state == SK_AT_DENIED)
		sk_show_set(q->out, "decision", sk_show_decision(q, &t));
	return 0;
}

static void why_send(struct sk_asked *q, int status)
{
	if (status == SK_EREFUSED || status == SK_EARG)
		sk_asked_fail(q, SK_FRONT_WHY_POLICY, q->ask.to);
}

/* --- show --- */

static int look_show(struct sk_asked *q)
{
	struct sk_transfer t;
	unsigned holds = 0;
	int status = sk_asked_load(q, q->ask.id, &t, &holds);

	if (status)
		return status;
	sk_show_set(q->out, "transfer", sk_show_transfer(q, &t, holds, true));
	sk_show_set(q->out, "decision", sk_show_decision(q, &t));
	sk_show_set(q->out, "votes", sk_show_votes(q, &t));
	sk_show_set(q->out, "history", sk_show_history(q, t.id));
	return 0;
}

const struct sk_ask_of sk_asks_transfer[] = {
    {SK_FRONT_SEND, SK_ASK_MEMBER, look_send, run_send, after_send, why_send},
    {SK_FRONT_SHOW, SK_ASK_SEER, look_show, NULL, NULL, NULL},
    {.what = SK_FRONT_COUNT},
};
