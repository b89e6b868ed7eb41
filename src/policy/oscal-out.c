/* A policy as OSCAL: oscal.h. Any process that exchanges policies. */
#include <jansson.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/hex.h"
#include "policy/oscal.h"
#include "policy/statements.h"

#define VERSION "1.1.2"
#define MOST (SK_POLICY_BYTES * 8)

/* The order of statements in what is imported; those before `clause` are resources of the profile. */
static const char *const order[] = {"city", "classes", "zone", "protect", "host", "crossing",
    "role", "department", "member", "clause", "control", "route", "deny", "flow", NULL};

int sk_oscal_rank(const char *word)
{
	for (int i = 0; order[i]; i++)
		if (strcmp(order[i], word) == 0)
			return i;
	return -1;
}

/* The namespace of ours: version 5 of "urn:sekisho:policy:1" in the one for URLs (RFC 4122, appendix C). */
static const uint8_t namespace[16] = {
    0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};

static void version5(const uint8_t space[16], struct sk_slice name, uint8_t uuid[SHA1_DIGEST_SIZE])
{
	struct sha1_ctx sha;

	sha1_init(&sha);
	sha1_update(&sha, 16, space);
	sha1_update(&sha, name.n, name.p);
	sha1_digest(&sha, SHA1_DIGEST_SIZE, uuid);
	uuid[6] = (uint8_t)((uuid[6] & 0x0F) | 0x50);
	uuid[8] = (uint8_t)((uuid[8] & 0x3F) | 0x80);
}

void sk_oscal_uuid(struct sk_slice of, char uuid[SK_UUID_TEXT])
{
	uint8_t ours[SHA1_DIGEST_SIZE], u[SHA1_DIGEST_SIZE];
	size_t at = 0;

	version5(namespace, SK_SLICE_LIT(SK_OSCAL_NS), ours);
	version5(ours, of, u);
	for (unsigned i = 0; i < 16; i++)
		at += (size_t)snprintf(uuid + at, SK_UUID_TEXT - at, "%s%02x",
		    i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", u[i]);
}

/* --- pieces --- */

static json_t *text_of(const struct sk_buf *b)
{
	return json_stringn(b->p ? (const char *)b->p : "", b->len);
}

/* A name as a token of OSCAL: letters, digits, '.' and '-', the rest as its number. */
static void put_token(struct sk_buf *out, const char *name)
{
	for (; *name; name++) {
		uint8_t c = (uint8_t)*name;
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || c == '.' || c == '-';
		if (plain)
			sk_buf_putc(out, c);
		else
			sk_buf_printf(out, "_%02x", c);
	}
}

static json_t *token(const char *kind, const char *name)
{
	struct sk_buf b = SK_BUF(SK_POLICY_TOKEN_BYTES * 4);

	sk_buf_puts(&b, kind);
	sk_buf_putc(&b, '-');
	put_token(&b, name);
	json_t *j = text_of(&b);
	sk_buf_free(&b);
	return j;
}

static json_t *prop(const char *name, const char *value)
{
	return json_pack("{s:s, s:s, s:s}", "name", name, "ns", SK_OSCAL_NS, "value", value);
}

static size_t longest_fence(struct sk_slice text)
{
	size_t most = 0, run = 0;

	for (size_t i = 0; i < text.n; i++) {
		run = text.p[i] == '`' ? run + 1 : 0;
		most = run > most ? run : most;
	}
	return most;
}

/* The text of a statement in a fence that is longer than any in it. */
static json_t *fenced(const struct sk_entry *e)
{
	struct sk_buf text = SK_BUF(MOST), out = SK_BUF(MOST);

	sk_entry_format(e, &text);
	size_t n = longest_fence(sk_buf_slice(&text));
	n = n < 3 ? 3 : n + 1;
	sk_buf_fill(&out, '`', n);
	sk_buf_putc(&out, '\n');
	sk_buf_put_slice(&out, sk_buf_slice(&text));
	sk_buf_fill(&out, '`', n);
	json_t *j = text.err || out.err ? NULL : text_of(&out);
	sk_buf_free(&text);
	sk_buf_free(&out);
	return j;
}

/* A statement as a part of a control. */
static json_t *part(const char *kind, const char *as, const struct sk_named *s)
{
	json_t *o = json_object();

	json_object_set_new(o, "id", token(kind, s->name));
	json_object_set_new(o, "name", json_string(as));
	json_object_set_new(o, "ns", json_string(SK_OSCAL_NS));
	json_object_set_new(o, "props", json_pack("[o]", prop("statement", kind)));
	json_object_set_new(o, "prose", fenced(s->where));
	return o;
}

/* That it is the same statement that stands in full elsewhere. */
static json_t *link_to(const char *kind, const struct sk_named *s)
{
	struct sk_buf b = SK_BUF(SK_POLICY_TOKEN_BYTES * 4);

	sk_buf_printf(&b, "#%s-", kind);
	put_token(&b, s->name);
	json_t *j = json_pack("{s:o, s:s}", "href", text_of(&b), "rel", "related");
	sk_buf_free(&b);
	return j;
}

/* In the order of their targets: that of statements means nothing, and an import has another. */
static void add_link(json_t *links, json_t *link)
{
	const char *href = json_string_value(json_object_get(link, "href"));
	size_t at = 0;

	while (href && at < json_array_size(links)) {
		const json_t *there = json_object_get(json_array_get(links, at), "href");
		if (strcmp(json_string_value(there), href) > 0)
			break;
		at++;
	}
	json_array_insert_new(links, at, link);
}

static bool names(const struct sk_refs *clauses, const struct sk_clause *clause)
{
	for (size_t i = 0; i < clauses->n; i++)
		if (clauses->v[i].to == clause)
			return true;
	return false;
}

/* Under the first of its clauses a statement stands in full, under the others as a link. */
static void add_statement(json_t *parts, json_t *links, const char *kind, const char *as,
    const struct sk_named *s, const struct sk_refs *clauses, const struct sk_clause *clause)
{
	if (clauses->n && clauses->v[0].to == clause)
		json_array_append_new(parts, part(kind, as, s));
	else if (names(clauses, clause))
		add_link(links, link_to(kind, s));
}

static void set_list(json_t *o, const char *name, json_t *list)
{
	if (json_array_size(list))
		json_object_set(o, name, list);
	json_decref(list);
}

/* --- documents --- */

/* When the policy was last amended, since an export has no clock. */
static json_t *metadata(const struct sk_policy *p, const char *title)
{
	const struct sk_city *city = p->city;
	int year, month, day;
	char when[60];

	sk_day_date(city->namended ? city->amended[city->namended - 1] : city->adopted, &year,
	    &month, &day);
	snprintf(when, sizeof(when), "%04d-%02d-%02dT00:00:00+09:00", year, month, day);
	json_t *o = json_object();
	json_object_set_new(o, "title", json_sprintf("%s: %s", city->named.name, title));
	json_object_set_new(o, "last-modified", json_string(when));
	json_object_set_new(o, "version", json_string(""));
	json_object_set_new(o, "oscal-version", json_string(VERSION));
	return o;
}

/* Its content is its version; content and version are what its UUID stands for. */
static int seal(json_t *doc)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	char hex[2 * SHA256_DIGEST_SIZE + 1], uuid[SK_UUID_TEXT];
	struct sha256_ctx sha;
	char *content = json_dumps(doc, JSON_COMPACT);

	if (content == NULL)
		return SK_ENOMEM;
	sha256_init(&sha);
	sha256_update(&sha, strlen(content), (const uint8_t *)content);
	sha256_digest(&sha, sizeof(digest), digest);
	sk_hex_text(hex, digest, sizeof(digest));
	json_object_set_new(json_object_get(doc, "metadata"), "version", json_string(hex));
	sk_oscal_uuid(sk_slice_str(hex), uuid);
	json_object_set_new(doc, "uuid", json_string(uuid));
	free(content);
	return 0;
}

static int append(const char *bytes, size_t n, void *out)
{
	return sk_buf_put(out, bytes, n);
}

static int put_document(const char *root, json_t *doc, struct sk_buf *out)
{
	json_t *o = json_pack("{s:o}", root, doc);
	int rc = o == NULL || json_dump_callback(o, append, out, JSON_INDENT(2));

	sk_buf_putc(out, '\n');
	json_decref(o);
	return out->err ? out->err : rc ? SK_ENOMEM : 0;
}

/* --- the catalog --- */

static json_t *control_of(const struct sk_policy *p, const struct sk_clause *clause)
{
	const struct sk_list *controls = &p->list[SK_KIND_CONTROL];
	json_t *o = json_object(), *parts = json_array(), *links = json_array();

	json_object_set_new(o, "id", token("clause", clause->named.name));
	json_object_set_new(o, "title", json_string(clause->title));
	json_object_set_new(
	    o, "props", json_pack("[{s:s, s:s}]", "name", "label", "value", clause->named.name));
	for (size_t i = 0; i < controls->n; i++) {
		const struct sk_control *c = controls->v[i];
		add_statement(
		    parts, links, "control", "assessment-method", &c->named, &c->clauses, clause);
	}
	set_list(o, "links", links);
	set_list(o, "parts", parts);
	return o;
}

static json_t *catalog_of(const struct sk_policy *p)
{
	const struct sk_list *clauses = &p->list[SK_KIND_CLAUSE];
	json_t *doc = json_object(), *controls = json_array();

	json_object_set_new(doc, "uuid", json_string(""));
	json_object_set_new(doc, "metadata", metadata(p, "clauses"));
	for (size_t i = 0; i < clauses->n; i++)
		json_array_append_new(controls, control_of(p, clauses->v[i]));
	set_list(doc, "controls", controls);
	if (seal(doc) == 0)
		return doc;
	json_decref(doc);
	return NULL;
}

int sk_oscal_catalog(const struct sk_policy *p, struct sk_buf *out)
{
	json_t *doc = catalog_of(p);

	return doc ? put_document("catalog", doc, out) : SK_ENOMEM;
}

/* --- the profile --- */

static json_t *alter_of(const struct sk_policy *p, const struct sk_clause *clause)
{
	json_t *add = json_object(), *parts = json_array(), *links = json_array();
	const struct sk_list *l = p->list;

	for (size_t i = 0; i < l[SK_KIND_ROUTE].n; i++) {
		const struct sk_route *r = l[SK_KIND_ROUTE].v[i];
		add_statement(parts, links, "route", "route", &r->named, &r->clauses, clause);
	}
	for (size_t i = 0; i < l[SK_KIND_DENIAL].n; i++) {
		const struct sk_denial *d = l[SK_KIND_DENIAL].v[i];
		add_statement(parts, links, "deny", "deny", &d->named, &d->clauses, clause);
	}
	for (size_t i = 0; i < l[SK_KIND_FLOW].n; i++) {
		const struct sk_flow *f = l[SK_KIND_FLOW].v[i];
		add_statement(parts, links, "flow", "flow", &f->named, &f->clauses, clause);
	}
	json_object_set_new(add, "position", json_string("ending"));
	set_list(add, "links", links);
	set_list(add, "parts", parts);
	return add;
}

static void add_alters(const struct sk_policy *p, json_t *ids, json_t *alters)
{
	const struct sk_list *clauses = &p->list[SK_KIND_CLAUSE];

	for (size_t i = 0; i < clauses->n; i++) {
		const struct sk_clause *clause = clauses->v[i];
		json_t *add = alter_of(p, clause);
		if (json_object_size(add) == 1) { /* nothing stands on it */
			json_decref(add);
			continue;
		}
		json_array_append_new(ids, token("clause", clause->named.name));
		json_array_append_new(
		    alters, json_pack("{s:o, s:[o]}", "control-id",
				token("clause", clause->named.name), "adds", add));
	}
}

static json_t *resource_of(const struct sk_entry *e)
{
	char key[SK_STATEMENT_KEY], uuid[SK_UUID_TEXT];
	json_t *o = json_object();

	sk_statement_key(e, key);
	sk_oscal_uuid(sk_slice_str(key), uuid);
	json_object_set_new(o, "uuid", json_string(uuid));
	json_object_set_new(o, "title", json_string(key));
	json_object_set_new(o, "description", fenced(e));
	json_object_set_new(o, "props", json_pack("[o]", prop("statement", e->tokens[0].value)));
	return o;
}

/* The catalog that it was made with. */
static json_t *catalog_resource(const char *uuid)
{
	char own[SK_UUID_TEXT];

	sk_oscal_uuid(SK_SLICE_LIT("catalog"), own);
	return json_pack("{s:s, s:s, s:[o], s:[{s:s, s:s}]}", "uuid", own, "title", "catalog",
	    "props", prop("catalog-uuid", uuid), "rlinks", "href", "catalog.json", "media-type",
	    "application/oscal.catalog+json");
}

static int add_resources(const struct sk_policy *p, json_t *list)
{
	struct sk_arena *arena = sk_arena_new((size_t)1 << 30);
	struct sk_statements all = {.n = 0};
	int rc = arena ? sk_policy_statements(arena, p, &all) : SK_ENOMEM;

	for (int rank = 0; rank < sk_oscal_rank("clause"); rank++)
		for (size_t i = 0; i < all.n && rc == 0; i++)
			if (sk_oscal_rank(all.v[i]->tokens[0].value) == rank)
				json_array_append_new(list, resource_of(all.v[i]));
	sk_arena_free(arena);
	return rc;
}

static json_t *import_of(json_t *ids)
{
	char own[SK_UUID_TEXT];

	sk_oscal_uuid(SK_SLICE_LIT("catalog"), own);
	json_t *o = json_pack("{s:o}", "href", json_sprintf("#%s", own));
	if (json_array_size(ids))
		json_object_set_new(o, "include-controls", json_pack("[{s:O}]", "with-ids", ids));
	json_decref(ids);
	return o;
}

static json_t *profile_of(const struct sk_policy *p, const char *catalog)
{
	json_t *doc = json_object(), *ids = json_array(), *alters = json_array();
	json_t *resources = json_pack("[o]", catalog_resource(catalog));

	add_alters(p, ids, alters);
	json_object_set_new(doc, "uuid", json_string(""));
	json_object_set_new(doc, "metadata", metadata(p, "policy"));
	json_object_set_new(doc, "imports", json_pack("[o]", import_of(ids)));
	json_object_set_new(doc, "merge", json_pack("{s:b}", "as-is", 1));
	if (json_array_size(alters))
		json_object_set_new(doc, "modify", json_pack("{s:O}", "alters", alters));
	json_decref(alters);
	int rc = add_resources(p, resources);
	json_object_set_new(doc, "back-matter", json_pack("{s:o}", "resources", resources));
	if (rc == 0 && seal(doc) == 0)
		return doc;
	json_decref(doc);
	return NULL;
}

int sk_oscal_profile(const struct sk_policy *p, struct sk_buf *out)
{
	json_t *catalog = catalog_of(p);
	const char *uuid = json_string_value(json_object_get(catalog, "uuid"));
	json_t *doc = uuid ? profile_of(p, uuid) : NULL;

	json_decref(catalog);
	return doc ? put_document("profile", doc, out) : SK_ENOMEM;
}
