/* Asking a post: what the subcommands share that speak to sekisho-control (doc/front.md). The command. */
#ifndef SK_CMD_ASKING_H
#define SK_CMD_ASKING_H

#include <jansson.h>

#include "cmd/cli.h"
#include "front/front.h"

struct asking {
	struct sk_front_ask ask;
	const char *control; /* path of the socket */
	bool json, force;
	const char *out;           /* -o */
	const char *password_file; /* of a file that is protected */
	const char *password_fd;
	int64_t seconds; /* to wait at most; -1: not said */
	char **arg;      /* what is no option */
	int narg;
};

/* A verb: what it asks, how many arguments it takes, and what each stands for. */
struct verb {
	const char *name;
	enum sk_front_what what;
	int least, most;
	const char *first; /* member that the first argument is; NULL: `run` takes the arguments */
	/* Options besides --json, --control and those that are members of the ask. */
	unsigned extra;
	int (*run)(struct asking *a);
	const char *usage;
};

enum asking_extra {
	ASKING_OUT = 1,      /* -o FILE, --force */
	ASKING_PASSWORD = 2, /* --password-file, --password-fd */
	ASKING_WAIT = 4,     /* --seconds N */
};

/* Find the verb in `verbs` (ended by a NULL name), take its options apart, run it. `command`: for messages. */
int asking_run(const struct verb *verbs, int argc, char **argv, const char *none);

/*
 * Ask and wait for the answer; fd: a file that goes along, or -1. 0 and *answer, which is to be freed; or EXIT_SOME_REFUSED or
 * EXIT_SOME_ERROR when it was told why not (with --json, the refusal on standard output).
 */
int asking_call(struct asking *a, int fd, json_t **answer);
/* Ask without a file; show the answer with `show`, or, with --json, as it is. The exit status. */
int asking_show(struct asking *a, int (*show)(const json_t *answer));
/* The answer itself as a line of JSON. */
int asking_print(json_t *answer);

/* Members of answers, "" or `otherwise` where there is none. */
const char *asking_text(const json_t *object, const char *name);
int64_t asking_number(const json_t *object, const char *name, int64_t otherwise);

/* --- asking-words.c: what people read --- */
/* A word of a state, hold, event, role …, in the user's language; the word itself where it has no other. */
const char *asking_word(const char *word);
/* A time as day of its era and hour in Japan. */
void asking_time(int64_t ms, char *text, size_t size);
void asking_size(int64_t bytes, char *text, size_t size);

/* --- asking-table.c: columns as wide as what stands in them --- */
struct table;
struct table *table_new(size_t columns);
/* Each copies; what is not text for a terminal is replaced. Cells go from left to right, row by row. */
void table_cell(struct table *t, const char *text);
void table_print(struct table *t);
void table_free(struct table *t);

/* --- asking-file.c: files that go along --- */
/* The bytes of a file, sealed, in memory; -1 when it was told why not. "-": standard input. */
int asking_file(const char *path);
/* What an answer filled, as -o says or under this name, whose extension stays when it fits; -1 when it was told why not. */
int asking_keep(const struct asking *a, int fd, const char *name, const char *extension, bool fits);
/* Whether it could get that name now; told when there is such a file. */
int asking_can_keep(const struct asking *a, const char *name, const char *extension, bool fits);

/* --- asking-password.c --- */
/* Read what --password-file or --password-fd say into the list of passwords (cli_passwords()); told why not. */
int asking_own_password(struct asking *a);
/* Seal it for the cleaner of the post at which the transfer `id` is cleaned; NULL: for one that is sent now. Nothing where none is given. */
int asking_password(struct asking *a, const char *id);

/* --- user.c --- */
/* The user of this machine that an ask is about; told when there is none. */
int user_find(struct asking *a, const char *name);
/* A link that opens once. */
int user_show_link(const json_t *answer);

/* --- transfer-decide.c --- */
int run_decide(struct asking *a);

/* --- transfer-show.c --- */
int show_transfer_line(const json_t *answer);
/* Why the policy decides as it does, a line each; nothing where the answer does not tell. */
void show_reasons(const json_t *answer);
int show_transfers(const json_t *answer);
int show_transfer(const json_t *answer);
int show_originals(const json_t *answer);

#endif
