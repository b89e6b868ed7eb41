/* Fuzz target: our layer over MuPDF, first page to text and to few pixels. */
#include "render/render.h"

#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	return sk_render_init();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_arena *a = sk_arena_new(64 << 20);
	struct sk_pixmap p = {0};
	struct sk_page_text t;
	uint32_t count;

	sk_render_count(sk_slice(data, size), &count);
	if (sk_render_page(sk_slice(data, size), 0, 10, 1000000, &p) == 0)
		free(p.data);
	sk_render_text(sk_slice(data, size), 0, a, &t);
	sk_arena_free(a);
	return 0;
}
