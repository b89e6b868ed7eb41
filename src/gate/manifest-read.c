/* What a manifest says, as it stands there: manifest.h. The gate. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "gate/manifest-inside.h"

#define NAME_BYTES 255

/* --- saying why not --- */

int sk_manifest_wrong(struct sk_reading *r, const char *what, const char *field)
{
	snprintf(
	    r->why, SK_MANIFEST_WHY, "manifest.%s%s%s", what, field ? "." : "", field ? field : "");
	return SK_EREFUSED;
}

/* --- the entry --- */

/* Fields of an entry are words, numbers and hashes: their grammar was checked. */
static int take_word(struct sk_reading *r, const char *name, bool must, const char **to)
{
	struct sk_slice v = sk_lv_entry_field(&r->entry, name);

	if (v.n == 0)
		return must ? sk_manifest_wrong(r, "missing", name) : 0;
	*to = sk_arena_str(r->arena, v);
	return *to ? 0 : SK_ENOMEM;
}

static int take_hash(struct sk_reading *r, const char *name, uint8_t to[SK_LV_HASH])
{
	if (!sk_lv_hex(sk_lv_entry_field(&r->entry, name), to, SK_LV_HASH))
		return sk_manifest_wrong(r, "missing", name);
	return 0;
}

/* Numbers that are not said stay as they are. */
static int take_number(struct sk_reading *r, const char *name, bool must, uint64_t *to)
{
	if (sk_lv_number(sk_lv_entry_field(&r->entry, name), INT64_MAX, to) || !must)
		return 0;
	return sk_manifest_wrong(r, "missing", name);
}

static int take_times(struct sk_reading *r)
{
	uint64_t time = 0, expires = 0;
	int rc = take_number(r, "time", true, &time);

	if (rc == 0)
		rc = take_number(r, "expires", true, &expires);
	r->m->time = (int64_t)time;
	r->m->expires = (int64_t)expires;
	return rc;
}

static int take_words(struct sk_reading *r)
{
	struct sk_manifest *m = r->m;
	const struct {
		const char *name;
		bool must;
		const char **to;
	} words[] = {{"transfer", true, &r->transfer}, {"route", true, &r->route},
	    {"from", true, &r->from}, {"to", true, &r->to}, {"auth", !r->waits, &m->auth},
	    {"type.out", !r->waits, &m->type}, {"type.claimed", false, &r->type_claimed},
	    {"type.found", false, &r->type_found}, {"class", false, &r->class},
	    {"method", false, &m->method}, {"cleaner", false, &m->cleaner},
	    {"removed", false, &m->removed}, {"found", false, &m->found}};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(words) / sizeof(words[0]); i++)
		rc = take_word(r, words[i].name, words[i].must, words[i].to);
	return rc;
}

static int take_entry(struct sk_reading *r)
{
	struct sk_manifest *m = r->m;
	int rc = take_words(r);

	if (rc == 0) {
		snprintf(m->id, sizeof(m->id), "%s", r->transfer);
		rc = take_hash(r, "hash.in", m->hash_in);
	}
	if (rc == 0 && !r->waits)
		rc = take_hash(r, "hash.out", m->hash_out);
	if (rc == 0)
		rc = take_hash(r, "hash.policy", m->hash_policy);
	if (rc == 0)
		rc = take_number(r, "size.out", !r->waits, &m->size_out);
	if (rc == 0)
		rc = take_number(r, "size.in", false, &m->size_in);
	return rc ? rc : take_times(r);
}

/* --- what stood behind commitments --- */

bool sk_manifest_text_fits(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] == 0x7F)
			return false;
	return s.n > 0 && sk_utf8_valid(s);
}

bool sk_manifest_name_fits(struct sk_slice s)
{
	return sk_manifest_text_fits(s) && s.n <= NAME_BYTES && !memchr(s.p, '/', s.n) &&
	       !memchr(s.p, '\\', s.n) && !sk_slice_is(s, ".") && !sk_slice_is(s, "..");
}

static int take_shown(struct sk_reading *r, const char *name, bool must,
    bool (*fits)(struct sk_slice s), const char **to)
{
	struct sk_slice v = sk_lv_opened(&r->shown, name);

	if (v.p == NULL)
		return must ? sk_manifest_wrong(r, "missing", name) : 0;
	if (!fits(v))
		return sk_manifest_wrong(r, "malformed", name);
	*to = sk_arena_str(r->arena, v);
	return *to ? 0 : SK_ENOMEM;
}

static int take_openings(struct sk_reading *r)
{
	struct sk_manifest *m = r->m;
	const struct {
		const char *name;
		bool must, (*fits)(struct sk_slice s);
		const char **to;
	} shown[] = {{"personal.requester", true, sk_manifest_text_fits, &m->requester},
	    {"personal.recipient", false, sk_manifest_text_fits, &m->recipient},
	    {"personal.file", false, sk_manifest_name_fits, &m->file},
	    {"personal.assertion", false, sk_manifest_text_fits, &m->assertion},
	    {"personal.request", true, sk_manifest_text_fits, &r->request}};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(shown) / sizeof(shown[0]); i++)
		rc = take_shown(r, shown[i].name, shown[i].must, shown[i].fits, shown[i].to);
	return rc;
}

/* --- the request, beside the entry --- */

static int read_request(struct sk_reading *r)
{
	struct sk_slice json = sk_slice_str(r->request);
	struct sk_query *q = &r->m->request.request;
	struct sk_fault fault;
	size_t used = 0;

	int rc = sk_recorded_read(r->arena, json, &r->m->request, &used, &fault);
	if (rc == SK_ENOMEM)
		return rc;
	if (rc || used != json.n || !q->from || !q->to || !q->route || !q->requester)
		return sk_manifest_wrong(r, "malformed", "personal.request");
	r->m->from = q->from;
	r->m->to = q->to;
	r->m->route = q->route;
	r->m->class = q->classes[SK_CONFIDENTIALITY];
	return 0;
}

int sk_manifest_read(struct sk_reading *r)
{
	int rc = take_entry(r);

	if (rc == 0)
		rc = take_openings(r);
	return rc ? rc : read_request(r);
}

/* --- the receipt --- */

/* The first thing that the verifier found; what it cannot say is no better here. */
static int judge_receipt(struct sk_reading *r, const struct sk_lv_report *report)
{
	size_t worst = 0;

	if (report->n == 0)
		return 0;
	while (worst + 1 < report->n && sk_lv_code_weight(report->v[worst].code) != SK_LV_WRONG)
		worst++;
	snprintf(r->why, SK_MANIFEST_WHY, "%s", sk_lv_code_word(report->v[worst].code));
	return report->v[worst].code == SK_LV_RECEIPT_MALFORMED ? SK_EFORMAT : SK_EREFUSED;
}

int sk_manifest_receipt(struct sk_reading *r, struct sk_slice receipt, struct sk_buf *text)
{
	struct sk_lv_trust trust = r->keys->trust;

	trust.now = (uint64_t)r->keys->now;
	int rc = sk_lv_receipt(receipt, &trust, &r->report, text, &r->shown);
	if (rc == 0)
		rc = judge_receipt(r, &r->report);
	if (rc == 0 && sk_lv_entry_read(sk_buf_slice(text), &r->entry))
		rc = SK_EINTERNAL; /* the verifier has read it */
	return rc;
}
