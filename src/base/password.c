/* Passwords of one file. Runs in the caller and in the cleaner's jail. */
#include "base/password.h"

#include "base/err.h"

int sk_passwords_add(struct sk_passwords *p, struct sk_slice password)
{
	if (password.n == 0 || memchr(password.p, '\0', password.n))
		return SK_EFORMAT;
	if (password.n > SK_LIMIT_PASSWORD)
		return SK_ELIMIT;
	for (uint32_t i = 0; i < p->n; i++)
		if (sk_slice_is(password, sk_password(p, i)))
			return 0;
	if (p->n == SK_LIMIT_PASSWORDS || password.n + 1 > sizeof(p->text) - p->used)
		return SK_ELIMIT;
	p->at[p->n++] = p->used;
	memcpy(p->text + p->used, password.p, password.n);
	p->used = (uint16_t)(p->used + password.n);
	p->text[p->used++] = '\0';
	return 0;
}

const char *sk_password(const struct sk_passwords *p, uint32_t i)
{
	return p->text + p->at[i];
}

bool sk_passwords_valid(const struct sk_passwords *p)
{
	size_t at = 0;

	if (p->n > SK_LIMIT_PASSWORDS || p->used > sizeof(p->text))
		return false;
	for (uint32_t i = 0; i < p->n; i++) {
		if (p->at[i] != at)
			return false;
		size_t n = strnlen(p->text + at, p->used - at);
		if (n == 0 || n > SK_LIMIT_PASSWORD || n == p->used - at)
			return false;
		at += n + 1;
	}
	return at == p->used;
}

void sk_passwords_wipe(struct sk_passwords *p)
{
	explicit_bzero(p, sizeof(*p));
}
