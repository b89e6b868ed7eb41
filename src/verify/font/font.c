/*
 * The font programs that a cleaned PDF may embed, by the kind its dictionary states. Verifier's
 * jail.
 */
#include "verify/font/font.h"

int sk_verify_font(struct sk_check *c, const char *kind, struct sk_slice in)
{
	if (strcmp(kind, "FontFile2") == 0)
		return sk_vf_sfnt(c, in);
	if (strcmp(kind, "Type1C") == 0)
		return sk_vf_cff(c, in, false);
	if (strcmp(kind, "CIDFontType0C") == 0)
		return sk_vf_cff(c, in, true);
	return sk_fail(c, 0, "font programs of kind %s are not allowed", kind);
}
