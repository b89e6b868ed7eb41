/* Descriptors: owned by scope, read and written whole. Every process. */
#ifndef SK_BASE_FD_H
#define SK_BASE_FD_H

#include <stddef.h>
#include <sys/types.h>

#include "base/slice.h"

/* Closes a descriptor unless it is -1, keeping errno; for sk_autoclose and for plain use. */
void sk_close(int *fd);
#define sk_autoclose __attribute__((cleanup(sk_close)))

/* Write or read exactly n bytes, going on after EINTR. SK_EIO when it cannot (end of file: errno 0). */
int sk_write_all(int fd, const void *p, size_t n);
int sk_read_all(int fd, void *p, size_t n);

/* A new anonymous file, close-on-exec, that can be sealed; -1 and errno. `name` shows in /proc only. */
int sk_memfd(const char *name);

/* Map a whole descriptor read-only. An empty file gives an empty slice. Unmap with sk_unmap(). */
int sk_map(int fd, struct sk_slice *out);
/* The same without reading it now: for large tables of which little is used. */
int sk_map_lazily(int fd, struct sk_slice *out);
void sk_unmap(struct sk_slice *s);

#endif
