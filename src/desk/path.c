/* The connection that a link's transfers go over, at this machine's end: links.h. The gate. */
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "desk/links.h"
#include "policy/value.h"

/* An address as the policy writes it. */
static bool net_of(const struct sockaddr *a, struct sk_net *net)
{
	bool four = a && a->sa_family == AF_INET, six = a && a->sa_family == AF_INET6;
	char text[NI_MAXHOST];

	if ((!four && !six) ||
	    getnameinfo(a, four ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6), text,
		sizeof(text), NULL, 0, NI_NUMERICHOST))
		return false;
	text[strcspn(text, "%")] = '\0';
	return sk_net_parse(text, net);
}

static bool lies_in(const struct sk_zone *zone, const struct sk_net *net)
{
	for (size_t i = 0; i < zone->networks.n; i++)
		if (sk_net_overlap(&zone->networks.v[i], net))
			return true;
	return false;
}

/* The first of this machine's addresses in its zone; NULL: it has none. */
static const struct ifaddrs *find_own(
    const struct ifaddrs *all, const struct sk_zone *zone, struct sk_net *net)
{
	for (const struct ifaddrs *i = all; i; i = i->ifa_next)
		if (net_of(i->ifa_addr, net) && lies_in(zone, net))
			return i;
	return NULL;
}

static bool hardware_of(const struct ifaddrs *all, const char *name, struct sk_mac *mac)
{
	for (const struct ifaddrs *i = all; i; i = i->ifa_next) {
		const struct sockaddr_ll *l = (const struct sockaddr_ll *)(const void *)i->ifa_addr;
		if (l == NULL || l->sll_family != AF_PACKET || strcmp(i->ifa_name, name) != 0 ||
		    l->sll_halen != sizeof(mac->b))
			continue;
		memcpy(mac->b, l->sll_addr, sizeof(mac->b));
		return true;
	}
	return false;
}

/* Where this post begins the connection it knows at which address the other one is: one that lies in its zone is the source. */
void sk_way_seen(const struct sk_way *w, struct sk_query *q)
{
	const struct sk_zone *zone =
	    sk_policy_find(w->desk->policy.policy, SK_KIND_ZONE, w->to.zone);
	char text[SK_SETTINGS_ADDRESS];
	struct sk_net net;

	q->port = w->to.port;
	q->udp = SK_NO;
	snprintf(text, sizeof(text), "%s", w->to.address);
	text[strcspn(text, "%")] = '\0';
	if (w->to.listen || zone == NULL || !sk_net_parse(text, &net) || !lies_in(zone, &net))
		return;
	q->source = net;
	q->has_source = true;
}

void sk_way_path(const struct sk_way *w, struct sk_query *q)
{
	const struct sk_desk *d = w->desk;
	const struct sk_zone *zone = sk_policy_find(d->policy.policy, SK_KIND_ZONE, d->zone);
	const struct ifaddrs *own;
	struct ifaddrs *all = NULL;

	q->port = w->to.port;
	q->udp = SK_NO;
	if (zone == NULL || getifaddrs(&all))
		return;
	own = find_own(all, zone, &q->source);
	q->has_source = own != NULL;
	q->has_mac = own && hardware_of(all, own->ifa_name, &q->mac);
	freeifaddrs(all);
}
