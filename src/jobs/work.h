/*
 * What a gate asks of a worker, and what it gets back: bodies of messages (ipc/channel.h). Bytes of files go along as
 * descriptors, never in a body. Both sides read what the other wrote as if it were hostile. Gate and worker.
 */
#ifndef SK_WORK_WORK_H
#define SK_WORK_WORK_H

#include "base/buf.h"
#include "base/filetype.h"
#include "base/limits.h"
#include "base/password.h"
#include "bytes/bytes.h"
#include "sekisho-words.h"

enum sk_work_kind {
	/* gate → worker; descriptors: input (bytes/bytes.h; only to be read), output (empty; where its bytes will stay), report (empty), list of words (may be empty) */
	SK_WORK_CLEAN = 1,
	SK_WORK_VERIFY, /* descriptors: input, report */
	/* worker → gate */
	SK_WORK_IDLE, /* it can take a job */
	SK_WORK_DONE, /* the answer, with the serial of the job */
	/* gate → worker: no job, but somebody waits for it; descriptors: a cleaned file, output (empty) */
	SK_WORK_PAGE,
	SK_WORK_PAGED,    /* worker → gate: the answer, with its serial */
	SK_WORK_PROGRESS, /* worker → gate: how far a job has come, with its serial; of long ones */
};

#define SK_WORK_STEPS 4
#define SK_WORK_KEY 32
#define SK_WORK_TYPE 16 /* bytes of the stable name of a type */
#define SK_WORK_CODE 40 /* of a code */
#define SK_WORK_HASH 32
#define SK_WORK_TRANSFER 32 /* hexadecimal digits of the number of a transfer */
#define SK_WORK_METHODS 3
#define SK_WORK_VERSION 32
#define SK_WORK_COUNTS 8192 /* bytes of a list of counts: every removal there is takes 6 kB */
/* Passwords that others gave, sealed for this post's workers (jobs/seal.h), and the bytes of one. */
#define SK_WORK_SEALED 4
#define SK_WORK_SEAL 1024

/* Where something was found: as many places are told, in so many bytes each. */
#define SK_WORK_PLACES 40
#define SK_WORK_WHERE 96

/* As the policy wants it: enum sk_known has the same values. */
enum sk_work_known { SK_WORK_NOT_TRIED, SK_WORK_NO, SK_WORK_YES };

struct sk_work_sealed {
	uint16_t n;
	uint8_t b[SK_WORK_SEAL];
};

/* One job. A lease is named by job and fence: what comes back under an older fence counts for nothing. */
struct sk_work_job {
	uint64_t job, fence;
	struct sk_bytes input; /* what lies behind its descriptor */
	uint8_t
	    steps[SK_WORK_STEPS]; /* enum sk_method_name, in the order in which they are tried */
	uint8_t nsteps;
	bool leaks; /* look for what must not leave, in what came out */
	bool ocr;   /* with it, read pages and pictures without text */
	uint8_t key[SK_WORK_KEY];
	uint64_t max_input; /* bytes */
	uint32_t max_millis;
	char name[SK_LIMIT_NAME + 1];
	char type[SK_WORK_TYPE + 1]; /* to verify: what it is said to be */
	struct sk_passwords passwords;
	char transfer[SK_WORK_TRANSFER +
		      1]; /* or ""; a sealed password opens for its transfer alone */
	uint8_t nsealed;
	struct sk_work_sealed sealed[SK_WORK_SEALED];
};

enum sk_work_kind_found { SK_WORK_MYNUMBER, SK_WORK_CORPORATE, SK_WORK_WORD, SK_WORK_FOUND };

/* One finding of the leak check, as struct sk_leak_place says it: where, never what. */
struct sk_work_place {
	uint8_t kind, trust; /* enum sk_work_kind_found; 0 weak, 1 likely, 2 sure */
	uint32_t line, column, cell, word;
	char where[SK_WORK_WHERE + 1];
};

/* What became of it. The report in its descriptor is a line of sekisho-report(5). */
struct sk_work_done {
	uint64_t job, fence;
	uint8_t verdict; /* enum sk_verdict */
	uint8_t method;  /* that gave the output; 0: none */
	char type[SK_WORK_TYPE + 1], out_type[SK_WORK_TYPE + 1], extension[SK_WORK_TYPE + 1];
	char reason[SK_WORK_CODE + 1]; /* "" when clean */
	char detail[SK_LIMIT_REPORT_TEXT];
	uint8_t hash_in[SK_WORK_HASH], hash_out[SK_WORK_HASH];
	uint64_t size_in, size_out;
	uint32_t removals; /* things taken out, all together */
	uint32_t millis;
	uint8_t cleaned[SK_WORK_METHODS]; /* enum sk_work_known of rebuild, flatten, text */
	uint32_t pages, members, depth;   /* of the input, as in struct sk_result */
	uint8_t encrypted, opened;
	uint8_t ncontains; /* types of its members, ascending */
	enum sk_filetype contains[SK_FT_COUNT];
	char cleaner[SK_WORK_VERSION + 1]; /* "sekisho-0.1.0" */
	char removed[SK_WORK_COUNTS +
		     1]; /* "code=count,code=count", ascending, as the ledger has it */
	/* of the leak check, where it was asked for and its verdict is clean: weak, likely, sure */
	uint8_t looked; /* it was looked through whole */
	uint8_t
	    ocr; /* also what is no text: unread_* count what that left: all, where no Tesseract is installed */
	uint32_t mynumbers[3], corporate_numbers[3], words[3], unread_pages, unread_pictures;
	uint8_t nplaces; /* the first of them */
	struct sk_work_place places[SK_WORK_PLACES];
};

#define SK_WORK_PRINT UINT32_MAX
/* One page of a cleaned file, to be looked at: a PNG comes out. Or all of its pages, to be drawn one by one later: a PDF. */
struct sk_work_page {
	uint32_t page; /* from 0; SK_WORK_PRINT: all */
	char type[SK_WORK_TYPE + 1];
};
/* What became of it. */
struct sk_work_paged {
	uint8_t verdict;                /* enum sk_verdict */
	char reason[SK_WORK_CODE + 1];  /* "" when it is SK_CLEAN */
	uint32_t pages;                 /* of the file */
	uint64_t size;                  /* of the picture or print, bytes; 0: there is none */
	uint8_t hash_in[SK_WORK_HASH];  /* of the file that was drawn */
	uint8_t hash_out[SK_WORK_HASH]; /* of the picture or print */
};
/* Whoever waits is told. What is under way, and how much of all is done: a hundredth is no measure of time. */
enum sk_work_part { SK_WORK_READ, SK_WORK_CLEANS, SK_WORK_CHECKS, SK_WORK_LOOKS, SK_WORK_PARTS };
struct sk_work_progress {
	uint8_t part, percent; /* percent: 0 to 99 */
};
#define SK_WORK_PROGRESS_BYTES 2
int sk_work_put_progress(const struct sk_work_progress *p, struct sk_buf *out);
int sk_work_get_progress(struct sk_slice in, struct sk_work_progress *p);

#define SK_WORK_PAGE_BYTES 256 /* of either on the wire, at most */
/* Appends. SK_ENOMEM. */
int sk_work_put_page(const struct sk_work_page *p, struct sk_buf *out);
int sk_work_put_paged(const struct sk_work_paged *p, struct sk_buf *out);
/* SK_EFORMAT on anything unexpected; then *p is wiped. */
int sk_work_get_page(struct sk_slice in, struct sk_work_page *p);
int sk_work_get_paged(struct sk_slice in, struct sk_work_paged *p);

int sk_work_put_job(const struct sk_work_job *j, struct sk_buf *out);
/* SK_EFORMAT on anything unexpected; then *j is wiped. */
int sk_work_get_job(struct sk_slice in, struct sk_work_job *j);
int sk_work_put_done(const struct sk_work_done *d, struct sk_buf *out);
int sk_work_get_done(struct sk_slice in, struct sk_work_done *d);

#endif
