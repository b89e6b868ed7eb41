/* Reading a policy into its model: what the files of it share. Any process that reads a policy. */
#ifndef SK_POLICY_LOAD_H
#define SK_POLICY_LOAD_H

#include "policy/policy.h"
#include "policy/value.h"

/* A name that stands for a statement, or for a class, to be looked up when all is read. */
struct sk_pending {
	enum sk_kind kind;
	struct sk_ref *ref;
	const struct sk_source *source;
};

struct sk_pending_class {
	enum sk_dimension dimension;
	struct sk_ceiling *ceiling;
	const struct sk_source *source;
};

struct sk_loading {
	struct sk_arena *arena;
	struct sk_diags *diags;
	struct sk_policy *policy;
	sk_policy_include *include;
	void *user;
	int32_t today;
	struct sk_pending *pending;
	size_t npending, pending_cap;
	struct sk_pending_class *classes;
	size_t nclasses, classes_cap;
};

/* What may stand in a block: each property once, unless it may be repeated. */
struct sk_property {
	const char *word;
	void (*read)(struct sk_cursor *c, void *target);
	unsigned flags; /* of the next */
};

enum { SK_MUST = 1, SK_MANY = 2 };

/* Read a block by a table that ends with a row without a word. */
void sk_read_block(
    struct sk_loading *l, const struct sk_entry *e, const struct sk_property *rows, void *target);

/* A statement of its own in the top level. */
struct sk_statement {
	const char *word;
	void (*read)(struct sk_loading *l, const struct sk_entry *e);
};

/* build-*.c; each ends with a row without a word. */
extern const struct sk_statement sk_place_statements[], sk_people_statements[],
    sk_route_statements[];

/* A new statement of `size` bytes with its name, in its list; NULL when the name is not right or memory is out. */
void *sk_declare(struct sk_cursor *c, enum sk_kind kind, size_t size);
/* The same, with a name that need not have the form of one: that of a clause, a dimension. */
void *sk_declare_as(struct sk_loading *l, const struct sk_entry *e, enum sk_kind kind, size_t size,
    const char *name);

/* Properties that several statements have; the target's part is given. */
void sk_read_span_from(struct sk_cursor *c, struct sk_span *span);
void sk_read_span_until(struct sk_cursor *c, struct sk_span *span);
void sk_take_types(struct sk_cursor *c, struct sk_types *types);

/* resolve.c: look up every name. check.c: what the parts mean together. */
void sk_resolve(struct sk_loading *l);
void sk_check(struct sk_loading *l);
/* check-*.c, called by it when all names are known. */
void sk_check_places(struct sk_loading *l);
void sk_check_classes(struct sk_loading *l);
void sk_check_paths(struct sk_loading *l);
void sk_check_people(struct sk_loading *l);

#endif
