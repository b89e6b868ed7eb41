/*
 * What people ask of a post, and what it answers: JSON in messages (ipc/channel.h). doc/front.md is the reference. The
 * command asks sekisho-control over its Unix socket; sekisho-control asks the gate, saying who it is. Whoever reads treats
 * it as hostile: what an ask is made of stands in one table (asks.def), and anything else is refused by name.
 */
#ifndef SK_FRONT_FRONT_H
#define SK_FRONT_FRONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "bytes/bytes.h"

enum sk_front_kind {
	/* command → control: the ask. control → gate: u32 user (little-endian), the ask. portal → gate: terminal, the ask */
	SK_FRONT_ASK = 1,
	SK_FRONT_GIVE, /* command → control alone; one descriptor: a file to read, or an empty one to fill */
	/* gate → control → command, gate → portal: the answer, with the serial of its ask */
	SK_FRONT_ANSWER,
	/* gate → control, portal: an answer that is ok, after what lies behind its one descriptor (sk_front_put_handed()) */
	SK_FRONT_HANDED,
	/* gate → portal, with the serial of `watch`: a word, end of line, a JSON object */
	SK_FRONT_NOTICE,
	/* the same way and serial, no body: its session has ended, nothing more is told */
	SK_FRONT_NOTICES_END,
};

/* Bytes of an ask, so that the user fits before it; of an answer, SK_CHANNEL_BODY. */
#define SK_FRONT_ASK_BYTES 60000
#define SK_FRONT_UNSAID ((int64_t)-1)

enum sk_front_what {
#define SK_ASK(name, word, file, needs, may) SK_FRONT_##name,
#include "front/asks.def"
#undef SK_ASK
	SK_FRONT_COUNT
};

/*
 * Whose bytes an ask is about. READ: a command gives them, and the front end brings them into an upload. WRITE: the front end
 * is handed them, and passes them on. ROLE: such an ask is a front end's own; nobody else asks it.
 */
enum sk_front_file { SK_FRONT_NONE, SK_FRONT_READ, SK_FRONT_WRITE, SK_FRONT_ROLE };

/* What a portal's session must be for an ask. */
enum sk_front_open {
	SK_FRONT_TO_LEVEL,   /* at the level of login that the zone wants */
	SK_FRONT_TO_SESSION, /* of any level */
	SK_FRONT_TO_ANYBODY, /* not there */
};

enum sk_front_why {
	SK_FRONT_WHY_NONE,
#define SK_WHY(name, word, status, text) SK_FRONT_WHY_##name,
#include "front/why.def"
	SK_FRONT_WHYS
};

/* What an ask may hold. A text that is not said is NULL, a number SK_FRONT_UNSAID, a flag false. */
struct sk_front_ask {
	enum sk_front_what what;
#define SK_FRONT_IS_ID const char *
#define SK_FRONT_IS_HASH const char *
#define SK_FRONT_IS_HEX const char *
#define SK_FRONT_IS_TEXT const char *
#define SK_FRONT_IS_LINES const char *
#define SK_FRONT_IS_NUMBER int64_t
#define SK_FRONT_IS_FLAG bool
#define SK_MEMBER(name, kind, most) SK_FRONT_IS_##kind name;
#include "front/asks.def"
#undef SK_MEMBER
};

struct sk_front_fault {
	enum sk_front_why why;
	char field[64]; /* the member, or the word; UTF-8 that can be shown */
};

void sk_front_init(struct sk_front_ask *a, enum sk_front_what what);
/* Texts are copied into the arena. SK_EFORMAT with *fault, SK_ENOMEM. */
int sk_front_read(struct sk_slice json, struct sk_arena *arena, struct sk_front_ask *a,
    struct sk_front_fault *fault);
/* Appends the object. SK_EFORMAT with *fault when it could not be read again. */
int sk_front_write(const struct sk_front_ask *a, struct sk_buf *out, struct sk_front_fault *fault);

/* What an ask takes under this name (`-` may stand for `_`). */
enum sk_front_takes { SK_FRONT_TAKES_NOTHING, SK_FRONT_TAKES_FLAG, SK_FRONT_TAKES_VALUE };
enum sk_front_takes sk_front_takes(enum sk_front_what what, const char *name);
/* Set a member from text, which is borrowed (a flag: whatever the text is). SK_EFORMAT with *fault. */
int sk_front_set(
    struct sk_front_ask *a, const char *name, const char *value, struct sk_front_fault *fault);

/* Between control and gate: who asks stands before the ask. SK_EFORMAT. */
int sk_front_put_user(uint32_t uid, struct sk_slice json, struct sk_buf *out);
int sk_front_get_user(struct sk_slice body, uint32_t *uid, struct sk_slice *json);

/* Which terminal asks a portal, and what it shows: it stands before the ask between portal and gate. All zero: none. */
struct sk_front_terminal {
	uint8_t session[32]; /* token of the session */
	uint8_t
	    device[32]; /* what a portal gave to a browser that somebody logged in with before */
	uint8_t address[16]; /* as IPv6; IPv4 mapped (RFC 4291, section 2.5.5.2) */
};
#define SK_FRONT_TERMINAL_BYTES 80
int sk_front_put_terminal(
    const struct sk_front_terminal *t, struct sk_slice json, struct sk_buf *out);
/* SK_EFORMAT. */
int sk_front_get_terminal(struct sk_slice body, struct sk_front_terminal *t, struct sk_slice *json);

/* What SK_FRONT_HANDED says: the bytes, then the answer. SK_EFORMAT; what was read of *b is wiped then. */
int sk_front_put_handed(const struct sk_bytes *b, struct sk_slice json, struct sk_buf *out);
int sk_front_get_handed(struct sk_slice body, struct sk_bytes *b, struct sk_slice *json);

enum sk_front_file sk_front_file(enum sk_front_what what);
const char *sk_front_word(enum sk_front_what what);
enum sk_front_open sk_front_open(enum sk_front_what what);
/* False: there is none of that word. */
bool sk_front_find(const char *word, enum sk_front_what *what);

/* An answer that says no: {"status": "refused", "why": …, "field": …}. `field` may be NULL. */
int sk_front_refuse(struct sk_buf *out, enum sk_front_why why, const char *field);
/* Word of a reason, its sentence (gettext message id, with {1}), and the reason of a word; SK_FRONT_WHYS: none. */
const char *sk_front_why_word(enum sk_front_why why);
const char *sk_front_why_text(enum sk_front_why why);
/* The status of HTTP by which a portal says so. */
unsigned sk_front_why_status(enum sk_front_why why);
enum sk_front_why sk_front_why_find(const char *word);

#endif
