/* Lists in pages, each as long as fits one answer: asks.h. The gate. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desk/asks.h"

#define MOST 50
/* What is left of an answer is for its other members. */
#define ROOM (SK_CHANNEL_BODY - 4096)

struct sk_page sk_page_begin(const struct sk_asked *q)
{
	return (struct sk_page){.list = json_array(),
	    .bytes = json_dumpb(q->out, NULL, 0, JSON_COMPACT),
	    .most = q->ask.most > 0 ? (size_t)q->ask.most : MOST};
}

bool sk_page_add(struct sk_page *p, json_t *value)
{
	size_t n = value ? json_dumpb(value, NULL, 0, JSON_COMPACT) + 1 : 0;

	if (n == 0 || p->bytes + n > ROOM || json_array_size(p->list) >= p->most) {
		json_decref(value);
		return false;
	}
	p->bytes += n;
	return json_array_append_new(p->list, value) == 0;
}

int sk_page_after(struct sk_asked *q, int64_t *time, const char **id)
{
	const char *text = q->ask.after;
	char *end;

	if (text == NULL)
		return 0;
	*time = strtoll(text, &end, 10);
	if (end == text || *end != '-' || strlen(end + 1) != SK_TRANSFER_ID - 1)
		return sk_asked_fail(q, SK_FRONT_WHY_VALUE, "after");
	*id = end + 1;
	return 0;
}

void sk_page_next(struct sk_asked *q, int64_t time, const char *id)
{
	char text[64];

	snprintf(text, sizeof(text), "%lld-%s", (long long)time, id);
	json_object_set_new(q->out, "next", json_string(text));
}
