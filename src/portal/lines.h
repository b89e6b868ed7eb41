/*
 * The connections of the portal, and when each is cut: nobody keeps one by saying nothing, or a byte now and then. When there are too many, the one
 * that has been idle longest goes, so that idle ones keep nobody out. A connection is cut by ending its socket; libmicrohttpd then
 * closes it. Times are milliseconds of sk_now_ms(). The portal.
 */
#ifndef SK_PORTAL_LINES_H
#define SK_PORTAL_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sk_line {
	struct sk_line *before,
	    *behind; /* idle ones by the time since they are, the longest first; then busy ones */
	int fd;
	uint8_t address[16];
	bool busy;   /* a request is under way */
	int64_t due; /* it is cut then */
};

struct sk_lines {
	struct sk_line *first, *last; /* idle */
	struct sk_line *at_work;      /* busy, in no order */
	size_t n, most;               /* more than `most`: idle ones go */
	int64_t looked;
};

#define SK_LINE_IDLE_MS \
	75000 /* until a request is there as a whole, from the connection's start or the last answer */

/* NULL: no memory. The socket stays the caller's. */
struct sk_line *sk_lines_add(struct sk_lines *l, int fd, int64_t now);
void sk_lines_remove(struct sk_lines *l, struct sk_line *line);

/* A request is there, and must be over, or something of it move on, before `due`. */
void sk_line_work(struct sk_lines *l, struct sk_line *line, int64_t due);
/* It is over. */
void sk_line_rest(struct sk_lines *l, struct sk_line *line, int64_t now);

/* Cut what is due; looks once a second. */
void sk_lines_tick(struct sk_lines *l, int64_t now);
/* Milliseconds until it looks next; -1: there is nothing to look at. */
int sk_lines_until(const struct sk_lines *l, int64_t now);

#endif
