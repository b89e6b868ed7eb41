/* Keys, certificates and pins of the crossing, by GnuTLS: keys.h. */
#include "crossing/keys.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#include "base/err.h"
#include "base/hex.h"

#define HOUR 3600
#define YEAR ((int64_t)365 * 24 * HOUR)

/* --- making --- */

static int name_it(gnutls_x509_crt_t c, const char *name, int64_t now)
{
	uint8_t serial[16];
	int rc = gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof(serial));

	serial[0] &= 0x7f; /* a serial number is positive, and not 0 (RFC 5280, section 4.1.2.2) */
	serial[0] |= 0x40;
	rc = rc ? rc : gnutls_x509_crt_set_version(c, 3);
	rc = rc ? rc : gnutls_x509_crt_set_serial(c, serial, sizeof(serial));
	rc = rc ? rc
		: gnutls_x509_crt_set_dn_by_oid(
		      c, GNUTLS_OID_X520_COMMON_NAME, 0, name, (unsigned)strlen(name));
	rc = rc ? rc : gnutls_x509_crt_set_activation_time(c, now - HOUR);
	return rc ? rc : gnutls_x509_crt_set_expiration_time(c, now + SK_CERTIFICATE_YEARS * YEAR);
}

/* Both ends of a link may be either side of a connection. */
static int allow_uses(gnutls_x509_crt_t c)
{
	int rc = gnutls_x509_crt_set_basic_constraints(c, 0, -1);

	rc = rc ? rc : gnutls_x509_crt_set_key_usage(c, GNUTLS_KEY_DIGITAL_SIGNATURE);
	rc = rc ? rc : gnutls_x509_crt_set_key_purpose_oid(c, GNUTLS_KP_TLS_WWW_SERVER, 0);
	return rc ? rc : gnutls_x509_crt_set_key_purpose_oid(c, GNUTLS_KP_TLS_WWW_CLIENT, 0);
}

static int write_both(
    gnutls_x509_privkey_t k, gnutls_x509_crt_t c, struct sk_buf *key, struct sk_buf *crt)
{
	gnutls_datum_t k_pem = {NULL, 0}, c_pem = {NULL, 0};
	int rc = gnutls_x509_privkey_export2_pkcs8(
	    k, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &k_pem);

	rc = rc ? rc : gnutls_x509_crt_export2(c, GNUTLS_X509_FMT_PEM, &c_pem);
	if (rc == 0) {
		sk_buf_put(key, k_pem.data, k_pem.size);
		sk_buf_put(crt, c_pem.data, c_pem.size);
	}
	if (k_pem.data)
		gnutls_memset(k_pem.data, 0, k_pem.size);
	gnutls_free(k_pem.data);
	gnutls_free(c_pem.data);
	return rc ? SK_EINTERNAL : key->err ? key->err : crt->err;
}

static int make(gnutls_x509_privkey_t k, gnutls_x509_crt_t c, const char *name, int64_t now)
{
	int rc = gnutls_x509_privkey_generate(
	    k, GNUTLS_PK_EDDSA_ED25519, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_ED25519), 0);

	rc = rc ? rc : gnutls_x509_crt_set_key(c, k);
	rc = rc ? rc : name_it(c, name, now);
	rc = rc ? rc : allow_uses(c);
	rc = rc ? rc : gnutls_x509_crt_sign2(c, c, k, GNUTLS_DIG_UNKNOWN, 0);
	return rc ? SK_EINTERNAL : 0;
}

int sk_crossing_key_new(
    const char *name, int64_t now, struct sk_buf *key, struct sk_buf *certificate)
{
	gnutls_x509_privkey_t k = NULL;
	gnutls_x509_crt_t c = NULL;
	int status = 0;

	if (name[0] == '\0' || strlen(name) > 64 || now < HOUR)
		return SK_EARG;
	if (gnutls_x509_privkey_init(&k) || gnutls_x509_crt_init(&c))
		status = SK_ENOMEM;
	if (status == 0)
		status = make(k, c, name, now);
	if (status == 0)
		status = write_both(k, c, key, certificate);
	gnutls_x509_privkey_deinit(k);
	if (c)
		gnutls_x509_crt_deinit(c);
	return status;
}

/* --- pins --- */

int sk_crossing_pin_of(struct gnutls_x509_crt_int *c, uint8_t pin[SK_PIN_BYTES])
{
	gnutls_datum_t spki = {NULL, 0};
	gnutls_pubkey_t k = NULL;
	int rc = gnutls_pubkey_init(&k);

	rc = rc ? rc : gnutls_pubkey_import_x509(k, c, 0);
	rc = rc ? rc : gnutls_pubkey_export2(k, GNUTLS_X509_FMT_DER, &spki);
	rc = rc ? rc : gnutls_hash_fast(GNUTLS_DIG_SHA256, spki.data, spki.size, pin);
	gnutls_free(spki.data);
	if (k)
		gnutls_pubkey_deinit(k);
	return rc ? SK_EFORMAT : 0;
}

int sk_crossing_pin(struct sk_slice certificate, uint8_t pin[SK_PIN_BYTES])
{
	gnutls_datum_t pem = {(uint8_t *)(uintptr_t)certificate.p, (unsigned)certificate.n};
	gnutls_x509_crt_t c = NULL;
	int status = SK_EFORMAT;

	if (certificate.n > SK_PEM_BYTES)
		return SK_EFORMAT;
	if (gnutls_x509_crt_init(&c))
		return SK_ENOMEM;
	if (gnutls_x509_crt_import(c, &pem, GNUTLS_X509_FMT_PEM) == 0)
		status = sk_crossing_pin_of(c, pin);
	gnutls_x509_crt_deinit(c);
	return status;
}

void sk_crossing_pin_text(const uint8_t pin[SK_PIN_BYTES], char text[SK_PIN_TEXT])
{
	sk_hex_text(text, pin, SK_PIN_BYTES);
}

int sk_crossing_pins_read(struct sk_slice text, struct sk_pins *pins)
{
	struct sk_pins p = {0};

	for (size_t at = 0; at < text.n;) {
		size_t end = sk_slice_find(text, at, SK_SLICE_LIT("\n"));
		struct sk_slice line = sk_slice_sub(text, at, (end < text.n ? end : text.n) - at);

		at += line.n + 1;
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (p.n == SK_PINS_MOST || sk_hex_parse(line, p.v[p.n++], SK_PIN_BYTES))
			return SK_EFORMAT;
	}
	if (p.n == 0)
		return SK_EFORMAT;
	*pins = p;
	return 0;
}

bool sk_crossing_pinned(const struct sk_pins *pins, const uint8_t pin[SK_PIN_BYTES])
{
	for (size_t i = 0; i < pins->n; i++)
		if (memcmp(pins->v[i], pin, SK_PIN_BYTES) == 0)
			return true;
	return false;
}
