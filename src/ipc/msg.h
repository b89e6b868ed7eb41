/*
 * Messages between the caller and its jails, over SOCK_SEQPACKET (control) with descriptors, or over a
 * stream (requests of a job). Each side treats the other as hostile: ceiling before allocation, exact
 * lengths, descriptors only where they are expected.
 */
#ifndef SK_IPC_MSG_H
#define SK_IPC_MSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/password.h"
#include "ipc/fds.h"

#define SK_MSG_MAX 8192 /* bytes of one control message: names and passwords, never content */
#define SK_MSG_MAX_FDS SK_FDS_MAX

enum sk_msg_kind {
	SK_MSG_READY = 1,  /* zygote → caller: jailed, proved */
	SK_MSG_FAILED = 2, /* zygote → caller: text says which part of the jail is missing */
	SK_MSG_JOB = 3,  /* caller → zygote: four descriptors: input, output, report, requests */
	SK_MSG_DONE = 4, /* zygote → caller: how the job's process ended */
};

/* How a job's process ended. */
enum sk_end {
	SK_END_EXIT = 1, /* by itself; `detail` is its exit status */
	SK_END_SIGNAL =
	    2, /* killed; `detail` is the signal (SIGSYS: it tried something forbidden) */
	SK_END_TIMEOUT = 3, /* killed after its time */
	SK_END_NO_FORK = 4, /* it could not be started */
};

enum sk_cleaner_what {
	SK_WHAT_CLEAN = 0,
	SK_WHAT_FORMATS =
	    1, /* write the table of formats: u16 type, u8 methods, u16 output types × 3 */
	/* look for what must not leave (leak/wire.h); before the file stand the key of 32 bytes, u32 length of the list
	 * of words, the list. `page` 1: also in what is read from pictures */
	SK_WHAT_LEAKS = 2,
};

#define SK_JOB_SHOW 8 /* as a method: pages for whoever looks at it (SK_METHOD_SHOW) */

struct sk_job_msg {
	uint32_t
	    method; /* enum sk_method for the cleaner (SK_JOB_SHOW: SK_METHOD_SHOW); enum sk_filetype for the verifier */
	uint32_t time_ms, cpu_s;
	uint64_t memory, output;
	uint32_t page, dpi; /* for the renderer */
	uint32_t what; /* for the renderer: enum sk_ask; for the cleaner: enum sk_cleaner_what */
	char name[SK_LIMIT_NAME + 1];
	struct sk_passwords passwords; /* for the cleaner alone */
};

struct sk_done_msg {
	uint32_t end; /* enum sk_end */
	int32_t detail;
};

struct sk_failed_msg {
	uint32_t
	    optional; /* not the jail is incomplete: a program that a role needs is not installed */
	char text[512];
};

/*
 * Send one message: kind and payload, with nfds descriptors (which stay the caller's). SK_EIO.
 */
int sk_msg_send(
    int sock, enum sk_msg_kind kind, const void *payload, size_t n, const int *fds, size_t nfds);

/*
 * another kind, length or number of descriptors: all received descriptors are closed, SK_EFORMAT.
 * A peer that is gone: SK_EIO.
 */
int sk_msg_recv(int sock, enum sk_msg_kind want, void *payload, size_t n, int *fds, size_t nfds);

/* Like sk_msg_recv() without descriptors, for a reply of one of two kinds. Returns the kind or SK_E*. */
int sk_msg_recv_either(
    int sock, enum sk_msg_kind a, void *pa, size_t na, enum sk_msg_kind b, void *pb, size_t nb);

/* --- requests of a job to other jails, over its stream descriptor --- */
enum sk_ask {
	SK_ASK_LOAD = 1,   /* `length` bytes of a file follow; no answer */
	SK_ASK_RENDER = 2, /* page at dpi → width, height, channels, pixels */
	SK_ASK_TEXT = 3,   /* page → encoded lines (ipc/pagetext.h) */
	SK_ASK_COUNT = 4,  /* → number of pages in the answer's width */
	/* what was loaded, of file type `page`, → file of type `dpi`; SK_EUNSUPPORTED: no converter */
	SK_ASK_CONVERT = 5,
	/* what was loaded, a coded picture, coded as `page` says (base/picture.h) → as SK_ASK_RENDER;
	 * SK_EUNSUPPORTED: no decoder */
	SK_ASK_PICTURE = 6,
	/* what was loaded, grey pixels, `page` wide and `dpi` high → words in UTF-8; SK_EUNSUPPORTED: no Tesseract, SK_ELIMIT:
	 * no time left for this file */
	SK_ASK_WORDS = 7,
	/* so many thousandths of the file are done, `page`; more than said before; no answer */
	SK_ASK_PROGRESS = 9,
	SK_ASK_SHARE = 8, /* page → what pictures cover of it, thousandths, in the answer's width */
};

struct sk_ask_head {
	uint32_t what, page, dpi, reserved;
	uint64_t length;
};

struct sk_answer_head {
	int32_t status; /* 0 or SK_E* */
	uint32_t width, height, channels;
	uint64_t length; /* bytes that follow */
};

#endif
