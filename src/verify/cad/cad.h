/* The checker of exchange files of drawings (doc/profiles/cad.md). Verifier's jail. */
#ifndef SK_VERIFY_CAD_CAD_H
#define SK_VERIFY_CAD_CAD_H

#include "verify/verify.h"

/* The character sets that all strings of the file can be in. */
enum { SK_VD_UTF8 = 1, SK_VD_CP932 = 2, SK_VD_EUC = 4, SK_VD_LATIN = 8, SK_VD_ALL = 15 };

struct sk_vd {
	struct sk_check *c;
	struct sk_slice in;
	size_t pos;
	unsigned charsets;
};

/* Whose escapes a string has; words of a DXF are shown only, and may look like the name of a file. */
enum sk_vd_kind { SK_VD_STEP, SK_VD_DXF, SK_VD_WORDS };

/* A string is clean, and in one of the character sets that are left. */
int sk_vd_string(struct sk_vd *v, struct sk_slice s, enum sk_vd_kind kind);

bool sk_vd_real(struct sk_slice s);
bool sk_vd_integer(struct sk_slice s);

int sk_vd_step(struct sk_vd *v, bool features);
int sk_vd_dxf(struct sk_vd *v);

#endif
