/* The parts of the command `sekisho`. */
#ifndef SK_CMD_CLI_H
#define SK_CMD_CLI_H

#include <libintl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/codes.h"
#include "sekisho.h"

#define _(text) gettext(text)
#define N_(text) text

enum exit_code { EXIT_ALL_CLEAN = 0, EXIT_SOME_REFUSED = 1, EXIT_SOME_ERROR = 2 };

/* --- options.c --- */
struct options {
	enum sk_method_name method;
	unsigned jobs; /* lanes, 1..64 */
	bool json, force, quiet, reencrypt, ocr;
	const char *report; /* file for JSON lines, or NULL */
	const char *lang;   /* or NULL: of the locale */
	const char *out;    /* -o, or NULL */
	const char *words;  /* file with a list of words, or NULL */
	char **args;        /* files and folders, NULL-terminated */
	int nargs;
};

enum cli_command {
	CLI_CLEAN = 1,
	CLI_INSPECT = 2,
	CLI_FORMATS = 4,
	CLI_SELFTEST = 8,
	CLI_LEAKS = 16
};

/* Parse what this command takes; prints what is wrong with usage and returns -1, or 1 when help was printed. */
int cli_options(int argc, char **argv, enum cli_command command, struct options *o);
void cli_usage(FILE *to);

/* --- passwords.c --- */
/* Add those of a file, one a line, or of an open descriptor (its number as text), which is closed. 0, or -1 when it was told why not. */
int cli_passwords_file(const char *path);
int cli_passwords_fd(const char *number);
/* All of them, ended by NULL; NULL when none was given. */
const char *const *cli_passwords(void);
/* Whether standard input was read for them. */
bool cli_passwords_took_stdin(void);
/* Overwrite them. */
void cli_passwords_wipe(void);

/* --- place.c: where things lie --- */
/* Folder of the jailed programs: beside this program in a build tree, else NULL (the installed one). */
const char *cli_helper_dir(void);
/* Choose the language; lang NULL: of the locale. */
void cli_language(const char *lang);
/* Take --lang from wherever it stands behind a command of verbs; prints what is wrong with it and returns -1. */
int cli_take_language(int *argc, char **argv);

/* --- system.c: what surrounds the program --- */
/* Keep the numbers of closed standard streams taken, so that nothing else gets them; using them fails. */
void cli_hold_standard_streams(void);
/* Raise the number of descriptors this program may hold to what it may raise it to. */
void cli_take_descriptors(void);
/* `code`, or EXIT_SOME_ERROR, and a message, when standard output did not take everything. */
int cli_finish_stdout(int code);
/* What an errno means, translated also where the C library's own catalogue is not installed. */
const char *cli_errno_text(int err);

/* --- files.c: what to clean --- */
struct file {
	char *path;     /* to open; "-" for standard input */
	char *relative; /* below the output folder, "" or "sub/folder" */
	int error;      /* errno: it could not be listed */
	dev_t dev;      /* which file it is; 0 and 0 when not known */
	ino_t ino;
	off_t size; /* bytes, as far as known now */
};

struct files {
	struct file *v;
	size_t n, cap;
	uint64_t bytes; /* of all regular files, for the progress bar */
	dev_t out_dev;  /* the output folder: what was cleaned into it is no input */
	ino_t out_ino;
};

/*
 * Expand arguments: folders recurse in byte order; symbolic links in them are not followed, and the folder `out`
 * (or NULL) is left out. 0 or -1.
 */
int cli_files(struct files *f, char **args, const char *out);
void cli_files_free(struct files *f);
/* For several lanes: what takes longest is begun first, so that all end at about the same time. */
void cli_files_largest_first(struct files *f);
/* Whether this file is one of them, by whatever name. */
bool cli_files_have(const struct files *f, const struct stat *st);

/* --- output.c: a file that appears whole or not at all --- */
struct output {
	int fd;        /* being written, -1: none */
	int dir;       /* its folder */
	char temp[64]; /* its temporary name; "" when it has none */
};

/*
 * Open a nameless (or temporarily named) file in a folder, whose descriptor becomes the output's in any case.
 * Nobody who may not read the input (`mode`) may read the output. 0 or -1 with errno.
 */
int cli_output_open(struct output *o, int dir, mode_t mode);
/*
 * Sync it and give it its name; 0, or -1 with errno (EEXIST: it exists and force is not set). The name itself is
 * durable after cli_sync_folder(), once per folder at the end of a run.
 */
int cli_output_publish(struct output *o, const char *name, bool force);
/* Drop what was not published. */
void cli_output_close(struct output *o);
int cli_sync_folder(const char *dir);
/* Make the folders of `relative` below `dir`, through no symbolic link; a descriptor, or -1 with errno. */
int cli_make_folders(const char *dir, const char *relative);

/* --- names.c: what an output is called --- */
struct names; /* the names given in this run, so that none is given twice */
struct names *cli_names_new(void);
void cli_names_free(struct names *n);
/* `name` in the folder `dir` (by descriptor and by path), or "name-2.ext" … when this run gave it already; allocated. */
char *cli_names_take(struct names *n, int dir, const char *path, const char *name);
/* Call `each` for every folder in which a name was taken; the last failure, or 0. */
int cli_names_folders(struct names *n, int (*each)(const char *dir));

/* --- methods.c --- */
const char *cli_method_name(enum sk_method_name m);
/* False: there is none of that name. */
bool cli_method_find(const char *name, enum sk_method_name *m);

/* --- json.c: what programs read; show.c: what people read --- */
struct row { /* one file and what became of it */
	const char *input;
	const struct sk_result *result; /* NULL: the engine was not reached */
	const char *method;
	const char *output;       /* path, or NULL */
	const char *changed_name; /* or NULL */
	const char *reason;       /* overrides the result's: code */
	const char *sentence;     /* its message id */
	char detail[600];         /* more about it */
	enum sk_verdict verdict;
};

/* One JSON line. 0 or -1. */
int cli_show_json(FILE *to, const struct row *r);
int cli_show_leaks_json(FILE *to, const char *input, const struct sk_leaks_result *r);
void cli_show_leaks(FILE *to, const char *input, const struct sk_leaks_result *r);
/* A few lines for people. `would`: nothing was written (inspect). */
void cli_show_human(FILE *to, const struct row *r, bool would);

/* --- advice.c --- */
/* What to do about a reason, for a file of that type (its stable name, or NULL): a message id, or NULL. */
const char *cli_advice(const char *reason, const char *type);
/* What to do about a part of the jail that is missing, as sk_engine_open() or sk_selftest() tells it: a message id. */
const char *cli_jail_advice(const char *missing);
/* Say on stderr that there is no jail, and what to do. */
void cli_tell_no_jail(const char *why);

/* --- progress.c: a bar on a terminal, nothing elsewhere --- */
void cli_progress_start(size_t files, uint64_t bytes, bool quiet);
void cli_progress_begin(const char *current);
void cli_progress_step(uint64_t bytes);
void cli_progress_hide(void); /* before other output on the terminal */
void cli_progress_end(void);

/* --- the commands --- */
int cmd_clean(int argc, char **argv);
int cmd_inspect(int argc, char **argv);
int cmd_leaks(int argc, char **argv);
int cmd_formats(int argc, char **argv);
int cmd_selftest(int argc, char **argv);
int cmd_policy(int argc, char **argv);
int cmd_ledger(int argc, char **argv);
/* Those that ask a post of this machine (asking.h). */
int cmd_status(int argc, char **argv);
int cmd_whoami(int argc, char **argv);
int cmd_send(int argc, char **argv);
int cmd_transfer(int argc, char **argv);
int cmd_original(int argc, char **argv);
int cmd_user(int argc, char **argv);
int cmd_recovery(int argc, char **argv);
int cmd_backup(int argc, char **argv);
/* Of a post that stands still. */
int cmd_restore(int argc, char **argv);
int cmd_post(int argc, char **argv);

/* --- elsewhere.c: the last two, in a program of their own --- */
int cmd_elsewhere(int argc, char **argv);

#endif
