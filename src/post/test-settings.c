/* Tests of a post's configuration. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "post/places.h"
#include "post/settings.h"

#define MUST "zone lgwan\npolicy /etc/sekisho/city.policy\nstate /var/lib/sekisho\n"

static struct sk_settings *s;
static char why[200];

static int try_bytes(const void *p, size_t n)
{
	sk_autoclose int fd = sk_memfd("settings");
	int status;

	assert_int_equal(sk_write_all(fd, p, n), 0);
	sk_settings_free(s);
	s = NULL;
	status = sk_settings_read(fd, &s, why, sizeof(why));
	assert_int_equal(status != 0, s == NULL);
	return status;
}

static int try(const char *text)
{
	return try_bytes(text, strlen(text));
}

static void test_defaults(void **state)
{
	char path[64];

	assert_int_equal(try(MUST), 0);
	assert_string_equal(sk_settings_get(s, "zone"), "lgwan");
	assert_string_equal(
	    sk_settings_get(s, "store"), "sqlite:/var/lib/sekisho/store/store.sqlite");
	assert_string_equal(sk_settings_get(s, "control"), "/var/lib/sekisho/control");
	assert_int_equal(sk_settings_number(s, "workers", 9), 1);
	assert_int_equal(sk_settings_number(s, "lease", 60), 60);
	assert_false(sk_settings_yes(s, "users"));
	assert_null(sk_settings_get(s, "queue"));
	assert_null(sk_settings_get(s, "clamd"));
	assert_null(sk_settings_get(s, "no-such-key"));
	assert_int_equal(sk_settings_path(s, "blobs", path, sizeof(path)), 0);
	assert_string_equal(path, "/var/lib/sekisho/blobs");
	assert_int_equal(sk_settings_path(s, "blobs", path, 22), SK_ELIMIT);
}

static void test_all_of_it(void **state)
{
	const char *v[4];
	struct sk_settings_link link;
	struct sk_settings_address at;

	assert_int_equal(try("# a post\n\n" MUST "  workers\t 3  \nusers yes\nlease 120\n"
			     "store postgresql:host=/run/postgresql dbname=sekisho\n"
			     "queue sqlite:/var/lib/sekisho/queue.sqlite\n"
			     "portal https://portal.city.example:8443\n"
			     "portal-listen 127.0.0.1 8443\n"
			     "portal-pages /usr/share/sekisho/web\n"
			     "clamd /run/clamav/clamd.ctl\ncontrol /run/sekisho/control\n"
			     "link internet connect 192.0.2.2 8443\n"
			     "link mynumber listen fe80::1%eth1 65535"),
	    0);
	assert_int_equal(sk_settings_number(s, "workers", 1), 3);
	assert_true(sk_settings_yes(s, "users"));
	assert_string_equal(
	    sk_settings_get(s, "store"), "postgresql:host=/run/postgresql dbname=sekisho");
	assert_string_equal(sk_settings_get(s, "portal"), "https://portal.city.example:8443");
	assert_string_equal(sk_settings_get(s, "portal-pages"), "/usr/share/sekisho/web");
	assert_true(sk_settings_address(s, "portal-listen", &at));
	assert_string_equal(at.address, "127.0.0.1");
	assert_int_equal(at.port, 8443);
	assert_false(sk_settings_address(s, "dictionary", &at));
	assert_int_equal(sk_settings_all(s, "link", v, 4), 2);
	assert_int_equal(sk_settings_all(s, "link", v, 1), 1);
	assert_string_equal(v[0], "internet connect 192.0.2.2 8443");
	assert_true(sk_settings_link(s, 0, &link));
	assert_string_equal(link.zone, "internet");
	assert_false(link.listen);
	assert_string_equal(link.address, "192.0.2.2");
	assert_int_equal(link.port, 8443);
	assert_true(sk_settings_link(s, 1, &link));
	assert_true(link.listen);
	assert_string_equal(link.address, "fe80::1%eth1");
	assert_int_equal(link.port, 65535);
	assert_false(sk_settings_link(s, 2, &link));
}

static void refused(const char *text, const char *says)
{
	assert_int_equal(try(text), SK_EFORMAT);
	if (strstr(why, says) == NULL)
		fail_msg("'%s' is not in '%s'", says, why);
}

static void test_what_is_wrong_is_named(void **state)
{
	refused("", "this is not said: zone");
	refused("zone lgwan\nstate /x\n", "this is not said: policy");
	refused(MUST "colour red\n", "line 4: there is no such key: colour");
	refused(MUST "\n#\nzone internet\n", "line 6: this is said already: zone");
	refused(MUST "workers\n", "line 4: the value is missing: workers");
	refused(MUST "workers 0\n", "line 4: a number from 1 to 8: 0");
	refused(MUST "workers 9\n", "from 1 to 8");
	refused(MUST "workers +1\n", "from 1 to 8");
	refused(MUST "workers 01\n", "from 1 to 8");
	refused(MUST "users true\n", "yes or no: true");
	refused(MUST "lease 1h\n", "seconds");
	refused(MUST "remember-days 0\n", "days");
	refused(MUST "remember-days 3661\n", "days");
	assert_int_equal(try(MUST "remember-days 1\n"), 0);
	assert_int_equal(try(MUST "remember-days 3660\n"), 0);
	refused(MUST "lease 99999999999999999999\n", "seconds");
	refused(MUST "control run/control\n", "begins with /");
	refused(MUST "store mysql:x\n", "sqlite:FILE");
	refused(MUST "store sqlite:x\n", "begins with /");
	refused(MUST "store postgresql:host=db password = secret\n", "write passfile=FILE: store");
	refused(MUST "store postgresql://sekisho:secret@db/sekisho\n", "no password");
	refused(MUST "store postgresql://db/sekisho?PASSWORD=secret\n", "no password");
	assert_int_equal(try(MUST "store postgresql://sekisho@db:5432/sekisho?passfile=/x\n"), 0);
	refused(MUST "portal http://portal.city.example\n", "no origin");
	refused(MUST "portal https://\n", "no origin");
	refused(MUST "portal https://portal.city.example/\n", "no origin");
	refused(MUST "portal https://Portal.city.example\n", "no origin");
	refused(MUST "portal https://portal.city.example:443\n", "not a port");
	refused(MUST "portal https://portal.city.example:x\n", "not a port");
	refused(MUST "portal https://a.example\nportal-listen 127.0.0.1\n", "not ADDRESS PORT");
	refused(MUST "portal https://a.example\nportal-listen portal 443\n", "no numeric address");
	refused(MUST "portal https://a.example\nportal-listen :: 65536\n", "not a port");
	refused(MUST "portal-listen :: 443\n", "portal is not");
	refused(MUST "directory ldaps://d.city.example\n", "directory-base is not");
	refused(MUST "directory http://d.city.example\n", "no directory");
	refused(MUST "directory ldaps://d.city.example/dc=x?sub\n", "no directory");
	refused(MUST "directory ldaps://a@d.city.example\n", "no directory");
	refused(MUST "directory ldaps://d.city.example:x\n", "not a port");
	refused(MUST "directory-filter uid={}\n", "a filter is");
	refused(MUST "directory-filter (uid=x)\n", "a filter is");
	refused(MUST "directory-filter (|(uid={})(cn={}))\n", "a filter is");
	assert_int_equal(
	    try(MUST
		"directory ldap://d.city.example:1389\ndirectory-base dc=city, dc=example\n"
		"directory-user cn=finder,dc=city\ndirectory-filter (&(objectClass=user)(sAMAccountName={}))\n"),
	    0);
	assert_string_equal(sk_settings_get(s, "directory-base"), "dc=city, dc=example");
	refused("zone LGWAN\n", "line 1: this is not a name of a zone");
	refused("zone ..\n", "not a name");
	refused("zone a/b\n", "not a name");
	refused("zone l\xE3\x82\n", "UTF-8");
	refused("zone a\rb\n", "control character");
}

static void test_links(void **state)
{
	refused(MUST "link internet\n", "a link is");
	refused(MUST "link internet listen 192.0.2.1 1 more\n", "a link is");
	refused(MUST "link INTERNET listen 192.0.2.1 1\n", "not a name");
	refused(MUST "link internet hear 192.0.2.1 1\n", "listens or connects");
	refused(MUST "link internet listen gate.example.jp 1\n", "numeric");
	refused(MUST "link internet listen 192.0.2.1%eth0 1\n", "numeric");
	refused(MUST "link internet listen fe80::1% 1\n", "numeric");
	refused(MUST "link internet listen 192.0.2.1 0\n", "port");
	refused(MUST "link internet listen 192.0.2.1 65536\n", "port");
	refused(MUST "link lgwan listen 192.0.2.1 1\n", "own zone");
	refused(MUST "link a listen 192.0.2.1 1\nlink a connect 192.0.2.1 2\n", "said already");
	refused(MUST "link a listen ::1 1\nlink a\tconnect ::1 2\n", "said already");
	refused(MUST "link a listen ::1 1\nlink b listen ::1 1\nlink c listen ::1 1\n"
		     "link d listen ::1 1\nlink e listen ::1 1\n",
	    "too many links");
	assert_int_equal(
	    try(MUST "link a listen ::1 1\nlink ab listen ::1 2\nlink a-b listen ::1 3\n"), 0);
}

static void test_limits(void **state)
{
	char *text = malloc(SK_SETTINGS_BYTES + 2);

	memset(text, '\n', SK_SETTINGS_BYTES + 2);
	memcpy(text, MUST, sizeof(MUST) - 1);
	assert_int_equal(try_bytes(text, SK_SETTINGS_BYTES), 0);
	assert_int_equal(try_bytes(text, SK_SETTINGS_BYTES + 1), SK_ELIMIT);
	memset(text, '#', SK_SETTINGS_LINE + 1);
	assert_int_equal(try_bytes(text, SK_SETTINGS_LINE + 1), SK_EFORMAT);
	assert_non_null(strstr(why, "too long"));
	/* the default of the socket would not fit into an address */
	snprintf(text, SK_SETTINGS_BYTES, "zone a\npolicy /p\nstate /%0110d\n", 1);
	refused(text, "control");
	free(text);
}

static void test_the_file_is_not_moved(void **state)
{
	sk_autoclose int fd = sk_memfd("settings");

	assert_int_equal(sk_write_all(fd, MUST, sizeof(MUST) - 1), 0);
	for (int i = 0; i < 2; i++) {
		sk_settings_free(s);
		s = NULL;
		assert_int_equal(sk_settings_read(fd, &s, why, sizeof(why)), 0);
	}
	assert_int_equal(lseek(fd, 0, SEEK_CUR), sizeof(MUST) - 1);
	assert_int_equal(sk_settings_read(-1, &s, why, sizeof(why)), SK_EIO);
}

static int teardown(void **state)
{
	sk_settings_free(s);
	s = NULL;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_defaults),
	    cmocka_unit_test(test_all_of_it),
	    cmocka_unit_test(test_what_is_wrong_is_named),
	    cmocka_unit_test(test_links),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_the_file_is_not_moved),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
