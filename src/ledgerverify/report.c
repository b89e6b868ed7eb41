/* What was found. sekisho-ledgerverify. */
#include <stdio.h>

#include "ledgerverify/lv.h"

#define N_(text) text

static const struct {
	const char *word, *text;
	enum sk_lv_weight weight;
} table[SK_LV_CODES] = {
#define SK_LV_FINDING(id, word, weight, text) {word, text, SK_LV_##weight},
#include "ledgerverify/finding.def"
#undef SK_LV_FINDING
};

const char *sk_lv_code_word(enum sk_lv_code c)
{
	return table[c].word;
}

const char *sk_lv_code_text(enum sk_lv_code c)
{
	return table[c].text;
}

enum sk_lv_weight sk_lv_code_weight(enum sk_lv_code c)
{
	return table[c].weight;
}

/* Once each: a tile may be met twice. */
static void tell(struct sk_lv_report *r, const struct sk_lv_finding *f)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct sk_lv_finding *v = &r->v[i];
		if (v->code == f->code && v->has_index == f->has_index && v->index == f->index &&
		    strcmp(v->where, f->where) == 0)
			return;
	}
	if (r->n == SK_LV_FINDINGS)
		r->more++;
	else
		r->v[r->n++] = *f;
}

void sk_lv_tell(struct sk_lv_report *r, enum sk_lv_code code, const char *where)
{
	struct sk_lv_finding f = {.code = code};

	snprintf(f.where, sizeof(f.where), "%s", where);
	tell(r, &f);
}

void sk_lv_tell_at(struct sk_lv_report *r, enum sk_lv_code code, const char *where, uint64_t index)
{
	sk_lv_tell_range(r, code, where, index, index);
}

void sk_lv_tell_range(struct sk_lv_report *r, enum sk_lv_code code, const char *where,
    uint64_t index, uint64_t second)
{
	struct sk_lv_finding f = {
	    .code = code, .has_index = true, .has_second = second > index, .index = index};

	f.second = second;
	snprintf(f.where, sizeof(f.where), "%s", where);
	tell(r, &f);
}

int sk_lv_report_worst(const struct sk_lv_report *r)
{
	int worst = -1;

	for (size_t i = 0; i < r->n; i++) {
		enum sk_lv_weight w = sk_lv_code_weight(r->v[i].code);
		if (w == SK_LV_WRONG || worst < 0)
			worst = (int)w;
	}
	return worst;
}
