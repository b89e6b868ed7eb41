/* The parts of `sekisho policy`. Run as the user. */
#ifndef SK_CMD_POLICY_H
#define SK_CMD_POLICY_H

#include "cmd/cli.h"
#include "policy/decide.h"
#include "policy/recorded.h"

struct opened {
	struct sk_arena *arena;
	struct sk_diags diags;
	int dir; /* the policy's folder */
	const struct sk_policy *policy;
};

/* --- policy-open.c --- */
/* Read a policy and tell what is wrong with it, warnings only when asked for. 0 when it has no errors; o is to be closed in any case. */
int cli_policy_open(struct opened *o, const char *path, int32_t day, bool warnings);
/* An empty one, with memory; 0 or SK_ENOMEM. */
int cli_policy_new(struct opened *o);
void cli_policy_close(struct opened *o);
/* Split a path: its folder is opened, its name returned; NULL when that cannot be. */
const char *cli_policy_enter(struct opened *o, const char *path);
/* A file of that folder, or standard input for "-" (dir not used), of at most that many bytes. 0, or -1 with errno. */
int cli_policy_text(
    struct sk_arena *arena, int dir, const char *name, size_t max, struct sk_slice *text);
void cli_policy_tell(const struct sk_diags *d, bool warnings);
/* What exit status a failure of cli_policy_open() is. */
int cli_policy_failed(int rc);

/* --- policy-reason.c --- */
/* A reason in the language that is set. */
void cli_reason_text(const struct sk_reason *r, char *text, size_t size);
/* The whole answer as a line of JSON with both languages, and for people. */
int cli_decision_json(
    FILE *to, const struct sk_recorded *asked, int64_t now, const struct sk_decision *d);
void cli_decision_show(FILE *to, int64_t now, const struct sk_decision *d);
const char *cli_effect_text(enum sk_effect effect);

/* --- policy-requests.c --- */
/* A request and its number from 1; its texts are lent for the time of the call. */
typedef void cli_request_each(void *user, const struct sk_recorded *r, size_t number);
/* Those of a file (or "-"), one JSON object after the other. 0, or an exit status when it was told why not. */
int cli_requests(const char *path, cli_request_each *each, void *user);

/* --- policy-lines.c --- */
struct line_change {      /* one statement that is not as it was */
	const char *what; /* "route file-in" */
	bool added, removed;
	size_t at;          /* its place among the others */
	struct sk_buf text; /* its lines behind ' ', '-' or '+' */
};
struct line_changes {
	struct line_change *v;
	size_t n, cap;
};
/* 0 or -1 when memory is out; free the changes in any case. */
int cli_policy_lines(struct sk_arena *arena, const struct sk_policy *old,
    const struct sk_policy *new, struct line_changes *all);
void cli_policy_lines_free(struct line_changes *all);

/* --- the verbs --- */
int policy_explain(int argc, char **argv);
int policy_diff(int argc, char **argv);
int policy_export(int argc, char **argv);
int policy_import(int argc, char **argv);

#endif
