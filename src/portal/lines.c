/* The connections of the portal: lines.h. */
#include "portal/lines.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "portal/limit.h"

#define LOOK_MS 1000

void sk_lines_init(struct sk_lines *l, size_t most, int64_t idle_ms)
{
	*l = (struct sk_lines){.most = most, .idle_most = SK_LINE_IDLE_MOST, .idle_ms = idle_ms};
}

/* --- how many are idle, of whom --- */

static uint16_t *place_of(struct sk_lines *l, const struct sk_line *line)
{
	uint8_t key[SK_LIMIT_KEY];
	uint32_t h = 2166136261U; /* FNV-1a */

	sk_limit_address(line->address, key);
	for (size_t i = 0; i < sizeof(key); i++)
		h = (h ^ key[i]) * 16777619U;
	return &l->places[(h ^ h >> 16) % SK_LINE_PLACES];
}

static void count(struct sk_lines *l, const struct sk_line *line, int n)
{
	if (line->gone)
		return;
	l->idle = n > 0 ? l->idle + 1 : l->idle - 1;
	*place_of(l, line) = (uint16_t)(*place_of(l, line) + n);
}

/* --- lists --- */

static void unlink_line(struct sk_lines *l, struct sk_line *line)
{
	if (!line->busy)
		count(l, line, -1);
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
	count(l, line, 1);
}

static void link_busy(struct sk_lines *l, struct sk_line *line)
{
	line->busy = true;
	line->behind = l->at_work;
	if (l->at_work)
		l->at_work->before = line;
	l->at_work = line;
}

static void cut(struct sk_lines *l, struct sk_line *line)
{
	if (!line->busy)
		count(l, line, -1);
	line->gone = true;
	shutdown(line->fd, SHUT_RDWR);
}

/* --- room --- */

/* The longest idle one of whoever has many; else the longest idle one. */
static struct sk_line *spare(struct sk_lines *l)
{
	struct sk_line *first = NULL;

	for (struct sk_line *i = l->first; i; i = i->behind) {
		if (i->gone)
			continue;
		if (*place_of(l, i) > SK_LINE_IDLE_OF_ONE)
			return i;
		first = first ? first : i;
	}
	return first;
}

/* One goes for each that comes: its socket is ended, and it leaves when the server sees it. */
static void make_room(struct sk_lines *l)
{
	struct sk_line *line = l->n > l->most || l->idle > l->idle_most ? spare(l) : NULL;

	if (line == NULL)
		return;
	cut(l, line);
	/* to the end: those before it are looked at */
	unlink_line(l, line);
	link_idle(l, line);
}

struct sk_line *sk_lines_add(struct sk_lines *l, int fd, const uint8_t address[16], int64_t now)
{
	struct sk_line *line = calloc(1, sizeof(*line));

	if (line == NULL)
		return NULL;
	line->fd = fd;
	line->due = now + l->idle_ms;
	memcpy(line->address, address, sizeof(line->address));
	l->n++;
	link_idle(l, line);
	make_room(l);
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
	line->due = now + l->idle_ms;
	make_room(l);
}

void sk_lines_tick(struct sk_lines *l, int64_t now)
{
	if (now - l->looked < LOOK_MS)
		return;
	l->looked = now;
	/* the idle ones stand in the order in which they are due, but for those that were cut already */
	for (struct sk_line *i = l->first; i; i = i->behind)
		if (now >= i->due && !i->gone)
			cut(l, i);
	for (struct sk_line *i = l->at_work; i; i = i->behind)
		if (now >= i->due && !i->gone)
			cut(l, i);
}

int sk_lines_until(const struct sk_lines *l, int64_t now)
{
	int64_t due = l->looked + LOOK_MS;

	if (l->n == 0)
		return -1;
	return due <= now ? 0 : (int)(due - now);
}
