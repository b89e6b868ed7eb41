/* A folder and a PostgreSQL for tests. */
#include "store/test-place.h"

#include <errno.h>
#include <ftw.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libpq-fe.h>

#define BIN "/usr/lib/postgresql/15/bin/"

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "tests of the store: %s: %s\n", what, strerror(errno));
	_exit(1);
}

void place_make(struct place *p, const char *below)
{
	const char *tmp = getenv("TMPDIR");

	*p = (struct place){0};
	snprintf(p->dir, sizeof(p->dir), "%s/sk-store-XXXXXX", below ? below : tmp ? tmp : "/tmp");
	must(mkdtemp(p->dir), "mkdtemp");
	must(chmod(p->dir, 0711) == 0, "chmod");
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

void place_remove_tree(const char *path)
{
	nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS);
}

void place_remove(struct place *p)
{
	place_stop_server(p, SIGQUIT);
	place_remove_tree(p->dir);
}

void place_path(struct place *p, const char *name, char *path, size_t n)
{
	snprintf(path, n, "%s/%s%u", p->dir, name, p->files++);
}

/* PostgreSQL does not run as root. */
static void become_nobody(void)
{
	if (geteuid() != 0)
		return;
	const struct passwd *user = getpwnam("nobody");
	must(user && setgroups(0, NULL) == 0 &&
		 setresgid(user->pw_gid, user->pw_gid, user->pw_gid) == 0 &&
		 setresuid(user->pw_uid, user->pw_uid, user->pw_uid) == 0,
	    "setresuid");
}

/* Its output goes to the file `log` of the folder. */
static pid_t start(struct place *p, char *const argv[])
{
	char log[96];

	snprintf(log, sizeof(log), "%s/pg/log", p->dir);
	pid_t parent = getpid(), pid = fork();
	must(pid >= 0, "fork");
	if (pid)
		return pid;
	become_nobody();
	prctl(PR_SET_PDEATHSIG, SIGQUIT); /* it does not outlive a test that dies */
	if (getppid() != parent || !freopen(log, "a", stderr) || !freopen(log, "a", stdout) ||
	    chdir("/"))
		_exit(1);
	execv(argv[0], argv);
	_exit(127);
}

static void make_cluster(struct place *p)
{
	char top[96], data[96];
	int status = 1;

	snprintf(top, sizeof(top), "%s/pg", p->dir);
	snprintf(data, sizeof(data), "%s/pg/data", p->dir);
	must(mkdir(top, 0700) == 0, "mkdir");
	if (geteuid() == 0) {
		const struct passwd *user = getpwnam("nobody");
		must(user && chown(top, user->pw_uid, user->pw_gid) == 0, "chown");
	}
	char *const argv[] = {(char[]){BIN "initdb"}, (char[]){"-D"}, data, (char[]){"-U"},
	    (char[]){"sekisho"}, (char[]){"-A"}, (char[]){"trust"}, (char[]){"-E"},
	    (char[]){"UTF8"}, (char[]){"--locale=C"}, (char[]){"--no-sync"},
	    (char[]){"--data-checksums"}, NULL};
	pid_t pid = start(p, argv);
	must(
	    waitpid(pid, &status, 0) == pid && status == 0, "initdb (is postgresql-15 installed?)");
}

static void conninfo(const struct place *p, const char *database, char *out, size_t n)
{
	snprintf(out, n, "host=%s/pg user=sekisho dbname=%s", p->dir, database);
}

static void wait_until_ready(struct place *p)
{
	char info[160];

	conninfo(p, "postgres", info, sizeof(info));
	for (int i = 0; i < 3000; i++) {
		PGPing said = PQping(info);
		if (said == PQPING_OK)
			return;
		usleep(10000);
	}
	must(false, "the server does not start");
}

void place_start_server(struct place *p)
{
	char data[96], socket[96];

	if (p->server)
		return;
	snprintf(data, sizeof(data), "%s/pg/data", p->dir);
	snprintf(socket, sizeof(socket), "%s/pg", p->dir);
	if (access(data, F_OK))
		make_cluster(p);
	char *const argv[] = {(char[]){BIN "postgres"}, (char[]){"-D"}, data, (char[]){"-k"},
	    socket, (char[]){"-clisten_addresses="}, (char[]){"-cshared_buffers=32MB"},
	    (char[]){"-cmax_connections=60"}, NULL};
	p->server = start(p, argv);
	wait_until_ready(p);
}

void place_stop_server(struct place *p, int signal)
{
	if (p->server == 0)
		return;
	if (kill(p->server, signal) == 0)
		waitpid(p->server, NULL, 0);
	p->server = 0;
}

static void tell(const struct place *p, const char *database, const char *sql)
{
	char info[160];

	conninfo(p, database, info, sizeof(info));
	PGconn *c = PQconnectdb(info);
	PGresult *res = PQexec(c, sql);
	if (PQresultStatus(res) != PGRES_COMMAND_OK) {
		fprintf(stderr, "%s: %s", sql, PQerrorMessage(c));
		must(false, "PostgreSQL");
	}
	PQclear(res);
	PQfinish(c);
}

void place_tell(const struct place *p, const char *sql)
{
	tell(p, "postgres", sql);
}

void place_database(struct place *p, bool postgres, char *where, size_t n)
{
	char info[160];

	if (!postgres) {
		snprintf(where, n, "sqlite:%s/%u.sqlite", p->dir, p->files++);
		return;
	}
	place_start_server(p);
	tell(p, "postgres",
	    "SET client_min_messages = error; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
	conninfo(p, "postgres", info, sizeof(info));
	snprintf(where, n, "postgresql:%s", info);
}

void place_second_database(struct place *p, bool postgres, char *where, size_t n)
{
	char info[160], name[32], sql[64];

	if (!postgres) {
		place_database(p, false, where, n);
		return;
	}
	place_start_server(p);
	snprintf(name, sizeof(name), "second%u", p->files++);
	snprintf(sql, sizeof(sql), "CREATE DATABASE %s", name);
	tell(p, "postgres", sql);
	conninfo(p, name, info, sizeof(info));
	snprintf(where, n, "postgresql:%s", info);
}

struct sk_db *place_open(const char *where)
{
	char why[512] = "";
	struct sk_db *db = NULL;

	int rc = sk_db_open(where, NULL, why, sizeof(why), &db);
	if (rc)
		fprintf(stderr, "%s: %s\n", where, why);
	must(rc == 0, "sk_db_open");
	return db;
}
