/*
 * Fuzz target: the first byte says whether the rest is a file, the text or the list of segments of one, or packed data. What is
 * rebuilt passes the checker and comes out again unchanged and unreported.
 */
#include "format/ichitaro/fixture.h"
#include "format/test-run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_file(struct sk_slice in)
{
	struct tr_run t = {&sk_ichitaro_handler, SK_FT_JTD, .name = "x.jtd",
	    .expand = (uint64_t)16 << 20, .memory = (size_t)256 << 20};

	tr_fuzz(&t, in, sk_verify, &sk_ichitaro_handler);
	t.text = true;
	tr_fuzz(&t, in, sk_verify, NULL);
}

/* A document with these bytes at one place. */
static void try_stream(const char *name, struct sk_slice in)
{
	struct sk_arena *arena = sk_arena_new((size_t)64 << 20);
	struct sk_cfb_node nodes[3] = {
	    {.name = "Root Entry", .storage = true}, {.name = "DocumentText"}, {.data = in}};
	struct sk_buf text = SK_BUF(1 << 20), file = SK_BUF((size_t)32 << 20);
	uint32_t n = strcmp(name, "DocumentText") == 0 ? 2 : 3;

	snprintf(nodes[2].name, sizeof(nodes[2].name), "%s", name);
	fx_text(SK_SLICE_LIT("\0a\0\n"), &text);
	nodes[1].data = n == 2 ? in : sk_buf_slice(&text);
	if (strcmp(name, "JSCompDocument") == 0)
		nodes[1] = nodes[--n];
	if (arena && sk_cfb_write(arena, nodes, n, &file) == 0)
		try_file(sk_buf_slice(&file));
	sk_buf_free(&text);
	sk_buf_free(&file);
	sk_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {
	    "DocumentText", "\004JSRV_SegmentInformation", "JSCompDocument"};

	if (size < 1)
		return 0;
	struct sk_slice in = sk_slice(data + 1, size - 1);
	if (data[0] % 4 == 0)
		try_file(in);
	else
		try_stream(names[data[0] % 4 - 1], in);
	return 0;
}
