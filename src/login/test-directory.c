/*
 * Tests of the directory, with a slapd of our own on the loopback: right and wrong passwords, names that would be a filter, a
 * certificate that nobody has signed, referrals, a server that is away.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <ftw.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "login/directory.h"

#define BASE "dc=city,dc=example"
#define ROOT "cn=admin," BASE

static char top[64], plain[64], tls[64], ca[128], other_ca[128];
static pid_t slapd;

static const char config[] =
    "include /etc/ldap/schema/core.schema\n"
    "include /etc/ldap/schema/cosine.schema\n"
    "include /etc/ldap/schema/inetorgperson.schema\n"
    "modulepath /usr/lib/ldap\nmoduleload back_mdb\n"
    "TLSCertificateFile %s/server.crt\nTLSCertificateKeyFile %s/server.key\n"
    "database mdb\nsuffix \"" BASE "\"\nrootdn \"" ROOT "\"\nrootpw adminsecret\n"
    "directory %s/db\n"
    "access to attrs=userPassword by anonymous auth by * none\n"
    "access to * by dn.exact=\"" ROOT "\" write by dn.exact=\"cn=finder," BASE
    "\" read by * none\n";

static const char people[] =
    "dn: " BASE "\nobjectClass: dcObject\nobjectClass: organization\ndc: city\no: city\n\n"
    "dn: cn=finder," BASE "\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\n"
    "cn: finder\nuserPassword: findersecret\n\n"
    "dn: uid=ichi," BASE
    "\nobjectClass: inetOrgPerson\nuid: ichi\ncn: ichi\nsn: a\nuserPassword: ichisecret\n\n"
    "dn: uid=ni," BASE
    "\nobjectClass: inetOrgPerson\nuid: ni\ncn: ni\nsn: b\nuserPassword: nisecret\n\n"
    "dn: uid=nopass," BASE "\nobjectClass: inetOrgPerson\nuid: nopass\ncn: c\nsn: c\n\n"
    "dn: uid=a*b," BASE
    "\nobjectClass: inetOrgPerson\nuid: a*b\ncn: d\nsn: d\nuserPassword: starsecret\n\n"
    "dn: ou=two," BASE "\nobjectClass: organizationalUnit\nou: two\n\n"
    "dn: uid=twice," BASE
    "\nobjectClass: inetOrgPerson\nuid: twice\ncn: e\nsn: e\nuserPassword: twicesecret\n\n"
    "dn: uid=twice,ou=two," BASE
    "\nobjectClass: inetOrgPerson\nuid: twice\ncn: f\nsn: f\nuserPassword: twicesecret\n\n"
    "dn: ou=elsewhere," BASE
    "\nobjectClass: referral\nobjectClass: extensibleObject\nou: elsewhere\n"
    "ref: ldap://127.0.0.1:1/ou=elsewhere," BASE "\n";

/* --- a slapd --- */

static void put_file(const char *name, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void put_file(const char *name, const char *fmt, ...)
{
	char path[128];
	va_list ap;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", top, name);
	f = fopen(path, "w");
	assert_non_null(f);
	va_start(ap, fmt);
	assert_true(vfprintf(f, fmt, ap) >= 0);
	va_end(ap);
	assert_int_equal(fclose(f), 0);
}

/* In the folder; its exit status. */
static int run(const char *program, const char *const argv[])
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (chdir(top) == 0 && freopen("log", "a", stderr) && freopen("log", "a", stdout))
			execvp(program, (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void make_certificate(const char *name)
{
	char key[32], crt[32];

	snprintf(key, sizeof(key), "%s.key", name);
	snprintf(crt, sizeof(crt), "%s.crt", name);
	const char *const argv[] = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
	    "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
	    "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", crt, NULL};
	assert_int_equal(run("openssl", argv), 0);
}

static unsigned free_port(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&at, n), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	close(fd);
	return ntohs(at.sin_port);
}

static bool answers(unsigned port)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	    .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool is = connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0;

	close(fd);
	return is;
}

static void start_slapd(unsigned one, unsigned two)
{
	char urls[160];

	snprintf(plain, sizeof(plain), "ldap://127.0.0.1:%u", one);
	snprintf(tls, sizeof(tls), "ldaps://127.0.0.1:%u", two);
	snprintf(urls, sizeof(urls), "%s/ %s/", plain, tls);
	slapd = fork();
	if (slapd == 0) {
		if (chdir(top) == 0 && freopen("log", "a", stderr))
			execl("/usr/sbin/slapd", "slapd", "-d", "0", "-f", "slapd.conf", "-h", urls,
			    (char *)NULL);
		_exit(127);
	}
	/* the guard is only against waiting for ever */
	for (int i = 0; i < 1200 && !(answers(one) && answers(two)); i++)
		nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
	assert_true(answers(two));
}

static int begin(void **state)
{
	char path[128];

	snprintf(top, sizeof(top), "/tmp/sk-directory-XXXXXX");
	assert_non_null(mkdtemp(top));
	make_certificate("server");
	make_certificate("other");
	snprintf(ca, sizeof(ca), "%s/server.crt", top);
	snprintf(other_ca, sizeof(other_ca), "%s/other.crt", top);
	put_file("slapd.conf", config, top, top, top);
	put_file("people.ldif", "%s", people);
	snprintf(path, sizeof(path), "%s/db", top);
	assert_int_equal(mkdir(path, 0700), 0);
	const char *const argv[] = {"slapadd", "-q", "-f", "slapd.conf", "-l", "people.ldif", NULL};
	assert_int_equal(run("/usr/sbin/slapadd", argv), 0);
	setenv("LDAPNOINIT", "1", 1);
	start_slapd(free_port(), free_port());
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static int end(void **state)
{
	kill(slapd, SIGTERM);
	waitpid(slapd, NULL, 0);
	return nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* --- asking --- */

static struct sk_directory directory(const char *uri)
{
	return (struct sk_directory){uri, ca, BASE, "(uid={})", "cn=finder," BASE, "findersecret"};
}

static int says(const struct sk_directory *d, const char *name, const char *secret)
{
	struct sk_secret_done done;

	sk_directory_ask(d, name, secret, &done);
	assert_int_equal(done.verdict == SK_SECRET_FAILED, done.text[0] != '\0');
	return done.verdict;
}

static void test_passwords(void **state)
{
	const struct {
		const char *name, *secret;
		int verdict;
	} cases[] = {
	    {"ichi", "ichisecret", SK_SECRET_RIGHT},
	    {"ichi", "nisecret", SK_SECRET_WRONG},
	    {"ichi", "", SK_SECRET_WRONG}, /* which a server takes for nobody, and lets in */
	    {"daremo", "x", SK_SECRET_WRONG},
	    {"nopass", "x", SK_SECRET_WRONG},
	    {"a*b", "starsecret", SK_SECRET_RIGHT},
	    {"twice", "twicesecret", SK_SECRET_WRONG}, /* two of them: who it is is not known */
	    /* names that would be a filter */
	    {"*", "ichisecret", SK_SECRET_WRONG},
	    {"ic*", "ichisecret", SK_SECRET_WRONG},
	    {"ichi)(uid=*", "ichisecret", SK_SECRET_WRONG},
	    {"x)(|(uid=ichi", "ichisecret", SK_SECRET_WRONG},
	    {"\\69chi", "ichisecret", SK_SECRET_WRONG},
	    {"uid=ichi," BASE, "ichisecret", SK_SECRET_WRONG},
	};
	const struct sk_directory ways[] = {directory(plain), directory(tls)};

	for (size_t w = 0; w < 2; w++)
		for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
			if (says(&ways[w], cases[i].name, cases[i].secret) != cases[i].verdict)
				fail_msg("%s %s", ways[w].uri, cases[i].name);
}

/* What is wrong with the directory is never a wrong password, nor a right one. */
static void test_failures(void **state)
{
	char nobody[64];
	struct sk_directory d = directory(plain);

	d.ca = other_ca;
	assert_int_equal(says(&d, "ichi", "ichisecret"), SK_SECRET_FAILED);
	d = directory(tls);
	d.ca = other_ca;
	assert_int_equal(says(&d, "ichi", "ichisecret"), SK_SECRET_FAILED);
	d = directory(tls);
	d.secret = "other";
	assert_int_equal(says(&d, "ichi", "ichisecret"), SK_SECRET_FAILED);
	d = directory(tls);
	d.base = "dc=nowhere";
	assert_int_equal(says(&d, "ichi", "ichisecret"), SK_SECRET_FAILED);
	d = directory(NULL);
	assert_int_equal(says(&d, "ichi", "ichisecret"), SK_SECRET_FAILED);
	snprintf(nobody, sizeof(nobody), "ldaps://127.0.0.1:%u", free_port());
	d = directory(nobody);
	assert_int_equal(says(&d, "ichi", "ichisecret"), SK_SECRET_FAILED);
}

/* A server that sends on to another one: nobody goes there. */
static void test_referral(void **state)
{
	struct sk_directory d = directory(tls);

	d.base = "ou=elsewhere," BASE;
	assert_int_equal(says(&d, "ichi", "ichisecret"), SK_SECRET_FAILED);
}

static void test_filter(void **state)
{
	char out[SK_DIRECTORY_FILTER], longest[SK_SECRET_TEXT + 1];

	assert_int_equal(sk_directory_filter("(uid={})", "a*(b)\\c", out), 0);
	assert_string_equal(out, "(uid=a\\2a\\28b\\29\\5cc)");
	assert_int_equal(sk_directory_filter("(&(a=b)(uid={}))", "課\x01", out), 0);
	assert_string_equal(out, "(&(a=b)(uid=\\e8\\aa\\b2\\01))");
	assert_int_equal(sk_directory_filter("(uid=x)", "a", out), SK_EARG);
	assert_int_equal(sk_directory_filter("(|(a={})(b={}))", "a", out), SK_EARG);
	assert_int_equal(sk_directory_filter("uid={}", "a", out), SK_EARG);
	memset(longest, '*', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(sk_directory_filter("(uid={})", longest, out), 0);
	assert_int_equal(strlen(out), 3 * SK_SECRET_TEXT + strlen("(uid=)"));
}

/* What the role may connect to is where its library connects to. */
static void test_place(void **state)
{
	static const struct {
		const char *uri;
		int port;
		bool named;
	} good[] = {{"ldaps://ad.city.example", 636, true}, {"ldap://ad.city.example", 389, true},
	    {"ldaps://10.2.0.9", 636, false}, {"ldap://10.2.0.9:1389", 1389, false},
	    {"ldaps://[fd00::9]:3636", 3636, false}, {"ldap://localhost:65535/", 65535, true}};
	static const char *const bad[] = {
	    "", "ldap://", "http://ad.city.example", "ldapi:///", "ad.city.example"};
	uint16_t port = 0;
	bool named = false;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_int_equal(sk_directory_place(good[i].uri, &port, &named), 0);
		assert_int_equal(port, good[i].port);
		assert_int_equal(named, good[i].named);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(sk_directory_place(bad[i], &port, &named), SK_EARG);
}

/* --- confined --- */

static void *ask_in_a_thread(void *directory)
{
	return says(directory, "ichi", "ichisecret") == SK_SECRET_RIGHT &&
		       says(directory, "ichi", "nisecret") == SK_SECRET_WRONG
		   ? directory
		   : NULL;
}

/* 0 when it works, and nothing else does; each failure is a number of its own. */
static int works_confined(struct sk_directory *d)
{
	struct addrinfo *found = NULL;
	struct sk_confined keeps;
	const char *what;
	void *good = NULL;
	pthread_t t;

	if (sk_directory_keeps(d, &keeps) || sk_confine_but(&keeps, &what))
		return 1;
	if (pthread_create(&t, NULL, ask_in_a_thread, d) || pthread_join(t, &good) || good != d)
		return 2;
	if (keeps.names && getaddrinfo("localhost", "636", NULL, &found))
		return 3;
	if (found)
		freeaddrinfo(found);
	return open("/etc/passwd", O_RDONLY) >= 0 || open(top, O_RDONLY) >= 0 ? 4 : 0;
}

static void test_confined(void **state)
{
	char named[64];
	struct sk_directory ways[] = {directory(plain), directory(tls), directory(named)};

	if (SK_SANITIZED)
		skip();
	snprintf(named, sizeof(named), "ldaps://localhost%s", strrchr(tls, ':'));
	for (size_t i = 0; i < 3; i++) {
		int status;
		pid_t pid = fork();
		if (pid == 0)
			_exit(works_confined(&ways[i]));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_filter),
	    cmocka_unit_test(test_place), cmocka_unit_test(test_confined),
	    cmocka_unit_test(test_passwords), cmocka_unit_test(test_failures),
	    cmocka_unit_test(test_referral)};

	return cmocka_run_group_tests(tests, begin, end);
}
