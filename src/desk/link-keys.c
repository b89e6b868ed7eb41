/* What is pinned of the other post: links.h. The gate. */
#include "desk/links.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

#define PATH 4096
#define KEYS_MOST 4096

static int read_file(const struct sk_way *w, const char *name, struct sk_buf *out)
{
	char piece[KEYS_MOST], path[PATH];
	int bad = sk_settings_path(w->desk->settings, name, path, sizeof(path));
	sk_autoclose int fd = bad ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, piece, sizeof(piece));

	if (got < 0) {
		sk_desk_log("%s: %s", path, strerror(errno));
		return SK_EIO;
	}
	return sk_buf_put(out, piece, (size_t)got);
}

int sk_way_keys(struct sk_way *w)
{
	struct sk_buf log = SK_BUF(KEYS_MOST), witness = SK_BUF(KEYS_MOST);
	char name[512];
	int status;

	snprintf(name, sizeof(name), "link/%.200s/peer.log", w->zone);
	status = read_file(w, name, &log);
	if (status == 0)
		status = read_file(w, "witness.pub", &witness);
	if (status == 0)
		status =
		    sk_manifest_keys_read(sk_buf_slice(&log), sk_buf_slice(&witness), &w->keys);
	if (status == SK_EFORMAT)
		sk_desk_log("%s holds no key of a ledger", name);
	sk_buf_free(&log);
	sk_buf_free(&witness);
	w->keys.from = w->zone;
	w->keys.to = w->desk->zone;
	return status;
}
