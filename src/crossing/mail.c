/* Letters at one end of a link: mail.h. */
#include "crossing/mail.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

struct sk_mail_item {
	struct sk_mail_item *next;
	struct sk_carried letter; /* its body stands behind */
	uint8_t body[];
};

static void drop_first(struct sk_mail *m)
{
	struct sk_mail_item *i = m->first;

	m->first = i->next;
	if (m->first == NULL)
		m->last = NULL;
	m->n--;
	free(i);
}

void sk_mail_clear(struct sk_mail *m)
{
	while (m->first)
		drop_first(m);
	*m = (struct sk_mail){0};
}

/* --- the gate --- */

static int keep(struct sk_mail *m, const struct sk_carried *c)
{
	struct sk_mail_item *i;

	if (c->number <= m->sent) { /* said again by a gate that had not heard of it */
		m->given = c->number;
		return 0;
	}
	if (m->n == SK_LINK_AHEAD)
		return SK_ELIMIT;
	i = calloc(1, sizeof(*i) + c->body.n);
	if (i == NULL)
		return SK_ENOMEM;
	i->letter = *c;
	if (c->body.n)
		memcpy(i->body, c->body.p, c->body.n);
	i->letter.body.p = i->body;
	*(m->last ? &m->last->next : &m->first) = i;
	m->last = i;
	m->n++;
	m->given = c->number;
	return 0;
}

int sk_mail_give(struct sk_mail *m, struct sk_slice batch)
{
	static struct sk_letters l;
	int status = m->begun ? sk_letters_get(batch, &l) : SK_EFORMAT;

	for (size_t i = 0; !status && i < l.n; i++)
		if (l.v[i].number > m->given)
			status = keep(m, &l.v[i]);
	return status;
}

int sk_mail_heard(struct sk_mail *m, uint64_t number)
{
	size_t left = 0;

	if (m->begun && (number > m->came || number < m->heard))
		return SK_EFORMAT;
	if (!m->begun)
		m->came = number;
	m->begun = true;
	m->heard = number;
	for (size_t i = 0; i < m->nunheard; i++)
		if (m->unheard[i] > number)
			m->unheard[left++] = m->unheard[i];
	m->nunheard = left;
	return 0;
}

/* --- ours --- */

bool sk_mail_waits(const struct sk_mail *m, uint64_t after)
{
	return m->last && m->last->letter.number > after;
}

uint64_t sk_mail_batch(const struct sk_mail *m, uint64_t after, struct sk_buf *out)
{
	size_t n = 0;

	for (const struct sk_mail_item *i = m->first; i && n < SK_LETTERS_MOST; i = i->next) {
		if (i->letter.number <= after)
			continue;
		if (sk_letters_put(&i->letter, out))
			break;
		after = i->letter.number;
		n++;
	}
	return after;
}

void sk_mail_sent(struct sk_mail *m, uint64_t number)
{
	if (number <= m->sent)
		return;
	m->sent = number;
	while (m->first && m->first->letter.number <= number)
		drop_first(m);
}

bool sk_mail_tell(struct sk_mail *m)
{
	uint64_t number = m->sent < m->given ? m->sent : m->given;

	if (number <= m->told)
		return false;
	m->told = number;
	return true;
}

/* --- theirs --- */

bool sk_mail_room(const struct sk_mail *m)
{
	return m->begun && m->nunheard < SK_LINK_AHEAD;
}

size_t sk_mail_take(struct sk_mail *m, const struct sk_letters *in, struct sk_buf *out)
{
	size_t taken = 0;

	for (size_t i = 0; i < in->n && sk_mail_room(m); i++) {
		if (in->v[i].number <= m->came)
			continue;
		if (sk_letters_put(&in->v[i], out))
			break;
		m->came = in->v[i].number;
		m->unheard[m->nunheard++] = m->came;
		taken++;
	}
	return taken;
}
