/*
 * A program in a role's place, for the tests of a whole post: what it does at each of its starts stands in the file beside
 * it, its own name with ".say", a word a line of which it takes the first. When nothing is said any more it becomes the
 * program with ".real", or, where there is none, waits. Never installed.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "post/child.h"

struct stand_in {
	struct sk_child child;
	char word[32];
};

/* The first line of the file, which then lacks it; "" when there is none. */
static void take_word(const char *path, char word[32])
{
	char rest[4096] = "";
	size_t n = 0;
	FILE *from = fopen(path, "re"), *to;

	if (from == NULL)
		return;
	if (fgets(word, 32, from))
		n = fread(rest, 1, sizeof(rest), from);
	fclose(from);
	word[strcspn(word, "\n")] = '\0';
	to = fopen(path, "we");
	if (to) {
		fwrite(rest, 1, n, to);
		fclose(to);
	}
}

static void flood(struct stand_in *s, size_t place)
{
	for (unsigned i = 0; i < 100000; i++)
		if (send(s->child.peer[place].sock, "\1\0\0\0\0\0\0\0", 8, MSG_NOSIGNAL) < 0)
			return;
}

static void talk(struct stand_in *s, size_t place)
{
	static const uint8_t nonsense[60000] = {0xA5};
	const int two[] = {0, 0};
	int sock = s->child.peer[place].sock;

	if (strcmp(s->word, "kind") == 0) /* one that there is not */
		sk_child_send(&s->child, place, 4711, 0, SK_SLICE_LIT("nonsense"), NULL, 0);
	else if (strcmp(s->word, "body") == 0) /* what no kind looks like */
		for (uint32_t kind = 0; kind < 64; kind++)
			sk_child_send(&s->child, place, kind, kind,
			    sk_slice(nonsense, sizeof(nonsense)), NULL, 0);
	else if (strcmp(s->word, "descriptors") == 0)
		for (uint32_t kind = 0; kind < 64; kind++)
			sk_child_send(&s->child, place, kind, 0, sk_slice(nonsense, 1), two, 2);
	else if (strcmp(s->word, "frame") == 0) /* not even a message */
		(void)!send(sock, "?", 1, MSG_NOSIGNAL);
	else if (strcmp(s->word, "flood") == 0)
		flood(s, place);
	else if (strcmp(s->word, "slander") == 0)
		sk_channel_send(&s->child.supervisor, SK_POST_BAD_PEER, 0,
		    sk_slice(&(uint8_t){(uint8_t)place}, 1), NULL, 0);
}

static void met(void *ctx, size_t place)
{
	talk(ctx, place);
}

static int begin(void *ctx)
{
	struct stand_in *s = ctx;

	if (strcmp(s->word, "crash") == 0)
		abort();
	if (strcmp(s->word, "supervisor") == 0)
		(void)!send(SK_POST_FD, "?", 1, MSG_NOSIGNAL);
	return 0;
}

int main(int argc, char **argv)
{
	struct sk_child_ops ops = {.begin = begin, .met = met};
	static struct stand_in s;
	char self[PATH_MAX], path[PATH_MAX + 8];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[n > 0 ? n : 0] = '\0';
	snprintf(path, sizeof(path), "%s.say", self);
	take_word(path, s.word);
	snprintf(path, sizeof(path), "%s.real", self);
	if (s.word[0] == '\0' && argc > 0)
		execv(path, argv);
	return sk_child_run(&s.child, &ops, &s);
}
