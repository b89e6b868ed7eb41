/* Who watches at a portal, and what he was told: what the files of the notices share. Only watch*.c and asks-watch.c look in here. The gate. */
#ifndef SK_DESK_WATCH_H
#define SK_DESK_WATCH_H

#include "desk/asks.h"
#include "desk/notices.h"

struct sk_watcher {
	struct sk_watcher *next;
	size_t place;
	uint32_t serial; /* of the ask by which he began: notices have it */
	char *member;
	int64_t session; /* its number */
	int64_t login;   /* as it was told last */
	unsigned factors;
	bool look;        /* whether his session is as it was */
	bool first, some; /* what waits for him is to be counted: before others; some time */
	bool counted;     /* he was told: */
	struct sk_tasks_of told;
};

/* A transfer that changed in this turn. */
struct sk_note {
	char id[SK_TRANSFER_ID];
	int64_t state, changed;
	char *requester, *recipient; /* NULL: nobody */
};

struct sk_notices {
	struct sk_watcher *watchers;
	size_t n, nnotes;
	struct sk_note note[SK_NOTICES_TURN];
	bool many;         /* there were more */
	bool tasks;        /* something may wait for somebody else */
	int64_t tasks_at;  /* they were all marked */
	int64_t count_at;  /* some are counted then */
	int64_t looked_at; /* at all sessions */
};

void sk_watch_tell(struct sk_desk *d, const struct sk_watcher *w, const char *event, json_t *data);
void sk_watch_end(struct sk_notices *s, struct sk_watcher **at);

/* --- watch-session.c: a stream is no longer than its session --- */
void sk_watch_sessions(struct sk_desk *d);
int64_t sk_watch_sessions_due(const struct sk_desk *d);

/* --- watch-tasks.c: what waits for whom, where that has become another number --- */
void sk_watch_tasks(struct sk_desk *d);
int64_t sk_watch_tasks_due(const struct sk_desk *d);

#endif
