/* The other end of a connection: peer.h. The same check at both sides, beside what the HTTP libraries do by themselves. */
#include "crossing/peer.h"

#include <gnutls/x509.h>
#include <stdio.h>

#include "base/err.h"

static int refuse(char why[SK_PEER_WHY], const char *text)
{
	snprintf(why, SK_PEER_WHY, "%s", text);
	return SK_EREFUSED;
}

static int judge_dates(gnutls_x509_crt_t c, int64_t now, char why[SK_PEER_WHY])
{
	if (now < (int64_t)gnutls_x509_crt_get_activation_time(c))
		return refuse(why, "the certificate is not valid yet");
	if (now > (int64_t)gnutls_x509_crt_get_expiration_time(c))
		return refuse(why, "the certificate has expired");
	return 0;
}

static int judge(
    const gnutls_datum_t *der, const struct sk_pins *pins, int64_t now, char why[SK_PEER_WHY])
{
	gnutls_x509_crt_t c = NULL;
	uint8_t pin[SK_PIN_BYTES];
	char text[SK_PIN_TEXT];
	int status;

	if (gnutls_x509_crt_init(&c))
		return refuse(why, "no memory");
	if (gnutls_x509_crt_import(c, der, GNUTLS_X509_FMT_DER) || sk_crossing_pin_of(c, pin)) {
		status = refuse(why, "the certificate cannot be read");
	} else if (!sk_crossing_pinned(pins, pin)) {
		sk_crossing_pin_text(pin, text);
		snprintf(why, SK_PEER_WHY, "the key is not pinned: %s", text);
		status = SK_EREFUSED;
	} else {
		status = judge_dates(c, now, why);
	}
	gnutls_x509_crt_deinit(c);
	return status;
}

int sk_crossing_peer(
    gnutls_session_t session, const struct sk_pins *pins, int64_t now, char why[SK_PEER_WHY])
{
	unsigned n = 0;
	const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &n);

	if (gnutls_protocol_get_version(session) != GNUTLS_TLS1_3)
		return refuse(why, "the connection is not TLS 1.3");
	if (gnutls_session_is_resumed(session))
		return refuse(why, "the session is resumed");
	if (chain == NULL || n == 0)
		return refuse(why, "there is no certificate");
	return judge(&chain[0], pins, now, why);
}
