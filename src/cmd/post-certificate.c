/*
 * sekisho post certificate: the certificate of a post's portal, and the authority that its zone's terminals import: post.h. What an administrator put
 * there himself (portal/own.key, portal/own.crt without portal/ca.key) is never replaced.
 */
#include "cmd/post.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "portal/certificate.h"

#define FOLDER "portal"
#define PAIR ((struct sk_portal_pair){.key = SK_BUF(POST_KEY_BYTES), .crt = SK_BUF(POST_KEY_BYTES)})

static bool is_there(int dir, const char *path)
{
	return faccessat(dir, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static int host_of(const char *origin, char host[SK_PORTAL_HOST])
{
	if (sk_portal_host(origin, host) == 0)
		return 0;
	return post_tell(
	    origin, _("a portal's origin has a name, such as https://portal.city.example"));
}

/* A key and what is told of it. */
static int put_pair(int dir, const char *name, const struct sk_portal_pair *p)
{
	char path[64];
	int rc;

	snprintf(path, sizeof(path), FOLDER "/%s.key", name);
	rc = post_put_file(dir, path, sk_buf_slice(&p->key), 0400);
	snprintf(path, sizeof(path), FOLDER "/%s.crt", name);
	return rc ? rc : post_put_file(dir, path, sk_buf_slice(&p->crt), 0444);
}

static int make_authority(int dir, const char *zone, const char *host)
{
	struct sk_portal_pair ca = PAIR;
	int rc = sk_portal_authority_new(zone, host, time(NULL), &ca);

	rc = rc ? post_tell(host, sk_strerror(rc)) : put_pair(dir, "ca", &ca);
	sk_portal_pair_free(&ca);
	return rc;
}

static int read_authority(int dir, struct sk_portal_pair *ca)
{
	int rc = post_read_file(dir, FOLDER "/ca.key", false, &ca->key);

	return rc ? rc : post_read_file(dir, FOLDER "/ca.crt", false, &ca->crt);
}

static int make_own(int dir, const char *host)
{
	struct sk_portal_pair ca = PAIR, own = PAIR;
	int rc = read_authority(dir, &ca);

	if (rc == 0) {
		rc = sk_portal_certificate_new(&ca, host, time(NULL), &own);
		rc = rc ? post_tell(host, sk_strerror(rc)) : put_pair(dir, "own", &own);
	}
	sk_portal_pair_free(&ca);
	sk_portal_pair_free(&own);
	return rc;
}

int post_make_certificate(int dir, const char *zone, const char *origin)
{
	char host[SK_PORTAL_HOST];

	if (host_of(origin, host))
		return -1;
	if (!is_there(dir, FOLDER) && post_make_folder(dir, FOLDER, 0755, NULL))
		return -1;
	if (is_there(dir, FOLDER "/own.key") && !is_there(dir, FOLDER "/ca.key"))
		return post_tell(FOLDER "/own.key",
		    _("this certificate is of another authority, which makes the next one"));
	if (!is_there(dir, FOLDER "/ca.key") && make_authority(dir, zone, host))
		return -1;
	return make_own(dir, host);
}

int post_show_certificate(int dir, const char *folder)
{
	struct sk_buf crt = SK_BUF(POST_KEY_BYTES);
	char text[SK_CERTIFICATE_TEXT];
	int rc = post_read_file(dir, FOLDER "/ca.crt", false, &crt);

	if (rc == 0 && sk_portal_fingerprint(sk_buf_slice(&crt), text))
		rc = post_tell(FOLDER "/ca.crt", _("this is not a certificate"));
	if (rc == 0)
		printf(
		    _("Browsers of this zone import %s/portal/ca.crt, which vouches for the portal alone. Its SHA-256:\n  %s\n"),
		    folder, text);
	sk_buf_free(&crt);
	return rc;
}

int post_certificate(int argc, char **argv)
{
	char zone[SK_SETTINGS_ZONE];
	int rc;

	umask(077);
	if (argc != 3)
		return post_tell("post certificate",
		    _("it takes the post's folder and the origin of its portal"));
	sk_autoclose int dir = post_open_folder(argv[1]);
	if (dir < 0 || post_read_zone(dir, "zone", zone))
		return -1;
	rc = post_make_certificate(dir, zone, argv[2]);
	if (rc == 0)
		rc = post_show_certificate(dir, argv[1]);
	if (rc == 0)
		post_tell_running(dir);
	return rc;
}

/* For terminals: the authority's certificate into a file of its own. */
int post_export_certificate(const char *folder, const char *file)
{
	struct sk_buf crt = SK_BUF(POST_KEY_BYTES);
	sk_autoclose int dir = post_open_folder(folder);
	int rc = dir < 0 ? -1 : post_read_file(dir, FOLDER "/ca.crt", false, &crt);

	rc = rc ? rc : post_make_file(AT_FDCWD, file, sk_buf_slice(&crt), 0644, NULL);
	sk_buf_free(&crt);
	return rc ? rc : post_show_certificate(dir, folder);
}
