/* Names and namespaces of a part: prefixes in scope, and names looked up once. Cleaner's jail. */
#include "format/ooxml/flt.h"

static uint32_t hash(const char *s)
{
	uint32_t h = 2166136261U;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619U;
	return h ^ h >> 15;
}

/* Slot of a prefix; 0 is the empty one. OX_PREFIXES - 1 stands for all that are too many. */
uint16_t ox_prefix_slot(struct ox_flt *f, const char *s, size_t n)
{
	for (size_t i = 0; i < f->nprefixes; i++)
		if (strncmp(f->prefixes[i].text, s, n) == 0 && f->prefixes[i].text[n] == '\0')
			return (uint16_t)i;
	if (f->nprefixes == OX_PREFIXES - 1)
		return OX_PREFIXES - 1;
	const char *copy = sk_arena_str(f->arena, sk_slice(s, n));
	if (copy == NULL)
		return OX_PREFIXES - 1;
	bool is_xml = n == 3 && memcmp(s, "xml", 3) == 0;
	f->prefixes[f->nprefixes] = (struct ox_prefix){copy, is_xml   ? NS_xml
							     : n == 0 ? NS_none
								      : NS_UNKNOWN};
	return (uint16_t)f->nprefixes++;
}

uint8_t ox_prefix_ns(struct ox_flt *f, const char *prefix, size_t n)
{
	return f->prefixes[ox_prefix_slot(f, prefix, n)].ns;
}

void ox_bind(struct ox_flt *f, const char *prefix, const char *uri)
{
	uint16_t slot = ox_prefix_slot(f, prefix, strlen(prefix));
	struct ox_binding *v =
	    sk_arena_grow(f->arena, f->bindings, &f->bindings_cap, f->nbindings + 1, sizeof(*v));

	if (v == NULL || slot == OX_PREFIXES - 1) {
		if (v == NULL)
			ox_stop(f, SK_ENOMEM);
		return;
	}
	f->bindings = v;
	v[f->nbindings++] = (struct ox_binding){slot, f->prefixes[slot].ns};
	f->prefixes[slot].ns = ox_ns(uri);
}

void ox_unbind(struct ox_flt *f, uint32_t height)
{
	while (f->nbindings > height) {
		const struct ox_binding *b = &f->bindings[--f->nbindings];
		f->prefixes[b->prefix].ns = b->old;
	}
}

/* The name of an element or attribute as it stands in the input; *ns tells what an unknown one is.
 */
uint16_t ox_intern(struct ox_flt *f, const char *q, bool attribute, uint8_t *ns)
{
	struct ox_cached *cache = attribute ? f->attributes_seen : f->elements_seen;
	struct ox_cached *e = &cache[hash(q) % OX_CACHE];

	if (e->text[0] && strcmp(e->text, q) == 0 && f->prefixes[e->prefix].ns == e->ns) {
		*ns = attribute && e->prefix == 0 ? NS_none : e->ns;
		return e->name;
	}
	const char *colon = strchr(q, ':');
	uint16_t slot = ox_prefix_slot(f, q, colon ? (size_t)(colon - q) : 0);
	*ns = attribute && colon == NULL ? NS_none : f->prefixes[slot].ns;
	uint16_t name = ox_name(*ns, colon ? colon + 1 : q);
	size_t n = strlen(q);
	if (n < sizeof(e->text)) {
		memcpy(e->text, q, n + 1);
		e->name = name;
		e->prefix = slot;
		e->ns = f->prefixes[slot].ns;
	}
	return name;
}
