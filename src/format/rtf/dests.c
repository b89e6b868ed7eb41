/* The destinations RTF knows: which stay, where, and what the others are removed as. Cleaner's jail. */
#include "format/rtf/rtf.h"

#include <stdlib.h>

#define BODY (RTF_C_BODY | RTF_C_ROOT)

#define KEEP(name, star, in, cls) \
	{ \
		name, RTF_KEEP, star, in, cls, SK_OOXML_UNKNOWN_XML \
	}
#define SPECIAL(name, star, in, cls) \
	{ \
		name, RTF_SPECIAL, star, in, cls, SK_OOXML_UNKNOWN_XML \
	}
#define DROP(name, code) \
	{ \
		name, RTF_DROP, false, 0, RTF_C_TEXT, SK_##code \
	}
#define QUIET(name) \
	{ \
		name, RTF_QUIET, false, 0, RTF_C_TEXT, SK_OOXML_UNKNOWN_XML \
	}
#define INSIDE(name, in) \
	{ \
		name, RTF_INSIDE, false, in, RTF_C_BODY, SK_OOXML_UNKNOWN_XML \
	}
#define MATH(name, star) \
	{ \
		name, RTF_KEEP, star, RTF_C_MATH, RTF_C_MATH, SK_OOXML_UNKNOWN_XML \
	}

static const struct rtf_dest dests[] = {
#include "format/rtf/dests.def"
};

static int compare(const void *key, const void *entry)
{
	const struct sk_slice *s = key;
	const struct rtf_dest *d = entry;
	size_t n = strlen(d->name);
	int c = memcmp(s->p, d->name, s->n < n ? s->n : n);

	return c ? c : s->n < n ? -1 : s->n > n;
}

const struct rtf_dest *rtf_dest(struct sk_slice name)
{
	return bsearch(&name, dests, sizeof(dests) / sizeof(dests[0]), sizeof(dests[0]), compare);
}
