/* The places of a post's roles in its table: what a role calls its peers by. All roles of a post. */
#ifndef SK_POST_PLACES_H
#define SK_POST_PLACES_H

/* Ended in the reverse order: who is needed by others stands before them. */
enum sk_post_place {
	SK_PLACE_SCRIBE,
	SK_PLACE_GATE,
	SK_PLACE_CROSSING_SERVER,
	SK_PLACE_CROSSING_CLIENT,
	SK_PLACE_CONTROL,
	SK_PLACE_WORKER, /* the first of up to SK_POST_WORKERS */
};

#define SK_POST_WORKERS 8

#endif
