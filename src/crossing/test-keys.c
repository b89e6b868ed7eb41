/* Tests of keys, certificates and pins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/err.h"
#include "crossing/keys.h"

#define NOW 1764000000
#define A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define B "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static struct sk_buf key = SK_BUF(SK_PEM_BYTES), crt = SK_BUF(SK_PEM_BYTES);

static int reset(void **state)
{
	sk_buf_free(&key);
	sk_buf_free(&crt);
	return 0;
}

static void test_a_new_key(void **state)
{
	uint8_t first[SK_PIN_BYTES], second[SK_PIN_BYTES];

	assert_int_equal(sk_crossing_key_new("lgwan", NOW, &key, &crt), 0);
	assert_true(
	    sk_slice_starts(sk_buf_slice(&key), SK_SLICE_LIT("-----BEGIN PRIVATE KEY-----")));
	assert_int_equal(sk_crossing_pin(sk_buf_slice(&crt), first), 0);
	sk_buf_reset(&key);
	sk_buf_reset(&crt);
	assert_int_equal(sk_crossing_key_new("lgwan", NOW, &key, &crt), 0);
	assert_int_equal(sk_crossing_pin(sk_buf_slice(&crt), second), 0);
	assert_memory_not_equal(first, second, SK_PIN_BYTES);
}

/* The pin is that of `openssl x509 -pubkey | openssl pkey -pubin -outform DER | sha256sum`. */
static void test_a_known_pin(void **state)
{
	static const char pem[] =
	    "-----BEGIN CERTIFICATE-----\n"
	    "MIIBNDCB56ADAgECAhRJarERl/fDBbJHUJVCAVsmO/GmFzAFBgMrZXAwEDEOMAwG\n"
	    "A1UEAwwFa25vd24wHhcNMjYxMTIzMTYxMTE3WhcNMzYxMTIwMTYxMTE3WjAQMQ4w\n"
	    "DAYDVQQDDAVrbm93bjAqMAUGAytlcAMhAHIglAR7Rth+nuiBlsrHPQiQNzL+hmVy\n"
	    "naIgtRxYY0SMo1MwUTAdBgNVHQ4EFgQUq2JJdc6XA9zoFWv7qRVNEWwSi5QwHwYD\n"
	    "VR0jBBgwFoAUq2JJdc6XA9zoFWv7qRVNEWwSi5QwDwYDVR0TAQH/BAUwAwEB/zAF\n"
	    "BgMrZXADQQB6xj66C30OXOExo4acRqKzBB7WfN3zsiVpr1h6mnGP/VTOUzaqIDXS\n"
	    "LS4s5yccIhJTiE169qXY4AO5PR48DE8I\n"
	    "-----END CERTIFICATE-----\n";
	uint8_t pin[SK_PIN_BYTES];
	char text[SK_PIN_TEXT];

	assert_int_equal(sk_crossing_pin(SK_SLICE_LIT(pem), pin), 0);
	sk_crossing_pin_text(pin, text);
	assert_string_equal(
	    text, "833ce130b7aa7ccd38fb559a55e5538b75110330f60f46f79cef48f354b7c4c2");
}

static void test_what_is_no_certificate(void **state)
{
	uint8_t pin[SK_PIN_BYTES];

	assert_int_equal(sk_crossing_pin(SK_SLICE_LIT(""), pin), SK_EFORMAT);
	assert_int_equal(
	    sk_crossing_pin(SK_SLICE_LIT("-----BEGIN CERTIFICATE-----\nAAAA\n"), pin), SK_EFORMAT);
	assert_int_equal(sk_crossing_key_new("", NOW, &key, &crt), SK_EARG);
	assert_int_equal(sk_crossing_key_new("lgwan", 0, &key, &crt), SK_EARG);
	assert_int_equal(crt.len, 0);
}

static void test_pins(void **state)
{
	struct sk_pins p;

	assert_int_equal(sk_crossing_pins_read(SK_SLICE_LIT("# old\n" A "\n\n" B), &p), 0);
	assert_int_equal(p.n, 2);
	assert_true(sk_crossing_pinned(&p, p.v[1]));
	assert_int_equal(p.v[0][31], 0xff);
	p.n = 1;
	assert_false(sk_crossing_pinned(&p, p.v[1]));
	p.n = 0;
	assert_false(sk_crossing_pinned(&p, p.v[0]));
	assert_int_equal(sk_crossing_pins_read(SK_SLICE_LIT(A "\r\n"), &p), 0);
}

/* A file that names no key allows nobody; it is an error to be told, not a link for all. */
static void test_pins_that_are_none(void **state)
{
	static const char *const bad[] = {"", "# nothing\n", "00\n", A "0\n", " " A "\n",
	    "g" A "\n", "FF112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", A " \n",
	    A "\nx\n", A "\n" A "\n" A "\n" A "\n" B "\n"};
	struct sk_pins p = {.n = 7};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(sk_crossing_pins_read(sk_slice_str(bad[i]), &p), SK_EFORMAT);
	assert_int_equal(p.n, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_teardown(f, reset)
	    T(test_a_new_key), T(test_a_known_pin), T(test_what_is_no_certificate), T(test_pins),
	    T(test_pins_that_are_none)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
