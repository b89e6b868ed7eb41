/* Fuzzes the font verifier: the first byte chooses the kind. */
#include "verify/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const kinds[] = {"FontFile2", "Type1C", "CIDFontType0C", "FontFile"};
	struct sk_check c = {.arena = sk_arena_new((size_t)64 << 20)};

	if (c.arena && size)
		(void)sk_verify_font(&c, kinds[data[0] % 4], sk_slice(data + 1, size - 1));
	sk_arena_free(c.arena);
	return 0;
}
