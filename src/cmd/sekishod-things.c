/* What the roles of a post are handed: sekishod.h. Each opens nothing of this by itself but what belongs to it alone. */
#include "cmd/sekishod.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

#define PUBLIC_BYTES 4096 /* of a file with public keys */

/* --- files of the state folder --- */

static int open_below(const struct post *p, const char *name, int flags)
{
	return openat(p->state, name, flags | O_CLOEXEC | O_NOFOLLOW);
}

/* A credential of systemd of that name; it shows the right of the service's user as one of the group. */
static int open_credential(const char *name)
{
	const char *folder = secure_getenv("CREDENTIALS_DIRECTORY");
	sk_autoclose int dir = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	return dir < 0 ? -1 : openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

/* A file with a secret, from systemd or from the state folder: nobody else may read it. */
static int open_secret(const struct post *p, const char *name)
{
	int fd = open_credential(name);
	mode_t others = fd < 0 ? 077 : 037;
	struct stat st;

	if (fd < 0)
		fd = open_below(p, name, O_RDONLY);
	if (fd < 0 || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & others) == 0))
		return fd;
	close(fd);
	errno = EPERM;
	return -1;
}

static const struct sk_settings_link *link_at(const struct post *p, size_t place)
{
	return &p->link[place - SK_PLACE_LINK];
}

static void link_file(char *path, size_t size, const struct sk_settings_link *l, const char *name)
{
	snprintf(path, size, "link/%s/%s", l->zone, name);
}

static int open_settings(void *ctx, size_t place, const char *name)
{
	const struct post *p = ctx;

	return open(p->config, O_RDONLY | O_CLOEXEC);
}

int post_policy(void *ctx)
{
	const struct post *p = ctx;

	return open(sk_settings_get(p->settings, "policy"), O_RDONLY | O_CLOEXEC);
}

static int open_folder(void *ctx, size_t place, const char *name)
{
	return open_below(ctx, name, O_RDONLY | O_DIRECTORY);
}

static int open_ledger_key(void *ctx, size_t place, const char *name)
{
	return open_secret(ctx, "ledger.key");
}

static int open_witness_key(void *ctx, size_t place, const char *name)
{
	return open_secret(ctx, "witness.key");
}

static int open_master(void *ctx, size_t place, const char *name)
{
	return open_secret(ctx, "master.key");
}

static int open_box(void *ctx, size_t place, const char *name)
{
	return open_secret(ctx, "box.key");
}

static int open_of_link(void *ctx, size_t place, const char *name)
{
	char path[SK_SETTINGS_ZONE + 32];

	link_file(path, sizeof(path), link_at(ctx, place), name);
	return strcmp(name, "own.key") == 0 ? open_secret(ctx, path)
					    : open_below(ctx, path, O_RDONLY);
}

static int memory_file(const char *name, const void *p, size_t n)
{
	int fd = sk_memfd(name);

	if (fd >= 0 && (sk_write_all(fd, p, n) || lseek(fd, 0, SEEK_SET) < 0))
		sk_close(&fd);
	return fd;
}

/* One line of each link's file, in the order of the links: the gate calls the witnesses by it. */
static int open_of_all(void *ctx, const char *file)
{
	const struct post *p = ctx;
	char text[SK_POST_LINKS * (PUBLIC_BYTES + 1)], path[SK_SETTINGS_ZONE + 32];
	size_t used = 0;

	for (size_t i = 0; i < p->links; i++) {
		link_file(path, sizeof(path), &p->link[i], file);
		sk_autoclose int fd = open_below(p, path, O_RDONLY);
		ssize_t n = fd < 0 ? -1 : read(fd, text + used, PUBLIC_BYTES);
		if (n < 0)
			return -1;
		used += (size_t)n;
		if (n && text[used - 1] != '\n')
			text[used++] = '\n';
	}
	return memory_file(file, text, used);
}

static int open_witnesses(void *ctx, size_t place, const char *name)
{
	return open_of_all(ctx, "peer.witness");
}

static int open_logs(void *ctx, size_t place, const char *name)
{
	return open_of_all(ctx, "peer.log");
}

static int open_tolerate(void *ctx, size_t place, const char *name)
{
	const struct post *p = ctx;
	char text[32];
	int n = snprintf(text, sizeof(text), "%llu\n", (unsigned long long)p->tolerate);

	return memory_file(name, text, (size_t)n);
}

static int open_link(void *ctx, size_t place, const char *name)
{
	const struct post *p = ctx;
	const char *v[SK_POST_LINKS];

	sk_settings_all(p->settings, "link", v, SK_POST_LINKS);
	return memory_file(name, v[place - SK_PLACE_LINK], strlen(v[place - SK_PLACE_LINK]));
}

/* --- sockets: opened once, so that who connects meanwhile waits for the next one who listens --- */

static int again(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

static int open_control(void *ctx, size_t place, const char *name)
{
	return again(((const struct post *)ctx)->control);
}

static int open_of_portal(void *ctx, size_t place, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "portal/%s", name);
	return strcmp(name, "own.key") == 0 ? open_secret(ctx, path)
					    : open_below(ctx, path, O_RDONLY);
}

static int open_pages(void *ctx, size_t place, const char *name)
{
	return open(((const struct post *)ctx)->pages, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int open_portal_socket(void *ctx, size_t place, const char *name)
{
	return again(((const struct post *)ctx)->portal);
}

static int open_listen(void *ctx, size_t place, const char *name)
{
	return again(((const struct post *)ctx)->listen[place - SK_PLACE_LINK]);
}

/* The password of who looks for people in the directory; an empty one where nobody is named for it. */
static int open_directory(void *ctx, size_t place, const char *name)
{
	const struct post *p = ctx;

	return sk_settings_get(p->settings, "directory-user") ? open_secret(p, "directory.key")
							      : memory_file(name, "", 0);
}

const struct sk_post_thing post_gate_things[] = {
    {"settings", open_settings}, {"master", open_master}, {NULL, NULL}};
const struct sk_post_thing post_scribe_things[] = {{"ledger", open_folder},
    {"key", open_ledger_key}, {"witnesses", open_witnesses, true}, {"witness", open_folder},
    {"witness-key", open_witness_key}, {"logs", open_logs, true}, {"tolerate", open_tolerate, true},
    {NULL, NULL}};
const struct sk_post_thing post_control_things[] = {
    {"settings", open_settings}, {"control", open_control}, {NULL, NULL}};
const struct sk_post_thing post_portal_things[] = {{"settings", open_settings},
    {"own.key", open_of_portal}, {"own.crt", open_of_portal, true}, {"assets", open_pages},
    {"listen", open_portal_socket}, {NULL, NULL}};
const struct sk_post_thing post_scanner_things[] = {{"settings", open_settings}, {NULL, NULL}};
const struct sk_post_thing post_login_things[] = {
    {"settings", open_settings}, {"directory", open_directory}, {NULL, NULL}};
const struct sk_post_thing post_printer_things[] = {{NULL, NULL}};
const struct sk_post_thing post_worker_things[] = {
    {"settings", open_settings}, {"box", open_box}, {NULL, NULL}};
const struct sk_post_thing post_server_things[] = {{"own.key", open_of_link},
    {"own.crt", open_of_link, true}, {"peer.pins", open_of_link, true}, {"listen", open_listen},
    {NULL, NULL}};
const struct sk_post_thing post_client_things[] = {{"own.key", open_of_link},
    {"own.crt", open_of_link, true}, {"peer.pins", open_of_link, true}, {"link", open_link},
    {NULL, NULL}};

/* --- before the roles --- */

static int open_state(struct post *p)
{
	const char *folder = sk_settings_get(p->settings, "state");

	p->state = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p->state < 0)
		return post_fail("%s: %s; 'sekisho post init' makes it", folder, strerror(errno));
	p->lock = openat(p->state, SK_POST_LOCK, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (p->lock < 0)
		return post_fail("%s/%s: %s", folder, SK_POST_LOCK, strerror(errno));
	if (flock(p->lock, LOCK_EX | LOCK_NB))
		return post_fail("%s: another program is at work there", folder);
	return 0;
}

static int try_file(const struct post *p, const char *name, bool secret, const char *advice)
{
	sk_autoclose int fd = secret ? open_secret(p, name) : open_below(p, name, O_RDONLY);

	if (fd >= 0)
		return 0;
	return post_fail("%s/%s: %s%s", sk_settings_get(p->settings, "state"), name,
	    errno == EPERM ? "others than its owner may read it" : strerror(errno), advice);
}

static int try_link(const struct post *p, const struct sk_settings_link *l)
{
	static const char *const own[] = {"own.key", "own.crt"};
	static const char *const theirs[] = {"peer.pins", "peer.log", "peer.witness", "peer.box"};
	char path[SK_SETTINGS_ZONE + 32];

	for (size_t i = 0; i < 2; i++) {
		link_file(path, sizeof(path), l, own[i]);
		if (try_file(p, path, i == 0, "; 'sekisho post init' makes it"))
			return -1;
	}
	for (size_t i = 0; i < 4; i++) {
		link_file(path, sizeof(path), l, theirs[i]);
		if (try_file(
			p, path, false, "; the other post is not known yet: 'sekisho post pin'"))
			return -1;
	}
	return 0;
}

static int try_portal(const struct post *p)
{
	static const char advice[] = "; 'sekisho post certificate' makes it";
	char index[PATH_MAX + 16];

	if (sk_settings_get(p->settings, "portal-listen") == NULL)
		return 0;
	snprintf(index, sizeof(index), "%s/index.html", p->pages);
	if (access(index, R_OK))
		return post_fail("the pages of the portal: %s: %s", index, strerror(errno));
	return try_file(p, "portal/own.key", true, advice) ||
		       try_file(p, "portal/own.crt", false, advice)
		   ? -1
		   : 0;
}

static int try_files(const struct post *p)
{
	static const char *const secret[] = {"master.key", "box.key", "ledger.key", "witness.key"};
	size_t n = sk_settings_yes(p->settings, "helper") ? 2 : 4;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = try_file(p, secret[i], true, "");
	if (rc == 0 && sk_settings_get(p->settings, "directory-user"))
		rc = try_file(p, "directory.key", true,
		    "; it holds the password of directory-user, one line");
	for (size_t i = 0; rc == 0 && i < p->links; i++)
		rc = try_link(p, &p->link[i]);
	return rc ? rc : try_portal(p);
}

/* A socket that somebody left behind is taken away; we hold the lock. */
static int open_control_socket(struct post *p)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct stat st;

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", sk_settings_get(p->settings, "control"));
	if (lstat(a.sun_path, &st) == 0 && S_ISSOCK(st.st_mode))
		unlink(a.sun_path);
	p->control = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* who may ask for what is decided by who asks: everybody may connect who comes to the folder */
	if (p->control < 0 || bind(p->control, (struct sockaddr *)&a, sizeof(a)) ||
	    chmod(a.sun_path, 0666) || listen(p->control, 64))
		return post_fail("%s: %s", a.sun_path, strerror(errno));
	return 0;
}

static socklen_t address_of(const char *address, uint16_t port, struct sockaddr_storage *out)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
	char alone[SK_SETTINGS_ADDRESS];
	const char *scope = strchr(address, '%');

	memset(out, 0, sizeof(*out));
	snprintf(alone, sizeof(alone), "%.*s", (int)strcspn(address, "%"), address);
	if (inet_pton(AF_INET, alone, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		return sizeof(*v4);
	}
	inet_pton(AF_INET6, alone, &v6->sin6_addr);
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(port);
	v6->sin6_scope_id = scope ? if_nametoindex(scope + 1) : 0;
	return sizeof(*v6);
}

/* A listening socket with a numeric address; `what` it is for, for who reads why it cannot be had. */
static int open_listener(const char *what, const char *address, uint16_t port, int waiting)
{
	struct sockaddr_storage a;
	socklen_t n = address_of(address, port, &a);
	int yes = 1, fd;

	fd = socket(a.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) == 0 &&
	    bind(fd, (struct sockaddr *)&a, n) == 0 && listen(fd, waiting) == 0)
		return fd;
	post_fail("%s: %s port %u: %s", what, address, port, strerror(errno));
	sk_close(&fd);
	return -1;
}

static int listen_for_link(struct post *p, size_t i)
{
	char what[SK_SETTINGS_ZONE + 16];

	if (!p->link[i].listen)
		return 0;
	snprintf(what, sizeof(what), "link to %s", p->link[i].zone);
	p->listen[i] = open_listener(what, p->link[i].address, p->link[i].port, 64);
	return p->listen[i] < 0 ? -1 : 0;
}

static int listen_for_browsers(struct post *p)
{
	struct sk_settings_address at;

	if (!sk_settings_address(p->settings, "portal-listen", &at))
		return 0;
	p->portal = open_listener("portal", at.address, at.port, SOMAXCONN);
	return p->portal < 0 ? -1 : 0;
}

int post_open(struct post *p)
{
	int rc = open_state(p);

	if (rc == 0)
		rc = try_files(p);
	for (size_t i = 0; rc == 0 && i < p->links; i++)
		rc = listen_for_link(p, i);
	if (sk_settings_yes(p->settings, "helper"))
		return rc;
	if (rc == 0)
		rc = listen_for_browsers(p);
	return rc ? rc : open_control_socket(p);
}

void post_close(struct post *p)
{
	if (p->control >= 0)
		unlink(sk_settings_get(p->settings, "control"));
	sk_close(&p->control);
	sk_close(&p->portal);
	for (size_t i = 0; i < SK_POST_LINKS; i++)
		sk_close(&p->listen[i]);
	sk_close(&p->state);
	sk_close(&p->lock);
	sk_settings_free(p->settings);
}
