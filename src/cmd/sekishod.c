/*
 * sekishod: a post. Reads its configuration, looks whether all is there, and starts its roles with only what each of them
 * needs (post/supervisor.h). It runs until SIGTERM or SIGINT; SIGHUP has the policy, pins and certificates read anew. sekishod(8).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "cmd/cli.h"
#include "cmd/sekishod.h"

/* --- the log: standard error, one line each; the journal wants to know how grave it is --- */

enum grave { ERROR = 3, WARNING = 4, NOTICE = 5, INFO = 6 };

static void log_line(enum grave grave, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void log_line(enum grave grave, const char *fmt, ...)
{
	char line[SK_POST_TEXT + 400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (getenv("JOURNAL_STREAM"))
		fprintf(stderr, "<%d>", (int)grave);
	fprintf(stderr, "sekishod: %s\n", line);
}

int post_fail(const char *fmt, ...)
{
	char line[1000];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	log_line(ERROR, "%s", line);
	return -1;
}

/* systemd, when it waits for us (sd_notify(3)). */
static void notify(const char *what)
{
	const char *to = getenv("NOTIFY_SOCKET");
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	sk_autoclose int fd = -1;
	size_t n = to ? strlen(to) : 0;

	if (n == 0 || n >= sizeof(a.sun_path) || (to[0] != '/' && to[0] != '@'))
		return;
	memcpy(a.sun_path, to, n);
	if (to[0] == '@')
		a.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		(void)!sendto(fd, what, strlen(what), MSG_NOSIGNAL, (struct sockaddr *)&a,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
}

/* --- what happens to the roles --- */

/* What 'systemctl status' shows; true when no role is missing. */
static bool show_state(const struct post *p)
{
	char line[SK_POST_TEXT] = "STATUS=all roles are ready";
	size_t n = 0;

	for (size_t i = 0; i < SK_PLACES; i++) {
		if (p->role[i].program == NULL || p->ready[i])
			continue;
		if (n == 0)
			n = (size_t)snprintf(line, sizeof(line), "STATUS=not ready:");
		if (n < sizeof(line))
			n += (size_t)snprintf(line + n, sizeof(line) - n, " %s", p->role[i].name);
	}
	notify(line);
	return n == 0;
}

static void look_whether_all_are_ready(struct post *p)
{
	if (!show_state(p) || p->told_ready)
		return;
	p->told_ready = true;
	log_line(NOTICE, "the post %s is ready", sk_settings_get(p->settings, "zone"));
	notify("READY=1");
}

static const struct {
	enum grave grave;
	const char *text;
} events[] = {
    [SK_POST_STARTED] = {INFO, "started"},
    [SK_POST_IS_READY] = {INFO, "ready"},
    [SK_POST_ENDED] = {NOTICE, "ended"},
    [SK_POST_DROPPED] = {WARNING, "dropped"},
    [SK_POST_NOT_STARTED] = {ERROR, "not started"},
    [SK_POST_CHANGED] = {NOTICE, "is started anew: what it is handed has changed"},
    [SK_POST_POLICY_TAKEN] = {NOTICE, "policy taken"},
    [SK_POST_POLICY_KEPT] = {ERROR, "policy kept, the new one is not good"},
};

static void tell(void *ctx, size_t role, enum sk_post_event event, const char *text)
{
	struct post *p = ctx;

	log_line(events[event].grave, "%s: %s%s%s", p->role[role].name, events[event].text,
	    *text ? ": " : "", text);
	if (event == SK_POST_POLICY_TAKEN) /* its scribe is handed how long a witness may be away */
		post_look_at_policy(p);
	if (event == SK_POST_IS_READY || event == SK_POST_ENDED)
		p->ready[role] = event == SK_POST_IS_READY;
	look_whether_all_are_ready(p);
}

/* --- beginning --- */

static int read_settings(struct post *p)
{
	sk_autoclose int fd = open(p->config, O_RDONLY | O_CLOEXEC);
	char why[256];

	if (fd < 0)
		return post_fail("%s: %s", p->config, strerror(errno));
	if (sk_settings_read(fd, &p->settings, why, sizeof(why)))
		return post_fail("%s: %s", p->config, why);
	while (
	    p->links < SK_POST_LINKS && sk_settings_link(p->settings, p->links, &p->link[p->links]))
		p->links++;
	p->workers = (size_t)sk_settings_number(p->settings, "workers", 1);
	if (sk_settings_yes(p->settings, "users") && geteuid() != 0)
		return post_fail("%s: 'users yes' needs root", p->config);
	if (geteuid() == 0 && !sk_settings_yes(p->settings, "users"))
		log_line(WARNING,
		    "all roles run as root; 'users yes' gives each a system user of its own");
	return 0;
}

static int find_helpers(struct post *p)
{
	const char *folder = cli_helper_dir(); /* of a build tree */
	const char *said = sk_settings_get(p->settings, "portal-pages");

	if (p->helpers[0] == '\0')
		snprintf(p->helpers, sizeof(p->helpers), "%s", folder ? folder : SK_HELPER_DIR);
	if (said)
		snprintf(p->pages, sizeof(p->pages), "%s", said);
	else if (folder)
		snprintf(p->pages, sizeof(p->pages), "%s/../../web", folder);
	else
		snprintf(p->pages, sizeof(p->pages), "%s", SK_PAGES_DIR);
	return 0;
}

/* Nothing of us may be read by others of our user, and what the roles write is for nobody else. */
static int harden(struct post *p)
{
	struct rlimit none = {0, 0};

	umask(077);
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) || setrlimit(RLIMIT_CORE, &none))
		return post_fail("%s", strerror(errno));
	return 0;
}

static int prepare(struct post *p)
{
	int (*const step[])(struct post *) = {
	    harden, read_settings, find_helpers, post_roles, post_look_at_policy, post_open};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(step) / sizeof(*step); i++)
		rc = step[i](p);
	return rc;
}

static int run(struct post *p)
{
	const struct sk_post_setup setup = {
	    .roles = p->role, .nroles = SK_PLACES, .ctx = p, .policy = post_policy, .tell = tell};
	int status;

	log_line(NOTICE, "the post %s starts", sk_settings_get(p->settings, "zone"));
	status = sk_post_run(&setup);
	if (status)
		return post_fail("it cannot begin: %s", sk_strerror(status));
	log_line(NOTICE, "the post %s has ended", sk_settings_get(p->settings, "zone"));
	return 0;
}

static int usage(FILE *to, int code)
{
	fprintf(to, "%s\n",
	    "Usage: sekishod [--config FILE] [--programs FOLDER] [--check]\n"
	    "       sekishod --version | --help\n"
	    "The manual page sekishod(8) tells more.");
	return code;
}

int main(int argc, char **argv)
{
	static struct post p = {
	    .config = SEKISHOD_CONFIG, .lock = -1, .state = -1, .control = -1, .portal = -1};
	bool check = false;
	int rc;

	cli_hold_standard_streams();
	cli_language("en"); /* the log is in one language */
	memset(p.listen, 0xFF, sizeof(p.listen));
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--config") == 0 && i + 1 < argc)
			p.config = argv[++i];
		else if (strcmp(argv[i], "--programs") == 0 && i + 1 < argc)
			snprintf(p.helpers, sizeof(p.helpers), "%s", argv[++i]);
		else if (strcmp(argv[i], "--check") == 0)
			check = true;
		else if (strcmp(argv[i], "--version") == 0)
			return printf("sekishod %s\n", SK_VERSION) < 0;
		else
			return strcmp(argv[i], "--help") == 0 ? usage(stdout, 0) : usage(stderr, 2);
	}
	rc = prepare(&p);
	if (rc == 0 && !check)
		rc = run(&p);
	post_close(&p);
	return rc ? 1 : 0;
}
