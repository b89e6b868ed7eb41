/* What became of a file, as one JSON line (sekisho-report(5)). The command and the worker. */
#include "cmd/cli.h"

#include <jansson.h>

#include "base/hex.h"
#include "base/utf8.h"

/* Text that may hold any bytes, as valid UTF-8 for JSON: what is not becomes U+FFFD. NULL: null. */
static json_t *text_or_null(const char *s)
{
	struct sk_buf b = SK_BUF(1 << 20);

	if (s == NULL)
		return json_null();
	struct sk_slice in = sk_slice_str(s);
	for (size_t pos = 0; pos < in.n;) {
		int32_t cp = sk_utf8_next(in, &pos);
		sk_utf8_put(&b, cp < 0 ? 0xFFFD : (uint32_t)cp);
	}
	json_t *j = json_stringn((const char *)b.p, b.len);
	sk_buf_free(&b);
	return j ? j : json_null();
}

/* The bytes of a name that is not UTF-8, in hex; null for the usual ones. */
static json_t *hex_or_null(const char *s)
{
	struct sk_buf b = SK_BUF(1 << 16);

	if (s == NULL || sk_utf8_valid(sk_slice_str(s)))
		return json_null();
	sk_hex_write(sk_slice_str(s), &b);
	json_t *j = json_stringn((const char *)b.p, b.len);
	sk_buf_free(&b);
	return j ? j : json_null();
}

static json_t *claims(const struct sk_result *r)
{
	static const char *const strengths[] = {"none", "hint", "signature", "structure"};
	json_t *list = json_array();

	for (size_t i = 0; r && i < r->nfound; i++)
		json_array_append_new(
		    list, json_pack("{s:s, s:s, s:I, s:s}", "type", r->found[i].type, "strength",
			      strengths[r->found[i].strength & 3], "offset",
			      (json_int_t)r->found[i].offset, "evidence", r->found[i].evidence));
	return list;
}

static json_t *removed(const struct sk_result *r)
{
	json_t *list = json_array();

	for (size_t i = 0; r && i < r->ntaken; i++)
		json_array_append_new(
		    list, json_pack("{s:s, s:I, s:s, s:s}", "code", r->taken[i].code, "count",
			      (json_int_t)r->taken[i].count, "where", r->taken[i].where, "text",
			      _(r->taken[i].sentence)));
	return list;
}

static json_t *reason(const struct row *row)
{
	if (row->reason == NULL)
		return json_null();
	return json_pack("{s:s, s:s, s:o}", "code", row->reason, "text", _(row->sentence), "detail",
	    text_or_null(row->detail));
}

static const char *password_word(const struct sk_result *r)
{
	return r == NULL || !r->encrypted ? "none" : r->opened ? "opened" : "needed";
}

/* What lies in the file; of what could not be read there may be more. */
static json_t *inside(const struct sk_result *r)
{
	json_t *types = json_array();

	for (size_t i = 0; r && i < r->nheld; i++)
		json_array_append_new(types, json_string(r->held[i]));
	return json_pack("{s:I, s:I, s:I, s:o, s:s}", "members", (json_int_t)(r ? r->members : 0),
	    "depth", (json_int_t)(r ? r->depth : 0), "pages", (json_int_t)(r ? r->pages : 0),
	    "types", types, "password", password_word(r));
}

static const char *verdict_name(enum sk_verdict v)
{
	return v == SK_CLEAN ? "clean" : v == SK_REFUSED ? "refused" : "error";
}

/* A hash is known once its bytes were read to the end. */
static json_t *hash_or_null(const char *hex)
{
	return hex && hex[0] ? json_string(hex) : json_null();
}

static json_t *object(const struct row *row)
{
	const struct sk_result *r = row->result;
	json_t *o = json_object();

	json_object_set_new(o, "input", text_or_null(row->input));
	json_object_set_new(o, "input_hex", hex_or_null(row->input));
	json_object_set_new(o, "type", json_string(r ? r->type : "unknown"));
	json_object_set_new(o, "claims", claims(r));
	json_object_set_new(o, "method", json_string(row->method));
	json_object_set_new(o, "verdict", json_string(verdict_name(row->verdict)));
	json_object_set_new(o, "output", text_or_null(row->output));
	json_object_set_new(o, "output_hex", hex_or_null(row->output));
	json_object_set_new(
	    o, "output_type", text_or_null(r && row->verdict == SK_CLEAN ? r->output_type : NULL));
	json_object_set_new(o, "sha256_in", hash_or_null(r ? r->sha256_in : NULL));
	json_object_set_new(
	    o, "sha256_out", hash_or_null(r && row->verdict == SK_CLEAN ? r->sha256_out : NULL));
	json_object_set_new(o, "size_in", r ? json_integer((json_int_t)r->size_in) : json_null());
	json_object_set_new(o, "size_out",
	    r && row->verdict == SK_CLEAN ? json_integer((json_int_t)r->size_out) : json_null());
	json_object_set_new(o, "inside", inside(r));
	json_object_set_new(o, "removed", removed(r));
	json_object_set_new(o, "changed_name", text_or_null(row->changed_name));
	json_object_set_new(o, "reason", reason(row));
	json_object_set_new(o, "millis", json_integer(r ? (json_int_t)r->millis : 0));
	return o;
}

int cli_show_json(FILE *to, const struct row *row)
{
	json_t *o = object(row);
	int rc = json_dumpf(o, to, JSON_COMPACT);

	json_decref(o);
	return rc || fputc('\n', to) == EOF || fflush(to) ? -1 : 0;
}

/* --- what must not leave --- */

static json_t *counts(const uint32_t n[3])
{
	return json_pack("{s:I, s:I, s:I}", "sure", (json_int_t)n[2], "likely", (json_int_t)n[1],
	    "weak", (json_int_t)n[0]);
}

static json_t *leak_places(const struct sk_leaks_result *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->n; i++) {
		const struct sk_leak_place *l = &r->leaks[i];
		json_array_append_new(
		    list, json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:o, s:s}", "kind", l->kind,
			      "trust", l->trust, "where", l->where, "line", (json_int_t)l->line,
			      "column", (json_int_t)l->column, "cell", (json_int_t)l->cell, "word",
			      l->word ? json_integer((json_int_t)l->word) : json_null(), "hash",
			      l->hash));
	}
	return list;
}

int cli_show_leaks_json(FILE *to, const char *input, const struct sk_leaks_result *r)
{
	json_t *o = json_object();
	int rc;

	json_object_set_new(o, "input", text_or_null(input));
	json_object_set_new(o, "input_hex", hex_or_null(input));
	json_object_set_new(o, "type", json_string(r->type));
	json_object_set_new(o, "verdict", json_string(verdict_name(r->verdict)));
	json_object_set_new(o, "sha256", hash_or_null(r->sha256));
	json_object_set_new(o, "mynumbers", counts(r->mynumbers));
	json_object_set_new(o, "corporate_numbers", counts(r->corporate_numbers));
	json_object_set_new(o, "words", counts(r->words));
	json_object_set_new(o, "unread_pages", json_integer((json_int_t)r->unread_pages));
	json_object_set_new(o, "unread_pictures", json_integer((json_int_t)r->unread_pictures));
	json_object_set_new(o, "ocr", json_boolean(r->ocr));
	json_object_set_new(o, "read", json_integer((json_int_t)r->read));
	json_object_set_new(o, "places", leak_places(r));
	json_object_set_new(o, "reason",
	    r->reason ? json_pack("{s:s, s:s, s:o}", "code", r->reason, "text", _(r->sentence),
			    "detail", text_or_null(r->detail))
		      : json_null());
	rc = json_dumpf(o, to, JSON_COMPACT);
	json_decref(o);
	return rc || fputc('\n', to) == EOF || fflush(to) ? -1 : 0;
}
