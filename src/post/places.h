/* The places of a post's roles in its table: what a role calls its peers by. All roles of a post. */
#ifndef SK_POST_PLACES_H
#define SK_POST_PLACES_H

#include "post/wire.h"

#define SK_POST_LINKS 4   /* one role for each link, in the order of the settings */
#define SK_POST_WORKERS 8 /* one role each */

/* Ended in the reverse order: who is needed by others stands before them. A place may stay empty. */
enum sk_post_place {
	SK_PLACE_SCRIBE,
	SK_PLACE_GATE,
	SK_PLACE_CONTROL,
	SK_PLACE_PORTAL,
	SK_PLACE_LOGIN,
	SK_PLACE_PRINTER, /* beside a portal */
	SK_PLACE_SCANNER,
	SK_PLACE_LINK,                                   /* the first of up to SK_POST_LINKS */
	SK_PLACE_WORKER = SK_PLACE_LINK + SK_POST_LINKS, /* the first of up to SK_POST_WORKERS */
	SK_PLACES = SK_PLACE_WORKER + SK_POST_WORKERS,
};

_Static_assert(SK_PLACES <= SK_POST_ROLES, "a set of places is bits of a word");

#endif
