/* One end of a link: end.h. */
#include "crossing/end.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/utf8.h"
#include "post/confine.h"
#include "crossing/crossing.h"
#include "post/places.h"

enum { SILENT, TALKING }; /* states of the gate: it begins by saying how far it has heard */

/* --- to the gate; one that is gone is told everything anew when it is back --- */

static void say(struct sk_end *e, uint32_t kind, struct sk_buf *body)
{
	if (!body->err)
		sk_child_send(&e->child, SK_PLACE_GATE, kind, 0, sk_buf_slice(body), NULL, 0);
	sk_buf_free(body);
}

void sk_end_state(struct sk_end *e, enum sk_link_state state, const char *text)
{
	struct sk_link_status s = {.state = (uint8_t)state};
	struct sk_buf body = SK_BUF(SK_LINK_STATUS_BYTES);

	sk_utf8_display(s.text, sizeof(s.text), sk_slice_str(text ? text : ""));
	if (s.state == e->said.state && strcmp(s.text, e->said.text) == 0)
		return;
	e->said = s;
	if (sk_link_put_status(&s, &body) == 0)
		say(e, SK_LINK_STATE, &body);
	sk_buf_free(&body);
}

void sk_end_got(struct sk_end *e, struct sk_object *o, int status)
{
	struct sk_link_got got = {.status = status};
	struct sk_buf body = SK_BUF(SK_LINK_GOT_BYTES);

	memcpy(got.id, o->what.id, sizeof(got.id));
	sk_objects_remove(&e->objects, o);
	sk_link_put_got(&got, &body);
	say(e, SK_LINK_GOT, &body);
}

int sk_end_complete(struct sk_end *e, struct sk_object *o)
{
	int status = sk_object_complete(o);

	if (status != SK_EBUSY)
		sk_end_got(e, o, status);
	return status;
}

/* Where it cannot be read now it is told as what is not right: nobody would ever have it. */
static void prove(struct sk_end *e, struct sk_object *o)
{
	struct sk_buf body = SK_BUF(SK_LINK_ID_BYTES);
	int status = sk_object_prove(o);

	if (status == 0 || status == SK_EBUSY)
		return;
	sk_link_put_id(o->what.id, &body);
	sk_objects_remove(&e->objects, o);
	say(e, SK_LINK_SPOILT, &body);
}

bool sk_end_prove(struct sk_end *e)
{
	struct sk_object *o = sk_objects_unproved(&e->objects);

	if (o)
		prove(e, o);
	return sk_objects_unproved(&e->objects) != NULL;
}

static void tell_sent(struct sk_end *e)
{
	struct sk_buf number = SK_BUF(SK_LINK_NUMBER_BYTES);

	if (sk_mail_tell(&e->mail)) {
		sk_link_put_number(e->mail.told, &number);
		say(e, SK_LINK_SENT, &number);
	}
}

void sk_end_heard(struct sk_end *e, const struct sk_exchange *x)
{
	struct sk_buf batch = SK_BUF(SK_CHANNEL_BODY);

	sk_mail_sent(&e->mail, x->heard);
	tell_sent(e);
	/* behind a gap, as when our gate began anew meanwhile, they are asked for again */
	if (x->after <= e->mail.came && sk_mail_take(&e->mail, &x->letters, &batch))
		say(e, SK_LINK_CAME, &batch);
	sk_buf_free(&batch);
}

/* --- from the gate --- */

static void news(struct sk_end *e)
{
	if (e->news)
		e->news(e);
}

static int serve_letters(void *ctx, struct sk_message *m)
{
	struct sk_end *e = ctx;
	int status = sk_mail_give(&e->mail, m->body);

	tell_sent(e);
	news(e);
	return status;
}

static int serve_heard(void *ctx, struct sk_message *m)
{
	struct sk_end *e = ctx;
	uint64_t number;
	int status = sk_link_get_number(m->body, &number);

	if (status == 0)
		status = sk_mail_heard(&e->mail, number);
	e->child.state[SK_PLACE_GATE] = TALKING;
	news(e);
	return status;
}

static int add(struct sk_end *e, struct sk_message *m, bool fetch)
{
	struct sk_link_object what;
	struct sk_object *o = NULL;
	int status = sk_link_get_object(m->body, &what);

	if (status)
		return status;
	status = sk_objects_add(&e->objects, &what, fetch, &m->fds[0], &o);
	/* what is there already may be all of it */
	if (status == 0 && fetch && o->have == o->what.size)
		sk_end_complete(e, o);
	else if (status == 0 && !fetch && o->have == 0)
		prove(e, o);
	news(e);
	return status;
}

static int serve_fetch(void *ctx, struct sk_message *m)
{
	return add(ctx, m, true);
}

static int serve_give(void *ctx, struct sk_message *m)
{
	return add(ctx, m, false);
}

static int serve_drop(void *ctx, struct sk_message *m)
{
	struct sk_end *e = ctx;
	char id[SK_LETTER_ID + 1];
	int status = sk_link_get_id(m->body, id);

	for (int fetch = 0; status == 0 && fetch <= 1; fetch++) {
		struct sk_object *o = sk_objects_find(&e->objects, id, fetch);
		if (o)
			sk_objects_remove(&e->objects, o);
	}
	news(e);
	return status;
}

#define AT(state) (1U << (state))

const struct sk_permit sk_end_permits[] = {
    {SK_LINK_HEARD, AT(SILENT) | AT(TALKING), SK_LINK_NUMBER_BYTES, SK_LINK_NUMBER_BYTES, 0,
	serve_heard},
    {SK_LINK_LETTERS, AT(TALKING), 1, SK_LETTERS_BYTES, 0, serve_letters},
    {SK_LINK_FETCH, AT(TALKING), SK_LINK_OBJECT_BYTES, SK_LINK_OBJECT_BYTES, 1, serve_fetch},
    {SK_LINK_GIVE, AT(TALKING), SK_LINK_OBJECT_BYTES, SK_LINK_OBJECT_BYTES, 1, serve_give},
    {SK_LINK_DROP, AT(TALKING), SK_LINK_ID_BYTES, SK_LINK_ID_BYTES, 0, serve_drop},
};
const size_t sk_end_npermits = sizeof(sk_end_permits) / sizeof(*sk_end_permits);

/* --- beginning --- */

int sk_end_read(struct sk_end *e, const char *thing, struct sk_buf *out)
{
	sk_autoclose int fd = sk_child_take(&e->child, thing);
	struct sk_slice s = {NULL, 0};
	int status = fd < 0 ? SK_EARG : sk_map(fd, &s);

	if (status == 0)
		status = sk_buf_put_slice(out, s);
	if (status)
		fprintf(stderr, "%s: %s: %s\n", e->name, thing,
		    fd < 0 ? "not handed over" : sk_strerror(status));
	sk_unmap(&s);
	return status;
}

int sk_end_begin(struct sk_end *e)
{
	struct sk_buf pins = SK_BUF(SK_PEM_BYTES);
	int status = sk_end_read(e, SK_CROSSING_OWN_KEY, &e->key);

	status = status ? status : sk_end_read(e, SK_CROSSING_OWN_CRT, &e->crt);
	status = status ? status : sk_end_read(e, SK_CROSSING_PINS, &pins);
	if (status == 0) {
		status = sk_crossing_pins_read(sk_buf_slice(&pins), &e->pins);
		if (status)
			fprintf(stderr, "%s: " SK_CROSSING_PINS ": no pins, or not one a line\n",
			    e->name);
	}
	/* texts for the libraries */
	sk_buf_putc(&e->key, 0);
	sk_buf_putc(&e->crt, 0);
	sk_buf_free(&pins);
	return status ? status : e->key.err ? e->key.err : e->crt.err;
}

int sk_end_confine(struct sk_end *e, uint16_t port)
{
	const char *what = "";
	int status = sk_confine(port, &what);

	if (status)
		fprintf(stderr, "%s: it cannot be confined: %s\n", e->name, what);
	return status;
}

void sk_end_met(struct sk_end *e)
{
	struct sk_link_status said = e->said;
	struct sk_buf body = SK_BUF(SK_LINK_STATUS_BYTES);

	sk_mail_clear(&e->mail);
	sk_objects_clear(&e->objects);
	if (sk_link_put_status(&said, &body) == 0)
		say(e, SK_LINK_STATE, &body);
	news(e);
}

void sk_end_free(struct sk_end *e)
{
	sk_mail_clear(&e->mail);
	sk_objects_clear(&e->objects);
	if (e->key.p)
		explicit_bzero(e->key.p, e->key.len);
	sk_buf_free(&e->key);
	sk_buf_free(&e->crt);
}
