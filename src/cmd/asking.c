/* Options of the subcommands that ask a post, and the talk with sekisho-control: asking.h. The command. */
#include "cmd/asking.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/day.h"
#include "base/err.h"
#include "base/utf8.h"
#include "ipc/channel.h"

/* Where an installed post has it: as its settings may say, or in its state folder. */
#define CONTROL "/run/sekisho/control"
#define CONTROL_OF_STATE "/var/lib/sekisho/control"

/* --- options --- */

/* A sentence with {1} in it. */
static void tell_why(enum sk_front_why why, const char *field)
{
	const char *text = _(sk_front_why_text(why)), *gap = strstr(text, "{1}");
	int n = gap ? (int)(gap - text) : (int)strlen(text);

	fprintf(stderr, "sekisho: %.*s%s%s\n", n, text, gap ? asking_word(field) : "",
	    gap ? gap + 3 : "");
}

static int tell_usage(const struct verb *v)
{
	fprintf(stderr, "%s\n", _(v->usage));
	return EXIT_SOME_ERROR;
}

/* Options that no ask has. The number of arguments taken, 0: it is none of them. */
static int take_own(struct asking *a, const struct verb *v, char **argv, int left)
{
	if (strcmp(argv[0], "--json") == 0) {
		a->json = true;
		return 1;
	}
	if (v->extra & ASKING_OUT && strcmp(argv[0], "--force") == 0) {
		a->force = true;
		return 1;
	}
	if (left < 2)
		return 0;
	const char **at = strcmp(argv[0], "--control") == 0 ? &a->control : NULL;
	if (v->extra & ASKING_OUT && strcmp(argv[0], "-o") == 0)
		at = &a->out;
	if (v->extra & ASKING_PASSWORD && strcmp(argv[0], "--password-file") == 0)
		at = &a->password_file;
	if (v->extra & ASKING_PASSWORD && strcmp(argv[0], "--password-fd") == 0)
		at = &a->password_fd;
	if (at)
		*at = argv[1];
	return at ? 2 : 0;
}

static int take_seconds(struct asking *a, const struct verb *v, char **argv, int left)
{
	char *end;

	if (!(v->extra & ASKING_WAIT) || left < 2 || strcmp(argv[0], "--seconds") != 0)
		return 0;
	a->seconds = strtol(argv[1], &end, 10);
	return *end || end == argv[1] || a->seconds < 0 ? -1 : 2;
}

/* What an ask has besides what its asker says: which argument it is, what the command finds out, what control does. */
static bool is_not_said(const struct asking *a, const char *name)
{
	bool brought =
	    strcmp(name, "upload") == 0 || strcmp(name, "size") == 0 || strcmp(name, "hash") == 0;

	return strcmp(name, "id") == 0 || strcmp(name, "uid") == 0 ||
	       (a->ask.what == SK_FRONT_SEND && brought);
}

/* A day as people write it, in either calendar: its first or last millisecond in Japan. Else as it is. */
static const char *time_of_day(const char *name, const char *said, char text[24])
{
	const int64_t day_ms = INT64_C(86400000), japan = INT64_C(9) * 3600000;
	bool last = strcmp(name, "until") == 0;
	bool late;
	int32_t day;

	if ((!last && strcmp(name, "from") != 0) || sk_day_parse(sk_slice_str(said), &day, &late))
		return said;
	snprintf(text, 24, "%" PRId64, (day + last) * day_ms - japan - last);
	return text;
}

/* Options that are members. -1: it was told what is wrong with it. */
static int take_member(struct asking *a, char **argv, int left)
{
	struct sk_front_fault fault;
	char text[24];
	const char *name = argv[0] + 2;
	int n = (int)sk_front_takes(a->ask.what, name);

	if (n == SK_FRONT_TAKES_NOTHING || n > left || is_not_said(a, name))
		return 0;
	const char *said = n == SK_FRONT_TAKES_VALUE ? time_of_day(name, argv[1], text) : "";
	if (sk_front_set(&a->ask, name, said, &fault)) {
		tell_why(fault.why, name);
		return -1;
	}
	return n;
}

static int take(struct asking *a, const struct verb *v, int argc, char **argv)
{
	bool options = true;

	for (int i = 0, n; i < argc; i += n) {
		n = 1;
		if (!options || argv[i][0] != '-' || argv[i][1] == '\0') {
			a->arg[a->narg++] = argv[i];
			continue;
		}
		options = strcmp(argv[i], "--") != 0;
		if (!options)
			continue;
		n = take_own(a, v, argv + i, argc - i);
		if (n == 0)
			n = take_seconds(a, v, argv + i, argc - i);
		if (n == 0 && strncmp(argv[i], "--", 2) == 0)
			n = take_member(a, argv + i, argc - i);
		if (n <= 0)
			return n < 0 ? EXIT_SOME_ERROR : tell_usage(v);
	}
	return a->narg < v->least || a->narg > v->most ? tell_usage(v) : 0;
}

static const char *default_control(void)
{
	const char *said = getenv("SEKISHO_CONTROL");

	if (said && *said)
		return said;
	return access(CONTROL, F_OK) == 0 ? CONTROL : CONTROL_OF_STATE;
}

static int run(const struct verb *v, int argc, char **argv)
{
	struct asking a = {.control = default_control(), .seconds = -1, .arg = argv};
	struct sk_front_fault fault;
	int rc;

	sk_front_init(&a.ask, v->what);
	rc = take(&a, v, argc, argv);
	if (rc)
		return rc;
	if (v->first && a.narg && sk_front_set(&a.ask, v->first, a.arg[0], &fault)) {
		tell_why(fault.why, a.arg[0]);
		return EXIT_SOME_ERROR;
	}
	return v->run(&a);
}

int asking_run(const struct verb *verbs, int argc, char **argv, const char *none)
{
	if (cli_take_language(&argc, argv))
		return EXIT_SOME_ERROR;
	if (verbs->name[0] == '\0') /* a command without verbs */
		return run(verbs, argc - 1, argv + 1);
	for (const struct verb *v = verbs; argc > 1 && v->name; v++)
		if (strcmp(argv[1], v->name) == 0)
			return run(v, argc - 2, argv + 2);
	fprintf(stderr, "%s\n", none);
	return EXIT_SOME_ERROR;
}

/* --- the talk --- */

static int unreachable(const struct asking *a, const char *why)
{
	fprintf(stderr, _("sekisho: no post can be reached at %s: %s\n"), a->control, why);
	return EXIT_SOME_ERROR;
}

static int connect_to(const struct asking *a, struct sk_channel *ch)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int sock;

	if (strlen(a->control) >= sizeof(to.sun_path))
		return unreachable(a, cli_errno_text(ENAMETOOLONG));
	memcpy(to.sun_path, a->control, strlen(a->control) + 1);
	sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (sock < 0 || connect(sock, (struct sockaddr *)&to, sizeof(to))) {
		int err = errno;
		if (sock >= 0)
			close(sock);
		return unreachable(a, cli_errno_text(err));
	}
	if (sk_channel_open(ch, sock))
		return unreachable(a, cli_errno_text(ENOMEM));
	return 0;
}

static int serve_answer(void *ctx, struct sk_message *m)
{
	json_t **answer = ctx;

	if (*answer)
		return SK_EFORMAT;
	*answer = json_loadb((const char *)m->body.p, m->body.n, JSON_REJECT_DUPLICATES, NULL);
	return json_is_object(*answer) ? 0 : SK_EFORMAT;
}

static int hear(const struct asking *a, struct sk_channel *ch, json_t **answer)
{
	static const struct sk_permit permits[] = {
	    {SK_FRONT_ANSWER, 1, 2, SK_CHANNEL_BODY, 0, serve_answer}};
	unsigned state = 0;

	while (*answer == NULL) {
		struct pollfd p = {
		    ch->sock, (short)(POLLIN | (sk_channel_waits(ch) ? POLLOUT : 0)), 0};
		int rc = poll(&p, 1, -1) < 0 && errno != EINTR ? SK_EIO : 0;
		if (rc == 0 && p.revents & POLLOUT)
			rc = sk_channel_flush(ch);
		if (rc == 0 && p.revents & (POLLIN | POLLHUP))
			rc = sk_channel_serve(ch, permits, 1, &state, answer);
		if (rc && *answer == NULL)
			return unreachable(a, _("it ended the talk"));
	}
	return 0;
}

/* An answer that says no is told, and taken from the caller. */
static int judge(const struct asking *a, json_t **answer)
{
	const char *status = asking_text(*answer, "status");
	enum sk_front_why why = sk_front_why_find(asking_text(*answer, "why"));
	char field[256];

	if (strcmp(status, "ok") == 0)
		return 0;
	if (a->json)
		asking_print(*answer);
	sk_utf8_display(field, sizeof(field), sk_slice_str(asking_text(*answer, "field")));
	if (why < SK_FRONT_WHYS)
		tell_why(why, field);
	else
		fprintf(stderr, _("sekisho: the post answers what this program does not know\n"));
	json_decref(*answer);
	*answer = NULL;
	return EXIT_SOME_REFUSED;
}

static int put(const struct asking *a, struct sk_buf *b)
{
	struct sk_front_fault fault;
	int rc = sk_front_write(&a->ask, b, &fault);

	if (rc == SK_EFORMAT)
		tell_why(fault.why, fault.field);
	return rc ? EXIT_SOME_ERROR : 0;
}

int asking_call(struct asking *a, int fd, json_t **answer)
{
	struct sk_buf b = SK_BUF(SK_FRONT_ASK_BYTES);
	struct sk_channel ch = {.sock = -1};
	int rc = put(a, &b);

	*answer = NULL;
	if (rc == 0)
		rc = connect_to(a, &ch);
	if (rc == 0 && sk_channel_send(&ch, fd < 0 ? SK_FRONT_ASK : SK_FRONT_GIVE, 1,
			   sk_buf_slice(&b), &fd, fd >= 0))
		rc = unreachable(a, _("it ended the talk"));
	if (rc == 0)
		rc = hear(a, &ch, answer);
	if (rc == 0)
		rc = judge(a, answer);
	sk_channel_close(&ch);
	if (b.p)
		explicit_bzero(b.p, b.cap);
	sk_buf_free(&b);
	return rc;
}

int asking_show(struct asking *a, int (*show)(const json_t *answer))
{
	json_t *answer = NULL;
	int rc = asking_call(a, -1, &answer);

	if (rc == 0)
		rc = a->json ? asking_print(answer) : show(answer);
	json_decref(answer);
	return rc;
}

int asking_print(json_t *answer)
{
	if (json_dumpf(answer, stdout, JSON_COMPACT) || putchar('\n') == EOF)
		return EXIT_SOME_ERROR;
	return EXIT_ALL_CLEAN;
}

const char *asking_text(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

int64_t asking_number(const json_t *object, const char *name, int64_t otherwise)
{
	const json_t *v = json_object_get(object, name);

	return json_is_integer(v) ? json_integer_value(v) : otherwise;
}
