/* The checker of cleaned RTF (doc/profiles/rtf.md): a reader of the one form the profile allows. Verifier's jail. */
#ifndef SK_VERIFY_RTF_RTF_H
#define SK_VERIFY_RTF_RTF_H

#include "base/buf.h"
#include "verify/verify.h"

/* --- lex.c --- */
enum vr_kind {
	VR_END,
	VR_OPEN,
	VR_CLOSE,
	VR_STAR,   /* \* */
	VR_WORD,   /* \name with or without a number */
	VR_CHAR,   /* a character of ASCII, or \uN?; both halves of a pair together */
	VR_SYMBOL, /* \~ \_ \- \: */
	VR_BYTE,   /* \'hh */
};

struct vr_token {
	enum vr_kind kind;
	struct sk_slice name;
	bool numbered;
	int64_t number; /* of a word; the character, symbol or byte */
};

/* --- names.c: what the profile lists --- */
enum vr_group {
	VR_NONE,
	VR_ROOT,
	VR_BODY,
	VR_NOTE,
	VR_TEXT,
	VR_WORDS,
	VR_STYLES,
	VR_AUTHORS,
	VR_LISTS,
	VR_LIST,
	VR_LEVEL,
	VR_OVERRIDES,
	VR_OVERRIDE,
	VR_LFO,
	VR_PAGES,
	VR_SHAPE,
	VR_INST,
	VR_FIELD,
	VR_INSTRUCTION,
	VR_FORM,
	VR_PN,
	VR_MATH,
	VR_DRAWING,
	VR_PICTURES,
	/* those with a grammar of their own */
	VR_FONTS,
	VR_COLOURS,
	VR_PICTURE,
	VR_PROPERTY,
	VR_LEVELTEXT,
	VR_LEVELNUMBERS,
};

struct vr_dest {
	const char *name;
	bool star;
	const char *in; /* letters of the groups it may stand in, by vr_letter() */
	enum vr_group group;
	bool numbered; /* its word has a number of 0 to 32767 */
};

const struct vr_dest *vr_dest(struct sk_slice name);
/* Whether a destination may stand in a group. */
bool vr_allowed(const struct vr_dest *d, enum vr_group in);
/* Whether the word, with that number, is listed. */
bool vr_word_ok(const struct vr_token *t);
/* Whether a word prints something, and so may not stand in a field's instruction. */
bool vr_prints(struct sk_slice name);
bool vr_one_of(const char *const *list, size_t n, struct sk_slice name);

/* --- group.c --- */
struct vr {
	struct sk_check *c;
	struct sk_reader r;
	unsigned depth, fonts;
	struct sk_buf *instruction; /* of the field being read, or NULL */
	/* the level of a list being read: where its text has numbers */
	bool places[32];
};

int vr_next(struct vr *v, struct vr_token *t);
int vr_fail(struct vr *v, const char *what);
int vr_expect(struct vr *v, enum vr_kind kind, struct vr_token *t, const char *what);
/* Behind an opening brace, up to its end. */
int vr_group(struct vr *v, enum vr_group in, const struct vr_dest **seen);

/* --- special.c, picture.c: behind the destination's word, up to the closing brace --- */
int vr_fonts(struct vr *v);
int vr_colours(struct vr *v);
int vr_level_text(struct vr *v);
int vr_level_numbers(struct vr *v);
int vr_picture(struct vr *v);
int vr_property(struct vr *v);

#endif
