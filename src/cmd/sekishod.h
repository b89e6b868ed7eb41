/* The parts of sekishod: the program that starts a post's roles. Its own process; it opens no store and reads no content. */
#ifndef SK_CMD_SEKISHOD_H
#define SK_CMD_SEKISHOD_H

#include <limits.h>
#include <stdint.h>

#include "post/places.h"
#include "post/settings.h"
#include "post/supervisor.h"

#define SEKISHOD_CONFIG "/etc/sekisho/post.conf"

struct post {
	const char *config; /* path */
	struct sk_settings *settings;
	char helpers[PATH_MAX]; /* folder of the roles' programs */
	char pages[PATH_MAX];   /* of the portal */
	int lock, state;        /* the state folder, and the file that keeps others from it */
	int control;            /* listening */
	int listen[SK_POST_LINKS];
	int portal; /* listening for browsers; -1: this post has no portal */
	struct sk_settings_link link[SK_POST_LINKS];
	size_t links, workers;
	uint64_t tolerate; /* seconds that the other posts may be out of reach as witnesses */
	struct sk_post_role role[SK_PLACES];
	char name[SK_PLACES][SK_SETTINGS_ZONE + 16], program[SK_PLACES][PATH_MAX + 64];
	bool ready[SK_PLACES], told_ready;
};

/* Say what stands in the way, in English on standard error; returns -1. */
int post_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* --- sekishod-policy.c --- */
/* Look at the policy in a process of its own: whether links open from the more protected side, how long a witness may be
 * away. 0, or -1 when it was told why not. A policy that is not good is the gate's to judge: 0. */
int post_look_at_policy(struct post *p);

/* --- sekishod-things.c --- */
/* What is there before any role is: folders, keys, sockets. 0, or -1 when it was told why not. */
int post_open(struct post *p);
void post_close(struct post *p);
extern const struct sk_post_thing post_gate_things[], post_scribe_things[], post_control_things[],
    post_scanner_things[], post_login_things[], post_printer_things[], post_worker_things[],
    post_portal_things[], post_server_things[], post_client_things[];
int post_policy(void *ctx);

/* --- sekishod-roles.c --- */
/* The table of roles. 0, or -1 when a system user or a program is not there. */
int post_roles(struct post *p);

#endif
