/*
 * sekisho post init: a post's state folder with all its keys, its empty ledger and its configuration: post.h. What is there
 * already is never touched; a folder that could not be finished is to be removed by hand, since it may hold keys.
 */
#include "cmd/post.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/day.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/hex.h"
#include "cmd/policy.h"
#include "desk/fits.h"
#include "ledger/ledger.h"
#include "store/master.h"

#define GATE "sekisho-gate"
#define SCRIBE "sekisho-scribe"

struct making {
	const char *folder, *config;
	struct sk_buf text; /* of the configuration */
	struct sk_settings *settings;
	bool users;
	int dir;
};

/* --- what is asked for: it becomes the configuration, and that is read as sekishod will read it --- */

/* An absolute path of what may not be there yet. */
static int put_path(struct making *m, const char *key, const char *path)
{
	char here[4096] = "";

	if (path[0] != '/' && getcwd(here, sizeof(here)) == NULL)
		return post_tell(path, cli_errno_text(errno));
	return sk_buf_printf(&m->text, "%s %s%s%s\n", key, here, here[0] ? "/" : "", path);
}

/* ZONE=listen:ADDRESS:PORT; an IPv6 address stands in brackets. */
static int put_link(struct making *m, const char *said)
{
	const char *equals = strchr(said, '='), *colon = equals ? strchr(equals, ':') : NULL,
		   *port = strrchr(said, ':');
	bool bracket = colon && colon[1] == '[';

	if (colon == NULL || port <= colon || (bracket && port[-1] != ']'))
		return post_tell(said, _("a link is written ZONE=listen:ADDRESS:PORT or "
					 "ZONE=connect:ADDRESS:PORT"));
	return sk_buf_printf(&m->text, "link %.*s %.*s %.*s %s\n", (int)(equals - said), said,
	    (int)(colon - equals - 1), equals + 1, (int)(port - colon - 1 - 2 * bracket),
	    colon + 1 + bracket, port + 1);
}

/* ADDRESS:PORT, as for a link. */
static int put_address(struct making *m, const char *key, const char *said)
{
	const char *port = strrchr(said, ':');
	bool bracket = said[0] == '[';

	if (port == NULL || port == said || (bracket && port[-1] != ']'))
		return post_tell(said, _("an address is written ADDRESS:PORT"));
	return sk_buf_printf(&m->text, "%s %.*s %s\n", key, (int)(port - said - 2 * bracket),
	    said + bracket, port + 1);
}

static int put_plain(struct making *m, const char *key, const char *value)
{
	return sk_buf_printf(&m->text, "%s %s\n", key, value);
}

static const struct option_row {
	const char *name, *key;
	int (*put)(struct making *m, const char *key, const char *value);
} options[] = {
    {"--zone", "zone", put_plain},
    {"--policy", "policy", put_path},
    {"--store", "store", put_plain},
    {"--queue", "queue", put_plain},
    {"--workers", "workers", put_plain},
    {"--clamd", "clamd", put_path},
    {"--control", "control", put_path},
    {"--portal", "portal", put_plain},
    {"--portal-listen", "portal-listen", put_address},
    {"--portal-pages", "portal-pages", put_path},
};

static int take_option(struct making *m, const char *name, const char *value)
{
	if (strcmp(name, "--link") == 0)
		return put_link(m, value);
	if (strcmp(name, "--config") == 0) {
		m->config = value;
		return 0;
	}
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (strcmp(name, options[i].name) == 0)
			return options[i].put(m, options[i].key, value);
	return -1;
}

static int take_options(struct making *m, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--users") == 0)
			m->users = true;
		else if (argv[i][0] != '-' && m->folder == NULL)
			m->folder = argv[i];
		else if (argv[i][0] != '-' || i + 1 == argc || take_option(m, argv[i], argv[i + 1]))
			return -1;
		else
			i++;
	}
	if (m->folder == NULL || put_path(m, "state", m->folder))
		return -1;
	return m->users ? put_plain(m, "users", "yes") : m->text.err;
}

static int read_back(struct making *m)
{
	sk_autoclose int fd = sk_memfd("post.conf");
	char why[256];

	if (fd < 0 || sk_write_all(fd, m->text.p, m->text.len))
		return post_tell("post.conf", cli_errno_text(errno));
	return sk_settings_read(fd, &m->settings, why, sizeof(why)) ? post_tell("post.conf", why)
								    : 0;
}

/* A post that its own policy does not know would never start. */
static int ask_policy(const struct making *m)
{
	struct opened o;
	const char *path = sk_settings_get(m->settings, "policy");
	uint64_t tolerate;
	char why[512];
	int rc = cli_policy_open(&o, path, sk_day_of(time(NULL)), false);

	if (rc == 0 && sk_desk_fits(o.policy, m->settings, &tolerate, why, sizeof(why)))
		rc = post_tell(path, why);
	cli_policy_close(&o);
	return rc ? -1 : 0;
}

/* What would have it stop in the middle, with keys made: users that are not there, a place where no configuration can be. */
static int ask_users(const struct making *m)
{
	static const char *const users[] = {GATE, SCRIBE};

	for (size_t i = 0; m->users && i < sizeof(users) / sizeof(*users); i++)
		if (getpwnam(users[i]) == NULL)
			return post_tell(users[i],
			    _("there is no such system user; systemd-sysusers makes those of a post, './do install' calls it"));
	return 0;
}

static int ask_config(const struct making *m)
{
	sk_autoclose int fd = -1;

	if (m->config == NULL)
		return 0;
	fd = open(m->config, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return post_tell(m->config, cli_errno_text(errno));
	return unlink(m->config) ? post_tell(m->config, cli_errno_text(errno)) : 0;
}

/* --- making --- */

static const char *user(const struct making *m, const char *name)
{
	return m->users ? name : NULL;
}

static int make_folders(const struct making *m)
{
	static const struct {
		const char *name, *user;
		mode_t mode;
	} folders[] = {{"ledger", SCRIBE, 0700}, {"witness", SCRIBE, 0700}, {"blobs", GATE, 0700},
	    {"keys", GATE, 0700}, {"store", GATE, 0700}, {"link", NULL, 0755}};
	struct sk_settings_link link;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(folders) / sizeof(*folders); i++)
		rc = post_make_folder(
		    m->dir, folders[i].name, folders[i].mode, user(m, folders[i].user));
	sk_autoclose int links = openat(m->dir, "link", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; rc == 0 && sk_settings_link(m->settings, i, &link); i++)
		rc = post_make_folder(links, link.zone, 0755, NULL);
	return rc;
}

static int make_master(const struct making *m)
{
	char path[4096];
	const char *name =
	    sk_settings_path(m->settings, "master.key", path, sizeof(path)) ? "" : path;

	if (sk_master_create(name))
		return post_tell("master.key", cli_errno_text(errno));
	if (!m->users)
		return 0;
	/* the file is only its owner's: the gate's */
	struct sk_buf text = SK_BUF(POST_KEY_BYTES);
	int rc = post_read_file(m->dir, "master.key", false, &text);
	if (rc == 0)
		rc = unlinkat(m->dir, "master.key", 0)
			 ? post_tell("master.key", cli_errno_text(errno))
			 : post_make_file(m->dir, "master.key", sk_buf_slice(&text), 0400, GATE);
	if (text.p)
		explicit_bzero(text.p, text.len);
	sk_buf_free(&text);
	return rc;
}

/* A signing key, and beside it what verifies. */
static int make_signer(const struct making *m, const char *file, const char *end,
    enum sk_note_type type, struct sk_note_signer *s)
{
	struct sk_buf secret = SK_BUF(POST_KEY_BYTES), open = SK_BUF(POST_KEY_BYTES);
	char name[SK_NOTE_NAME], path[64];
	int rc;

	snprintf(name, sizeof(name), "sekisho-%s%s", sk_settings_get(m->settings, "zone"), end);
	rc = sk_note_signer_new(s, name, type);
	if (rc == 0)
		rc = sk_note_signer_write(s, &secret) || sk_note_key_write(&s->pub, &open)
			 ? SK_ENOMEM
			 : 0;
	if (rc)
		post_tell(file, sk_strerror(rc));
	snprintf(path, sizeof(path), "%s.key", file);
	if (rc == 0)
		rc = post_make_file(m->dir, path, sk_buf_slice(&secret), 0400, NULL);
	snprintf(path, sizeof(path), "%s.pub", file);
	if (rc == 0)
		rc = post_make_file(m->dir, path, sk_buf_slice(&open), 0444, NULL);
	if (secret.p)
		explicit_bzero(secret.p, secret.len);
	sk_buf_free(&secret);
	sk_buf_free(&open);
	return rc;
}

/* The ledger itself is made by the scribe, whose folder it is, when it starts: here only its keys. */
static int make_ledger(const struct making *m)
{
	struct sk_note_signer s;
	int rc = make_signer(m, "ledger", "", SK_NOTE_ED25519, &s);

	sk_note_signer_wipe(&s);
	if (rc == 0)
		rc = make_signer(m, "witness", "-witness", SK_NOTE_COSIGNATURE, &s);
	sk_note_signer_wipe(&s);
	return rc;
}

/* Passwords for files of this post are sealed for this key. */
static int make_box(const struct making *m)
{
	uint8_t open[crypto_box_PUBLICKEYBYTES], secret[crypto_box_SECRETKEYBYTES];
	char text[2 * sizeof(secret) + 2];
	int rc;

	crypto_box_keypair(open, secret);
	sk_hex_text(text, secret, sizeof(secret));
	text[2 * sizeof(secret)] = '\n';
	rc = post_make_file(m->dir, "box.key", sk_slice(text, 2 * sizeof(secret) + 1), 0400, NULL);
	sk_hex_text(text, open, sizeof(open));
	text[2 * sizeof(open)] = '\n';
	if (rc == 0)
		rc = post_make_file(
		    m->dir, "box.pub", sk_slice(text, 2 * sizeof(open) + 1), 0444, NULL);
	explicit_bzero(secret, sizeof(secret));
	explicit_bzero(text, sizeof(text));
	return rc;
}

static int make_links(const struct making *m)
{
	struct sk_settings_link link;
	int rc = 0;

	for (size_t i = 0; rc == 0 && sk_settings_link(m->settings, i, &link); i++)
		rc = post_make_link_key(
		    m->dir, sk_settings_get(m->settings, "zone"), link.zone, "own");
	return rc;
}

/* Where somebody listens for browsers. */
static int make_portal(const struct making *m)
{
	if (sk_settings_get(m->settings, "portal-listen") == NULL)
		return 0;
	return post_make_certificate(
	    m->dir, sk_settings_get(m->settings, "zone"), sk_settings_get(m->settings, "portal"));
}

/* Which zone the folder is of: for what has no configuration at hand. */
static int make_zone(const struct making *m)
{
	char text[SK_SETTINGS_ZONE + 1];
	int n = snprintf(text, sizeof(text), "%s\n", sk_settings_get(m->settings, "zone"));

	return post_make_file(m->dir, "zone", sk_slice(text, (size_t)n), 0444, NULL);
}

static int make_config(const struct making *m)
{
	static const char head[] = "# A post of sekisho: sekisho-post.conf(5)\n";
	struct sk_buf all = SK_BUF(SK_SETTINGS_BYTES);
	int rc;

	sk_buf_puts(&all, head);
	sk_buf_put_slice(&all, sk_buf_slice(&m->text));
	rc = m->config ? post_make_file(AT_FDCWD, m->config, sk_buf_slice(&all), 0644, NULL)
		       : post_make_file(m->dir, "post.conf", sk_buf_slice(&all), 0644, NULL);
	sk_buf_free(&all);
	return rc;
}

/* The folder may be there, when it is empty: systemd makes it. Everybody may come through it to the socket; what is a secret is closed by itself. */
static int make_state(struct making *m)
{
	const mode_t mode = 0711;

	if (mkdir(m->folder, mode) && errno != EEXIST)
		return post_tell(m->folder, cli_errno_text(errno));
	m->dir = post_open_folder(m->folder);
	if (m->dir < 0)
		return -1;
	if (faccessat(m->dir, "zone", F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return post_tell(m->folder, _("there is a post already"));
	return fchmod(m->dir, mode) ? post_tell(m->folder, cli_errno_text(errno)) : 0;
}

static int make(struct making *m)
{
	int (*const step[])(const struct making *) = {make_folders, make_master, make_ledger,
	    make_box, make_links, make_portal, make_config, make_zone};
	int rc = make_state(m);

	for (size_t i = 0; rc == 0 && i < sizeof(step) / sizeof(*step); i++)
		rc = step[i](m);
	return rc;
}

/* --- and what is to be done next --- */

static void advise(const struct making *m)
{
	struct sk_settings_link link;

	printf(_("The post of %s is made.\n"), sk_settings_get(m->settings, "zone"));
	for (size_t i = 0; sk_settings_link(m->settings, i, &link); i++) {
		struct peer p = {.zone = ""};
		char text[POST_FINGERPRINT];
		if (post_peer_own(m->dir, link.zone, &p) == 0) {
			post_peer_fingerprint(&p, text);
			printf(
			    _("What the post of %s must pin ('sekisho post export %s %s FOLDER'):\n  %s\n"),
			    link.zone, m->folder, link.zone, text);
		}
		post_peer_free(&p);
	}
	if (sk_settings_get(m->settings, "portal-listen"))
		post_show_certificate(m->dir, m->folder);
	printf(_("Keep a copy of master.key and ledger.key apart from all backups: without them "
		 "originals cannot be read, and the ledger cannot go on.\n"));
}

int post_init(int argc, char **argv)
{
	struct making m = {.text = SK_BUF(SK_SETTINGS_BYTES), .dir = -1};
	int rc;

	umask(077);
	if (sodium_init() < 0 || take_options(&m, argc, argv))
		rc = post_tell("post init",
		    _("it takes FOLDER --zone ZONE --policy FILE and more, see sekisho(1)"));
	else
		rc = read_back(&m) || ask_policy(&m) || ask_users(&m) || ask_config(&m) || make(&m)
			 ? -1
			 : 0;
	if (rc == 0)
		advise(&m);
	sk_close(&m.dir);
	sk_settings_free(m.settings);
	sk_buf_free(&m.text);
	return rc;
}
