/*
 * sekisho: make a file harmless, in a jail, and have it checked by independent code in another jail.
 *
 * This is the C interface; sekisho(3) is its manual. An engine owns the jailed processes; it may be used by one
 * thread at a time, several engines work in parallel. The calling process never looks into a file: it only
 * carries bytes between descriptors and reads bounded reports.
 */
#ifndef SEKISHO_H
#define SEKISHO_H

#include <stddef.h>
#include <stdint.h>

#include "sekisho-words.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SK_API __attribute__((visibility("default")))

struct sk_found {             /* a claim about the input's type */
	const char *type;     /* stable name: "pdf" */
	int strength;         /* 1 hint, 2 signature, 3 signature and structure */
	uint64_t offset;      /* where its signature stands */
	const char *evidence; /* English */
};

struct sk_taken {             /* one kind of thing that was taken out */
	const char *code;     /* stable: "pdf.javascript"; sekisho-report(5) lists all */
	const char *sentence; /* English sentence, the gettext message id of domain "sekisho" */
	uint32_t count;
	const char *where; /* the first place, UTF-8; never content */
};

struct sk_result { /* all pointers live until sk_result_free() */
	enum sk_verdict verdict;
	const char *type;        /* of the input: "docm", "unknown" */
	const char *output_type; /* of the output: "docx"; NULL unless clean */
	const char *extension;   /* the output's, without dot; NULL unless clean */
	int name_fits;           /* the input's name told the truth about its content */
	const char *reason;      /* stable code, NULL when clean */
	const char
	    *sentence; /* English sentence of the reason, a gettext message id; NULL when clean */
	const char *detail; /* more about the reason, English; "" when there is no more */
	uint64_t size_in, size_out;
	char sha256_in[65], sha256_out[65]; /* lower-case hex; "" when not known */
	/* what lies in the input: files of archives and mails, all levels together, also those that a note stands for */
	uint32_t members;
	uint32_t depth; /* archives and mails in each other; 0: no member */
	uint32_t pages; /* of what has pages: PDF, TIFF, slides, prints; members too */
	size_t nheld;   /* types of the members, each once; not those of unknown ones */
	const char *const *held;
	int encrypted, opened; /* a password is needed for it or a member; everything was opened */
	size_t nfound, ntaken;
	const struct sk_found *found;
	const struct sk_taken *taken;
	uint32_t millis; /* wall time of this file */
};

struct sk_request {
	int input; /* readable descriptor, read from its present position to the end */
	/* or, unless NULL, this is asked for the bytes instead: up to n of them; 0: the end; -1 and errno: they cannot be read */
	long (*read)(void *read_from, void *p, unsigned long n);
	void *read_from;
	int output;       /* writable descriptor, or -1 to write nothing (inspect) */
	const char *name; /* file name of the input, a hint only; NULL: none */
	const char *const *
	    passwords; /* to open a protected input, tried in this order; ended by NULL; NULL: none */
	enum sk_method_name method;
	int reencrypt; /* what one of the passwords opened goes out as a zip of AES-256 under that password */
	uint64_t max_input;  /* bytes; 0: the built-in limit (which is also the highest) */
	uint32_t max_millis; /* wall time; 0: the built-in limit in proportion to the size */
};

struct sk_engine;

/*
 * Start an engine: its jails come up and prove themselves. helper_dir is where the jailed programs lie; NULL
 * takes the installed place. 0, or -1 with *why set to an English text that names what is missing (free it).
 */
SK_API int sk_engine_open(struct sk_engine **engine, const char *helper_dir, char **why);
SK_API void sk_engine_close(struct sk_engine *engine); /* NULL is fine; ends all its processes */

/* What is done with a file, one part after the other. */
enum sk_part { SK_PART_CLEAN, SK_PART_CHECK, SK_PART_LEAKS };
/*
 * Be told how far the file has come, from within sk_engine_clean() and its like, in the thread that called them: 0 when a part
 * begins, then rising, where the file's family can tell; never 1000. NULL: not any more.
 */
SK_API void sk_engine_watch(struct sk_engine *engine,
    void (*told)(void *ctx, enum sk_part part, unsigned thousandths), void *ctx);

/*
 * Clean one file. The output receives bytes only when the verdict is SK_CLEAN, after the second check, and then
 * all of them; it is not synced. *result is set in every case but out of memory (-1); free it with
 * sk_result_free(). A verdict SK_ERROR leaves the engine usable.
 */
SK_API int sk_engine_clean(
    struct sk_engine *engine, const struct sk_request *request, struct sk_result **result);
SK_API void sk_result_free(struct sk_result *result);

struct sk_verify_request {
	int input; /* as in struct sk_request, with the two behind it */
	long (*read)(void *read_from, void *p, unsigned long n);
	void *read_from;
	const char *type; /* what the file is said to be: "docx" */
	uint32_t max_millis;
};

/*
 * Check what a cleaner, of another post maybe, says to have cleaned: the second check alone. *result is set in every case
 * but out of memory (-1); SK_CLEAN: nothing in it is beyond what a cleaned file of that type may hold.
 */
SK_API int sk_engine_verify(
    struct sk_engine *engine, const struct sk_verify_request *request, struct sk_result **result);

struct sk_page_request {
	int input; /* readable descriptor of a cleaned file, read from its present position to the end */
	int output; /* writable descriptor: the picture, a PNG */
	const char *
	    type; /* of the file: whatever cleaning makes; all but pdf, pictures and drawings need LibreOffice */
	uint32_t page; /* from 0 */
	uint32_t
	    dpi; /* at most 600; a sheet that would have too many pixels is drawn more coarsely */
	uint32_t max_millis; /* 0: the built-in limit in proportion to the size */
};

struct sk_page_result {
	enum sk_verdict verdict;
	const char *reason; /* stable code, NULL when SK_CLEAN; lives as long as the program */
	uint32_t pages;     /* how many the file has; with `page` beyond them nothing is drawn */
	uint32_t width, height; /* of the picture, pixels; 0: none was drawn */
	char sha256[65];        /* of the file */
};

/* Draw one page in a jail, to be looked at. 0, and what became of it in *result; -1: `dpi` is none. What is no PDF is printed first, each time. */
SK_API int sk_engine_page(
    struct sk_engine *engine, const struct sk_page_request *request, struct sk_page_result *result);
/*
 * All of its pages in one PDF, which is for drawing them alone: it comes from a jail, and nobody has looked at it. `output` gets it; `page` and `dpi` are not asked for.
 * Of a PDF it is that file once more.
 */
SK_API int sk_engine_print(
    struct sk_engine *engine, const struct sk_page_request *request, struct sk_page_result *result);

/* Make a running sk_engine_clean() end soon with the reason "interrupted". Safe in signal handlers and threads. */
SK_API void sk_engine_interrupt(struct sk_engine *engine);

/* --- the leak check: what must not leave --- */

struct sk_leak_place {
	const char *kind; /* "mynumber" (個人番号), "corporate-number" (法人番号), "word" */
	const char *
	    trust; /* "sure", "likely", "weak": what stands beside it decides, not the check digit alone */
	const char *where;     /* "page 3", "a.zip!b.docx"; "" in the file itself. Never content */
	uint32_t line, column; /* from 1, in the words of that place */
	uint32_t cell;         /* cells before it on its line */
	uint32_t word;         /* its place in the list, from 1; 0: it is no word */
	char hash[65];         /* the same number or word, under the same key: the same hash */
};

struct sk_leaks_result {         /* all pointers live until sk_leaks_free() */
	enum sk_verdict verdict; /* SK_CLEAN: all of it was looked through, whatever was found */
	const char *type;
	const char *reason, *sentence, *detail; /* as in struct sk_result */
	char sha256[65];                        /* of the file */
	uint32_t mynumbers[3], corporate_numbers[3],
	    words[3]; /* weak, likely, sure; all, also those not listed */
	uint32_t unread_pages,
	    unread_pictures; /* they hold no words to look into, but may show some */
	int ocr; /* what they show was read where it could be: unread are those that were not */
	uint32_t read; /* pages and pictures whose words were read */
	size_t n;
	const struct sk_leak_place *leaks; /* the first thousand */
};

struct sk_leaks_request {
	int input; /* as in struct sk_request; should be what came out of sk_engine_clean() */
	const char *name;         /* its name is looked through, too; NULL: none */
	const char *words;        /* a list of words as sekisho(1) tells; NULL: none */
	size_t words_size;        /* bytes */
	const unsigned char *key; /* 32 bytes that nobody else knows */
	int ocr; /* read what pages and pictures without words show, where Tesseract is installed; half a second each, and more */
	uint32_t max_millis; /* 0: the built-in limit in proportion to the size */
};

/*
 * Look for what must not leave, in a jail. *result is set in every case but out of memory (-1). What is not
 * SK_CLEAN was not looked through whole: it must not pass on the strength of this.
 */
SK_API int sk_engine_leaks(struct sk_engine *engine, const struct sk_leaks_request *request,
    struct sk_leaks_result **result);
SK_API void sk_leaks_free(struct sk_leaks_result *result);

struct sk_format {
	const char *type, *extension; /* stable name, preferred extension */
	const char *text;             /* English description, a gettext message id */
	unsigned methods;             /* or of enum sk_method_name */
	const char
	    *output[3]; /* type after rebuild, flatten, text; NULL where the method is missing */
};

/* Call `row` for each type that can be cleaned, in a fixed order, as the cleaner itself says. 0 or -1. */
SK_API int sk_formats(
    struct sk_engine *engine, void (*row)(void *ctx, const struct sk_format *format), void *ctx);

/*
 * Prove the jails of this machine: calls `row` for each role with NULL, or the English text of what is missing.
 * Returns the number of roles that failed. LibreOffice or Tesseract not installed is told so and is no failure: what
 * needs LibreOffice is refused, what needs Tesseract stays unread, the rest is cleaned.
 */
SK_API int sk_selftest(const char *helper_dir,
    void (*row)(void *ctx, const char *role, const char *missing), void *ctx);

SK_API const char *sk_version(void);

#ifdef __cplusplus
}
#endif

#endif
