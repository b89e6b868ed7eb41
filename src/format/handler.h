/*
 * A format handler: one static const struct per family, listed once in format/list.c and checked at start.
 * All functions run in the cleaner's jail, `init` in its zygote before the jail closes.
 */
#ifndef SK_FORMAT_HANDLER_H
#define SK_FORMAT_HANDLER_H

#include "format/job.h"

struct sk_handler {
	const char *name;              /* family name: "pdf", "ooxml", "image", "archive", "text" */
	const enum sk_filetype *types; /* what it cleans, ended by SK_FT_UNKNOWN */
	unsigned methods;              /* or of enum sk_method */

	/* Load tables and libraries once (no per-file state). May be NULL. 0 or SK_E*. */
	int (*init)(void);
	/*
	 * Say all this handler sees in `in`: claims with their strength; also types that it knows only to
	 * name them (xlsb, jar). Must be cheap, and never refuse. `name` is the file name as a hint. Signatures are
	 * reported wherever a reader of that format would accept them (PDF: first 1,024 bytes; zip: at the end).
	 */
	void (*probe)(struct sk_slice in, const char *name, struct sk_report *claims);
	/*
	 * Clean `in`, decided to be `type`, into out->bytes (empty, with a ceiling) and out->type. Removals go
	 * to the job's report. Returns 0, SK_EREFUSED after sk_job_refuse(), or another SK_E*: SK_EFORMAT ends
	 * as `damaged`, SK_ENOMEM as `limit.memory`, SK_ELIMIT as `limit.output`, others as `internal`.
	 * A method not in `methods` is never asked for.
	 */
	int (*rebuild)(
	    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out);
	int (*flatten)(
	    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out);
	int (*text)(
	    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out);
	/* Pages of what has none when it is flattened; NULL: as flatten. */
	int (*show)(
	    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out);
	/* The type a cleaned file of this type gets (docm → docx), for the table of `sekisho formats`. */
	enum sk_filetype (*out_type)(enum sk_filetype type, enum sk_method method);
};

/* All handlers, ended by NULL (format/list.c). */
extern const struct sk_handler *const sk_handlers[];

extern const struct sk_handler sk_pdf_handler, sk_ooxml_handler, sk_odf_handler, sk_image_handler,
    sk_metafile_handler, sk_svg_handler, sk_html_handler, sk_mhtml_handler, sk_heif_handler,
    sk_legacy_handler, sk_archive_handler, sk_mail_handler, sk_rtf_handler, sk_ichitaro_handler,
    sk_calendar_handler, sk_cad_handler, sk_text_handler, sk_other_handler;

#endif
