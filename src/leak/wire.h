/* What was found in a file, as it leaves the jail: a bounded form whose reader trusts nothing. Both sides. */
#ifndef SK_LEAK_WIRE_H
#define SK_LEAK_WIRE_H

#include "base/buf.h"
#include "leak/leak.h"

#define SK_LEAK_WHERE 512 /* bytes of a place: "page 3", "a.zip!b.docx" */
/* What a file without a finding takes, and each finding. */
#define SK_LEAK_WIRE_BYTES ((size_t)(64 + SK_LIMIT_FINDINGS * (52 + SK_LEAK_WHERE)))

/* What could not be looked into, and what may hold words all the same. */
enum sk_unread { SK_UNREAD_PAGE, SK_UNREAD_PICTURE, SK_UNREADS };

struct sk_placed {
	struct sk_finding f;
	const char *where; /* UTF-8; never content */
};

/* Of a whole file with all that lies in it. */
struct sk_content {
	uint32_t count[SK_FIND_KINDS][SK_TRUSTS];
	uint32_t unread[SK_UNREADS];
	uint32_t read; /* pages and pictures without words that were read */
	bool ocr;      /* that was tried for all of them */
	struct sk_placed *v;
	size_t n, cap;
};

int sk_content_encode(const struct sk_content *c, struct sk_buf *out);
/* In the arena. SK_EFORMAT on anything unexpected, SK_ENOMEM. */
int sk_content_decode(struct sk_arena *arena, struct sk_slice in, struct sk_content *c);

#endif
