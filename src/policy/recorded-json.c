/* Requests as JSON: recorded.h. Any process that records requests or reads them back. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "policy/recorded.h"

static int wrong(struct sk_fault *fault, const char *why)
{
	fault->why = why;
	return SK_EFORMAT;
}

static bool is_list(const struct sk_field *f)
{
	return f->kind == SK_FIELD_TYPES || f->kind == SK_FIELD_OBJECTS;
}

/* A single value as the text that stands for it. */
static int set_value(struct sk_arena *arena, const struct sk_field *f, void *target,
    const json_t *value, struct sk_fault *fault)
{
	char number[32];

	if (json_is_null(value))
		return 0;
	if (json_is_integer(value)) {
		snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(value));
		return sk_field_set(arena, f, target, number, fault);
	}
	if (json_is_boolean(value))
		return sk_field_set(arena, f, target, json_is_true(value) ? "yes" : "no", fault);
	if (!json_is_string(value) || strlen(json_string_value(value)) != json_string_length(value))
		return wrong(fault, N_("It is neither a text nor a whole number."));
	return sk_field_set(arena, f, target, json_string_value(value), fault);
}

static int set_fields(struct sk_arena *arena, const struct sk_field *fields, void *target,
    json_t *object, struct sk_fault *fault);

static int set_object(struct sk_arena *arena, const struct sk_objects *o, void *target,
    json_t *object, struct sk_fault *fault)
{
	void *to = json_is_object(object) ? sk_objects_next(o, target) : NULL;
	int rc = to ? set_fields(arena, o->fields, to, object, fault)
		    : wrong(fault, N_("There are too many of them, or one is no object."));

	*sk_objects_count(o, target) += rc == 0;
	return rc;
}

static int set_list(struct sk_arena *arena, const struct sk_field *f, struct sk_recorded *r,
    const json_t *value, struct sk_fault *fault)
{
	json_t *one;
	size_t i;
	int rc = 0;

	if (!json_is_array(value))
		return json_is_null(value) ? 0 : wrong(fault, N_("It is not a list."));
	json_array_foreach(value, i, one)
	{
		rc = f->objects ? set_object(arena, f->objects, r, one, fault)
				: set_value(arena, f, r, one, fault);
		if (rc)
			return rc;
	}
	return rc;
}

static int set_fields(struct sk_arena *arena, const struct sk_field *fields, void *target,
    json_t *object, struct sk_fault *fault)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		const struct sk_field *f = strchr(key, '-') ? NULL : sk_field_find(fields, key);
		sk_utf8_display(fault->field, sizeof(fault->field), sk_slice_str(key));
		if (f == NULL)
			return wrong(fault,
			    N_("A request has no such field; the manual page sekisho-policy(5) lists them."));
		int rc = is_list(f) ? set_list(arena, f, target, value, fault)
				    : set_value(arena, f, target, value, fault);
		if (rc)
			return rc;
	}
	return 0;
}

int sk_recorded_read(struct sk_arena *arena, struct sk_slice json, struct sk_recorded *r,
    size_t *used, struct sk_fault *fault)
{
	struct sk_slice s = sk_slice_sub(json, 0, SK_RECORDED_BYTES);
	struct sk_recorded read;
	json_error_t error;
	json_t *object = json_loadb(
	    (const char *)s.p, s.n, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &error);

	fault->field[0] = 0;
	if (object == NULL)
		return wrong(fault, N_("It is not a JSON object."));
	sk_recorded_init(&read);
	int rc = json_is_object(object)
		     ? set_fields(arena, sk_recorded_fields, &read, object, fault)
		     : wrong(fault, N_("It is not a JSON object."));
	json_decref(object);
	if (rc == 0) {
		sk_recorded_settle(&read);
		*r = read;
		*used = (size_t)error.position;
	}
	return rc;
}

/* --- writing --- */

static bool is_number(enum sk_field_kind kind)
{
	return kind == SK_FIELD_NUMBER || kind == SK_FIELD_SIZE || kind == SK_FIELD_DURATION;
}

static json_t *value_of(const struct sk_field *f, const void *target)
{
	char text[SK_RECORDED_TEXT + 1];
	const int64_t *number = (const int64_t *)((const char *)target + f->offset);

	if (!sk_field_text(f, target, text, sizeof(text)))
		return NULL;
	return is_number(f->kind) ? json_integer(*number) : json_string(text);
}

static json_t *object_of(const struct sk_field *fields, const void *target);

static json_t *types_of(const struct sk_query *q)
{
	json_t *list = json_array();

	for (size_t i = 0; i < q->ncontains; i++)
		json_array_append_new(list, json_string(sk_filetype_name(q->contains[i])));
	return list;
}

static json_t *objects_of(const struct sk_objects *o, const void *target)
{
	const size_t *n = (const void *)((const char *)target + o->count);
	json_t *list = json_array();

	for (size_t i = 0; i < *n; i++)
		json_array_append_new(
		    list, object_of(o->fields, (const char *)target + o->offset + i * o->size));
	return list;
}

static json_t *list_of(const struct sk_field *f, const struct sk_recorded *r)
{
	return f->objects ? objects_of(f->objects, r) : types_of(&r->request);
}

static json_t *object_of(const struct sk_field *fields, const void *target)
{
	json_t *object = json_object();

	for (const struct sk_field *f = fields; f->name; f++) {
		bool list = is_list(f);
		json_t *value = list ? list_of(f, target) : value_of(f, target);
		if (value && (!list || json_array_size(value)))
			json_object_set_new(object, f->name, value);
		else
			json_decref(value);
	}
	return object;
}

static int append(const char *bytes, size_t n, void *out)
{
	return sk_buf_put(out, bytes, n);
}

int sk_recorded_write(const struct sk_recorded *r, struct sk_buf *out)
{
	struct sk_recorded settled = *r;

	settled.protocol = (int)r->request.udp;
	json_t *object = object_of(sk_recorded_fields, &settled);
	int rc = json_dump_callback(object, append, out, JSON_COMPACT);
	json_decref(object);
	return out->err ? out->err : rc ? SK_ENOMEM : 0;
}
