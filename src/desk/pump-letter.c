/* What the other post must be able to prove, and the letter that carries the proof. pump.h */
#include "desk/pump.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "gate/waits.h"
#include "link/letter.h"

static bool says(const struct sk_leaf *e, enum sk_entry_field f, const char *word)
{
	return e->field[f].n == strlen(word) && memcmp(e->field[f].p, word, e->field[f].n) == 0;
}

/* Events after which the giver's row has another state than it knows; `gone` also when it could not give what it has. */
static bool ends(const struct sk_leaf *e)
{
	static const char *const kinds[] = {
	    "transfer.release", "transfer.reject", "transfer.collect", "transfer.expire"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (says(e, SK_ENTRY_KIND, kinds[i]))
			return true;
	return false;
}

static void word(char *to, size_t size, struct sk_slice from)
{
	snprintf(to, size, "%.*s", (int)from.n, from.n ? (const char *)from.p : "");
}

void sk_pump_wants(const struct sk_leaf *e, struct sk_proof_wanted *w)
{
	struct sk_slice kind = e->field[SK_ENTRY_KIND];
	const size_t prefix = strlen("transfer.");

	*w = (struct sk_proof_wanted){.fd = -1, .receipt = SK_BUF(SK_CHANNEL_BODY)};
	if (e->field[SK_ENTRY_TRANSFER].n != SK_TRANSFER_ID - 1)
		return;
	word(w->id, sizeof(w->id), e->field[SK_ENTRY_TRANSFER]);
	word(w->reason, sizeof(w->reason), e->field[SK_ENTRY_REASON]);
	if (says(e, SK_ENTRY_KIND, "transfer.offer"))
		w->what = SK_PROVE_OFFER;
	else if (says(e, SK_ENTRY_KIND, "transfer.hold") &&
		 says(e, SK_ENTRY_DECISION, "password") && e->field[SK_ENTRY_PERSONAL_REQUEST].n)
		w->what = SK_PROVE_WAITS;
	else if (ends(e) && (!says(e, SK_ENTRY_BY, "link") || says(e, SK_ENTRY_REASON, "gone")))
		w->what = SK_PROVE_END;
	if (says(e, SK_ENTRY_KIND, "transfer.bad-offer")) {
		w->what = SK_PROVE_END;
		word(w->zone, sizeof(w->zone), e->field[SK_ENTRY_FROM]);
		word(w->event, sizeof(w->event), SK_SLICE_LIT("reject"));
	} else if (w->what == SK_PROVE_END)
		word(w->event, sizeof(w->event), sk_slice(kind.p + prefix, kind.n - prefix));
}

static bool names_people(const struct sk_leaf *e)
{
	for (unsigned f = 0; f < SK_ENTRY_FIELDS; f++)
		if (e->field[f].p &&
		    sk_entry_field_type((enum sk_entry_field)f) == SK_ENTRY_TYPE_PERSONAL)
			return true;
	return false;
}

/* Whose key it was is known as long as it signs, and as long after that as all else. */
static void about_key(const struct sk_leaf *e, struct sk_pump_about *about)
{
	snprintf(about->of, sizeof(about->of), "key:%.*s", (int)e->field[SK_ENTRY_HASH_KEY].n,
	    (const char *)e->field[SK_ENTRY_HASH_KEY].p);
	about->dated = !says(e, SK_ENTRY_KIND, "passkey.add");
	about->ends = says(e, SK_ENTRY_KIND, "passkey.remove");
}

void sk_pump_about_people(const struct sk_leaf *e, struct sk_pump_about *about)
{
	*about = (struct sk_pump_about){.is = names_people(e)};
	if (e->field[SK_ENTRY_TRANSFER].n == SK_TRANSFER_ID - 1) {
		word(about->of, sizeof(about->of), e->field[SK_ENTRY_TRANSFER]);
		if (says(e, SK_ENTRY_KIND, "transfer.release") && !says(e, SK_ENTRY_BY, "link"))
			about->is = true; /* a receipt proves it: asks-receipt.c */
	} else if (e->field[SK_ENTRY_HASH_KEY].n) {
		about_key(e, about);
	} else {
		about->dated = true;
	}
}

static int offer(struct sk_gate *g, const struct sk_proof_wanted *w, const struct sk_transfer *t)
{
	struct sk_letter l = {.kind = SK_LETTER_OFFER, .body = sk_buf_slice(&w->receipt)};

	struct sk_transfer known = *t;

	memcpy(l.id, w->id, sizeof(l.id));
	known.leaf = (int64_t)w->index;
	int status = sk_transfer_save(g->db, &known);
	return status ? status : sk_gate_letter(g, t->zone_to, &l);
}

/* The word of what happened stands in its entry, and so it cannot differ from what is proved. */
static int end(struct sk_gate *g, const struct sk_proof_wanted *w, const char *zone)
{
	struct sk_letter l = {.kind = SK_LETTER_END};

	memcpy(l.id, w->id, sizeof(l.id));
	snprintf(l.event, sizeof(l.event), "%s", w->event);
	snprintf(l.reason, sizeof(l.reason), "%s", w->reason);
	if (w->receipt.len <= SK_LETTER_RECEIPT)
		l.body = sk_buf_slice(&w->receipt);
	return sk_gate_letter(g, zone, &l);
}

int sk_pump_letter(struct sk_gate *g, struct sk_arena *a, const struct sk_proof_wanted *w)
{
	struct sk_transfer t;
	int status = w->zone[0] ? end(g, w, w->zone) : 0;

	if (w->zone
		[0]) /* a link that was taken away, or a name that no entry holds, has nobody to tell */
		return status == SK_ENOENTRY ? 0 : status;
	status = sk_transfer_load(g->db, a, w->id, &t);

	if (status == SK_ENOENTRY)
		return 0;
	if (status)
		return status;
	if (w->what == SK_PROVE_WAITS)
		return sk_gate_waits_tell(g, &t, sk_buf_slice(&w->receipt));
	if (w->what == SK_PROVE_OFFER)
		return strcmp(t.zone_from, g->zone) == 0 ? offer(g, w, &t) : 0;
	return strcmp(t.zone_to, g->zone) == 0 && strcmp(t.zone_from, g->zone) != 0
		   ? end(g, w, t.zone_from)
		   : 0;
}
