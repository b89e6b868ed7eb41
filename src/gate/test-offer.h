/* For tests: a ledger of a giver in memory-backed files, and manifests of offers as its gate would give them. */
#ifndef SK_GATE_TEST_OFFER_H
#define SK_GATE_TEST_OFFER_H

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gate/manifest.h"
#include "ledger/ledger.h"

#define OFFER_NOW 1764000000
#define OFFER_ORIGIN "city.example/internet"

struct giver {
	char top[64];
	int dir;
	struct sk_note_signer key;
	struct sk_ledger *ledger;
	uint64_t outbox;
};

static int giver_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static inline bool giver_begin(struct giver *g, const char *origin, uint8_t seed_byte)
{
	static const struct sk_ledger_params params;
	uint8_t seed[32] = {seed_byte};

	*g = (struct giver){.outbox = 0};
	snprintf(g->top, sizeof(g->top), "%s/sekisho-offer-XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (mkdtemp(g->top) == NULL || sk_note_signer_seed(&g->key, origin, SK_NOTE_ED25519, seed))
		return false;
	g->dir = open(g->top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return sk_ledger_create(g->dir, &g->key, OFFER_NOW) == 0 &&
	       sk_ledger_open(g->dir, &g->key, &params, &g->ledger) == 0;
}

static inline void giver_end(struct giver *g)
{
	sk_ledger_free(g->ledger);
	close(g->dir);
	nftw(g->top, giver_remove, 16, FTW_DEPTH | FTW_PHYS);
}

/* The verifier key of the giver's ledger. */
static inline void giver_key(const struct giver *g, struct sk_buf *out)
{
	sk_note_key_write(&g->key.pub, out);
}

#define OFFER_REQUEST \
	"{\"carry\":\"file\",\"from\":\"internet\",\"to\":\"lgwan\",\"route\":\"file-in\",\"original\":\"no\"," \
	"\"requester\":\"tanto-1\",\"claimed\":\"docx\",\"found\":\"docx\",\"confidentiality\":\"2\"," \
	"\"size\":1000,\"rebuild\":\"yes\",\"scan\":\"clean\",\"signatures\":60}"

/* What an offer says; tests change it before they log it. */
static inline void offer_say(struct sk_leaf *e)
{
	static const struct {
		enum sk_entry_field f;
		const char *value;
	} said[] = {{SK_ENTRY_KIND, "transfer.offer"}, {SK_ENTRY_EVENT, "offered"},
	    {SK_ENTRY_BY, "gate"}, {SK_ENTRY_TIME, "1764000000000"},
	    {SK_ENTRY_TRANSFER, "00112233445566778899aabbccddeeff"}, {SK_ENTRY_ROUTE, "file-in"},
	    {SK_ENTRY_FROM, "internet"}, {SK_ENTRY_TO, "lgwan"}, {SK_ENTRY_AUTH, "none"},
	    {SK_ENTRY_CLASS, "2"}, {SK_ENTRY_TYPE_CLAIMED, "docx"}, {SK_ENTRY_TYPE_FOUND, "docx"},
	    {SK_ENTRY_TYPE_OUT, "docx"}, {SK_ENTRY_SIZE_IN, "1000"}, {SK_ENTRY_SIZE_OUT, "900"},
	    {SK_ENTRY_EXPIRES, "1764600000000"}, {SK_ENTRY_METHOD, "rebuild"},
	    {SK_ENTRY_REMOVED, "ooxml.macro=1"},
	    {SK_ENTRY_HASH_IN, "0000000000000000000000000000000000000000000000000000000000000001"},
	    {SK_ENTRY_HASH_OUT, "0000000000000000000000000000000000000000000000000000000000000002"},
	    {SK_ENTRY_HASH_POLICY,
		"0000000000000000000000000000000000000000000000000000000000000003"},
	    {SK_ENTRY_PERSONAL_REQUESTER, "tanto-1"}, {SK_ENTRY_PERSONAL_RECIPIENT, "tanto-2"},
	    {SK_ENTRY_PERSONAL_FILE, "予定表.docx"}, {SK_ENTRY_PERSONAL_REQUEST, OFFER_REQUEST}};

	*e = (struct sk_leaf){{{NULL, 0}}};
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		e->field[said[i].f] = sk_slice_str(said[i].value);
}

/* Log it behind some others; its index. */
static inline uint64_t offer_log(struct giver *g, struct sk_leaf e)
{
	uint64_t index[4] = {0};
	char number[4][24];
	struct sk_leaf v[4];

	for (int i = 0; i < 4; i++) {
		snprintf(number[i], sizeof(number[i]), "%llu", (unsigned long long)++g->outbox);
		v[i] = e;
		v[i].field[SK_ENTRY_OUTBOX] = sk_slice_str(number[i]);
		if (i != 2)
			v[i].field[SK_ENTRY_KIND] = SK_SLICE_LIT("transfer.clean");
	}
	return sk_ledger_append(g->ledger, v, 4, OFFER_NOW, index) ? UINT64_MAX : index[2];
}

static inline bool offer_manifest(struct giver *g, const struct sk_leaf *e, struct sk_buf *out)
{
	uint64_t index = offer_log(g, *e);

	return index != UINT64_MAX && sk_ledger_receipt(g->ledger, index, true, out) == 0;
}

#endif
