/* What the files of the pump share. Only pump*.c and witness.c look in here. */
#ifndef SK_DESK_PUMP_H
#define SK_DESK_PUMP_H

#include "desk/desk.h"
#include "link/letter.h"
#include "record/record.h"
#include "store/logged.h"
#include "store/outbox.h"

enum sk_pump_phase { SK_PUMP_IDLE, SK_PUMP_APPENDING, SK_PUMP_PROVING, SK_PUMP_MARKING };
enum sk_prove { SK_PROVE_NOTHING, SK_PROVE_OFFER, SK_PROVE_WAITS, SK_PROVE_END };

#define SK_PUMP_WITNESS 0x80000000U /* serials of what is asked about witnesses */
#define SK_PUMP_FORGET 0x40000000U  /* of what is erased */
#define SK_PUMP_COPY 0xC0000000U    /* of a copy of the ledger */
#define SK_PUMP_PRINT 0x8000U       /* in the lower half: of a proof to be printed (prints.h) */
#define SK_PUMP_SEARCH 0x9000U      /* there, too: of a search (searches.h) */
#define SK_PUMP_FORGETS 64          /* at once */

/* An entry whose receipt goes to the other post. */
struct sk_proof_wanted {
	enum sk_prove what;
	char zone[SK_SETTINGS_ZONE]; /* of the giver of a bad offer, of which there is no row */
	char id[SK_TRANSFER_ID], event[24], reason[SK_LETTER_WORD + 1]; /* words of the entry */
	uint64_t index;
	int fd;
	struct sk_buf receipt;
};

/* Something about people behind commitments of an entry, or that it was released here. */
struct sk_pump_about {
	bool is;
	char of[SK_LOGGED_ABOUT]; /* a transfer, a passkey; "": nothing that is remembered */
	bool dated, ends;         /* it has a date; from now on all about the same have one */
};

struct sk_pump {
	enum sk_pump_phase phase;
	bool here, refused, again;
	bool witnesses_said; /* the scribe was told what they said, or that they were silent */
	int64_t
	    asked_witnesses; /* sk_now_ms; 0: not since the ledger was opened or knew where it stands */
	uint32_t epoch;      /* of the scribe: an answer of an older one counts for nothing */
	int64_t look;
	struct sk_outbox_rows rows;
	size_t n; /* of the rows that are under way */
	struct sk_proof_wanted proof[SK_RECORD_BATCH];
	size_t row[SK_RECORD_BATCH]; /* of each proof */
	size_t nproofs, asked, got;
	struct sk_pump_about about[SK_RECORD_BATCH]; /* of each row that is under way */
	struct sk_record_state state;
	/* what is being erased (forget.c) */
	int64_t forget[SK_PUMP_FORGETS], forget_at;
	size_t nforget, forgotten;
	uint32_t forget_epoch;
};

/* --- pump-letter.c --- */
/* What of an entry is to be proved to the other post; fills `what` and the words. */
void sk_pump_wants(const struct sk_leaf *e, struct sk_proof_wanted *w);
void sk_pump_about_people(const struct sk_leaf *e, struct sk_pump_about *about);
/* In a transaction: the letter that carries the proof. */
int sk_pump_letter(struct sk_gate *g, struct sk_arena *a, const struct sk_proof_wanted *w);

/* --- forget.c: what the ledger holds about people of whom the store knows nothing any more --- */
void sk_forget_met(struct sk_desk *d);
void sk_forget_tick(struct sk_desk *d);
int sk_forget_done(struct sk_desk *d, struct sk_message *m);

/* --- witness.c --- */
void sk_witness_met(struct sk_desk *d);
/* The scribe has not asked its witnesses yet. */
void sk_witness_asked(struct sk_desk *d);
int sk_witness_done(struct sk_desk *d, struct sk_message *m);

#endif
