/* One run over many files, and where one file's output goes. The command. */
#ifndef SK_CMD_BATCH_H
#define SK_CMD_BATCH_H

#include <sys/stat.h>

#include "cmd/cli.h"

struct batch {
	struct options o;
	struct files files;
	struct names *names;
	FILE *report;
	bool inspect;
	bool into_folder;     /* -o is a folder */
	bool to_stdout;       /* the cleaned file goes there, so messages must not */
	pthread_mutex_t lock; /* the list, the names, what is printed */
	size_t next;
	unsigned counts[3]; /* by verdict */
	bool broken;        /* a report could not be written, a folder not be synced */
};

/* Where one file's output goes, while it is made. */
struct target {
	char *dir, *name, *path; /* folder, name in it, both together; allocated */
	struct output out;
	bool to_stdout;
};

/* The row of a file that the engine did not pass, or never saw. `err`: an errno, or 0. */
void cli_fail(
    struct row *row, enum sk_verdict verdict, enum sk_code code, const char *what, int err);

/* Open what the output is written to. `mode`: permissions of the input. 0 or -1 with errno. */
int cli_target_open(const struct batch *b, const struct file *f, mode_t mode, struct target *t);
/* Give the finished output its name; what prevents that is told in the row. */
void cli_target_publish(struct batch *b, const struct file *f, struct target *t, struct row *row);
void cli_target_close(struct target *t);

/* -o names a folder when it is one, ends in '/', or cannot be a file because several go there. 0 or -1. */
int cli_decide_output(struct batch *b);
/* Open the file of --report; it must not be one of the inputs. 0 or -1. */
int cli_open_report(struct batch *b);

#endif
