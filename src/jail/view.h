/* The file system of a role that sees more than nothing. Zygotes. */
#ifndef SK_JAIL_VIEW_H
#define SK_JAIL_VIEW_H

#include "jail/jail.h"

#define SK_JAIL_SCRATCH "/tmp"
#define SK_JAIL_RANDOM "/dev/urandom"

/* Build the view below the working directory: folders of the system read only, an empty scratch. */
int sk_jail_show(const struct sk_view *view, const char **what);

#endif
