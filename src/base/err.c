/* Names of status codes. Runs in every process. */
#include "base/err.h"

const char *sk_strerror(int status)
{
	switch (status) {
	case SK_OK:
		return "success";
	case SK_ENOMEM:
		return "out of memory";
	case SK_EIO:
		return "input/output error";
	case SK_EFORMAT:
		return "malformed data";
	case SK_ELIMIT:
		return "limit reached";
	case SK_EREFUSED:
		return "refused";
	case SK_EUNSUPPORTED:
		return "not supported";
	case SK_EARG:
		return "bad argument";
	case SK_ENOSPACE:
		return "no space left";
	case SK_EBUSY:
		return "busy";
	case SK_EEXIST:
		return "exists already";
	case SK_ENOENTRY:
		return "not there";
	case SK_ECHANGED:
		return "changed meanwhile";
	default:
		return "internal error";
	}
}
