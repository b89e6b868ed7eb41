/* The connections of the portal: lines.h. */
#include "portal/lines.h"

#include <stdlib.h>
#include <sys/socket.h>

#define LOOK_MS 1000

static void unlink_line(struct sk_lines *l, struct sk_line *line)
{
	if (line->before)
		line->before->behind = line->behind;
	else if (line->busy)
		l->at_work = line->behind;
	else
		l->first = line->behind;
	if (line->behind)
		line->behind->before = line->before;
	else if (!line->busy)
		l->last = line->before;
	line->before = line->behind = NULL;
}

static void link_idle(struct sk_lines *l, struct sk_line *line)
{
	line->busy = false;
	line->before = l->last;
	if (l->last)
		l->last->behind = line;
	else
		l->first = line;
	l->last = line;
}

static void link_busy(struct sk_lines *l, struct sk_line *line)
{
	line->busy = true;
	line->behind = l->at_work;
	if (l->at_work)
		l->at_work->before = line;
	l->at_work = line;
}

static void cut(const struct sk_line *line)
{
	shutdown(line->fd, SHUT_RDWR);
}

/* The longest idle ones go, once: their sockets are ended, and they leave when the server sees it. */
static void make_room(struct sk_lines *l)
{
	struct sk_line *line = l->first;

	if (l->n <= l->most || line == NULL)
		return;
	cut(line);
	/* to the end, so that the next one to go is another */
	unlink_line(l, line);
	link_idle(l, line);
}

struct sk_line *sk_lines_add(struct sk_lines *l, int fd, int64_t now)
{
	struct sk_line *line = calloc(1, sizeof(*line));

	if (line == NULL)
		return NULL;
	line->fd = fd;
	line->due = now + SK_LINE_IDLE_MS;
	l->n++;
	make_room(l);
	link_idle(l, line);
	return line;
}

void sk_lines_remove(struct sk_lines *l, struct sk_line *line)
{
	unlink_line(l, line);
	l->n--;
	free(line);
}

void sk_line_work(struct sk_lines *l, struct sk_line *line, int64_t due)
{
	line->due = due;
	if (line->busy)
		return;
	unlink_line(l, line);
	link_busy(l, line);
}

void sk_line_rest(struct sk_lines *l, struct sk_line *line, int64_t now)
{
	unlink_line(l, line);
	link_idle(l, line);
	line->due = now + SK_LINE_IDLE_MS;
}

void sk_lines_tick(struct sk_lines *l, int64_t now)
{
	if (now - l->looked < LOOK_MS)
		return;
	l->looked = now;
	/* the idle ones stand in the order in which they are due, but for those that were cut already */
	for (struct sk_line *i = l->first; i; i = i->behind)
		if (now >= i->due)
			cut(i);
	for (struct sk_line *i = l->at_work; i; i = i->behind)
		if (now >= i->due)
			cut(i);
}

int sk_lines_until(const struct sk_lines *l, int64_t now)
{
	int64_t due = l->looked + LOOK_MS;

	if (l->n == 0)
		return -1;
	return due <= now ? 0 : (int)(due - now);
}
