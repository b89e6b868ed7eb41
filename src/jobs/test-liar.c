/*
 * A worker that somebody took over, for tests of whole posts: it gives back what it likes and says that it is clean. What it
 * does stands in the file beside it, its own name with ".say"; never installed.
 *
 * as-it-came: the original, said to be clean.  other-hash: the same under the hash of something else.
 * other-original: it says that it cleaned another one.  other-type: the same, said to be a text.
 * no-bytes: it says clean, and leaves nothing.  names: what it says is full of paths and control characters.
 */
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "jobs/work.h"
#include "post/child.h"
#include "post/places.h"

struct liar {
	struct sk_child child;
	char word[32];
};

static bool does(const struct liar *l, const char *word)
{
	return strcmp(l->word, word) == 0;
}

static int say_idle(struct liar *l)
{
	return sk_child_send(&l->child, SK_PLACE_GATE, SK_WORK_IDLE, 0, sk_slice("", 0), NULL, 0);
}

static int give(struct liar *l, const struct sk_work_done *d, uint32_t serial)
{
	struct sk_buf body = SK_BUF(SK_CHANNEL_BODY);
	int status = sk_work_put_done(d, &body);

	if (status == 0)
		status = sk_child_send(
		    &l->child, SK_PLACE_GATE, SK_WORK_DONE, serial, sk_buf_slice(&body), NULL, 0);
	sk_buf_free(&body);
	return status ? status : say_idle(l);
}

static void tell(const struct liar *l, struct sk_slice bytes, struct sk_work_done *d)
{
	d->verdict = SK_CLEAN;
	d->method = SK_REBUILD;
	d->cleaned[0] = SK_WORK_YES;
	snprintf(d->type, sizeof(d->type), "docm");
	snprintf(d->out_type, sizeof(d->out_type), does(l, "other-type") ? "txt" : "docx");
	snprintf(
	    d->extension, sizeof(d->extension), "%s", does(l, "names") ? "../../x" : d->out_type);
	snprintf(d->cleaner, sizeof(d->cleaner), "sekisho-0.1.0");
	if (does(l, "names"))
		snprintf(d->detail, sizeof(d->detail), "../../../etc/passwd\n\033[31m");
	crypto_hash_sha256(d->hash_in, bytes.p, bytes.n);
	crypto_hash_sha256(d->hash_out, bytes.p, bytes.n);
	if (does(l, "other-hash"))
		d->hash_out[0] ^= 1;
	if (does(l, "other-original"))
		d->hash_in[0] ^= 1;
	d->size_in = d->size_out = bytes.n;
	d->looked = 1; /* and nothing was found */
}

static int serve_clean(void *ctx, struct sk_message *m)
{
	struct liar *l = ctx;
	static struct sk_work_job job;
	static struct sk_work_done done;
	struct sk_slice bytes;
	sk_autoclose int plain = sk_memfd("plain");
	int status = sk_work_get_job(m->body, &job);

	if (status == 0)
		status = sk_unsealing_copy(m->fds[0], &job.input, plain);
	if (status == 0)
		status = sk_map(plain, &bytes);
	if (status)
		return status;
	memset(&done, 0, sizeof(done));
	done.job = job.job;
	done.fence = job.fence;
	tell(l, bytes, &done);
	if (!does(l, "no-bytes") && sk_write_all(m->fds[1], bytes.p, bytes.n))
		status = SK_EIO;
	sk_unmap(&bytes);
	return status ? status : give(l, &done, m->serial);
}

static void met(void *ctx, size_t place)
{
	if (place == SK_PLACE_GATE)
		say_idle(ctx);
}

static void take_word(struct liar *l)
{
	char self[PATH_MAX], path[PATH_MAX + 8];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	FILE *f;

	self[n > 0 ? n : 0] = '\0';
	snprintf(path, sizeof(path), "%s.say", self);
	f = fopen(path, "re");
	if (f && fgets(l->word, sizeof(l->word), f) == NULL)
		l->word[0] = '\0';
	if (f)
		fclose(f);
	l->word[strcspn(l->word, "\n")] = '\0';
}

int main(void)
{
	static const struct sk_permit permits[] = {
	    {SK_WORK_CLEAN, 1, 1, SK_CHANNEL_BODY, 4, serve_clean}};
	static const struct sk_child_ops ops = {
	    .peers = {[SK_PLACE_GATE] = {permits, 1}}, .met = met};
	static struct liar l;

	if (sodium_init() < 0)
		return 1;
	take_word(&l);
	return sk_child_run(&l.child, &ops, &l);
}
