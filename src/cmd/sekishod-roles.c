/* Who runs in a post, as whom, and who talks to whom: sekishod.h. */
#include "cmd/sekishod.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define GATE (1U << SK_PLACE_GATE)

static const struct kind {
	const char *program, *user;
	const struct sk_post_thing *things;
} kinds[] = {
    {"sekisho-scribe", "sekisho-scribe", post_scribe_things},
    {"sekisho-gate", "sekisho-gate", post_gate_things},
    {"sekisho-control", "sekisho-control", post_control_things},
    {"sekisho-portal", "sekisho-portal", post_portal_things},
    {"sekisho-login", "sekisho-login", post_login_things},
    {"sekisho-printer", "sekisho-printer", post_printer_things},
    {"sekisho-scanner", "sekisho-scanner", post_scanner_things},
    {"sekisho-crossing-server", "sekisho-crossing", post_server_things},
    {"sekisho-crossing-client", "sekisho-crossing", post_client_things},
    {"sekisho-worker", "sekisho-worker", post_worker_things},
};

enum { SCRIBE, THE_GATE, CONTROL, PORTAL, LOGIN, PRINTER, SCANNER, SERVER, CLIENT, WORKER };

static int seat(struct post *p, size_t place, size_t kind, const char *name)
{
	struct sk_post_role *r = &p->role[place];
	const struct kind *k = &kinds[kind];

	snprintf(p->name[place], sizeof(p->name[place]), "%s", name);
	snprintf(p->program[place], sizeof(p->program[place]), "%s/%s", p->helpers, k->program);
	*r = (struct sk_post_role){.name = p->name[place],
	    .program = p->program[place],
	    .user = sk_settings_yes(p->settings, "users") ? k->user : NULL,
	    .peers = place == SK_PLACE_GATE ? 0 : GATE, /* all talk to the gate, none to another */
	    .reloads = place == SK_PLACE_GATE,
	    .judges = place == SK_PLACE_GATE,
	    .things = k->things};
	if (access(r->program, X_OK))
		return post_fail("a program of the post is not there: %s", r->program);
	if (r->user && getpwnam(r->user) == NULL)
		return post_fail("there is no system user %s (users yes): see sysusers.d", r->user);
	return 0;
}

static int seat_links(struct post *p)
{
	char name[SK_SETTINGS_ZONE + 16];
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < p->links; i++) {
		snprintf(name, sizeof(name), "link-%s", p->link[i].zone);
		rc = seat(p, SK_PLACE_LINK + i, p->link[i].listen ? SERVER : CLIENT, name);
	}
	return rc;
}

static int seat_workers(struct post *p)
{
	char name[16];
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < p->workers; i++) {
		snprintf(name, sizeof(name), "worker-%u", (unsigned)i + 1);
		rc = seat(p, SK_PLACE_WORKER + i, WORKER, name);
	}
	return rc;
}

/* A host that cleans for a post whose gate, ledger and links are at another. */
static int seat_helper(struct post *p)
{
	int rc = seat(p, SK_PLACE_GATE, THE_GATE, "gate");

	if (rc == 0 && p->links)
		rc = post_fail("a helper has no link: take 'link' or 'helper yes' away");
	if (rc == 0 && sk_settings_get(p->settings, "clamd"))
		rc = seat(p, SK_PLACE_SCANNER, SCANNER, "scanner");
	return rc ? rc : seat_workers(p);
}

int post_roles(struct post *p)
{
	if (sk_settings_yes(p->settings, "helper"))
		return seat_helper(p);

	int rc = seat(p, SK_PLACE_SCRIBE, SCRIBE, "scribe");

	if (rc == 0)
		rc = seat(p, SK_PLACE_GATE, THE_GATE, "gate");
	if (rc == 0)
		rc = seat(p, SK_PLACE_CONTROL, CONTROL, "control");
	if (rc == 0 && sk_settings_get(p->settings, "portal-listen"))
		rc = seat(p, SK_PLACE_PORTAL, PORTAL, "portal");
	if (rc == 0 && sk_settings_get(p->settings, "portal-listen"))
		rc = seat(p, SK_PLACE_LOGIN, LOGIN, "login");
	if (rc == 0 && sk_settings_get(p->settings, "portal-listen"))
		rc = seat(p, SK_PLACE_PRINTER, PRINTER, "printer");
	if (rc == 0 && sk_settings_get(p->settings, "clamd"))
		rc = seat(p, SK_PLACE_SCANNER, SCANNER, "scanner");
	if (rc == 0)
		rc = seat_links(p);
	return rc ? rc : seat_workers(p);
}
