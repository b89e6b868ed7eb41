/* What files are called that go out: after the one that came, with the extension of what they are. Command, portal. */
#ifndef SK_BASE_NAME_H
#define SK_BASE_NAME_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The name (without folder) for the output of `path` with this extension; allocated. `clean` puts ".clean"
 * before the extension. `fits`: the input's own extension may stay. *changed: it would have been longer than
 * file systems take, or held characters that turn the reading direction. NULL when memory is out.
 */
char *sk_name_output(const char *path, const char *extension, bool fits, bool clean, bool *changed);

/* The dot of the extension of the last component, or its end. */
size_t sk_name_stem(const char *name);
/* At most max bytes of the first n of a name, cut before a character of UTF-8. */
size_t sk_name_cut(const char *name, size_t n, size_t max);

#endif
