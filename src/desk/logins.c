/* Passwords that the login role looks at, while the gate goes on: desk.h, login/login.h. The gate. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "desk/asks.h"

/* Of one terminal at once: so that none keeps the others waiting. */
#define OF_ONE_TERMINAL 4

struct sk_logins {
	struct {
		struct sk_asked *q; /* NULL: free */
		uint32_t serial;
		int64_t until; /* sk_now_ms */
		sk_logins_then *then;
	} v[SK_SECRETS_AT_ONCE];
	uint32_t serial;
	bool there; /* the role is */
};

int sk_logins_open(struct sk_desk *d)
{
	randombytes_buf(d->challenge_key, sizeof(d->challenge_key));
	d->logins = calloc(1, sizeof(*d->logins));
	return d->logins ? 0 : SK_ENOMEM;
}

static void end(struct sk_logins *l, size_t i, const struct sk_secret_done *done)
{
	struct sk_asked *q = l->v[i].q;

	l->v[i].q = NULL;
	l->v[i].then(q, done);
}

/* Nobody answers them any more. */
static void end_all(struct sk_logins *l)
{
	for (size_t i = 0; i < SK_SECRETS_AT_ONCE; i++)
		if (l->v[i].q)
			end(l, i, NULL);
}

void sk_logins_met(struct sk_desk *d)
{
	end_all(d->logins);
	d->logins->there = true;
}

void sk_logins_lost(struct sk_desk *d)
{
	d->logins->there = false;
	end_all(d->logins);
}

int64_t sk_desk_answer_ms(const struct sk_desk *d)
{
	uint64_t s = sk_settings_number(d->settings, "patience", SK_DESK_ANSWER_S);

	return (int64_t)(s < SK_DESK_ANSWER_S ? s : SK_DESK_ANSWER_S) * 1000;
}

int64_t sk_logins_due(const struct sk_desk *d)
{
	int64_t at = INT64_MAX;

	for (size_t i = 0; i < SK_SECRETS_AT_ONCE; i++)
		if (d->logins->v[i].q && d->logins->v[i].until < at)
			at = d->logins->v[i].until;
	return at;
}

/* It is started anew; whoever waits hears so now. */
void sk_logins_tick(struct sk_desk *d)
{
	if (sk_logins_due(d) > sk_now_ms())
		return;
	sk_desk_log("the login role does not answer");
	sk_child_denounce(&d->child, SK_PLACE_LOGIN);
	sk_logins_lost(d);
}

void sk_logins_close(struct sk_desk *d)
{
	if (d->logins)
		end_all(d->logins);
	free(d->logins);
	d->logins = NULL;
}

/* SK_SECRETS_AT_ONCE: no place for this terminal. */
static size_t free_place(const struct sk_logins *l, const struct sk_asked *q)
{
	size_t at = SK_SECRETS_AT_ONCE, same = 0;

	for (size_t i = 0; i < SK_SECRETS_AT_ONCE; i++)
		if (l->v[i].q == NULL)
			at = i;
		else
			same += memcmp(l->v[i].q->terminal.address, q->terminal.address,
				    sizeof(q->terminal.address)) == 0;
	return same < OF_ONE_TERMINAL ? at : SK_SECRETS_AT_ONCE;
}

int sk_logins_ask(struct sk_asked *q, const struct sk_secret_ask *ask, sk_logins_then *then)
{
	struct sk_desk *d = q->act.desk;
	struct sk_logins *l = d->logins;
	struct sk_buf body = SK_BUF(SK_SECRET_ASK_MOST);
	size_t i = free_place(l, q);
	int status;

	if (!l->there)
		return sk_asked_fail(q, SK_FRONT_WHY_UNREADY, "login");
	if (i == SK_SECRETS_AT_ONCE)
		return sk_asked_fail(q, SK_FRONT_WHY_BUSY, NULL);
	status = sk_secret_put_ask(ask, &body);
	if (status == 0)
		status = sk_child_send(&d->child, SK_PLACE_LOGIN, SK_SECRET_ASK, ++l->serial,
		    sk_buf_slice(&body), NULL, 0);
	if (body.p)
		explicit_bzero(body.p, body.cap);
	sk_buf_free(&body);
	if (status)
		return sk_asked_fail(q, SK_FRONT_WHY_UNREADY, "login");
	l->v[i].q = q;
	l->v[i].serial = l->serial;
	l->v[i].then = then;
	l->v[i].until = sk_now_ms() + sk_desk_answer_ms(d);
	return 0;
}

static int serve_done(void *ctx, struct sk_message *m)
{
	struct sk_logins *l = ((struct sk_desk *)ctx)->logins;
	struct sk_secret_done done;
	size_t i = 0;

	while (i < SK_SECRETS_AT_ONCE && (l->v[i].q == NULL || l->v[i].serial != m->serial))
		i++;
	if (i == SK_SECRETS_AT_ONCE || sk_secret_get_done(m->body, &done))
		return SK_EFORMAT;
	if (done.verdict == SK_SECRET_FAILED)
		sk_desk_log("a login: %s", done.text);
	end(l, i, &done);
	return 0;
}

const struct sk_permit sk_logins_permits[] = {
    {SK_SECRET_DONE, 1, 1, SK_SECRET_DONE_MOST, 0, serve_done},
};
const size_t sk_logins_npermits = sizeof(sk_logins_permits) / sizeof(*sk_logins_permits);
