/*
 * Fuzz target: what a hostile copy of openings brings back is what was logged or nothing, and what was erased never. The input is the
 * copy (first byte odd), or patches of a good one: two bytes place, one byte value.
 */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "ledger/copy.h"

#define ENTRIES 6
#define FORGOTTEN 3

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static struct sk_ledger *ledger;
static struct sk_slice good;
static char top[64];
static int dir;

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static void clean_up(void)
{
	nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void append(uint64_t number)
{
	char outbox[24], name[32];
	struct sk_leaf e = {0};
	uint64_t index;

	snprintf(outbox, sizeof(outbox), "%llu", (unsigned long long)number);
	snprintf(name, sizeof(name), "value %llu", (unsigned long long)number);
	e.field[SK_ENTRY_KIND] = SK_SLICE_LIT("transfer.receive");
	e.field[SK_ENTRY_OUTBOX] = sk_slice_str(outbox);
	e.field[SK_ENTRY_TIME] = SK_SLICE_LIT("1764000000000");
	e.field[SK_ENTRY_PERSONAL_FILE] = e.field[SK_ENTRY_PERSONAL_REQUESTER] = sk_slice_str(name);
	if (sk_ledger_append(ledger, &e, 1, 1764000000, &index))
		abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const struct sk_ledger_params alone;
	static struct sk_note_signer key;
	uint64_t live;
	int fd = sk_memfd("openings");

	snprintf(top, sizeof(top), "%s/sk-openings-XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (mkdtemp(top) == NULL || atexit(clean_up) ||
	    (dir = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0 ||
	    sk_note_signer_new(&key, "fuzz.example", SK_NOTE_ED25519) ||
	    sk_ledger_create(dir, &key, 1764000000) || sk_ledger_open(dir, &key, &alone, &ledger))
		abort();
	for (uint64_t n = 1; n <= ENTRIES; n++)
		append(n);
	if (sk_ledger_erase(ledger, 1, SK_ENTRY_FIELDS) ||
	    sk_ledger_copy_openings(dir, fd, &live) || sk_map(fd, &good))
		abort();
	return 0;
}

static bool keep(void *user, const struct sk_leaf *e)
{
	return sk_entry_outbox(e) != FORGOTTEN;
}

static void check(uint64_t index)
{
	struct sk_buf text = SK_BUF(SK_ENTRY_BYTES);
	struct sk_opening o = {.value = SK_BUF(1)};
	struct sk_leaf e;

	if (sk_ledger_entry(ledger, index, &text) || sk_entry_parse(sk_buf_slice(&text), &e))
		abort();
	enum sk_opening_state s = sk_ledger_opening(
	    ledger, index, SK_ENTRY_PERSONAL_FILE, e.field[SK_ENTRY_PERSONAL_FILE], &o);
	if (s == SK_OPENING_WRONG)
		abort();
	if (s == SK_OPENING_LIVE && (index == 1 || index + 1 == FORGOTTEN))
		abort();
	sk_buf_free(&o.value);
	sk_buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_openings_back back;

	if (size == 0)
		return 0;
	uint8_t *bytes = malloc(good.n > size ? good.n : size + 1);
	struct sk_ledger_archive a = {.bytes = sk_slice(bytes, good.n)};

	if (bytes == NULL)
		abort();
	if (data[0] & 1) {
		memcpy(bytes, data + 1, size - 1);
		a.bytes.n = size - 1;
	} else {
		memcpy(bytes, good.p, good.n);
		for (size_t i = 1; i + 3 <= size; i += 3)
			bytes[(data[i] << 8 | data[i + 1]) % good.n] = data[i + 2];
	}
	if (unlinkat(dir, "openings/000", 0) && access(top, F_OK))
		abort();
	int rc = sk_ledger_restore_openings(ledger, &a, keep, NULL, &back);
	if (rc && rc != SK_EFORMAT)
		abort();
	for (uint64_t i = 0; i < ENTRIES; i++)
		check(i);
	free(bytes);
	return 0;
}
