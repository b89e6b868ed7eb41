/* Manifests of offers, read to be judged: manifest.h. The gate. */
#include "gate/manifest.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"

#define NAME_BYTES 255

struct reading {
	const struct sk_manifest_keys *keys;
	struct sk_arena *arena;
	struct sk_manifest *m;
	struct sk_lv_entry entry;
	struct sk_lv_report report;
	struct sk_lv_openings shown;
	const char *transfer, *route, *from, *to, *class, *type_claimed, *type_found; /* clear */
	const char *request;
	char *why;
};

/* --- keys --- */

static int add_keys(struct sk_slice text, uint8_t type, struct sk_lv_key *keys, size_t *n)
{
	struct sk_slice line;

	while (text.n) {
		if (!sk_lv_line(&text, &line)) {
			line = text;
			text.n = 0;
		}
		if (line.n == 0)
			continue;
		if (*n == SK_LV_KEYS || sk_lv_key_read(line, &keys[*n]) || keys[*n].type != type)
			return SK_EFORMAT;
		++*n;
	}
	return 0;
}

int sk_manifest_keys_read(
    struct sk_slice log, struct sk_slice witness, struct sk_manifest_keys *keys)
{
	struct sk_lv_trust t = {.logs = 0};

	if (add_keys(log, 1, t.log, &t.logs) || t.logs == 0 ||
	    add_keys(witness, 4, t.witness, &t.witnesses))
		return SK_EFORMAT;
	keys->trust = t;
	return 0;
}

/* --- saying why not --- */

static int wrong(struct reading *r, const char *what, const char *field)
{
	snprintf(
	    r->why, SK_MANIFEST_WHY, "manifest.%s%s%s", what, field ? "." : "", field ? field : "");
	return SK_EREFUSED;
}

/* --- the entry --- */

/* Fields of an entry are words, numbers and hashes: their grammar was checked. */
static int take_word(struct reading *r, const char *name, bool must, const char **to)
{
	struct sk_slice v = sk_lv_entry_field(&r->entry, name);

	if (v.n == 0)
		return must ? wrong(r, "missing", name) : 0;
	*to = sk_arena_str(r->arena, v);
	return *to ? 0 : SK_ENOMEM;
}

static int take_hash(struct reading *r, const char *name, uint8_t to[SK_LV_HASH])
{
	if (!sk_lv_hex(sk_lv_entry_field(&r->entry, name), to, SK_LV_HASH))
		return wrong(r, "missing", name);
	return 0;
}

/* Numbers that are not said stay as they are. */
static int take_number(struct reading *r, const char *name, bool must, uint64_t *to)
{
	if (sk_lv_number(sk_lv_entry_field(&r->entry, name), INT64_MAX, to) || !must)
		return 0;
	return wrong(r, "missing", name);
}

static int take_times(struct reading *r)
{
	uint64_t time = 0, expires = 0;
	int rc = take_number(r, "time", true, &time);

	if (rc == 0)
		rc = take_number(r, "expires", false, &expires);
	r->m->time = (int64_t)time;
	r->m->expires = expires ? (int64_t)expires : SK_UNKNOWN;
	return rc;
}

static int take_words(struct reading *r)
{
	struct sk_manifest *m = r->m;
	const struct {
		const char *name;
		bool must;
		const char **to;
	} words[] = {{"transfer", true, &r->transfer}, {"route", true, &r->route},
	    {"from", true, &r->from}, {"to", true, &r->to}, {"auth", true, &m->auth},
	    {"type.out", true, &m->type}, {"type.claimed", false, &r->type_claimed},
	    {"type.found", false, &r->type_found}, {"class", false, &r->class},
	    {"method", false, &m->method}, {"cleaner", false, &m->cleaner},
	    {"removed", false, &m->removed}, {"found", false, &m->found}};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(words) / sizeof(words[0]); i++)
		rc = take_word(r, words[i].name, words[i].must, words[i].to);
	return rc;
}

static int take_entry(struct reading *r)
{
	struct sk_manifest *m = r->m;
	int rc = take_words(r);

	if (rc == 0) {
		snprintf(m->id, sizeof(m->id), "%s", r->transfer);
		rc = take_hash(r, "hash.in", m->hash_in);
	}
	if (rc == 0)
		rc = take_hash(r, "hash.out", m->hash_out);
	if (rc == 0)
		rc = take_hash(r, "hash.policy", m->hash_policy);
	if (rc == 0)
		rc = take_number(r, "size.out", true, &m->size_out);
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

static int take_shown(struct reading *r, const char *name, bool must,
    bool (*fits)(struct sk_slice s), const char **to)
{
	struct sk_slice v = sk_lv_opened(&r->shown, name);

	if (v.p == NULL)
		return must ? wrong(r, "missing", name) : 0;
	if (!fits(v))
		return wrong(r, "malformed", name);
	*to = sk_arena_str(r->arena, v);
	return *to ? 0 : SK_ENOMEM;
}

static int take_openings(struct reading *r)
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

static int read_request(struct reading *r)
{
	struct sk_slice json = sk_slice_str(r->request);
	struct sk_query *q = &r->m->request.request;
	struct sk_fault fault;
	size_t used = 0;

	int rc = sk_recorded_read(r->arena, json, &r->m->request, &used, &fault);
	if (rc == SK_ENOMEM)
		return rc;
	if (rc || used != json.n || !q->from || !q->to || !q->route || !q->requester)
		return wrong(r, "malformed", "personal.request");
	r->m->from = q->from;
	r->m->to = q->to;
	r->m->route = q->route;
	r->m->class = q->classes[SK_CONFIDENTIALITY];
	return 0;
}

/* Whether a name fits a word of an entry: longer or other than ASCII it stands there by its place. */
static bool is_word(const char *name)
{
	size_t digits = 0, n = strlen(name);

	for (size_t i = 0; i < n; i++) {
		uint8_t c = (uint8_t)name[i];
		bool digit = c >= '0' && c <= '9', mark = c == '.' || c == '_' || c == '-';
		digits = digit ? digits + 1 : 0;
		if (digits > 9 || (mark && i == 0) ||
		    (!digit && !mark && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')))
			return false;
	}
	return n > 0 && n <= 64;
}

/* Of names in the entry and in the request. */
static bool same_name(const char *clear, const char *name, const char *by_place)
{
	if (clear == NULL || name == NULL)
		return clear == name;
	return is_word(name) ? strcmp(clear, name) == 0
			     : strncmp(clear, by_place, strlen(by_place)) == 0;
}

/* A type that is said in both. */
static bool same_type(const char *word, enum sk_filetype type)
{
	return word == NULL || type == SK_FT_UNKNOWN || strcmp(word, sk_filetype_name(type)) == 0;
}

static int compare(struct reading *r)
{
	const struct sk_manifest *m = r->m;
	const struct sk_query *q = &m->request.request;
	const struct {
		const char *field;
		bool fits;
	} both[] = {{"from", same_name(r->from, q->from, "zone-")},
	    {"to", same_name(r->to, q->to, "zone-")},
	    {"route", same_name(r->route, q->route, "route-")},
	    {"personal.requester", strcmp(m->requester, q->requester) == 0},
	    {"class", same_name(r->class, m->class, "confidentiality-")},
	    {"type.claimed", same_type(r->type_claimed, q->claimed)},
	    {"type.found", same_type(r->type_found, q->found)},
	    {"size.in", m->size_in == 0 || q->size < 0 || m->size_in == (uint64_t)q->size}};

	for (size_t i = 0; i < sizeof(both) / sizeof(both[0]); i++)
		if (!both[i].fits)
			return wrong(r, "differs", both[i].field);
	return 0;
}

/* Nothing but what was made harmless is offered, and only what is carried as a file or a mail. */
static int judge_request(struct reading *r)
{
	const struct sk_query *q = &r->m->request.request;
	bool cleaned = false;

	for (unsigned i = 0; i < SK_STEP_NOTICE; i++)
		cleaned |= q->cleaned[i] == SK_YES;
	if (q->ask != SK_ASK_FILE && q->ask != SK_ASK_MAIL)
		return wrong(r, "malformed", "carry");
	if (q->original == SK_YES)
		return wrong(r, "original", NULL);
	return cleaned ? 0 : wrong(r, "uncleaned", NULL);
}

/* What the receiver alone can know is not taken over from the giver. */
static void forget_ours(struct sk_query *q)
{
	q->verified = SK_NOT_KNOWN;
	q->released = SK_UNKNOWN;
	q->downloads = SK_UNKNOWN;
}

/* --- how it was approved --- */

/* Whether a passkey's signature stands behind a vote. */
static bool is_signed(const struct reading *r, const struct sk_vote *v)
{
	const char *class = r->m->class ? r->m->class : "";

	for (size_t i = 0; i < r->report.assertions; i++) {
		const struct sk_lv_assertion *a = &r->report.assertion[i];
		if (v->member && strcmp(a->member, v->member) == 0 &&
		    strcmp(a->hold, sk_hold_words[v->hold]) == 0 &&
		    a->allow == (v->allow == SK_YES) && strcmp(a->class, class) == 0)
			return true;
	}
	return false;
}

static bool is_login(const char *word)
{
	for (const char *const *w = sk_login_words; *w; w++)
		if (strcmp(word, *w) == 0)
			return true;
	return false;
}

/* `auth` is not stronger than the weakest vote that lets it pass; a passkey is no passkey without its signature. */
static int judge_votes(struct reading *r)
{
	const struct sk_query *q = &r->m->request.request;
	size_t allowed = 0, by_passkey = 0;

	for (size_t i = 0; i < q->nvotes; i++) {
		const struct sk_vote *v = &q->votes[i];
		if (v->passkey == SK_YES && !is_signed(r, v))
			return wrong(r, "passkey", NULL);
		allowed += v->allow == SK_YES;
		by_passkey += v->allow == SK_YES && v->passkey == SK_YES;
	}
	if (!is_login(r->m->auth) || (allowed == 0) != (strcmp(r->m->auth, "none") == 0) ||
	    (strcmp(r->m->auth, "passkey") == 0 && by_passkey != allowed))
		return wrong(r, "auth", NULL);
	return 0;
}

/* --- places and times --- */

static int judge_frame(struct reading *r)
{
	const struct sk_manifest *m = r->m;
	const struct sk_manifest_keys *k = r->keys;

	if (strcmp(m->from, k->from) != 0)
		return wrong(r, "from", NULL);
	if (strcmp(m->to, k->to) != 0)
		return wrong(r, "to", NULL);
	if (m->time / 1000 > k->now + SK_MANIFEST_CLOCKS)
		return wrong(r, "clock", NULL);
	if (m->expires != SK_UNKNOWN && m->expires / 1000 <= k->now)
		return wrong(r, "expired", NULL);
	return 0;
}

/* --- all of it --- */

static int judge(struct reading *r)
{
	int rc = 0;

	if (!sk_slice_is(sk_lv_entry_field(&r->entry, "kind"), "transfer.offer"))
		rc = wrong(r, "kind", NULL);
	if (rc == 0)
		rc = take_entry(r);
	if (rc == 0)
		rc = take_openings(r);
	if (rc == 0)
		rc = read_request(r);
	if (rc == 0)
		rc = judge_frame(r);
	if (rc == 0)
		rc = compare(r);
	if (rc == 0)
		rc = judge_request(r);
	if (rc == 0)
		rc = judge_votes(r);
	if (rc == 0)
		forget_ours(&r->m->request.request);
	return rc;
}

/* The first thing that the verifier found; what it cannot say is no better here. */
static int judge_receipt(struct reading *r, const struct sk_lv_report *report)
{
	size_t worst = 0;

	if (report->n == 0)
		return 0;
	while (worst + 1 < report->n && sk_lv_code_weight(report->v[worst].code) != SK_LV_WRONG)
		worst++;
	snprintf(r->why, SK_MANIFEST_WHY, "%s", sk_lv_code_word(report->v[worst].code));
	return report->v[worst].code == SK_LV_RECEIPT_MALFORMED ? SK_EFORMAT : SK_EREFUSED;
}

static int take_place(struct reading *r, struct sk_slice receipt, const struct sk_lv_report *report)
{
	struct sk_lv_hash h = sk_lv_hash(receipt);
	struct sk_manifest *m = r->m;

	m->index = report->index;
	m->size = report->size;
	memcpy(m->hash, h.b, sizeof(m->hash));
	for (size_t i = 0; i < SK_LV_KEYS; i++)
		m->cosigned |= report->witness[i].any;
	m->origin = sk_arena_str(r->arena, sk_slice_str(report->origin));
	return m->origin ? 0 : SK_ENOMEM;
}

static int check(struct reading *r, struct sk_slice receipt, const struct sk_lv_trust *trust)
{
	struct sk_buf entry = SK_BUF(SK_LV_ENTRY_BYTES + 1);

	int rc = sk_lv_receipt(receipt, trust, &r->report, &entry, &r->shown);
	if (rc == 0)
		rc = judge_receipt(r, &r->report);
	if (rc == 0 && sk_lv_entry_read(sk_buf_slice(&entry), &r->entry))
		rc = SK_EINTERNAL; /* the verifier has read it */
	if (rc == 0)
		rc = judge(r);
	if (rc == 0)
		rc = take_place(r, receipt, &r->report);
	sk_buf_free(&entry);
	sk_buf_free(&r->shown.bytes);
	return rc;
}

int sk_manifest_check(struct sk_slice receipt, const struct sk_manifest_keys *keys,
    struct sk_arena *a, struct sk_manifest *m, char why[SK_MANIFEST_WHY])
{
	struct sk_manifest found = {.index = 0};
	struct reading r = {.keys = keys, .arena = a, .m = &found, .why = why};
	struct sk_lv_trust trust = keys->trust;

	why[0] = 0;
	trust.now = (uint64_t)keys->now;
	if (trust.logs == 0 || keys->from == NULL || keys->to == NULL)
		return wrong(&r, "keys", NULL);
	if (receipt.n > SK_MANIFEST_BYTES) {
		wrong(&r, "size", NULL);
		return SK_EFORMAT;
	}
	int rc = check(&r, receipt, &trust);
	if (rc == 0)
		*m = found;
	return rc;
}
