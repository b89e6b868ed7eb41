/* What backup and restore share. Runs in the gate, or in the command that restores. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "store/backup-inside.h"
#include "store/blob-inside.h"

#define PAGE 1000

int sk_backup_fail(struct sk_backup_report *r, int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r->why, sizeof(r->why), fmt, ap);
	va_end(ap);
	return status;
}

static int refer(struct sk_rows *r, size_t row, sk_reference *each, void *arg)
{
	struct sk_slice output = sk_rows_bytes(r, row, 1), original = sk_rows_text(r, row, 2);
	char name[SK_BLOB_NAME];
	int rc = 0;

	if (output.n == 32) {
		sk_blob_name(output.p, name);
		rc = each(arg, SK_BLOB_OUTPUT, name, output);
	}
	if (rc == 0 && original.n == 32) {
		snprintf(name, sizeof(name), "%.32s", (const char *)original.p);
		rc = each(arg, SK_BLOB_ORIGINAL, name, sk_rows_bytes(r, row, 3));
	}
	return rc;
}

int sk_backup_references(
    struct sk_db *db, sk_reference *each, void *arg, struct sk_backup_report *report)
{
	char last[64] = "";

	for (size_t n = PAGE; n == PAGE;) {
		struct sk_rows r;
		int rc = sk_db_query(db,
		    "SELECT id, output, original, original_hash FROM transfer WHERE id > $1 ORDER BY id LIMIT 1000",
		    SK_BINDS(sk_text(last)), &r);
		if (rc)
			return sk_backup_fail(report, rc, "%s", sk_db_why(db));
		n = r.rows;
		for (size_t i = 0; i < n && rc == 0; i++)
			rc = refer(&r, i, each, arg);
		if (n) {
			struct sk_slice id = sk_rows_text(&r, n - 1, 0);
			snprintf(last, sizeof(last), "%.*s", (int)id.n, (const char *)id.p);
		}
		report->transfers += n;
		rc = rc == 0 && r.bad ? SK_EFORMAT : rc;
		sk_rows_free(&r);
		if (rc)
			return rc;
	}
	return 0;
}

int sk_backup_copy(int from, int to, uint8_t sha256[32], uint64_t *size)
{
	static const size_t ROOM = 65536;
	uint8_t p[65536];
	struct sha256_ctx h;

	sha256_init(&h);
	*size = 0;
	for (;;) {
		ssize_t k = read(from, p, ROOM);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return SK_EIO;
		if (k == 0)
			break;
		sha256_update(&h, (size_t)k, p);
		*size += (uint64_t)k;
		if (to >= 0 && sk_write_all(to, p, (size_t)k))
			return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? SK_ENOSPACE
										    : SK_EIO;
	}
	sha256_digest(&h, 32, sha256);
	return 0;
}

int sk_backup_run(char *const argv[], struct sk_backup_report *r)
{
	posix_spawn_file_actions_t actions;
	char said[300] = "";
	pid_t pid = 0;
	int status = 0;

	sk_autoclose int log = sk_memfd("said");
	if (log < 0 || posix_spawn_file_actions_init(&actions))
		return SK_EIO;
	posix_spawn_file_actions_adddup2(&actions, log, STDERR_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	int rc = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (rc)
		return sk_backup_fail(r, SK_EIO, "%s: %s", argv[0], strerrordesc_np(rc));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (status == 0)
		return 0;
	ssize_t n = pread(log, said, sizeof(said) - 1, 0);
	return sk_backup_fail(r, SK_EIO, "%s: %.*s", argv[0], n > 0 ? (int)n : 0, said);
}

const char *sk_backup_conninfo(const char *where)
{
	return strncmp(where, "postgresql://", 13) == 0 ? where : where + strlen("postgresql:");
}
