/*
 * The verifier's own reader of the XML that sekisho writes: a subset of XML 1.0 with one spelling for everything
 * (doc/profiles/ooxml.md section 4, text.md section 5). It copies nothing. Verifier's jail.
 */
#ifndef SK_VERIFY_TEXT_XML_H
#define SK_VERIFY_TEXT_XML_H

#include "base/buf.h"
#include "verify/verify.h"

#define SK_VX_DECL "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define SK_VX_DECL_STANDALONE "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"

enum sk_vx_event {
	SK_VX_DONE,
	SK_VX_START,
	SK_VX_TEXT,
	SK_VX_END,
};

struct sk_vx_attr {
	struct sk_slice name, value; /* the value as written, references and all */
	uint32_t hash;               /* of the name */
};

struct sk_vx {
	struct sk_check *c;
	const uint8_t *p, *start, *end;
	uint64_t base; /* offset of `start`, when the input comes in pieces */
	unsigned depth;
	bool end_due, just_opened;
	uint64_t elements;
	size_t value_max; /* bytes of a value; SK_LIMIT_XML_VALUE unless the caller changes it */
	/* Of the event: */
	struct sk_slice name; /* START, END */
	uint32_t hash;        /* START: of the name */
	struct sk_slice text; /* TEXT: as written */
	size_t nattrs;        /* START */
	struct sk_vx_attr attrs[SK_LIMIT_XML_ATTRIBUTES];
	struct sk_slice open[SK_LIMIT_XML_DEPTH];
};

/*
 * Begin reading `in`, which must start with `decl` and end with '>'. Only the fields above the arrays are set.
 * The encoding is not checked: see sk_vx_check_chars() and sk_vt_check().
 */
int sk_vx_begin(struct sk_vx *x, struct sk_check *c, struct sk_slice in, struct sk_slice decl);

/*
 * The next event, or a negative error. Checked are: nesting, end tags, one attribute of each name, the
 * spelling of tags, references and escapes, the limits of depth, attributes and elements. Names are runs of
 * bytes other than markup: whether they are allowed is the caller's matter.
 */
int sk_vx_next(struct sk_vx *x);

/* UTF-8, and no code point that XML forbids; CR never stands for itself. */
int sk_vx_check_chars(struct sk_check *c, struct sk_slice in);

/* Offset of the reader, for faults. */
uint64_t sk_vx_at(const struct sk_vx *x);

/* A text or value without references: as it is when it has none, else decoded into `scratch`. */
int sk_vx_decode(struct sk_slice raw, struct sk_buf *scratch, struct sk_slice *out);

/* The value of the attribute of that name, or NULL. */
const struct sk_slice *sk_vx_attr(const struct sk_vx *x, const char *name);

#endif
