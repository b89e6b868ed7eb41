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

#endif
