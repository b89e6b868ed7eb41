/* The way to the checkers of drawings (doc/profiles/cad.md). Verifier's jail. */
#include "verify/cad/cad.h"

int sk_verify_cad(struct sk_check *c, enum sk_filetype type, struct sk_slice in)
{
	struct sk_vd v = {.c = c, .in = in, .charsets = SK_VD_ALL};

	switch (type) {
	case SK_FT_STEP:
		return sk_vd_step(&v, false);
	case SK_FT_SFC:
		return sk_vd_step(&v, true);
	case SK_FT_DXF:
		return sk_vd_dxf(&v);
	default:
		return SK_EUNSUPPORTED;
	}
}
