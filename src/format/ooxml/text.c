#include "format/ooxml/ox.h"
int ox_text(struct ox_pkg *pkg, struct sk_buf *out)
{
	(void)pkg;
	(void)out;
	return SK_EUNSUPPORTED;
}
