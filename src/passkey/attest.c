/* Attestations: attest.h. Statements are verified by libfido2, certificates by GnuTLS. The gate. */
#include "passkey/attest.h"

#include <fido.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#include "base/err.h"

#define FORMAT 16
#define DEPTH 4 /* a map, the list in it, and room */

/* --- the object: a map of three in the one order of CTAP2 --- */

struct parts {
	char format[FORMAT + 1];
	struct sk_slice statement;
};

static bool take(struct sk_slice *in, const char *head, size_t n)
{
	if (!sk_slice_starts(*in, sk_slice(head, n)))
		return false;
	*in = sk_slice_sub(*in, n, SIZE_MAX);
	return true;
}

static bool take_format(struct sk_slice *in, char format[FORMAT + 1])
{
	size_t n = in->n ? in->p[0] ^ 0x60U : SIZE_MAX;

	if (n == 0 || n > FORMAT || in->n < n + 1)
		return false;
	memcpy(format, in->p + 1, n);
	format[n] = '\0';
	*in = sk_slice_sub(*in, n + 1, SIZE_MAX);
	return strlen(format) == n;
}

/* "authData" and the bytes that are known already stand at the end: what is before them is the statement. */
static bool ends_with(struct sk_slice *in, struct sk_slice data)
{
	static const char name[] = "\x68"
				   "authData";
	uint8_t head[16];
	size_t n = sizeof(name) - 1;

	memcpy(head, name, n);
	if (data.n > UINT8_MAX)
		head[n++] = 0x59, head[n++] = (uint8_t)(data.n >> 8);
	else
		head[n++] = 0x58;
	head[n++] = (uint8_t)data.n;
	if (data.n > UINT16_MAX || in->n < n + data.n)
		return false;
	struct sk_slice tail = sk_slice_sub(*in, in->n - data.n - n, SIZE_MAX);
	*in = sk_slice_sub(*in, 0, in->n - data.n - n);
	return sk_slice_starts(tail, sk_slice(head, n)) &&
	       sk_slice_eq(sk_slice_sub(tail, n, SIZE_MAX), data);
}

static bool split(struct sk_slice object, struct sk_slice data, struct parts *p)
{
	if (!take(&object,
		"\xA3\x63"
		"fmt",
		5) ||
	    !take_format(&object, p->format) ||
	    !take(&object,
		"\x67"
		"attStmt",
		8) ||
	    !ends_with(&object, data))
		return false;
	p->statement = object;
	return true;
}

/* --- the statement --- */

/* An argument of a CBOR item (RFC 8949, section 3), in any length but the endless one. */
static uint64_t argument(struct sk_reader *r, uint8_t first)
{
	switch (first & 0x1F) {
	case 24:
		return sk_read_u8(r);
	case 25:
		return sk_read_u16be(r);
	case 26:
		return sk_read_u32be(r);
	case 27:
		return sk_read_u64be(r);
	default:
		r->bad |= (first & 0x1F) > 27;
		return first & 0x1F;
	}
}

/*
 * Whether it holds what its lengths say, so that nobody makes room for more than there is: libcbor believes them. A statement is a map of
 * numbers, bytes, texts and a list. `left`: items that are still to come on each level.
 */
static bool is_whole(struct sk_slice in)
{
	struct sk_reader r = sk_reader(in);
	uint64_t left[DEPTH] = {1};
	size_t level = 0;

	while (!r.bad) {
		while (level && left[level] == 0)
			level--;
		if (left[level] == 0)
			return sk_read_at_end(&r);
		uint8_t first = sk_read_u8(&r), major = first >> 5;
		uint64_t n = argument(&r, first);
		left[level]--;
		if (n > in.n && major >= 2)
			return false;
		if (major == 2 || major == 3)
			(void)sk_read_slice(&r, (size_t)n);
		else if ((major == 4 || major == 5) && level + 1 < DEPTH)
			left[++level] = major == 5 ? 2 * n : n;
		else if (major > 1)
			return false;
	}
	return false;
}

static bool is_known(const char *format)
{
	return strcmp(format, "packed") == 0 || strcmp(format, "fido-u2f") == 0 ||
	       strcmp(format, "tpm") == 0;
}

static fido_cred_t *load(const struct sk_passkey_party *party, const struct sk_passkey_answer *a,
    const struct parts *p, int type)
{
	fido_cred_t *v = fido_cred_new();

	if (v && (fido_cred_set_type(v, type) || fido_cred_set_rp(v, party->id, NULL) ||
		     fido_cred_set_clientdata(v, a->client.p, a->client.n) ||
		     fido_cred_set_authdata_raw(v, a->authenticator.p, a->authenticator.n) ||
		     fido_cred_set_fmt(v, p->format) ||
		     fido_cred_set_attstmt(v, p->statement.p, p->statement.n)))
		fido_cred_free(&v);
	return v;
}

/* One of the two kinds of keys that are taken. */
static fido_cred_t *load_either(
    const struct sk_passkey_party *party, const struct sk_passkey_answer *a, const struct parts *p)
{
	fido_cred_t *v = load(party, a, p, COSE_ES256);

	return v ? v : load(party, a, p, COSE_EDDSA);
}

/* --- the certificate --- */

static bool issued(gnutls_x509_trust_list_t list, struct sk_slice der)
{
	gnutls_datum_t raw = {(unsigned char *)(uintptr_t)der.p, (unsigned)der.n};
	gnutls_x509_crt_t crt = NULL;
	unsigned wrong = ~0U;

	if (gnutls_x509_crt_init(&crt))
		return false;
	if (gnutls_x509_crt_import(crt, &raw, GNUTLS_X509_FMT_DER) ||
	    gnutls_x509_trust_list_verify_crt(list, &crt, 1, 0, &wrong, NULL))
		wrong = ~0U;
	gnutls_x509_crt_deinit(crt);
	return wrong == 0;
}

static int judge_chain(struct sk_slice anchors, struct sk_slice der)
{
	gnutls_datum_t pem = {(unsigned char *)(uintptr_t)anchors.p, (unsigned)anchors.n};
	gnutls_x509_trust_list_t list = NULL;
	int status = SK_EREFUSED;

	if (gnutls_x509_trust_list_init(&list, 0))
		return SK_ENOMEM;
	if (gnutls_x509_trust_list_add_trust_mem(list, &pem, NULL, GNUTLS_X509_FMT_PEM, 0, 0) <= 0)
		status = SK_EFORMAT;
	else if (der.n && issued(list, der))
		status = 0;
	gnutls_x509_trust_list_deinit(list, 1);
	return status;
}

int sk_passkey_attested(const struct sk_passkey_party *party,
    const struct sk_passkey_answer *answer, struct sk_slice object, struct sk_slice anchors)
{
	struct parts p;
	fido_cred_t *v;
	int status = SK_EREFUSED;

	if (!split(object, answer->authenticator, &p) || !is_known(p.format) ||
	    !is_whole(p.statement))
		return SK_EREFUSED;
	v = load_either(party, answer, &p);
	/* one that signed itself has no certificate: it says nothing about its maker */
	if (v && fido_cred_x5c_len(v) && fido_cred_verify(v) == FIDO_OK)
		status = judge_chain(anchors, sk_slice(fido_cred_x5c_ptr(v), fido_cred_x5c_len(v)));
	fido_cred_free(&v);
	return status;
}
