/*
 * The connections of the portal, and when each is cut: nobody keeps one by saying nothing, or a byte now and then. Idle ones cost memory (40 KiB behind
 * their handshake), so no more than `idle_most` are kept: for one more the longest idle one goes of an address that has many, or of all where none has.
 * Who is cut so comes again with his next request. A connection is cut by ending its socket; libmicrohttpd then closes it. Times are milliseconds of
 * sk_now_ms(). The portal.
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
	bool gone;   /* it was cut: the server will see it */
	int64_t due; /* it is cut then */
};

#define SK_LINE_PLACES 1024
struct sk_lines {
	struct sk_line *first, *last; /* idle */
	struct sk_line *at_work;      /* busy, in no order */
	size_t n, most;               /* more than `most`: idle ones go */
	size_t idle, idle_most;       /* of those that are not cut; more than this: the same */
	int64_t
	    idle_ms; /* until a request is there as a whole, from the connection's start or the last answer */
	int64_t looked;
	uint16_t places[SK_LINE_PLACES]; /* idle ones by their address; two may share a place */
};

#define SK_LINE_IDLE_MS 75000
#define SK_LINE_IDLE_MOST 1024
#define SK_LINE_IDLE_OF_ONE 64 /* an address that has more of them gives one for another */

void sk_lines_init(struct sk_lines *l, size_t most, int64_t idle_ms);
/* NULL: no memory. The socket stays the caller's; the address is IPv6. */
struct sk_line *sk_lines_add(struct sk_lines *l, int fd, const uint8_t address[16], int64_t now);
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
