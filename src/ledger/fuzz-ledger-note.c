/* Fuzz target: notes, checkpoints, keys and requests to a witness; what is read is written the same again. */
#include <stdlib.h>

#include "ledger/note.h"
#include "ledger/witness.h"

static void same(struct sk_slice in, struct sk_buf *out)
{
	if (!sk_slice_eq(in, sk_buf_slice(out)))
		abort();
	sk_buf_free(out);
}

static void fuzz_checkpoint(struct sk_slice text)
{
	struct sk_buf out = SK_BUF(SK_NOTE_BYTES);
	struct sk_checkpoint c;

	if (sk_checkpoint_parse(text, &c))
		return;
	sk_checkpoint_write(&c, &out);
	if (out.len == text.n) /* without extension lines */
		same(text, &out);
	sk_buf_free(&out);
}

static void fuzz_key(struct sk_slice in)
{
	struct sk_buf out = SK_BUF(1000);
	struct sk_note_key k;

	if (sk_note_key_parse(in, &k))
		return;
	sk_note_key_write(&k, &out);
	same(in.p[in.n - 1] == '\n' ? in : sk_slice_sub(sk_buf_slice(&out), 0, out.len), &out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t seed[32] = {1};
	static struct sk_note note;
	struct sk_slice in = sk_slice(data, size);
	struct sk_note_signer s;
	struct sk_buf answer = SK_BUF(1 << 20);

	sk_note_signer_seed(&s, "city.example/log", SK_NOTE_ED25519, seed);
	if (sk_note_parse(in, &note) == 0) {
		sk_note_verify(&note, &s.pub, NULL);
		s.pub.type = SK_NOTE_COSIGNATURE;
		sk_note_verify(&note, &s.pub, NULL);
		s.pub.type = SK_NOTE_ED25519;
		fuzz_checkpoint(note.text);
	}
	struct sk_witness w = {-1, &s, &s.pub, 1};
	sk_witness_add(&w, in, 1764000000, &answer);
	sk_buf_free(&answer);
	fuzz_key(in);
	return 0;
}
