/* Asks on their way to the gate, and its answers: portal.h. */
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
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

/* The gate answered as to somebody who is logged in: from now on the session is charged by itself. */
static void know(struct sk_visit *v)
{
	uint8_t key[SK_LIMIT_KEY];
	unsigned status = v->answer.status;

	if (v->anybody || status < 200 || status >= 500 || status == MHD_HTTP_UNAUTHORIZED)
		return;
	if (key_of_session(&v->who, key) && !sk_limits_knows(v->portal->limits, key))
		sk_limits_take(v->portal->limits, key, sessions, sk_now_ms());
}

/* --- to the gate --- */

/* The first ones are for who waits, all of them for what is only told. */
static struct sk_relayed *empty(struct sk_portal *p, size_t n)
{
	for (size_t i = n; i-- > 0;)
		if (p->relayed[i].serial == 0)
			return &p->relayed[i];
	return NULL;
}

static struct sk_relayed *room(struct sk_visit *v, enum sk_front_why *why)
{
	struct sk_portal *p = v->portal;
	size_t same = 0;

	for (size_t i = 0; i < SK_PORTAL_ASKS; i++)
		same +=
		    p->relayed[i].serial && memcmp(p->relayed[i].key, v->key, SK_LIMIT_KEY) == 0;
	*why = same < SK_PORTAL_ASKS_OF_ONE ? SK_FRONT_WHY_BUSY : SK_FRONT_WHY_LIMIT;
	return same < SK_PORTAL_ASKS_OF_ONE ? empty(p, SK_PORTAL_ASKS) : NULL;
}

static int say(struct sk_portal *p, const struct sk_front_terminal *who, struct sk_slice json,
    uint32_t *serial)
{
	struct sk_buf b = SK_BUF(SK_CHANNEL_BODY);
	int rc = sk_front_put_terminal(who, json, &b);

	if (++p->serial == 0)
		p->serial = 1;
	*serial = p->serial;
	if (rc == 0)
		rc = sk_child_send(
		    &p->child, SK_PLACE_GATE, SK_FRONT_ASK, *serial, sk_buf_slice(&b), NULL, 0);
	if (b.p)
		explicit_bzero(b.p, b.len);
	sk_buf_free(&b);
	return rc;
}

enum sk_front_why sk_relay_ask(struct sk_visit *v, struct sk_slice json)
{
	enum sk_front_why why;
	struct sk_relayed *r = room(v, &why);
	uint32_t serial;

	if (r == NULL)
		return why;
	if (say(v->portal, &v->who, json, &serial))
		return SK_FRONT_WHY_NO_GATE;
	*r = (struct sk_relayed){serial, v, {0}};
	memcpy(r->key, v->key, SK_LIMIT_KEY);
	v->relayed = r;
	v->serial = serial;
	MHD_suspend_connection(v->c);
	return SK_FRONT_WHY_NONE;
}

void sk_relay_tell(struct sk_portal *p, const struct sk_front_terminal *who, struct sk_slice json)
{
	struct sk_relayed *r = empty(p, SK_PORTAL_ASKS + SK_PORTAL_TOLD);
	uint32_t serial;

	if (r && say(p, who, json, &serial) == 0)
		*r = (struct sk_relayed){serial, NULL, {0}};
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
	if (v->body.p)
		explicit_bzero(v->body.p, v->body.len);
	sk_buf_reset(&v->body);
	v->body.max = SK_CHANNEL_BODY;
	if (sk_portal_answer(body, &v->answer) || sk_buf_put_slice(&v->body, body))
		v->answer.status = 0; /* then it is a fault of the post */
	know(v);
	MHD_resume_connection(v->c);
}

static struct sk_relayed *find(struct sk_portal *p, uint32_t serial)
{
	for (size_t i = 0; serial && i < SK_PORTAL_ASKS + SK_PORTAL_TOLD; i++)
		if (p->relayed[i].serial == serial)
			return &p->relayed[i];
	return NULL;
}

int sk_relay_answer(void *ctx, struct sk_message *m)
{
	struct sk_relayed *r = find(ctx, m->serial);

	if (r == NULL)
		return SK_EFORMAT;
	settle(r, m->body);
	return 0;
}

int sk_relay_handed(void *ctx, struct sk_message *m)
{
	struct sk_relayed *r = find(ctx, m->serial);
	struct sk_bytes what;
	struct sk_slice json;

	if (r == NULL || sk_front_get_handed(m->body, &what, &json))
		return SK_EFORMAT;
	if (r->visit) { /* else whoever asked is gone; it was handed to nobody, which the gate finds out by time */
		r->visit->handed = what;
		sk_close(&r->visit->fd);
		r->visit->fd = m->fds[0];
		m->fds[0] = -1;
	}
	sk_bytes_wipe(&what);
	settle(r, json);
	return 0;
}

void sk_relay_lost(struct sk_portal *p)
{
	struct sk_buf b = SK_BUF(512);

	if (sk_front_refuse(&b, SK_FRONT_WHY_LOST, NULL) == 0)
		for (size_t i = 0; i < SK_PORTAL_ASKS + SK_PORTAL_TOLD; i++)
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
