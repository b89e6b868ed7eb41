/*
 * sekisho post renew: another key for a link, in two steps, so that the link is never without one that both know: the next key is
 * made and exported, the other post pins it beside the old one, then it is put to use. post.h.
 */
#include "cmd/post.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

#define PATH (SK_SETTINGS_ZONE + 32)

static void path_of(char path[PATH], const char *zone, const char *name, const char *end)
{
	snprintf(path, PATH, "link/%s/%s.%s", zone, name, end);
}

int post_make_link_key(int dir, const char *own, const char *zone, const char *name)
{
	struct sk_buf key = SK_BUF(SK_PEM_BYTES), certificate = SK_BUF(SK_PEM_BYTES);
	char path[PATH];
	int rc = sk_crossing_key_new(own, time(NULL), &key, &certificate);

	if (rc)
		post_tell(zone, sk_strerror(rc));
	path_of(path, zone, name, "key");
	if (rc == 0)
		rc = post_make_file(dir, path, sk_buf_slice(&key), 0400, NULL);
	path_of(path, zone, name, "crt");
	if (rc == 0)
		rc = post_make_file(dir, path, sk_buf_slice(&certificate), 0444, NULL);
	if (key.p)
		explicit_bzero(key.p, key.len);
	sk_buf_free(&key);
	sk_buf_free(&certificate);
	return rc;
}

/* The certificate first: between the two the link's role finds that they do not fit, and nothing is lost. */
static int use(int dir, const char *zone)
{
	static const char *const ends[] = {"crt", "key"};
	char from[PATH], to[PATH];

	path_of(from, zone, "next", "key");
	if (faccessat(dir, from, F_OK, AT_SYMLINK_NOFOLLOW))
		return post_tell(
		    zone, _("there is no next key: 'sekisho post renew' without --use makes it"));
	for (size_t i = 0; i < 2; i++) {
		path_of(from, zone, "next", ends[i]);
		path_of(to, zone, "own", ends[i]);
		/* where it was cut between the two the certificate is in its place already */
		if (renameat(dir, from, dir, to) && (i || errno != ENOENT))
			return post_tell(from, cli_errno_text(errno));
	}
	return fsync(dir) ? post_tell(zone, cli_errno_text(errno)) : 0;
}

static int renew(int dir, const char *zone, bool put_to_use)
{
	char own[SK_SETTINGS_ZONE], path[PATH];

	if (post_read_zone(dir, "zone", own))
		return -1;
	path_of(path, zone, "own", "crt");
	if (strchr(zone, '/') || strlen(zone) >= SK_SETTINGS_ZONE ||
	    faccessat(dir, path, F_OK, AT_SYMLINK_NOFOLLOW))
		return post_tell(zone, _("this post has no link to that zone"));
	if (!put_to_use) {
		if (post_make_link_key(dir, own, zone, "next"))
			return -1;
		printf(
		    _("Made. Now 'sekisho post export', have it pinned at the post of %s and that post started anew;\n"
		      "then 'sekisho post renew --use' here.\n"),
		    zone);
		return 0;
	}
	if (use(dir, zone))
		return -1;
	printf("%s\n", _("The next key of the link is in use."));
	post_tell_running(dir);
	return 0;
}

int post_renew(int argc, char **argv)
{
	bool put_to_use = argc > 1 && strcmp(argv[1], "--use") == 0;
	char **arg = argv + 1 + put_to_use;

	if (argc - 1 - put_to_use != 2)
		return post_tell("post renew",
		    _("it takes [--use], the post's folder and the zone of the other post"));
	sk_autoclose int dir = post_open_folder(arg[0]);
	return dir < 0 ? -1 : renew(dir, arg[1], put_to_use);
}
