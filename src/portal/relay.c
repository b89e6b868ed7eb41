/* Asks on their way to the gate, and its answers: portal.h. */
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "portal/portal.h"
#include "post/places.h"

/* Who is not known yet shares what his address has: an office behind one address logs in at half past eight. */
static const struct sk_rate strangers = {20, 200};
static const struct sk_rate sessions = {100, 2000};

/* --- how often --- */

/* What a session is called in memory is not what opens it. */
static bool key_of_session(const struct sk_front_terminal *who, uint8_t key[SK_LIMIT_KEY])
{
	static const uint8_t none[sizeof(who->session)];

	if (memcmp(who->session, none, sizeof(none)) == 0)
		return false;
	return gnutls_hash_fast(GNUTLS_DIG_SHA256, who->session, sizeof(who->session), key) == 0;
}

bool sk_relay_allowed(struct sk_visit *v)
{
	struct sk_limits *l = v->portal->limits;

	if (key_of_session(&v->who, v->key) && sk_limits_knows(l, v->key))
		return sk_limits_take(l, v->key, sessions, sk_now_ms());
	sk_limit_address(v->who.address, v->key);
	return sk_limits_take(l, v->key, strangers, sk_now_ms());
}

/* The gate knows the session: from now on it is charged by itself. */
static void know(struct sk_visit *v)
{
	uint8_t key[SK_LIMIT_KEY];

	if (v->answer.status == 200 && key_of_session(&v->who, key) &&
	    !sk_limits_knows(v->portal->limits, key))
		sk_limits_take(v->portal->limits, key, sessions, sk_now_ms());
}

/* --- to the gate --- */

static struct sk_relayed *room(struct sk_visit *v, enum sk_front_why *why)
{
	struct sk_portal *p = v->portal;
	struct sk_relayed *empty = NULL;
	size_t same = 0;

	for (size_t i = 0; i < SK_PORTAL_ASKS; i++)
		if (p->relayed[i].serial == 0)
			empty = &p->relayed[i];
		else
			same += memcmp(p->relayed[i].key, v->key, SK_LIMIT_KEY) == 0;
	*why = same < SK_PORTAL_ASKS_OF_ONE ? SK_FRONT_WHY_BUSY : SK_FRONT_WHY_LIMIT;
	return same < SK_PORTAL_ASKS_OF_ONE ? empty : NULL;
}

static uint32_t next_serial(struct sk_portal *p)
{
	if (++p->serial == 0)
		p->serial = 1;
	return p->serial;
}

enum sk_front_why sk_relay_ask(struct sk_visit *v, struct sk_slice json)
{
	struct sk_portal *p = v->portal;
	struct sk_buf b = SK_BUF(SK_CHANNEL_BODY);
	uint32_t serial = next_serial(p);
	enum sk_front_why why;
	struct sk_relayed *r = room(v, &why);
	int rc;

	if (r == NULL)
		return why;
	rc = sk_front_put_terminal(&v->who, json, &b);
	if (rc == 0)
		rc = sk_child_send(
		    &p->child, SK_PLACE_GATE, SK_FRONT_ASK, serial, sk_buf_slice(&b), NULL, 0);
	if (b.p)
		explicit_bzero(b.p, b.len);
	sk_buf_free(&b);
	if (rc)
		return SK_FRONT_WHY_NO_GATE;
	*r = (struct sk_relayed){serial, v, {0}};
	memcpy(r->key, v->key, SK_LIMIT_KEY);
	v->relayed = r;
	MHD_suspend_connection(v->c);
	return SK_FRONT_WHY_NONE;
}

/* --- and back --- */

void sk_relay_forget(struct sk_visit *v)
{
	if (v->relayed)
		v->relayed->visit = NULL;
	v->relayed = NULL;
}

/* What the gate said is kept until the connection is awake. */
static void settle(struct sk_relayed *r, struct sk_slice body)
{
	struct sk_visit *v = r->visit;

	*r = (struct sk_relayed){0};
	if (v == NULL)
		return;
	v->relayed = NULL;
	v->answered = true;
	sk_buf_reset(&v->body);
	v->body.max = SK_CHANNEL_BODY;
	if (sk_portal_answer(body, &v->answer) || sk_buf_put_slice(&v->body, body))
		v->answer.status = 0; /* then it is a fault of the post */
	know(v);
	MHD_resume_connection(v->c);
}

int sk_relay_answer(void *ctx, struct sk_message *m)
{
	struct sk_portal *p = ctx;

	for (size_t i = 0; m->serial && i < SK_PORTAL_ASKS; i++)
		if (p->relayed[i].serial == m->serial) {
			settle(&p->relayed[i], m->body);
			return 0;
		}
	return SK_EFORMAT;
}

void sk_relay_lost(struct sk_portal *p)
{
	struct sk_buf b = SK_BUF(512);

	if (sk_front_refuse(&b, SK_FRONT_WHY_LOST, NULL) == 0)
		for (size_t i = 0; i < SK_PORTAL_ASKS; i++)
			if (p->relayed[i].serial)
				settle(&p->relayed[i], sk_buf_slice(&b));
	sk_buf_free(&b);
}

bool sk_relay_waits(const struct sk_portal *p)
{
	for (size_t i = 0; i < SK_PORTAL_ASKS; i++)
		if (p->relayed[i].serial)
			return true;
	return false;
}
