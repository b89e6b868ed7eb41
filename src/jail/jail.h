/*
 * The jail: a zygote program that locks itself up once and then forks one process per job, each locked
 * further. All five namespaces, Landlock and seccomp are required; where one is missing the program says
 * which and does not run. Nothing — no option, no environment variable — weakens it.
 */
#ifndef SK_JAIL_JAIL_H
#define SK_JAIL_JAIL_H

#include <stddef.h>
#include <stdint.h>

#include "ipc/msg.h"

/* Descriptors of a job's process. */
enum sk_job_fd {
	SK_FD_INPUT = 3,   /* read only, sealed */
	SK_FD_OUTPUT = 4,  /* empty, to be written */
	SK_FD_REPORT = 5,  /* empty, to be written */
	SK_FD_REQUEST = 6, /* stream to the caller */
	SK_FD_CONTROL = 3, /* in the zygote: the caller */
};

/*
 * What a role sees besides its descriptors. Most see nothing; LibreOffice needs its own program files and a
 * place to write. Everything else of the jail stays as it is.
 */
struct sk_view {
	const char *const *folders; /* shown at their own place, read only; ended by NULL */
	size_t scratch;             /* bytes of /tmp, which is emptied after every job */
};

struct sk_role {
	const char *name;  /* "cleaner": shown by selftest */
	const char *needs; /* what is missing when init fails; NULL: nothing particular */
	int (*init)(void); /* before the jail closes: tables, fonts, converters. 0 or SK_E* */
	const struct sk_view *view; /* NULL: an empty root, no memory is ever executable */
	/*
	 * Of a role with a view, inside the closed jail, once: make ready what jobs share, then call live() in the midst of it, which
	 * serves and never returns. It returns where that cannot be, with *what. NULL: nothing to make ready.
	 */
	void (*enter)(void (*live)(void), const char **what);
	/* In the zygote, with an empty scratch, before a job has its process. NULL: nothing. What it cannot do it leaves. */
	void (*prepare)(const struct sk_job_msg *job);
	int (*run)(
	    const struct sk_job_msg *job); /* in the job's process; its result is the exit status */
};

/*
 * main() of a jailed program. Takes the control socket from descriptor 3, closes everything else, becomes an
 * unprivileged user, initialises, locks itself up, proves it, then serves jobs until the caller hangs up.
 * Returns the exit status.
 */
int sk_zygote_main(const struct sk_role *role);

/* --- the parts, in the order they are applied; each returns 0 or SK_E* with *what naming the part --- */

/* Give up root: an unprivileged uid and gid, no groups. Nothing to do for an ordinary user. */
int sk_jail_become_unprivileged(const char **what);
/*
 * New user, mount, pid, ipc, net, uts and cgroup namespaces. Returns in a child that is process 1 of them; the
 * parent never returns: it waits and exits as the child did.
 */
int sk_jail_namespaces(const char **what);
/* A read-only root, empty or with a role's view; no capabilities left, none to be had. */
int sk_jail_root(const struct sk_view *view, const char **what);
int sk_jail_drop_capabilities(const char **what);
/* Landlock with all the rights the kernel knows denied (ABI 1 at least), but for what the view shows. */
int sk_jail_landlock(const struct sk_view *view, const char **what);

/* Compile both filters (needs memory and a descriptor: before they are applied). */
int sk_jail_filters_prepare(const struct sk_view *view, const char **what);
int sk_jail_filter_zygote(const char **what);
int sk_jail_filter_job(void);

/* Whether the limits this program was started with leave room for jobs; the one on descriptors is set. */
int sk_jail_limits_suffice(const struct sk_view *view, const char **what);
/* Ceilings of a job's process. `memory` is on top of what the process has mapped already. */
int sk_jail_ceilings(const struct sk_view *view, uint64_t memory, uint64_t output, uint32_t cpu_s);

/*
 * Proof: try what must fail, in this zygote and in jobs forked from it. NULL when all of it failed as it
 * must, else the English name of the first hole. `output` is an anonymous file to overfill.
 */
const char *sk_jail_prove_zygote(const struct sk_view *view);
const char *sk_jail_prove_jobs(const struct sk_view *view, int output);

/* Remove everything in the scratch of a view. SK_EIO when something stays. */
int sk_jail_empty_scratch(void);

/* Bytes of address space mapped now; read before the jail closes, 0 when it cannot be told. */
uint64_t sk_jail_mapped(void);

#endif
