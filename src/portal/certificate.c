/* Authority and certificate of a portal, by GnuTLS: certificate.h. */
#include "portal/certificate.h"

#include <arpa/inet.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

#define HOUR 3600
#define DAY ((int64_t)24 * HOUR)

int sk_portal_host(const char *origin, char host[SK_PORTAL_HOST])
{
	const char *at = strncmp(origin, "https://", 8) == 0 ? origin + 8 : "";
	size_t n = strcspn(at, ":");
	struct in_addr v4;

	if (n == 0 || n >= SK_PORTAL_HOST)
		return SK_EARG;
	snprintf(host, SK_PORTAL_HOST, "%.*s", (int)n, at);
	return inet_pton(AF_INET, host, &v4) == 1 ? SK_EARG : 0;
}

/* --- parts of a certificate --- */

static gnutls_datum_t datum(const void *p, size_t n)
{
	return (gnutls_datum_t){(uint8_t *)(uintptr_t)p, (unsigned)n};
}

/* A serial number is positive, and not 0 (RFC 5280, section 4.1.2.2). */
static int set_serial(gnutls_x509_crt_t c)
{
	uint8_t serial[16];
	int rc = gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof(serial));

	serial[0] = (serial[0] & 0x7f) | 0x40;
	return rc ? rc : gnutls_x509_crt_set_serial(c, serial, sizeof(serial));
}

static int set_name(gnutls_x509_crt_t c, const char *name)
{
	return gnutls_x509_crt_set_dn_by_oid(
	    c, GNUTLS_OID_X520_COMMON_NAME, 0, name, (unsigned)strlen(name));
}

static int set_time(gnutls_x509_crt_t c, int64_t now, int64_t days)
{
	int rc = gnutls_x509_crt_set_activation_time(c, now - HOUR);

	return rc ? rc : gnutls_x509_crt_set_expiration_time(c, now + days * DAY);
}

/* What it vouches for is found by the id of its key. */
static int set_ids(gnutls_x509_crt_t c, gnutls_x509_crt_t issuer)
{
	uint8_t id[64];
	size_t n = sizeof(id);
	int rc = gnutls_x509_crt_get_key_id(c, GNUTLS_KEYID_USE_SHA256, id, &n);

	rc = rc ? rc : gnutls_x509_crt_set_subject_key_id(c, id, n < 20 ? n : 20);
	n = sizeof(id);
	rc = rc ? rc : gnutls_x509_crt_get_key_id(issuer, GNUTLS_KEYID_USE_SHA256, id, &n);
	return rc ? rc : gnutls_x509_crt_set_authority_key_id(c, id, n < 20 ? n : 20);
}

/* This host, and no address. */
static int constrain(gnutls_x509_crt_t c, const char *host)
{
	static const uint8_t all[32];
	gnutls_x509_name_constraints_t nc;
	gnutls_datum_t name = datum(host, strlen(host)), v4 = datum(all, 8), v6 = datum(all, 32);
	int rc = gnutls_x509_name_constraints_init(&nc);

	if (rc)
		return rc;
	rc = gnutls_x509_name_constraints_add_permitted(nc, GNUTLS_SAN_DNSNAME, &name);
	rc = rc ? rc : gnutls_x509_name_constraints_add_excluded(nc, GNUTLS_SAN_IPADDRESS, &v4);
	rc = rc ? rc : gnutls_x509_name_constraints_add_excluded(nc, GNUTLS_SAN_IPADDRESS, &v6);
	rc = rc ? rc : gnutls_x509_crt_set_name_constraints(c, nc, 1);
	gnutls_x509_name_constraints_deinit(nc);
	return rc;
}

static int describe_authority(gnutls_x509_crt_t c, const char *zone, const char *host, int64_t now)
{
	char name[64];
	int rc;

	snprintf(name, sizeof(name), "sekisho %.40s portal", zone);
	rc = set_serial(c);
	rc = rc ? rc : set_name(c, name);
	rc = rc ? rc : set_time(c, now, (int64_t)365 * SK_AUTHORITY_YEARS);
	rc = rc ? rc : gnutls_x509_crt_set_basic_constraints(c, 1, 0);
	rc = rc ? rc
		: gnutls_x509_crt_set_key_usage(c, GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN);
	rc = rc ? rc : constrain(c, host);
	return rc ? rc : set_ids(c, c);
}

static int describe_portal(
    gnutls_x509_crt_t c, gnutls_x509_crt_t authority, const char *host, int64_t now)
{
	int rc = set_serial(c);

	/* a common name holds 64 letters; browsers look at the other name alone */
	rc = rc ? rc : set_name(c, strlen(host) <= 64 ? host : "sekisho portal");
	rc = rc ? rc : set_time(c, now, SK_CERTIFICATE_DAYS);
	rc = rc ? rc : gnutls_x509_crt_set_basic_constraints(c, 0, -1);
	rc = rc ? rc : gnutls_x509_crt_set_key_usage(c, GNUTLS_KEY_DIGITAL_SIGNATURE);
	rc = rc ? rc : gnutls_x509_crt_set_key_purpose_oid(c, GNUTLS_KP_TLS_WWW_SERVER, 0);
	rc = rc ? rc
		: gnutls_x509_crt_set_subject_alt_name(
		      c, GNUTLS_SAN_DNSNAME, host, (unsigned)strlen(host), GNUTLS_FSAN_SET);
	return rc ? rc : set_ids(c, authority);
}

/* --- making --- */

static int write_pair(gnutls_x509_privkey_t k, gnutls_x509_crt_t c, struct sk_portal_pair *out)
{
	gnutls_datum_t key = {NULL, 0}, crt = {NULL, 0};
	int rc = gnutls_x509_privkey_export2_pkcs8(
	    k, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &key);

	rc = rc ? rc : gnutls_x509_crt_export2(c, GNUTLS_X509_FMT_PEM, &crt);
	if (rc == 0) {
		sk_buf_put(&out->key, key.data, key.size);
		sk_buf_put(&out->crt, crt.data, crt.size);
	}
	if (key.data)
		gnutls_memset(key.data, 0, key.size);
	gnutls_free(key.data);
	gnutls_free(crt.data);
	return rc ? SK_EINTERNAL : out->key.err ? out->key.err : out->crt.err;
}

struct work {
	gnutls_x509_privkey_t key, authority_key;
	gnutls_x509_crt_t crt, authority;
};

static int begin(struct work *w)
{
	*w = (struct work){NULL, NULL, NULL, NULL};
	if (gnutls_x509_privkey_init(&w->key) || gnutls_x509_privkey_init(&w->authority_key) ||
	    gnutls_x509_crt_init(&w->crt) || gnutls_x509_crt_init(&w->authority))
		return SK_ENOMEM;
	if (gnutls_x509_privkey_generate(
		w->key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0) ||
	    gnutls_x509_crt_set_version(w->crt, 3) || gnutls_x509_crt_set_key(w->crt, w->key))
		return SK_EINTERNAL;
	return 0;
}

static void end(struct work *w)
{
	gnutls_x509_privkey_deinit(w->key);
	gnutls_x509_privkey_deinit(w->authority_key);
	if (w->crt)
		gnutls_x509_crt_deinit(w->crt);
	if (w->authority)
		gnutls_x509_crt_deinit(w->authority);
}

int sk_portal_authority_new(
    const char *zone, const char *host, int64_t now, struct sk_portal_pair *out)
{
	struct work w;
	int rc = now < HOUR ? SK_EARG : begin(&w);

	if (rc == SK_EARG)
		return rc;
	if (rc == 0 && (describe_authority(w.crt, zone, host, now) ||
			   gnutls_x509_crt_sign2(w.crt, w.crt, w.key, GNUTLS_DIG_SHA256, 0)))
		rc = SK_EINTERNAL;
	rc = rc ? rc : write_pair(w.key, w.crt, out);
	end(&w);
	return rc;
}

static int load_authority(struct work *w, const struct sk_portal_pair *a)
{
	gnutls_datum_t key = datum(a->key.p, a->key.len), crt = datum(a->crt.p, a->crt.len);

	if (gnutls_x509_privkey_import(w->authority_key, &key, GNUTLS_X509_FMT_PEM) ||
	    gnutls_x509_crt_import(w->authority, &crt, GNUTLS_X509_FMT_PEM))
		return SK_EFORMAT;
	return 0;
}

int sk_portal_certificate_new(const struct sk_portal_pair *authority, const char *host, int64_t now,
    struct sk_portal_pair *out)
{
	struct work w;
	int rc = now < HOUR ? SK_EARG : begin(&w);

	if (rc == SK_EARG)
		return rc;
	rc = rc ? rc : load_authority(&w, authority);
	if (rc == 0 &&
	    (describe_portal(w.crt, w.authority, host, now) ||
		gnutls_x509_crt_sign2(w.crt, w.authority, w.authority_key, GNUTLS_DIG_SHA256, 0)))
		rc = SK_EINTERNAL;
	rc = rc ? rc : write_pair(w.key, w.crt, out);
	end(&w);
	return rc;
}

int sk_portal_fingerprint(struct sk_slice certificate, char text[SK_CERTIFICATE_TEXT])
{
	gnutls_datum_t pem = datum(certificate.p, certificate.n);
	uint8_t hash[32];
	size_t n = sizeof(hash);
	gnutls_x509_crt_t c;
	int rc;

	if (gnutls_x509_crt_init(&c))
		return SK_ENOMEM;
	rc = gnutls_x509_crt_import(c, &pem, GNUTLS_X509_FMT_PEM);
	rc = rc ? rc : gnutls_x509_crt_get_fingerprint(c, GNUTLS_DIG_SHA256, hash, &n);
	gnutls_x509_crt_deinit(c);
	if (rc || n != sizeof(hash))
		return SK_EFORMAT;
	for (size_t i = 0; i < n; i++)
		snprintf(text + 3 * i, SK_CERTIFICATE_TEXT - 3 * i, "%02X%s", hash[i],
		    i + 1 < n ? ":" : "");
	return 0;
}

void sk_portal_pair_free(struct sk_portal_pair *p)
{
	if (p->key.p)
		explicit_bzero(p->key.p, p->key.len);
	sk_buf_free(&p->key);
	sk_buf_free(&p->crt);
}
