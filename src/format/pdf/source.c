/*
 * The input, read through qpdf's C API (parsing, repair, decryption). Every object is fetched once, as
 * text, and parsed by our own lexer; streams are fetched undecoded. After each call the error state is
 * looked at, because qpdf goes on after errors. Cleaner's jail.
 */
#include "format/pdf/pdf.h"

#include <stdlib.h>

#include "container/crypt.h"

/* True when the last calls left an error; forgets it. */
static bool failed(struct sk_pdf *x)
{
	if (!qpdf_has_error(x->qpdf))
		return false;
	(void)qpdf_get_error(x->qpdf);
	return true;
}

void sk_pdf_close(struct sk_pdf *x)
{
	if (x->qpdf)
		qpdf_cleanup(&x->qpdf);
}

struct sk_arena *sk_pdf_scratch(struct sk_pdf *x)
{
	struct sk_arena *was = x->tmp, *a = sk_arena_new(x->job->limits->memory);

	if (a == NULL)
		sk_pdf_fatal(x, SK_ENOMEM);
	else
		x->tmp = a;
	return was;
}

void sk_pdf_scratch_end(struct sk_pdf *x, struct sk_arena *was)
{
	if (x->tmp != was)
		sk_arena_free(x->tmp);
	x->tmp = was;
}

static enum qpdf_error_code_e read_code(struct sk_pdf *x, const char *password)
{
	sk_pdf_close(x);
	x->qpdf = qpdf_init();
	if (x->qpdf == NULL) {
		sk_pdf_fatal(x, SK_ENOMEM);
		return qpdf_e_internal;
	}
	qpdf_silence_errors(x->qpdf);
	qpdf_set_suppress_warnings(x->qpdf, QPDF_TRUE);
	qpdf_set_attempt_recovery(x->qpdf, QPDF_TRUE);
	qpdf_read_memory(x->qpdf, "input", (const char *)x->bytes.p, x->bytes.n, password);
	if (!qpdf_has_error(x->qpdf))
		return qpdf_e_success;
	qpdf_error e = qpdf_get_error(x->qpdf);
	return qpdf_get_error_code(x->qpdf, e);
}

/* The user's password or the owner's, in each form in which it may be meant. */
static enum qpdf_error_code_e try_password(struct sk_pdf *x, const char *password)
{
	struct sk_slice forms[SK_PASSWORD_FORMS];
	unsigned n = sk_password_bytes(x->job->arena, password, forms);
	enum qpdf_error_code_e code = qpdf_e_password;

	if (n == 0)
		sk_pdf_fatal(x, SK_ENOMEM);
	for (unsigned i = 0; i < n && code == qpdf_e_password; i++) {
		char *text = sk_arena_str(x->job->arena, forms[i]);
		if (text == NULL)
			sk_pdf_fatal(x, SK_ENOMEM);
		else
			code = read_code(x, text);
	}
	return code;
}

int sk_pdf_open(struct sk_pdf *x)
{
	bool given = sk_job_passwords(x->job) > 0;
	enum qpdf_error_code_e code = read_code(x, "");

	for (uint32_t i = 0; code == qpdf_e_password && i < sk_job_passwords(x->job); i++) {
		code = try_password(x, sk_password(x->job->passwords, i));
		if (code != qpdf_e_password && x->rc == 0)
			sk_job_opened(x->job, i);
	}
	if (x->rc)
		return x->rc;
	if (code == qpdf_e_password)
		return sk_job_refuse(
		    x->job, given ? SK_REASON_PASSWORD : SK_REASON_ENCRYPTED, "pdf");
	if (code == qpdf_e_unsupported)
		return sk_job_refuse(x->job, SK_REASON_ENCRYPTED, "a protection that is not known");
	if (code != qpdf_e_success)
		return SK_EFORMAT;
	x->encrypted = qpdf_is_encrypted(x->qpdf);
	if (x->encrypted)
		sk_job_removed(x->job, SK_PDF_ENCRYPTION, 1, "document");
	return failed(x) ? SK_EFORMAT : 0;
}

static bool parse_object(struct sk_pdf *x, struct sk_pdf_in *o, qpdf_oh oh)
{
	struct sk_pdf_lex l;
	const char *text = qpdf_oh_unparse_resolved(x->qpdf, oh);

	if (failed(x) || text == NULL)
		return false;
	sk_pdf_lex_init(&l, sk_slice_str(text));
	sk_pdf_next(&l);
	return sk_pdf_parse(x, &l, &o->val);
}

/*
 * Let qpdf forget an object that is ours now: what it keeps of one takes twenty times the object's bytes. Only
 * containers: numbers may be lengths of streams that are still to be read, and where streams are encrypted
 * their dictionaries' parts say how.
 */
static void forget(struct sk_pdf *x, const struct sk_pdf_in *o, uint32_t gen)
{
	if ((o->val.kind != SK_PDF_DICT && o->val.kind != SK_PDF_ARRAY) || x->encrypted)
		return;
	qpdf_oh empty =
	    qpdf_oh_new_dictionary(x->qpdf); /* not null: what refers to null is not shown */
	qpdf_replace_object(x->qpdf, (int)o->num, (int)gen, empty);
	qpdf_oh_release(x->qpdf, empty);
	(void)failed(x);
}

static void load(struct sk_pdf *x, struct sk_pdf_in *o, uint32_t gen)
{
	qpdf_oh oh = qpdf_get_object_by_id(x->qpdf, (int)o->num, (int)gen);
	enum qpdf_object_type_e t = failed(x) ? ot_null : qpdf_oh_get_type_code(x->qpdf, oh);

	if (failed(x) || t == ot_null || t == ot_reserved || t == ot_uninitialized) {
		qpdf_oh_release(x->qpdf, oh);
		return;
	}
	bool good;
	if (t == ot_stream) {
		qpdf_oh dict = qpdf_oh_get_dict(x->qpdf, oh);
		good = parse_object(x, o, dict);
		qpdf_oh_release(x->qpdf, dict);
		o->stream = true;
		o->oh = oh;
	} else {
		good = parse_object(x, o, oh);
		qpdf_oh_release(x->qpdf, oh);
		if (good)
			forget(x, o, gen);
	}
	if (!good)
		o->val = (struct sk_pdf_val){0};
}

static bool make_room(struct sk_pdf *x, size_t num)
{
	size_t cap = x->nins;

	if (num < x->nins)
		return true;
	void *p = sk_arena_grow(x->home, x->ins, &cap, num + 1, sizeof(*x->ins));
	if (p == NULL)
		return sk_pdf_fatal(x, SK_ENOMEM);
	x->ins = p;
	memset(x->ins + x->nins, 0, (cap - x->nins) * sizeof(*x->ins));
	x->nins = cap;
	return true;
}

static struct sk_pdf_in *new_object(struct sk_pdf *x, int64_t num, uint32_t gen)
{
	struct sk_arena *was = x->arena;
	struct sk_pdf_in *o = sk_arena_alloc(x->home, sizeof(*o));

	if (o == NULL) {
		sk_pdf_fatal(x, SK_ENOMEM);
		return NULL;
	}
	o->num = (uint32_t)num;
	x->ins[num] = o;
	x->nloaded++;
	x->arena = x->home; /* it stays, wherever it is first met */
	load(x, o, gen);
	x->arena = was;
	return o;
}

struct sk_pdf_in *sk_pdf_object(struct sk_pdf *x, int64_t num, uint32_t gen)
{
	if (num <= 0 || x->rc)
		return NULL;
	if (num > SK_LIMIT_PDF_OBJECTS) {
		sk_pdf_fatal(x, sk_job_refuse(x->job, SK_REASON_LIMIT_OBJECTS, "object number %lld",
				    (long long)num));
		return NULL;
	}
	if (!make_room(x, (size_t)num))
		return NULL;
	return x->ins[num] ? x->ins[num] : new_object(x, num, gen);
}

bool sk_pdf_stored(struct sk_pdf *x, struct sk_pdf_in *in, struct sk_slice *out)
{
	unsigned char *p = NULL;
	size_t n = 0;
	QPDF_BOOL filtered = QPDF_FALSE;

	if (!in->stream)
		return false;
	qpdf_oh_get_stream_data(x->qpdf, in->oh, qpdf_dl_none, &filtered, &p, &n);
	bool bad = failed(x);
	if (!bad) {
		out->p = n ? sk_arena_dup(x->tmp, p, n) : (const uint8_t *)"";
		out->n = n;
		if (out->p == NULL)
			sk_pdf_fatal(x, SK_ENOMEM);
	}
	free(p);
	return !bad && x->rc == 0;
}
