/* Instances of a cleaned p21 and their values, read where they stand. Cleaner's jail. */
#ifndef SK_FORMAT_CAD_P21_READ_H
#define SK_FORMAT_CAD_P21_READ_H

#include "format/cad/draw.h"

struct p21_instance {
	uint64_t id;
	struct sk_slice body; /* TYPE(…) or (A(…)B(…)) */
};

struct p21_file {
	struct sk_job *job;
	enum sk_charset charset;
	struct p21_instance *v; /* by number */
	size_t n, cap;
	bool scadec; /* by the library most programs for SXF use */
};

int p21_load(struct p21_file *f, struct sk_slice in);
/* SIZE_MAX: there is none. */
size_t p21_find(const struct p21_file *f, uint64_t id);
/* The values of a record of an instance, without their parentheses; false: it has none of this type. */
bool p21_record(const struct p21_file *f, size_t i, const char *type, struct sk_slice *args);
/* The i-th value; empty: not there. */
struct sk_slice p21_arg(struct sk_slice args, size_t i);
/* The number of the next reference in a value at or behind *at; false: no more. */
bool p21_next(struct sk_slice value, size_t *at, uint64_t *id);
/* Instance that a value refers to first, or SIZE_MAX. */
size_t p21_ref(const struct p21_file *f, struct sk_slice value);
/* The first number in a value that is no reference, and whether there is one: also inside a type. */
bool p21_number(struct sk_cad_canvas *c, struct sk_slice value, double *v);
/* The first string in a value, codes undone. */
struct sk_slice p21_string(const struct p21_file *f, struct sk_job *job, struct sk_slice value);
/* .NAME. */
bool p21_is(struct sk_slice value, const char *name);

#endif
