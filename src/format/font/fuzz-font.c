/* Fuzzes the font rebuild: what it delivers must pass the verifier and come out the same again. */
#include "format/font/font.h"
#include "verify/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct sk_slice s, const char *kind)
{
	struct sk_check c = {.arena = sk_arena_new((size_t)256 << 20)};

	if (c.arena && sk_verify_font(&c, kind, s))
		abort();
	sk_arena_free(c.arena);
}

static void rebuild(struct sk_slice in, bool cid)
{
	struct sk_font_out a = {.bytes = SK_BUF((size_t)64 << 20), .cid = cid}, b = a;

	if (sk_font_rebuild(NULL, SK_FONT_TRUETYPE, in, &a) == 0) {
		if (sk_font_rebuild(NULL, a.kind, sk_buf_slice(&a.bytes), &b) ||
		    b.bytes.len != a.bytes.len || memcmp(a.bytes.p, b.bytes.p, a.bytes.len) != 0)
			abort();
		check(sk_buf_slice(&a.bytes), a.kind == SK_FONT_TRUETYPE ? "FontFile2"
					      : cid                      ? "CIDFontType0C"
									 : "Type1C");
	}
	sk_buf_free(&a.bytes);
	sk_buf_free(&b.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	rebuild(sk_slice(data, size), false);
	rebuild(sk_slice(data, size), true);
	return 0;
}
