/*
 * The pages of the portal: a folder of built files, read once at the start, before the file system is given up; kept in memory with their codings
 * (NAME.br, NAME.gz beside NAME). The portal.
 */
#ifndef SK_PORTAL_ASSETS_H
#define SK_PORTAL_ASSETS_H

#include "base/buf.h"
#include "portal/request.h"

#define SK_ASSETS_FILES 1024
#define SK_ASSETS_BYTES ((size_t)64 << 20) /* of all */
#define SK_ASSETS_PATH 200 /* bytes of a file's path below the folder, with its end */
#define SK_ASSETS_DEPTH 4
#define SK_ASSETS_TAG 35 /* 32 digits in quotation marks, and a NUL */

struct sk_asset {
	char path[SK_ASSETS_PATH]; /* "/index.html" */
	const char *type;          /* of its content */
	bool lasting;              /* its name changes with its content */
	struct sk_buf body[SK_CODINGS];
	char tag[SK_CODINGS][SK_ASSETS_TAG];
};

struct sk_assets;

/*
 * All files below the folder (which stays the caller's). Names that are not plain, unknown types and links are passed over. 0; SK_EIO; SK_ENOMEM;
 * SK_ELIMIT: too many or too much; SK_ENOENTRY: there is no index.html.
 */
int sk_assets_load(int folder, struct sk_assets **out);
void sk_assets_free(struct sk_assets *a);

/* The file of this path; a path that names none and has no dot in its last part is one of the portal's pages: index.html. NULL: there is none. */
const struct sk_asset *sk_assets_find(const struct sk_assets *a, const char *path);
/* The best coding of those that are taken (request.h). */
enum sk_coding sk_asset_coding(const struct sk_asset *a, unsigned codings);

#endif
