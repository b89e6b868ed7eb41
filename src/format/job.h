/*
 * What a format handler gets for one file, and what it may ask for. Runs in the cleaner's jail; the
 * services reach other jails through the engine.
 */
#ifndef SK_FORMAT_JOB_H
#define SK_FORMAT_JOB_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/page.h"
#include "base/password.h"
#include "base/picture.h"
#include "base/report.h"

/* SHOW is none that a policy knows: pages of what was cleaned, for people to look at. A family that has none of its own for it is flattened. */
enum sk_method {
	SK_METHOD_REBUILD = 1,
	SK_METHOD_FLATTEN = 2,
	SK_METHOD_TEXT = 4,
	SK_METHOD_SHOW = 8,
};

/* What a handler returns: the bytes of the cleaned file and its type. */
struct sk_output {
	struct sk_buf bytes;
	enum sk_filetype type;
};

/* What is left to this job and all members inside it together; only ever goes down. */
struct sk_budget {
	uint64_t expand;       /* decompressed bytes */
	uint64_t pixels;       /* decoded pixels */
	uint32_t members;      /* members of archives */
	uint32_t requests;     /* of other jails */
	uint32_t rounds;       /* of hashes that make keys of passwords */
	uint64_t whole, moved; /* of a package: bytes that are to be gone through, and were */
};

struct sk_job;

struct sk_services {
	void *ctx;
	/*
	 * Identify and clean a member by the rules of its own type, in this same jail, one level deeper.
	 * `name` is its display name (UTF-8, for the report and as a hint). out->bytes must be an empty buffer
	 * with a ceiling. 0: out filled and the removals merged into job's report under the member's name.
	 * SK_EREFUSED: *why holds the reason, job's report untouched. Other errors end the whole job.
	 */
	int (*clean_member)(struct sk_job *job, const char *name, struct sk_slice in,
	    struct sk_output *out, enum sk_code *why);
	/*
	 * LibreOffice's reading of a file as another type (docx, xlsx, pptx, pdf), from the converting jail, in
	 * the arena. SK_EREFUSED where there is no LibreOffice or it takes too long, SK_EFORMAT where it cannot
	 * read the file, SK_EIO where its jail is gone. NULL where no engine is at hand.
	 */
	int (*convert)(struct sk_job *job, struct sk_slice in, enum sk_filetype from,
	    enum sk_filetype to, struct sk_slice *out);
	/*
	 * Have LibreOffice print a document that a handler has made, and draw that print into out as method flatten
	 * does with a PDF: the end of flatten in every family that knows no pages. NULL in unit tests.
	 */
	int (*print)(struct sk_job *job, struct sk_slice document, enum sk_filetype type,
	    struct sk_output *out);
	/*
	 * A picture in HEVC or AV1 as 1 or 3 channels, from the rendering jail, data in the arena. SK_EREFUSED where
	 * there is no decoder, SK_EFORMAT where it cannot be read. NULL where no renderer is at hand.
	 */
	int (*decode_picture)(
	    struct sk_job *job, struct sk_slice in, struct sk_coding coding, struct sk_pixmap *out);
	/* Number of pages of a PDF as the rendering jail counts them. NULL where no renderer is at hand. */
	int (*page_count)(struct sk_job *job, struct sk_slice pdf, uint32_t *count);
	/*
	 * Render page `page` (0-based) of a PDF at `dpi` in the rendering jail: RGB, data from the job's
	 * arena. NULL where no renderer is at hand (unit tests).
	 */
	int (*render_page)(struct sk_job *job, struct sk_slice pdf, uint32_t page, unsigned dpi,
	    struct sk_pixmap *out);
	/*
	 * The words of one page with their places, from the rendering jail, into the arena; coordinates in
	 * points from the page's upper left corner, as displayed. NULL where no renderer is at hand.
	 */
	int (*page_text)(
	    struct sk_job *job, struct sk_slice pdf, uint32_t page, struct sk_page_text *out);
	/* How much of page `page` pictures cover, in thousandths. NULL where no renderer is at hand. */
	int (*page_pictures)(
	    struct sk_job *job, struct sk_slice pdf, uint32_t page, uint32_t *share);
	/*
	 * What stands in a grey picture of at most SK_LIMIT_READ_PIXELS, UTF-8, from the reading jail, in the arena. SK_EFORMAT:
	 * nothing that is sure; SK_EUNSUPPORTED: no Tesseract on this machine; SK_ELIMIT: no time left. NULL where nothing is
	 * to be read.
	 */
	int (*read_words)(struct sk_job *job, const struct sk_pixmap *grey, struct sk_slice *words);
	/* How much of the file is done; told to whoever waits for it. NULL where nobody does. */
	void (*progress)(struct sk_job *job, uint32_t thousandths);
};

struct sk_job {
	struct sk_arena *arena; /* freed with the job */
	struct sk_report *report;
	const struct sk_limits *limits;
	struct sk_budget *budget;
	const struct sk_services *services;
	const struct sk_passwords *passwords; /* NULL: none given */
	const char *name; /* display name of this file, never NULL; a hint only */
	unsigned depth;   /* 0 for the file itself */
	unsigned
	    file; /* what is cleaned next as a member is a file of its own, so many levels down; 0: it is a part */
	enum sk_method method;
	bool converted;         /* our converter wrote these bytes */
	struct sk_slice mapped; /* the file, where its bytes lie in a mapping of it; else empty */
};

/* Refuse this file: records the reason, returns SK_EREFUSED. */
#define sk_job_refuse(job, reason, ...) sk_report_refuse((job)->report, reason, __VA_ARGS__)
/* Record a removal. */
#define sk_job_removed(job, code, count, ...) \
	sk_report_removed((job)->report, code, count, __VA_ARGS__)

/*
 * These bytes of the input are not looked at for now: their memory is given back, and comes back from the file with a
 * next look. Nothing happens to bytes that are not those of the file itself.
 */
void sk_job_set_aside(const struct sk_job *job, struct sk_slice bytes);

/* Take from the budget; when it does not suffice the job is refused with the limit's own reason. */
int sk_job_expand(struct sk_job *job, uint64_t bytes); /* decompressed bytes */
int sk_job_pixels(
    struct sk_job *job, uint64_t width, uint64_t height); /* one decoded picture or frame */
int sk_job_member(struct sk_job *job);
/* Before a key is made of a password; also refuses what one key may not take. */
int sk_job_rounds(struct sk_job *job, uint64_t rounds);

/* Passwords given for this file. */
uint32_t sk_job_passwords(const struct sk_job *job);
/* The i-th password was needed and opened something. */
void sk_job_opened(struct sk_job *job, uint32_t i);

/* So many pages, members … of so many are done. Of the file itself alone: what lies in it says nothing. */
void sk_job_done(struct sk_job *job, uint64_t done, uint64_t of);
/* The same in bytes of a package's parts: how many there are (job->budget->whole), and that some were gone through. */
void sk_job_moved(struct sk_job *job, uint64_t bytes);

/* Bytes that may still be decompressed. */
size_t sk_job_expand_left(const struct sk_job *job);

#endif
