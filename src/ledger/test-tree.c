/* Tests of what the ledger is made of: trees (vectors of RFC 6962 implementations), notes (those of the C2SP texts), entries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/hex.h"
#include "ledger/entry.h"
#include "ledger/note.h"
#include "ledger/tree.h"

#define MOST 130

/* --- trees --- */

static struct sk_hash leaves[MOST];

static struct sk_hash unhex(const char *text)
{
	struct sk_hash h;

	assert_int_equal(sk_hex_parse(sk_slice_str(text), h.b, sizeof(h.b)), 0);
	return h;
}

static void assert_hash(struct sk_hash h, const char *text)
{
	struct sk_hash want = unhex(text);

	assert_memory_equal(h.b, want.b, SK_HASH_BYTES);
}

/* The leaves that the Certificate Transparency code and its descendants are tested with. */
static void known_leaves(void)
{
	static const struct sk_slice in[8] = {SK_SLICE_LIT(""), SK_SLICE_LIT("\x00"),
	    SK_SLICE_LIT("\x10"), SK_SLICE_LIT("\x20\x21"), SK_SLICE_LIT("\x30\x31"),
	    SK_SLICE_LIT("\x40\x41\x42\x43"), SK_SLICE_LIT("\x50\x51\x52\x53\x54\x55\x56\x57"),
	    SK_SLICE_LIT("\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f")};

	for (size_t i = 0; i < 8; i++)
		leaves[i] = sk_hash_leaf(in[i]);
}

static void other_leaves(void)
{
	for (size_t i = 0; i < MOST; i++) {
		char text[16];
		snprintf(text, sizeof(text), "entry %zu", i);
		leaves[i] = sk_hash_leaf(sk_slice_str(text));
	}
}

/* MTH() as the RFC writes it. */
static struct sk_hash plain(size_t from, size_t n)
{
	size_t k = 1;

	if (n == 0)
		return sk_hash_of(sk_slice("", 0));
	if (n == 1)
		return leaves[from];
	while (k * 2 < n)
		k *= 2;
	struct sk_hash left = plain(from, k), right = plain(from + k, n - k);
	return sk_hash_node(&left, &right);
}

static int get(void *user, unsigned k, uint64_t j, struct sk_hash *h)
{
	size_t n = (size_t)1 << k;

	assert_true((j + 1) * n <= *(uint64_t *)user);
	*h = plain(j * n, n);
	return 0;
}

static void test_known_roots(void **state)
{
	static const char *const roots[] = {
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
	struct sk_edge e = {.size = 0};

	known_leaves();
	for (uint64_t n = 0; n <= 8; n++) {
		struct sk_hash root;
		assert_int_equal(sk_tree_root(get, &n, n, &root), 0);
		assert_hash(root, roots[n]);
		assert_hash(sk_edge_root(&e), roots[n]);
		if (n < 8)
			sk_edge_append(&e, leaves[n], NULL, NULL);
	}
}

static void assert_proof(const struct sk_proof *p, size_t n, const char *const *want)
{
	assert_int_equal(p->n, n);
	for (size_t i = 0; i < n; i++)
		assert_hash(p->h[i], want[i]);
}

#define H96 "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
#define H5F "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
#define H6B "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
#define HBC "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
#define HCA "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
#define HD3 "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
#define H0E "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"

static void test_known_proofs(void **state)
{
	uint64_t eight = 8, five = 5;
	struct sk_proof p;

	known_leaves();
	assert_int_equal(sk_tree_inclusion(get, &eight, 0, 8, &p), 0);
	assert_proof(&p, 3, (const char *const[]){H96, H5F, H6B});
	assert_int_equal(sk_tree_inclusion(get, &eight, 5, 8, &p), 0);
	assert_proof(&p, 3, (const char *const[]){HBC, HCA, HD3});
	assert_int_equal(sk_tree_consistency(get, &eight, 1, 8, &p), 0);
	assert_proof(&p, 3, (const char *const[]){H96, H5F, H6B});
	assert_int_equal(sk_tree_consistency(get, &eight, 6, 8, &p), 0);
	assert_proof(&p, 3, (const char *const[]){H0E, HCA, HD3});
	assert_int_equal(sk_tree_consistency(get, &five, 2, 5, &p), 0);
	assert_proof(&p, 2, (const char *const[]){H5F, HBC});
}

/* Each bit of a proof, its length, and each number beside it matter. */
static void spoil_inclusion(struct sk_proof *p, uint64_t i, uint64_t n, const struct sk_hash *root)
{
	assert_true(sk_proof_includes(p, i, n, &leaves[i], root));
	assert_false(sk_proof_includes(p, n, n, &leaves[i], root));
	assert_false(sk_proof_includes(p, i, n, &leaves[i + 1], root));
	for (size_t k = 0; k < p->n; k++) {
		p->h[k].b[k % 32] ^= 4;
		assert_false(sk_proof_includes(p, i, n, &leaves[i], root));
		p->h[k].b[k % 32] ^= 4;
	}
	p->n++;
	assert_false(sk_proof_includes(p, i, n, &leaves[i], root));
	p->n -= 2;
	if (n > 1)
		assert_false(sk_proof_includes(p, i, n, &leaves[i], root));
}

static void test_all_inclusions(void **state)
{
	other_leaves();
	for (uint64_t n = 1; n < MOST; n++) {
		struct sk_hash root = plain(0, n);
		for (uint64_t i = 0; i<n; i += n> 40 ? 5 : 1) {
			struct sk_proof p = {0};
			assert_int_equal(sk_tree_inclusion(get, &n, i, n, &p), 0);
			spoil_inclusion(&p, i, n, &root);
		}
	}
}

static void test_all_consistencies(void **state)
{
	other_leaves();
	for (uint64_t n = 0; n<MOST; n += n> 40 ? 3 : 1) {
		struct sk_hash root = plain(0, n);
		for (uint64_t m = 0; m <= n; m += n > 40 ? 3 : 1) {
			struct sk_proof p = {0};
			struct sk_hash old = plain(0, m), other = leaves[129];
			assert_int_equal(sk_tree_consistency(get, &n, m, n, &p), 0);
			assert_true(sk_proof_consistent(&p, m, &old, n, &root));
			assert_false(sk_proof_consistent(&p, m, &other, n, &root));
			assert_false(m && sk_proof_consistent(&p, m, &old, n, &other));
			if (p.n) {
				p.h[p.n / 2].b[3] ^= 1;
				assert_false(sk_proof_consistent(&p, m, &old, n, &root));
				p.n--;
				assert_false(sk_proof_consistent(&p, m, &old, n, &root));
			}
		}
	}
}

/* --- notes --- */

#define FOO_KEY "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define FOO \
	"This is an example message.\n\n" \
	"\xE2\x80\x94 example.com/foo " \
	"Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72In" \
	"eyaQM=\n"
#define BEHIND \
	"example.com/behind-the-sofa\n20852163\n" \
	"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
#define BEHIND_SIGNED \
	BEHIND "\n\xE2\x80\x94 example.com/behind-the-sofa " \
	       "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/" \
	       "Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n" \
	       "\xE2\x80\x94 witness.example.com/w1 " \
	       "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/" \
	       "zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"

static struct sk_note note;

static void test_note_of_the_text(void **state)
{
	struct sk_note_key k;
	struct sk_buf b = SK_BUF(1000);

	assert_int_equal(sk_note_key_parse(SK_SLICE_LIT(FOO_KEY "\n"), &k), 0);
	assert_string_equal(k.name, "example.com/foo");
	assert_int_equal(k.id, 0x530d903a);
	sk_note_key_write(&k, &b);
	assert_true(sk_slice_is(sk_buf_slice(&b), FOO_KEY "\n"));
	assert_int_equal(sk_note_parse(SK_SLICE_LIT(FOO), &note), 0);
	assert_true(sk_slice_is(note.text, "This is an example message.\n"));
	assert_int_equal(sk_note_verify(&note, &k, NULL), 1);
	k.key[0] ^= 1;
	assert_int_equal(sk_note_verify(&note, &k, NULL), SK_EREFUSED);
	k.id ^= 1;
	assert_int_equal(sk_note_verify(&note, &k, NULL), 0);
	sk_buf_free(&b);
}

static void test_checkpoint_of_the_text(void **state)
{
	struct sk_checkpoint c;
	struct sk_buf b = SK_BUF(1000);

	assert_int_equal(sk_note_parse(SK_SLICE_LIT(BEHIND_SIGNED), &note), 0);
	assert_int_equal(note.n, 2);
	assert_int_equal(note.sig[0].n, 64);
	assert_int_equal(note.sig[0].id, 0x033de0ae);
	assert_int_equal(note.sig[1].n, 72);
	assert_int_equal(sk_checkpoint_parse(note.text, &c), 0);
	assert_true(sk_slice_is(c.origin, "example.com/behind-the-sofa"));
	assert_int_equal(c.size, 20852163);
	assert_int_equal(sk_checkpoint_write(&c, &b), 0);
	assert_true(sk_slice_is(sk_buf_slice(&b), BEHIND));
	sk_buf_free(&b);
}

static void test_bad_notes(void **state)
{
	static const char *const bad[] = {"", "\n", "\n\n", "text\n", "text\n\n",
	    "text\n\nno dash\n", "text\n\n\xE2\x80\x94 name\n",
	    "text\n\n\xE2\x80\x94 name AAAAAAA=",   /* no end */
	    "text\n\n\xE2\x80\x94 name AAAA\n",     /* an id and nothing */
	    "text\n\n\xE2\x80\x94 name AAAAAAB=\n", /* spare bits */
	    "text\n\n\xE2\x80\x94 name AAAAAAA\n", "text\n\n\xE2\x80\x94  AAAAAAA=\n",
	    "text\n\n\xE2\x80\x94 na+me AAAAAAA=\n", "te\txt\n\n\xE2\x80\x94 name AAAAAAA=\n",
	    "te\xFFxt\n\n\xE2\x80\x94 name AAAAAAA=\n"};
	static const char *const bad_keys[] = {"example.com/foo",
	    "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
	    "example.com/foo+530D903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
	    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2",
	    "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "x+", "x+12345678"};
	struct sk_note_key k;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(sk_note_parse(sk_slice_str(bad[i]), &note), SK_EFORMAT);
	for (size_t i = 0; i < sizeof(bad_keys) / sizeof(bad_keys[0]); i++)
		assert_int_equal(sk_note_key_parse(sk_slice_str(bad_keys[i]), &k), SK_EFORMAT);
	assert_int_equal(
	    sk_note_parse(SK_SLICE_LIT("text\n\n\xE2\x80\x94 name AAAAAAA=\n"), &note), 0);
}

static void test_bad_checkpoints(void **state)
{
#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
	static const char *const bad[] = {"", "o\n", "o\n1\n", "o\n1\n" ROOT, "\n1\n" ROOT "\n",
	    "o\n01\n" ROOT "\n", "o\n-1\n" ROOT "\n", "o\n18446744073709551616\n" ROOT "\n",
	    "o\n1\nAAAA\n", "o\n1\n" ROOT "\n\n",
	    "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj\xD1\x95\xD1\x95xq2IAAAA\xD1\x95=\n",
	    "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j\xD1\x95xq2I=\n"};
	struct sk_checkpoint c;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(sk_checkpoint_parse(sk_slice_str(bad[i]), &c), SK_EFORMAT);
	assert_int_equal(
	    sk_checkpoint_parse(SK_SLICE_LIT("o\n18446744073709551615\n" ROOT "\nmore\n"), &c), 0);
	assert_true(c.size == UINT64_MAX);
}

static void test_signing(void **state)
{
	struct sk_note_signer s, again;
	struct sk_buf b = SK_BUF(2000), key = SK_BUF(1000);
	uint64_t time = 0;

	assert_int_equal(sk_note_signer_new(&s, "a b", SK_NOTE_ED25519), SK_EARG);
	assert_int_equal(sk_note_signer_new(&s, "w.example/\xE9\x96\xA2", SK_NOTE_COSIGNATURE), 0);
	assert_int_equal(sk_note_signer_write(&s, &key), 0);
	assert_int_equal(sk_note_signer_parse(sk_buf_slice(&key), &again), 0);
	assert_memory_equal(&s, &again, sizeof(s));
	sk_buf_puts(&b, BEHIND "\n");
	assert_int_equal(sk_note_sign(SK_SLICE_LIT(BEHIND), &again, 0, &b), SK_EARG);
	assert_int_equal(sk_note_sign(SK_SLICE_LIT(BEHIND), &again, 1679315147, &b), 0);
	assert_int_equal(sk_note_parse(sk_buf_slice(&b), &note), 0);
	assert_int_equal(sk_note_verify(&note, &s.pub, &time), 1);
	assert_int_equal(time, 1679315147);
	note.sig[0].bytes[7] ^= 1; /* another time */
	assert_int_equal(sk_note_verify(&note, &s.pub, &time), SK_EREFUSED);
	sk_note_signer_wipe(&s);
	sk_buf_free(&b);
	sk_buf_free(&key);
}

/* --- entries --- */

#define MANY "0123456789abcdef0123456789abcdef"
#define ENTRY(more) "sekisho-entry 1\n" more
#define GOOD \
	ENTRY("found a.b=1,a.c=20\nkind transfer.cleaned\noutbox 7\n" \
	      "personal.file " MANY MANY "\ntime 1764000000000\ntransfer " MANY "\nzone lgwan\n")

static void test_entry_forms(void **state)
{
	static const char *const bad[] = {"", "sekisho-entry 2\n", ENTRY(""),
	    ENTRY("kind a\noutbox 1\n"), ENTRY("kind a\noutbox 1\ntime 1764000000000"),
	    ENTRY("kind a\noutbox 0\ntime 1764000000000\n"),
	    ENTRY("kind ledger.successor\noutbox 1\ntime 1764000000000\n"),
	    ENTRY("kind a\noutbox 01\ntime 1764000000000\n"),
	    ENTRY("kind a\noutbox 1\ntime 176400000000\n"),
	    ENTRY("kind a b\noutbox 1\ntime 1764000000000\n"),
	    ENTRY("kind 123456789012\noutbox 1\ntime 1764000000000\n"),
	    ENTRY("kind a\nkind a\noutbox 1\ntime 1764000000000\n"),
	    ENTRY("outbox 1\nkind a\ntime 1764000000000\n"),
	    ENTRY("kind a\nother x\noutbox 1\ntime 1764000000000\n"),
	    ENTRY("found a.c=1,a.b=1\nkind a\noutbox 1\ntime 1764000000000\n"),
	    ENTRY("found \nkind a\noutbox 1\ntime 1764000000000\n"),
	    ENTRY("kind a\noutbox 1\npersonal.file \xE5\xB1\xB1\ntime 1764000000000\n"),
	    ENTRY("kind a\noutbox 1\ntime 1764000000000\n\n")};
	struct sk_leaf e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(sk_entry_parse(sk_slice_str(bad[i]), &e), SK_EFORMAT);
	assert_int_equal(sk_entry_parse(SK_SLICE_LIT(GOOD), &e), 0);
	assert_int_equal(sk_entry_outbox(&e), 7);
	assert_true(sk_slice_is(e.field[SK_ENTRY_ZONE], "lgwan"));
	assert_null(e.field[SK_ENTRY_ROUTE].p);
}

static void test_entry_holds_commitments_only(void **state)
{
	uint8_t salt[SK_ENTRY_FIELDS][SK_SALT_BYTES];
	struct sk_leaf e = {{{NULL, 0}}}, back;
	struct sk_buf b = SK_BUF(SK_ENTRY_BYTES + 1);

	memset(salt, 7, sizeof(salt));
	e.field[SK_ENTRY_KIND] = SK_SLICE_LIT("transfer.received");
	e.field[SK_ENTRY_OUTBOX] = SK_SLICE_LIT("12");
	e.field[SK_ENTRY_PERSONAL_FILE] = SK_SLICE_LIT("\xE5\xB1\xB1\xE7\x94\xB0.docx");
	assert_int_equal(sk_entry_write(&e, salt, &b), SK_EARG); /* no time */
	e.field[SK_ENTRY_TIME] = SK_SLICE_LIT("1764000000000");
	sk_buf_reset(&b);
	assert_int_equal(sk_entry_write(&e, salt, &b), 0);
	assert_int_equal(sk_slice_find(sk_buf_slice(&b), 0, SK_SLICE_LIT("docx")), SIZE_MAX);
	assert_int_equal(sk_entry_parse(sk_buf_slice(&b), &back), 0);
	struct sk_hash h = sk_commit(salt[0], e.field[SK_ENTRY_PERSONAL_FILE]);
	uint8_t want[SK_HASH_BYTES];
	assert_int_equal(sk_hex_parse(back.field[SK_ENTRY_PERSONAL_FILE], want, 32), 0);
	assert_memory_equal(h.b, want, 32);
	sk_buf_free(&b);
}

static void test_field_names_ascend(void **state)
{
	for (enum sk_entry_field f = 1; f < SK_ENTRY_FIELDS; f++)
		assert_true(strcmp(sk_entry_field_name(f - 1), sk_entry_field_name(f)) < 0);
	assert_int_equal(sk_entry_field_find(SK_SLICE_LIT("nothing")), SK_ENTRY_FIELDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_known_roots),
	    cmocka_unit_test(test_known_proofs),
	    cmocka_unit_test(test_all_inclusions),
	    cmocka_unit_test(test_all_consistencies),
	    cmocka_unit_test(test_note_of_the_text),
	    cmocka_unit_test(test_checkpoint_of_the_text),
	    cmocka_unit_test(test_bad_notes),
	    cmocka_unit_test(test_bad_checkpoints),
	    cmocka_unit_test(test_signing),
	    cmocka_unit_test(test_entry_forms),
	    cmocka_unit_test(test_entry_holds_commitments_only),
	    cmocka_unit_test(test_field_names_ascend),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
