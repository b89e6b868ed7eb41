/*
 * Handler of mail: eml, msg and winmail.dat become an eml, a folder of mails a zip of them. The other methods are those of
 * what the mail carries; its own words stay text (doc/profiles/mail.md). Cleaner's jail.
 */
#include "format/mail/mail.h"

static const enum sk_filetype types[] = {
    SK_FT_EML, SK_FT_MBOX, SK_FT_MSG, SK_FT_TNEF, SK_FT_UNKNOWN};

/* One mail is seen by its text, its streams or its signature (format/other); here more than one. */
static void probe(struct sk_slice in, const char *name, struct sk_report *claims)
{
	if (sk_mbox_is(in))
		sk_report_claim(
		    claims, SK_FT_MBOX, SK_CLAIM_STRUCTURE, 0, "mails one after the other");
}

static int parse(
    struct sk_mail *m, enum sk_filetype type, struct sk_slice in, struct sk_part **root)
{
	switch ((int)type) {
	case SK_FT_MSG:
		return sk_msg_parse(m, in, root);
	case SK_FT_TNEF:
		return sk_tnef_parse(m, in, root);
	default:
		return sk_mail_parse(m, in, root);
	}
}

static int rebuild(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct sk_mail m = {.job = job, .arena = job->arena};
	struct sk_part *root = NULL;

	if (type == SK_FT_MBOX)
		return sk_mbox_rebuild(job, in, out);
	int rc = parse(&m, type, in, &root);
	out->type = SK_FT_EML;
	return rc ? rc : sk_mail_write(&m, root, &out->bytes);
}

/* What was cleaned is an eml; a folder of them is an archive. */
static int show(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	return type == SK_FT_EML
		   ? sk_mail_show(job, in, out)
		   : sk_job_refuse(job, SK_REASON_METHOD, "%s", sk_filetype_name(type));
}

static enum sk_filetype out_type(enum sk_filetype type, enum sk_method method)
{
	return type == SK_FT_MBOX ? SK_FT_ZIP : SK_FT_EML;
}

const struct sk_handler sk_mail_handler = {
    .name = "mail",
    .types = types,
    .methods = SK_METHOD_REBUILD | SK_METHOD_FLATTEN | SK_METHOD_TEXT,
    .probe = probe,
    .rebuild = rebuild,
    .flatten = rebuild,
    .text = rebuild,
    .show = show,
    .out_type = out_type,
};
