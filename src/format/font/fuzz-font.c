/* Fuzzes the font rebuild: what it delivers must pass the verifier and come out the same again. */
#include "format/font/font.h"
#include "verify/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct sk_slice s, const char *kind, const char *other)
{
	struct sk_check c = {.arena = sk_arena_new((size_t)256 << 20)};
	struct sk_check d = {.arena = sk_arena_new((size_t)256 << 20)};

	if (c.arena && d.arena && sk_verify_font(&c, kind, s) && sk_verify_font(&d, other, s))
		abort();
	sk_arena_free(c.arena);
	sk_arena_free(d.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_font_out a = {.bytes = SK_BUF((size_t)64 << 20)}, b = a;

	if (sk_font_rebuild(NULL, SK_FONT_TRUETYPE, sk_slice(data, size), &a) == 0) {
		if (sk_font_rebuild(NULL, a.kind, sk_buf_slice(&a.bytes), &b) ||
		    b.bytes.len != a.bytes.len || memcmp(a.bytes.p, b.bytes.p, a.bytes.len))
			abort();
		if (a.kind == SK_FONT_TRUETYPE)
			check(sk_buf_slice(&a.bytes), "FontFile2", "FontFile2");
		else
			check(sk_buf_slice(&a.bytes), "Type1C", "CIDFontType0C");
	}
	sk_buf_free(&a.bytes);
	sk_buf_free(&b.bytes);
	return 0;
}
