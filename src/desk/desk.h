/*
 * The process of the gate: what its peers say becomes happenings (gate/), many of them in one transaction, and what follows
 * is told to the peers when it is committed. The only process of a post that holds its store, its blobs and its policy; it
 * looks into no content: bytes come and go as descriptors. Only src/desk and the program look in here.
 */
#ifndef SK_DESK_DESK_H
#define SK_DESK_DESK_H

#include "gate/batch.h"
#include "gate/transfer.h"
#include "post/child.h"
#include "post/places.h"
#include "post/settings.h"
#include "store/blob.h"

struct sk_desk;

/*
 * Something that is to be done in the store: embedded first in what it is about, owned by the desk until `done` frees it.
 * The bytes of `writer` are made durable before; then `run` in a transaction with others (again, when the transaction has
 * to be done again: it may have effects in the store alone); then, committed or refused, `done`.
 */
struct sk_act {
	struct sk_act *next;
	struct sk_desk *desk;
	struct sk_blob_writer *writer; /* NULL: none */
	struct sk_blob blob;           /* what it became, for `run` */
	int pin, status;
	int (*run)(struct sk_gate *g, struct sk_arena *a, struct sk_act *act);
	void (*done)(struct sk_act *act, int status);
};

/* The policy in force, and the text it was read from. */
struct sk_desk_policy {
	struct sk_arena *arena;
	const struct sk_policy *policy;
	int64_t taken; /* in force since, seconds */
};

struct sk_desk {
	struct sk_child child;
	struct sk_settings *settings;
	const char *zone;        /* of the post */
	char host[64];           /* name of this claimer of jobs */
	struct sk_db *db, *jobs; /* jobs: the same, unless the queue has a database of its own */
	struct sk_master *master;
	struct sk_blobs *blobs;
	struct sk_gate gate;
	struct sk_desk_policy policy;
	struct sk_act *first, **last;
	size_t nacts;
	int pin; /* of the act that is being told; -1: it has none, or was put once more */
	bool closing;
	int64_t failed_until; /* the store failed: nothing is tried before (sk_now_ms) */
	struct sk_bench *bench;
	struct sk_pump *pump;
	struct sk_links *links;
	struct sk_uploads *uploads;   /* bytes of people that are under way */
	struct sk_notices *notices;   /* for who watches at a portal */
	struct sk_refusals *refusals; /* denials that were told */
	struct sk_copying *copying;   /* a backup that is being made */
	uint32_t asks_epoch
	    [SK_PLACES]; /* of a front end: what an older one asked is not answered to a newer one */
	struct sk_logins *logins;
	struct sk_prints *prints;         /* what is being laid out */
	struct sk_searches *searches;     /* in the ledger */
	struct sk_gatherings *gatherings; /* rows for it */
	uint8_t challenge_key[32];        /* of this process alone: challenge.h */
	int64_t round_at, sweep_at, turn_at, logins_at, people_at; /* sk_now_ms */
};

/* --- acts.c --- */
void sk_desk_do(struct sk_desk *d, struct sk_act *act);
/* From `done`, of the same act: once more, when the store is back. What its bytes became stays pinned until then. */
void sk_desk_again(struct sk_act *act);
/* Do what was asked for since the last time. */
void sk_desk_commit(struct sk_desk *d);
void sk_desk_forget_acts(struct sk_desk *d);

/* --- open.c --- */
int sk_desk_open(struct sk_desk *d);
void sk_desk_close(struct sk_desk *d);
/* Say something to the administrator: one line of the log, English, without content. */
void sk_desk_log(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* --- policy.c --- */
/* From the file of the settings; the last one that was taken stays in force when it is not good. */
int sk_desk_policy_open(struct sk_desk *d);
/* `fd` in place of that file; text: what is wrong with it. */
int sk_desk_policy_reload(struct sk_desk *d, int fd, char *text, size_t size);
void sk_desk_policy_close(struct sk_desk_policy *p);
/* One of the policy's files, and what might stand in it instead; text.p NULL: nothing else. */
struct sk_desk_text {
	const char *path;
	struct sk_slice text; /* lives as long as what is read */
};
/*
 * The policy as its files have it now, but for one of them; it is not put in force. *found (or NULL): what the policy calls
 * that file; NULL when it is none of its. To be closed.
 */
int sk_desk_policy_with(struct sk_desk *d, const struct sk_desk_text *other, const char **found,
    struct sk_desk_policy *out, char *text, size_t size);
/* Put in force what its files have now. */
int sk_desk_policy_again(struct sk_desk *d, char *text, size_t size);

/* --- organisation.c: changes of who is who --- */
/* What was approved and does not stand in the file yet is written there. */
void sk_organisation_catch_up(struct sk_desk *d);

/* --- bench.c: jobs and who does them --- */
int sk_bench_open(struct sk_desk *d);
void sk_bench_close(struct sk_desk *d);
void sk_bench_met(struct sk_desk *d, size_t place); /* a worker is there anew, or the scanner */
void sk_bench_look(struct sk_desk *d);              /* there may be jobs */
/* Acts are about to run: the jobs they make are ours as far as there is room. */
void sk_bench_ready(struct sk_desk *d);
/* What is ready goes to whoever is idle: asks nothing of the store. */
void sk_bench_give(struct sk_desk *d);
void sk_bench_tick(struct sk_desk *d);
int64_t sk_bench_due(const struct sk_desk *d); /* sk_now_ms of the next look; INT64_MAX: none */
extern const struct sk_permit sk_bench_permits[], sk_scan_permits[];
extern const size_t sk_bench_npermits, sk_scan_npermits;

/* --- pump.c: from the outbox into the ledger, and what is to be proved from it --- */
int sk_pump_open(struct sk_desk *d);
void sk_pump_close(struct sk_desk *d);
void sk_pump_met(struct sk_desk *d);
void sk_pump_look(struct sk_desk *d);
/* An archive of the ledger, or of what is behind its commitments, into this file; sk_backup_ledger() says when it is there. */
int sk_pump_copy(struct sk_desk *d, int fd, bool openings);
void sk_pump_tick(struct sk_desk *d);
int64_t sk_pump_due(const struct sk_desk *d);
extern const struct sk_permit sk_pump_permits[];
extern const size_t sk_pump_npermits;

/* --- links.c: the other posts --- */
int sk_links_open(struct sk_desk *d);
void sk_links_close(struct sk_desk *d);
void sk_links_met(struct sk_desk *d, size_t place);
/* What is pinned of the other posts is read anew; what is not good changes nothing. */
void sk_links_keys(struct sk_desk *d);
void sk_links_look(struct sk_desk *d); /* there may be letters to send */
void sk_links_tick(struct sk_desk *d);
int64_t sk_links_due(const struct sk_desk *d);
extern const struct sk_permit sk_links_permits[];
extern const size_t sk_links_npermits;

/* --- round.c: what time brings --- */
void sk_round_tick(struct sk_desk *d);
int64_t sk_round_due(const struct sk_desk *d);
/* How long what the ledger and the store say about people stays when it is about no transfer, ms: `remember-days`. */
int64_t sk_desk_remembers(const struct sk_desk *d);

/* How long a role that answers at once may take, ms: SK_DESK_ANSWER_S, or `patience` of the settings where that is less. */
#define SK_DESK_ANSWER_S 60
int64_t sk_desk_answer_ms(const struct sk_desk *d);

/* --- logins.c: passwords that the login role looks at --- */
int sk_logins_open(struct sk_desk *d);
void sk_logins_close(struct sk_desk *d);
void sk_logins_met(struct sk_desk *d);
void sk_logins_lost(struct sk_desk *d);
void sk_logins_tick(struct sk_desk *d);
int64_t sk_logins_due(const struct sk_desk *d);
extern const struct sk_permit sk_logins_permits[];
extern const size_t sk_logins_npermits;

/* --- prints.c: documents that the printer lays out --- */
int sk_prints_open(struct sk_desk *d);
void sk_prints_close(struct sk_desk *d);
void sk_prints_met(struct sk_desk *d);
void sk_prints_lost(struct sk_desk *d);
void sk_prints_tick(struct sk_desk *d);
int64_t sk_prints_due(const struct sk_desk *d);
extern const struct sk_permit sk_prints_permits[];
extern const size_t sk_prints_npermits;

/* --- searches.c: in the ledger --- */
int sk_searches_open(struct sk_desk *d);
void sk_searches_close(struct sk_desk *d);

/* --- gather.c: rows of long lists, some of them in each turn --- */
int sk_gather_open(struct sk_desk *d);
void sk_gather_close(struct sk_desk *d);
void sk_gather_tick(struct sk_desk *d);
int64_t sk_gather_due(const struct sk_desk *d);

/* --- asks.c: what people ask --- */
void sk_asks_met(struct sk_desk *d, size_t place);  /* a front end is there anew */
void sk_asks_lost(struct sk_desk *d, size_t place); /* it is gone */
void sk_asks_tick(struct sk_desk *d);
int64_t sk_asks_due(const struct sk_desk *d);
void sk_asks_close(struct sk_desk *d);
/* The scribe has copied it, so many entries or values, or has not (asks-backup.c). SK_EFORMAT: nobody asked it. */
int sk_backup_ledger(struct sk_desk *d, int status, uint32_t number);
extern const struct sk_permit sk_asks_permits[];
extern const size_t sk_asks_npermits;

#endif
