/* Passwords of a directory: directory.h. libldap; RFC 4511, 4513, 4515. The login role. */
#include "login/directory.h"

#include <arpa/inet.h>
#include <ldap.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

#define WAIT_S 5 /* for each answer: a person waits at the other end */
#define ENTRIES 2

/* --- the filter --- */

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7F && strchr("*()\\", c) == NULL;
}

int sk_directory_filter(const char *filter, const char *name, char out[SK_DIRECTORY_FILTER])
{
	const char *gap = strstr(filter, "{}");
	int n;

	if (gap == NULL || strstr(gap + 2, "{}") || filter[0] != '(')
		return SK_EARG;
	n = snprintf(out, SK_DIRECTORY_FILTER, "%.*s", (int)(gap - filter), filter);
	for (const char *p = name; *p && n + 4 < SK_DIRECTORY_FILTER; p++)
		n += snprintf(out + n, SK_DIRECTORY_FILTER - (size_t)n,
		    is_plain((unsigned char)*p) ? "%c" : "\\%02x", (unsigned char)*p);
	if (n + 4 + strlen(gap) >= SK_DIRECTORY_FILTER)
		return SK_ELIMIT;
	snprintf(out + n, SK_DIRECTORY_FILTER - (size_t)n, "%s", gap + 2);
	return 0;
}

/* --- where --- */

static bool is_number(const char *host)
{
	struct in6_addr a;

	return inet_pton(AF_INET, host, &a) == 1 || inet_pton(AF_INET6, host, &a) == 1;
}

int sk_directory_place(const char *uri, uint16_t *port, bool *named)
{
	LDAPURLDesc *u = NULL;
	int status = SK_EARG;

	if (ldap_url_parse(uri, &u) == LDAP_URL_SUCCESS && u->lud_host && u->lud_host[0] &&
	    u->lud_port > 0 && u->lud_port <= 65535) {
		*port = (uint16_t)u->lud_port;
		*named = !is_number(u->lud_host);
		status = 0;
	}
	ldap_free_urldesc(u);
	return status;
}

#define DNS 53

int sk_directory_keeps(const struct sk_directory *d, struct sk_confined *keeps)
{
	/* as getaddrinfo(3) reads them */
	static const char *const files[] = {"/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf",
	    "/etc/host.conf", "/etc/gai.conf"};
	int status;

	*keeps = (struct sk_confined){.threads = true};
	if (d->uri == NULL)
		return 0;
	status = sk_directory_place(d->uri, &keeps->ports[0], &keeps->names);
	keeps->files[0] = d->ca;
	if (status || !keeps->names)
		return status;
	keeps->ports[1] = DNS;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		keeps->files[i + 1] = files[i];
	return 0;
}

/* --- the talk --- */

static int failed(struct sk_secret_done *done, const char *what, int rc)
{
	*done = (struct sk_secret_done){.verdict = SK_SECRET_FAILED};
	snprintf(
	    done->text, sizeof(done->text), "the directory: %s: %s", what, ldap_err2string(rc));
	return rc;
}

/* No other server than the one that is named, whatever this one says (referrals); none without a certificate. */
static int set_options(LDAP *ld, const struct sk_directory *d)
{
	const struct timeval wait = {WAIT_S, 0};
	int version = LDAP_VERSION3, demand = LDAP_OPT_X_TLS_HARD, server = 0,
	    least = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
	const struct {
		int option;
		const void *value;
	} options[] = {{LDAP_OPT_PROTOCOL_VERSION, &version}, {LDAP_OPT_REFERRALS, LDAP_OPT_OFF},
	    {LDAP_OPT_NETWORK_TIMEOUT, &wait}, {LDAP_OPT_TIMEOUT, &wait},
	    {LDAP_OPT_X_TLS_REQUIRE_CERT, &demand}, {LDAP_OPT_X_TLS_PROTOCOL_MIN, &least},
	    {LDAP_OPT_X_TLS_CACERTFILE, d->ca}, {LDAP_OPT_X_TLS_NEWCTX, &server}};
	int rc = LDAP_OPT_SUCCESS;

	for (size_t i = 0; rc == LDAP_OPT_SUCCESS && i < sizeof(options) / sizeof(*options); i++)
		rc = ldap_set_option(ld, options[i].option, options[i].value);
	return rc == LDAP_OPT_SUCCESS ? LDAP_SUCCESS : LDAP_PARAM_ERROR;
}

static int open_it(const struct sk_directory *d, LDAP **ld, struct sk_secret_done *done)
{
	int rc = ldap_initialize(ld, d->uri);

	if (rc == LDAP_SUCCESS)
		rc = set_options(*ld, d);
	if (rc != LDAP_SUCCESS)
		return failed(done, "it cannot be used", rc);
	if (strncmp(d->uri, "ldaps:", 6) != 0)
		rc = ldap_start_tls_s(*ld, NULL, NULL);
	return rc == LDAP_SUCCESS ? rc : failed(done, "no TLS with it", rc);
}

static int bind_as(LDAP *ld, const char *dn, const char *secret)
{
	struct berval cred = {strlen(secret), (char *)(uintptr_t)secret};

	return ldap_sasl_bind_s(ld, dn, LDAP_SASL_SIMPLE, &cred, NULL, NULL, NULL);
}

/* The one entry of this name; nobody, where there is none or more. */
static int find(LDAP *ld, const struct sk_directory *d, const char *name, char **dn)
{
	char filter[SK_DIRECTORY_FILTER];
	static char none[] = LDAP_NO_ATTRS;
	char *nothing[] = {none, NULL};
	struct timeval wait = {WAIT_S, 0};
	LDAPMessage *found = NULL;
	int rc = sk_directory_filter(d->filter, name, filter) ? LDAP_FILTER_ERROR : LDAP_SUCCESS;

	if (rc == LDAP_SUCCESS)
		rc = ldap_search_ext_s(ld, d->base, LDAP_SCOPE_SUBTREE, filter, nothing, 1, NULL,
		    NULL, &wait, ENTRIES, &found);
	if (rc == LDAP_SIZELIMIT_EXCEEDED)
		rc = LDAP_SUCCESS;
	if (rc == LDAP_SUCCESS && ldap_count_entries(ld, found) == 1)
		*dn = ldap_get_dn(ld, ldap_first_entry(ld, found));
	ldap_msgfree(found);
	return rc;
}

/* What a server says of a password that is not taken: it is wrong, or the person cannot log in so. */
static bool is_wrong(int rc)
{
	return rc == LDAP_INVALID_CREDENTIALS || rc == LDAP_INAPPROPRIATE_AUTH ||
	       rc == LDAP_NO_SUCH_OBJECT || rc == LDAP_UNWILLING_TO_PERFORM ||
	       rc == LDAP_CONSTRAINT_VIOLATION || rc == LDAP_INSUFFICIENT_ACCESS;
}

static void judge(LDAP *ld, const struct sk_directory *d, const char *name, const char *secret,
    struct sk_secret_done *done)
{
	char *dn = NULL;
	int rc = d->user ? bind_as(ld, d->user, d->secret) : LDAP_SUCCESS;

	if (rc != LDAP_SUCCESS) {
		failed(done, "who looks for people is not let in", rc);
		return;
	}
	rc = find(ld, d, name, &dn);
	if (rc != LDAP_SUCCESS) {
		failed(done, "people cannot be looked for", rc);
		return;
	}
	/* an empty name or password would be let in as nobody (RFC 4513, section 5.1.2) */
	rc = dn && dn[0] && secret[0] ? bind_as(ld, dn, secret) : LDAP_INVALID_CREDENTIALS;
	ldap_memfree(dn);
	if (rc == LDAP_SUCCESS)
		done->verdict = SK_SECRET_RIGHT;
	else if (is_wrong(rc))
		done->verdict = SK_SECRET_WRONG;
	else
		failed(done, "it does not say whether a password is right", rc);
}

void sk_directory_ask(
    const struct sk_directory *d, const char *name, const char *secret, struct sk_secret_done *done)
{
	LDAP *ld = NULL;

	*done = (struct sk_secret_done){.verdict = SK_SECRET_FAILED};
	if (d->uri == NULL)
		snprintf(done->text, sizeof(done->text), "no directory is named in the settings");
	else if (open_it(d, &ld, done) == LDAP_SUCCESS)
		judge(ld, d, name, secret, done);
	if (ld)
		ldap_unbind_ext_s(ld, NULL, NULL);
}
