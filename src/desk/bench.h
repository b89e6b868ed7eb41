/* What the files of the bench share: jobs that are claimed, prepared, with a worker. Only bench*.c look in here. */
#ifndef SK_DESK_BENCH_H
#define SK_DESK_BENCH_H

#include "desk/asks.h"
#include "gate/claims.h"
#include "gate/work.h"
#include "jobs/work.h"
#include "scan/scan.h"
#include "store/queue.h"

#define SK_BENCH_KINDS 3

/* A job, from its claim to its end. */
struct sk_task {
	struct sk_act act; /* its end */
	struct sk_task *next;
	struct sk_job job;
	size_t which; /* of the kinds */
	char *name;
	uint8_t *body;
	char *requester,
	    *recipient;            /* of its transfer, who hear how far it has come; NULL: nobody */
	int64_t state, changed;    /* of it */
	int input, output, report; /* output: the descriptor of `made` */
	struct sk_blob_writer *made; /* what its worker writes to */
	struct sk_work_job ask;
	struct sk_work_done done;
	struct sk_gate_scan scan;
	bool wants_scan, scanned, kept; /* kept: what came out is durable */
};

struct sk_tasks {
	struct sk_task *first, **last;
	size_t n;
};

/* A page that somebody waits for. */
struct sk_drawing {
	struct sk_asked *q; /* NULL: none */
	struct sk_blob_writer *made;
};
#define SK_DRAWINGS 64       /* that wait */
#define SK_DRAWINGS_OF_ONE 8 /* of one member */

struct sk_seat {
	bool here, idle;
	uint32_t serial;
	int64_t since;                /* it has had its task: sk_now_ms */
	struct sk_work_progress told; /* of its task */
	struct sk_task *task;         /* or: */
	struct sk_drawing drawing;
};

struct sk_bench {
	struct sk_queue *queue[SK_BENCH_KINDS];
	struct sk_seat seat[SK_POST_WORKERS];
	struct sk_tasks ready;     /* for the next idle worker */
	struct sk_tasks unscanned; /* for the scanner, when it has room */
	struct sk_task *scan[SK_SCANS_AT_ONCE];
	uint32_t scan_serial[SK_SCANS_AT_ONCE];
	int64_t scan_since[SK_SCANS_AT_ONCE];
	struct sk_asked *drawings[SK_DRAWINGS];
	size_t ndrawings;
	bool drew; /* the last that was given out was a page */
	size_t here, idle, nscans;
	bool scanner;
	uint32_t serial;
	int64_t look, extend_at, hung_at;   /* sk_now_ms */
	bool more;                          /* there may be jobs that nobody has claimed */
	int64_t none_until[SK_BENCH_KINDS]; /* of a kind there were none: sk_now_ms */
	struct sk_gate_claims claims;
};

void sk_tasks_put(struct sk_tasks *q, struct sk_task *t);
struct sk_task *sk_tasks_take(struct sk_tasks *q);
void sk_task_free(struct sk_task *t);
void sk_task_later(struct sk_task *t);
void sk_task_drop(struct sk_task *t);

/* --- bench-task.c --- */
/* Its bytes and what is asked. SK_ENOENTRY, SK_EREFUSED: nothing is to be done about it any more. */
int sk_task_prepare(struct sk_task *t);
/* Of a job that asked the scanner alone. */
void sk_task_scanned(struct sk_task *t);
/* The worker has said what became of it. */
void sk_task_end(struct sk_task *t);

/* --- bench-page.c --- */
/* For look(): the page of q->sheet, of a file of q->type, is drawn; run() follows with the picture as the act's blob. Else told why not. */
int sk_bench_draw(struct sk_asked *q);
/* The first that waits, to an idle worker. */
void sk_bench_give_drawing(struct sk_desk *d, size_t seat);
int sk_bench_paged(void *ctx, struct sk_message *m); /* of a worker: sk_permit */
/* Its worker is gone; the gate ends; one has not answered. */
void sk_bench_undraw(struct sk_seat *s);
void sk_bench_undraw_all(struct sk_desk *d);
void sk_bench_hung_drawings(struct sk_desk *d, int64_t now);

/* --- bench-progress.c --- */
int sk_bench_progress(void *ctx, struct sk_message *m); /* of a worker: sk_permit */

/* --- bench-scan.c --- */
/* To the scanner when its route wants that, else to the workers. */
void sk_scan_or_go(struct sk_task *t);
void sk_scan_met(struct sk_desk *d);

#endif
