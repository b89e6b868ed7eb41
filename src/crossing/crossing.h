/*
 * The link between two posts, at one of its ends: sekisho-crossing-server where the other post connects to us, sekisho-crossing-client where we
 * connect. One process a link. doc/crossing.md is the protocol.
 *
 * Its things (post/child.h), each a descriptor:
 *   own.key    PEM of our private key
 *   own.crt    PEM of our certificate (crossing/keys.h)
 *   peer.pins  the pins of the other post's keys
 *   listen     server: the listening TCP socket
 *   link       client: a file with the value of the link's line of post.conf: "ZONE connect ADDRESS PORT"; ADDRESS is a number, never a name
 * Its only peer is the gate (link/link.h). Pins are read at the start: who changes them starts the role anew.
 */
#ifndef SK_CROSSING_CROSSING_H
#define SK_CROSSING_CROSSING_H

#define SK_CROSSING_OWN_KEY "own.key"
#define SK_CROSSING_OWN_CRT "own.crt"
#define SK_CROSSING_PINS "peer.pins"
#define SK_CROSSING_LISTEN "listen"
#define SK_CROSSING_LINK "link"

/* The roles; each returns the exit status of its program. */
int sk_crossing_server(void);
int sk_crossing_client(void);

/* Of the protocol: both sides. */
#define SK_CROSSING_LETTERS "/1/letters"
#define SK_CROSSING_OBJECTS "/1/objects/"
#define SK_CROSSING_HAVE "Sekisho-Have" /* head of an answer: bytes of an object that are there */
#define SK_CROSSING_SILENT_MS 60000 /* the other side asked nothing for so long: the link is down */

#endif
