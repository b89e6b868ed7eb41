/* sekisho leaks: what in these files must not leave. Runs as the user, looks into no file itself. */
#include "cmd/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/limits.h"

struct looking {
	struct sk_engine *engine;
	struct sk_slice words;
	uint8_t key[32]; /* of this run: hashes of two runs say nothing to each other */
	bool json, ocr;
	int code;
};

/* At least as bad as before. */
static void worse(struct looking *l, int code)
{
	l->code = code > l->code ? code : l->code;
}

static int open_words(struct looking *l, const char *path)
{
	sk_autoclose int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;

	if (path == NULL)
		return 0;
	if (fd >= 0 && sk_map(fd, &l->words) == 0 && l->words.n <= SK_LIMIT_WORDS_BYTES)
		return 0;
	fprintf(stderr, _("sekisho: the list of words %s: %s\n"), path,
	    fd >= 0 && l->words.n ? cli_errno_text(EFBIG) : cli_errno_text(errno));
	return -1;
}

static void show(struct looking *l, const char *path, const struct sk_leaks_result *r)
{
	if (l->json && cli_show_leaks_json(stdout, path, r))
		worse(l, EXIT_SOME_ERROR);
	if (!l->json)
		cli_show_leaks(stdout, path, r);
	if (r->verdict != SK_CLEAN)
		worse(l, EXIT_SOME_ERROR);
	for (int i = 0; i < 3; i++)
		if (r->mynumbers[i] || r->corporate_numbers[i] || r->words[i])
			worse(l, EXIT_SOME_REFUSED);
	if (r->unread_pages || r->unread_pictures)
		worse(l, EXIT_SOME_REFUSED);
}

static void look(struct looking *l, const struct file *f)
{
	sk_autoclose int fd = f->error ? -1
			      : strcmp(f->path, "-") == 0
				  ? dup(0)
				  : open(f->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	const char *slash = strrchr(f->path, '/');
	struct sk_leaks_result *r = NULL;
	struct sk_leaks_request req = {.input = fd,
	    .name = slash ? slash + 1 : f->path,
	    .words = (const char *)l->words.p,
	    .words_size = l->words.n,
	    .key = l->key,
	    .ocr = l->ocr};

	if (fd < 0) {
		fprintf(stderr, "sekisho: %s: %s\n", f->path,
		    cli_errno_text(f->error ? f->error : errno));
		worse(l, EXIT_SOME_ERROR);
		return;
	}
	if (sk_engine_leaks(l->engine, &req, &r)) {
		fprintf(stderr, "sekisho: %s: %s\n", f->path, cli_errno_text(ENOMEM));
		worse(l, EXIT_SOME_ERROR);
		return;
	}
	show(l, f->path, r);
	sk_leaks_free(r);
}

static int look_all(struct looking *l, char **args)
{
	struct files files = {0};
	char *why = NULL;

	if (getrandom(l->key, sizeof(l->key), 0) != (ssize_t)sizeof(l->key))
		return EXIT_SOME_ERROR;
	if (sk_engine_open(&l->engine, cli_helper_dir(), &why)) {
		cli_tell_no_jail(why);
		free(why);
		return EXIT_SOME_ERROR;
	}
	if (cli_files(&files, args, NULL))
		worse(l, EXIT_SOME_ERROR);
	for (size_t i = 0; i < files.n; i++)
		look(l, &files.v[i]);
	cli_files_free(&files);
	sk_engine_close(l->engine);
	return l->code;
}

int cmd_leaks(int argc, char **argv)
{
	struct looking l = {.code = EXIT_ALL_CLEAN};
	struct options o;
	int rc = cli_options(argc, argv, CLI_LEAKS, &o);

	if (rc)
		return rc > 0 ? EXIT_ALL_CLEAN : EXIT_SOME_ERROR;
	l.json = o.json;
	l.ocr = o.ocr;
	if (o.nargs == 0) {
		fprintf(stderr, "%s\n",
		    _("sekisho: no files given; 'sekisho --help' shows how it is used"));
		return EXIT_SOME_ERROR;
	}
	rc = open_words(&l, o.words) ? EXIT_SOME_ERROR : look_all(&l, o.args);
	sk_unmap(&l.words);
	return rc;
}
