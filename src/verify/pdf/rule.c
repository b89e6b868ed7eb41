/*
 * Rules for values and dictionaries: a table row for each key that a dictionary may have, and the checks that
 * the rows name. A key without a row is a fault. Verifier's jail.
 */
#include "verify/pdf/pdf.h"

#include <stdarg.h>
#include <stdio.h>

enum {
	MAX_STRING = 65535,
	MAX_KEYS =
	    64, /* no table of rules has more rows, so a larger dictionary fails sk_pv_dict() */
};

int sk_pv_fail(struct sk_pv *p, const char *fmt, ...)
{
	char what[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return sk_fail(p->c, sk_pv_offset(p), "object %u: %s", p->cur, what);
}

static struct sk_slice text_of(const struct sk_pv_val *v)
{
	return sk_slice(v->text, v->n);
}

const struct sk_pv_val *sk_pv_get(const struct sk_pv_val *dict, const char *key)
{
	size_t n = strlen(key);

	if (dict == NULL || dict->kind != SK_PV_VDICT || dict->n > MAX_KEYS)
		return NULL;
	for (uint32_t i = 0; i < dict->n; i++)
		if (dict->kids[2 * i].n == n && memcmp(dict->kids[2 * i].text, key, n) == 0)
			return &dict->kids[2 * i + 1];
	return NULL;
}

bool sk_pv_is(const struct sk_pv_val *v, const char *name)
{
	return v && v->kind == SK_PV_VNAME && sk_slice_is(text_of(v), name);
}

bool sk_pv_number(const struct sk_pv_val *v)
{
	return v->kind == SK_PV_VINT || v->kind == SK_PV_VREAL;
}

double sk_pv_num(const struct sk_pv_val *v)
{
	return v->kind == SK_PV_VINT ? (double)v->i : v->r;
}

const struct sk_pv_val *sk_pv_resolve(const struct sk_pv *p, const struct sk_pv_val *v)
{
	return v->kind == SK_PV_VREF ? p->objs[v->i].val : v;
}

struct sk_slice sk_pv_data(const struct sk_pv *p, uint32_t num)
{
	const struct sk_pv_obj *o = &p->objs[num];

	return o->data ? sk_slice(o->data, (size_t)sk_pv_get(o->val, "Length")->i)
		       : sk_slice(NULL, 0);
}

static int wrong(struct sk_pv *p, const struct sk_pv_rule *r, const char *what)
{
	return sk_pv_fail(p, "key %s: %s", r->key ? r->key : "?", what);
}

bool sk_pv_in_list(struct sk_slice name, const char *list)
{
	while (*list) {
		size_t n = strcspn(list, " ");
		if (n == name.n && memcmp(list, name.p, n) == 0)
			return true;
		list += n + (list[n] == ' ');
	}
	return false;
}

SK_PV_CHECK(sk_pv_is_listed)
{
	if (v->kind == SK_PV_VNAME && sk_pv_in_list(text_of(v), r->names))
		return 0;
	return wrong(p, r, "not one of the names allowed");
}

SK_PV_CHECK(sk_pv_is_name)
{
	return v->kind == SK_PV_VNAME ? 0 : wrong(p, r, "not a name");
}

SK_PV_CHECK(sk_pv_is_string)
{
	if (v->kind != SK_PV_VSTRING)
		return wrong(p, r, "not a string");
	if (v->n > MAX_STRING && sk_pv_unescape(SK_PV_STRING, text_of(v), NULL, 0) > MAX_STRING)
		return wrong(p, r, "string is too long");
	return 0;
}

SK_PV_CHECK(sk_pv_is_bool)
{
	return v->kind == SK_PV_VBOOL ? 0 : wrong(p, r, "not a boolean");
}

SK_PV_CHECK(sk_pv_is_true)
{
	return v->kind == SK_PV_VBOOL && v->i ? 0 : wrong(p, r, "not true");
}

SK_PV_CHECK(sk_pv_is_int)
{
	if (v->kind != SK_PV_VINT || (double)v->i < r->lo || (double)v->i > r->hi)
		return wrong(p, r, "not an integer in its range");
	return 0;
}

SK_PV_CHECK(sk_pv_is_num)
{
	if (!sk_pv_number(v) || sk_pv_num(v) < r->lo || sk_pv_num(v) > r->hi)
		return wrong(p, r, "not a number in its range");
	return 0;
}

SK_PV_CHECK(sk_pv_is_nums)
{
	if (v->kind != SK_PV_VARRAY || v->n < r->lo || v->n > r->hi)
		return wrong(p, r, "not an array of the right length");
	for (uint32_t i = 0; i < v->n; i++)
		if (!sk_pv_number(&v->kids[i]))
			return wrong(p, r, "not only numbers");
	return 0;
}

SK_PV_CHECK(sk_pv_is_rect)
{
	static const struct sk_pv_rule four = {K("rectangle"), NUMS(4, 4)};
	int rc = sk_pv_is_nums(p, v, &four);

	if (rc)
		return rc;
	if (sk_pv_num(&v->kids[0]) > sk_pv_num(&v->kids[2]) ||
	    sk_pv_num(&v->kids[1]) > sk_pv_num(&v->kids[3]))
		return wrong(p, r, "rectangle is not in order");
	return 0;
}

SK_PV_CHECK(sk_pv_is_ref)
{
	return v->kind == SK_PV_VREF ? sk_pv_want(p, v, r->type) : wrong(p, r, "not a reference");
}

SK_PV_CHECK(sk_pv_is_call)
{
	return r->call(p, v);
}

static const struct sk_pv_rule *find_rule(
    const struct sk_pv_rule *rules, const struct sk_pv_val *key)
{
	for (; rules->key; rules++)
		if (rules->key[0] == (char)key->text[0] && strlen(rules->key) == key->n &&
		    memcmp(rules->key, key->text, key->n) == 0)
			return rules;
	return NULL;
}

int sk_pv_dict(
    struct sk_pv *p, const struct sk_pv_val *v, const struct sk_pv_rule *rules, const char *what)
{
	uint64_t met = 0;
	int rc = 0;

	if (v->kind != SK_PV_VDICT)
		return sk_pv_fail(p, "%s is not a dictionary", what);
	for (uint32_t i = 0; rc == 0 && i < v->n; i++) {
		const struct sk_pv_val *key = &v->kids[2 * i];
		const struct sk_pv_rule *r = find_rule(rules, key);
		if (r == NULL)
			return sk_pv_fail(p, "%s has key %.*s", what,
			    (int)(key->n < 64 ? key->n : 64), (const char *)key->text);
		met |= UINT64_C(1) << (r - rules);
		rc = r->check(p, key + 1, r);
	}
	for (const struct sk_pv_rule *r = rules; rc == 0 && r->key; r++)
		if (r->must && !(met & UINT64_C(1) << (r - rules)))
			return sk_pv_fail(p, "%s lacks key %s", what, r->key);
	return rc;
}

int sk_pv_claim(struct sk_pv *p, uint32_t num, enum sk_pv_type type, bool *fresh)
{
	struct sk_pv_obj *o = &p->objs[num];

	if (fresh)
		*fresh = o->type == SK_PV_UNSEEN;
	if (o->type != SK_PV_UNSEEN && o->type != type)
		return sk_pv_fail(p, "object %u is used as two different things", num);
	o->type = (uint8_t)type;
	return 0;
}

int sk_pv_want(struct sk_pv *p, const struct sk_pv_val *v, enum sk_pv_type type)
{
	bool fresh;

	if (v->kind != SK_PV_VREF)
		return sk_pv_fail(p, "a reference is missing");
	int rc = sk_pv_claim(p, (uint32_t)v->i, type, &fresh);
	if (rc || !fresh)
		return rc;
	uint32_t *todo =
	    sk_arena_grow(p->c->arena, p->todo, &p->captodo, p->ntodo + 1, sizeof(*todo));
	if (todo == NULL)
		return SK_ENOMEM;
	p->todo = todo;
	todo[p->ntodo++] = (uint32_t)v->i;
	return 0;
}
