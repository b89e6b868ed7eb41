/*
 * Which digits make a number: one group; groups joined by hyphens; groups of one size (1 or 4, as forms print them) with
 * the same gap between them, one digit a cell or a line included. run.h. Jailed processes.
 */
#include "leak/run.h"

#include <string.h>

struct walk {
	const struct sk_run *run;
	int (*each)(void *ctx, const struct sk_seen *seen);
	void *ctx;
};

/* Groups from..to-1 together; false when they are not of the length of a number. */
static bool gather(const struct sk_run *run, size_t from, size_t to, struct sk_seen *seen)
{
	*seen = (struct sk_seen){.at = &run->g[from]};
	for (size_t i = from; i < to; i++) {
		const struct sk_group *g = &run->g[i];
		if (g->n > SK_GROUP_DIGITS || seen->n + g->n > 13)
			return false;
		memcpy(seen->d + seen->n, g->d, g->n);
		seen->n += g->n;
	}
	return seen->n >= 12;
}

static bool joined(const struct sk_run *run, size_t i)
{
	return i < run->n && i > 0 && run->g[i].gap == SK_GAP_HYPHEN;
}

/* One group that is a number by itself, or was one before a sheet took its zeros away. */
static int single(struct walk *w, size_t i)
{
	const struct sk_group *g = &w->run->g[i];
	struct sk_seen seen = {.at = g, .n = 12, .short_ = true};

	if (g->n >= 9 && g->n <= 11 && g->d[0] != 0 && !g->fraction && !joined(w->run, i) &&
	    !joined(w->run, i + 1)) {
		memcpy(seen.d + 12 - g->n, g->d, g->n);
		return w->each(w->ctx, &seen);
	}
	if (!gather(w->run, i, i + 1, &seen))
		return 0;
	seen.part = g->fraction || joined(w->run, i) || joined(w->run, i + 1);
	return w->each(w->ctx, &seen);
}

/* All groups that hyphens join, from the first. Returns the place behind them. */
static size_t chain(const struct sk_run *run, size_t from)
{
	size_t to = from + 1;

	while (joined(run, to))
		to++;
	return to;
}

/* Groups of the same size with the same gap, which is no hyphen, from the first. */
static size_t row(const struct sk_run *run, size_t from)
{
	size_t to = from + 1;

	if (to >= run->n || run->g[to].gap == SK_GAP_HYPHEN)
		return to;
	while (
	    to < run->n && run->g[to].n == run->g[from].n && run->g[to].gap == run->g[from + 1].gap)
		to++;
	return to;
}

/* 1-4-4-4: a corporate number as it is printed. */
static bool printed_corporate(const struct sk_run *run, size_t from, size_t to)
{
	return from > 0 && to - from == 3 && run->g[from].n == 4 && run->g[from - 1].n == 1 &&
	       run->g[from].gap == run->g[from + 1].gap;
}

/* A number at each place of a row that is longer than one. */
static int windows(struct walk *w, size_t from, size_t to, size_t groups)
{
	struct sk_seen seen;
	int status = 0;

	for (size_t i = from; !status && i + groups <= to; i++)
		if (gather(w->run, i, i + groups, &seen)) {
			seen.window = true;
			status = w->each(w->ctx, &seen);
		}
	return status;
}

static int of_row(struct walk *w, size_t from, size_t to)
{
	uint32_t size = w->run->g[from].n;
	struct sk_seen seen;

	if (to - from < 2 || size > 6 || 12 % size)
		return 0;
	if (printed_corporate(w->run, from, to) && gather(w->run, from - 1, to, &seen)) {
		int status = w->each(w->ctx, &seen);
		if (status)
			return status;
	}
	if (gather(w->run, from, to, &seen)) {
		int status = w->each(w->ctx, &seen);
		if (status || seen.n == 12)
			return status;
	}
	return size == 1 || size == 4 ? windows(w, from, to, 12 / size) : 0;
}

int sk_run_each(
    const struct sk_run *run, int (*each)(void *ctx, const struct sk_seen *seen), void *ctx)
{
	struct walk w = {run, each, ctx};
	struct sk_seen seen;
	int status = 0;

	for (size_t i = 0; !status && i < run->n; i++)
		status = single(&w, i);
	for (size_t i = 0, to; !status && i < run->n; i = to) {
		to = chain(run, i);
		if (to > i + 1 && gather(run, i, to, &seen))
			status = each(ctx, &seen);
	}
	for (size_t i = 0, to; !status && i < run->n; i = to) {
		to = row(run, i);
		status = of_row(&w, i, to);
		/* the last group of one row may begin another with a different gap */
		to -= to - i > 1 && to < run->n && run->g[to].n == run->g[to - 1].n;
	}
	return status;
}
