/*
 * What is wrong with a policy, and where. The list is collected, never printed here. Any process that reads a policy.
 */
#ifndef SK_POLICY_DIAG_H
#define SK_POLICY_DIAG_H

#include "policy/tree.h"

enum sk_diag_severity { SK_DIAG_ERROR, SK_DIAG_WARNING };

enum sk_diag_code {
#define SK_DIAG(id, severity, code, text) SK_DIAG_##id,
#include "policy/diag.def"
#undef SK_DIAG
	SK_DIAG_COUNT
};

struct sk_diag {
	enum sk_diag_code code;
	const struct sk_source *source; /* where; never NULL */
	uint32_t line;                  /* from 1; 0: the whole file */
	size_t at, len;                 /* the marked bytes, as an offset into the source */
	const char *a, *b;              /* {1} and {2}; "" for none */
};

/* At most this many are kept: a file that is no policy at all should not scroll away its first line. */
#define SK_DIAG_MAX 200

struct sk_diags {
	struct sk_arena *arena;
	struct sk_diag *v;
	size_t n, cap;
	bool errors; /* one of them is an error */
};

/* A text that is translated when it is shown. */
#ifndef N_
#define N_(text) text
#endif

/* Add one that marks a token (NULL: the whole file). The texts are copied; NULL counts as "". */
void sk_diag(struct sk_diags *d, enum sk_diag_code code, const struct sk_source *source,
    const struct sk_token *at, const char *a, const char *b);

enum sk_diag_severity sk_diag_severity(enum sk_diag_code code);
/* The stable code ("unknown"), and the English sentence (a gettext message id). */
const char *sk_diag_name(enum sk_diag_code code);
const char *sk_diag_text(enum sk_diag_code code);

/* `text`, a sentence in the language wanted, with {1} and {2} filled in; cut to `size`. */
void sk_diag_fill(char *out, size_t size, const char *text, const char *a, const char *b);

/*
 * The line of a place as it is shown, tabs as spaces, a long one in part. *column: cells of a terminal before the marked bytes; *cells: how
 * many are marked, at least one.
 */
void sk_diag_show(const struct sk_diag *d, struct sk_buf *line, size_t *column, size_t *cells);

#endif
