/* Fuzz target: an archive of a ledger is read within its bounds, and what is found lies in it. The first line names the file. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "ledger/copy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_slice in = sk_slice(data, size), file;
	size_t line = sk_slice_find(in, 0, SK_SLICE_LIT("\n"));
	struct sk_ledger_archive a = {.at = 0};
	char path[101] = "checkpoint";

	if (line != SIZE_MAX && line < sizeof(path)) {
		memcpy(path, data, line);
		path[line] = '\0';
		a.bytes = sk_slice_sub(in, line + 1, SIZE_MAX);
	} else {
		a.bytes = in;
	}
	for (int i = 0; i < 2; i++) { /* again, from behind it */
		int rc = sk_ledger_archived(&a, path, &file);
		if (rc == 0 && file.n &&
		    (file.p < a.bytes.p || file.p + file.n > a.bytes.p + a.bytes.n))
			abort();
		if (rc && rc != SK_ENOENTRY && rc != SK_EFORMAT)
			abort();
	}
	return 0;
}
