/* The file system of a role that sees more than nothing. Zygotes. */
#ifndef SK_JAIL_VIEW_H
#define SK_JAIL_VIEW_H

#include "jail/jail.h"

#define SK_JAIL_SCRATCH "/tmp"
#define SK_JAIL_RANDOM "/dev/urandom"

/* Build the view below the working directory: folders of the system read only, an empty scratch. */
int sk_jail_show(const struct sk_view *view, const char **what);

/*
 * In a job: pipes that a role's libraries opened in the zygote become new ones, those among descriptors from `from` to below `to`. All jobs
 * would share them otherwise, and one could leave bytes in them for the next, or so many that it blocks. SK_EIO.
 */
int sk_jail_renew_pipes(int from, int to);

#endif
