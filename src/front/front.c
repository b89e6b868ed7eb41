/* Asks and refusals as JSON, by the table of asks.def: front.h. Command, sekisho-control, gate. */
#include "front/front.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/utf8.h"

#define N_(text) text

enum kind { ID, HASH, HEX, TEXT, LINES, NUMBER, FLAG };

static const struct member {
	const char *name;
	enum kind kind;
	int64_t most;
	size_t offset;
} members[] = {
#define SK_MEMBER(name, kind, most) {#name, kind, most, offsetof(struct sk_front_ask, name)},
#include "front/asks.def"
#undef SK_MEMBER
};

#define MEMBERS (sizeof(members) / sizeof(*members))

enum bit {
#define SK_MEMBER(name, kind, most) BIT_##name,
#include "front/asks.def"
#undef SK_MEMBER
	BITS
};

_Static_assert(BITS <= 64, "the members of an ask are bits of one number");

#define M(name) (UINT64_C(1) << BIT_##name)

static const struct ask {
	const char *word;
	enum sk_front_file file;
	uint64_t needs, may;
} asks[] = {
#define SK_ASK(name, word, file, needs, may) {word, SK_FRONT_##file, needs, may},
#include "front/asks.def"
#undef SK_ASK
};

static const struct {
	const char *word, *text;
	unsigned status;
} whys[] = {
    {"", "", 200},
#define SK_WHY(name, word, status, text) {word, text, status},
#include "front/why.def"
};

/* --- values --- */

static int wrong(struct sk_front_fault *f, enum sk_front_why why, const char *field)
{
	f->why = why;
	sk_utf8_display(f->field, sizeof(f->field), sk_slice_str(field));
	return SK_EFORMAT;
}

static bool is_hex(const char *s)
{
	return strspn(s, "0123456789abcdef") == strlen(s) && strlen(s) % 2 == 0;
}

/* No control characters, but ends of lines where there may be several. */
static bool is_text(const char *s, bool lines)
{
	for (; *s; s++)
		if (((unsigned char)*s < 0x20 && !(lines && (*s == '\n' || *s == '\t'))) ||
		    *s == 0x7F)
			return false;
	return true;
}

static bool fits(const struct member *m, const char *s)
{
	size_t n = strlen(s);

	if (n == 0 || n > (size_t)m->most || !sk_utf8_valid(sk_slice_str(s)))
		return false;
	if (m->kind == TEXT || m->kind == LINES)
		return is_text(s, m->kind == LINES);
	return is_hex(s) && (m->kind == HEX || n == (size_t)m->most);
}

/* The name of a file names no folder. */
static bool is_name(const char *s)
{
	return strchr(s, '/') == NULL && strcmp(s, ".") != 0 && strcmp(s, "..") != 0;
}

static int check_text(const struct member *m, const char *s, struct sk_front_fault *f)
{
	bool good = fits(m, s) && (m != &members[BIT_name] || is_name(s));

	return good ? 0 : wrong(f, SK_FRONT_WHY_VALUE, m->name);
}

static int read_value(const struct member *m, const json_t *v, struct sk_arena *arena,
    struct sk_front_ask *a, struct sk_front_fault *f)
{
	char *at = (char *)a + m->offset;

	if (m->kind == FLAG && json_is_boolean(v)) {
		*(bool *)at = json_is_true(v);
		return 0;
	}
	if (m->kind == NUMBER && json_is_integer(v) && json_integer_value(v) >= 0 &&
	    json_integer_value(v) <= m->most) {
		*(int64_t *)at = json_integer_value(v);
		return 0;
	}
	if (m->kind == FLAG || m->kind == NUMBER || !json_is_string(v) ||
	    strlen(json_string_value(v)) != json_string_length(v))
		return wrong(f, SK_FRONT_WHY_VALUE, m->name);
	if (check_text(m, json_string_value(v), f))
		return SK_EFORMAT;
	*(const char **)at = sk_arena_str(arena, sk_slice_str(json_string_value(v)));
	return *(const char **)at ? 0 : SK_ENOMEM;
}

/* --- reading --- */

static size_t member_of(const char *name)
{
	size_t i = 0;

	while (i < MEMBERS && strcmp(members[i].name, name) != 0)
		i++;
	return i;
}

static int read_members(
    const json_t *object, struct sk_arena *arena, struct sk_front_ask *a, struct sk_front_fault *f)
{
	const struct ask *ask = &asks[a->what];
	uint64_t there = 0;
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)object, key, value)
	{
		size_t i = member_of(key);
		if (strcmp(key, "ask") == 0)
			continue;
		if (i == MEMBERS || !((ask->needs | ask->may) >> i & 1))
			return wrong(f, SK_FRONT_WHY_NO_SUCH_MEMBER, key);
		int rc = read_value(&members[i], value, arena, a, f);
		if (rc)
			return rc;
		there |= UINT64_C(1) << i;
	}
	for (size_t i = 0; i < MEMBERS; i++)
		if ((ask->needs & ~there) >> i & 1)
			return wrong(f, SK_FRONT_WHY_MISSING, members[i].name);
	return 0;
}

static int read_object(
    const json_t *object, struct sk_arena *arena, struct sk_front_ask *a, struct sk_front_fault *f)
{
	const char *word = json_string_value(json_object_get(object, "ask"));
	enum sk_front_what what;

	if (!json_is_object(object))
		return wrong(f, SK_FRONT_WHY_NOT_JSON, "");
	if (word == NULL)
		return wrong(f, SK_FRONT_WHY_MISSING, "ask");
	if (!sk_front_find(word, &what))
		return wrong(f, SK_FRONT_WHY_NO_SUCH_ASK, word);
	sk_front_init(a, what);
	return read_members(object, arena, a, f);
}

int sk_front_read(struct sk_slice json, struct sk_arena *arena, struct sk_front_ask *a,
    struct sk_front_fault *fault)
{
	struct sk_front_ask read;
	json_error_t error;
	json_t *object;
	int rc;

	fault->field[0] = 0;
	if (json.n > SK_FRONT_ASK_BYTES)
		return wrong(fault, SK_FRONT_WHY_NOT_JSON, "");
	object = json_loadb((const char *)json.p, json.n, JSON_REJECT_DUPLICATES, &error);
	if (object == NULL)
		return wrong(fault, SK_FRONT_WHY_NOT_JSON, "");
	rc = read_object(object, arena, &read, fault);
	json_decref(object);
	if (rc == 0)
		*a = read;
	return rc;
}

void sk_front_init(struct sk_front_ask *a, enum sk_front_what what)
{
	*a = (struct sk_front_ask){.what = what};
	for (size_t i = 0; i < MEMBERS; i++)
		if (members[i].kind == NUMBER)
			*(int64_t *)((char *)a + members[i].offset) = SK_FRONT_UNSAID;
}

/* --- writing --- */

/* NULL: it is not said. */
static json_t *value_of(const struct member *m, const struct sk_front_ask *a)
{
	const char *at = (const char *)a + m->offset;

	if (m->kind == FLAG)
		return *(const bool *)at ? json_true() : NULL;
	if (m->kind == NUMBER)
		return *(const int64_t *)at < 0 ? NULL : json_integer(*(const int64_t *)at);
	return *(const char *const *)at ? json_string(*(const char *const *)at) : NULL;
}

static int dump(json_t *object, struct sk_buf *out)
{
	char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
	int rc = text ? sk_buf_puts(out, text) : SK_ENOMEM;

	if (text) {
		explicit_bzero(text, strlen(text));
		free(text);
	}
	return rc;
}

/* A text that is no UTF-8 or too long is found here, not at the other end. */
static int check(const struct sk_front_ask *a, struct sk_front_fault *f)
{
	for (size_t i = 0; i < MEMBERS; i++) {
		const char *at = (const char *)a + members[i].offset;
		if (members[i].kind < NUMBER && *(const char *const *)at &&
		    check_text(&members[i], *(const char *const *)at, f))
			return SK_EFORMAT;
	}
	return 0;
}

int sk_front_write(const struct sk_front_ask *a, struct sk_buf *out, struct sk_front_fault *fault)
{
	json_t *object;
	int rc = check(a, fault);

	if (rc)
		return rc;
	object = json_pack("{s:s}", "ask", asks[a->what].word);
	for (size_t i = 0; object && i < MEMBERS; i++) {
		json_t *v = value_of(&members[i], a);
		if (v)
			json_object_set_new(object, members[i].name, v);
	}
	rc = dump(object, out);
	json_decref(object);
	return rc;
}

/* --- from options --- */

static size_t member_called(const char *name)
{
	char plain[32];
	size_t n = strlen(name);

	if (n >= sizeof(plain))
		return MEMBERS;
	for (size_t i = 0; i <= n; i++)
		plain[i] = name[i] == '-' ? '_' : name[i];
	return member_of(plain);
}

enum sk_front_takes sk_front_takes(enum sk_front_what what, const char *name)
{
	size_t i = member_called(name);

	if (i == MEMBERS || !((asks[what].needs | asks[what].may) >> i & 1))
		return SK_FRONT_TAKES_NOTHING;
	return members[i].kind == FLAG ? SK_FRONT_TAKES_FLAG : SK_FRONT_TAKES_VALUE;
}

static int set_number(const struct member *m, const char *value, int64_t *at)
{
	char *end;

	errno = 0;
	long long n = strtoll(value, &end, 10);
	if (errno || *end || value[0] < '0' || value[0] > '9' || n > m->most)
		return SK_EFORMAT;
	*at = n;
	return 0;
}

int sk_front_set(
    struct sk_front_ask *a, const char *name, const char *value, struct sk_front_fault *fault)
{
	size_t i = member_called(name);
	char *at = (char *)a + (i < MEMBERS ? members[i].offset : 0);

	switch (sk_front_takes(a->what, name)) {
	case SK_FRONT_TAKES_NOTHING:
		return wrong(fault, SK_FRONT_WHY_NO_SUCH_MEMBER, name);
	case SK_FRONT_TAKES_FLAG:
		*(bool *)at = true;
		return 0;
	case SK_FRONT_TAKES_VALUE:
		break;
	}
	if (members[i].kind != NUMBER) {
		if (check_text(&members[i], value, fault))
			return SK_EFORMAT;
		*(const char **)at = value;
		return 0;
	}
	return set_number(&members[i], value, (int64_t *)at)
		   ? wrong(fault, SK_FRONT_WHY_VALUE, members[i].name)
		   : 0;
}

/* --- who asks --- */

int sk_front_put_user(uint32_t uid, struct sk_slice json, struct sk_buf *out)
{
	sk_buf_put_u32le(out, uid);
	return sk_buf_put_slice(out, json);
}

int sk_front_get_user(struct sk_slice body, uint32_t *uid, struct sk_slice *json)
{
	struct sk_reader r = sk_reader(body);
	uint32_t who = sk_read_u32le(&r);

	if (r.bad)
		return SK_EFORMAT;
	*uid = who;
	*json = sk_slice_sub(body, 4, body.n);
	return 0;
}

_Static_assert(
    sizeof(struct sk_front_terminal) == SK_FRONT_TERMINAL_BYTES, "its parts stand side by side");

int sk_front_put_terminal(
    const struct sk_front_terminal *t, struct sk_slice json, struct sk_buf *out)
{
	sk_buf_put(out, t->session, sizeof(t->session));
	sk_buf_put(out, t->device, sizeof(t->device));
	sk_buf_put(out, t->address, sizeof(t->address));
	return sk_buf_put_slice(out, json);
}

int sk_front_get_terminal(struct sk_slice body, struct sk_front_terminal *t, struct sk_slice *json)
{
	if (body.n < SK_FRONT_TERMINAL_BYTES)
		return SK_EFORMAT;
	memcpy(t->session, body.p, sizeof(t->session));
	memcpy(t->device, body.p + sizeof(t->session), sizeof(t->device));
	memcpy(t->address, body.p + sizeof(t->session) + sizeof(t->device), sizeof(t->address));
	*json = sk_slice_sub(body, SK_FRONT_TERMINAL_BYTES, body.n);
	return 0;
}

/* --- what is handed out --- */

int sk_front_put_handed(const struct sk_bytes *b, struct sk_slice json, struct sk_buf *out)
{
	int rc = sk_bytes_put(b, out);

	return rc ? rc : sk_buf_put_slice(out, json);
}

int sk_front_get_handed(struct sk_slice body, struct sk_bytes *b, struct sk_slice *json)
{
	int rc = sk_bytes_get(sk_slice_sub(body, 0, SK_BYTES_WIRE), b);

	if (rc == 0)
		*json = sk_slice_sub(body, SK_BYTES_WIRE, body.n);
	return rc;
}

/* --- words --- */

enum sk_front_file sk_front_file(enum sk_front_what what)
{
	return asks[what].file;
}

enum sk_front_open sk_front_open(enum sk_front_what what)
{
	static const enum sk_front_open to[SK_FRONT_COUNT] = {
#define SK_OPEN(name, to) [SK_FRONT_##name] = SK_FRONT_TO_##to,
#include "front/asks.def"
#undef SK_OPEN
	};

	return to[what];
}

const char *sk_front_word(enum sk_front_what what)
{
	return asks[what].word;
}

bool sk_front_find(const char *word, enum sk_front_what *what)
{
	for (size_t i = 0; i < SK_FRONT_COUNT; i++)
		if (strcmp(asks[i].word, word) == 0) {
			*what = (enum sk_front_what)i;
			return true;
		}
	return false;
}

const char *sk_front_why_word(enum sk_front_why why)
{
	return whys[why].word;
}

const char *sk_front_why_text(enum sk_front_why why)
{
	return whys[why].text;
}

unsigned sk_front_why_status(enum sk_front_why why)
{
	return whys[why].status;
}

enum sk_front_why sk_front_why_find(const char *word)
{
	unsigned i = 1;

	while (i < SK_FRONT_WHYS && strcmp(whys[i].word, word) != 0)
		i++;
	return (enum sk_front_why)i;
}

int sk_front_refuse(struct sk_buf *out, enum sk_front_why why, const char *field)
{
	json_t *o = json_pack("{s:s, s:s}", "status", "refused", "why", whys[why].word);
	int rc;

	if (o && field && field[0])
		json_object_set_new(o, "field", json_string(field));
	rc = dump(o, out);
	json_decref(o);
	return rc;
}
