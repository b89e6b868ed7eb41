/* Fuzz target: the leak check of a whole file, what it finds on the wire and back, and the words of XML. */
#include <stdlib.h>
#include <string.h>

#include "clean/clean.h"
#include "clean/leaks.h"
#include "clean/xmlwords.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void round_trip(struct sk_arena *arena, const struct sk_content *c)
{
	struct sk_buf wire = SK_BUF(SK_LEAK_WIRE_BYTES);
	struct sk_content back;

	if (sk_content_encode(c, &wire) || sk_content_decode(arena, sk_buf_slice(&wire), &back) ||
	    back.n != c->n || memcmp(back.count, c->count, sizeof(back.count)) != 0)
		abort();
	sk_buf_free(&wire);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t key[SK_FIND_KEY];
	static struct sk_report report;
	static bool ready;
	struct sk_arena *arena = sk_arena_new((size_t)1 << 30);
	struct sk_buf words = SK_BUF((size_t)1 << 28);
	struct sk_leaks_request req = {
	    .in = sk_slice(data, size), .name = "x", .words = SK_SLICE_LIT("nda\n"), .key = key};
	struct sk_content content;

	if (arena == NULL)
		return 0;
	if (!ready && sk_clean_init())
		abort();
	ready = true;
	if (sk_clean_leaks(&req, arena, &report, &content) == 0)
		round_trip(arena, &content);
	sk_xml_words(req.in, &words);
	sk_content_decode(arena, req.in, &content);
	sk_buf_free(&words);
	sk_arena_free(arena);
	return 0;
}
