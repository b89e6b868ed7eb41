/*
 * The policy: what may pass between the zones, how it is cleaned, who approves, who is who, what watches each clause.
 * Read from text (sekisho-policy(5)) into this model, which nothing changes afterwards. Pure: no file, no clock, no
 * network. Any process.
 * Everything is owned by the arena it was read into. Numbers: sizes in bytes, times in seconds, days as in base/day.h.
 */
#ifndef SK_POLICY_POLICY_H
#define SK_POLICY_POLICY_H

#include <netinet/in.h>

#include "base/day.h"
#include "base/filetype.h"
#include "policy/diag.h"
#include "policy/tree.h"

/* --- values --- */

struct sk_net {
	uint8_t family; /* 4 or 6 */
	uint8_t prefix; /* length in bits; that of a whole address for one address */
	uint8_t addr[16];
};

struct sk_mac {
	uint8_t b[6];
};

enum sk_carry { SK_CARRY_FILE, SK_CARRY_MAIL, SK_CARRY_SCREEN, SK_CARRY_COUNT };
enum sk_step { SK_STEP_REBUILD, SK_STEP_FLATTEN, SK_STEP_TEXT, SK_STEP_NOTICE, SK_STEP_REFUSE };
enum sk_dimension { SK_CONFIDENTIALITY, SK_INTEGRITY, SK_AVAILABILITY, SK_DIMENSIONS };
enum sk_leak { SK_LEAK_MYNUMBER, SK_LEAK_CORPORATE, SK_LEAK_DICTIONARY, SK_LEAKS };
/* What becomes of something that is found: the greater, the stricter. */
enum sk_effect { SK_PASS, SK_HOLD, SK_DENY };
enum sk_unreadable { SK_UNREADABLE_HOLD, SK_UNREADABLE_OCR, SK_UNREADABLE_REFUSE };
/* How somebody showed who he is: the greater, the surer. */
enum sk_login {
	SK_LOGIN_NONE,   /* nobody did: a mail that came in */
	SK_LOGIN_SYSTEM, /* the operating system says who it is */
	SK_LOGIN_PASSWORD,
	SK_LOGIN_TWO_FACTORS,
	SK_LOGIN_PASSKEY,
	SK_LOGINS
};
enum sk_right {
	SK_RIGHT_APPROVE,  /* for others of the own department */
	SK_RIGHT_ORIGINAL, /* release an original in the zone where it arrived */
	SK_RIGHT_ADMIN,    /* run the posts; sees no content */
	SK_RIGHT_AUDIT,    /* read records and the ledger */
	SK_RIGHT_OVERSEE,  /* read clauses and registers of all departments */
	SK_RIGHTS
};

/* The words of these, in their order, each ended by NULL. */
extern const char *const sk_carry_words[],
    *const sk_step_words[], *const sk_dimension_words[], *const sk_leak_words[],
							     *const sk_unreadable_words[],
								 *const sk_right_words[],
								     *const sk_login_words[];

/* --- statements; `where` is their text --- */

struct sk_named {
	const char *name;
	const struct sk_entry *where;
};

/* A name in the text that stands for a statement. */
struct sk_ref {
	const struct sk_token *token;
	const void *to; /* NULL only in a policy with errors */
};

struct sk_refs {
	struct sk_ref *v;
	size_t n, cap;
};

struct sk_nets {
	struct sk_net *v;
	const struct sk_token **token;
	size_t n, cap, token_cap;
};

struct sk_types {
	enum sk_filetype *v;
	size_t n, cap;
};

/* From and until, both days included; SK_DAY_NONE: open. */
struct sk_span {
	int32_t from, until;
	const struct sk_entry *where;      /* of `until`, or NULL */
	const struct sk_entry *from_where; /* or NULL */
};

/* The order of one dimension, the strictest first. */
struct sk_scheme {
	struct sk_named named; /* "confidentiality" */
	const char *edition;   /* of the guideline, or "" */
	const struct sk_token **levels;
	size_t nlevels, cap;
};

struct sk_city {
	struct sk_named named;
	const char *code;
	int32_t adopted;
	int32_t *amended;
	size_t namended, cap;
};

/* Up to which class; level: its place in the scheme, 0 the strictest; -1: nothing said. */
struct sk_ceiling {
	int level;
	const struct sk_entry *where;
	const struct sk_token *token;
};

struct sk_zone {
	struct sk_named named;
	const char *title;
	struct sk_nets networks;
	struct sk_ceiling holds[SK_DIMENSIONS];
	const char *uplink; /* or NULL */
	struct sk_nets via;
	enum sk_login login; /* at its portal: at least this */
	bool attested;       /* passkeys are of makers that the post knows */
	int64_t idle,
	    ends; /* seconds that a session lives there; 0: as it does where nothing is said */
	const struct sk_entry *login_where; /* NULL: not said */
	int rank; /* in `protect`: 0 is the most protected; -1 only with errors */
};

struct sk_interface {
	const char *name;
	struct sk_ref zone; /* token NULL: the segment of the crossing */
	struct sk_nets addresses;
	const struct sk_entry *where;
};

struct sk_host {
	struct sk_named named;
	struct sk_interface **v;
	size_t n, cap;
};

struct sk_department {
	struct sk_named named;
	const char *title;
	struct sk_ref in; /* token NULL: it stands at the top */
	struct sk_span span;
};

struct sk_role {
	struct sk_named named;
	const char *title;
	unsigned rights; /* bits of enum sk_right */
};

/*
 * A person as he is for a time. Several statements of one name, whose days do not overlap, are one person: what a reference
 * or sk_policy_find() gives is the first of them by its days, sk_member_on() the one of a day.
 */
struct sk_member {
	struct sk_named named;
	const char *title;
	struct sk_ref department;
	struct sk_refs roles, deputies;
	struct sk_span span;
	const struct sk_member *first, *next; /* of the same person; next: NULL for the last */
};

/* What has to be said of whatever touches the most protected zone (特定通信). */
struct sk_guard {
	struct sk_nets source;
	struct sk_mac mac;
	bool has_mac;
	uint16_t ports[16];
	unsigned nports;
	bool udp;
	const char *reason;
	const char *approved_by;
	int32_t approved_on;
	struct sk_span span;
	const struct sk_entry *source_where, *ports_where, *approved_where;
};

struct sk_steps {
	enum sk_step v[4];
	unsigned n;
	const struct sk_entry *where;
};

struct sk_limits_said {
	uint64_t size;
	unsigned depth, members, pages;
	const struct sk_entry *where;
};

struct sk_approval {
	bool wanted, superior, passkey;
	struct sk_ref role;      /* instead of the superior */
	int64_t deputy_after;    /* seconds; -1: never */
	unsigned persons;        /* how many different ones */
	struct sk_ceiling above; /* only what is stricter than this needs it */
	enum sk_dimension above_of;
	struct sk_ceiling bulk; /* up to this class one word may be for several transfers */
	enum sk_dimension bulk_of;
	const struct sk_entry *where;
};

struct sk_route {
	struct sk_named named;
	struct sk_ref from, to;
	enum sk_carry carry;
	const struct sk_entry *carry_where;
	struct sk_steps clean, attachments;
	enum sk_effect encrypted; /* hold or deny */
	int64_t password_wait;
	const struct sk_entry *encrypted_where, *unreadable_where, *scan_where, *keep_where,
	    *expire_where, *types_where, *department_where, *role_where, *origin_where,
	    *clipboard_where, *files_where, *guard_where, *login_where;
	enum sk_login login; /* at least this */
	enum sk_unreadable unreadable;
	struct sk_limits_said limits;
	bool scan;
	int64_t signatures_age; /* older ones do not count */
	int64_t keep;           /* originals; 0: not at all */
	bool release_passkey;   /* whoever releases an original signs that */
	int64_t expire;
	unsigned downloads;
	struct sk_ceiling classes[SK_DIMENSIONS];
	enum sk_effect leaks[SK_LEAKS];
	const struct sk_entry *leaks_where[SK_LEAKS];
	struct sk_approval approve;
	bool clipboard_in, clipboard_out;
	struct sk_ref files; /* of a screen: the route that carries files */
	struct sk_refs departments, roles, origins;
	struct sk_types types; /* none said: all that can be cleaned */
	struct sk_guard guard;
	struct sk_refs clauses;
};

/* Whatever matches all that is said is denied, whatever the routes say. */
struct sk_denial {
	struct sk_named named;
	struct sk_ref from, to;
	int carry; /* enum sk_carry, or -1: all */
	const struct sk_entry *where[3];
	struct sk_refs departments, roles, clauses;
	struct sk_types types;
	struct sk_span span;
};

/* A permitted connection that carries no transfer (特定通信). */
struct sk_flow {
	struct sk_named named;
	struct sk_ref from, to; /* to.token NULL: a host outside the zones */
	const char *host;
	struct sk_nets destination;
	struct sk_guard guard;
	struct sk_refs clauses;
};

struct sk_clause {
	struct sk_named named;
	const char *title;
};

struct sk_control {
	struct sk_named named;
	struct sk_refs clauses;
	const char *check;
	const char **args;
	size_t nargs, cap;
	int64_t every;
};

struct sk_crossing {
	struct sk_named named;
	struct sk_ref between[2];
	uint16_t port;
	int64_t witness_wait; /* how long the other post may be out of reach */
};

/* A list of one kind of statement, in the order of the text. */
struct sk_list {
	void **v;
	size_t n, cap;
};

enum sk_kind {
	SK_KIND_ZONE,
	SK_KIND_HOST,
	SK_KIND_SCHEME,
	SK_KIND_DEPARTMENT,
	SK_KIND_ROLE,
	SK_KIND_MEMBER,
	SK_KIND_ROUTE,
	SK_KIND_DENIAL,
	SK_KIND_FLOW,
	SK_KIND_CLAUSE,
	SK_KIND_CONTROL,
	SK_KIND_CROSSING,
	SK_KINDS
};

struct sk_policy {
	struct sk_arena *arena;
	struct sk_source **sources; /* the first is the policy, the others were included */
	size_t nsources, sources_cap;
	struct sk_city *city;
	struct sk_list list
	    [SK_KINDS]; /* of the struct that belongs to the kind; each begins with struct sk_named */
	struct sk_index *index[SK_KINDS];
	struct sk_refs protect; /* zones, the most protected first */
	const struct sk_entry *protect_where;
	uint8_t hash
	    [32]; /* SHA-256 over the canonical text of all files; the name of this very policy */
};

/* The named statement of a kind, or NULL. */
void *sk_policy_find(const struct sk_policy *p, enum sk_kind kind, const char *name);
/* Its word in the language: "zone". */
const char *sk_kind_word(enum sk_kind kind);

/* --- reading --- */

/*
 * The text of an included file, which must live as long as the arena. `name` is relative to the policy's folder and
 * names no folder above. 0, or a negative status with *why in English (a message id).
 */
typedef int sk_policy_include(
    void *user, const char *name, struct sk_slice *text, const char **why);

/*
 * Read a policy and what it includes, and check it as of `today` (warnings of what has expired). Everything that is
 * wrong goes to d. 0 when there are no errors (warnings may be); SK_EFORMAT; SK_ENOMEM. *policy is set in the first
 * case only.
 */
int sk_policy_load(struct sk_arena *arena, struct sk_diags *d, const char *name,
    struct sk_slice text, sk_policy_include *include, void *user, int32_t today,
    const struct sk_policy **policy);

/* --- asking --- */

/* Whether a route that carries more than a screen leads directly from one zone to the other. */
bool sk_policy_leads(
    const struct sk_policy *p, const struct sk_zone *from, const struct sk_zone *to);
bool sk_span_holds(const struct sk_span *span, int32_t day);
/* The place of a class in its scheme, -1 when there is none. */
int sk_policy_level(const struct sk_policy *p, enum sk_dimension d, const char *level);

#endif
