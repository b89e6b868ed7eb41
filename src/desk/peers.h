/* Who may say what to the gate. */
#ifndef SK_DESK_PEERS_H
#define SK_DESK_PEERS_H

#include "desk/desk.h"

static inline void sk_desk_peers(struct sk_child_peer peers[SK_POST_ROLES])
{
	peers[SK_PLACE_SCRIBE] = (struct sk_child_peer){sk_pump_permits, sk_pump_npermits};
	peers[SK_PLACE_CONTROL] = (struct sk_child_peer){sk_asks_permits, sk_asks_npermits};
	peers[SK_PLACE_PORTAL] = (struct sk_child_peer){sk_asks_permits, sk_asks_npermits};
	peers[SK_PLACE_LOGIN] = (struct sk_child_peer){sk_logins_permits, sk_logins_npermits};
	peers[SK_PLACE_PRINTER] = (struct sk_child_peer){sk_prints_permits, sk_prints_npermits};
	peers[SK_PLACE_SCANNER] = (struct sk_child_peer){sk_scan_permits, sk_scan_npermits};
	for (size_t i = 0; i < SK_POST_LINKS; i++)
		peers[SK_PLACE_LINK + i] =
		    (struct sk_child_peer){sk_links_permits, sk_links_npermits};
	for (size_t i = 0; i < SK_POST_WORKERS; i++)
		peers[SK_PLACE_WORKER + i] =
		    (struct sk_child_peer){sk_bench_permits, sk_bench_npermits};
}

#endif
