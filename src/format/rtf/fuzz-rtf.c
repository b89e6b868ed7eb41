/* Fuzz target: what is rebuilt passes the checker, comes out again unchanged and unreported; so does its text. */
#include "format/test-run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return sk_metafile_handler.init();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tr_run t = {&sk_rtf_handler, SK_FT_RTF, .name = "x.rtf", .pixels = 1000000,
	    .memory = (size_t)256 << 20};

	tr_fuzz(&t, sk_slice(data, size), sk_verify, &sk_rtf_handler);
	t.text = true;
	tr_fuzz(&t, sk_slice(data, size), sk_verify, NULL);
	return 0;
}
