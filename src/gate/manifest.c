/* Manifests of offers, read to be judged: manifest.h. The gate. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "gate/manifest-inside.h"

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

/* --- what is said twice --- */

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

static int compare(struct sk_reading *r)
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
			return sk_manifest_wrong(r, "differs", both[i].field);
	return 0;
}

/* Nothing but what was made harmless is offered, and only what is carried as a file or a mail. */
static int judge_request(struct sk_reading *r)
{
	const struct sk_query *q = &r->m->request.request;
	bool cleaned = false;

	for (unsigned i = 0; i < SK_STEP_NOTICE; i++)
		cleaned |= q->cleaned[i] == SK_YES;
	if (q->ask != SK_ASK_FILE && q->ask != SK_ASK_MAIL)
		return sk_manifest_wrong(r, "malformed", "carry");
	if (q->original == SK_YES)
		return sk_manifest_wrong(r, "original", NULL);
	return cleaned ? 0 : sk_manifest_wrong(r, "uncleaned", NULL);
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
static bool is_signed(const struct sk_reading *r, const struct sk_vote *v)
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
static int judge_votes(struct sk_reading *r)
{
	const struct sk_query *q = &r->m->request.request;
	size_t allowed = 0, by_passkey = 0;

	for (size_t i = 0; i < q->nvotes; i++) {
		const struct sk_vote *v = &q->votes[i];
		if (v->passkey == SK_YES && !is_signed(r, v))
			return sk_manifest_wrong(r, "passkey", NULL);
		allowed += v->allow == SK_YES;
		by_passkey += v->allow == SK_YES && v->passkey == SK_YES;
	}
	if (!is_login(r->m->auth) || (allowed == 0) != (strcmp(r->m->auth, "none") == 0) ||
	    (strcmp(r->m->auth, "passkey") == 0 && by_passkey != allowed))
		return sk_manifest_wrong(r, "auth", NULL);
	return 0;
}

/* --- places and times --- */

/* The policy is not asked about a day before the last vote (facts.c): so the other post does not choose that day. */
static bool votes_are_past(const struct sk_reading *r)
{
	const struct sk_query *q = &r->m->request.request;

	for (size_t i = 0; i < q->nvotes; i++)
		if (q->votes[i].at > r->keys->now + SK_MANIFEST_CLOCKS)
			return false;
	return true;
}

static int judge_frame(struct sk_reading *r)
{
	const struct sk_manifest *m = r->m;
	const struct sk_manifest_keys *k = r->keys;

	if (strcmp(m->from, k->from) != 0)
		return sk_manifest_wrong(r, "from", NULL);
	if (strcmp(m->to, k->to) != 0)
		return sk_manifest_wrong(r, "to", NULL);
	if (m->time / 1000 > k->now + SK_MANIFEST_CLOCKS || !votes_are_past(r))
		return sk_manifest_wrong(r, "clock", NULL);
	if (m->expires / 1000 <= k->now)
		return sk_manifest_wrong(r, "expired", NULL);
	return 0;
}

/* --- all of it --- */

/* Votes are about what came out of it, and that is nothing yet. */
static int judge_waiting(struct sk_reading *r)
{
	const struct sk_query *q = &r->m->request.request;

	if (q->nvotes)
		return sk_manifest_wrong(r, "malformed", "votes");
	if (q->ask != SK_ASK_FILE && q->ask != SK_ASK_MAIL)
		return sk_manifest_wrong(r, "malformed", "carry");
	return q->original == SK_YES ? sk_manifest_wrong(r, "original", NULL) : 0;
}

static int judge_kind(struct sk_reading *r)
{
	struct sk_slice kind = sk_lv_entry_field(&r->entry, "kind");
	bool waits = sk_slice_is(kind, "transfer.hold") &&
		     sk_slice_is(sk_lv_entry_field(&r->entry, "decision"), "password");

	return (r->waits ? waits : sk_slice_is(kind, "transfer.offer"))
		   ? 0
		   : sk_manifest_wrong(r, "kind", NULL);
}

static int judge(struct sk_reading *r)
{
	int rc = judge_kind(r);

	if (rc == 0)
		rc = sk_manifest_read(r);
	if (rc == 0)
		rc = judge_frame(r);
	if (rc == 0)
		rc = compare(r);
	if (rc == 0)
		rc = r->waits ? judge_waiting(r) : judge_request(r);
	if (rc == 0 && !r->waits)
		rc = judge_votes(r);
	if (rc == 0)
		forget_ours(&r->m->request.request);
	return rc;
}

static int take_place(
    struct sk_reading *r, struct sk_slice receipt, const struct sk_lv_report *report)
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

/* Whom to believe must be said, and there is an end to what is read. */
static int begin(struct sk_reading *r, struct sk_slice receipt)
{
	const struct sk_manifest_keys *k = r->keys;

	r->why[0] = 0;
	if (k->trust.logs == 0 || k->from == NULL || k->to == NULL)
		return sk_manifest_wrong(r, "keys", NULL);
	if (receipt.n <= SK_MANIFEST_BYTES)
		return 0;
	sk_manifest_wrong(r, "size", NULL);
	return SK_EFORMAT;
}

static int check(struct sk_slice receipt, const struct sk_manifest_keys *keys, bool waits,
    struct sk_arena *a, struct sk_manifest *m, char why[SK_MANIFEST_WHY])
{
	struct sk_manifest found = {.index = 0};
	struct sk_reading r = {.keys = keys, .arena = a, .m = &found, .why = why, .waits = waits};
	struct sk_buf text = SK_BUF(SK_LV_ENTRY_BYTES + 1);
	int rc = begin(&r, receipt);

	if (rc == 0)
		rc = sk_manifest_receipt(&r, receipt, &text);
	if (rc == 0)
		rc = judge(&r);
	if (rc == 0)
		rc = take_place(&r, receipt, &r.report);
	if (rc == 0)
		*m = found;
	sk_buf_free(&text);
	sk_buf_free(&r.shown.bytes);
	return rc;
}

int sk_manifest_check(struct sk_slice receipt, const struct sk_manifest_keys *keys,
    struct sk_arena *a, struct sk_manifest *m, char why[SK_MANIFEST_WHY])
{
	return check(receipt, keys, false, a, m, why);
}

int sk_manifest_waits(struct sk_slice receipt, const struct sk_manifest_keys *keys,
    struct sk_arena *a, struct sk_manifest *m, char why[SK_MANIFEST_WHY])
{
	return check(receipt, keys, true, a, m, why);
}

/* Entry and openings are base 64 twice: in the receipt's extra, and as that. */
bool sk_manifest_fits(size_t clear, size_t shown)
{
	const size_t names = 2048;  /* of fields, with salts and digests of commitments; keys */
	const size_t around = 6144; /* the longest proof, the checkpoint, five cosignatures */

	if (clear > SK_MANIFEST_BYTES || shown > SK_MANIFEST_BYTES)
		return false;
	size_t extra = (clear + names + 2) / 3 * 4 + (shown + names) / 3 * 4 + names;
	return (extra + 2) / 3 * 4 + around <= SK_MANIFEST_BYTES;
}

/* --- the end of a transfer --- */

static int judge_end(struct sk_reading *r, const char *id, const char *event)
{
	struct sk_slice kind = sk_lv_entry_field(&r->entry, "kind");
	const size_t prefix = strlen("transfer.");

	bool bad_offer = strcmp(event, "reject") == 0 && sk_slice_is(kind, "transfer.bad-offer");

	if (!bad_offer && (!sk_slice_starts(kind, SK_SLICE_LIT("transfer.")) ||
			      !sk_slice_is(sk_slice_sub(kind, prefix, SIZE_MAX), event)))
		return sk_manifest_wrong(r, "kind", NULL);
	if (!sk_slice_is(sk_lv_entry_field(&r->entry, "transfer"), id))
		return sk_manifest_wrong(r, "differs", "transfer");
	return 0;
}

int sk_manifest_end(struct sk_slice receipt, const struct sk_manifest_keys *keys, const char *id,
    const char *event, char why[SK_MANIFEST_WHY])
{
	struct sk_reading r = {.keys = keys, .why = why};
	struct sk_buf text = SK_BUF(SK_LV_ENTRY_BYTES + 1);
	int rc = begin(&r, receipt);

	if (rc == 0)
		rc = sk_manifest_receipt(&r, receipt, &text);
	if (rc == 0)
		rc = judge_end(&r, id, event);
	sk_buf_free(&text);
	sk_buf_free(&r.shown.bytes);
	return rc;
}
