/* Comparison of secrets. Cleaner's jail. */
#include <nettle/memops.h>

#include "container/crypt.h"

bool sk_crypt_same(const void *a, const void *b, size_t n)
{
	return memeql_sec(a, b, n) != 0;
}
